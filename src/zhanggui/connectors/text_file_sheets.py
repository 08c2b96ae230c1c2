"""Excel workbooks and Parquet files as rows of text, like those of a CSV file."""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zhanggui.basics.errors import DataError

EXCEL_DIGITS = 15  # a number cell keeps no more; a longer id has lost its end


def sheet_rows(path: Path) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """The sheets of a workbook: name, and its non-empty rows as ``(row number, cells)``.

    Raises:
        DataError: not a workbook.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():  # openpyxl warns of missing styles, which do not matter here
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise DataError(
            f"{path.name} is not an Excel workbook, or is damaged ({error}); save it again as .xlsx or CSV.",
            zh=f"{path.name} 不是 Excel 工作簿，或已损坏（{error}）；请重新另存为 .xlsx 或 CSV。",
        ) from error
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some exporters write a wrong size, which would cut rows
            yield sheet.title, _cells(sheet)
    finally:
        book.close()


def _cells(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = [text_of(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def open_parquet(path: Path) -> pq.ParquetFile:
    """The Parquet file ``path``.

    Raises:
        DataError: damaged.
    """
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(
            f"{path.name} is not a whole Parquet file ({error}); export it again.",
            zh=f"{path.name} 不是完整的 Parquet 文件（{error}）；请重新导出。",
        ) from error


def parquet_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a Parquet file as text, with row numbers from 1."""
    number = 0
    with open_parquet(path) as file:
        for batch in file.iter_batches(batch_size=20_000):
            columns = [_texts_of(column) for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                yield number, list(cells)


def _texts_of(column: pa.Array) -> list[str]:
    """A column as text, in Arrow where that gives the same."""
    if pa.types.is_integer(column.type):
        column = column.cast(pa.string())
    values: list[Any] = column.to_pylist()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return [value or "" for value in values]
    if pa.types.is_floating(column.type):
        return ["" if value is None else _text_of_float(value) for value in values]
    return [text_of(value) for value in values]


def text_of(value: Any) -> str:
    """``value`` as a CSV file would hold it: '' for nothing, ISO times, whole numbers without '.0'.

    A whole number too long for a spreadsheet's number cell is written like 9.44E+18, which is what
    it has become.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _text_of_float(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | time) else _text_of_other(value)


def _text_of_float(value: float) -> str:
    if math.isnan(value):  # a missing number of pandas
        return ""
    if value.is_integer():
        return f"{value:.0f}" if abs(value) < 10**EXCEL_DIGITS else f"{value:E}"
    shortest = repr(value)
    return format(Decimal(shortest), "f") if "e" in shortest else shortest


def _text_of_other(value: Any) -> str:
    return str(value.total_seconds()) if isinstance(value, timedelta) else str(value)
