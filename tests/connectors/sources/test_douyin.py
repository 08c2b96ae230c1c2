"""Douyin exports: ids with a leading TAB, one row per sub-order, discounts by who bears them."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest
from tests.connectors.sources.platform_reading import Taken, take

from zhanggui.shop.rows import Rows

HEADER = "主订单编号,子订单编号,选购商品,商品规格,商品数量,商家编码,商品ID,商品金额,订单应付金额,运费,收件人,收件人手机号,详细地址,订单提交时间,支付完成时间,订单完成时间,订单状态,售后状态,取消原因,发货时间,平台实际承担优惠金额,商家实际承担优惠金额,达人实际承担优惠金额,支付方式"
AT = "2024-01-31 10:00:00"


def row(order: str, number: str, amount: str, payable: str, status: str = "已完成", **more: str) -> str:
    cells = [
        f'"\t{order}"', f'"\t{number}"', more.get("title", "面膜"), "蓝色", more.get("pieces", "1"), more.get("sku", f"S{number}"), '"\t3501"', amount,
        payable, more.get("freight", "0.00"), "张*", "138****0000", "广东省 深圳市 南山区 科技路 1 号", more.get("placed_at", AT),
        more.get("paid_at", "2024-01-31 10:00:30"), "", status, more.get("after", "-"), "", more.get("shipped_at", ""), more.get("platform", "0.00"),
        more.get("own", "0.00"), more.get("star", "0.00"), "微信",
    ]  # fmt: skip
    return ",".join(cells)


def douyin(tmp_path: Path, *rows: str, encoding: str = "utf-8") -> Taken:
    return take("douyin", tmp_path, {"d.csv": "\n".join([HEADER, *rows, ""])}, encoding=encoding)


@pytest.mark.parametrize(
    ("words", "after", "paid_at", "status"),
    [
        ("待支付", "-", "", "placed"), ("备货中", "-", AT, "paid"), ("待发货", "-", AT, "paid"), ("部分发货", "-", AT, "paid"), ("已发货", "-", AT, "shipped"),
        ("已完成", "-", AT, "delivered"), ("已关闭", "-", "", "cancelled"), ("已关闭", "-", AT, "returned"), ("已关闭", "已全额退款", "", "returned"),
        ("已取消", "-", "", "cancelled"), ("已完成", "退款成功", AT, "delivered"),
    ],
)  # fmt: skip
def test_every_state_of_douyin_is_known(tmp_path: Path, words: str, after: str, paid_at: str, status: str):
    taken = douyin(tmp_path, row("1", "1", "10.00", "10.00", words, after=after, paid_at=paid_at))
    assert taken.rows("orders")[0]["status"] == status
    assert bool(taken.rows("refunds")) == (status == "returned" or after == "退款成功")
    assert not taken.notes
    assert taken.residual == 0


def test_ids_lose_their_tab(tmp_path: Path):
    taken = douyin(tmp_path, row("6917001", "6917001", "1.00", "1.00", sku=""))
    assert taken.rows("orders")[0]["order_id"] == "6917001"
    assert taken.rows("order_lines")[0]["product_id"] == "3501"


def test_the_bridge_goes_from_what_buyers_pay_to_sales_by_who_bears_the_discount(tmp_path: Path):
    taken = douyin(
        tmp_path,
        row("1", "1", "59.80", "53.80", pieces="2", platform="4.00", own="5.00", star="3.00", freight="6.00"),
        row("2", "2", "7.00", "7.00", "已关闭", paid_at=""),
        row("3", "3", "8.00", "8.00", "待支付", paid_at=""),
        row("4", "4", "0.01", "0.01"),
    )
    assert taken.sales == Decimal("62.81")
    assert taken.steps() == {
        "platform_total": Decimal("68.81"), "shipping": Decimal(-6), "discounts": Decimal(7), "cancelled": Decimal(-7),
    }  # fmt: skip
    assert taken.residual == 0


def test_a_price_of_one_piece_is_told_from_that_of_all_by_the_sum_of_the_row(tmp_path: Path):
    taken = douyin(
        tmp_path,
        row("1", "1", "10.00", "19.00", pieces="2", own="1.00"),
        row("2", "2", "20.00", "19.00", pieces="2", own="1.00"),
        row("3", "3", "10.00", "25.00", pieces="2", own="1.00", freight="6.00"),
    )
    assert [line["unit_price"] for line in taken.rows("order_lines")] == ["10.0000", "10.0000", "10.0000"]
    assert taken.sales == 57
    assert taken.residual == 0


def test_a_sub_order_closed_before_payment_is_not_sold_and_a_refunded_one_is_a_refund(tmp_path: Path):
    taken = douyin(
        tmp_path,
        row("1", "12", "5.00", "5.00", after="退款成功"),
        row("1", "11", "10.00", "10.00"),
        row("1", "13", "3.00", "3.00", "已关闭", paid_at=""),
    )
    assert [(line["line_no"], line["product_id"]) for line in taken.rows("order_lines")] == [("1", "S11"), ("2", "S12")]
    assert [(refund["line_no"], refund["amount"]) for refund in taken.rows("refunds")] == [("2", "5.00")]
    assert taken.steps() == {"platform_total": Decimal(18), "cancelled": Decimal(-3)}
    assert taken.residual == 0


def test_repeats_twins_and_bad_rows(tmp_path: Path):
    good = row("1", "11", "10.00", "10.00")
    taken = douyin(
        tmp_path,
        good,
        row("2", "21", "1.00", "1.00"),
        good,
        row("2", "21", "2.00", "2.00"),
        row("3", "31", "?", "4.00"),
        row("4", "41", "5.00", "5.00", placed_at=""),
    )
    assert taken.unchanged == {"orders": 1, "order_lines": 1}
    assert {(reject.table, reject.line) for reject in taken.rejects} == {
        ("orders", 5), ("order_lines", 5), ("order_lines", 6), ("orders", 7), ("order_lines", 7),
    }  # fmt: skip
    assert taken.sales == 11
    assert taken.steps() == {"platform_total": Decimal(32), "repeated": Decimal(-10), "rejected": Decimal(-11)}
    assert taken.residual == 0


def test_nothing_of_a_person_is_stored(tmp_path: Path):
    taken = douyin(tmp_path, row("1", "1", "1.00", "1.00", shipped_at="2024-02-01 10:00:00", title="面膜 🎭"))
    stored = str([piece.data.to_pylist() for piece in taken.pieces if isinstance(piece, Rows)])
    assert not any(secret in stored for secret in ("张*", "138****", "南山区", "科技路"))
    assert taken.rows("orders")[0]["city"] == "深圳市"
    assert taken.rows("shipments")[0]["shipped_at"] == "2024-02-01T02:00:00+00:00"


def test_gbk_a_cut_end_and_the_same_file_twice(tmp_path: Path):
    text = "\n".join([HEADER, row("1", "1", "1.00", "1.00"), row("2", "2", "2.00", "2.00")])
    taken = take("douyin", tmp_path, {"a.csv": text + "\n", "b.csv": text[:-30]}, encoding="gbk")
    assert taken.sales == 3
    assert len(taken.rejects) == 1
    assert taken.residual == 0


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_the_bridge_of_many_invented_orders_closes_to_the_cent(tmp_path: Path, count: int):
    dice = random.Random(13)
    rows, sales = [], Decimal(0)
    for number in range(1, count + 1):
        status = dice.choice(["已完成", "待发货", "待支付", "已关闭"])
        paid_at = "" if status in {"待支付", "已关闭"} else AT
        for at in range(dice.randint(1, 3)):
            amount = Decimal(dice.randint(3, 500)) / 100
            own, platform = Decimal(dice.choice([0, 1])) / 100, Decimal(dice.choice([0, 1])) / 100
            payable = amount - own - platform
            rows.append(
                row(
                    str(number),
                    f"{number}{at}",
                    f"{amount:.2f}",
                    f"{payable:.2f}",
                    status,
                    pieces=str(dice.randint(1, 3)),
                    own=str(own),
                    platform=str(platform),
                    paid_at=paid_at,
                )
            )
            sales += Decimal(0) if status == "已关闭" else amount - own
    dice.shuffle(rows)
    taken = douyin(tmp_path, *rows)
    assert taken.sales == sales
    assert taken.residual == 0
    assert not {"other", "rounding", "rejected"} & set(taken.steps())
