"""Long statements: progress is told while they run, and they can be stopped without harm."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from zhanggui.basics.progress import Progress

POLL = 0.1  # seconds between two looks at a running statement


@dataclass(frozen=True)
class Runner:
    """Runs statements of one import on ``con`` and tells ``progress`` about them."""

    con: duckdb.DuckDBPyConnection
    progress: Progress

    def run(self, stage: str, sql: str) -> None:
        """Run ``sql``; when ``progress`` raises (``Stopped``), the statement is interrupted and the error goes on."""
        failed: list[BaseException] = []
        worker = threading.Thread(target=self._execute, args=(sql, failed), name="zhanggui-import", daemon=True)
        worker.start()
        try:
            worker.join(POLL)
            while worker.is_alive():
                self._tell(stage)
                worker.join(POLL)
        except BaseException:
            self._interrupt(worker)
            raise
        if failed:
            raise failed[0]

    def one(self, sql: str) -> tuple[Any, ...]:
        """The only row of a quick question."""
        (row,) = self.con.execute(sql).fetchall()
        return tuple(row)

    def all(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a quick question."""
        return [tuple(row) for row in self.con.execute(sql).fetchall()]

    def put(self, data: pa.Table, sql: str) -> None:
        """Run ``sql``, which may read ``data`` under the name ``zg_piece``."""
        # A result that somebody did not read to its end would forbid to register the data.
        self.con.execute("SELECT 1").fetchall()
        self.con.register("zg_piece", data)
        try:
            self.run("reading", sql)
        finally:
            self.con.unregister("zg_piece")

    def _execute(self, sql: str, failed: list[BaseException]) -> None:
        try:
            self.con.execute(sql)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits, which raises it
            failed.append(error)

    def _tell(self, stage: str) -> None:
        percent = self.con.query_progress()
        self.progress(stage, max(0, min(100, int(percent))), 100)

    def _interrupt(self, worker: threading.Thread) -> None:
        while worker.is_alive():
            self.con.interrupt()
            worker.join(POLL)
