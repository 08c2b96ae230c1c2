"""zg.js in a real Chromium: what it records of a visit, and what it leaves alone."""

from __future__ import annotations

import re
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import PHONE
from tests.browser.shopping import KEY, Event, Recorder, storefront, visitor

pytestmark = pytest.mark.browser

MEASURES = ("web_vitals", "view_item_list")


@dataclass
class Place:
    """A storefront, the recorder that its tag names, and a browser."""

    browser: Browser
    recorder: Recorder
    shop: str
    tag: dict[str, str]

    def tagged(self, more: str) -> None:
        """Put these attributes on the tag."""
        self.tag["more"] = more


@pytest.fixture
def place(chromium: Browser) -> Iterator[Place]:
    """A storefront with the plain tag."""
    recorder, tag = Recorder(), {"more": "data-mirror"}
    with recorder.open(), storefront(lambda name: recorder.tag(tag["more"])) as shop:
        yield Place(chromium, recorder, shop, tag)


@pytest.fixture
def context(place: Place) -> Iterator[BrowserContext]:
    """A visitor's browser in which no page may throw."""
    with visitor(place.browser) as context:
        wrongs: list[str] = []
        context.on("weberror", lambda error: wrongs.append(str(error.error)))
        yield context
        assert [wrong for wrong in wrongs if "undefinedFunction" not in wrong and wrong != "Error"] == []


def buy(page: Page, shop: str, search: str = "lamp") -> None:
    """Walk through the whole shop: home, category, search, item, cart, checkout, payment, thanks."""
    page.goto(shop)
    page.locator("#to-lamps").click()
    page.get_by_role("link", name="Search").click()
    page.get_by_label("Search").fill(search)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Paper").click()
    page.locator("#add").click()
    expect(page.locator("#add")).to_have_text("Added")
    page.get_by_role("link", name="Cart").click()
    page.locator("#checkout").click()
    page.locator("#ship").click()
    page.locator("#pay").click()
    expect(page.locator("h1")).to_have_text("Thank you")


STEPS = [
    ("page_view", "home"),
    ("page_view", "category"),
    ("page_view", "search"),
    ("page_view", "search"),
    ("search", "search"),
    ("select_item", "search"),
    ("page_view", "item"),
    ("view_item", "item"),
    ("add_to_cart", "item"),
    ("page_view", "cart"),
    ("page_view", "checkout"),
    ("begin_checkout", "checkout"),
    ("add_shipping_info", "checkout"),
    ("page_view", "checkout"),
    ("add_payment_info", "checkout"),
    ("page_view", "checkout"),
    ("purchase", "checkout"),
]


def steps(recorder: Recorder) -> list[tuple[str, str]]:
    """Names and page types in the order of time, without measures."""
    return [(event["event"], event["page_type"]) for event in recorder.events() if event["event"] not in MEASURES]


def only(events: list[Event], name: str) -> Event:
    """The one event of that name."""
    (event,) = [event for event in events if event["event"] == name]
    return event


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


def stored(page: Page) -> tuple[str, list[str]]:
    """Cookies and the names of what is in localStorage."""
    cookies, names = page.evaluate("[document.cookie, Object.keys(localStorage)]")
    return cookies, names


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
    page.wait_for_function("Object.keys(localStorage).length > 0")
    page.wait_for_function("Object.keys(localStorage).length === 0")
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


def test_where_a_visit_came_from_is_told_once(place: Place, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{place.shop}/?gclid=abc", referer="https://www.baidu.com/s?wd=lamp&other=1")
    page.locator("#to-lamps").click()
    events = place.recorder.wait(lambda events: Counter(e["event"] for e in events)["page_view"] == 2)
    first, second = [event for event in events if event["event"] == "page_view"]
    assert first["referrer"].startswith("https://www.baidu.com/")
    assert first["page_url"] == f"{place.shop}/?gclid=abc"
    assert "referrer" not in second


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
