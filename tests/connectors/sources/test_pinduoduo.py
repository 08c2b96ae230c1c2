"""Pinduoduo exports: the shop's discount lowers sales, the platform's does not."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest
from tests.connectors.sources.platform_reading import Taken, take

HEADER = "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),多多支付立减金额(元),用户实付金额(元),商家实收金额(元),商品数量(件),订单成交时间,支付时间,发货时间,确认收货时间,商品id,商品规格,样式ID,商家编码-规格维度,售后状态,快递公司,省,市"
AT = "2024-01-31 10:00:00\t"


def row(
    number: str, goods: str, own: str = "0.00", platform: str = "0.00", *, status: str = "已收货", **more: str
) -> str:
    postage = more.get("postage", "0.00")
    received = more.get(
        "received", f"{Decimal(goods) + Decimal(postage) - Decimal(own):.2f}" if goods[0].isdigit() else goods
    )
    cells = [
        more.get("title", "抽纸"), f"{number}\t", f'"{status}"', goods, postage, own, platform, "0.00", more.get("buyer", "0.00"), received,
        more.get("pieces", "1"), more.get("placed_at", AT), more.get("paid_at", AT), more.get("shipped_at", ""), "", "6001", "三层", "7001",
        more.get("sku", "PAPER"), more.get("after", "无售后或售后取消"), "中通快递", "浙江省", "杭州市",
    ]  # fmt: skip
    return ",".join(cells)


def pdd(tmp_path: Path, *rows: str, encoding: str = "utf-8-sig") -> Taken:
    return take("pinduoduo", tmp_path, {"orders.csv": "\n".join([HEADER, *rows, ""])}, encoding=encoding)


@pytest.mark.parametrize(
    ("words", "after", "status"),
    [
        ("待付款", "", "placed"), ("待发货", "无售后或售后取消", "paid"), ("已发货，待收货", "", "shipped"), ("已发货，待签收", "售后处理中", "shipped"),
        ("已收货", "", "delivered"), ("已签收", "", "delivered"), ("已取消", "", "cancelled"), ("已取消", "退款成功", "cancelled"),
        ("未发货，退款成功", "退款成功", "returned"), ("已发货，退款成功", "", "returned"), ("已收货", "退款成功", "returned"),
        ("交易关闭", "", "cancelled"),
    ],
)  # fmt: skip
def test_every_state_of_pinduoduo_is_known(tmp_path: Path, words: str, after: str, status: str):
    taken = pdd(tmp_path, row("1", "10.00", status=words, after=after))
    assert taken.rows("orders")[0]["status"] == status
    assert taken.residual == 0


def test_the_bridge_goes_from_what_the_shop_receives_to_sales(tmp_path: Path):
    taken = pdd(
        tmp_path,
        row("1", "29.90", "2.00", "5.00", postage="3.00"),
        row("2", "9.90", status="未发货，退款成功", after="退款成功", received="0.00"),
        row("3", "9.80", status="未发货，退款成功", after="退款成功"),
        row("4", "7.00", status="已取消"),
        row("5", "6.00", "1.00", status="待付款", received="0.00", paid_at="", postage="2.00"),
        row("6", "0.01"),
    )
    assert taken.steps() == {
        "platform_total": Decimal("47.71"), "shipping": Decimal(-3), "refunded": Decimal("9.9"), "cancelled": Decimal(-7), "unpaid": Decimal(5),
    }  # fmt: skip
    assert taken.sales == Decimal("52.61")
    assert taken.residual == 0
    assert {refund["order_id"]: refund["amount"] for refund in taken.rows("refunds")} == {"2": "9.90", "3": "9.80"}
    assert (taken.notes[0].rows, taken.notes[0].amount) == (2, Decimal("19.70"))


def test_without_the_received_column_it_is_what_buyers_pay_and_the_platform_adds(tmp_path: Path):
    columns = [at for at, name in enumerate(HEADER.split(",")) if name != "商家实收金额(元)"]
    line = row("1", "10.00", "1.00", "2.00", buyer="7.00")
    text = "\n".join(",".join(cells.split(",")[at] for at in columns) for cells in (HEADER, line)) + "\n"
    taken = take("pinduoduo", tmp_path, {"o.csv": text})
    assert taken.steps() == {"platform_total": Decimal(9)}
    assert taken.residual == 0


def test_a_price_that_does_not_divide_keeps_the_line_exact(tmp_path: Path):
    taken = pdd(tmp_path, row("1", "10.00", pieces="3"))
    line = taken.rows("order_lines")[0]
    assert line["unit_price"] == "3.3334"
    assert taken.sales == Decimal("10.00")
    assert taken.residual == 0


def test_shipments_products_and_places_are_taken_along(tmp_path: Path):
    taken = pdd(tmp_path, row("1", "1.00", shipped_at="2024-02-01 09:00:00", title="抽纸 🧻"), encoding="utf-8")
    assert taken.rows("shipments") == [
        {
            "shipment_id": "1",
            "order_id": "1",
            "shipped_at": "2024-02-01T01:00:00+00:00",
            "carrier": "中通快递",
            "region": "浙江省",
        }
    ]
    assert taken.rows("products")[0] == {
        "product_id": "PAPER",
        "name": "抽纸 🧻",
        "brand": None,
        "category": None,
        "attributes": '{"规格": "三层"}',
    }


def test_bad_rows_repeats_twins_and_cut_ends(tmp_path: Path):
    good = row("1", "10.00")
    rows = [
        HEADER,
        good,
        good,
        row("1", "11.00"),
        row("2", "n/a", received="3.00"),
        row("3", "5.00", pieces="0"),
        row("4", "5.00", placed_at="x"),
        row("5", "8.00"),
    ]
    taken = take("pinduoduo", tmp_path, {"o.csv": "\n".join(rows)[:-40]}, encoding="gbk")
    assert taken.unchanged == {"orders": 1, "order_lines": 1}
    found = {(reject.table, reject.line) for reject in taken.rejects}
    assert found == {
        ("orders", 4),
        ("order_lines", 4),
        ("orders", 5),
        ("order_lines", 5),
        ("order_lines", 6),
        ("orders", 7),
        ("order_lines", 7),
        ("orders", 8),
    }
    assert taken.sales == 10
    assert taken.steps() == {"platform_total": Decimal(44), "repeated": Decimal(-10), "rejected": Decimal(-24)}
    assert taken.residual == 0


def test_the_same_file_twice_counts_once(tmp_path: Path):
    text = "\n".join([HEADER, row("1", "10.00"), ""])
    taken = take("pinduoduo", tmp_path, {"a.csv": text, "b.csv": text})
    assert taken.unchanged["orders"] == 1
    assert taken.sales == 10
    assert taken.residual == 0


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_the_bridge_of_many_invented_orders_closes_to_the_cent(tmp_path: Path, count: int):
    dice = random.Random(9)
    rows, sales = [], Decimal(0)
    for number in range(1, count + 1):
        goods = Decimal(dice.randint(2, 999)) / 100
        own = Decimal(dice.choice([0, 0, 1])) / 100
        status = dice.choice(["已收货", "待发货", "待付款", "已取消", "未发货，退款成功"])
        more = {"received": "0.00"} if status == "待付款" else {}
        rows.append(
            row(
                str(number),
                f"{goods:.2f}",
                f"{own:.2f}",
                "0.37",
                status=status,
                pieces=str(dice.randint(1, 7)),
                postage="3.00",
                **more,
            )
        )
        sales += Decimal(0) if status == "已取消" else goods - own
    taken = pdd(tmp_path, *rows)
    assert taken.sales == sales
    assert taken.residual == 0
    assert not {"other", "rounding", "rejected"} & set(taken.steps())
