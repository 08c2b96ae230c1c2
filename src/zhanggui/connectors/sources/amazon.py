"""Amazon: the report "All orders" (TSV, 29 or more fields), one row per order item."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import ZERO, CellHabits, Cells, Trouble
from zhanggui.connectors.order_export import (
    Item,
    NumberedRow,
    Order,
    Row,
    currency_trouble,
    export_files,
    first_and_repeats,
    goods_and_discount,
    habits_of,
    order_groups,
    repeats_of,
    unread_rows,
)
from zhanggui.connectors.order_rows import OrderRows
from zhanggui.connectors.personal import email_hash
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.connectors.text_file import open_rows
from zhanggui.shop.rows import Piece

HAS = ("amazon-order-id", "purchase-date", "order-status", "sku", "quantity", "item-price")
ALSO = (
    "sales-channel", "product-name", "asin", "item-status", "currency", "item-tax", "shipping-price", "shipping-tax", "gift-wrap-price",
    "item-promotion-discount", "ship-promotion-discount", "ship-city", "ship-state", "ship-country", "promotion-ids", "buyer-email",
    "fulfillment-channel", "order-item-id",
)  # fmt: skip
ITEM_TOTAL = Words("Sum of item-price", "item-price 合计")
NO_QUANTITY = Words(
    "Cancelled items with quantity 0: nothing was sold, they leave no line", "数量为 0 的已取消商品：未售出，不计入明细"
)
ELSEWHERE = Words(
    "Orders of other shops that Amazon only ships (sales-channel Non-Amazon), left out",
    "仅由亚马逊配送的其他渠道订单（Non-Amazon），未计入",
)
OTHER_CURRENCY = Words(
    "Items in another currency, not counted; the report holds no rate", "其他币种的商品未计入；报表不含汇率"
)
# The beginning of order-status decides; the longest that fits.
STATES = {
    "pending": "placed", "pendingavailability": "placed", "unshipped": "paid", "partiallyshipped": "paid", "invoiceunconfirmed": "paid",
    "shipping": "shipped", "shipped": "shipped", "complete": "shipped", "shipped-deliveredtobuyer": "delivered", "shipped-returnedtoseller": "returned",
    "shipped-returningtoseller": "returned", "shipped-rejectedbybuyer": "returned", "cancelled": "cancelled", "canceled": "cancelled",
    "unfulfillable": "cancelled",
}  # fmt: skip
NO_PRICE_YET = Words(
    "the price is not there yet: Amazon gives it once the order is paid; import a later report",
    "尚无价格：Amazon 在付款后才给出；请导入更晚的报表",
)


def _detect(head: Head) -> bool:
    return head.any_has(*HAS)


def _read(inputs: Inputs) -> Iterator[Piece]:
    taken = OrderRows(ITEM_TOTAL, sales_channel="amazon", files=len(export_files(inputs)))
    for path in export_files(inputs):
        rows = open_rows(path, header_has=HAS, also=ALSO, progress=inputs.progress)
        yield from taken.file(rows.file)
        habits = habits_of(rows, inputs.settings, "purchase-date")
        for order_id, group in order_groups(rows, lambda row: row["amazon-order-id"]):
            if group[0][1].get("sales-channel", "").lower().startswith("non-amazon"):
                taken.note(ELSEWHERE)
            else:
                yield from taken.add(_order(order_id, group, habits, inputs.settings, taken))
        yield from unread_rows(rows, "order_lines")
    yield from taken.end()


def _order(order_id: str, group: list[NumberedRow], habits: CellHabits, settings: ShopFacts, taken: OrderRows) -> Order:
    lines, again = first_and_repeats(group)
    line, row = lines[0]
    cells = Cells(line, row, habits)
    cells.id("amazon-order-id")
    status, items = _items(lines, habits, cells.text("order-status"), taken)
    total = sum((item.amount for item in items), ZERO)
    currency = next((row["currency"] for _, row in lines if row.get("currency")), "")
    foreign = currency_trouble("currency", currency, settings)
    if foreign is not None:
        taken.note(OTHER_CURRENCY, total)
    email = email_hash(cells.text("buyer-email"))
    place = {"country": cells.text("ship-country"), "region": cells.text("ship-state"), "city": cells.text("ship-city")}
    return Order(
        order_id=order_id,
        line=line,
        status=status,
        placed_at=cells.required_moment("purchase-date"),
        items=items,
        columns={
            **place,
            "customer_id": email,
            "sales_channel": cells.text("sales-channel") or "amazon",
            "currency": currency.upper(),
            **goods_and_discount(items),
            **_extras([Cells(at, other, habits) for at, other in lines]),
        },
        customer={**place, "email_hash": email},
        total=ZERO if foreign else total,
        steps={
            "cancelled": -sum((item.amount for item in items if item.taken_out), ZERO),
            "discounts": -sum((item.discount for item in items if not item.taken_out), ZERO),
        },
        repeats=repeats_of(again, lambda at, other: ZERO if foreign else Cells(at, other, habits).number("item-price")),
        trouble=cells.trouble or foreign,
    )


def _items(lines: list[NumberedRow], habits: CellHabits, words: str, taken: OrderRows) -> tuple[str, tuple[Item, ...]]:
    """The order's status and items; one whose items are all cancelled is cancelled, and keeps those that were ordered."""
    status = _status(words, taken)
    items = tuple(_item(at, row, habits, status) for at, row in lines)
    if all(item.taken_out for item in items):
        status = "cancelled"
    if status == "cancelled":
        items = tuple(replace(item, taken_out=item.quantity == 0) for item in items)
    for item in items:
        if item.taken_out and item.quantity == 0:
            taken.note(NO_QUANTITY)
    return status, items


def _extras(rows: list[Cells]) -> dict[str, object]:
    return {
        "shipping_amount": _sum(rows, "shipping-price") - _sum(rows, "ship-promotion-discount", positive=True),
        "tax_amount": _sum(rows, "item-tax") + _sum(rows, "shipping-tax"),
        "coupon_code": rows[0].text("promotion-ids"),
    }


def _item(line: int, row: Row, habits: CellHabits, status: str) -> Item:
    """One item: item-price is that of all pieces; its promotion is given without sign, or negative in some countries."""
    cells = Cells(line, row, habits)
    quantity, amount = cells.required_amount("quantity"), cells.amount("item-price")
    off = abs(cells.number("item-promotion-discount"))
    gone = cells.text("item-status").lower() in {"cancelled", "canceled"}
    trouble = cells.trouble
    if amount is None and trouble is None and not gone and status != "cancelled":
        trouble = Trouble("item-price", "", NO_PRICE_YET)
    asin = cells.text("asin")
    return Item(
        line=line,
        product_id=cells.text("sku") or asin,
        quantity=quantity,
        amount=amount or ZERO,
        discount=off if amount else ZERO,
        name=cells.text("product-name"),
        attributes=json.dumps({"asin": asin}) if asin else "",
        taken_out=gone,
        trouble=trouble,
    )


def _status(words: str, taken: OrderRows) -> str:
    plain = words.lower().replace(" ", "").replace("–", "-")
    fits = [start for start in STATES if plain.startswith(start)]
    if fits:
        return STATES[max(fits, key=len)]
    taken.unknown_status(words)
    return "placed"


def _sum(rows: list[Cells], name: str, *, positive: bool = False) -> Decimal:
    amounts = [cells.number(name) for cells in rows]
    return sum((abs(amount) if positive else amount for amount in amounts), ZERO)


_HEADER = "amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\tsales-channel\torder-channel\turl\tship-service-level\tproduct-name\tsku\tasin\titem-status\tquantity\tcurrency\titem-price\titem-tax\tshipping-price\tshipping-tax\tgift-wrap-price\tgift-wrap-tax\titem-promotion-discount\tship-promotion-discount\tship-city\tship-state\tship-postal-code\tship-country\tpromotion-ids\n"
SOURCE = Source(
    words=Words("Amazon all-orders report", "亚马逊全部订单报表"),
    doc=Words(
        "Seller Central > Reports > Fulfilment (or Order reports) > All orders, by order date, as text (TSV). One row per item; sales are "
        "item-price less item-promotion-discount, with the tax that item-price holds in Europe. The report has no refunds: import those as a table.",
        "卖家平台 > 数据报告 > 配送报告（或订单报告）> 全部订单（按下单日期），文本格式（TSV）。每个商品一行；销售额为 item-price 减 item-promotion-discount（欧洲站含税）。报表不含退款，请另以表导入。",
    ),
    tables=("orders", "order_lines", "products", "customers"),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={
                "orders.txt": _HEADER
                + "026-01\t\t2024-01-31T10:00:00+00:00\t2024-02-02T09:00:00+00:00\tShipped - Delivered to Buyer\tAmazon\tAmazon.co.uk\t\t\tExpedited\tTea cup 茶杯\tCUP-R\tB0CUP\tShipped\t3\tGBP\t10.00\t1.67\t2.50\t0.42\t\t\t1.00\t2.50\tLEEDS\tWest Yorkshire\tLS1\tGB\tTEA10\n"
                + "026-01\t\t2024-01-31T10:00:00+00:00\t2024-02-02T09:00:00+00:00\tShipped - Delivered to Buyer\tAmazon\tAmazon.co.uk\t\t\tExpedited\tSaucer\tSAU\tB0SAU\tCancelled\t0\tGBP\t\t\t\t\t\t\t\t\tLEEDS\tWest Yorkshire\tLS1\tGB\t\n"
                + "026-02\t\t2024-01-31T11:00:00+00:00\t2024-02-02T09:00:00+00:00\tCancelled\tAmazon\tAmazon.co.uk\t\t\tStandard\tTea cup\tCUP-R\tB0CUP\tCancelled\t1\tGBP\t3.33\t0.56\t\t\t\t\t\t\tHULL\t\tHU1\tGB\t\n"
            },
            expect={
                "orders": [
                    {
                        "order_id": "026-01", "status": "delivered", "placed_at": "2024-01-31T10:00:00Z", "sales_channel": "Amazon.co.uk",
                        "city": "LEEDS", "country": "GB", "goods_amount": "10", "discount_amount": "1", "shipping_amount": "0", "tax_amount": "2.09",
                    },
                    {"order_id": "026-02", "status": "cancelled"},
                ],
                "order_lines": [
                    {"order_id": "026-01", "line_no": "1", "product_id": "CUP-R", "quantity": "3", "unit_price": "3.3334", "discount_amount": "1.0002"},
                    {"order_id": "026-02", "line_no": "1", "product_id": "CUP-R", "quantity": "1", "unit_price": "3.33"},
                ],
            },
            platform_total="13.33",
        ),
    ),
)  # fmt: skip
