"""Failures of the warehouse in one sentence that says what to do."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from zhanggui.basics.errors import DataError, OutsideError, ZhangguiError

# Errors of DuckDB that a person can cause or cure; all others are faults of ours and stay as they are.
CURABLE = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.FatalException,
    duckdb.SerializationException,
    duckdb.TransactionException,
)
_FULL = re.compile(r"no space left|disk quota|file too large|disk full|max_temp_directory_size|offload", re.IGNORECASE)
_RIGHTS = re.compile(r"permission denied|read-only file system|operation not permitted", re.IGNORECASE)


def said(error: duckdb.Error, folder: Path, doing: str) -> ZhangguiError:
    """``error``, which happened while ``doing`` something in ``folder``, as an error for a person."""
    text = str(error)
    if _FULL.search(text):
        return OutsideError(
            f"The disk of {folder} is full: {doing} was given up and the shop is as it was before. "
            "Free space, then do it again.",
            retryable=True,
        )
    if _RIGHTS.search(text):
        return OutsideError(f"{folder} cannot be written: {doing} was given up. Get the right to write to this folder.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return OutsideError(
            f"Not enough memory for {doing} in {folder}; the shop is as it was before. "
            "Close other programs, then do it again.",
            retryable=True,
        )
    first = text.splitlines()[0] if text else type(error).__name__
    if isinstance(error, (duckdb.IOException, duckdb.TransactionException)):
        return OutsideError(f"{doing} failed in {folder}: {first}", retryable=True)
    return DataError(f"The warehouse of {folder} is damaged ({first}); restore the folder from a backup.")


def holder(error: duckdb.Error) -> tuple[str, int] | None:
    """Program and process number that hold the lock which ``error`` is about."""
    found = re.search(r"lock is held in (.*?)\s*\(PID (\d+)\)", str(error))
    return (found[1], int(found[2])) if found else None


def is_lock(error: duckdb.Error) -> bool:
    """Whether ``error`` says that another process holds the file."""
    text = str(error)
    return "Could not set lock" in text or "lock is held" in text or "being used by another process" in text
