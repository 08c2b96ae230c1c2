"""Answers of the KPI verb as charts and tables: over time, by groups, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from zhanggui.basics.periods import CYCLES, GRAINS, Window, bucket_label, bucket_of_label, buckets
from zhanggui.web import charts
from zhanggui.web.blocks import Bar, Cell, Column, Row, Table, Trend
from zhanggui.web.buckets import bucket_text
from zhanggui.web.figures import change_of, how
from zhanggui.web.page import Context, Json
from zhanggui.web.sparks import bars

MOST_SERIES = 6


@dataclass(frozen=True)
class Asked:
    """An answer about one KPI by ``dims``, and how its numbers are shown."""

    kpi: str
    dims: tuple[str, ...]
    answer: Json
    context: Context

    @property
    def unit(self) -> str:
        """The KPI's unit."""
        units = self.answer.get("units") or {}
        return str(units.get(self.kpi) or self.context.kpis.get(self.kpi, {}).get("unit") or "count")

    @property
    def better(self) -> str:
        """The KPI's good direction: up, down or none."""
        return str(self.context.kpis.get(self.kpi, {}).get("better") or "")

    @cached_property
    def rows(self) -> list[Json]:
        """The groups; over one grain of time every bucket of the window, those without an answer as unknown."""
        rows = list(self.answer["rows"])
        if len(self.dims) != 1 or self.dims[0] not in GRAINS or self.context.view.window is None:
            return rows
        dim = self.dims[0]
        known = {str(row[dim]): row[self.kpi] for row in rows}
        starts = buckets(self.context.view.window, dim)
        labels = [bucket_label(start, dim) for start in starts]
        if not set(known) <= set(labels):
            return rows
        base = self._base_starts(dim, len(starts))
        none: Json = dict.fromkeys(("value", "against"))
        return [
            {dim: label, self.kpi: self._filled(known.get(label, none), start, before)}
            for label, start, before in zip(labels, starts, base, strict=True)
        ]

    def _base_starts(self, dim: str, count: int) -> list[date | None]:
        """First days of the buckets compared with, position by position."""
        against = self.answer.get("against") or {}
        if "from" not in against:
            return [None] * count
        window = Window(date.fromisoformat(against["from"]), date.fromisoformat(against["to"]))
        starts: list[date | None] = list(buckets(window, dim))
        return [*starts, *[None] * count][:count]

    def _filled(self, cell: Json, start: date, before: date | None) -> Json:
        """The cell; where nothing happened on days that the shop has data for, sums and counts are 0."""
        value = cell["value"] if cell["value"] is not None else self._nothing(start)
        against = cell["against"] if cell["against"] is not None or before is None else self._nothing(before)
        if value is None or against is None:
            change = rate = None
        else:
            change, rate = value - against, (value - against) / abs(against) if against else None
        return {**cell, "value": value, "against": against, "change": change, "change_rate": rate}

    def nothing_at(self, dim: str, label: Any) -> float | None:
        """What a group without a row in a bucket of time is: 0 for sums and counts, else unknown."""
        return self._nothing(bucket_of_label(str(label), dim)) if dim in GRAINS and label is not None else None

    def _nothing(self, start: date) -> float | None:
        known = self.answer.get("known")
        if not known or not known["from"] <= start.isoformat() < known["to"]:
            return None
        empty: float | None = (self.answer.get("empty") or {}).get(self.kpi)
        return empty

    @property
    def compared(self) -> bool:
        """Whether any group has something to compare with."""
        return any(row[self.kpi].get("against") is not None for row in self.rows)

    @property
    def shared(self) -> bool:
        """Whether shares of the total were asked."""
        return any(row[self.kpi].get("share") is not None for row in self.rows)

    def title(self) -> str:
        """What the answer shows, such as ``Sales by day and country``."""
        names = [self.context.inside(self.context.dim_name(dim)) for dim in self.dims]
        dims = self.context.t("list.and").join(names)
        return self.context.t("explore.by", kpi=self.context.kpi_name(self.kpi), dim=dims)

    def total(self) -> Json:
        """The cell over all groups."""
        found: Json = (self.answer.get("total") or {}).get(self.kpi) or {}
        return found


def over_time(asked: Asked) -> Trend:
    """One line (with the comparison dashed) and its table."""
    context, unit, dim = asked.context, asked.unit, asked.dims[0]
    values = [row[asked.kpi]["value"] for row in asked.rows]
    labels = [bucket_text(row[dim], dim, context) for row in asked.rows]
    lines = [charts.series(context.t("chart.now"), values, unit, context)]
    if asked.compared:
        against = [row[asked.kpi]["against"] for row in asked.rows]
        lines.append(charts.series(charts.comparison_name(context), against, unit, context, "other"))
    return Trend(
        title=asked.title(),
        chart=charts.chart("bar" if dim in CYCLES else "line", asked.title(), labels, lines, unit, context),
        table=_table(asked),
        note=charts.extremes(labels, values, unit, context),
        how=how(asked.kpi, asked.answer, context),
    )


def by_group(asked: Asked) -> Table:
    """Groups with bars from zero, share and change."""
    return _table(asked, barred=True)


def over_time_by_group(asked: Asked) -> Trend:
    """At most six lines, one per group, the rest as 'all others'; the table has a column per group."""
    context, unit, (time, split) = asked.context, asked.unit, asked.dims
    found = list(dict.fromkeys(row[time] for row in asked.rows))
    groups: dict[tuple[Any, bool], dict[Any, Json]] = {}
    for row in asked.rows:
        groups.setdefault((row[split], bool(row.get("others"))), {})[row[time]] = row[asked.kpi]
    ordered = sorted(groups, key=lambda group: (group[1], -_weight(groups[group])))[:MOST_SERIES]
    labels = [bucket_text(bucket, time, context) for bucket in found]
    lines = [
        charts.series(
            context.t("value.others") if others else bucket_text(value, split, context),
            [groups[value, others].get(bucket, {}).get("value", asked.nothing_at(time, bucket)) for bucket in found],
            unit,
            context,
            "tail" if others else "main",
        )
        for value, others in ordered
    ]
    return Trend(
        title=asked.title(),
        chart=charts.chart("bar" if time in CYCLES else "line", asked.title(), labels, lines, unit, context),
        table=_pivot(asked, found, labels, lines),
        how=how(asked.kpi, asked.answer, context),
    )


def _pivot(asked: Asked, keys: Sequence[Any], labels: Sequence[str], lines: Sequence[Json]) -> Table:
    context, unit = asked.context, asked.unit
    columns = [Column(asked.dims[0], context.dim_name(asked.dims[0]))]
    columns += [Column(line["name"], line["name"], "number", unit) for line in lines]
    rows = []
    for index, (label, raw) in enumerate(zip(labels, keys, strict=True)):
        numbers = [Cell(context.exact(line["values"][index], unit), line["values"][index]) for line in lines]
        rows.append(Row((Cell(label, raw), *numbers)))
    return Table("answer", asked.title(), tuple(columns), tuple(rows), downloads=context.downloads("answer"))


def _weight(cells: dict[Any, Json]) -> float:
    return float(sum(abs(cell["value"] or 0) for cell in cells.values()))


def _table(asked: Asked, *, barred: bool = False) -> Table:
    context, rows = asked.context, asked.rows
    drawn: list[Bar | None] = bars([row[asked.kpi]["value"] for row in rows]) if barred else [None] * len(rows)
    found = []
    for row, bar in zip(rows, drawn, strict=True):
        cells = [*_keys(row, asked), *([Cell(bar=bar)] if barred else []), *_numbers(row[asked.kpi], asked)]
        found.append(Row(tuple(cells), weight="tail" if row.get("others") else ""))
    if asked.total() and len(rows) > 1:
        blanks = [Cell() for _ in range(len(asked.dims) - 1 + barred)]
        cells = [Cell(context.t("value.total")), *blanks, *_numbers(asked.total(), asked)]
        found.append(Row(tuple(cells), weight="total"))
    return Table(
        key="answer",
        title=asked.title(),
        columns=_columns(asked, barred=barred),
        rows=tuple(found),
        search=barred,
        downloads=context.downloads("answer"),
        how=how(asked.kpi, asked.answer, context) if barred else None,
        chart=_bar_chart(asked) if barred else None,
    )


def _keys(row: Json, asked: Asked) -> list[Cell]:
    """The group in words; a click on a value filters by it."""
    context = asked.context
    if row.get("others"):
        return [Cell(context.t("value.others")), *(Cell() for _ in asked.dims[1:])]
    found = []
    for dim in asked.dims:
        filtered = context.view.with_where(dim, "(none)" if row[dim] is None else str(row[dim]))
        time = context.dimensions.get(dim, {}).get("kind") == "time"
        found.append(Cell(bucket_text(row[dim], dim, context), row[dim], "" if time else context.with_view(filtered)))
    return found


def _numbers(cell: Json, asked: Asked) -> list[Cell]:
    context, unit = asked.context, asked.unit
    found = [Cell(context.exact(cell["value"], unit), cell["value"])]
    if asked.shared:
        found.append(Cell(context.exact(cell.get("share"), "rate"), cell.get("share")))
    if asked.compared:
        found += [
            Cell(context.exact(cell["against"], unit), cell["against"]),
            change_cell(cell, unit, asked.better, context),
        ]
    return found


def change_cell(cell: Json, unit: str, better: str, context: Context) -> Cell:
    """A change in a table: arrow, sign and number, coloured by what is good."""
    change = change_of(cell, unit, better, context)
    if change is None:
        return Cell("–")
    raw = cell.get("change") if unit == "rate" or cell.get("change_rate") is None else cell["change_rate"]
    return Cell(f"{change.arrow} {change.text}", raw, tone=change.tone)


def _columns(asked: Asked, *, barred: bool) -> tuple[Column, ...]:
    context, t, unit = asked.context, asked.context.t, asked.unit
    found = [Column(dim, context.dim_name(dim)) for dim in asked.dims]
    if barred:
        found.append(Column("bar", t("table.bar"), "bar"))
    found.append(Column(asked.kpi, context.kpi_name(asked.kpi), "number", unit))
    if asked.shared:
        found.append(Column("share", t("table.share"), "number", "rate"))
    if asked.compared:
        found.append(Column("against", t("table.against"), "number", unit))
        found.append(Column("change", t("table.change"), "number", "rate"))
    return tuple(found)


def _bar_chart(asked: Asked) -> Json:
    labels = [" · ".join(cell.text for cell in _keys(row, asked) if cell.text) for row in asked.rows]
    values = [row[asked.kpi]["value"] for row in asked.rows]
    line = charts.series(asked.context.kpi_name(asked.kpi), values, asked.unit, asked.context)
    return charts.chart("bars", asked.title(), labels, [line], asked.unit, asked.context)
