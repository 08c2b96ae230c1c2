"""Any exception as a sentence."""

from __future__ import annotations

import errno
import os
import re

import pytest

from zhanggui.basics.errors import DataError, OutsideError
from zhanggui.loop.failures import as_error

CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")


def test_our_own_errors_pass_through() -> None:
    mine = DataError("x")
    assert as_error(mine) is mine


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (errno.ENOSPC, "disk is full"), (errno.EDQUOT, "quota"), (errno.EROFS, "read-only"),
        (errno.EMFILE, "files are open"),
        (errno.EIO, "try again"),
    ],
)  # fmt: skip
def test_a_failing_disk_is_told_with_the_next_step(code: int, says: str) -> None:
    told = as_error(OSError(code, os.strerror(code), "/somewhere/file"))
    assert isinstance(told, OutsideError)
    assert says in told.message
    assert CHINESE.search(told.zh)
    assert "/somewhere/file" in told.zh


@pytest.mark.parametrize("kind", [FileNotFoundError, IsADirectoryError, PermissionError])
def test_a_path_that_cannot_be_used_is_named(kind: type[OSError]) -> None:
    told = as_error(kind(1, "no", "/x/y.csv"))
    assert "/x/y.csv" in told.message
    assert "/x/y.csv" in told.zh
    assert CHINESE.search(told.zh)


def test_memory_and_text_have_words_of_their_own() -> None:
    assert "Memory" in as_error(MemoryError()).message
    assert "UTF-8" in as_error(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no")).message


def test_what_nobody_foresaw_is_one_sentence_without_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    told = as_error(RuntimeError("first line\nsecond line"))
    assert "RuntimeError: first line" in told.message
    assert "second" not in told.message
    assert "no message" in as_error(RuntimeError()).message
    assert capsys.readouterr().err == ""


def test_the_traceback_is_there_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHANGGUI_DEBUG", "1")
    as_error(RuntimeError("boom"))
    assert "RuntimeError: boom" in capsys.readouterr().err
