"""The bridge from the platform's own total to ours, as a document and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.loop.result import Document, Grid, Result, text, value
from zhanggui.store.batches import Bridge

if TYPE_CHECKING:
    from decimal import Decimal

STEPS = {
    "unpaid": Words("Unpaid orders", "未付款订单"),
    "cancelled": Words("Cancelled orders", "已取消订单"),
    "refunded": Words("Refunds", "退款"),
    "shipping": Words("Shipping", "运费"),
    "tax": Words("Tax", "税费"),
    "fees": Words("Fees", "手续费"),
    "discounts": Words("Discounts", "折扣"),
    "rejected": Words("Rejected rows", "被拒绝的行"),
    "left_out": Words("Left out: no sale of goods", "未计入：非商品销售"),
    "rounding": Words("Rounding", "舍入"),
    "other": Words("Other", "其他"),
}
TOTAL = Words("Total of the platform", "平台总额")
OURS = Words("Our sales", "本系统销售额")
RESIDUAL = Words("Not explained", "未解释差额")
CLOSED = Words("The bridge closes to the cent.", "对账完全一致。")
OPEN = Words(
    "The bridge does not close; look at the rejected rows and the notes.", "对账存在差额，请检查被拒绝的行和说明。"
)
NONE = Words("The source of this batch states no total to compare with.", "该批次的来源没有可对账的总额。")
NOTES = Words("Notes", "说明")


def document_of(batch: str | None, bridge: Bridge | None, currency: str) -> Result:
    """The result of the verb ``bridge``; the bridge is null when the source states no total and left nothing out."""
    document = {"batch": batch, "currency": currency, "bridge": _json(bridge) if bridge else None}
    if bridge is None:
        return Document(document, words=NONE)
    grids = [_steps_grid(bridge, currency)] if bridge.platform_total is not None else []
    if bridge.notes:
        columns = (
            text("note", "note", "说明"),
            value("rows", "rows", "行数"),
            value("amount", "amount", "金额", "money"),
        )
        rows = tuple((words, count, amount) for words, amount, count in bridge.notes)
        grids.append(Grid(columns, rows, NOTES, currency))
    words = NONE if bridge.platform_total is None else OPEN if bridge.residual else CLOSED
    return Document(document, tuple(grids), words)


def _json(bridge: Bridge) -> dict[str, Any]:
    return {
        "platform_total": _number(bridge.platform_total),
        "steps": [
            {
                "kind": step.kind,
                "words": _words(step.kind).to_json(),
                "amount": _number(step.amount),
                "note": step.note.to_json() if step.note else None,
            }
            for step in bridge.steps
        ],
        "ours": _number(bridge.ours),
        "residual": _number(bridge.residual),
        "notes": [
            {"words": words.to_json(), "amount": _number(amount), "rows": count}
            for words, amount, count in bridge.notes
        ],
    }


def _steps_grid(bridge: Bridge, currency: str) -> Grid:
    columns = (
        text("step", "step", "步骤"),
        value("amount", "amount", "金额", "money"),
        text("note", "note", "说明"),
    )
    rows: list[tuple[Any, ...]] = [(TOTAL, bridge.platform_total, "")]
    rows += [(_words(step.kind), step.amount, step.note or "") for step in bridge.steps]
    if bridge.residual:
        rows.append((RESIDUAL, bridge.residual, ""))
    rows.append((OURS, bridge.ours, ""))
    return Grid(columns, tuple(rows), None, currency)


def _words(kind: str) -> Words:
    return STEPS.get(kind, Words(kind, kind))


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
