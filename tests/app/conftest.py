"""Small shops, command lines and servers as processes of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.small_shop import SmallShops, fixture_of_small_shops

READY = 30.0  # seconds that a server may take on a busy machine


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallShops:
    """Small shops to copy."""
    return fixture_of_small_shops(tmp_path_factory)


@pytest.fixture
def filled(small: SmallShops, tmp_path: Path) -> Path:
    """A copy of the small shop that the test may change."""
    return small.filled(tmp_path / "filled")


@pytest.fixture
def empty(small: SmallShops, tmp_path: Path) -> Path:
    """An empty shop that the test may change."""
    return small.empty(tmp_path / "empty")


def command(*argv: object) -> list[str]:
    """The words that start ``zhanggui`` as a process."""
    return [sys.executable, "-m", "zhanggui.app.main", *(str(word) for word in argv)]


def said(*argv: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A command line run to its end."""
    environ = {**os.environ, "ZHANGGUI_LANG": "en"}
    return subprocess.run(command(*argv), capture_output=True, text=True, timeout=60, cwd=cwd, env=environ, check=False)


class Served:
    """A running server."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def url(self) -> str:
        """The address that it printed; waits for it."""
        end = time.monotonic() + READY
        while time.monotonic() < end:
            found = [line.split()[1] for line in self.lines if line.startswith("ready ")]
            if found:
                return found[0]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        stderr = self.process.stderr.read() if self.process.stderr and self.process.poll() is not None else ""
        raise AssertionError(f"the server did not get ready: {self.lines} {stderr}")

    def end(self, how: int = signal.SIGTERM) -> int:
        """Send a signal and wait; gives the exit code."""
        self.process.send_signal(how)
        return self.process.wait(20)

    def _read(self) -> None:
        if self.process.stdout:
            self.lines.extend(line.rstrip("\n") for line in self.process.stdout)


Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers on free ports and ends them."""
    with contextlib.ExitStack() as stack:

        def start(*shops: object, first: str = "serve", more: tuple[object, ...] = ("--port", 0)) -> Served:
            process = subprocess.Popen(
                command(first, *shops, *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            stack.callback(_end, process)
            return Served(process)

        yield start


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
