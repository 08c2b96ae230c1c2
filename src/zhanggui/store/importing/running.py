"""Long statements: progress is told while they run, and they can be stopped without harm."""

from __future__ import annotations

import threading
from typing import Any

import duckdb
import pyarrow as pa

from zhanggui.basics.progress import Progress

POLL = 0.1  # seconds between two looks at a running statement


class Runner:
    """Runs statements of one import on ``con`` and tells ``progress`` about them, one statement at a time."""

    def __init__(self, con: duckdb.DuckDBPyConnection, progress: Progress) -> None:
        self.progress = progress
        self._con = con
        self._worker: threading.Thread | None = None
        self._failed: list[BaseException] = []
        self._lent = False

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection, once the statement that runs is done."""
        self.settle("reading")
        return self._con

    def run(self, stage: str, sql: str) -> None:
        """Run ``sql``; when ``progress`` raises (``Stopped``), the statement is interrupted and the error goes on."""
        self.settle(stage)
        self._start(sql)
        self.settle(stage)

    def one(self, sql: str) -> tuple[Any, ...]:
        """The only row of a quick question."""
        (row,) = self.con.execute(sql).fetchall()
        return tuple(row)

    def all(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a quick question."""
        return [tuple(row) for row in self.con.execute(sql).fetchall()]

    def put(self, data: pa.Table, sql: str) -> None:
        """Run ``sql``, which may read ``data`` under the name ``zg_piece``."""
        self.begin(data, sql)
        self.settle("reading")

    def begin(self, data: pa.Table, sql: str) -> None:
        """Begin to run ``sql``, which may read ``data`` under the name ``zg_piece``.

        The source goes on reading meanwhile; what comes next on this runner waits for the end, and meets its error.
        """
        # A result that somebody did not read to its end would forbid to register the data.
        self.con.execute("SELECT 1").fetchall()
        self._con.register("zg_piece", data)
        self._lent = True
        self._start(sql)

    def settle(self, stage: str) -> None:
        """Wait for the statement that runs; raises its error."""
        if self._worker is None:
            return
        try:
            self._worker.join(POLL)
            while self._worker.is_alive():
                self._tell(stage)
                self._worker.join(POLL)
        except BaseException:
            self.abandon()
            raise
        self._end()
        if self._failed:
            raise self._failed.pop()

    def abandon(self) -> None:
        """Interrupt the statement that runs, if any; its outcome does not matter any more."""
        while self._worker is not None and self._worker.is_alive():
            self._con.interrupt()
            self._worker.join(POLL)
        self._end()
        self._failed.clear()

    def _start(self, sql: str) -> None:
        self._worker = threading.Thread(target=self._execute, args=(sql,), name="zhanggui-import", daemon=True)
        self._worker.start()

    def _end(self) -> None:
        self._worker = None
        if self._lent:
            self._lent = False
            self._con.unregister("zg_piece")

    def _execute(self, sql: str) -> None:
        try:
            self._con.execute(sql)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits, which raises it
            self._failed.append(error)

    def _tell(self, stage: str) -> None:
        percent = self._con.query_progress()
        self.progress(stage, max(0, min(100, int(percent))), 100)
