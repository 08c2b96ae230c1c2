"""KPI catalogue: every KPI in words, with its formula, what it needs, and whether this shop can measure it."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.blocks import Block, Cell, Column, Field, Form, Notice, Row, Table
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
    return (form, *(_table(area, entries, context) for area, entries in areas.items()))


def _haystack(entry: Json, context: Context) -> str:
    words = entry.get("words") or {}
    return " ".join([entry["name"], *map(str, words.values()), context.say(entry.get("doc"))]).casefold()


def _table(area: str, entries: list[Json], context: Context) -> Table:
    t = context.t
    named = {entry["name"]: entry.get("words") for entry in context.catalogue.get("areas") or ()}
    title = context.say(named.get(area)) or t.get(f"area.{area}", area)
    return Table(
        key=f"area-{area}",
        title=title,
        columns=(
            Column("kpi", t("catalogue.kpi")),
            Column("formula", t("how.formula")),
            Column("unit", t("catalogue.unit")),
            Column("needs", t("how.needs")),
            Column("state", t("catalogue.state")),
            Column("source", t("how.source")),
        ),
        rows=tuple(_row(entry, context) for entry in entries),
        downloads=context.downloads(f"area-{area}"),
    )


def _row(entry: Json, context: Context) -> Row:
    t = context.t
    measurable = entry.get("measurable") is not False
    unit = t.get(f"unit.{entry.get('unit')}", str(entry.get("unit")))
    better = t(f"better.{entry.get('better') or 'none'}")
    href = context.link("explore", ("kpi", entry["name"])) if measurable else ""
    return Row(
        (
            Cell(context.kpi_name(entry["name"]), entry["name"], href=href, small=context.say(entry.get("doc"))),
            Cell(str(entry.get("formula") or "")),
            Cell(unit, entry.get("unit"), small=better),
            Cell(", ".join(entry.get("needs") or ())),
            Cell(t("catalogue.yes" if measurable else "catalogue.no"), badge=True,
                 tone="good" if measurable else "muted", small="" if measurable else str(entry.get("reason") or "")),
            Cell(context.say(entry.get("source"))),
        )
    )  # fmt: skip


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
)
