"""A real Chromium, a served cockpit, and pages that notice everything that goes wrong in them."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.small_shop import SmallShops, fixture_of_small_shops
from tests.web.fake_desk import FakeDesk

from zhanggui.http.guard import Hosts
from zhanggui.http.server import web_app
from zhanggui.loop.desk import Desk
from zhanggui.web.cockpit import cockpit

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Watched:
    """A page and all that went wrong in it."""

    page: Page
    base: str
    wrongs: list[str] = field(default_factory=list)
    bytes_in: int = 0

    def open(self, path: str) -> None:
        """Go to a path of the cockpit and wait until nothing moves any more."""
        self.page.goto(f"{self.base}{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until the page is loaded and its charts are drawn."""
        self.page.wait_for_load_state("networkidle")
        charts = self.page.locator("[data-chart]:visible")
        for index in range(charts.count()):
            charts.nth(index).locator("canvas").first.wait_for()

    def path(self) -> str:
        """Path and query of the page."""
        parts = urlsplit(self.page.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@dataclass(frozen=True)
class Opener:
    """Opens watched pages in Chromium."""

    browser: Browser
    base: str

    @contextlib.contextmanager
    def page(self, **more: Any) -> Iterator[Watched]:
        """A page in a context of its own; at the end nothing may have gone wrong in it."""
        options: dict[str, Any] = {"viewport": DESKTOP, "locale": "en-GB", "color_scheme": "light", **more}
        context = self.browser.new_context(**options)
        context.set_default_timeout(15_000)
        try:
            watched = _watch(context, self.base)
            yield watched
            assert watched.wrongs == []
        finally:
            context.close()


def _watch(context: BrowserContext, base: str) -> Watched:
    page = context.new_page()
    watched = Watched(page, base)
    wrong = watched.wrongs.append
    own = urlsplit(base).netloc
    page.on("console", lambda said: wrong(f"console {said.type}: {said.text}") if said.type != "log" else None)
    page.on("pageerror", lambda error: wrong(f"error: {error}"))
    page.on("requestfailed", lambda request: wrong(f"failed: {request.url}") if "ERR_ABORTED" not in
            str(request.failure) else None)  # fmt: skip
    page.on("request", lambda request: wrong(f"foreign: {request.url}") if urlsplit(request.url).netloc != own and
            urlsplit(request.url).scheme not in ("data", "blob") else None)  # fmt: skip
    return watched


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium of the machine. Where there is none the tests are skipped, in CI they fail."""
    wanted = os.environ.get("ZHANGGUI_CHROMIUM")
    path = wanted or next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        reason = "needs Chromium: apt-get install chromium, or name it in ZHANGGUI_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def serving(app: FastAPI, taken: socket.socket) -> Iterator[str]:
    """The address of ``app``, served by a thread of this process on the listening socket."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        taken.close()


@pytest.fixture(scope="session")
def opener(chromium: Browser) -> Iterator[Opener]:
    """Pages of a cockpit over made-up numbers."""
    app = FastAPI()
    app.include_router(cockpit(FakeDesk()))
    with serving(app, socket.create_server(("127.0.0.1", 0))) as base:
        yield Opener(chromium, base)


@pytest.fixture(scope="session")
def real(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opener]:
    """Pages of a cockpit over a small real shop and an empty one, behind the guard."""
    small: SmallShops = fixture_of_small_shops(tmp_path_factory)
    place: Path = tmp_path_factory.mktemp("served")
    with Desk.over([small.filled(place / "small"), small.empty(place / "empty")]) as desk:
        taken = socket.create_server(("127.0.0.1", 0))
        app = web_app(desk, Hosts(taken.getsockname()[1]), "token", (cockpit(desk),))
        with serving(app, taken) as base:
            yield Opener(chromium, base)
