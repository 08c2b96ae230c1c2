"""A storefront with a recording collector, and a visitor in whose browser no page may throw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext
from tests.browser.shopping import Place, Recorder, storefront, visitor
from tests.small_shop import fixture_of_small_shops


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


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """An empty shop that the test may change."""
    return fixture_of_small_shops(tmp_path_factory).empty(tmp_path / "empty")
