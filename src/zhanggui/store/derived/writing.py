"""The SQL files of derived tables, written out for a shop and an engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import resources

SESSION_MINUTES = 30
"""Inactivity that ends a session, as in Google Analytics; a shop may set another."""

Writers = Mapping[str, Callable[[str], str]]
_TOUCHED = re.compile(r"/\* touched: (.*?) \*/", re.DOTALL)
_MACRO = re.compile(
    r"\b(local_day|local_hour|local_midnight|milliseconds|time_order|idle_ms|touched_from|touched_to)\("
)


def query_of(
    table: str,
    timezone: str,
    *,
    touched: bool = False,
    words: Writers | None = None,
    session_minutes: int = SESSION_MINUTES,
) -> str:
    """The SELECT that makes a derived table; with ``touched`` narrowed to what changed.

    ``words`` write the names that depend on zone and engine for another engine than DuckDB.
    """
    text = resources.files(__package__).joinpath(f"{table}.sql").read_text(encoding="utf-8")
    text = _TOUCHED.sub(lambda hit: hit[1] if touched else "", text)
    return expand(text, {**_of_duckdb(timezone), **(words or {}), "idle_ms": lambda _: str(session_minutes * 60_000)})


def _of_duckdb(timezone: str) -> Writers:
    zone = timezone.replace("'", "''")
    return {
        "local_day": lambda inner: f"CAST(timezone('{zone}', {inner}) AS DATE)",
        "local_hour": lambda inner: f"date_trunc('hour', timezone('{zone}', {inner}))",
        "local_midnight": lambda inner: f"timezone('{zone}', CAST({inner} AS TIMESTAMP))",
        "milliseconds": lambda inner: f"epoch_ms({inner})",
        "time_order": _time_order,
    }


def _time_order(inner: str) -> str:
    moment, key = inner.split(", ")
    return f"(epoch_us({moment}) * 1024 + CAST(hash({key}) % 1024 AS BIGINT))"


def expand(text: str, writers: Writers) -> str:
    """``local_day(...)`` and its like written out; parentheses may nest."""
    while hit := _MACRO.search(text):
        depth, end = 1, hit.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        text = text[: hit.start()] + writers[hit[1]](text[hit.end() : end - 1]) + text[end:]
    return text
