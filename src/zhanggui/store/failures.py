"""Failures of the warehouse in one sentence that says what to do."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from zhanggui.basics.errors import DataError, OutsideError, ZhangguiError
from zhanggui.basics.words import Words

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


def said(error: duckdb.Error, folder: Path, doing: Words) -> ZhangguiError:
    """``error``, which happened while ``doing`` something in ``folder``, as an error for a person."""
    text = str(error)
    if _FULL.search(text):
        return OutsideError(
            f"The disk of {folder} is full: {doing.en} was given up and the shop is as it was before. "
            "Free space, then do it again.",
            zh=f"{folder} 所在磁盘已满：已放弃{doing.zh}，店铺保持原状。请腾出空间后重试。",
            retryable=True,
        )
    if _RIGHTS.search(text):
        return OutsideError(
            f"{folder} cannot be written: {doing.en} was given up. Get the right to write to this folder.",
            zh=f"{folder} 无法写入：已放弃{doing.zh}。请取得该文件夹的写权限。",
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return OutsideError(
            f"Not enough memory for {doing.en} in {folder}; the shop is as it was before. "
            "Close other programs, then do it again.",
            zh=f"内存不足，无法在 {folder} 中完成{doing.zh}；店铺保持原状。请关闭其他程序后重试。",
            retryable=True,
        )
    first = text.splitlines()[0] if text else type(error).__name__
    if isinstance(error, (duckdb.IOException, duckdb.TransactionException)):
        return OutsideError(
            f"{doing.en} failed in {folder}: {first}", zh=f"{doing.zh}在 {folder} 中失败：{first}", retryable=True
        )
    return DataError(
        f"The warehouse of {folder} is damaged ({first}); restore the folder from a backup.",
        zh=f"{folder} 的数据仓库已损坏（{first}）；请从备份恢复该文件夹。",
    )


def holder(error: duckdb.Error) -> tuple[str, int] | None:
    """Program and process number that hold the lock which ``error`` is about."""
    found = re.search(r"lock is held in (.*?)\s*\(PID (\d+)\)", str(error))
    return (found[1], int(found[2])) if found else None


def is_lock(error: duckdb.Error) -> bool:
    """Whether ``error`` says that another process holds the file."""
    text = str(error)
    return "Could not set lock" in text or "lock is held" in text or "being used by another process" in text
