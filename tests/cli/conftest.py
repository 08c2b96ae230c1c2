"""Small shops for the tests of cli."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.small_shop import SmallShops, fixture_of_small_shops

import zhanggui


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallShops:
    """Small shops to copy."""
    return fixture_of_small_shops(tmp_path_factory)


@pytest.fixture(scope="session")
def shop(small: SmallShops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[zhanggui.Shop]:
    """The small shop, opened for reading by many tests."""
    with zhanggui.open_shop(small.filled(tmp_path_factory.mktemp("read") / "shop")) as opened:
        yield opened


@pytest.fixture
def filled(small: SmallShops, tmp_path: Path) -> Path:
    """A copy of the small shop that the test may change."""
    return small.filled(tmp_path / "filled")


@pytest.fixture
def empty(small: SmallShops, tmp_path: Path) -> Path:
    """An empty shop that the test may change."""
    return small.empty(tmp_path / "empty")


@pytest.fixture(scope="session")
def reading(small: SmallShops, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A filled and an empty shop that tests only read."""
    place = tmp_path_factory.mktemp("reading")
    return small.filled(place / "filled"), small.empty(place / "empty")
