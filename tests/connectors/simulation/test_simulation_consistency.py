"""The tables of the simulated shop must agree with each other, as those of a real shop do."""

# Queries are easier to read in one line.
# ruff: noqa: E501

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.connectors.simulation.conftest import SimulatedShop

from zhanggui.shop import TABLES

REFERENCES = [
    (table.name, reference.column, reference.table, reference.to)
    for table in TABLES.values()
    for reference in table.references
]


def test_every_table_of_the_shop_model_is_filled(shop: SimulatedShop) -> None:
    assert set(shop.tables) == set(TABLES)
    assert all(table.num_rows for table in shop.tables.values())


@pytest.mark.parametrize("name", sorted(TABLES))
def test_columns_are_those_of_the_shop_model(shop: SimulatedShop, name: str) -> None:
    columns = set(shop.tables[name].column_names)
    assert columns <= set(TABLES[name].by_name)
    assert set(TABLES[name].required) <= columns
    assert {column for column in TABLES[name].key if TABLES[name].by_name[column].required} <= columns


@pytest.mark.parametrize("name", sorted(TABLES))
def test_keys_are_unique_and_never_null(shop: SimulatedShop, name: str) -> None:
    key = [column for column in TABLES[name].key if column in shop.tables[name].column_names]
    listed = ", ".join(key)
    assert shop.one(f"SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT {listed} FROM {name})) FROM {name}") == 0
    assert shop.one(f"SELECT count(*) FROM {name} WHERE {' OR '.join(f'{column} IS NULL' for column in key)}") == 0


@pytest.mark.parametrize(("table", "column", "other", "to"), REFERENCES)
def test_references_point_somewhere(shop: SimulatedShop, table: str, column: str, other: str, to: str) -> None:
    if column not in shop.tables[table].column_names:
        pytest.skip("the simulation leaves this column out")
    dangling = f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {to} FROM {other})"
    assert shop.one(dangling) == 0


@pytest.mark.parametrize(
    ("table", "column"),
    [(table.name, column.name) for table in TABLES.values() for column in table.columns if column.choices],
)
def test_values_are_among_the_choices(shop: SimulatedShop, table: str, column: str) -> None:
    found = {row[0] for row in shop.rows(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")}
    assert found <= set(TABLES[table].by_name[column].choices)


@pytest.mark.parametrize(
    ("table", "column", "low", "high"),
    [
        (table.name, column.name, column.low, column.high)
        for table in TABLES.values()
        for column in table.columns
        if column.low is not None or column.high is not None
    ],
)
def test_values_are_in_range(
    shop: SimulatedShop, table: str, column: str, low: float | None, high: float | None
) -> None:
    if column not in shop.tables[table].column_names:
        pytest.skip("the simulation leaves this column out")
    if low is not None:
        assert shop.one(f"SELECT count(*) FROM {table} WHERE {column} < {low}") == 0
    if high is not None:
        assert shop.one(f"SELECT count(*) FROM {table} WHERE {column} > {high}") == 0


def test_nothing_happens_after_the_end_or_before_the_start(shop: SimulatedShop) -> None:
    begin, end = "timestamptz '2024-10-01 00:00:00+08'", "timestamptz '2026-10-01 00:00:00+08'"
    for table, column in (
        ("orders", "placed_at"), ("orders", "paid_at"), ("orders", "cancelled_at"), ("payments", "attempted_at"),
        ("shipments", "shipped_at"), ("shipments", "delivered_at"), ("refunds", "refunded_at"), ("events", "occurred_at"),
        ("reviews", "created_at"), ("tickets", "opened_at"), ("tickets", "resolved_at"), ("surveys", "answered_at"),
        ("stock_levels", "taken_at"), ("stock_movements", "moved_at"),
    ):  # fmt: skip
        assert shop.one(f"SELECT count(*) FROM {table} WHERE {column} >= {end}") == 0, (table, column)
        if not table.startswith("stock"):
            assert shop.one(f"SELECT count(*) FROM {table} WHERE {column} < {begin}") == 0, (table, column)


def test_orders_add_up_from_their_lines(shop: SimulatedShop) -> None:
    wrong = shop.rows(
        """
        SELECT o.order_id FROM orders o JOIN (
            SELECT order_id, sum(quantity * unit_price) AS goods, sum(discount_amount) AS off FROM order_lines GROUP BY 1
        ) l USING (order_id)
        WHERE o.goods_amount <> l.goods OR o.discount_amount <> l.off
           OR o.total_amount <> o.goods_amount - o.discount_amount + o.shipping_amount + o.tax_amount
        """
    )
    assert wrong == []


def test_every_order_has_lines_numbered_from_one(shop: SimulatedShop) -> None:
    assert shop.one("SELECT count(*) FROM orders WHERE order_id NOT IN (SELECT order_id FROM order_lines)") == 0
    assert shop.one(
        "SELECT count(*) FROM (SELECT order_id FROM order_lines GROUP BY 1 HAVING max(line_no) <> count(*) OR min(line_no) <> 1)"
    ) == 0  # fmt: skip


def test_a_discount_is_never_more_than_its_line(shop: SimulatedShop) -> None:
    assert shop.one("SELECT count(*) FROM order_lines WHERE discount_amount > quantity * unit_price") == 0
    assert shop.one("SELECT count(*) FROM order_lines WHERE discount_amount < 0") == 0


def test_lines_are_sold_at_the_price_of_the_day(shop: SimulatedShop) -> None:
    wrong = shop.one(
        """
        SELECT count(*) FROM order_lines l JOIN orders o USING (order_id)
        ASOF JOIN price_changes p ON l.product_id = p.product_id AND o.placed_at >= p.changed_at
        WHERE l.unit_price <> p.price
        """
    )
    assert wrong == 0


def test_products_are_sold_only_while_they_are_listed(shop: SimulatedShop) -> None:
    assert shop.one(
        """
        SELECT count(*) FROM order_lines JOIN orders USING (order_id) JOIN products USING (product_id)
        WHERE placed_at::date < listed_on - 10 OR placed_at::date > delisted_on + 10
        """
    ) == 0  # fmt: skip


def test_times_of_an_order_are_in_order(shop: SimulatedShop) -> None:
    assert shop.one("SELECT count(*) FROM orders WHERE paid_at < placed_at OR cancelled_at < placed_at") == 0
    assert shop.one(
        "SELECT count(*) FROM orders JOIN shipments USING (order_id) WHERE shipped_at < paid_at OR delivered_at < shipped_at"
    ) == 0  # fmt: skip
    assert shop.one(
        "SELECT count(*) FROM refunds JOIN orders USING (order_id) WHERE refunded_at < placed_at"
    ) == 0  # fmt: skip
    assert shop.one(
        "SELECT count(*) FROM reviews JOIN shipments USING (order_id) GROUP BY order_id, created_at HAVING created_at < max(delivered_at)"
        " UNION ALL SELECT 0 LIMIT 1"
    ) == 0  # fmt: skip


def test_status_says_what_the_times_say(shop: SimulatedShop) -> None:
    assert shop.one("SELECT count(*) FROM orders WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)") == 0
    assert (
        shop.one("SELECT count(*) FROM orders WHERE status IN ('paid', 'shipped', 'delivered') AND paid_at IS NULL")
        == 0
    )
    assert shop.one(
        """
        SELECT count(*) FROM orders o LEFT JOIN (SELECT order_id, count(*) AS parcels, count(delivered_at) AS there FROM shipments GROUP BY 1) s
        USING (order_id)
        WHERE (status = 'delivered' AND coalesce(there, 0) = 0) OR (status = 'shipped' AND coalesce(parcels, 0) = 0)
           OR (status IN ('placed', 'paid', 'cancelled') AND parcels > 0)
        """
    ) == 0  # fmt: skip


def test_a_paid_order_has_one_payment_that_succeeded_and_it_is_the_last(shop: SimulatedShop) -> None:
    wrong = shop.rows(
        """
        SELECT o.order_id FROM orders o JOIN (
            SELECT order_id, count(*) FILTER (WHERE status = 'succeeded') AS good, arg_max(status, attempted_at) AS last,
                   max(attempted_at) AS at, min(attempted_at) AS first, max(amount) AS amount
            FROM payments GROUP BY 1
        ) p USING (order_id)
        WHERE (o.paid_at IS NOT NULL) <> (p.good = 1) OR (o.paid_at IS NOT NULL AND p.last <> 'succeeded')
           OR p.at > coalesce(o.paid_at, p.at) OR p.first < o.placed_at OR p.amount <> o.total_amount
        """
    )
    assert wrong == []
    assert shop.one("SELECT count(*) FROM orders WHERE order_id NOT IN (SELECT order_id FROM payments)") == 0


def test_refunds_never_exceed_what_was_paid(shop: SimulatedShop) -> None:
    assert shop.one(
        """
        SELECT count(*) FROM (SELECT order_id, sum(amount) AS back FROM refunds GROUP BY 1) r JOIN orders USING (order_id)
        WHERE back > total_amount OR paid_at IS NULL
        """
    ) == 0  # fmt: skip
    assert shop.one(
        """
        SELECT count(*) FROM refunds r JOIN order_lines l USING (order_id, line_no)
        WHERE r.amount > l.quantity * l.unit_price - l.discount_amount OR r.quantity > l.quantity
        """
    ) == 0  # fmt: skip


def test_purchases_and_paid_orders_are_the_same_but_for_tracking_incidents(shop: SimulatedShop) -> None:
    assert shop.one(
        "SELECT count(*) FROM events WHERE event = 'purchase' AND order_id NOT IN (SELECT order_id FROM orders WHERE paid_at IS NOT NULL)"
    ) == 0  # fmt: skip
    untracked = shop.one(
        "SELECT count(*) FROM orders WHERE paid_at IS NOT NULL AND order_id NOT IN (SELECT order_id FROM events WHERE event = 'purchase')"
    )
    lost = sum(entry["effect"].get("purchase_events_lost", 0) for entry in shop.truth["incidents"])
    assert untracked == lost > 0
    assert shop.one(
        "SELECT count(*) FROM events JOIN orders USING (order_id) WHERE event = 'purchase' AND occurred_at <> paid_at"
    ) == 0  # fmt: skip


def test_an_order_belongs_to_the_session_of_its_purchase(shop: SimulatedShop) -> None:
    assert shop.one(
        """
        SELECT count(*) FROM events e JOIN orders o USING (order_id)
        WHERE e.event = 'purchase' AND (e.session_id IS DISTINCT FROM o.session_id OR e.source <> o.source OR e.device <> o.device)
        """
    ) == 0  # fmt: skip
    assert shop.one("SELECT count(*) FROM orders WHERE session_id NOT IN (SELECT session_id FROM sessions)") == 0


def test_sessions_say_what_their_events_say(shop: SimulatedShop) -> None:
    wrong = shop.rows(
        """
        WITH told AS (
            SELECT session_id, min(visitor_id) AS visitor_id, max(customer_id) AS customer_id, min(occurred_at) AS started_at,
                max(occurred_at) AS ended_at, count(*) FILTER (WHERE event = 'page_view') AS page_views,
                count(*) FILTER (WHERE event = 'view_item') AS item_views, count(*) FILTER (WHERE event = 'add_to_cart') AS add_to_carts,
                count(*) FILTER (WHERE event = 'begin_checkout') AS checkouts, count(*) FILTER (WHERE event = 'purchase') AS purchases,
                count(*) FILTER (WHERE event = 'page_view') = 1 AND count(*) FILTER (
                    WHERE event NOT IN ('page_view', 'view_item', 'view_item_list', 'web_vitals', 'error')) = 0 AS is_bounce,
                arg_min(page_type, event_id) AS landing_page_type, min(source) AS source, min(medium) AS medium,
                min(campaign_id) AS campaign_id, min(device) AS device, min(country) AS country, min(region) AS region
            FROM events WHERE is_bot IS NOT TRUE GROUP BY 1
        )
        SELECT session_id FROM (
            (SELECT session_id, visitor_id, customer_id, started_at, ended_at, page_views, item_views, add_to_carts, checkouts, purchases,
                    is_bounce, source, medium, campaign_id, device, country, region FROM told)
            EXCEPT
            (SELECT session_id, visitor_id, customer_id, started_at, ended_at, page_views, item_views, add_to_carts, checkouts, purchases,
                    is_bounce, source, medium, campaign_id, device, country, region FROM sessions)
        )
        """
    )
    assert wrong == []
    people = "SELECT count(DISTINCT session_id) FROM events WHERE is_bot IS NOT TRUE"
    assert shop.one(people) == shop.one("SELECT count(*) FROM sessions")


def test_a_session_has_no_pause_of_half_an_hour_and_stays_in_its_day(shop: SimulatedShop) -> None:
    assert shop.one(
        """
        SELECT count(*) FROM (SELECT occurred_at - lag(occurred_at) OVER (PARTITION BY session_id ORDER BY occurred_at) AS pause FROM events)
        WHERE pause >= INTERVAL 30 MINUTE
        """
    ) == 0  # fmt: skip
    assert shop.one("SELECT count(*) FROM sessions WHERE started_at::date <> ended_at::date") == 0


def test_the_funnel_narrows_step_by_step_and_in_order(shop: SimulatedShop) -> None:
    steps = ["view_item", "add_to_cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase"]
    counts = [
        shop.one(f"SELECT count(DISTINCT session_id) FROM events WHERE event = '{step}' AND is_bot IS NOT TRUE")
        for step in steps
    ]
    assert counts == sorted(counts, reverse=True)
    outage = "occurred_at::date NOT IN ('2025-10-21', '2025-10-22')"
    for earlier, later in pairwise(steps):
        assert shop.one(
            f"""
            WITH first AS (SELECT session_id, event, min(occurred_at) AS at FROM events WHERE {outage} GROUP BY 1, 2)
            SELECT count(*) FROM first b LEFT JOIN first a ON a.session_id = b.session_id AND a.event = '{earlier}'
            WHERE b.event = '{later}' AND (a.at IS NULL OR a.at > b.at)
            """
        ) == 0  # fmt: skip


def test_daily_traffic_is_what_the_sessions_say_on_days_without_tracking_incidents(shop: SimulatedShop) -> None:
    wrong = shop.rows(
        """
        WITH told AS (
            SELECT started_at::date AS day, source, medium, device, count(*) AS sessions, sum(page_views) AS page_views,
                count(DISTINCT visitor_id) AS visitors, count(*) FILTER (WHERE add_to_carts > 0) AS add_to_carts,
                count(*) FILTER (WHERE checkouts > 0) AS checkouts, count(*) FILTER (WHERE purchases > 0) AS purchases
            FROM sessions WHERE region <> 'Virginia' GROUP BY ALL
        )
        SELECT day FROM told t FULL JOIN traffic_daily d USING (day, source, medium, device)
        WHERE (t.sessions, t.page_views, t.visitors, t.add_to_carts, t.checkouts, t.purchases)
            IS DISTINCT FROM (d.sessions, d.page_views, d.visitors, d.add_to_carts, d.checkouts, d.purchases)
          AND day NOT IN ('2025-10-21', '2025-10-22') AND day NOT BETWEEN '2025-05-12' AND '2025-05-17'
        """
    )
    assert wrong == []


def test_stock_movements_explain_stock_levels(shop: SimulatedShop) -> None:
    wrong = shop.rows(
        """
        SELECT l.product_id, l.warehouse, l.taken_at, l.on_hand, sum(m.quantity) AS moved
        FROM stock_levels l JOIN stock_movements m
          ON m.product_id = l.product_id AND m.warehouse = l.warehouse AND m.moved_at <= l.taken_at
        GROUP BY ALL HAVING l.on_hand <> sum(m.quantity)
        """
    )
    assert wrong == []


def test_stock_is_never_negative_at_any_moment(shop: SimulatedShop) -> None:
    assert shop.one("SELECT count(*) FROM stock_levels WHERE on_hand < 0 OR incoming < 0") == 0
    lowest = shop.one(
        """
        SELECT min(level) FROM (
            SELECT sum(quantity) OVER (PARTITION BY product_id, warehouse ORDER BY moved_at, movement_id) AS level FROM stock_movements
        )
        """
    )
    assert lowest >= 0


def test_what_was_sold_left_the_shelf_and_deliveries_came_in(shop: SimulatedShop) -> None:
    sold = shop.one("SELECT sum(quantity) FROM order_lines JOIN orders USING (order_id) WHERE paid_at IS NOT NULL")
    assert shop.one("SELECT -sum(quantity) FROM stock_movements WHERE reason = 'sale'") == sold
    received = shop.one("SELECT sum(quantity_received) FROM purchase_orders")
    assert shop.one("SELECT sum(quantity) FROM stock_movements WHERE reason = 'receipt'") == received


def test_purchase_orders_keep_their_dates_and_suppliers(shop: SimulatedShop) -> None:
    assert shop.one(
        "SELECT count(*) FROM purchase_orders WHERE received_on < ordered_on OR expected_on < ordered_on OR quantity_received > quantity_ordered"
    ) == 0  # fmt: skip
    assert (
        shop.one(
            "SELECT count(*) FROM purchase_orders JOIN products p USING (product_id) WHERE p.supplier_id <> purchase_orders.supplier_id"
        )
        == 0
    )
    assert (
        shop.one("SELECT count(*) FROM purchase_orders WHERE (received_on IS NULL) <> (quantity_received IS NULL)") == 0
    )


def test_customers_are_seen_before_they_register_and_before_they_order(shop: SimulatedShop) -> None:
    assert shop.one("SELECT count(*) FROM customers WHERE registered_at < first_seen_at") == 0
    assert shop.one(
        "SELECT count(*) FROM orders JOIN customers USING (customer_id) WHERE placed_at < registered_at"
    ) == 0  # fmt: skip


def test_ad_spend_belongs_to_a_campaign_that_runs_that_day(shop: SimulatedShop) -> None:
    assert shop.one(
        "SELECT count(*) FROM ad_spend JOIN campaigns USING (campaign_id) WHERE day < starts_at::date OR day >= ends_at::date"
    ) == 0  # fmt: skip


def test_orders_of_a_campaign_are_placed_while_it_runs(shop: SimulatedShop) -> None:
    assert shop.one(
        "SELECT count(*) FROM orders JOIN campaigns USING (campaign_id) WHERE placed_at < starts_at OR placed_at >= ends_at"
    ) == 0  # fmt: skip


def test_tickets_are_opened_then_answered_then_resolved(shop: SimulatedShop) -> None:
    assert shop.one(
        "SELECT count(*) FROM tickets WHERE first_response_at < opened_at OR resolved_at < first_response_at"
    ) == 0  # fmt: skip
    assert shop.one(
        "SELECT count(*) FROM tickets WHERE (status = 'resolved') <> (resolved_at IS NOT NULL)"
    ) == 0  # fmt: skip


def test_both_languages_are_written_by_whom_they_fit(shop: SimulatedShop) -> None:
    rows = dict(shop.rows("SELECT language, count(*) FROM reviews GROUP BY 1"))
    assert rows["zh"] > rows["en"] > 0
    assert (
        shop.one("SELECT count(*) FROM reviews JOIN orders USING (order_id) WHERE language = 'en' AND country = 'CN'")
        == 0
    )
