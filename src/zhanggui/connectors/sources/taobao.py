"""Taobao and Tmall: the order list (ExportOrderList) and the report of sub-orders (宝贝), together or alone."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import ZERO, CellHabits, Cells
from zhanggui.connectors.chinese_orders import (
    COUNTRY,
    CURRENCY,
    known_person,
    known_state,
)
from zhanggui.connectors.order_export import (
    Item,
    NumberedRow,
    Order,
    Refund,
    Repeat,
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
from zhanggui.connectors.taobao_sub_orders import NO_PRODUCT, SUB_ALSO, SUB_HAS, SubOrder, SubOrders
from zhanggui.connectors.text_file import TextRows, open_rows
from zhanggui.shop.rows import Piece

WORDS = Words("Taobao and Tmall", "淘宝天猫")
LIST_HAS = ("订单编号", "买家实际支付金额", "订单状态", "订单创建时间")
LIST_ALSO = (
    "买家会员名", "买家应付货款", "买家应付邮费", "买家支付积分", "总金额", "订单付款时间", "宝贝标题", "宝贝总数量", "收货地址",
    "订单关闭原因", "是否手机订单", "天猫卡券抵扣", "集分宝抵扣", "退款金额", "物流单号", "物流公司", "确认收货时间", "卖家服务费",
)  # fmt: skip
PAID_TOTAL = Words("Sum of 买家实际支付金额 (what buyers paid)", "买家实际支付金额合计")
POINTS_PER_YUAN = 100


def _detect(head: Head) -> bool:
    return any(_is_sub(file.columns) or file.has(*LIST_HAS) for file in head.files)


def _is_sub(columns: tuple[str, ...]) -> bool:
    return "子订单编号" in columns and "主订单编号" in columns and "价格" in columns


def _read(inputs: Inputs) -> Iterator[Piece]:
    require_currency(inputs.settings, WORDS, CURRENCY)
    taken = OrderRows(PAID_TOTAL, sales_channel="taobao", files=len(export_files(inputs)))
    subs = SubOrders(taken)
    lists: list[TextRows] = []
    for path in export_files(inputs):
        probe = open_rows(path, progress=inputs.progress)
        if _is_sub(probe.columns):
            rows = open_rows(path, header_has=SUB_HAS, also=SUB_ALSO, progress=inputs.progress)
            yield from subs.load(rows, habits_of(rows, inputs.settings, "订单创建时间"))
        else:
            lists.append(open_rows(path, header_has=LIST_HAS, also=LIST_ALSO, progress=inputs.progress))
    for rows in lists:
        yield from taken.file(rows.file)
        habits = habits_of(rows, inputs.settings, "订单创建时间")
        for order_id, group in order_groups(rows, lambda row: row["订单编号"]):
            yield from taken.add(_listed(order_id, group, habits, subs, taken))
        yield from unread_rows(rows, "orders")
    yield from subs.alone()
    yield from taken.end()


@dataclass(frozen=True)
class _Money:
    """What an order is worth: what was paid, the postage, the goods to be paid for, and those of them that were closed."""

    paid: Decimal
    postage: Decimal
    goods: Decimal
    closed: Decimal = ZERO

    @property
    def gap(self) -> Decimal:
        """How much less was paid than what remains of the order."""
        return self.goods - self.closed + self.postage - self.paid


def _listed(order_id: str, group: list[NumberedRow], habits: CellHabits, subs: SubOrders, taken: OrderRows) -> Order:
    """An order of the order list, with its sub-orders where their report was given."""
    kept, again = first_and_repeats(group, lambda row: row["订单编号"])
    line, row = kept[0]
    cells = Cells(line, row, habits)
    cells.id("订单编号")
    paid_at, money = cells.moment("订单付款时间"), _money(cells)
    state = known_state(cells.text("订单状态"), paid_at, taken)
    status = ("returned" if paid_at or money.paid > 0 else "cancelled") if state == "closed" else state
    parts = subs.claim(order_id)
    items, closed = _items(cells, money.goods, parts, status)
    money = replace(money, closed=closed)
    refunds = _refunds(items, parts, money.goods, cells.number("退款金额"), status)
    place = _place(cells)
    return Order(
        order_id=order_id,
        line=line,
        status=status,
        placed_at=cells.required_moment("订单创建时间"),
        paid_at=paid_at,
        latest_at=cells.moment("确认收货时间"),
        items=items,
        refunds=refunds,
        columns={
            **place,
            **_person(cells),
            **goods_and_discount(items),
            "currency": CURRENCY,
            "shipping_amount": money.postage,
            "total_amount": money.goods + money.postage,
        },
        customer=place,
        total=money.paid,
        steps={} if state == "placed" else _steps(cells, money, refunds, status),
        unpaid=state == "placed",
        repeats=(
            *repeats_of(again, lambda at, other: Cells(at, other, habits).number("买家实际支付金额")),
            *(Repeat(at, part.line, True, ZERO, part.file) for part in parts for at in part.repeats),
        ),
        trouble=cells.trouble,
    )


def _place(cells: Cells) -> dict[str, object]:
    region, city = region_and_city(cells.text("收货地址"))
    return {"country": COUNTRY, "region": region, "city": city}


def _person(cells: Cells) -> dict[str, object]:
    return {
        "customer_id": known_person(cells.text("买家会员名")),
        "device": "mobile" if "手机" in cells.text("是否手机订单") else "",
    }


def _money(cells: Cells) -> _Money:
    paid, postage, goods = cells.number("买家实际支付金额"), cells.number("买家应付邮费"), cells.amount("买家应付货款")
    if goods is None:
        goods = cells.required_amount("总金额") - postage
    return _Money(paid, postage, goods)


def _items(cells: Cells, goods: Decimal, parts: tuple[SubOrder, ...], status: str) -> tuple[tuple[Item, ...], Decimal]:
    """The lines of an order, and the amount of those that were closed before payment while the order goes on."""
    if not parts:
        given = cells.amount("宝贝总数量")
        quantity = Decimal(1) if given is None else given
        title = cells.text("宝贝标题") or NO_PRODUCT
        return (Item(cells.line, title, quantity, goods, name=title),), ZERO
    alive = status not in {"cancelled", "returned"}
    items = tuple(replace(part.item, taken_out=alive and part.closed_unpaid) for part in parts)
    closed = sum((item.net for item in items if item.taken_out), ZERO)
    sold = sum((item.net for item in items if not item.taken_out), ZERO)
    cancelled = closed if sold + closed == goods else ZERO  # the order's amount may or may not still hold them
    return share_discount(items, sold + cancelled - goods), cancelled


def _refunds(
    items: tuple[Item, ...], parts: tuple[SubOrder, ...], goods: Decimal, listed: Decimal, status: str
) -> tuple[Refund, ...]:
    """By sub-order where they say so, else the order's 退款金额, else the whole order when it was closed after payment."""
    by_part = tuple(
        Refund(part.refunded or items[at].net, item=at) for at, part in enumerate(parts) if part.was_refunded
    )
    if by_part or status == "cancelled":
        return by_part if status != "cancelled" else ()
    amount = listed or (goods if status == "returned" else ZERO)
    return (Refund(amount),) if amount else ()


def _steps(cells: Cells, money: _Money, refunds: tuple[Refund, ...], status: str) -> Mapping[str, Decimal]:
    """From what was paid to what was sold.

    The buyer paid more than the goods and postage that remain: for a part that was closed. Less: money went
    back, or coupons and points paid a part, which the platform bears.
    """
    closed = max(-money.closed, min(money.gap, ZERO))
    gap = money.gap - closed
    refunded = sum((refund.amount for refund in refunds), ZERO)
    borne = cells.number("天猫卡券抵扣") + cells.number("集分宝抵扣") + cells.number("买家支付积分") / POINTS_PER_YUAN
    discounts = ZERO if gap == refunded else max(ZERO, min(gap, borne))
    rest = gap - discounts
    back = rest if status == "returned" else max(ZERO, min(rest, refunded))
    return {"shipping": -money.postage, "cancelled": closed, "discounts": discounts, "refunded": back}


_SHOP = ShopFacts("CNY", "Asia/Shanghai")
_LIST = "订单编号,买家会员名,买家应付货款,买家应付邮费,总金额,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题,宝贝总数量\n"
_SUB = "子订单编号,主订单编号,标题,价格,购买数量,商家编码,订单状态,买家应付货款,买家实际支付金额,退款状态,退款金额,订单创建时间,订单付款时间\n"
_OPEN = "'1001,小明,30.00,6.00,36.00,36.00,卖家已发货，等待买家确认,张三,浙江省 杭州市 西湖区 某路 1 号,'13800000000,2024-01-31 10:00:00,2024-01-31 10:01:00,茶杯 🍵,3\n"
SOURCE = Source(
    words=WORDS,
    doc=Words(
        "Seller centre > Trade > Sold items > batch export: the order list (ExportOrderList) and the report of sub-orders "
        "(宝贝报表), as CSV (GBK) or Excel. Both together give products and discounts per line; the order list alone gives "
        "one line per order with the title as product.",
        "千牛卖家中心 > 交易 > 已卖出的宝贝 > 批量导出：订单报表（ExportOrderList）与宝贝报表，CSV（GBK）或 Excel。"
        "两份一起导入可得到逐行商品与优惠；只有订单报表时，每单一行，以宝贝标题作为商品。",
    ),
    tables=("orders", "order_lines", "refunds", "products", "customers"),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={
                "ExportOrderList.csv": (
                    _LIST
                    + _OPEN
                    + "'1002,t**1,20.00,0.00,20.00,0.00,等待买家付款,李四,上海,'13900000000,2024-01-31 11:00:00,,毛巾,1\n"
                    + "'1003,小红,50.00,0.00,50.00,0.00,交易关闭,王五,北京,'13700000000,2024-01-31 12:00:00,,花瓶,1\n"
                    + "'1004,小刚,10.01,0.00,10.01,10.01,交易关闭,赵六,北京,,2024-01-31 13:00:00,2024-01-31 13:05:00,杯垫,1\n"
                ).encode("gbk", "ignore")
            },
            expect={
                "orders": [
                    {
                        "order_id": "1001", "customer_id": "小明", "status": "shipped", "placed_at": "2024-01-31T02:00:00Z",
                        "paid_at": "2024-01-31T02:01:00Z", "region": "浙江省", "city": "杭州市",
                        "shipping_amount": "6", "total_amount": "36",
                    },
                    {"order_id": "1002", "customer_id": "", "status": "placed", "paid_at": ""},
                    {"order_id": "1003", "status": "cancelled"},
                    {"order_id": "1004", "status": "returned"},
                ],
                "order_lines": [
                    {"order_id": "1001", "line_no": "1", "quantity": "3", "unit_price": "10", "discount_amount": "0"},
                    {"order_id": "1002", "product_id": "毛巾", "quantity": "1", "unit_price": "20"},
                    {"order_id": "1003", "product_id": "花瓶"},
                    {"order_id": "1004", "product_id": "杯垫"},
                ],
                "refunds": [{"order_id": "1004", "amount": "10.01", "refunded_at": "2024-01-31T05:05:00Z", "reason": "time estimated"}],
            },
            platform_total="46.01",
            settings=_SHOP,
        ),
        Example(
            files={
                "ExportOrderList.csv": _LIST + _OPEN,
                "ExportOrderDetailList.csv": (
                    _SUB
                    + "1001-1,1001,茶杯 🍵,12.00,2,CUP,卖家已发货，等待买家确认,24.00,24.00,没有申请退款,,2024-01-31 10:00:00,2024-01-31 10:01:00\n"
                    + "1001-2,1001,杯垫,10.00,1,MAT,卖家已发货，等待买家确认,9.00,12.00,退款成功,5.00,2024-01-31 10:00:00,2024-01-31 10:01:00\n"
                ),
            },
            expect={
                "order_lines": [
                    {"order_id": "1001", "line_no": "1", "product_id": "CUP", "quantity": "2", "unit_price": "12", "discount_amount": "2.18"},
                    {"order_id": "1001", "line_no": "2", "product_id": "MAT", "quantity": "1", "unit_price": "10", "discount_amount": "1.82"},
                ],
                "refunds": [{"order_id": "1001", "line_no": "2", "amount": "5"}],
                "products": [{"product_id": "CUP", "name": "茶杯 🍵"}, {"product_id": "MAT", "name": "杯垫"}],
            },
            platform_total="36",
            settings=_SHOP,
        ),
    ),
)  # fmt: skip
