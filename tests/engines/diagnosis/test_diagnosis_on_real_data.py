"""Explanations of a real gift shop against plain SQL."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from itertools import pairwise

import pytest

from zhanggui.basics.periods import Window, comparison
from zhanggui.connectors.source import Inputs, ShopFacts
from zhanggui.connectors.sources.online_retail import SOURCE
from zhanggui.engines.diagnosis import explain, trees
from zhanggui.engines.goods import ProductQuery, product_list
from zhanggui.store.batches import import_pieces
from zhanggui.store.opened import create_shop, open_shop_folder
from zhanggui.store.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.data]
MAY = Window(date(2011, 5, 1), date(2011, 6, 1))
LONDON = "CAST(timezone('Europe/London', o.placed_at) AS DATE)"


@pytest.fixture(scope="module")
def gifts(shared_data, tmp_path_factory):
    """The gift shop, eight months."""
    folder = tmp_path_factory.mktemp("gifts") / "shop"
    create_shop(folder, Settings(name="Gifts", currency="GBP", timezone="Europe/London"))
    file = shared_data / "online_retail_uci" / "online_retail.parquet"
    with open_shop_folder(folder) as shop:
        pieces = SOURCE.read(Inputs(paths=(file,), settings=ShopFacts("GBP", "Europe/London")))
        import_pieces(shop, pieces, source="online-retail", files=[str(file)])
        yield shop


def check_sums(found):
    """Contributions sum to the change, children to their parent."""
    tolerance = 1e-9 * max(abs(found.before), abs(found.after))
    assert abs(math.fsum(d.contribution for d in found.drivers) - found.change) <= tolerance
    for _, driver in found.flat():
        if driver.children:
            assert abs(math.fsum(c.contribution for c in driver.children) - driver.contribution) <= tolerance


def by_country(shop, window):
    """Sales and orders per country by plain SQL."""
    found = shop.warehouse.query(
        f"""SELECT o.country AS country, sum(l.sales) AS sales, count(*) AS orders FROM orders o
        LEFT JOIN (SELECT order_id, sum(quantity * unit_price - coalesce(discount_amount, 0)) AS sales
                   FROM order_lines GROUP BY order_id) l ON l.order_id = o.order_id
        WHERE o.status <> 'cancelled' AND {LONDON} >= DATE '{window.from_}' AND {LONDON} < DATE '{window.to}'
        GROUP BY o.country"""
    )
    return {row["country"]: (float(row["sales"] or 0), row["orders"]) for row in found.to_pylist()}


def test_rate_and_mix_over_countries_are_what_plain_sql_gives(gifts):
    now, then = by_country(gifts, MAY), by_country(gifts, comparison(MAY, "previous"))
    totals = [(sum(s for s, _ in side.values()), sum(n for _, n in side.values())) for side in (then, now)]
    mean = (totals[0][0] / totals[0][1] + totals[1][0] / totals[1][1]) / 2
    expected = defaultdict(float)
    for country in {*now, *then}:
        w = [
            side[country][1] / total[1] if country in side else 0
            for side, total in zip((then, now), totals, strict=True)
        ]
        r = [side[country][0] / side[country][1] if country in side else None for side in (then, now)]
        if r[0] is None:
            expected[country, "appeared"] = w[1] * (r[1] - mean)
        elif r[1] is None:
            expected[country, "vanished"] = -w[0] * (r[0] - mean)
        else:
            expected[country, "rate"] = (w[0] + w[1]) / 2 * (r[1] - r[0])
            expected[country, "mix"] = (w[1] - w[0]) * ((r[0] + r[1]) / 2 - mean)
    found = explain(gifts, "aov", MAY, over="country")
    assert {(d.name, d.kind) for d in found.drivers} == set(expected)
    for driver in found.drivers:
        assert driver.contribution == pytest.approx(expected[driver.name, driver.kind], abs=1e-9)
    check_sums(found)


def test_the_default_tree_of_a_shop_without_visits_is_that_of_buyers(gifts):
    found = explain(gifts, "sales", MAY)
    assert found.tree == "buyers"
    customers = found.drivers[1]
    row = gifts.warehouse.query(
        f"SELECT count(DISTINCT o.customer_id) AS buyers, count(*) AS orders FROM orders o "
        f"WHERE o.status <> 'cancelled' AND o.customer_id IS NOT NULL "
        f"AND {LONDON} >= DATE '2011-05-01' AND {LONDON} < DATE '2011-06-01'"
    ).to_pylist()[0]
    buyers, each = customers.children[:2]
    assert buyers.after == row["buyers"]
    assert each.after == pytest.approx(row["orders"] / row["buyers"])


@pytest.mark.parametrize(
    "kpi", ["sales", "orders", "units", "aov", "arpu", "net_revenue", "gmv", "buyers", "refund_rate"]
)
def test_every_possible_tree_sums_in_every_month_and_flips_when_swapped(gifts, kpi):
    months = [Window(date(2011, month, 1), date(2011, month + 1, 1)) for month in range(1, 7)]
    for tree in (state.name for state in trees(gifts, kpi) if state.possible):
        for then, now in pairwise(months):
            there = explain(gifts, kpi, now, against=then, tree=tree)
            back = explain(gifts, kpi, then, against=now, tree=tree)
            check_sums(there)
            size = 1e-9 * max(abs(there.before), abs(there.after))
            for (_, one), (_, other) in zip(there.flat(), back.flat(), strict=True):
                assert abs(one.contribution + other.contribution) <= size


@pytest.mark.parametrize("kpi", ["sales", "orders", "aov", "refund_rate", "new_buyers", "repurchase_rate"])
@pytest.mark.parametrize("over", ["country", "product", "customer_type", "weekday"])
def test_groups_sum_whatever_the_dimension(gifts, kpi, over):
    check_sums(explain(gifts, kpi, MAY, over=over))


def test_the_product_list_adds_up_to_the_shop(gifts):
    found = product_list(gifts, ProductQuery(MAY, limit=1000))
    rest = [
        product_list(gifts, ProductQuery(MAY, limit=1000, offset=start)).rows
        for start in range(1000, found.count, 1000)
    ]
    rows = [*found.rows, *(row for page in rest for row in page)]
    sales = explain(gifts, "sales", MAY)
    assert math.fsum(row.sales for row in rows) == pytest.approx(sales.after)
    assert math.fsum(row.sales_before for row in rows) == pytest.approx(sales.before)
    assert len({row.product_id for row in rows}) == found.count
