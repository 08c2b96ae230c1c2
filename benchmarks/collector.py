"""The collector under load: durable requests and events per second, latency, memory, against a handler without fsync.

The load generator is a process of its own on the same machine, with keep-alive connections that wait for each answer.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measures import Measure
from zhanggui.engines.collection import current_key
from zhanggui.store.ledger import open_ledger
from zhanggui.store.opened import create_shop
from zhanggui.store.settings import Settings

COMMAND = [sys.executable, "-m", "zhanggui.app.main"]
CONNECTIONS = 64
SECONDS = 8.0  # of one run
BATCH = 50  # events
SOAK = 10_000_000  # events over which memory is watched


@dataclass(frozen=True)
class Server:
    """A running server: the port, the key, its process."""

    port: int
    key: str
    pid: int

    def memory_mb(self) -> float:
        """The most memory that the process ever held, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024


def measure(scale: float = 1.0) -> list[Measure]:
    """Rates with one event and with batches, latency at half the promised rates, memory over ten million events."""
    run = max(1.0, SECONDS * scale)
    with tempfile.TemporaryDirectory() as folder, collecting(Path(folder)) as ours, appending(Path(folder)) as plain:
        shots = [(load(ours, 1, run), load(plain, 1, run)) for _ in range(3)]
        single, bare = (max(shot[side]["requests_per_second"] for shot in shots) for side in (0, 1))
        batches = load(ours, BATCH, run)["requests_per_second"] * BATCH
        half_single = load(ours, 1, run, rate=4_000)
        half_batches = load(ours, BATCH, run, rate=1_000)
        soaked = load(ours, BATCH, 600.0, events=int(SOAK * scale))
        memory = ours.memory_mb()
    return [
        Measure("one event: promised / durable requests per second", 8_000 / single, 1.0, "x", f"{single:,.0f}/s"),
        Measure("batches: promised / durable events per second", 100_000 / batches, 1.0, "x", f"{batches:,.0f}/s"),
        Measure("handler without fsync / ours, one event", bare / single, 2.0, "x", f"{bare:,.0f}/s without fsync"),
        Measure("p99 at 4,000 requests/s of one event", half_single["p99_ms"], 50, "ms", _rate(half_single)),
        Measure("p99 at 50,000 events/s in batches of 50", half_batches["p99_ms"], 50, "ms", _rate(half_batches)),
        Measure("memory of the collector over ten million events", memory, 300, "MB", f"{soaked['events']:,} events"),
    ]


def _rate(told: dict[str, Any]) -> str:
    return f"{told['requests_per_second']:,.0f} requests/s"


def load(server: Server, batch: int, run: float, rate: float = 0, events: int = 0) -> dict[str, Any]:
    """What the load generator saw in ``run`` seconds; at ``rate`` requests per second (0 = as fast as it can)."""
    settings = {
        "port": server.port, "key": server.key, "batch": batch, "seconds": run, "rate": rate, "events": events,
        "connections": CONNECTIONS,
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.collector_load", json.dumps(settings)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["failed"] == 0, told
    return told


@contextmanager
def collecting(folder: Path) -> Iterator[Server]:
    """A collector of its own process over a new shop in ``folder``."""
    shop = folder / "shop"
    create_shop(shop, Settings("Bench", "CNY", "Asia/Shanghai"))
    ledger = open_ledger(shop)
    key = current_key(ledger)
    ledger.dispose()
    with _serving([*COMMAND, "collect", str(shop), "--port", "0"], key) as server:
        yield server


@contextmanager
def appending(folder: Path) -> Iterator[Server]:
    """The same web server with a handler that appends the body to a file and does not wait for the disk."""
    with _serving([sys.executable, "-m", "benchmarks.collector_plain", str(folder / "plain.log")], "none") as server:
        yield server


@contextmanager
def _serving(command: list[str], key: str) -> Iterator[Server]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    try:
        assert process.stdout is not None
        ready = re.match(rb"ready http://[^:]+:(\d+)", process.stdout.readline())
        assert ready is not None
        yield Server(int(ready[1]), key, process.pid)
    finally:
        process.terminate()
        process.wait(30)
