"""Shopify: the orders CSV (an order over several rows, its own columns on the first only) and the products CSV."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import ZERO, CellHabits, Cells
from zhanggui.connectors.order_export import (
    Item,
    NumberedRow,
    Order,
    Refund,
    Row,
    currency_trouble,
    export_files,
    first_and_repeats,
    goods_and_discount,
    habits_of,
    latest,
    order_groups,
    repeats_of,
    share_discount,
    unread_rows,
)
from zhanggui.connectors.order_rows import OrderRows
from zhanggui.connectors.personal import email_hash
from zhanggui.connectors.shopify_products import PRODUCTS_ALSO, PRODUCTS_HAS, read_products
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.connectors.text_file import open_rows
from zhanggui.shop.rows import Piece

ORDERS_HAS = ("Name", "Lineitem quantity", "Lineitem name", "Lineitem price")
ORDERS_ALSO = (
    "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing", "Currency",
    "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Created at", "Lineitem sku",
    "Lineitem discount", "Billing City", "Billing Province", "Billing Country", "Shipping City", "Shipping Province",
    "Shipping Country", "Cancelled at", "Payment Method", "Refunded Amount", "Vendor", "Id", "Source",
)  # fmt: skip
NET_SALES = Words(
    "Shopify net sales: Subtotal less Refunded Amount of all orders",
    "Shopify 净销售额：所有订单的 Subtotal 减 Refunded Amount",
)
OTHER_CURRENCY = Words(
    "Orders in another currency, not counted; the export holds no rate", "其他币种的订单未计入；导出文件不含汇率"
)
VOID = frozenset({"voided", "expired"})
PAID = frozenset({"paid", "partially_refunded", "partially_paid"})
UNPAID = frozenset({"pending", "authorized", "unpaid", ""})


def _detect(head: Head) -> bool:
    return head.any_has(*ORDERS_HAS) or head.any_has(*PRODUCTS_HAS)


def _read(inputs: Inputs) -> Iterator[Piece]:
    taken = OrderRows(NET_SALES, sales_channel="shopify", files=len(export_files(inputs)))
    lists: list[Path] = []
    for path in export_files(inputs):
        if "Variant Price" not in open_rows(path).columns:
            lists.append(path)
            continue
        rows = open_rows(path, header_has=PRODUCTS_HAS, also=PRODUCTS_ALSO, progress=inputs.progress)
        yield from taken.file(rows.file)
        yield from read_products(rows, habits_of(rows, inputs.settings), taken)
    for path in lists:
        rows = open_rows(path, header_has=ORDERS_HAS, also=ORDERS_ALSO, progress=inputs.progress)
        yield from taken.file(rows.file)
        habits = habits_of(rows, inputs.settings, "Created at")
        for name, group in order_groups(rows, _order_name()):
            yield from taken.add(_order(name, group, habits, inputs.settings, taken))
        yield from unread_rows(rows, "orders")
    yield from taken.end()


def _order_name() -> Callable[[Row], str]:
    """The order a row belongs to; an empty Name continues the row before it."""
    last = ""

    def name_of(row: Row) -> str:
        nonlocal last
        last = row["Name"] or (last if not row.get("Created at") else "")
        return last

    return name_of


def _order(name: str, group: list[NumberedRow], habits: CellHabits, settings: ShopFacts, taken: OrderRows) -> Order:
    lines, again = _lines(group, habits)
    line, row = next((numbered for numbered in lines if numbered[1].get("Created at")), lines[0])
    cells = Cells(line, row, habits)
    cells.id("Name")
    items = tuple(_item(at, other, habits) for at, other in lines)
    goods, refunded = _net_goods(cells, items), cells.number("Refunded Amount")
    items = _discounted(items, goods, cells.number("Discount Amount"))
    shipped_at, cancelled_at = cells.moment("Fulfilled at"), cells.moment("Cancelled at")
    foreign = currency_trouble("Currency", cells.text("Currency"), settings)
    if foreign is not None:
        taken.note(OTHER_CURRENCY, goods - refunded)
    email = email_hash(cells.text("Email"))
    place: dict[str, object] = {
        "country": cells.text("Shipping Country", "Billing Country"),
        "region": cells.text("Shipping Province", "Billing Province").lstrip("'"),
        "city": cells.text("Shipping City", "Billing City"),
    }
    return Order(
        order_id=name,
        line=line,
        status=_status(cells, taken),
        placed_at=cells.required_moment("Created at"),
        paid_at=cells.moment("Paid at"),
        latest_at=latest(shipped_at, cancelled_at),
        items=items,
        refunds=(Refund(refunded),) if refunded else (),
        columns={**place, **_columns(cells, items), "customer_id": email, "cancelled_at": cancelled_at},
        customer={**place, "email_hash": email, "email_consent": _consent(cells.text("Accepts Marketing"))},
        shipment={"shipped_at": shipped_at, "region": place["region"]} if shipped_at else {},
        total=ZERO if foreign else goods - refunded,
        steps={"refunded": refunded},
        repeats=repeats_of(again),
        trouble=foreign or cells.trouble,
    )


def _columns(cells: Cells, items: tuple[Item, ...]) -> dict[str, object]:
    return {
        "sales_channel": cells.text("Source") or "shopify",
        "currency": cells.text("Currency").upper(),
        **goods_and_discount(items),
        "shipping_amount": cells.amount("Shipping"),
        "tax_amount": cells.amount("Taxes"),
        "total_amount": cells.amount("Total"),
        "coupon_code": cells.text("Discount Code"),
        "payment_method": cells.text("Payment Method"),
    }


def _lines(
    group: list[NumberedRow], habits: CellHabits
) -> tuple[list[NumberedRow], list[tuple[NumberedRow, int, bool]]]:
    """The lines of an order and the rows that repeat one; equal rows are lines when the order's own amount knows them."""
    lines, again = first_and_repeats(group)
    own = Cells(*lines[0], habits)
    subtotal = own.amount("Subtotal")
    if not again or subtotal is None:
        return lines, again
    goods = subtotal + own.number("Discount Amount")
    if _distance(group, goods, habits) < _distance(lines, goods, habits):
        return group, []
    return lines, again


def _item(line: int, row: Row, habits: CellHabits) -> Item:
    cells = Cells(line, row, habits)
    price, quantity = cells.required_amount("Lineitem price"), cells.required_amount("Lineitem quantity")
    name = cells.text("Lineitem name")
    return Item(
        line=line,
        product_id=cells.id("Lineitem sku") or name,
        quantity=quantity,
        amount=price * quantity,
        discount=cells.number("Lineitem discount"),
        unit_price=price,
        name=name,
        brand=cells.text("Vendor"),
        trouble=cells.trouble,
    )


def _distance(lines: list[NumberedRow], goods: Decimal, habits: CellHabits) -> Decimal:
    """How far ``lines`` are from the goods amount (before discounts) that the order itself tells."""
    return abs(sum((_item(at, row, habits).amount for at, row in lines), ZERO) - goods)


def _net_goods(cells: Cells, items: tuple[Item, ...]) -> Decimal:
    """The order's goods after discounts: Subtotal.

    Some exports hold a Subtotal before the discount: its lines add up to it and Total is lower by the discount,
    which is not the shipping given free.
    """
    subtotal, off = cells.amount("Subtotal"), cells.number("Discount Amount")
    net = sum((item.net for item in items), ZERO)
    own = sum((item.discount for item in items), ZERO)
    if subtotal is None:
        return net - max(off - own, ZERO)
    total, shipping, taxes = cells.amount("Total"), cells.number("Shipping"), cells.number("Taxes")
    before = off > 0 and subtotal == net and own == 0 and off != shipping
    if before and total in {subtotal - off + shipping, subtotal - off + shipping + taxes}:
        return subtotal - off
    return subtotal


def _discounted(items: tuple[Item, ...], goods: Decimal, off: Decimal) -> tuple[Item, ...]:
    """The lines with the order's discount shared over them."""
    own = sum((item.discount for item in items), ZERO)
    if any(item.trouble for item in items):
        return share_discount(items, max(off - own, ZERO))
    # More goods than lines: lines are missing from the file, which no surcharge on the others makes good.
    return share_discount(items, max(sum((item.net for item in items), ZERO) - goods, ZERO))


def _status(cells: Cells, taken: OrderRows) -> str:
    financial = cells.text("Financial Status").lower().replace(" ", "_")
    if cells.text("Cancelled at") or financial in VOID:
        return "cancelled"
    if financial == "refunded":
        return "returned"
    if financial not in PAID | UNPAID:
        taken.unknown_status(financial)
    if cells.text("Fulfillment Status").lower() == "fulfilled":
        return "shipped"
    return "paid" if cells.text("Paid at") or financial in PAID - {"partially_paid"} else "placed"


def _consent(text: str) -> bool | None:
    return {"yes": True, "no": False, "true": True, "false": False}.get(text.lower())


_HEADER = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Shipping City,Shipping Province,Shipping Country,Cancelled at,Payment Method,Refunded Amount,Vendor,Id,Source,Lineitem discount\n"
SOURCE = Source(
    words=Words("Shopify orders and products", "Shopify 订单与商品"),
    doc=Words(
        "Shopify admin > Orders > Export (plain CSV, all orders), and Products > Export. Customers are known by a hash of "
        "their e-mail; refunds have no date there and get the latest known time of the order.",
        "Shopify 后台 > 订单 > 导出（普通 CSV，全部订单）；商品 > 导出。顾客以邮箱哈希识别；导出中的退款没有日期，取订单最后已知时间。",
    ),
    tables=("orders", "order_lines", "refunds", "shipments", "products", "customers"),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={
                "orders_export_1.csv": _HEADER
                + "#1001,Ann@Example.com ,paid,2024-01-31 10:05:00 +0800,fulfilled,2024-02-01 09:00:00 +0800,yes,GBP,26.99,3.00,0.00,29.99,TEA10,3.00,2024-01-31 10:00:00 +0800,2,Tea cup - Red,9.99,CUP-R,Ann Smith,Leeds,England,GB,,Shopify Payments,5.00,Acme,5501,web,0.00\n"
                + "#1001,Ann@Example.com ,,,,,,,,,,,,,,1,Saucer,10.01,,,,,,,,,,,,0.00\n"
                + "#1002,,voided,,,,no,GBP,7.00,0.00,0.00,7.00,,0.00,2024-01-31 11:00:00 +0800,1,Spoon,7.00,SP,Bob Jones,Hull,England,GB,2024-01-31 12:00:00 +0800,,0.00,Acme,5502,pos,0.00\n"
            },
            expect={
                "orders": [
                    {
                        "order_id": "#1001", "status": "shipped", "placed_at": "2024-01-31T02:00:00Z", "paid_at": "2024-01-31T02:05:00Z",
                        "currency": "GBP", "city": "Leeds", "country": "GB", "discount_amount": "3", "coupon_code": "TEA10", "sales_channel": "web",
                        "customer_id": email_hash("ann@example.com"),
                    },
                    {"order_id": "#1002", "status": "cancelled", "customer_id": "", "cancelled_at": "2024-01-31T04:00:00Z"},
                ],
                "order_lines": [
                    {"order_id": "#1001", "line_no": "1", "product_id": "CUP-R", "quantity": "2", "unit_price": "9.99", "discount_amount": "2"},
                    {"order_id": "#1001", "line_no": "2", "product_id": "Saucer", "quantity": "1", "unit_price": "10.01", "discount_amount": "1"},
                    {"order_id": "#1002", "line_no": "1", "product_id": "SP"},
                ],
                "refunds": [{"order_id": "#1001", "amount": "5", "refunded_at": "2024-02-01T01:00:00Z", "reason": "time estimated"}],
            },
            platform_total="28.99",
        ),
        Example(
            files={
                "products_export.csv": "Handle,Title,Vendor,Product Category,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Compare At Price,Cost per item,Image Src\n"
                "cup,Tea cup,Acme,Home > Kitchen,Cups,Color,Red,CUP-R,9.99,12.00,4.10,a.jpg\n"
                "cup,,,,,,Blue,,9.99,,4.10,\n"
                "cup,,,,,,,,,,,b.jpg\n"
            },
            expect={
                "products": [
                    {"product_id": "CUP-R", "name": "Tea cup - Red", "brand": "Acme", "category": "Home > Kitchen", "list_price": "12", "unit_cost": "4.1"},
                    {"product_id": "Tea cup - Blue", "name": "Tea cup - Blue", "brand": "Acme", "list_price": "9.99"},
                ]
            },
        ),
    ),
)  # fmt: skip
