"""Tables and tiles over the KPIs of visits: one question, several KPIs, by one or two dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhanggui.web.answers import change_cell
from zhanggui.web.blocks import Bar, Cell, Column, Link, Notice, Row, Table, Tile
from zhanggui.web.buckets import bucket_text
from zhanggui.web.figures import change_of, how, tile
from zhanggui.web.page import Context, Json
from zhanggui.web.sparks import bars

VOLUME = "sessions"
RATES = ("bounce_rate", "add_to_cart_rate", "conversion_rate")
TOP = 10


def measurable(names: Sequence[str], context: Context) -> list[str]:
    """Those of ``names`` that the catalogue knows and this shop can measure."""
    return [name for name in names if context.kpis.get(name, {}).get("measurable")]


def no_behaviour(context: Context) -> Notice:
    """What a page about visits says in a shop that sees none: paste the tag, or import."""
    t = context.t
    return Notice(
        t("no_behaviour.title"),
        t("no_behaviour.text"),
        command=f"zhanggui import {context.shop.key} ga4-daily FILE",
        links=(
            Link(t("no_behaviour.tracker"), context.link("tracker"), primary=True),
            Link(t("no_behaviour.data"), context.link("data")),
        ),
    )


def nothing_here(context: Context) -> Notice:
    """What such a page says when only this window or filter has no visits."""
    return Notice(context.t("no_behaviour.window"), context.t("no_behaviour.window_text"))


def value_name(value: object, dim: str, context: Context) -> str:
    """A value of a dimension of visits for a person."""
    return bucket_text(value, dim, context)


def kpi_tile(name: str, answer: Json, grain: str, context: Context) -> Tile:
    """A tile of a KPI from an answer over ``grain``."""
    entry = context.kpis[name]
    rows = answer["rows"]
    return tile(
        {
            "kpi": name,
            "words": entry.get("words"),
            "unit": entry.get("unit"),
            "better": entry.get("better"),
            **(answer["total"].get(name) or {"value": None}),
            "series": [[row[grain], row[name]["value"]] for row in rows],
            "against_series": [[row[grain], row[name].get("against")] for row in rows],
        },
        context,
    )


@dataclass(frozen=True)
class Split:
    """A table to make: its key, title, and the dimensions whose values name a row together."""

    key: str
    title: str
    dims: tuple[str, ...]
    brief: bool = False


def usable(split: Split, context: Context) -> bool:
    """Whether this shop's visits know every dimension of the table."""
    allowed = context.kpis.get(VOLUME, {}).get("dimensions") or ()
    return all(dim in allowed for dim in split.dims)


def split_table(split: Split, context: Context) -> Table:
    """Visits, their share and rates by the dimensions of ``split``; a click on a value filters by it."""
    wanted = [VOLUME, *(RATES[2:] if split.brief else RATES)]
    names = [
        name
        for name in measurable(wanted, context)
        if all(dim in (context.kpis[name].get("dimensions") or ()) for dim in split.dims)
    ]
    top = None if context.full else TOP
    answer = context.ask_framed("kpi", name=names, by=list(split.dims), top=top, share=True)
    rows = [row for row in answer["rows"] if row[VOLUME]["value"]]
    compared = any(row[VOLUME].get("change") is not None for row in rows)
    drawn = bars([row[VOLUME]["value"] for row in rows])
    made = tuple(_row(row, bar, names, compared, split, context) for row, bar in zip(rows, drawn, strict=True))
    return Table(
        key=split.key,
        title=split.title,
        columns=_columns(names, compared, split, context),
        rows=made,
        empty=context.t("no_behaviour.window"),
        downloads=context.downloads(split.key),
        how=None if split.brief else how(VOLUME, answer, context),
    )


def _columns(names: list[str], compared: bool, split: Split, context: Context) -> tuple[Column, ...]:
    t = context.t
    found = [
        Column("group", " / ".join(context.dim_name(dim) for dim in split.dims)),
        Column("bar", t("table.bar"), "bar"),
        Column(VOLUME, context.kpi_name(VOLUME), "number", "count"),
    ]
    if not split.brief:
        found.append(Column("share", t("table.share"), "number", "rate"))
    if compared:
        found.append(Column("change", t("table.change"), "number", "rate"))
    found += [Column(name, context.kpi_name(name), "number", "rate") for name in names[1:]]
    return tuple(found)


def _row(row: Json, bar: Bar | None, names: list[str], compared: bool, split: Split, context: Context) -> Row:
    volume = row[VOLUME]
    cells = [_key(row, split, context), Cell(bar=bar), Cell(context.exact(volume["value"], "count"), volume["value"])]
    if not split.brief:
        cells.append(Cell(context.exact(volume.get("share"), "rate"), volume.get("share")))
    if compared:
        cells.append(change_cell(volume, "count", "up", context))
    for name in names[1:]:
        cells.append(_rate(row[name], name, context))
    return Row(tuple(cells), weight="tail" if row.get("others") else "")


def _key(row: Json, split: Split, context: Context) -> Cell:
    if row.get("others"):
        return Cell(context.t("value.others"))
    view = context.view
    for dim in split.dims:
        view = view.with_where(dim, "(none)" if row[dim] is None else str(row[dim]))
    text = " / ".join(value_name(row[dim], dim, context) for dim in split.dims)
    raw = " / ".join("" if row[dim] is None else str(row[dim]) for dim in split.dims)
    return Cell(text, raw, href=context.with_view(view))


def _rate(cell: Json, name: str, context: Context) -> Cell:
    """A rate with its change in points beneath."""
    change = change_of(cell, "rate", str(context.kpis[name].get("better") or ""), context)
    small = f"{change.arrow} {change.text}" if change and change.tone != "flat" else ""
    return Cell(context.exact(cell["value"], "rate"), cell["value"], small=small)
