"""Derived tables: rebuilt in the transaction of the batch, for what the batch touched only.

=============== ==================================================== ===================================
table           one row per                                          rebuilt for
=============== ==================================================== ===================================
order_ranks     valid order of a known customer                      touched customers
refund_shares   refund and product                                   touched refunds
stock_spans     product, warehouse and span of days                  touched shelves
channels        source, medium and campaign that occur               new combinations
spans           stretch of time of a visitor without given sessions  touched visitors
steps           event that is no robot's, in its session             touched visitors
robots          session that no person made                          touched sessions
visits          session                                              touched sessions and days
identities      session that showed which customer it is             touched sessions
visit_customers session of a customer that is known                  visitors of changed visits
first_visits    visitor                                              visitors of changed visits
hits            visitor, session and local hour                      touched sessions and days
=============== ==================================================== ===================================

Their SQL stands in the ``.sql`` files beside this one, in plain SQL plus names that depend on the
shop or the engine: ``local_day(moment)``, ``local_hour(moment)``, ``local_midnight(day)``,
``idle_ms()`` (inactivity that ends a session), ``milliseconds(moment)`` since 1970 and
``time_order(moment, id)`` (a number that grows with time; events of one moment differ by id).
A comment ``/* touched: ... */`` holds the condition that narrows a rebuild to what changed.
"""

from __future__ import annotations

from typing import Any

from zhanggui.store.derived import behaviour
from zhanggui.store.derived.naming import SOURCED, combinations_of
from zhanggui.store.derived.writing import SESSION_MINUTES, Writers, expand, query_of

__all__ = [
    "SESSION_MINUTES",
    "SOURCED",
    "TABLES",
    "VERSION",
    "Writers",
    "combinations_of",
    "ensure",
    "expand",
    "is_current",
    "query_of",
    "rebuild",
    "refresh",
]

TABLES: dict[str, str] = {
    "order_ranks": "order_id VARCHAR, customer_id VARCHAR, sequence BIGINT, previous_at TIMESTAMPTZ",
    "refund_shares": "refund_id VARCHAR, order_id VARCHAR, line_no BIGINT, refunded_at TIMESTAMPTZ, "
    "product_id VARCHAR, quantity DECIMAL(18,4), reason VARCHAR, amount DOUBLE",
    "stock_spans": "product_id VARCHAR, warehouse VARCHAR, from_day DATE, to_day DATE, on_hand DECIMAL(18,4)",
    **behaviour.TABLES,
}
"""Columns of every derived table, in DuckDB's types."""

VERSION = 3
"""Grows when the SQL of a derived table changes: shops made before are derived anew when they are opened."""


def ensure(con: Any) -> None:
    """Create the derived tables that do not exist yet, empty."""
    for table, columns in TABLES.items():
        con.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")


def refresh(con: Any, timezone: str, changed: dict[str, str], session_minutes: int = SESSION_MINUTES) -> None:
    """Bring the derived tables up to date, inside the caller's transaction.

    ``changed`` maps a shop table to a TEMP table with all its columns that holds every new or updated
    row and the old versions of updated ones.
    """
    if _made_with(con) != _made_for(timezone, session_minutes):
        rebuild(con, timezone, session_minutes)
        return
    # The order of derived rows means nothing; without keeping it they are made on all cores.
    con.execute("SET preserve_insertion_order = false")
    _refresh_trade(con, timezone, changed)
    behaviour.refresh(con, timezone, changed, session_minutes)
    con.execute("SET preserve_insertion_order = true")


def _refresh_trade(con: Any, timezone: str, changed: dict[str, str]) -> None:
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


def rebuild(con: Any, timezone: str, session_minutes: int = SESSION_MINUTES) -> None:
    """Make all derived tables anew, for a shop whose settings changed or that an older version made."""
    for table in TABLES:
        con.execute(f"DROP TABLE IF EXISTS {table}")
    ensure(con)
    con.execute("SET preserve_insertion_order = false")
    for table in ("order_ranks", "refund_shares", "stock_spans"):
        con.execute(f"INSERT INTO {table} {query_of(table, timezone)}")
    behaviour.build(con, timezone, session_minutes)
    con.execute("SET preserve_insertion_order = true")
    con.execute("DELETE FROM zg.meta WHERE key = 'derived'")
    con.execute("INSERT INTO zg.meta VALUES ('derived', ?)", [_made_for(timezone, session_minutes)])


def is_current(con: Any, timezone: str, session_minutes: int = SESSION_MINUTES) -> bool:
    """Whether the derived tables were made by this version and with these settings; true while there are none."""
    return _made_with(con) in (None, _made_for(timezone, session_minutes))


def _made_for(timezone: str, session_minutes: int) -> str:
    return f"{VERSION} {timezone} {session_minutes}"


def _made_with(con: Any) -> str | None:
    row = con.execute("SELECT value FROM zg.meta WHERE key = 'derived'").fetchone()
    if row is not None:
        return str(row[0])
    # Before versions were noted, tables that exist are of the first one.
    old = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'visits'").fetchone()
    return "1" if old[0] else None


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
