"""KPI catalogue: every KPI in words, with its formula, what it needs, and whether this shop can measure it."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.blocks import Block, Cell, Column, Field, Form, Notice, Row, Table
from zhanggui.web.missing import delivered, lacking, needs_words
from zhanggui.web.options import area_name, area_rank
from zhanggui.web.page import Context, Json, Page


def _blocks(context: Context) -> Sequence[Block]:
    search = context.choice("q").casefold().strip()
    areas: dict[str, list[Json]] = {}
    for entry in context.kpis.values():
        if not search or search in _haystack(entry, context):
            areas.setdefault(str(entry.get("area", "")), []).append(entry)
    field = Field("q", context.t("catalogue.search"), value=context.choice("q"), kind="search")
    form = Form(f"/{context.shop.key}/catalogue", (field,), tuple(context.view.pairs()), context.t("products.find"))
    if not areas:
        return (form, Notice(context.t("catalogue.none"), context.t("catalogue.none_text")))
    have = delivered(context)
    return (form, *(_table(area, areas[area], have, context) for area in sorted(areas, key=area_rank)))


def _haystack(entry: Json, context: Context) -> str:
    words = entry.get("words") or {}
    return " ".join([entry["name"], *map(str, words.values()), context.say(entry.get("doc"))]).casefold()


def _table(area: str, entries: list[Json], have: set[str], context: Context) -> Table:
    t = context.t
    return Table(
        key=f"area-{area}",
        title=area_name(area, context),
        columns=(
            Column("kpi", t("catalogue.kpi"), width="third"),
            Column("formula", t("catalogue.formula"), width="third"),
            Column("unit", t("catalogue.unit")),
            Column("state", t("catalogue.state"), width="quarter"),
        ),
        rows=tuple(
            _row(entry, have, context) for entry in sorted(entries, key=lambda each: not each.get("measurable"))
        ),
        downloads=context.downloads(f"area-{area}"),
    )


def _row(entry: Json, have: set[str], context: Context) -> Row:
    t = context.t
    measurable = entry.get("measurable") is not False
    needs = [str(need) for need in entry.get("needs") or ()]
    unit = t.get(f"unit.{entry.get('unit')}", str(entry.get("unit")))
    source = context.say(entry.get("source"))
    return Row(
        (
            Cell(
                context.kpi_name(entry["name"]),
                entry["name"],
                href=context.link("explore", ("kpi", entry["name"])) if measurable else "",
                small=context.say(entry.get("doc")),
            ),
            Cell(
                str(entry.get("formula") or ""), code=True, small=t("catalogue.source", text=source) if source else ""
            ),
            Cell(unit, entry.get("unit"), small=t(f"better.{entry.get('better') or 'none'}")),
            Cell(
                t("catalogue.yes" if measurable else "catalogue.no"),
                badge=True,
                tone="good" if measurable else "muted",
                small=needs_words(needs if measurable else lacking(entry, have), context),
            ),
        )
    )


PAGE = Page(
    path="catalogue",
    words=Words("KPIs", "指标目录"),
    about=Words(
        "Each KPI defined once: formula, unit, needs, source", "每个指标只定义一次：公式、单位、所需数据、来源"
    ),
    blocks=_blocks,
    icon="catalogue",
    order=60,
    key="k",
    windowed=False,
    group="data",
)
