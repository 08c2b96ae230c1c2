"""Tolerant reading of the files that shops export, shared by all connectors.

``open_rows(path)`` finds out the kind (CSV and the like, gzip, Excel, Parquet), the encoding, the
separator and the header line, and iterates ``(line, row)`` in bounded memory. Rows that
cannot be read are kept in ``rows.rejects(table)``. Values come as text, cleaned of what spreadsheets add.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from zhanggui.basics.errors import DataError
from zhanggui.basics.progress import Progress, silent
from zhanggui.basics.words import Words
from zhanggui.connectors.text_file_bytes import (
    HEAD_LINES,
    PACKED_ERRORS,
    Shape,
    encoding_of,
    names_in,
    open_text,
    separator_of,
    shape_of,
)
from zhanggui.connectors.text_file_records import Broken, Records
from zhanggui.connectors.text_file_sheets import parquet_rows, sheet_rows
from zhanggui.connectors.text_file_values import (
    clean,
    decimal_mark,
    guess_day_first,
    looks_like_scientific,
    parse_amount,
    parse_moment,
)
from zhanggui.shop.rows import Reject

__all__ = [
    "Broken",
    "TextRows",
    "clean",
    "decimal_mark",
    "guess_day_first",
    "looks_like_scientific",
    "open_rows",
    "parse_amount",
    "parse_moment",
]
REPORT_EVERY = 20_000
SAMPLE = 50
PACKED_CUT = Words("the packed file ends too early; export it again", "压缩文件不完整；请重新导出")
MAX_BROKEN = 100_000  # rows kept aside per file; beyond, the file is no table

Row = dict[str, str]
Record = tuple[int, list[str]]


def open_rows(
    path: Path, *, header_has: Sequence[str] = (), also: Sequence[str] = (), progress: Progress = silent
) -> TextRows:
    """The rows of ``path``, to be iterated as ``(line, {column: value})``; may be iterated again.

    ``header_has`` are columns the file must have: they find the header line (title lines before it
    are skipped), the separator and the sheet. ``also`` are columns it may have. Both are matched
    without regard to case and outer spaces, and rows are keyed by the spelling given here; other columns
    by the file's own. Lines count from 1, header included; Parquet counts rows from 1.

    Raises:
        DataError: a folder, empty, unreadable, no table, or a column of ``header_has`` is missing.
    """
    shape = shape_of(path)
    rows = TextRows(path=path, shape=shape, progress=progress)
    if shape == "text":
        rows.encoding = encoding_of(path)
        lines = _head_lines(path, rows.encoding)
        _refuse_other_text(path, lines)
        rows.separator = separator_of(lines, [*header_has, *also])
    if shape == "parquet":
        from zhanggui.connectors.text_file_sheets import open_parquet

        with open_parquet(path) as file:
            rows.header_line, header = 0, list(file.schema_arrow.names)
    else:
        rows.header_line, header = _header(rows, header_has, also)
    rows.columns = _named(header, [*header_has, *also])
    rows.require(*header_has)
    rows.sample = tuple(row for _, row in islice(iter(rows), SAMPLE))
    rows.broken.clear()
    rows.decimal = decimal_mark(value for row in rows.sample for value in row.values())
    return rows


@dataclass
class TextRows:
    """The rows of one file; see :func:`open_rows`.

    ``columns`` in file order; ``sample`` the first rows; ``decimal`` the decimal mark the sample shows;
    ``broken`` the rows that could not be read, filled while iterating.
    """

    path: Path
    shape: Shape
    progress: Progress = silent
    encoding: str = ""
    separator: str = ""
    header_line: int = 1
    columns: tuple[str, ...] = ()
    sample: tuple[Row, ...] = ()
    decimal: str = "."
    broken: list[Broken] = field(default_factory=list)
    sheets: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file's name, as rejects show it."""
        return self.path.name

    def require(self, *columns: str) -> None:
        """Refuse the file when one of ``columns`` is missing.

        Raises:
            DataError: names the column, what the file has, and the next step.
        """
        missing = [name for name in columns if name not in self.columns]
        if missing:
            what = "column" if len(missing) == 1 else "columns"
            verb = "is" if len(missing) == 1 else "are"
            shown = ", ".join(self.columns[:30]) or "no columns"
            raise DataError(
                f"{self.file} line {self.header_line}: {what} {', '.join(map(repr, missing))} {verb} missing; "
                f"the file has {shown}. Write a mapping: zhanggui suggest-map {self.file} > {self.path.stem}.map.toml",
                zh=(
                    f"{self.file} 第 {self.header_line} 行：缺少列 {', '.join(map(repr, missing))}；文件中有 "
                    f"{', '.join(self.columns[:30]) or '零列'}。请编写映射：zhanggui suggest-map {self.file} "
                    f"> {self.path.stem}.map.toml"
                ),
            )

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        self.broken.clear()
        columns = self.columns
        width = len(columns)
        for item in self._records():
            if isinstance(item, Broken):
                self._keep(item)
                continue
            line, cells = item
            values = [clean(cell) if cell and (cell[0] in _WRAPS or cell[-1] in _WRAPS) else cell for cell in cells]
            if len(values) < width:
                values += [""] * (width - len(values))
            if any(values):
                yield line, dict(zip(columns, values, strict=False))

    def rejects(self, table: str) -> Iterator[Reject]:
        """The rows that could not be read since the last call, as refused rows of ``table``; call it at the end."""
        for item in self.broken:
            why = item.reason
            yield Reject(table, self.file, item.line, None, item.value or None, why.en, why.zh)
        self.broken.clear()

    def day_first(self, column: str, most: int = 50_000) -> bool | None:
        """Whether dates such as 05/03/2020 of ``column`` put the day first; None when ``most`` rows do not tell."""
        return guess_day_first(row[column] for _, row in islice(iter(self), most))

    def _keep(self, item: Broken) -> None:
        if len(self.broken) >= MAX_BROKEN:
            raise DataError(
                f"{self.file} line {item.line}: more than {MAX_BROKEN:,} rows cannot be read; is this the right file?",
                zh=f"{self.file} 第 {item.line} 行：超过 {MAX_BROKEN:,} 行无法读取；文件是否给错了？",
            )
        self.broken.append(item)

    def _records(self) -> Iterator[Record | Broken]:
        """Everything after the header."""
        if self.shape == "parquet":
            return parquet_rows(self.path)
        return self._sheet_records() if self.shape == "xlsx" else self._text_records()

    def _sheet_records(self) -> Iterator[Record]:
        for title, rows in sheet_rows(self.path):
            if title in self.sheets:
                # Further sheets count when they repeat the header: years of one export.
                yield from ((line, cells) for line, cells in rows if line > self.header_line)

    def _text_records(self) -> Iterator[Record | Broken]:
        text, position = open_text(self.path, self.encoding)
        size = self.path.stat().st_size
        try:
            records = Records(text, self.separator)
            for count, item in enumerate(records):
                if records.width is None:
                    line = item.line if isinstance(item, Broken) else item[0]
                    if line >= self.header_line:
                        records.width = len(self.columns)
                    continue
                if count % REPORT_EVERY == 0:
                    self.progress(f"reading {self.file}", position(), size)
                yield item
        except PACKED_ERRORS:
            yield Broken(0, PACKED_CUT, "")
        finally:
            text.close()


_WRAPS = frozenset(" \t\r\n\v\f'=\u00a0\u3000\ufeff\u200b\u200e\u200f")


def _head_lines(path: Path, encoding: str) -> list[str]:
    text, _ = open_text(path, encoding)
    try:
        return [line.replace("\0", "")[:200_000] for line in islice(text, HEAD_LINES)]
    except PACKED_ERRORS as error:
        raise DataError(
            f"{path.name} is a packed file that is cut or damaged; export it again.",
            zh=f"{path.name} 是被截断或损坏的压缩文件；请重新导出。",
        ) from error
    finally:
        text.close()


def _refuse_other_text(path: Path, lines: Sequence[str]) -> None:
    start = "".join(lines)[:20_000]
    if not start.strip():
        raise DataError(
            f"{path.name} holds no rows, only blank lines; export it again.",
            zh=f"{path.name} 只有空行，没有数据；请重新导出。",
        )
    strange = sum((character < " " and character not in "\t\r\n\v\f") or character == "\ufffd" for character in start)
    if strange > max(5, 0.05 * len(start)):
        raise DataError(
            f"{path.name} is not a table (it looks like a program's own format); export it as CSV.",
            zh=f"{path.name} 不是表格（看起来是某个程序自己的格式）；请导出为 CSV。",
        )
    if start.lstrip().lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise DataError(
            f"{path.name} is a web page, not a table; save it as .xlsx or CSV and import that.",
            zh=f"{path.name} 是网页，不是表格；请另存为 .xlsx 或 CSV 后导入。",
        )


def _header(rows: TextRows, header_has: Sequence[str], also: Sequence[str]) -> tuple[int, list[str]]:
    """The header's line and cells; for workbooks also the sheets that have this header."""
    if rows.shape == "text":
        lines = _head_lines(rows.path, rows.encoding)
        records = [item for item in Records(iter(lines), rows.separator) if not isinstance(item, Broken)]
        return _best_header(rows, records, header_has, also)
    found: list[tuple[int, int, list[str], str]] = []
    for title, sheet in sheet_rows(rows.path):
        head = list(islice(sheet, HEAD_LINES))
        if head:
            line, cells = _best_header(rows, head, header_has, also)
            found.append((len(names_in(cells, [*header_has, *also])), line, cells, title))
    if not found:
        raise DataError(f"{rows.file} holds no rows; export it again.", zh=f"{rows.file} 没有数据行；请重新导出。")
    _, line, cells, _ = max(found, key=lambda item: item[0])
    rows.sheets = tuple(title for _, at, same, title in found if at == line and same == cells)
    return line, cells


def _best_header(
    rows: TextRows, records: Sequence[Record], header_has: Sequence[str], also: Sequence[str]
) -> tuple[int, list[str]]:
    if not records:
        raise DataError(
            f"{rows.file} holds no rows that can be read; export it again.",
            zh=f"{rows.file} 没有可读取的数据行；请重新导出。",
        )
    if header_has:
        wanted = [*header_has, *also]
        line, cells = max(
            records, key=lambda record: (len(names_in(record[1], header_has)), len(names_in(record[1], wanted)))
        )
        if names_in(cells, wanted):
            return line, cells
    widths = [len(cells) for _, cells in records]
    width = max(set(widths), key=lambda number: (widths.count(number) * (number > 1), number))
    for line, cells in records:
        if len(cells) >= width and sum(bool(cell.strip()) for cell in cells) * 2 > len(cells):
            return line, cells
    return records[0]


def _named(header: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Header cells as keys: cleaned, in the known spelling, numbered when they repeat."""
    spelling = {name.strip().lower(): name for name in known}
    names: list[str] = []
    cells = [clean(cell).strip('"') for cell in header]
    while cells and not cells[-1]:
        cells.pop()
    for number, cell in enumerate(cells, 1):
        name = spelling.get(cell.lower(), cell) or f"column {number}"
        again = next(n for n in chain([""], (f" ({i})" for i in range(2, 10_000))) if name + n not in names)
        names.append(name + again)
    return tuple(names)
