"""Olist: the public data of a Brazilian marketplace, under its public file names or any other.

A ``customer_id`` of Olist is per order; the person is ``customer_unique_id``. Prices are paid as listed, freight is
the customer's. What customers paid beyond (interest of instalments) or below (vouchers lost) is a step of the bridge.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

from zhanggui.basics.words import Words
from zhanggui.connectors.collecting import RowsBuilder
from zhanggui.connectors.olist_files import (
    ATTRIBUTES,
    CANCELLED,
    NO_ORDER,
    NOTHING,
    STATUS,
    Basket,
    Export,
    Joined,
    join,
    open_export,
    part_of,
)
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.shop.rows import BridgeItem, Note, Piece

COUNTRY = "BR"
SHIPPED = frozenset({"shipped", "delivered"})
SMALL = Decimal("0.05")  # a difference of some cents between payments and prices is rounding of instalments


def read(inputs: Inputs) -> Iterator[Piece]:
    """All given files and folders together, since its tables need each other.

    Raises:
        DataError: no file is part of an Olist export, or payments come without orders.
    """
    export = open_export(inputs)
    joined = join(export)
    zone = inputs.settings.timezone
    yield from _suppliers(export)
    yield from _products(export, joined)
    yield from _customers(export, joined)
    yield from _orders(export, joined, zone)
    yield from _order_lines(export)
    yield from _payments(export, zone)
    yield from _reviews(export, joined, zone)
    yield from _notes(export)
    if export.has("order_payments") and export.has("order_items"):
        yield from _bridge(joined.baskets)


def _suppliers(export: Export) -> Iterator[Piece]:
    for rows in export.files.get("sellers", []):
        builder = RowsBuilder("suppliers", rows.file)
        for line, row in rows:
            yield from builder.add(line, supplier_id=row["seller_id"], country=COUNTRY)
        yield from builder.rest()
        yield from rows.rejects("suppliers")


def _products(export: Export, joined: Joined) -> Iterator[Piece]:
    for rows in export.files.get("products", []):
        builder = RowsBuilder("products", rows.file)
        for line, row in rows:
            own = row["product_category_name"]
            attributes = {name: row[column] for column, name in ATTRIBUTES.items() if row.get(column)}
            yield from builder.add(
                line,
                product_id=row["product_id"],
                category=joined.categories.get(own, own),
                supplier_id=joined.sellers.get(row["product_id"]),
                attributes=json.dumps(attributes) if attributes else None,
            )
        yield from builder.rest()
        yield from rows.rejects("products")


def _customers(export: Export, joined: Joined) -> Iterator[Piece]:
    """One row per person, with the place of the latest order (of the last row when orders are not given)."""
    for rows in export.files.get("customers", []):
        latest: dict[str, tuple[str, int, dict[str, str]]] = {}
        for line, row in rows:
            when = joined.bought_at.get(row["customer_id"], "")
            before = latest.get(row["customer_unique_id"])
            if before is None or before[0] <= when:
                latest[row["customer_unique_id"]] = (when, line, row)
        builder = RowsBuilder("customers", rows.file)
        for _, line, row in sorted(latest.values(), key=lambda item: item[1]):
            yield from builder.add(
                line,
                customer_id=row["customer_unique_id"],
                country=COUNTRY,
                region=row.get("customer_state"),
                city=row.get("customer_city"),
            )
        yield from builder.rest()
        yield from rows.rejects("customers")


def _orders(export: Export, joined: Joined, zone: str) -> Iterator[Piece]:
    """Orders, and the one parcel that Olist knows of each."""
    for rows in export.files.get("orders", []):
        orders = RowsBuilder("orders", rows.file, naive_zone=zone)
        parcels = RowsBuilder("shipments", rows.file, naive_zone=zone)
        for line, row in rows:
            yield from _order(orders, line, row, export, joined)
            yield from _parcel(parcels, line, row, joined)
        yield from orders.rest()
        yield from parcels.rest()
        yield from rows.rejects("orders")


def _order(builder: RowsBuilder, line: int, row: dict[str, str], export: Export, joined: Joined) -> Iterator[Piece]:
    person = joined.people.get(row["customer_id"])
    basket = joined.baskets[row["order_id"]]
    sums: dict[str, Decimal] = {}
    if export.has("order_items"):
        sums = {"goods_amount": basket.goods, "shipping_amount": basket.freight}
    if export.has("order_payments"):
        sums["total_amount"] = basket.paid
    yield from builder.add(
        line,
        order_id=row["order_id"],
        customer_id=person.unique_id if person else None,
        placed_at=row["order_purchase_timestamp"],
        paid_at=row.get("order_approved_at"),
        status=STATUS.get(row["order_status"].lower(), row["order_status"]),
        country=COUNTRY,
        region=person.state if person else None,
        city=person.city if person else None,
        payment_method=basket.method,
        **sums,
    )


def _parcel(builder: RowsBuilder, line: int, row: dict[str, str], joined: Joined) -> Iterator[Piece]:
    """The parcel of an order, unless it was cancelled before it left."""
    shipped, delivered = row.get("order_delivered_carrier_date"), row.get("order_delivered_customer_date")
    if row["order_status"].lower() in CANCELLED and not shipped and not delivered:
        return
    person = joined.people.get(row["customer_id"])
    yield from builder.add(
        line,
        shipment_id=row["order_id"],
        order_id=row["order_id"],
        shipped_at=shipped,
        promised_at=row.get("order_estimated_delivery_date"),
        delivered_at=delivered,
        region=person.state if person else None,
    )


def _order_lines(export: Export) -> Iterator[Piece]:
    for rows in export.files.get("order_items", []):
        builder = RowsBuilder("order_lines", rows.file)
        for line, row in rows:
            yield from builder.add(
                line,
                order_id=row["order_id"],
                line_no=row["order_item_id"],
                product_id=row["product_id"],
                quantity="1",
                unit_price=row["price"],
            )
        yield from builder.rest()
        yield from rows.rejects("order_lines")


def _payments(export: Export, zone: str) -> Iterator[Piece]:
    """Payments are dated by their order's purchase; Olist keeps no time of their own, and no failed ones."""
    if not export.has("order_payments"):
        return
    orders = {row["order_id"]: (row["order_purchase_timestamp"], _outcome(row)) for _, _, row in export.rows("orders")}
    for rows in export.files["order_payments"]:
        builder = RowsBuilder("payments", rows.file, naive_zone=zone)
        for line, row in rows:
            known = orders.get(row["order_id"])
            if known is None:
                yield builder.reject(line, "order_id", row["order_id"], NO_ORDER)
                continue
            yield from builder.add(
                line,
                attempt_id=f"{row['order_id']}-{row['payment_sequential']}",
                order_id=row["order_id"],
                attempted_at=known[0],
                method=row["payment_type"],
                amount=row["payment_value"],
                status=known[1],
                country=COUNTRY,
            )
        yield from builder.rest()
        yield from rows.rejects("payments")


def _outcome(order: dict[str, str]) -> str:
    """Approved or sent means paid; a cancelled order that nobody approved was not."""
    status = order["order_status"].lower()
    if order.get("order_approved_at") or status in SHIPPED:
        return "succeeded"
    return "failed" if status in CANCELLED else "pending"


def _reviews(export: Export, joined: Joined, zone: str) -> Iterator[Piece]:
    """One review of several orders has one id in Olist: the later ones get their order's number added."""
    people = {
        row["order_id"]: person.unique_id
        for _, _, row in export.rows("orders")
        if (person := joined.people.get(row["customer_id"]))
    }
    first: dict[str, str] = {}
    for rows in export.files.get("order_reviews", []):
        builder = RowsBuilder("reviews", rows.file, naive_zone=zone)
        for line, row in rows:
            review, order = row["review_id"], row["order_id"]
            basket = joined.baskets.get(order)
            yield from builder.add(
                line,
                review_id=review if first.setdefault(review, order) == order else f"{review}-{order}",
                order_id=order,
                product_id=next(iter(basket.products)) if basket and len(basket.products) == 1 else None,
                customer_id=people.get(order),
                created_at=row["review_creation_date"],
                rating=row["review_score"],
                title=row.get("review_comment_title"),
                text=row.get("review_comment_message"),
                language="pt",
            )
        yield from builder.rest()
        yield from rows.rejects("reviews")


def _notes(export: Export) -> Iterator[Note]:
    if export.left_out:
        shown = ", ".join(export.left_out)
        yield Note(Words(f"Files left out: {shown}", f"未导入的文件：{shown}"), rows=len(export.left_out))
    if export.has("orders") and not export.has("customers"):
        yield Note(
            Words(
                "Without the customers file nobody knows which orders are of the same person; customers stay empty.",
                "缺少 customers 文件，无法知道哪些订单属于同一顾客，顾客留空。",
            )
        )


STEPS = {
    "cancelled": Words("Payments of cancelled and unavailable orders", "已取消与无货订单的付款"),
    "shipping": Words("Freight that customers pay", "顾客支付的运费"),
    "fees": Words("Paid beyond price and freight: interest of instalments", "超出货款与运费的部分：分期利息"),
    "discounts": Words("Paid less than price and freight", "少于货款与运费的部分"),
    "rounding": Words("Cents between payments and prices", "付款与货款的分差"),
    "unpaid": Words("Orders without any payment", "没有付款记录的订单"),
    "other": Words("Payments of orders without items", "没有商品明细的订单的付款"),
}


def _bridge(baskets: dict[str, Basket]) -> Iterator[Piece]:
    """From all payments to the prices of the items of valid orders."""
    total = sum((basket.paid for basket in baskets.values()), NOTHING)
    yield BridgeItem("platform_total", total, Words("All payments of the export", "导出中的全部付款"))
    sums = dict.fromkeys(STEPS, NOTHING)
    for basket in baskets.values():
        if basket.status in CANCELLED:
            sums["cancelled"] -= basket.paid
            continue
        sums["shipping"] -= basket.freight
        beyond = basket.paid - basket.goods - basket.freight
        sums[_difference(basket, beyond)] -= beyond
    for kind, amount in sums.items():
        if amount:
            yield BridgeItem(kind, amount, STEPS[kind])


def _difference(basket: Basket, beyond: Decimal) -> str:
    if not basket.items:
        return "other"
    if not basket.payments:
        return "unpaid"
    if abs(beyond) <= SMALL:
        return "rounding"
    return "fees" if beyond > 0 else "discounts"


def detect(head: Head) -> bool:
    """At least one file with columns that only Olist has."""
    return any(part_of(file.columns) for file in head.files)


SOURCE = Source(
    words=Words("Olist (Brazilian marketplace)", "Olist（巴西电商平台）"),
    doc=Words(
        "The public data of Olist: olist_orders_dataset.csv, olist_order_items_dataset.csv and so on, or the same as "
        "Parquet under any name; files or their folder, all together. Times are the shop's (make it with "
        "America/Sao_Paulo). A person is customer_unique_id; sellers become suppliers; leads and geolocation are left "
        "out.",
        "Olist 公开数据：olist_orders_dataset.csv、olist_order_items_dataset.csv 等，或任意文件名的 Parquet；"
        "请把文件或文件夹一起给出。"
        "时间为店铺时区（建店时用 America/Sao_Paulo）。顾客以 customer_unique_id 为准；卖家作为供应商；"
        "线索与地理位置文件不导入。",
    ),
    tables=("suppliers", "products", "customers", "orders", "shipments", "order_lines", "payments", "reviews"),
    detect=detect,
    read=read,
    examples=(
        Example(
            files={
                "olist_orders_dataset.csv": "order_id,customer_id,order_status,order_purchase_timestamp,"
                "order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date\n"
                "o1,c1,delivered,2017-10-02 10:56:33,2017-10-02 11:07:15,2017-10-04 19:55:00,2017-10-10 21:25:13,"
                "2017-10-18 00:00:00\n"
                "o2,c2,unavailable,2017-11-02 10:00:00,,,,2017-11-18 00:00:00\n",
                "olist_order_items_dataset.csv": "order_id,order_item_id,product_id,seller_id,shipping_limit_date,"
                "price,freight_value\n"
                "o1,1,p1,s1,2017-10-06 11:07:15,29.99,8.72\no1,2,p1,s1,2017-10-06 11:07:15,29.99,8.72\n",
                "olist_order_payments_dataset.csv": "order_id,payment_sequential,payment_type,payment_installments,"
                "payment_value\no1,1,credit_card,1,70.00\no1,2,voucher,1,7.42\no2,1,boleto,1,50.00\n",
                "olist_order_reviews_dataset.csv": "review_id,order_id,review_score,review_comment_title,"
                "review_comment_message,review_creation_date,review_answer_timestamp\n"
                'r1,o1,4,,"Bom,\nmas ""lento""",2017-10-11 00:00:00,2017-10-12 03:43:48\n'
                "r1,o2,1,,,2017-10-11 00:00:00,2017-10-12 03:43:48\n",
                "olist_customers_dataset.csv": "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,"
                "customer_state\nc1,u1,03149,sao paulo,SP\nc2,u1,03149,osasco,SP\n",
                "olist_products_dataset.csv": "product_id,product_category_name,product_weight_g\n"
                "p1,utilidades_domesticas,500\n",
                "product_category_name_translation.csv": "product_category_name,product_category_name_english\n"
                "utilidades_domesticas,housewares\n",
                "olist_sellers_dataset.csv": "seller_id,seller_zip_code_prefix,seller_city,seller_state\n"
                "s1,9350,maua,SP\n",
            },
            settings=ShopFacts("BRL", "America/Sao_Paulo"),
            expect={
                "orders": [
                    {
                        "order_id": "o1",
                        "customer_id": "u1",
                        "placed_at": "2017-10-02T10:56:33",
                        "paid_at": "2017-10-02T11:07:15",
                        "status": "delivered",
                        "region": "SP",
                        "goods_amount": "59.98",
                        "shipping_amount": "17.44",
                        "total_amount": "77.42",
                        "payment_method": "credit_card",
                    },
                    {"order_id": "o2", "status": "cancelled", "paid_at": None, "city": "osasco"},
                ],
                "order_lines": [
                    {"order_id": "o1", "line_no": "1", "product_id": "p1", "quantity": "1", "unit_price": "29.99"},
                    {"order_id": "o1", "line_no": "2"},
                ],
                "shipments": [
                    {
                        "shipment_id": "o1",
                        "order_id": "o1",
                        "shipped_at": "2017-10-04T19:55:00",
                        "promised_at": "2017-10-18T00:00:00",
                        "delivered_at": "2017-10-10T21:25:13",
                    }
                ],
                "payments": [
                    {
                        "attempt_id": "o1-1",
                        "attempted_at": "2017-10-02T10:56:33",
                        "status": "succeeded",
                        "amount": "70",
                    },
                    {"attempt_id": "o1-2", "method": "voucher"},
                    {"attempt_id": "o2-1", "status": "failed"},
                ],
                "reviews": [
                    {
                        "review_id": "r1",
                        "order_id": "o1",
                        "product_id": "p1",
                        "customer_id": "u1",
                        "rating": "4",
                        "text": 'Bom,\nmas "lento"',
                    },
                    {"review_id": "r1-o2", "order_id": "o2", "product_id": None, "rating": "1"},
                ],
                "customers": [{"customer_id": "u1", "country": "BR", "region": "SP", "city": "osasco"}],
                "products": [
                    {
                        "product_id": "p1",
                        "category": "housewares",
                        "supplier_id": "s1",
                        "attributes": '{"weight_g": "500"}',
                    }
                ],
                "suppliers": [{"supplier_id": "s1", "country": "BR"}],
            },
            platform_total="127.42",
        ),
    ),
)
