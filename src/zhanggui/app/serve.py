"""Serve shops: the cockpit, the API and the jobs, until a signal ends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import uvicorn

from zhanggui import __version__
from zhanggui.app.jobs import Jobs
from zhanggui.app.remote import listens
from zhanggui.basics.errors import DefinitionError, OutsideError
from zhanggui.http.guard import Hosts
from zhanggui.http.server import web_app
from zhanggui.loop.desk import Desk
from zhanggui.store.owner import Owner, clear_owner, read_owner, write_owner
from zhanggui.web.cockpit import cockpit

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI

    from zhanggui.app.commands import ServeParams
    from zhanggui.cli.usage import Manners

LOOPBACK = "127.0.0.1"
GRACE = 5  # seconds that running requests have to end after a signal
BACKLOG = 128


def serve(params: ServeParams, _manners: Manners) -> int:
    """Serve until SIGTERM or Ctrl-C; gives the exit code 0.

    Raises:
        OutsideError: the port is taken, or another process holds a shop.
        DataError: a folder is no shop.
    """
    if params.port > 65535:
        raise DefinitionError(
            f"{params.port} is no port; use 0 to 65535.", zh=f"{params.port} 不是端口号；请用 0 到 65535。"
        )
    _refuse_served(params.shops)
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(taken) for taken in listening(params.host, params.port)]
        port = int(sockets[0].getsockname()[1])
        desk = stack.enter_context(Desk.over(params.shops))
        token = secrets.token_urlsafe(32)
        named = () if params.host in (LOOPBACK, "0.0.0.0", "::") else (params.host,)  # noqa: S104 - compared only
        hosts = Hosts(port, (*params.public_host, *named))
        app = web_app(desk, hosts, token, (cockpit(desk),), __version__)
        stack.enter_context(_owning(desk, Owner(port, token, os.getpid())))
        stack.enter_context(Jobs(desk))
        _run(app, sockets, port, desk)
    return 0


def _refuse_served(folders: Sequence[Path]) -> None:
    for folder in folders:
        owner = read_owner(folder)
        if owner is not None and owner.pid != os.getpid() and listens(owner):
            raise OutsideError(
                f"The shop {folder} is open already at http://{LOOPBACK}:{owner.port} (process {owner.pid}); "
                "use that one, or end it first.",
                zh=(
                    f"店铺 {folder} 已在 http://{LOOPBACK}:{owner.port} 打开（进程 {owner.pid}）；请直接使用，"
                    "或先结束它。"
                ),
            )


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


@contextlib.contextmanager
def _owning(desk: Desk, owner: Owner) -> Iterator[None]:
    """Tell command lines, by a file in each shop, that this process holds it."""
    folders = [desk.folder(key) for key in desk.all_keys()]
    try:
        for folder in folders:
            write_owner(folder, owner)
        yield
    finally:
        for folder in folders:
            clear_owner(folder, owner.pid)


class _Server(uvicorn.Server):
    """uvicorn, but it says when it is ready, and ends without re-raising the signal."""

    def __init__(self, config: uvicorn.Config, port: int, desk: Desk) -> None:
        super().__init__(config)
        self._port = port
        self._desk = desk

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the one line that scripts wait for."""
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"ready http://{LOOPBACK}:{self._port}\n")
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
        self._desk.stop()
        self.handle_exit(number, frame)


def _run(app: FastAPI, sockets: Sequence[socket.socket], port: int, desk: Desk) -> None:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    asyncio.run(_Server(config, port, desk).serve(list(sockets)))
