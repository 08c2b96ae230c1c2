"""The journal goes into the warehouse in portions; what is drained for good is deleted.

Every portion is one transaction that holds the events, the refused ones and the position behind them
(:mod:`zhanggui.store.draining`), so a process killed at any moment loses nothing and doubles nothing. A finished
segment is deleted after the warehouse file itself holds what was in it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

import pyarrow as pa

from zhanggui.basics.errors import DataError
from zhanggui.basics.progress import Progress, silent
from zhanggui.engines.collection.enriching import enrich
from zhanggui.engines.collection.journal import Journal, journal_of, segment_name
from zhanggui.engines.collection.types import START, Entry, Event, Position, events_of
from zhanggui.shop import TABLES, Kind
from zhanggui.shop import Reject as RefusedRow
from zhanggui.store.draining import SOURCE, Drained, Portion, drain, drain_state, make_lasting

if TYPE_CHECKING:
    from pathlib import Path

    from zhanggui.store.opened import OpenShop

TABLE = "events"
MOST = 100_000  # events of one transaction
CHUNK = 20_000  # events that become Arrow columns at once
RATE_OVER = timedelta(minutes=5)  # over which the rate of events is averaged

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_TYPES: dict[Kind, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "moment": pa.timestamp("us", "UTC"),
    "amount": pa.decimal128(18, 4),
    "quantity": pa.decimal128(18, 4),
    "count": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
}
_TYPE_OF = {column.name: _TYPES[column.kind] for column in TABLES[TABLE].columns}


@dataclass(frozen=True)
class DrainReport:
    """What one drain did: events that were new, that came again, that were refused; what waits still; seconds."""

    new: int
    repeated: int
    rejected: int
    waiting: int
    seconds: float
    batch: str | None

    @property
    def drained(self) -> int:
        """Acknowledged events taken out of the journal, those that came again included."""
        return self.new + self.repeated


@dataclass(frozen=True)
class CollectorStatus:
    """How the collector of a shop is doing.

    ``lag`` is the age of the oldest event that waits (zero when none does), ``rate_per_minute`` is over the last five
    minutes, ``last_drain`` is (when, events, seconds). ``rejected`` counts events refused so far, all time.
    """

    waiting: int
    lag: timedelta
    rate_per_minute: float
    last_event_at: datetime | None
    last_drain: tuple[datetime, int, float] | None
    rejected: int
    journal_bytes: int


def drain_journal(shop: OpenShop, progress: Progress = silent) -> DrainReport:
    """Bring everything that was acknowledged before this call from the journal into the warehouse.

    Raises:
        DataError: a segment is damaged; what stands before the damage is in the warehouse.
        OutsideError: disk or memory. ActionRefused: opened read-only.
    """
    begun = time.monotonic()
    journal = journal_of(shop.folder)
    known = drain_state(shop).position
    position = _resumed(journal, _read_position(known))
    done: list[Drained] = []
    for portion in portions(journal, position, known):
        progress("draining", sum(one.count.read for one in done))
        one = drain(shop, portion, progress)
        if one is None:
            break  # another drain is at work and has been faster
        done.append(one)
        position = _read_position(portion.position)
    _delete(shop, journal, position)
    counts = [one.count for one in done]
    return DrainReport(
        new=sum(count.accepted for count in counts),
        repeated=sum(count.unchanged for count in counts),
        rejected=sum(count.rejected for count in counts),
        waiting=journal.waiting(position).events,
        seconds=round(time.monotonic() - begun, 3),
        batch=done[-1].batch if done else None,
    )


def journal_end(folder: Path) -> Position:
    """Where the journal of the shop in ``folder`` ends now; it moves with everything that is collected."""
    return _end(journal_of(folder))


def collector_status(shop: OpenShop, now: datetime | None = None) -> CollectorStatus:
    """How the collector of ``shop`` is doing at ``now``."""
    now = now or datetime.now(UTC)
    state = drain_state(shop)
    journal = journal_of(shop.folder)
    waiting = journal.waiting(_resumed(journal, _read_position(state.position)))
    fresh = sum(events for received, events in state.recent if received > now - RATE_OVER)
    last = max((received for received, _ in state.recent), default=None)
    return CollectorStatus(
        waiting=waiting.events,
        lag=max(now - waiting.oldest_at, timedelta(0)) if waiting.oldest_at else timedelta(0),
        rate_per_minute=round((fresh + waiting.events) / (RATE_OVER / timedelta(minutes=1)), 1),
        last_event_at=waiting.newest_at or last,
        last_drain=state.last,
        rejected=state.rejected + waiting.rejects,
        journal_bytes=journal.bytes_held(),
    )


def portions(journal: Journal, start: Position = START, known: str | None = None) -> Iterator[Portion]:
    """What lies behind ``start`` on disk now, as portions for the warehouse, which ``known`` is the position of.

    Raises:
        DataError: a segment is damaged; what stands before the damage came as portions.
    """
    end = _end(journal)
    gathered = _Gathered(known)
    try:
        for record in journal.read(start):
            gathered.add(record.entry, record.position)
            if gathered.count >= MOST:
                yield gathered.portion()
                gathered = _Gathered(_written(record.position))
            if record.position >= end:
                break  # what came since then is for the next drain, which else would never end
    except DataError:
        if gathered.anything:
            yield gathered.portion()
        raise
    if gathered.anything:
        yield gathered.portion()


def table_of(events: list[Event]) -> pa.Table:
    """Events as an Arrow table with all columns of the table ``events``."""
    # Column by column: a tuple per event would cost half as much again, most of it for the collection of garbage.
    cells = {name: list(map(attrgetter(name), events)) for name in _TYPE_OF}
    return pa.table({name: pa.array(cells[name], kind) for name, kind in _TYPE_OF.items()})


@dataclass
class _Gathered:
    """Entries on their way into one portion."""

    after: str | None
    count: int = 0
    anything: bool = False
    position: Position = START
    received_at: datetime = LONG_AGO
    _events: list[Event] = field(default_factory=list)
    _tables: list[pa.Table] = field(default_factory=list)
    _rejects: list[RefusedRow] = field(default_factory=list)

    def add(self, entry: Entry, position: Position) -> None:
        """Take ``entry``, which ends at ``position``."""
        events = events_of(entry)
        enrich(entry, events)
        self._events += events
        self._rejects += (
            RefusedRow(TABLE, SOURCE, None, r.column, r.value, r.reason.en, r.reason.zh) for r in entry.rejects
        )
        self.count += len(events) + len(entry.rejects)
        self.anything, self.position = True, position
        self.received_at = max(self.received_at, entry.received_at)
        if len(self._events) >= CHUNK:
            self._flush()

    def portion(self) -> Portion:
        """Everything that was taken. Columns without any value are left out: every column costs time."""
        self._flush()
        data = pa.concat_tables(self._tables)
        known = [name for name in data.column_names if data[name].null_count < data.num_rows]
        return Portion(
            table=TABLE,
            rows=data.select(known),
            rejects=tuple(self._rejects),
            after=self.after,
            position=_written(self.position),
            received_at=self.received_at,
        )

    def _flush(self) -> None:
        if self._events or not self._tables:
            self._tables.append(table_of(self._events))
            self._events = []


def _end(journal: Journal) -> Position:
    last = journal.segments()[-1:]
    if not last:
        return START
    try:
        return Position(last[0], (journal.folder / segment_name(last[0])).stat().st_size)
    except FileNotFoundError:
        return Position(last[0], 0)


def _delete(shop: OpenShop, journal: Journal, position: Position) -> None:
    """Delete segments that are drained to their end, as soon as nothing is in the write-ahead log only."""
    first = journal.segments()[:1]
    if first and first[0] < position.segment and make_lasting(shop):
        journal.delete_before(position)


def _resumed(journal: Journal, position: Position) -> Position:
    """``position``, or an earlier one when the journal is not the one that it is of any more.

    Somebody emptied or replaced the folder, or a power cut took the end of a segment that was drained already. What is
    read once more has ids that the warehouse knows.
    """
    end = _end(journal)
    if end.segment and end.segment < position.segment:
        return START
    shorter = end.segment == position.segment and end.offset < position.offset
    return Position(position.segment, 0) if shorter else position


def _written(position: Position) -> str:
    return f"{position.segment}:{position.offset}"


def _read_position(text: str | None) -> Position:
    if text is None:
        return START
    segment, _, offset = text.partition(":")
    return Position(int(segment), int(offset))
