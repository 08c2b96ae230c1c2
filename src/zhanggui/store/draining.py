"""Rows of a journal go into the warehouse exactly once: with the position behind them, in one transaction.

The store does not know the journal: it gets Arrow tables in portions, each with two opaque texts, the position
``after`` which it begins and the ``position`` where it ends. A process that is killed before the commit finds the old
position and the same portion again; after the commit it finds the new one. A row whose key is there already, because
its sender repeated it, is unchanged for ever: the first delivery counts.

All drains of one day of the shop make one batch, whose counts grow.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa

from zhanggui.basics.errors import ActionRefused
from zhanggui.basics.progress import Progress, silent
from zhanggui.shop import Reject, Rows, table_named
from zhanggui.store import derived
from zhanggui.store.importing.comparing import Names
from zhanggui.store.importing.merging import TableCount, add_new
from zhanggui.store.importing.noting import note_facts
from zhanggui.store.importing.rejecting import keep_rejects, keep_source_rejects
from zhanggui.store.importing.running import Runner
from zhanggui.store.importing.staging import Staging
from zhanggui.store.opened import OpenShop

SOURCE = "collector"  # the source of its batches, and the "file" of rows kept aside
KEPT = 10_000  # refused rows that a batch keeps with their reason; the others are only counted
REMEMBERED = timedelta(days=1)  # how long single drains are remembered

_NOTHING = TableCount(0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Portion:
    """What one transaction takes: ``rows`` of the shop table ``table``, and what was refused at the door.

    ``after`` is the position that the portion begins at (None = the very beginning), ``position`` the one behind it.
    ``received_at`` is when its last row arrived.
    """

    table: str
    rows: pa.Table
    rejects: Sequence[Reject]
    after: str | None
    position: str
    received_at: datetime


@dataclass(frozen=True)
class Drained:
    """What became of one portion: its batch, the counts of its table, and how long it took."""

    batch: str
    count: TableCount
    seconds: float


@dataclass(frozen=True)
class DrainState:
    """What the warehouse knows of the journal.

    ``last`` is the last drain: (when, rows read, seconds). ``recent`` are drains of the last day, oldest first:
    (when its last row arrived, rows read). ``rejected`` counts refused rows of all time.
    """

    position: str | None
    last: tuple[datetime, int, float] | None
    recent: tuple[tuple[datetime, int], ...]
    rejected: int


def drain_state(shop: OpenShop) -> DrainState:
    """How far the journal of ``shop`` is drained, and the drains of the last day."""
    con = shop.warehouse.cursor()
    try:
        position = _position(con)
        drains = con.execute(
            "SELECT CAST(drained_at AS VARCHAR), events, seconds, CAST(received_at AS VARCHAR) FROM zg.drains "
            "ORDER BY drained_at"
        ).fetchall()
        (rejected,) = con.execute(
            "SELECT coalesce(sum(t.rejected), 0) FROM zg.batch_tables t JOIN zg.batches b USING (batch) "
            "WHERE b.source = ?",
            [SOURCE],
        ).fetchall()[0]
    finally:
        con.close()
    recent = tuple((datetime.fromisoformat(received), events) for _, events, _, received in drains)
    last = (datetime.fromisoformat(drains[-1][0]), *drains[-1][1:3]) if drains else None
    return DrainState(position, last, recent, int(rejected))


def drain(shop: OpenShop, portion: Portion, progress: Progress = silent) -> Drained | None:
    """Put ``portion`` into the warehouse, all of it or nothing; None when another drain was faster.

    Raises:
        OutsideError: disk or memory. ActionRefused: opened read-only.
    """
    if shop.warehouse.read_only:
        raise ActionRefused(
            f"The shop {shop.folder} is open for reading only. Get the right to write to its folder.",
            zh=f"店铺 {shop.folder} 以只读方式打开。请取得其文件夹的写权限。",
        )
    begun, now = time.monotonic(), datetime.now(UTC)
    with _in_order(shop), shop.warehouse.transaction() as con:
        if _position(con) != portion.after:
            return None
        runner = Runner(con, progress)
        batch = _batch(con, shop.settings.timezone, portion, now)
        count = _take(shop, portion, runner, batch)
        progress("saving", 0)
        con.execute("DELETE FROM zg.journal")
        con.execute("INSERT INTO zg.journal VALUES (?)", [portion.position])
        seconds = round(time.monotonic() - begun, 3)
        _note(con, batch, count, portion, seconds, now)
    return Drained(batch, count, round(time.monotonic() - begun, 3))


def make_lasting(shop: OpenShop) -> bool:
    """Write everything committed into the warehouse file itself; False when readers are in the way just now."""
    con = shop.warehouse.cursor()
    try:
        con.execute("CHECKPOINT")
    except duckdb.TransactionException:
        return False
    finally:
        con.close()
    return True


@contextmanager
def _in_order(shop: OpenShop) -> Iterator[None]:
    """A drain that failed while rows were derived in any order must not leave that order to the next one."""
    try:
        yield
    except BaseException:
        con = shop.warehouse.cursor()
        try:
            con.execute("SET preserve_insertion_order = true")
        except duckdb.Error:
            pass  # the file failed; whoever uses it next is told so
        finally:
            con.close()
        raise


def _position(con: duckdb.DuckDBPyConnection) -> str | None:
    row = con.execute("SELECT position FROM zg.journal").fetchone()
    return str(row[0]) if row else None


def _batch(con: duckdb.DuckDBPyConnection, timezone: str, portion: Portion, now: datetime) -> str:
    """The batch of today's drains, made when it is the first one of the shop's day."""
    row = con.execute(
        "SELECT batch FROM zg.batches WHERE source = $source AND CAST(timezone($zone, started_at) AS DATE) "
        "= CAST(timezone($zone, CAST($now AS TIMESTAMPTZ)) AS DATE) ORDER BY seq DESC LIMIT 1",
        {"source": SOURCE, "zone": timezone, "now": now.isoformat()},
    ).fetchone()
    if row:
        return str(row[0])
    (seq,) = con.execute("SELECT coalesce(max(seq), 0) + 1 FROM zg.batches").fetchall()[0]
    content = hashlib.blake2b(f"{seq} {portion.position}".encode(), digest_size=16).hexdigest()
    batch = f"{seq:06d}-{content[:8]}"
    con.execute(
        "INSERT INTO zg.batches VALUES (?, ?, ?, [], CAST(? AS TIMESTAMPTZ), CAST(? AS TIMESTAMPTZ), 0, ?)",
        [seq, batch, SOURCE, now.isoformat(), now.isoformat(), content],
    )
    return batch


def _take(shop: OpenShop, portion: Portion, runner: Runner, batch: str) -> TableCount:
    refused = len(portion.rejects)
    count = TableCount(refused, 0, 0, 0, refused)
    room = KEPT - int(runner.one(f"SELECT count(*) FROM zg.rejects WHERE batch = '{batch}' AND rejected")[0])
    keep_source_rejects(portion.rejects[: max(room, 0)], runner, batch)
    table = table_named(portion.table)
    if portion.rows.num_rows == 0:
        note_facts(table, _NOTHING, runner)
        return count
    staging = Staging(table, shop.settings.timezone, runner)
    staging.add([Rows(portion.table, portion.rows, SOURCE)])
    runner.settle("reading")
    mine = add_new(staging, runner)
    keep_rejects(staging, runner, batch, mine.rejected)
    if mine.accepted:
        runner.progress("deriving", 0)
        derived.refresh(
            runner.con,
            shop.settings.timezone,
            {portion.table: Names.of(portion.table).changed},
            shop.settings.session_minutes,
        )
    note_facts(table, mine, runner)
    return _sum(count, mine)


def _sum(one: TableCount, other: TableCount) -> TableCount:
    return TableCount(
        one.read + other.read,
        one.accepted + other.accepted,
        one.updated + other.updated,
        one.unchanged + other.unchanged,
        one.rejected + other.rejected,
    )


def _note(
    con: duckdb.DuckDBPyConnection, batch: str, count: TableCount, portion: Portion, seconds: float, now: datetime
) -> None:
    """Let the batch of the day grow, and remember the drain."""
    con.execute(
        "UPDATE zg.batches SET received_at = CAST(? AS TIMESTAMPTZ), seconds = seconds + ? WHERE batch = ?",
        [portion.received_at.isoformat(), seconds, batch],
    )
    table = portion.table
    row = con.execute(
        "DELETE FROM zg.batch_tables WHERE batch = ? AND table_name = ? "
        "RETURNING read, accepted, updated, unchanged, rejected",
        [batch, table],
    ).fetchone()
    total = _sum(TableCount(*row), count) if row else count
    con.execute("INSERT INTO zg.batch_tables VALUES (?, ?, ?, ?, ?, ?, ?)", [batch, table, *total.to_json().values()])
    con.execute("DELETE FROM zg.drains WHERE drained_at < CAST(? AS TIMESTAMPTZ)", [(now - REMEMBERED).isoformat()])
    con.execute(
        "INSERT INTO zg.drains VALUES (CAST(? AS TIMESTAMPTZ), ?, ?, CAST(? AS TIMESTAMPTZ))",
        [now.isoformat(), count.read, seconds, portion.received_at.isoformat()],
    )
