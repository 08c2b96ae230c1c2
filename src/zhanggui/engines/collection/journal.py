"""The journal of a shop, for who reads it: segments of records, in the order in which they were safe on disk.

``SHOP/journal/<number>.seg``: the numbers grow, and a segment is not written any more once there is a later one. Every
writer begins a segment of its own, so what lies behind a torn record is never taken for a record. Reading needs no
lock and disturbs no writer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from zhanggui.basics.errors import DataError
from zhanggui.engines.collection.frames import MAGIC, Torn, read_entry, read_head
from zhanggui.engines.collection.types import START, Position, Record, Waiting

FOLDER = "journal"  # in the shop's folder
SUFFIX = ".seg"
_BUFFER = 1024 * 1024


class Journal:
    """The journal in the folder ``folder`` (see :func:`journal_of`), for reading and for throwing away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, start: Position = START) -> Iterator[Record]:
        """The records behind ``start``, up to what is on disk now.

        The last may be written but not safe yet; who takes it twice after a power cut sees the same event ids.

        Raises:
            DataError: a record is damaged.
        """
        for number in self.segments():
            if number >= start.segment:
                offset = start.offset if number == start.segment else 0
                yield from self._read_segment(number, max(offset, len(MAGIC)))

    def waiting(self, start: Position = START) -> Waiting:
        """How much lies behind ``start``; looks at the heads of the records only."""
        events = rejects = size = 0
        oldest: datetime | None = None
        newest: datetime | None = None
        for number in self.segments():
            if number < start.segment:
                continue
            offset = start.offset if number == start.segment else 0
            for received, accepted, rejected, length in self._heads(number, max(offset, len(MAGIC))):
                events, rejects, size = events + accepted, rejects + rejected, size + length
                oldest, newest = oldest or received, received
        return Waiting(events, rejects, size, oldest, newest)

    def delete_before(self, position: Position) -> int:
        """Delete the segments that end at or before ``position``; gives their number.

        The latest segment stays, because numbers must never start again.
        """
        deleted = 0
        for number in self.segments()[:-1]:
            if number < position.segment or (number == position.segment and position.offset >= self._size(number)):
                self._path(number).unlink(missing_ok=True)
                deleted += 1
        if deleted:
            sync_folder(self.folder)
        return deleted

    def segments(self) -> list[int]:
        """The numbers of the segments, in order."""
        try:
            names = os.listdir(self.folder)
        except FileNotFoundError:
            return []
        stems = (name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX))
        return sorted(int(stem) for stem in stems if stem.isdigit())

    def bytes_held(self) -> int:
        """Bytes of all segments on disk."""
        return sum(self._size(number) for number in self.segments())

    def _path(self, number: int) -> Path:
        return self.folder / segment_name(number)

    def _size(self, number: int) -> int:
        try:
            return self._path(number).stat().st_size
        except FileNotFoundError:
            return 0  # deleted meanwhile

    def _read_segment(self, number: int, offset: int) -> Iterator[Record]:
        last_try = False
        while True:
            try:
                for record in _records(self._path(number), number, offset):
                    offset, last_try = record.position.offset, False
                    yield record
            except FileNotFoundError:
                return
            except Torn:
                if self.segments()[-1:] == [number]:
                    return  # its writer was killed here, or is writing it now
                if last_try:
                    raise _damaged(self._path(number), offset) from None
                last_try = True  # the writer has just finished this segment: what was torn is whole now
            else:
                return

    def _heads(self, number: int, offset: int) -> Iterator[tuple[datetime, int, int, int]]:
        try:
            with self._path(number).open("rb", buffering=_BUFFER) as file:
                size = os.fstat(file.fileno()).st_size
                file.seek(offset)
                while (head := read_head(file)) is not None:
                    offset += head[3]
                    if offset > size:
                        return
                    yield head
        except (FileNotFoundError, Torn):
            return


def journal_of(shop: Path) -> Journal:
    """The journal of the shop in the folder ``shop``."""
    return Journal(shop / FOLDER)


def segment_name(number: int) -> str:
    """The file name of a segment; names sort as numbers do."""
    return f"{number:016d}{SUFFIX}"


def sync_folder(folder: Path) -> None:
    """Bring the names of the files in ``folder`` onto the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def whole_bytes(path: Path) -> int:
    """The bytes of the segment ``path`` up to the end of its last whole record; 0 when it has not even begun."""
    try:
        end = 0
        for record in _records(path, 0, len(MAGIC)):
            end = record.position.offset
    except Torn:
        pass
    if end:
        return end
    with path.open("rb") as file:
        return len(MAGIC) if file.read(len(MAGIC)) == MAGIC else 0


def _records(path: Path, number: int, offset: int) -> Iterator[Record]:
    with path.open("rb", buffering=_BUFFER) as file:
        magic = file.read(len(MAGIC))
        if magic != MAGIC:
            if MAGIC.startswith(magic):
                return  # begun only
            raise Torn
        file.seek(offset)
        while (found := read_entry(file)) is not None:
            entry, length = found
            offset += length
            yield Record(Position(number, offset), entry)


def _damaged(path: Path, offset: int) -> DataError:
    return DataError(
        f"The journal segment {path} is damaged at byte {offset}: its checksum does not fit. Restore it from a backup, "
        "or move it out of the folder to go on without the rest of it.",
        zh=f"日志段 {path} 在第 {offset} 字节处损坏：校验和不符。请从备份恢复，或将其移出该文件夹以跳过其余部分。",
    )
