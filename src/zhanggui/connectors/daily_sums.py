"""Daily figures of an export summed to the shop's grain: advertising by day and campaign, traffic by day and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from zhanggui.basics.words import Words
from zhanggui.connectors.cells import FOUR_PLACES, ZERO, Trouble
from zhanggui.connectors.collecting import RowsBuilder
from zhanggui.shop.rows import Note, Piece, Reject

REPEATED = Words("Rows that repeat an earlier row in every cell, left out", "与前面某行完全相同的行，未计入")


@dataclass
class _Sum:
    line: int
    rows: int = 0
    numbers: dict[str, Decimal] = field(default_factory=dict)


class DailySums:
    """Sums the rows of one file by key.

    ``people`` are numbers of people, which cannot be added: over several rows they are unknown.
    ``add`` each row, then ``yield from end(...)``. Rows that repeat an earlier one in every cell are left out.
    """

    def __init__(self, table: str, file: str, *, people: tuple[str, ...] = ()) -> None:
        self._table = table
        self._file = file
        self._people = people
        self._sums: dict[tuple[tuple[str, object], ...], _Sum] = {}
        self._seen: set[int] = set()
        self._repeated = 0

    def is_repeat(self, row: Mapping[str, str]) -> bool:
        """Whether a row with the same cells came before in this file; if not, it is remembered."""
        mark = hash(tuple(row.values()))
        if mark in self._seen:
            self._repeated += 1
            return True
        self._seen.add(mark)
        return False

    def add(self, line: int, key: Mapping[str, object], numbers: Mapping[str, Decimal | None]) -> None:
        """Add the numbers of one row to those of its key; None adds nothing."""
        one = self._sums.setdefault(tuple(key.items()), _Sum(line))
        one.rows += 1
        for name, number in numbers.items():
            if number is not None:
                one.numbers[name] = one.numbers.get(name, ZERO) + number

    def reject(self, line: int, trouble: Trouble) -> Reject:
        """A row that cannot be taken in."""
        return trouble.refused(self._table, self._file, line)

    def end(self, total_of: str, words: Words) -> Iterator[Piece]:
        """The rows, and a note with the sum of ``total_of`` over the file."""
        builder = RowsBuilder(self._table, self._file)
        total = ZERO
        for key, one in self._sums.items():
            numbers = {
                name: number.quantize(FOUR_PLACES, ROUND_HALF_EVEN)
                for name, number in one.numbers.items()
                if one.rows == 1 or name not in self._people
            }
            total += numbers.get(total_of, ZERO)
            yield from builder.add(one.line, **dict(key), **{name: _short(n) for name, n in numbers.items()})  # type: ignore[arg-type]
        yield from builder.rest()
        if self._sums:
            yield Note(words, total, len(self._sums))
        if self._repeated:
            yield Note(REPEATED, None, self._repeated)


def _short(number: Decimal) -> Decimal:
    """Whole numbers without decimals, as counts want them."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def day_trouble(column: str, value: str) -> Trouble:
    """The trouble of a row whose day cannot be read."""
    words = Words("this is not a day; write it as 2024-01-31", "这不是日期；请写成 2024-01-31 的形式")
    return Trouble(column, value, words)


def whole(number: Decimal | None) -> Decimal | None:
    """A share of visits as a number of visits: the nearest whole number."""
    return None if number is None else number.quantize(Decimal(1), ROUND_HALF_EVEN)
