"""Split the change of a number exactly into the changes of what it is made of.

Products are split by the log-mean Divisia index (LMDI-I) when every factor is positive on
both sides, otherwise by the Shapley value over all orders of the factors. Sums are split by
their addends. Both nest. Every split is exact (parts sum to the whole), does not depend on the
order of the factors, and changes only its signs when the two sides are swapped.

Sources:
    LMDI-I: Ang (2004), Energy Policy 32:1131-1139; Ang (2015), Energy Policy 86:233-238.
    Shapley: Sun (1998), Energy Economics 20:85-100; Albrecht et al. (2002), Energy Policy 30:727-736.
    Rate and mix with the mix measured against the mean of the total: Bennet (1920), as the
    centred form used for productivity by Diewert and Fox (2010), Canadian Journal of Economics 43:73-95.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

How = Literal["value", "sum", "product"]
Pair = tuple[float, float]


@dataclass(frozen=True)
class Term:
    """A number before and after, and what it is made of.

    ``before`` and ``after`` are read for ``how="value"`` only; ``None`` means that the number
    does not exist on that side (an average of nothing). ``sign`` (1 or -1) counts in a sum,
    ``power`` (1 or -1, multiply or divide) in a product.
    """

    name: str
    before: float | None = None
    after: float | None = None
    how: How = "value"
    parts: tuple[Term, ...] = ()
    sign: int = 1
    power: int = 1


@dataclass(frozen=True)
class Effect:
    """How much of the change of the whole comes from ``name``, in the unit of the whole.

    ``before`` and ``after`` are in the unit of the term itself. The children's contributions
    sum to the contribution.
    """

    name: str
    before: float | None
    after: float | None
    contribution: float
    children: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Group:
    """One group of a ratio: its part of the top and of the bottom, before and after.

    A missing part counts as 0. ``name`` is handed through.
    """

    name: object
    top_before: float | None
    bottom_before: float | None
    top_after: float | None
    bottom_after: float | None


@dataclass(frozen=True)
class GroupEffect:
    """What one group did to a ratio.

    ``rate`` and ``mix`` sum to the group's contribution. ``presence`` is "both", "appeared" or
    "vanished"; for the last two, and for a group whose own ratio is unknown on one side, all
    of the contribution is in ``mix`` or in ``rate`` alone. Weights are shares of the total
    bottom, ratios are top / bottom, both ``None`` where they do not exist.
    """

    name: object
    presence: Literal["both", "appeared", "vanished"]
    rate: float
    mix: float
    ratio_before: float | None
    ratio_after: float | None
    weight_before: float | None
    weight_after: float | None

    @property
    def contribution(self) -> float:
        """All that the group did to the ratio."""
        return self.rate + self.mix


@dataclass(frozen=True)
class RatioChange:
    """The change of a ratio split over groups; ``overlap`` is what the groups count more than once.

    ``after - before`` = sum of the groups' contributions + ``overlap``.
    """

    before: float
    after: float
    groups: tuple[GroupEffect, ...]
    overlap: float


def log_mean(a: float, b: float) -> float:
    """The logarithmic mean (a - b) / ln(a / b) of two positive numbers; a when they are equal.

    >>> round(log_mean(1.0, math.e), 6)
    1.718282
    """
    half = math.log(a / b) / 2
    if half == 0:
        return a
    # Symmetric, and stable where a is near b: sqrt(ab) * sinh(h) / h.
    return math.sqrt(a) * math.sqrt(b) * math.sinh(half) / half


def product_effects(before: Sequence[float], after: Sequence[float]) -> tuple[float, ...]:
    """The contribution of each factor to the change of the product, in the product's unit.

    Args:
        before, after: the factors of both sides, finite, the same number of them.

    Returns:
        One contribution per factor; they sum to ``prod(after) - prod(before)``.

    Raises:
        ValueError: a factor is not finite, or the two sides differ in length.

    >>> [round(part, 4) for part in product_effects([10, 2], [20, 4])]
    [30.0, 30.0]
    """
    if not all(map(math.isfinite, [*before, *after])):
        raise ValueError(f"factors must be finite numbers: before {list(before)}, after {list(after)}")
    return tuple(slope_times_step for slope_times_step, _ in _factor_effects(list(zip(before, after, strict=True))))


def shapley_slopes(pairs: Sequence[Pair]) -> tuple[float, ...]:
    """Per factor of a product: the Shapley value divided by the factor's own step.

    The mean over all orders of the product of the other factors, those earlier in the order
    taken after, the rest before. Exact for any number of factors: the terms that have k
    others after are the coefficients of a polynomial, weighted k! (n-1-k)! / n!.
    """
    count = len(pairs)
    weights = [1 / (count * math.comb(count - 1, k)) for k in range(count)]
    slopes = []
    for skipped in range(count):
        coefficients = [1.0]
        for index, (before, after) in enumerate(pairs):
            if index != skipped:
                shifted = [0.0, *(value * after for value in coefficients)]
                kept = [*(value * before for value in coefficients), 0.0]
                coefficients = [left + right for left, right in zip(kept, shifted, strict=True)]
        slopes.append(math.fsum(weight * value for weight, value in zip(weights, coefficients, strict=True)))
    return tuple(slopes)


def values_of(term: Term) -> tuple[float | None, float | None]:
    """The term's number before and after, computed from its parts.

    In a sum a missing addend counts as 0 unless all are missing. In a product a factor that is
    missing on one side is taken from the other side: it is missing only where another factor is 0.
    """
    if term.how == "value":
        return term.before, term.after
    if term.how == "sum":
        pairs = [(part.sign, values_of(part)) for part in term.parts]
        return _signed_sum([(sign, pair[0]) for sign, pair in pairs]), _signed_sum([(s, pair[1]) for s, pair in pairs])
    factors = [_factor(part) for part in term.parts]
    return math.prod(before for before, _ in factors), math.prod(after for _, after in factors)


def decompose(term: Term) -> Effect:
    """The whole tree with the contribution of every term to the change of the root.

    >>> sales = Term("sales", how="product", parts=(Term("visitors", 100, 200), Term("spend", 5, 5)))
    >>> [(part.name, part.contribution) for part in decompose(sales).children]
    [('visitors', 500.0), ('spend', 0.0)]
    """
    before, after = values_of(term)
    return _effect(term, 1.0, (after or 0.0) - (before or 0.0))


def rate_and_mix(groups: Iterable[Group], total: Group | None = None) -> RatioChange | None:
    """Split the change of a ratio into what happened inside the groups (rate) and between them (mix).

    With weights w (share of the total bottom) and ratios r of the groups and R of the total:
    rate = mean(w) * (r1 - r0) and mix = (w1 - w0) * (mean(r) - mean(R)). A group that exists on
    one side only contributes w1 * (r1 - mean(R)), or minus that of its w0 and r0.

    Args:
        groups: tops and bottoms per group.
        total: top and bottom of everything; left out, the sums of the groups. Where groups
            overlap (an order in two categories) the total is its own count, and what the
            groups count twice becomes ``overlap``.

    Returns:
        ``None`` when the total bottom is 0 on a side: there is no ratio to explain.
    """
    groups = tuple(groups)
    whole = total or _sum_of(groups)
    bottoms = (whole.bottom_before or 0.0, whole.bottom_after or 0.0)
    if not bottoms[0] or not bottoms[1]:
        return None
    ratio = ((whole.top_before or 0.0) / bottoms[0], (whole.top_after or 0.0) / bottoms[1])
    effects = tuple(_group_effect(group, bottoms, (ratio[0] + ratio[1]) / 2) for group in groups)
    leftover = [ratio[1], -ratio[0], *(-part for effect in effects for part in (effect.rate, effect.mix))]
    overlap = math.fsum(leftover) if total else 0.0
    return RatioChange(*ratio, effects, overlap)


def _effect(term: Term, slope: float, contribution: float) -> Effect:
    before, after = values_of(term)
    if term.how == "value":
        return Effect(term.name, before, after, contribution)
    if term.how == "sum":
        children = []
        for part in term.parts:
            low, high = values_of(part)
            step = (high or 0.0) - (low or 0.0)
            children.append(_effect(part, slope * part.sign, slope * part.sign * step))
        return Effect(term.name, before, after, contribution, tuple(children))
    factors = [_factor(part) for part in term.parts]
    children = [
        _effect(part, slope * inner * _inverse_slope(part), slope * outer)
        for part, (outer, inner) in zip(term.parts, _factor_effects(factors), strict=True)
    ]
    return Effect(term.name, before, after, contribution, tuple(children))


def _factor_effects(pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """Per factor its contribution, and its contribution per unit of its own step."""
    if all(before > 0 and after > 0 for before, after in pairs):
        whole = log_mean(math.prod(after for _, after in pairs), math.prod(before for before, _ in pairs))
        return [(whole * math.log(after / before), whole / log_mean(after, before)) for before, after in pairs]
    slopes = shapley_slopes(pairs)
    return [(slope * (after - before), slope) for slope, (before, after) in zip(slopes, pairs, strict=True)]


def _factor(part: Term) -> Pair:
    """What the part multiplies its product with, before and after; a missing side copies the other."""
    before, after = (_power(value, part.power) for value in values_of(part))
    if before is None and after is None:
        return 1.0, 1.0
    return (after if before is None else before) or 0.0, (before if after is None else after) or 0.0


def _power(value: float | None, power: int) -> float | None:
    if power > 0 or value is None:
        return value
    return 1 / value if value else None


def _inverse_slope(part: Term) -> float:
    """The step of 1/x per unit step of x, exactly: -1 / (x0 x1)."""
    if part.power > 0:
        return 1.0
    before, after = values_of(part)
    return -1 / (before * after) if before and after else 0.0


def _signed_sum(parts: Sequence[tuple[int, float | None]]) -> float | None:
    if all(value is None for _, value in parts):
        return None
    return math.fsum(sign * (value or 0.0) for sign, value in parts)


def _sum_of(groups: Sequence[Group]) -> Group:
    return Group(
        None,
        math.fsum(group.top_before or 0.0 for group in groups),
        math.fsum(group.bottom_before or 0.0 for group in groups),
        math.fsum(group.top_after or 0.0 for group in groups),
        math.fsum(group.bottom_after or 0.0 for group in groups),
    )


def _group_effect(group: Group, bottoms: Pair, mean_ratio: float) -> GroupEffect:
    tops = (group.top_before or 0.0, group.top_after or 0.0)
    own = (group.bottom_before or 0.0, group.bottom_after or 0.0)
    weights = (own[0] / bottoms[0], own[1] / bottoms[1])
    ratios = tuple(top / bottom if bottom else None for top, bottom in zip(tops, own, strict=True))
    there = tuple(bool(top or bottom) for top, bottom in zip(tops, own, strict=True))
    shown = tuple(weight if here else None for weight, here in zip(weights, there, strict=True))
    presence: Literal["both", "appeared", "vanished"] = "both"
    if there[0] != there[1]:
        presence = "appeared" if there[1] else "vanished"
    rate, mix = _parts(tops, weights, bottoms, mean_ratio)
    if presence != "both":
        rate, mix = 0.0, rate + mix
    return GroupEffect(group.name, presence, rate, mix, ratios[0], ratios[1], shown[0], shown[1])


def _parts(tops: Pair, weights: Pair, bottoms: Pair, mean_ratio: float) -> Pair:
    """Rate and mix of one group; exact also where the group has a top without a bottom."""
    shares = (tops[0] / bottoms[0], tops[1] / bottoms[1])
    step = weights[1] - weights[0]
    if not weights[0] or not weights[1]:
        # The group's own ratio is unknown on a side: nothing separates rate from mix.
        return (shares[1] - shares[0], 0.0) if step == 0 else (0.0, shares[1] - shares[0] - step * mean_ratio)
    ratios = (shares[0] / weights[0], shares[1] / weights[1])
    return (
        (weights[0] + weights[1]) / 2 * (ratios[1] - ratios[0]),
        step * ((ratios[0] + ratios[1]) / 2 - mean_ratio),
    )
