"""What the tests of the metrics share: shops made by hand, in time zones where midnight matters."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the folders fixture and truth are plain helpers, not installed

from fixture.filling import new_shop, refill
from fixture.trap_shop import NEW_YORK, SHANGHAI, trap_shop
from truth.rows_by_hand import HandShop

from zhanggui.store.opened import OpenShop


@pytest.fixture(scope="session")
def blank_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    """A shop in UTC that a test may refill as it likes."""
    with new_shop(tmp_path_factory.mktemp("blank") / "shop", "UTC") as shop:
        yield shop


@pytest.fixture(scope="session", params=[SHANGHAI, NEW_YORK])
def traps(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[OpenShop, HandShop]]:
    """The trap shop, once in the warehouse and once as plain Python rows."""
    tables = trap_shop(request.param)
    with new_shop(tmp_path_factory.mktemp("traps") / "shop", request.param) as shop:
        refill(shop, tables)
        yield shop, HandShop(tables, request.param)
