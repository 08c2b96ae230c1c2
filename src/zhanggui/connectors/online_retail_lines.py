"""The raw lines of an Online Retail file (UCI), whatever form it comes in, as columns in memory.

Values repeat a lot (a million lines hold some thousand codes, prices and minutes), so every
distinct value is kept once: a million lines take about 150 MB.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import Trouble
from zhanggui.connectors.source import Inputs
from zhanggui.connectors.text_file import TextRows, open_rows, parse_amount, parse_moment
from zhanggui.connectors.text_file_bytes import shape_of
from zhanggui.connectors.text_file_sheets import open_parquet
from zhanggui.connectors.unreadable import Unreadable
from zhanggui.shop.rows import Reject

EMPTY = Words("the cell is empty", "单元格是空的")

CENT_PARTS = Decimal("0.0001")
# Our name of a column -> its names in the first and the second edition of the data set.
NAMES: dict[str, tuple[str, ...]] = {
    "invoice": ("InvoiceNo", "Invoice"),
    "code": ("StockCode",),
    "description": ("Description",),
    "quantity": ("Quantity",),
    "at": ("InvoiceDate",),
    "price": ("UnitPrice", "Price"),
    "customer": ("CustomerID", "Customer ID"),
    "country": ("Country",),
}
NEEDED = ("invoice", "code", "quantity", "at", "price")
_FLOAT_ID = re.compile(r"(\d+)\.0+")


@dataclass
class Lines:
    """The lines in file order, column by column; ``line`` is that of the file (row number for Parquet).

    ``at`` is UTC, ``quantity`` and ``price`` are exact, empty texts are ''.
    """

    invoice: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    description: list[str] = field(default_factory=list)
    quantity: list[Decimal] = field(default_factory=list)
    at: list[datetime] = field(default_factory=list)
    price: list[Decimal] = field(default_factory=list)
    customer: list[str] = field(default_factory=list)
    country: list[str] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    files: list[tuple[int, str]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.invoice)


def read_lines(inputs: Inputs) -> Lines:
    """All lines of the given files, one after the other.

    Raises:
        DataError: no table, or a column is missing.
    """
    lines = Lines()
    keep = _Once(inputs.settings.timezone)
    for path in inputs.paths:
        lines.files.append((len(lines), path.name))
        if shape_of(path) != "parquet" or not _read_typed(path, lines, keep, inputs):
            _read_text(path, lines, keep, inputs)
    return lines


class _Once:
    """Turns raw values into clean ones and keeps each distinct value once."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._texts: dict[Any, str] = {}
        self._numbers: dict[Any, Decimal] = {}
        self._moments: dict[Any, datetime] = {}

    def text(self, raw: Any) -> str:
        """Outer spaces off, inner runs of spaces as one, 17850.0 as 17850; nothing is ''."""
        known = self._texts.get(raw)
        if known is None:
            known = " ".join(str(raw).split()) if raw is not None else ""
            whole = _FLOAT_ID.fullmatch(known)
            known = self._texts[raw] = whole[1] if whole else known
        return known

    def code(self, raw: Any) -> str:
        """A stock code in upper case: '15056bl' and '15056BL' carry the same description, so they are one product."""
        return self.text(self.text(raw).upper())

    def number(self, raw: Any) -> Decimal:
        """An exact number with at most four decimals."""
        known = self._numbers.get(raw)
        if known is None:
            parsed = parse_amount(raw) if isinstance(raw, str) else Decimal(repr(raw))
            if parsed is None or not parsed.is_finite():
                raise Unreadable(EMPTY)
            exponent = parsed.as_tuple().exponent
            if isinstance(exponent, int) and exponent < -4:
                parsed = parsed.quantize(CENT_PARTS, ROUND_HALF_EVEN)
            known = self._numbers[raw] = parsed
        return known

    def moment(self, raw: Any, day_first: bool | None = None) -> datetime:
        """A local time of the shop as an instant."""
        known = self._moments.get(raw)
        if known is None:
            text = raw if isinstance(raw, str) else raw.isoformat(" ")
            parsed = parse_moment(text, self._zone, day_first=day_first)
            if parsed is None:
                raise Unreadable(EMPTY)
            known = self._moments[raw] = parsed
        return known


def _read_typed(path: Path, lines: Lines, keep: _Once, inputs: Inputs) -> bool:
    """A Parquet file whose numbers and times are typed and complete; False when it is not one."""
    with open_parquet(path) as file:
        names = _columns(file.schema_arrow.names)
        if any(ours not in names for ours in NEEDED):
            return False
        types = {ours: file.schema_arrow.field(name).type for ours, name in names.items()}
        if not (_is_number(types["quantity"]) and _is_number(types["price"]) and pa.types.is_timestamp(types["at"])):
            return False
        if any(_nulls(file, names[ours]) for ours in ("quantity", "price", "at", "invoice")):
            return False
        for batch in file.iter_batches(batch_size=50_000, columns=list(names.values())):
            _take_batch(batch, names, lines, keep)
            inputs.progress(f"reading {path.name}", len(lines), file.metadata.num_rows)
    return True


def _take_batch(batch: pa.RecordBatch, names: dict[str, str], lines: Lines, keep: _Once) -> None:
    how: dict[str, Callable[[Any], Any]] = {
        "code": keep.code, "quantity": keep.number, "price": keep.number, "at": keep.moment,
    }  # fmt: skip
    for ours in NAMES:
        target: list[Any] = getattr(lines, ours)
        if ours in names:
            cells: list[Any] = batch.column(names[ours]).to_pylist()
            target += map(how.get(ours, keep.text), cells)
        else:
            target += [""] * batch.num_rows
    done = len(lines.line) - lines.files[-1][0]
    lines.line += range(done + 1, done + 1 + batch.num_rows)


def _nulls(file: Any, name: str) -> bool:
    """Whether the column may hold nothing, by the statistics of the file."""
    at = file.schema_arrow.names.index(name)
    for group in range(file.num_row_groups):
        statistics = file.metadata.row_group(group).column(at).statistics
        if statistics is None or statistics.null_count is None or statistics.null_count:
            return True
    return False


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _columns(header: list[str] | tuple[str, ...]) -> dict[str, str]:
    """Our names -> those of the file."""
    spelled = {name.strip().lower(): name for name in header}
    return {
        ours: spelled[name.lower()]
        for ours, theirs in NAMES.items()
        for name in reversed(theirs)
        if name.lower() in spelled
    }


def _read_text(path: Path, lines: Lines, keep: _Once, inputs: Inputs) -> None:
    rows = open_rows(path, also=[name for names in NAMES.values() for name in names], progress=inputs.progress)
    names = _columns(rows.columns)
    for ours in NEEDED:
        if ours not in names:
            rows.require(NAMES[ours][0])
    day_first = rows.day_first(names["at"])
    for number, row in rows:
        raw = {ours: row[name] for ours, name in names.items()}
        bad = _take_row(raw, day_first, lines, keep)
        if bad is None:
            lines.line.append(number)
        else:
            column, reason = bad
            found = Trouble(names[column], raw[column], reason)
            lines.rejects.append(found.refused("order_lines", rows.file, number))
    lines.rejects += _cut_rows(rows)


def _cut_rows(rows: TextRows) -> Iterator[Reject]:
    yield from rows.rejects("order_lines")


def _take_row(raw: dict[str, str], day_first: bool | None, lines: Lines, keep: _Once) -> tuple[str, Words] | None:
    """Adds the row, or says which column is bad and why."""
    column = "invoice"
    try:
        for column in ("invoice", "code"):
            if not raw[column]:
                raise Unreadable(EMPTY)
        column = "quantity"
        quantity = keep.number(raw[column])
        column = "price"
        price = keep.number(raw[column])
        column = "at"
        at = keep.moment(raw[column], day_first)
    except Unreadable as error:
        return column, error.words
    lines.invoice.append(keep.text(raw["invoice"]))
    lines.code.append(keep.code(raw["code"]))
    lines.description.append(keep.text(raw.get("description", "")))
    lines.quantity.append(quantity)
    lines.at.append(at)
    lines.price.append(price)
    lines.customer.append(keep.text(raw.get("customer", "")))
    lines.country.append(keep.text(raw.get("country", "")))
    return None
