"""What a table of the shop model is made of: columns, key, time, rules, references."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from zhanggui.basics.errors import UnknownNameError
from zhanggui.basics.words import Words

Kind = Literal["id", "text", "moment", "day", "amount", "quantity", "count", "number", "rate", "flag", "json"]


@dataclass(frozen=True)
class Column:
    """One column: what it holds and which values are good.

    Kinds: ``id`` and ``text`` are text, ``json`` is text that is JSON, ``moment`` an instant (UTC),
    ``day`` a date in the shop's time zone, ``amount`` (shop currency) and ``quantity`` (pieces)
    decimals with four places, ``count`` a whole number, ``number`` and ``rate`` floating point, ``flag`` yes or no.
    A column that is part of the key and not ``required`` is stored as '' when it is empty.
    """

    name: str
    kind: Kind
    doc: Words
    required: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    nonzero: bool = False


@dataclass(frozen=True)
class Reference:
    """``column`` of this table should be found in ``table``.``to``; reported when not, never enforced."""

    column: str
    table: str
    to: str


@dataclass(frozen=True)
class Table:
    """One table of the shop model.

    ``key`` makes a row unique; ``time`` is the column that says when (None = timeless);
    ``order`` lists chains of columns that must not go backwards in time; ``worth`` names the two columns whose
    product is money, which must stay so small that it can be computed exactly.
    """

    name: str
    words: Words
    doc: Words
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    time: str | None
    order: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    worth: tuple[str, str] | None = None

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by name, in their order."""
        return {column.name: column for column in self.columns}

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that every row must fill."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column:
        """The column called ``name``.

        Raises:
            UnknownNameError: the table has no such column.
        """
        try:
            return self.by_name[name]
        except KeyError:
            raise UnknownNameError.of(
                Words(f"column of {self.name}", f"{self.name} 的列"), name, self.by_name
            ) from None
