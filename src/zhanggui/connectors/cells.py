"""One row of an export, read cell by cell; the first cell that cannot be read is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from zhanggui.basics.words import Words
from zhanggui.connectors.text_file_values import destroyed_id, looks_like_scientific, parse_amount, parse_moment
from zhanggui.shop.rows import Reject

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FOUR_PLACES = Decimal("0.0001")
ZERO = Decimal(0)
NO_AMOUNT = Words(
    "this is not an amount; correct it in the file and import again", "这不是金额；请在文件中改正后重新导入"
)
TOO_FINE = Words(
    "an amount has at most four decimals; correct it in the file and import again",
    "金额最多四位小数；请在文件中改正后重新导入",
)
AMOUNT_MISSING = Words(
    "the amount is missing; correct it in the file and import again", "缺少金额；请在文件中补上后重新导入"
)
NO_MOMENT = Words(
    "this is not a date or time; write it as 2024-01-31 10:00:00",
    "这不是日期或时间；请写成 2024-01-31 10:00:00 的形式",
)
OUT_OF_TIME = Words(
    "the time lies outside 1990 and two years from now; correct it in the file",
    "时间不在 1990 年至两年后之间；请在文件中改正",
)
MOMENT_MISSING = Words(
    "the time is missing; correct it in the file and import again", "缺少时间；请在文件中补上后重新导入"
)


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a row: the ``column``, its ``value`` and the ``reason`` with the next step."""

    column: str
    value: str
    reason: Words

    def refused(self, table: str, file: str, line: int) -> Reject:
        """The row of ``table`` that stands on ``line`` of ``file``, refused for this."""
        return Reject(table, file, line, self.column or None, self.value or None, self.reason.en, self.reason.zh)


@dataclass(frozen=True)
class CellHabits:
    """How the cells of one file are written.

    ``zone``: of times without offset; ``day_first``: order of dates such as 05/03/2020 (None: unknown);
    ``decimal``: the decimal mark when known; ``rounds``: amounts are floating point numbers and are
    rounded half-even to four places (Parquet, Excel), else more than four decimals are refused.
    """

    zone: str = "UTC"
    day_first: bool | None = None
    decimal: str | None = None
    rounds: bool = False


class Cells:
    """The cells of one row at ``line`` of a file; names may be alternatives, the first filled one counts."""

    def __init__(self, line: int, row: Mapping[str, str], habits: CellHabits) -> None:
        self.line = line
        self.row = row
        self.habits = habits
        self.trouble: Trouble | None = None

    def text(self, *names: str) -> str:
        """The first filled cell of ``names``; '' when there is none."""
        return self._found(names)[1]

    def id(self, *names: str) -> str:
        """An id; one that a spreadsheet has destroyed (9.44E+18) is trouble."""
        name, value = self._found(names)
        if looks_like_scientific(value):
            self._blame(name, value, destroyed_id(value))
        return value

    def amount(self, *names: str) -> Decimal | None:
        """An amount; None when empty. Not an amount, or more than four decimals, is trouble."""
        name, value = self._found(names)
        try:
            number = read_amount(value, self.habits.decimal)
        except ValueError:
            self._blame(name, value, NO_AMOUNT)
            return None
        if number is None or not _too_fine(number):
            return number
        if self.habits.rounds:
            return number.quantize(FOUR_PLACES, ROUND_HALF_EVEN)
        self._blame(name, value, TOO_FINE)
        return None

    def number(self, *names: str) -> Decimal:
        """As :meth:`amount`, but zero when empty."""
        return self.amount(*names) or ZERO

    def required_amount(self, *names: str) -> Decimal:
        """As :meth:`amount`; an empty cell is trouble."""
        number = self.amount(*names)
        if number is None and self.trouble is None:
            self._blame(names[0], "", AMOUNT_MISSING)
        return number if number is not None else ZERO

    def moment(self, *names: str) -> datetime | None:
        """An instant in UTC; None when empty. Not a time, or outside 1990..now + 2 years, is trouble."""
        name, value = self._found(names)
        try:
            moment = parse_moment(value, self.habits.zone, day_first=self.habits.day_first)
        except ValueError:
            self._blame(name, value, NO_MOMENT)
            return None
        if moment is not None and not EARLIEST <= moment <= datetime.now(UTC) + timedelta(days=731):
            self._blame(name, value, OUT_OF_TIME)
            return None
        return moment

    def required_moment(self, *names: str) -> datetime | None:
        """As :meth:`moment`; an empty cell is trouble."""
        moment = self.moment(*names)
        if moment is None and self.trouble is None:
            self._blame(names[0], "", MOMENT_MISSING)
        return moment

    def blame(self, column: str, value: str, reason: Words) -> None:
        """Remember trouble that the connector itself has found; the first stays."""
        self._blame(column, value, reason)

    def _found(self, names: tuple[str, ...]) -> tuple[str, str]:
        for name in names:
            value = self.row.get(name, "")
            if value:
                return name, value
        return names[0], ""

    def _blame(self, column: str, value: str, reason: Words) -> None:
        if self.trouble is None:
            self.trouble = Trouble(column, value, reason)


@lru_cache(maxsize=16384)
def read_amount(value: str, decimal: str | None = None) -> Decimal | None:
    """:func:`parse_amount`, remembered: exports repeat the same few thousand amounts."""
    return parse_amount(value, decimal)


@lru_cache(maxsize=16384)
def _too_fine(number: Decimal) -> bool:
    """Whether ``number`` has more than four decimals that are not zero."""
    return number != number.quantize(FOUR_PLACES) if number.adjusted() < 20 else False
