"""What holds for every decomposition, whatever the numbers."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import assume, settings
from hypothesis import given as given_any
from hypothesis import strategies as st

from zhanggui.stats.decomposition import (
    Effect,
    Group,
    Term,
    decompose,
    product_effects,
    rate_and_mix,
    shapley_slopes,
    values_of,
)

CLOSE = 1e-9


def given(*strategies):
    """Forty examples each: the fast tests stay fast."""
    return lambda law: settings(max_examples=40, deadline=None)(given_any(*strategies)(law))


positive = st.floats(1e-9, 1e9)
tiny_or_huge = st.one_of(st.floats(1e-12, 1e-6), st.floats(1e6, 1e12), st.floats(0.5, 2))
signed = st.one_of(st.just(0.0), st.floats(-1e3, -1e-3), st.floats(1e-3, 1e3))
counted = st.one_of(st.just(0.0), st.integers(1, 10**6).map(float))


def sides(numbers: st.SearchStrategy[float], most: int = 6) -> st.SearchStrategy[tuple[list[float], list[float]]]:
    """Two lists of factors of the same length."""
    return st.integers(1, most).flatmap(
        lambda size: st.tuples(
            st.lists(numbers, min_size=size, max_size=size), st.lists(numbers, min_size=size, max_size=size)
        )
    )


def whole(before: list[float], after: list[float]) -> float:
    """What an error is measured against: the larger side, or the largest mixed product when sides cancel."""
    mixed = math.prod(max(abs(low), abs(high)) for low, high in zip(before, after, strict=True))
    positive_sides = all(value > 0 for value in (*before, *after))
    ends = max(abs(math.prod(before)), abs(math.prod(after)))
    return ends if positive_sides else max(ends, mixed * 1e-5)


@given(sides(positive))
def test_contributions_of_positive_factors_sum_to_the_change(pair):
    before, after = pair
    total = math.fsum(product_effects(before, after))
    assert total == pytest.approx(math.prod(after) - math.prod(before), rel=0, abs=CLOSE * whole(before, after))


@given(sides(tiny_or_huge, most=4))
def test_contributions_of_tiny_and_huge_factors_sum_to_the_change(pair):
    before, after = pair
    total = math.fsum(product_effects(before, after))
    assert total == pytest.approx(math.prod(after) - math.prod(before), rel=0, abs=CLOSE * whole(before, after))


@given(sides(signed))
def test_contributions_sum_to_the_change_with_zeros_and_changing_signs(pair):
    before, after = pair
    total = math.fsum(product_effects(before, after))
    assert total == pytest.approx(math.prod(after) - math.prod(before), rel=0, abs=CLOSE * whole(before, after))


@given(positive, st.floats(-1e-9, 1e-9))
def test_a_change_that_is_nearly_nothing_is_split_without_losing_digits(value, step):
    before, after = [value, 3.0], [value * (1 + step), 3.0]
    effects = product_effects(before, after)
    assert effects[1] == 0
    assert effects[0] == pytest.approx(3.0 * (after[0] - before[0]), rel=1e-6, abs=1e-15 * value)


@given(sides(st.one_of(positive, signed), most=4), st.randoms())
def test_the_order_of_the_factors_does_not_matter(pair, random):
    before, after = pair
    order = list(range(len(before)))
    random.shuffle(order)
    straight = product_effects(before, after)
    mixed = product_effects([before[i] for i in order], [after[i] for i in order])
    for place, index in enumerate(order):
        assert mixed[place] == pytest.approx(straight[index], rel=CLOSE, abs=CLOSE * whole(before, after))


@given(sides(st.one_of(positive, signed)))
def test_swapping_the_windows_flips_every_sign(pair):
    before, after = pair
    forth, back = product_effects(before, after), product_effects(after, before)
    for one, other in zip(forth, back, strict=True):
        assert other == pytest.approx(-one, rel=CLOSE, abs=CLOSE * whole(before, after))


@given(sides(signed), st.floats(1e-3, 1e3), st.integers(0, 5))
def test_counting_a_factor_in_another_unit_scales_every_contribution(pair, scale, which):
    before, after = pair
    which %= len(before)
    scaled = product_effects(
        [value * scale if i == which else value for i, value in enumerate(before)],
        [value * scale if i == which else value for i, value in enumerate(after)],
    )
    for one, other in zip(product_effects(before, after), scaled, strict=True):
        assert other == pytest.approx(one * scale, rel=CLOSE, abs=CLOSE * scale * whole(before, after))


@given(sides(st.one_of(positive, signed)))
def test_a_factor_that_did_not_change_contributes_nothing(pair):
    before, after = pair
    after = [before[0], *after[1:]]
    assert product_effects(before, after)[0] == 0


@given(sides(signed, most=5))
def test_the_fall_back_is_the_mean_over_all_orders_of_changing_one_factor_after_another(pair):
    before, after = pair
    count = len(before)
    sums = [0.0] * count
    for order in permutations(range(count)):
        now = list(before)
        for index in order:
            start = math.prod(now)
            now[index] = after[index]
            sums[index] += math.prod(now) - start
    slopes = shapley_slopes(list(zip(before, after, strict=True)))
    for index in range(count):
        expected = sums[index] / math.factorial(count)
        found = slopes[index] * (after[index] - before[index])
        assert found == pytest.approx(expected, rel=CLOSE, abs=CLOSE * whole(before, after))


def leaf(name: str, numbers: st.SearchStrategy[float]) -> st.SearchStrategy[Term]:
    """A term with a number on both sides."""
    return st.builds(
        lambda low, high, sign: Term(name, low, high, sign=sign), numbers, numbers, st.sampled_from([1, -1])
    )


def trees(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[Term]:
    """Products of sums of products, up to a dozen leaves."""
    return st.recursive(
        leaf("leaf", numbers),
        lambda inner: st.builds(
            lambda how, parts, sign: Term("node", how=how, parts=tuple(parts), sign=sign),
            st.sampled_from(["sum", "product"]),
            st.lists(inner, min_size=1, max_size=4),
            st.sampled_from([1, -1]),
        ),
        max_leaves=12,
    )


def largest(effect: Effect) -> float:
    """The largest contribution anywhere in the tree."""
    return max([abs(effect.contribution), *(largest(child) for child in effect.children)])


def check_children(effect: Effect, tolerance: float) -> None:
    """Children sum to their parent, all the way down."""
    if effect.children:
        total = math.fsum(child.contribution for child in effect.children)
        assert total == pytest.approx(effect.contribution, rel=0, abs=tolerance)
    for child in effect.children:
        check_children(child, tolerance)


@given(trees(st.floats(0.1, 100)))
def test_in_a_nested_tree_children_sum_to_their_parent_and_the_root_is_the_change(tree):
    before, after = values_of(tree)
    effect = decompose(tree)
    assert effect.contribution == after - before
    check_children(effect, CLOSE * max(abs(before), abs(after), largest(effect) * 1e-3))


@given(trees(signed))
def test_a_nested_tree_with_zeros_and_changing_signs_sums_too(tree):
    effect = decompose(tree)
    assume(math.isfinite(largest(effect)))
    check_children(effect, CLOSE * max(largest(effect), 1e-9))


@given(st.lists(st.tuples(positive, positive), min_size=4, max_size=4))
def test_nesting_positive_factors_gives_what_the_flat_product_gives(pairs):
    terms = [Term(str(i), low, high) for i, (low, high) in enumerate(pairs)]
    nested = decompose(
        Term("all", how="product", parts=(terms[0], Term("rest", how="product", parts=tuple(terms[1:]))))
    )
    flat = product_effects([low for low, _ in pairs], [high for _, high in pairs])
    inside = nested.children[1].children
    size = max(math.prod(low for low, _ in pairs), math.prod(high for _, high in pairs))
    for index in range(3):
        assert inside[index].contribution == pytest.approx(flat[index + 1], rel=CLOSE, abs=CLOSE * size)


groups = st.lists(st.tuples(signed, counted, signed, counted), min_size=1, max_size=8).map(
    lambda rows: [Group(i, *row) for i, row in enumerate(rows)]
)


def size_of(change) -> float:
    """What an error of a split ratio is measured against."""
    parts = [abs(part) for effect in change.groups for part in (effect.rate, effect.mix)]
    return max([abs(change.before), abs(change.after), *(part * 1e-4 for part in parts)])


@given(groups)
def test_rate_and_mix_of_all_groups_sum_to_the_change_of_the_ratio(rows):
    change = rate_and_mix(rows)
    assume(change is not None)
    total = math.fsum(effect.contribution for effect in change.groups)
    assert total == pytest.approx(change.after - change.before, rel=0, abs=CLOSE * size_of(change))


@given(groups)
def test_swapping_the_windows_flips_rate_and_mix_and_turns_appeared_into_vanished(rows):
    there = rate_and_mix(rows)
    back = rate_and_mix(
        [Group(g.name, g.top_after, g.bottom_after, g.top_before, g.bottom_before) for g in rows],
    )
    assume(there is not None)
    turned = {"appeared": "vanished", "vanished": "appeared", "both": "both"}
    for one, other in zip(there.groups, back.groups, strict=True):
        assert other.presence == turned[one.presence]
        assert other.rate == pytest.approx(-one.rate, rel=CLOSE, abs=CLOSE * size_of(there))
        assert other.mix == pytest.approx(-one.mix, rel=CLOSE, abs=CLOSE * size_of(there))


@given(groups, st.floats(0.01, 100))
def test_rate_and_mix_do_not_depend_on_the_order_of_groups_and_scale_with_the_top(rows, scale):
    change = rate_and_mix(rows)
    assume(change is not None)
    scaled = rate_and_mix(
        [
            Group(g.name, g.top_before * scale, g.bottom_before, g.top_after * scale, g.bottom_after)
            for g in reversed(rows)
        ]
    )
    for one, other in zip(change.groups, reversed(scaled.groups), strict=True):
        assert other.rate == pytest.approx(one.rate * scale, rel=1e-7, abs=CLOSE * scale * size_of(change))
        assert other.mix == pytest.approx(one.mix * scale, rel=1e-7, abs=CLOSE * scale * size_of(change))


@given(groups, st.integers(1, 10**6), st.integers(1, 10**6), st.integers(-(10**6), 10**6))
def test_groups_that_overlap_leave_exactly_one_overlap(rows, before, after, top):
    change = rate_and_mix(rows, Group(None, float(top), float(before), float(top), float(after)))
    assert change is not None
    parts = [effect.contribution for effect in change.groups]
    assert math.fsum([*parts, change.overlap]) == pytest.approx(
        change.after - change.before, rel=0, abs=CLOSE * max(size_of(change), abs(change.overlap))
    )
