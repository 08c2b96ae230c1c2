"""How the constructs that engines write differently are written for each of them.

Everything else in a compiled KPI query is the plain SQL that all four engines share.
Values come from the query itself (days, names); text is always quoted by :meth:`Dialect.text`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from zhanggui.basics.errors import UnknownNameError
from zhanggui.basics.periods import midnight
from zhanggui.basics.words import Words

CATEGORY_SEPARATOR = " > "


@dataclass(frozen=True)
class Dialect:
    """DuckDB, and the base of the others. ``name`` is what sqlglot calls the engine."""

    name: str = "duckdb"

    def text(self, value: str) -> str:
        """A string literal."""
        return "'" + value.replace("'", "''") + "'"

    def day(self, value: date) -> str:
        """A date literal."""
        return f"DATE '{value.isoformat()}'"

    def instant(self, value: date, zone: str) -> str:
        """The moment at which the local day ``value`` begins."""
        return f"TIMESTAMPTZ '{midnight(value, zone):%Y-%m-%d %H:%M:%S}+00'"

    def local(self, moment: str, zone: str) -> str:
        """Local wall time of a moment."""
        return f"timezone({self.text(zone)}, {moment})"

    def local_day(self, moment: str, zone: str) -> str:
        """Local date of a moment."""
        return f"CAST({self.local(moment, zone)} AS DATE)"

    def local_hour(self, moment: str, zone: str) -> str:
        """The local hour that holds a moment, as wall time."""
        return f"date_trunc('hour', {self.local(moment, zone)})"

    def local_midnight(self, day: str, zone: str) -> str:
        """The moment at which a local date begins."""
        return f"timezone({self.text(zone)}, CAST({day} AS TIMESTAMP))"

    def hour(self, moment: str, zone: str) -> str:
        """Local hour 0..23 of a moment."""
        return f"EXTRACT(hour FROM {self.local(moment, zone)})"

    def bucket(self, day: str, grain: str) -> str:
        """First day of the bucket that holds a date."""
        return day if grain == "day" else f"CAST(date_trunc('{grain}', {day}) AS DATE)"

    def weekday(self, day: str) -> str:
        """1 (Monday) .. 7."""
        return f"EXTRACT(isodow FROM {day})"

    def level(self, category: str, number: int) -> str:
        """Level ``number`` (from 1) of a category path."""
        return f"NULLIF(split_part({category}, '{CATEGORY_SEPARATOR}', {number}), '')"

    def percentile(self, value: str, share: str) -> str:
        """Interpolated percentile (percentile_cont)."""
        return f"quantile_cont({value}, {share})"

    def milliseconds(self, moment: str) -> str:
        """Whole milliseconds of a moment since 1970."""
        return f"epoch_ms({moment})"

    def seconds(self, start: str, end: str) -> str:
        """Elapsed seconds between two moments."""
        return f"((epoch_us({end}) - epoch_us({start})) / 1000000.0)"

    def promise_end(self, moment: str, zone: str) -> str:
        """A promise at local midnight means the last microsecond of that day."""
        local = self.local(moment, zone)
        ends = f"timezone({self.text(zone)}, {local} + INTERVAL '1 day') - INTERVAL '1 microsecond'"
        return f"(CASE WHEN CAST({local} AS TIME) = TIME '00:00:00' THEN {ends} ELSE {moment} END)"

    def frames(self, rows: Sequence[tuple[date, date, date]]) -> str:
        """A table of (bucket, from_day, to_day)."""
        values = ", ".join(f"({self.day(a)}, {self.day(b)}, {self.day(c)})" for a, b, c in rows)
        return f"(VALUES {values}) AS frame(bucket, from_day, to_day)"


@dataclass(frozen=True)
class Postgres(Dialect):
    """PostgreSQL."""

    name: str = "postgres"

    def local(self, moment: str, zone: str) -> str:
        return f"({moment} AT TIME ZONE {self.text(zone)})"

    def local_midnight(self, day: str, zone: str) -> str:
        return f"(CAST({day} AS TIMESTAMP) AT TIME ZONE {self.text(zone)})"

    def percentile(self, value: str, share: str) -> str:
        return f"percentile_cont({share}) WITHIN GROUP (ORDER BY {value})"

    def milliseconds(self, moment: str) -> str:
        return f"CAST(floor(EXTRACT(EPOCH FROM {moment}) * 1000) AS BIGINT)"

    def seconds(self, start: str, end: str) -> str:
        return f"EXTRACT(EPOCH FROM ({end} - {start}))"

    def promise_end(self, moment: str, zone: str) -> str:
        local = self.local(moment, zone)
        ends = f"(({local} + INTERVAL '1 day') AT TIME ZONE {self.text(zone)}) - INTERVAL '1 microsecond'"
        return f"(CASE WHEN CAST({local} AS TIME) = TIME '00:00:00' THEN {ends} ELSE {moment} END)"


@dataclass(frozen=True)
class ClickHouse(Dialect):
    """ClickHouse, also embedded (chDB); needs ``join_use_nulls = 1``."""

    name: str = "clickhouse"

    def text(self, value: str) -> str:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def day(self, value: date) -> str:
        return f"toDate32('{value.isoformat()}')"

    def instant(self, value: date, zone: str) -> str:
        return f"toDateTime64('{midnight(value, zone):%Y-%m-%d %H:%M:%S}', 6, 'UTC')"

    def local(self, moment: str, zone: str) -> str:
        return f"toTimeZone({moment}, {self.text(zone)})"

    def local_day(self, moment: str, zone: str) -> str:
        return f"toDate32({self.local(moment, zone)})"

    def local_hour(self, moment: str, zone: str) -> str:
        return f"toStartOfHour({self.local(moment, zone)})"

    def local_midnight(self, day: str, zone: str) -> str:
        return f"toDateTime64(toString({day}), 6, {self.text(zone)})"

    def hour(self, moment: str, zone: str) -> str:
        return f"toHour({self.local(moment, zone)})"

    def bucket(self, day: str, grain: str) -> str:
        if grain == "day":
            return day
        # dateTrunc answers a Date that wraps before 1970; toStartOf* of a Date32 is made a Date32 again.
        start = {"week": "toMonday", "month": "toStartOfMonth", "quarter": "toStartOfQuarter", "year": "toStartOfYear"}
        return f"toDate32({start[grain]}({day}))"

    def weekday(self, day: str) -> str:
        return f"toDayOfWeek({day})"

    def level(self, category: str, number: int) -> str:
        parts = f"splitByString('{CATEGORY_SEPARATOR}', coalesce({category}, ''))"
        return f"NULLIF(arrayElement({parts}, {number}), '')"

    def percentile(self, value: str, share: str) -> str:
        return f"quantileExactInclusive({share})({value})"

    def milliseconds(self, moment: str) -> str:
        return f"toUnixTimestamp64Milli({moment})"

    def seconds(self, start: str, end: str) -> str:
        return f"((toUnixTimestamp64Micro({end}) - toUnixTimestamp64Micro({start})) / 1000000.0)"

    def promise_end(self, moment: str, zone: str) -> str:
        local = self.local(moment, zone)
        ends = f"toTimeZone(subtractMicroseconds(addDays({local}, 1), 1), 'UTC')"
        return f"(CASE WHEN formatDateTime({local}, '%T.%f') = '00:00:00.000000' THEN {ends} ELSE {moment} END)"

    def frames(self, rows: Sequence[tuple[date, date, date]]) -> str:
        values = ", ".join(f"('{a}', '{b}', '{c}')" for a, b, c in rows)
        return f"values('bucket Date32, from_day Date32, to_day Date32', {values}) AS frame"


@dataclass(frozen=True)
class Spark(Dialect):
    """Spark SQL with ``spark.sql.session.timeZone = UTC``."""

    name: str = "spark"

    def text(self, value: str) -> str:
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def instant(self, value: date, zone: str) -> str:
        return f"TIMESTAMP '{midnight(value, zone):%Y-%m-%d %H:%M:%S}+00:00'"

    def local(self, moment: str, zone: str) -> str:
        return f"from_utc_timestamp({moment}, {self.text(zone)})"

    def local_midnight(self, day: str, zone: str) -> str:
        return f"to_utc_timestamp(CAST({day} AS TIMESTAMP), {self.text(zone)})"

    def weekday(self, day: str) -> str:
        return f"(weekday({day}) + 1)"

    def percentile(self, value: str, share: str) -> str:
        return f"percentile({value}, {share})"

    def milliseconds(self, moment: str) -> str:
        return f"unix_millis({moment})"

    def seconds(self, start: str, end: str) -> str:
        return f"((unix_micros({end}) - unix_micros({start})) / 1000000.0)"

    def promise_end(self, moment: str, zone: str) -> str:
        local = self.local(moment, zone)
        ends = f"to_utc_timestamp({local} + INTERVAL '1' DAY, {self.text(zone)}) - INTERVAL '0.000001' SECOND"
        return f"(CASE WHEN date_format({local}, 'HH:mm:ss.SSSSSS') = '00:00:00.000000' THEN {ends} ELSE {moment} END)"


DIALECTS: dict[str, Dialect] = {each.name: each for each in (Dialect(), Postgres(), ClickHouse(), Spark())}


def dialect_named(name: str) -> Dialect:
    """The dialect of an engine: duckdb, postgres, clickhouse, spark."""
    if name not in DIALECTS:
        raise UnknownNameError.of(Words("SQL dialect", "SQL 方言"), name, DIALECTS)
    return DIALECTS[name]
