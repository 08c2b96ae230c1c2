"""Results on a terminal: tables aligned for Chinese too, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Sequence
from typing import Any

from zhanggui.basics.numbers import format_change, format_exact
from zhanggui.basics.words import Words
from zhanggui.loop.result import ROW, Grid, GridColumn, Named, Result, plain

NO_ROWS = Words("(no rows)", "（无数据）")
NONE = Words("(none)", "（无）")
WIDEST = 60  # cells of text are cut at this width, in columns of the terminal


def shown(result: Result, form: str, language: str) -> str:
    """The whole result as text in one of the formats table, json, csv; ends with a line break."""
    if form == "json":
        return as_json(result.to_json(language))
    text = getattr(result, "text", None)
    if text is not None:
        return text if text.endswith("\n") else f"{text}\n"
    if form == "csv":
        grids = result.grids()
        return as_csv(grids[0]) if grids else ""
    parts = [as_table(grid, language) for grid in result.grids()]
    if result.words:
        parts.append(f"{result.words[language]}\n")
    return "\n".join(parts)


def as_json(document: Any) -> str:
    """One JSON document; numbers that JSON does not know are null."""
    return json.dumps(plain(document), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_csv(grid: Grid) -> str:
    """The grid with its keys as header and raw values."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.key for column in grid.columns])
    writer.writerows([[_raw(cell) for cell in row] for row in grid.rows])
    return out.getvalue()


def as_table(grid: Grid, language: str) -> str:
    """The grid with aligned columns: text left, numbers right."""
    head = [column.words[language] for column in grid.columns]
    rows = [
        [
            _cell(cell, column, grid, language, grid.units[number] if grid.units else "")
            for cell, column in zip(row, grid.columns, strict=True)
        ]
        for number, row in enumerate(grid.rows)
    ]
    widths = [max([width(row[place]) for row in (head, *rows)]) for place in range(len(head))]
    rights = [column.kind != "text" for column in grid.columns]
    lines = [f"{grid.title[language]}"] if grid.title else []
    lines.append(_line(head, widths, rights))
    lines.append("  ".join("-" * size for size in widths))
    lines += [_line(row, widths, rights) for row in rows] or [NO_ROWS[language]]
    return "\n".join(lines) + "\n"


def width(text: str) -> int:
    """Columns of a terminal that ``text`` takes: Chinese characters take two, combining marks none.

    >>> width("客单价 aov")
    10
    """
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def _line(cells: Sequence[str], widths: Sequence[int], rights: Sequence[bool]) -> str:
    padded = []
    for cell, size, right in zip(cells, widths, rights, strict=True):
        space = " " * (size - width(cell))
        padded.append(f"{space}{cell}" if right else f"{cell}{space}")
    return "  ".join(padded).rstrip()


def _cell(cell: Any, column: GridColumn, grid: Grid, language: str, row_unit: str) -> str:
    unit = row_unit if column.unit == ROW else column.unit
    if isinstance(cell, Words):
        return _cut(cell[language])
    if column.kind == "text" or isinstance(cell, str):
        return _cut(NONE[language] if cell is None else str(plain(cell)))
    if column.kind == "value":
        return format_exact(cell, unit, language, grid.currency)
    if column.kind == "change":
        return _signed(cell, unit, language, grid.currency)
    return format_change(None, cell, "", language)


def _signed(change: Any, unit: str, language: str, currency: str) -> str:
    if unit == "rate":
        return format_change(change, None, unit, language)
    text = format_exact(change, unit, language, currency)
    return f"+{text}" if change is not None and change > 0 else text


def _cut(text: str) -> str:
    clean = "".join(sign if sign.isprintable() else " " for sign in text)
    if width(clean) <= WIDEST:
        return clean
    while width(clean) >= WIDEST:
        clean = clean[: max(1, len(clean) - max(1, (width(clean) - WIDEST) // 2))]
    return f"{clean}…"


def _raw(cell: Any) -> Any:
    if isinstance(cell, Named):
        cell = cell.raw
    if cell is None:
        return ""
    return cell.en if isinstance(cell, Words) else plain(cell)
