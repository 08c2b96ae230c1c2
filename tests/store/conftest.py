"""A shop in London with nothing in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

LONDON = Settings("Gifts", "GBP", "Europe/London")


@pytest.fixture(scope="session")
def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty shop to be copied, which is faster than to make one."""
    path = tmp_path_factory.mktemp("empty") / "shop"
    create_shop(path, LONDON)
    return path


@pytest.fixture
def folder(tmp_path: Path, empty_shop: Path) -> Path:
    """The folder of an empty shop."""
    return Path(shutil.copytree(empty_shop, tmp_path / "shop"))


@pytest.fixture
def shop(folder: Path) -> Iterator[OpenShop]:
    """The empty shop, open."""
    with open_shop_folder(folder) as opened:
        yield opened
