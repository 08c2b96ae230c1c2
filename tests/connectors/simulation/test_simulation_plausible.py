"""The simulated shop must look like a shop: rates, rhythm, long tail, loyal customers."""

# Queries are easier to read in one line.
# ruff: noqa: E501

from __future__ import annotations

import pytest
from tests.connectors.simulation.conftest import SimulatedShop

PEOPLE = "region <> 'Virginia'"


@pytest.mark.parametrize(
    ("what", "sql", "low", "high"),
    [
        ("visitors a month at scale 1", "SELECT avg(v) * 10 FROM (SELECT count(DISTINCT visitor_id) AS v FROM sessions "
         f"WHERE {PEOPLE} GROUP BY date_trunc('month', started_at))", 36_000, 44_000),
        ("events at scale 1", "SELECT count(*) * 10 FROM events", 2_500_000, 3_800_000),
        ("conversion", f"SELECT avg((purchases > 0)::int) FROM sessions WHERE {PEOPLE}", 0.020, 0.032),
        ("bounce", f"SELECT avg(is_bounce::int) FROM sessions WHERE {PEOPLE}", 0.40, 0.68),
        ("order value", "SELECT avg(total_amount) FROM orders", 120, 300),
        ("pieces an order", "SELECT sum(quantity) / count(DISTINCT order_id) FROM order_lines", 1.5, 3.0),
        ("refunds", "SELECT sum(amount) / (SELECT sum(total_amount) FROM orders WHERE status <> 'cancelled') FROM refunds", 0.03, 0.07),
        ("cancelled", "SELECT avg((status = 'cancelled')::int) FROM orders", 0.01, 0.06),
        ("coupons", "SELECT avg((coupon_code IS NOT NULL)::int) FROM orders", 0.08, 0.30),
        ("margin", "SELECT 1 - sum(quantity * unit_cost) / sum(quantity * unit_price - discount_amount) FROM order_lines", 0.4, 0.6),
        ("payments succeed", "SELECT avg((status = 'succeeded')::int) FROM payments", 0.92, 0.98),
        ("late parcels", "SELECT avg((delivered_at >= promised_at + INTERVAL 1 DAY)::int) FROM shipments WHERE delivered_at IS NOT NULL",
         0.02, 0.09),
        ("days to deliver", "SELECT avg(epoch(delivered_at - shipped_at)) / 86400 FROM shipments", 1.5, 4.0),
        ("rating", "SELECT avg(rating) FROM reviews", 4.0, 4.7),
        ("bad reviews", "SELECT avg((rating <= 2)::int) FROM reviews", 0.02, 0.12),
        ("net promoter score", "SELECT 100 * avg(CASE WHEN score >= 9 THEN 1.0 WHEN score <= 6 THEN -1 ELSE 0 END) FROM surveys "
         "WHERE survey = 'nps'", 25, 65),
        ("hours to a first answer", "SELECT median(epoch(first_response_at - opened_at)) / 3600 FROM tickets", 0.5, 6),
        ("searches without result", "SELECT avg((result_count = 0)::int) FROM events WHERE event = 'search'", 0.03, 0.10),
        ("anonymous orders", "SELECT avg((customer_id IS NULL)::int) FROM orders", 0.05, 0.2),
        ("return on ad spend", "SELECT sum(total_amount) / (SELECT sum(spend) FROM ad_spend) FROM orders WHERE campaign_id IN "
         "(SELECT campaign_id FROM ad_spend)", 1.5, 4.5),
        ("robots' share of events", "SELECT avg((is_bot IS TRUE)::int) FROM events", 0.005, 0.05),
    ],
)  # fmt: skip
def test_rates_are_those_of_a_shop(shop: SimulatedShop, what: str, sql: str, low: float, high: float) -> None:
    assert low <= float(shop.one(sql)) <= high, what


def test_evenings_are_busier_than_nights_and_desktops_work_by_day(shop: SimulatedShop) -> None:
    hours = dict(shop.rows("SELECT hour(started_at), count(*) FROM sessions GROUP BY 1"))
    assert hours[21] > 5 * hours[4]
    desk = dict(shop.rows("SELECT hour(started_at), count(*) FROM sessions WHERE device = 'desktop' GROUP BY 1"))
    assert desk[10] > 1.2 * desk[20]


def test_double_eleven_is_the_biggest_day_and_spring_festival_the_quietest_week(shop: SimulatedShop) -> None:
    biggest = shop.one(
        f"SELECT started_at::date FROM sessions WHERE started_at >= '2025-07-01' AND {PEOPLE} GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    )
    assert str(biggest) == "2025-11-11"
    quietest = shop.one(
        f"SELECT date_trunc('week', started_at)::date FROM sessions WHERE started_at BETWEEN '2025-10-06' AND '2026-09-27' AND {PEOPLE} "
        "GROUP BY 1 ORDER BY count(*) LIMIT 1"
    )
    assert str(quietest) in {"2026-02-16"}


def test_warm_up_looks_and_burst_buys(shop: SimulatedShop) -> None:
    def rate(first: str, last: str) -> float:
        return float(shop.one(
            f"SELECT avg((purchases > 0)::int) FROM sessions WHERE started_at >= '{first}' AND started_at < '{last}'"
        ))  # fmt: skip

    assert rate("2025-11-10", "2025-11-12") > 1.3 * rate("2025-10-30", "2025-11-09")


def test_few_products_bring_most_sales_and_the_tail_is_long(shop: SimulatedShop) -> None:
    units = [float(row[0]) for row in shop.rows(
        "SELECT sum(quantity) FROM order_lines GROUP BY product_id ORDER BY 1 DESC"
    )]  # fmt: skip
    assert sum(units[:400]) > 0.55 * sum(units)
    assert len(units) > 800


def test_categories_have_three_levels_and_seasons(shop: SimulatedShop) -> None:
    assert shop.one("SELECT count(*) FROM products WHERE len(string_split(category, ' > ')) <> 3") == 0
    nets = dict(shop.rows(
        "SELECT month(placed_at) BETWEEN 5 AND 8, sum(quantity) FROM orders JOIN order_lines USING (order_id) JOIN products USING (product_id)"
        " WHERE category LIKE '%Mosquito%' OR category LIKE '%Bed Mats%' OR category LIKE '%Summer%' GROUP BY 1"
    ))  # fmt: skip
    assert float(nets[True]) / 4 > 1.3 * float(nets[False]) / 8


def test_some_customers_come_back_often_and_many_never(shop: SimulatedShop) -> None:
    counts = dict(shop.rows(
        "SELECT n, count(*) FROM (SELECT count(*) AS n FROM orders WHERE customer_id IS NOT NULL AND paid_at IS NOT NULL GROUP BY customer_id) "
        "GROUP BY 1"
    ))  # fmt: skip
    assert counts[1] > 0.6 * sum(counts.values())
    assert max(counts) >= 4


def test_known_customers_buy_more_often_than_strangers(shop: SimulatedShop) -> None:
    known, strangers = (
        float(
            shop.one(
                f"SELECT avg((purchases > 0)::int) FROM sessions WHERE source IN ('direct', 'newsletter') AND {which}"
            )
        )
        for which in (
            "visitor_id IN (SELECT visitor_id FROM sessions GROUP BY 1 HAVING min(started_at) < '2026-01-01' AND max(customer_id) IS NOT NULL)"
            " AND started_at >= '2026-02-01'",
            "customer_id IS NULL",
        )
    )
    assert known > 1.5 * strangers


def test_desktop_converts_better_than_mobile_and_channels_differ(shop: SimulatedShop) -> None:
    device = dict(shop.rows("SELECT device, avg((purchases > 0)::int) FROM sessions GROUP BY 1"))
    assert device["desktop"] > device["mobile"]
    source = dict(shop.rows("SELECT source, avg((purchases > 0)::int) FROM sessions GROUP BY 1"))
    assert source["newsletter"] > 1.5 * source["douyin"]


def test_slow_visits_buy_less(shop: SimulatedShop) -> None:
    rates = shop.rows(
        """
        WITH s AS (SELECT session_id, avg(load_ms) AS load FROM events WHERE page_type = 'item' AND load_ms IS NOT NULL GROUP BY 1)
        SELECT avg((purchases > 0)::int) FROM s JOIN sessions USING (session_id) WHERE device = 'mobile'
        GROUP BY load > (SELECT median(load) FROM s) ORDER BY load > (SELECT median(load) FROM s)
        """
    )
    assert rates[0][0] > rates[1][0]


def test_late_parcels_and_bad_products_lower_the_rating(shop: SimulatedShop) -> None:
    rating = dict(shop.rows(
        """
        SELECT s.late, avg(rating) FROM reviews JOIN (
            SELECT order_id, max(delivered_at >= promised_at + INTERVAL 1 DAY) AS late FROM shipments GROUP BY 1
        ) s USING (order_id) GROUP BY 1
        """
    ))  # fmt: skip
    assert rating[True] < rating[False] - 0.5


def test_promotions_have_their_phases_in_order_and_lower_prices_in_the_burst(shop: SimulatedShop) -> None:
    phases = shop.rows(
        "SELECT name, phase, starts_at, ends_at FROM campaigns WHERE kind = 'promotion' ORDER BY starts_at"
    )
    assert {row[1] for row in phases} == {"warm_up", "burst", "extension"}
    rates = shop.rows(
        "SELECT o.placed_at::date BETWEEN '2025-11-10' AND '2025-11-11', sum(l.discount_amount) / sum(quantity * unit_price) "
        "FROM orders o JOIN order_lines l USING (order_id) WHERE placed_at BETWEEN '2025-11-01' AND '2025-11-12' GROUP BY 1 ORDER BY 1"
    )
    assert rates[1][1] > 3 * rates[0][1]


def test_stock_turns_over_and_sometimes_runs_out(shop: SimulatedShop) -> None:
    assert shop.one("SELECT count(*) FROM stock_levels WHERE on_hand = 0") > 20
    reasons = {row[0] for row in shop.rows("SELECT DISTINCT reason FROM stock_movements")}
    assert {"sale", "return", "receipt", "count", "write_off", "transfer"} <= reasons


def test_goals_and_benchmarks_cover_every_month(shop: SimulatedShop) -> None:
    assert shop.one("SELECT count(DISTINCT period_start) FROM goals WHERE kpi = 'sales'") == 24
    assert shop.one("SELECT count(DISTINCT period_start) FROM benchmarks WHERE kpi = 'conversion_rate'") == 24
    reached = shop.one(
        "SELECT (SELECT sum(quantity * unit_price - discount_amount) FROM order_lines) / (SELECT sum(target) FROM goals WHERE kpi = 'sales')"
    )
    assert 0.8 < reached < 1.2


def test_the_calendar_knows_festivals_and_releases(shop: SimulatedShop) -> None:
    days = {(name, str(day)) for name, day in shop.rows("SELECT name, starts_on FROM calendar")}
    assert {
        ("Spring Festival", "2026-02-17"),
        ("Mid-Autumn Festival", "2026-09-25"),
        ("lianpay gateway 4.2.0", "2025-03-10"),
    } <= days
    kinds = {row[0] for row in shop.rows("SELECT DISTINCT kind FROM calendar")}
    assert {"festival", "own_promotion", "platform_promotion", "release", "outage", "policy", "season"} <= kinds
