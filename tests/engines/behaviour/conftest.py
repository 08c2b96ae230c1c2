"""A shop whose visits and their steps are written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
Row = Mapping[str, Any]
Fill = Callable[..., OpenShop]
STEPS = (
    "session_id VARCHAR, visitor_id VARCHAR, customer_id VARCHAR, occurred_at TIMESTAMPTZ, day DATE, event VARCHAR, "
    "page_type VARCHAR, product_id VARCHAR, order_id VARCHAR, query VARCHAR, result_count BIGINT"
)
VISITS = (
    "session_id VARCHAR, visitor_id VARCHAR, customer_id VARCHAR, day DATE, started_at TIMESTAMPTZ, "
    "ended_at TIMESTAMPTZ, source VARCHAR, medium VARCHAR, campaign_id VARCHAR, channel_group VARCHAR, device VARCHAR, "
    "os VARCHAR, browser VARCHAR, country VARCHAR, region VARCHAR, landing_page_type VARCHAR, sessions BIGINT, "
    "with_item BIGINT, with_cart BIGINT, with_checkout BIGINT, with_purchase BIGINT, evidence VARCHAR"
)
FLAGS = {"view_item": "with_item", "add_to_cart": "with_cart", "begin_checkout": "with_checkout",
         "purchase": "with_purchase"}  # fmt: skip
FIRST = "visitor_id VARCHAR, session_id VARCHAR"


def at(minutes: float, day: int = 0) -> datetime:
    """A moment of the first week of 2026's second Monday on."""
    return START + timedelta(days=day, minutes=minutes)


def visits_of(steps: Sequence[Row], **told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One visit per session of ``steps``; ``told`` are further columns by session."""
    found: dict[str, dict[str, Any]] = {}
    for step in sorted(steps, key=lambda each: each["occurred_at"]):
        moment = step["occurred_at"]
        visit = found.setdefault(
            step["session_id"],
            {
                "session_id": step["session_id"],
                "visitor_id": step.get("visitor_id"),
                "day": moment.date(),
                "started_at": moment,
                "sessions": 1,
                "evidence": "events",
                **dict.fromkeys(FLAGS.values(), 0),
            },
        )
        visit["ended_at"] = moment
        if step["event"] in FLAGS:
            visit[FLAGS[step["event"]]] = 1
    for session, columns in told.items():
        found[session] |= columns
    return list(found.values())


def _insert(con: Any, table: str, columns: str, rows: Sequence[Row]) -> None:
    con.execute(f"DROP TABLE IF EXISTS {table}")
    con.execute(f"CREATE TABLE {table} ({columns})")
    for keys in {tuple(row) for row in rows}:
        same = [row for row in rows if tuple(row) == keys]
        marks = ", ".join(f"({', '.join('?' for _ in keys)})" for _ in same)
        con.execute(
            f"INSERT INTO {table} ({', '.join(keys)}) VALUES {marks}", [row[key] for row in same for key in keys]
        )


@pytest.fixture(scope="module")
def fill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fill]:
    """Fills one shop (UTC) with steps and visits, again and again."""
    folder = tmp_path_factory.mktemp("behaved")
    create_shop(folder, Settings(name="Test", currency="GBP", timezone="UTC"))
    shop = open_shop_folder(folder)

    def filled(
        steps: Sequence[Row] = (), visits: Sequence[Row] | None = None, first: Sequence[Row] = (), **tables: Any
    ) -> OpenShop:
        visits = visits_of(steps) if visits is None else visits
        with shop.warehouse.transaction() as con:
            _insert(con, "steps", STEPS, steps)
            _insert(con, "visits", VISITS, visits)
            _insert(con, "first_visits", FIRST, first)
            for table, rows in tables.items():
                con.execute(f"DELETE FROM {table}")
                for row in rows:
                    marks = ", ".join("?" for _ in row)
                    con.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
            con.execute("DELETE FROM zg.facts")
            moments = [visit["started_at"] for visit in visits if visit.get("started_at")] or [START]
            for table, count in (("events", len(steps)), ("sessions", 0 if steps else len(visits))):
                ends = [str(min(moments)), str(max(moments))] if count else [None, None]
                con.execute("INSERT INTO zg.facts VALUES (?, ?, ?, ?, ?, true)", [table, count, [], *ends])
        return shop

    yield filled
    shop.close()


@pytest.fixture(scope="session")
def minute() -> Callable[..., datetime]:
    """Makes a moment: minutes after the midnight that begins a day."""
    return at


@pytest.fixture(scope="session")
def visits_from_steps() -> Callable[..., list[dict[str, Any]]]:
    """Makes one visit per session of some steps."""
    return visits_of
