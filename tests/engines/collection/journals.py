"""Short ways to write a journal and to look at what was drained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from zhanggui.basics.words import Words
from zhanggui.engines.collection import Entry, Event, JournalWriter, Reject
from zhanggui.engines.collection.journal import FOLDER
from zhanggui.store.opened import OpenShop

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
WINK = Reject(1, "event", "wink", Words("event is none of page_view", "event 不是以下之一：page_view"))

_encode = msgspec.json.Encoder(decimal_format="number").encode


def event(event_id: str, seconds: float = 0, **columns: Any) -> Event:
    """A page view ``seconds`` after noon."""
    given = {"visitor_id": "v", "session_id": "s", "event": "page_view", **columns}
    return Event(event_id=event_id, occurred_at=NOON + timedelta(seconds=seconds), **given)


def entry(*events: Event, rejects: Sequence[Reject] = (), received_at: datetime = NOON, **more: Any) -> Entry:
    """A request with ``events``."""
    return Entry(received_at, _encode(list(events)), len(events), tuple(rejects), **more)


def journal(shop: Path, *entries: Entry, segment_bytes: int = 1 << 20) -> None:
    """Append ``entries`` to the journal of the shop in the folder ``shop``."""
    writer = JournalWriter(shop / FOLDER, segment_bytes=segment_bytes)
    try:
        for one in entries:
            writer.write(one)
    finally:
        writer.close()


def drained(shop: OpenShop, *columns: str) -> list[tuple[Any, ...]]:
    """The events in the warehouse, ordered."""
    chosen = ", ".join(columns or ("event_id",))
    rows = shop.warehouse.query(f"SELECT {chosen} FROM main.events ORDER BY ALL").to_pylist()
    return [tuple(row.values()) for row in rows]
