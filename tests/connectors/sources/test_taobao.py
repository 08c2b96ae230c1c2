"""Taobao and Tmall exports: order list and sub-orders, with everything such files do to naive importers."""

# ruff: noqa: E501 - rows of real exports are long; seeded dice invent shops

from __future__ import annotations

import io
import random
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from tests.connectors.sources.platform_reading import CHINA, Taken, take

from zhanggui.basics.errors import DataError
from zhanggui.connectors.source import ShopFacts
from zhanggui.shop.rows import Rows

LIST = (
    "订单编号,买家会员名,买家应付货款,买家应付邮费,买家支付积分,总金额,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系手机,"
    "订单创建时间,订单付款时间 ,宝贝标题,宝贝总数量,天猫卡券抵扣"
)
SUB = "子订单编号,主订单编号,标题,价格,购买数量,商家编码,商品属性,订单状态,买家应付货款,买家实际支付金额,退款状态,退款金额,订单创建时间,订单付款时间"
DONE, CLOSED, WAITING = "交易成功", "交易关闭", "等待买家付款"


def listed(number: str, goods: str, paid: str, status: str = DONE, *, postage: str = "0.00", **more: str) -> str:
    paid_at = more.get("paid_at", "2024-01-31 10:01:00" if status != WAITING and paid != "0.00" else "")
    total = f"{Decimal(goods) + Decimal(postage):.2f}" if goods.replace(".", "").isdigit() else goods
    cells = [
        number, more.get("nick", "小明"), goods, postage, more.get("points", "0"), total, paid, status, "张三",
        more.get("address", "浙江省 杭州市 西湖区 文三路 1 号"), "'13800000000",
        more.get("placed_at", "2024-01-31 10:00:00"), paid_at, more.get("title", "茶杯"), more.get("pieces", "1"),
        more.get("coupon", "0.00"),
    ]  # fmt: skip
    return ",".join(cells)


def sub(number: str, order: str, price: str, pieces: str, payable: str, status: str = DONE, **more: str) -> str:
    cells = [
        number, order, more.get("title", "茶杯"), price, pieces, more.get("sku", f"SKU{number}"), "红色", status, payable,
        more.get("paid", payable), more.get("refund_state", "没有申请退款"), more.get("refund", ""),
        "2024-01-31 10:00:00", more.get("paid_at", "2024-01-31 10:01:00"),
    ]  # fmt: skip
    return ",".join(cells)


def orders(tmp_path: Path, lines: Iterable[str], **more: str) -> Taken:
    return take("taobao", tmp_path, {"ExportOrderList.csv": "\n".join([LIST, *lines, ""])}, **more)


def both(tmp_path: Path, lines: Iterable[str], subs: Iterable[str]) -> Taken:
    files = {"list.csv": "\n".join([LIST, *lines, ""]), "sub.csv": "\n".join([SUB, *subs, ""])}
    return take("taobao", tmp_path, files)


@pytest.mark.parametrize(
    ("words", "paid", "status"),
    [
        ("等待买家付款", "0.00", "placed"),
        ("买家已付款,等待卖家发货", "10.00", "paid"),
        ("买家已付款，等待卖家发货", "10.00", "paid"),
        ("卖家部分发货", "10.00", "paid"),
        ("卖家已发货,等待买家确认", "10.00", "shipped"),
        ("交易成功", "10.00", "delivered"),
        ("交易关闭", "0.00", "cancelled"),
        ("交易关闭", "10.00", "returned"),
        ("付款以后用户退款成功，交易自动关闭", "10.00", "returned"),
        ("付款以前，卖家或买家主动关闭交易", "0.00", "cancelled"),
    ],
)
def test_every_state_of_taobao_is_known(tmp_path: Path, words: str, paid: str, status: str):
    taken = orders(tmp_path, [listed("1", "10.00", paid, f'"{words}"')])
    assert taken.rows("orders")[0]["status"] == status
    assert taken.residual == 0
    assert not taken.notes


def test_an_unknown_state_is_read_by_its_times_and_noted(tmp_path: Path):
    taken = orders(tmp_path, [listed("1", "10.00", "10.00", "神秘状态"), listed("2", "10.00", "0.00", "神秘状态")])
    assert [row["status"] for row in taken.rows("orders")] == ["paid", "placed"]
    assert "神秘状态" in taken.notes[0].words.zh
    assert taken.notes[0].rows == 2


def test_the_bridge_goes_from_what_buyers_paid_to_sales_by_unpaid_cancelled_refunded_shipping_and_coupons(
    tmp_path: Path,
):
    taken = orders(
        tmp_path,
        [
            listed("1", "30.00", "36.00", postage="6.00"),
            listed("2", "20.00", "0.00", WAITING, postage="5.00"),
            listed("3", "50.00", "0.00", CLOSED),
            listed("4", "10.01", "10.01", CLOSED),
            listed("5", "0.01", "0.01"),
            listed("6", "25.00", "0.00", CLOSED, paid_at="2024-01-31 10:05:00"),
            listed("7", "40.00", "35.00", coupon="5.00"),
            listed("8", "40.00", "39.50", points="50"),
        ],
    )
    assert taken.steps() == {
        "platform_total": Decimal("120.52"), "shipping": Decimal(-6), "unpaid": Decimal(20), "refunded": Decimal(25),
        "discounts": Decimal("5.5"),
    }  # fmt: skip
    assert taken.sales == Decimal("165.02")
    assert taken.residual == 0
    refunds = {row["order_id"]: row["amount"] for row in taken.rows("refunds")}
    assert refunds == {"4": "10.01", "6": "25.00"}


def test_a_refund_without_date_gets_the_latest_known_time_and_says_so(tmp_path: Path):
    taken = orders(tmp_path, [listed("1", "10.00", "10.00", CLOSED)])
    refund = taken.rows("refunds")[0]
    assert refund["refunded_at"] == "2024-01-31T02:01:00+00:00"
    assert refund["reason"] == "time estimated"


def test_names_phones_and_addresses_are_never_stored(tmp_path: Path):
    taken = orders(tmp_path, [listed("1", "10.00", "10.00")])
    stored = str([piece.data.to_pylist() for piece in taken.pieces if isinstance(piece, Rows)])
    for secret in ("张三", "13800000000", "文三路", "西湖区"):
        assert secret not in stored
    assert taken.rows("orders")[0]["customer_id"] == "小明"
    assert taken.rows("customers")[0]["city"] == "杭州市"


def test_masked_nicknames_are_not_taken_for_one_person(tmp_path: Path):
    taken = orders(tmp_path, [listed("1", "10.00", "10.00", nick="t**1"), listed("2", "10.00", "10.00", nick="t**1")])
    assert [row["customer_id"] for row in taken.rows("orders")] == [None, None]
    assert not taken.rows("customers")


def test_the_order_discount_is_spread_over_three_lines_to_the_cent(tmp_path: Path):
    taken = both(
        tmp_path,
        [listed("1", "0.05", "0.05")],
        [sub(f"1{n}", "1", "0.02", "1", "0.02", paid="0.01") for n in range(3)],
    )
    assert sorted(row["discount_amount"] for row in taken.rows("order_lines")) == ["0.00", "0.00", "0.01"]
    assert taken.sales == Decimal("0.05")
    assert taken.residual == 0


def test_line_numbers_follow_the_sub_order_numbers_whatever_the_sorting_of_the_file(tmp_path: Path):
    subs = [sub("12", "1", "5.00", "1", "5.00"), sub("11", "1", "7.00", "1", "7.00")]
    taken = both(tmp_path, [listed("1", "12.00", "12.00")], subs)
    assert [(row["line_no"], row["product_id"]) for row in taken.rows("order_lines")] == [
        ("1", "SKU11"),
        ("2", "SKU12"),
    ]


def test_a_line_closed_before_payment_is_not_sold_whether_or_not_the_order_still_holds_its_amount(tmp_path: Path):
    closed = sub("2", "1", "5.00", "1", "5.00", CLOSED, paid="0.00", paid_at="")
    for goods in ("12.00", "7.00"):
        taken = both(tmp_path, [listed("1", goods, "7.00")], [sub("1", "1", "7.00", "1", "7.00"), closed])
        assert taken.sales == Decimal(7)
        assert taken.residual == 0
        assert "other" not in taken.steps()


def test_a_refunded_line_is_a_refund_of_that_line(tmp_path: Path):
    taken = both(
        tmp_path,
        [listed("1", "12.00", "12.00")],
        [
            sub("1", "1", "7.00", "1", "7.00"),
            sub("2", "1", "5.00", "1", "5.00", CLOSED, refund_state="退款成功", refund="4.50"),
        ],
    )
    assert [(row["line_no"], row["amount"]) for row in taken.rows("refunds")] == [("2", "4.50")]
    assert taken.sales == Decimal(12)
    assert taken.residual == 0


def test_sub_orders_alone_make_orders_and_close(tmp_path: Path):
    content = "\n".join(
        [
            SUB,
            sub("11", "1", "7.00", "2", "13.00"),
            sub("21", "2", "5.00", "1", "5.00", WAITING, paid="0.00", paid_at=""),
            sub("12", "1", "3.00", "1", "3.00", paid="9.00"),
            sub("31", "3", "8.00", "1", "8.00", CLOSED, paid="0.00", paid_at=""),
            sub("41", "4", "9.00", "1", "9.00", CLOSED, paid="0.00", refund_state="退款成功", refund="9.00"),
            "",
        ]
    )
    taken = take("taobao", tmp_path, {"sub.csv": content})
    states = {row["order_id"]: row["status"] for row in taken.rows("orders")}
    assert states == {"1": "delivered", "2": "placed", "3": "cancelled", "4": "returned"}
    assert taken.sales == Decimal(16 + 5 + 9)
    assert taken.steps() == {
        "platform_total": Decimal(22),
        "shipping": Decimal(-6),
        "unpaid": Decimal(5),
        "refunded": Decimal(9),
    }
    assert taken.residual == 0


def test_repeated_rows_count_once_and_the_bridge_says_so(tmp_path: Path):
    row = listed("1", "10.00", "10.00")
    taken = orders(tmp_path, [row, listed("2", "5.00", "5.00"), row])
    assert taken.unchanged == {"orders": 1, "order_lines": 1}
    assert taken.steps() == {"platform_total": Decimal(25), "repeated": Decimal(-10)}
    assert taken.residual == 0


def test_a_second_row_of_an_order_with_other_values_is_refused(tmp_path: Path):
    taken = orders(tmp_path, [listed("1", "10.00", "10.00"), listed("1", "11.00", "11.00")])
    assert [(reject.table, reject.line) for reject in taken.rejects] == [("orders", 3), ("order_lines", 3)]
    assert "line 2" in taken.rejects[0].reason
    assert taken.steps() == {"platform_total": Decimal(21), "rejected": Decimal(-11)}
    assert taken.residual == 0


def test_the_same_file_twice_and_a_newer_version_count_once(tmp_path: Path):
    first = "\n".join([LIST, listed("1", "10.00", "0.00", WAITING), listed("2", "5.00", "5.00"), ""])
    newer = "\n".join([LIST, listed("1", "10.00", "10.00"), listed("2", "5.00", "5.00"), ""])
    taken = take("taobao", tmp_path, {"a.csv": first, "b.csv": first, "c.csv": newer})
    assert {row["order_id"]: row["status"] for row in taken.rows("orders")} == {"1": "delivered", "2": "delivered"}
    assert taken.sales == Decimal(15)
    assert taken.residual == 0


def test_a_row_that_cannot_be_read_is_kept_aside_with_line_column_and_value(tmp_path: Path):
    taken = orders(
        tmp_path,
        [
            listed("1", "10.00", "10.00"),
            listed("2", "abc", "7.00"),
            listed("3", "5.00", "5.00", placed_at="not a day"),
            listed("9.44E+18", "5.00", "5.00"),
            listed("4", "5.00", "5.00", paid_at="2024-01-30 10:00:00"),
            listed("5", "5.00", "5.00", placed_at="1950-01-01 10:00:00"),
            listed("6", "5.00001", "5.00"),
            listed("7", "5.00", "5.00", pieces="0"),
        ],
    )
    found = {(reject.table, reject.line): (reject.column, reject.value) for reject in taken.rejects}
    assert found["orders", 3] == ("买家应付货款", "abc")
    assert found["orders", 4] == ("订单创建时间", "not a day")
    assert found["orders", 5] == ("订单编号", "9.44E+18")
    assert found["orders", 6][0] == "paid_at"
    assert found["orders", 7] == ("订单创建时间", "1950-01-01 10:00:00")
    assert found["orders", 8] == ("买家应付货款", "5.00001")
    assert found["order_lines", 9] == ("quantity", "0")
    assert ("orders", 9) not in found
    assert taken.sales == 10
    assert taken.bridge["rejected"] == -Decimal(37)
    assert taken.residual == 0


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
def test_encodings_and_separators_change_nothing(tmp_path: Path, encoding: str):
    lines = [LIST, listed("'1", "10.00", "12.00", postage="2.00", title='"茶杯 ""大"", 白\n色"'), ""]
    text = "\n".join(lines)
    if encoding != "gbk":
        text = text.replace("茶杯", "茶杯🍵")
    for separator in ",\t":
        content = text if separator == "," else text.replace(", 白", "白").replace(",", separator)
        taken = take("taobao", tmp_path, {"list.csv": content}, encoding=encoding)
        assert taken.row("orders", "1")["total_amount"] == "12.00"
        assert taken.rows("products")[0]["name"].startswith("茶杯")
        assert taken.residual == 0


def test_an_excel_workbook_reads_the_same(tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (LIST, listed("1234567890123456789", "0.10", "0.10")):
        sheet.append(line.split(","))
    sheet.append(
        [*listed("'77", "0", "0").split(",")[:2], 20.1, 0.0, 0, 20.1, 20.1, DONE, "", "", "", "2024-01-31 10:00:00"]
    )
    content = io.BytesIO()
    book.save(content)
    taken = take("taobao", tmp_path, {"list.xlsx": content.getvalue()})
    assert taken.row("orders", "1234567890123456789")["total_amount"] == "0.10"
    assert taken.sales == Decimal("20.2")
    assert taken.residual == 0


def test_a_file_cut_in_the_middle_of_a_row_loses_that_row_only(tmp_path: Path):
    text = "\n".join([LIST, listed("1", "10.00", "10.00"), listed("2", "5.00", "5.00")])
    taken = take("taobao", tmp_path, {"list.csv": text[:-60]})
    assert [row["order_id"] for row in taken.rows("orders")] == ["1"]
    assert [reject.line for reject in taken.rejects] == [3]
    assert taken.residual == 0


def test_a_shop_in_another_currency_is_told_what_to_do(tmp_path: Path):
    with pytest.raises(DataError, match="--currency CNY"):
        take("taobao", tmp_path, {"list.csv": LIST + "\n"}, ShopFacts("GBP", "Europe/London"))


def test_a_missing_column_names_what_the_file_has(tmp_path: Path):
    with pytest.raises(DataError, match="订单状态"):
        take("taobao", tmp_path, {"list.csv": "订单编号,买家实际支付金额,订单创建时间\n1,2,2024-01-01\n"})


def invented(count: int, seed: int) -> tuple[list[str], list[str], Decimal]:
    """A shop's month: order list and sub-orders, and the sales that must come out."""
    dice = random.Random(seed)
    rows, subs, sales = [], [], Decimal(0)
    for number in range(1, count + 1):
        lines = [(Decimal(dice.randint(1, 400)) / 100, dice.randint(1, 3)) for _ in range(dice.randint(1, 4))]
        payables = [price * pieces for price, pieces in lines]
        off = min(Decimal(dice.choice([0, 0, 1, 7, 33])) / 100, sum(payables))
        goods = sum(payables) - off
        postage = Decimal(dice.choice([0, 0, 5]))
        state = dice.choice([WAITING, CLOSED, "refunded", DONE, DONE, DONE])
        status = CLOSED if state == "refunded" else state
        paid = Decimal(0) if state in {WAITING, CLOSED} else goods + postage
        paid_at = "2024-01-31 10:01:00" if paid or state == "refunded" else ""
        gone = dice.random() < 0.5 and state == "refunded"
        shown = Decimal(0) if gone else paid
        more = {"postage": f"{postage:.2f}", "paid_at": paid_at}
        rows.append(listed(str(number), f"{goods:.2f}", f"{shown:.2f}", status, **more))
        for at, ((price, pieces), payable) in enumerate(zip(lines, payables, strict=True)):
            name, cells = f"{number}{at}", (f"{price:.2f}", str(pieces), f"{payable:.2f}", status)
            subs.append(sub(name, str(number), *cells, paid="0.00", paid_at=paid_at, sku=f"S{at}"))
        if state != CLOSED:
            sales += goods
    return rows, subs, sales


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("with_subs", [True, False])
def test_the_bridge_of_many_invented_orders_closes_to_the_cent(tmp_path: Path, count: int, with_subs: bool):
    rows, subs, sales = invented(count, seed=7)
    random.Random(1).shuffle(subs)
    taken = both(tmp_path, rows, subs) if with_subs else orders(tmp_path, rows)
    assert taken.sales == sales
    assert taken.residual == 0
    assert not {"other", "rounding", "rejected", "left_out"} & set(taken.steps())
    assert len(taken.rows("orders")) == count
    assert len(taken.rows("order_lines")) == (len(subs) if with_subs else count)
    assert CHINA.currency == "CNY"
