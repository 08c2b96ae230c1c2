"""Rejected rows are kept with file, line, column, value and reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from zhanggui.shop import Reject
from zhanggui.store.importing.checks import repeats
from zhanggui.store.importing.comparing import REPEATED, Names
from zhanggui.store.importing.lines import lines_at, locate
from zhanggui.store.importing.running import Runner
from zhanggui.store.importing.staging import Staging
from zhanggui.store.schema import literal, quoted

_NOT_A_ROW = {
    "MISSING COLUMNS": ("the line has fewer cells than the header", "该行的单元格少于表头"),
    "TOO MANY COLUMNS": ("the line has more cells than the header", "该行的单元格多于表头"),
    "UNQUOTED VALUE": ("a quoted cell is not closed", "引号未闭合"),
    "LINE SIZE OVER MAXIMUM": ("the line is too long", "该行过长"),
    "INVALID ENCODING": ("the line is not UTF-8 text", "该行不是 UTF-8 文本"),
}
_UNREADABLE = ("the line cannot be read as CSV", "该行无法按 CSV 读取")
SHOWN = 200  # characters of a line that is no row


def keep_rejects(staging: Staging, runner: Runner, batch: str, rejected: int) -> int:
    """Write the ``rejected`` rows of ``staging`` to ``zg.rejects``.

    Returns:
        How many lines of scanned files were no rows at all; they come on top.
    """
    names = Names.of(staging.table.name)
    bad = f"SELECT rowid AS r FROM {names.staged} WHERE _bad IS NOT NULL"
    again = f"SELECT unnest([r, first_r]) AS r FROM {names.fate} WHERE fate = {REPEATED}"
    if rejected:
        locate(staging, runner, f"{bad} UNION ALL {again}", "zg_lines")
        _keep_bad(staging, runner, batch, names)
        _keep_repeated(staging, runner, batch, names)
        runner.con.execute("DROP TABLE zg_lines")
    return sum(_keep_refusals(staging, runner, batch, seg.seg) for seg in staging.segments if seg.scan is not None)


def keep_source_rejects(rejects: Sequence[Reject], runner: Runner, batch: str) -> None:
    """Write the rows that the source itself refused."""
    if not rejects:
        return
    rows = [(batch, r.table, r.file, r.line, r.column, r.value, r.reason, r.reason_zh or None, True) for r in rejects]
    write_rejects(runner, rows)


def write_rejects(runner: Runner, rows: Iterable[tuple[object, ...]]) -> None:
    """Append rows (batch, table, file, line, column, value, reason, reason in Chinese, rejected) to ``zg.rejects``."""
    kinds = [pa.string(), pa.string(), pa.string(), pa.int64(), *[pa.string()] * 4, pa.bool_()]
    fields = ["batch", "table_name", "file", "line", "column_name", "value", "reason", "reason_zh", "rejected"]
    columns = [list(column) for column in zip(*rows, strict=True)]
    data = pa.table([pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)], names=fields)
    runner.put(data, "INSERT INTO zg.rejects SELECT * FROM zg_piece")


def _keep_bad(staging: Staging, runner: Runner, batch: str, names: Names) -> None:
    reasons = ", ".join(
        f"({p.code}, {literal(p.column)}, {literal(p.reason.en)}, {literal(p.reason.zh)})" for p in staging.problems
    )
    runner.run(
        "keeping rejected rows",
        f"INSERT INTO zg.rejects SELECT {literal(batch)}, {literal(staging.table.name)}, l.file, l.line, p.name, "
        f"s._value, p.en, p.zh, true FROM {names.staged} s JOIN zg_lines l ON l.r = s.rowid "
        f"JOIN (VALUES {reasons}) p(code, name, en, zh) ON p.code = s._bad WHERE s._bad IS NOT NULL ORDER BY l.r",
    )


def _keep_repeated(staging: Staging, runner: Runner, batch: str, names: Names) -> None:
    words = repeats(staging.table)
    name = " + ".join(staging.table.key)
    value = ", ".join(f"CAST(s.{quoted(key)} AS VARCHAR)" for key in staging.table.key)
    en, zh = (f"replace({literal(text)}, '{{line}}', CAST(o.line AS VARCHAR))" for text in (words.en, words.zh))
    runner.run(
        "keeping rejected rows",
        f"INSERT INTO zg.rejects SELECT {literal(batch)}, {literal(staging.table.name)}, l.file, l.line, "
        f"{literal(name)}, concat_ws(' + ', {value}), {en}, {zh}, true "
        f"FROM {names.fate} f JOIN zg_lines l ON l.r = f.r "
        f"JOIN zg_lines o ON o.r = f.first_r JOIN {names.staged} s ON s.rowid = f.r "
        f"WHERE f.fate = {REPEATED} ORDER BY f.r",
    )


def _keep_refusals(staging: Staging, runner: Runner, batch: str, seg: int) -> int:
    scan = staging.segments[seg].scan
    rows = runner.all(
        "SELECT line_byte_position, any_value(error_type), any_value(csv_line) "
        f"FROM {quoted(staging.refusals(seg))} GROUP BY ALL ORDER BY 1"
    )
    if scan is None or not rows:
        return 0
    lines = lines_at(scan, [int(row[0]) for row in rows])
    kept = []
    for (_, kind, text), line in zip(rows, lines, strict=True):
        en, zh = _NOT_A_ROW.get(str(kind), _UNREADABLE)
        shown = None if text is None else str(text).strip("\r\n")[:SHOWN]
        kept.append((batch, staging.table.name, scan.file, line, None, shown, en, zh, True))
    write_rejects(runner, kept)
    return len(kept)
