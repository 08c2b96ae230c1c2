"""Every KPI file: its examples come true, its words and promises are there, and the contract's list is complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fixture.filling import completed, refill
from truth.kpis_by_hand import all_names, by_hand
from truth.rows_by_hand import HandShop

from zhanggui.basics.periods import Window
from zhanggui.metrics.answering import answer
from zhanggui.metrics.catalogue import load_catalogue
from zhanggui.metrics.definition import Example, Kpi
from zhanggui.metrics.question import Question
from zhanggui.shop import TABLES
from zhanggui.store.opened import OpenShop

CATALOGUE = load_catalogue()
# Names, units and directions of the contract; everything else in the catalogue is a building block or an extra.
CONTRACT = {
    "gmv": ("money", "up"), "sales": ("money", "up"), "paid_sales": ("money", "up"), "net_revenue": ("money", "up"),
    "gross_profit": ("money", "up"), "gross_margin": ("rate", "up"), "orders": ("count", "up"),
    "buyers": ("count", "up"), "units": ("count", "up"), "aov": ("money", "up"), "units_per_order": ("count", "up"),
    "price_per_unit": ("money", ""), "orders_per_buyer": ("count", "up"), "arpu": ("money", "up"),
    "new_buyers": ("count", ""), "new_buyer_share": ("rate", ""), "repurchase_rate": ("rate", "up"),
    "repurchase_interval_days": ("days", "down"), "cancellation_rate": ("rate", "down"),
    "refund_rate": ("rate", "down"), "discount_rate": ("rate", ""), "coupon_use_rate": ("rate", ""),
    "page_views": ("count", "up"), "visitors": ("count", "up"), "sessions": ("count", "up"),
    "pages_per_session": ("count", ""), "bounce_rate": ("rate", "down"), "conversion_rate": ("rate", "up"),
    "visitor_conversion_rate": ("rate", "up"), "add_to_cart_rate": ("rate", "up"),
    "cart_abandonment_rate": ("rate", "down"), "checkout_abandonment_rate": ("rate", "down"),
    "search_sessions_share": ("rate", ""), "search_zero_rate": ("rate", ""), "load_ms_p75": ("ms", "down"),
    "payment_success_rate": ("rate", "up"), "delivery_days": ("days", "down"), "late_delivery_rate": ("rate", "down"),
    "rating": ("stars", "up"), "bad_review_rate": ("rate", "down"), "nps": ("points", "up"),
    "complaint_rate": ("rate", "down"), "first_response_hours": ("hours", "down"),
    "resolution_hours": ("hours", "down"), "ad_spend": ("money", ""), "roas": ("ratio", "up"), "roi": ("ratio", "up"),
    "cac": ("money", "down"), "stock_turnover": ("per_year", "up"), "days_of_cover": ("days", ""),
    "stockout_rate": ("rate", "down"),
}  # fmt: skip
CASES = [
    pytest.param(kpi, example, id=f"{kpi.name}-{number}")
    for kpi in CATALOGUE.values()
    for number, example in enumerate(kpi.examples, start=1)
]


def shop_tables(example: Example) -> dict[str, list[dict[str, Any]]]:
    return {name: completed(name, rows) for name, rows in example.tables.items()}


def whole_window(example: Example) -> Window:
    return Window(date.fromisoformat(example.from_), date.fromisoformat(example.to))


@pytest.mark.parametrize(("kpi", "example"), CASES)
def test_an_example_gives_the_number_that_was_worked_out_by_hand(
    blank_shop: OpenShop, kpi: Kpi, example: Example
) -> None:
    refill(blank_shop, shop_tables(example))
    every = {
        name: replace(each, needs=()) for name, each in CATALOGUE.items()
    }  # the empty case is about numbers, not needs
    found = (
        answer(blank_shop, Question((kpi.name,), window=whole_window(example)), catalogue=every).total[kpi.name].value
    )
    assert found == (None if example.expect is None else pytest.approx(example.expect, rel=1e-12))


@pytest.mark.parametrize(("kpi", "example"), CASES)
def test_an_example_agrees_with_plain_python(kpi: Kpi, example: Example) -> None:
    shop, window = HandShop(shop_tables(example), example.zone), whole_window(example)
    found = by_hand(shop, kpi.name, window.from_, window.to)[()]
    assert found == (None if example.expect is None else pytest.approx(example.expect, rel=1e-12))


def test_every_kpi_is_also_worked_out_in_plain_python() -> None:
    assert set(all_names()) == set(CATALOGUE)


@pytest.mark.parametrize("name", CONTRACT)
def test_the_contract_is_kept_in_unit_and_direction(name: str) -> None:
    kpi = CATALOGUE[name]
    assert (kpi.unit, kpi.better, kpi.hidden) == (*CONTRACT[name], False)


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=CATALOGUE)
def test_a_kpi_speaks_both_languages_and_shows_a_normal_and_an_empty_case(kpi: Kpi) -> None:
    assert kpi.words.en != kpi.doc.en
    assert kpi.doc.en.endswith(".")
    assert kpi.doc.zh.endswith("。")
    assert any("一" <= letter <= "鿿" for letter in kpi.words.zh + kpi.doc.zh)
    assert kpi.source
    assert len(kpi.examples) >= 2
    assert any(example.expect is not None for example in kpi.examples)
    assert any(example.expect in (None, 0) for example in kpi.examples)


@pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=CATALOGUE)
def test_a_kpi_needs_only_tables_and_columns_that_exist(kpi: Kpi) -> None:
    for need in kpi.needs:
        for each in need.split("|"):
            table, _, column = each.partition(".")
            assert table in TABLES
            assert not column or TABLES[table].column(column)


def test_no_two_kpis_are_called_the_same() -> None:
    for language in ("en", "zh"):
        words = [kpi.words[language] for kpi in CATALOGUE.values()]
        assert not {word for word in words if words.count(word) > 1}
