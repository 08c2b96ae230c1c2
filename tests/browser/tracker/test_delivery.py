"""Events arrive once: offline and back, with a dead, busy or refusing collector, from many tabs."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext
from tests.browser.shopping import Place, Recorder, stored, storefront, visitor

pytestmark = pytest.mark.browser


def test_offline_and_back_nothing_is_lost(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{place.shop}/item.html?sku=LAMP-1")
    place.recorder.wait_for("view_item")
    context.set_offline(True)
    page.locator("#add").click()
    page.locator("#add").click()
    page.wait_for_timeout(1500)
    assert "add_to_cart" not in place.recorder.names()
    context.set_offline(False)
    place.recorder.wait(lambda events: [e["event"] for e in events].count("add_to_cart") == 2)


def test_a_collector_that_dies_and_comes_back_gets_everything(chromium: Browser) -> None:
    recorder = Recorder()
    with (
        storefront(lambda name: recorder.tag("data-mirror")) as shop,
        visitor(chromium) as context,
        ExitStack() as life,
    ):
        life.enter_context(recorder.open())
        page = context.new_page()
        page.goto(f"{shop}/item.html?sku=LAMP-1")
        recorder.wait_for("view_item")
        life.close()
        page.locator("#add").click()
        page.wait_for_timeout(1500)
        with recorder.open():
            recorder.wait_for("add_to_cart")


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_a_busy_collector_sends_away_comes_again(place: Place, context: BrowserContext, status: int) -> None:
    place.recorder.status = status
    page = context.new_page()
    page.goto(place.shop)
    page.wait_for_timeout(1300)
    assert place.recorder.refused >= 1
    place.recorder.status = 202
    place.recorder.wait_for("page_view")


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_what_the_collector_refuses_is_dropped(place: Place, context: BrowserContext, status: int) -> None:
    place.recorder.status = status
    page = context.new_page()
    page.goto(place.shop)
    page.wait_for_timeout(1500)
    assert stored(page)[1] == []
    assert place.recorder.refused == 1


def test_tabs_share_the_visit_and_send_nothing_twice(place: Place, context: BrowserContext) -> None:
    first, second = context.new_page(), context.new_page()
    place.recorder.status = 503
    first.goto(place.shop)
    second.goto(f"{place.shop}/item.html?sku=LAMP-1")
    for _ in range(5):
        second.locator("#add").click()
    first.evaluate("zg('login')")
    place.recorder.status = 202
    place.recorder.wait(lambda events: Counter(e["event"] for e in events)["add_to_cart"] == 5)
    events = place.recorder.wait_for("login", "view_item")
    second.wait_for_timeout(1500)
    assert len({event["session_id"] for event in events}) == 1
    ids = [event["event_id"] for post in place.recorder.posts for event in post if event["event"] != "web_vitals"]
    assert len(ids) == len(set(ids))


def test_a_full_or_refused_store_is_no_trouble(place: Place, context: BrowserContext) -> None:
    context.add_init_script("""
        Storage.prototype.setItem = () => { throw 1 };
        Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused') }});
    """)
    page = context.new_page()
    page.goto(f"{place.shop}/item.html?sku=LAMP-1")
    place.recorder.wait_for("page_view", "view_item")


def test_the_queue_is_bounded_and_keeps_the_newest(place: Place, context: BrowserContext) -> None:
    place.recorder.status = 503
    page = context.new_page()
    page.goto(place.shop)
    page.evaluate("for (let n = 0; n < 700; n++) zg('search', {search_term: 'n' + n})")
    assert len(stored(page)[1]) == 500
    place.recorder.status = 202
    page.evaluate("dispatchEvent(new Event('online'))")
    events = place.recorder.wait(lambda events: len(events) == 500)
    assert [event["query"] for event in events] == [f"n{number}" for number in range(200, 700)]
    assert max(len(post) for post in place.recorder.posts) == 20
