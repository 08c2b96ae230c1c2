"""Online Retail (UCI): the order lines of a British web shop for gifts, one row per invoice line.

How every line is read is said in ``online_retail_classes``; here the classified lines become orders, order lines,
refunds, customers, products and stock movements, and the bridge from the file's own total to our sales.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from zhanggui.basics.words import Words
from zhanggui.connectors.collecting import spread
from zhanggui.connectors.online_retail_classes import NOTHING, Classified, classify, names_of
from zhanggui.connectors.online_retail_lines import Lines, read_lines
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.shop.rows import BridgeItem, Note, Piece, Rows

CHUNK = 50_000
AMOUNT = pa.decimal128(18, 4)


def read(inputs: Inputs) -> Iterator[Piece]:
    """All given files together: a cancellation finds its invoice in any of them.

    Raises:
        DataError: no table, or a column is missing.
    """
    lines = read_lines(inputs)
    found = classify(lines)
    yield from _customers(lines, found)
    yield from _products(lines, found)
    yield from _orders(lines, found)
    yield from _order_lines(lines, found)
    yield from _refunds(lines, found)
    yield from _write_offs(lines, found)
    yield from lines.rejects
    yield from _bridge(lines, found)


def _by_file(lines: Lines, rows: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    """Rising line indexes, cut where a file ends and into chunks."""
    for number, (start, file) in enumerate(lines.files):
        end = lines.files[number + 1][0] if number + 1 < len(lines.files) else len(lines)
        mine = [at for at in rows if start <= at < end] if len(lines.files) > 1 else list(rows)
        for first in range(0, len(mine), CHUNK):
            yield file, mine[first : first + CHUNK]


def _file_of(lines: Lines, at: int) -> str:
    return next(file for start, file in reversed(lines.files) if start <= at)


def _customers(lines: Lines, found: Classified) -> Iterator[Piece]:
    """One row per customer of an order or refund, with the country of the latest of them."""
    latest: dict[str, int] = {}
    for at, kind in enumerate(found.kinds):
        if kind in {"sale", "refund", "shipping"} and (customer := lines.customer[at]):
            before = latest.get(customer)
            if before is None or lines.at[before] <= lines.at[at]:
                latest[customer] = at
    for file, rows in _by_file(lines, sorted(latest.values())):
        yield _rows(
            "customers",
            file,
            customer_id=[lines.customer[at] for at in rows],
            country=[lines.country[at] or None for at in rows],
            _line=[lines.line[at] for at in rows],
        )


def _products(lines: Lines, found: Classified) -> Iterator[Piece]:
    names = names_of(lines, found)
    at_line = {at: code for code, (_, at) in names.items()}
    for file, rows in _by_file(lines, sorted(at_line)):
        yield _rows(
            "products",
            file,
            product_id=[at_line[at] for at in rows],
            name=[names[at_line[at]][0] or None for at in rows],
            _line=[lines.line[at] for at in rows],
        )


def _orders(lines: Lines, found: Classified) -> Iterator[Piece]:
    by_first = {order.first: order for order in found.orders.values()}
    for file, rows in _by_file(lines, sorted(by_first)):
        orders = [by_first[at] for at in rows]
        yield _rows(
            "orders",
            file,
            order_id=[lines.invoice[at] for at in rows],
            customer_id=[lines.customer[order.customer] or None for order in orders],
            placed_at=_moments([lines.at[order.earliest] for order in orders]),
            status=["paid"] * len(rows),
            country=[lines.country[order.country] or None for order in orders],
            goods_amount=_amounts([order.goods for order in orders]),
            discount_amount=_amounts([order.discount for order in orders]),
            shipping_amount=_amounts([order.shipping for order in orders]),
            total_amount=_amounts([order.goods - order.discount + order.shipping for order in orders]),
            _line=[lines.line[at] for at in rows],
        )


def _order_lines(lines: Lines, found: Classified) -> Iterator[Piece]:
    discounts = _line_discounts(lines, found)
    sales = [at for at, kind in enumerate(found.kinds) if kind == "sale"]
    for file, rows in _by_file(lines, sales):
        yield _rows(
            "order_lines",
            file,
            order_id=[lines.invoice[at] for at in rows],
            line_no=[found.numbers[at] for at in rows],
            product_id=[lines.code[at] for at in rows],
            quantity=_amounts([lines.quantity[at] for at in rows]),
            unit_price=_amounts([lines.price[at] for at in rows]),
            discount_amount=_amounts([discounts.get(at, NOTHING) for at in rows]),
            _line=[lines.line[at] for at in rows],
        )


def _line_discounts(lines: Lines, found: Classified) -> dict[int, Decimal]:
    """Discounts of whole orders, shared over their lines in proportion to the amounts."""
    discounted = {invoice for invoice, order in found.orders.items() if order.discount}
    if not discounted:
        return {}
    of: dict[str, list[int]] = defaultdict(list)
    for at, kind in enumerate(found.kinds):
        if kind == "sale" and lines.invoice[at] in discounted:
            of[lines.invoice[at]].append(at)
    shares: dict[int, Decimal] = {}
    for invoice, rows in of.items():
        weights = [lines.quantity[at] * lines.price[at] for at in rows]
        shares.update(zip(rows, spread(found.orders[invoice].discount, weights), strict=True))
    return shares


def _refunds(lines: Lines, found: Classified) -> Iterator[Piece]:
    rows = sorted([*found.takes_back, *found.excess])
    for file, mine in _by_file(lines, rows):
        orders, numbers, quantities, amounts, reasons = [], [], [], [], []
        for at in mine:
            earlier = found.takes_back.get(at, -1)
            discount = at in found.excess
            orders.append(lines.invoice[earlier] if earlier >= 0 else found.discounted.get(at, lines.invoice[at]))
            numbers.append(found.numbers[earlier] if earlier >= 0 else None)
            quantities.append(None if discount else -lines.quantity[at])
            amounts.append(found.excess[at] if discount else -lines.quantity[at] * lines.price[at])
            reasons.append("discount" if discount else "cancellation")
        yield _rows(
            "refunds",
            file,
            refund_id=[f"{lines.invoice[at]}-{found.numbers[at]}" for at in mine],
            order_id=orders,
            line_no=pa.array(numbers, pa.int64()),
            refunded_at=_moments([lines.at[at] for at in mine]),
            quantity=_amounts(quantities),
            amount=_amounts(amounts),
            reason=reasons,
            _line=[lines.line[at] for at in mine],
        )


def _write_offs(lines: Lines, found: Classified) -> Iterator[Piece]:
    gone = [at for at, kind in enumerate(found.kinds) if kind == "write_off"]
    for file, rows in _by_file(lines, gone):
        yield _rows(
            "stock_movements",
            file,
            movement_id=[f"{lines.invoice[at]}-{found.numbers[at]}" for at in rows],
            moved_at=_moments([lines.at[at] for at in rows]),
            product_id=[lines.code[at] for at in rows],
            quantity=_amounts([lines.quantity[at] for at in rows]),
            reason=["write_off"] * len(rows),
            reference=[lines.invoice[at] for at in rows],
            _line=[lines.line[at] for at in rows],
        )


def _rows(table: str, file: str, **columns: Any) -> Rows:
    return Rows(table=table, data=pa.table(columns), file=file)


def _moments(values: Sequence[Any]) -> pa.Array:
    return pa.array(values, pa.timestamp("us", tz="UTC"))


def _amounts(values: Sequence[Decimal | None]) -> pa.Array:
    return pa.array(values, AMOUNT)


LEFT_OUT = {
    "BANK CHARGES": Words("Bank charges", "银行手续费"),
    "AMAZONFEE": Words("Amazon's fees", "亚马逊费用"),
    "CRUK": Words("Charity commission (CRUK)", "慈善佣金（CRUK）"),
    "S": Words("Samples", "样品"),
    "B": Words("Bad debt", "坏账"),
}


def _bridge(lines: Lines, found: Classified) -> Iterator[Piece]:
    """From sum(Quantity x UnitPrice) over the whole file to our sales: every class with its sum."""
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    counts: dict[str, int] = defaultdict(int)
    for at, kind in enumerate(found.kinds):
        name = f"left_out {lines.code[at]}" if kind == "left_out" else kind
        sums[name] += lines.quantity[at] * lines.price[at]
        counts[name] += 1
        if kind == "sale" and not lines.price[at]:
            counts["free"] += 1
    yield BridgeItem("platform_total", sum(sums.values(), NOTHING), _total_words(len(lines)))
    # A discount is a negative line of the file and a lower line of ours: only what no order could bear is a step.
    excess = sum(found.excess.values(), NOTHING)
    yield from _step("refunded", -sums["refund"], counts["refund"], Words("Cancellation lines", "退货取消行"))
    yield from _step("discounts", excess, len(found.excess), Words("Discounts without an order", "无对应订单的折扣"))
    yield from _step("shipping", -sums["shipping"], counts["shipping"], Words("Postage and carriage", "邮费与运费"))
    out = {name: total for name, total in sums.items() if name.startswith("left_out ") or name == "write_off"}
    named = [(_left_out_words(name), sums[name], counts[name]) for name in sorted(out)]
    if named:
        words = Words(", ".join(item[0].en for item in named), "、".join(item[0].zh for item in named))
        yield from _step("left_out", -sum(out.values(), NOTHING), sum(counts[name] for name in out), words)
    for words, total, rows in named:
        yield Note(words, amount=total, rows=rows)
    if found.unmatched_shipping:
        yield Note(
            Words("Postage given back without an order to lower", "无对应订单可抵减的退邮费"), -found.unmatched_shipping
        )
    if counts["free"]:
        yield Note(Words("Lines at price zero, kept as they are", "单价为零的行，原样保留"), NOTHING, counts["free"])


def _left_out_words(name: str) -> Words:
    if name == "write_off":
        return Words("Stock write-offs", "库存报损")
    code = name.removeprefix("left_out ")
    return LEFT_OUT.get(code) or Words(f"Not a sale: {code}", f"非销售行：{code}")


def _step(kind: str, amount: Decimal, rows: int, words: Words) -> Iterator[BridgeItem]:
    if rows:
        yield BridgeItem(kind, amount, Words(f"{words.en}: {rows:,} lines", f"{words.zh}：{rows:,} 行"))


def _total_words(rows: int) -> Words:
    return Words(f"Quantity x UnitPrice over all {rows:,} lines of the file", f"文件全部 {rows:,} 行的 数量×单价 之和")


def detect(head: Head) -> bool:
    """The columns of the data set, in either edition."""
    return bool(head.files) and all(
        file.has("StockCode", "Quantity", "InvoiceDate") and (file.has("InvoiceNo") or file.has("Invoice"))
        for file in head.files
    )


_HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SOURCE = Source(
    words=Words("Online Retail (UCI)", "Online Retail（UCI 数据集）"),
    doc=Words(
        "The Online Retail data sets of the UCI repository (Daqing Chen, CC BY 4.0), both editions, as CSV, Excel or "
        "Parquet, one row per invoice line. Times are the shop's (London). Cancellations become refunds of the "
        "customer's latest earlier invoice with the same product; postage, discounts, fees and write-offs are told "
        "apart by their codes. Give all files of one period together, so that cancellations find their invoices.",
        "UCI 数据库的 Online Retail 数据集（Daqing Chen，CC BY 4.0），两个版本均可，支持 CSV、Excel、Parquet，"
        "每行一条发票明细，时间为店铺时区（伦敦）。取消行记为该顾客最近一张含同一商品的发票的退款；邮费、折扣、费用与报损按编码区分。"
        "同一时期的文件请一起导入，取消行才能找到原发票。",
    ),
    tables=("customers", "products", "orders", "order_lines", "refunds", "stock_movements"),
    detect=detect,
    read=read,
    examples=(
        Example(
            files={
                "online_retail.csv": _HEADER
                + "536365,85123A,WHITE HEART,6,12/1/2010 8:26,2.55,17850,United Kingdom\n"
                + "536365,85123a,WHITE HEART,6,12/1/2010 8:26,2.55,17850,United Kingdom\n"
                + "536365,POST,POSTAGE,1,12/1/2010 8:26,5,17850,United Kingdom\n"
                + "536366,22633,HAND WARMER,2,12/13/2010 8:28,1.00,17850,United Kingdom\n"
                + "C536367,85123A,WHITE HEART,-1,12/14/2010 9:00,2.55,17850,United Kingdom\n"
                + "C536368,D,Discount,-1,12/15/2010 9:00,0.50,17850,United Kingdom\n"
                + "C536369,M,Manual,-1,12/15/2010 9:30,9.00,17851,France\n"
                + "536370,22633,damaged,-3,12/15/2010 10:00,0,,United Kingdom\n"
                + "536371,BANK CHARGES,Bank Charges,1,12/15/2010 11:00,15,17850,United Kingdom\n"
                + "A536372,B,Adjust bad debt,1,12/15/2010 12:00,-100,,United Kingdom\n"
                + "536373,22633,HAND WARMER,many,12/15/2010 13:00,1.00,17850,United Kingdom\n"
            },
            settings=ShopFacts("GBP", "Europe/London"),
            expect={
                "orders": [
                    {
                        "order_id": "536365",
                        "customer_id": "17850",
                        "placed_at": "2010-12-01T08:26:00+00:00",
                        "status": "paid",
                        "country": "United Kingdom",
                        "goods_amount": "30.60",
                        "shipping_amount": "5",
                        "total_amount": "35.60",
                    },
                    {"order_id": "536366", "goods_amount": "2", "discount_amount": "0.5", "total_amount": "1.5"},
                ],
                "order_lines": [
                    {
                        "order_id": "536365",
                        "line_no": "1",
                        "product_id": "85123A",
                        "quantity": "6",
                        "unit_price": "2.55",
                    },
                    {"order_id": "536365", "line_no": "2", "product_id": "85123A", "discount_amount": "0"},
                    {"order_id": "536366", "line_no": "1", "product_id": "22633", "discount_amount": "0.5"},
                ],
                "refunds": [
                    {
                        "refund_id": "C536367-1",
                        "order_id": "536365",
                        "line_no": "1",
                        "quantity": "1",
                        "amount": "2.55",
                        "refunded_at": "2010-12-14T09:00:00+00:00",
                        "reason": "cancellation",
                    },
                    {"refund_id": "C536369-1", "order_id": "C536369", "line_no": None, "amount": "9"},
                ],
                "customers": [
                    {"customer_id": "17850", "country": "United Kingdom"},
                    {"customer_id": "17851", "country": "France"},
                ],
                "products": [
                    {"product_id": "85123A", "name": "WHITE HEART"},
                    {"product_id": "22633", "name": "HAND WARMER"},
                    {"product_id": "M", "name": "Manual"},
                ],
                "stock_movements": [
                    {"movement_id": "536370-1", "product_id": "22633", "quantity": "-3", "reason": "write_off"}
                ],
            },
            rejects=1,
            platform_total="-59.45",
        ),
    ),
)
