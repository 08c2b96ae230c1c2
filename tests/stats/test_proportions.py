"""Intervals and tests of shares against published tables and against each other."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.stats.many_tests import holm
from zhanggui.stats.proportions import difference, difference_p_value, ratio, wilson


@st.composite
def shares(draw):
    """Hits and of."""
    of = draw(st.integers(1, 5000))
    return draw(st.integers(0, of)), of


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_of_a_share_is_that_of_the_paper(hits, of, low, high):
    found = wilson(hits, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10: first minus second
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 10), -0.2775, 0.2775),
    ],
)
def test_the_interval_of_a_difference_is_that_of_the_paper(first, second, low, high):
    found = difference(second, first)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(shares(), shares())
def test_intervals_hold_their_value_and_turn_with_the_sides(before, after):
    found, turned = difference(before, after), difference(after, before)
    assert -1 - 1e-12 <= found.low <= found.value <= found.high <= 1 + 1e-12
    assert (turned.low, turned.high) == (pytest.approx(-found.high), pytest.approx(-found.low))
    lift, back = ratio(before, after), ratio(after, before)
    assert 0 < lift.low <= lift.value <= lift.high
    assert lift.value * back.value == pytest.approx(1)
    assert difference_p_value(before, after) == pytest.approx(difference_p_value(after, before))
    assert 0 <= difference_p_value(before, after) <= 1


def test_the_p_value_is_that_of_the_chi_square_test():
    # 2x2 table 48/80 against 56/70: chi-square without correction = 7.0192, so z = 2.6494
    chi = 150 * (48 * 14 - 32 * 56) ** 2 / (80 * 70 * 104 * 46)
    assert difference_p_value((48, 80), (56, 70)) == pytest.approx(math.erfc(math.sqrt(chi / 2)))


def test_equal_shares_differ_by_chance_always():
    assert difference_p_value((0, 10), (0, 99)) == 1
    assert difference_p_value((10, 10), (99, 99)) == 1


@pytest.mark.parametrize("bad", [(-1, 5), (6, 5), (0, 0)], ids=["negative", "more than all", "of nothing"])
def test_what_is_no_share_is_refused(bad):
    for call in (lambda: wilson(*bad), lambda: difference_p_value(bad, (1, 2)), lambda: ratio((1, 2), bad)):
        with pytest.raises(ValueError, match="share"):
            call()


def test_holm_is_the_example_of_the_textbook():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()
    with pytest.raises(ValueError, match="p-values"):
        holm([1.2])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_a_value_keeps_the_order_and_lies_below_bonferroni(values):
    found = holm(values)
    for value, adjusted in zip(values, found, strict=True):
        assert value <= adjusted <= min(1, value * len(values)) + 1e-12
    order = sorted(range(len(values)), key=values.__getitem__)
    assert [found[place] for place in order] == sorted(found)
