"""A storefront of static pages, and a collector that only records: what the tests of the tracker stand on."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, expect

Event = dict[str, Any]

PAGES = Path(__file__).parent / "storefront"
KINDS = {".html": "text/html", ".js": "text/javascript"}
TRACKER = files("zhanggui").joinpath("engines/collection/tracker/zg.js").read_bytes()
KEY = "zgw_test"
MEASURES = ("web_vitals", "view_item_list")


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def listening(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[int]:
    """Serve by threads until the end of the block; gives the port."""
    ThreadingHTTPServer.daemon_threads = True
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def storefront(tag: Callable[[str], str]) -> Iterator[str]:
    """The address of the storefront; ``tag`` gives what its pages paste, from the query's ``variant``."""

    class Pages(_Quiet):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            name = "index.html" if path == "/" else "app.html" if path.startswith("/app/") else path[1:]
            file = PAGES / name
            if not file.is_file():
                self.reply(404, b"")
                return
            text = file.read_text(encoding="utf-8").replace("<!-- tag -->", tag(name))
            self.reply(200, text.encode(), Content_Type=f"{KINDS[file.suffix]}; charset=utf-8")

    with listening(Pages) as port:
        yield f"http://127.0.0.1:{port}"


@dataclass
class Recorder:
    """A collector that keeps what it is sent in memory. ``status`` is what it answers; other than 202 it keeps none."""

    status: int = 202
    posts: list[list[Event]] = field(default_factory=list)
    refused: int = 0
    kinds: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    port: int = 0

    def events(self) -> list[Event]:
        """Every event once, as the shop keeps them: the first of each event_id, in the order of time."""
        first: dict[str, Event] = {}
        for post in list(self.posts):
            for event in post:
                first.setdefault(event["event_id"], event)
        return sorted(first.values(), key=lambda event: str(event["occurred_at"]))

    def names(self, *without: str) -> list[str]:
        """Names of the events in the order of time."""
        return [event["event"] for event in self.events() if event["event"] not in without]

    def wait(self, wanted: Callable[[list[Event]], bool], seconds: float = 15) -> list[Event]:
        """The events, as soon as they are as wanted."""
        until = time.monotonic() + seconds
        while not wanted(self.events()):
            assert time.monotonic() < until, f"not as wanted: {self.names()}"
            time.sleep(0.02)
        return self.events()

    def wait_for(self, *names: str) -> list[Event]:
        """The events, as soon as each of the names is there."""
        return self.wait(lambda events: set(names) <= {event["event"] for event in events})

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What answers ``/zg.js`` and ``/collect`` for this recorder."""
        recorder = self

        class Collect(_Quiet):
            open_to: ClassVar[dict[str, str]] = {"Access_Control_Allow_Origin": "*"}

            def do_GET(self) -> None:
                self.reply(200, TRACKER, Content_Type="text/javascript", **self.open_to)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if recorder.status == 202:
                    recorder.keys.update(parse_qs(urlsplit(self.path).query)["k"])
                    recorder.kinds.add(self.headers["Content-Type"])
                    recorder.posts.append(json.loads(body))
                else:
                    recorder.refused += 1
                self.reply(recorder.status, b"{}", **self.open_to)

        return Collect

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Answer until the end of the block; opened again, at the same port."""
        with listening(self.handler(), self.port) as self.port:
            yield

    def tag(self, more: str = "") -> str:
        """The tag that a page pastes."""
        return f'<script async src="http://127.0.0.1:{self.port}/zg.js" data-key="{KEY}" {more}></script>'


@contextlib.contextmanager
def visitor(browser: Browser, **more: Any) -> Iterator[BrowserContext]:
    """A browser of its own, which says that it is one that people use."""
    probe = browser.new_page()
    agent = str(probe.evaluate("navigator.userAgent")).replace("Headless", "")
    probe.close()
    context = browser.new_context(**{"user_agent": agent, "locale": "en-GB", "timezone_id": "Europe/Berlin", **more})
    context.set_default_timeout(10_000)
    try:
        yield context
    finally:
        context.close()


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


def stored(page: Page) -> tuple[str, list[str]]:
    """Cookies and the names of what is in localStorage."""
    cookies, names = page.evaluate("[document.cookie, Object.keys(localStorage)]")
    return cookies, names
