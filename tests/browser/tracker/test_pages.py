"""What a page tells the tracker: types, data layers, errors, nonsense."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from playwright.sync_api import BrowserContext
from tests.browser.shopping import KEY, Place, only

pytestmark = pytest.mark.browser


def test_errors_of_the_page_are_counted_and_never_made(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{place.shop}/broken.html")
    page.locator("#wrong").click()
    page.locator("#reject").click()
    events = place.recorder.wait(lambda events: Counter(e["event"] for e in events)["error"] == 2)
    assert only([events[0]], "page_view")
    for _ in range(10):
        page.locator("#wrong").click()
    page.wait_for_timeout(1300)
    assert place.recorder.names().count("error") == 5


def test_an_error_page_says_so_by_its_meta_tag(place: Place, context: BrowserContext) -> None:
    context.new_page().goto(f"{place.shop}/missing.html")
    events = place.recorder.wait_for("error")
    assert [(event["event"], event["page_type"]) for event in events] == [("page_view", "other"), ("error", "other")]


NONSENSE = """
zg(); zg(null); zg(1, 2, 3); zg('set'); zg('no_such_event', {}); zg('toString'); zg('__proto__');
zg('view_item', 'text'); zg('view_item', {items: 7}); zg('view_item', {items: [null]}); zg('view_item', {items: {}});
zg('add_to_cart', {items: [{item_id: {}, price: 'dear', quantity: 'many'}], value: Infinity});
zg('search', {search_term: 'a\\u0000b \\ud83d 🍵 <script>alert(1)</script> me@example.org', result_count: 'none'});
dataLayer.push(undefined, null, 7, 'event', [], {}, {event: 'view_item', ecommerce: null}, function () {});
const loop = {event: 'purchase'}; loop.ecommerce = loop; dataLayer.push(loop);
"""


def test_nonsense_never_reaches_the_page_and_rarely_the_collector(place: Place, context: BrowserContext) -> None:
    place.tagged("data-mirror")
    page = context.new_page()
    page.goto(f"{place.shop}/item.html?sku=LAMP-1")
    place.recorder.wait_for("view_item")
    page.evaluate("() => {" + NONSENSE + "}")
    page.evaluate("zg('sign_up')")
    events = place.recorder.wait_for("sign_up")
    assert only(events, "search")["query"] == "ab  🍵 <script>alert(1)</script>"
    assert {event["event"] for event in events} <= {
        "page_view", "view_item", "add_to_cart", "search", "purchase", "sign_up", "web_vitals",
    }  # fmt: skip
    assert all(isinstance(event.get("value", 0), int | float | None) for event in events)


def test_the_tag_pasted_twice_counts_once(place: Place, context: BrowserContext) -> None:
    place.tag["more"] = f'></script><script async src="http://127.0.0.1:{place.recorder.port}/zg.js" data-key="{KEY}"'
    context.new_page().goto(place.shop)
    place.recorder.wait_for("page_view")
    time.sleep(1.2)
    assert place.recorder.names() == ["page_view"]


RULES = [
    ("data-page-type=cart", "", "cart"),
    ("", "zg('set', {page_type: 'account'})", "account"),
    ("", "zg('set', {rules: [['/app/category', 'item']]})", "item"),
    ("data-page-type=nonsense", "", "category"),
]


@pytest.mark.parametrize(("attribute", "call", "kind"), RULES, ids=["attribute", "set", "rules", "nonsense"])
def test_the_page_may_say_what_it_is(place: Place, context: BrowserContext, attribute: str, call: str,
                                     kind: str) -> None:  # fmt: skip
    place.tagged(attribute)
    page = context.new_page()
    page.add_init_script(f"window.zg = function () {{ (zg.q = zg.q || []).push(arguments); }}; {call}")
    page.goto(f"{place.shop}/app/category/lamps")
    assert place.recorder.wait_for("page_view")[0]["page_type"] == kind


def test_an_amount_in_another_currency_is_left_out(place: Place, context: BrowserContext) -> None:
    place.tagged("data-currency=EUR")
    page = context.new_page()
    page.goto(place.shop)
    page.evaluate("""() => {
        zg('add_to_cart', {currency: 'CNY', value: 80, items: [{item_id: 'x', price: 80}]});
        zg('begin_checkout', {currency: 'EUR', items: [{item_id: 'x', price: '0.1', quantity: 3}, {item_id: 'y'}]});
    }""")
    events = place.recorder.wait_for("begin_checkout")
    assert "value" not in only(events, "add_to_cart")
    begun = only(events, "begin_checkout")
    assert (begun.get("value"), begun["quantity"], begun.get("product_id")) == (0.3, 4, None)


def test_gtag_calls_and_old_pushes_are_mirrored(place: Place, context: BrowserContext) -> None:
    place.tagged("")
    page = context.new_page()
    page.add_init_script("""
        window.dataLayer = [{event: 'view_item', ecommerce: {items: [{item_id: 'early'}]}}, {event: 'gtm.js'}];
        window.zg = function () { (zg.q = zg.q || []).push(arguments); };
        zg('mirror');
    """)
    page.goto(place.shop)
    place.recorder.wait_for("view_item")
    page.evaluate("""() => {
        function gtag() { dataLayer.push(arguments); }
        gtag('event', 'page_view'); gtag('js', new Date()); gtag('config', 'G-1');
        gtag('event', 'view_search_results', {search_term: '台灯', result_count: 0});
        dataLayer.push({event: 'sign_up'}, {event: 'login'});
        zg.mirror();
    }""")
    events = place.recorder.wait_for("login")
    assert [event["event"] for event in events] == ["page_view", "view_item", "search", "sign_up", "login"]
    assert (only(events, "search")["query"], only(events, "search")["result_count"]) == ("台灯", 0)
    assert only(events, "view_item")["product_id"] == "early"


def test_a_page_may_send_its_own_views(place: Place, context: BrowserContext) -> None:
    place.tagged("data-auto=off")
    page = context.new_page()
    page.goto(f"{place.shop}/app.html")
    page.get_by_role("link", name="Lamps").click()
    page.evaluate("zg('page_view', {page_type: 'home'})")
    events = place.recorder.wait_for("page_view")
    assert [(event["event"], event["page_type"]) for event in events] == [("page_view", "home")]


def test_buttons_may_name_their_event(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(place.shop)
    page.evaluate("""document.querySelector('h1').innerHTML = '<span data-zg-item="SKU 9" data-zg-price="3.20">' +
        '<button id="plus" data-zg-event="add_to_cart"><b>+</b></button></span>'""")
    page.locator("#plus b").click()
    event = only(place.recorder.wait_for("add_to_cart"), "add_to_cart")
    assert (event["product_id"], event["value"]) == ("SKU 9", 3.2)
    assert "select_item" not in place.recorder.names()
