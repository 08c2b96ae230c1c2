"""Any file or query through a mapping file that says which column is which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from zhanggui.basics.errors import DataError, DefinitionError
from zhanggui.basics.words import Words
from zhanggui.connectors.collecting import RowsBuilder
from zhanggui.connectors.mapping import Mapping, TableMap, load_mapping
from zhanggui.connectors.mapping_formula import Row
from zhanggui.connectors.mapping_values import Get, Group, Habits, getter
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.connectors.text_file import clean, open_rows, parse_amount
from zhanggui.connectors.text_file_sheets import text_of
from zhanggui.shop import TABLES
from zhanggui.shop.rows import Note, Piece, Reject
from zhanggui.store.sql_source import open_query


@dataclass
class Opened:
    """One origin of rows: a file or a query."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Row]]
    decimal: str
    day_first: bool | None = None
    rejects: Iterable[Reject] = ()


def read(inputs: Inputs) -> Iterator[Piece]:
    """Fill the tables of the mapping one after the other.

    Raises:
        DefinitionError: no mapping is given, or it is written wrongly.
        DataError: no file fits, or a file lacks a column that the mapping names.
    """
    mapping, paths = _mapping_and_files(inputs)
    used: set[Path] = set()
    for table in mapping.tables:
        if table.url:
            with _open_query(table, mapping) as opened:
                yield from _fill(table, opened, inputs)
            continue
        fitting = [path for path in paths if any(_fits(path, pattern) for pattern in table.patterns)]
        if not fitting:
            given = ", ".join(path.name for path in paths[:8]) or "none"
            raise DataError(
                f"{table.place}: {table.table.name} comes from {', '.join(table.patterns)}, "
                f"but the given files are: {given}. Name the file, or change from.",
                zh=(
                    f"{table.place}：{table.table.name} 取自 {', '.join(table.patterns)}，而给出的文件是："
                    f"{given}。请指定该文件，或修改 from。"
                ),
            )
        for path in fitting:
            used.add(path)
            yield from _fill(table, _open_file(path, table, inputs), inputs)
    unused = [path.name for path in paths if path not in used]
    if unused:
        shown = ", ".join(unused[:10])
        yield Note(Words(f"The mapping does not use: {shown}", f"映射未使用的文件：{shown}"), rows=len(unused))


def _mapping_and_files(inputs: Inputs) -> tuple[Mapping, list[Path]]:
    """The mapping (given as such, or as one of the paths) and all files, those of folders included."""
    path = inputs.mapping
    files: list[Path] = []
    for given in inputs.paths:
        if given.is_dir():
            inside = sorted(item for item in given.iterdir() if item.is_file() and not item.name.startswith("."))
            files += [item for item in inside if item.suffix != ".toml"]
        elif path is None and given.suffix == ".toml":
            path = given
        elif given.suffix != ".toml":
            files.append(given)
    if path is None:
        name = files[0].name if files else "FILE"
        raise DefinitionError(
            f"The source mapped needs a mapping: zhanggui suggest-map {name} > shop.map.toml drafts one; "
            f"then zhanggui import SHOP mapped {name} --map shop.map.toml",
            zh=(
                f"来源 mapped 需要映射：zhanggui suggest-map {name} > shop.map.toml 可生成草稿；然后 "
                f"zhanggui import SHOP mapped {name} --map shop.map.toml"
            ),
        )
    return load_mapping(path), files


def _fits(path: Path, pattern: str) -> bool:
    return fnmatchcase(path.name.lower(), pattern.lower())


def _open_file(path: Path, table: TableMap, inputs: Inputs) -> Opened:
    rows = open_rows(path, also=table.reads, progress=inputs.progress)
    times = [value.column for value in table.values if value.target.kind in {"moment", "day"} and not value.date]
    day_first = table.day_first
    for name in times:
        if day_first is None and name in rows.columns:
            day_first = rows.day_first(name)
    return Opened(path.name, rows.columns, iter(rows), rows.decimal, day_first, rows.rejects(table.table.name))


@contextmanager
def _open_query(table: TableMap, mapping: Mapping) -> Iterator[Opened]:
    with open_query(table.url or "", table.sql or "", mapping.path.parent) as query:
        columns = query.columns
        rows = (
            (number, dict(zip(columns, (clean(text_of(cell)) for cell in row), strict=True)))
            for number, row in enumerate(query.rows, 1)
        )
        yield Opened(f"query for {table.table.name}", columns, rows, ".")


def _fill(table: TableMap, opened: Opened, inputs: Inputs) -> Iterator[Piece]:
    _check_columns(table, opened)
    zone = table.zone or inputs.settings.timezone
    habits = Habits(table.decimal or opened.decimal, opened.day_first, zone)
    gets = [(value.target.name, getter(value, habits)) for value in table.values]
    tests = [condition.build(lambda text: parse_amount(text, habits.decimal)) for condition in table.keep]
    kept = (item for item in opened.rows if all(test(item[1]) for test in tests))
    builder = RowsBuilder(table.table.name, opened.name, naive_zone=zone)
    if table.group_by:
        yield from _grouped(table, gets, kept, builder)
    else:
        for line, row in kept:
            yield from builder.add(line, **{name: get(line, row) for name, get in gets})
    yield from builder.rest()
    yield from opened.rejects


def _grouped(
    table: TableMap, gets: Sequence[tuple[str, Get]], kept: Iterator[tuple[int, Row]], builder: RowsBuilder
) -> Iterator[Piece]:
    """One row per group, in the order in which groups begin; rows with an empty key are alone."""
    groups: dict[tuple[str, ...], Group] = {}
    picks = [value.pick for value in table.values]
    for line, row in kept:
        key = tuple(row[name] for name in table.group_by)
        key = key if all(key) else (*key, str(line))
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group(line, len(gets))
        for at, (_, get) in enumerate(gets):
            group.take(at, picks[at], get(line, row))
    for group in groups.values():
        cells = dict(zip((name for name, _ in gets), group.cells, strict=True))
        yield from builder.add(group.line, **cells)


def _check_columns(table: TableMap, opened: Opened) -> None:
    """Every column that the mapping names must be there; says which line of the mapping asks for it."""
    have = set(opened.columns)
    for value in table.values:
        for name in value.reads:
            if name not in have:
                raise _missing(value.place, name, opened)
    for name in table.reads:
        if name not in have:
            raise _missing(table.place, name, opened)


def _missing(place: str, name: str, opened: Opened) -> DataError:
    shown = ", ".join(opened.columns[:30])
    return DataError(
        f"{place}: {opened.name} has no column {name!r}; it has {shown}. Correct the mapping.",
        zh=f"{place}：{opened.name} 没有列 {name!r}；它有 {shown}。请修正映射。",
    )


def detect(head: Head) -> bool:
    """A mapping is among the given files."""
    return any(file.name.endswith(".map.toml") for file in head.files)


_MAPPING = """zone = "Asia/Shanghai"

[[table]]
fills = "orders"
from = "shop*.csv"
keep = ["买家实际支付金额 > 0"]
group_by = ["订单编号"]

[table.columns]
order_id = "订单编号"
placed_at = "订单创建时间"
status = { column = "状态", map = { "已付款" = "paid", "已关闭" = "cancelled" }, else = "placed" }
region = "收货地址"
total_amount = { column = "买家实际支付金额", pick = "sum" }

[[table]]
fills = "order_lines"
from = "shop*.csv"
keep = ["买家实际支付金额 > 0"]

[table.columns]
order_id = "订单编号"
line_no = { number_in = "订单编号" }
product_id = { join = ["货号", "颜色"], with = "-" }
quantity = "数量"
unit_price = { formula = "买家实际支付金额 / 数量" }
"""
SOURCE = Source(
    words=Words("Any file or query, with a mapping", "任意文件或查询（需映射文件）"),
    doc=Words(
        "Any CSV, Excel or Parquet file, or an SQL query, through a mapping file that says which of its columns is "
        "which column of the shop. zhanggui suggest-map FILE drafts the mapping; its grammar is in "
        "how-to/write-a-mapping.",
        "任意 CSV、Excel、Parquet 文件或 SQL 查询，通过映射文件说明各列对应店铺的哪一列。"
        "zhanggui suggest-map FILE 可生成映射草稿，语法见 how-to/write-a-mapping.zh。",
    ),
    tables=tuple(TABLES),
    detect=detect,
    read=read,
    examples=(
        Example(
            files={
                "shop_2020.csv": (
                    "订单编号,订单创建时间,状态,收货地址 ,货号,颜色,数量,买家实际支付金额\n"
                    "1,2020-02-21 08:00:00,已付款,上海,A,红,2,21.00\n"
                    "1,2020-02-21 08:00:00,已付款,上海,B,,1,9.90\n"
                    "2,2020年2月22日 9:00,待付款,北京,A,蓝,3,1.00\n"
                    "3,2020-02-22 10:00:00,已付款,北京,A,蓝,1,0\n"
                ).encode("gb18030"),
            },
            mapping=_MAPPING,
            settings=ShopFacts("CNY", "Asia/Shanghai"),
            expect={
                "orders": [
                    {
                        "order_id": "1",
                        "placed_at": "2020-02-21T00:00:00+00:00",
                        "status": "paid",
                        "region": "上海",
                        "total_amount": "30.90",
                    },
                    {"order_id": "2", "placed_at": "2020-02-22T01:00:00+00:00", "status": "placed"},
                ],
                "order_lines": [
                    {"order_id": "1", "line_no": "1", "product_id": "A-红", "quantity": "2", "unit_price": "10.5"},
                    {"order_id": "1", "line_no": "2", "product_id": "B", "quantity": "1", "unit_price": "9.9"},
                    {"order_id": "2", "line_no": "1", "product_id": "A-蓝", "unit_price": "0.3333"},
                ],
            },
        ),
    ),
)
