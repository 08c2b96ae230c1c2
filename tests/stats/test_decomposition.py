"""Decompositions worked by hand."""

from __future__ import annotations

import math

import pytest

from zhanggui.stats.decomposition import (
    Group,
    Term,
    decompose,
    log_mean,
    product_effects,
    rate_and_mix,
    values_of,
)


def test_two_factors_that_both_double_share_the_change_equally():
    assert product_effects([10, 2], [20, 4]) == pytest.approx((30, 30))


def test_log_mean_of_equal_numbers_is_the_number():
    assert log_mean(7.0, 7.0) == 7.0


def test_log_mean_is_the_textbook_value():
    assert log_mean(100, 50) == pytest.approx(50 / math.log(2))


def test_the_log_mean_split_of_three_factors_is_the_formula_of_ang():
    before, after = (100.0, 0.02, 50.0), (150.0, 0.03, 40.0)
    weight = (180 - 100) / math.log(180 / 100)
    assert product_effects(before, after) == pytest.approx(
        (weight * math.log(1.5), weight * math.log(1.5), weight * math.log(0.8))
    )


def test_offsetting_factors_of_an_unchanged_product_cancel_exactly():
    effects = product_effects([10, 2], [20, 1])
    assert effects[0] == pytest.approx(20 * math.log(2))
    assert sum(effects) == pytest.approx(0, abs=1e-12)


def test_a_factor_that_rises_from_zero_gets_the_shapley_share():
    # Orders: visitors first 0 * 0 -> 0, rate first 10 * 0.1 ... : visitors (0 + 1)/2 of the mixed steps.
    assert product_effects([10, 0], [20, 0.1]) == pytest.approx((0.5, 1.5))


def test_a_sign_that_changes_is_split_by_shapley():
    assert product_effects([4, -1], [4, 3]) == pytest.approx((0, 16))


def test_two_zero_sides_contribute_nothing():
    assert product_effects([0, 5], [0, 9]) == (0, 0)


def test_a_single_factor_takes_the_whole_change():
    assert product_effects([3], [5]) == pytest.approx((2,))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_factor_that_is_no_number_is_refused(bad):
    with pytest.raises(ValueError, match="finite"):
        product_effects([1, bad], [1, 1])


def test_a_sum_with_a_minus_is_split_by_its_addends():
    net = Term("net", how="sum", parts=(Term("sales", 100, 130), Term("refunds", 10, 25, sign=-1)))
    effect = decompose(net)
    assert (effect.before, effect.after, effect.contribution) == (90, 105, 15)
    assert [part.contribution for part in effect.children] == [30, -15]


def test_a_product_inside_a_sum_inside_a_product_keeps_every_sum():
    tree = Term(
        "profit",
        how="product",
        parts=(
            Term(
                "sales",
                how="sum",
                parts=(
                    Term("anonymous", 100, 80),
                    Term("known", how="product", parts=(Term("buyers", 10, 15), Term("each", 20, 18))),
                ),
            ),
            Term("margin", 0.3, 0.4),
        ),
    )
    effect = decompose(tree)
    assert (effect.before, effect.after) == (pytest.approx(90), pytest.approx(140))
    sales, margin = effect.children
    assert sales.contribution + margin.contribution == pytest.approx(50)
    assert sum(part.contribution for part in sales.children) == pytest.approx(sales.contribution)
    known = sales.children[1]
    assert sum(part.contribution for part in known.children) == pytest.approx(known.contribution)
    scale = log_mean(90, 140) / log_mean(300, 350)
    assert sales.children[0].contribution == pytest.approx(-20 * scale)


def test_a_term_whose_parts_cancel_still_shows_what_the_parts_did():
    tree = Term(
        "all",
        how="product",
        parts=(Term("sum", how="sum", parts=(Term("a", 5, 8), Term("b", 5, 2))), Term("c", 2, 2)),
    )
    inner = decompose(tree).children[0]
    assert inner.contribution == 0
    assert [part.contribution for part in inner.children] == pytest.approx([6, -6])


def test_dividing_by_a_factor_gives_it_the_opposite_sign():
    ratio = Term("aov", how="product", parts=(Term("sales", 100, 100), Term("orders", 4, 5, power=-1)))
    sales, orders = decompose(ratio).children
    assert sales.contribution == 0
    assert orders.contribution == pytest.approx(-5)
    assert (orders.before, orders.after) == (4, 5)


def test_a_divided_sum_passes_its_effect_on_to_its_addends():
    orders = Term("orders", how="sum", power=-1, parts=(Term("new", 1, 2), Term("old", 3, 3)))
    ratio = Term("aov", how="product", parts=(Term("sales", 100, 100), orders))
    inner = decompose(ratio).children[1]
    assert inner.contribution == pytest.approx(-5)
    assert [part.contribution for part in inner.children] == pytest.approx([-5, 0])


def test_an_average_of_nothing_contributes_nothing():
    # No orders before: the order value is unknown there, all of the change is the orders'.
    tree = Term(
        "sales",
        how="product",
        parts=(Term("visitors", 100, 100), Term("orders_per_visitor", 0, 0.1), Term("aov", None, 30)),
    )
    effect = decompose(tree)
    assert [part.contribution for part in effect.children] == pytest.approx([0, 300, 0])
    assert effect.children[2].before is None


def test_factors_unknown_on_both_sides_are_harmless():
    tree = Term("sales", how="product", parts=(Term("orders", 0, 0), Term("aov", None, None)))
    assert decompose(tree).contribution == 0
    assert values_of(tree) == (0, 0)


def test_a_sum_whose_addends_are_all_unknown_is_unknown():
    tree = Term("sum", how="sum", parts=(Term("a", None, 3), Term("b", None, None)))
    assert values_of(tree) == (None, 3)
    assert decompose(tree).contribution == 3


def test_a_division_by_zero_on_one_side_copies_the_other_side():
    tree = Term("aov", how="product", parts=(Term("sales", 0, 100), Term("orders", 0, 5, power=-1)))
    assert [part.contribution for part in decompose(tree).children] == pytest.approx([20, 0])


def test_rate_and_mix_of_two_channels_are_the_midpoint_formula():
    # Conversion: mobile 100 of 1,000 -> 240 of 3,000; desktop 90 of 600 -> 140 of 800.
    change = rate_and_mix([Group("mobile", 100, 1000, 240, 3000), Group("desktop", 90, 600, 140, 800)])
    assert change is not None
    before, after = 190 / 1600, 380 / 3800
    assert (change.before, change.after) == pytest.approx((before, after))
    mobile, desktop = change.groups
    mean = (before + after) / 2
    w0, w1 = 1000 / 1600, 3000 / 3800
    assert mobile.rate == pytest.approx((w0 + w1) / 2 * (0.08 - 0.1))
    assert mobile.mix == pytest.approx((w1 - w0) * (0.09 - mean))
    assert desktop.rate == pytest.approx((2 - w0 - w1) / 2 * (0.175 - 0.15))
    assert mobile.contribution + desktop.contribution == pytest.approx(after - before)
    assert (mobile.weight_before, mobile.ratio_after, mobile.presence) == (w0, 0.08, "both")
    assert change.overlap == 0


def test_when_only_shares_move_all_of_it_is_mix():
    change = rate_and_mix([Group("a", 10, 100, 20, 200), Group("b", 50, 100, 25, 50)])
    assert change is not None
    assert [group.rate for group in change.groups] == pytest.approx([0, 0])
    assert sum(group.mix for group in change.groups) == pytest.approx(change.after - change.before)


def test_a_group_that_appears_counts_against_the_mean_of_the_total():
    change = rate_and_mix([Group("old", 10, 100, 10, 100), Group("new", None, None, 30, 100)])
    assert change is not None
    old, new = change.groups
    assert new.presence == "appeared"
    assert (new.rate, new.ratio_before, new.weight_before) == (0, None, None)
    assert new.mix == pytest.approx(0.5 * (0.3 - (0.1 + 0.2) / 2))
    assert old.mix == pytest.approx(-0.5 * (0.1 - 0.15))
    assert change.after - change.before == pytest.approx(old.contribution + new.contribution)


def test_a_group_that_vanishes_is_the_mirror_of_one_that_appears():
    change = rate_and_mix([Group("old", 10, 100, 10, 100), Group("gone", 30, 100, 0, 0)])
    assert change is not None
    assert change.groups[1].presence == "vanished"
    assert change.groups[1].mix == pytest.approx(-0.5 * (0.3 - 0.15))


def test_a_group_whose_own_bottom_is_zero_still_sums():
    # Returns without any sales of that channel in the window before.
    change = rate_and_mix([Group("shop", 5, 100, 5, 100), Group("fair", 2, 0, 3, 50)])
    assert change is not None
    fair = change.groups[1]
    assert (fair.presence, fair.ratio_before) == ("both", None)
    assert sum(group.contribution for group in change.groups) == pytest.approx(change.after - change.before)


def test_a_group_with_a_top_and_never_a_bottom_is_all_rate():
    change = rate_and_mix([Group("shop", 5, 100, 5, 100), Group("fair", 2, 0, 3, 0)])
    assert change is not None
    assert (change.groups[1].rate, change.groups[1].mix) == (pytest.approx(0.01), 0)


def test_the_group_without_a_name_is_a_group_like_any_other():
    change = rate_and_mix([Group(None, 1, 10, 2, 10), Group("a", 1, 10, 1, 10)])
    assert change is not None
    assert change.groups[0].name is None
    assert change.groups[0].rate == pytest.approx(0.05)


def test_a_ratio_without_a_bottom_on_one_side_is_not_split():
    assert rate_and_mix([Group("a", 0, 0, 2, 10)]) is None


def test_orders_in_two_categories_become_overlap():
    # 10 orders of 100 before; 10 of 100 after, but now 4 of them hold both categories.
    change = rate_and_mix([Group("a", 500, 5, 500, 7), Group("b", 500, 5, 500, 7)], Group(None, 1000, 10, 1000, 10))
    assert change is not None
    assert change.before == change.after == 100
    assert sum(group.contribution for group in change.groups) + change.overlap == pytest.approx(0, abs=1e-9)
    assert change.overlap == pytest.approx(100 * 0.4)
