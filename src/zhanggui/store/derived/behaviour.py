"""What is derived of behaviour: sessions, their steps, robots, customers, channels."""

from __future__ import annotations

from typing import Any

from zhanggui.store.derived.naming import SOURCED, note_channels, note_late_channels
from zhanggui.store.derived.refreshing import Refresh
from zhanggui.store.derived.rows import day_sets, insert, is_empty, keep
from zhanggui.store.derived.writing import query_of

TABLES: dict[str, str] = {
    "channels": "source VARCHAR, medium VARCHAR, campaign_id VARCHAR, channel_group VARCHAR",
    "spans": "visitor_id VARCHAR, session_id VARCHAR, from_at TIMESTAMPTZ, until_at TIMESTAMPTZ, next_at TIMESTAMPTZ",
    "steps": "session_id VARCHAR, visitor_id VARCHAR, customer_id VARCHAR, occurred_at TIMESTAMPTZ, day DATE, "
    "event VARCHAR, page_type VARCHAR, product_id VARCHAR, order_id VARCHAR, query VARCHAR, result_count BIGINT, "
    "quantity DECIMAL(18,4), value DECIMAL(18,4), load_ms DOUBLE, lcp_ms DOUBLE, inp_ms DOUBLE, cls DOUBLE, "
    "ttfb_ms DOUBLE, page_url VARCHAR",
    "robots": "session_id VARCHAR, visitor_id VARCHAR, first_at TIMESTAMPTZ, last_at TIMESTAMPTZ, events BIGINT",
    "identities": "session_id VARCHAR, customer_id VARCHAR",
    "visits": "session_id VARCHAR, visitor_id VARCHAR, day DATE, started_at TIMESTAMPTZ, "
    "ended_at TIMESTAMPTZ, source VARCHAR, medium VARCHAR, campaign_id VARCHAR, channel_group VARCHAR, "
    "device VARCHAR, os VARCHAR, browser VARCHAR, country VARCHAR, region VARCHAR, landing_page_type VARCHAR, "
    "sessions BIGINT, page_views BIGINT, item_views BIGINT, add_to_carts BIGINT, checkouts BIGINT, purchases BIGINT, "
    "bounced INTEGER, with_item INTEGER, with_cart BIGINT, with_item_and_cart INTEGER, with_checkout BIGINT, "
    "with_purchase BIGINT, cart_and_purchase INTEGER, checkout_and_purchase INTEGER, with_search INTEGER, "
    "searches BIGINT, searches_without_result BIGINT, evidence VARCHAR",
    "visit_customers": "session_id VARCHAR, customer_id VARCHAR",
    "first_visits": "visitor_id VARCHAR, session_id VARCHAR, started_at TIMESTAMPTZ",
    "hits": "seen_at TIMESTAMPTZ, day DATE, session_id VARCHAR, visitor_id VARCHAR, source VARCHAR, medium VARCHAR, "
    "campaign_id VARCHAR, channel_group VARCHAR, device VARCHAR, os VARCHAR, browser VARCHAR, country VARCHAR, "
    "region VARCHAR, landing_page_type VARCHAR, page_views BIGINT, purchases BIGINT, traffic_visitors BIGINT, "
    "evidence VARCHAR",
}
"""Columns of the derived tables of behaviour, in DuckDB's types."""

CHANGES = ("events", "sessions", "traffic_daily")


def build(con: Any, timezone: str, session_minutes: int) -> None:
    """Fill all of these tables, which are empty."""
    note_channels(con, list(SOURCED))
    for table in ("spans", "steps", "robots"):
        insert(con, table, query_of(table, timezone, session_minutes=session_minutes))
    con.execute("DELETE FROM steps WHERE visitor_id IN (SELECT visitor_id FROM robots)")
    insert(con, "identities", query_of("identities", timezone))
    day_sets(con, timezone)
    keep(con, "event_sessions", "SELECT DISTINCT session_id FROM steps")
    insert(con, "visits", query_of("visits", timezone))
    note_late_channels(con)
    for table in ("visit_customers", "first_visits", "hits"):
        insert(con, table, query_of(table, timezone))


def refresh(con: Any, timezone: str, changed: dict[str, str], session_minutes: int) -> None:
    """Bring these tables up to date after ``changed`` tables (name -> TEMP table of changed rows)."""
    note_channels(con, [changed[table] for table in SOURCED if table in changed])
    if not any(table in changed for table in (*CHANGES, "orders")):
        return
    if all(is_empty(con, table) for table in ("steps", "robots", "visits", "hits")):
        if any(table in changed for table in CHANGES):
            build(con, timezone, session_minutes)
        return
    Refresh(con, timezone, changed, session_minutes).run()
