"""A running server owns its shops; a server that has ended does not."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from zhanggui.basics.errors import OutsideError
from zhanggui.store.owner import Owner, clear_owner, process_runs, read_owner, write_owner


def _ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_owner_comes_back_as_written(tmp_path: Path) -> None:
    owner = Owner(8080, "secret", os.getpid())
    write_owner(tmp_path, owner)
    assert read_owner(tmp_path) == owner


def test_only_the_user_can_read_the_token(tmp_path: Path) -> None:
    write_owner(tmp_path, Owner(8080, "secret", os.getpid()))
    assert stat.S_IMODE((tmp_path / "server.json").stat().st_mode) == 0o600


def test_a_server_that_has_ended_owns_nothing(tmp_path: Path) -> None:
    write_owner(tmp_path, Owner(8080, "secret", _ended_process()))
    assert read_owner(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"port": "x"}', '{"port": 1, "token": "t", "pid": -1}', "null"])
def test_a_broken_owner_file_means_no_owner(tmp_path: Path, text: str) -> None:
    (tmp_path / "server.json").write_text(text, encoding="utf-8")
    assert read_owner(tmp_path) is None


def test_a_server_clears_its_own_file_only(tmp_path: Path) -> None:
    write_owner(tmp_path, Owner(8080, "secret", os.getpid()))
    clear_owner(tmp_path, pid=1)
    assert read_owner(tmp_path) is not None
    clear_owner(tmp_path, pid=os.getpid())
    assert read_owner(tmp_path) is None
    clear_owner(tmp_path)


def test_a_process_that_has_ended_does_not_run() -> None:
    assert process_runs(os.getpid())
    assert not process_runs(_ended_process())
    assert not process_runs(0)


def test_an_owner_cannot_be_noted_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"server\.json"):
        write_owner(tmp_path / "missing", Owner(1, "t", 1))
