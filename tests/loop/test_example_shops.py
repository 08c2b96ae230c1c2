"""The example shops: built once, taken up again, with their truth."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.small_shop import SmallShops

import zhanggui
from zhanggui.basics.progress import Stopped
from zhanggui.loop.examples import EXAMPLES, build

GIFTS, HOMEWARE = EXAMPLES


def test_one_is_real_and_attributed_the_other_says_that_it_is_simulated() -> None:
    assert (GIFTS.folder, GIFTS.settings.currency, GIFTS.settings.timezone) == ("gifts", "GBP", "Europe/London")
    assert "CC BY 4.0" in GIFTS.settings.attribution
    assert not GIFTS.settings.simulated
    assert (HOMEWARE.folder, HOMEWARE.settings.currency, HOMEWARE.settings.timezone) == (
        "homeware", "CNY", "Asia/Shanghai",
    )  # fmt: skip
    assert HOMEWARE.settings.simulated


def test_the_shipped_data_are_there() -> None:
    assert all(path.is_file() for path in GIFTS.files())


def test_a_built_shop_is_kept(small: SmallShops, tmp_path: Path) -> None:
    example = replace(GIFTS, source="tables", files=lambda: tuple(small.files))
    assert build(example, tmp_path / "gifts")
    assert not build(example, tmp_path / "gifts")
    with zhanggui.open_shop(tmp_path / "gifts") as shop:
        assert len(shop.batches().to_json()["batches"]) == 1
        assert shop.settings == GIFTS.settings


def test_an_interrupted_build_is_taken_up_again(small: SmallShops, tmp_path: Path) -> None:
    example = replace(GIFTS, source="tables", files=lambda: tuple(small.files))

    def stop(_stage: str, _done: int, _total: int | None = None) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        build(example, tmp_path / "gifts", progress=stop)
    assert build(example, tmp_path / "gifts")


@pytest.mark.slow
def test_a_simulated_shop_comes_with_its_truth(tmp_path: Path) -> None:
    assert build(HOMEWARE, tmp_path / "homeware", scale=0.02)
    truth = json.loads((tmp_path / "homeware" / "truth.json").read_text(encoding="utf-8"))
    assert truth["simulated"] is True
    assert truth["incidents"]
    with zhanggui.open_shop(tmp_path / "homeware") as shop:
        found = shop.data().to_json()
        assert found["shop"]["simulated"] is True
        assert found["not_measurable"] == {}
        assert len(shop.today().tiles) == 12


@pytest.mark.slow
def test_the_gifts_shop_is_built_and_reconciles(tmp_path: Path) -> None:
    assert build(GIFTS, tmp_path / "gifts")
    with zhanggui.open_shop(tmp_path / "gifts") as shop:
        bridge = shop.bridge().to_json()["bridge"]
        assert round(bridge["residual"], 2) == 0
        assert shop.kpi("sales", from_="2010-12-01", to="2011-08-01").total["sales"].value == pytest.approx(
            bridge["ours"]
        )
