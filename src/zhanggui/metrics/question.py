"""A question about KPIs, and its answer."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from zhanggui.basics.errors import NotMeasurable
from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words

Key = str | int | None


@dataclass(frozen=True)
class Question:
    """KPIs ``names`` over ``window`` (None = the last 28 complete days), sliced ``by`` dimensions.

    ``against``: previous | last-year | last-year-weekday | FROM..TO | goal | benchmark.
    ``where``: (dimension, value) pairs; the same dimension twice = or, different ones = and; "(none)" = null.
    ``top``: keep the N biggest groups of the first KPI, the others in one row.
    ``rolling``: each day over that many days to its end.
    ``to_date``: each day since its month (week, quarter, year) began.
    """

    names: tuple[str, ...]
    by: tuple[str, ...] = ()
    window: Window | None = None
    against: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    top: int | None = None
    share: bool = False
    rolling: int | None = None
    to_date: str | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class Cell:
    """One number and its comparison; None is unknown. ``share`` is the share of the total, 0..1."""

    value: float | None
    against: float | None = None
    change: float | None = None
    change_rate: float | None = None
    share: float | None = None

    @classmethod
    def of(cls, value: float | None, against: float | None, share: float | None = None) -> Cell:
        """The cell with its change; change_rate is unknown when the base is 0."""
        if value is None or against is None:
            return cls(value, against, share=share)
        change = value - against
        return cls(value, against, change, change / abs(against) if against else None, share)

    def to_json(self, *, share: bool = False) -> dict[str, float | None]:
        """``{"value", "against", "change", "change_rate"}`` and ``share`` when asked for."""
        found = {
            "value": self.value,
            "against": self.against,
            "change": self.change,
            "change_rate": self.change_rate,
        }
        return found | {"share": self.share} if share else found


@dataclass(frozen=True)
class Row:
    """One group: its keys by dimension and its cells by KPI."""

    keys: Mapping[str, Key]
    cells: Mapping[str, Cell]
    others: bool = False


@dataclass(frozen=True)
class Answer:
    """The answer to a :class:`Question`; money in shop currency, rates 0..1.

    ``empty`` says what a KPI is where nothing happened (0 for sums and counts, unknown for the rest),
    ``known`` from which day to which the shop has data: a day without a row inside it is ``empty``.
    """

    window: Window
    against: Window | str | None
    by: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Mapping[str, Cell]
    not_measurable: Mapping[str, Words]
    batch: str | None
    sql: tuple[str, ...]
    units: Mapping[str, str] = field(default_factory=dict)
    share: bool = False
    exact: bool = True
    empty: Mapping[str, float | None] = field(default_factory=dict)
    known: Window | None = None

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The stable document of ``zhanggui kpi --format json``; reasons in ``language``."""
        return {
            "window": self.window.to_json(),
            "against": self.against.to_json() if isinstance(self.against, Window) else self._named_base(),
            "by": list(self.by),
            "rows": [self._row_json(row) for row in self.rows],
            "total": {name: cell.to_json(share=self.share) for name, cell in self.total.items()},
            "not_measurable": {name: why[language] for name, why in self.not_measurable.items()},
            "units": dict(self.units),
            "exact": self.exact,
            "empty": dict(self.empty),
            "known": self.known.to_json() if self.known else None,
            "batch": self.batch,
            "sql": list(self.sql),
        }

    def _named_base(self) -> dict[str, str] | None:
        return {"kind": self.against} if isinstance(self.against, str) else None

    def _row_json(self, row: Row) -> dict[str, Any]:
        found: dict[str, Any] = dict(row.keys)
        found |= {name: cell.to_json(share=self.share) for name, cell in row.cells.items()}
        return found | {"others": True} if row.others else found

    def to_arrow(self) -> pa.Table:
        """One row per group (one in all without ``by``): dimensions, then NAME, NAME_against, NAME_change,
        NAME_change_rate; a column ``others`` marks the row of all others where there is one.
        """
        rows = self.rows or (() if self.by else (Row({}, self.total),))
        columns: dict[str, Any] = {name: [row.keys.get(name) for row in rows] for name in self.by}
        if any(row.others for row in rows):
            columns["others"] = [row.others for row in rows]
        for name in self.total:
            cells = [row.cells.get(name, Cell(None)) for row in rows]
            columns[name] = pa.array([cell.value for cell in cells], pa.float64())
            columns[f"{name}_against"] = pa.array([cell.against for cell in cells], pa.float64())
            columns[f"{name}_change"] = pa.array([cell.change for cell in cells], pa.float64())
            columns[f"{name}_change_rate"] = pa.array([cell.change_rate for cell in cells], pa.float64())
        return pa.table(columns)

    def to_pandas(self) -> Any:
        """The same as a pandas DataFrame.

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
