"""JD.com (POP shops): the order export, one row per product, with the amounts of the order repeated on every row."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import ZERO, CellHabits, Cells
from zhanggui.connectors.chinese_orders import COUNTRY, CURRENCY, known_person, known_state
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
    order_groups,
    repeats_of,
    require_currency,
    share_discount,
    unread_rows,
)
from zhanggui.connectors.order_rows import OrderRows
from zhanggui.connectors.personal import region_and_city
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.connectors.text_file import open_rows
from zhanggui.shop.rows import Piece

WORDS = Words("JD.com orders", "京东")
HAS = ("订单号", "商品ID", "订购数量", "京东价", "订单金额", "订单状态", "下单时间")
ALSO = (
    "商品名称", "支付方式", "结算金额", "余额支付", "应付金额", "下单帐号", "客户地址", "运费金额", "付款确认时间", "订单完成时间",
    "订单来源", "订单渠道", "货号",
)  # fmt: skip
ORDER_TOTAL = Words("Sum of 订单金额, once per order", "订单金额合计（每单只计一次）")


def _detect(head: Head) -> bool:
    return head.any_has(*HAS)


def _read(inputs: Inputs) -> Iterator[Piece]:
    require_currency(inputs.settings, WORDS, CURRENCY)
    taken = OrderRows(ORDER_TOTAL, sales_channel="jd", files=len(export_files(inputs)))
    for path in export_files(inputs):
        rows = open_rows(path, header_has=HAS, also=ALSO, progress=inputs.progress)
        yield from taken.file(rows.file)
        habits = habits_of(rows, inputs.settings, "下单时间")
        for order_id, group in order_groups(rows, lambda row: row["订单号"]):
            yield from taken.add(_order(order_id, group, habits, taken))
        yield from unread_rows(rows, "orders")
    yield from taken.end()


def _order(order_id: str, group: list[NumberedRow], habits: CellHabits, taken: OrderRows) -> Order:
    lines, again = first_and_repeats(group)
    line, row = lines[0]
    cells = Cells(line, row, habits)
    cells.id("订单号")
    placed_at, paid_at = cells.required_moment("下单时间"), cells.moment("付款确认时间")
    listed, freight = cells.required_amount("订单金额"), cells.number("运费金额")
    state = known_state(cells.text("订单状态"), paid_at, taken)
    status = ("returned" if paid_at else "cancelled") if state == "closed" else state
    items = tuple(_item(at, other, habits) for at, other in lines)
    full = sum((item.amount for item in items), ZERO)
    goods = full if status == "cancelled" else _goods(cells, full, listed, freight)
    if not any(item.trouble for item in items):
        items = share_discount(items, full - goods)
    region, city = region_and_city(cells.text("客户地址"))
    place = {"country": COUNTRY, "region": region, "city": city}
    return Order(
        order_id=order_id,
        line=line,
        status=status,
        placed_at=placed_at,
        paid_at=paid_at,
        latest_at=cells.moment("订单完成时间"),
        items=items,
        refunds=(Refund(goods),) if status == "returned" else (),
        columns={
            **place,
            **_person(cells),
            "currency": CURRENCY,
            **goods_and_discount(items),
            "shipping_amount": freight,
            "total_amount": goods + freight,
        },
        customer=place,
        total=listed,
        steps=_steps(full, goods, listed, freight),
        repeats=repeats_of(again),
        trouble=cells.trouble,
    )


def _person(cells: Cells) -> dict[str, object]:
    return {
        "customer_id": known_person(cells.text("下单帐号")),
        "device": "mobile" if "手机" in cells.text("订单来源", "订单渠道") else "",
        "payment_method": cells.text("支付方式"),
    }


def _item(line: int, row: Row, habits: CellHabits) -> Item:
    cells = Cells(line, row, habits)
    price, quantity = cells.required_amount("京东价"), cells.required_amount("订购数量")
    return Item(
        line=line,
        product_id=cells.id("商品ID", "货号") or cells.text("商品名称"),
        quantity=quantity,
        amount=price * quantity,
        unit_price=price,
        name=cells.text("商品名称"),
        trouble=cells.trouble,
    )


def _goods(cells: Cells, full: Decimal, listed: Decimal, freight: Decimal) -> Decimal:
    """The goods after the discounts that the shop bears: 结算金额, which JD settles with the shop.

    What JD itself pays (its coupons) is in it. Without it: what the buyer pays (应付金额 and 余额支付) less freight,
    else 订单金额. An amount above the full price of the goods holds the freight.
    """
    settled = cells.number("结算金额")
    if settled == 0:
        payable = cells.number("应付金额") + cells.number("余额支付")
        settled = payable - freight if payable else listed
    if settled > full and settled - freight <= full:
        settled -= freight
    return min(settled, full) if settled > 0 else full


def _steps(full: Decimal, goods: Decimal, listed: Decimal, freight: Decimal) -> dict[str, Decimal]:
    holds_freight = freight > 0 and listed not in {full, goods} and listed - freight in {full, goods}
    shipping = -freight if holds_freight else ZERO
    return {"shipping": shipping, "discounts": min(goods - listed - shipping, ZERO)}


_HEADER = "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,下单帐号,客户姓名,客户地址,联系电话,运费金额,付款确认时间,订单完成时间\n"
SOURCE = Source(
    words=WORDS,
    doc=Words(
        "JD merchant backend > Orders > Order query > Export. One row per product; 订单金额 repeats on every row of an order and "
        "counts once. Sales are 结算金额 (what JD settles with the shop, its own coupons included).",
        "京麦商家后台 > 订单管理 > 订单查询 > 导出。每个商品一行；“订单金额”在同一订单的每行重复，只计一次。销售额取“结算金额”（含京东承担的优惠）。",
    ),
    tables=("orders", "order_lines", "refunds", "products", "customers"),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={
                "jd_orders.csv": (
                    _HEADER
                    + "2901,100001,电水壶,1,在线支付,2024-01-31 10:00:00,99.00,119.00,109.00,0.00,109.00,完成,SOP,jd_ann,张三,北京海淀区某路,138,0.00,2024-01-31 10:02:00,2024-02-03 09:00:00\n"
                    + "2901,100002,滤网,2,在线支付,2024-01-31 10:00:00,10.00,119.00,109.00,0.00,109.00,完成,SOP,jd_ann,张三,北京海淀区某路,138,0.00,2024-01-31 10:02:00,2024-02-03 09:00:00\n"
                    + "2902,100002,滤网,1,货到付款,2024-01-31 11:00:00,10.00,10.00,0.00,0.00,10.00,已取消,SOP,jd_bob,李四,上海,139,0.00,,\n"
                ).encode("gb18030")
            },
            expect={
                "orders": [
                    {
                        "order_id": "2901", "status": "delivered", "customer_id": "jd_ann", "placed_at": "2024-01-31T02:00:00Z",
                        "paid_at": "2024-01-31T02:02:00Z", "goods_amount": "119", "discount_amount": "10", "total_amount": "109",
                    },
                    {"order_id": "2902", "status": "cancelled"},
                ],
                "order_lines": [
                    {"order_id": "2901", "line_no": "1", "product_id": "100001", "quantity": "1", "unit_price": "99", "discount_amount": "8.32"},
                    {"order_id": "2901", "line_no": "2", "product_id": "100002", "quantity": "2", "unit_price": "10", "discount_amount": "1.68"},
                    {"order_id": "2902", "line_no": "1", "unit_price": "10", "discount_amount": "0"},
                ],
            },
            platform_total="129",
            settings=ShopFacts(CURRENCY, "Asia/Shanghai"),
        ),
    ),
)  # fmt: skip
