"""Shares of groups of different mix, compared as if their mix were the same."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.stats.standardising import Contrast, Counted, lacking, product_interval, standardised_shares

counted = st.integers(1, 500).flatmap(lambda n: st.builds(Counted, st.integers(0, n), st.just(n)))
contrasts = st.lists(st.builds(Contrast, counted, counted), min_size=1, max_size=6)


def test_a_difference_that_is_only_mix_vanishes():
    slow = {"phone": Counted(9, 90), "desk": Counted(4, 10)}
    fast = {"phone": Counted(1, 10), "desk": Counted(36, 90)}
    assert standardised_shares([slow, fast]) == pytest.approx((0.25, 0.25))
    found = lacking(Contrast(slow[name], fast[name]) for name in slow)
    assert found.value == pytest.approx(0)


def test_a_group_without_a_stratum_is_weighed_over_the_strata_it_has():
    assert standardised_shares([{"a": Counted(1, 2)}, {"a": Counted(1, 4), "b": Counted(4, 4)}, {}]) == (
        0.5,
        pytest.approx((6 * 0.25 + 4 * 1) / 10),
        None,
    )


@given(st.lists(st.dictionaries(st.sampled_from("abc"), counted, min_size=1), min_size=1, max_size=4))
def test_a_standardised_share_lies_between_those_of_the_strata(groups):
    for share, group in zip(standardised_shares(groups), groups, strict=True):
        shares = [each.share for each in group.values()]
        assert min(shares) - 1e-12 <= share <= max(shares) + 1e-12


@given(contrasts)
def test_what_is_lacking_is_expected_minus_seen(strata):
    found = lacking(strata)
    expected = sum(each.exposed.trials * each.reference.successes / each.reference.trials for each in strata)
    assert found.value == pytest.approx(expected - sum(each.exposed.successes for each in strata), abs=1e-9)
    assert found.covered == found.exposed == sum(each.exposed.trials for each in strata)
    low, high = found.interval()
    assert low < found.value < high


def test_strata_with_too_few_others_are_left_out_and_said():
    strata = [Contrast(Counted(1, 10), Counted(2, 4)), Contrast(Counted(0, 30), Counted(10, 100))]
    found = lacking(strata, least=20)
    assert (found.value, found.exposed, found.covered) == (3.0, 40, 30)
    assert lacking([Contrast(Counted(1, 1), Counted(0, 0))]).covered == 0
    assert lacking([]).value == 0


def test_the_interval_agrees_with_a_bootstrap():
    """Second way: draw both sides anew 4,000 times and take the middle 95 %."""
    draw = random.Random(5)
    strata = [
        Contrast(Counted(60, 1000), Counted(100, 1200)),
        Contrast(Counted(30, 300), Counted(90, 600)),
    ]
    mean, spread, orders = 80.0, 60.0, 400

    def again(side: Counted) -> float:
        # A binomial count of this size is as good as normal.
        return draw.gauss(side.share, math.sqrt(side.share * (1 - side.share) / side.trials))

    drawn = []
    for _ in range(4000):
        value = sum(each.exposed.trials * (again(each.reference) - again(each.exposed)) for each in strata)
        drawn.append(value * draw.gauss(mean, spread / math.sqrt(orders)))
    drawn.sort()
    found = lacking(strata)
    low, high = product_interval(found.value, found.variance, mean, spread**2 / orders)
    width = high - low
    assert low == pytest.approx(drawn[100], abs=0.06 * width)
    assert high == pytest.approx(drawn[3899], abs=0.06 * width)


def test_the_interval_covers_the_truth_nearly_always_at_rare_outcomes():
    """Shares of 2 % in groups of 150: the interval of 95 % holds the true value at least 92 times of 100."""
    draw, held, rounds = random.Random(11), 0, 600

    def bought(trials: int) -> Counted:
        return Counted(sum(draw.random() < 0.02 for _ in range(trials)), trials)

    for _ in range(rounds):
        low, high = lacking([Contrast(bought(150), bought(300))]).interval()
        held += low <= 0 <= high
    assert held / rounds >= 0.92


def test_a_share_of_nothing_still_has_a_variance():
    assert Counted(0, 50).variance > 0
    assert Counted(50, 50).variance > 0
