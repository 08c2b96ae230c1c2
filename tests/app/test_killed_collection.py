"""A server killed at any moment while it collects and drains loses no acknowledged event and doubles none."""

from __future__ import annotations

import http.client
import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.app.conftest import Serve, said

import zhanggui
from zhanggui.loop.shops import opened
from zhanggui.store.batches import list_batches

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = ("page_view", "view_item", "add_to_cart", "begin_checkout", "purchase")


class Senders:
    """Sites that send the batches of events numbered 0 to ``batches``; each goes on until it is acknowledged."""

    def __init__(self, batches: int, size: int, threads: int = 4) -> None:
        self.url = ""
        self.acknowledged: set[int] = set()
        self.sent = 0
        self._size = size
        self._todo: Iterator[int] = iter(range(batches))
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def start(self, url: str, key: str) -> None:
        """Begin to send to ``url``."""
        self.url, self._key = url, key
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        """Whether anything is not acknowledged yet."""
        return any(thread.is_alive() for thread in self._threads)

    def end(self) -> None:
        """Give up."""
        self._ended.set()
        for thread in self._threads:
            thread.join(20)

    def _run(self) -> None:
        while not self._ended.is_set():
            with self._guard:
                number = next(self._todo, None)
            if number is None:
                return
            body = batch(number, self._size)
            while not self._ended.is_set() and not self._delivered(body):
                time.sleep(0.05)
            self.acknowledged.add(number)

    def _delivered(self, body: bytes) -> bool:
        self.sent += 1
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection("127.0.0.1", place.port or 80, timeout=20)
        try:
            connection.request("POST", f"/collect?k={self._key}", body, {"Content-Type": "text/plain"})
            reply = connection.getresponse()
            return reply.status == 202 and json.loads(reply.read())["accepted"] == self._size
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()


def batch(number: int, size: int) -> bytes:
    """A request of ``size`` events, the same whenever it is sent."""
    events = [
        {
            "event_id": f"{number}-{place}",
            "occurred_at": (BEGIN + timedelta(seconds=number * 40 + place)).isoformat(),
            "visitor_id": f"v{number}",
            "session_id": f"s{number}-{place // 5}",
            "event": NAMES[place % 5],
            "page_url": f"https://tea.example/p/{place}?utm_source=news&utm_medium=email",
        }
        for place in range(size)
    ]
    return json.dumps(events).encode()


def _write_key(folder: Path) -> str:
    with zhanggui.open_shop(folder) as shop:
        return str(shop.write_key().to_json()["write_key"])


def _drain(folder: Path) -> dict[str, Any]:
    with zhanggui.open_shop(folder) as shop:
        return shop.drain().to_json()


@pytest.mark.parametrize(
    ("batches", "size", "kills"),
    [
        pytest.param(60, 20, 2, id="1,200 events and 2 kills"),
        pytest.param(2_000, 500, 20, id="1,000,000 events and 20 kills", marks=pytest.mark.slow),
    ],
)
def test_no_acknowledged_event_is_lost_and_none_is_doubled(
    serve: Serve, empty: Path, batches: int, size: int, kills: int
) -> None:
    chance = random.Random(11)
    key = _write_key(empty)
    server = serve(empty)
    senders = Senders(batches, size)
    senders.start(server.url, key)
    try:
        for kill in range(kills):
            # Some of the kills meet the drain of the server's job, some a start, some the writing of the journal.
            while kill * batches > kills * len(senders.acknowledged) and senders.busy:
                time.sleep(0.05)
            time.sleep(chance.uniform(0.05, 5.0 if batches > 1_000 else 0.6))
            server.end(signal.SIGKILL)
            server = serve(empty)
            senders.url = server.url
        deadline = time.monotonic() + 150
        while senders.busy and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        senders.end()
    server.end(signal.SIGKILL)
    assert senders.acknowledged == set(range(batches))
    assert _drain(empty)["waiting"] == 0
    _check(empty, batches, size)


def _status(url: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port or 80, timeout=20)
    try:
        connection.request("GET", "/api/empty/collector")
        found: dict[str, Any] = json.loads(connection.getresponse().read())
        return found
    finally:
        connection.close()


def _check(folder: Path, batches: int, size: int) -> None:
    """Everything counted a second way: what was sent is known."""
    with opened(folder) as shop:
        (found,) = shop.warehouse.query(
            "SELECT count(*) AS events, count(DISTINCT event_id) AS ids, count(DISTINCT visitor_id) AS visitors, "
            "count(*) FILTER (event = 'purchase') AS purchases, count(DISTINCT source) AS sources FROM main.events"
        ).to_pylist()
        assert found == {
            "events": batches * size,
            "ids": batches * size,
            "visitors": batches,
            "purchases": batches * size // 5,
            "sources": 1,
        }
        assert shop.warehouse.facts()["events"].rows == batches * size
        (visits,) = shop.warehouse.query(
            "SELECT count(*) AS visits, sum(with_purchase) AS bought FROM visits"
        ).to_pylist()
        assert visits == {"visits": batches * size // 5, "bought": batches * size // 5}
        batches_of_days = [one for one in list_batches(shop) if one.source == "collector"]
        assert sum(one.tables["events"].accepted for one in batches_of_days) == batches * size
        assert len(batches_of_days) <= 2


def test_a_server_drains_by_itself_and_the_status_shows_it(serve: Serve, empty: Path) -> None:
    key = _write_key(empty)
    server = serve(empty)
    senders = Senders(3, 10, threads=1)
    senders.start(server.url, key)
    deadline = time.monotonic() + 30
    status: dict[str, Any] = {}
    while time.monotonic() < deadline:
        status = _status(server.url)
        if not senders.busy and status["waiting"] == 0 and status["last_drain"]:
            break
        time.sleep(0.05)
    assert status["waiting"] == 0
    assert status["lag_seconds"] == 0
    assert f'src="{server.url}/zg.js"' in status["tag"]
    assert json.loads(said("drain", empty, "--format", "json").stdout)["drained"] == 0
    assert server.end() == 0
    with opened(empty) as shop:
        assert shop.warehouse.facts()["events"].rows == 30


def test_events_collected_by_a_process_of_its_own_are_drained_by_a_command_line(serve: Serve, empty: Path) -> None:
    key = _write_key(empty)
    collector = serve(empty, first="collect")
    senders = Senders(4, 10, threads=2)
    senders.start(collector.url, key)
    deadline = time.monotonic() + 30
    while senders.busy and time.monotonic() < deadline:
        time.sleep(0.02)
    done = _drain(empty)
    assert (done["drained"], done["waiting"]) == (40, 0)
    assert _drain(empty)["drained"] == 0
    assert collector.end() == 0
