"""Rows of a batch in a TEMP table, cast and checked while they come in; nothing of the shop is touched yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from zhanggui.basics.errors import DataError
from zhanggui.shop import CsvScan, Rows, Table
from zhanggui.shop.rows import LINE
from zhanggui.store.importing.casting import Zones, cell_class, raw_sql, text_sql, value_sql
from zhanggui.store.importing.checks import problems_of
from zhanggui.store.importing.running import Runner
from zhanggui.store.schema import TYPES, literal, quoted

BATCH = 32_768  # rows that one thread takes at a time


@dataclass(frozen=True)
class Segment:
    """Neighbouring rows of one file in the staging table, from row number ``start`` on.

    ``unit`` numbers the (file, columns given) pairs in the order in which they came; ``columns`` numbers the sets of
    columns given. ``base`` is the line of the first row where lines simply count on; without it ``line_of``
    (rows) or the ``scan`` (a file) knows the lines.
    """

    seg: int
    unit: int
    columns: int
    file: str
    start: int
    base: int | None
    line_of: Callable[[list[int]], list[int]] | None = None
    first_row: int = 0
    scan: CsvScan | None = None


@dataclass(frozen=True)
class _Cell:
    """Where a column of the shop comes from: an SQL expression and the class of its cells."""

    sql: str
    cls: str


class Staging:
    """The rows of one table in one batch.

    The TEMP table ``name`` has the typed columns given so far, ``_bad`` (code of the first broken rule) and ``_value``
    (the cell that broke it), and ``_line`` when a source gave lines. Rows stay in the order in which they came, so
    ``rowid`` says which segment a row is of.
    """

    def __init__(self, table: Table, shop_zone: str, runner: Runner) -> None:
        self.table = table
        self.name = f"zg_in_{table.name}"
        self.segments: list[Segment] = []
        self.sets: list[frozenset[str]] = []
        self.rows = 0
        self.problems = problems_of(table)
        self._columns: set[str] = set()
        self._units: dict[tuple[str, int], int] = {}
        self._shop_zone = shop_zone
        self._runner = runner
        runner.con.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(self.name)} (_bad USMALLINT, _value VARCHAR)")
        self._hold(list(table.required))

    @property
    def given(self) -> tuple[str, ...]:
        """Columns that some piece of the batch gave, in the order of the table."""
        return tuple(column.name for column in self.table.columns if column.name in self._columns)

    @property
    def held(self) -> frozenset[str]:
        """Columns of the staging table, ``_line`` included when a source gave lines."""
        return frozenset(self._columns)

    def sets_with(self, column: str) -> tuple[int, ...]:
        """Numbers of the sets of columns that hold ``column``."""
        return tuple(number for number, names in enumerate(self.sets) if column in names)

    def add(self, pieces: Sequence[Rows]) -> None:
        """Take rows that share their columns, types and zone.

        Raises:
            DataError: a required column is missing, or a column is not of the shop model.
        """
        first = pieces[0]
        cells = self._cells(first)
        data = pa.concat_tables([piece.data for piece in pieces]) if len(pieces) > 1 else first.data
        # Small record batches: the engine reads them in parallel and keeps their order.
        data = pa.Table.from_batches(data.to_batches(max_chunksize=BATCH), schema=data.schema)
        start = self.rows
        for piece in pieces:
            if piece.data.num_rows:
                self._note(piece, frozenset(cells), start)
            start += piece.data.num_rows
        if data.num_rows == 0:
            return
        self._hold([*cells, LINE] if LINE in data.column_names else list(cells))
        self._runner.begin(data, self._insert("zg_piece", cells, first.naive_zone, line=LINE in data.column_names))
        self.rows = start

    def scan(self, scan: CsvScan) -> None:
        """Let DuckDB read the file itself, in parallel and in order.

        Raises:
            DataError: a required column is missing, a column is not of the shop model, or the file is no CSV at all.
        """
        names = [name for name in scan.columns if name is not None]
        cells = {name: _Cell(f"c{at}", "text") for at, name in enumerate(scan.columns) if name is not None}
        self._check_names(names, scan.file)
        self._hold(list(cells))
        seg = len(self.segments)
        columns = self._set_of(frozenset(cells))
        self.segments.append(
            Segment(seg, self._unit(scan.file, columns), columns, scan.file, self.rows, None, scan=scan)
        )
        sql = self._insert(csv_sql(scan, self.refusals(seg)), cells, scan.naive_zone, line=False)
        try:
            self._runner.run("reading", sql)
        except duckdb.InvalidInputException as error:
            first = str(error).splitlines()[0]
            raise DataError(
                f"{scan.file} cannot be read as CSV ({first}). Export it again, or save it as CSV.",
                zh=f"{scan.file} 无法按 CSV 读取（{first}）。请重新导出，或另存为 CSV。",
            ) from error
        self.rows = int(self._runner.one(f"SELECT count(*) FROM {quoted(self.name)}")[0])

    def spans(self) -> list[tuple[Segment, int]]:
        """Every segment with the row number after its last row."""
        ends = [segment.start for segment in self.segments[1:]] + [self.rows]
        return list(zip(self.segments, ends, strict=False))

    def keep_segments(self) -> str:
        """The TEMP table of the segments; join it with ``ASOF JOIN ... ON rowid >= start``."""
        name = f"zg_seg_{self.table.name}"
        self._runner.con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} "
            "(seg INTEGER, unit INTEGER, columns INTEGER, file VARCHAR, start BIGINT, base BIGINT)"
        )
        filled = [segment for segment, end in self.spans() if end > segment.start]
        rows = [[seg.seg, seg.unit, seg.columns, seg.file, seg.start, seg.base] for seg in filled]
        fields = ("seg", "unit", "columns", "file", "start", "base")
        kinds = (pa.int32(), pa.int32(), pa.int32(), pa.string(), pa.int64(), pa.int64())
        arrays = [pa.array([row[at] for row in rows], kind) for at, kind in enumerate(kinds)]
        self._runner.put(
            pa.table(arrays, names=list(fields)), f"INSERT INTO {name} SELECT * FROM zg_piece ORDER BY start"
        )
        return name

    def refusals(self, seg: int) -> str:
        """The TEMP table with the lines of a scanned file that are no rows at all."""
        return f"{self.name}_refused_{seg}"

    def _cells(self, piece: Rows) -> dict[str, _Cell]:
        names = [name for name in piece.data.column_names if name != LINE]
        self._check_names(names, piece.file)
        return {
            name: _Cell(quoted(name), cell_class(piece.data.schema.field(name).type, name, piece.file))
            for name in names
        }

    def _check_names(self, names: Sequence[str], file: str) -> None:
        for name in names:
            self.table.column(name)
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise DataError(
                f"{file}: two columns fill {self.table.name}.{twice}; map only one of them.",
                zh=f"{file}：有两列填入 {self.table.name}.{twice}；请只映射其中一列。",
            )
        for name in self.table.required:
            if name not in names:
                raise DataError(
                    f"{file}: column {name!r} of {self.table.name} is missing; there are {', '.join(names)}. "
                    "Write a mapping that says which column it is: zhanggui suggest-map",
                    zh=(
                        f"{file}：缺少 {self.table.name} 的列 {name!r}；现有 {', '.join(names)}。请编写映射，"
                        "指明是哪一列：zhanggui suggest-map"
                    ),
                )

    def _note(self, piece: Rows, given: frozenset[str], start: int) -> None:
        columns = self._set_of(given)
        counted = LINE in piece.data.column_names
        unit = self._unit(piece.file, columns)
        base = None if counted or piece.line_of is not None else piece.first_row + 1
        last = self.segments[-1] if self.segments else None
        if last is not None and last.unit == unit and last.scan is None and last.line_of is piece.line_of:
            follows = last.first_row + start - last.start == piece.first_row
            if (counted and last.base is None) or (follows and (last.base is None) == (base is None)):
                return
        self.segments.append(
            Segment(len(self.segments), unit, columns, piece.file, start, base, piece.line_of, piece.first_row)
        )

    def _set_of(self, given: frozenset[str]) -> int:
        if given not in self.sets:
            self.sets.append(given)
        return self.sets.index(given)

    def _unit(self, file: str, columns: int) -> int:
        return self._units.setdefault((file, columns), len(self._units))

    def _hold(self, names: list[str]) -> None:
        """Add the columns of the staging table that came up for the first time."""
        optional_keys = [name for name in self.table.key if name not in self.table.required]
        for name in [*names, *optional_keys]:
            if name not in self._columns:
                kind = "BIGINT" if name == LINE else TYPES[self.table.column(name).kind]
                default = " DEFAULT ''" if name in optional_keys else ""
                self._runner.con.execute(f"ALTER TABLE {quoted(self.name)} ADD COLUMN {quoted(name)} {kind}{default}")
                self._columns.add(name)

    def _insert(self, source: str, cells: dict[str, _Cell], naive_zone: str | None, *, line: bool) -> str:
        zones = Zones(naive_zone, self._shop_zone)
        table = self.table
        lines = f", {LINE}" if line else ""
        raw = ", ".join(
            f'{raw_sql(cell.sql, cell.cls, table.column(name).kind)} AS "r_{name}"' for name, cell in cells.items()
        )
        values = ", ".join(
            f'{value_sql(table.column(name), _raw(name), cell.cls, zones)} AS "v_{name}"'
            for name, cell in cells.items()
        )
        active = [
            problem
            for problem in self.problems
            if all(name in cells for name in problem.needs)
            and (not problem.text_only or cells[problem.column].cls == "text")
        ]
        bad = " ".join(f"WHEN {problem.condition} THEN {problem.code}" for problem in active)
        shown = " ".join(
            f"WHEN {problem.code} THEN {text_sql(_raw(problem.column), cells[problem.column].cls)}"
            for problem in active
        )
        targets = ", ".join(quoted(name) for name in cells)
        chosen = ", ".join(self._stored(name) for name in cells)
        return (
            f"INSERT INTO {quoted(self.name)} ({targets}, _bad, _value{lines}) "
            f"SELECT {chosen}, _bad, CASE WHEN _bad IS NOT NULL THEN CASE _bad {shown} END END{lines} FROM ("
            f"SELECT *, CASE {bad} END AS _bad FROM (SELECT *, {values} FROM (SELECT {raw}{lines} FROM {source})))"
        )

    def _stored(self, name: str) -> str:
        optional_key = name in self.table.key and name not in self.table.required
        return f"coalesce(\"v_{name}\", '')" if optional_key else f'"v_{name}"'


def csv_sql(scan: CsvScan, refused: str) -> str:
    """The table function that reads ``scan``; lines that are no rows go to the TEMP table ``refused``."""
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(scan.columns)))
    # A file may be called orders[1].csv or a*.csv; DuckDB would look for a pattern.
    path = re.sub(r"([*?\[])", r"[\1]", str(scan.path))
    return (
        f"read_csv({literal(path)}, auto_detect = false, header = false, skip = {scan.skip}, "
        f"columns = {{{columns}}}, delim = {literal(scan.separator)}, quote = {literal(scan.quote)}, "
        f"escape = {literal(scan.quote)}, store_rejects = true, rejects_table = {literal(refused)}, "
        f"rejects_scan = {literal(refused + '_scan')})"
    )


def _raw(name: str) -> str:
    return f'"r_{name}"'
