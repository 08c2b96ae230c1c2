"""Compare shares of groups that are mixed differently, as if their mix were the same.

Direct standardisation: the share of every stratum is weighed by one common mix. What the exposed lack
against the unexposed is counted in the mix of the exposed (standardised to the exposed).

Source:
    Rothman, Greenland and Lash (2008), Modern Epidemiology, 3rd edition, chapters 4 and 15
    (standardised rates and differences and their variance).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhanggui.stats.wilson import Z95


@dataclass(frozen=True)
class Counted:
    """``successes`` of ``trials``."""

    successes: float
    trials: float

    @property
    def share(self) -> float:
        """Successes per trial; trials must not be 0."""
        return self.successes / self.trials

    @property
    def variance(self) -> float:
        """Variance of the share, of one success and one failure more so that it is never 0 for 0 of n."""
        kept = (self.successes + 1) / (self.trials + 2)
        return kept * (1 - kept) / self.trials


@dataclass(frozen=True)
class Contrast:
    """One stratum: those exposed and those not."""

    exposed: Counted
    reference: Counted


@dataclass(frozen=True)
class Lacking:
    """Successes that the exposed would have had more, at the shares of the unexposed of their stratum.

    ``variance`` is that of ``value``; ``covered`` of the exposed lie in strata that could be compared.
    """

    value: float
    variance: float
    exposed: float
    covered: float

    def interval(self, z: float = Z95) -> tuple[float, float]:
        """Lowest and highest value, by the normal approximation."""
        half = z * math.sqrt(self.variance)
        return self.value - half, self.value + half


def lacking(strata: Iterable[Contrast], least: float = 1) -> Lacking:
    """What the exposed lack; strata with fewer than ``least`` unexposed trials are left out.

    >>> lacking([Contrast(Counted(1, 10), Counted(4, 20))]).value
    1.0
    """
    value = variance = total = covered = 0.0
    for stratum in strata:
        exposed, reference = stratum.exposed, stratum.reference
        total += exposed.trials
        if not exposed.trials or reference.trials < max(least, 1):
            continue
        covered += exposed.trials
        value += exposed.trials * (reference.share - exposed.share)
        variance += exposed.trials**2 * (reference.variance + exposed.variance)
    return Lacking(value, variance, total, covered)


def standardised_shares(groups: Sequence[Mapping[object, Counted]]) -> tuple[float | None, ...]:
    """The share of each group as if all were mixed like all groups together.

    Args:
        groups: per group the counts by stratum.

    Returns:
        One share per group; ``None`` for a group without trials. A group that lacks a stratum is weighed over
        the strata that it has.

    >>> standardised_shares([{"a": Counted(1, 10), "b": Counted(5, 10)}, {"a": Counted(2, 20)}])
    (0.2, 0.1)
    """
    mix: dict[object, float] = {}
    for group in groups:
        for stratum, counted in group.items():
            mix[stratum] = mix.get(stratum, 0.0) + counted.trials
    found: list[float | None] = []
    for group in groups:
        known = [(mix[stratum], counted.share) for stratum, counted in group.items() if counted.trials]
        weight = math.fsum(part for part, _ in known)
        found.append(math.fsum(part * share for part, share in known) / weight if weight else None)
    return tuple(found)


def product_interval(
    value: float, variance: float, factor: float, factor_variance: float, z: float = Z95
) -> tuple[float, float]:
    """Interval of ``value * factor``, two independent estimates, by the delta method (first order)."""
    half = z * math.sqrt(factor**2 * variance + value**2 * factor_variance)
    return value * factor - half, value * factor + half
