"""KPI questions to SQL: one statement per kind of row that is counted.

The text is the SQL an analyst would write by hand, readable and the same for every engine but for
the constructs in :mod:`zhanggui.metrics.dialects`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from zhanggui.basics.periods import GRAINS, Window, bucket_of_label, bucket_start
from zhanggui.metrics import expressions
from zhanggui.metrics.definition import Aggregate
from zhanggui.metrics.dialects import Dialect
from zhanggui.metrics.dimensions import DIMENSIONS, NONE, base_name, level_of
from zhanggui.metrics.facts import (
    ALIAS_COLUMNS,
    EVENT_DIMENSIONS,
    FACTS,
    LINE_DIMENSIONS,
    PRODUCT_JOIN,
    SQL_ALIAS,
    Fact,
)
from zhanggui.metrics.sources import event_hits, event_visits
from zhanggui.shop import TABLES

Frame = tuple[date, date, date]
"""(bucket, from_day, to_day): what is shown under ``bucket`` is counted over [from_day, to_day)."""


@dataclass(frozen=True)
class View:
    """How rows are cut: grouped ``by``, filtered ``where``, over ``window``.

    ``frames`` replace the window's own buckets (rolling, to date, other spans); ``without`` are the
    groups (values of the dimensions ``without_by``) that are left out: what remains are the others.
    """

    by: tuple[str, ...]
    where: tuple[tuple[str, tuple[str, ...]], ...]
    window: Window
    frames: tuple[Frame, ...] = ()
    without_by: tuple[str, ...] = ()
    without: tuple[tuple[str | int | None, ...], ...] = ()


@dataclass(frozen=True)
class Scan:
    """Aggregates over the same rows: same fact, condition, time column and span."""

    aggregates: tuple[Aggregate, ...]

    @property
    def fact(self) -> Fact:
        """The kind of row."""
        return FACTS[self.aggregates[0].fact]

    @property
    def additive(self) -> bool:
        """The total is the sum of the groups."""
        return all(each.additive for each in self.aggregates)


def scans_of(aggregates: Iterable[Aggregate]) -> list[Scan]:
    """Aggregates put together by the rows they read."""
    groups: dict[tuple[str, str, str, str], list[Aggregate]] = {}
    for each in aggregates:
        groups.setdefault((each.fact, each.where, each.time, each.span), []).append(each)
    return [Scan(tuple(group)) for group in groups.values()]


def fans_out(fact: Fact, by: Iterable[str]) -> bool:
    """True when a row can fall into several groups: an order counted by the categories of its lines."""
    return fact.fans_out and any(base_name(name) in LINE_DIMENSIONS for name in by)


def overlaps(fact: Fact, by: tuple[str, ...]) -> bool:
    """True when groups cannot be added up to the total: a row may fall into several of them, or into none."""
    of_events = fact.alias in ("hit", "visit") and any(base_name(name) in EVENT_DIMENSIONS for name in by)
    return of_events or fans_out(fact, by)


def dimensions_of(fact: Fact) -> frozenset[str]:
    """Base names of the dimensions that make sense for a fact."""
    time = {name for name, each in DIMENSIONS.items() if each.kind == "time"}
    if fact.time_is_day:
        time -= {"hour"}
    lines = set(LINE_DIMENSIONS) if fact.fans_out else set()
    return frozenset(time | set(fact.dimensions) | lines)


class Statement:
    """Builds the SQL of one scan for one view; use :func:`compile_scan`."""

    def __init__(self, scan: Scan, view: View, dialect: Dialect, zone: str) -> None:
        self.scan, self.view, self.dialect, self.zone = scan, view, dialect, zone
        self.fact = scan.fact
        self.alias = SQL_ALIAS.get(self.fact.alias, self.fact.alias)
        self.used = {base_name(name) for name in self._all_dimensions()}
        self.by_lines = self.fact.fans_out and bool(self.used & set(LINE_DIMENSIONS))
        self.of_events = self.fact.alias in ("hit", "visit") and bool(self.used & set(EVENT_DIMENSIONS))
        self.by_session = self.of_events and self.fact.alias == "visit"
        self.time = scan.aggregates[0].time
        self.of_stock = self.fact.alias in ("stock", "shelf")
        stored = self.fact.day if self.time == self.fact.time and not self.of_events else None
        self.day_column = stored or (self.time if _is_day(self.time) else None)

    def _all_dimensions(self) -> list[str]:
        return [*self.view.by, *(name for name, _ in self.view.where), *self.view.without_by]

    def sql(self) -> str:
        """The statement: group columns d0, d1 ..., number of rows n, then m0, m1 ... by aggregate."""
        groups = [self._group(name) for name in self.view.by]
        repeated = self._groups_by_lines() or (self.fact.alias == "refund" and self._lines_used())
        key = "" if repeated else self.fact.key
        measures = [
            expressions.write(each.expression, each.place, self.dialect.name, self.zone, key)
            for each in self.scan.aggregates
        ]
        conditions = self._conditions()
        text = " ".join([*groups, *measures, *conditions])
        columns = [f"{group} AS d{number}" for number, group in enumerate(groups)]
        columns += ["count(*) AS n"] + [f"{measure} AS m{number}" for number, measure in enumerate(measures)]
        parts = ["SELECT " + ",\n       ".join(columns), "FROM " + self._rows(text)]
        if conditions:
            parts.append("WHERE " + "\n  AND ".join(conditions))
        if groups:
            parts.append("GROUP BY " + ", ".join(groups))
        return self._with_window("\n".join(parts))

    def _with_window(self, text: str) -> str:
        for token, day in (
            (expressions.WINDOW_FROM, self.view.window.from_),
            (expressions.WINDOW_TO, self.view.window.to),
        ):
            text = text.replace(token, self.dialect.day(day))
        return text

    # -- rows ---------------------------------------------------------------------------------

    def _rows(self, text: str) -> str:
        rows = self.fact.rows
        if self.by_session:
            own = {name: self._event_value(name) for name in self.view.by if base_name(name) in EVENT_DIMENSIONS}
            rows = event_visits(
                own, [*self._bounds(), *self._event_conditions()], " ".join([text, *self._frame_join()])
            )
        elif self.of_events:
            rows = event_hits(text)
        elif self.fact.alias == "refund" and self._lines_used():
            rows = "refund_shares AS refund"
        elif self.of_stock:
            rows = rows.format(days=self.dialect.frames(self._stock_days()))
        parts = [rows]
        if self._groups_by_lines():
            parts.append(f"JOIN ({self._line_groups()}) AS od ON od.order_id = {self.alias}.order_id")
        parts += self._frame_join()
        parts += self._joins(text)
        return "\n".join(parts)

    def _frame_join(self) -> list[str]:
        if not self.view.frames or self.of_stock:
            return []
        day = self._day()
        return [f"JOIN {self.dialect.frames(self.view.frames)} ON {day} >= frame.from_day AND {day} < frame.to_day"]

    def _joins(self, text: str) -> list[str]:
        needed = {alias for alias in self.fact.joins if re.search(rf"\b{alias}\.", text)}
        if "rk" in needed and "ord" in self.fact.joins:
            needed.add("ord")
        return [clause for alias, clause in self.fact.joins.items() if alias in needed]

    def _lines_used(self) -> bool:
        return bool(self.used & set(LINE_DIMENSIONS))

    def _groups_by_lines(self) -> bool:
        return self.by_lines and fans_out(self.fact, self.view.by)

    def _line_groups(self) -> str:
        """Orders with the values of their lines' dimensions, each pair once."""
        names = [name for name in self.view.by if base_name(name) in LINE_DIMENSIONS]
        columns = "".join(f", {self._line_value(name)} AS {name}" for name in names)
        return f"SELECT DISTINCT line.order_id AS order_id{columns} FROM {self._lines_from()}{self._line_where()}"

    def _lines_from(self) -> str:
        return "order_lines AS line " + PRODUCT_JOIN.format(fact="line")

    def _line_where(self) -> str:
        conditions = [
            self._one_of(self._line_value(name), name, values)
            for name, values in self.view.where
            if base_name(name) in LINE_DIMENSIONS
        ]
        if self._without_of_lines():
            conditions.append(self._not_without("line"))
        return " WHERE " + " AND ".join(conditions) if conditions else ""

    def _without_of_lines(self) -> bool:
        return bool(self.view.without) and any(base_name(name) in LINE_DIMENSIONS for name in self.view.without_by)

    def _line_value(self, name: str) -> str:
        return self._value_of("line", name)

    def _value_of(self, fact: str, name: str) -> str:
        expression = FACTS[fact].dimensions[base_name(name)]
        level = level_of(name)
        return self.dialect.level(expression, level) if level else expression

    def _event_value(self, name: str) -> str:
        return self._value_of("event", name)

    def _event_conditions(self) -> list[str]:
        """What an event must meet so that its session counts."""
        asked = [each for each in self.view.where if base_name(each[0]) in EVENT_DIMENSIONS]
        found = [self._one_of(self._event_value(name), name, values) for name, values in asked]
        return [*found, self._not_without("event")] if self.view.without else found

    def _stock_days(self) -> list[Frame]:
        """One frame per day looked at: (bucket, day, day after)."""
        frames = self.view.frames or ((self.view.window.from_, self.view.window.from_, self.view.window.to),)
        grain = next((name for name in self.view.by if name in GRAINS), None)
        days: list[Frame] = []
        for bucket, first, end in frames:
            for number in range((end - first).days):
                day = first + timedelta(number)
                shown = bucket if self.view.frames else bucket_start(day, grain) if grain else bucket
                days.append((shown, day, day + timedelta(1)))
        return days

    # -- groups and conditions ----------------------------------------------------------------

    def _day(self) -> str:
        return self.day_column or self.dialect.local_day(self.time, self.zone)

    def _group(self, name: str) -> str:
        if name in GRAINS:
            if self.of_stock:
                return f"{self.alias}.bucket"
            return "frame.bucket" if self.view.frames else self.dialect.bucket(self._day(), name)
        return self._value(name)

    def _value(self, name: str) -> str:
        if name in GRAINS:
            return self.dialect.bucket(self._day(), name)
        if name == "weekday":
            return self.dialect.weekday(self._day())
        if name == "hour":
            return self.dialect.hour(self.time, self.zone)
        base = base_name(name)
        if self.by_lines and base in LINE_DIMENSIONS:
            return f"od.{name}"
        if self.by_session and base in EVENT_DIMENSIONS:
            return f"visit.{name}"
        expression = self.fact.dimensions[base]
        level = level_of(name)
        return self.dialect.level(expression, level) if level else expression

    def _conditions(self) -> list[str]:
        found = [] if self.by_session else self._bounds()
        first = self.scan.aggregates[0]
        if first.where:
            written = expressions.write(first.where, first.place, self.dialect.name, self.zone)
            found.append(f"({written})" if " OR " in written.upper() else written)
        inside = LINE_DIMENSIONS if self.by_lines else EVENT_DIMENSIONS if self.by_session else ()
        for name, values in self.view.where:
            if base_name(name) not in inside:
                found.append(self._one_of(self._value(name), name, values))
        if self.by_lines and not self._groups_by_lines():
            lines = f"SELECT line.order_id FROM {self._lines_from()}{self._line_where()}"
            found.append(f"{self.alias}.order_id IN ({lines})")
        if self.view.without and not self.by_session and not (self.by_lines and self._without_of_lines()):
            found.append(self._not_without(self.fact.alias))
        return found

    def _bounds(self) -> list[str]:
        if self.of_stock:
            return []
        first, end = self.view.window.from_, self.view.window.to
        if self.view.frames:
            first = min(frame[1] for frame in self.view.frames)
            end = max(frame[2] for frame in self.view.frames)
        if self.day_column:
            low, high, column = self.dialect.day(first), self.dialect.day(end), self.day_column
        else:
            low, high = self.dialect.instant(first, self.zone), self.dialect.instant(end, self.zone)
            column = self.time
        return [f"{column} >= {low}", f"{column} < {high}"]

    def _literal(self, name: str, value: str | int) -> str:
        if name in GRAINS:
            return self.dialect.day(bucket_of_label(str(value), name))
        return str(int(value)) if name in ("weekday", "hour") else self.dialect.text(str(value))

    def _one_of(self, expression: str, name: str, values: tuple[str, ...]) -> str:
        literals = [self._literal(name, value) for value in values if value != NONE]
        parts = []
        if len(literals) == 1:
            parts.append(f"{expression} = {literals[0]}")
        elif literals:
            parts.append(f"{expression} IN ({', '.join(literals)})")
        if NONE in values:
            parts.append(f"{expression} IS NULL")
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def _not_without(self, fact: str) -> str:
        """True for rows of ``fact`` (our own, or its lines or events) outside the named groups; null is a value too."""
        groups = []
        for values in self.view.without:
            pairs = zip(self.view.without_by, values, strict=True)
            tests = [self._is(name, value, fact) for name, value in pairs]
            groups.append(f"({' AND '.join(tests)})")
        return f"CASE WHEN {' OR '.join(groups)} THEN 0 ELSE 1 END = 1"

    def _is(self, name: str, value: str | int | None, fact: str) -> str:
        inside = {"line": LINE_DIMENSIONS, "event": tuple(FACTS["event"].dimensions)}.get(fact, ())
        other = fact != self.fact.alias and base_name(name) in inside
        expression = self._value_of(fact, name) if other else self._value(name)
        return f"{expression} IS NULL" if value is None else f"{expression} = {self._literal(name, value)}"


def _is_day(time: str) -> bool:
    alias, _, column = time.partition(".")
    table = ALIAS_COLUMNS.get(alias)
    if not isinstance(table, str):
        return column == "day"
    return any(each.name == column and each.kind == "day" for each in TABLES[table].columns)


def compile_scan(scan: Scan, view: View, dialect: Dialect, zone: str) -> str:
    """SQL that answers ``scan`` for ``view``.

    Columns: d0 .. (the dimensions of ``view.by``; buckets as the date of their first day), n (rows
    counted), m0 .. (one per aggregate).
    """
    return Statement(scan, view, dialect, zone).sql()


def values_sql(fact: Fact, name: str, dialect: Dialect) -> str:
    """SQL that lists the values of a dimension in the whole shop, column ``value``."""
    base = base_name(name)
    if fact.fans_out and base in LINE_DIMENSIONS:
        fact = FACTS["line"]
    if fact.alias in ("hit", "visit") and base in EVENT_DIMENSIONS:
        fact = FACTS["event"]
    expression = fact.dimensions[base]
    level = level_of(name)
    expression = dialect.level(expression, level) if level else expression
    rows = fact.rows
    if fact.alias in ("stock", "shelf"):
        rows = f"stock_spans AS {fact.alias}"
    elif fact.alias == "refund" and base in LINE_DIMENSIONS:
        rows = "refund_shares AS refund"
    needed = {alias for alias in fact.joins if re.search(rf"\b{alias}\.", expression)}
    if "rk" in needed and "ord" in fact.joins:
        needed.add("ord")
    joins = [clause for alias, clause in fact.joins.items() if alias in needed]
    return " ".join([f"SELECT DISTINCT {expression} AS value FROM {rows}", *joins])


def home_values_sql(name: str, dialect: Dialect) -> str | None:
    """SQL that lists the values of a dimension where it is at home: products or orders; None for others."""
    base = base_name(name)
    if base in LINE_DIMENSIONS:
        expression = f"product.{'product_id' if base == 'product' else base}"
        level = level_of(name)
        expression = dialect.level(expression, level) if level else expression
        return f"SELECT DISTINCT {expression} AS value FROM products AS product"
    return values_sql(FACTS["order"], name, dialect) if base in FACTS["order"].dimensions else None
