"""The tables inside a warehouse file: those of the shop model in ``main``, our own in ``zg``."""

from __future__ import annotations

from pathlib import Path

import duckdb

from zhanggui.basics.errors import DataError
from zhanggui.shop import TABLES, Kind, Table

SCHEMA_VERSION = 2

TYPES: dict[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "json": "VARCHAR",
    "moment": "TIMESTAMPTZ",
    "day": "DATE",
    "amount": "DECIMAL(18,4)",
    "quantity": "DECIMAL(18,4)",
    "count": "BIGINT",
    "number": "DOUBLE",
    "rate": "DOUBLE",
    "flag": "BOOLEAN",
}

_OWN = """
CREATE SCHEMA IF NOT EXISTS zg;
CREATE TABLE IF NOT EXISTS zg.meta (key VARCHAR, value VARCHAR);
CREATE TABLE IF NOT EXISTS zg.batches (seq BIGINT, batch VARCHAR, source VARCHAR, files VARCHAR[],
    received_at TIMESTAMPTZ, started_at TIMESTAMPTZ, seconds DOUBLE, content_hash VARCHAR);
CREATE TABLE IF NOT EXISTS zg.batch_tables (batch VARCHAR, table_name VARCHAR, read BIGINT, accepted BIGINT,
    updated BIGINT, unchanged BIGINT, rejected BIGINT);
CREATE TABLE IF NOT EXISTS zg.rejects (batch VARCHAR, table_name VARCHAR, file VARCHAR, line BIGINT,
    column_name VARCHAR, value VARCHAR, reason VARCHAR, reason_zh VARCHAR, rejected BOOLEAN);
CREATE TABLE IF NOT EXISTS zg.bridges (batch VARCHAR, position INTEGER, kind VARCHAR, amount DECIMAL(38,8),
    note_en VARCHAR, note_zh VARCHAR);
CREATE TABLE IF NOT EXISTS zg.notes (batch VARCHAR, position INTEGER, en VARCHAR, zh VARCHAR,
    amount DECIMAL(38,8), rows BIGINT);
CREATE TABLE IF NOT EXISTS zg.facts (table_name VARCHAR, rows BIGINT, known VARCHAR[], first VARCHAR,
    last VARCHAR, delivered BOOLEAN);
CREATE TABLE IF NOT EXISTS zg.journal (position VARCHAR);
CREATE TABLE IF NOT EXISTS zg.drains (drained_at TIMESTAMPTZ, events BIGINT, seconds DOUBLE, received_at TIMESTAMPTZ);
"""


def quoted(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    """``text`` as an SQL string."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def columns_of(table: Table) -> str:
    """The column list of ``table`` for SELECT and INSERT."""
    return ", ".join(quoted(column.name) for column in table.columns)


def make_schema(con: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing: tables of ours, tables and columns of the shop model; note the schema version."""
    con.execute(_OWN)
    have = _existing(con)
    for table in TABLES.values():
        if table.name not in have:
            columns = ", ".join(f"{quoted(column.name)} {TYPES[column.kind]}" for column in table.columns)
            con.execute(f"CREATE TABLE main.{quoted(table.name)} ({columns})")
            continue
        for column in table.columns:
            if column.name not in have[table.name]:
                con.execute(
                    f"ALTER TABLE main.{quoted(table.name)} ADD COLUMN {quoted(column.name)} {TYPES[column.kind]}"
                )
    con.execute("DELETE FROM zg.meta WHERE key = 'schema_version'")
    con.execute("INSERT INTO zg.meta VALUES ('schema_version', ?)", [str(SCHEMA_VERSION)])


def schema_version(con: duckdb.DuckDBPyConnection) -> int | None:
    """The schema version that the warehouse notes; None when it is no warehouse of ours."""
    try:
        row = con.execute("SELECT value FROM zg.meta WHERE key = 'schema_version'").fetchone()
    except duckdb.CatalogException:
        return None
    return int(row[0]) if row else None


def check_version(con: duckdb.DuckDBPyConnection, folder: Path, *, read_only: bool) -> None:
    """Refuse a shop of a newer version; bring one of an older version up to date.

    Raises:
        DataError: a newer version made it, or it is no warehouse of ours.
    """
    version = schema_version(con)
    if version is None:
        raise DataError(
            f"The warehouse file of {folder} was not made by zhanggui. Make a shop: zhanggui init NEW_FOLDER",
            zh=f"{folder} 的数据仓库文件不是 zhanggui 建立的。请新建店铺：zhanggui init NEW_FOLDER",
        )
    if version > SCHEMA_VERSION:
        raise DataError(
            f"The shop {folder} was made by a newer zhanggui (schema {version}; this one knows {SCHEMA_VERSION}). "
            "Update: pip install --upgrade zhanggui",
            zh=(
                f"店铺 {folder} 由更新版本的 zhanggui 建立（结构版本 {version}；本程序支持 "
                f"{SCHEMA_VERSION}）。请更新：pip install --upgrade zhanggui"
            ),
        )
    if version < SCHEMA_VERSION and not read_only:
        con.execute("BEGIN")
        make_schema(con)
        con.execute("COMMIT")


def _existing(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    rows = con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE schema_name = 'main' AND database_name = current_database() AND NOT internal"
    ).fetchall()
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    return found
