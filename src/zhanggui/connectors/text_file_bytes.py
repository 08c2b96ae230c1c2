"""Of which kind a file is, in which encoding, and with which separator: decided by its bytes, not its name."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, cast

from zhanggui.basics.errors import DataError

Shape = Literal["text", "xlsx", "parquet"]
SEPARATORS = ",;\t|"
CHUNK = 1 << 20
HEAD_LINES = 60
PACKED_ERRORS = (EOFError, zlib.error, gzip.BadGzipFile)


def shape_of(path: Path) -> Shape:
    """Whether ``path`` is text (CSV and the like, gzip included), an Excel workbook or Parquet.

    Raises:
        DataError: a folder, not there, empty, not readable, or of a kind that cannot be read.
    """
    try:
        if path.is_dir():
            raise DataError(
                f"{path} is a folder, not a file; name the file in it that is to be read.",
                zh=f"{path} 是文件夹，不是文件；请指定其中要读取的文件。",
            )
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}. Check the path and its rights.",
            zh=f"{path} 无法读取：{error.strerror or error}。请检查路径和权限。",
        ) from error
    if not start:
        raise DataError(f"{path.name} is empty; export it again.", zh=f"{path.name} 是空的；请重新导出。")
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(
            f"{path.name} is an old Excel file (.xls); save it as .xlsx or CSV and import that.",
            zh=f"{path.name} 是旧版 Excel 文件（.xls）；请另存为 .xlsx 或 CSV 后导入。",
        )
    return "text"


def open_bytes(path: Path) -> io.BufferedReader:
    """The bytes of ``path``, unpacked when it is gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(io.BufferedReader, gzip.open(path)) if packed else path.open("rb")


def encoding_of(path: Path) -> str:
    """The encoding of the text file ``path``: utf-8-sig, utf-16, gb18030 or cp1252.

    Decided on the first megabyte that holds a byte above 127, wherever in the file it is.
    """
    with open_bytes(path) as file:
        try:
            first = chunk = file.read1(CHUNK)
        except PACKED_ERRORS as error:
            raise DataError(
                f"{path.name} is a packed file that is cut or damaged; export it again.",
                zh=f"{path.name} 是被截断或损坏的压缩文件；请重新导出。",
            ) from error
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        half = len(first) // 2
        if half > 8 and first[1::2].count(0) > 0.3 * half and first[::2].count(0) < 0.1 * half:
            return "utf-16-le"
        if half > 8 and first[::2].count(0) > 0.3 * half and first[1::2].count(0) < 0.1 * half:
            return "utf-16-be"
        try:
            while chunk and chunk.isascii():
                chunk = file.read1(CHUNK)
        except PACKED_ERRORS:  # cut later on: what is there will be read
            chunk = b""
    return _encoding_of_bytes(chunk)


def _encoding_of_bytes(chunk: bytes) -> str:
    if not chunk or _decodes(chunk, "utf-8"):
        return "utf-8-sig"
    if _decodes(chunk, "gb18030") and _pairs_look_chinese(chunk):
        return "gb18030"
    # Neither: a few damaged bytes in UTF-8, or a western code page.
    damaged = chunk.decode("utf-8", "replace")
    good = sum(character > "\x7f" and character != "\ufffd" for character in damaged)
    return "utf-8-sig" if good > 4 * damaged.count("\ufffd") else "cp1252"


def _decodes(chunk: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(chunk)  # the chunk may end inside a character
    except UnicodeDecodeError:
        return False
    return True


def _pairs_look_chinese(chunk: bytes) -> bool:
    """In Chinese text most high bytes come in pairs; in western text they stand alone among ASCII."""
    pairs = alone = 0
    at = 0
    while at < len(chunk) - 1 and pairs + alone < 2000:
        if chunk[at] < 0x80:
            at += 1
        elif chunk[at + 1] >= 0x80:
            pairs, at = pairs + 1, at + 2
        elif chunk[at + 1 : at + 2].isdigit() and chunk[at + 2 : at + 3] >= b"\x81":
            pairs, at = pairs + 1, at + 4  # a rare character: four bytes, the second and fourth are digits
        else:
            alone, at = alone + 1, at + 2
    return pairs > alone


def open_text(path: Path, encoding: str) -> tuple[io.TextIOWrapper, Callable[[], int]]:
    """The text of ``path``, line ends kept, and a function that tells how many (packed) bytes were read."""
    raw = open_bytes(path)
    # cp1252 leaves five bytes undefined and files may be damaged: one bad byte must not lose a file.
    text = io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
    counted = cast(io.BufferedReader, getattr(raw, "fileobj", None) or raw)
    return text, counted.tell


def separator_of(lines: Sequence[str], wanted: Sequence[str] = ()) -> str:
    """The separator of a file that begins with ``lines``.

    That of a line which has all ``wanted`` columns, else the one that splits most lines into the
    same number (above one) of cells.
    """
    best, best_score = ",", (-1.0, 0)
    for separator in SEPARATORS:
        rows = split_rows(lines, separator)
        if not rows:
            continue
        widths = [len(row) for row in rows if len(row) > 1]
        if not widths:
            continue
        width = max(set(widths), key=lambda number: (widths.count(number), number))
        matched = max((len(names_in(row, wanted)) for row in rows), default=0)
        score = (matched + widths.count(width) / len(rows), width)
        if score > best_score:
            best, best_score = separator, score
    return best


def split_rows(lines: Sequence[str], separator: str) -> list[list[str]]:
    """``lines`` as rows of cells; blank lines are left out, and a last row that is cut too."""
    try:
        return [row for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return []


def names_in(row: Sequence[str], wanted: Sequence[str]) -> set[str]:
    """Those of ``wanted`` that are cells of ``row``; case and outer spaces do not matter."""
    cells = {cell.strip().strip("\ufeff").lower() for cell in row}
    return {name for name in wanted if name.strip().lower() in cells}
