"""Every rule of the shop model keeps the rows that break it aside, with column, value and reason."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.store.pieces import LINE, ORDER, counts, kept, lines, orders, refused, take, text_rows, typed

from zhanggui.basics.errors import DataError, UnknownNameError
from zhanggui.shop import TABLES
from zhanggui.store.batches import RejectRow
from zhanggui.store.importing.checks import problems_of
from zhanggui.store.opened import OpenShop, open_shop_folder

GOOD: dict[str, dict[str, Any]] = {
    "orders": ORDER,
    "order_lines": LINE,
    "reviews": {"review_id": "1", "created_at": "2026-01-05T12:00:00Z"},
    "price_changes": {"product_id": "P", "changed_at": "2026-01-05T12:00:00Z", "price": "1"},
    "stock_movements": {"movement_id": "1", "moved_at": "2026-01-05", "product_id": "P", "quantity": "1"},
    "shipments": {"shipment_id": "1", "order_id": "1"},
    "products": {"product_id": "P"},
    "payments": {"attempt_id": "1", "attempted_at": "2026-01-05", "status": "failed"},
    "events": {"event_id": "1", "occurred_at": "2026-01-05", "visitor_id": "v", "event": "page_view"},
    "customers": {"customer_id": "c"},
    "sessions": {"session_id": "s", "started_at": "2026-01-05"},
    "ad_spend": {"day": "2026-01-05", "campaign_id": "c", "spend": "1"},
}
FAR = (datetime.now(UTC) + timedelta(days=900)).date().isoformat()

BROKEN = [
    ("orders", "order_id", None, "empty"),
    ("orders", "order_id", "  ", "empty"),
    ("order_lines", "line_no", "", "empty"),
    ("order_lines", "product_id", None, "empty"),
    ("orders", "placed_at", None, "empty"),
    ("orders", "placed_at", "yesterday", "no time"),
    ("orders", "placed_at", "2026-02-30", "no time"),
    ("orders", "placed_at", "2026-01-05 25:00", "no time"),
    ("orders", "placed_at", "05/01/2026", "no time"),
    ("orders", "placed_at", "1989-12-31T23:59:59Z", "1990"),
    ("orders", "placed_at", "infinity", "1990"),
    ("orders", "placed_at", FAR, "two years"),
    ("ad_spend", "day", FAR, "two years"),
    ("ad_spend", "day", "1900-01-01", "1990"),
    ("ad_spend", "day", "5 Jan", "no day"),
    ("order_lines", "quantity", "0", "zero"),
    ("order_lines", "quantity", "0.0000", "zero"),
    ("order_lines", "quantity", "many", "no quantity"),
    ("stock_movements", "quantity", "0", "zero"),
    ("order_lines", "unit_price", "-0.01", "negative"),
    ("price_changes", "price", "-1", "negative"),
    ("products", "list_price", "-1", "negative"),
    ("order_lines", "unit_price", "1,5", "no amount"),
    ("order_lines", "unit_price", "£5", "no amount"),
    ("order_lines", "unit_price", "inf", "no amount"),
    ("order_lines", "unit_price", "nan", "no amount"),
    ("order_lines", "unit_price", "123456789012345", "no amount"),
    ("order_lines", "unit_price", "1.23456", "four decimals"),
    ("order_lines", "unit_price", "2.5500000001", "four decimals"),
    ("order_lines", "unit_price", "0.00001", "four decimals"),
    ("order_lines", "unit_price", "1e-5", "four decimals"),
    ("order_lines", "unit_price", "2.55000000000000000001", "four decimals"),
    ("order_lines", "discount_amount", "0.12345", "four decimals"),
    ("order_lines", "quantity", "1.00001", "four decimals"),
    ("order_lines", "unit_price", "10000000000", "more than 9,999,999,999"),
    ("order_lines", "line_no", "1.5", "whole"),
    ("order_lines", "line_no", "one", "whole"),
    ("orders", "status", "shipping", "none of placed, paid"),
    ("payments", "status", "ok", "none of succeeded"),
    ("events", "event", "scroll", "none of page_view"),
    ("events", "page_type", "landing", "none of home"),
    ("reviews", "rating", "0.5", "below 1"),
    ("reviews", "rating", "6", "above 5"),
    ("reviews", "rating", "good", "no number"),
    ("customers", "email_consent", "perhaps", "true nor false"),
    ("sessions", "page_views", "-1", "negative"),
]


KEYS = {"ad_spend": "campaign_id", "price_changes": "product_id"}


def _row(number: int, table: str, column: str, value: str | None) -> dict[str, Any]:
    """A good row with a key of its own, but for one cell."""
    key = KEYS.get(table, TABLES[table].key[0])
    return {**GOOD[table], key: f"k{number}", column: value}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, empty_shop: Path) -> dict[int, RejectRow]:
    """What became of every broken row, by its number; each is imported between two good ones."""
    folder = shutil.copytree(empty_shop, tmp_path_factory.mktemp("broken") / "shop")
    pieces = []
    for number, (table, column, value, _) in enumerate(BROKEN):
        good = _row(1000 + number, table, "", "")
        del good[""]
        rows = [good, _row(number, table, column, value)]
        pieces.append(text_rows(table, *rows, file=f"{number}.csv", first_row=number))
    with open_shop_folder(folder) as shop:
        report = take(shop, *pieces)
        assert report.good == len(BROKEN)
        return {int(row.file.split(".")[0]): row for row in refused(shop, report) if row.file}


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=lambda n: "-".join(str(part) for part in BROKEN[n]))
def test_a_row_that_breaks_a_rule_is_kept_aside(broken: dict[int, RejectRow], number: int) -> None:
    table, column, value, reason = BROKEN[number]
    row = broken[number]
    shown = value.strip() or None if value else None
    assert (row.table, row.line, row.column, row.value) == (table, number + 2, column, shown)
    assert reason in row.reason
    assert row.reason_zh


FINE = [
    ("order_lines", "unit_price", "0", "0.0000"),
    ("order_lines", "unit_price", "1.2345", "1.2345"),
    ("order_lines", "unit_price", "1.23450000", "1.2345"),
    ("order_lines", "unit_price", " 12.5 ", "12.5000"),
    ("order_lines", "unit_price", "1e3", "1000.0000"),
    ("order_lines", "unit_price", "9999999999.0000", "9999999999.0000"),
    ("products", "unit_cost", "99999999999999.9999", "99999999999999.9999"),
    ("order_lines", "quantity", "-3", "-3.0000"),
    ("order_lines", "discount_amount", "-3", "-3.0000"),
    ("order_lines", "line_no", "2.0", "2"),
    ("order_lines", "product_id", "\t00123 ", "00123"),
    ("orders", "status", "CANCELLED", "cancelled"),
    ("orders", "city", "北京 🎁", "北京 🎁"),
    ("orders", "city", " ", None),
    ("reviews", "text", 'two\nlines, "quoted"', 'two\nlines, "quoted"'),
    ("reviews", "rating", "5", "5.0"),
    ("customers", "email_consent", "Yes", "true"),
    ("customers", "email_consent", "0", "false"),
    ("products", "attributes", '{"colour": "red"}', '{"colour": "red"}'),
    ("products", "attributes", "red", '"red"'),
    ("products", "listed_on", "2026-01-05T23:30:00", "2026-01-05"),
    ("products", "listed_on", "2026-07-05T23:30:00Z", "2026-07-06"),
]


@pytest.fixture(scope="module")
def fine(tmp_path_factory: pytest.TempPathFactory, empty_shop: Path) -> Iterator[OpenShop]:
    """A shop with every good row."""
    folder = shutil.copytree(empty_shop, tmp_path_factory.mktemp("fine") / "shop")
    with open_shop_folder(folder) as shop:
        pieces = [text_rows(case[0], _row(number, *case[:3]), file=f"{number}") for number, case in enumerate(FINE)]
        report = take(shop, *pieces)
        assert not report.rejected, refused(shop, report)
        yield shop


@pytest.mark.parametrize("number", range(len(FINE)), ids=lambda n: "-".join(str(part) for part in FINE[n][:3]))
def test_a_good_cell_goes_in(fine: OpenShop, number: int) -> None:
    table, column, _, expected = FINE[number]
    key = KEYS.get(table, TABLES[table].key[0])
    found = fine.warehouse.query(
        f'SELECT CAST("{column}" AS VARCHAR) AS x FROM main.{table} WHERE {key} = ?', [f"k{number}"]
    )
    assert found.to_pylist() == [{"x": expected}]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"paid_at": "2026-01-05T11:59:59Z"}, "paid_at"),
        ({"placed_at": "2026-01-05T12:00:00+00:00", "paid_at": "2026-01-05T12:30:00+01:00"}, "paid_at"),
    ],
)
def test_an_order_paid_before_it_was_placed_is_kept_aside(shop: OpenShop, row: dict[str, str], column: str) -> None:
    report = take(shop, orders(row, {"order_id": "2", "paid_at": ORDER["placed_at"]}))
    (found,) = refused(shop, report)
    assert found.column == column
    assert "before placed_at" in found.reason
    assert counts(report, "orders") == (1, 0, 0, 1)


def test_a_shipment_delivered_before_it_left_is_kept_aside(shop: OpenShop) -> None:
    bad = {"shipped_at": "2026-01-06", "delivered_at": "2026-01-05"}
    report = take(shop, text_rows("shipments", {**GOOD["shipments"], **bad}))
    assert "before shipped_at" in refused(shop, report)[0].reason


def test_only_the_first_broken_rule_of_a_row_is_told(shop: OpenShop) -> None:
    report = take(shop, orders({"order_id": None, "placed_at": "?", "status": "?"}))
    assert [row.column for row in refused(shop, report)] == ["order_id"]


def test_the_good_rows_beside_bad_ones_go_in(shop: OpenShop) -> None:
    report = take(shop, lines({"line_no": "1"}, {"line_no": "2", "quantity": "0"}, {"line_no": "3"}))
    assert counts(report, "order_lines") == (2, 0, 0, 1)
    assert [row[0] for row in kept(shop, "order_lines", "line_no")] == [1, 3]


def test_a_batch_of_bad_rows_only_is_recorded_with_its_rows(shop: OpenShop) -> None:
    report = take(shop, orders({"placed_at": "?"}))
    assert report.good == 0
    assert report.rejected == 1
    assert len(refused(shop, report)) == 1
    assert shop.warehouse.newest_batch() == report.batch


def test_a_missing_required_column_names_the_file_and_what_it_has(shop: OpenShop) -> None:
    with pytest.raises(DataError, match=r"x\.csv: column 'placed_at' of orders is missing; there are order_id, status"):
        take(shop, text_rows("orders", {"order_id": "1", "status": "paid"}, file="x.csv"))
    assert shop.warehouse.newest_batch() is None


def test_a_column_that_the_shop_model_does_not_have_is_refused(shop: OpenShop) -> None:
    with pytest.raises(UnknownNameError):
        take(shop, text_rows("orders", {**ORDER, "colour": "red"}))


def test_a_column_that_holds_lists_is_refused(shop: OpenShop) -> None:
    with pytest.raises(DataError, match=r"'name' is of type list"):
        take(shop, typed("products", product_id=["1"], name=[["a", "b"]]))


def test_an_unknown_table_is_refused(shop: OpenShop) -> None:
    with pytest.raises(UnknownNameError, match="order_lines"):
        take(shop, text_rows("order_line", LINE))


def test_every_reason_is_there_in_both_languages_and_has_a_code_of_its_own() -> None:
    for table in TABLES.values():
        problems = problems_of(table)
        assert [problem.code for problem in problems] == list(range(1, len(problems) + 1))
        assert all(problem.column in table.by_name for problem in problems)


def test_empty_parts_of_keys_that_are_no_ids_are_stored_as_empty_text(shop: OpenShop) -> None:
    take(
        shop,
        text_rows("traffic_daily", {"day": "2026-01-05", "visitors": "3"}),
        text_rows("traffic_daily", {"day": "2026-01-06", "source": None, "medium": "cpc", "visitors": "4"}),
        text_rows("goals", {"kpi": "sales", "period_start": "2026-01-01", "grain": "month", "target": "9"}),
    )
    assert kept(shop, "traffic_daily", "source", "medium", "region") == [("", "", ""), ("", "cpc", "")]
    assert kept(shop, "goals", "segment") == [("",)]
