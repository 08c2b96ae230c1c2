"""Turning a mapping's values into functions of a row, and rows of one group into one row."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from zhanggui.basics.periods import zone as zone_named
from zhanggui.connectors.collecting import Value as Cell
from zhanggui.connectors.mapping import Value
from zhanggui.connectors.mapping_formula import Row
from zhanggui.connectors.text_file_values import parse_amount, parse_moment

EPOCH = "epoch"
MILLIS, MICROS = 12, 15  # digits from which on a number counts milliseconds, microseconds
NUMBERS = frozenset({"amount", "quantity", "count", "number", "rate"})
FOUR = Decimal("0.0001")
YES = frozenset({"1", "true", "yes", "y", "t", "是", "有"})
NO = frozenset({"0", "false", "no", "n", "f", "否", "无"})
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")
Get = Callable[[int, Row], Cell]


@dataclass(frozen=True)
class Habits:
    """How one file writes: its decimal mark, which part of a date is the day, and the zone of its times."""

    decimal: str
    day_first: bool | None
    zone: str


def getter(value: Value, habits: Habits) -> Get:
    """A function ``(line, row) -> cell`` for one shop column.

    What cannot be converted stays as text, for the store to refuse with its reason.
    """
    raw = _raw(value, habits)
    convert = _converter(value, habits)
    if value.table is None and value.default is None:
        return lambda line, row: convert(raw(line, row))
    return lambda line, row: convert(_replaced(value, raw(line, row)))


def _raw(value: Value, habits: Habits) -> Get:
    if value.formula:
        compute = value.formula.build(lambda text: parse_amount(text, value.decimal or habits.decimal))
        return lambda _, row: _computed(compute, row)
    if value.join is not None:
        names, between = value.join, value.between
        return lambda _, row: between.join(row[name] for name in names if row[name])
    if value.number_in is not None:
        count: Counter[str] = Counter()
        return lambda _, row: _next_in(count, row[value.number_in or ""])
    if value.line is not None:
        return lambda line, _: f"{value.line}{line}"
    if value.const is not None:
        return lambda *_: value.const
    name = value.column or ""
    return lambda _, row: row[name]


def _computed(compute: Callable[[Row], Decimal | None], row: Row) -> Cell:
    try:
        return compute(row)
    except ValueError as error:
        return str(error)  # the store refuses it and shows it


def _next_in(count: Counter[str], key: str) -> str:
    count[key] += 1
    return str(count[key])


def _replaced(value: Value, cell: Cell) -> Cell:
    if value.table is not None:
        text = "" if cell is None else str(cell)
        if text in value.table:
            cell = value.table[text]
        elif value.otherwise is not None:
            cell = value.otherwise
    return value.default if cell in {None, ""} and value.default is not None else cell


def _converter(value: Value, habits: Habits) -> Callable[[Cell], Cell]:
    if value.hashed:
        return _hashed
    kind = value.target.kind
    if kind in NUMBERS:
        per = Decimal(value.per) if value.per else None
        mark = value.decimal or habits.decimal
        return lambda cell: _number(cell, kind, mark, per)
    if kind in {"moment", "day"}:
        zone = value.zone or habits.zone
        return lambda cell: _time(cell, value.date, zone, habits.day_first, whole_day=kind == "day")
    if kind == "flag":
        return _flag
    split = value.split
    if split:
        return lambda cell: " > ".join(part.strip() for part in str(cell or "").split(split) if part.strip())
    return lambda cell: cell


def _number(cell: Cell, kind: str, mark: str, per: Decimal | None) -> Cell:
    if not cell:
        return cell
    number: Decimal | None = cell if isinstance(cell, Decimal) else None
    if number is None:
        text = str(cell)
        if per is None and mark == "." and _PLAIN.fullmatch(text):
            return text
        percent = kind == "rate" and text.endswith("%")
        try:
            number = parse_amount(text.rstrip("%") if percent else text, mark)
        except ValueError:
            return cell
        if number is None:
            return None
        number = number / 100 if percent else number
    number = number / per if per is not None else number
    exponent = number.as_tuple().exponent
    if kind in {"amount", "quantity"} and isinstance(exponent, int) and exponent < -4:
        number = number.quantize(FOUR, ROUND_HALF_EVEN)  # computed; what the file says itself is not rounded
    return number


def _time(cell: Cell, form: str | None, zone: str, day_first: bool | None, *, whole_day: bool) -> Cell:
    if not cell:
        return cell
    try:
        if form == EPOCH:
            moment = _since_1970(str(cell))
        elif form:
            local = datetime.strptime(str(cell), form)  # noqa: DTZ007 - the zone follows
            moment = (local if local.tzinfo else local.replace(tzinfo=zone_named(zone))).astimezone(UTC)
        else:
            parsed = parse_moment(str(cell), zone, day_first=day_first)
            if parsed is None:
                return None
            moment = parsed
    except (ArithmeticError, ValueError):
        return cell
    return moment.astimezone(zone_named(zone)).date() if whole_day else moment


def _since_1970(text: str) -> datetime:
    """Seconds, milliseconds or microseconds since 1970: the number of digits tells which."""
    number = Decimal(text)
    digits = len(text.partition(".")[0].lstrip("-"))
    micros = number * (1 if digits >= MICROS else 1_000 if digits >= MILLIS else 1_000_000)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros))


def _hashed(cell: Cell) -> Cell:
    """An e-mail address as everywhere else in zhanggui; other text, such as a phone, likewise."""
    text = str(cell or "").strip().lower()
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def _flag(cell: Cell) -> Cell:
    text = str(cell or "").lower()
    return "true" if text in YES else "false" if text in NO else cell


class Group:
    """Rows of one group becoming one row, column by column, as ``pick`` says."""

    __slots__ = ("cells", "line")

    def __init__(self, line: int, size: int) -> None:
        self.line = line
        self.cells: list[Any] = [None] * size

    def take(self, at: int, pick: str, cell: Cell) -> None:
        """One more row's cell for column ``at``."""
        before = self.cells[at]
        if pick == "count":
            self.cells[at] = (before or 0) + 1
        elif cell is None or cell == "":
            return
        elif before is None or pick == "last":
            self.cells[at] = _comparable(cell) if pick in {"sum", "min", "max"} else cell
        elif pick in {"sum", "min", "max"}:
            self.cells[at] = _combine(before, _comparable(cell), pick)


def _comparable(cell: Cell) -> Any:
    if isinstance(cell, str) and _PLAIN.fullmatch(cell):
        return Decimal(cell)
    return cell


def _combine(before: Any, cell: Any, pick: str) -> Any:
    """Two cells as one; one that could not be read wins, so that the store refuses the row and shows it."""
    if isinstance(cell, str) or isinstance(before, str):
        return before if isinstance(before, str) else cell
    if pick == "sum":
        return before + cell
    return min(before, cell) if pick == "min" else max(before, cell)
