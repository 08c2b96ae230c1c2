"""The ledger: operations that someone pays for, and who may send events, in SQLite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Column, Engine, MetaData, String, Table, create_engine, event, insert, select

LEDGER_FILE = "ledger.sqlite"
LEDGER_VERSION = 1

Ledger = Engine

metadata = MetaData()
meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))
write_keys = Table(
    "write_keys",
    metadata,
    Column("key", String, primary_key=True),
    Column("created_at", String, nullable=False),
    Column("revoked_at", String),
)
allowed_origins = Table(
    "allowed_origins",
    metadata,
    Column("origin", String, primary_key=True),
    Column("created_at", String, nullable=False),
)


def open_ledger(folder: Path) -> Engine:
    """The ledger of the shop in ``folder``, made when it is not there.

    Commits are on disk before they return (write-ahead log, full synchronisation); ``dispose()`` it after use.
    """
    engine = create_engine(f"sqlite:///{folder / LEDGER_FILE}")
    event.listen(engine, "connect", _durable)
    metadata.create_all(engine)
    with engine.begin() as con:
        if con.execute(select(meta.c.value).where(meta.c.key == "version")).first() is None:
            con.execute(insert(meta).values(key="version", value=str(LEDGER_VERSION)))
    return engine


def _durable(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
