"""The rows of a CSV file with their line numbers, however broken the file is.

Quoted line breaks are part of a cell. A stray quote, which would swallow the rest of the file,
costs only the line it is on: the lines after it are read again. A file that ends inside
a row loses that row only.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from zhanggui.basics.words import Words

MAX_RECORD = 4 << 20  # characters; a longer row is a stray quote, and memory stays bounded
csv.field_size_limit(MAX_RECORD)
UNCLOSED = Words("a quote is opened and never closed", "引号没有闭合")
CUT = Words("the file ends in the middle of this row; export it again", "文件在这一行中间结束；请重新导出")


@dataclass(frozen=True)
class Broken:
    """A row that cannot be read: its line, why, and its beginning."""

    line: int
    reason: Words
    value: str


def _too_wide(cells: int, width: int) -> Words:
    return Words(f"the row has {cells} cells, the header has {width}", f"该行有 {cells} 个单元格，表头有 {width} 个")


class _TooLong(Exception):
    """A row runs on and on: an opening quote that nothing closes."""


class _Lines:
    """Lines one by one, remembering those of the row that is being read, so that they can be read again."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.number = 0
        self.pending: list[str] = []
        self._size = 0
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._again:
            line = self._again.popleft()
        else:
            try:
                line = next(self._lines)
            except StopIteration:
                self.ended = True
                raise
        self.number += 1
        self.pending.append(line)
        self._size += len(line)
        if self._size > MAX_RECORD:
            raise _TooLong
        return line.replace("\0", "") if "\0" in line else line

    def begin(self) -> int:
        """Forget the row before; the line on which the next row begins."""
        self.pending = []
        self._size = 0
        self.ended = False
        return self.number + 1

    def again_from(self, keep: int) -> None:
        """Give back all lines of the current row but the first ``keep``."""
        back = self.pending[keep:]
        self._again.extendleft(reversed(back))
        self.number -= len(back)


class Records:
    """Iterates ``(line, cells)`` and ``Broken``; set ``width`` once the header is known."""

    def __init__(self, lines: Iterator[str], separator: str) -> None:
        self._lines = _Lines(lines)
        self._separator = separator
        self.width: int | None = None

    def __iter__(self) -> Iterator[tuple[int, list[str]] | Broken]:
        lines = self._lines
        reader = csv.reader(lines, delimiter=self._separator)
        while True:
            start = lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (_TooLong, csv.Error):
                yield Broken(start, UNCLOSED, self._shown())
                lines.again_from(1)
                reader = csv.reader(lines, delimiter=self._separator)
                continue
            width = self.width
            if width is None or (len(cells) == width and not lines.ended):
                if cells:
                    yield Broken(start, CUT, self._shown()) if self._ends_in_a_character(cells) else (start, cells)
                continue
            if lines.ended:
                yield self._cut(start)
                reader = csv.reader(lines, delimiter=self._separator)
                continue
            fitted = self._fitted(start, cells, width)
            if fitted is not None:
                yield fitted
                reader = csv.reader(lines, delimiter=self._separator)

    def _ends_in_a_character(self, cells: list[str]) -> bool:
        return cells[-1].endswith("\ufffd") and not self._lines.pending[-1].endswith(("\n", "\r"))

    def _cut(self, start: int) -> Broken:
        """The file ended inside quotes: either it is cut there, or a stray quote opened them."""
        shown = self._shown()
        if self._begins_a_row(1):
            self._lines.again_from(1)
            return Broken(start, UNCLOSED, shown)
        return Broken(start, CUT, shown)

    def _fitted(self, start: int, cells: list[str], width: int) -> tuple[int, list[str]] | Broken | None:
        """A row of another length than the header: blank, harmless, or broken."""
        if not any(cell.strip() for cell in cells):
            return None
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            return start, cells[:width]
        shown = self._shown()
        if len(self._lines.pending) > 1 and self._begins_a_row(1):
            self._lines.again_from(1)
            return Broken(start, UNCLOSED, shown)
        if len(cells) < width and not self._lines.pending[-1].endswith(("\n", "\r")):
            return Broken(start, CUT, shown)
        return Broken(start, _too_wide(len(cells), width), shown)

    def _begins_a_row(self, at: int) -> bool:
        """Whether the pending line ``at`` is a whole row when read alone."""
        pending = self._lines.pending
        if len(pending) <= at:
            return False
        alone = next(csv.reader([pending[at]], delimiter=self._separator), [])
        return len(alone) == self.width and (self.width or 0) > 1

    def _shown(self) -> str:
        return self._lines.pending[0].strip()[:200] if self._lines.pending else ""
