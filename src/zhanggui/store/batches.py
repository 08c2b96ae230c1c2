"""Import a batch: read, check, compare, merge, report, in one transaction; and what earlier batches did."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb

from zhanggui.basics.errors import ActionRefused, UnknownNameError
from zhanggui.basics.progress import Progress, silent
from zhanggui.basics.words import Words
from zhanggui.shop import Piece
from zhanggui.store import derived
from zhanggui.store.failures import CURABLE, said
from zhanggui.store.importing.bridging import OURS, TOTAL, keep_bridge
from zhanggui.store.importing.comparing import Names
from zhanggui.store.importing.intake import Intake
from zhanggui.store.importing.merging import TableCount, merge
from zhanggui.store.importing.noting import note_facts
from zhanggui.store.importing.references import report_backwards, report_references
from zhanggui.store.importing.rejecting import keep_rejects, keep_source_rejects
from zhanggui.store.importing.running import Runner
from zhanggui.store.opened import OpenShop
from zhanggui.store.warehouse import roll_back

_NEW_BATCH = "INSERT INTO zg.batches VALUES (?, ?, ?, ?, CAST(? AS TIMESTAMPTZ), CAST(? AS TIMESTAMPTZ), ?, ?)"
MEMORY = "1500MB"  # what an import may use; more is spilled to the shop folder


@dataclass(frozen=True)
class BridgeStep:
    """One step of the bridge: a signed amount in the shop's currency."""

    kind: str
    amount: Decimal
    note: Words | None = None


@dataclass(frozen=True)
class Bridge:
    """From the platform's total to our sales: ``platform_total`` + ``steps`` + ``residual`` = ``ours``.

    ``residual`` is what nobody can explain; zero when all is right. ``notes`` tell of rows left out.
    """

    platform_total: Decimal | None
    steps: tuple[BridgeStep, ...]
    ours: Decimal | None
    residual: Decimal | None
    notes: tuple[tuple[Words, Decimal | None, int | None], ...] = ()


@dataclass(frozen=True)
class Batch:
    """One import that was done: when, what from, and what became of the rows."""

    batch: str
    source: str
    files: tuple[str, ...]
    received_at: datetime
    seconds: float
    content_hash: str
    tables: dict[str, TableCount] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchReport:
    """What an import did, table by table."""

    batch: str
    source: str
    tables: dict[str, TableCount]
    seconds: float
    bridge: Bridge | None = None

    @property
    def good(self) -> int:
        """Rows that are in the shop now: accepted, updated or unchanged."""
        return sum(count.accepted + count.updated + count.unchanged for count in self.tables.values())

    @property
    def rejected(self) -> int:
        """Rows kept aside."""
        return sum(count.rejected for count in self.tables.values())

    def to_json(self) -> dict[str, Any]:
        """``{"batch", "tables": {table: {"read", "accepted", "updated", "unchanged", "rejected"}}, "seconds"}``."""
        tables = {name: count.to_json() for name, count in self.tables.items()}
        return {"batch": self.batch, "source": self.source, "tables": tables, "seconds": self.seconds}


@dataclass(frozen=True)
class RejectRow:
    """A row kept aside, or (``rejected`` false) one that went in but points nowhere or runs backwards."""

    batch: str
    table: str
    file: str | None
    line: int | None
    column: str | None
    value: str | None
    reason: str
    reason_zh: str | None
    rejected: bool

    def to_json(self) -> dict[str, Any]:
        """The fields of ``zhanggui rejects``."""
        names = ("batch", "table", "file", "line", "column", "value", "reason", "rejected")
        return {name: getattr(self, name) for name in names}


def import_pieces(
    shop: OpenShop,
    pieces: Iterable[Piece],
    *,
    source: str,
    files: Sequence[str],
    received_at: datetime | None = None,
    progress: Progress = silent,
) -> BatchReport:
    """Import everything that ``pieces`` brings, in one transaction; the shop is as before when anything fails.

    Args:
        source: name of the source, for people.
        files: paths that were read, for people and for the content hash.
        received_at: when the data arrived; now, when not given.
        progress: told what is done; may raise ``Stopped`` to end the import without harm.

    Raises:
        DataError: a file is not what it should be. OutsideError: disk or memory. ActionRefused: opened read-only.
    """
    if shop.warehouse.read_only:
        raise ActionRefused(
            f"The shop {shop.folder} is open for reading only. Get the right to write to its folder.",
            zh=f"店铺 {shop.folder} 以只读方式打开。请取得其文件夹的写权限。",
        )
    begun = time.monotonic()
    started = datetime.now(UTC)
    with shop.warehouse.writing, _import_connection(shop) as con:
        runner = Runner(con, progress)
        intake = Intake(runner, shop.settings.timezone)
        intake.take(pieces)
        content = intake.content_hash(files)
        con.execute("BEGIN TRANSACTION")
        seq = int(runner.one("SELECT coalesce(max(seq), 0) + 1 FROM zg.batches")[0])
        batch = f"{seq:06d}-{content[:8]}"
        tables = _merge_all(shop, intake, runner, batch)
        bridge = _bridge(con, batch)
        progress("saving", 0)
        seconds = round(time.monotonic() - begun, 3)
        about = [seq, batch, source, list(files), (received_at or started).isoformat(), started.isoformat()]
        con.execute(_NEW_BATCH, [*about, seconds, content])
        con.execute("COMMIT")
    shop.warehouse.forget()
    return BatchReport(batch, source, tables, round(time.monotonic() - begun, 3), bridge)


def list_batches(shop: OpenShop) -> tuple[Batch, ...]:
    """All batches of the shop, the newest first."""
    con = shop.warehouse.cursor()
    try:
        counts: dict[str, dict[str, TableCount]] = {}
        for batch, table, *numbers in con.execute("SELECT * FROM zg.batch_tables ORDER BY ALL").fetchall():
            counts.setdefault(batch, {})[table] = TableCount(*numbers)
        rows = con.execute(
            "SELECT batch, source, files, CAST(received_at AS VARCHAR), seconds, content_hash "
            "FROM zg.batches ORDER BY seq DESC"
        ).fetchall()
    finally:
        con.close()
    return tuple(
        Batch(batch, source, tuple(files), datetime.fromisoformat(at), seconds, content, counts.get(batch, {}))
        for batch, source, files, at, seconds, content in rows
    )


def rejects(shop: OpenShop, batch: str | None = None, *, limit: int | None = None) -> tuple[RejectRow, ...]:
    """Rows kept aside by ``batch``, or by all batches; at most ``limit``.

    Raises:
        UnknownNameError: no such batch.
    """
    con = shop.warehouse.cursor()
    try:
        where, params = "", []
        if batch is not None:
            _check_batch(con, batch)
            where, params = "WHERE batch = ?", [batch]
        most = "" if limit is None else f"LIMIT {int(limit)}"
        rows = con.execute(f"SELECT * FROM zg.rejects {where} {most}", params).fetchall()
    finally:
        con.close()
    return tuple(RejectRow(*row) for row in rows)


def bridge_of(shop: OpenShop, batch: str) -> Bridge | None:
    """The reconciliation of ``batch``; None when its source has no total of its own and left nothing out.

    Raises:
        UnknownNameError: no such batch.
    """
    con = shop.warehouse.cursor()
    try:
        _check_batch(con, batch)
        return _bridge(con, batch)
    finally:
        con.close()


@contextmanager
def _import_connection(shop: OpenShop) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with bounded memory; whatever is not committed at the end never happened."""
    con = shop.warehouse.cursor()
    try:
        _limit(con)
        yield con
    except BaseException as error:
        if isinstance(error, CURABLE):
            raise said(error, shop.folder, Words("the import", "导入")) from error
        raise
    finally:
        roll_back(con)
        con.close()
        _unlimit(shop)


def _limit(con: duckdb.DuckDBPyConnection) -> None:
    try:
        con.execute(f"SET memory_limit = '{MEMORY}'")
    except duckdb.OutOfMemoryException:
        return  # queries of a running server hold more right now; the import goes on with what is allowed to all


def _unlimit(shop: OpenShop) -> None:
    con = shop.warehouse.cursor()
    try:
        con.execute("RESET memory_limit")
        con.execute("SET preserve_insertion_order = true")  # an import that failed may have left it off
    except duckdb.Error:
        return  # the file failed; whoever uses it next is told so
    finally:
        con.close()


def _merge_all(shop: OpenShop, intake: Intake, runner: Runner, batch: str) -> dict[str, TableCount]:
    counts = {name: merge(staging, runner) for name, staging in intake.staged.items()}
    for name, staging in intake.staged.items():
        no_rows = keep_rejects(staging, runner, batch, counts[name].rejected)
        more = no_rows + sum(reject.table == name for reject in intake.rejects)
        counts[name] = _with_rejected(counts[name], more)
    changed = {name: Names.of(name).changed for name, count in counts.items() if count.accepted or count.updated}
    moved = {name: intake.staged[name] for name in changed}
    for staging in moved.values():
        report_references(staging, runner, batch)
    report_backwards(moved, runner, batch)
    keep_source_rejects(intake.rejects, runner, batch)
    runner.progress("deriving", 0)
    derived.refresh(runner.con, shop.settings.timezone, changed, shop.settings.session_minutes)
    for name, staging in intake.staged.items():
        note_facts(staging.table, counts[name], runner)
        numbers = list(counts[name].to_json().values())
        runner.con.execute("INSERT INTO zg.batch_tables VALUES (?, ?, ?, ?, ?, ?, ?)", [batch, name, *numbers])
    keep_bridge(intake.items, intake.notes, intake.staged.get("order_lines"), runner, batch)
    return counts


def _with_rejected(count: TableCount, more: int) -> TableCount:
    return TableCount(count.read + more, count.accepted, count.updated, count.unchanged, count.rejected + more)


def _bridge(con: duckdb.DuckDBPyConnection, batch: str) -> Bridge | None:
    rows = con.execute(
        "SELECT kind, amount, note_en, note_zh FROM zg.bridges WHERE batch = ? ORDER BY position", [batch]
    ).fetchall()
    told = con.execute(
        "SELECT en, zh, amount, rows FROM zg.notes WHERE batch = ? ORDER BY position", [batch]
    ).fetchall()
    notes = tuple((Words(en, zh), amount, count) for en, zh, amount, count in told)
    if not rows:
        return Bridge(None, (), None, None, notes) if notes else None
    amounts = {kind: amount for kind, amount, _, _ in rows}
    steps = tuple(
        BridgeStep(kind, amount, Words(en, zh) if en and zh else None)
        for kind, amount, en, zh in rows
        if kind not in (TOTAL, OURS)
    )
    total, ours = amounts[TOTAL], amounts[OURS]
    residual = ours - total - sum((step.amount for step in steps), Decimal(0))
    return Bridge(total, steps, ours, residual, notes)


def _check_batch(con: duckdb.DuckDBPyConnection, batch: str) -> None:
    known = [row[0] for row in con.execute("SELECT batch FROM zg.batches ORDER BY seq DESC").fetchall()]
    if batch not in known:
        raise UnknownNameError.of(Words("batch", "批次"), batch, known)
