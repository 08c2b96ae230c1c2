"""What a source yields while it reads an export: rows, refused rows, and what the reconciliation needs.

A source is a generator of pieces. Two kinds of pieces bring rows:

* :class:`Rows`: an Arrow table in memory. Yield 50,000 to 100,000 rows at a time; the store joins small ones.
* :class:`CsvScan`: "read this file yourself": the fastest way for a plain UTF-8 CSV file whose cells need no work of
  the source beyond naming the columns. Nothing of the file passes through Python. The store finds line numbers
  itself, for refused rows only, and refuses rows with too many or too few cells with their line.

Files count as they come: of two rows with the same key in *one* file the later is refused unless it is the same;
a row of a *later* file replaces the row of an earlier one. The ``file`` of a piece tells which file it is from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from zhanggui.basics.words import Words

LINE = "_line"


@dataclass(frozen=True)
class Rows:
    """Rows for one table of the shop.

    ``data`` holds shop columns by name, any subset that includes the required ones, as text or typed. An int64
    column ``_line`` may say in which line of the file a row stood (the header is line 1; for Parquet the number of
    the row, from 1). Without it ``line_of`` turns 0-based row numbers of the file into lines, and is called
    only for refused rows; ``first_row`` is then the number of the first row of ``data``.
    Without either, the line is ``first_row`` + position + 1.
    Times without an offset are read in ``naive_zone`` (None = UTC).
    """

    table: str
    data: pa.Table
    file: str
    naive_zone: str | None = None
    line_of: Callable[[list[int]], list[int]] | None = None
    first_row: int = 0


@dataclass(frozen=True)
class CsvScan:
    """A plain UTF-8 CSV file (with or without BOM) that the store reads itself.

    ``columns`` names for every column of the file, in file order, the shop column it fills, or None when it is
    not used. ``skip`` is the number of lines before the first data row (1 = just the header).
    Cells are trimmed; empty cells are empty values. ``file`` is the name shown to people.
    """

    table: str
    path: Path
    columns: tuple[str | None, ...]
    file: str
    separator: str = ","
    quote: str = '"'
    skip: int = 1
    naive_zone: str | None = None


@dataclass(frozen=True)
class Reject:
    """A row that the source itself had to refuse; counts as one row read and rejected.

    ``reason_zh`` is the reason in Chinese; without it a Chinese reader sees the English one.
    """

    table: str
    file: str
    line: int | None
    column: str | None
    value: str | None
    reason: str
    reason_zh: str = ""


@dataclass(frozen=True)
class BridgeItem:
    """A part of the bridge from the platform's own total to our sales.

    ``kind`` is ``platform_total`` (exactly what the platform says) or a signed step from it towards our sales:
    unpaid, cancelled, refunded, shipping, tax, fees, discounts, rejected, left_out, rounding, other.
    Items of one kind are summed. ``amount`` is in the shop's currency.
    """

    kind: str
    amount: Decimal
    note: Words | None = None


@dataclass(frozen=True)
class Note:
    """Something the reconciliation should say: a class of rows left out, with its sum and number of rows."""

    words: Words
    amount: Decimal | None = None
    rows: int | None = None


Piece = Rows | CsvScan | Reject | BridgeItem | Note
