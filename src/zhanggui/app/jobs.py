"""The repeating jobs of a running server: one thread that looks at the watched folders."""

from __future__ import annotations

import sys
import threading
from types import TracebackType

from zhanggui.basics.progress import Stopped
from zhanggui.loop.desk import Desk
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
            for key, watcher in self._watchers.items():
                try:
                    watcher.scan()
                except Stopped:
                    return
                except Exception as error:  # noqa: BLE001 - border of the job: it must go on tomorrow
                    sys.stderr.write(f"zhanggui: watching the folders of {key}: {as_error(error).message}\n")
            self._ended.wait(self._every)
