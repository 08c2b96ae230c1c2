"""Derived tables: whatever the order and size of the batches, the same as made anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from zhanggui.store import derived
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

ZONE = "Asia/Shanghai"
START = datetime(2026, 3, 1, 20, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[OpenShop]:
    create_shop(tmp_path / "s", Settings(name="s", currency="CNY", timezone=ZONE))
    with open_shop_folder(tmp_path / "s") as opened:
        yield opened


def _put(con: Any, table: str, rows: list[dict[str, Any]], key: tuple[str, ...]) -> None:
    """Insert or replace rows the way a batch does, and refresh what is derived of them."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE incoming AS SELECT * FROM {table} WHERE false")
    for row in rows:
        names = ", ".join(row)
        con.execute(f"INSERT INTO incoming ({names}) VALUES ({', '.join('?' for _ in row)})", list(row.values()))
    same = " AND ".join(f"old.{name} = incoming.{name}" for name in key)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE changed AS SELECT * FROM incoming UNION ALL BY NAME "
        f"SELECT old.* FROM {table} AS old WHERE EXISTS (SELECT 1 FROM incoming WHERE {same})"
    )
    con.execute(f"DELETE FROM {table} AS old WHERE EXISTS (SELECT 1 FROM incoming WHERE {same})")
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    derived.refresh(con, ZONE, {table: "changed"})


def _state(con: Any) -> dict[str, list[Any]]:
    return {table: sorted(con.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in derived.TABLES}


def _events(chance: random.Random, count: int) -> list[dict[str, Any]]:
    kinds = ["page_view", "view_item", "add_to_cart", "begin_checkout", "purchase", "search", "web_vitals"]
    return [
        {
            "event_id": f"e{number}",
            "occurred_at": START + timedelta(minutes=chance.randrange(60 * 24 * 5)),
            "visitor_id": f"v{chance.randrange(9)}",
            "session_id": chance.choice([None, *(f"s{n}" for n in range(25))]),
            "event": chance.choice(kinds),
            "source": chance.choice([None, "baidu", "direct"]),
            "result_count": chance.choice([None, 0, 3]),
            "is_bot": chance.choice([None, False, False, True]),
        }
        for number in range(count)
    ]


def _sessions(chance: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "session_id": f"s{number}",
            "visitor_id": f"v{chance.randrange(9)}",
            "started_at": START + timedelta(minutes=chance.randrange(60 * 24 * 8)),
            "source": chance.choice([None, "email"]),
            "page_views": 2,
            "purchases": chance.randrange(2),
            "is_bounce": chance.choice([None, True, False]),
        }
        for number in range(0, 40, 2)
    ]


def _traffic(chance: random.Random) -> list[dict[str, Any]]:
    empty = dict.fromkeys(TRAFFIC_KEY[2:], "")
    return [
        empty
        | {"day": (START + timedelta(days=n)).date(), "source": source, "sessions": chance.randrange(50), "visitors": 9}
        for n in range(10)
        for source in ("", "google")
    ]


TRAFFIC_KEY = ("day", "source", "medium", "campaign_id", "device", "country", "region")


@pytest.mark.parametrize("seed", range(4))
def test_behaviour_is_the_same_in_pieces_and_made_anew(shop: OpenShop, seed: int) -> None:
    chance = random.Random(seed)
    with shop.warehouse.transaction() as con:
        pieces: list[tuple[str, list[dict[str, Any]], tuple[str, ...]]] = []
        events = _events(chance, 120)
        chance.shuffle(events)
        pieces += [("events", events[n : n + 30], ("event_id",)) for n in range(0, 120, 30)]
        pieces.append(("events", _events(chance, 40), ("event_id",)))
        pieces.append(("sessions", _sessions(chance), ("session_id",)))
        pieces.append(("sessions", _sessions(chance)[:7], ("session_id",)))
        pieces.append(("traffic_daily", _traffic(chance), TRAFFIC_KEY))
        chance.shuffle(pieces)
        for table, rows, key in pieces:
            _put(con, table, rows, key)
        found = _state(con)
        derived.rebuild(con, ZONE)
        assert found == _state(con)


@pytest.mark.parametrize("seed", range(4))
def test_orders_refunds_and_stock_are_the_same_in_pieces_and_made_anew(shop: OpenShop, seed: int) -> None:
    chance = random.Random(seed)

    def moment() -> datetime:
        return START + timedelta(minutes=chance.randrange(5000))

    with shop.warehouse.transaction() as con:
        for _ in range(4):
            orders = [
                {"order_id": f"o{n}", "customer_id": chance.choice([None, "a", "b", "c"]), "placed_at": moment(),
                 "status": chance.choice(["paid", "cancelled"])}
                for n in chance.sample(range(20), 9)
            ]  # fmt: skip
            _put(con, "orders", orders, ("order_id",))
            lines = [
                {"order_id": f"o{n}", "line_no": line, "product_id": f"p{line}", "quantity": 1, "unit_price": 10 * line}
                for n in chance.sample(range(20), 9)
                for line in (1, 2)
            ]
            _put(con, "order_lines", lines, ("order_id", "line_no"))
            refunds = [
                {"refund_id": f"r{n}", "order_id": f"o{chance.randrange(25)}", "line_no": chance.choice([None, 1, 3]),
                 "refunded_at": moment(), "amount": chance.randrange(50)}
                for n in chance.sample(range(12), 5)
            ]  # fmt: skip
            _put(con, "refunds", refunds, ("refund_id",))
            levels = {
                (moment(), chance.choice(["p1", "p2"]), chance.choice(["", "north"])): chance.randrange(9)
                for _ in range(6)
            }
            rows = [
                {"taken_at": at, "product_id": product, "warehouse": house, "on_hand": level}
                for (at, product, house), level in levels.items()
            ]
            _put(con, "stock_levels", rows, ("taken_at", "product_id", "warehouse"))
        found = _state(con)
        derived.rebuild(con, ZONE)
        assert found == _state(con)


def test_a_refund_of_a_whole_order_is_shared_by_net_amount_and_sums_to_itself(shop: OpenShop) -> None:
    with shop.warehouse.transaction() as con:
        lines = [
            {"order_id": "o", "line_no": 1, "product_id": "a", "quantity": 1, "unit_price": 30},
            {"order_id": "o", "line_no": 2, "product_id": "b", "quantity": 2, "unit_price": 10, "discount_amount": 10},
        ]
        _put(con, "order_lines", lines, ("order_id", "line_no"))
        refund = {"refund_id": "r", "order_id": "o", "refunded_at": START, "amount": 20}
        _put(con, "refunds", [refund], ("refund_id",))
        found = con.execute("SELECT product_id, amount FROM refund_shares ORDER BY 1").fetchall()
    assert found == [("a", 15.0), ("b", 5.0)]


def test_a_refund_of_an_unknown_order_stays_whole_without_a_product(shop: OpenShop) -> None:
    with shop.warehouse.transaction() as con:
        refund = {"refund_id": "r", "order_id": "gone", "refunded_at": START, "amount": 20}
        _put(con, "refunds", [refund], ("refund_id",))
        assert con.execute("SELECT product_id, amount FROM refund_shares").fetchall() == [(None, 20.0)]


def test_a_day_with_events_ignores_sessions_and_aggregates_of_that_day(shop: OpenShop) -> None:
    day = datetime(2026, 3, 2, 4, tzinfo=UTC)
    with shop.warehouse.transaction() as con:
        event = {"event_id": "e", "occurred_at": day, "visitor_id": "v", "session_id": "s", "event": "page_view"}
        _put(con, "events", [event], ("event_id",))
        sessions = [
            {"session_id": "t", "visitor_id": "w", "started_at": day, "page_views": 9},
            {"session_id": "u", "visitor_id": "w", "started_at": day + timedelta(days=1), "page_views": 7},
        ]
        _put(con, "sessions", sessions, ("session_id",))
        aggregates = [
            dict.fromkeys(TRAFFIC_KEY[1:], "") | {"day": (day + timedelta(days=n)).date(), "sessions": 100 + n}
            for n in range(3)
        ]
        _put(con, "traffic_daily", aggregates, TRAFFIC_KEY)
        found = con.execute("SELECT day, sessions, page_views FROM visits ORDER BY day").fetchall()
    assert [(day.day, sessions, views) for day, sessions, views in found] == [(2, 1, 1), (3, 1, 7), (4, 102, None)]
