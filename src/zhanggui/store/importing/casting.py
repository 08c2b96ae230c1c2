"""Cells of any type become values of the shop model, in SQL.

Every cell has three forms: what came (``raw``: text trimmed, empty = NULL, NaN = NULL), its text (for messages), and
its value in the type of the column (NULL when it cannot be read).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import pyarrow as pa

from zhanggui.basics.errors import DataError
from zhanggui.basics.periods import zone as time_zone
from zhanggui.shop import Column, Kind
from zhanggui.store.schema import literal

FIRST_YEAR = 1990
FUTURE_YEARS = 2
NUMERIC = ("amount", "quantity", "count", "number", "rate")


@dataclass(frozen=True)
class Zones:
    """``naive``: zone of times without offset (None = UTC); ``shop``: zone in which days are counted."""

    naive: str | None
    shop: str


_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)


def cell_class(kind: pa.DataType, column: str, file: str) -> str:
    """The class of an Arrow type: text, whole, float, decimal, flag, moment, naive, date.

    Raises:
        DataError: a type that holds no single value.
    """
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    tests = {
        "text": any(test(kind) for test in _TEXT),
        "whole": pa.types.is_integer(kind),
        "float": pa.types.is_floating(kind),
        "decimal": pa.types.is_decimal(kind),
        "flag": pa.types.is_boolean(kind),
        "moment": pa.types.is_timestamp(kind) and kind.tz is not None,
        "naive": pa.types.is_timestamp(kind) and kind.tz is None,
        "date": pa.types.is_date(kind),
    }
    for name, holds in tests.items():
        if holds:
            return name
    raise DataError(
        f"{file}: column {column!r} is of type {kind}, which is no text, number, time or yes/no. Convert it.",
        zh=f"{file}：列 {column!r} 的类型是 {kind}，不是文本、数字、时间或是非值。请先转换。",
    )


def raw_sql(cell: str, cls: str, kind: Kind) -> str:
    """What came, with nothing for empty text and for floats that are no number."""
    if cls == "text":
        text = f"CAST({cell} AS VARCHAR)"
        # Trimming costs more than reading: only cells that need it. All blanks and controls sort before '!', the
        # empty cell too; blanks after a number do not hurt.
        blank = f"{text} < '!'" if kind in NUMERIC else f"{text} < '!' OR right({text}, 1) < '!'"
        return f"CASE WHEN {blank} THEN nullif(trim({text}, E' \\t\\r\\n'), '') ELSE {text} END"
    if cls == "float":
        return f"CASE WHEN NOT isnan(CAST({cell} AS DOUBLE)) THEN CAST({cell} AS DOUBLE) END"
    return cell


def text_sql(raw: str, cls: str) -> str:
    """The text of a cell; whole floats and decimals without their zeros, so that 17850.0 is the id 17850."""
    if cls == "text":
        return raw
    text = f"CAST({raw} AS VARCHAR)"
    if cls == "float":
        whole = f"CAST(CAST({raw} AS BIGINT) AS VARCHAR)"
        return f"CASE WHEN {raw} = trunc({raw}) AND abs({raw}) < 9e15 THEN {whole} ELSE {text} END"
    if cls == "decimal":
        whole = f"CAST(CAST({raw} AS DECIMAL(38,0)) AS VARCHAR)"
        return f"CASE WHEN {raw} = trunc({raw}) THEN {whole} ELSE rtrim({text}, '0') END"
    return text


def value_sql(column: Column, raw: str, cls: str, zones: Zones) -> str:
    """The value of a cell in the type of ``column``; NULL when it cannot be read."""
    kind = column.kind
    if kind in ("id", "text", "json"):
        return _text_value(column, text_sql(raw, cls))
    if kind in ("amount", "quantity"):
        return _decimal_value(raw, cls)
    if kind == "count":
        return _count_value(raw, cls)
    if kind in ("number", "rate"):
        return _number_value(raw, cls)
    if kind == "flag":
        return _flag_value(raw, cls)
    moment = _moment_value(raw, cls, zones)
    return moment if kind == "moment" else _day_value(raw, cls, zones, moment)


def last_moment(now: datetime | None = None) -> datetime:
    """The latest time that is believed: two years from now."""
    return (now or datetime.now(UTC)) + timedelta(days=366 * FUTURE_YEARS)


def _text_value(column: Column, text: str) -> str:
    if column.choices:
        return f"lower({text})"
    if column.kind == "json":
        return f"CASE WHEN json_valid({text}) THEN {text} ELSE CAST(to_json({text}) AS VARCHAR) END"
    return text


def _decimal_value(raw: str, cls: str) -> str:
    if cls in ("text", "whole"):
        return f"TRY_CAST({raw} AS DECIMAL(18,4))"
    if cls in ("float", "decimal"):
        # Through the shortest text, so that 2.5500000001 and the float next to 0.00015 are what a person reads.
        exact = f"TRY_CAST(CAST({raw} AS VARCHAR) AS DECIMAL(38,18))"
        away = f"TRY_CAST({exact} AS DECIMAL(18,4))"
        tie = f"abs({exact} - {away}) = 0.00005 AND CAST({away} * 10000 AS BIGINT) % 2 <> 0"
        return f"CASE WHEN {tie} THEN CAST({away} - sign({exact}) * 0.0001 AS DECIMAL(18,4)) ELSE {away} END"
    return "CAST(NULL AS DECIMAL(18,4))"


def _count_value(raw: str, cls: str) -> str:
    if cls == "whole":
        return f"TRY_CAST({raw} AS BIGINT)"
    if cls in ("float", "decimal"):
        return f"CASE WHEN {raw} = trunc({raw}) THEN TRY_CAST({raw} AS BIGINT) END"
    if cls == "text":
        whole = f"TRY_CAST({raw} AS DOUBLE) = TRY_CAST({raw} AS BIGINT)"
        return f"CASE WHEN NOT contains({raw}, '.') OR {whole} THEN TRY_CAST({raw} AS BIGINT) END"
    return "CAST(NULL AS BIGINT)"


def _number_value(raw: str, cls: str) -> str:
    if cls not in ("text", "whole", "float", "decimal"):
        return "CAST(NULL AS DOUBLE)"
    number = f"TRY_CAST({raw} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _flag_value(raw: str, cls: str) -> str:
    if cls == "flag":
        return raw
    if cls == "text":
        return f"TRY_CAST({raw} AS BOOLEAN)"
    if cls in ("whole", "float", "decimal"):
        return f"CASE WHEN {raw} = 1 THEN true WHEN {raw} = 0 THEN false END"
    return "CAST(NULL AS BOOLEAN)"


def _moment_value(raw: str, cls: str, zones: Zones) -> str:
    if cls == "text":
        # Shopify writes a blank before the offset: 2020-01-01 10:00:00 +0200
        joined = f"regexp_replace({raw}, '\\s+([+-]\\d)', '\\1')"
        fixed = f"coalesce(TRY_CAST({raw} AS TIMESTAMPTZ), TRY_CAST({joined} AS TIMESTAMPTZ))"
        if _is_utc(zones.naive):
            return fixed
        wall_clock = _in_zone(f"TRY_CAST({raw} AS TIMESTAMP)", zones.naive)
        return f"CASE WHEN {_has_offset(raw)} THEN {fixed} ELSE {wall_clock} END"
    if cls == "moment":
        return f"CAST({raw} AS TIMESTAMPTZ)"
    if cls in ("naive", "date"):
        return _in_zone(f"CAST({raw} AS TIMESTAMP)", zones.naive)
    return "CAST(NULL AS TIMESTAMPTZ)"


def _day_value(raw: str, cls: str, zones: Zones, moment: str) -> str:
    local = f"CAST(timezone({literal(zones.shop)}, {moment}) AS DATE)"
    if cls == "text":
        return f"CASE WHEN {_has_offset(raw)} THEN {local} ELSE CAST(TRY_CAST({raw} AS TIMESTAMP) AS DATE) END"
    if cls == "moment":
        return local
    if cls in ("naive", "date"):
        return f"CAST({raw} AS DATE)"
    return "CAST(NULL AS DATE)"


def _has_offset(raw: str) -> str:
    return f"regexp_matches(substr({raw}, 12), '[A-Za-z+-]')"


def _is_utc(zone: str | None) -> bool:
    return zone is None or zone in ("UTC", "Etc/UTC", "Z", "GMT")


def _in_zone(naive: str, zone: str | None) -> str:
    """The instant of a wall clock time: over a gap it moves forward, of a repeated hour it is the first."""
    if _is_utc(zone) or zone is None:
        return f"timezone('UTC', {naive})"
    instant = f"timezone({literal(zone)}, {naive})"
    folds = repeated_hours(zone)
    if not folds:
        return instant
    hours = " OR ".join(f"hour({naive}) = {hour}" for hour in sorted({fold.hour for fold in folds}))
    cases = ""
    for shift in sorted({fold.seconds for fold in folds}):
        days = ", ".join(f"DATE '{day}'" for day in sorted({fold.day for fold in folds if fold.seconds == shift}))
        earlier = f"{instant} - INTERVAL {shift} SECOND"
        same = f"timezone({literal(zone)}, {earlier}) = {naive}"
        # The cheap look comes first. No IN: a list of constants may become a join, which loses the order of the rows.
        looked = f"({hours}) AND list_contains([{days}], CAST({naive} AS DATE))"
        cases += f" WHEN {looked} AND {same} THEN {earlier}"
    return f"CASE{cases} ELSE {instant} END"


@dataclass(frozen=True)
class RepeatedHour:
    """A local hour that comes twice, in whole or in part, because clocks go back by ``seconds``."""

    day: date
    hour: int
    seconds: int


@lru_cache(maxsize=64)
def repeated_hours(zone: str) -> tuple[RepeatedHour, ...]:
    """The hours of ``zone`` that come twice, from 1990 to the latest time that is believed."""
    found: set[RepeatedHour] = set()
    at = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    end = last_moment() + timedelta(days=1)
    while at < end:
        after = at + timedelta(days=1)
        lost = _offset(at, zone) - _offset(after, zone)
        if lost > 0:
            begin = _clock_after_change(at, after, zone)
            for second in range(0, lost, 60):
                local = begin + timedelta(seconds=second)
                found.add(RepeatedHour(local.date(), local.hour, lost))
        at = after
    return tuple(sorted(found, key=lambda fold: (fold.day, fold.hour)))


def _clock_after_change(low: datetime, high: datetime, zone: str) -> datetime:
    """What clocks show just after the change of offset that lies between two instants."""
    target = _offset(high, zone)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(middle, zone) != target else (low, middle)
    return high.astimezone(time_zone(zone)).replace(tzinfo=None, second=0, microsecond=0)


def _offset(at: datetime, zone: str) -> int:
    offset = at.astimezone(time_zone(zone)).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
