"""A client of a server over a filled shop, an empty one, and a filled one whose visitors are known too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.http.asking import Client
from tests.small_shop import SmallShops, fixture_of_small_shops

from zhanggui.http.guard import Hosts
from zhanggui.http.server import web_app
from zhanggui.loop.desk import Desk

PORT = 8700
TOKEN = "the-token"  # noqa: S105 - of this test


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallShops:
    """Small shops to copy."""
    return fixture_of_small_shops(tmp_path_factory)


def _client(desk: Desk) -> Client:
    app = web_app(desk, Hosts(PORT, ("shop.example",)), TOKEN, version="1.2.3")
    return Client(app, f"http://127.0.0.1:{PORT}")


@pytest.fixture(scope="session")
def desk(small: SmallShops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk behind the client, for reading."""
    place = tmp_path_factory.mktemp("served")
    folders = [small.filled(place / "filled"), small.empty(place / "empty"), small.visited(place / "visited")]
    with Desk.over(folders) as made:
        yield made


@pytest.fixture(scope="session")
def client(desk: Desk) -> Client:
    """A client that asks as a browser of this machine does; shop.example is a public name."""
    return _client(desk)


@pytest.fixture
def own_desk(small: SmallShops, tmp_path: Path) -> Iterator[Desk]:
    """A desk that the test may change."""
    with Desk.over([small.filled(tmp_path / "filled"), small.empty(tmp_path / "empty")]) as made:
        yield made


@pytest.fixture
def own_client(own_desk: Desk) -> Client:
    """A client of ``own_desk``."""
    return _client(own_desk)
