"""One import: what came in, the bridge from the platform's total to ours, and every row kept aside."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.errors import UnknownNameError
from zhanggui.basics.words import Words
from zhanggui.web.blocks import Bar, Block, Cell, Column, Facts, Notice, Row, Table
from zhanggui.web.charts import waterfall_chart
from zhanggui.web.page import Context, Json, Page
from zhanggui.web.sparks import waterfall

COUNTS = ("read", "accepted", "updated", "unchanged", "rejected")
REJECTS_SHOWN = 500


def _blocks(context: Context) -> Sequence[Block]:
    batches = {str(batch["batch"]): batch for batch in context.ask("batches").get("batches") or ()}
    if context.subject not in batches:
        raise UnknownNameError.of(Words("batch", "批次"), context.subject, batches)
    batch = batches[context.subject]
    bridge = context.ask("bridge", batch=context.subject)
    return (
        _facts(batch, context),
        _counts(batch, context),
        *_bridge(bridge.get("bridge") if "bridge" in bridge else bridge, context),
        _rejects(context),
    )


def _facts(batch: Json, context: Context) -> Facts:
    t = context.t
    when = str(batch.get("imported_at") or batch.get("received_at") or "")
    files = [str(name).rsplit("/", 1)[-1] for name in batch.get("files") or ()]
    found = [
        (t("data.when"), context.day(when), when[11:16]),
        (t("data.source"), str(batch.get("source", "")), ""),
        (
            t("data.files"),
            files[0] if len(files) == 1 else str(len(files)),
            ", ".join(files[:6]) if len(files) > 1 else "",
        ),
    ]
    if batch.get("seconds") is not None:
        found.append((t("data.seconds"), f"{float(batch['seconds']):.1f} s", ""))
    return Facts(t("data.batch"), tuple(found))


def _counts(batch: Json, context: Context) -> Table:
    t = context.t
    rows = [
        Row((Cell(name), *(Cell(context.exact(count.get(key, 0), "count"), count.get(key, 0),
                                tone="bad" if key == "rejected" and count.get(key) else "") for key in COUNTS)))
        for name, count in (batch.get("tables") or {}).items()
    ]  # fmt: skip
    columns = (Column("table", t("data.table")), *(Column(key, t(f"count.{key}"), "number", "count") for key in COUNTS))
    return Table("counts", t("batch.counts"), columns, tuple(rows), downloads=context.downloads("counts"))


def _bridge(bridge: Json | None, context: Context) -> tuple[Block, ...]:
    t = context.t
    if not bridge or bridge.get("platform_total") is None:
        return (Notice(t("bridge.none"), t("bridge.none_text")),)
    steps = list(bridge.get("steps") or ())
    total, ours, residual = (float(bridge.get(key) or 0) for key in ("platform_total", "ours", "residual"))
    spans, level = [], total
    for step in steps:
        spans.append((level, float(step["amount"])))
        level += float(step["amount"])
    fall = waterfall(total, ours, spans, better="")
    numbers = [total, *(size for _, size in spans), *([residual] if round(residual, 2) else []), ours]
    rows = [_bridge_row(t("bridge.platform_total"), "", fall.start, total, context, whole=True)]
    for step, bar in zip(steps, fall.steps, strict=True):
        name = context.say(step.get("words")) or t.get(f"bridge.{step['kind']}", step["kind"])
        rows.append(_bridge_row(name, context.say(step.get("note")), bar, float(step["amount"]), context))
    if round(residual, 2):
        rows.append(_bridge_row(t("bridge.residual"), "", None, residual, context))
    rows.append(_bridge_row(t("bridge.ours"), "", fall.end, ours, context, whole=True))
    note = t("bridge.closes") if not round(residual, 2) else t("bridge.open", amount=context.exact(residual, "money"))
    table = Table(
        key="bridge",
        title=t("bridge.title"),
        columns=(
            Column("step", t("bridge.step")),
            Column("bar", t("drivers.bar"), "bar"),
            Column("amount", t("bridge.amount"), "number", "money"),
        ),
        rows=tuple(rows),
        note=f"{note} {t('drivers.cut')}" if fall.cut else note,
        sortable=False,
        downloads=context.downloads("bridge"),
        chart=waterfall_chart(t("bridge.title"), "money", [row.cells[0].text for row in rows], numbers, context),
    )
    return (table, *_notes(bridge, context))


def _bridge_row(name: str, note: str, bar: Bar | None, amount: float, context: Context, *, whole: bool = False) -> Row:
    text = context.exact(amount, "money")
    shown = text if whole or amount <= 0 else f"+{text}"
    return Row((Cell(name, small=note), Cell(bar=bar), Cell(shown, amount)), weight="total" if whole else "")


def _notes(bridge: Json, context: Context) -> tuple[Block, ...]:
    notes = bridge.get("notes") or ()
    if not notes:
        return ()
    t = context.t
    rows = tuple(
        Row((Cell(context.say(note.get("words"))), Cell(context.exact(note.get("rows"), "count"), note.get("rows")),
             Cell(context.exact(note.get("amount"), "money"), note.get("amount"))))
        for note in notes
    )  # fmt: skip
    columns = (Column("note", t("bridge.note")), Column("rows", t("data.rows"), "number", "count"),
               Column("amount", t("bridge.amount"), "number", "money"))  # fmt: skip
    return (Table("notes", t("bridge.notes"), columns, rows, downloads=context.downloads("notes")),)


def _rejects(context: Context) -> Table:
    t = context.t
    found = list(context.ask("rejects", batch=context.subject).get("rejects") or ())
    found.sort(key=lambda entry: entry.get("rejected") is False)  # what was lost comes before what only looks odd
    shown = found if context.full else found[:REJECTS_SHOWN]
    rows = tuple(
        Row(
            (
                Cell(t("reject.dangling") if entry.get("rejected") is False else t("reject.kept_aside"),
                     badge=True, tone="muted" if entry.get("rejected") is False else "bad"),
                Cell(entry["table"]),
                Cell(str(entry.get("file") or "").rsplit("/", 1)[-1], entry.get("file")),
                Cell(context.exact(entry.get("line"), "count"), entry.get("line")),
                Cell(str(entry.get("column") or "–"), entry.get("column")),
                Cell(_cut(entry.get("value")), entry.get("value")),
                Cell(str(entry.get("reason") or "")),
            )
        )
        for entry in shown
    )  # fmt: skip
    names = ("state", "table", "file", "line", "column", "value", "reason")
    columns = tuple(Column(name, t(f"reject.{name}"), "number" if name == "line" else "text") for name in names)
    note = t("reject.more", shown=len(shown), total=len(found)) if len(found) > len(shown) else ""
    return Table("rejects", t("reject.title"), columns, rows, empty=t("reject.none"), note=note, search=True,
                 downloads=context.downloads("rejects"))  # fmt: skip


def _cut(value: object) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


PAGE = Page(
    path="batches/{subject}",
    words=Words("Import", "导入批次"),
    about=Words("What came in, how it reconciles, what was kept aside", "导入了什么、如何对账、哪些行被搁置"),
    blocks=_blocks,
    windowed=False,
)
