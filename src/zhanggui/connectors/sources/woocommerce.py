"""WooCommerce: orders, products, customers and refunds as its REST API gives them (JSON)."""

# ruff: noqa: E501 - records of real exports are long

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import ZERO, CellHabits, Cells, Trouble
from zhanggui.connectors.json_records import CUT, JsonRecord, flat, json_records, objects
from zhanggui.connectors.order_export import (
    Item,
    Order,
    Refund,
    Repeat,
    currency_trouble,
    export_files,
    goods_and_discount,
    latest,
)
from zhanggui.connectors.order_rows import OrderRows
from zhanggui.connectors.personal import email_hash
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.connectors.woocommerce_records import (
    WooRefund,
    WooTimes,
    customer_columns,
    kind_of,
    product_columns,
    read_refund,
)
from zhanggui.shop.rows import Piece

LISTS = ("orders", "products", "customers", "refunds", "data")
ORDER_TOTAL = Words("Sum of the orders' total", "订单 total 合计")
UNKNOWN = Words(
    "this is no order, product, customer or refund of WooCommerce", "这不是 WooCommerce 的订单、商品、客户或退款"
)
DRAFTS = Words("Drafts of checkouts that are no orders yet, left out", "尚未成为订单的结账草稿，未计入")
OTHER_CURRENCY = Words(
    "Orders in another currency, not counted; they hold no rate", "其他币种的订单未计入；数据不含汇率"
)
STATES = {
    "pending": "placed", "on-hold": "placed", "processing": "paid", "completed": "shipped", "cancelled": "cancelled", "failed": "cancelled",
    "trash": "cancelled", "refunded": "returned",
}  # fmt: skip
_ATTRIBUTION = {"source": "utm_source", "medium": "utm_medium", "campaign_id": "utm_campaign", "device": "device_type"}
_MARKS = ('"line_items"', '"regular_price"', '"is_paying_customer"', '"refunded_by"')


def _detect(head: Head) -> bool:
    return any(
        file.text.lstrip("\ufeff \r\n\t").startswith(("[", "{")) and any(mark in file.text for mark in _MARKS)
        for file in head.files
    )


@dataclass
class _Seen:
    """An order as it was first met in a file, and where it was met again."""

    line: int
    fields: dict[str, Any]
    repeats: list[Repeat]


@dataclass
class _Aside:
    """What is read before the orders: refunds by their number; products and customers go to ``taken``."""

    taken: OrderRows
    zone: str
    refunds: dict[str, WooRefund]


def _read(inputs: Inputs) -> Iterator[Piece]:
    files = export_files(inputs)
    taken = OrderRows(ORDER_TOTAL, sales_channel="woocommerce", files=len(files))
    aside = _Aside(taken, inputs.settings.timezone, {})
    for path in files:  # what orders refer to comes first, wherever it stands
        yield from taken.file(path.name)
        for number, record in enumerate(json_records(path, LISTS)):
            inputs.progress(f"reading {path.name}", number)
            yield from _other(record, aside)
    for path in files:
        yield from taken.file(path.name)
        for one in _orders_of(path).values():
            if str(one.fields.get("status", "")).endswith("draft"):
                taken.note(DRAFTS)
            else:
                yield from taken.add(_order(one, inputs.settings, aside.refunds, taken))
    yield from taken.end()


def _other(record: JsonRecord, aside: _Aside) -> Iterator[Piece]:
    """Everything that is no order."""
    fields, taken = record.fields, aside.taken
    if fields is None:
        yield taken.reject("orders", record.line, Trouble("", record.text, CUT))
        return
    kind = kind_of(fields)
    if kind == "other":
        yield taken.reject("orders", record.line, Trouble("", record.text, UNKNOWN))
    elif kind == "product":
        product_id, columns, trouble = product_columns(record.line, fields, aside.zone)
        if trouble is not None:
            yield taken.reject("products", record.line, trouble)
        else:
            taken.product(record.line, product_id, columns)
    elif kind == "customer":
        taken.customer(record.line, *customer_columns(record.line, fields, aside.zone))
    elif kind == "refund":
        aside.refunds[str(fields.get("id", ""))] = read_refund(record.line, fields, aside.zone)


def _orders_of(path: Path) -> dict[str, _Seen]:
    """The orders of a file by number.

    Pages of the API overlap when orders come in while they are read: the same order stands in the file twice.
    """
    seen: dict[str, _Seen] = {}
    for record in json_records(path, LISTS):
        if record.fields is None or kind_of(record.fields) != "order":
            continue
        first = seen.setdefault(str(record.fields.get("id", "")), _Seen(record.line, record.fields, []))
        if first.fields is not record.fields:
            total = Cells(record.line, flat(record.fields), CellHabits(decimal=".")).number("total")
            first.repeats.append(Repeat(record.line, first.line, record.fields == first.fields, total))
    return seen


def _order(record: _Seen, settings: ShopFacts, dated: dict[str, WooRefund], taken: OrderRows) -> Order:
    fields, row = record.fields, flat(record.fields)
    cells, times = Cells(record.line, row, CellHabits(decimal=".")), WooTimes(record.line, row, settings.timezone)
    placed_at, paid_at, modified = (times.moment(name) for name in ("date_created", "date_paid", "date_modified"))
    state = STATES.get(cells.text("status"))
    if state is None:
        taken.unknown_status(cells.text("status"))
        state = "paid" if paid_at else "placed"
    items = tuple(_item(record.line, one) for one in objects(fields, "line_items"))
    total = cells.required_amount("total")
    foreign = currency_trouble("currency", cells.text("currency"), settings)
    if foreign is not None:
        taken.note(OTHER_CURRENCY, total)
    place, email, customer_id = _person(fields)
    return Order(
        order_id=cells.text("id"),
        line=record.line,
        status=state,
        placed_at=placed_at,
        paid_at=paid_at,
        latest_at=latest(times.moment("date_completed"), modified),
        items=items,
        refunds=_refunds(cells, fields, state, dated),
        columns={
            **place,
            **_attribution(fields),
            **_columns(cells, fields),
            **goods_and_discount(items),
            "customer_id": customer_id,
            "cancelled_at": modified if state == "cancelled" else None,
        },
        customer={**place, "email_hash": email},
        total=ZERO if foreign else total,
        steps=_steps(cells, fields),
        repeats=tuple(Repeat(one.line, one.of, one.same, ZERO) if foreign else one for one in record.repeats),
        trouble=cells.trouble or times.trouble or foreign,
    )


def _columns(cells: Cells, fields: dict[str, Any]) -> dict[str, object]:
    return {
        "currency": cells.text("currency").upper(),
        "shipping_amount": cells.amount("shipping_total"),
        "tax_amount": cells.amount("total_tax"),
        "total_amount": cells.amount("total"),
        "coupon_code": ", ".join(str(one.get("code", "")) for one in objects(fields, "coupon_lines")),
        "payment_method": cells.text("payment_method_title", "payment_method"),
    }


def _steps(cells: Cells, fields: dict[str, Any]) -> dict[str, Decimal]:
    """What the total holds beside the goods: shipping with its tax, the tax of goods and fees, fees."""
    shipping_tax = cells.number("shipping_tax")
    fees = sum(
        (Cells(cells.line, flat(one), cells.habits).number("total") for one in objects(fields, "fee_lines")), ZERO
    )
    return {
        "shipping": -(cells.number("shipping_total") + shipping_tax),
        "tax": -(cells.number("total_tax") - shipping_tax),
        "fees": -fees,
    }


def _item(line: int, fields: dict[str, Any]) -> Item:
    """A line without tax: subtotal before discounts, total after them."""
    cells = Cells(line, flat(fields), CellHabits(decimal=".", rounds=True))
    quantity, net = cells.required_amount("quantity"), cells.required_amount("total")
    full = cells.amount("subtotal")
    variation = cells.text("variation_id")
    name = unescape(cells.text("name"))
    options = {
        str(one.get("display_key") or one.get("key")): str(one.get("display_value") or one.get("value"))
        for one in objects(fields, "meta_data")
        if not str(one.get("key", "_")).startswith("_") and isinstance(one.get("value"), str)
    }
    numbered = variation if variation not in {"", "0"} else cells.text("product_id")
    return Item(
        line=line,
        product_id=cells.text("sku") or (numbered if numbered not in {"", "0"} else name),
        quantity=quantity,
        amount=net if full is None else full,
        discount=ZERO if full is None else full - net,
        name=name,
        attributes=json.dumps(options, ensure_ascii=False) if options else "",
        trouble=cells.trouble,
    )


def _refunds(cells: Cells, fields: dict[str, Any], state: str, dated: dict[str, WooRefund]) -> tuple[Refund, ...]:
    """The refunds that the order names, with the date of the refund's own record where it was given."""
    found: dict[str, Refund] = {}
    for one in objects(fields, "refunds"):
        part = Cells(cells.line, flat(one), cells.habits)
        name = part.text("id")
        known = dated.get(name)
        amount = abs(part.number("total")) or (known.amount if known and known.amount else ZERO)
        found[name] = Refund(
            amount, known.refunded_at if known else None, reason=part.text("reason"), id=f"refund-{name}"
        )
    for name, known in dated.items():
        if known.order_id == cells.text("id") and name not in found and known.amount:
            found[name] = Refund(known.amount, known.refunded_at, reason=known.reason, id=f"refund-{name}")
    if not found and state == "returned":
        return (Refund(cells.number("total")),)
    return tuple(found.values())


def _person(fields: dict[str, Any]) -> tuple[dict[str, object], str, str]:
    """Place, hash of the e-mail, and customer id: the account, else the hash."""
    billing, shipping = (
        flat(fields[name]) if isinstance(fields.get(name), dict) else {} for name in ("billing", "shipping")
    )
    email = email_hash(billing.get("email", ""))
    account = str(fields.get("customer_id") or "")
    place: dict[str, object] = {
        "country": shipping.get("country") or billing.get("country", ""),
        "region": shipping.get("state") or billing.get("state", ""),
        "city": shipping.get("city") or billing.get("city", ""),
    }
    return place, email, account if account not in {"", "0"} else email


def _attribution(fields: dict[str, Any]) -> dict[str, object]:
    """Where the order came from, as WooCommerce's order attribution keeps it in the order's meta data."""
    meta = {str(one.get("key")): one.get("value") for one in objects(fields, "meta_data")}
    found = {name: str(meta.get(f"_wc_order_attribution_{key}") or "") for name, key in _ATTRIBUTION.items()}
    return {
        name: "" if value in {"(none)", "(not set)"} else value.lower() if name == "device" else value
        for name, value in found.items()
    }


_EXAMPLE = {
    "id": 727, "number": "727", "order_key": "wc_order_58d2d042d1d", "status": "processing", "currency": "USD",
    "date_created": "2017-03-22T16:28:02", "date_created_gmt": "2017-03-22T19:28:02", "date_paid_gmt": "2017-03-22T19:28:08",
    "date_modified_gmt": "2017-03-23T09:00:00", "discount_total": "2.00", "shipping_total": "10.00", "shipping_tax": "0.00", "cart_tax": "1.35",
    "total": "27.35", "total_tax": "1.35", "prices_include_tax": False, "customer_id": 0,
    "billing": {"first_name": "John", "city": "San Francisco", "state": "CA", "country": "US", "email": "john.doe@example.com"},
    "payment_method": "bacs", "payment_method_title": "Direct Bank Transfer", "coupon_lines": [{"code": "TWO"}], "fee_lines": [],
    "line_items": [
        {"id": 315, "name": "Woo Single #1", "product_id": 93, "variation_id": 0, "quantity": 2, "subtotal": "6.00", "total": "5.33", "sku": "", "price": 2.665},
        {"id": 316, "name": "Ship Your Idea &ndash; 茶", "product_id": 22, "variation_id": 23, "quantity": 1, "subtotal": "12.00", "total": "10.67", "sku": "Bar3", "price": 10.67},
    ],
    "refunds": [{"id": 726, "reason": "broken", "total": "-5.00"}],
}  # fmt: skip
SOURCE = Source(
    words=Words("WooCommerce REST data", "WooCommerce 接口数据"),
    doc=Words(
        "The JSON that /wp-json/wc/v3/orders (and products, customers, orders/ID/refunds) answers, saved as files; many pages may be given at "
        "once. Amounts are without tax. Refunds get their date from the refund's own record, else the latest known time of the order.",
        "/wp-json/wc/v3/orders（以及 products、customers、orders/ID/refunds）接口返回的 JSON，存为文件；可一次给多页。金额不含税。退款日期取自退款记录，否则取订单最后已知时间。",
    ),
    tables=("orders", "order_lines", "refunds", "products", "customers"),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={"orders.json": json.dumps([_EXAMPLE, {**_EXAMPLE, "id": 728, "status": "failed", "refunds": []}], indent=1)},
            expect={
                "orders": [
                    {
                        "order_id": "727", "status": "paid", "placed_at": "2017-03-22T19:28:02Z", "paid_at": "2017-03-22T19:28:08Z", "country": "US",
                        "city": "San Francisco", "goods_amount": "18", "discount_amount": "2", "shipping_amount": "10", "tax_amount": "1.35",
                        "total_amount": "27.35", "coupon_code": "TWO", "customer_id": email_hash("john.doe@example.com"),
                    },
                    {"order_id": "728", "status": "cancelled", "cancelled_at": "2017-03-23T09:00:00Z"},
                ],
                "order_lines": [
                    {"order_id": "727", "line_no": "1", "product_id": "93", "quantity": "2", "unit_price": "3", "discount_amount": "0.67"},
                    {"order_id": "727", "line_no": "2", "product_id": "Bar3", "quantity": "1", "unit_price": "12", "discount_amount": "1.33"},
                    {"order_id": "728", "line_no": "1"},
                    {"order_id": "728", "line_no": "2"},
                ],
                "refunds": [
                    {"refund_id": "refund-726", "order_id": "727", "amount": "5", "refunded_at": "2017-03-23T09:00:00Z", "reason": "broken; time estimated"}
                ],
                "products": [{"product_id": "93", "name": "Woo Single #1"}, {"product_id": "Bar3", "name": "Ship Your Idea – 茶"}],
            },
            platform_total="54.7",
            settings=ShopFacts("USD", "America/Sao_Paulo"),
        ),
    ),
)  # fmt: skip
