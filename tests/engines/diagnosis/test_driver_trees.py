"""Every tree of the folder: its example, its names, its formula on a real shop."""

from __future__ import annotations

import math
import re

import pytest

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.periods import Window
from zhanggui.engines.diagnosis import explain, forest, trees
from zhanggui.engines.diagnosis.measuring import Case, Measured
from zhanggui.engines.diagnosis.splitting import names_of, tree_drivers
from zhanggui.engines.diagnosis.types import Node, Tree, TreeExample, minus, product, total
from zhanggui.metrics import load_catalogue

TREES = forest.all_trees()


def flat(drivers):
    """Drivers by name, nested ones too."""
    found = {}
    for driver in drivers:
        found[driver.name] = driver
        found |= flat(driver.children)
    return found


@pytest.mark.parametrize("name", TREES)
def test_the_example_of_a_tree_gives_the_contributions_worked_by_hand(name):
    example = TREES[name].example
    node = TREES[name].formula_of(example.kpi)
    totals = {kpi: (example.before[kpi], example.after[kpi]) for kpi in example.before}
    case = Case(None, None, None, catalogue=load_catalogue())
    drivers = flat(tree_drivers(case, node, Measured(totals)))
    for kpi, contribution in example.expect.items():
        assert drivers[kpi].contribution == pytest.approx(contribution), kpi


@pytest.mark.parametrize("name", TREES)
def test_every_part_of_a_tree_is_a_kpi_of_the_catalogue(name):
    for node in TREES[name].formulas:
        assert set(names_of([node])) <= set(load_catalogue())


@pytest.mark.parametrize("name", TREES)
def test_a_tree_says_what_it_is_in_both_languages_and_where_it_comes_from(name):
    tree = TREES[name]
    assert re.search("[\u4e00-\u9fff]", tree.words.zh)
    assert re.search("[\u4e00-\u9fff]", tree.doc.zh)
    assert tree.source


@pytest.mark.parametrize(
    ("kpi", "names"),
    [
        ("sales", ["visitors", "sessions", "buyers", "customer-type", "units"]),
        ("orders", ["visitors", "sessions", "buyers", "customer-type"]),
        ("gmv", ["discounts"]),
        ("net_revenue", ["refunds", "formula"]),
        ("gross_profit", ["margin"]),
        ("aov", ["units", "formula"]),
        ("arpu", ["spend-per-buyer", "formula"]),
        ("conversion_rate", ["formula"]),
        ("visitors", []),
    ],
)
def test_the_trees_of_a_kpi_come_deepest_first_and_its_own_formula_last(kpi, names):
    assert [tree.name for tree in trees(None, kpi)] == names


def test_without_a_shop_nothing_is_said_about_what_is_possible():
    first = trees(None, "sales")[0]
    assert (first.possible, first.reason) == (None, None)
    assert first.to_json()["formula"].startswith("sales = visitors x orders_per_visitor x (aov")


def test_with_a_shop_the_deepest_possible_tree_is_the_default(shop_of, make_order, make_line):
    shop = shop_of(orders=[make_order("1", 5, customer_id="a")], order_lines=[make_line("1", 10)])
    states = {state.name: state for state in trees(shop, "sales")}
    assert not states["visitors"].possible
    assert "events" in states["visitors"].reason.en
    assert states["buyers"].default
    assert [state.default for state in states.values()].count(True) == 1


def test_the_trees_of_an_unknown_kpi_suggest_a_near_one():
    with pytest.raises(UnknownNameError, match="did you mean sales"):
        trees(None, "salse")


def test_hidden_kpis_are_not_suggested():
    with pytest.raises(UnknownNameError) as caught:
        trees(None, "sales_of_custom")
    assert "sales_of_customers" not in caught.value.suggestions


def broken(**changes):
    """A tree that is right but for ``changes``."""
    given = {
        "words": TREES["units"].words,
        "doc": TREES["units"].doc,
        "formulas": (product("aov", "units_per_order", "price_per_unit"),),
        "depth": 1,
        "source": "a book",
        "example": TreeExample("aov", {"aov": 1}, {"aov": 1}, {}),
    }
    return Tree(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"example": TreeExample("sales", {}, {}, {})}, "has no formula for"),
        ({"example": TreeExample("aov", {"orders": 1}, {}, {})}, "names 'orders'"),
        ({"source": " "}, "no source"),
    ],
)
def test_a_tree_that_is_written_wrongly_is_refused(changes, message):
    with pytest.raises(DefinitionError, match=message):
        forest._check("mine", broken(**changes))


def test_a_minus_is_written_as_one():
    node = total("net_revenue", product("sales", "orders", "aov"), minus("refunded"))
    assert forest.formula_text(node) == "(sales = orders x aov) - refunded"


def test_a_division_is_written_as_one():
    assert forest.formula_text(product("aov", "sales", Node("orders", power=-1))) == "sales / orders"


def check_sums(explanation):
    """Contributions sum to the change, children to their parent."""
    tolerance = 1e-9 * max(abs(explanation.before), abs(explanation.after))
    assert math.fsum(d.contribution for d in explanation.drivers) == pytest.approx(
        explanation.change, rel=0, abs=tolerance
    )
    for _, driver in explanation.flat():
        if driver.children:
            inner = math.fsum(child.contribution for child in driver.children)
            assert inner == pytest.approx(driver.contribution, rel=0, abs=tolerance)


@pytest.fixture(scope="module")
def full_shop(shop_of, make_order, make_line, moment):
    """Two weeks of a shop that has everything the trees need."""
    orders = [
        make_order("1", 5, customer_id="a", session_id="s1"),
        make_order("2", 6, customer_id="b"),
        make_order("3", 7),
        make_order("4", 8, customer_id="b", status="cancelled"),
        make_order("5", 12, customer_id="a"),
        make_order("6", 13, customer_id="c"),
        make_order("7", 14, customer_id="c"),
        make_order("8", 15, status="returned"),
    ]
    lines = [
        make_line("1", 10, 3, unit_cost=4),
        make_line("2", 25, 1, discount_amount=5, unit_cost=9),
        make_line("3", 8, 2),
        make_line("4", 99, 1),
        make_line("5", 11, 2, unit_cost=5),
        make_line("6", 30, 1, discount_amount=3, unit_cost=10),
        make_line("7", 7, 4, unit_cost=2),
        make_line("8", 20, 1),
    ]
    visits = {5: ("v1", "v2", "v3"), 7: ("v1", "v4"), 11: ("v2",), 12: ("v1", "v5", "v6"), 18: ("v6", "v7")}
    events = [
        {
            "event_id": f"{day}{visitor}{n}",
            "occurred_at": moment(day),
            "visitor_id": visitor,
            "session_id": f"{day}{visitor}",
            "event": "page_view",
        }
        for day, visitors in visits.items()
        for visitor in visitors
        for n in range(1 + day % 3)
    ]
    refunds = [
        {"refund_id": "r1", "order_id": "1", "refunded_at": moment(9), "amount": 4},
        {"refund_id": "r2", "order_id": "8", "refunded_at": moment(16), "amount": 20},
    ]
    return shop_of(orders=orders, order_lines=lines, events=events, refunds=refunds)


@pytest.mark.parametrize(("kpi", "tree"), [(node.kpi, name) for name, tree in TREES.items() for node in tree.formulas])
def test_on_a_shop_with_everything_each_tree_sums_to_the_change(full_shop, weeks, kpi, tree):
    found = explain(full_shop, kpi, Window(*weeks[1:]), tree=tree)
    assert found.tree == tree
    check_sums(found)


@pytest.mark.parametrize("kpi", ["sales", "orders", "units"])
def test_a_shop_with_visitors_is_explained_by_them_unless_told_otherwise(full_shop, weeks, kpi):
    found = explain(full_shop, kpi, Window(*weeks[1:]))
    assert found.tree == "visitors"
    assert found.drivers[0].name == "visitors"
    assert (found.drivers[0].before, found.drivers[0].after) == (4, 4)


def test_order_value_inside_the_visitors_tree_is_split_further(full_shop, weeks):
    found = explain(full_shop, "sales", Window(*weeks[1:]))
    aov = found.drivers[2]
    assert aov.name == "aov"
    assert [child.name for child in aov.children] == ["units_per_order", "price_per_unit"]
    assert aov.unit == "money"


def test_swapping_the_windows_flips_every_sign(full_shop, weeks):
    now, then = Window(*weeks[1:]), Window(*weeks[:2])
    there = explain(full_shop, "sales", now, against=then)
    back = explain(full_shop, "sales", then, against=now)
    assert there.tree == back.tree
    for (_, one), (_, other) in zip(there.flat(), back.flat(), strict=True):
        assert other.contribution == pytest.approx(-one.contribution, abs=1e-9)


@pytest.mark.parametrize(
    "kpi",
    [
        "sales", "orders", "units", "buyers", "aov", "gmv", "net_revenue", "gross_profit", "gross_margin", "arpu",
        "refund_rate", "discount_rate", "cancellation_rate", "new_buyer_share", "repurchase_rate", "price_per_unit",
        "pages_per_session", "visitor_conversion_rate", "page_views", "bounce_rate", "cost_of_goods_sold",
    ],
)  # fmt: skip
def test_a_kpi_of_a_full_shop_is_explained_without_naming_a_tree(full_shop, weeks, kpi):
    found = explain(full_shop, kpi, Window(*weeks[1:]))
    assert found.drivers
    assert found.words.en
    assert found.words.zh
    check_sums(found)
