"""Driver tree: which factors or groups moved a KPI, and by how much; the parts add up to the change."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.blocks import Block, Field, Form, How, Notice, Option, Story
from zhanggui.web.driving import unit_of, waterfall_table
from zhanggui.web.figures import figure
from zhanggui.web.missing import empty_shop, not_measurable
from zhanggui.web.options import kpi_options
from zhanggui.web.page import Context, Json, Page

RATIOS = ("rate", "ratio", "days", "hours", "points", "stars", "ms")


def _blocks(context: Context) -> Sequence[Block]:
    if context.view.window is None:
        return (empty_shop(context),)
    kpi = context.choice("kpi", "sales")
    trees = context.ask("trees", kpi=kpi)
    over = context.choice("over")
    form = _form(kpi, trees.get("trees") or [], over, context)
    entry = context.kpis.get(kpi, {})
    if entry.get("measurable") is False:
        return (form, not_measurable(kpi, str(entry.get("reason") or ""), context))
    if context.view.against == "none":
        return (form, Notice(context.t("drivers.no_comparison"), context.t("drivers.no_comparison_text")))
    asked = {"tree": None if over else context.choice("tree") or None, "over": over or None}
    if not over and not trees.get("trees"):
        dims = _dimensions(kpi, context)
        if not dims:
            return (form, Notice(context.t("drivers.no_tree"), context.t("drivers.no_tree_text")))
        asked["over"] = dims[0]
    explained = context.ask_framed("explain", kpi=kpi, **asked)
    if explained.get("before") is None or explained.get("after") is None or not explained.get("drivers"):
        return (form, Notice(context.t("drivers.nothing"), context.say(explained.get("words"))))
    return (form, *_answer(kpi, explained, context))


def _answer(kpi: str, explained: Json, context: Context) -> tuple[Block, ...]:
    before, after = explained["before"], explained["after"]
    change = explained.get("change", after - before)
    cell = {"value": after, "against": before, "change": change, "change_rate": change / before if before else None}
    unit = unit_of(explained, context)
    title = context.t("drivers.title", kpi=context.inside(context.kpi_name(kpi)))
    return (
        figure(kpi, cell, unit, context),
        Story(title, (context.say(explained.get("words")),)),
        waterfall_table(explained, context, title=title, deep=True, nested=True),
        _how(kpi, explained, context),
    )


def _how(kpi: str, explained: Json, context: Context) -> How:
    t = context.t
    lines = [
        (t("how.kpi"), f"{context.kpi_name(kpi)} ({kpi})"),
        (t("drivers.tree"), str(explained.get("tree") or explained.get("over") or "")),
        (t("how.method"), t("drivers.method")),
        (t("how.batch"), str(explained.get("batch") or context.shop.batch or "")),
    ]
    return How(tuple(line for line in lines if line[1]), tuple(explained.get("sql") or ()))


def _form(kpi: str, trees: list[Json], over: str, context: Context) -> Form:
    t = context.t
    tree = context.choice("tree")
    fields = [Field("kpi", t("explore.kpi"), kpi_options(context, kpi))]
    if trees and not over:
        fields.append(Field("tree", t("drivers.tree"), (
            Option("", t("drivers.deepest"), not tree),
            *(Option(entry["name"], context.say(entry.get("words"), entry["name"]), entry["name"] == tree,
                     entry.get("possible") is False) for entry in trees),
        )))  # fmt: skip
    dims = _dimensions(kpi, context)
    if dims:
        default = Option("", t("drivers.not_over"), not over)
        fields.append(Field("over", t("drivers.over"), (
            *((default,) if trees else ()),
            *(Option(name, context.dim_name(name), name == over) for name in dims))))  # fmt: skip
    return Form(f"/{context.shop.key}/drivers", tuple(fields), tuple(context.view.pairs()), t("explore.show"))


def _dimensions(kpi: str, context: Context) -> list[str]:
    """Dimensions over which a ratio may be split into rate and mix."""
    entry = context.kpis.get(kpi, {})
    if entry.get("unit") not in RATIOS and kpi not in ("aov", "arpu", "price_per_unit", "units_per_order"):
        return []
    return [name for name in entry.get("dimensions") or () if context.dimensions.get(name, {}).get("kind") != "time"]


PAGE = Page(
    path="drivers",
    words=Words("Drivers", "驱动树"),
    about=Words("What moved a KPI: parts that add up to the change", "指标为何变化：各部分相加等于总变化"),
    blocks=_blocks,
    icon="drivers",
    order=30,
    key="d",
)
