"""Derived tables: rebuilt in the transaction of the batch, for what the batch touched only.

=============== ==================================================== =========================
table           one row per                                          rebuilt for
=============== ==================================================== =========================
order_ranks     valid order of a known customer                      touched customers
refund_shares   refund and product                                   touched refunds
visits          session                                              touched sessions and days
hits            visitor, session and local hour                      touched days
stock_spans     product, warehouse and span of days                  touched shelves
=============== ==================================================== =========================

Their SQL stands in the ``.sql`` files beside this one, in plain SQL plus three names that depend on
the shop's zone: ``local_day(moment)``, ``local_hour(moment)``, ``local_midnight(day)``. A comment
``/* touched: ... */`` holds the condition that narrows a rebuild to what changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

TABLES: dict[str, str] = {
    "order_ranks": "order_id VARCHAR, customer_id VARCHAR, sequence BIGINT, previous_at TIMESTAMPTZ",
    "refund_shares": "refund_id VARCHAR, order_id VARCHAR, line_no BIGINT, refunded_at TIMESTAMPTZ, "
    "product_id VARCHAR, quantity DECIMAL(18,4), reason VARCHAR, amount DOUBLE",
    "stock_spans": "product_id VARCHAR, warehouse VARCHAR, from_day DATE, to_day DATE, on_hand DECIMAL(18,4)",
    "visits": "session_id VARCHAR, visitor_id VARCHAR, day DATE, started_at TIMESTAMPTZ, source VARCHAR, "
    "medium VARCHAR, campaign_id VARCHAR, device VARCHAR, country VARCHAR, region VARCHAR, sessions BIGINT, "
    "page_views BIGINT, bounced INTEGER, with_item INTEGER, with_cart BIGINT, with_item_and_cart INTEGER, "
    "with_checkout BIGINT, with_purchase BIGINT, cart_and_purchase INTEGER, checkout_and_purchase INTEGER, "
    "with_search INTEGER, searches BIGINT, searches_without_result BIGINT",
    "hits": "seen_at TIMESTAMPTZ, day DATE, session_id VARCHAR, visitor_id VARCHAR, source VARCHAR, medium VARCHAR, "
    "campaign_id VARCHAR, device VARCHAR, country VARCHAR, region VARCHAR, page_views BIGINT, purchases BIGINT, "
    "traffic_visitors BIGINT",
}
"""Columns of every derived table, in DuckDB's types."""

Writers = Mapping[str, Callable[[str], str]]
_TOUCHED = re.compile(r"/\* touched: (.*?) \*/", re.DOTALL)
_MACRO = re.compile(r"\b(local_day|local_hour|local_midnight)\(")
_BEHAVIOUR = ("events", "sessions", "traffic_daily")


def query_of(table: str, timezone: str, *, touched: bool = False, words: Writers | None = None) -> str:
    """The SELECT that makes a derived table; with ``touched`` narrowed to what changed.

    ``words`` write the three zone-dependent names for another engine than DuckDB.
    """
    text = resources.files(__package__).joinpath(f"{table}.sql").read_text(encoding="utf-8")
    text = _TOUCHED.sub(lambda hit: hit[1] if touched else "", text)
    zone = timezone.replace("'", "''")
    writers = words or {
        "local_day": lambda inner: f"CAST(timezone('{zone}', {inner}) AS DATE)",
        "local_hour": lambda inner: f"date_trunc('hour', timezone('{zone}', {inner}))",
        "local_midnight": lambda inner: f"timezone('{zone}', CAST({inner} AS TIMESTAMP))",
    }
    return expand(text, writers)


def expand(text: str, writers: Writers) -> str:
    """``local_day(...)`` and its like written out; parentheses may nest."""
    while hit := _MACRO.search(text):
        depth, end = 1, hit.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        text = text[: hit.start()] + writers[hit[1]](text[hit.end() : end - 1]) + text[end:]
    return text


def ensure(con: Any) -> None:
    """Create the derived tables that do not exist yet, empty."""
    for table, columns in TABLES.items():
        con.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")


def refresh(con: Any, timezone: str, changed: dict[str, str]) -> None:
    """Bring the derived tables up to date, inside the caller's transaction.

    ``changed`` maps a shop table to a TEMP table with all its columns that holds every new or updated
    row and the old versions of updated ones.
    """
    ensure(con)
    # The order of derived rows means nothing; without keeping it they are made on all cores.
    con.execute("SET preserve_insertion_order = false")
    _refresh_changed(con, timezone, changed)
    con.execute("SET preserve_insertion_order = true")


def _refresh_changed(con: Any, timezone: str, changed: dict[str, str]) -> None:
    if "orders" in changed:
        _temp(con, "touched_customers", f"SELECT DISTINCT customer_id FROM {changed['orders']}")
        _rebuild(con, "order_ranks", timezone, "customer_id IN (SELECT customer_id FROM touched_customers)")
    if "refunds" in changed or "order_lines" in changed:
        _refresh_refunds(con, timezone, changed)
    if "stock_levels" in changed:
        _temp(con, "touched_shelves", f"SELECT DISTINCT product_id, warehouse FROM {changed['stock_levels']}")
        _rebuild(
            con,
            "stock_spans",
            timezone,
            "(product_id, warehouse) IN (SELECT (product_id, warehouse) FROM touched_shelves)",
        )
    if any(table in changed for table in _BEHAVIOUR):
        _refresh_behaviour(con, timezone, changed)


def rebuild(con: Any, timezone: str) -> None:
    """Make all derived tables anew, for a shop whose zone changed or that an older version made."""
    ensure(con)
    _day_sets(con, timezone)
    for table in TABLES:
        con.execute(f"DELETE FROM {table}")
        con.execute(f"INSERT INTO {table} {query_of(table, timezone)}")


def _temp(con: Any, name: str, query: str) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


def _is_empty(con: Any, table: str) -> bool:
    return con.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None


def _rebuild(con: Any, table: str, timezone: str, narrow: str) -> None:
    """Replace the rows that ``narrow`` names; an empty table is filled whole."""
    if _is_empty(con, table):
        con.execute(f"INSERT INTO {table} {query_of(table, timezone)}")
        return
    con.execute(f"DELETE FROM {table} WHERE {narrow}")
    con.execute(f"INSERT INTO {table} {query_of(table, timezone, touched=True)}")


def _refresh_refunds(con: Any, timezone: str, changed: dict[str, str]) -> None:
    parts = []
    if "refunds" in changed:
        parts.append(f"SELECT refund_id FROM {changed['refunds']}")
    if "order_lines" in changed:
        lines = f"SELECT order_id FROM {changed['order_lines']}"
        parts.append(f"SELECT refund_id FROM refunds WHERE order_id IN ({lines})")
    _temp(con, "touched_refunds", " UNION ".join(parts))
    _rebuild(con, "refund_shares", timezone, "refund_id IN (SELECT refund_id FROM touched_refunds)")


def _day_sets(con: Any, timezone: str, *, within: str = "") -> None:
    """Days that have events, and days that have sessions; both decide where a day is read from."""
    zone = timezone.replace("'", "''")
    for name, table, column, people in (
        ("event_days", "events", "occurred_at", "(is_bot IS NULL OR NOT is_bot)"),
        ("session_days", "sessions", "started_at", "true"),
    ):
        bounds = within.format(column=column)
        day = f"CAST(timezone('{zone}', {column}) AS DATE)"
        _temp(con, name, f"SELECT DISTINCT {day} AS day FROM {table} WHERE {people}{bounds}")


def _refresh_behaviour(con: Any, timezone: str, changed: dict[str, str]) -> None:
    if _is_empty(con, "visits") and _is_empty(con, "hits"):
        _day_sets(con, timezone)
        for table in ("visits", "hits"):
            con.execute(f"INSERT INTO {table} {query_of(table, timezone)}")
        return
    _touch(con, timezone, changed)
    con.execute(
        "DELETE FROM visits WHERE day IN (SELECT day FROM touched_days) "
        "OR session_id IN (SELECT session_id FROM rebuilt_sessions)"
    )
    con.execute("DELETE FROM hits WHERE day IN (SELECT day FROM touched_days)")
    for table in ("visits", "hits"):
        con.execute(f"INSERT INTO {table} {query_of(table, timezone, touched=True)}")


def _touch(con: Any, timezone: str, changed: dict[str, str]) -> None:
    """Which days and sessions must be made anew: those of changed rows, before and after the change."""
    zone = timezone.replace("'", "''")
    sessions = [f"SELECT session_id FROM {changed[name]}" for name in ("events", "sessions") if name in changed]
    _temp(con, "touched_sessions", " UNION ".join(sessions) or "SELECT NULL::VARCHAR AS session_id WHERE false")
    con.execute("DELETE FROM touched_sessions WHERE session_id IS NULL")
    days = [
        f"SELECT CAST(timezone('{zone}', {column}) AS DATE) AS day FROM {changed[name]}"
        for name, column in (("events", "occurred_at"), ("sessions", "started_at"))
        if name in changed
    ]
    if "traffic_daily" in changed:
        days.append(f"SELECT day FROM {changed['traffic_daily']}")
    days += [
        f"SELECT day FROM {table} WHERE session_id IN (SELECT session_id FROM touched_sessions)"
        for table in ("visits", "hits")
    ]
    _temp(con, "touched_days", " UNION ".join(days))
    _temp(
        con,
        "touched_bounds",
        f"SELECT timezone('{zone}', CAST(min(day) AS TIMESTAMP)) AS low, "
        f"timezone('{zone}', CAST(max(day) + 1 AS TIMESTAMP)) AS high FROM touched_days",
    )
    _day_sets(
        con,
        timezone,
        within=" AND {column} >= (SELECT low FROM touched_bounds) AND {column} < (SELECT high FROM touched_bounds)",
    )
    _temp(
        con,
        "rebuilt_sessions",
        "SELECT session_id FROM touched_sessions UNION SELECT session_id FROM events WHERE session_id IS NOT NULL "
        "AND occurred_at >= (SELECT low FROM touched_bounds) AND occurred_at < (SELECT high FROM touched_bounds) "
        f"AND CAST(timezone('{zone}', occurred_at) AS DATE) IN (SELECT day FROM touched_days) "
        "UNION SELECT session_id FROM visits WHERE day IN (SELECT day FROM touched_days) AND session_id IS NOT NULL "
        f"UNION SELECT session_id FROM sessions "
        f"WHERE CAST(timezone('{zone}', started_at) AS DATE) IN (SELECT day FROM touched_days)",
    )
