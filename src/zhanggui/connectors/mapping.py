"""Mapping files: how the columns of any file or query become the columns of the shop's tables.

A mapping is TOML: a few settings, and one ``[[table]]`` per shop table to fill::

    zone = "America/New_York"              # of times without offset; left out: the shop's
    [[table]]
    fills = "order_lines"                  # a table of the shop model
    from = "transactions*.parquet"         # which of the given files; left out: all. Or url + sql
    keep = ["quantity > 0"]                # rows that count
    [table.columns]                        # column of the shop = where it comes from
    order_id = "basket_id"
    line_no = { number_in = "basket_id" }
    unit_price = { formula = "amount / quantity" }

The whole grammar is in docs/how-to/write-a-mapping.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhanggui.basics.errors import DataError, DefinitionError, nearest
from zhanggui.basics.periods import zone as zone_named
from zhanggui.basics.words import Words
from zhanggui.connectors.mapping_formula import Condition, Formula, parse_condition, parse_formula
from zhanggui.connectors.unreadable import Unreadable
from zhanggui.shop import TABLES, Column, Table

PICKS = ("first", "last", "min", "max", "sum", "count")
TOP_KEYS = {"zone", "day_first", "decimal", "table"}
TABLE_KEYS = {"fills", "from", "url", "sql", "keep", "group_by", "columns", "zone", "day_first", "decimal"}
ORIGINS = ("column", "const", "join", "formula", "number_in", "line")
VALUE_KEYS = {*ORIGINS, "with", "map", "else", "default", "date", "decimal", "per", "zone", "split", "pick", "hash"}


@dataclass(frozen=True)
class Value:
    """Where one shop column comes from; exactly one of the first six is set.

    ``column`` a column of the file; ``const`` always the same; ``join`` several columns with ``between`` between
    them; ``formula`` arithmetic over columns; ``number_in`` 1, 2, 3 within equal values of a column; ``line`` that
    text with the line of the file. Then: ``table`` replaces values (``otherwise`` those not in it), ``default``
    replaces an empty one; ``date`` is its strptime format or ``epoch``, ``decimal`` its decimal mark, ``per`` what it
    is divided by, ``zone`` that of times, ``split`` the separator of category levels; ``pick`` chooses within a group;
    ``hashed`` keeps a hash only, for e-mail addresses and phones.
    """

    target: Column
    place: str
    column: str | None = None
    const: str | None = None
    join: tuple[str, ...] | None = None
    formula: Formula | None = None
    number_in: str | None = None
    line: str | None = None
    between: str = " "
    table: MappingOf[str, str] | None = None
    otherwise: str | None = None
    default: str | None = None
    date: str | None = None
    decimal: str | None = None
    per: str | None = None
    zone: str | None = None
    split: str | None = None
    pick: str = "first"
    hashed: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the file that are read."""
        if self.formula:
            return self.formula.columns
        return self.join or tuple(name for name in (self.column, self.number_in) if name)


@dataclass(frozen=True)
class TableMap:
    """How one shop table is filled, from files (``patterns``) or from a query (``url``, ``sql``)."""

    table: Table
    place: str
    values: tuple[Value, ...]
    patterns: tuple[str, ...] = ("*",)
    url: str | None = None
    sql: str | None = None
    keep: tuple[Condition, ...] = ()
    group_by: tuple[str, ...] = ()
    zone: str | None = None
    day_first: bool | None = None
    decimal: str | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """All columns of the file that are read."""
        names = [name for value in self.values for name in value.reads]
        names += [name for condition in self.keep for name in condition.columns]
        return tuple(dict.fromkeys([*names, *self.group_by]))


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file."""

    path: Path
    tables: tuple[TableMap, ...]


def load_mapping(path: Path) -> Mapping:
    """The mapping written in the file ``path``.

    Raises:
        DataError: the file cannot be read.
        DefinitionError: it is written wrongly; names file, line and what is possible.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(
            f"The mapping {path} cannot be read: {reason}. Check the path; it is UTF-8 text.",
            zh=f"映射 {path} 无法读取：{reason}。请检查路径；它应是 UTF-8 文本。",
        ) from error
    return parse_mapping(text, path)


def parse_mapping(text: str, path: Path) -> Mapping:
    """The mapping written in ``text``; ``path`` is where it is from.

    Raises:
        DefinitionError: it is written wrongly.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(
            f"{path.name}: {error}. It must be TOML: zhanggui suggest-map FILE drafts one.",
            zh=f"{path.name}：{error}。它必须是 TOML：zhanggui suggest-map FILE 可生成草稿。",
        ) from error
    reader = _Reader(text, path.name)
    reader.only(document, TOP_KEYS, 0, Words("setting", "设置"))
    blocks = document.get("table")
    if not isinstance(blocks, list) or not blocks:
        raise DefinitionError(
            f"{path.name}: it fills no table; add a [[table]] with fills = and [table.columns].",
            zh=f"{path.name}：没有填充任何表；请加上 [[table]]，写明 fills = 和 [table.columns]。",
        )
    common = reader.settings(document, 0, {})
    return Mapping(path, tuple(reader.table(block, number, common) for number, block in enumerate(blocks, 1)))


class _Reader:
    """Turns the parsed TOML into a mapping; knows the lines, to say where something is wrong."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.splitlines()
        self._file = file
        heads = [at for at, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*table\s*\]\]", line)]
        self._starts = [0, *heads]

    def place(self, number: int, key: str = "", form: str = "line {line}") -> str:
        """``file line N`` of ``key`` in the table ``number`` (0 = before the first)."""
        start = self._starts[number] if number < len(self._starts) else 0
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._lines)
        wanted = re.compile(rf"""\s*(?:\[table\.)?["']?{re.escape(key)}["']?\s*(?:=|\.|\])""")
        hit = next((at for at in range(start, end) if key and wanted.match(self._lines[at])), start)
        return f"{self._file} {form.format(line=hit + 1)}"

    def fail(self, number: int, key: str, en: str, zh: str) -> DefinitionError:
        """The error for ``key`` in table ``number``."""
        place, there = self.place(number, key), self.place(number, key, "第 {line} 行")
        return DefinitionError(f"{place}: {en}", zh=f"{there}：{zh}")

    def only(self, given: MappingOf[str, Any], known: set[str], number: int, what: Words, at: str = "") -> None:
        """Refuse keys that do not exist; ``at`` is the key they are under."""
        for key in given:
            if key not in known:
                hint = _hint(key, known)
                en, zh = f"there is no {what.en} {key!r}; {hint.en}", f"没有叫 {key!r} 的{what.zh}；{hint.zh}"
                raise self.fail(number, at or key, en, zh)

    def settings(self, given: MappingOf[str, Any], number: int, common: dict[str, Any]) -> dict[str, Any]:
        """zone, day_first and decimal, those of the whole file where the table has none."""
        found = {key: given.get(key, common.get(key)) for key in ("zone", "day_first", "decimal")}
        if found["zone"] is not None:
            try:
                zone_named(str(found["zone"]))
            except DefinitionError as error:
                raise self.fail(number, "zone", error.message, error.said("zh")) from error
        if found["day_first"] not in {None, True, False}:
            raise self.fail(number, "day_first", "day_first is true or false", "day_first 只能是 true 或 false")
        if found["decimal"] not in {None, ",", "."}:
            raise self.fail(number, "decimal", 'decimal is "," or "."', 'decimal 只能是 "," 或 "."')
        return found

    def table(self, block: Any, number: int, common: dict[str, Any]) -> TableMap:
        """One ``[[table]]``."""
        self.only(block, TABLE_KEYS, number, Words("entry", "项"))
        name = block.get("fills")
        if name not in TABLES:
            hint = _hint(str(name), TABLES)
            en, zh = f"fills = {name!r} is no table of the shop; {hint.en}", f"fills = {name!r} 不是店铺的表；{hint.zh}"
            raise self.fail(number, "fills", en, zh)
        columns = block.get("columns")
        if not isinstance(columns, dict) or not columns:
            raise self.fail(
                number,
                "fills",
                f"{name} has no [table.columns]; say where its columns come from.",
                f"{name} 没有 [table.columns]；请写明各列的出处。",
            )
        values = tuple(self._value(TABLES[name], key, given, number) for key, given in columns.items())
        self._complete(TABLES[name], values, number)
        self._origin(block, number)
        return TableMap(
            table=TABLES[name],
            place=self.place(number, "fills"),
            values=values,
            patterns=self._texts(block.get("from", "*"), number, "from"),
            url=block.get("url"),
            sql=block.get("sql"),
            keep=tuple(self._condition(text, number) for text in self._texts(block.get("keep", []), number, "keep")),
            group_by=self._texts(block.get("group_by", []), number, "group_by"),
            **self.settings(block, number, common),
        )

    def _complete(self, table: Table, values: tuple[Value, ...], number: int) -> None:
        missing = [name for name in table.required if name not in {value.target.name for value in values}]
        if missing:
            column = table.column(missing[0])
            example = f'{{ const = "{column.choices[0]}" }}' if column.choices else '"COLUMN OF YOUR FILE"'
            en = f"{table.name} needs {', '.join(missing)}; add for example {missing[0]} = {example}"
            zh = f"{table.name} 需要 {'、'.join(missing)}；例如加上 {missing[0]} = {example}"
            raise self.fail(number, "columns", en, zh)

    def _origin(self, block: MappingOf[str, Any], number: int) -> None:
        for key in ("url", "sql"):
            if key in block and not isinstance(block[key], str):
                raise self.fail(number, key, f"{key} must be a text", f"{key} 必须是文本")
        if ("url" in block) != ("sql" in block):
            raise self.fail(
                number,
                "url" if "url" in block else "sql",
                "a query needs both url and sql",
                "查询必须同时给出 url 和 sql",
            )
        if "url" in block and "from" in block:
            raise self.fail(
                number,
                "from",
                "a table is filled from files (from) or from a query (url, sql), not both",
                "一张表只能取自文件（from）或查询（url、sql），不能两者兼有",
            )

    def _texts(self, given: Any, number: int, key: str) -> tuple[str, ...]:
        texts = [given] if isinstance(given, str) else given
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise self.fail(number, key, f"{key} must be a text or a list of texts", f"{key} 必须是文本或文本列表")
        return tuple(texts)

    def _condition(self, text: str, number: int) -> Condition:
        try:
            return parse_condition(text)
        except Unreadable as error:
            raise self.fail(number, "keep", error.words.en, error.words.zh) from error

    def _value(self, table: Table, key: str, given: Any, number: int) -> Value:
        if key not in table.by_name:
            hint = _hint(key, table.by_name)
            en, zh = f"{table.name} has no column {key!r}; {hint.en}", f"{table.name} 没有列 {key!r}；{hint.zh}"
            raise self.fail(number, key, en, zh)
        parts = self._parts(given, key, number)
        joined = parts.get("join")
        return Value(
            target=table.column(key),
            place=self.place(number, key),
            column=parts.get("column"),
            const=_text(parts.get("const")),
            join=None if joined is None else self._texts(joined, number, key),
            formula=self._formula(parts["formula"], key, number) if "formula" in parts else None,
            number_in=parts.get("number_in"),
            line=parts.get("line"),
            between=parts.get("with", " > " if key == "category" else " "),
            table={str(old): _text(new) or "" for old, new in parts["map"].items()} if "map" in parts else None,
            otherwise=_text(parts.get("else")),
            default=_text(parts.get("default")),
            date=parts.get("date"),
            decimal=parts.get("decimal"),
            per=_text(parts.get("per")),
            zone=self.settings(parts, number, {})["zone"],
            split=parts.get("split"),
            pick=parts.get("pick", "first"),
            hashed=parts.get("hash", False),
        )

    def _parts(self, given: Any, key: str, number: int) -> dict[str, Any]:
        parts = {"column": given} if isinstance(given, str) else given
        if not isinstance(parts, dict):
            en, zh = f'{key} must be "COLUMN OF YOUR FILE" or {{ ... }}', f'{key} 必须是 "文件中的列" 或 {{ ... }}'
            raise self.fail(number, key, en, zh)
        self.only(parts, VALUE_KEYS, number, Words(f"way to fill {key} called", f" {key} 填充方式"), key)
        origins = [origin for origin in ORIGINS if origin in parts]
        if len(origins) != 1:
            en = f"{key} needs exactly one of {', '.join(ORIGINS)}; it has {origins or 'none'}"
            zh = f"{key} 需要 {'、'.join(ORIGINS)} 中的恰好一个；现有 {origins or '零个'}"
            raise self.fail(number, key, en, zh)
        self._check_parts(parts, key, number)
        return parts

    def _check_parts(self, parts: MappingOf[str, Any], key: str, number: int) -> None:
        for name in ("column", "formula", "number_in", "line", "with", "date", "split"):
            if name in parts and not isinstance(parts[name], str):
                raise self.fail(number, key, f"{name} of {key} must be a text", f"{key} 的 {name} 必须是文本")
        if "map" in parts and not isinstance(parts["map"], dict):
            example = '{ "1" = "paid", "0" = "placed" }'
            raise self.fail(number, key, f"map of {key} must be like {example}", f"{key} 的 map 应写成 {example}")
        if parts.get("pick", "first") not in PICKS:
            raise self.fail(
                number,
                key,
                f"pick of {key} is one of {', '.join(PICKS)}",
                f"{key} 的 pick 只能是 {'、'.join(PICKS)} 之一",
            )
        if not isinstance(parts.get("hash", False), bool):
            raise self.fail(number, key, f"hash of {key} is true or false", f"{key} 的 hash 只能是 true 或 false")
        per = parts.get("per", 1)
        if isinstance(per, bool) or not isinstance(per, int | float) or per == 0:
            raise self.fail(
                number,
                key,
                f"per of {key} must be a number, such as 100 for cents",
                f"{key} 的 per 必须是数字，例如分对应 100",
            )

    def _formula(self, text: str, key: str, number: int) -> Formula:
        try:
            return parse_formula(text)
        except Unreadable as error:
            raise self.fail(number, key, error.words.en, error.words.zh) from error


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _hint(name: str, known: Any) -> Words:
    near = nearest(name, known)
    if near:
        return Words(f"did you mean {', '.join(near)}?", f"是否指 {'、'.join(near)}？")
    return Words(f"there are {', '.join(sorted(known))}.", f"可用的有 {'、'.join(sorted(known))}。")
