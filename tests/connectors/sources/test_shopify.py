"""Shopify exports: an order over several rows, and everything such files do to naive importers."""

# ruff: noqa: E501 - rows of real exports are long; seeded dice invent shops

from __future__ import annotations

import csv
import hashlib
import io
import random
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from tests.connectors.sources.platform_reading import Taken, take

from zhanggui.basics.errors import DataError
from zhanggui.connectors.source import FileHead, Head, ShopFacts, sources
from zhanggui.shop.rows import Rows

COLUMNS = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Fulfilled at",
    "Accepts Marketing",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Shipping Method",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem compare at price",
    "Lineitem sku",
    "Lineitem requires shipping",
    "Lineitem taxable",
    "Lineitem fulfillment status",
    "Billing Name",
    "Billing Street",
    "Billing City",
    "Billing Province",
    "Billing Country",
    "Billing Phone",
    "Shipping Name",
    "Shipping City",
    "Shipping Province",
    "Shipping Country",
    "Notes",
    "Cancelled at",
    "Payment Method",
    "Refunded Amount",
    "Vendor",
    "Id",
    "Tags",
    "Source",
    "Lineitem discount",
]
UK = ShopFacts("GBP", "Europe/London")


def order(name: str, lines: Iterable[tuple[str, str]], subtotal: str, **more: str) -> list[Mapping[str, str]]:
    """The rows of an order; ``lines`` are (price, quantity)."""
    lines = list(lines)
    own = {
        "Financial Status": "paid", "Paid at": "2024-01-31 10:01:00 +0000", "Currency": "GBP", "Subtotal": subtotal, "Shipping": "0.00",
        "Taxes": "0.00", "Total": subtotal, "Discount Amount": "0.00", "Created at": "2024-01-31 10:00:00 +0000", "Refunded Amount": "0.00",
        "Email": "ann@example.com", "Billing Name": "Ann Smith", "Billing Phone": "'+441234567", "Billing Street": "1 High Street",
        "Shipping City": "Leeds", "Source": "web",
    } | {key.replace("_", " "): value for key, value in more.items()}  # fmt: skip
    rows = []
    for number, (price, quantity) in enumerate(lines):
        item = {
            "Lineitem quantity": quantity,
            "Lineitem name": f"Thing {number}",
            "Lineitem price": price,
            "Lineitem discount": "0.00",
        }
        rows.append({"Name": name, **item, **(own if number == 0 else {"Email": own["Email"]})})
    return rows


def written(orders: Iterable[Iterable[Mapping[str, str]]], separator: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=separator)
    writer.writeheader()
    for rows in orders:
        writer.writerows(rows)
    return text.getvalue()


def shop(tmp_path: Path, *orders: Iterable[Mapping[str, str]], settings: ShopFacts = UK, **more: str) -> Taken:
    return take("shopify", tmp_path, {"orders_export.csv": written(orders)}, settings, **more)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"Financial_Status": "paid"}, "paid"),
        ({"Financial_Status": "paid", "Fulfillment_Status": "fulfilled"}, "shipped"),
        ({"Financial_Status": "paid", "Fulfillment_Status": "partial"}, "paid"),
        ({"Financial_Status": "pending", "Paid_at": ""}, "placed"),
        ({"Financial_Status": "authorized", "Paid_at": ""}, "placed"),
        ({"Financial_Status": "partially_paid", "Paid_at": ""}, "placed"),
        ({"Financial_Status": "partially_refunded"}, "paid"),
        ({"Financial_Status": "refunded"}, "returned"),
        ({"Financial_Status": "voided"}, "cancelled"),
        ({"Financial_Status": "expired"}, "cancelled"),
        ({"Financial_Status": "refunded", "Cancelled_at": "2024-01-31 12:00:00 +0000"}, "cancelled"),
        ({"Financial_Status": "mystery"}, "paid"),
    ],
)
def test_every_state_of_shopify_is_known(tmp_path: Path, facts: dict[str, str], status: str):
    taken = shop(tmp_path, order("#1", [("5.00", "1")], "5.00", **facts))
    assert taken.rows("orders")[0]["status"] == status
    assert bool(taken.notes) == ("mystery" in facts.values())
    assert taken.residual == 0


def test_the_bridge_goes_from_net_sales_to_sales_by_refunds_and_cancellations(tmp_path: Path):
    taken = shop(
        tmp_path,
        order("#1", [("9.99", "2"), ("0.01", "1")], "19.99", Shipping="3.00", Taxes="4.00", Total="26.99"),
        order("#2", [("10.00", "1")], "10.00", Refunded_Amount="4.00", Financial_Status="partially_refunded"),
        order("#3", [("7.00", "1")], "7.00", Refunded_Amount="7.00", Cancelled_at="2024-01-31 12:00:00 +0000"),
        order("#4", [("8.00", "1")], "8.00", Cancelled_at="2024-01-31 12:00:00 +0000", Financial_Status="voided"),
        order("#5", [("3.00", "1")], "3.00", Financial_Status="pending", Paid_at=""),
    )
    assert taken.steps() == {"platform_total": Decimal("36.99"), "refunded": Decimal(4), "cancelled": Decimal(-8)}
    assert taken.sales == Decimal("32.99")
    assert taken.residual == 0


@pytest.mark.parametrize(
    ("subtotal", "more"),
    [
        ("0.05", {"Discount_Amount": "0.01", "Discount_Code": "CENT"}),
        ("0.06", {"Discount_Amount": "0.01", "Total": "0.05"}),
        ("", {"Discount_Amount": "0.01", "Total": "0.05"}),
    ],
)
def test_a_discount_on_the_order_is_spread_to_the_cent_however_the_subtotal_is_meant(
    tmp_path: Path, subtotal: str, more: dict[str, str]
):
    taken = shop(tmp_path, order("#1", [("0.02", "1")] * 3, subtotal, **more))
    assert sorted(Decimal(row["discount_amount"]) for row in taken.rows("order_lines")) == [0, 0, Decimal("0.01")]
    assert taken.sales == Decimal("0.05")
    assert taken.residual == 0


def test_discounts_of_lines_stay_on_their_lines(tmp_path: Path):
    rows = order("#1", [("10.00", "1"), ("10.00", "1")], "16.00", Discount_Amount="4.00", Total="16.00")
    rows[0] = {**rows[0], "Lineitem discount": "4.00"}
    taken = shop(tmp_path, rows)
    assert [Decimal(row["discount_amount"]) for row in taken.rows("order_lines")] == [4, 0]
    assert taken.residual == 0


def test_free_shipping_is_no_discount_on_the_goods(tmp_path: Path):
    taken = shop(
        tmp_path, order("#1", [("10.00", "1")], "10.00", Discount_Amount="5.00", Shipping="5.00", Total="10.00")
    )
    assert taken.sales == 10
    assert taken.residual == 0


def test_tax_included_prices_stay_as_they_are_and_the_tax_is_kept_beside(tmp_path: Path):
    taken = shop(tmp_path, order("#1", [("12.00", "1")], "12.00", Taxes="2.00", Total="12.00"))
    assert taken.rows("orders")[0]["tax_amount"] == "2.00"
    assert taken.sales == 12
    assert taken.residual == 0


def test_equal_lines_count_when_the_order_amount_knows_them_and_are_repeats_when_not(tmp_path: Path):
    twice = order("#1", [("5.00", "1")] * 3, "15.00")
    twice[2] = dict(twice[1])
    assert shop(tmp_path, twice).sales == 15
    again = order("#2", [("5.00", "1")] * 2, "10.00")
    taken = shop(tmp_path, [*again, again[1], again[0]])
    assert taken.sales == 10
    assert taken.unchanged == {"orders": 1, "order_lines": 2}
    assert taken.residual == 0


def test_rows_of_an_order_may_stand_apart_and_without_name(tmp_path: Path):
    one, two = order("#1", [("5.00", "1")] * 2, "10.00"), order("#2", [("4.00", "1"), ("3.00", "1")], "7.00")
    two[1] = {**two[1], "Name": ""}
    taken = shop(tmp_path, [one[0], *two, one[1]])
    assert {row["order_id"]: row["line_no"] for row in taken.rows("order_lines")} == {"#1": "2", "#2": "2"}
    assert taken.sales == 17
    assert taken.residual == 0


def test_people_are_known_by_a_hash_of_their_email_and_nothing_else_of_them_is_stored(tmp_path: Path):
    taken = shop(
        tmp_path,
        order("#1", [("5.00", "1")], "5.00", Email=" Ann@Example.COM "),
        order(
            "#2",
            [("5.00", "1")],
            "5.00",
            Created_at="2024-02-01 10:00:00 +0000",
            Paid_at="",
            Shipping_City="York",
            Accepts_Marketing="yes",
        ),
        order("#3", [("5.00", "1")], "5.00", Email=""),
    )
    known = hashlib.sha256(b"ann@example.com").hexdigest()
    assert [row["customer_id"] for row in taken.rows("orders")] == [known, known, None]
    assert taken.rows("customers")[0] == {
        "customer_id": known, "country": None, "region": None, "city": "York", "email_hash": known, "email_consent": "true",
    }  # fmt: skip
    stored = str([piece.data.to_pylist() for piece in taken.pieces if isinstance(piece, Rows)]).lower()
    for secret in ("ann@", "smith", "441234567", "high street"):
        assert secret not in stored


def test_times_keep_their_offset_and_summer_time(tmp_path: Path):
    taken = shop(tmp_path, order("#1", [("5.00", "1")], "5.00", Created_at="2024-07-01 00:30:00 +0100", Paid_at=""))
    assert taken.rows("orders")[0]["placed_at"] == "2024-06-30T23:30:00+00:00"


def test_orders_in_another_currency_are_refused_with_the_next_step_and_noted(tmp_path: Path):
    taken = shop(
        tmp_path, order("#1", [("5.00", "1")] * 2, "10.00", Currency="USD"), order("#2", [("4.00", "1")], "4.00")
    )
    assert [(reject.table, reject.line, reject.column, reject.value) for reject in taken.rejects] == [
        ("orders", 2, "Currency", "USD"), ("order_lines", 2, "Currency", "USD"), ("order_lines", 3, "Currency", "USD"),
    ]  # fmt: skip
    assert "rate" in taken.rejects[0].reason
    assert (taken.notes[0].amount, taken.notes[0].rows) == (Decimal(10), 1)
    assert taken.sales == 4
    assert taken.residual == 0


def test_a_line_that_cannot_be_read_is_refused_and_the_rest_goes_in(tmp_path: Path):
    taken = shop(tmp_path, order("#1", [("5.00", "1"), ("free", "1"), ("1.00", "0")], "6.00"))
    assert [(reject.line, reject.column, reject.value) for reject in taken.rejects] == [
        (3, "Lineitem price", "free"), (4, "quantity", "0"),
    ]  # fmt: skip
    assert taken.sales == 5
    assert taken.steps() == {"platform_total": Decimal(6), "rejected": Decimal(-1)}
    assert taken.residual == 0


def test_an_order_without_a_readable_time_is_refused_with_all_its_lines(tmp_path: Path):
    taken = shop(
        tmp_path, order("#1", [("5.00", "1")] * 2, "10.00", Created_at="soon"), order("#2", [("1.00", "1")], "1.00")
    )
    assert [(reject.table, reject.line) for reject in taken.rejects] == [
        ("orders", 2),
        ("order_lines", 2),
        ("order_lines", 3),
    ]
    assert taken.bridge["rejected"] == -10
    assert taken.residual == 0


def test_lines_missing_from_the_file_are_shown_under_other(tmp_path: Path):
    taken = shop(tmp_path, order("#1", [("5.00", "1")], "9.00"))
    assert taken.sales == 5
    assert taken.steps()["other"] == -4
    assert taken.residual == 0
    assert taken.notes[0].rows == 1


@pytest.mark.parametrize(("encoding", "separator"), [("utf-8-sig", ","), ("utf-16", "\t"), ("cp1252", ";")])
def test_encodings_separators_and_decimal_commas_change_nothing(tmp_path: Path, encoding: str, separator: str):
    rows = order(
        "#1", [("1234,50", "2")], "2469,00", Total="2469,00", Shipping="0,00", Taxes="0,00", Refunded_Amount="9,00"
    )
    rows[0] = {**rows[0], "Lineitem name": 'Café "größe"\nxl, neu'}
    taken = take("shopify", tmp_path, {"o.csv": written([rows], separator)}, UK, encoding=encoding)
    assert taken.sales == 2469
    assert taken.rows("products")[0]["name"] == 'Café "größe"\nxl, neu'
    assert taken.rows("refunds")[0]["amount"] == "9.00"
    assert taken.residual == 0


def test_chinese_and_emoji_in_titles_survive(tmp_path: Path):
    rows = order("#1", [("1.00", "1")], "1.00")
    rows[0] = {**rows[0], "Lineitem name": "茶杯 🍵 大号"}
    assert shop(tmp_path, rows).rows("order_lines")[0]["product_id"] == "茶杯 🍵 大号"


def test_a_cut_file_loses_only_what_is_cut(tmp_path: Path):
    text = written([order("#1", [("5.00", "1")], "5.00"), order("#2", [("4.00", "1")], "4.00")]).rstrip()
    taken = take("shopify", tmp_path, {"o.csv": text[:-20]}, UK)
    assert [row["order_id"] for row in taken.rows("orders")] == ["#1"]
    assert [reject.line for reject in taken.rejects] == [3]
    assert taken.residual == 0


def test_the_same_file_twice_and_a_newer_version_count_once(tmp_path: Path):
    old = written([order("#1", [("5.00", "1")], "5.00", Financial_Status="pending", Paid_at="")])
    new = written([order("#1", [("5.00", "1")], "5.00", Refunded_Amount="2.00"), order("#2", [("1.00", "1")], "1.00")])
    taken = take("shopify", tmp_path, {"a.csv": old, "b.csv": old, "c.csv": new}, UK)
    assert taken.sales == 6
    assert taken.residual == 0


def test_products_and_orders_together_keep_the_better_product_names(tmp_path: Path):
    products = "Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,Cost per item\ncup,Cup,Acme,Cups,Title,Default Title,Thing 0,5.00,2.00\nbad,Bad,,,,,B,price,\n"
    files = {"orders.csv": written([order("#1", [("5.00", "1")], "5.00")]), "products.csv": products}
    taken = take("shopify", tmp_path, files, UK)
    assert taken.rows("products") == [
        {
            "product_id": "Thing 0", "name": "Cup", "brand": "Acme", "category": "Cups", "list_price": "5.00", "unit_cost": "2.00",
            "attributes": None,
        }
    ]  # fmt: skip
    assert [(reject.table, reject.line, reject.column) for reject in taken.rejects] == [
        ("products", 3, "Variant Price")
    ]


def test_other_files_are_refused_with_the_columns_they_have(tmp_path: Path):
    with pytest.raises(DataError, match="Lineitem quantity"):
        take("shopify", tmp_path, {"o.csv": "Name,Total\n#1,5\n"}, UK)


def test_an_empty_folder_says_what_to_do(tmp_path: Path):
    (tmp_path / "in").mkdir()
    with pytest.raises(DataError, match="holds no files"):
        list(sources()["shopify"].read(_inputs(tmp_path / "in")))


def _inputs(path: Path):
    from zhanggui.connectors.source import Inputs

    return Inputs((path,), UK)


def test_only_shopify_files_are_taken_for_shopify():
    detect = sources()["shopify"].detect
    assert detect(Head((FileHead(Path("o.csv"), "o.csv", tuple(COLUMNS)),)))
    assert not detect(Head((FileHead(Path("o.csv"), "o.csv", ("Name", "Total")),)))


def invented(count: int, seed: int) -> tuple[list[list[Mapping[str, str]]], Decimal]:
    dice = random.Random(seed)
    orders, sales = [], Decimal(0)
    for number in range(count):
        lines = [(Decimal(dice.randint(1, 300)) / 100, dice.randint(1, 3)) for _ in range(dice.randint(1, 4))]
        goods = sum(price * pieces for price, pieces in lines)
        off = min(Decimal(dice.choice([0, 0, 1, 5, 33])) / 100, goods)
        subtotal = goods - off
        status = dice.choice(["paid", "pending", "refunded", "voided", "partially_refunded"])
        back = {"refunded": subtotal, "partially_refunded": (subtotal / 3).quantize(Decimal("0.01"))}.get(
            status, Decimal(0)
        )
        orders.append(
            order(
                f"#{number}",
                [(f"{price:.2f}", str(pieces)) for price, pieces in lines],
                f"{subtotal:.2f}",
                Discount_Amount=f"{off:.2f}",
                Refunded_Amount=f"{back:.2f}",
                Financial_Status=status,
                Shipping="4.95",
                Total=f"{subtotal + Decimal('4.95'):.2f}",
            )
        )
        sales += Decimal(0) if status == "voided" else subtotal
    return orders, sales


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_the_bridge_of_many_invented_orders_closes_to_the_cent(tmp_path: Path, count: int):
    orders, sales = invented(count, seed=11)
    taken = shop(tmp_path, *orders)
    assert taken.sales == sales
    assert taken.residual == 0
    assert not {"other", "rounding", "rejected", "left_out"} & set(taken.steps())
    assert len(taken.rows("orders")) == count
