"""What a verb gives back: JSON for programs, grids for tables and CSV, words for people."""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol

from zhanggui.basics.errors import NotMeasurable
from zhanggui.basics.words import Words

GridKind = Literal["text", "value", "change", "change_rate"]
ROW = "row"


@dataclass(frozen=True)
class Named(Words):
    """A value with the words that people use for it; files hold ``raw``."""

    raw: str | int | None

    def to_json(self) -> dict[str, Any]:
        """``{"en": ..., "zh": ..., "raw": ...}``: both for people and for files."""
        return {**super().to_json(), "raw": self.raw}


@dataclass(frozen=True)
class GridColumn:
    """One column of a grid: its stable ``key`` (CSV header), words, and how its values are written.

    ``unit`` is a unit of ``basics.numbers`` for the kinds value and change, or ``ROW``: that of the row.
    """

    key: str
    words: Words
    kind: GridKind = "text"
    unit: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: raw values by column; a cell may be Words.

    ``currency`` is that of money; ``units`` holds one unit per row, for columns whose unit is ROW.
    """

    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    title: Words | None = None
    currency: str = ""
    units: tuple[str, ...] = ()

    def to_arrow(self) -> Any:
        """The rows as an Arrow table under the columns' keys; words in English."""
        pa = importlib.import_module("pyarrow")  # heavy, and most results are never asked for it
        cells = {column.key: [_flat(row[place]) for row in self.rows] for place, column in enumerate(self.columns)}
        return pa.table({key: pa.array(values) for key, values in cells.items()})


class Result(Protocol):
    """What every result can do. ``good`` is False when a face should say that nothing was done."""

    @property
    def good(self) -> bool:
        """False when the work ended without any good row."""

    @property
    def words(self) -> Words | None:
        """The result in a sentence, where there is one."""

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The result with stable field names; texts that stand alone (reasons) are in ``language``."""

    def grids(self) -> tuple[Grid, ...]:
        """The result as tables; the first one is what CSV holds."""


class Tabled:
    """Arrow and pandas forms of whatever has grids."""

    def grids(self) -> tuple[Grid, ...]:
        """The result as tables; each result says which."""
        raise NotImplementedError

    def to_arrow(self) -> Any:
        """The first table as a pyarrow Table."""
        grids = self.grids()
        return (grids[0] if grids else Grid((), ())).to_arrow()

    def to_pandas(self) -> Any:
        """The first table as a pandas DataFrame.

        Raises:
            NotMeasurable: pandas is not installed.
        """
        try:
            importlib.import_module("pandas")
        except ImportError as error:
            raise NotMeasurable(
                "to_pandas() needs pandas: pip install 'zhanggui[pandas]'.",
                zh="to_pandas() 需要 pandas：pip install 'zhanggui[pandas]'。",
            ) from error
        return self.to_arrow().to_pandas()


@dataclass(frozen=True)
class Document(Tabled):
    """A result made of its parts; for verbs whose result needs no type of its own.

    ``text`` is what a person sees instead of tables. Words inside ``json`` become a text in the language
    that is asked for; ``json_zh`` replaces ``json`` in Chinese, for a result that came over the wire.
    """

    json: Mapping[str, Any]
    tables: tuple[Grid, ...] = ()
    words: Words | None = None
    good: bool = True
    text: str | None = None
    json_zh: Mapping[str, Any] | None = None

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The JSON document in ``language``."""
        document = self.json_zh if language == "zh" and self.json_zh is not None else self.json
        return {key: _spoken(item, language) for key, item in document.items()}

    def grids(self) -> tuple[Grid, ...]:
        """The tables."""
        return self.tables


def text(key: str, en: str, zh: str) -> GridColumn:
    """A column of text."""
    return GridColumn(key, Words(en, zh))


def value(key: str, en: str, zh: str, unit: str = "count") -> GridColumn:
    """A column of numbers of ``unit``."""
    return GridColumn(key, Words(en, zh), "value", unit)


def to_wire(result: Result) -> dict[str, Any]:
    """The whole result as JSON, for a command line that runs beside the server; "zh" only where it differs."""
    english, chinese = result.to_json(), result.to_json("zh")
    return {
        "json": english,
        "zh": None if chinese == english else chinese,
        "grids": [_grid_to_wire(grid) for grid in result.grids()],
        "words": result.words.to_json() if result.words else None,
        "good": result.good,
        "text": getattr(result, "text", None),
    }


def from_wire(wire: Mapping[str, Any]) -> Document:
    """The inverse of :func:`to_wire`."""
    return Document(
        json=wire["json"],
        json_zh=wire.get("zh"),
        tables=tuple(_grid_from_wire(grid) for grid in wire["grids"]),
        words=Words(**wire["words"]) if wire["words"] else None,
        good=wire["good"],
        text=wire["text"],
    )


def _grid_to_wire(grid: Grid) -> dict[str, Any]:
    return {
        "columns": [[item.key, item.words.en, item.words.zh, item.kind, item.unit] for item in grid.columns],
        "rows": [list(row) for row in grid.rows],
        "title": grid.title.to_json() if grid.title else None,
        "currency": grid.currency,
        "units": list(grid.units),
    }


def _grid_from_wire(wire: Mapping[str, Any]) -> Grid:
    return Grid(
        columns=tuple(GridColumn(key, Words(en, zh), kind, unit) for key, en, zh, kind, unit in wire["columns"]),
        rows=tuple(tuple(_cell_from_wire(cell) for cell in row) for row in wire["rows"]),
        title=Words(**wire["title"]) if wire["title"] else None,
        currency=wire["currency"],
        units=tuple(wire["units"]),
    )


def _cell_from_wire(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    return Named(**cell) if "raw" in cell else Words(**cell)


def plain(thing: Any) -> Any:
    """``thing`` with only what JSON knows: days as text, decimals as numbers, NaN and infinity as null."""
    if isinstance(thing, float):
        return thing if math.isfinite(thing) else None
    if isinstance(thing, Mapping):
        return {str(key): plain(item) for key, item in thing.items()}
    if isinstance(thing, list | tuple):
        return [plain(item) for item in thing]
    if isinstance(thing, date):
        return thing.isoformat()
    if isinstance(thing, Decimal):
        return float(thing)
    if isinstance(thing, Words):
        return thing.to_json()
    return thing if isinstance(thing, str | int | bool) or thing is None else str(thing)


def _spoken(thing: Any, language: str) -> Any:
    """``thing`` with every Words in it as a text in ``language``."""
    if isinstance(thing, Words):
        return thing[language]
    if isinstance(thing, Mapping):
        return {key: _spoken(item, language) for key, item in thing.items()}
    if isinstance(thing, list | tuple):
        return [_spoken(item, language) for item in thing]
    return thing


def _flat(cell: Any) -> Any:
    if isinstance(cell, Named):
        return cell.raw
    if isinstance(cell, Words):
        return cell.en
    if isinstance(cell, Decimal):
        return float(cell)
    return cell if isinstance(cell, str | int | float | date) or cell is None else str(cell)
