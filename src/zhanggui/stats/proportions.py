"""Intervals and tests for shares: how far a share, a difference of two shares or their ratio may be off.

Sources:
    Wilson (1927), JASA 22:209-212, for one share.
    Newcombe (1998), Statistics in Medicine 17:873-890, method 10, for the difference of two.
    Katz et al. (1978), Biometrics 34:469-474, for the ratio of two, with 1/2 added to every count
    (Walter 1975, Biometrika 62:371-374), so that it exists where a count is 0.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

LEVEL = 0.95


class Interval(NamedTuple):
    """An estimate and the ends of its interval."""

    value: float
    low: float
    high: float


def wilson(hits: float, of: float, level: float = LEVEL) -> Interval:
    """The share ``hits / of`` (0..1) with its score interval.

    Raises:
        ValueError: not 0 <= hits <= of, or of is 0.

    >>> [round(part, 4) for part in wilson(56, 70)]
    [0.8, 0.6918, 0.877]
    """
    _check(hits, of)
    z = _quantile(level)
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return Interval(share, 0.0 if hits == 0 else middle - half, 1.0 if hits == of else middle + half)


def difference(before: tuple[float, float], after: tuple[float, float], level: float = LEVEL) -> Interval:
    """The share of ``after`` minus that of ``before``, each (hits, of), -1..1, with Newcombe's interval.

    Raises:
        ValueError: a side is not 0 <= hits <= of, or its of is 0.

    >>> [round(part, 4) for part in difference((48, 80), (56, 70))]
    [0.2, 0.0524, 0.3339]
    """
    first, second = wilson(*before, level), wilson(*after, level)
    gap = second.value - first.value
    return Interval(
        gap,
        gap - math.hypot(second.value - second.low, first.high - first.value),
        gap + math.hypot(second.high - second.value, first.value - first.low),
    )


def difference_p_value(before: tuple[float, float], after: tuple[float, float]) -> float:
    """How often chance alone makes two equal shares differ at least so much (two-sided z test, pooled).

    Raises:
        ValueError: a side is not 0 <= hits <= of, or its of is 0.

    >>> round(difference_p_value((48, 80), (56, 70)), 4)
    0.008
    """
    _check(*before)
    _check(*after)
    pooled = (before[0] + after[0]) / (before[1] + after[1])
    error = math.sqrt(pooled * (1 - pooled) * (1 / before[1] + 1 / after[1]))
    if error == 0:
        return 1.0
    return math.erfc(abs(after[0] / after[1] - before[0] / before[1]) / error / math.sqrt(2))


def ratio(base: tuple[float, float], other: tuple[float, float], level: float = LEVEL) -> Interval:
    """The share of ``other`` divided by that of ``base`` (a lift; 1 = no difference), with its log interval.

    The value has 1/2 added to every count as its interval has, so it stays finite.

    Raises:
        ValueError: a side is not 0 <= hits <= of, or its of is 0.
    """
    _check(*base)
    _check(*other)
    (a, n), (b, m) = ((hits + 0.5, of + 0.5) for hits, of in (other, base))
    error = math.sqrt(max(0.0, 1 / a - 1 / n + 1 / b - 1 / m))
    lift, factor = (a / n) / (b / m), math.exp(_quantile(level) * error)
    return Interval(lift, lift / factor, lift * factor)


def _check(hits: float, of: float) -> None:
    if not (0 <= hits <= of and of > 0):
        raise ValueError(f"a share needs 0 <= hits <= of and of > 0, found {hits} of {of}")


def _quantile(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
