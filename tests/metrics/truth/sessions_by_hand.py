"""Which session an event belongs to, in plain Python: the rule as a person would follow it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

IDLE = timedelta(minutes=30)


def with_sessions(events: Iterable[Mapping[str, Any]], idle: timedelta = IDLE) -> list[dict[str, Any]]:
    """Events, each with a session: its own, else the last given before it, else the next given, else a new one.

    Only sessions of the same stretch count: a stretch ends where the visitor did nothing for longer than ``idle``.
    """
    of_visitor: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in events:
        of_visitor[row["visitor_id"]].append(dict(row))
    return [row for rows in of_visitor.values() for stretch in _stretches(rows, idle) for row in _placed(stretch)]


def _stretches(rows: list[dict[str, Any]], idle: timedelta) -> list[list[dict[str, Any]]]:
    # At one moment the events with a session come first, the greatest session id last.
    rows.sort(key=lambda row: (row["occurred_at"], row.get("session_id") is None, row.get("session_id") or ""))
    found: list[list[dict[str, Any]]] = []
    for row in rows:
        if not found or row["occurred_at"] - found[-1][-1]["occurred_at"] > idle:
            found.append([])
        found[-1].append(row)
    return found


def _placed(stretch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    given = [row["session_id"] for row in stretch if row.get("session_id") is not None]
    first = stretch[0]
    current = given[0] if given else f"{first['visitor_id']}.{_milliseconds(first['occurred_at'])}"
    for row in stretch:
        if row.get("session_id") is not None:
            current = row["session_id"]
        row["session_id"] = current
    return stretch


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1_000_000 + 0.5) // 1000
