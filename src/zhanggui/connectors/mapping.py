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
from zhanggui.connectors.mapping_formula import Condition, Formula, parse_condition, parse_formula
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
    replaces an empty one; ``date`` is its strptime format, ``decimal`` its decimal mark, ``per`` what it is
    divided by, ``zone`` that of times, ``split`` the separator of category levels; ``pick`` chooses within a group;
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
        raise DataError(f"The mapping {path} cannot be read: {reason}. Check the path; it is UTF-8 text.") from error
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
            f"{path.name}: {error}. It must be TOML: zhanggui suggest-map FILE drafts one."
        ) from error
    reader = _Reader(text, path.name)
    reader.only(document, TOP_KEYS, 0, "setting")
    blocks = document.get("table")
    if not isinstance(blocks, list) or not blocks:
        raise DefinitionError(f"{path.name}: it fills no table; add a [[table]] with fills = and [table.columns].")
    common = reader.settings(document, 0, {})
    return Mapping(path, tuple(reader.table(block, number, common) for number, block in enumerate(blocks, 1)))


class _Reader:
    """Turns the parsed TOML into a mapping; knows the lines, to say where something is wrong."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.splitlines()
        self._file = file
        heads = [at for at, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*table\s*\]\]", line)]
        self._starts = [0, *heads]

    def place(self, number: int, key: str = "") -> str:
        """``file line N`` of ``key`` in the table ``number`` (0 = before the first)."""
        start = self._starts[number] if number < len(self._starts) else 0
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._lines)
        wanted = re.compile(rf"""\s*(?:\[table\.)?["']?{re.escape(key)}["']?\s*(?:=|\.|\])""")
        hit = next((at for at in range(start, end) if key and wanted.match(self._lines[at])), start)
        return f"{self._file} line {hit + 1}"

    def fail(self, number: int, key: str, message: str) -> DefinitionError:
        """The error for ``key`` in table ``number``."""
        return DefinitionError(f"{self.place(number, key)}: {message}")

    def only(self, given: MappingOf[str, Any], known: set[str], number: int, what: str, at: str = "") -> None:
        """Refuse keys that do not exist; ``at`` is the key they are under."""
        for key in given:
            if key not in known:
                raise self.fail(number, at or key, f"there is no {what} {key!r}; {_hint(key, known)}")

    def settings(self, given: MappingOf[str, Any], number: int, common: dict[str, Any]) -> dict[str, Any]:
        """zone, day_first and decimal, those of the whole file where the table has none."""
        found = {key: given.get(key, common.get(key)) for key in ("zone", "day_first", "decimal")}
        if found["zone"] is not None:
            try:
                zone_named(str(found["zone"]))
            except DefinitionError as error:
                raise self.fail(number, "zone", error.message) from error
        if found["day_first"] not in {None, True, False}:
            raise self.fail(number, "day_first", "day_first is true or false")
        if found["decimal"] not in {None, ",", "."}:
            raise self.fail(number, "decimal", 'decimal is "," or "."')
        return found

    def table(self, block: Any, number: int, common: dict[str, Any]) -> TableMap:
        """One ``[[table]]``."""
        self.only(block, TABLE_KEYS, number, "entry")
        name = block.get("fills")
        if name not in TABLES:
            raise self.fail(number, "fills", f"fills = {name!r} is no table of the shop; {_hint(str(name), TABLES)}")
        columns = block.get("columns")
        if not isinstance(columns, dict) or not columns:
            raise self.fail(number, "fills", f"{name} has no [table.columns]; say where its columns come from.")
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
            raise self.fail(
                number, "columns", f"{table.name} needs {', '.join(missing)}; add for example {missing[0]} = {example}"
            )

    def _origin(self, block: MappingOf[str, Any], number: int) -> None:
        for key in ("url", "sql"):
            if key in block and not isinstance(block[key], str):
                raise self.fail(number, key, f"{key} must be a text")
        if ("url" in block) != ("sql" in block):
            raise self.fail(number, "url" if "url" in block else "sql", "a query needs both url and sql")
        if "url" in block and "from" in block:
            raise self.fail(number, "from", "a table is filled from files (from) or from a query (url, sql), not both")

    def _texts(self, given: Any, number: int, key: str) -> tuple[str, ...]:
        texts = [given] if isinstance(given, str) else given
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise self.fail(number, key, f"{key} must be a text or a list of texts")
        return tuple(texts)

    def _condition(self, text: str, number: int) -> Condition:
        try:
            return parse_condition(text)
        except ValueError as error:
            raise self.fail(number, "keep", str(error)) from error

    def _value(self, table: Table, key: str, given: Any, number: int) -> Value:
        if key not in table.by_name:
            raise self.fail(number, key, f"{table.name} has no column {key!r}; {_hint(key, table.by_name)}")
        parts = {"column": given} if isinstance(given, str) else given
        if not isinstance(parts, dict):
            raise self.fail(number, key, f'{key} must be "COLUMN OF YOUR FILE" or {{ ... }}')
        self.only(parts, VALUE_KEYS, number, f"way to fill {key} called", key)
        origins = [origin for origin in ORIGINS if origin in parts]
        if len(origins) != 1:
            raise self.fail(number, key, f"{key} needs exactly one of {', '.join(ORIGINS)}; it has {origins or 'none'}")
        self._check_parts(parts, key, number)
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

    def _check_parts(self, parts: MappingOf[str, Any], key: str, number: int) -> None:
        for name in ("column", "formula", "number_in", "line", "with", "date", "split"):
            if name in parts and not isinstance(parts[name], str):
                raise self.fail(number, key, f"{name} of {key} must be a text")
        if "map" in parts and not isinstance(parts["map"], dict):
            raise self.fail(number, key, f'map of {key} must be like {{ "1" = "paid", "0" = "placed" }}')
        if parts.get("pick", "first") not in PICKS:
            raise self.fail(number, key, f"pick of {key} is one of {', '.join(PICKS)}")
        if not isinstance(parts.get("hash", False), bool):
            raise self.fail(number, key, f"hash of {key} is true or false")
        per = parts.get("per", 1)
        if isinstance(per, bool) or not isinstance(per, int | float) or per == 0:
            raise self.fail(number, key, f"per of {key} must be a number, such as 100 for cents")

    def _formula(self, text: str, key: str, number: int) -> Formula:
        try:
            return parse_formula(text)
        except ValueError as error:
            raise self.fail(number, key, str(error)) from error


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _hint(name: str, known: Any) -> str:
    near = nearest(name, known)
    return f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(sorted(known))}."
