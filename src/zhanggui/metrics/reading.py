"""Runs the scans of a question and gives back numbers by group."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from zhanggui.basics.periods import GRAINS, Window, bucket_start, buckets
from zhanggui.metrics.catalogue import leaves
from zhanggui.metrics.compile import Frame, Scan, View, compile_scan, overlaps, scans_of
from zhanggui.metrics.definition import WINDOW_DAYS, Aggregate, Kpi
from zhanggui.metrics.dialects import Dialect
from zhanggui.metrics.question import Key

Group = tuple[Key, ...]
TRAILING = "28 days to end"


@dataclass(frozen=True)
class Engine:
    """Where statements run: how they are written, the shop's zone, and a function from SQL to rows."""

    dialect: Dialect
    zone: str
    run: Callable[[str], list[dict[str, Any]]]


@dataclass
class Numbers:
    """Aggregates by group and in total.

    Groups are keys in the order of ``by``; buckets of time are positions from 0.
    """

    by: tuple[str, ...]
    groups: dict[Group, dict[str, float | None]] = field(default_factory=dict)
    total: dict[str, float | None] = field(default_factory=dict)
    seen: dict[str, bool] = field(default_factory=dict)

    def value(self, aggregate: Aggregate, group: Group | None) -> float | None:
        """The aggregate in a group (None = in all); no rows mean 0 for sums and counts, unknown otherwise."""
        if group is None:
            found, known = self.total, self.seen.get(aggregate.key, False)
        else:
            found = self.groups.get(group, {})
            known = aggregate.key in found
        if known:
            return found[aggregate.key]
        return 0.0 if aggregate.zero_when_empty else None


def read(
    engine: Engine, aggregates: Iterable[Aggregate], view: View, sql: list[str], *, totals: bool = True
) -> Numbers:
    """All ``aggregates`` for ``view``; the SQL that ran is added to ``sql``."""
    numbers = Numbers(view.by)
    for scan in scans_of(aggregates):
        _read_scan(engine, scan, view, numbers, sql, totals=totals)
    return numbers


def _read_scan(engine: Engine, scan: Scan, view: View, numbers: Numbers, sql: list[str], *, totals: bool) -> None:
    grouped = with_span(scan, view)
    if view.by:
        for row in _run(engine, scan, grouped, sql):
            key = tuple(_position(name, row[f"d{number}"], view.window) for number, name in enumerate(view.by))
            values = numbers.groups.setdefault(key, {})
            for number, aggregate in enumerate(scan.aggregates):
                values[aggregate.key] = _number(row[f"m{number}"])
    if not totals:
        return
    if view.by and scan.additive and not grouped.frames and not overlaps(scan.fact, view.by):
        _add_up(scan, numbers)
        return
    whole = with_span(scan, replace(view, by=(), frames=()))
    for row in _run(engine, scan, whole, sql):
        for number, aggregate in enumerate(scan.aggregates):
            numbers.seen[aggregate.key] = bool(row["n"])
            numbers.total[aggregate.key] = _number(row[f"m{number}"])


def _run(engine: Engine, scan: Scan, view: View, sql: list[str]) -> list[dict[str, Any]]:
    text = compile_scan(scan, view, engine.dialect, engine.zone)
    sql.append(text)
    return engine.run(text)


def _add_up(scan: Scan, numbers: Numbers) -> None:
    for aggregate in scan.aggregates:
        known = [group[aggregate.key] for group in numbers.groups.values() if aggregate.key in group]
        values = [value for value in known if value is not None]
        numbers.seen[aggregate.key] = bool(known)
        numbers.total[aggregate.key] = sum(values) if values else None


def _number(value: Any) -> float | None:
    """A database number as float; NaN (an empty percentile of some engines) is unknown."""
    if value is None:
        return None
    number = float(value)
    return None if math.isnan(number) else number


def with_span(scan: Scan, view: View) -> View:
    """The view with the frames that the scan's span asks for: last day of each bucket, or 28 days to its end."""
    span = scan.aggregates[0].span
    if span == "window":
        return view
    if view.frames:
        ends = [(bucket, end) for bucket, _, end in view.frames]
    else:
        grain = next((name for name in view.by if name in GRAINS), None)
        ends = bucket_ends(view.window, grain)
    length = 28 if span == TRAILING else 1
    return replace(view, frames=tuple((bucket, end - timedelta(length), end) for bucket, end in ends))


def bucket_ends(window: Window, grain: str | None) -> list[tuple[date, date]]:
    """(bucket, end excluded) of every bucket of the window, cut at the window's end."""
    if grain is None:
        return [(window.from_, window.to)]
    starts = buckets(window, grain)
    return list(zip(starts, [*starts[1:], window.to], strict=True))


def rolling_frames(window: Window, days: int) -> tuple[Frame, ...]:
    """Each day of the window over the ``days`` days that end with it."""
    return tuple((day, day - timedelta(days - 1), day + timedelta(1)) for day in window)


def to_date_frames(window: Window, grain: str) -> tuple[Frame, ...]:
    """Each day of the window since its week, month, quarter or year began."""
    return tuple((day, bucket_start(day, grain), day + timedelta(1)) for day in window)


def _position(name: str, value: Any, window: Window) -> Key:
    """A bucket as its number from the window's first one, so that windows pair; other values as they are."""
    if name in GRAINS:
        return position(name, value, window)
    if name in ("weekday", "hour"):
        return None if value is None else int(value)
    return None if value is None else str(value)


def position(grain: str, start: date, window: Window) -> int:
    """How many buckets ``start`` lies after the first bucket of the window."""
    first = bucket_start(window.from_, grain)
    if grain == "day":
        return (start - first).days
    if grain == "week":
        return (start - first).days // 7
    months = (start.year - first.year) * 12 + start.month - first.month
    return months // {"month": 1, "quarter": 3, "year": 12}[grain]


def evaluate(kpi: Kpi, catalogue: Mapping[str, Kpi], numbers: Numbers, group: Group | None, days: int) -> float | None:
    """The KPI of a group (None = total) from its aggregates; ``days`` is the group's number of days."""
    by_key = {each.key: each for each in kpi.aggregates}

    def value_of(name: str) -> float | None:
        if name == WINDOW_DAYS:
            return float(days)
        if name in by_key:
            return numbers.value(by_key[name], group)
        return evaluate(catalogue[name], catalogue, numbers, group, days)

    return kpi.evaluate(value_of)


def has_rows(kpi: Kpi, catalogue: dict[str, Kpi], numbers: Numbers, group: Group) -> bool:
    """True when any part of the KPI has rows in the group."""
    found = numbers.groups.get(group, {})
    return any(a.key in found for leaf in leaves(kpi, catalogue) for a in leaf.aggregates)
