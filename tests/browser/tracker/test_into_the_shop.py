"""From the click in a real Chromium to the funnel of a real shop, over a server that also dies on the way."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.app.conftest import Serve, said, serve
from tests.browser.conftest import PHONE
from tests.browser.shopping import buy, stored, storefront, visitor

__all__ = ["serve"]  # the fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUERY = "<img src=x onerror=alert(1)>'; DROP TABLE events; --"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
)


def ask(shop: Path, verb: str, *more: str) -> dict[str, Any]:
    """The answer of a verb, as JSON."""
    done = said(verb, shop, *more, "--format", "json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def delivered(page: Page) -> None:
    """Wait until the collector has everything: nothing is left in the browser but the measures of the page's end."""
    page.wait_for_function("Object.keys(localStorage).length === 0")


@pytest.fixture
def shop(empty: Path) -> Path:
    """An empty shop."""
    return empty


@pytest.fixture
def server_port(shop: Path, serve: Serve) -> tuple[int, Callable[[], Any]]:
    """A port, and what starts the server of the shop there."""
    port = free_port()

    def start() -> Any:
        server = serve(shop, more=("--port", port))
        assert server.url == f"http://127.0.0.1:{port}"
        return server

    return port, start


def test_clicks_become_the_funnel(chromium: Browser, shop: Path, server_port: tuple[int, Callable[[], Any]]) -> None:
    port, start = server_port
    server = start()
    tag = ask(shop, "write-key")["tag"]
    assert f"http://127.0.0.1:{port}/zg.js" in tag

    def mirrored(_name: str) -> str:
        return tag.replace("data-key", "data-mirror data-key")

    def careful(_name: str) -> str:
        return tag.replace("data-key", 'data-mirror data-consent="required" data-key')

    with storefront(mirrored) as plain, storefront(careful) as strict:
        # Two buy: one on a desk, one on a phone, who was asked first.
        with visitor(chromium) as desk:
            page = desk.new_page()
            buy(page, plain)
            delivered(page)
        with visitor(chromium, viewport=PHONE, has_touch=True, is_mobile=True, user_agent=ANDROID) as phone:
            phone.add_init_script("window.zg = function () { (zg.q = zg.q || []).push(arguments); };"
                                  "zg('consent', 'granted'); sessionStorage.order = 'A-1002'")  # fmt: skip
            page = phone.new_page()
            buy(page, strict)
            delivered(page)
        # One does not agree.
        with visitor(chromium) as shy:
            page = shy.new_page()
            buy(page, strict)
            page.wait_for_timeout(1500)
            assert stored(page) == ("", [])
        # One loses the net at the cart, and then the server dies before the checkout.
        with visitor(chromium) as unlucky:
            page = unlucky.new_page()
            page.goto(f"{plain}/item.html?sku=LAMP-1")
            delivered(page)
            unlucky.set_offline(True)
            page.locator("#add").click()
            expect(page.locator("#add")).to_have_text("Added")
            page.wait_for_timeout(1200)
            unlucky.set_offline(False)
            delivered(page)
            server.end(signal.SIGKILL)
            page.goto(f"{plain}/checkout.html")
            page.wait_for_timeout(1500)
            assert stored(page)[1] != []
            start()
            page.goto(f"{plain}/search.html?q={QUERY}")
            delivered(page)

    report = ask(shop, "drain")
    assert report["waiting"] == 0
    assert ask(shop, "collector")["rejected"] == 0
    answer = ask(shop, "funnel", "--by", "device")
    assert [(step["event"], step["sessions"]) for step in answer["steps"]] == [
        ("view_item", 3), ("add_to_cart", 3), ("begin_checkout", 3), ("add_payment_info", 2), ("purchase", 2),
    ]  # fmt: skip
    devices = {row["device"]: [step["sessions"] for step in row["steps"]] for row in answer["rows"]}
    assert devices == {"desktop": [2, 2, 2, 1, 1], "mobile": [1, 1, 1, 1, 1]}
    pages = ask(shop, "funnel", "--steps", "page:home,page:search,search,select_item,page:item,page:cart,page:checkout")
    assert [step["sessions"] for step in pages["steps"]] == [2, 2, 2, 2, 2, 2, 2]


def test_no_page_of_the_cockpit_runs_what_a_visitor_typed(
    chromium: Browser, shop: Path, server_port: tuple[int, Callable[[], Any]]
) -> None:
    port, start = server_port
    start()
    tag = ask(shop, "write-key")["tag"]
    with storefront(lambda _name: tag) as plain, visitor(chromium) as guest:
        page = guest.new_page()
        page.goto(f"{plain}/search.html?q={QUERY}")
        page.evaluate("zg('view_item', {items: [{item_id: '<img src=x onerror=alert(2)>', price: 1}]})")
        delivered(page)
        assert ask(shop, "drain")["waiting"] == 0
        for name in ("behaviour", "funnel", "paths", "experience", "live", "tracker", "data"):
            page.on("dialog", lambda dialog: pytest.fail(dialog.message))
            page.goto(f"http://127.0.0.1:{port}/{shop.name}/{name}")
            assert page.locator("img[src=x]").count() == 0
