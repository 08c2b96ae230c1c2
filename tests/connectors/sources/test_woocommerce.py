"""WooCommerce's REST answers: pages that overlap, refunds with and without a date, amounts without tax."""

# ruff: noqa: E501 - records of real exports are long

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.connectors.sources.platform_reading import Taken, take

from zhanggui.basics.errors import DataError
from zhanggui.connectors.source import FileHead, Head, ShopFacts, sources
from zhanggui.shop.rows import Rows

EU = ShopFacts("EUR", "Europe/Berlin")


def order(number: int, lines: list[tuple[str, str, int]], **more: Any) -> dict[str, Any]:
    """An order; ``lines`` are (subtotal, total, quantity)."""
    shipping, shipping_tax = Decimal(more.pop("shipping", "0.00")), Decimal(more.pop("shipping_tax", "0.00"))
    tax, fees = Decimal(more.pop("tax", "0.00")), Decimal(more.pop("fees", "0.00"))
    total = sum(Decimal(net) for _, net, _ in lines) + shipping + shipping_tax + tax + fees
    return {
        "id": number, "order_key": f"wc_{number}", "status": "processing", "currency": "EUR", "date_created": "2024-01-31T11:00:00",
        "date_created_gmt": "2024-01-31T10:00:00", "date_paid_gmt": "2024-01-31T10:05:00", "date_modified_gmt": "2024-02-01T08:00:00",
        "shipping_total": str(shipping), "shipping_tax": str(shipping_tax), "total": str(total), "total_tax": str(tax + shipping_tax),
        "prices_include_tax": True, "customer_id": 5, "meta_data": [], "coupon_lines": [], "refunds": [],
        "billing": {"first_name": "Ann", "last_name": "Smith", "phone": "0301234", "address_1": "Weg 1", "email": "ann@example.com", "city": "Berlin"},
        "fee_lines": [{"id": 1, "name": "Gift wrap", "total": str(fees)}] if fees else [],
        "line_items": [
            {"id": at, "name": f"Tasse {at} 🍵", "product_id": 90 + at, "variation_id": 0, "quantity": pieces, "subtotal": full, "total": net, "sku": ""}
            for at, (full, net, pieces) in enumerate(lines)
        ],
    } | more  # fmt: skip


def woo(tmp_path: Path, *records: dict[str, Any], settings: ShopFacts = EU) -> Taken:
    return take("woocommerce", tmp_path, {"orders.json": json.dumps(list(records), ensure_ascii=False)}, settings)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("pending", "placed"), ("on-hold", "placed"), ("processing", "paid"), ("completed", "shipped"), ("cancelled", "cancelled"),
        ("failed", "cancelled"), ("trash", "cancelled"), ("refunded", "returned"), ("packed-by-plugin", "paid"),
    ],
)  # fmt: skip
def test_every_state_of_woocommerce_is_known(tmp_path: Path, words: str, status: str):
    taken = woo(tmp_path, order(1, [("10.00", "10.00", 1)], status=words))
    assert taken.rows("orders")[0]["status"] == status
    assert bool(taken.notes) == (words == "packed-by-plugin")
    assert taken.residual == 0


def test_the_bridge_goes_from_totals_to_sales_by_shipping_tax_fees_and_cancellations(tmp_path: Path):
    taken = woo(
        tmp_path,
        order(
            1,
            [("10.00", "9.00", 3), ("0.01", "0.01", 1)],
            shipping="5.00",
            shipping_tax="0.95",
            tax="1.71",
            fees="2.00",
        ),
        order(2, [("7.00", "7.00", 1)], status="failed", shipping="5.00"),
        order(3, [("8.00", "8.00", 1)], status="pending", date_paid_gmt=None),
        order(4, [("6.00", "6.00", 1)], status="checkout-draft"),
        order(5, [("6.00", "6.00", 1)], status="refunded"),
    )
    assert taken.steps() == {
        "platform_total": Decimal("44.67"), "shipping": Decimal("-5.95"), "tax": Decimal("-1.71"), "fees": Decimal(-2), "cancelled": Decimal(-12),
    }  # fmt: skip
    assert taken.sales == Decimal("23.01")
    assert taken.residual == 0
    assert taken.notes[0].rows == 1
    assert taken.rows("refunds")[0]["amount"] == "6.00"


def test_a_refund_gets_the_date_of_its_own_record_else_an_estimated_one(tmp_path: Path):
    refunds = [{"id": 71, "total": "-2.50", "reason": "late"}, {"id": 72, "total": "-1.00", "reason": ""}]
    dated = {
        "id": 71,
        "date_created_gmt": "2024-02-10T09:00:00",
        "amount": "2.50",
        "reason": "late",
        "refunded_by": 1,
        "line_items": [],
    }
    alone = {
        "id": 73, "date_created_gmt": "2024-02-11T09:00:00", "amount": "0.50", "reason": "", "refunded_by": 1, "line_items": [],
        "_links": {"up": [{"href": "https://example.com/wp-json/wc/v3/orders/1/refunds"}]},
    }  # fmt: skip
    taken = woo(tmp_path, order(1, [("10.00", "10.00", 1)], refunds=refunds), dated, alone)
    found = {row["refund_id"]: (row["refunded_at"][:16], row["amount"], row["reason"]) for row in taken.rows("refunds")}
    assert found == {
        "refund-71": ("2024-02-10T09:00", "2.50", "late"),
        "refund-72": ("2024-02-01T08:00", "1.00", "time estimated"),
        "refund-73": ("2024-02-11T09:00", "0.50", None),
    }
    assert taken.residual == 0


def test_times_without_gmt_are_the_sites(tmp_path: Path):
    one = order(1, [("1.00", "1.00", 1)])
    del one["date_created_gmt"], one["date_paid_gmt"]
    one["date_created"] = "2024-07-01T00:30:00"
    assert woo(tmp_path, one).rows("orders")[0]["placed_at"] == "2024-06-30T22:30:00+00:00"


def test_a_price_that_does_not_divide_keeps_the_line_exact(tmp_path: Path):
    taken = woo(tmp_path, order(1, [("10.00", "10.00", 3)]))
    assert taken.rows("order_lines")[0]["unit_price"] == "3.3334"
    assert taken.sales == 10


def test_pages_overlap_and_the_order_counts_once(tmp_path: Path):
    first, newer = order(1, [("10.00", "10.00", 1)], status="pending"), order(1, [("10.00", "10.00", 1)])
    text = json.dumps([first, order(2, [("5.00", "5.00", 1)])]) + "\n" + json.dumps([first])
    taken = take("woocommerce", tmp_path, {"a.json": text, "b.json": json.dumps({"orders": [newer]})}, EU)
    assert taken.unchanged["orders"] == 1
    assert taken.row("orders", "1")["status"] == "paid"
    assert taken.sales == 15
    assert taken.residual == 0


def test_the_same_order_with_other_values_in_one_file_is_refused(tmp_path: Path):
    taken = woo(tmp_path, order(1, [("10.00", "10.00", 1)]), order(1, [("11.00", "11.00", 1)]))
    assert [reject.table for reject in taken.rejects] == ["orders", "order_lines"]
    assert taken.steps() == {"platform_total": Decimal(21), "rejected": Decimal(-11)}
    assert taken.residual == 0


def test_one_object_per_line_and_a_single_object_are_read_too(tmp_path: Path):
    lines = "\n".join(json.dumps(order(number, [("1.00", "1.00", 1)])) for number in (1, 2))
    taken = take(
        "woocommerce", tmp_path, {"a.json": "\ufeff" + lines, "b.json": json.dumps(order(3, [("1.00", "1.00", 1)]))}, EU
    )
    assert taken.sales == 3
    assert taken.residual == 0


def test_a_cut_file_loses_only_the_order_that_is_cut(tmp_path: Path):
    text = json.dumps([order(1, [("1.00", "1.00", 1)]), order(2, [("2.00", "2.00", 1)])], indent=1)
    taken = take("woocommerce", tmp_path, {"a.json": text[:-300]}, EU)
    assert [row["order_id"] for row in taken.rows("orders")] == ["1"]
    assert "ends in the middle" in taken.rejects[0].reason
    assert taken.rejects[0].line > 10
    assert taken.residual == 0


def test_bad_values_are_kept_aside(tmp_path: Path):
    bad_line = order(2, [("1.00", "1.00", 1), ("2.00", "2.00", 0)])
    taken = woo(
        tmp_path,
        order(1, [("1.00", "1.00", 1)], total="free"),
        bad_line,
        order(3, [("1.00", "1.00", 1)], date_created_gmt="soon"),
        order(4, [("1.00", "1.00", 1)], currency="USD"),
        {"id": 9, "what": "else"},
    )
    assert [(reject.table, reject.column) for reject in taken.rejects] == [
        ("orders", None), ("orders", "total"), ("order_lines", "total"), ("order_lines", "quantity"), ("orders", "date_created_gmt"),
        ("order_lines", "date_created_gmt"), ("orders", "currency"), ("order_lines", "currency"),
    ]  # fmt: skip
    assert taken.sales == 1
    assert taken.residual == 0


def test_people_are_their_account_or_a_hash_and_nothing_else_of_them_is_stored(tmp_path: Path):
    taken = woo(tmp_path, order(1, [("1.00", "1.00", 1)]), order(2, [("1.00", "1.00", 1)], customer_id=0))
    one, two = (row["customer_id"] for row in taken.rows("orders"))
    assert one == "5"
    assert len(two) == 64
    stored = str([piece.data.to_pylist() for piece in taken.pieces if isinstance(piece, Rows)])
    assert not any(secret in stored for secret in ("Smith", "0301234", "Weg 1", "ann@"))


def test_where_an_order_came_from_is_taken_from_its_attribution(tmp_path: Path):
    keys = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "spring", "device_type": "Mobile"}
    meta = [{"key": f"_wc_order_attribution_{key}", "value": value} for key, value in keys.items()]
    row = woo(tmp_path, order(1, [("1.00", "1.00", 1)], meta_data=meta)).rows("orders")[0]
    assert (row["source"], row["medium"], row["campaign_id"], row["device"]) == ("google", "cpc", "spring", "mobile")


def test_products_and_customers_are_read_beside_orders(tmp_path: Path):
    product = {
        "id": 90, "sku": "", "name": "Tasse &amp; Teller", "regular_price": "12.00", "price": "9.00", "date_created": "2023-05-01T10:00:00",
        "categories": [{"id": 1, "name": "Küche"}], "attributes": [{"name": "Farbe", "options": ["rot", "blau"]}],
    }  # fmt: skip
    customer = {
        "id": 5,
        "is_paying_customer": True,
        "email": "ann@example.com",
        "date_created_gmt": "2023-04-01T10:00:00",
        "billing": {"city": "Bonn"},
    }
    taken = woo(
        tmp_path, order(1, [("1.00", "1.00", 1)]), product, customer, {**product, "id": 91, "regular_price": "x"}
    )
    assert taken.row("products", "90")["name"] == "Tasse & Teller"
    assert taken.row("products", "90")["listed_on"] == "2023-05-01"
    assert taken.row("customers", "5")["city"] == "Bonn"
    assert [(reject.table, reject.column) for reject in taken.rejects] == [("products", "regular_price")]


def test_what_is_no_json_says_so(tmp_path: Path):
    with pytest.raises(DataError, match="not JSON"):
        take("woocommerce", tmp_path, {"a.json": "id,total\n1,2\n"}, EU)
    with pytest.raises(DataError, match="empty"):
        take("woocommerce", tmp_path, {"a.json": ""}, EU)


def test_only_woocommerce_json_is_taken_for_woocommerce():
    detect = sources()["woocommerce"].detect
    assert detect(Head((FileHead(Path("a.json"), "a.json", text=json.dumps([order(1, [])])),)))
    assert not detect(Head((FileHead(Path("a.json"), "a.json", text='[{"id": 1}]'),)))


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_the_bridge_of_many_invented_orders_closes_to_the_cent(tmp_path: Path, count: int):
    dice = random.Random(19)
    records, sales = [], Decimal(0)
    for number in range(1, count + 1):
        status = dice.choice(["processing", "completed", "pending", "failed", "refunded"])
        lines = []
        for _ in range(dice.randint(1, 3)):
            full = Decimal(dice.randint(1, 999)) / 100
            net = full - min(full, Decimal(dice.choice([0, 0, 1])) / 100)
            lines.append((str(full), str(net), dice.randint(1, 7)))
            sales += Decimal(0) if status == "failed" else net
        tax = str(Decimal(dice.randint(0, 99)) / 100)
        records.append(order(number, lines, status=status, shipping="4.95", shipping_tax="0.94", tax=tax))
    taken = woo(tmp_path, *records)
    assert taken.sales == sales
    assert taken.residual == 0
    assert not {"other", "rounding", "rejected"} & set(taken.steps())
