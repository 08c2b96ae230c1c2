"""What the platform connectors share: cells, personal data, sharing discounts, grouping rows, keeping the books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import CellHabits, Cells, Trouble
from zhanggui.connectors.chinese_orders import combined_state, known_person, state_of, was_refunded
from zhanggui.connectors.order_export import Item, Order, first_and_repeats, order_groups, share_discount, unread_rows
from zhanggui.connectors.order_rows import OrderRows
from zhanggui.connectors.personal import email_hash, region_and_city
from zhanggui.connectors.text_file import open_rows
from zhanggui.shop.rows import BridgeItem, Reject, Rows

cents = st.decimals("0.01", "0.30", places=2)  # small on purpose: rounding bites here
AT = datetime(2024, 1, 31, tzinfo=UTC)
ONE = Decimal(1)


def item(amount: Decimal, quantity: int = 1, *, out: bool = False) -> Item:
    return Item(2, "p", Decimal(quantity), amount, taken_out=out)


@given(st.lists(cents, min_size=1, max_size=5), st.integers(0, 100))
def test_a_shared_discount_sums_to_itself_and_no_line_goes_below_zero(amounts: list[Decimal], percent: int):
    total = sum(amounts)
    discount = (total * percent / 100).quantize(Decimal("0.01"))
    shared = share_discount([item(amount) for amount in amounts], discount)
    assert sum(one.discount for one in shared) == discount
    assert all(one.net >= 0 for one in shared)


def test_lines_that_are_not_sold_take_no_share():
    shared = share_discount([item(ONE), item(ONE, out=True)], Decimal("0.50"))
    assert [one.discount for one in shared] == [Decimal("0.50"), 0]


@settings(deadline=None)
@given(
    st.lists(st.tuples(cents, st.integers(1, 7), cents), min_size=1, max_size=4),
    st.sampled_from(["placed", "paid", "cancelled", "returned"]),
    st.decimals("-1", "1", places=2),
)
def test_the_books_of_an_order_close_whatever_the_platform_says(
    lines: list[tuple[Decimal, int, Decimal]], status: str, wrong: Decimal
):
    items = tuple(Item(2, "p", Decimal(pieces), amount, discount=min(off, amount)) for amount, pieces, off in lines)
    taken = OrderRows(Words("total", "合计"))
    order = Order("1", 2, status, AT, items, total=sum(one.net for one in items) + wrong, unpaid=status == "placed")
    pieces = [*taken.file("f"), *taken.add(order), *taken.end()]
    sold = Decimal(0)
    for piece in pieces:
        if isinstance(piece, Rows) and piece.table == "order_lines":
            for row in piece.data.to_pylist():
                sold += Decimal(row["quantity"]) * Decimal(row["unit_price"]) - Decimal(row["discount_amount"])
                assert -Decimal(row["unit_price"]).as_tuple().exponent <= 4
    ours = Decimal(0) if status == "cancelled" else sold
    assert sold == sum(one.net for one in items)
    assert ours == sum(piece.amount for piece in pieces if isinstance(piece, BridgeItem))


def test_an_order_that_is_refused_takes_its_lines_with_it():
    taken = OrderRows(Words("total", "合计"))
    orders = [
        Order("", 2, "paid", AT, (item(ONE),), total=ONE),
        Order("2", 3, "paid", None, (item(ONE),), total=ONE),
        Order("3", 4, "paid", AT, (item(ONE),), paid_at=datetime(2024, 1, 30, tzinfo=UTC), total=ONE),
        Order("4", 5, "paid", AT, (item(ONE), item(ONE)), total=ONE, trouble=Trouble("c", "v", Words("why", "原因"))),
    ]
    pieces = [*taken.file("f"), *(piece for order in orders for piece in taken.add(order)), *taken.end()]
    refused = [piece for piece in pieces if isinstance(piece, Reject)]
    assert [reject.table for reject in refused].count("orders") == 4
    assert [reject.table for reject in refused].count("order_lines") == 5
    assert {piece.kind: piece.amount for piece in pieces if isinstance(piece, BridgeItem)} == {
        "platform_total": 4,
        "rejected": -4,
    }


def test_lines_without_product_or_with_a_negative_price_are_refused():
    taken = OrderRows(Words("total", "合计"))
    items = (Item(2, "", ONE, ONE), Item(3, "p", ONE, -ONE), Item(4, "p", -ONE, -ONE))
    pieces = [*taken.file("f"), *taken.add(Order("1", 2, "paid", AT, items)), *taken.end()]
    assert [piece.column for piece in pieces if isinstance(piece, Reject)] == ["product_id", "unit_price"]


def test_the_first_trouble_of_a_row_is_kept():
    cells = Cells(7, {"a": "x", "b": "1.23456", "c": "9.4E+18", "d": "1989-12-31", "e": ""}, CellHabits())
    assert cells.amount("a") is None
    assert cells.trouble == Trouble("a", "x", cells.trouble.reason)
    for read, name in ((cells.amount, "b"), (cells.id, "c"), (cells.moment, "d"), (cells.required_moment, "e")):
        cells.trouble = None
        read(name)
        assert cells.trouble is not None
        assert cells.trouble.column == name


def test_floating_point_amounts_round_half_even_and_text_with_five_decimals_does_not():
    assert Cells(1, {"a": "1.00005"}, CellHabits(rounds=True)).amount("a") == Decimal("1.0000")
    assert Cells(1, {"a": "1.50000"}, CellHabits()).amount("a") == Decimal("1.5")
    strict = Cells(1, {"a": "1.00005"}, CellHabits())
    assert strict.amount("a") is None
    assert "four decimals" in strict.trouble.reason.en


def test_the_first_filled_of_several_cells_counts():
    cells = Cells(1, {"a": "", "b": "2"}, CellHabits())
    assert (cells.text("a", "b"), cells.number("a"), cells.number("x", "b")) == ("2", 0, 2)


def test_an_email_hash_does_not_depend_on_case_or_spaces_and_is_empty_for_what_is_none():
    assert email_hash(" Ann@Example.com ") == email_hash("ann@example.com")
    assert len(email_hash("ann@example.com")) == 64
    assert email_hash("") == email_hash("no address") == ""


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("浙江省 杭州市 西湖区 文三路 1 号", ("浙江省", "杭州市")),
        ("上海", ("上海", "")),
        ("上海 上海市 浦东新区", ("上海", "上海")),
        ("上海市浦东新区张江路 1 号", ("上海市", "上海市")),
        ("广东省深圳市南山区", ("广东省", "深圳市")),
        ("内蒙古自治区", ("内蒙古自治区", "")),
        ("香港特别行政区", ("香港特别行政区", "")),
        ("浙江 杭州市", ("浙江", "杭州市")),
        ("人民路 5 号", ("", "")),
        ("", ("", "")),
    ],
)
def test_of_an_address_only_province_and_city_are_kept(address: str, found: tuple[str, str]):
    assert region_and_city(address) == found


def test_states_of_parts_combine_to_that_of_the_order():
    assert combined_state(["delivered", "paid", "closed"]) == "paid"
    assert combined_state(["closed", "cancelled"]) == "closed"
    assert combined_state(["cancelled"]) == "cancelled"


def test_words_of_states_and_after_sales():
    assert state_of("卖家已发货，等待买家确认") == "shipped"
    assert state_of("???") is None
    assert [was_refunded(words) for words in ("退款成功", "没有申请退款", "退款关闭", "已全额退款")] == [
        True,
        False,
        False,
        True,
    ]
    assert (known_person("小明"), known_person("t**1")) == ("小明", "")


@pytest.fixture
def rows_of(tmp_path: Path) -> Iterator[object]:
    def write(text: str):
        path = tmp_path / "f.csv"
        path.write_text(text)
        return open_rows(path)

    return write


def test_groups_come_whole_wherever_their_rows_stand(rows_of):
    rows = rows_of("k,v\n1,a\n2,b\n1,c\n,d\n,e\n3,f\n")
    groups = [(name, [line for line, _ in group]) for name, group in order_groups(rows, lambda row: row["k"])]
    assert groups == [("2", [3]), ("1", [2, 4]), ("", [5]), ("", [6]), ("3", [7])]


def test_repetitions_are_told_from_rows_with_the_same_key():
    group = [(2, {"k": "1", "v": "a"}), (3, {"k": "1", "v": "a"}), (4, {"k": "1", "v": "b"})]
    kept, again = first_and_repeats(group, lambda row: row["k"])
    assert [line for line, _ in kept] == [2]
    assert [(numbered[0], of, same) for numbered, of, same in again] == [(3, 2, True), (4, 2, False)]


def test_of_a_row_that_cannot_be_read_only_the_first_cell_is_shown(rows_of):
    rows = rows_of("order,name,phone\n1,Ann Smith,123\n2,Bob Jones")
    assert len(list(rows)) == 1
    assert [reject.value for reject in unread_rows(rows, "orders")] == ["2"]
