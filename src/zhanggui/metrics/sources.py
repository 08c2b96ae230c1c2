"""Hits and visits seen through the events' own dimensions (page type, search words, product).

Everything else about behaviour reads the derived tables ``hits`` and ``visits``; these dimensions
belong to the single event, so the same columns are made from the events themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zhanggui.metrics.facts import PRODUCT_JOIN

_OWN = {"page_type": "event.page_type", "query": "event.query"}
_PRODUCT = "event.product_id"
_SESSION = ("source", "medium", "campaign_id", "device", "country", "region")
_PEOPLE = "(event.is_bot IS NULL OR NOT event.is_bot)"


def _columns(names: Sequence[str]) -> dict[str, str]:
    found = {name: _OWN[name] for name in names if name in _OWN}
    if any(name not in _OWN for name in names):
        found["product_id"] = _PRODUCT
    return found


def event_hits(names: Sequence[str]) -> str:
    """Every event as a hit, with the event dimensions ``names``."""
    columns = [
        "event.occurred_at AS seen_at",
        "event.session_id AS session_id",
        "event.visitor_id AS visitor_id",
        "CASE WHEN event.event = 'page_view' THEN 1 ELSE 0 END AS page_views",
        "CASE WHEN event.event = 'purchase' THEN 1 ELSE 0 END AS purchases",
        "CAST(NULL AS INTEGER) AS traffic_visitors",
        *(f"coalesce(visit.{name}, event.{name}) AS {name}" for name in _SESSION),
        *(f"{expression} AS {name}" for name, expression in _columns(names).items()),
    ]
    rows = "FROM events AS event LEFT JOIN visits AS visit ON visit.session_id = event.session_id"
    return f"(SELECT {', '.join(columns)} {rows} WHERE {_PEOPLE}) AS hit"


def event_visits(own: Mapping[str, str], conditions: Sequence[str]) -> str:
    """Sessions by values of their events: a session counts once under each value that one of its events has.

    ``own`` are the event dimensions asked for (name to expression over event and product), ``conditions``
    what an event must meet to be looked at.
    """

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
    people = " AND ".join([_PEOPLE, *conditions])
    if "product." in " ".join([people, *own.values()]):
        rows += f" {PRODUCT_JOIN.format(fact='event')}"
    keys = ", ".join(["event.session_id", *own.values()])
    return f"(SELECT {', '.join(columns)} {rows} WHERE {people} GROUP BY {keys}) AS visit"
