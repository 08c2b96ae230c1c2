"""Run a web application on listening sockets until a signal ends it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

import uvicorn

from zhanggui.basics.errors import DefinitionError, OutsideError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"
GRACE = 5  # seconds that running requests have to end after a signal
BACKLOG = 1024


def check_port(port: int) -> None:
    """Refuse what is no port.

    Raises:
        DefinitionError: it is none.
    """
    if port > 65535:
        raise DefinitionError(f"{port} is no port; use 0 to 65535.", zh=f"{port} 不是端口号；请用 0 到 65535。")


def listening(host: str, port: int) -> list[socket.socket]:
    """Listening sockets on this machine's loopback and, when it is another address, on ``host``.

    Raises:
        OutsideError: the port is taken or the address is none of this machine.
    """
    found: list[socket.socket] = []
    for address in [host] if host in (LOOPBACK, "0.0.0.0", "localhost") else [LOOPBACK, host]:  # noqa: S104
        try:
            found.append(socket.create_server((address, port), backlog=BACKLOG))
        except OSError as error:
            for taken in found:
                taken.close()
            raise OutsideError(
                f"Port {port} of {address} cannot be used ({error.strerror or error}); choose another one with --port, "
                "or 0 for any free one.",
                zh=(
                    f"无法使用 {address} 的端口 {port}（{error.strerror or error}）；请用 --port 另选一个，"
                    "或用 0 任选空闲端口。"
                ),
            ) from error
        port = int(found[0].getsockname()[1])
    return found


def run(app: ASGIApp, sockets: Sequence[socket.socket], ready: str, end: Callable[[], None]) -> None:
    """Serve ``app`` until SIGTERM or Ctrl-C; prints the line ``ready`` once it accepts, calls ``end`` at a signal."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_Server(config, ready, end).serve(list(sockets)))


class _Server(uvicorn.Server):
    """uvicorn, but it says when it is ready, and ends without re-raising the signal."""

    def __init__(self, config: uvicorn.Config, ready: str, end: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._end = end

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the one line that scripts wait for."""
        await super().startup(sockets)
        # What is loaded stays: the garbage collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        if self.started:
            sys.stdout.write(f"{self._ready}\n")
            sys.stdout.flush()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals end the server; a second one ends it at once."""
        before = {number: signal.signal(number, self._ended) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ended(self, number: int, frame: Any) -> None:
        self._end()
        self.handle_exit(number, frame)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not made for every system
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
