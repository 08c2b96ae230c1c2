"""Amazon's all-orders report: prices of all pieces, cancelled items with quantity 0, pending ones without price."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest
from tests.connectors.sources.platform_reading import Taken, take

from zhanggui.connectors.source import ShopFacts
from zhanggui.shop.rows import Rows

HEADER = "amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\tsales-channel\torder-channel\turl\tship-service-level\tproduct-name\tsku\tasin\titem-status\tquantity\tcurrency\titem-price\titem-tax\tshipping-price\tshipping-tax\tgift-wrap-price\tgift-wrap-tax\titem-promotion-discount\tship-promotion-discount\tship-city\tship-state\tship-postal-code\tship-country\tpromotion-ids"
UK = ShopFacts("GBP", "Europe/London")


def row(order: str, sku: str, quantity: str, price: str, status: str = "Shipped", **more: str) -> str:
    cells = [
        order, "", more.get("placed_at", "2024-01-31T23:30:00+00:00"), "", status, "Amazon", more.get("channel", "Amazon.co.uk"), "", "", "Standard",
        more.get("name", "Tea cup"), sku, f"B0{sku}", more.get("item_status", status), quantity, more.get("currency", "GBP"), price,
        more.get("tax", ""), more.get("shipping", ""), "", "", "", more.get("off", ""), more.get("ship_off", ""), "LEEDS", "", "LS1 4AB", "GB", "",
    ]  # fmt: skip
    return "\t".join(cells)


def amazon(tmp_path: Path, *rows: str, settings: ShopFacts = UK, encoding: str = "utf-8") -> Taken:
    return take("amazon", tmp_path, {"o.txt": "\n".join([HEADER, *rows, ""])}, settings, encoding=encoding)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Pending", "placed"), ("Unshipped", "paid"), ("PartiallyShipped", "paid"), ("Partially Shipped", "paid"), ("Shipping", "shipped"),
        ("Shipped", "shipped"), ("Shipped - Picked Up", "shipped"), ("Shipped - Out for Delivery", "shipped"),
        ("Shipped - Delivered to Buyer", "delivered"), ("Shipped - Returned to Seller", "returned"), ("Shipped - Rejected by Buyer", "returned"),
        ("Cancelled", "cancelled"), ("Canceled", "cancelled"), ("Unfulfillable", "cancelled"), ("Complete", "shipped"),
        ("Pending - Waiting for Pick Up", "placed"),
    ],
)  # fmt: skip
def test_every_state_of_amazon_is_known(tmp_path: Path, words: str, status: str):
    taken = amazon(tmp_path, row("1", "A", "1", "5.00", words))
    assert taken.rows("orders")[0]["status"] == status
    assert not taken.notes
    assert taken.residual == 0


def test_the_bridge_goes_from_item_prices_to_sales_by_promotions_and_cancellations(tmp_path: Path):
    taken = amazon(
        tmp_path,
        row("1", "A", "3", "10.00", off="1.00", shipping="2.50", ship_off="2.50", tax="1.67"),
        row("1", "B", "1", "0.01", off="-0.01"),
        row("1", "C", "1", "4.00", item_status="Cancelled"),
        row("1", "D", "0", "", item_status="Cancelled"),
        row("2", "A", "1", "3.33", "Cancelled"),
        row("3", "A", "0", "", "Cancelled"),
    )
    assert taken.steps() == {
        "platform_total": Decimal("17.34"),
        "cancelled": Decimal("-7.33"),
        "discounts": Decimal("-1.01"),
    }
    assert taken.sales == Decimal("9.00")
    assert taken.residual == 0
    assert {order["order_id"]: order["status"] for order in taken.rows("orders")} == {
        "1": "shipped",
        "2": "cancelled",
        "3": "cancelled",
    }
    assert [(line["order_id"], line["line_no"]) for line in taken.rows("order_lines")] == [
        ("1", "1"),
        ("1", "2"),
        ("2", "1"),
    ]
    assert taken.notes[0].rows == 2
    assert taken.rows("orders")[0]["shipping_amount"] == "0.00"


def test_a_pending_item_without_price_waits_for_a_later_report(tmp_path: Path):
    early = "\n".join([HEADER, row("1", "A", "1", "", "Pending"), ""])
    later = "\n".join([HEADER, row("1", "A", "1", "5.00", "Shipped"), ""])
    taken = take("amazon", tmp_path, {"a.txt": early, "b.txt": later}, UK)
    assert [(reject.table, reject.line, reject.column) for reject in taken.rejects] == [
        ("order_lines", 2, "item-price")
    ]
    assert "later report" in taken.rejects[0].reason
    assert taken.rows("orders")[0]["status"] == "shipped"
    assert taken.sales == 5
    assert taken.residual == 0


def test_orders_of_other_shops_that_amazon_ships_are_left_out_and_noted(tmp_path: Path):
    taken = amazon(tmp_path, row("S01-1", "A", "1", "", channel="Non-Amazon UK"), row("2", "A", "1", "5.00"))
    assert len(taken.rows("orders")) == 1
    assert taken.notes[0].rows == 1
    assert not taken.rejects


def test_items_in_another_currency_are_refused_and_noted(tmp_path: Path):
    taken = amazon(
        tmp_path,
        row("1", "B", "0", "", item_status="Cancelled", currency=""),
        row("1", "A", "1", "9.00", currency="EUR"),
        row("2", "A", "1", "5.00"),
    )
    assert {(reject.table, reject.value) for reject in taken.rejects} == {("orders", "EUR"), ("order_lines", "EUR")}
    assert taken.sales == 5
    assert taken.bridge["platform_total"] == 5
    assert taken.residual == 0


def test_a_buyer_is_known_by_the_hash_of_the_address_where_the_report_has_it(tmp_path: Path):
    text = "\n".join(
        [
            HEADER + "\tbuyer-email\tbuyer-name\torder-item-id",
            row("1", "A", "1", "5.00") + "\tX@marketplace.amazon.com\tAnn Smith\t77",
            "",
        ]
    )
    taken = take("amazon", tmp_path, {"o.txt": text}, UK)
    assert len(taken.rows("customers")[0]["email_hash"]) == 64
    stored = str([piece.data.to_pylist() for piece in taken.pieces if isinstance(piece, Rows)])
    assert not any(secret in stored for secret in ("marketplace.amazon", "Ann Smith", "LS1 4AB"))


def test_decimal_commas_commas_as_separator_emoji_and_code_pages(tmp_path: Path):
    taken = amazon(tmp_path, row("1", "A", "2", "1.234,50", name='Tasse "groß" 🍵 茶'), row("2", "A", "1", "0,01"))
    assert taken.sales == Decimal("1234.51")
    assert taken.rows("products")[0]["name"] == 'Tasse "groß" 🍵 茶'
    taken = amazon(tmp_path, row("1", "A", "1", "5.00", name="Tasse groß"), encoding="cp1252")
    assert taken.rows("products")[0]["name"] == "Tasse groß"
    commas = "\n".join([HEADER, row("1", "A", "1", "5.00"), ""]).replace("\t", ",")
    assert take("amazon", tmp_path, {"o.csv": commas}, UK).sales == 5


def test_repeats_bad_rows_a_cut_end_and_the_same_file_twice(tmp_path: Path):
    good = row("1", "A", "1", "10.00")
    text = "\n".join(
        [
            HEADER,
            good,
            good,
            row("2", "A", "x", "3.00"),
            row("3", "A", "1", "4.00", placed_at="later"),
            row("4", "A", "1", "5.00"),
        ]
    )
    taken = take("amazon", tmp_path, {"a.txt": text[:-40], "b.txt": text[:-40]}, UK)
    assert taken.unchanged["order_lines"] == 3
    assert [(reject.table, reject.line) for reject in taken.rejects if reject.file == "a.txt"] == [
        ("order_lines", 4), ("orders", 5), ("order_lines", 5), ("order_lines", 6),
    ]  # fmt: skip
    assert taken.sales == 10
    assert taken.residual == 0


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_the_bridge_of_many_invented_orders_closes_to_the_cent(tmp_path: Path, count: int):
    dice = random.Random(17)
    rows, sales = [], Decimal(0)
    for number in range(1, count + 1):
        status = dice.choice(["Shipped", "Pending", "Unshipped", "Cancelled"])
        for at in range(dice.randint(1, 3)):
            price, off = Decimal(dice.randint(1, 999)) / 100, Decimal(dice.choice([0, 0, 1])) / 100
            gone = dice.random() < 0.1
            more = {"item_status": "Cancelled"} if gone else {}
            rows.append(
                row(str(number), f"S{at}", str(dice.randint(1, 7)), f"{price:.2f}", status, off=f"{off:.2f}", **more)
            )
            sales += Decimal(0) if gone or status == "Cancelled" else price - off
    dice.shuffle(rows)
    taken = amazon(tmp_path, *rows)
    assert taken.sales == sales
    assert taken.residual == 0
    assert not {"other", "rounding", "rejected"} & set(taken.steps())
