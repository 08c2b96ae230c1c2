"""Pinduoduo: the order export, one row per order; what the shop gives and what the platform gives stand apart."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import ZERO, CellHabits, Cells
from zhanggui.connectors.chinese_orders import COUNTRY, CURRENCY, known_state, was_refunded
from zhanggui.connectors.order_export import (
    Item,
    NumberedRow,
    Order,
    Refund,
    export_files,
    first_and_repeats,
    goods_and_discount,
    habits_of,
    latest,
    order_groups,
    repeats_of,
    require_currency,
    unread_rows,
)
from zhanggui.connectors.order_rows import OrderRows
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.connectors.text_file import open_rows
from zhanggui.shop.rows import Piece

WORDS = Words("Pinduoduo orders", "拼多多")
HAS = ("订单号", "订单状态", "商品总价(元)", "商品数量(件)", "订单成交时间")
ALSO = (
    "商品", "邮费(元)", "店铺优惠折扣(元)", "平台优惠折扣(元)", "多多支付立减金额(元)", "用户实付金额(元)", "商家实收金额(元)", "支付时间",
    "发货时间", "确认收货时间", "商品id", "商品规格", "样式ID", "商家编码-规格维度", "商家编码-商品维度", "售后状态", "快递公司", "省", "市",
)  # fmt: skip
RECEIVED = Words("Sum of 商家实收金额 (what the shop receives)", "商家实收金额合计")
WHOLE_REFUNDS = Words(
    "Refunds taken as the whole goods amount: the export names no refunded amount",
    "导出不含退款金额，退款按整单商品金额计",
)


def _detect(head: Head) -> bool:
    return head.any_has(*HAS)


def _read(inputs: Inputs) -> Iterator[Piece]:
    require_currency(inputs.settings, WORDS, CURRENCY)
    taken = OrderRows(RECEIVED, sales_channel="pinduoduo", files=len(export_files(inputs)))
    for path in export_files(inputs):
        rows = open_rows(path, header_has=HAS, also=ALSO, progress=inputs.progress)
        yield from taken.file(rows.file)
        habits = habits_of(rows, inputs.settings, "订单成交时间")
        for order_id, group in order_groups(rows, lambda row: row["订单号"]):
            yield from taken.add(_order(order_id, group, habits, taken))
        yield from unread_rows(rows, "orders")
    yield from taken.end()


def _order(order_id: str, group: list[NumberedRow], habits: CellHabits, taken: OrderRows) -> Order:
    kept, again = first_and_repeats(group, lambda row: row["订单号"])
    line, row = kept[0]
    cells = Cells(line, row, habits)
    cells.id("订单号")
    paid_at, shipped_at = cells.moment("支付时间"), cells.moment("发货时间")
    placed_at = cells.required_moment("订单成交时间", "支付时间")
    postage, received = cells.number("邮费(元)"), _received(cells)
    item = _item(cells)
    state = known_state(cells.text("订单状态"), paid_at, taken)
    status = _status(cells, state)
    if status == "returned":
        taken.note(WHOLE_REFUNDS, item.net)
    place = {"country": COUNTRY, "region": cells.text("省"), "city": cells.text("市")}
    back = max(ZERO, item.net + postage - received) if status == "returned" else ZERO
    steps = {"shipping": -postage, "refunded": back}
    shipment = {"shipped_at": shipped_at, "carrier": cells.text("快递公司"), "region": place["region"]}
    return Order(
        order_id=order_id,
        line=line,
        status=status,
        placed_at=placed_at,
        paid_at=paid_at,
        latest_at=latest(shipped_at, cells.moment("确认收货时间")),
        items=(item,),
        refunds=(Refund(item.net, item=0),) if status == "returned" else (),
        columns={
            **place,
            "currency": CURRENCY,
            **goods_and_discount((item,)),
            "shipping_amount": postage,
            "total_amount": cells.amount("用户实付金额(元)"),
        },
        shipment=shipment if shipped_at else {},
        total=received,
        steps={} if state == "placed" else steps,
        unpaid=state == "placed",
        repeats=repeats_of(again, lambda at, other: _received(Cells(at, other, habits))),
        trouble=cells.trouble,
    )


def _status(cells: Cells, state: str) -> str:
    if was_refunded(cells.text("售后状态") + cells.text("订单状态")) and state != "cancelled":
        return "returned"
    return "cancelled" if state == "closed" else state


def _received(cells: Cells) -> Decimal:
    """What the shop receives; without that column: what the buyer pays and what the platform adds."""
    received = cells.amount("商家实收金额(元)")
    if received is not None:
        return received
    return cells.number("用户实付金额(元)") + cells.number("平台优惠折扣(元)") + cells.number("多多支付立减金额(元)")


def _item(cells: Cells) -> Item:
    """The one product of the order: full price less what the shop itself gives (the platform's share is paid to the shop)."""
    amount, quantity = cells.required_amount("商品总价(元)"), cells.required_amount("商品数量(件)")
    style = cells.text("商品规格")
    name = cells.text("商品")
    return Item(
        line=cells.line,
        product_id=cells.id("商家编码-规格维度", "样式ID", "商品id") or name,
        quantity=quantity,
        amount=amount,
        discount=cells.number("店铺优惠折扣(元)"),
        name=name,
        attributes=json.dumps({"规格": style}, ensure_ascii=False) if style else "",
    )


_HEADER = "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),多多支付立减金额(元),用户实付金额(元),商家实收金额(元),商品数量(件),订单成交时间,支付时间,发货时间,确认收货时间,商品id,商品规格,样式ID,商家编码-规格维度,售后状态,快递公司,省,市\n"
SOURCE = Source(
    words=WORDS,
    doc=Words(
        "Pinduoduo merchant backend > Orders > Order query > Batch export (CSV or Excel). Sales are 商品总价 less 店铺优惠折扣; what the "
        "platform gives is paid to the shop and stays in. The export has no buyers and no refunded amounts: 退款成功 refunds the whole order.",
        "拼多多商家后台 > 订单管理 > 订单查询 > 批量导出（CSV 或 Excel）。销售额为商品总价减店铺优惠；平台优惠由平台补给店铺，不扣除。导出不含买家与退款金额：退款成功按整单计。",
    ),
    tables=("orders", "order_lines", "refunds", "shipments", "products"),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={
                "orders_export.csv": "\ufeff" + _HEADER
                + "抽纸 🧻,240131-01\t,已发货，待签收,29.90,3.00,2.00,5.00,1.00,24.90,30.90,2,2024-01-31 10:00:00\t,2024-01-31 10:00:05\t,2024-01-31 18:00:00\t,,6001,三层,7001,PAPER-3,无售后或售后取消,中通快递,浙江省,杭州市\n".replace("已发货，待签收", '"已发货，待签收"')
                + "抽纸 🧻,240131-02\t,\"未发货，退款成功\",9.90,0.00,0.00,0.00,0.00,9.90,9.90,1,2024-01-31 11:00:00\t,2024-01-31 11:00:05\t,,,6001,三层,7001,PAPER-3,退款成功,,江苏省,苏州市\n"
                + "抽纸 🧻,240131-03\t,已取消,9.90,0.00,0.00,0.00,0.00,9.90,9.90,1,2024-01-31 12:00:00\t,,,,6001,三层,7001,PAPER-3,无售后或售后取消,,江苏省,苏州市\n"
            },
            expect={
                "orders": [
                    {
                        "order_id": "240131-01", "status": "shipped", "placed_at": "2024-01-31T02:00:00Z", "region": "浙江省",
                        "goods_amount": "29.9", "discount_amount": "2", "shipping_amount": "3", "total_amount": "24.9",
                    },
                    {"order_id": "240131-02", "status": "returned"},
                    {"order_id": "240131-03", "status": "cancelled"},
                ],
                "order_lines": [
                    {"order_id": "240131-01", "product_id": "PAPER-3", "quantity": "2", "unit_price": "14.95", "discount_amount": "2"},
                    {"order_id": "240131-02", "unit_price": "9.9"},
                    {"order_id": "240131-03", "unit_price": "9.9"},
                ],
                "refunds": [{"order_id": "240131-02", "line_no": "1", "amount": "9.9", "reason": "time estimated"}],
                "shipments": [{"order_id": "240131-01", "carrier": "中通快递", "shipped_at": "2024-01-31T10:00:00Z"}],
            },
            platform_total="50.7",
            settings=ShopFacts(CURRENCY, "Asia/Shanghai"),
        ),
    ),
)  # fmt: skip
