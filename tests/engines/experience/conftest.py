"""A small shop of random visits, and the same visits as plain Python rows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.engines.conftest import shop_with

from zhanggui.basics.periods import Window
from zhanggui.store.opened import OpenShop

ZONE = "Asia/Shanghai"
WINDOW = Window(date(2026, 1, 12), date(2026, 1, 19))
PAGES = ("home", "category", "item", "search", "cart", "checkout", None)


@dataclass(frozen=True)
class Visits:
    """The shop, its events that are no robot's, and the sessions of the window by id."""

    shop: OpenShop
    events: Sequence[Mapping[str, Any]]
    sessions: Mapping[str, Sequence[Mapping[str, Any]]]


def _event(draw: random.Random, kind: str, page: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"event": kind, "page_type": page}
    if kind == "page_view" and draw.random() < 0.9:
        found["load_ms"] = draw.choice([400, 999, 1000, 1001, 2500, 2501, 3000, 7000, draw.randint(300, 6500)])
    if kind == "web_vitals":
        found |= {"lcp_ms": draw.randint(800, 6000), "cls": round(draw.random() / 2, 4)}
        if draw.random() < 0.5:
            found |= {"inp_ms": draw.randint(20, 700), "ttfb_ms": draw.randint(90, 2500)}
        if draw.random() < 0.3:
            found["load_ms"] = draw.randint(300, 6500)
    if kind == "search":
        found |= {
            "query": draw.choice(["Mug ", "mug", "绿茶", "🎁 box", "'; --"]),
            "result_count": draw.choice([0, 0, 3, None]),
        }
    if kind in ("view_item", "add_to_cart"):
        found["product_id"] = draw.choice("pqr")
    if kind == "error":
        found["page_url"] = draw.choice(["/a?x=1", "/b", None])
    return found


def _session(draw: random.Random, number: int) -> list[dict[str, Any]]:
    kinds = ["page_view", "web_vitals", "search", "view_item", "add_to_cart", "error", "begin_checkout",
             "add_shipping_info", "add_payment_info", "purchase"]  # fmt: skip
    weights = [10, 4, 3, 4, 3, 1, 2, 1, 1, 2]
    start = datetime(2026, 1, 10, tzinfo=UTC) + timedelta(seconds=draw.randint(0, 10 * 86400))
    same = {
        "session_id": f"s{number}",
        "visitor_id": f"v{number % 60}",
        "device": draw.choice(["mobile", "desktop", None]),
        "country": draw.choice(["CN", "CN", "US"]),
        "source": draw.choice(["google", "baidu"]),
    }
    bot = draw.random() < 0.05
    found, at = [], start
    for kind in ["page_view", *draw.choices(kinds, weights, k=draw.randint(0, 8))]:
        event = same | _event(draw, kind, draw.choice(PAGES)) | {"occurred_at": at, "is_bot": bot or None}
        if kind == "purchase":
            event["order_id"] = f"o{number}"
        found.append(event)
        at += timedelta(seconds=draw.choice([0, 7, 60, 900]))
    return found


def random_events(seed: int, sessions: int) -> list[dict[str, Any]]:
    """Events of random sessions in a random order."""
    draw = random.Random(seed)
    found = [event for number in range(sessions) for event in _session(draw, number)]
    draw.shuffle(found)
    return [event | {"event_id": f"e{place}"} for place, event in enumerate(found)]


def visits_of(shop: OpenShop, events: Sequence[Mapping[str, Any]], window: Window = WINDOW) -> Visits:
    """The sessions that begin in ``window``, robots left out, found by plain Python."""
    robots = {row["session_id"] for row in shop.warehouse.query("SELECT session_id FROM robots").to_pylist()}
    people = [event for event in events if not event.get("is_bot") and event["session_id"] not in robots]
    sessions: dict[str, list[Mapping[str, Any]]] = {}
    for event in sorted(people, key=lambda event: event["occurred_at"]):
        sessions.setdefault(event["session_id"], []).append(event)
    zone = ZoneInfo(shop.settings.timezone)
    inside = {
        key: steps
        for key, steps in sessions.items()
        if window.from_ <= steps[0]["occurred_at"].astimezone(zone).date() < window.to
    }
    return Visits(shop, people, inside)


@pytest.fixture(scope="session")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visits]:
    """150 random sessions with orders, in a shop in Shanghai."""
    with ExitStack() as stack:
        tables = random_tables()
        shop = shop_with(tmp_path_factory.mktemp("visits"), tables, ZONE, "CNY")
        stack.callback(shop.close)
        yield visits_of(shop, tables["events"])


def random_tables() -> dict[str, list[dict[str, Any]]]:
    """Events of 150 sessions, and the orders that they place."""
    events = sorted(random_events(7, 150), key=sorted)
    bought = sorted({event["order_id"]: event for event in events if event.get("order_id")}.items())
    draw = random.Random(3)
    orders, lines = [], []
    for order, event in bought:
        paid = event["occurred_at"] if draw.random() < 0.7 else None
        status = "paid" if paid else draw.choice(["placed", "cancelled"])
        orders.append(
            {"order_id": order, "placed_at": event["occurred_at"], "paid_at": paid, "status": status}
            | {"session_id": event["session_id"], "device": event["device"], "coupon_code": draw.choice([None, "X"])}
            | {"shipping_amount": draw.choice([0, 0, 5, 9, 12, None])}
        )
        lines += [
            {"order_id": order, "line_no": place, "product_id": product, "unit_price": 10 * place, "quantity": 2}
            for place, product in enumerate(draw.sample("pqr", draw.randint(1, 2)), 1)
        ]
    return {"events": events, "orders": orders, "order_lines": lines}
