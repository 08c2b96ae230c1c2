"""The Today page of a shop with a million orders, cold and when nothing changed; the command line's first answer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measures import Measure, median_seconds, seconds
from benchmarks.million_orders import open_million

COMMAND = [sys.executable, "-m", "zhanggui.app.main"]


def measure(scale: float = 1.0) -> list[Measure]:
    """Seconds of the Today page and of ``--help`` and a first KPI on the command line."""
    with open_million(scale) as shop:
        folder = shop.folder
    with _serving(folder) as address:
        page = f"{address}/{folder.name}/today"
        cold = seconds(lambda: _get(page))
        warm = median_seconds(lambda: _get(page))
    gifts = _gifts()
    first = median_seconds(lambda: _run("kpi", str(gifts), "sales"))
    helped = median_seconds(lambda: _run("--help"))
    return [
        Measure("Today page of a million orders, cold", cold, 1.5, "s"),
        Measure("Today page of a million orders, nothing changed", warm, 0.3, "s", "median of 5"),
        Measure("command line, first KPI of gifts", first, 1.0, "s", "median of 5, a new process each"),
        Measure("zhanggui --help", helped, 0.4, "s", "median of 5"),
    ]


def _get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 -- our own server on loopback
        body: bytes = answer.read()
    return body


def _run(*words: str) -> None:
    subprocess.run([*COMMAND, *words], check=True, capture_output=True)


def _gifts() -> Path:
    folder = Path(tempfile.gettempdir()) / "zhanggui-benchmark-demo"
    if not (folder / "gifts" / "shop.toml").exists():
        _run("demo", str(folder), "--no-serve")
    return folder / "gifts"


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen([*COMMAND, "serve", str(folder), "--port", "0"], stdout=subprocess.PIPE, env=environment)
    try:
        assert server.stdout is not None
        for line in server.stdout:
            ready = re.match(rb"ready (http://\S+)", line)
            if ready:
                yield ready[1].decode()
                break
    finally:
        server.terminate()
        server.wait(10)
