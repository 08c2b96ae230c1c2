"""Bring what is derived of behaviour up to date after a change, reading the touched time only.

A change of events touches visitors, and of these the sessions that the changed events are in, or near
enough to join. Only the time in which these sessions lie is read. What one session tells of others is
carried on: a visitor's customer, first visit, and whether the visitor is a robot. Days whose kind of
evidence may have changed (events, else the sessions table, else daily aggregates) have their rows
without events made anew.
"""

from __future__ import annotations

from typing import Any

from zhanggui.store.derived.naming import note_late_channels
from zhanggui.store.derived.rows import day_sets, insert, is_empty, keep
from zhanggui.store.derived.writing import query_of

ALWAYS = ("TIMESTAMPTZ '1000-01-01 00:00:00+00'", "TIMESTAMPTZ '9000-01-01 00:00:00+00'")
REBUILT = "session_id IN (SELECT session_id FROM rebuilt_sessions)"
TOUCHED = "visitor_id IN (SELECT visitor_id FROM touched_visitors)"
STALE = "evidence <> 'events' AND day IN (SELECT day FROM touched_days)"


class Refresh:
    """One refresh inside the caller's transaction; ``changed`` as in :func:`zhanggui.store.derived.refresh`."""

    def __init__(self, con: Any, timezone: str, changed: dict[str, str], session_minutes: int) -> None:
        self._con = con
        self._timezone = timezone
        self._zone = timezone.replace("'", "''")
        self._changed = changed
        self._minutes = session_minutes
        self._time = ALWAYS

    def run(self) -> None:
        """Refresh steps and sessions, then what hangs on them."""
        self._find_touched()
        robots = self._touched_robots()
        self._time = ALWAYS if robots else self._touched_time()
        self._make_steps()
        if self._robots_change(robots):
            self._time = ALWAYS
            self._make_steps()
            insert(self._con, "rebuilt_sessions", f"SELECT DISTINCT session_id FROM steps WHERE {TOUCHED}")
            insert(self._con, "rebuilt_sessions", f"SELECT DISTINCT session_id FROM hits WHERE {TOUCHED}")
        self._con.execute(f"DELETE FROM steps WHERE {TOUCHED} AND visitor_id IN (SELECT visitor_id FROM robots)")
        self._touch_days()
        self._make_visits()
        self._stitch()
        self._con.execute(f"DELETE FROM hits WHERE {REBUILT}")
        self._con.execute(f"DELETE FROM hits WHERE {STALE}")
        self._insert("hits")

    def _find_touched(self) -> None:
        """Visitors of changed events, and the sessions in which these events are, were, or will be."""
        events, idle = self._changed.get("events"), f"INTERVAL {self._minutes} MINUTE"
        people = f"SELECT DISTINCT visitor_id FROM {events}" if events else "SELECT visitor_id FROM steps WHERE false"
        keep(self._con, "touched_visitors", people)
        near = (
            f"SELECT session_id FROM spans WHERE {TOUCHED} "
            f"AND until_at >= (SELECT min(occurred_at) FROM {events}) - {idle} "
            f"AND from_at <= (SELECT max(occurred_at) FROM {events}) + {idle}"
        )
        given = [
            f"SELECT session_id FROM {self._changed[name]}" for name in ("events", "sessions") if name in self._changed
        ]
        none = "SELECT session_id FROM steps WHERE false"
        keep(self._con, "rebuilt_sessions", " UNION ".join([*given, *([near] if events else []), none]))
        self._con.execute(f"DELETE FROM spans WHERE {TOUCHED}")
        self._insert("spans")
        if events:
            insert(self._con, "rebuilt_sessions", near)
        self._con.execute("DELETE FROM rebuilt_sessions WHERE session_id IS NULL")

    def _touched_robots(self) -> set[str]:
        """Touched visitors that were taken for robots: of these more is read, because nothing else is kept of them."""
        return {
            row[0] for row in self._con.execute(f"SELECT DISTINCT visitor_id FROM robots WHERE {TOUCHED}").fetchall()
        }

    def _touched_time(self) -> tuple[str, str]:
        """The first and the last moment of everything that must be read, as SQL; hits tell it by the hour."""
        parts = [
            f"SELECT min(seen_at) AS low, max(seen_at) + INTERVAL 1 HOUR AS high FROM hits WHERE {REBUILT}",
            f"SELECT min(from_at), max(until_at) FROM spans WHERE {TOUCHED} AND {REBUILT}",
        ]
        if "events" in self._changed:
            parts.append(f"SELECT min(occurred_at), max(occurred_at) FROM {self._changed['events']}")
        low, high = self._con.execute(
            f"SELECT epoch_us(min(low)), epoch_us(max(high)) FROM ({' UNION ALL '.join(parts)})"
        ).fetchone()
        if low is None:
            return ALWAYS
        return f"make_timestamptz({low})", f"make_timestamptz({high})"

    def _make_steps(self) -> None:
        low, high = self._time
        self._con.execute(f"DELETE FROM steps WHERE {TOUCHED} AND occurred_at >= {low} AND occurred_at <= {high}")
        self._insert("steps")

    def _robots_change(self, before: set[str]) -> bool:
        """Look for robots among the rebuilt sessions; whether somebody became one, or is none any more."""
        self._con.execute(f"DELETE FROM robots WHERE {REBUILT}")
        if self._time == ALWAYS:
            # Everything of the touched visitors has been read, so everything of them can be judged.
            self._con.execute(f"DELETE FROM robots WHERE {TOUCHED}")
            insert(self._con, "rebuilt_sessions", f"SELECT DISTINCT session_id FROM steps WHERE {TOUCHED}")
        self._insert("robots")
        return self._touched_robots() != before

    def _touch_days(self) -> None:
        """Days whose rows without events must be made anew, and what each of them is read from."""
        days = [
            f"SELECT {self._day(column)} AS day FROM {self._changed[name]}"
            for name, column in (("events", "occurred_at"), ("sessions", "started_at"))
            if name in self._changed
        ]
        if "traffic_daily" in self._changed:
            days.append(f"SELECT day FROM {self._changed['traffic_daily']}")
        days += [f"SELECT day FROM {table} WHERE {REBUILT}" for table in ("visits", "hits")]
        low, high = self._time
        days.append(f"SELECT day FROM steps WHERE {REBUILT} AND occurred_at >= {low} AND occurred_at <= {high}")
        days.append(f"SELECT {self._day('started_at')} FROM sessions WHERE {REBUILT}")
        keep(self._con, "touched_days", " UNION ".join(days))
        day_sets(self._con, self._timezone, within=" WHERE day IN (SELECT day FROM touched_days)")
        without = f"SELECT session_id FROM sessions WHERE {self._day('started_at')} IN (SELECT day FROM touched_days)"
        known = "SELECT session_id FROM visits WHERE false"
        if not is_empty(self._con, "sessions"):
            known = f"SELECT DISTINCT session_id FROM steps WHERE session_id IN ({without})"
        keep(self._con, "event_sessions", known)

    def _make_visits(self) -> None:
        self._con.execute("CREATE OR REPLACE TEMP TABLE touched_people (visitor_id VARCHAR)")
        for stale in (REBUILT, STALE):
            insert(self._con, "touched_people", f"SELECT DISTINCT visitor_id FROM visits WHERE {stale}")
            self._con.execute(f"DELETE FROM visits WHERE {stale}")
        self._insert("visits")
        note_late_channels(self._con)
        for stale in (REBUILT, STALE):
            insert(self._con, "touched_people", f"SELECT DISTINCT visitor_id FROM visits WHERE {stale}")
        self._con.execute("DELETE FROM first_visits WHERE visitor_id IN (SELECT visitor_id FROM touched_people)")
        self._insert("first_visits")

    def _stitch(self) -> None:
        """Customers of sessions: those of all visitors of which a session changed, or its order's customer."""
        sessions = ["SELECT session_id FROM rebuilt_sessions"]
        if "orders" in self._changed:
            orders = f"SELECT order_id FROM {self._changed['orders']}"
            sessions.append(f"SELECT session_id FROM steps WHERE order_id IS NOT NULL AND order_id IN ({orders})")
            self._time = ALWAYS
        keep(self._con, "identified_sessions", " UNION ".join(sessions))
        identified = "session_id IN (SELECT session_id FROM identified_sessions)"
        self._con.execute(f"DELETE FROM identities WHERE {identified}")
        self._insert("identities")
        insert(self._con, "touched_people", f"SELECT DISTINCT visitor_id FROM visits WHERE {identified}")
        theirs = "SELECT session_id FROM visits WHERE visitor_id IN (SELECT visitor_id FROM touched_people)"
        self._con.execute(f"DELETE FROM visit_customers WHERE {REBUILT} OR session_id IN ({theirs})")
        known = "SELECT session_id FROM visits WHERE session_id IS NOT NULL"
        self._con.execute(f"DELETE FROM visit_customers WHERE session_id NOT IN ({known})")
        self._insert("visit_customers")

    def _day(self, moment: str) -> str:
        return f"CAST(timezone('{self._zone}', {moment}) AS DATE)"

    def _insert(self, table: str) -> None:
        low, high = self._time
        query = query_of(
            table,
            self._timezone,
            touched=True,
            session_minutes=self._minutes,
            words={"touched_from": lambda _: low, "touched_to": lambda _: high},
        )
        insert(self._con, table, query)
