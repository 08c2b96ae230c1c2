"""The repeating jobs of a running server: watched folders, collected events, and the first page kept warm."""

from __future__ import annotations

import sys
import threading
import time
from datetime import timedelta
from types import TracebackType

from zhanggui.basics.periods import DEFAULT_DAYS
from zhanggui.basics.progress import Stopped
from zhanggui.loop.desk import Desk
from zhanggui.loop.drainer import Drainer
from zhanggui.loop.failures import as_error
from zhanggui.loop.watching import Watcher

EVERY = 2.0  # seconds between two looks at the folders
PATIENCE = 5.0  # seconds that a job has to end


class Jobs:
    """The jobs over ``desk``, run while the ``with`` block lasts."""

    def __init__(self, desk: Desk, every: float = EVERY) -> None:
        self._desk = desk
        self._every = every
        self._ended = threading.Event()
        self._watchers = {key: Watcher(desk, key) for key in desk.all_keys()}
        self._drainers = {key: Drainer(desk, key) for key in desk.all_keys()}
        self._warm: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def __enter__(self) -> Jobs:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._desk.stop()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        while not self._ended.is_set():
            for key in self._watchers:
                try:
                    self._work(key)
                except Stopped:
                    return
                except Exception as error:  # noqa: BLE001 - border of the job: it must go on tomorrow
                    sys.stderr.write(f"zhanggui: the jobs of {key}: {as_error(error).message}\n")
            self._ended.wait(self._every)

    def _work(self, key: str) -> None:
        self._watchers[key].scan()
        begun = time.monotonic()
        drained = self._drainers[key].step()
        self._warm_up(key)
        if drained:
            self._drainers[key].rest(time.monotonic() - begun)

    def _warm_up(self, key: str) -> None:
        """Ask for the first page's numbers once after every write, so that nobody waits for them."""
        stamp = self._desk.stamp(key)
        if self._warm.get(key) == stamp:
            return
        self._warm[key] = stamp
        last = next(card.last_day for card in self._desk.shops() if card.key == key)
        if last is not None:
            to = last + timedelta(1)
            asked = {"from": to - timedelta(DEFAULT_DAYS), "to": to, "against": "previous"}
            self._desk.call(key, "today", asked)
