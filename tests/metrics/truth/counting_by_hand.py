"""Counting rows in plain Python: which group a row falls into, and how many rows become one number."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from truth.rows_by_hand import LINE_DIMENSIONS, Fact, HandShop, Own, category_level

Key = tuple[Any, ...]
Reduce = Callable[[list[tuple[Any, float]]], float | None]
TIME = ("day", "week", "month", "quarter", "year", "weekday", "hour")
ORDER = (
    "sales_channel",
    "source",
    "medium",
    "campaign",
    "device",
    "country",
    "region",
    "city",
    "customer_type",
    "payment_method",
    "coupon",
)
LINE = ("category", "category_1", "category_2", "brand", "product")
SESSION = ("source", "medium", "campaign", "device", "country", "region")
OWN = ("page_type", "query", *LINE)
EVENT_OWN = {"page_type", "query", "product", "brand", "category"}


@dataclass(frozen=True)
class Leaf:
    """``rows`` counted when ``keep`` says so, reduced to one number; ``dims`` are all it must be sliceable by."""

    rows: Callable[[HandShop, tuple[date, ...], Own], list[Fact]]
    keep: Callable[[Any], bool]
    reduce: Reduce
    dims: tuple[str, ...]
    span: str = "window"
    by_session: bool = False


def days_of(first: date, to: date) -> tuple[date, ...]:
    return tuple(first + timedelta(number) for number in range((to - first).days))


def base(name: str) -> str:
    return "category" if name.startswith("category_") else name


# -- keys --------------------------------------------------------------------------------------


def time_value(shop: HandShop, at: datetime | date, name: str) -> Any:
    """How a moment is written under a time dimension."""
    day = shop.day(at)
    year, week, weekday = day.isocalendar()
    return {
        "day": day.isoformat(),
        "week": f"{year}-W{week:02d}",
        "month": f"{day.year}-{day.month:02d}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "year": f"{day.year}",
        "weekday": weekday,
        "hour": at.astimezone(shop.zone).hour if isinstance(at, datetime) else 0,
    }[name]


def line_value(line: dict[str, Any], name: str) -> Any:
    return category_level(line["category"], int(name[-1])) if name.startswith("category_") else line[name]


def keys_of(
    shop: HandShop, fact: Fact, by: tuple[str, ...], where: dict[str, tuple[Any, ...]]
) -> Iterator[tuple[Key, float]]:
    """The groups that a row falls into, with its share in each; none when a filter leaves it out."""

    def value(name: str, line: dict[str, Any] | None) -> Any:
        if name in TIME:
            return time_value(shop, fact.at, name)
        if line is None and name in fact.dims:
            return fact.dims[name]
        if base(name) in LINE_DIMENSIONS:
            return line_value(line if line is not None else fact.dims, name)
        return fact.dims.get(name)

    names = {*by, *where}
    by_line = fact.lines is not None and any(base(name) in LINE_DIMENSIONS for name in names)
    found: dict[Key, float] = {}
    for line in fact.lines if by_line and fact.lines is not None else [None]:
        if all(value(name, line) in wanted for name, wanted in where.items()):
            key = tuple(value(name, line) for name in by)
            share = line.get("share") if line else None
            found[key] = 1.0 if share is None else found.get(key, 0.0) + share
    yield from found.items()


def grouped(
    shop: HandShop,
    leaf: Leaf,
    first: date,
    to: date,
    by: tuple[str, ...] = (),
    where: dict[str, tuple[Any, ...]] | None = None,
) -> dict[Key, float | None]:
    """The leaf's number per group; () holds the number of the whole when nothing is grouped by."""
    where = where or {}
    if leaf.span == "last day":
        first = to - timedelta(1)
    elif leaf.span == "28 days":
        first = to - timedelta(28)
    own = Own(
        tuple(name for name in by if base(name) in EVENT_OWN),
        tuple((name, values) for name, values in where.items() if base(name) in EVENT_OWN),
    )
    if leaf.by_session:  # its rows are made of the right events already
        where = {name: values for name, values in where.items() if base(name) not in EVENT_OWN}
    groups: dict[Key, list[tuple[Any, float]]] = defaultdict(list)
    for fact in leaf.rows(shop, days_of(first, to), own):
        if fact.at is not None and first <= shop.day(fact.at) < to and leaf.keep(fact.data):
            for key, share in keys_of(shop, fact, by, where):
                groups[key].append(
                    (fact.data | {"_at": shop.day(fact.at)} if isinstance(fact.data, dict) else fact.data, share)
                )
    if not by:
        groups.setdefault((), [])
    return {key: leaf.reduce(rows) for key, rows in groups.items()}


# -- reductions --------------------------------------------------------------------------------


def total(of: Callable[[Any], Any]) -> Reduce:
    """The sum of what is known; no rows sum to 0, rows that all don't say to unknown."""

    def reduce(rows: list[tuple[Any, float]]) -> float | None:
        values = [float(of(data)) * share for data, share in rows if of(data) is not None]
        return None if rows and not values else math.fsum(values)

    return reduce


def distinct(of: Callable[[Any], Any]) -> Reduce:
    return lambda rows: float(len({of(data) for data, _ in rows if of(data) is not None}))


def count(rows: list[tuple[Any, float]]) -> float:
    return float(len(rows))


def percentile(of: Callable[[Any], Any], share: float) -> Reduce:
    """Interpolated between the two nearest, as percentile_cont."""

    def reduce(rows: list[tuple[Any, float]]) -> float | None:
        values = sorted(float(of(data)) for data, _ in rows if of(data) is not None)
        if not values:
            return None
        place = share * (len(values) - 1)
        low = math.floor(place)
        high = min(low + 1, len(values) - 1)
        return values[low] + (values[high] - values[low]) * (place - low)

    return reduce


def mean(of: Callable[[Any], Any]) -> Reduce:
    def reduce(rows: list[tuple[Any, float]]) -> float | None:
        values = [float(of(data)) for data, _ in rows if of(data) is not None]
        return math.fsum(values) / len(values) if values else None

    return reduce


def between(start: str, end: str, unit: float) -> Callable[[dict[str, Any]], float | None]:
    def hours(row: dict[str, Any]) -> float | None:
        if row.get(start) is None or row.get(end) is None:
            return None
        return (row[end] - row[start]) / timedelta(seconds=1) / unit

    return hours
