"""Bands of load time and what slow sessions lack, against plain Python."""

from __future__ import annotations

import math
from collections import defaultdict

import pytest
from tests.engines.experience.conftest import WINDOW

from zhanggui.engines.experience import ExperienceQuery, experience
from zhanggui.engines.experience.slowness import EDGES
from zhanggui.stats.wilson import wilson_interval


def loads_of(steps):
    """Measured pages of a session up to its purchase, in order of time and then of load."""
    bought = min((step["occurred_at"] for step in steps if step["event"] == "purchase"), default=None)
    found = [
        step
        for step in steps
        if step.get("load_ms") is not None
        and step["event"] in ("page_view", "web_vitals")
        and (bought is None or step["occurred_at"] <= bought)
    ]
    return sorted(found, key=lambda step: (step["occurred_at"], step["load_ms"], step["page_type"] or "~"))


def bought(steps):
    return any(step["event"] == "purchase" for step in steps)


@pytest.fixture(scope="module")
def slowness(visits):
    return experience(visits.shop, ExperienceQuery(WINDOW)).now.slowness


def test_slow_sessions_are_those_whose_pages_are_slow_on_average(slowness, visits):
    loads = [[step["load_ms"] for step in loads_of(steps)] for steps in visits.sessions.values()]
    known = [each for each in loads if each]
    assert slowness.slow_sessions.sessions == len(known)
    assert slowness.slow_sessions.slow == sum(sum(each) / len(each) > 2500 for each in known)
    assert slowness.slow_sessions.once == sum(max(each) > 2500 for each in known)


def test_bands_hold_the_sessions_by_their_first_page(slowness, visits):
    edges = [0, *(edge * 2500 for edge in EDGES), math.inf]
    for band, low, high in zip(slowness.bands, edges, edges[1:], strict=False):
        mine = [
            steps
            for steps in visits.sessions.values()
            if loads_of(steps) and low < loads_of(steps)[0]["load_ms"] <= high
        ]
        assert (band.from_ms, band.to_ms) == (low, None if high == math.inf else high)
        assert (band.sessions, band.bought) == (len(mine), sum(map(bought, mine)))
        assert (band.low, band.high) == wilson_interval(band.bought, band.sessions)
    assert sum(band.sessions for band in slowness.bands) == slowness.slow_sessions.sessions


def test_the_standardised_conversion_weighs_every_stratum_like_all_sessions(slowness, visits):
    strata = defaultdict(list)
    for steps in visits.sessions.values():
        if loads := loads_of(steps):
            first = loads[0]
            strata[first["page_type"], first["device"], first["country"]].append((first["load_ms"], bought(steps)))
    for band in slowness.bands:
        high = band.to_ms or math.inf
        top = bottom = 0.0
        for sessions in strata.values():
            mine = [done for load, done in sessions if band.from_ms < load <= high]
            if mine:
                top += len(sessions) * sum(mine) / len(mine)
                bottom += len(sessions)
        assert band.standardised == pytest.approx(top / bottom)


def test_pages_compare_sessions_by_their_first_page_of_the_kind(slowness, visits):
    for page in slowness.pages:
        sides = ([], [])
        for steps in visits.sessions.values():
            mine = [step for step in loads_of(steps) if step["page_type"] == page.page_type]
            if mine:
                sides[mine[0]["load_ms"] > 2500].append(bought(steps))
        assert (page.fast, page.slow) == tuple(map(len, sides))
        for rate, side in zip((page.fast_conversion, page.slow_conversion), sides, strict=True):
            assert rate == (pytest.approx(sum(side) / len(side)) if side else None)


def two_speeds(moment, slow_buyers: int, *, device: str = "mobile", prefix: str = ""):
    """100 fast sessions of which 20 buy, and 50 slow ones."""
    events, orders, lines = [], [], []
    for number in range(150):
        session = f"{prefix}{number}"
        same = {"visitor_id": session, "session_id": session, "device": device, "country": "CN"}
        load = 1200 if number < 100 else 3000
        events.append(
            same | {"event_id": f"{session}a", "event": "page_view", "page_type": "home", "load_ms": load}
            | {"occurred_at": moment(13, 8)}
        )  # fmt: skip
        if number < 20 or 100 <= number < 100 + slow_buyers:
            events.append(same | {"event_id": f"{session}b", "event": "purchase", "occurred_at": moment(13, 9)})
            orders.append({"order_id": session, "placed_at": moment(13, 9), "status": "paid", "session_id": session})
            lines.append({"order_id": session, "line_no": 1, "product_id": "p", "unit_price": 50, "quantity": 1})
    return {"events": events, "orders": orders, "order_lines": lines}


def test_the_loss_is_what_slow_sessions_would_have_bought_like_fast_ones(shop_of, moment):
    loss = experience(shop_of(**two_speeds(moment, 2)), ExperienceQuery(WINDOW)).now.slowness.loss
    assert (loss.orders, loss.money, loss.sessions, loss.covered) == (
        pytest.approx(8),
        pytest.approx(400),
        50,
        1,
    )
    assert loss.low < 400 < loss.high
    assert loss.low == pytest.approx(50 * loss.orders_low)  # all orders are of 50: no doubt about their value
    assert "association" in loss.words.en
    assert "£400.00 less" in loss.words.en
    assert "相关" in loss.words.zh


def test_a_difference_that_may_be_chance_says_so(shop_of, moment):
    loss = experience(shop_of(**two_speeds(moment, 9)), ExperienceQuery(WINDOW)).now.slowness.loss
    assert loss.low < 0 < loss.high
    assert "holds zero" in loss.words.en
    assert "可能没有差别" in loss.words.zh


def test_slow_sessions_that_buy_more_have_a_negative_loss(shop_of, moment):
    loss = experience(shop_of(**two_speeds(moment, 30)), ExperienceQuery(WINDOW)).now.slowness.loss
    assert loss.money == pytest.approx(-1000)
    assert loss.high < 0
    assert "£1,000 more" in loss.words.en


def test_slow_devices_that_buy_less_anyway_are_not_a_loss(shop_of, moment):
    """All of one device are slow: nothing like them is fast, so nothing is told."""
    tables = two_speeds(moment, 0)
    for event in tables["events"]:
        event["device"] = "desktop" if int(event["session_id"]) < 100 else "mobile"
    found = experience(shop_of(**tables), ExperienceQuery(WINDOW)).now.slowness
    assert found.loss is None
    assert [band.sessions for band in found.bands] == [0, 100, 0, 50, 0, 0]


def test_without_orders_the_loss_is_told_in_orders(shop_of, moment):
    events = two_speeds(moment, 2)["events"]
    found = experience(shop_of(events=events), ExperienceQuery(WINDOW))
    loss = found.now.slowness.loss
    assert (loss.money, loss.low, loss.high) == (None, None, None)
    assert "8 orders less" in loss.words.en
    assert found.not_measurable["money"].en == "needs orders, order_lines"


def test_filters_take_the_order_value_of_the_same_sessions(shop_of, moment):
    cheap, dear = two_speeds(moment, 2), two_speeds(moment, 2, device="desktop", prefix="d")
    for line in dear["order_lines"]:
        line["unit_price"] = 500
    shop = shop_of(**{name: cheap[name] + dear[name] for name in cheap})
    loss = experience(shop, ExperienceQuery(WINDOW, where=(("device", "desktop"),))).now.slowness.loss
    assert loss.money == pytest.approx(4000)
    assert {row.device: row.aov for row in experience(shop, ExperienceQuery(WINDOW)).now.devices} == {
        "mobile": None,
        "desktop": None,
    }  # these orders name no device


def test_the_limit_moves_the_bands_and_who_is_slow(shop_of, moment):
    found = experience(shop_of(**two_speeds(moment, 2)), ExperienceQuery(WINDOW, slow_ms=1000)).now.slowness
    assert [band.to_ms for band in found.bands] == [400, 600, 1000, 1600, 2400, None]
    assert (found.slow_sessions.slow, found.loss) == (150, None)


def test_a_page_that_turned_slow_for_all_is_compared_with_the_window_before(shop_of, moment):
    tables = two_speeds(moment, 2)
    for event in tables["events"]:
        if int(event["session_id"]) < 100:
            event["occurred_at"] = event["occurred_at"].replace("2026-01-13", "2026-01-06")
    found = experience(shop_of(**tables), ExperienceQuery(WINDOW, against="previous"))
    home = found.now.slowness.pages[0]
    assert (home.page_type, home.fast, home.slow, home.loss) == ("home", 0, 50, None)
    assert home.since.orders == pytest.approx(50 * 0.2 - 2)
    assert home.since.money == pytest.approx(400)
    assert "that saw it fast before" in found.words.en
    assert found.words.en.count("association") == found.words.zh.count("相关") == 1
    assert found.before.slowness.pages[0].since is None


def test_pages_after_the_purchase_do_not_count(shop_of, moment):
    same = {"visitor_id": "v", "session_id": "s"}
    events = [
        same | {"event_id": "1", "event": "page_view", "load_ms": 100, "occurred_at": moment(13, 8)},
        same | {"event_id": "2", "event": "purchase", "occurred_at": moment(13, 9)},
        same | {"event_id": "3", "event": "page_view", "load_ms": 90000, "occurred_at": moment(13, 10)},
    ]
    slow = experience(shop_of(events=events), ExperienceQuery(WINDOW)).now.slowness.slow_sessions
    assert (slow.sessions, slow.slow, slow.once) == (1, 0, 0)
