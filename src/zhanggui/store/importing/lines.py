"""In which line of its file a row stands; worked out for the few rows that are talked about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa

from zhanggui.shop import CsvScan
from zhanggui.shop.rows import LINE
from zhanggui.store.importing.running import Runner
from zhanggui.store.importing.staging import Segment, Staging

CHUNK = 100_000  # rows that a source is asked about at once
BLOCK = 1 << 22  # bytes read at once while lines are counted


def locate(staging: Staging, runner: Runner, rows: str, into: str) -> None:
    """Write the TEMP table ``into`` (r, file, line) for the row numbers that the query ``rows`` gives as ``r``."""
    con = runner.con
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into}_asked AS SELECT DISTINCT r FROM ({rows})")
    segments = f"zg_seg_{staging.table.name}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into}_found (r BIGINT, line BIGINT)")
    for segment, end in staging.spans():
        if segment.line_of is not None or segment.scan is not None:
            _look_up(staging, segment, end, runner, into)
    line = f"s.{LINE}" if LINE in staging.held else "NULL"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT a.r, g.file, "
        f"coalesce(f.line, {line}, g.base + a.r - g.start) AS line FROM {into}_asked a "
        f"ASOF JOIN {segments} g ON a.r >= g.start LEFT JOIN {into}_found f ON f.r = a.r "
        f'LEFT JOIN "{staging.name}" s ON s.rowid = a.r'
    )
    con.execute(f"DROP TABLE {into}_asked")
    con.execute(f"DROP TABLE {into}_found")


def lines_of_records(scan: CsvScan, rows: Iterable[int], refused_at: Sequence[int]) -> Iterator[int]:
    """Lines of the good rows numbered ``rows`` (from 0, ascending) of a scanned file.

    ``refused_at`` are the byte positions (ascending) of the lines that were no rows; they are not numbered.
    """
    wanted = iter(rows)
    want = next(wanted, None)
    number = at = 0
    for end, line in records(scan.path, scan.skip, scan.separator, scan.quote):
        if want is None:
            return
        was = at
        while at < len(refused_at) and refused_at[at] < end:
            at += 1
        if at > was:
            continue
        if number == want:
            yield line
            want = next(wanted, None)
        number += 1


def lines_at(scan: CsvScan, positions: Sequence[int]) -> list[int]:
    """Lines of the records that hold the byte ``positions`` (ascending)."""
    found: list[int] = []
    wanted = iter(positions)
    want = next(wanted, None)
    line = 1
    for end, line in records(scan.path, scan.skip, scan.separator, scan.quote):
        while want is not None and want < end:
            found.append(line)
            want = next(wanted, None)
        if want is None:
            break
    return found + [line] * (len(positions) - len(found))


def records(path: Path, skip: int, separator: str, quote: str) -> Iterator[tuple[int, int]]:
    """Where each record of a CSV file ends (byte) and in which line it begins; blank lines are no records."""
    end, begun, open_ = 0, 0, False
    mark, cut = quote.encode(), separator.encode()
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            end += len(text)
            if number <= skip or (not begun and not text.strip(b"\r\n")):
                continue
            begun = begun or number
            open_ = still_open(text, cut, mark, within=open_) if mark and (open_ or mark in text) else False
            if not open_:
                yield end, begun
                begun = 0
    if begun:
        yield end, begun


def still_open(text: bytes, separator: bytes, quote: bytes, *, within: bool) -> bool:
    """Whether a quoted cell goes on after the line ``text``; ``within`` says that one was open before it."""
    at = 0
    while True:
        if within:
            at = text.find(quote, at)
            if at < 0:
                return True
            at += 1
            if text.startswith(quote, at):
                at += 1
                continue
            within = False
        elif text.startswith(quote, at):
            at += 1
            within = True
            continue
        at = text.find(separator, at)
        if at < 0:
            return False
        at += len(separator)


def count_lines(path: Path) -> int:
    """Lines of a file; the last may lack its line end."""
    count, last = 0, b"\n"
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            count += block.count(b"\n")
            last = block[-1:]
    return count + (last != b"\n")


def refused_positions(staging: Staging, segment: Segment, runner: Runner) -> list[int]:
    """Byte positions of the lines of a scanned file that were no rows, ascending."""
    rows = runner.all(f'SELECT DISTINCT line_byte_position FROM "{staging.refusals(segment.seg)}" ORDER BY 1')
    return [int(row[0]) for row in rows]


def _look_up(staging: Staging, segment: Segment, end: int, runner: Runner, into: str) -> None:
    here = f"FROM {into}_asked WHERE r >= {segment.start} AND r < {end}"
    refused: list[int] = []
    if segment.scan is not None:
        refused = refused_positions(staging, segment, runner)
        skip = segment.scan.skip
        if not refused and count_lines(segment.scan.path) == end - segment.start + skip:
            runner.con.execute(f"INSERT INTO {into}_found SELECT r, r - {segment.start} + {skip + 1} {here}")
            return
    asked = runner.con.sql(f"SELECT r {here} ORDER BY r").to_arrow_table().column("r")
    lines = _lines(segment, asked, refused)
    for at in range(0, len(asked), CHUNK):
        part = asked.slice(at, CHUNK)
        found = pa.table({"r": part, "line": pa.array(islice(lines, len(part)), pa.int64())})
        runner.put(found, f"INSERT INTO {into}_found SELECT * FROM zg_piece")


def _lines(segment: Segment, asked: pa.ChunkedArray, refused: Sequence[int]) -> Iterator[int]:
    """Lines of the staging rows ``asked``, in their order."""
    parts = (asked.slice(at, CHUNK).to_pylist() for at in range(0, len(asked), CHUNK))
    if segment.scan is not None:
        yield from lines_of_records(segment.scan, (row - segment.start for part in parts for row in part), refused)
    elif segment.line_of is not None:
        for part in parts:
            yield from segment.line_of([row - segment.start + segment.first_row for row in part])
