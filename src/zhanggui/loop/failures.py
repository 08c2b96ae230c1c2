"""Any exception as one of our errors: a sentence with the next step, on every face."""

from __future__ import annotations

import errno
import os
import sys
import traceback

from zhanggui.basics.errors import DataError, OutsideError, ZhangguiError
from zhanggui.basics.words import Words

_REASONS = {
    errno.ENOSPC: Words(
        "The disk is full; free some space and run the command again. Nothing was changed.",
        "磁盘已满；请腾出空间后再运行一次。未作任何更改。",
    ),
    errno.EDQUOT: Words(
        "The disk quota is used up; free some space and run the command again. Nothing was changed.",
        "磁盘配额已用尽；请腾出空间后再运行一次。未作任何更改。",
    ),
    errno.EROFS: Words(
        "The disk is read-only; use a folder that can be written.", "磁盘是只读的；请改用可写的文件夹。"
    ),
    errno.EMFILE: Words(
        "Too many files are open; close other programs or raise the limit (ulimit -n).",
        "打开的文件过多；请关闭其他程序，或调高上限（ulimit -n）。",
    ),
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
        return DataError(
            f"{_place(error).en} does not exist; check the path.", zh=f"{_place(error).zh} 不存在；请检查路径。"
        )
    if isinstance(error, IsADirectoryError):
        return DataError(
            f"{_place(error).en} is a folder; name a file.", zh=f"{_place(error).zh} 是文件夹；请指定文件。"
        )
    if isinstance(error, PermissionError):
        return OutsideError(
            f"{_place(error).en} may not be read or written by this user; change its permissions.",
            zh=f"当前用户无权读写 {_place(error).zh}；请修改其权限。",
        )
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, UnicodeError):
        return DataError(
            f"Text cannot be read or written: {error}; save the file as UTF-8.",
            zh=f"文本无法读写：{error}；请将文件存为 UTF-8。",
        )
    if isinstance(error, MemoryError):
        return OutsideError(
            "Memory is used up; close other programs and try again.",
            zh="内存已用尽；请关闭其他程序后重试。",
            retryable=True,
        )
    return OutsideError(
        f"Something unforeseen went wrong ({type(error).__name__}: {_first_line(error)}). Nothing was changed. "
        "Run it again with ZHANGGUI_DEBUG=1 and report what it prints.",
        zh=(
            f"发生了意外错误（{type(error).__name__}：{_first_line(error)}）。未作任何更改。请设置 "
            "ZHANGGUI_DEBUG=1 再运行一次，并反馈其输出。"
        ),
    )


def _of_system(error: OSError) -> OutsideError:
    reason = _REASONS.get(error.errno or 0)
    if reason is None:
        return OutsideError(f"{error}; try again.", zh=f"{error}；请重试。", retryable=True)
    en, zh = (f" ({error.filename})", f"（{error.filename}）") if error.filename else ("", "")
    return OutsideError(f"{reason.en}{en}", zh=f"{reason.zh}{zh}", retryable=True)


def _place(error: OSError) -> Words:
    return Words(str(error.filename), str(error.filename)) if error.filename else Words("The file", "该文件")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else "no message"
