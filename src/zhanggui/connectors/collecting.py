"""Gathering rows into Arrow tables, and sharing amounts over lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal

import pyarrow as pa

from zhanggui.basics.words import Words
from zhanggui.connectors.text_file_values import destroyed_id, looks_like_scientific
from zhanggui.shop import table_named
from zhanggui.shop.rows import Piece, Reject, Rows

SIZE = 50_000
Value = str | int | float | Decimal | datetime | date | bool | None


class RowsBuilder:
    """Collects rows of one shop table from one file and yields them as ``Rows``, about 50,000 at a time.

    ``yield from builder.add(line, order_id=..., ...)`` for each row, ``yield from builder.rest()`` at
    the end. Values may be text (raw from the file is fine: the store casts and checks), numbers,
    decimals, dates and times; '' and None are nothing. Columns left out of a row are nothing.
    A row whose id a spreadsheet has destroyed (9.44E+18) becomes a ``Reject`` by itself.

    ``naive_zone`` is the zone of times without offset.
    """

    def __init__(self, table: str, file: str, *, naive_zone: str | None = None, size: int = SIZE) -> None:
        self.table = table
        self.file = file
        self._zone = naive_zone
        self._size = size
        columns = table_named(table).columns
        self._known = {column.name for column in columns}
        self._ids = tuple(column.name for column in columns if column.kind == "id")
        self._lines: list[int | None] = []
        self._rows: list[dict[str, Value]] = []

    def add(self, line: int | None, **columns: Value) -> Sequence[Piece]:
        """One more row, from ``line`` of the file; gives the pieces that are ready (mostly none)."""
        unknown = columns.keys() - self._known
        if unknown:
            raise KeyError(f"{self.table} has no column {', '.join(sorted(unknown))}")
        for name in self._ids:
            value = columns.get(name)
            if isinstance(value, str) and looks_like_scientific(value):
                return (self.reject(line, name, value, destroyed_id(value)),)
        self._lines.append(line)
        self._rows.append(columns)
        return tuple(self.rest()) if len(self._rows) >= self._size else ()

    def reject(self, line: int | None, column: str | None, value: str | None, reason: Words) -> Reject:
        """A row of this table that the source itself refuses."""
        return Reject(self.table, self.file, line, column, value, reason.en, reason.zh)

    def rest(self) -> Iterator[Rows]:
        """What has been collected and not yet given; call it at the end."""
        if not self._rows:
            return
        names = list(dict.fromkeys(name for row in self._rows for name in row))
        arrays = [pa.array([_text(row.get(name)) for row in self._rows], pa.string()) for name in names]
        names.append("_line")
        arrays.append(pa.array(self._lines, pa.int64()))
        self._lines, self._rows = [], []
        yield Rows(table=self.table, data=pa.table(arrays, names=names), file=self.file, naive_zone=self._zone)


def _text(value: Value) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """``total`` shared in proportion to ``weights``, to the cent, by largest remainder; the parts sum to it exactly.

    Negative weights count as nothing; when all are nothing, the parts are equal. A total with more than
    two decimals is shared in its own smallest unit. Without weights there is nobody to share: [].

    >>> [str(part) for part in spread(Decimal("0.10"), [Decimal(1), Decimal(1), Decimal(1)])]
    ['0.04', '0.03', '0.03']
    """
    if not weights:
        return []
    exponent = total.as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 0)
    units = int(abs(total).scaleb(places))
    shares = [max(weight, Decimal(0)) for weight in weights]
    whole = sum(shares, Decimal(0))
    if whole == 0:
        shares, whole = [Decimal(1)] * len(weights), Decimal(len(weights))
    exact = [units * share / whole for share in shares]
    parts = [int(part.to_integral_value(ROUND_FLOOR)) for part in exact]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: units - sum(parts)]:
        parts[at] += 1
    sign = -1 if total < 0 else 1
    return [Decimal(sign * part).scaleb(-places) for part in parts]
