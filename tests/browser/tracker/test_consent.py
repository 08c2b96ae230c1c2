"""Nothing is stored or sent against the will of a visitor, and nothing personal ever."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext
from tests.browser.shopping import Place, buy, only, steps, stored

pytestmark = pytest.mark.browser


def test_before_consent_nothing_is_stored_or_sent_and_then_the_page_is_told(place: Place,
                                                                          context: BrowserContext) -> None:  # fmt: skip
    place.tagged('data-mirror data-consent="required"')
    page = context.new_page()
    page.goto(f"{place.shop}/item.html?sku=LAMP-1")
    page.locator("#add").click()
    page.wait_for_timeout(1500)
    assert stored(page) == ("", [])
    assert place.recorder.posts == []
    page.evaluate("zg('consent', 'granted')")
    place.recorder.wait_for("add_to_cart")
    assert steps(place.recorder) == [("page_view", "item"), ("view_item", "item"), ("add_to_cart", "item")]
    page.goto(f"{place.shop}/cart.html")
    place.recorder.wait(lambda events: events[-1]["page_type"] == "cart")
    assert len({event["session_id"] for event in place.recorder.events()}) == 1


def test_a_visit_without_consent_leaves_no_trace(place: Place, context: BrowserContext) -> None:
    place.tagged('data-mirror data-consent="required"')
    page = context.new_page()
    buy(page, place.shop)
    page.wait_for_timeout(1200)
    assert stored(page) == ("", [])
    assert place.recorder.posts == []


def test_a_no_deletes_the_ids_and_holds_on_later_pages(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(place.shop)
    place.recorder.wait_for("page_view")
    assert "zg=" in stored(page)[0]
    page.evaluate("zg('consent', 'denied')")
    assert stored(page) == ("zg=0", [])
    sent = len(place.recorder.events())
    page.goto(f"{place.shop}/cart.html")
    page.wait_for_timeout(1500)
    assert stored(page) == ("zg=0", [])
    assert len(place.recorder.events()) == sent
    page.evaluate("zg('consent', 'granted')")
    page.goto(f"{place.shop}/category.html")
    events = place.recorder.wait(lambda events: events[-1]["page_type"] == "category")
    assert len({event["visitor_id"] for event in events}) == 2


def test_consent_told_to_gtag_counts_where_the_data_layer_is_mirrored(place: Place, context: BrowserContext) -> None:
    place.tagged('data-mirror data-consent="required"')
    page = context.new_page()
    page.goto(place.shop)
    page.evaluate("(function () { dataLayer.push(arguments) })('consent', 'update', {analytics_storage: 'granted'})")
    place.recorder.wait_for("page_view")


@pytest.mark.parametrize("signal", ["doNotTrack: '1'", "globalPrivacyControl: true"], ids=["dnt", "gpc"])
def test_who_objects_in_the_browser_is_left_alone(place: Place, context: BrowserContext, signal: str) -> None:
    name, value = signal.split(": ")
    context.add_init_script(f"Object.defineProperty(navigator, '{name}', {{get: () => {value}}})")
    page = context.new_page()
    page.goto(place.shop)
    page.evaluate("zg('consent', 'granted')")
    page.wait_for_timeout(1500)
    assert stored(page) == ("", [])
    assert place.recorder.posts == []


def test_no_address_of_a_person_leaves_the_browser(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{place.shop}/search.html?q=anna%40example.org&token=secret&utm_campaign=bo@example.org&utm_source=x")
    page.evaluate("zg('set', {customer_id: 'ulla@example.org'}); zg('login')")
    text = str(place.recorder.wait_for("login", "search"))
    assert not re.search(r"anna|example|secret|token|bo@|ulla", text)
    assert "utm_source=x" in text


def test_a_known_customer_is_told_by_the_page_only(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(place.shop)
    page.evaluate("zg('set', {customer_id: 42}); zg('login')")
    events = place.recorder.wait_for("login")
    assert only(events, "login")["customer_id"] == "42"
    assert "customer_id" not in only(events, "page_view")
