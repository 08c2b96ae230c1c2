"""Send a verb to the server that holds the shop; where there is none, open the shop here."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import OutsideError
from zhanggui.basics.progress import Progress
from zhanggui.loop.verb import Verb
from zhanggui.store.owner import Owner, read_owner

if TYPE_CHECKING:
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop

PATIENCE = 10.0  # seconds that a command waits for a shop that another process holds
STEP = 1.0


def ask(verb: Verb, shop: Path | None, params: Any, progress: Progress) -> Result:
    """The result of ``verb``, from the server of the shop when one runs, else computed here.

    Raises:
        ZhangguiError: as the verb does; also when another process holds the shop for long.
    """
    if shop is None or verb.shop == "none":
        return verb.run(None, params, progress)
    deadline = time.monotonic() + PATIENCE
    while True:
        owner = read_owner(shop)
        if owner is not None and listens(owner):
            from zhanggui.app.sending import send  # the HTTP client is needed here only, and costs 50 ms

            return send(owner, verb, shop, params, progress)
        try:
            opened = _opened(verb, shop)
        except OutsideError as error:
            # Another command holds the file for a moment, or a server is just starting.
            if not error.retryable or time.monotonic() > deadline:
                raise
            continue
        with opened:
            return verb.run(opened, params, progress)


def _opened(verb: Verb, shop: Path) -> OpenShop:
    from zhanggui.loop import shops

    return shops.opened(shop, wait=STEP, writes=verb.writes)


def listens(owner: Owner) -> bool:
    """Whether the owner's port is open: its process number may have gone to somebody else."""
    try:
        socket.create_connection(("127.0.0.1", owner.port), timeout=STEP).close()
    except OSError:
        return False
    return True
