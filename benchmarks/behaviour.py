"""A five-step funnel by device over ten million events costs little more than the SQL an analyst would write by hand.

By hand only the counts are asked for; the funnel also answers the whole, medians and 90th percentiles of the times.
``--scale 0.1`` tries it small.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from benchmarks.measures import Measure, ratio, seconds
from zhanggui.basics.periods import Window
from zhanggui.engines.behaviour import (
    DEFAULT_STEPS,
    FunnelQuery,
    LeaverQuery,
    PathQuery,
    funnel,
    leavers,
    paths,
)
from zhanggui.store import derived
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

SESSIONS = 1_690_000  # about six events each
DAYS = 90
WINDOW = Window(date(2026, 1, 1), date(2026, 4, 1))
JOURNEY = (
    "page_view", "view_item", "page_view", "view_item", "page_view", "add_to_cart", "page_view", "begin_checkout",
    "add_shipping_info", "add_payment_info", "purchase", "page_view",
)  # fmt: skip
HISTORY = f"""
INSERT INTO main.events BY NAME
SELECT 'e' || i || '-' || k AS event_id,
    TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_microseconds(i * ({DAYS * 86_400_000_000} // :all))
        + to_milliseconds(k * 9000 + CAST(hash(i * 31 + k) % 8000 AS BIGINT)) AS occurred_at,
    'v' || hash(i) % (:all * 2 // 3) AS visitor_id, 's' || i AS session_id,
    [{", ".join(f"'{name}'" for name in JOURNEY)}][1 + k] AS event,
    ['home', 'category', 'item', 'search', 'cart', 'checkout'][1 + CAST(hash(i + k) % 6 AS BIGINT)] AS page_type,
    'P' || hash(i * k) % 2000 AS product_id,
    ['google', 'baidu', 'news', '(direct)'][1 + i % 4] AS source,
    ['organic', 'organic', 'email', '(none)'][1 + i % 4] AS medium,
    ['mobile', 'desktop', 'tablet'][1 + CAST(hash(i * 3) % 3 AS BIGINT)] AS device
FROM range(:all) AS session(i), range({len(JOURNEY)}) AS step(k)
WHERE k < CASE WHEN hash(i * 7) % 1000 < 550 THEN 4 + hash(i * 11) % 2 WHEN hash(i * 7) % 1000 < 880 THEN 7
    WHEN hash(i * 7) % 1000 < 940 THEN 8 WHEN hash(i * 7) % 1000 < 970 THEN 10 ELSE 12 END
ORDER BY occurred_at
"""
WITHIN = "visits.day >= DATE '2026-01-01' AND visits.day < DATE '2026-04-01'"
_CHAINED = ", ".join(
    f"c{place} AS (SELECT steps.session_id, min(occurred_at) AS t{place} FROM c{place - 1} JOIN steps "
    f"ON steps.session_id = c{place - 1}.session_id AND occurred_at >= t{place - 1} "
    f"WHERE event = '{DEFAULT_STEPS[place]}' GROUP BY steps.session_id)"
    for place in range(1, 5)
)
CHAINED = (
    "WITH c0 AS (SELECT session_id, min(occurred_at) AS t0 FROM steps WHERE event = 'view_item' GROUP BY session_id), "
    f"{_CHAINED} SELECT device, count(t0), count(t1), count(t2), count(t3), count(t4) FROM c0 "
    f"JOIN visits USING (session_id) {' '.join(f'LEFT JOIN c{place} USING (session_id)' for place in range(1, 5))} "
    f"WHERE {WITHIN} GROUP BY device"
)
_NUMBERED = " ".join(f"WHEN '{name}' THEN {place + 1}" for place, name in enumerate(DEFAULT_STEPS))
LISTED = (
    f"WITH walked AS (SELECT session_id, list(CASE event {_NUMBERED} END ORDER BY occurred_at) AS walk FROM steps "
    f"WHERE event IN {DEFAULT_STEPS} GROUP BY session_id), reached AS (SELECT session_id, "
    "list_reduce(list_prepend(0, walk), lambda far, step: CASE WHEN step = far + 1 THEN step ELSE far END) AS far "
    "FROM walked) SELECT device, "
    + ", ".join(f"count(*) FILTER (WHERE far >= {place})" for place in range(1, 6))
    + f" FROM reached JOIN visits USING (session_id) WHERE {WITHIN} GROUP BY device"
)
BY_HAND = {"chained joins": CHAINED, "lists in order": LISTED}


def measure(scale: float = 1.0) -> list[Measure]:
    """The ratio to the best of the hand-written statements; the note has seconds of the other questions."""
    with _shop(scale) as shop:
        ours = FunnelQuery(by=("device",), window=WINDOW)
        _agree(shop, ours)
        hand = {name: seconds(lambda sql=sql: _rows(shop, sql)) for name, sql in BY_HAND.items()}  # type: ignore[misc]
        best = min(hand, key=hand.__getitem__)
        value = ratio(lambda: funnel(shop, ours), lambda: _rows(shop, BY_HAND[best]), rounds=5)
        others = {
            "with where the lost went": lambda: funnel(shop, FunnelQuery(window=WINDOW)),
            "visitors within 7d": lambda: funnel(shop, FunnelQuery(within="7d", window=WINDOW)),
            "paths": lambda: paths(shop, PathQuery(WINDOW)),
            "leavers": lambda: leavers(shop, LeaverQuery(step="1", window=WINDOW)),
        }
        told = ", ".join(f"{name} {seconds(work):.1f} s" for name, work in others.items())
    note = f"best by hand: {best}; beside it: {told}"
    return [Measure("funnel of 5 steps by device / hand-written SQL", value, 1.3, "x", note)]


def _rows(shop: OpenShop, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in shop.warehouse.query(sql).to_pylist()]


def _agree(shop: OpenShop, query: FunnelQuery) -> None:
    """Every way must give the same numbers, else the comparison means nothing."""
    ours = sorted((row.key[0], *(step.sessions for step in row.steps)) for row in funnel(shop, query).rows)
    for name, sql in BY_HAND.items():
        if sorted(_rows(shop, sql)) != ours:
            raise ValueError(f"the funnel and {name} differ")


def _shop(scale: float) -> OpenShop:
    """The shop, opened; built when it is not there yet."""
    folder = Path(tempfile.gettempdir()) / f"zhanggui-benchmark-behaviour-{scale:g}"
    if not (folder / "built").exists():
        create_shop(folder, Settings("behaviour", "CNY", "UTC"))
        with open_shop_folder(folder) as shop, shop.warehouse.transaction() as con:
            con.execute(HISTORY.replace(":all", str(int(SESSIONS * scale))))
            con.execute(
                "INSERT INTO zg.facts SELECT 'events', count(*), ['event_id', 'device'], "
                "CAST(min(occurred_at) AS VARCHAR), CAST(max(occurred_at) AS VARCHAR), true FROM main.events"
            )
            derived.rebuild(con, shop.settings.timezone, shop.settings.session_minutes)
        (folder / "built").touch()
    return open_shop_folder(folder)
