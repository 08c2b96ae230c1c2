"""Every KPI by plain SQL written by hand (the files in ``sql``), run on the same warehouse file."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from truth.counting_by_hand import Key, base
from truth.kpis_by_hand import combined, parts

from zhanggui.store.opened import OpenShop

Where = dict[str, tuple[Any, ...]]
FILES = Path(__file__).parent / "sql"
LINES = "JOIN order_lines l ON l.order_id = o.order_id LEFT JOIN products p ON p.product_id = l.product_id"
FIRSTS = (
    "firsts AS (SELECT DISTINCT ON (customer_id) order_id FROM orders WHERE status <> 'cancelled' "
    "AND customer_id IS NOT NULL ORDER BY customer_id, placed_at, order_id)"
)
PLACED = """(
    WITH g AS (SELECT *, CASE WHEN occurred_at - lag(occurred_at) OVER (PARTITION BY visitor_id ORDER BY occurred_at)
                              <= INTERVAL 30 MINUTE THEN 0 ELSE 1 END AS opens
               FROM events WHERE is_bot IS NOT TRUE),
         n AS (SELECT *, sum(opens) OVER (PARTITION BY visitor_id ORDER BY occurred_at) AS number FROM g)
    SELECT * REPLACE (coalesce(
        session_id,
        last_value(session_id IGNORE NULLS) OVER (PARTITION BY visitor_id, number ORDER BY occurred_at),
        first_value(session_id IGNORE NULLS) OVER (PARTITION BY visitor_id, number ORDER BY occurred_at
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
        concat(visitor_id, '/', number)) AS session_id) FROM n)"""
VISITS = (
    "WITH e AS (SELECT session_id, min(occurred_at) AS occurred_at, list(event) AS events, "
    "any_value(source) AS source, any_value(medium) AS medium, any_value(campaign_id) AS campaign_id, "
    "any_value(device) AS device, any_value(country) AS country, any_value(region) AS region FROM events e "
    "GROUP BY session_id)"
)
SHELVES = (
    "WITH a AS (SELECT d.day, s.product_id, s.warehouse, arg_max(s.on_hand, s.taken_at) AS on_hand "
    "FROM (SELECT CAST(unnest(generate_series({first}, {last} - 1, INTERVAL 1 DAY)) AS DATE) AS day) d "
    "JOIN stock_levels s ON CAST(timezone('{zone}', s.taken_at) AS DATE) <= d.day GROUP BY ALL)"
)
OF_ORDER = {
    "sales_channel": "o.sales_channel", "source": "o.source", "medium": "o.medium", "campaign": "o.campaign_id",
    "device": "o.device", "country": "o.country", "region": "o.region", "city": "o.city", "coupon": "o.coupon_code",
    "payment_method": "o.payment_method",
    "customer_type": "CASE WHEN o.customer_id IS NOT NULL THEN CASE WHEN o.order_id IN (SELECT order_id FROM firsts) "
    "THEN 'new' ELSE 'returning' END WHEN o.order_id IS NOT NULL THEN 'anonymous' END",
}  # fmt: skip
OF_LINE = {"product": "l.product_id", "brand": "p.brand", "category": "p.category"}
OF_EVENT = {"source": "e.source", "medium": "e.medium", "campaign": "e.campaign_id", "device": "e.device",
            "country": "e.country", "region": "e.region"}  # fmt: skip
OWN = {
    "a.attempted_at": {
        "gateway": "a.gateway", "payment_method": "a.method", "country": "a.country", "device": "a.device",
    },
    "s.delivered_at": {"carrier": "s.carrier", "warehouse": "s.warehouse", "region": "coalesce(s.region, o.region)"},
    "e.occurred_at": OF_EVENT,
    "a.day": {
        "campaign": "nullif(a.campaign_id, '')", "source": "nullif(a.source, '')",
        "warehouse": "nullif(a.warehouse, '')",
    },
}  # fmt: skip


@cache
def blocks() -> dict[str, tuple[str, str]]:
    """The statements by name, each with its time column."""
    found = {}
    for path in sorted(FILES.glob("*.sql")):
        for part in re.split(r"^-- (?=[\w@]+: [\w.]+$)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            head, text = part.split("\n", 1)
            name, time = head.split(": ")
            found[name] = (time, text.strip())
    return found


def expression(name: str, time: str, zone: str) -> str:
    """A dimension as an analyst writes it, with the labels that people read."""
    local = time if time.endswith(".day") else f"timezone('{zone}', {time})"
    times = {
        "day": f"strftime({local}, '%Y-%m-%d')",
        "week": f"strftime({local}, '%G-W%V')",
        "month": f"strftime({local}, '%Y-%m')",
        "quarter": f"concat(year({local}), '-Q', quarter({local}))",
        "year": f"strftime({local}, '%Y')",
        "weekday": f"isodow({local})",
        "hour": f"hour({local})",
    }
    if name in times:
        return times[name]
    if name.startswith("category_"):
        return f"nullif(split_part(p.category, ' > ', {name[-1]}), '')"
    return OWN.get(time, {}).get(name) or {**OF_ORDER, **OF_LINE}[name]


def _leaf(shop: OpenShop, name: str, first: date, to: date, by: tuple[str, ...], where: Where) -> dict[Key, Any]:
    dims = [base(dim) for dim in (*by, *where)]
    of_lines = any(dim in OF_LINE for dim in dims)
    time, text = blocks()[f"{name}@lines" if of_lines and f"{name}@lines" in blocks() else name]
    zone = shop.settings.timezone
    keys = ", ".join(f"CAST({expression(dim, time, zone)} AS VARCHAR)" for dim in by)
    filters = [_filter(expression(dim, time, zone), values) for dim, values in where.items()]
    words = {
        "visits": VISITS,
        "shelves": SHELVES,
        "key": f"[{keys}]" if by else "CAST([] AS VARCHAR[])",
        "lines": LINES if of_lines else "",
        "from": f"timezone('{zone}', TIMESTAMP '{first}')",
        "to": f"timezone('{zone}', TIMESTAMP '{to}')",
        "first": f"DATE '{first}'",
        "last": f"DATE '{to}'",
        "also": " AND ".join(filters) or "true",
    }
    for word, meaning in words.items():
        text = text.replace(f"{{{word}}}", meaning)
    text = text.replace("{zone}", zone).replace("{first}", words["first"]).replace("{last}", words["last"])
    text = text.replace("FROM events e", f"FROM {PLACED} e")
    text = text.replace("WITH ", f"WITH {FIRSTS}, ", 1) if text.startswith("WITH ") else f"WITH {FIRSTS} {text}"
    rows = shop.warehouse.query(text)
    values = [None if value is None else float(value) for value in rows.column(1).to_pylist()]
    return {tuple(key): value for key, value in zip(rows.column(0).to_pylist(), values, strict=True)}


def _filter(written: str, values: tuple[Any, ...]) -> str:
    texts = ", ".join("'" + str(value).replace("'", "''") + "'" for value in values if value is not None)
    tests = [f"CAST({written} AS VARCHAR) IN ({texts})"] if texts else []
    return "(" + " OR ".join([*tests, *([f"{written} IS NULL"] if None in values else [])]) + ")"


def by_sql(
    shop: OpenShop,
    name: str,
    first: date,
    to: date,
    by: tuple[str, ...] = (),
    where: Where | None = None,
) -> dict[Key, float | None]:
    """The KPI per group from hand-written SQL; keys are the labels as text."""
    leaves = {part: _leaf(shop, part, first, to, by, where or {}) for part in parts(name)}
    return combined(name, leaves, first, to, by)
