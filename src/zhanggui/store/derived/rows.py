"""Small statements that the derived tables of behaviour are made with."""

from __future__ import annotations

from typing import Any


def keep(con: Any, name: str, query: str) -> None:
    """Make the TEMP table ``name`` of ``query``, whatever it was before."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


def insert(con: Any, table: str, query: str) -> None:
    """Add the rows of ``query`` to ``table``, columns by name."""
    con.execute(f"INSERT INTO {table} BY NAME {query}")


def is_empty(con: Any, table: str) -> bool:
    """Whether ``table`` has no row."""
    return con.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None


def day_sets(con: Any, timezone: str, *, within: str = "") -> None:
    """Days that have events, and days that have sessions; both decide where a day is read from."""
    zone = timezone.replace("'", "''")
    keep(con, "event_days", f"SELECT DISTINCT day FROM steps{within}")
    days = f"SELECT CAST(timezone('{zone}', started_at) AS DATE) AS day FROM sessions"
    keep(con, "session_days", f"SELECT DISTINCT day FROM ({days}){within}")
