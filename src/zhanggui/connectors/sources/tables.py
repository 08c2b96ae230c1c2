"""The exchange form: one CSV, Parquet or Excel file per table, named after the table, with the shop model's columns.

Plain UTF-8 CSV files are handed to the store as they are, which is the fastest way in. Files that
need work (other encodings, decimal commas, local dates, spreadsheets' apostrophes, gzip, Excel) are read
row by row; Parquet goes in batches of Arrow. Times without an offset are UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from zhanggui.basics.errors import DataError, nearest
from zhanggui.basics.words import Words
from zhanggui.connectors.collecting import RowsBuilder, Value
from zhanggui.connectors.source import Example, Head, Inputs, Source
from zhanggui.connectors.text_file import TextRows, open_rows, parse_amount, parse_moment
from zhanggui.connectors.text_file_bytes import shape_of
from zhanggui.connectors.text_file_sheets import open_parquet
from zhanggui.shop import TABLES, Table
from zhanggui.shop.rows import CsvScan, Note, Piece, Rows

ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".parquet", ".xlsx")
BATCH = 100_000
_PART = re.compile(r"[._ -]?(?:part)?[._ -]?\d[\d_.-]*")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|[+-]\d\d(?::?\d\d)?)?)?")
_PLAIN_NUMBER = re.compile(r"[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?")
_NUMBERS = frozenset({"amount", "quantity", "count", "number", "rate"})


def read(inputs: Inputs) -> Iterator[Piece]:
    """The rows of all given files and of the files in the given folders.

    Raises:
        DataError: a file is not named after a table, lacks a required column, or is no table.
    """
    files: list[tuple[Table, Path]] = []
    for path in inputs.paths:
        if path.is_dir():
            inside, others = _files_in(path)
            files += inside
            if others:
                yield _left_out(others)
        else:
            files.append((_table_of(path), path))
    order = list(TABLES)
    for table, path in sorted(files, key=lambda item: (order.index(item[0].name), item[1].name)):
        yield from _read_file(table, path, inputs)


def _files_in(folder: Path) -> tuple[list[tuple[Table, Path]], list[str]]:
    files, others = [], []
    for path in sorted(folder.iterdir()):
        table = _named_after(path)
        if path.is_dir() or path.name.startswith("."):
            continue
        if table and path.name.lower().endswith(ENDINGS):
            files.append((table, path))
        else:
            others.append(path.name)
    if not files:
        raise DataError(
            f"{folder} holds no file that is named after a table, such as orders.csv or order_lines.parquet; "
            f"rename the files, or write a mapping: zhanggui suggest-map FILE > FILE.map.toml",
            zh=(
                f"{folder} 中没有以表名命名的文件，例如 orders.csv 或 order_lines.parquet；请重命名文件，"
                "或编写映射：zhanggui suggest-map FILE > FILE.map.toml"
            ),
        )
    return files, others


def _named_after(path: Path) -> Table | None:
    """The table that the file's name names: orders.csv, orders_2011-01.csv.gz, Order Lines.csv."""
    name = path.name.lower()
    for ending in ENDINGS:
        if name.endswith(ending):
            name = name[: -len(ending)]
            break
    name = name.replace("-", "_").replace(" ", "_")
    for table in sorted(TABLES, key=len, reverse=True):
        if name == table or (name.startswith(table) and _PART.fullmatch(name[len(table) :])):
            return TABLES[table]
    return None


def _table_of(path: Path) -> Table:
    table = _named_after(path)
    if table is None:
        near = nearest(path.name.split(".")[0], TABLES)
        hint, guess = (f"did you mean {', '.join(near)}? ", f"是否指 {'、'.join(near)}？") if near else ("", "")
        raise DataError(
            f"{path.name} is not named after a table; {hint}The tables are {', '.join(TABLES)}. "
            f"Rename the file, or write a mapping: zhanggui suggest-map {path.name} > {path.stem}.map.toml",
            zh=(
                f"{path.name} 不是以表名命名的；{guess}可用的表有 {', '.join(TABLES)}。请重命名文件，"
                f"或编写映射：zhanggui suggest-map {path.name} > {path.stem}.map.toml"
            ),
            suggestions=near,
        )
    return table


def _left_out(names: list[str]) -> Note:
    shown = ", ".join(names[:10]) + (" ..." if len(names) > 10 else "")
    return Note(
        Words(f"Left out, not named after a table: {shown}", f"未导入（文件名不是表名）：{shown}"), rows=len(names)
    )


def _read_file(table: Table, path: Path, inputs: Inputs) -> Iterator[Piece]:
    if shape_of(path) == "parquet":
        yield from _read_parquet(table, path, inputs)
        return
    rows = open_rows(
        path, header_has=table.required, also=[column.name for column in table.columns], progress=inputs.progress
    )
    yield from _unknown_columns(table, path.name, rows.columns)
    if _store_can_read(table, rows):
        yield CsvScan(
            table=table.name,
            path=path,
            columns=tuple(name if name in table.by_name else None for name in rows.columns),
            file=path.name,
            separator=rows.separator,
            skip=rows.header_line,
        )
    else:
        yield from _read_rows(table, rows)


def _unknown_columns(table: Table, file: str, columns: tuple[str, ...]) -> Iterator[Note]:
    unknown = [name for name in columns if name not in table.by_name]
    if unknown:
        shown = ", ".join(unknown[:20])
        yield Note(
            Words(
                f"{file}: columns that {table.name} does not have were left out: {shown}",
                f"{file}：{table.words.zh}表没有这些列，未导入：{shown}",
            )
        )


def _store_can_read(table: Table, rows: TextRows) -> bool:
    """Whether every cell of the sample means what it says: then the file needs no work here."""
    with rows.path.open("rb") as file:
        start = file.read(1 << 16)
    odd_lines = b"\r" in start.replace(b"\r\n", b"")
    if rows.encoding != "utf-8-sig" or start.startswith(b"\x1f\x8b") or b"\0" in start or odd_lines:
        return False
    lines = start.count(b"\n")
    if rows.header_line > max(1, lines):
        return False
    return all(_plain(table, name, value) for row in rows.sample for name, value in row.items()) and not _wrapped(start)


def _wrapped(start: bytes) -> bool:
    """Whether cells carry what protects ids from spreadsheets; the store would keep it."""
    return re.search(rb"""(?:^|[,;\t|"\n])(?:'[^\s,;]*\d|=""|"?=")""", start) is not None


def _plain(table: Table, name: str, value: str) -> bool:
    column = table.by_name.get(name)
    if column is None or not value:
        return True
    if column.kind in _NUMBERS:
        return _PLAIN_NUMBER.fullmatch(value) is not None
    if column.kind in {"moment", "day"}:
        return _ISO.fullmatch(value) is not None
    return True


def _read_rows(table: Table, rows: TextRows) -> Iterator[Piece]:
    builder = RowsBuilder(table.name, rows.file)
    used = [table.by_name[name] for name in rows.columns if name in table.by_name]
    day_first = {column.name: rows.day_first(column.name) for column in used if column.kind in {"moment", "day"}}
    for line, row in rows:
        values: dict[str, Value] = {}
        for column in used:
            values[column.name] = _value(row[column.name], column.kind, rows.decimal, day_first.get(column.name))
        yield from builder.add(line, **values)
    yield from builder.rest()
    yield from rows.rejects(table.name)


def _value(text: str, kind: str, decimal: str, day_first: bool | None) -> Value:
    """``text`` in plain form; what cannot be read stays as it is, for the store to refuse with its reason."""
    if not text:
        return None
    try:
        if kind in _NUMBERS:
            return text if _PLAIN_NUMBER.fullmatch(text) and decimal == "." else parse_amount(text, decimal)
        if kind in {"moment", "day"} and not _ISO.fullmatch(text):
            moment = parse_moment(text, day_first=day_first)
            return moment.date() if isinstance(moment, datetime) and kind == "day" else moment
    except ValueError:
        return text
    return text


def _read_parquet(table: Table, path: Path, inputs: Inputs) -> Iterator[Piece]:
    with open_parquet(path) as file:
        names = {name: name.strip().lower() for name in file.schema_arrow.names}
        used = {name: known for name, known in names.items() if known in table.by_name}
        rows = TextRows(path=path, shape="parquet", header_line=0, columns=tuple(used.values()))
        rows.require(*table.required)
        yield from _unknown_columns(
            table, path.name, tuple(known if known in table.by_name else name for name, known in names.items())
        )
        first, total = 0, file.metadata.num_rows
        for batch in file.iter_batches(batch_size=BATCH, columns=list(used)):
            arrays = [_typed(table, used[name], batch.column(name)) for name in batch.schema.names]
            data = pa.table(arrays, names=[used[name] for name in batch.schema.names])
            yield Rows(table=table.name, data=data, file=path.name, first_row=first)
            first += batch.num_rows
            inputs.progress(f"reading {path.name}", first, total)


def _typed(table: Table, name: str, array: pa.Array) -> pa.Array:
    """Dictionaries as values; ids that came as whole floating numbers (17850.0) as 17850."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if table.by_name[name].kind in {"id", "text", "json"} and pa.types.is_floating(array.type):
        whole = pc.all(pc.equal(array, pc.floor(array))).as_py()
        if whole is not False:
            array = array.cast(pa.int64(), safe=False)
        return array.cast(pa.string())
    return array


def detect(head: Head) -> bool:
    """All files are named after tables and mostly have their columns."""
    return bool(head.files) and all(_fits(_named_after(file.path), file.columns) for file in head.files)


def _fits(table: Table | None, columns: tuple[str, ...]) -> bool:
    if table is None or not columns:
        return False
    mine = {name.strip().lower() for name in columns}
    return mine.issuperset(table.required) and 2 * len(mine & set(table.by_name)) > len(mine)


SOURCE = Source(
    words=Words("Exchange form (one file per table)", "标准格式（每表一个文件）"),
    doc=Words(
        "One CSV, Parquet or Excel file per table of the shop model, named after the table (orders.csv, "
        "order_lines.parquet, orders_2011-01.csv.gz), or a folder of them. Columns are those of the shop model; others "
        "are left out and named. Times without an offset are UTC.",
        "店铺模型的每张表一个 CSV、Parquet 或 Excel 文件，文件名即表名（orders.csv、order_lines.parquet、"
        "orders_2011-01.csv.gz），也可给出文件夹。列名与店铺模型一致，其余列不导入并会列出。"
        "不带时区的时间按 UTC 处理。",
    ),
    tables=tuple(TABLES),
    detect=detect,
    read=read,
    examples=(
        Example(
            files={
                "orders.csv": "order_id,placed_at,status,colour\n1,2011-01-31T10:00:00Z,paid,red\n",
                "order_lines.csv": "order_id,line_no,product_id,quantity,unit_price\n1,1,A,2,9.99\n",
            },
            expect={
                "orders": [{"order_id": "1", "placed_at": "2011-01-31T10:00:00+00:00", "status": "paid"}],
                "order_lines": [
                    {"order_id": "1", "line_no": "1", "product_id": "A", "quantity": "2", "unit_price": "9.99"}
                ],
            },
        ),
        Example(
            files={
                "order-lines_2020.csv": "Order_ID ;line_no;product_id;quantity;unit_price\n'001;1;A;2;1.009,50\n"
                "9.44E+18;1;A;1;5,00\n003;1;A\n".encode("utf-16"),
                "orders.csv": "order_id,placed_at,status\n001,2020年2月1日 8:05,paid\n".encode("gb18030"),
            },
            expect={
                "orders": [{"order_id": "001", "placed_at": "2020-02-01 08:05", "status": "paid"}],
                "order_lines": [{"order_id": "001", "quantity": "2", "unit_price": "1009.50"}],
            },
            rejects=2,
        ),
    ),
)
