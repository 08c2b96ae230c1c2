"""Gathering rows, and sharing amounts so that not a cent is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.connectors.collecting import RowsBuilder, spread
from zhanggui.shop.rows import Reject, Rows

cents = st.decimals("0.01", "0.30", places=2)  # small on purpose: rounding bites here


def test_rows_come_in_chunks_and_the_rest_at_the_end():
    builder = RowsBuilder("customers", "c.csv", size=2)
    pieces = [piece for n in range(5) for piece in builder.add(n + 2, customer_id=str(n))]
    pieces += builder.rest()
    assert [piece.data.num_rows for piece in pieces if isinstance(piece, Rows)] == [2, 2, 1]
    assert [line for piece in pieces for line in piece.data["_line"].to_pylist()] == [2, 3, 4, 5, 6]
    assert list(builder.rest()) == []


def test_values_become_text_and_nothing_stays_nothing():
    builder = RowsBuilder("orders", "o.csv", naive_zone="Asia/Shanghai")
    list(
        builder.add(2, order_id="1", goods_amount=Decimal("1E+2"), placed_at=datetime(2020, 1, 1, tzinfo=UTC), city="")
    )
    list(builder.add(None, order_id="2", status="paid", tax_amount=1.5, customer_id=None))
    (rows,) = builder.rest()
    assert rows.naive_zone == "Asia/Shanghai"
    assert rows.data.to_pylist() == [
        {
            "order_id": "1",
            "goods_amount": "100",
            "placed_at": "2020-01-01T00:00:00+00:00",
            "city": None,
            "status": None,
            "tax_amount": None,
            "customer_id": None,
            "_line": 2,
        },
        {
            "order_id": "2",
            "goods_amount": None,
            "placed_at": None,
            "city": None,
            "status": "paid",
            "tax_amount": "1.5",
            "customer_id": None,
            "_line": None,
        },
    ]


def test_days_and_flags_are_text_too():
    builder = RowsBuilder("customers", "c.csv")
    list(builder.add(2, customer_id="1", email_consent=True))
    (rows,) = builder.rest()
    assert rows.data["email_consent"].to_pylist() == ["true"]
    products = RowsBuilder("products", "p.csv")
    list(products.add(2, product_id="1", listed_on=date(2020, 1, 2)))
    (rows,) = products.rest()
    assert rows.data["listed_on"].to_pylist() == ["2020-01-02"]


def test_an_id_destroyed_by_a_spreadsheet_is_refused_with_its_line():
    builder = RowsBuilder("orders", "o.csv")
    (reject,) = builder.add(7, order_id="9.44E+18", status="paid")
    assert isinstance(reject, Reject)
    assert (reject.table, reject.file, reject.line, reject.column, reject.value) == (
        "orders",
        "o.csv",
        7,
        "order_id",
        "9.44E+18",
    )
    assert "spreadsheet" in reject.reason
    assert "电子表格" in reject.reason_zh
    assert list(builder.rest()) == []


def test_a_column_that_the_table_does_not_have_is_a_mistake_of_the_source():
    with pytest.raises(KeyError, match="no column colour"):
        RowsBuilder("orders", "o.csv").add(2, colour="red")


@given(st.decimals("-5", "5", places=2), st.lists(cents, min_size=1, max_size=8))
def test_the_parts_sum_to_the_total(total: Decimal, weights: list[Decimal]):
    assert sum(spread(total, weights)) == total


@given(st.lists(cents, min_size=1, max_size=8), st.data())
def test_no_part_is_larger_than_its_line(weights: list[Decimal], data: st.DataObject):
    total = data.draw(st.decimals("0", str(sum(weights)), places=2))
    assert all(0 <= part <= weight for part, weight in zip(spread(total, weights), weights, strict=True))


def test_equal_lines_share_equally_and_the_first_take_the_leftover_cents():
    assert spread(Decimal("0.05"), [Decimal(2)] * 3) == [Decimal("0.02"), Decimal("0.02"), Decimal("0.01")]


def test_lines_without_amount_share_equally():
    assert spread(Decimal("1.00"), [Decimal(0), Decimal(0)]) == [Decimal("0.50"), Decimal("0.50")]
    assert spread(Decimal("1.00"), [Decimal(-5), Decimal(5)]) == [Decimal(0), Decimal("1.00")]
    assert spread(Decimal("1.00"), []) == []


def test_smaller_units_than_cents_are_kept():
    assert sum(spread(Decimal("0.0007"), [Decimal(1)] * 3)) == Decimal("0.0007")
