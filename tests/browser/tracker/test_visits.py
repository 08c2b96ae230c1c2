"""What zg.js records of a visit, in a real Chromium."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect
from tests.browser.conftest import PHONE
from tests.browser.shopping import KEY, STEPS, Place, buy, only, steps, visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_whole_visit_is_recorded_step_by_step(place: Place, device: str) -> None:
    options: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True} if device == "phone" else {}
    with visitor(place.browser, **options) as context:
        buy(context.new_page(), place.shop)
        events = place.recorder.wait_for("purchase")
        assert steps(place.recorder) == STEPS
        assert len({event["visitor_id"] for event in events}) == 1
        assert len({event["session_id"] for event in events}) == 1
        assert all(uuid.UUID(event["event_id"]).version == 7 for event in events if event["event"] != "purchase")
        assert place.recorder.keys == {KEY}
        assert all(kind.startswith("text/plain") for kind in place.recorder.kinds)


def test_events_carry_the_columns_of_the_shop(place: Place, context: BrowserContext) -> None:
    buy(context.new_page(), place.shop)
    events = place.recorder.wait_for("purchase")
    item = only(events, "add_to_cart")
    assert (item["product_id"], item["quantity"], item["value"]) == ("LAMP-2", 1, 12.5)
    assert item["page_url"] == f"{place.shop}/item.html"
    bought = only(events, "purchase")
    assert (bought["order_id"], bought["value"], bought["event_id"]) == ("A-1001", 12.5, "purchase-A-1001")
    searched = only(events, "search")
    assert (searched["query"], searched["result_count"]) == ("lamp", 3)
    assert searched["page_url"] == f"{place.shop}/search.html?q=lamp"
    assert only(events, "select_item")["product_id"] == "LAMP-2"
    assert {event["timezone"] for event in events} == {"Europe/Berlin"}
    assert {event["language"] for event in events} == {"en-GB"}
    for event in events:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["occurred_at"])
        assert datetime.fromisoformat(event["occurred_at"]) <= datetime.fromisoformat(event["sent_at"])
        assert not any(value is None for value in event.values())


def test_the_measures_of_each_page_come_once_and_with_its_type(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{place.shop}/item.html?sku=LAMP-1")
    page.evaluate("add.addEventListener('click', () => { const end = Date.now() + 80; while (Date.now() < end); })")
    page.locator("#add").click()
    expect(page.locator("#add")).to_have_text("Added")
    page.wait_for_timeout(300)
    page.goto(f"{place.shop}/cart.html")
    page.wait_for_load_state("networkidle")
    page.close(run_before_unload=True)
    events = place.recorder.wait(lambda events: Counter(e["event"] for e in events)["web_vitals"] == 2)
    item, cart = [event for event in events if event["event"] == "web_vitals"]
    assert (item["page_type"], cart["page_type"]) == ("item", "cart")
    assert 0 < item["ttfb_ms"] <= item["lcp_ms"] < 10_000
    assert item["load_ms"] > 0
    assert item["inp_ms"] >= 80
    assert item["cls"] >= 0
    assert "inp_ms" not in cart


def test_items_of_a_list_are_views_once_seen_for_a_second(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 800, "height": 400})
    page.goto(f"{place.shop}/category.html")
    seen = place.recorder.wait_for("view_item_list")
    assert [event.get("product_id") for event in seen if event["event"] == "view_item_list"] == ["LAMP-1", "LAMP-2"]
    page.mouse.wheel(0, 1000)
    place.recorder.wait(lambda events: Counter(e["event"] for e in events)["view_item_list"] == 3)
    page.mouse.wheel(0, -1000)
    page.wait_for_timeout(1500)
    views = [event for event in place.recorder.events() if event["event"] == "view_item_list"]
    assert [(view["product_id"], view["value"]) for view in views] == [
        ("LAMP-1", 49.9), ("LAMP-2", 12.5), ("LAMP-3", 30.1),
    ]  # fmt: skip


def test_views_of_a_single_page_app(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{place.shop}/app.html?utm_source=news&utm_medium=email&phone=13800000000&fbclid=x")
    page.get_by_role("link", name="Lamps").click()
    page.get_by_role("link", name="Brass lamp").click()
    page.locator("#replace").click()
    page.wait_for_timeout(200)
    page.go_back()
    page.wait_for_timeout(200)
    page.get_by_role("link", name="Home").click()
    events = place.recorder.wait(lambda events: Counter(e["event"] for e in events)["page_view"] == 5)
    assert [(event["event"], event["page_url"].removeprefix(place.shop)) for event in events
            if event["event"] != "web_vitals"] == [
        ("page_view", "/app.html?utm_source=news&utm_medium=email&fbclid=x"),
        ("page_view", "/app/category/lamps"),
        ("page_view", "/app/item/LAMP-1"),
        ("view_item", "/app/item/LAMP-1"),
        ("page_view", "/app/category/lamps"),
        ("page_view", "/app.html"),
    ]  # fmt: skip
    measures = [event for event in events if event["event"] == "web_vitals"]
    assert [event["page_type"] for event in measures] == ["other", "category", "item", "category"]
    assert ["ttfb_ms" in event for event in measures] == [True, False, False, False]


def test_a_page_that_comes_back_from_the_cache_is_a_view(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(place.shop)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    events = place.recorder.wait(lambda events: len(events) >= 2)
    assert [event["event"] for event in events][:2] == ["page_view", "page_view"]


def test_thirty_idle_minutes_end_a_session_and_measures_start_none(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.clock.install()
    page.goto(place.shop)
    page.clock.run_for(1500)
    place.recorder.wait_for("page_view")
    page.clock.run_for(29 * 60_000)
    page.evaluate("zg('login')")
    page.clock.run_for(31 * 60_000)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.evaluate("zg('sign_up')")
    page.clock.run_for(1500)
    events = place.recorder.wait_for("sign_up", "web_vitals")
    sessions = {event["event"]: event["session_id"] for event in events}
    assert sessions["page_view"] == sessions["login"] == sessions["web_vitals"] != sessions["sign_up"]
    assert len({event["visitor_id"] for event in events}) == 1


def test_where_a_visit_came_from_is_told_once(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{place.shop}/?gclid=abc", referer="https://www.baidu.com/s?wd=lamp&other=1")
    page.locator("#to-lamps").click()
    events = place.recorder.wait(lambda events: Counter(e["event"] for e in events)["page_view"] == 2)
    first, second = [event for event in events if event["event"] == "page_view"]
    assert first["referrer"].startswith("https://www.baidu.com/")
    assert first["page_url"] == f"{place.shop}/?gclid=abc"
    assert "referrer" not in second
