"""Sessions of ten million events from scratch against the best SQL written by hand, on the same DuckDB.

Promise: at most 1.3 times. Twice: with sessions given by a tracker, and found by thirty minutes of inactivity.
Both sides write a table with the same columns; ours is the statement that the shop runs. ``--scale 0.01`` tries it
small.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from benchmarks.drain_daily_increment import EVENTS, fill
from benchmarks.measures import Measure, ratio
from zhanggui.store.derived import query_of
from zhanggui.store.opened import create_shop, open_shop_folder
from zhanggui.store.settings import Settings

LIMIT = 1.3
ZONE = "Asia/Shanghai"

FIRSTS = ", ".join(
    f"arg_min({name}, occurred_at) AS {name}"
    for name in ("visitor_id", "source", "medium", "campaign_id", "device", "os", "browser", "country", "region")
)
COUNTS = ", ".join(
    f"count(*) FILTER (event = '{event}') AS {name}"
    for event, name in (
        ("page_view", "page_views"), ("view_item", "item_views"), ("add_to_cart", "add_to_carts"),
        ("begin_checkout", "checkouts"), ("purchase", "purchases"), ("search", "searches"),
    )
)  # fmt: skip
BY_HAND = f"""
SELECT {{session}}, {FIRSTS}, {COUNTS}, min(occurred_at) AS started_at, max(occurred_at) AS ended_at,
       CAST(timezone('{ZONE}', min(occurred_at)) AS DATE) AS day,
       arg_min(page_type, occurred_at) AS landing_page_type,
       count(*) FILTER (event = 'search' AND result_count = 0) AS searches_without_result,
       count(*) FILTER (event NOT IN ('page_view', 'view_item', 'view_item_list', 'web_vitals', 'error')) AS acts
FROM {{rows}} GROUP BY {{session}}
"""
ISLANDS = """(
    WITH g AS (SELECT *, lag(occurred_at) OVER (PARTITION BY visitor_id ORDER BY occurred_at) AS earlier
               FROM raw_events)
    SELECT *, visitor_id || '.' || sum(CASE WHEN occurred_at - earlier <= INTERVAL 30 MINUTE THEN 0 ELSE 1 END)
        OVER (PARTITION BY visitor_id ORDER BY occurred_at) AS own FROM g)"""


def _prepare(con: duckdb.DuckDBPyConnection, *, loose: bool) -> None:
    con.execute("SET preserve_insertion_order = false")
    con.execute("SET memory_limit = '5GB'")
    source = "SELECT * REPLACE (CAST(NULL AS VARCHAR) AS session_id) FROM main.events" if loose else "FROM main.events"
    con.execute(f"CREATE OR REPLACE TEMP TABLE raw_events AS {source}")
    for name in ("event_days", "event_sessions", "session_days"):
        column = "session_id" if name == "event_sessions" else "day"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {column} FROM main.steps WHERE false")


def _ours(con: duckdb.DuckDBPyConnection) -> None:
    """The statements of the shop, on the table ``raw_events`` in the place of ``events``."""
    spans = query_of("spans", ZONE).replace("FROM events AS", "FROM raw_events AS")
    con.execute(f"CREATE OR REPLACE TEMP TABLE spans AS {spans}")
    visits = query_of("visits", ZONE).replace("FROM events AS", "FROM raw_events AS")
    con.execute(f"CREATE OR REPLACE TEMP TABLE made AS {visits}")


def measure(scale: float) -> list[Measure]:
    """The ratio for given and for found sessions."""
    found = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "shop"
        create_shop(folder, Settings(name="Bench", currency="CNY", timezone=ZONE))
        with open_shop_folder(folder) as shop:
            fill(shop, int(EVENTS * scale))
            con = shop.warehouse.cursor()
            for what, loose in (("given", False), ("found by inactivity", True)):
                _prepare(con, loose=loose)
                hand = BY_HAND.format(session="own" if loose else "session_id", rows=ISLANDS if loose else "raw_events")
                value = ratio(
                    lambda: _ours(con),
                    lambda hand=hand: con.execute(f"CREATE OR REPLACE TEMP TABLE by_hand AS {hand}"),  # type: ignore[misc]
                    rounds=3,
                )
                found.append(Measure(f"sessions of 10M events, {what} / SQL by hand", value, LIMIT, "x"))
            con.close()
    return found
