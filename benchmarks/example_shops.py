"""The example shops are there in half a minute: a fresh build of both."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile

from benchmarks.measures import Measure


def measure(scale: float = 1.0) -> list[Measure]:
    """Seconds of building gifts and homeware (always at their own size)."""
    del scale
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "zhanggui.app.main", "demo", folder, "--no-serve", "--language", "en"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    built = dict(re.findall(r"(\w+): built \(([\d.]+) s\)", done.stdout + done.stderr))
    return [
        Measure("build of homeware at its default size", float(built["Homeware"]), 30, "s", "about 5 million rows"),
        Measure("build of gifts", float(built["Gifts"]), 30, "s", "285,421 lines"),
    ]
