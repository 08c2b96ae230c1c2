"""A table of a page as a file: CSV with a byte order mark (so that spreadsheets read Chinese), or Excel."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from zhanggui.web.blocks import Cell, Column, Table

FORMATS = {"rate": "0.0%", "money": "#,##0.00", "count": "#,##0.##", "ratio": "0.00"}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(table: Table) -> bytes:
    """The table with exact values; text that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns = _columns(table)
    writer.writerow([column.label for _, column in columns])
    for row in table.rows:
        writer.writerow([_plain(row.cells[index]) for index, _ in columns])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(table: Table) -> bytes:
    """The table as an Excel workbook of one sheet, numbers as numbers, the header kept in view."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=False)
    sheet = book.active
    sheet.title = _sheet_name(table.title)
    columns = _columns(table)
    sheet.append([column.label for _, column in columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, row in enumerate(table.rows, start=2):
        for place, (index, column) in enumerate(columns, start=1):
            target = sheet.cell(row=number, column=place)
            target.value = _typed(row.cells[index])
            if isinstance(target.value, float | int):
                target.number_format = FORMATS.get(column.unit, "General")
            else:
                target.data_type = "s" if isinstance(target.value, str) else target.data_type
    for place, (index, column) in enumerate(columns, start=1):
        longest = max([len(column.label), *(len(str(_plain(row.cells[index]))) for row in table.rows[:200])])
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, 8), 60)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _columns(table: Table) -> list[tuple[int, Column]]:
    return [(index, column) for index, column in enumerate(table.columns) if column.kind in ("text", "number")]


def _value(cell: Cell) -> Any:
    return cell.text if cell.raw is None and cell.text != "–" else cell.raw


def _plain(cell: Cell) -> Any:
    value = _value(cell)
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value


def _typed(cell: Cell) -> Any:
    value = _value(cell)
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float | date | datetime):
        return value
    return "".join(char for char in str(value) if char >= " " or char in "\t\n")


def _sheet_name(title: str) -> str:
    return "".join(char for char in title if char not in "[]:*?/\\")[:31] or "zhanggui"
