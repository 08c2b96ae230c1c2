"""Any exception as one of our errors: a sentence with the next step, on every face."""

from __future__ import annotations

import errno
import os
import sys
import traceback

from zhanggui.basics.errors import DataError, OutsideError, ZhangguiError

_REASONS = {
    errno.ENOSPC: "The disk is full; free some space and run the command again. Nothing was changed.",
    errno.EDQUOT: "The disk quota is used up; free some space and run the command again. Nothing was changed.",
    errno.EROFS: "The disk is read-only; use a folder that can be written.",
    errno.EMFILE: "Too many files are open; close other programs or raise the limit (ulimit -n).",
}


def as_error(error: Exception) -> ZhangguiError:
    """``error`` as one of our errors.

    What nobody foresaw becomes an :class:`OutsideError` that names it; with ZHANGGUI_DEBUG=1 the
    traceback goes to stderr as well.
    """
    if isinstance(error, ZhangguiError):
        return error
    if os.environ.get("ZHANGGUI_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, FileNotFoundError):
        return DataError(f"{_place(error)} does not exist; check the path.")
    if isinstance(error, IsADirectoryError):
        return DataError(f"{_place(error)} is a folder; name a file.")
    if isinstance(error, PermissionError):
        return OutsideError(f"{_place(error)} may not be read or written by this user; change its permissions.")
    if isinstance(error, OSError):
        reason = _REASONS.get(error.errno or 0)
        where = f" ({_place(error)})" if error.filename else ""
        return OutsideError(f"{reason}{where}" if reason else f"{error}; try again.", retryable=True)
    if isinstance(error, UnicodeError):
        return DataError(f"Text cannot be read or written: {error}; save the file as UTF-8.")
    if isinstance(error, MemoryError):
        return OutsideError("Memory is used up; close other programs and try again.", retryable=True)
    return OutsideError(
        f"Something unforeseen went wrong ({type(error).__name__}: {_first_line(error)}). Nothing was changed. "
        "Run it again with ZHANGGUI_DEBUG=1 and report what it prints."
    )


def _place(error: OSError) -> str:
    return str(error.filename) if error.filename else "The file"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else "no message"
