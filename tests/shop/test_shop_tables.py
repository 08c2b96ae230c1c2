"""The shop model is a contract: names, keys and references of every table."""

from __future__ import annotations

import pytest

from zhanggui.basics.errors import UnknownNameError
from zhanggui.shop import TABLES, Table, table_named

# The columns of the shop model as the design states them: imports, KPIs and data of others rely on these names.
MODEL = {
    "orders": "order_id customer_id placed_at paid_at cancelled_at status sales_channel source medium campaign_id "
    "device country region city currency fx_rate goods_amount discount_amount shipping_amount tax_amount total_amount "
    "coupon_code payment_method session_id",
    "order_lines": "order_id line_no product_id quantity unit_price discount_amount unit_cost",
    "refunds": "refund_id order_id line_no refunded_at quantity amount reason",
    "payments": "attempt_id order_id attempted_at gateway gateway_version method amount status error_code latency_ms "
    "country device",
    "shipments": "shipment_id order_id carrier warehouse shipped_at promised_at delivered_at region cost",
    "products": "product_id name category brand supplier_id list_price unit_cost listed_on delisted_on attributes",
    "price_changes": "product_id changed_at price shipping_fee",
    "customers": "customer_id first_seen_at registered_at country region city acquisition_source "
    "acquisition_campaign_id email_hash email_consent sms_consent birth_year gender tags",
    "events": "event_id occurred_at visitor_id customer_id session_id event page_type page_url product_id order_id "
    "query result_count quantity value source medium campaign_id device os browser country region load_ms lcp_ms "
    "inp_ms cls ttfb_ms is_bot",
    "sessions": "session_id visitor_id customer_id started_at ended_at source medium campaign_id device country region "
    "landing_page_type page_views item_views add_to_carts checkouts purchases is_bounce",
    "traffic_daily": "day source medium campaign_id device country region visitors sessions page_views add_to_carts "
    "checkouts purchases",
    "campaigns": "campaign_id name kind channel starts_at ends_at phase budget",
    "ad_spend": "day campaign_id source impressions clicks spend reported_conversions reported_value",
    "stock_levels": "taken_at product_id warehouse on_hand reserved incoming",
    "stock_movements": "movement_id moved_at product_id warehouse quantity reason reference",
    "suppliers": "supplier_id name country lead_time_days minimum_order pack_size",
    "purchase_orders": "purchase_order_id product_id supplier_id ordered_on expected_on received_on quantity_ordered "
    "quantity_received unit_cost",
    "reviews": "review_id order_id product_id customer_id created_at rating title text language",
    "surveys": "response_id survey customer_id order_id answered_at score text",
    "tickets": "ticket_id customer_id order_id product_id channel opened_at first_response_at resolved_at status kind "
    "cause priority satisfaction text",
    "competitor_prices": "product_id competitor observed_at price promotion",
    "benchmarks": "kpi period_start segment value origin",
    "calendar": "name starts_on ends_on kind country note",
    "goals": "kpi period_start grain segment target",
}


def test_every_table_of_the_model_is_there_and_no_other() -> None:
    assert set(TABLES) == set(MODEL)


@pytest.mark.parametrize("name", sorted(MODEL))
def test_the_columns_are_those_of_the_model(name: str) -> None:
    assert set(TABLES[name].by_name) == set(MODEL[name].split())


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_keys_times_orders_and_references_name_columns(table: Table) -> None:
    assert table.key
    for name in [*table.key, *([table.time] if table.time else []), *(name for chain in table.order for name in chain)]:
        assert name in table.by_name
    for reference in table.references:
        assert reference.column in table.by_name
        assert reference.to in TABLES[reference.table].by_name
        assert TABLES[reference.table].key == (reference.to,)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_part_of_a_key_that_may_be_empty_is_text(table: Table) -> None:
    for name in table.key:
        column = table.column(name)
        assert column.required or column.kind in ("id", "text")


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_times_end_in_at_and_days_in_on_or_are_called_so(table: Table) -> None:
    for column in table.columns:
        if column.name.endswith("_at"):
            assert column.kind == "moment"
        if column.name.endswith("_on") or column.name in ("day", "period_start"):
            assert column.kind == "day"


def test_only_lines_and_movements_refuse_a_quantity_of_zero() -> None:
    nonzero = {f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns if column.nonzero}
    assert nonzero == {"order_lines.quantity", "stock_movements.quantity"}


def test_an_unknown_table_gets_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError) as caught:
        table_named("order_line")
    assert "order_lines" in caught.value.suggestions


def test_an_unknown_column_gets_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError) as caught:
        TABLES["orders"].column("placed")
    assert "placed_at" in caught.value.suggestions
