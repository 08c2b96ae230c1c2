"""JD exports: the order's amount stands on every row of it and must count once."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest
from tests.connectors.sources.platform_reading import Taken, take

from zhanggui.shop.rows import Rows

HEADER = "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,下单帐号,客户姓名,客户地址,联系电话,运费金额,付款确认时间,订单完成时间"
AT = "2024-01-31 10:00:00"


def row(number: str, product: str, pieces: str, price: str, listed: str, settled: str, **more: str) -> str:
    cells = [
        number, product, more.get("name", "电水壶"), pieces, "在线支付", more.get("placed_at", AT), price, listed, settled, more.get("balance", "0.00"),
        more.get("payable", settled), more.get("status", "完成"), "SOP", more.get("account", "jd_ann"), "张三", "四川省成都市武侯区一环路 3 号", "13800000000",
        more.get("freight", "0.00"), more.get("paid_at", "2024-01-31 10:02:00"), "",
    ]  # fmt: skip
    return ",".join(cells)


def jd(tmp_path: Path, *rows: str, encoding: str = "gbk") -> Taken:
    return take("jd", tmp_path, {"jd.csv": "\n".join([HEADER, *rows, ""])}, encoding=encoding)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("等待付款", "placed"), ("等待出库", "paid"), ("等待确认收货", "shipped"), ("完成", "delivered"), ("已取消", "cancelled"),
        ("(删除)等待付款", "cancelled"), ("(锁定)等待出库", "paid"), ("已退款关闭", "returned"),
    ],
)  # fmt: skip
def test_every_state_of_jd_is_known(tmp_path: Path, words: str, status: str):
    taken = jd(tmp_path, row("1", "a", "1", "10.00", "10.00", "10.00", status=words))
    assert taken.rows("orders")[0]["status"] == status
    assert not taken.notes
    assert taken.residual == 0


def test_the_amount_of_the_order_counts_once_and_its_discount_is_spread_to_the_cent(tmp_path: Path):
    rows = [row("1", str(n), "1", "0.02", "0.06", "0.05") for n in range(3)]
    taken = jd(tmp_path, *rows)
    assert sorted(Decimal(line["discount_amount"]) for line in taken.rows("order_lines")) == [0, 0, Decimal("0.01")]
    assert taken.steps() == {"platform_total": Decimal("0.06"), "discounts": Decimal("-0.01")}
    assert taken.sales == Decimal("0.05")
    assert taken.residual == 0


def test_rows_of_an_order_may_stand_apart(tmp_path: Path):
    first = row("1", "a", "1", "10.00", "15.00", "15.00")
    taken = jd(
        tmp_path,
        first,
        row("2", "a", "1", "10.00", "10.00", "10.00"),
        row("1", "b", "1", "5.00", "15.00", "15.00"),
        first,
    )
    assert taken.steps() == {"platform_total": Decimal(25), "left_out": Decimal(10), "repeated": Decimal(-10)}
    assert taken.sales == 25
    assert taken.unchanged == {"orders": 1, "order_lines": 1}
    assert taken.residual == 0


def test_what_jd_pays_stays_in_sales_and_freight_does_not(tmp_path: Path):
    taken = jd(
        tmp_path,
        row("1", "a", "1", "100.00", "106.00", "96.00", payable="91.00", freight="6.00"),
        row("2", "a", "1", "100.00", "100.00", "", payable="66.00", balance="30.00", freight="6.00"),
        row("3", "a", "1", "100.00", "100.00", "", payable=""),
    )
    assert taken.sales == Decimal(96 + 90 + 100)
    assert taken.steps() == {"platform_total": Decimal(306), "shipping": Decimal(-6), "discounts": Decimal(-14)}
    assert taken.residual == 0


def test_unpaid_orders_are_in_the_total_of_jd_and_in_sales_cancelled_ones_leave(tmp_path: Path):
    taken = jd(
        tmp_path,
        row("1", "a", "1", "10.00", "10.00", "0.00", payable="10.00", status="等待付款", paid_at=""),
        row("2", "a", "1", "7.00", "7.00", "0.00", payable="0.00", status="已取消"),
    )
    assert taken.steps() == {"platform_total": Decimal(17), "cancelled": Decimal(-7)}
    assert taken.sales == 10
    assert taken.residual == 0


def test_bad_rows_are_kept_aside(tmp_path: Path):
    taken = jd(
        tmp_path,
        row("1", "a", "1", "10.00", "15.00", "15.00"),
        row("1", "b", "0", "5.00", "15.00", "15.00"),
        row("2", "a", "1", "x", "8.00", "8.00"),
        row("3", "1.00E+12", "1", "1.00", "1.00", "1.00"),
        row("4", "a", "1", "1.00", "1.00", "1.00", placed_at="?"),
    )
    found = {(reject.table, reject.line): reject.column for reject in taken.rejects}
    assert found == {
        ("order_lines", 3): "quantity", ("order_lines", 4): "京东价", ("order_lines", 5): "商品ID", ("orders", 6): "下单时间",
        ("order_lines", 6): "下单时间",
    }  # fmt: skip
    assert taken.sales == 10
    assert taken.residual == 0


def test_people_are_their_account_and_nothing_else_of_them_is_stored(tmp_path: Path):
    taken = jd(
        tmp_path,
        row("1", "a", "1", "1.00", "1.00", "1.00"),
        row("2", "a", "1", "1.00", "1.00", "1.00", account="jd_***"),
    )
    assert [order["customer_id"] for order in taken.rows("orders")] == ["jd_ann", None]
    assert taken.rows("customers")[0]["city"] == "成都市"
    stored = str([piece.data.to_pylist() for piece in taken.pieces if isinstance(piece, Rows)])
    assert not any(secret in stored for secret in ("张三", "13800000000", "武侯区", "一环路"))


def test_a_cut_file_bom_and_the_same_file_twice(tmp_path: Path):
    text = "\n".join(
        [HEADER, row("1", "a", "1", "1.00", "1.00", "1.00", name="茶杯 🍵"), row("2", "a", "1", "2.00", "2.00", "2.00")]
    )
    taken = take("jd", tmp_path, {"a.csv": "\ufeff" + text + "\n", "b.csv": text[:-60]})
    assert taken.sales == 3
    assert len(taken.rejects) == 1
    assert taken.rows("products")[0]["name"] == "茶杯 🍵"
    assert taken.residual == 0


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_the_bridge_of_many_invented_orders_closes_to_the_cent(tmp_path: Path, count: int):
    dice = random.Random(5)
    rows, sales = [], Decimal(0)
    for number in range(1, count + 1):
        lines = [(Decimal(dice.randint(1, 300)) / 100, dice.randint(1, 3)) for _ in range(dice.randint(1, 4))]
        full = sum(price * pieces for price, pieces in lines)
        settled = full - min(Decimal(dice.choice([0, 0, 1, 7])) / 100, full - Decimal("0.01"))
        status = dice.choice(["完成", "等待出库", "等待付款", "已取消"])
        rows += [
            row(str(number), f"P{at}", str(pieces), f"{price:.2f}", f"{full:.2f}", f"{settled:.2f}", status=status)
            for at, (price, pieces) in enumerate(lines)
        ]
        sales += Decimal(0) if status == "已取消" else settled
    dice.shuffle(rows)
    taken = jd(tmp_path, *rows)
    assert taken.sales == sales
    assert taken.residual == 0
    assert set(taken.steps()) == {"platform_total", "discounts", "cancelled"}
