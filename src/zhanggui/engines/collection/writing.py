"""The journal of a shop, for its one writer: many requests share one flush to the disk.

Requests append; a thread takes all that came meanwhile, writes it at once, brings it onto the disk, and tells all of
them together. The slower the disk, the larger the groups. An entry counts only when its commit is done.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue

from zhanggui.basics.errors import OutsideError
from zhanggui.engines.collection.frames import MAGIC, framed
from zhanggui.engines.collection.journal import Journal, segment_name, sync_folder, whole_bytes
from zhanggui.engines.collection.types import Entry

SEGMENT_BYTES = 64 * 1024 * 1024
QUEUE_BYTES = 32 * 1024 * 1024  # waiting for the disk; more is refused, so that memory stays bounded
LOCK = "lock"
PATIENCE = 30.0  # seconds that closing waits for the disk
_MOST_PARTS = 512  # buffers of one write; the system takes 1,024 at most

Commit = Future[None]  # done: on disk. It may hold an OutsideError: then nothing of the group is


class _Group:
    def __init__(self) -> None:
        self.commit: Commit = Future()
        self.frames: list[bytes] = []
        self.released = False
        self.bytes = 0


class JournalWriter:
    """Appends to the journal in ``folder``; one writer per journal, in any process. Close it after use."""

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES, queue_bytes: int = QUEUE_BYTES) -> None:
        self.folder = folder
        self._segment_bytes = segment_bytes
        self._queue_bytes = queue_bytes
        self._file = -1
        self._safe = 0  # bytes of the segment that are on disk
        self._spoiled = False  # behind them stands what was never acknowledged
        self._lock = _locked(folder)
        try:
            _cut_torn(folder)
        except BaseException:
            os.close(self._lock)
            raise
        self._guard = threading.Lock()
        self._wake: SimpleQueue[None] = SimpleQueue()  # one item per released group
        self._next = _Group()
        self._queued = 0
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def append(self, entry: Entry, *, hold: bool = False) -> Commit:
        """Have ``entry`` written; the commit, shared by all of its group, is done when it is on disk.

        With ``hold`` nothing is written before :meth:`release`: who has several requests at hand appends all of them
        first, because every flush costs as much as many requests.

        Raises:
            OutsideError: the disk is so slow that too much waits already, or the writer is closed.
        """
        frame = framed(entry)
        with self._guard:
            if self._closing:
                raise _refused("is closed", "已关闭")
            if self._queued + len(frame) > self._queue_bytes:
                raise _refused("waits for the disk", "正在等待磁盘")
            group = self._next
            group.frames.append(frame)
            group.bytes += len(frame)
            self._queued += len(frame)
            if not hold:
                self._release(group)
            return group.commit

    def release(self) -> None:
        """Have written what was held."""
        with self._guard:
            self._release(self._next)

    def write(self, entry: Entry) -> None:
        """Append ``entry`` and wait until it is on disk.

        Raises:
            OutsideError: it could not be written; nothing of it is in the journal.
        """
        self.append(entry).result()

    def close(self) -> None:
        """Write what waits, then let go of the journal."""
        with self._guard:
            if self._closing:
                return
            self._closing = True
            self._release(self._next)
            self._wake.put(None)
        self._thread.join(PATIENCE)
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        os.close(self._lock)

    def _release(self, group: _Group) -> None:
        if group.frames and not group.released:
            group.released = True
            self._wake.put(None)

    def _run(self) -> None:
        while True:
            self._wake.get()
            with self._guard:
                if not self._next.frames:
                    return  # woken by closing
                group, self._next = self._next, _Group()
            try:
                self._write(group)
            except OSError as error:
                self._spoiled = True
                group.commit.set_exception(_failed(error, self.folder))
            else:
                group.commit.set_result(None)
            finally:
                with self._guard:
                    self._queued -= group.bytes

    def _write(self, group: _Group) -> None:
        if self._spoiled:
            self._take_back()
        if self._file < 0 or self._safe >= self._segment_bytes:
            self._begin_segment()
        for at in range(0, len(group.frames), _MOST_PARTS):
            _write_all(self._file, group.frames[at : at + _MOST_PARTS])
        os.fdatasync(self._file)
        self._safe += group.bytes

    def _begin_segment(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        # The clock keeps numbers growing even when somebody has emptied the folder.
        number = max([*Journal(self.folder).segments()[-1:], int(time.time()) - 1]) + 1
        path = self.folder / segment_name(number)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._safe = 0
        _write_all(self._file, [MAGIC])
        sync_folder(self.folder)
        self._safe = len(MAGIC)

    def _take_back(self) -> None:
        """Cut what a failed write left behind the acknowledged records; the next group begins a new segment.

        After a failed flush the system may have dropped pages, so this file is not written any more. No later segment
        may begin before the cut: readers take a torn record for damage where a later segment exists.
        """
        if self._file >= 0:
            os.ftruncate(self._file, self._safe)
            os.fdatasync(self._file)
            os.close(self._file)
            self._file = -1
        self._spoiled = False


def _write_all(file: int, parts: list[bytes]) -> None:
    size = sum(map(len, parts))
    written = os.writev(file, parts)
    if written == size:
        return
    rest = memoryview(b"".join(parts))[written:]
    while rest:
        rest = rest[os.write(file, rest) :]


def _locked(folder: Path) -> int:
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            sync_folder(folder.parent)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _failed(error, folder) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise OutsideError(
            f"The events of {folder.parent} are collected by another process. Send them there, or end it first.",
            zh=f"店铺 {folder.parent} 的事件正由另一个进程采集。请发往那里，或先结束它。",
            retryable=True,
        ) from error
    return handle


def _cut_torn(folder: Path) -> None:
    """Cut what a killed writer left half written, before a later segment makes it look finished."""
    numbers = Journal(folder).segments()
    if not numbers:
        return
    path = folder / segment_name(numbers[-1])
    try:
        whole = whole_bytes(path)
        if whole == path.stat().st_size and whole:
            return
        with path.open("r+b") as file:
            file.truncate(whole)
            if not whole:
                file.write(MAGIC)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _failed(error, folder) from error


def _failed(error: OSError, folder: Path) -> OutsideError:
    why = error.strerror or str(error)
    return OutsideError(
        f"The journal {folder} cannot be written: {why}. Check the rights and the free space; send the events again.",
        zh=f"日志 {folder} 无法写入：{why}。请检查权限和剩余空间；事件请稍后重发。",
        retryable=True,
    )


def _refused(why: str, zh: str) -> OutsideError:
    return OutsideError(
        f"The journal {why}; nothing was taken. Send the events again in a moment.",
        zh=f"日志{zh}；未接收任何事件。请稍后重发。",
        retryable=True,
    )
