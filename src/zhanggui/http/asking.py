"""Run a verb in a thread while watching whether the client is still there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request

from zhanggui.basics.progress import Progress, Stopped
from zhanggui.loop.result import Result

EVERY = 0.2  # seconds between two looks at the client
WORKERS = 16

_pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="verb")


class Watched:
    """A progress callback that ends the work once :meth:`stop` was called; thread-safe."""

    def __init__(self, tell: Progress | None = None) -> None:
        self._stopped = threading.Event()
        self._tell = tell

    def __call__(self, stage: str, done: int, total: int | None = None) -> None:
        """Pass progress on, or raise :class:`Stopped`."""
        if self._stopped.is_set():
            raise Stopped
        if self._tell:
            self._tell(stage, done, total)

    def stop(self) -> None:
        """End the work at its next report."""
        self._stopped.set()


async def ask_watched(request: Request, ask: Callable[[Progress], Result], tell: Progress | None = None) -> Result:
    """The result of ``ask(progress)``, run in a thread; a client that goes away stops it.

    Raises:
        Stopped: the client went away.
    """
    watched = Watched(tell)
    work = asyncio.get_running_loop().run_in_executor(_pool, ask, watched)
    work.add_done_callback(_looked_at)
    try:
        while True:
            done, _ = await asyncio.wait({work}, timeout=EVERY)
            if done:
                return work.result()
            if await request.is_disconnected():
                watched.stop()
    except asyncio.CancelledError:
        watched.stop()
        raise


def _looked_at(work: asyncio.Future[Result]) -> None:
    """Look at the error of work whose client went away, so that nobody reports it as forgotten."""
    if not work.cancelled():
        work.exception()
