"""The example shops, built once for all pages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def example_shops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds ``demo/gifts`` and ``demo/homeware``."""
    folder = tmp_path_factory.mktemp("handbook")
    environment = {**os.environ, "PYTHONUTF8": "1"}
    subprocess.run(
        [sys.executable, "-m", "zhanggui.app.main", "demo", "demo", "--no-serve"],
        cwd=folder, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    return folder
