"""Sessions of events: by the rule, in whatever pieces and order the events come."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.metrics.truth.sessions_by_hand import with_sessions

from zhanggui.store import derived
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

ZONE = "Europe/London"
START = datetime(2026, 3, 28, 20, tzinfo=UTC)  # the clock goes forward in the night
ORDERS = {f"o{number}": f"c{number % 3}" for number in range(6)}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[OpenShop]:
    create_shop(tmp_path / "s", Settings(name="s", currency="GBP", timezone=ZONE))
    with open_shop_folder(tmp_path / "s") as opened:
        yield opened


def random_events(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Events with and without session, customer, source; a person's and a robot's; many at the same moment."""
    found = [
        {
            "event_id": f"e{number}",
            "occurred_at": START + timedelta(minutes=chance.choice((1, 7)) * chance.randrange(400)),
            "visitor_id": f"v{chance.randrange(6)}",
            "session_id": chance.choice([None, None, f"s{chance.randrange(12)}"]),
            "event": chance.choice(["page_view", "view_item", "add_to_cart", "purchase", "search", "login"]),
            "customer_id": chance.choice([None] * 8 + ["c7", "c8"]),
            "order_id": chance.choice([None] * 8 + list(ORDERS)),
            "source": chance.choice([None, "direct", "baidu", "google"]),
            "medium": chance.choice([None, "organic", "cpc"]),
            "device": chance.choice([None, "mobile", "desktop"]),
            "is_bot": chance.choice([None, None, False, True]),
        }
        for number in range(count)
    ]
    robot = chance.choice([None, "robot"])
    fast = [
        {
            "event_id": f"r{number}",
            "occurred_at": START + timedelta(hours=3, milliseconds=400 * number),
            "visitor_id": "v0" if chance.random() < 0.02 else "r",
            "session_id": robot,
            "event": "page_view",
        }
        for number in range(60)
    ]
    return [*found, *fast]


def put(con: Any, events: list[dict[str, Any]], table: str = "events", key: str = "event_id") -> None:
    """Insert or replace rows as a batch does, and refresh what is derived of them."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE changed AS SELECT * FROM {table} WHERE false")
    for row in events:
        names = ", ".join(row)
        con.execute(f"INSERT INTO changed ({names}) VALUES ({', '.join('?' for _ in row)})", list(row.values()))
    con.execute("CREATE OR REPLACE TEMP TABLE fresh AS SELECT * FROM changed")
    con.execute(f"INSERT INTO changed SELECT * FROM {table} WHERE {key} IN (SELECT {key} FROM fresh)")
    con.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM fresh)")
    con.execute(f"INSERT INTO {table} SELECT * FROM fresh")
    derived.refresh(con, ZONE, {table: "changed"})


def state(con: Any) -> dict[str, list[Any]]:
    return {
        table: sorted(con.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
        for table in derived.TABLES
        if table != "channels"
    }


def put_orders(con: Any, names: list[str]) -> None:
    rows = [{"order_id": name, "customer_id": ORDERS[name], "placed_at": START, "status": "paid"} for name in names]
    put(con, rows, "orders", "order_id")


@pytest.mark.parametrize("seed", range(6))
def test_sessions_are_the_same_in_shuffled_pieces_and_made_anew(shop: OpenShop, seed: int) -> None:
    chance = random.Random(seed)
    events = random_events(chance, 150)
    chance.shuffle(events)
    with shop.warehouse.transaction() as con:
        orders = list(ORDERS)
        for number in range(0, len(events), 15):
            put(con, events[number : number + 15])
            if chance.random() < 0.3 and orders:
                put_orders(con, [orders.pop()])
        changed = [row | {"occurred_at": row["occurred_at"] + timedelta(minutes=50)} for row in events[:20]]
        put(con, changed)
        found = state(con)
        derived.rebuild(con, ZONE)
        assert found == state(con)


@pytest.mark.slow
def test_a_thousand_shuffled_pieces_give_what_one_batch_gives(shop: OpenShop) -> None:
    chance = random.Random(7)
    events = random_events(chance, 940)
    with shop.warehouse.transaction() as con:
        put(con, events)
        whole = state(con)
        con.execute("DELETE FROM events")
        derived.rebuild(con, ZONE)
        chance.shuffle(events)
        for event in events:
            put(con, [event])
        assert state(con) == whole


@pytest.mark.parametrize("seed", range(4))
def test_every_event_is_in_the_session_that_the_rule_says(shop: OpenShop, seed: int) -> None:
    events = [row | {"visitor_id": row["visitor_id"]} for row in random_events(random.Random(seed), 200)]
    with shop.warehouse.transaction() as con:
        put(con, events)
        robots = {row[0] for row in con.execute("SELECT visitor_id FROM robots").fetchall()}
        found = con.execute("SELECT session_id, visitor_id, epoch_us(occurred_at), event FROM steps").fetchall()
    expected = [
        (row["session_id"], row["visitor_id"], round(row["occurred_at"].timestamp() * 1e6), row["event"])
        for row in with_sessions(row for row in events if not row.get("is_bot"))
        if row["visitor_id"] not in robots
    ]
    assert sorted(found) == sorted(expected)


def view(number: int, minute: float, **columns: Any) -> dict[str, Any]:
    at = START + timedelta(minutes=minute)
    return {"event_id": str(number), "occurred_at": at, "visitor_id": "v", "event": "page_view", **columns}


def sessions_of(con: Any) -> list[int]:
    """Page views of each session, in time."""
    return [row[0] for row in con.execute("SELECT page_views FROM visits ORDER BY started_at").fetchall()]


def test_thirty_minutes_are_one_session_and_a_millisecond_more_are_two(shop: OpenShop) -> None:
    with shop.warehouse.transaction() as con:
        put(con, [view(1, 0), view(2, 30), view(3, 60.0001)])
        assert sessions_of(con) == [2, 1]


def test_a_late_event_joins_two_sessions_into_one(shop: OpenShop) -> None:
    with shop.warehouse.transaction() as con:
        put(con, [view(1, 0), view(2, 50)])
        assert sessions_of(con) == [1, 1]
        put(con, [view(3, 25)])
        assert sessions_of(con) == [3]


def test_a_shop_may_set_how_long_a_session_lasts(tmp_path: Path) -> None:
    settings = Settings(name="s", currency="GBP", timezone=ZONE, session_minutes=60)
    create_shop(tmp_path / "t", settings)
    with open_shop_folder(tmp_path / "t") as shop, shop.warehouse.transaction() as con:
        put(con, [view(1, 0), view(2, 50)])
    with open_shop_folder(tmp_path / "t") as shop:  # made with another length, so made anew when it is opened
        assert sessions_of(shop.warehouse.cursor()) == [2]


def test_a_server_event_without_session_joins_the_session_its_visitor_is_in(shop: OpenShop) -> None:
    with shop.warehouse.transaction() as con:
        put(con, [view(1, 0, session_id="site"), view(2, 20, event="purchase"), view(3, 60, event="purchase")])
        assert con.execute("SELECT session_id, with_purchase FROM visits ORDER BY started_at").fetchall() == [
            ("site", 1),
            (f"v.{round(START.timestamp()) * 1000 + 3_600_000}", 1),
        ]


def test_source_medium_and_campaign_are_those_of_the_first_event_that_came_from_somewhere(shop: OpenShop) -> None:
    first = view(1, 0, source="direct", campaign_id="old")
    with shop.warehouse.transaction() as con:
        put(con, [first, view(2, 1, source="baidu"), view(3, 2, source="google", medium="cpc", campaign_id="x")])
        found = con.execute("SELECT source, medium, campaign_id, channel_group FROM visits").fetchall()
    assert found[0][:3] == ("baidu", None, None)
    assert found[0][3] is not None


def test_a_visitor_who_logs_in_is_known_before_and_after(shop: OpenShop) -> None:
    rows = [view(1, 0), view(2, 100, customer_id="c1"), view(3, 200), view(4, 300, customer_id="c2"), view(5, 400)]
    with shop.warehouse.transaction() as con:
        put(con, rows)
        found = con.execute(
            "SELECT customer_id FROM visits JOIN visit_customers USING (session_id) ORDER BY started_at"
        ).fetchall()
    assert [row[0] for row in found] == ["c1", "c1", "c1", "c2", "c2"]


def test_an_order_that_comes_later_tells_whose_session_it_was(shop: OpenShop) -> None:
    with shop.warehouse.transaction() as con:
        put(con, [view(1, 0, event="purchase", order_id="o1"), view(2, 200)])
        assert con.execute("SELECT count(*) FROM visit_customers").fetchall() == [(0,)]
        put_orders(con, ["o1"])
        assert con.execute("SELECT customer_id FROM visit_customers").fetchall() == [("c1",), ("c1",)]


def test_the_first_session_of_a_visitor_is_new_and_moves_when_an_earlier_one_is_found(shop: OpenShop) -> None:
    with shop.warehouse.transaction() as con:
        put(con, [view(1, 100, session_id="b"), view(2, 200, session_id="c")])
        assert con.execute("SELECT session_id FROM first_visits").fetchall() == [("b",)]
        put(con, [view(3, 0, session_id="a")])
        assert con.execute("SELECT session_id FROM first_visits").fetchall() == [("a",)]


def test_fifty_views_in_fifty_seconds_without_an_act_are_a_robot_until_it_acts(shop: OpenShop) -> None:
    fast = [view(number, number / 100, session_id="r") for number in range(50)]
    with shop.warehouse.transaction() as con:
        put(con, [*fast, view(99, 600, session_id="calm")])
        assert con.execute("SELECT session_id, events FROM robots").fetchall() == [("r", 50)]
        assert con.execute("SELECT count(*) FROM visits").fetchall() == [(0,)]
        assert con.execute("SELECT count(*) FROM events").fetchall() == [(51,)]
        put(con, [view(100, 2, session_id="r", event="add_to_cart")])
        assert con.execute("SELECT count(*) FROM robots").fetchall() == [(0,)]
        assert con.execute("SELECT session_id FROM visits ORDER BY 1").fetchall() == [("calm",), ("r",)]
