"""What is derived of behaviour: sessions, their steps, robots, customers, channels.

A change of events touches visitors. Their steps are made anew, and with them every session that one of
these visitors has, or had before; days whose kind of evidence may have changed (events, else the
sessions table, else daily aggregates) have their rows without events made anew.
"""

from __future__ import annotations

from typing import Any

from zhanggui.shop.channels import channel_groups
from zhanggui.store.derived.writing import query_of

TABLES: dict[str, str] = {
    "channels": "source VARCHAR, medium VARCHAR, campaign_id VARCHAR, channel_group VARCHAR",
    "spans": "visitor_id VARCHAR, session_id VARCHAR, from_at TIMESTAMPTZ, until_at TIMESTAMPTZ, next_at TIMESTAMPTZ",
    "steps": "session_id VARCHAR, visitor_id VARCHAR, customer_id VARCHAR, occurred_at TIMESTAMPTZ, day DATE, "
    "event VARCHAR, page_type VARCHAR, product_id VARCHAR, order_id VARCHAR, query VARCHAR, result_count BIGINT, "
    "quantity DECIMAL(18,4), value DECIMAL(18,4), load_ms DOUBLE, lcp_ms DOUBLE, inp_ms DOUBLE, cls DOUBLE, "
    "ttfb_ms DOUBLE, page_url VARCHAR",
    "robots": "session_id VARCHAR, visitor_id VARCHAR, first_at TIMESTAMPTZ, last_at TIMESTAMPTZ, events BIGINT",
    "identities": "session_id VARCHAR, visitor_id VARCHAR, customer_id VARCHAR",
    "visits": "session_id VARCHAR, visitor_id VARCHAR, customer_id VARCHAR, day DATE, started_at TIMESTAMPTZ, "
    "ended_at TIMESTAMPTZ, source VARCHAR, medium VARCHAR, campaign_id VARCHAR, channel_group VARCHAR, "
    "device VARCHAR, os VARCHAR, browser VARCHAR, country VARCHAR, region VARCHAR, landing_page_type VARCHAR, "
    "sessions BIGINT, page_views BIGINT, item_views BIGINT, add_to_carts BIGINT, checkouts BIGINT, purchases BIGINT, "
    "bounced INTEGER, with_item INTEGER, with_cart BIGINT, with_item_and_cart INTEGER, with_checkout BIGINT, "
    "with_purchase BIGINT, cart_and_purchase INTEGER, checkout_and_purchase INTEGER, with_search INTEGER, "
    "searches BIGINT, searches_without_result BIGINT, evidence VARCHAR",
    "first_visits": "visitor_id VARCHAR, session_id VARCHAR, started_at TIMESTAMPTZ",
    "hits": "seen_at TIMESTAMPTZ, day DATE, session_id VARCHAR, visitor_id VARCHAR, source VARCHAR, medium VARCHAR, "
    "campaign_id VARCHAR, channel_group VARCHAR, device VARCHAR, os VARCHAR, browser VARCHAR, country VARCHAR, "
    "region VARCHAR, landing_page_type VARCHAR, page_views BIGINT, purchases BIGINT, traffic_visitors BIGINT, "
    "evidence VARCHAR",
}
"""Columns of the derived tables of behaviour, in DuckDB's types."""

CHANGES = ("events", "sessions", "traffic_daily")
SOURCED = ("events", "sessions", "traffic_daily", "orders")
"""Tables with source, medium and campaign."""


def combinations_of(table: str) -> str:
    """The SELECT of all combinations of source, medium and campaign that a table holds."""
    columns = ", ".join(f"coalesce({name}, '') AS {name}" for name in ("source", "medium", "campaign_id"))
    return f"SELECT DISTINCT {columns} FROM {table}"


def build(con: Any, timezone: str, session_minutes: int) -> None:
    """Fill all of these tables, which are empty."""
    _note_channels(con, [combinations_of(table) for table in SOURCED])
    for table in ("spans", "steps", "robots"):
        _insert(con, table, timezone, session_minutes=session_minutes)
    con.execute("DELETE FROM steps WHERE visitor_id IN (SELECT visitor_id FROM robots)")
    _insert(con, "identities", timezone)
    _day_sets(con, timezone)
    _temp(con, "event_sessions", "SELECT DISTINCT session_id FROM steps")
    _insert(con, "visits", timezone)
    _note_late_channels(con)
    for table in ("first_visits", "hits"):
        _insert(con, table, timezone)


def refresh(con: Any, timezone: str, changed: dict[str, str], session_minutes: int) -> None:
    """Bring these tables up to date after ``changed`` tables (name -> TEMP table of changed rows)."""
    _note_channels(con, [combinations_of(changed[table]) for table in SOURCED if table in changed])
    if not any(table in changed for table in (*CHANGES, "orders")):
        return
    if all(con.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None for table in ("steps", "visits", "hits")):
        if any(table in changed for table in CHANGES):
            build(con, timezone, session_minutes)
        return
    _touch(con, timezone, changed, session_minutes)
    _identify(con, timezone)
    _touch_days(con, timezone, changed)
    _replace_visits(con, timezone)
    con.execute(
        "DELETE FROM hits WHERE session_id IN (SELECT session_id FROM rebuilt_sessions) "
        "OR (evidence <> 'events' AND day IN (SELECT day FROM touched_days))"
    )
    _insert(con, "hits", timezone, touched=True)


def _touch(con: Any, timezone: str, changed: dict[str, str], session_minutes: int) -> None:
    """Make spans, steps and robots of touched visitors anew; note the sessions they have or had."""
    people = ["SELECT visitor_id FROM steps WHERE false"]
    sessions = ["SELECT session_id FROM steps WHERE visitor_id IN (SELECT visitor_id FROM touched_visitors)"]
    if "events" in changed:
        people.append(f"SELECT visitor_id FROM {changed['events']}")
    if "orders" in changed:
        # An order tells whose session it was placed in, where the event did not.
        people.append(
            "SELECT visitor_id FROM steps WHERE customer_id IS NULL AND order_id IS NOT NULL "
            f"AND order_id IN (SELECT order_id FROM {changed['orders']})"
        )
    sessions += [f"SELECT session_id FROM {changed[name]}" for name in ("events", "sessions") if name in changed]
    _temp(con, "touched_visitors", " UNION ".join(people))
    _temp(con, "rebuilt_sessions", " UNION ".join(sessions))
    con.execute("DELETE FROM rebuilt_sessions WHERE session_id IS NULL")
    touched = "visitor_id IN (SELECT visitor_id FROM touched_visitors)"
    for table in ("spans", "steps", "robots"):
        con.execute(f"DELETE FROM {table} WHERE {touched}")
        _insert(con, table, timezone, touched=True, session_minutes=session_minutes)
    _widen(con)
    con.execute(f"DELETE FROM steps WHERE {touched} AND visitor_id IN (SELECT visitor_id FROM robots)")


def _widen(con: Any) -> None:
    """Add the sessions of touched visitors; and where a session has several visitors, all sessions of those."""
    con.execute(
        "INSERT INTO rebuilt_sessions SELECT DISTINCT session_id FROM steps "
        "WHERE visitor_id IN (SELECT visitor_id FROM touched_visitors) "
        "AND session_id NOT IN (SELECT session_id FROM rebuilt_sessions)"
    )
    _temp(con, "known_visitors", "SELECT visitor_id FROM touched_visitors")
    while True:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE more_visitors AS SELECT DISTINCT visitor_id FROM steps "
            "WHERE session_id IN (SELECT session_id FROM rebuilt_sessions) "
            "AND visitor_id NOT IN (SELECT visitor_id FROM known_visitors)"
        )
        if con.execute("SELECT 1 FROM more_visitors LIMIT 1").fetchone() is None:
            return
        con.execute("INSERT INTO known_visitors SELECT visitor_id FROM more_visitors")
        con.execute(
            "INSERT INTO rebuilt_sessions SELECT DISTINCT session_id FROM steps "
            "WHERE visitor_id IN (SELECT visitor_id FROM more_visitors) "
            "AND session_id NOT IN (SELECT session_id FROM rebuilt_sessions)"
        )


def _identify(con: Any, timezone: str) -> None:
    con.execute("DELETE FROM identities WHERE session_id IN (SELECT session_id FROM rebuilt_sessions)")
    _insert(con, "identities", timezone, touched=True)


def _touch_days(con: Any, timezone: str, changed: dict[str, str]) -> None:
    """Days whose rows without events must be made anew, and what each of them is read from."""
    zone = timezone.replace("'", "''")
    days = [
        f"SELECT CAST(timezone('{zone}', {column}) AS DATE) AS day FROM {changed[name]}"
        for name, column in (("events", "occurred_at"), ("sessions", "started_at"))
        if name in changed
    ]
    if "traffic_daily" in changed:
        days.append(f"SELECT day FROM {changed['traffic_daily']}")
    in_sessions = "session_id IN (SELECT session_id FROM rebuilt_sessions)"
    days += [f"SELECT day FROM {table} WHERE {in_sessions}" for table in ("visits", "hits", "steps")]
    days.append(f"SELECT CAST(timezone('{zone}', started_at) AS DATE) FROM sessions WHERE {in_sessions}")
    _temp(con, "touched_days", " UNION ".join(days))
    _day_sets(con, timezone, within=" WHERE day IN (SELECT day FROM touched_days)")
    _temp(
        con,
        "event_sessions",
        "SELECT DISTINCT session_id FROM steps WHERE session_id IN (SELECT session_id FROM sessions "
        f"WHERE CAST(timezone('{zone}', started_at) AS DATE) IN (SELECT day FROM touched_days))",
    )


def _replace_visits(con: Any, timezone: str) -> None:
    stale = (
        "session_id IN (SELECT session_id FROM rebuilt_sessions) "
        "OR (evidence <> 'events' AND day IN (SELECT day FROM touched_days))"
    )
    _temp(con, "touched_people", f"SELECT DISTINCT visitor_id FROM visits WHERE {stale}")
    con.execute(f"DELETE FROM visits WHERE {stale}")
    _insert(con, "visits", timezone, touched=True)
    _note_late_channels(con)
    con.execute(f"INSERT INTO touched_people SELECT DISTINCT visitor_id FROM visits WHERE {stale}")
    con.execute("DELETE FROM first_visits WHERE visitor_id IN (SELECT visitor_id FROM touched_people)")
    _insert(con, "first_visits", timezone, touched=True)


def _day_sets(con: Any, timezone: str, *, within: str = "") -> None:
    """Days that have events, and days that have sessions; both decide where a day is read from."""
    zone = timezone.replace("'", "''")
    _temp(con, "event_days", f"SELECT DISTINCT day FROM steps{within}")
    days = f"SELECT CAST(timezone('{zone}', started_at) AS DATE) AS day FROM sessions"
    _temp(con, "session_days", f"SELECT DISTINCT day FROM ({days}){within}")


def _note_channels(con: Any, combinations: list[str]) -> None:
    """Name the channel group of combinations that occur for the first time."""
    if not combinations:
        return
    new = con.execute(
        f"SELECT source, medium, campaign_id FROM ({' UNION '.join(combinations)}) "
        "EXCEPT SELECT source, medium, campaign_id FROM channels"
    ).fetchall()
    if new:
        groups = channel_groups(new)
        columns = [list(column) for column in zip(*new, strict=True)]
        con.execute("INSERT INTO channels SELECT unnest(?), unnest(?), unnest(?), unnest(?)", [*columns, groups])


def _note_late_channels(con: Any) -> None:
    """Combinations that no single row holds, because a session's own row and its events each told a part."""
    lacking = "SELECT * FROM visits WHERE channel_group IS NULL"
    _note_channels(con, [combinations_of(f"({lacking})")])
    con.execute(
        "UPDATE visits SET channel_group = channel.channel_group FROM channels AS channel "
        "WHERE visits.channel_group IS NULL AND channel.source = coalesce(visits.source, '') "
        "AND channel.medium = coalesce(visits.medium, '') AND channel.campaign_id = coalesce(visits.campaign_id, '')"
    )


def _temp(con: Any, name: str, query: str) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


def _insert(con: Any, table: str, timezone: str, *, touched: bool = False, session_minutes: int = 30) -> None:
    query = query_of(table, timezone, touched=touched, session_minutes=session_minutes)
    con.execute(f"INSERT INTO {table} BY NAME {query}")
