"""Douyin shop (抖店): the order export, one row per sub-order; who bears which discount stands apart."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import ZERO, CellHabits, Cells
from zhanggui.connectors.chinese_orders import COUNTRY, CURRENCY, combined_state, known_state, was_refunded
from zhanggui.connectors.order_export import (
    Item,
    NumberedRow,
    Order,
    Refund,
    Row,
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
from zhanggui.connectors.personal import region_and_city
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.connectors.text_file import open_rows
from zhanggui.shop.rows import Piece

WORDS = Words("Douyin shop orders", "抖音小店")
HAS = ("主订单编号", "子订单编号", "商品数量", "商品金额", "订单状态", "订单提交时间")
ALSO = (
    "选购商品", "商品规格", "商家编码", "商品ID", "订单应付金额", "运费", "详细地址", "支付完成时间", "订单完成时间", "售后状态", "取消原因",
    "发货时间", "平台实际承担优惠金额", "商家实际承担优惠金额", "达人实际承担优惠金额", "支付方式", "省", "市",
)  # fmt: skip
PAYABLE = Words("Sum of 订单应付金额 (what buyers have to pay)", "订单应付金额合计")


@dataclass(frozen=True)
class _Part:
    """One sub-order: its line, what the buyer pays for it, the freight in that, and what others than the shop bear."""

    item: Item
    payable: Decimal
    freight: Decimal
    borne: Decimal
    state: str
    refunded: bool


def _detect(head: Head) -> bool:
    return head.any_has(*HAS)


def _read(inputs: Inputs) -> Iterator[Piece]:
    require_currency(inputs.settings, WORDS, CURRENCY)
    taken = OrderRows(PAYABLE, sales_channel="douyin", files=len(export_files(inputs)))
    for path in export_files(inputs):
        rows = open_rows(path, header_has=HAS, also=ALSO, progress=inputs.progress)
        yield from taken.file(rows.file)
        habits = habits_of(rows, inputs.settings, "订单提交时间")
        for order_id, group in order_groups(rows, lambda row: row["主订单编号"]):
            yield from taken.add(_order(order_id, group, habits, taken))
        yield from unread_rows(rows, "orders")
    yield from taken.end()


def _order(order_id: str, group: list[NumberedRow], habits: CellHabits, taken: OrderRows) -> Order:
    lines, again = first_and_repeats(group, lambda row: row["子订单编号"])
    line, row = lines[0]
    # By sub-order number: the same line_no in every export, whatever its sorting.
    lines.sort(key=lambda numbered: (len(numbered[1]["子订单编号"]), numbered[1]["子订单编号"]))
    cells = Cells(line, row, habits)
    cells.id("主订单编号")
    paid_at, shipped_at = cells.moment("支付完成时间"), cells.moment("发货时间")
    parts = [_part(at, other, habits, taken) for at, other in lines]
    status = combined_state([part.state for part in parts])
    if status == "closed":
        status = "returned" if paid_at or any(part.refunded for part in parts) else "cancelled"
    alive = status != "cancelled"
    if alive:
        parts = [_without_closed(part) for part in parts]
    items = tuple(part.item for part in parts)
    region, city = _place(cells)
    return Order(
        order_id=order_id,
        line=line,
        status=status,
        placed_at=cells.required_moment("订单提交时间"),
        paid_at=paid_at,
        latest_at=latest(shipped_at, cells.moment("订单完成时间")),
        items=items,
        refunds=tuple(Refund(part.item.net, item=at) for at, part in enumerate(parts) if part.refunded and alive),
        columns={
            "country": COUNTRY,
            "region": region,
            "city": city,
            "currency": CURRENCY,
            **goods_and_discount(items),
            **_paid(cells, parts),
        },
        shipment={"shipped_at": shipped_at, "region": region} if shipped_at else {},
        total=sum((part.payable for part in parts), ZERO),
        steps=_steps(parts),
        repeats=repeats_of(again, lambda at, other: Cells(at, other, habits).number("订单应付金额")),
        trouble=cells.trouble,
    )


def _without_closed(part: _Part) -> _Part:
    """A part that was closed without a refund, in an order that goes on, was not sold."""
    gone = part.state in {"closed", "cancelled"} and not part.refunded
    return replace(part, item=replace(part.item, taken_out=True)) if gone else part


def _paid(cells: Cells, parts: list[_Part]) -> dict[str, object]:
    return {
        "shipping_amount": sum((part.freight for part in parts), ZERO),
        "total_amount": sum((part.payable for part in parts if not part.item.taken_out), ZERO),
        "payment_method": cells.text("支付方式"),
    }


def _steps(parts: list[_Part]) -> dict[str, Decimal]:
    sold = [part for part in parts if not part.item.taken_out]
    return {
        "shipping": -sum((part.freight for part in sold), ZERO),
        "discounts": sum((part.borne for part in sold), ZERO),
        "cancelled": -sum((part.payable for part in parts if part.item.taken_out), ZERO),
    }


def _part(line: int, row: Row, habits: CellHabits, taken: OrderRows) -> _Part:
    cells = Cells(line, row, habits)
    quantity, amount = cells.required_amount("商品数量"), cells.required_amount("商品金额")
    payable, freight = cells.number("订单应付金额"), cells.number("运费")
    borne = cells.number("平台实际承担优惠金额") + cells.number("达人实际承担优惠金额")
    own = cells.number("商家实际承担优惠金额")
    rest = payable + borne + own
    # 商品金额 is that of all pieces in most exports and of one piece in some: the row's own sum tells.
    if quantity > 1 and rest - amount not in {ZERO, freight} and rest - amount * quantity in {ZERO, freight}:
        amount *= quantity
    paid_at = cells.moment("支付完成时间")
    state = known_state(cells.text("订单状态"), paid_at, taken)
    style, name = cells.text("商品规格"), cells.text("选购商品")
    item = Item(
        line=line,
        product_id=cells.id("商家编码", "商品ID") or " ".join(filter(None, (name, style))),
        quantity=quantity,
        amount=amount,
        discount=own,
        name=name,
        attributes=json.dumps({"规格": style}, ensure_ascii=False) if style else "",
        trouble=cells.trouble,
    )
    refunded = was_refunded(cells.text("售后状态") + cells.text("订单状态")) or (
        state == "closed" and paid_at is not None
    )
    return _Part(item, payable, freight if rest - amount == freight else ZERO, borne, state, refunded)


def _place(cells: Cells) -> tuple[str, str]:
    if cells.text("省"):
        return cells.text("省"), cells.text("市")
    return region_and_city(cells.text("详细地址"))


_HEADER = "主订单编号,子订单编号,选购商品,商品规格,商品数量,商家编码,商品ID,商品金额,订单应付金额,运费,收件人,收件人手机号,详细地址,订单提交时间,支付完成时间,订单完成时间,订单状态,售后状态,取消原因,发货时间,平台实际承担优惠金额,商家实际承担优惠金额,达人实际承担优惠金额,支付方式\n"
SOURCE = Source(
    words=WORDS,
    doc=Words(
        "Douyin shop (doudian) > Orders > Order management > Export. One row per sub-order, ids with a leading TAB. Sales are 商品金额 less "
        "what the shop bears; what platform and influencers bear is paid to the shop and stays in. No buyers, no refunded amounts.",
        "抖店 > 订单 > 订单管理 > 导出。每个子订单一行，编号前带制表符。销售额为商品金额减商家承担的优惠；平台与达人承担的优惠会补给店铺，不扣除。导出不含买家与退款金额。",
    ),
    tables=("orders", "order_lines", "refunds", "shipments", "products"),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={
                "douyin_orders.csv": _HEADER
                + '"\t6917001","\t6917001","面膜 🎭",蓝色,2,MASK,"\t3501",59.80,50.80,0.00,张*,138****0000,广东省 深圳市 南山区,2024-01-31 10:00:00,2024-01-31 10:00:30,2024-02-05 10:00:00,已完成,-,,2024-01-31 20:00:00,4.00,5.00,0.00,微信\n'
                + '"\t6917001","\t6917002",小样,,1,GIFT,"\t3502",0.01,0.01,0.00,张*,138****0000,广东省 深圳市 南山区,2024-01-31 10:00:00,2024-01-31 10:00:30,2024-02-05 10:00:00,已完成,退款成功,,2024-01-31 20:00:00,0.00,0.00,0.00,微信\n'
                + '"\t6917003","\t6917003",面膜,蓝色,1,MASK,"\t3501",29.90,29.90,0.00,李*,139****0000,上海市 上海市 黄浦区,2024-01-31 11:00:00,,,已关闭,-,超时未支付,,0.00,0.00,0.00,\n'
            },
            expect={
                "orders": [
                    {
                        "order_id": "6917001", "status": "delivered", "region": "广东省", "city": "深圳市", "paid_at": "2024-01-31T02:00:30Z",
                        "goods_amount": "59.81", "discount_amount": "5", "total_amount": "50.81",
                    },
                    {"order_id": "6917003", "status": "cancelled"},
                ],
                "order_lines": [
                    {"order_id": "6917001", "line_no": "1", "product_id": "MASK", "quantity": "2", "unit_price": "29.9", "discount_amount": "5"},
                    {"order_id": "6917001", "line_no": "2", "product_id": "GIFT", "quantity": "1", "unit_price": "0.01", "discount_amount": "0"},
                    {"order_id": "6917003", "line_no": "1", "product_id": "MASK", "unit_price": "29.9"},
                ],
                "refunds": [{"order_id": "6917001", "line_no": "2", "amount": "0.01", "refunded_at": "2024-02-05T02:00:00Z"}],
            },
            platform_total="80.71",
            settings=ShopFacts(CURRENCY, "Asia/Shanghai"),
        ),
    ),
)  # fmt: skip
