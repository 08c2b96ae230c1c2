"""Serve shops: the cockpit, the API and the jobs, until a signal ends it."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from zhanggui import __version__
from zhanggui.app.jobs import Jobs
from zhanggui.app.remote import listens
from zhanggui.app.running import LOOPBACK, check_port, listening, run
from zhanggui.basics.errors import OutsideError
from zhanggui.http.collect import CollectRoutes
from zhanggui.http.guard import Hosts
from zhanggui.http.server import web_app
from zhanggui.loop.collecting import Collector
from zhanggui.loop.desk import Desk
from zhanggui.store.owner import Owner, clear_owner, read_owner, write_owner
from zhanggui.web.cockpit import cockpit

if TYPE_CHECKING:
    from pathlib import Path

    from zhanggui.app.commands import ServeParams
    from zhanggui.cli.usage import Manners


def serve(params: ServeParams, _manners: Manners) -> int:
    """Serve until SIGTERM or Ctrl-C; gives the exit code 0.

    Raises:
        OutsideError: the port is taken, or another process holds a shop.
        DataError: a folder is no shop.
    """
    check_port(params.port)
    _refuse_served(params.shops)
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(taken) for taken in listening(params.host, params.port)]
        port = int(sockets[0].getsockname()[1])
        desk = stack.enter_context(Desk.over(params.shops))
        token = secrets.token_urlsafe(32)
        named = () if params.host in (LOOPBACK, "0.0.0.0", "::") else (params.host,)  # noqa: S104 - compared only
        hosts = Hosts(port, (*params.public_host, *named))
        collector = stack.enter_context(Collector([desk.folder(key) for key in desk.all_keys()]))
        app = CollectRoutes(collector, web_app(desk, hosts, token, (cockpit(desk),), __version__))
        stack.enter_context(_owning(desk, Owner(port, token, os.getpid())))
        stack.enter_context(Jobs(desk))
        run(app, sockets, f"ready http://{LOOPBACK}:{port}", desk.stop)
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
