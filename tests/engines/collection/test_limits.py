"""Rates: a burst goes through, a flood does not, and memory stays bounded."""

from __future__ import annotations

from pathlib import Path

import pytest

import zhanggui
from zhanggui.basics.errors import DataError
from zhanggui.engines.collection.limits import Buckets, Rates, rates_of


def test_two_seconds_of_the_rate_may_come_at_once_and_then_the_rate() -> None:
    buckets = Buckets(10)
    assert [buckets.take("a", 100.0) for _ in range(20)] == [0.0] * 20
    assert buckets.take("a", 100.0) == pytest.approx(0.1)
    assert buckets.take("b", 100.0) == 0
    assert buckets.take("a", 100.11) == 0
    assert buckets.take("a", 100.11) > 0
    taken = sum(buckets.take("a", 101 + step / 1000) == 0 for step in range(5_000))
    assert 50 <= taken <= 60


def test_a_slow_rate_still_lets_one_through() -> None:
    buckets = Buckets(0.1)
    assert buckets.take("a", 0.0) == 0
    assert buckets.take("a", 0.0) == pytest.approx(10)
    assert buckets.take("a", 10.0) == 0


def test_who_was_quiet_for_longest_is_forgotten_first() -> None:
    buckets = Buckets(0.5, most=3)
    for sender in ("a", "b", "c", "a", "d"):
        buckets.take(sender, 1.0)
    assert buckets.take("a", 1.0) > 0
    assert buckets.take("b", 1.0) == 0
    assert len(buckets._held) == 3


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop's folder."""
    zhanggui.create_shop(tmp_path / "shop", "Test", "CNY", "Asia/Shanghai")
    return tmp_path / "shop"


def test_rates_come_from_the_settings_of_the_shop(shop: Path) -> None:
    assert rates_of(shop) == Rates()
    with (shop / "shop.toml").open("a", encoding="utf-8") as file:
        file.write("\n[collector]\nrequests_per_second = 5\nrequests_per_second_per_address = 2.5\n")
    assert rates_of(shop) == Rates(5.0, 2.5)


@pytest.mark.parametrize("value", ["0", "-1", "true", '"many"', "nan"])
def test_a_rate_that_is_none_is_refused(shop: Path, value: str) -> None:
    with (shop / "shop.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[collector]\nrequests_per_second = {value}\n")
    with pytest.raises(DataError, match="requests_per_second") as error:
        rates_of(shop)
    assert "大于零" in error.value.said("zh")
