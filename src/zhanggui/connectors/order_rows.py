"""From orders of a platform to rows of the shop, and the bridge from the platform's total to our sales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import FOUR_PLACES, ZERO, Trouble
from zhanggui.connectors.collecting import RowsBuilder
from zhanggui.connectors.order_export import Item, Order, Refund, Repeat
from zhanggui.connectors.order_troubles import (
    NEGATIVE_PRICE,
    NO_QUANTITY,
    NUMBER_MISSING,
    PAID_EARLY,
    PLACED_MISSING,
    PRODUCT_MISSING,
    repeats_line,
)
from zhanggui.shop.rows import BridgeItem, Note, Piece, Reject

CENTS = Decimal("0.05")  # a difference this small is rounding by the platform
ESTIMATED = "time estimated"
STATUSES_UNKNOWN = Words(
    "Orders with a status that is not known ({}); they were read by their times",
    "状态未知的订单（{}），已按时间判断",
)


@dataclass
class _Kept:
    """What is known of a product or customer until the end: the first (or newest) mention."""

    file: str
    line: int
    at: datetime | None
    columns: dict[str, object]


class OrderRows:
    """Takes orders, yields pieces. ``platform_total`` says in words what the platform's total is.

    ``yield from taken.file(name)`` before each file, ``yield from taken.add(order)`` for each order,
    ``yield from taken.end()`` after the last. Products and customers come at the end, once each.
    ``files`` is how many files there are: over several, an order may come in several versions.
    """

    def __init__(self, platform_total: Words, *, sales_channel: str = "", files: int = 1) -> None:
        self._total_words = platform_total
        self._channel = sales_channel
        self._file = ""
        self._builders: dict[tuple[str, str], RowsBuilder] = {}
        self._sums: dict[str, Decimal] = {"platform_total": ZERO}
        self._notes: dict[Words, tuple[Decimal | None, int]] = {}
        self._products: dict[str, _Kept] = {}
        self._customers: dict[str, _Kept] = {}
        self._unknown_statuses: dict[str, int] = {}
        self._versions: dict[str, tuple[Decimal, Decimal]] | None = {} if files > 1 else None
        self._any_order = False

    def file(self, name: str) -> Iterator[Piece]:
        """The next file begins; what was gathered of the one before is given."""
        yield from self._rest()
        self._file = name
        self._builders = {}

    def add(self, order: Order) -> Iterator[Piece]:
        """The rows of one order; the bridge is carried on."""
        self._any_order = True
        self.step("platform_total", order.total)
        trouble = order.trouble or _times_trouble(order)
        if trouble is not None:
            self.step("rejected", -order.total)
            yield from self._reject_whole(order, trouble)
            return
        sold, pieces = ZERO, []
        for number, item in enumerate(order.items, 1):
            if item.taken_out:
                continue
            problem = item.trouble or _item_trouble(item)
            if problem is not None:
                yield self._refused("order_lines", item.line, problem, item.file)
            else:
                pieces.append((number, item))
                sold += item.net
        yield from self._order_row(order)
        for number, item in pieces:
            yield from self._item_row(order, number, item, item.line)
        yield from self._other_rows(order)
        yield from self._repeats(order, dict(pieces))
        valid = order.status != "cancelled"
        again = sum((_worth_again(dict(pieces), repeat) for repeat in order.repeats), ZERO)
        if valid:
            self.step("left_out", again)  # the store takes repeated lines out again
        self._version(order, sold + again, valid=valid)
        self._carry(order, sold if valid else ZERO, whole=len(pieces) == _lines_sold(order))

    def step(self, kind: str, amount: Decimal) -> None:
        """One step of the bridge, signed from the platform's total towards our sales."""
        if amount:
            self._sums[kind] = self._sums.get(kind, ZERO) + amount

    def note(self, words: Words, amount: Decimal | None = None) -> None:
        """Count one more row of a class that the reconciliation should mention."""
        before, rows = self._notes.get(words, (None, 0))
        self._notes[words] = (before if amount is None else (before or ZERO) + amount, rows + 1)

    def unknown_status(self, status: str) -> None:
        """Remember a status that the connector does not know."""
        self._unknown_statuses[status] = self._unknown_statuses.get(status, 0) + 1

    def product(self, line: int, product_id: str, columns: Mapping[str, object]) -> None:
        """A product that is known better than by its order lines; the first mention counts."""
        self._products.setdefault(product_id, _Kept(self._file, line, None, dict(columns)))

    def customer(self, line: int, customer_id: str, columns: Mapping[str, object]) -> None:
        """A customer that is known better than by the orders."""
        if customer_id:
            self._customers[customer_id] = _Kept(self._file, line, datetime.max.replace(tzinfo=UTC), dict(columns))

    def end(self) -> Iterator[Piece]:
        """Everything that comes last: products, customers, bridge, notes."""
        yield from self._rest()
        yield from _kept_rows("products", "product_id", self._products)
        yield from _kept_rows("customers", "customer_id", self._customers)
        for kind, amount in self._sums.items() if self._any_order else ():
            yield BridgeItem(kind, amount, self._total_words if kind == "platform_total" else None)
        for words, (sum_of_rows, rows) in self._notes.items():
            yield Note(words, sum_of_rows, rows)
        if self._unknown_statuses:
            shown = ", ".join(repr(status) for status in self._unknown_statuses)
            words = Words(STATUSES_UNKNOWN.en.format(shown), STATUSES_UNKNOWN.zh.format(shown))
            yield Note(words, None, sum(self._unknown_statuses.values()))

    def reject(self, table: str, line: int, trouble: Trouble) -> Reject:
        """A row of the current file that cannot be taken in."""
        return self._refused(table, line, trouble)

    def _builder(self, table: str, file: str = "") -> RowsBuilder:
        name = file or self._file
        if (table, name) not in self._builders:
            self._builders[table, name] = RowsBuilder(table, name)
        return self._builders[table, name]

    def _rest(self) -> Iterator[Piece]:
        for builder in self._builders.values():
            yield from builder.rest()

    def _refused(self, table: str, line: int, trouble: Trouble, file: str = "") -> Reject:
        return trouble.refused(table, file or self._file, line)

    def _reject_whole(self, order: Order, trouble: Trouble) -> Iterator[Piece]:
        yield self._refused("orders", order.line, trouble)
        for item in order.items:
            yield self._refused("order_lines", item.line, item.trouble or trouble, item.file)
        for repeat in order.repeats:
            self.step("platform_total", repeat.total)
            self.step("rejected", -repeat.total)
            yield self._refused("order_lines", repeat.line, trouble)

    def _order_row(self, order: Order, line: int | None = None) -> Iterator[Piece]:
        columns = {"sales_channel": self._channel, **order.columns}
        yield from self._builder("orders").add(
            line or order.line,
            order_id=order.order_id,
            status=order.status,
            placed_at=order.placed_at,
            paid_at=order.paid_at,
            **columns,  # type: ignore[arg-type]
        )

    def _item_row(self, order: Order, number: int, item: Item, line: int) -> Iterator[Piece]:
        price, discount = _price_and_discount(item)
        yield from self._builder("order_lines", item.file).add(
            line,
            order_id=order.order_id,
            line_no=number,
            product_id=item.product_id,
            quantity=item.quantity,
            unit_price=price,
            discount_amount=discount,
        )
        about = {"name": item.name, "brand": item.brand, "category": item.category, "attributes": item.attributes}
        if any(about.values()) and item.product_id not in self._products:
            self._products[item.product_id] = _Kept(item.file or self._file, line, None, dict(about))

    def _other_rows(self, order: Order) -> Iterator[Piece]:
        for number, refund in enumerate(order.refunds, 1):
            yield from self._refund_row(order, number, refund)
        if order.shipment:
            yield from self._builder("shipments").add(
                order.line,
                **{"shipment_id": order.order_id, "order_id": order.order_id, **order.shipment},  # type: ignore[arg-type]
            )
        customer_id = order.columns.get("customer_id")
        if customer_id:
            self._customer(str(customer_id), order)

    def _refund_row(self, order: Order, number: int, refund: Refund) -> Iterator[Piece]:
        times = [moment for moment in (order.placed_at, order.paid_at, order.latest_at) if moment is not None]
        reasons = [refund.reason, "" if refund.refunded_at else ESTIMATED]
        item = None if refund.item is None else order.items[refund.item]
        yield from self._builder("refunds", item.file if item else "").add(
            item.line if item else order.line,
            refund_id=refund.id or f"{order.order_id}-refund-{number}",
            order_id=order.order_id,
            line_no=None if refund.item is None else refund.item + 1,
            refunded_at=refund.refunded_at or max(times),
            quantity=refund.quantity,
            amount=refund.amount,
            reason="; ".join(reason for reason in reasons if reason),
        )

    def _customer(self, customer_id: str, order: Order) -> None:
        known = self._customers.get(customer_id)
        if known is None or _later(order.placed_at, known.at):
            self._customers[customer_id] = _Kept(self._file, order.line, order.placed_at, dict(order.customer))

    def _repeats(self, order: Order, items: Mapping[int, Item]) -> Iterator[Piece]:
        for repeat in order.repeats:
            self.step("platform_total", repeat.total)
            if repeat.same:
                self.step("left_out", -repeat.total)
                yield from self._again(order, items, repeat)
            else:
                self.step("rejected", -repeat.total)
                trouble = Trouble("order_id", order.order_id, repeats_line(repeat.of))
                yield self._refused("orders", repeat.line, trouble)
                yield self._refused("order_lines", repeat.line, trouble)

    def _again(self, order: Order, items: Mapping[int, Item], repeat: Repeat) -> Iterator[Piece]:
        """An exact repetition: the same rows once more, which the store counts as unchanged."""
        if repeat.of == order.line and not repeat.file:
            yield from self._order_row(order, repeat.line)
        for number, item in items.items():
            if _repeats_item(item, repeat):
                yield from self._item_row(order, number, item, repeat.line)

    def _version(self, order: Order, worth: Decimal, *, valid: bool) -> None:
        """A later file may bring an order again: all versions count by the newest state.

        The store takes all but the newest out again, as it does with repeated lines.
        Kept per order: the worth of all its versions, and how much of it the steps have accounted for.
        """
        if self._versions is None:
            return
        before, accounted = self._versions.get(order.order_id, (ZERO, ZERO))
        target = before + worth if valid else ZERO
        self.step("left_out", target - accounted - (worth if valid else ZERO))
        self._versions[order.order_id] = (before + worth, target)

    def _carry(self, order: Order, sold: Decimal, *, whole: bool) -> None:
        """The steps from the order's platform total to what it sold for."""
        if order.status == "cancelled":
            self.step("cancelled", -order.total)
            return
        for kind, amount in order.steps.items():
            self.step(kind, amount)
        rest = sold - order.total - sum(order.steps.values(), ZERO)
        if not whole:
            self.step("rejected", rest)
        elif order.unpaid:
            self.step("unpaid", rest)
        elif abs(rest) <= CENTS:
            self.step("rounding", rest)
        else:
            self.step("other", rest)
            self.note(OTHER, rest)


OTHER = Words(
    "Orders whose amounts on the platform do not add up; their difference is under other",
    "平台金额不能自洽的订单，差额计入“其他”",
)


def _worth_again(items: Mapping[int, Item], repeat: Repeat) -> Decimal:
    """What the lines are worth that a repetition gives once more."""
    if not repeat.same:
        return ZERO
    return sum((item.net for item in items.values() if _repeats_item(item, repeat)), ZERO)


def _repeats_item(item: Item, repeat: Repeat) -> bool:
    return item.line == repeat.of and item.file == repeat.file


def _lines_sold(order: Order) -> int:
    return sum(not item.taken_out for item in order.items)


def _later(moment: datetime | None, than: datetime | None) -> bool:
    return moment is not None and (than is None or moment > than)


def _times_trouble(order: Order) -> Trouble | None:
    if not order.order_id:
        return Trouble("order_id", "", NUMBER_MISSING)
    if order.placed_at is None:
        return Trouble("placed_at", "", PLACED_MISSING)
    if order.paid_at is not None and order.paid_at < order.placed_at:
        return Trouble("paid_at", order.paid_at.isoformat(), PAID_EARLY)
    return None


def _item_trouble(item: Item) -> Trouble | None:
    if not item.product_id:
        return Trouble("product_id", "", PRODUCT_MISSING)
    if item.quantity == 0:
        return Trouble("quantity", "0", NO_QUANTITY)
    if item.amount / item.quantity < 0:
        return Trouble("unit_price", str(item.amount / item.quantity), NEGATIVE_PRICE)
    return None


def _price_and_discount(item: Item) -> tuple[Decimal, Decimal]:
    """Unit price with at most four decimals and the discount that makes the line's net amount exact."""
    price = item.unit_price
    if price is None:
        price = (item.amount / item.quantity).quantize(FOUR_PLACES, ROUND_CEILING)
    return price, item.quantity * price - item.net


def _kept_rows(table: str, key: str, kept: Mapping[str, _Kept]) -> Iterator[Piece]:
    builders: dict[str, RowsBuilder] = {}
    for name, one in kept.items():
        builder = builders.setdefault(one.file, RowsBuilder(table, one.file))
        yield from builder.add(one.line, **{key: name, **one.columns})  # type: ignore[arg-type]
    for builder in builders.values():
        yield from builder.rest()
