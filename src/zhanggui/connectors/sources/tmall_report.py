"""The Tmall order report: one row per order with what was ordered, what was paid (less refunds) and what was refunded."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import CellHabits, Cells
from zhanggui.connectors.chinese_orders import COUNTRY, CURRENCY
from zhanggui.connectors.order_export import (
    Item,
    NumberedRow,
    Order,
    Refund,
    Repeat,
    export_files,
    first_and_repeats,
    habits_of,
    order_groups,
    require_currency,
    unread_rows,
)
from zhanggui.connectors.order_rows import OrderRows
from zhanggui.connectors.personal import region_and_city
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.connectors.taobao_sub_orders import NO_PRODUCT
from zhanggui.connectors.text_file import open_rows
from zhanggui.shop.rows import Piece

WORDS = Words("Tmall order report", "天猫订单报表")
HAS = ("订单编号", "总金额", "买家实际支付金额", "订单创建时间", "订单付款时间", "退款金额")
ALSO = ("收货地址",)
PAID_TOTAL = Words("Sum of 买家实际支付金额 (what buyers paid, less refunds)", "买家实际支付金额合计（已扣除退款）")
UNPAID = Words(
    "Orders that are not paid count as placed: the report does not say whether they were closed; paid_sales leaves them out",
    "未付款订单按“已下单”计入：报表不含是否关闭；“已付款销售额”不含它们",
)


def _detect(head: Head) -> bool:
    # The order list of Taobao may have these columns too; it is known by 订单状态.
    return any(file.has(*HAS) and not file.has("订单状态") for file in head.files)


def _read(inputs: Inputs) -> Iterator[Piece]:
    require_currency(inputs.settings, WORDS, CURRENCY)
    taken = OrderRows(PAID_TOTAL, sales_channel="tmall", files=len(export_files(inputs)))
    for path in export_files(inputs):
        rows = open_rows(path, header_has=HAS, also=ALSO, progress=inputs.progress)
        yield from taken.file(rows.file)
        habits = habits_of(rows, inputs.settings, "订单创建时间")
        for order_id, group in order_groups(rows, lambda row: row["订单编号"]):
            yield from taken.add(_order(order_id, group, habits, taken))
        yield from unread_rows(rows, "orders")
    yield from taken.end()


def _order(order_id: str, group: list[NumberedRow], habits: CellHabits, taken: OrderRows) -> Order:
    kept, again = first_and_repeats(group, lambda row: row["订单编号"])
    line, row = kept[0]
    cells = Cells(line, row, habits)
    cells.id("订单编号")
    ordered, paid, refunded = (
        cells.required_amount("总金额"),
        cells.number("买家实际支付金额"),
        cells.number("退款金额"),
    )
    placed_at, paid_at = cells.required_moment("订单创建时间"), cells.moment("订单付款时间")
    unpaid = paid_at is None and paid == 0
    if unpaid:
        taken.note(UNPAID, ordered)
    region, city = region_and_city(cells.text("收货地址"))
    return Order(
        order_id=order_id,
        line=line,
        status="placed" if unpaid else "returned" if refunded >= ordered > 0 else "paid",
        placed_at=placed_at,
        paid_at=paid_at,
        items=(Item(line, NO_PRODUCT, Decimal(1), ordered, unit_price=ordered, name=NO_PRODUCT),),
        refunds=(Refund(refunded),) if refunded else (),
        columns={
            "country": COUNTRY,
            "region": region,
            "city": city,
            "currency": CURRENCY,
            "goods_amount": ordered,
            "total_amount": ordered,
        },
        total=paid,
        steps={} if unpaid else {"refunded": refunded},
        unpaid=unpaid,
        repeats=tuple(
            Repeat(at, of, same, Cells(at, other, habits).number("买家实际支付金额")) for (at, other), of, same in again
        ),
        trouble=cells.trouble,
    )


_HEADER = "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额\n"
SOURCE = Source(
    words=WORDS,
    doc=Words(
        "Order report with one row per order (订单编号, 总金额, 买家实际支付金额, 退款金额). It names no product, buyer or state: "
        "every order is one line; orders without payment time count as placed; refunds get the time of payment, flagged as estimated.",
        "每单一行的订单报表（订单编号、总金额、买家实际支付金额、退款金额）。报表不含商品、买家与状态：每单记为一行；没有付款时间的订单记为已下单；退款取付款时间并标注为估计。",
    ),
    tables=("orders", "order_lines", "refunds", "products"),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={
                "tmall_order_report.csv": (
                    _HEADER
                    + "1,178.80,0.00,上海,2020-02-21 00:00:00,,0.00\n"
                    + "2,21.00,21.00,内蒙古自治区,2020-02-20 23:59:54,2020-02-21 00:00:02,0.00\n"
                    + "3,102.00,32.00,浙江省,2020-02-20 23:59:35,2020-02-20 23:59:50,70.00\n"
                    + "4,64.80,0.00,浙江省,2020-02-20 23:57:00,2020-02-20 23:57:11,64.80\n"
                ).encode("gbk")
            },
            expect={
                "orders": [
                    {"order_id": "1", "status": "placed", "paid_at": "", "region": "上海"},
                    {"order_id": "2", "status": "paid", "paid_at": "2020-02-20T16:00:02Z", "region": "内蒙古自治区"},
                    {"order_id": "3", "status": "paid", "total_amount": "102"},
                    {"order_id": "4", "status": "returned"},
                ],
                "order_lines": [
                    {"order_id": "1", "line_no": "1", "quantity": "1", "unit_price": "178.8"},
                    {"order_id": "2", "unit_price": "21"},
                    {"order_id": "3", "unit_price": "102", "discount_amount": "0"},
                    {"order_id": "4", "unit_price": "64.8"},
                ],
                "refunds": [
                    {"order_id": "3", "amount": "70", "refunded_at": "2020-02-20T15:59:50Z", "reason": "time estimated"},
                    {"order_id": "4", "amount": "64.8"},
                ],
            },
            platform_total="53",
            settings=ShopFacts(CURRENCY, "Asia/Shanghai"),
        ),
    ),
)  # fmt: skip
