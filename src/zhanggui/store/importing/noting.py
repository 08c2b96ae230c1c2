"""What the store remembers of every table (rows, known columns, first and last time), kept with each batch."""

from __future__ import annotations

from zhanggui.shop import Table
from zhanggui.store.importing.comparing import Names
from zhanggui.store.importing.merging import TableCount
from zhanggui.store.importing.running import Runner
from zhanggui.store.schema import literal, quoted


def note_facts(table: Table, count: TableCount, runner: Runner) -> None:
    """Bring the facts of ``table`` up to date after its rows are in.

    New rows can only add known columns and widen the span; after an update of rows the whole table is looked at.
    """
    name = literal(table.name)
    row = runner.all(f"SELECT rows, known, first, last FROM zg.facts WHERE table_name = {name}")
    rows, known, first, last = row[0] if row else (0, [], None, None)
    if count.updated:
        known, first, last = _look(table, f"main.{quoted(table.name)}", runner)
    elif count.accepted:
        more, new_first, new_last = _look(table, Names.of(table.name).changed, runner)
        known = sorted({*known, *more})
        first = _outer(first, new_first, runner, table, "min")
        last = _outer(last, new_last, runner, table, "max")
    if count.updated or count.accepted:
        rows = runner.one(f"SELECT count(*) FROM main.{quoted(table.name)}")[0]
    runner.con.execute(f"DELETE FROM zg.facts WHERE table_name = {name}")
    runner.con.execute(
        "INSERT INTO zg.facts VALUES (?, ?, CAST(? AS VARCHAR[]), ?, ?, true)",
        [table.name, rows, list(known), first, last],
    )


def _look(table: Table, source: str, runner: Runner) -> tuple[list[str], str | None, str | None]:
    counts = [
        f"count(nullif({quoted(c.name)}, ''))" if c.kind in ("id", "text", "json") else f"count({quoted(c.name)})"
        for c in table.columns
    ]
    time = quoted(table.time) if table.time else "NULL"
    values = runner.one(
        f"SELECT {', '.join(counts)}, CAST(min({time}) AS VARCHAR), CAST(max({time}) AS VARCHAR) FROM {source}"
    )
    known = [column.name for column, count in zip(table.columns, values, strict=False) if count]
    return known, values[-2], values[-1]


def _outer(old: str | None, new: str | None, runner: Runner, table: Table, which: str) -> str | None:
    if table.time is None or old is None or new is None:
        return new if old is None else old
    kind = "DATE" if table.column(table.time).kind == "day" else "TIMESTAMPTZ"
    at = f"SELECT CAST({which}(CAST(t AS {kind})) AS VARCHAR) FROM (VALUES ({literal(old)}), ({literal(new)})) v(t)"
    return str(runner.one(at)[0])
