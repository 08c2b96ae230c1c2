"""The same KPIs on another engine: derived tables and questions as SQL of PostgreSQL, ClickHouse or Spark.

The shop tables must stand there under their names; the derived tables are made from them by
:func:`derived_query`; :func:`compiled` gives the statements of a KPI.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from zhanggui.metrics.catalogue import leaves
from zhanggui.metrics.compile import View, compile_scan, scans_of
from zhanggui.metrics.definition import Kpi
from zhanggui.metrics.dialects import Dialect, dialect_named
from zhanggui.metrics.reading import Engine, evaluate, has_rows, read, with_span
from zhanggui.shop.channels import channel_groups
from zhanggui.store import derived

_FIRST = re.compile(r"arg_min\(([\w.]+), ([\w.]+)\)( FILTER \(WHERE [^)]*\))?")
DAY_SETS = {
    "event_days": "SELECT DISTINCT day FROM steps",
    "event_sessions": "SELECT DISTINCT session_id FROM steps",
    "session_days": "SELECT DISTINCT local_day(started_at) AS day FROM sessions",
}
"""Helper tables that visits and hits are made with: days and sessions that have events, days that have sessions."""

DERIVED = (
    "order_ranks", "refund_shares", "stock_spans", "spans", "robots", "steps", *DAY_SETS, "visits", "identities",
    "visit_customers", "first_visits", "hits",
)  # fmt: skip
"""What :func:`derived_query` makes, in the order in which it can be made; :func:`channel_rows` come before."""

FAR_DAY = {"clickhouse": "2299-12-31"}


def compiled(kpi: Kpi, catalogue: dict[str, Kpi], view: View, dialect: str, zone: str) -> list[str]:
    """The statements that answer ``kpi`` for ``view`` on an engine, one per kind of row counted."""
    aggregates = [aggregate for leaf in leaves(kpi, catalogue) for aggregate in leaf.aggregates]
    target = dialect_named(dialect)
    return [compile_scan(scan, with_span(scan, view), target, zone) for scan in scans_of(aggregates)]


def measure(kpi: Kpi, catalogue: dict[str, Kpi], view: View, engine: Engine) -> dict[tuple[object, ...], float | None]:
    """The KPI by group on any engine; the whole under the empty tuple."""
    aggregates = {a.key: a for leaf in leaves(kpi, catalogue) for a in leaf.aggregates}
    numbers = read(engine, aggregates.values(), view, [])
    found: dict[tuple[object, ...], float | None] = {
        group: evaluate(kpi, catalogue, numbers, group, view.window.days)
        for group in numbers.groups
        if has_rows(kpi, catalogue, numbers, group)
    }
    found[()] = evaluate(kpi, catalogue, numbers, None, view.window.days)
    return found


def derived_query(table: str, dialect: str, zone: str) -> str:
    """The SELECT that makes a derived table (or day set) on an engine from the shop tables there."""
    target = dialect_named(dialect)
    words = _words(target, zone)
    if table in DAY_SETS:
        return derived.expand(DAY_SETS[table], words)
    text = derived.query_of(table, zone, words=words)
    if table == "robots":
        # Robots are found among all steps, steps are kept without them: here the one is made before the other.
        steps = derived.query_of("steps", zone, words=words)
        text = text.replace("FROM steps AS step", f"FROM ({steps}) AS step")
    if table == "steps":
        text = f"SELECT * FROM ({text}) AS step WHERE step.visitor_id NOT IN (SELECT visitor_id FROM robots)"
    return _first_values(text.replace("9999-12-31", FAR_DAY.get(dialect, "9999-12-31")), target)


def channel_queries() -> tuple[str, ...]:
    """Queries of the combinations (source, medium, campaign_id) that occur in the shop tables."""
    return tuple(derived.combinations_of(table) for table in derived.SOURCED)


def channel_rows(combinations: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str, str]]:
    """Rows of the derived table ``channels``: each combination with its channel group."""
    distinct = sorted(set(combinations))
    return [(*each, group) for each, group in zip(distinct, channel_groups(distinct), strict=True)]


def _words(target: Dialect, zone: str) -> Mapping[str, Callable[[str], str]]:
    return {
        "local_day": lambda inner: target.local_day(inner, zone),
        "local_hour": lambda inner: target.local_hour(inner, zone),
        "local_midnight": lambda inner: target.local_midnight(inner, zone),
        "milliseconds": target.milliseconds,
        # Events of one moment are told apart by DuckDB only; elsewhere any of them counts as the first.
        "time_order": lambda inner: f"({target.milliseconds(inner.split(', ')[0])} * 1048576)",
    }


def _first_values(text: str, target: Dialect) -> str:
    """``arg_min(value, time) FILTER (...)`` and types as the engine writes them."""
    if target.name == "duckdb":
        return text
    if target.name == "postgres":
        text = text.replace("AS DOUBLE)", "AS DOUBLE PRECISION)")
        return _FIRST.sub(lambda hit: f"(array_agg({hit[1]} ORDER BY {hit[2]}){hit[3] or ''})[1]", text)
    name = "argMin" if target.name == "clickhouse" else "min_by"
    return _FIRST.sub(lambda hit: f"{name}({hit[1]}, {hit[2]}){hit[3] or ''}", text)
