"""Data: which tables the shop has, how fresh, what came in, what is missing and how to bring it."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.blocks import Block, Cell, Column, Facts, Notice, Row, Table
from zhanggui.web.collected import collector_table
from zhanggui.web.missing import empty_shop, missing_table
from zhanggui.web.page import Context, Json, Page


def _blocks(context: Context) -> Sequence[Block]:
    data = context.ask("data")
    batches = list(context.ask("batches").get("batches") or ())
    if not batches and not any(entry.get("rows") for entry in data.get("tables") or ()):
        return (empty_shop(context), missing_table(context), _tables(data, context))
    return (
        _facts(data, context),
        _tables(data, context),
        _batches(batches, context),
        *collector_table(context),
        missing_table(context),
        _watched(data, context),
    )


def _facts(data: Json, context: Context) -> Facts:
    t = context.t
    have = [entry for entry in data.get("tables") or () if entry.get("rows")]
    measurable, missing = data.get("measurable") or [], data.get("not_measurable") or {}
    count = measurable if isinstance(measurable, int) else len(measurable)
    imported = context.shop.imported_at
    return Facts(
        t("data.facts"),
        (
            (t("data.last_day"), context.day(data.get("last_complete_day") or context.shop.last_day), ""),
            (t("data.imported"), context.day(imported.date() if imported else None),
             f"{imported:%H:%M} UTC" if imported else ""),
            (t("data.rows"), context.exact(sum(entry["rows"] for entry in have), "count"),
             t("data.in_tables", count=len(have))),
            (t("data.measurable"), t("data.of", count=count, total=count + len(missing)), ""),
        ),
    )  # fmt: skip


def _tables(data: Json, context: Context) -> Table:
    """Delivered tables as rows; in files all of them."""
    t = context.t
    entries = list(data.get("tables") or ())
    here = [entry for entry in entries if entry.get("rows") or entry.get("delivered")]
    absent = [context.say(entry.get("words"), entry["table"]) for entry in entries if entry not in here]
    return Table(
        key="tables",
        title=t("data.tables"),
        columns=(
            Column("table", t("data.table"), width="third"),
            Column("state", t("data.state")),
            Column("rows", t("data.rows"), "number", "count"),
            Column("first", t("data.first"), "number"),
            Column("last", t("data.last"), "number"),
        ),
        rows=tuple(_table_row(entry, context) for entry in (entries if context.full else here)),
        note=t("data.not_delivered", names=t("list.comma").join(absent)) if absent else "",
        empty=t("data.no_batches"),
        downloads=context.downloads("tables"),
    )


def _table_row(entry: Json, context: Context) -> Row:
    rows = entry.get("rows") or 0
    state = "data.here" if rows else "data.empty" if entry.get("delivered") else "data.absent"
    return Row(
        (
            Cell(context.say(entry.get("words"), entry["table"]), entry["table"], small=entry["table"]),
            Cell(context.t(state), badge=True, tone="good" if rows else "muted"),
            Cell(context.exact(rows, "count"), rows),
            Cell(context.day(entry.get("first")), entry.get("first")),
            Cell(context.day(entry.get("last")), entry.get("last")),
        )
    )


def _batches(batches: list[Json], context: Context) -> Table:
    t = context.t
    rows = []
    for batch in batches if context.full else batches[:30]:
        counts = list((batch.get("tables") or {}).values())
        summed = {key: sum(count.get(key, 0) for count in counts) for key in COUNTS}
        when = str(batch.get("imported_at") or batch.get("received_at") or "")
        rows.append(
            Row(
                (
                    Cell(str(batch["batch"]), batch["batch"], href=context.link(f"batches/{batch['batch']}")),
                    Cell(f"{context.day(when)} {when[11:16]}".strip(), when),
                    Cell(str(batch.get("source", ""))),
                    *(Cell(context.exact(summed[key], "count"), summed[key],
                           tone="bad" if key == "rejected" and summed[key] else "") for key in COUNTS),
                )
            )
        )  # fmt: skip
    return Table(
        key="batches",
        title=t("data.batches"),
        columns=(
            Column("batch", t("data.batch")),
            Column("when", t("data.when"), "number"),
            Column("source", t("data.source")),
            *(Column(key, t(f"count.{key}"), "number", "count") for key in COUNTS),
        ),
        rows=tuple(rows),
        empty=t("data.no_batches"),
        downloads=context.downloads("batches"),
    )


COUNTS = ("read", "accepted", "updated", "unchanged", "rejected")


def _watched(data: Json, context: Context) -> Block:
    watched = data.get("watched") or ()
    if not watched:
        command = f"zhanggui watch-folder {context.shop.key} tables ~/exports"
        return Notice(context.t("data.watch"), context.t("data.watch_text"), command=command)
    rows = tuple(Row((Cell(entry["source"]), Cell(entry["folder"]))) for entry in watched)
    columns = (Column("source", context.t("data.source")), Column("folder", context.t("data.folder")))
    return Table("watched", context.t("data.watched"), columns, rows)


PAGE = Page(
    path="data",
    words=Words("Data", "数据"),
    about=Words("What the shop holds, how fresh it is, what is missing", "有哪些数据、是否最新、还缺什么"),
    blocks=_blocks,
    icon="data",
    order=50,
    key="a",
    windowed=False,
    group="data",
)
