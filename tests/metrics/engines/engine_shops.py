"""The shop on another engine: tables made and filled there, derived tables made by the product's own SQL."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from fixture.filling import DERIVED_FROM, Rows, arrow

from zhanggui.metrics.dialects import dialect_named
from zhanggui.metrics.portable import DERIVED, channel_queries, channel_rows, derived_query
from zhanggui.metrics.reading import Engine
from zhanggui.shop import TABLES

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
CHANNEL = ("source", "medium", "campaign_id", "channel_group")


class EngineShop(Protocol):
    """An engine that holds one shop."""

    dialect: str
    types: Mapping[str, str]
    filled: set[str]

    def run(self, sql: str) -> list[dict[str, Any]]: ...
    def execute(self, sql: str) -> None: ...
    def insert(self, table: str, data: pa.Table) -> None: ...
    def create(self, table: str, columns: str) -> None: ...


def open_empty(shop: EngineShop) -> None:
    """Create the tables of the shop model."""
    for table in TABLES.values():
        columns = ", ".join(f"{each.name} {shop.types[each.kind]}" for each in table.columns)
        shop.create(table.name, columns)
    shop.filled = set(TABLES)


def fill(shop: EngineShop, tables: Mapping[str, Rows], zone: str) -> Engine:
    """Put rows into the empty shop, derive what is derived; the engine to ask."""
    for name in shop.filled:
        shop.execute(f"TRUNCATE TABLE {name}")
    for name, rows in tables.items():
        if rows:
            shop.insert(name, arrow(name, rows))
    changed = {*shop.filled, *tables}
    _fill_channels(shop)
    for name in DERIVED:
        if DERIVED_FROM.get(name, DERIVED_FROM["visits"]) & changed:
            shop.execute(f"DROP TABLE IF EXISTS {name}")
            made = "CREATE TABLE {} ENGINE = Memory AS {}" if shop.dialect == "clickhouse" else "CREATE TABLE {} AS {}"
            shop.execute(made.format(name, derived_query(name, shop.dialect, zone)))
    shop.filled = set(tables)
    return Engine(dialect_named(shop.dialect), zone, shop.run)


def _fill_channels(shop: EngineShop) -> None:
    found = [tuple(row[name] for name in CHANNEL[:3]) for query in channel_queries() for row in shop.run(query)]
    shop.execute("DROP TABLE IF EXISTS channels")
    shop.create("channels", ", ".join(f"{name} {shop.types['id']}" for name in CHANNEL))
    rows = channel_rows(found)
    if rows:
        shop.insert(
            "channels",
            pa.table({name: list(column) for name, column in zip(CHANNEL, zip(*rows, strict=True), strict=True)}),
        )


class ClickHouse:
    """ClickHouse embedded in this process (chDB)."""

    dialect = "clickhouse"
    filled: set[str]
    types: Mapping[str, str] = {
        "id": "Nullable(String)", "text": "Nullable(String)", "json": "Nullable(String)",
        "moment": "Nullable(DateTime64(6, 'UTC'))", "day": "Nullable(Date32)", "amount": "Nullable(Decimal(18, 4))",
        "quantity": "Nullable(Decimal(18, 4))", "count": "Nullable(Int64)", "number": "Nullable(Float64)",
        "rate": "Nullable(Float64)", "flag": "Nullable(Bool)",
    }  # fmt: skip

    def __init__(self) -> None:
        from chdb import session

        self._folder = tempfile.TemporaryDirectory()
        self._session = session.Session()
        self.execute("CREATE DATABASE shop ENGINE = Atomic")
        self.execute("USE shop")
        self.execute("SET join_use_nulls = 1")

    def execute(self, sql: str) -> None:
        self._session.query(sql)

    def create(self, table: str, columns: str) -> None:
        self.execute(f"CREATE TABLE {table} ({columns}) ENGINE = Memory")

    def insert(self, table: str, data: pa.Table) -> None:
        path = Path(self._folder.name) / f"{table}.parquet"
        pq.write_table(data, path)
        columns = ", ".join(data.column_names)
        self.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM file('{path}', Parquet)")

    def run(self, sql: str) -> list[dict[str, Any]]:
        text = str(self._session.query(sql, "JSONEachRow"))
        return [_dated(json.loads(line)) for line in text.splitlines() if line]

    def close(self) -> None:
        self._session.close()
        self._folder.cleanup()


class Postgres:
    """A PostgreSQL server of our own on 127.0.0.1, spoken to through psql."""

    dialect = "postgres"
    filled: set[str]
    types: Mapping[str, str] = {
        "id": "text", "text": "text", "json": "text", "moment": "timestamptz", "day": "date",
        "amount": "numeric(18,4)", "quantity": "numeric(18,4)", "count": "bigint", "number": "double precision",
        "rate": "double precision", "flag": "boolean",
    }  # fmt: skip
    DONE = "--done--"

    @staticmethod
    def programs() -> Path | None:
        """The folder of initdb and postgres, when they are installed."""
        found = shutil.which("initdb")
        folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)

    def __init__(self, programs: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="zhanggui-postgres-"))
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self._as:
            shutil.chown(self._folder, "postgres")
        data = self._folder / "data"
        self._call(
            programs / "initdb", "-D", data, "-U", "shop", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-h 127.0.0.1 -p {port} -k {self._folder} -c fsync=off -c jit=off"
        self._stop = [*self._as, str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop"]
        self._call(programs / "pg_ctl", "-D", data, "-o", options, "-l", self._folder / "log", "-w", "start")
        psql = [
            shutil.which("psql") or str(programs / "psql"),
            "-XqAt",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "-U",
            "shop",
            "-d",
            "postgres",
        ]
        self._psql = subprocess.Popen(
            psql, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        self.execute("SET timezone = 'UTC'; SET client_min_messages = warning")

    def _call(self, *command: Any) -> None:
        subprocess.run([*self._as, *map(str, command)], check=True, capture_output=True, cwd=self._folder)

    def _lines(self, text: str) -> list[str]:
        assert self._psql.stdin
        assert self._psql.stdout
        self._psql.stdin.write(f"{text}\n\\echo {self.DONE}\n")
        self._psql.stdin.flush()
        found: list[str] = []
        while (line := self._psql.stdout.readline().rstrip("\n")) != self.DONE:
            if not line and self._psql.poll() is not None:
                raise RuntimeError("psql ended: " + "\n".join(found))
            found.append(line)
        if any(line.startswith(("ERROR", "FATAL")) for line in found):
            raise RuntimeError("\n".join(found) + "\n" + text)
        return found

    def execute(self, sql: str) -> None:
        self._lines(f"{sql};")

    def create(self, table: str, columns: str) -> None:
        self.execute(f"CREATE UNLOGGED TABLE {table} ({columns})")

    def insert(self, table: str, data: pa.Table) -> None:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for row in data.to_pylist():
            writer.writerow(["\\N" if value is None else value for value in row.values()])
        text = buffer.getvalue().replace('"\\N"', "\\N")
        columns = ", ".join(data.column_names)
        self._lines(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, NULL '\\N');\n{text}\\.")

    def run(self, sql: str) -> list[dict[str, Any]]:
        return [
            _dated(json.loads(line))
            for line in self._lines(f"SELECT row_to_json(answer) FROM ({sql}) AS answer;")
            if line
        ]

    def close(self) -> None:
        assert self._psql.stdin
        assert self._psql.stdout
        self._psql.stdin.close()
        self._psql.wait()
        self._psql.stdout.close()
        subprocess.run(self._stop, check=False, capture_output=True, cwd=self._folder)
        shutil.rmtree(self._folder, ignore_errors=True)


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has no days: text that is one becomes one."""
    return {key: date.fromisoformat(value) if _is_day(value) else value for key, value in row.items()}


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and bool(DAY.fullmatch(value))
