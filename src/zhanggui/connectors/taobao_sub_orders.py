"""The report of sub-orders (宝贝报表) of Taobao and Tmall: one row per product of an order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from zhanggui.connectors.cells import ZERO, CellHabits, Cells, Trouble
from zhanggui.connectors.chinese_orders import COUNTRY, CURRENCY, combined_state, known_state, was_refunded
from zhanggui.connectors.order_export import Item, Order, Refund, Repeat, Row, goods_and_discount, unread_rows
from zhanggui.connectors.order_rows import OrderRows
from zhanggui.connectors.order_troubles import repeats_line
from zhanggui.connectors.text_file import TextRows
from zhanggui.shop.rows import Piece

NO_PRODUCT = "(not in the export)"
SUB_HAS = ("子订单编号", "主订单编号", "价格", "购买数量")
SUB_ALSO = (
    "标题", "外部系统编号", "商品属性", "订单状态", "商家编码", "买家应付货款", "买家实际支付金额",
    "退款状态", "退款金额", "订单创建时间", "订单付款时间",
)  # fmt: skip


@dataclass(frozen=True)
class SubOrder:
    """One row of the report: its line, what was paid for it, its state, what was given back."""

    file: str
    line: int
    row: Row
    item: Item
    paid: Decimal
    state: str
    refunded: Decimal
    was_refunded: bool
    placed_at: datetime | None
    paid_at: datetime | None
    trouble: Trouble | None
    repeats: tuple[int, ...] = ()

    @property
    def closed_unpaid(self) -> bool:
        """Closed before it was paid: nothing was sold."""
        return self.state in {"closed", "cancelled"} and not self.was_refunded and self.paid_at is None


class SubOrders:
    """All sub-orders that were given, by order."""

    def __init__(self, taken: OrderRows) -> None:
        self._taken = taken
        self._orders: dict[str, dict[str, SubOrder]] = {}

    def load(self, rows: TextRows, habits: CellHabits) -> Iterator[Piece]:
        """Read one report; yields what it has to refuse."""
        yield from self._taken.file(rows.file)
        for line, row in rows:
            part = self._sub_order(rows.file, line, row, habits)
            parts = self._orders.setdefault(row["主订单编号"], {})
            before = parts.get(row["子订单编号"])
            if before is None or before.file != rows.file:
                parts[row["子订单编号"]] = part
            elif before.row == row:
                parts[row["子订单编号"]] = replace(before, repeats=(*before.repeats, line))
            else:
                trouble = Trouble("子订单编号", row["子订单编号"], repeats_line(before.line))
                yield self._taken.reject("order_lines", line, trouble)
        yield from unread_rows(rows, "order_lines")

    def claim(self, order_id: str) -> tuple[SubOrder, ...]:
        """The sub-orders of an order, in the sequence of their numbers; they are then no longer alone."""
        return _in_sequence(self._orders.pop(order_id, {}))

    def alone(self) -> Iterator[Piece]:
        """Orders made of the sub-orders whose order is in no order list."""
        file = ""
        for order_id, by_number in self._orders.items():
            parts = _in_sequence(by_number)
            if parts[0].file != file:
                file = parts[0].file
                yield from self._taken.file(file)
            yield from self._taken.add(_order(order_id, parts))

    def _sub_order(self, file: str, line: int, row: Row, habits: CellHabits) -> SubOrder:
        cells = Cells(line, row, habits)
        cells.id("主订单编号")
        price, quantity = cells.required_amount("价格"), cells.required_amount("购买数量")
        amount = price * quantity
        payable = cells.amount("买家应付货款")
        paid_at, paid = cells.moment("订单付款时间"), cells.number("买家实际支付金额")
        refunded, placed_at = cells.number("退款金额"), cells.required_moment("订单创建时间")
        state = known_state(cells.text("订单状态"), paid_at, self._taken)
        title = cells.text("标题")
        style = cells.text("商品属性")
        item = Item(
            line=line,
            product_id=cells.id("商家编码", "外部系统编号") or " ".join(filter(None, (title, style))) or NO_PRODUCT,
            quantity=quantity,
            amount=amount,
            discount=ZERO if payable is None else amount - payable,
            unit_price=price,
            name=title,
            attributes=json.dumps({"规格": style}, ensure_ascii=False) if style else "",
            trouble=cells.trouble,
            file=file,
        )
        gone = was_refunded(cells.text("退款状态")) or (state == "closed" and paid_at is not None)
        return SubOrder(
            file, line, row, item, paid, state, refunded, gone or refunded > 0, placed_at, paid_at, cells.trouble
        )


def _in_sequence(parts: dict[str, SubOrder]) -> tuple[SubOrder, ...]:
    """By number: the same lines get the same line_no in every export, whatever its sorting."""
    return tuple(parts[number] for number in sorted(parts, key=lambda number: (len(number), number)))


def _order(order_id: str, parts: tuple[SubOrder, ...]) -> Order:
    """An order known by its sub-orders only."""
    state = combined_state([part.state for part in parts])
    if state == "closed":
        state = "returned" if any(part.was_refunded for part in parts) else "cancelled"
    alive = state != "cancelled"
    items = tuple(replace(part.item, taken_out=alive and part.closed_unpaid, file="") for part in parts)
    sold = [(part, item) for part, item in zip(parts, items, strict=True) if not item.taken_out]
    paid = sum((part.paid for part in parts), ZERO)
    gap = sum((item.net for _, item in sold), ZERO) - sum((part.paid for part, _ in sold), ZERO)
    times = [part.paid_at for part in parts if part.paid_at is not None]
    return Order(
        order_id=order_id,
        line=parts[0].line,
        status=state,
        placed_at=parts[0].placed_at,
        paid_at=min(times, default=None),
        items=items,
        refunds=tuple(
            Refund(part.refunded or part.item.net, item=at)
            for at, part in enumerate(parts)
            if part.was_refunded and alive
        ),
        columns={"country": COUNTRY, "currency": CURRENCY, **goods_and_discount(items)},
        total=paid,
        # Paid above the goods is postage, which this report does not name; below, money went back.
        steps={} if state == "placed" else _steps(gap, paid - sum((part.paid for part, _ in sold), ZERO), parts),
        unpaid=state == "placed",
        repeats=tuple(Repeat(line, part.line, True, part.paid) for part in parts for line in part.repeats),
        trouble=next((part.trouble for part in parts if part.trouble and part.trouble.column == "主订单编号"), None),
    )


def _steps(gap: Decimal, paid_for_closed: Decimal, parts: tuple[SubOrder, ...]) -> dict[str, Decimal]:
    if gap < 0:
        return {"shipping": gap, "cancelled": -paid_for_closed}
    refunded = any(part.was_refunded for part in parts)
    return {"refunded" if refunded else "other": gap, "cancelled": -paid_for_closed}
