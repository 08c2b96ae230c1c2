"""The reconciliation: from the platform's own total, step by step, to our sales."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa

from zhanggui.basics.words import Words
from zhanggui.shop import BridgeItem, Note
from zhanggui.store.importing.comparing import REPEATED, Names
from zhanggui.store.importing.merging import good_rows
from zhanggui.store.importing.running import Runner
from zhanggui.store.importing.staging import Staging
from zhanggui.store.schema import quoted

TOTAL, OURS = "platform_total", "ours"
# The order in which steps are shown.
KINDS = (
    TOTAL, "unpaid", "cancelled", "refunded", "shipping", "tax", "fees", "discounts",
    "left_out", "rejected", "repeated", "rounding", "other", OURS,
)  # fmt: skip

# What a staged line is worth; NULL where a cell could not be read.
BELIEVED = "1e20"  # worth of a refused line beyond which it is nonsense, and sums would overflow

# In 128 bits, because refused lines may hold anything.
_PRICED = "CAST(quantity AS DECIMAL(38,4)) * unit_price"
_WORTH = f'{_PRICED} - coalesce("discount_amount", 0)'


def keep_bridge(
    items: Sequence[BridgeItem], notes: Sequence[Note], staging: Staging | None, runner: Runner, batch: str
) -> None:
    """Write the bridge of a batch; without a platform total there is none, but notes are kept."""
    _keep_notes(notes, runner, batch)
    if not any(item.kind == TOTAL for item in items):
        return
    sums: dict[str, Decimal] = {}
    words: dict[str, Words] = {}
    for item in items:
        sums[item.kind] = sums.get(item.kind, Decimal(0)) + item.amount
        if item.note is not None:
            words[item.kind] = item.note
    ours, repeated, rejected = _lines(staging, runner) if staging is not None else (Decimal(0),) * 3
    sums["rejected"] = sums.get("rejected", Decimal(0)) - rejected
    sums["repeated"] = sums.get("repeated", Decimal(0)) - repeated
    sums[OURS] = ours
    shown = sorted(sums, key=lambda kind: (KINDS.index(kind) if kind in KINDS else len(KINDS) - 2, kind))
    rows = [(batch, at, kind, sums[kind], words.get(kind)) for at, kind in enumerate(shown)]
    for _batch, at, kind, amount, note in rows:
        if amount or kind in (TOTAL, OURS):
            runner.con.execute(
                "INSERT INTO zg.bridges VALUES (?, ?, ?, CAST(? AS DECIMAL(38,8)), ?, ?)",
                [batch, at, kind, str(amount), note.en if note else None, note.zh if note else None],
            )


def _lines(staging: Staging, runner: Runner) -> tuple[Decimal, Decimal, Decimal]:
    """Sums of the batch's order lines: as they stand in the shop now, those given again, those that did not get in.

    Lines of cancelled orders count in none; a line whose order is not in the shop did not get in.
    """
    names = Names.of(staging.table.name)
    worth = _WORTH if "discount_amount" in staging.held else _PRICED
    orders = "LEFT JOIN main.orders o ON o.order_id = l.order_id WHERE o.status IS DISTINCT FROM 'cancelled'"
    good = good_rows(staging)
    given, without = runner.one(
        f"SELECT coalesce(sum(l.worth) FILTER (o.order_id IS NOT NULL), 0), "
        f"coalesce(sum(l.worth) FILTER (o.order_id IS NULL), 0) "
        f"FROM (SELECT order_id, {worth} AS worth FROM {good}) l {orders}"
    )
    ours = runner.one(
        f"SELECT coalesce(sum(worth), 0) FROM (SELECT m.order_id, {_WORTH} AS worth FROM main.order_lines m "
        f"SEMI JOIN {good} g ON g.order_id = m.order_id AND g.line_no = m.line_no) l "
        "JOIN main.orders o ON o.order_id = l.order_id WHERE o.status <> 'cancelled'"
    )[0]
    refused = runner.one(
        f"SELECT coalesce(sum(l.worth) FILTER (abs(l.worth) < {BELIEVED}), 0) "
        f"FROM (SELECT order_id, {worth} AS worth FROM {quoted(names.staged)} "
        f"WHERE _bad IS NOT NULL OR rowid IN (SELECT r FROM {names.fate} WHERE fate = {REPEATED})) l {orders}"
    )[0]
    return Decimal(ours), Decimal(given) - Decimal(ours), Decimal(refused) + Decimal(without)


def _keep_notes(notes: Sequence[Note], runner: Runner, batch: str) -> None:
    if not notes:
        return
    data = pa.table(
        {
            "batch": [batch] * len(notes),
            "position": list(range(len(notes))),
            "en": [note.words.en for note in notes],
            "zh": [note.words.zh for note in notes],
            "amount": pa.array([None if note.amount is None else str(note.amount) for note in notes], pa.string()),
            "rows": pa.array([note.rows for note in notes], pa.int64()),
        }
    )
    runner.put(
        data, "INSERT INTO zg.notes SELECT batch, position, en, zh, CAST(amount AS DECIMAL(38,8)), rows FROM zg_piece"
    )
