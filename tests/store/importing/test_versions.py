"""The same again changes nothing; a newer version replaces the older; columns that are not given stay."""

from __future__ import annotations

from decimal import Decimal

from tests.store.pieces import counts, kept, lines, orders, refused, snapshot, take, text_rows

from zhanggui.shop import Rows
from zhanggui.store.batches import list_batches
from zhanggui.store.opened import OpenShop


def test_the_same_import_twice_changes_nothing_and_is_recorded(shop: OpenShop) -> None:
    pieces = [orders({}, {"order_id": "2"}), lines({}, {"line_no": "2", "discount_amount": "1"})]
    take(shop, *pieces)
    before = snapshot(shop)
    report = take(shop, *pieces)
    assert counts(report, "orders") == (0, 0, 2, 0)
    assert counts(report, "order_lines") == (0, 0, 2, 0)
    assert snapshot(shop) == before
    assert [batch.batch for batch in list_batches(shop)] == [report.batch, list_batches(shop)[1].batch]
    assert shop.warehouse.newest_batch() == report.batch


def test_a_newer_version_of_a_row_replaces_the_older(shop: OpenShop) -> None:
    take(shop, orders({}, {"order_id": "2"}))
    report = take(shop, orders({"status": "shipped"}, {"order_id": "2"}, {"order_id": "3"}))
    assert counts(report, "orders") == (1, 1, 1, 0)
    assert kept(shop, "orders", "order_id", "status") == [("1", "shipped"), ("2", "paid"), ("3", "paid")]


def test_a_cell_that_became_empty_is_emptied(shop: OpenShop) -> None:
    take(shop, orders({"city": "Leeds"}))
    report = take(shop, orders({"city": None}))
    assert counts(report, "orders") == (0, 1, 0, 0)
    assert kept(shop, "orders", "city") == [(None,)]


def test_columns_that_a_source_does_not_give_keep_their_value(shop: OpenShop) -> None:
    take(shop, orders({"city": "Leeds", "device": "mobile"}))
    report = take(shop, orders({"status": "shipped"}))
    assert counts(report, "orders") == (0, 1, 0, 0)
    assert kept(shop, "orders", "status", "city", "device") == [("shipped", "Leeds", "mobile")]


def test_the_same_row_twice_in_a_file_is_unchanged(shop: OpenShop) -> None:
    report = take(shop, lines({}, {"unit_price": "10.0"}, {"unit_price": "10"}))
    assert counts(report, "order_lines") == (1, 0, 2, 0)


def test_a_key_that_repeats_with_other_values_in_a_file_is_refused_with_both_lines(shop: OpenShop) -> None:
    report = take(shop, lines({}, {"line_no": "2"}, {"quantity": "5"}, {"quantity": "7"}, file="l.csv", first_row=1))
    assert counts(report, "order_lines") == (2, 0, 0, 2)
    assert kept(shop, "order_lines", "line_no", "quantity") == [(1, Decimal(1)), (2, Decimal(1))]
    found = refused(shop, report)
    assert [(row.file, row.line, row.column, row.value) for row in found] == [
        ("l.csv", 4, "order_id + line_no", "1 + 1"),
        ("l.csv", 5, "order_id + line_no", "1 + 1"),
    ]
    assert found[0].reason == "order_id + line_no repeats line 2 with other values"
    assert found[0].reason_zh == "order_id + line_no 与第 2 行重复但内容不同"


def test_a_later_file_of_the_batch_is_a_newer_version(shop: OpenShop) -> None:
    report = take(shop, orders({}, file="1.csv"), orders({"status": "shipped"}, file="2.csv"), orders({}, file="3.csv"))
    assert counts(report, "orders") == (1, 2, 0, 0)
    assert kept(shop, "orders", "status") == [("paid",)]


def test_the_same_day_file_delivered_twice_is_unchanged(shop: OpenShop) -> None:
    report = take(shop, orders({}, {"order_id": "2"}, file="a.csv"), orders({}, {"order_id": "2"}, file="b.csv"))
    assert counts(report, "orders") == (2, 0, 2, 0)


def test_a_batch_with_two_versions_imported_twice_is_unchanged(shop: OpenShop) -> None:
    pieces = [orders({}, file="1.csv"), orders({"status": "shipped"}, file="2.csv")]
    take(shop, *pieces)
    report = take(shop, *pieces)
    assert counts(report, "orders") == (0, 0, 2, 0)


def test_versions_of_a_batch_follow_on_the_row_of_the_shop(shop: OpenShop) -> None:
    take(shop, orders({"city": "Leeds"}))
    report = take(shop, orders({}, file="1.csv"), orders({"status": "shipped"}, file="2.csv"))
    assert counts(report, "orders") == (0, 1, 1, 0)
    assert kept(shop, "orders", "status", "city") == [("shipped", "Leeds")]


def test_files_with_different_columns_fill_one_row_together(shop: OpenShop) -> None:
    take(shop, text_rows("products", {"product_id": "P", "brand": "old", "name": "old"}))
    report = take(
        shop,
        text_rows("products", {"product_id": "P", "name": "Cup"}, {"product_id": "Q", "name": "Pot"}, file="1"),
        text_rows("products", {"product_id": "P", "list_price": "5"}, {"product_id": "Q", "list_price": "7"}, file="2"),
        text_rows("products", {"product_id": "P", "list_price": "5"}, file="3"),
    )
    assert counts(report, "products") == (1, 3, 1, 0)
    assert kept(shop, "products", "product_id", "name", "brand", "list_price") == [
        ("P", "Cup", "old", Decimal(5)),
        ("Q", "Pot", None, Decimal(7)),
    ]


def test_one_file_may_give_a_table_in_pieces_with_different_columns(shop: OpenShop) -> None:
    take(
        shop,
        text_rows("products", {"product_id": "P", "name": "Cup"}),
        text_rows("products", {"product_id": "Q", "list_price": "7"}),
        text_rows("products", {"product_id": "P", "list_price": "5"}),
    )
    assert kept(shop, "products", "product_id", "name", "list_price") == [
        ("P", "Cup", Decimal(5)),
        ("Q", None, Decimal(7)),
    ]


def test_single_rows_of_different_columns_update_only_their_own(shop: OpenShop) -> None:
    take(
        shop,
        text_rows("products", *({"product_id": p, "name": "old", "brand": "old"} for p in "PQ")),
    )
    report = take(
        shop,
        text_rows("products", {"product_id": "P", "name": "new"}, file="1"),
        text_rows("products", {"product_id": "Q", "brand": "new"}, file="2"),
    )
    assert counts(report, "products") == (0, 2, 0, 0)
    assert kept(shop, "products", "product_id", "name", "brand") == [("P", "new", "old"), ("Q", "old", "new")]


def test_a_refused_row_does_not_count_as_a_version(shop: OpenShop) -> None:
    report = take(shop, orders({"placed_at": "?"}, {}, file="a.csv"))
    assert counts(report, "orders") == (1, 0, 0, 1)


def test_an_empty_part_of_a_key_and_a_missing_one_are_the_same_key(shop: OpenShop) -> None:
    take(shop, text_rows("traffic_daily", {"day": "2026-01-05", "visitors": "3"}))
    report = take(shop, text_rows("traffic_daily", {"day": "2026-01-05", "source": " ", "visitors": "4"}))
    assert counts(report, "traffic_daily") == (0, 1, 0, 0)


def test_pieces_of_many_small_sizes_stay_in_order(shop: OpenShop) -> None:
    pieces = [orders({"order_id": str(n)}, first_row=n + 1) for n in range(300)]
    report = take(shop, *pieces, orders({"placed_at": "?"}, first_row=301))
    assert counts(report, "orders") == (300, 0, 0, 1)
    assert refused(shop, report)[0].line == 302


def test_a_table_without_rows_is_delivered_all_the_same(shop: OpenShop) -> None:
    report = take(shop, Rows("orders", orders({}).data.slice(0, 0), "orders.csv"))
    assert counts(report, "orders") == (0, 0, 0, 0)
    assert shop.warehouse.facts()["orders"].delivered
    assert not shop.warehouse.facts()["refunds"].delivered
