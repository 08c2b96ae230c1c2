"""Every planted incident must be seen in the tables where the truth says, and nowhere else."""

# Queries are easier to read in one line.
# ruff: noqa: E501

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from tests.connectors.simulation.conftest import SimulatedShop, simulate

from zhanggui.connectors.simulation.catalogue import LEAVES
from zhanggui.connectors.simulation.incidents import INCIDENTS, Incident
from zhanggui.connectors.simulation.options import END, Options
from zhanggui.metrics.catalogue import load_catalogue

ROOT = Path(__file__).resolve().parents[3]


def test_there_are_many_incidents_of_many_kinds_spread_over_both_years() -> None:
    kinds = Counter(incident.kind for incident in INCIDENTS)
    assert len(kinds) >= 20
    years = Counter(incident.from_[:4] for incident in INCIDENTS)
    assert min(years["2025"], years["2026"]) >= 8
    assert len({incident.id for incident in INCIDENTS}) == len(INCIDENTS)
    assert len({incident.family for incident in INCIDENTS}) >= 6


def test_the_last_three_months_hold_incidents_of_every_important_family() -> None:
    recent = {incident.family for incident in INCIDENTS if incident.from_ >= "2026-07-01"}
    assert recent >= {"traffic", "conversion", "goods", "repurchase", "outside"}


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.id)
def test_an_incident_is_written_completely(incident: Incident) -> None:
    assert datetime.fromisoformat(incident.from_) < datetime.fromisoformat(incident.to)
    assert datetime.fromisoformat(incident.to).date() <= END
    assert incident.words.en.endswith(".")
    assert incident.words.zh.endswith("。")
    assert incident.kpis
    assert {direction for _, direction in incident.kpis} <= {"up", "down"}


def test_the_kpis_of_the_truth_are_in_the_catalogue() -> None:
    known = set(load_catalogue())
    assert {kpi for incident in INCIDENTS for kpi, _ in incident.kpis} <= known


def test_the_truth_is_json_and_names_products_of_the_shop(shop: SimulatedShop) -> None:
    text = json.dumps(shop.truth, ensure_ascii=False)
    assert json.loads(text) == shop.truth
    known = {row[0] for row in shop.rows("SELECT product_id FROM products")}
    named = {product for entry in shop.truth["incidents"] for product in entry["products"]}
    assert named
    assert named <= known


def test_times_of_the_truth_carry_the_zone_of_the_shop(shop: SimulatedShop) -> None:
    assert shop.incident("gateway-outage")["from"] == "2026-01-12T13:00:00+08:00"


def test_a_loss_is_a_loss_and_a_leak_a_gain(shop: SimulatedShop) -> None:
    for entry in shop.truth["incidents"]:
        if entry["id"] == "coupon-leak":
            assert entry["effect"]["orders"] >= 0
        else:
            assert entry["effect"]["orders"] <= 0, entry["id"]


def test_with_and_without_differ_by_the_incidents_of_the_time(shop: SimulatedShop) -> None:
    down = shop.incident("double-11-site-down")["effect"]
    assert down["shop_orders"] - down["shop_orders_without"] == down["orders"]
    begin, end = "2024-11-11 20:00", "2024-11-11 22:30"
    sql = (
        f"SELECT count(*) FROM orders JOIN sessions USING (session_id) WHERE started_at >= '{begin}' AND started_at < '{end}' "
        "AND paid_at IS NOT NULL"
    )
    assert shop.one(sql) == down["shop_orders"]


def test_only_incidents_that_begin_in_the_window_take_place() -> None:
    few = simulate(Options(scale=0.02, months=2))
    assert [entry["id"] for entry in few.truth["incidents"]] == [
        "slow-mobile-checkout",
        "guangdong-typhoon",
        "baidu-ranking",
    ]


@pytest.mark.parametrize(
    ("incident", "sql", "least"),
    [
        ("double-11-site-down", "SELECT (SELECT count(*) FROM sessions WHERE started_at BETWEEN '2024-11-10 20:00' AND '2024-11-10 22:30') / "
         "greatest(1, (SELECT count(*) FROM sessions WHERE started_at BETWEEN '2024-11-11 20:00' AND '2024-11-11 22:30'))", 4),
        ("kitchen-search", "SELECT (SELECT avg((result_count = 0)::int) FROM events WHERE event = 'search' AND occurred_at BETWEEN "
         "'2024-11-25 09:00' AND '2024-12-06 18:00') / (SELECT avg((result_count = 0)::int) FROM events WHERE event = 'search' AND "
         "occurred_at > '2025-01-01')", 2.5),
        ("newsletter-blocked", "SELECT (SELECT count(*) FROM sessions WHERE medium = 'email' AND started_at BETWEEN '2024-11-25' AND "
         "'2024-12-16') / (SELECT count(*) FROM sessions WHERE medium = 'email' AND started_at BETWEEN '2024-12-16' AND '2025-01-06')", 3),
        ("coupon-leak", "SELECT (SELECT avg((coupon_code = 'VIP50')::int) FROM (SELECT coalesce(coupon_code, '') AS coupon_code FROM orders "
         "WHERE placed_at BETWEEN '2025-02-25 10:00' AND '2025-02-28 12:00')) / 0.05", 5),
        ("safari-purchase-tag", "SELECT count(*) FROM orders WHERE placed_at BETWEEN '2025-05-12 14:00' AND '2025-05-17 11:00' AND paid_at "
         "IS NOT NULL AND order_id NOT IN (SELECT order_id FROM events WHERE event = 'purchase')", 1),
        ("baidu-budget-cut", "SELECT (SELECT count(*) FROM sessions WHERE source = 'baidu' AND medium = 'cpc' AND started_at BETWEEN "
         "'2025-07-14' AND '2025-08-04') / (SELECT count(*) FROM sessions WHERE source = 'baidu' AND medium = 'cpc' AND started_at BETWEEN "
         "'2025-08-04' AND '2025-08-25')", 2),
        ("tracking-outage", "SELECT (SELECT count(*) FROM events WHERE occurred_at::date = '2025-10-20') / (SELECT count(*) FROM events WHERE "
         "occurred_at::date = '2025-10-21')", 2.5),
        ("north-east-delays", "SELECT avg((delivered_at >= promised_at + INTERVAL 1 DAY)::int) FROM shipments WHERE carrier = 'Lantern Post' "
         "AND region IN ('Liaoning', 'Heilongjiang', 'Hebei', 'Beijing', 'Shandong') AND shipped_at BETWEEN '2025-11-24' AND '2025-12-15'", 0.8),
        ("scraper-bots", "SELECT count(*) / 100 FROM sessions WHERE region = 'Virginia' AND started_at BETWEEN '2026-01-20' AND '2026-01-23'", 1),
        ("bedroom-price-rise", "SELECT (SELECT avg(price) FROM price_changes JOIN products USING (product_id) WHERE changed_at = "
         "'2026-03-02' AND category LIKE 'Bedroom%') / (SELECT avg(price) FROM price_changes JOIN products USING (product_id) WHERE "
         "changed_at = '2026-03-30' AND category LIKE 'Bedroom%')", 1.1),
        ("edge-cart-button", "SELECT count(*) FROM events WHERE event = 'error' AND browser = 'Edge' AND occurred_at BETWEEN "
         "'2026-05-26 10:00' AND '2026-05-29 17:00'", 8),
        ("slow-mobile-checkout", "SELECT (SELECT median(load_ms) FROM events WHERE page_type = 'checkout' AND device = 'mobile' AND "
         "occurred_at BETWEEN '2026-08-10' AND '2026-08-22') / (SELECT median(load_ms) FROM events WHERE page_type = 'checkout' AND "
         "device = 'mobile' AND occurred_at < '2026-08-10')", 2.5),
        ("guangdong-typhoon", "SELECT (SELECT count(*) FROM sessions WHERE region = 'Guangdong' AND started_at BETWEEN '2026-08-30' AND "
         "'2026-09-05') / (SELECT count(*) FROM sessions WHERE region = 'Guangdong' AND started_at BETWEEN '2026-09-05' AND '2026-09-11')", 1.4),
        ("baidu-ranking", "SELECT (SELECT count(*) FROM sessions WHERE source = 'baidu' AND medium = 'organic' AND started_at BETWEEN "
         "'2026-08-28' AND '2026-09-14') / (SELECT count(*) FROM sessions WHERE source = 'baidu' AND medium = 'organic' AND started_at >= "
         "'2026-09-14')", 1.4),
    ],
)  # fmt: skip
def test_the_incident_is_seen_in_the_tables(shop: SimulatedShop, incident: str, sql: str, least: float) -> None:
    assert shop.incident(incident)
    assert float(shop.one(sql)) >= least


def test_a_stock_out_empties_the_shelves_until_the_delivery(shop: SimulatedShop) -> None:
    products = shop.incident("kitchen-stock-out")["products"]
    assert len(products) == 12
    listed = ", ".join(f"'{product}'" for product in products)
    on_hand = (
        f"SELECT coalesce(sum(on_hand), 0) FROM (SELECT arg_max(on_hand, taken_at) AS on_hand FROM stock_levels WHERE product_id IN ({listed}) "
        "AND taken_at < '{at}' GROUP BY product_id, warehouse)"
    )
    assert shop.one(on_hand.format(at="2025-07-07 00:00:00")) > 0
    assert shop.one(on_hand.format(at="2025-07-20 23:59:58")) == 0
    assert shop.one(on_hand.format(at="2025-07-23 00:00:00")) > 0
    assert shop.one(
        f"SELECT count(*) FROM orders JOIN order_lines USING (order_id) WHERE product_id IN ({listed}) AND paid_at BETWEEN '2025-07-07' AND '2025-07-21'"
    ) == 0  # fmt: skip


def test_the_gateway_runs_its_bad_version_only_during_the_incident(shop: SimulatedShop) -> None:
    found = shop.rows(
        "SELECT gateway_version, min(attempted_at), max(attempted_at) FROM payments WHERE gateway = 'lianpay' GROUP BY 1 ORDER BY 2"
    )
    assert [row[0] for row in found] == ["4.1.3", "4.2.0", "4.1.4"]


@pytest.fixture(scope="module")
def large() -> SimulatedShop:
    """Two years at the usual size."""
    return simulate(Options())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("incident", "inside", "outside", "least"),
    [
        ("gateway-upgrade", "SELECT avg((status = 'failed')::int) FROM payments WHERE gateway_version = '4.2.0' AND device = 'mobile'",
         "SELECT avg((status = 'failed')::int) FROM payments WHERE gateway_version = '4.1.4' AND device = 'mobile'", 3),
        ("gateway-outage", "SELECT avg((status = 'failed')::int) FROM payments WHERE gateway = 'tongpay' AND attempted_at >= "
         "'2026-01-12 13:00' AND attempted_at < '2026-01-12 19:00'",
         "SELECT avg((status = 'failed')::int) FROM payments WHERE gateway = 'tongpay' AND attempted_at >= '2026-01-13'", 8),
        ("bad-batch", "SELECT avg((rating <= 2)::int) FROM reviews WHERE product_id IN ({products}) AND created_at BETWEEN '2025-09-05' "
         "AND '2025-10-10'", "SELECT avg((rating <= 2)::int) FROM reviews WHERE product_id IN ({products}) AND created_at < '2025-09-01'", 3),
        ("service-backlog", "SELECT median(epoch(first_response_at - opened_at)) FROM tickets WHERE opened_at BETWEEN '2025-01-06' AND "
         "'2025-01-20'", "SELECT median(epoch(first_response_at - opened_at)) FROM tickets WHERE opened_at < '2025-01-06'", 2),
        ("competitor-bathroom", "SELECT avg(price / list_price) FROM products JOIN competitor_prices USING (product_id) WHERE competitor = "
         "'Homely' AND category LIKE 'Bathroom%' AND observed_at NOT BETWEEN '2025-04-07' AND '2025-04-27'",
         "SELECT avg(price / list_price) FROM products JOIN competitor_prices USING (product_id) WHERE competitor = 'Homely' AND category "
         "LIKE 'Bathroom%' AND observed_at BETWEEN '2025-04-07' AND '2025-04-27'", 1.2),
        ("free-shipping-149", "SELECT avg(shipping_amount) FROM orders WHERE country = 'CN' AND goods_amount - discount_amount BETWEEN 100 AND "
         "148 AND placed_at BETWEEN '2026-04-06' AND '2026-05-04'", "SELECT 1 + avg(shipping_amount) FROM orders WHERE country = 'CN' AND "
         "goods_amount - discount_amount BETWEEN 100 AND 148 AND placed_at > '2026-05-04'", 5),
        ("douyin-dearer", "SELECT sum(spend) / sum(clicks) FROM ad_spend WHERE source = 'douyin' AND day BETWEEN '2026-05-04' AND '2026-05-31'",
         "SELECT sum(spend) / sum(clicks) FROM ad_spend WHERE source = 'douyin' AND day > '2026-06-01'", 1.3),
        ("best-seller-decay", "SELECT count(*) FROM events WHERE event = 'view_item' AND product_id IN ({products}) AND occurred_at BETWEEN "
         "'2026-05-22' AND '2026-06-22'", "SELECT count(*) FROM events WHERE event = 'view_item' AND product_id IN ({products}) AND "
         "occurred_at > '2026-09-01'", 2),
        ("kitchen-assortment", "SELECT (count(*) FILTER (WHERE category LIKE 'Kitchen%')) / count(*) FROM events JOIN products USING "
         "(product_id) WHERE event = 'view_item' AND occurred_at BETWEEN '2026-05-01' AND '2026-07-01'",
         "SELECT (count(*) FILTER (WHERE category LIKE 'Kitchen%')) / count(*) FROM events JOIN products USING (product_id) WHERE event = "
         "'view_item' AND occurred_at BETWEEN '2026-07-01' AND '2026-09-01'", 1.08),
    ],
)  # fmt: skip
def test_the_incident_is_seen_at_the_usual_size(
    large: SimulatedShop, incident: str, inside: str, outside: str, least: float
) -> None:
    products = ", ".join(f"'{product}'" for product in large.incident(incident)["products"])
    before, after = (float(large.one(sql.format(products=products))) for sql in (inside, outside))
    assert before >= least * after


@pytest.mark.slow
def test_known_customers_bought_less_while_benefits_were_cut(large: SimulatedShop) -> None:
    monthly = [row[0] for row in large.rows(
        """
        WITH ranked AS (
            SELECT placed_at, row_number() OVER (PARTITION BY customer_id ORDER BY placed_at) AS n FROM orders
            WHERE customer_id IS NOT NULL AND paid_at IS NOT NULL
        )
        SELECT count(*) FILTER (WHERE n > 1) FROM ranked WHERE placed_at >= '2026-05-01' GROUP BY date_trunc('month', placed_at) ORDER BY
        date_trunc('month', placed_at)
        """
    )]  # fmt: skip
    may, june, july, august, september = monthly
    assert (july + august) / 2 < 0.85 * (may + june + september) / 3


@pytest.mark.slow
def test_a_shop_of_the_usual_size_has_about_forty_thousand_visitors_a_month(large: SimulatedShop) -> None:
    monthly = large.one(
        "SELECT avg(n) FROM (SELECT count(DISTINCT visitor_id) AS n FROM sessions WHERE region <> 'Virginia' GROUP BY date_trunc('month', started_at))"
    )
    assert 37_000 < monthly < 43_000
    assert large.one("SELECT count(*) FROM events") < 3_800_000


@pytest.mark.parametrize("page", ["the-simulated-shop.md", "the-simulated-shop.zh.md"])
def test_the_page_about_the_shop_names_every_incident(page: str) -> None:
    text = (ROOT / "docs" / "explanation" / page).read_text("utf-8")
    for incident in INCIDENTS:
        assert f"| `{incident.id}` | {incident.from_[:10]} .. {incident.to[:10]} |" in text
        assert incident.words["zh" if ".zh." in page else "en"] in text
    assert f"{len(LEAVES)} " in text
