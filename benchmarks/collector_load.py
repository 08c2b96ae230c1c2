"""The load generator: keep-alive connections, each with one request on its way; prints what it saw as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import uvloop

EVENT = (
    '{"event_id":"%s-%012d","occurred_at":"2026-01-02T03:04:05.678Z","visitor_id":"v-018f3c2e9a",'
    '"session_id":"s-018f3c2e9a","event":"view_item","page_type":"item","page_url":"https://shop.example/p/1234",'
    '"product_id":"P-1234","load_ms":812.5,"referrer":"https://www.google.com/","timezone":"Asia/Shanghai"}'
)


@dataclass
class Load:
    """What to send, and what was seen; ``rate`` is in requests per second, 0 = as fast as answers come."""

    port: int
    key: str
    batch: int
    seconds: float
    rate: float
    events: int
    connections: int
    sent: int = 0
    failed: int = 0
    waited: list[float] = field(default_factory=list)
    mark: str = field(default_factory=lambda: f"{time.time_ns():x}")

    def request(self) -> bytes:
        """The next request, with event ids that never came before."""
        first = self.sent * self.batch
        self.sent += 1
        body = "[" + ",".join(EVENT % (self.mark, first + at) for at in range(self.batch)) + "]"
        head = (
            f"POST /collect HTTP/1.1\r\nHost: localhost\r\nX-Write-Key: {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return (head + body).encode()


class _Connection(asyncio.Protocol):
    """One connection: sends, waits for the answer, tells how long it took."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._held = b""
        self._answer: asyncio.Future[bool] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, sign, body = self._held.partition(b"\r\n\r\n")
        if sign and self._answer is not None and body.endswith(b"}"):
            self._held = b""
            self._answer.set_result(head.startswith(b"HTTP/1.1 202"))

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(False)

    def ask(self, request: bytes) -> asyncio.Future[bool]:
        """Send ``request``; the future is whether it was accepted."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer


async def _send(load: Load, start: float, number: int) -> None:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(_Connection, "127.0.0.1", load.port)
    end = start + load.seconds
    due = start + number / load.rate if load.rate else 0.0
    while not load.events or load.sent * load.batch < load.events:
        now = time.perf_counter()
        if load.rate:
            # Open loop: lateness counts from when the request was due, so a slow answer cannot hide the next ones.
            if due > now:
                await asyncio.sleep(due - now)
            begun, due = due, due + load.connections / load.rate
        else:
            begun = now
        if begun > end:
            break
        if not await connection.ask(load.request()):
            load.failed += 1
            break
        load.waited.append(time.perf_counter() - begun)


async def _run(load: Load) -> dict[str, Any]:
    start = time.perf_counter()
    await asyncio.gather(*(_send(load, start, number) for number in range(load.connections)))
    took = time.perf_counter() - start
    waited = sorted(load.waited)
    done = len(waited)
    return {
        "requests_per_second": done / took,
        "events": done * load.batch,
        "failed": load.failed,
        "p50_ms": waited[done // 2] * 1000,
        "p99_ms": waited[int(done * 0.99)] * 1000,
        "max_ms": waited[-1] * 1000,
    }


def main() -> None:
    """Run the load that the first argument describes in JSON."""
    load = Load(**json.loads(sys.argv[1]))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(_run(load))))


if __name__ == "__main__":
    main()
