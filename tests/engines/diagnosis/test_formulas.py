"""Formulas of KPIs as trees and as fractions."""

from __future__ import annotations

import pytest

from zhanggui.engines.diagnosis.forest import formula_text
from zhanggui.engines.diagnosis.formulas import Fraction, NoFraction, Parts
from zhanggui.metrics import load_catalogue
from zhanggui.metrics.definition import kpi_of


def extra(name, formula=None, **keys):
    """A KPI that is not in the catalogue."""
    data = {
        "words": {"en": name, "zh": name},
        "unit": "ratio",
        "needs": ["orders"],
        "source": "here",
        "example": [{"orders": []}],
        **keys,
    }
    return kpi_of(name, "test", data | ({"formula": formula} if formula else {}), f"{name}.toml")


@pytest.fixture
def parts_with():
    """The catalogue with one KPI ``mine`` of a formula."""

    def make(formula):
        return Parts({**load_catalogue(), "mine": extra("mine", formula)})

    return make


@pytest.mark.parametrize(
    ("formula", "top", "bottom"),
    [
        ("sales / orders", {"sales": 1}, {"orders": 1}),
        ("sales - refunded", {"sales": 1, "refunded": -1}, None),
        ("1 - orders / units", {"orders": -1, "units": 1}, {"units": 1}),
        ("orders / units + 2", {"orders": 1, "units": 2}, {"units": 1}),
        ("100 * (orders - units) / buyers", {"orders": 100, "units": -100}, {"buyers": 1}),
        ("-sales / orders", {"sales": -1}, {"orders": 1}),
        ("sales / 4", {"sales": 0.25}, None),
        ("sales / window_days", {"sales": pytest.approx(1 / 28)}, None),
        ("aov / 2", {"sales": 0.5}, {"orders": 1}),
        ("orders / units - sales / units", {"orders": 1, "sales": -1}, {"units": 1}),
        ("aov / (units / orders)", {"sales": 1}, {"units": 1}),
        ("orders_per_buyer + 0 * buyers / buyers", {"orders_with_customer": 1, "buyers": 0}, {"buyers": 1}),
    ],
)
def test_arithmetic_becomes_one_fraction(parts_with, formula, top, bottom):
    found = parts_with(formula).fraction("mine", 28)
    assert dict(found.top) == top
    assert (None if found.bottom is None else dict(found.bottom)) == bottom


@pytest.mark.parametrize(
    "formula",
    ["sales * orders", "sales / orders / units", "orders / units - sales / buyers", "sales / aov", "load_ms_p75 / 2"],
)
def test_what_does_not_add_up_over_groups_is_no_fraction(parts_with, formula):
    with pytest.raises(NoFraction):
        parts_with(formula).fraction("mine", 28)


def test_a_fraction_names_what_must_be_counted():
    assert Fraction({"a": 1, "": 3}, {"b": 1, "a": 2}).names() == ("a", "b")


def test_a_mean_is_a_sum_by_a_count():
    parts = Parts(load_catalogue())
    found = parts.fraction("delivery_days", 28)
    assert (dict(found.top), dict(found.bottom)) == ({"delivery_days__sum": 1}, {"delivery_days__count": 1})
    assert parts.aggregate("delivery_days__sum").expression.startswith("sum(")
    assert parts.aggregate("delivery_days__count").expression.startswith("count(")


def test_means_are_told_from_ratios():
    parts = Parts(load_catalogue())
    assert [name for name in load_catalogue() if parts.is_mean(name)] == ["delivery_days", "rating", "stock_value"]


def test_a_mean_over_days_is_known_as_one():
    parts = Parts(load_catalogue())
    assert parts.is_per_day(parts.fraction("stock_value", 28))
    assert not parts.is_per_day(parts.fraction("aov", 28))
    assert not parts.is_per_day(parts.fraction("sales", 28))


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("sales / orders", "sales / orders"),
        ("sales - refunded + gmv", "sales - refunded + gmv"),
        ("1 - orders / units", "1 - (orders / units = orders / units)"),
        ("sales * 365 / window_days", "sales x 365 / window_days"),
        ("-sales + 1", "(-sales = -1 x sales) + 1"),
    ],
)
def test_a_formula_becomes_a_tree_of_one_level(parts_with, formula, text):
    assert formula_text(parts_with(formula).node("mine")) == text


def test_a_single_count_has_no_tree():
    assert Parts(load_catalogue()).node("sales") is None


def test_a_formula_that_is_another_kpi_has_no_tree(parts_with):
    assert parts_with("sales").node("mine") is None


NO_FRACTION = {
    "cls_p75", "first_response_hours", "inp_ms_p75", "lcp_ms_p75", "load_ms_p75", "repurchase_interval_days",
    "resolution_hours", "stock_turnover", "ttfb_ms_p75",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(load_catalogue()) - NO_FRACTION))
def test_the_parts_of_every_other_kpi_can_be_counted(name):
    parts = Parts(load_catalogue())
    for part in parts.fraction(name, 28).names():
        assert part in parts.catalogue or parts.aggregate(part) is not None


@pytest.mark.parametrize("name", sorted(NO_FRACTION))
def test_medians_and_products_of_counts_say_why_they_are_no_fraction(name):
    with pytest.raises(NoFraction, match=name):
        Parts(load_catalogue()).fraction(name, 28)


def test_an_unknown_key_is_no_aggregate():
    parts = Parts(load_catalogue())
    assert parts.aggregate("nothing__top") is None
    assert parts.aggregate("sales__bottom") is None
    assert parts.public_name("nothing__top") == "nothing__top"


def test_the_top_of_an_extra_ratio_is_found_by_its_key():
    kpi = extra("half", top="sum(line.quantity)", bottom="count(order.order_id)")
    assert Parts({"half": kpi}).aggregate("half__top").expression == "sum(line.quantity)"
