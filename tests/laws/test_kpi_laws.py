"""Laws that every KPI keeps on every shop: totals, groups, filters, order of rows, size of the shop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.metrics.fixture.filling import new_shop, refill

from zhanggui.basics.periods import Window
from zhanggui.metrics.answering import answer
from zhanggui.metrics.catalogue import is_additive, load_catalogue
from zhanggui.metrics.compile import overlaps
from zhanggui.metrics.facts import FACTS
from zhanggui.metrics.known import dimensions
from zhanggui.metrics.question import Answer, Question
from zhanggui.store.opened import OpenShop

Tables = dict[str, list[dict[str, Any]]]
CATALOGUE = load_catalogue()
ZONE = "Asia/Shanghai"
START = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)  # an hour before local midnight
WINDOW = Window(date(2026, 3, 2), date(2026, 3, 4))
PRODUCTS = [
    {"product_id": "a", "category": "家居 > 杯子", "brand": "Ōko", "unit_cost": Decimal("1.5")},
    {"product_id": "b", "category": "家居 > 盘子", "unit_cost": None},
    {"product_id": "c", "unit_cost": Decimal("0.01")},
]
TRADE = [
    "sales", "gmv", "net_revenue", "refunded", "units", "line_discounts", "orders", "buyers", "new_buyers", "aov",
    "repurchase_rate", "repurchase_interval_days", "gross_profit", "gross_margin", "refund_rate", "cancellation_rate",
    "coupon_use_rate", "arpu",
]  # fmt: skip
"""One of every kind: sums, counts, distinct counts, ratios, medians, of lines, orders, refunds and ranks."""
ADDITIVE = [name for name in TRADE if is_additive(CATALOGUE[name], CATALOGUE)]
BY = ("country", "customer_type", "category", "product", "day", "hour")

cents = st.decimals("0.00", "0.30", places=2)  # small on purpose: rounding bites here
moments = st.integers(0, 4 * 24 * 2).map(lambda halves: START + timedelta(minutes=30 * halves))
lines = st.fixed_dictionaries(
    {
        "product_id": st.sampled_from(["a", "b", "c", "unlisted"]),
        "quantity": st.sampled_from([Decimal(1), Decimal(2), Decimal("0.5")]),
        "unit_price": cents,
        "discount_amount": st.one_of(st.none(), st.just(Decimal("0.01"))),
        "unit_cost": st.one_of(st.none(), cents),
    }
)
orders = st.fixed_dictionaries(
    {
        "placed_at": moments,
        "customer_id": st.sampled_from(["ann", "bob", "陈", None]),
        "status": st.sampled_from(["placed", "paid", "delivered", "cancelled"]),
        "country": st.sampled_from(["CN", "GB", "O'Land", None]),
        "coupon_code": st.sampled_from(["满减", None]),
        "lines": st.lists(lines, max_size=3),
        "refund": st.one_of(st.none(), cents),
    }
)
LINE = {
    "product_id": "a",
    "quantity": Decimal(3),
    "unit_price": Decimal("0.07"),
    "discount_amount": None,
    "unit_cost": None,
}
Drawn = list[dict[str, Any]]
shops = st.lists(orders, min_size=1, max_size=9)
law = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    with new_shop(tmp_path_factory.mktemp("laws") / "shop", ZONE) as opened:
        yield opened


def tables_of(drawn: Drawn, tag: str = "") -> Tables:
    """The shop's tables; ``tag`` makes its orders and people other ones."""
    found: Tables = {"orders": [], "order_lines": [], "refunds": [], "products": PRODUCTS}
    for number, order in enumerate(drawn):
        name = f"{number}{tag}"
        person = order["customer_id"]
        own = {key: value for key, value in order.items() if key not in ("lines", "refund")}
        found["orders"].append(own | {"order_id": name, "customer_id": f"{person}{tag}" if person else None})
        for place, line in enumerate(order["lines"], start=1):
            found["order_lines"].append(line | {"order_id": name, "line_no": place})
        if order["refund"]:
            back = {"refund_id": name, "order_id": name, "amount": order["refund"]}
            found["refunds"].append(back | {"refunded_at": order["placed_at"] + timedelta(hours=7)})
    return found


def ask(shop: OpenShop, names: list[str], **question: Any) -> Answer:
    return answer(shop, Question(tuple(names), window=WINDOW, **question))


def values(shop: OpenShop, tables: Tables, names: list[str] = TRADE) -> dict[str, float | None]:
    refill(shop, tables)
    return {name: cell.value for name, cell in ask(shop, measurable_of(shop, names)).total.items()}


def measurable_of(shop: OpenShop, names: list[str]) -> list[str]:
    gone = ask(shop, names).not_measurable
    return [name for name in names if name not in gone]


def close(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def parts_add_up(name: str, dim: str) -> bool:
    """A row falls into exactly one group of the dimension."""
    return not any(overlaps(FACTS[each.fact], (dim,)) for leaf in _leaves(name) for each in leaf.aggregates)


def _leaves(name: str) -> list[Any]:
    kpi = CATALOGUE[name]
    return [kpi, *(leaf for other in kpi.refers for leaf in _leaves(other))]


@law
@given(drawn=shops, dim=st.sampled_from(BY))
def test_the_total_of_a_grouped_answer_is_the_ungrouped_answer(shop: OpenShop, drawn: Drawn, dim: str) -> None:
    refill(shop, tables_of(drawn))
    names = measurable_of(shop, TRADE)
    whole = ask(shop, names).total
    sliced = [name for name in names if dim in dimensions(CATALOGUE[name], CATALOGUE)]
    for name, cell in ask(shop, sliced, by=(dim,), top=2).total.items():
        assert close(cell.value, whole[name].value), (name, dim)


@law
@given(drawn=shops, dim=st.sampled_from(BY), top=st.sampled_from([None, 1]))
def test_groups_of_an_additive_kpi_add_up_to_its_total(shop: OpenShop, drawn: Drawn, dim: str, top: int | None) -> None:
    refill(shop, tables_of(drawn))
    adding = [name for name in measurable_of(shop, ADDITIVE) if parts_add_up(name, dim)]
    found = ask(shop, adding, by=(dim,), top=top)
    for name in adding:
        together = sum(row.cells[name].value or 0 for row in found.rows)
        assert close(together, found.total[name].value or 0), (name, dim, top)  # outside the data: unknown


@law
@given(drawn=shops)
def test_a_filter_is_or_within_a_dimension_and_and_across(shop: OpenShop, drawn: Drawn) -> None:
    sold = {"lines": [LINE], "country": "CN"}
    drawn = [*drawn, drawn[0] | sold, drawn[0] | sold | {"country": None}]  # so that the filter's values exist
    refill(shop, tables_of(drawn))
    names = [name for name in measurable_of(shop, ADDITIVE) if parts_add_up(name, "country")]

    def of(*where: tuple[str, str]) -> dict[str, float]:
        return {name: cell.value or 0 for name, cell in ask(shop, names, where=where).total.items()}

    cn, none = ("country", "CN"), ("country", "(none)")
    either, first, second = of(cn, none), of(cn), of(none)
    both = of(cn, none, ("day", "2026-03-02"))
    parts = of(cn, ("day", "2026-03-02")), of(none, ("day", "2026-03-02"))
    for name in names:
        assert close(either[name], first[name] + second[name]), name
        assert close(both[name], parts[0][name] + parts[1][name]), name


@pytest.mark.slow
@law
@given(drawn=shops, data=st.data())
def test_the_order_of_the_rows_does_not_matter(shop: OpenShop, drawn: Drawn, data: st.DataObject) -> None:
    tables = tables_of(drawn)
    before = values(shop, tables)
    shuffled = {name: data.draw(st.permutations(rows)) for name, rows in tables.items()}
    after = values(shop, shuffled)
    assert all(close(after[name], value) for name, value in before.items())


@pytest.mark.slow
@law
@given(drawn=shops)
def test_a_line_split_into_two_changes_no_kpi(shop: OpenShop, drawn: Drawn) -> None:
    tables = tables_of(drawn)
    before = values(shop, tables)
    halves = []
    for line in tables["order_lines"]:
        half = line["quantity"] / 2
        given_ = line["discount_amount"]
        parts = (None, None) if given_ is None else (given_ / 4, given_ - given_ / 4)
        halves += [
            line | {"quantity": half, "discount_amount": parts[0]},
            line | {"quantity": half, "discount_amount": parts[1], "line_no": line["line_no"] + 100},
        ]
    after = values(shop, tables | {"order_lines": halves})
    assert all(close(after[name], value) for name, value in before.items())


@pytest.mark.slow
@law
@given(drawn=shops)
def test_a_shop_twice_as_big_has_twice_the_amounts_and_the_same_ratios(shop: OpenShop, drawn: Drawn) -> None:
    once = values(shop, tables_of(drawn))
    first, second = tables_of(drawn), tables_of(drawn, "-2")
    twice = values(shop, {name: first[name] + (second[name] if name != "products" else []) for name in first})
    for name, value in once.items():
        grows = 2 if CATALOGUE[name].unit in ("money", "count") and "/" not in _written(name) else 1
        assert close(twice[name], None if value is None else grows * value), name


def _written(name: str) -> str:
    """The formula with those of its parts: a "/" anywhere makes it a ratio."""
    return " ".join(kpi.formula for kpi in _leaves(name))
