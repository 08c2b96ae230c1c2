"""A cockpit over the fake desk, asked without a socket."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests.own_thread import run_to_end
from tests.web.fake_desk import FakeDesk

from zhanggui.web.cockpit import all_pages, cockpit
from zhanggui.web.locale import messages
from zhanggui.web.page import Context
from zhanggui.web.state import read_view


class Browser:
    """Asks a cockpit as a browser without JavaScript does; keeps no cookies."""

    def __init__(self, desk: FakeDesk) -> None:
        self.desk = desk
        self._app = FastAPI()
        self._app.include_router(cockpit(desk))

    def get(self, path: str, **more: Any) -> httpx.Response:
        """GET without following redirects."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.get(path, **more)

        return run_to_end(ask())


@pytest.fixture
def desk() -> FakeDesk:
    """A desk with made-up numbers."""
    return FakeDesk()


@pytest.fixture
def browser(desk: FakeDesk) -> Browser:
    """A cockpit over the desk."""
    return Browser(desk)


def context_of(
    page: str, query: str = "", *, shop: str = "gifts", subject: str = "", desk: FakeDesk | None = None
) -> Context:
    """The context that a page gets for an address."""
    desk = desk or FakeDesk()
    card = next(card for card in desk.shops() if card.key == shop)
    pairs = list(httpx.QueryParams(query).multi_items())
    view = read_view(pairs, card.last_day, {}, "en")
    bar = {"window", "from", "until", "against", "where", "lang", "theme"}
    own = tuple(pair for pair in pairs if pair[0] not in bar)
    return Context(desk, card, view, messages(view.language), all_pages()[page], own, subject)
