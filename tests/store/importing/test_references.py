"""What points nowhere or runs backwards over tables goes in and is reported."""

from __future__ import annotations

from tests.store.pieces import counts, kept, lines, orders, refused, reported, take, text_rows

from zhanggui.store.importing.references import MOST
from zhanggui.store.opened import OpenShop

PRODUCT = {"product_id": "P"}


def test_a_line_without_its_order_goes_in_and_is_reported_with_its_line(shop: OpenShop) -> None:
    report = take(
        shop, orders({}), text_rows("products", PRODUCT), lines({}, {"order_id": "9"}, file="l.csv", first_row=1)
    )
    assert counts(report, "order_lines") == (2, 0, 0, 0)
    (row,) = reported(shop, report)
    assert (row.table, row.file, row.line, row.column, row.value) == ("order_lines", "l.csv", 3, "order_id", "9")
    assert row.reason == "order_id is not in orders"
    assert row.reason_zh
    assert not row.rejected
    assert not refused(shop, report)


def test_references_are_looked_up_after_the_whole_batch_is_in(shop: OpenShop) -> None:
    report = take(shop, lines({}), text_rows("products", PRODUCT), orders({}))
    assert reported(shop, report) == []


def test_an_empty_reference_points_nowhere_without_a_word(shop: OpenShop) -> None:
    take(shop, text_rows("customers", {"customer_id": "c"}))
    report = take(shop, orders({"customer_id": None}, {"order_id": "2", "customer_id": " "}))
    assert reported(shop, report) == []


def test_a_table_that_the_shop_lacks_gives_one_row_that_sums_up(shop: OpenShop) -> None:
    report = take(shop, orders(*({"order_id": str(n), "customer_id": f"c{n}"} for n in range(5))))
    (row,) = reported(shop, report)
    assert (row.line, row.column, row.value) == (None, "customer_id", "5")
    assert row.reason == "5 rows point to customers, which the shop does not have"


def test_at_most_a_thousand_rows_are_listed_and_the_rest_is_counted(shop: OpenShop) -> None:
    take(shop, text_rows("customers", {"customer_id": "c"}))
    report = take(shop, orders(*({"order_id": str(n), "customer_id": "x"} for n in range(MOST + 7))))
    found = reported(shop, report)
    assert len(found) == MOST + 1
    assert found[-1].reason == "7 more rows: customer_id is not in customers"
    assert [row.line for row in found[:3]] == [1, 2, 3]


def test_rows_that_did_not_change_are_not_reported_again(shop: OpenShop) -> None:
    pieces = [orders({}), lines({"order_id": "9"})]
    take(shop, *pieces)
    assert reported(shop, take(shop, *pieces)) == []


SHIPMENT = {"shipment_id": "1", "order_id": "1"}


def test_a_shipment_before_its_order_is_reported_not_rejected(shop: OpenShop) -> None:
    report = take(shop, orders({}), text_rows("shipments", {**SHIPMENT, "shipped_at": "2026-01-05T11:00:00Z"}))
    assert counts(report, "shipments") == (1, 0, 0, 0)
    (row,) = reported(shop, report)
    assert (row.table, row.column, row.value) == ("shipments", "shipped_at", "2026-01-05 11:00:00+00")
    assert row.reason == "shipped_at of the shipment is before placed_at of its order"


def test_an_order_that_comes_after_its_shipment_is_reported_too(shop: OpenShop) -> None:
    take(shop, text_rows("shipments", {**SHIPMENT, "delivered_at": "2026-01-05T11:00:00Z"}))
    report = take(shop, orders({}))
    (row,) = reported(shop, report)
    assert (row.table, row.column) == ("orders", "placed_at")
    assert row.reason == "delivered_at of the shipment is before placed_at of its order"


def test_a_shipment_in_good_order_is_not_reported(shop: OpenShop) -> None:
    times = {"shipped_at": "2026-01-05T13:00:00Z", "delivered_at": "2026-01-06"}
    report = take(shop, orders({"paid_at": "2026-01-05T12:30:00Z"}), text_rows("shipments", {**SHIPMENT, **times}))
    assert reported(shop, report) == []
    assert kept(shop, "shipments", "shipment_id") == [("1",)]
