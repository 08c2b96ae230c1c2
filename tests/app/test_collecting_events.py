"""``zhanggui collect`` and ``serve`` as processes: killed at any moment, no acknowledged event is lost or doubled."""

from __future__ import annotations

import http.client
import json
import random
import signal
import socket
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.app.conftest import Serve, Served, said

from zhanggui.engines.collection import current_key, events_of, journal_of
from zhanggui.store.ledger import open_ledger

EVENT = {"occurred_at": "2026-03-01T04:05:06Z", "visitor_id": "v", "session_id": "s", "event": "page_view"}


def key_of(shop: Path) -> str:
    """The write key of ``shop``."""
    ledger = open_ledger(shop)
    try:
        return current_key(ledger)
    finally:
        ledger.dispose()


def port_of(server: Served) -> int:
    """The port that the server listens on."""
    return int(server.url.rpartition(":")[2])


class Sender:
    """Sends batches until the server goes away, repeats what was not acknowledged, as a tracker does."""

    def __init__(self, name: str, key: str, batch: int) -> None:
        self.port = 0
        self.acknowledged: list[str] = []
        self._prefix, self._key, self._batch, self._count = name, key, batch, 0
        self._pending: list[str] = []
        self._most = 0

    def until_gone(self, port: int, most: int) -> threading.Thread:
        """A started thread that sends to ``port``, up to ``most`` events since the beginning."""
        self.port, self._most = port, most
        thread = threading.Thread(target=self._send, daemon=True)
        thread.start()
        return thread

    def _send(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            while self._pending or self._count < self._most:
                if not self._pending:
                    self._pending = [f"{self._prefix}-{self._count + at}" for at in range(self._batch)]
                    self._count += self._batch
                body = json.dumps([{"event_id": event_id, **EVENT} for event_id in self._pending])
                headers = {"X-Write-Key": self._key, "Content-Type": "application/json"}
                connection.request("POST", "/collect", body, headers)
                with connection.getresponse() as answer:
                    told = json.loads(answer.read())
                if answer.status == 202:
                    assert told["accepted"] == self._batch
                    self.acknowledged += self._pending
                    self._pending = []
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()


def in_journal(shop: Path) -> Counter[str]:
    """How often each event id is in the journal."""
    found: Counter[str] = Counter()
    for record in journal_of(shop).read():
        found.update(event.event_id for event in events_of(record.entry))
    return found


def killed_often(serve: Serve, shop: Path, kills: int, events: int, batch: int = 5) -> tuple[list[str], Counter[str]]:
    """What was acknowledged over ``kills`` kill -9 at random moments, and what the journal holds."""
    draw = random.Random(3)
    key = key_of(shop)
    senders = [Sender(f"s{number}", key, batch) for number in range(4)]
    for kill in range(kills + 1):
        server = serve(shop, first="collect")
        # The killed servers are busy to their end; the last one gets what is left.
        threads = [sender.until_gone(port_of(server), events // len(senders)) for sender in senders]
        if kill < kills:
            time.sleep(draw.uniform(0.05, 0.4))
            server.end(signal.SIGKILL)
        for thread in threads:
            thread.join(120)
    assert server.end() == 0
    return [event for sender in senders for event in sender.acknowledged], in_journal(shop)


def test_no_acknowledged_event_is_lost_when_the_collector_is_killed(serve: Serve, empty: Path) -> None:
    acknowledged, found = killed_often(serve, empty, kills=2, events=2_000)
    assert len(acknowledged) == 2_000
    assert len(set(acknowledged)) == len(acknowledged)
    assert [event for event in acknowledged if event not in found] == []
    # A batch whose acknowledgement was lost on its way is sent again: the same id, which the drain counts once.
    assert sum(found.values()) - len(found) <= 4 * 2 * 5


@pytest.mark.slow
def test_a_million_events_over_twenty_kills_lose_none(serve: Serve, empty: Path) -> None:
    acknowledged, found = killed_often(serve, empty, kills=20, events=1_000_000, batch=250)
    assert [event for event in acknowledged if event not in found] == []
    assert len(set(acknowledged)) == len(acknowledged) == 1_000_000


def test_the_collector_needs_no_warehouse_and_runs_beside_a_server(serve: Serve, empty: Path) -> None:
    key = key_of(empty)
    collector = serve(empty, first="collect")
    port_of(collector)
    server = serve(empty)
    body, headers = json.dumps({"event_id": "e1", **EVENT}), {"X-Write-Key": key, "Content-Type": "application/json"}
    for place, status in ((collector, 202), (server, 503)):
        connection = http.client.HTTPConnection("127.0.0.1", port_of(place), timeout=20)
        connection.request("POST", "/collect", body, headers)
        assert connection.getresponse().status == status
        connection.close()
    assert collector.end() == 0
    time.sleep(1.1)  # the server looks once a second whether it may collect now
    connection = http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=20)
    connection.request("POST", "/collect", json.dumps({"event_id": "e2", **EVENT}), headers)
    assert connection.getresponse().status == 202
    connection.close()
    assert server.end() == 0


def test_a_second_collector_of_a_shop_says_who_is_there(serve: Serve, empty: Path) -> None:
    serve(empty, first="collect").url  # noqa: B018 - waits until it is ready
    done = said("collect", empty, "--port", 0)
    assert done.returncode == 1
    assert "collected by another process" in done.stderr


def test_raw_requests_of_any_size_get_a_clear_answer(serve: Serve, empty: Path) -> None:
    port = port_of(serve(empty, first="collect"))
    many = "&".join(f"p{number}={number}" for number in range(10_000))
    for request in (
        f"POST /collect?{many} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}".encode(),
        b"POST /collect HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-H%d: 1\r\n" % n for n in range(10_000)) + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        b"POST /collect HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /collect HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            head = connection.recv(64)
        assert head[:10] in (b"HTTP/1.1 4", b""), head
