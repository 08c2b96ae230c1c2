"""Hits and visits seen through the events' own dimensions (page type, search words, product).

Everything else about behaviour reads the derived tables ``hits`` and ``visits``; these dimensions
belong to the single event, so the same columns are made from the events themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.metrics.dialects import Dialect

_OWN = {"page_type": "event.page_type", "query": "event.query"}
_PRODUCT = "event.product_id"
_SESSION = ("source", "medium", "campaign_id", "device", "country", "region")
_PEOPLE = "(event.is_bot IS NULL OR NOT event.is_bot)"


def _columns(names: Sequence[str]) -> dict[str, str]:
    found = {name: _OWN[name] for name in names if name in _OWN}
    if any(name not in _OWN for name in names):
        found["product_id"] = _PRODUCT
    return found


def event_hits(dialect: Dialect, zone: str, names: Sequence[str]) -> str:
    """Every event as a hit, with the event dimensions ``names``."""
    del dialect, zone
    columns = [
        "event.occurred_at AS seen_at",
        "event.session_id AS session_id",
        "event.visitor_id AS visitor_id",
        "CASE WHEN event.event = 'page_view' THEN 1 ELSE 0 END AS page_views",
        "CASE WHEN event.event = 'purchase' THEN 1 ELSE 0 END AS purchases",
        "CAST(NULL AS INTEGER) AS traffic_visitors",
        *(f"visit.{name} AS {name}" for name in _SESSION),
        *(f"{expression} AS {name}" for name, expression in _columns(names).items()),
    ]
    rows = "FROM events AS event LEFT JOIN visits AS visit ON visit.session_id = event.session_id"
    return f"(SELECT {', '.join(columns)} {rows} WHERE {_PEOPLE}) AS hit"


def event_visits(dialect: Dialect, zone: str, names: Sequence[str]) -> str:
    """Sessions by the event dimensions ``names``: a session counts where it has such an event."""
    del dialect, zone
    own = _columns(names)

    def has(event: str) -> str:
        return f"max(CASE WHEN event.event = '{event}' THEN 1 ELSE 0 END)"

    item, cart, checkout, purchase = (has(name) for name in ("view_item", "add_to_cart", "begin_checkout", "purchase"))
    searches = "sum(CASE WHEN event.event = 'search' THEN 1 ELSE 0 END)"
    columns = [
        "event.session_id AS session_id",
        "min(visit.started_at) AS started_at",
        "min(visit.visitor_id) AS visitor_id",
        "1 AS sessions",
        "sum(CASE WHEN event.event = 'page_view' THEN 1 ELSE 0 END) AS page_views",
        "max(visit.bounced) AS bounced",
        f"{item} AS with_item",
        f"{cart} AS with_cart",
        f"{item} * {cart} AS with_item_and_cart",
        f"{checkout} AS with_checkout",
        f"{purchase} AS with_purchase",
        f"{cart} * {purchase} AS cart_and_purchase",
        f"{checkout} * {purchase} AS checkout_and_purchase",
        f"{has('search')} AS with_search",
        f"{searches} AS searches",
        "sum(CASE WHEN event.event = 'search' AND event.result_count = 0 THEN 1 ELSE 0 END) AS searches_without_result",
        *(f"min(visit.{name}) AS {name}" for name in _SESSION),
        *(f"{expression} AS {name}" for name, expression in own.items()),
    ]
    rows = "FROM events AS event JOIN visits AS visit ON visit.session_id = event.session_id"
    keys = ", ".join(["event.session_id", *own.values()])
    return f"(SELECT {', '.join(columns)} {rows} WHERE {_PEOPLE} GROUP BY {keys}) AS visit"
