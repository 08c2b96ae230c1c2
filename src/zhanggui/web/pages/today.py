"""Today: are we well, what changed, what moved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhanggui.basics.words import Words
from zhanggui.web.blocks import Block, Cell, Column, Link, Notice, Pair, Row, Sentence, Table, Tiles, Trend
from zhanggui.web.buckets import bucket_text
from zhanggui.web.charts import chart, comparison_name, extremes, series
from zhanggui.web.driving import waterfall_table
from zhanggui.web.figures import how, tile
from zhanggui.web.missing import empty_shop, missing_table
from zhanggui.web.page import Context, Json, Page

FEW_DRIVERS = 3  # so few are shown with what they are made of


def _blocks(context: Context) -> Sequence[Block]:
    if context.view.window is None:
        return (empty_shop(context),)
    today = context.ask_framed("today", against=context.view.against)
    found: list[Block] = []
    if today.get("words"):
        found.append(Sentence(context.say(today["words"])))
    tiles = tuple(tile(entry, context) for entry in today.get("tiles") or ())
    if tiles:
        found.append(Tiles(context.t("today.tiles"), tiles))
    else:
        found.append(Notice(context.t("today.nothing"), context.t("today.nothing_text"), links=(_data(context),)))
    found += _course_and_drivers(today, context)
    missing = missing_table(context, brief=True)
    if missing.rows:
        found.append(missing)
    return found


def _course_and_drivers(today: Json, context: Context) -> list[Block]:
    """The course of the most telling KPI beside what moved it; either alone when the other is unknown."""
    course, moved = _course(today, context), _moved(today, context)
    if course and moved:
        return [Pair(course, moved)]
    return [block for block in (course, moved) if block]


def _course(today: Json, context: Context) -> Trend | None:
    entry = next(iter(today.get("tiles") or ()), None)
    if entry is None or len(entry.get("series") or ()) < 2:
        return None
    unit, t = entry["unit"], context.t
    title = t("explore.by", kpi=context.say(entry["words"]), dim=context.inside(context.dim_name("day")))
    days = [bucket_text(day, "day", context) for day, _ in entry["series"]]
    values = [value for _, value in entry["series"]]
    lines = [series(t("chart.now"), values, unit, context)]
    other = [value for _, value in entry.get("against_series") or ()][: len(values)]
    if any(value is not None for value in other):
        lines.append(series(comparison_name(context), other, unit, context, "other"))
    columns = [Column("day", context.dim_name("day"))]
    columns += [Column(line["role"], line["name"], "number", unit) for line in lines]
    rows = []
    for index, (day, _) in enumerate(entry["series"]):
        numbers = [line["values"][index] if index < len(line["values"]) else None for line in lines]
        rows.append(Row((Cell(days[index], day), *(Cell(context.exact(value, unit), value) for value in numbers))))
    table = Table("course", title, tuple(columns), tuple(rows), downloads=context.downloads("course"))
    note = extremes(days, values, unit, context)
    return Trend(
        title, chart("line", title, days, lines, unit, context), table, note, how(entry["kpi"], today, context)
    )


def _moved(today: Json, context: Context) -> Table | None:
    """The driver waterfall, with the way to the whole tree."""
    explained = today.get("drivers")
    if not explained or not explained.get("drivers") or explained.get("change") is None:
        return None
    title = context.t("today.moved", kpi=context.inside(context.kpi_name(explained["kpi"])))
    more = Link(context.t("today.more"), context.link("drivers", ("kpi", explained["kpi"])))
    few = len(explained["drivers"]) <= FEW_DRIVERS
    return replace(waterfall_table(explained, context, title=title, nested=few), more=more)


def _data(context: Context) -> Link:
    return Link(context.t("today.to_data"), context.link("data"), primary=True)


PAGE = Page(
    path="today",
    words=Words("Today", "今日"),
    about=Words("Are we well, what changed, what moved it", "经营好不好，变了什么，为什么变"),
    blocks=_blocks,
    icon="today",
    order=10,
    key="t",
    pocket=True,
)
