"""Collect events in a process of its own: journals only, no warehouse, until a signal ends it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from zhanggui.app.running import LOOPBACK, check_port, listening, run
from zhanggui.http.collect import CollectRoutes
from zhanggui.loop.collecting import Collector

if TYPE_CHECKING:
    from zhanggui.app.commands import CollectParams
    from zhanggui.cli.usage import Manners


def collect(params: CollectParams, _manners: Manners) -> int:
    """Collect until SIGTERM or Ctrl-C; gives the exit code 0.

    Raises:
        OutsideError: the port is taken, or another process collects for a shop.
        DataError: a folder is no shop.
    """
    check_port(params.port)
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(taken) for taken in listening(params.host, params.port)]
        port = int(sockets[0].getsockname()[1])
        collector = stack.enter_context(Collector(params.shops))
        collector.claim()
        run(CollectRoutes(collector), sockets, f"ready http://{LOOPBACK}:{port}", lambda: None)
    return 0
