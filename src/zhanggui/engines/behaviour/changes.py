"""What the steps of a funnel did to the change of its final conversions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from zhanggui.engines.behaviour.types import StepCount, StepEffect
from zhanggui.stats.decomposition import Term, decompose
from zhanggui.stats.many_tests import holm
from zhanggui.stats.proportions import difference, difference_p_value

LEVEL = 0.05
VOLUME = "sessions"


def step_effects(before: Sequence[StepCount], after: Sequence[StepCount]) -> tuple[StepEffect, ...]:
    """The effect of the number of units that began, and of every required step's rate from the previous one.

    The effects sum to the change of the final conversions, the rate effects to that of the rate from the start.
    Splits are log-mean (LMDI) where everything is positive, else Shapley's.
    """
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if not new.optional]
    volume = Term(VOLUME, pairs[0][0].sessions, pairs[0][1].sessions)
    rates = tuple(
        Term(str(place), old.rate_from_previous, new.rate_from_previous)
        for place, (old, new) in enumerate(pairs)
        if place
    )
    whole = decompose(Term("conversions", how="product", parts=(volume, *rates)))
    inner = decompose(Term("rate", how="product", parts=rates)) if rates else None
    started = all(pairs[0][side].sessions for side in (0, 1))
    found = [StepEffect(VOLUME, whole.children[0].contribution, None, volume.before, volume.after)]
    tests = [_test(pairs, place) for place in range(1, len(pairs))]
    adjusted = iter(holm([test[2] for test in tests if test is not None]))
    for place, test in enumerate(tests, start=1):
        p_value = next(adjusted) if test else None
        found.append(
            StepEffect(
                pairs[place][1].event,
                whole.children[place].contribution,
                inner.children[place - 1].contribution if inner and started else None,
                pairs[place][0].rate_from_previous,
                pairs[place][1].rate_from_previous,
                test[0] if test else None,
                test[1] if test else None,
                p_value,
                p_value is not None and p_value < LEVEL,
            )
        )
    return tuple(found)


def _test(pairs: Sequence[tuple[StepCount, StepCount]], place: int) -> tuple[float, float, float] | None:
    """Low and high of the change of a step's rate, and its p-value; None where a rate is unknown or above 1."""
    old = (pairs[place][0].sessions, pairs[place - 1][0].sessions)
    new = (pairs[place][1].sessions, pairs[place - 1][1].sessions)
    if not (0 < old[1] >= old[0] and 0 < new[1] >= new[0]):
        return None
    change = difference(old, new)
    p_value = difference_p_value(old, new)
    return (change.low, change.high, p_value) if math.isfinite(p_value) else None
