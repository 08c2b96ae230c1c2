"""The last minutes, against plain Python."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from tests.engines.experience.conftest import ZONE

from zhanggui.basics.errors import DefinitionError, NotMeasurable
from zhanggui.engines.experience import live

NOW = datetime(2026, 1, 14, 12, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def seen(visits):
    """Events of the last 12 hours; robots by behaviour are only found by an import."""
    everyone = visits.shop.warehouse.query("SELECT * FROM events WHERE is_bot IS NULL OR NOT is_bot").to_pylist()
    return [event for event in everyone if NOW - timedelta(minutes=720) < event["occurred_at"] <= NOW]


@pytest.fixture(scope="module")
def found(visits):
    return live(visits.shop, 720, NOW)


def test_totals_are_those_of_plain_python(found, seen):
    kinds = Counter(event["event"] for event in seen)
    assert found.visitors == len({event["visitor_id"] for event in seen}) > 3
    assert found.events == len(seen)
    assert (found.page_views, found.add_to_carts, found.purchases) == tuple(
        kinds[kind] for kind in ("page_view", "add_to_cart", "purchase")
    )
    assert f"visitors {found.visitors}" in found.words.en


def test_every_minute_is_there_and_they_hold_all_events(found, seen):
    assert len(found.per_minute) == 720
    assert [row["minute"] for row in found.per_minute] == sorted(row["minute"] for row in found.per_minute)
    for row in found.per_minute:
        begin = datetime.fromisoformat(row["minute"])
        mine = [event for event in seen if begin < event["occurred_at"] <= begin + timedelta(minutes=1)]
        assert row["visitors"] == len({event["visitor_id"] for event in mine})
        assert row["page_views"] == sum(event["event"] == "page_view" for event in mine)
    assert found.per_minute[-1]["minute"] == "2026-01-14T19:59:30+08:00"


def test_groups_count_visitors(found, seen):
    for name, key in (("pages", "page_type"), ("products", "product_id"), ("devices", "device")):
        visitors = defaultdict(set)
        for event in seen:
            visitors[event[key]].add(event["visitor_id"])
        for row in found.groups[name]:
            assert row["visitors"] == len(visitors[row[key]])
        counts = [row["visitors"] for row in found.groups[name]]
        assert counts == sorted(counts, reverse=True)
    assert {row["source"] for row in found.groups["sources"]} == {event["source"] for event in seen}


def test_the_newest_events_come_first_and_name_nobody(shop_of, moment):
    secret = {
        "visitor_id": "v-secret",
        "customer_id": "c-secret",
        "session_id": "s-secret",
        "query": "anna@example.com",
    }
    events = [
        secret | {"event_id": f"{n:02}", "event": "search", "occurred_at": moment(14, 8)}
        | {"page_url": f"https://shop.example/s{n}?q=anna@example.com#top"}
        for n in range(25)
    ]  # fmt: skip
    found = live(shop_of(events=events), 1440, NOW)
    text = json.dumps(found.to_json())
    assert "secret" not in text
    assert "anna" not in text
    assert [row["page"] for row in found.recent] == [f"/s{n}" for n in range(24, 4, -1)]
    assert found.recent[0]["at"] == "2026-01-14T08:00:00+00:00"
    assert found.lag_seconds == 4 * 3600 + 30


def test_robots_and_events_to_come_are_left_out(shop_of, moment):
    same = {"visitor_id": "v", "session_id": "s", "event": "page_view"}
    events = [
        same | {"event_id": "1", "occurred_at": moment(14, 11), "is_bot": True},
        same | {"event_id": "2", "occurred_at": moment(14, 13)},
    ]
    found = live(shop_of(events=events), 120, NOW)
    assert (found.visitors, found.recent, found.lag_seconds) == (0, (), None)
    assert "Nobody" in found.words.en
    assert found.to_json()["per_minute"][0]["visitors"] == 0


def test_the_first_moment_is_out_and_the_last_in(shop_of):
    same = {"visitor_id": "v", "session_id": "s", "event": "page_view"}
    events = [
        same | {"event_id": "1", "occurred_at": NOW - timedelta(minutes=30)},
        same | {"event_id": "2", "occurred_at": NOW},
    ]
    found = live(shop_of(events=events), 30, NOW)
    assert (found.page_views, found.per_minute[-1]["page_views"], found.lag_seconds) == (1, 1, 0)


def test_a_moment_without_zone_is_shop_time(visits):
    shop_time = datetime(2026, 1, 14, 20, 0, 30, tzinfo=UTC).replace(tzinfo=None)
    assert live(visits.shop, 5, shop_time) == live(visits.shop, 5, NOW)
    assert str(live(visits.shop, 5, NOW).now.tzinfo) == ZONE


def test_now_is_now_unless_said(visits):
    before = datetime.now(UTC)
    assert before <= live(visits.shop).now <= datetime.now(UTC)


@pytest.mark.parametrize("minutes", [0, -1, 1441])
def test_minutes_out_of_range_are_refused(visits, minutes):
    with pytest.raises(DefinitionError, match="ask for 1 to 1440"):
        live(visits.shop, minutes)


def test_a_shop_without_events_says_how_to_get_some(shop_of):
    with pytest.raises(NotMeasurable, match="tracker"):
        live(shop_of())
