"""Olist: what its tables need of each other, its traps, and the real files to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.connectors.sources.table_reading import Read, read

from zhanggui.basics.errors import DataError
from zhanggui.connectors.source import FileHead, Head
from zhanggui.connectors.sources.olist import SOURCE

ORDERS = (
    "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,"
    "order_delivered_customer_date,order_estimated_delivery_date"
)
ITEMS = "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value"
PAYMENTS = "order_id,payment_sequential,payment_type,payment_installments,payment_value"
REVIEWS = (
    "review_id,order_id,review_score,review_comment_title,review_comment_message,review_creation_date,"
    "review_answer_timestamp"
)
CUSTOMERS = "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state"
PRODUCTS = "product_id,product_category_name,product_name_lenght,product_weight_g"


@pytest.fixture
def olist(tmp_path: Path):
    """Reads files given as name -> (header, rows)."""

    def _olist(files: Mapping[str, tuple[str, str]]) -> Read:
        paths = []
        for name, (header, rows) in files.items():
            path = tmp_path / f"olist_{name}_dataset.csv"
            path.write_text(f"{header}\n{rows}", encoding="utf-8")
            paths.append(path)
        return read(SOURCE, *paths, currency="BRL", timezone="America/Sao_Paulo")

    return _olist


def an_order(
    number: str, status: str = "delivered", at: str = "2017-10-02 10:00:00", approved: str | None = None
) -> str:
    approved = at if approved is None else approved
    return f"{number},c{number},{status},{at},{approved},,,2017-10-18 00:00:00\n"


def an_item(number: str, price: str, freight: str = "1.00", *, item: int = 1, product: str = "p1") -> str:
    return f"{number},{item},{product},s1,2017-10-06 00:00:00,{price},{freight}\n"


def a_payment(number: str, value: str, *, sequential: int = 1, kind: str = "credit_card") -> str:
    return f"{number},{sequential},{kind},1,{value}\n"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("created", "placed"),
        ("approved", "paid"),
        ("invoiced", "paid"),
        ("processing", "paid"),
        ("shipped", "shipped"),
        ("delivered", "delivered"),
        ("canceled", "cancelled"),
        ("unavailable", "cancelled"),
        ("lost in space", "lost in space"),
    ],
)
def test_every_status_becomes_ours_and_an_unknown_one_is_left_for_the_store_to_refuse(olist, theirs, ours):
    assert olist({"orders": (ORDERS, an_order("1", theirs))}).column("orders", "status") == [ours]


def test_the_customer_is_the_person_and_not_the_one_of_the_order(olist):
    result = olist(
        {
            "orders": (ORDERS, an_order("1", at="2018-01-01 10:00:00") + an_order("2")),
            "customers": (CUSTOMERS, "c1,anna,1,rio,RJ\nc2,anna,2,sao paulo,SP\n"),
        }
    )
    assert result.column("orders", "customer_id") == ["anna", "anna"]
    assert [(row["customer_id"], row["city"], row["_line"]) for row in result["customers"]] == [("anna", "rio", 2)]


def test_without_customers_nobody_is_known_and_a_note_says_so(olist):
    result = olist({"orders": (ORDERS, an_order("1"))})
    assert result.column("orders", "customer_id") == [None]
    assert "Without the customers file" in result.notes[0].words.en


def test_sums_that_were_not_delivered_are_not_given(olist):
    result = olist({"orders": (ORDERS, an_order("1"))})
    assert not {"goods_amount", "shipping_amount", "total_amount"} & set(result["orders"][0])


def test_the_bridge_names_every_difference_and_closes(olist):
    result = olist(
        {
            "orders": (ORDERS, "".join(an_order(str(n), "canceled" if n == 2 else "delivered") for n in range(1, 8))),
            "order_items": (
                ITEMS,
                an_item("1", "10.00")
                + an_item("2", "20.00")
                + an_item("3", "30.00")
                + an_item("4", "40.00")
                + an_item("5", "50.00")
                + an_item("6", "60.00")
                + an_item("9", "7.00"),
            ),
            "order_payments": (
                PAYMENTS,
                a_payment("1", "11.00")
                + a_payment("2", "21.00")
                + a_payment("3", "33.50")
                + a_payment("4", "38.00", kind="voucher")
                + a_payment("5", "51.01")
                + a_payment("7", "5.00")
                + a_payment("9", "8.00"),
            ),
        }
    )
    assert dict(result.steps) == {
        "platform_total": Decimal("167.51"),
        "cancelled": Decimal("-21.00"),
        "shipping": Decimal("-6.00"),
        "fees": Decimal("-2.50"),
        "discounts": Decimal("3.00"),
        "rounding": Decimal("-0.01"),
        "unpaid": Decimal("61.00"),
        "other": Decimal("-5.00"),
    }
    assert result.sales == result.bridge


def test_a_file_given_twice_does_not_count_twice(olist, tmp_path):
    files = {
        "orders": (ORDERS, an_order("1")),
        "order_items": (ITEMS, an_item("1", "10.00")),
        "order_payments": (PAYMENTS, a_payment("1", "11.00")),
        "order_payments_again": (PAYMENTS, a_payment("1", "11.00")),
        "order_items_again": (ITEMS, an_item("1", "10.00")),
    }
    result = olist(files)
    assert result.steps["platform_total"] == 11
    assert result.bridge == 10


def test_payments_are_dated_by_their_order_and_have_an_outcome(olist):
    result = olist(
        {
            "orders": (
                ORDERS,
                an_order("1")
                + an_order("2", "canceled", approved="")
                + an_order("3", "created", approved="")
                + an_order("4", "delivered", approved=""),
            ),
            "order_payments": (PAYMENTS, "".join(a_payment(str(n), "5.00") for n in range(1, 6))),
        }
    )
    assert result.column("payments", "status") == ["succeeded", "failed", "pending", "succeeded"]
    assert result.column("payments", "attempted_at")[0] == "2017-10-02 10:00:00"
    (reject,) = result.rejects
    assert (reject.table, reject.line, reject.value) == ("payments", 6, "5")


def test_a_review_of_several_orders_is_kept_for_each(olist):
    rows = (
        "r1,1,5,,,2018-01-04 00:00:00,2018-01-05 00:00:00\nr1,2,5,,,2018-01-04 00:00:00,2018-01-05 00:00:00\n"
        "r1,1,5,,,2018-01-04 00:00:00,2018-01-05 00:00:00\n"
    )
    result = olist({"orders": (ORDERS, an_order("1") + an_order("2")), "order_reviews": (REVIEWS, rows)})
    assert result.column("reviews", "review_id") == ["r1", "r1-2", "r1"]


def test_line_breaks_in_reviews_keep_the_lines_right(olist):
    rows = (
        'r1,1,5,,"Otimo\r\n\r\nrecomendo, ""sim""",2018-01-04 00:00:00,2018-01-05 00:00:00\n'
        "r2,1,2,,ruim,2018-01-04 00:00:00,2018-01-05 00:00:00\n"
    )
    result = olist({"order_reviews": (REVIEWS, rows)})
    assert [(row["text"], row["_line"]) for row in result["reviews"]] == [
        ('Otimo\r\n\r\nrecomendo, "sim"', 2),
        ("ruim", 5),
    ]


def test_a_review_names_the_product_only_when_the_order_has_one(olist):
    reviews = "r1,1,5,,,2018-01-04,\nr2,2,5,,,2018-01-04,\n"
    items = an_item("1", "5.00") + an_item("2", "5.00") + an_item("2", "6.00", item=2, product="p2")
    result = olist({"order_reviews": (REVIEWS, reviews), "order_items": (ITEMS, items)})
    assert result.column("reviews", "product_id") == ["p1", None]


def test_categories_are_translated_where_a_translation_is_given(olist):
    result = olist(
        {
            "products": (PRODUCTS, "p1,perfumaria,40,500\np2,pc_gamer,40,\np3,,,\n"),
            "translation": ("product_category_name,product_category_name_english", "perfumaria,perfumery\n"),
            "order_items": (ITEMS, an_item("1", "5.00")),
        }
    )
    assert [(row["product_id"], row["category"], row["supplier_id"]) for row in result["products"]] == [
        ("p1", "perfumery", "s1"),
        ("p2", "pc_gamer", None),
        ("p3", None, None),
    ]
    assert result.column("products", "attributes") == [
        '{"weight_g": "500", "name_length": "40"}',
        '{"name_length": "40"}',
        None,
    ]


def test_a_parcel_exists_unless_the_order_was_cancelled_before(olist):
    rows = (
        an_order("1", "canceled")
        + "2,c2,canceled,2017-10-02 10:00:00,,2017-10-03 10:00:00,,\n"
        + an_order("3", "shipped")
    )
    result = olist({"orders": (ORDERS, rows)})
    assert result.column("shipments", "shipment_id") == ["2", "3"]


def test_a_price_that_cannot_be_read_goes_to_the_store_and_the_bridge_still_closes(olist):
    result = olist(
        {
            "orders": (ORDERS, an_order("1") + an_order("2")),
            "order_items": (ITEMS, an_item("1", "10.00") + an_item("2", "dez")),
            "order_payments": (PAYMENTS, a_payment("1", "11.00") + a_payment("2", "9.00")),
        }
    )
    assert result.column("order_lines", "unit_price") == ["10.00", "dez"]
    assert result.bridge == 10


def test_payments_without_orders_are_refused_with_the_next_step(olist):
    with pytest.raises(DataError, match=r"needs the orders beside it.*olist_orders_dataset\.csv"):
        olist({"order_payments": (PAYMENTS, a_payment("1", "5"))})


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"x\.csv: no file has the columns of an Olist export"):
        read(SOURCE, path)


def test_cut_rows_of_every_part_are_refused_with_their_table(olist):
    result = olist({"orders": (ORDERS, an_order("1") + "2,c2,deli"), "products": (PRODUCTS, "p1,x,1,2\np2")})
    assert [(reject.table, reject.line) for reject in result.rejects] == [("products", 3), ("orders", 3)]


def test_extra_columns_and_short_names_do_not_matter(tmp_path):
    pq.write_table(
        pa.table(
            {
                "order_id": ["1"],
                "customer_id": ["c1"],
                "order_status": ["delivered"],
                "order_purchase_timestamp": ["2017-10-02 10:56:33"],
                "ingest_date": pa.array([None], pa.string()),
            }
        ),
        tmp_path / "orders.parquet",
    )
    assert read(SOURCE, tmp_path).column("orders", "order_id") == ["1"]


def test_it_detects_its_own_files_only():
    def head(*columns: str) -> Head:
        return Head((FileHead(Path("orders.csv"), "orders.csv", columns),))

    assert SOURCE.detect(head(*ORDERS.split(",")))
    assert SOURCE.detect(head(*CUSTOMERS.split(",")))
    assert not SOURCE.detect(head("order_id", "placed_at", "status"))


@pytest.mark.data
def test_the_real_files_close_to_the_cent(shared_data):
    result = read(SOURCE, shared_data / "olist", currency="BRL", timezone="America/Sao_Paulo")
    assert result.steps["platform_total"] == Decimal("1098002.10")
    assert result.sales == result.bridge == Decimal("924264.63")
    assert len(result["reviews"]) == len({row["review_id"] for row in result["reviews"]}) == 6877
    assert len(result["customers"]) == len({row["customer_id"] for row in result["customers"]}) == 6874
    assert {
        table: len(rows) for table, rows in result.tables.items() if table in {"orders", "order_lines", "payments"}
    } == {
        "orders": 6887,
        "order_lines": 7790,
        "payments": 7208,
    }
    assert result.rejects == []
