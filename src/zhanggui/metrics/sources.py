"""Hits and visits seen through the events' own dimensions (page type, search words, product).

Everything else about behaviour reads the derived tables ``hits`` and ``visits``; these dimensions
belong to the single event, so the same columns are made from the events themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from zhanggui.metrics.facts import PRODUCT_JOIN

_OWN = {"page_type": "event.page_type", "query": "event.query", "product_id": "event.product_id"}
_SESSION = (
    "source", "medium", "campaign_id", "channel_group", "device", "os", "browser", "country", "region",
    "landing_page_type",
)  # fmt: skip
_VISIT_JOIN = "JOIN visits AS visit ON visit.session_id = event.session_id"


def event_hits(text: str) -> str:
    """Every event as a hit; ``text`` is the SQL that will read it, so that it gets no column it does not name."""
    columns = {
        "seen_at": "event.occurred_at",
        "session_id": "event.session_id",
        "visitor_id": "event.visitor_id",
        "page_views": _is("page_view"),
        "purchases": _is("purchase"),
        "traffic_visitors": "NULLIF(0, 0)",
        **{name: f"visit.{name}" for name in _SESSION},
        **_OWN,
    }
    written = _written(columns, "hit", text + (" hit.product_id" if "product." in text else ""))
    rows = "steps AS event" + (f" LEFT {_VISIT_JOIN}" if "visit." in written else "")
    return f"(SELECT {written}\n      FROM {rows}) AS hit"


def event_visits(own: Mapping[str, str], conditions: Sequence[str], text: str) -> str:
    """Sessions by values of their events: a session counts once under each value that one of its events has.

    ``own`` are the event dimensions asked for (name to expression over event and product), ``conditions``
    what an event (and its visit) must meet to be looked at, ``text`` the SQL that will read it.
    """
    item, cart, checkout, purchase = (_has(name) for name in ("view_item", "add_to_cart", "begin_checkout", "purchase"))
    columns = {
        "session_id": "event.session_id",
        "started_at": "min(visit.started_at)",
        "visitor_id": "min(visit.visitor_id)",
        "sessions": "1",
        "page_views": f"sum({_is('page_view')})",
        "bounced": "max(visit.bounced)",
        "with_item": item,
        "with_cart": cart,
        "with_item_and_cart": f"{item} * {cart}",
        "with_checkout": checkout,
        "with_purchase": purchase,
        "cart_and_purchase": f"{cart} * {purchase}",
        "checkout_and_purchase": f"{checkout} * {purchase}",
        "with_search": _has("search"),
        "searches": f"sum({_is('search')})",
        "searches_without_result": "sum(CASE WHEN event.event = 'search' AND event.result_count = 0 THEN 1 ELSE 0 END)",
        **{name: f"min(visit.{name})" for name in _SESSION},
        **own,
    }
    kept = "\n        AND ".join(conditions) or "true"
    rows = f"steps AS event {_VISIT_JOIN}"
    if "product." in " ".join([kept, *own.values()]):
        rows += f"\n      {PRODUCT_JOIN.format(fact='event')}"
    keys = ", ".join(["event.session_id", *own.values()])
    written = _written(columns, "visit", text) or "1 AS sessions"
    return f"(SELECT {written}\n      FROM {rows}\n      WHERE {kept}\n      GROUP BY {keys}) AS visit"


def _is(event: str) -> str:
    return f"CASE WHEN event.event = '{event}' THEN 1 ELSE 0 END"


def _has(event: str) -> str:
    return f"max({_is(event)})"


def _written(columns: Mapping[str, str], alias: str, text: str) -> str:
    named = {name: each for name, each in columns.items() if re.search(rf"\b{alias}\.{name}\b", text)}
    return ",\n             ".join(f"{each} AS {name}" for name, each in named.items())
