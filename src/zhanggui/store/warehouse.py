"""The warehouse: one DuckDB file per shop, one owning process, any number of threads."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from zhanggui.basics.words import Words
from zhanggui.shop import TABLES
from zhanggui.store.failures import CURABLE, said

WAREHOUSE_FILE = "warehouse.duckdb"
TEMP_FOLDER = ".tmp"


@dataclass(frozen=True)
class TableFacts:
    """What is known about one table of the shop without reading it.

    ``known`` are the columns with any value; ``first`` and ``last`` are of the table's time column;
    ``delivered`` is true when some batch delivered the table, even without rows.
    """

    table: str
    rows: int
    known: frozenset[str]
    first: datetime | date | None
    last: datetime | date | None
    delivered: bool


class Warehouse:
    """The DuckDB file of a shop. Every query runs on a cursor of its own, so threads may share one warehouse."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, *, read_only: bool = False) -> None:
        self._con = con
        self._folder = folder
        self.read_only = read_only
        self.writing = threading.Lock()
        self._facts: dict[str, TableFacts] | None = None
        self._newest: tuple[str | None, datetime | None] | None = None

    @classmethod
    def connect(cls, folder: Path, *, read_only: bool = False) -> Warehouse:
        """Open the warehouse file of the shop in ``folder``.

        Raises:
            duckdb.Error: the file cannot be opened; :mod:`zhanggui.store.opened` says why in words.
        """
        spill = Path(tempfile.gettempdir()) / f"zhanggui-spill-{os.getpid()}" if read_only else folder / TEMP_FOLDER
        con = duckdb.connect(
            str(folder / WAREHOUSE_FILE),
            read_only=read_only,
            config={
                "temp_directory": str(spill),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "preserve_insertion_order": "true",
            },
        )
        # Instants come and go in UTC, whatever the zone of the machine; days of the shop are computed, never implied.
        con.execute("SET GLOBAL TimeZone = 'UTC'")
        return cls(con, folder, read_only=read_only)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the same file; close it after use."""
        return self._con.cursor()

    def query(self, sql: str, params: Sequence[Any] = ()) -> pa.Table:
        """The answer to ``sql`` as an Arrow table.

        Raises:
            OutsideError: the disk or the memory failed.
        """
        con = self.cursor()
        try:
            relation = con.sql(sql, params=list(params)) if params else con.sql(sql)
            return relation.to_arrow_table() if relation is not None else pa.table({})
        except CURABLE as error:
            raise said(error, self._folder, Words("the query", "查询")) from error
        finally:
            con.close()

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run one statement in a transaction of its own.

        Raises:
            OutsideError: the disk or the memory failed.
        """
        with self.transaction() as con:
            con.execute(sql, list(params))

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor inside a transaction: committed at the end, rolled back on any error. One writer at a time."""
        with self.writing:
            con = self.cursor()
            try:
                con.execute("BEGIN TRANSACTION")
                yield con
                con.execute("COMMIT")
            except BaseException as error:
                roll_back(con)
                if isinstance(error, CURABLE):
                    raise said(error, self._folder, Words("the change", "更改")) from error
                raise
            finally:
                self.forget()
                con.close()

    def newest_batch(self) -> str | None:
        """The id of the newest batch; None before the first import."""
        return self._newest_known()[0]

    def newest_received_at(self) -> datetime | None:
        """When the newest batch arrived; None before the first import."""
        return self._newest_known()[1]

    def facts(self) -> dict[str, TableFacts]:
        """What every table of the shop model holds, by table name; kept until something is written."""
        if self._facts is None:
            self._facts = self._read_facts()
        return self._facts

    def forget(self) -> None:
        """Something was written: what is kept in memory about the file is read anew when it is asked for."""
        self._facts = self._newest = None

    def _newest_known(self) -> tuple[str | None, datetime | None]:
        if self._newest is None:
            con = self.cursor()
            try:
                newest = con.execute("SELECT batch FROM zg.batches ORDER BY seq DESC LIMIT 1").fetchone()
                received = con.execute("SELECT epoch_us(max(received_at)) FROM zg.batches").fetchone()
            finally:
                con.close()
            moment = received[0] if received else None
            self._newest = (
                str(newest[0]) if newest else None,
                None if moment is None else datetime.fromtimestamp(moment / 1_000_000, UTC),
            )
        return self._newest

    def close(self) -> None:
        """Close the file; other processes may open it then."""
        self._con.close()

    def _read_facts(self) -> dict[str, TableFacts]:
        con = self.cursor()
        try:
            rows = con.execute("SELECT table_name, rows, known, first, last, delivered FROM zg.facts").fetchall()
        finally:
            con.close()
        found = {name: TableFacts(name, 0, frozenset(), None, None, False) for name in TABLES}
        for name, count, known, first, last, delivered in rows:
            if name in found:
                found[name] = TableFacts(
                    name, count, frozenset(known), _moment(name, first), _moment(name, last), delivered
                )
        return found


def roll_back(con: duckdb.DuckDBPyConnection) -> None:
    """End the transaction of ``con`` without a trace; one that an error has ended already is no error."""
    try:
        con.execute("ROLLBACK")
    except duckdb.Error:
        return


def _moment(table: str, text: str | None) -> datetime | date | None:
    time = TABLES[table].time
    if text is None or time is None:
        return None
    if TABLES[table].column(time).kind == "day":
        return date.fromisoformat(text)
    return datetime.fromisoformat(text)
