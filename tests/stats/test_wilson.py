"""The interval of a share."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.stats.wilson import Z95, wilson_interval

counts = st.integers(0, 10**9).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    [
        # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3.
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_the_interval_is_that_of_the_paper(successes, trials, expected):
    assert wilson_interval(successes, trials) == pytest.approx(expected, abs=5e-5)


def test_without_trials_nothing_is_known():
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "trials"), [(2, 1), (-1, 3), (0, -1)])
def test_what_is_no_share_is_refused(successes, trials):
    with pytest.raises(ValueError, match="no share"):
        wilson_interval(successes, trials)


@given(counts)
def test_the_interval_holds_the_share_and_stays_between_0_and_1(pair):
    successes, trials = pair
    low, high = wilson_interval(successes, trials)
    assert 0 <= low <= high <= 1
    if trials:
        assert low <= successes / trials <= high


@given(counts)
def test_failures_have_the_mirrored_interval(pair):
    successes, trials = pair
    low, high = wilson_interval(successes, trials)
    assert wilson_interval(trials - successes, trials) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(counts.filter(lambda pair: 0 < pair[0] < pair[1]))
def test_the_ends_are_where_the_test_of_a_share_just_holds(pair):
    successes, trials = pair
    for end in wilson_interval(successes, trials):
        assert abs(successes / trials - end) == pytest.approx(Z95 * math.sqrt(end * (1 - end) / trials), rel=1e-4)
