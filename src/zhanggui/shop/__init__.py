"""The shop model: every table that a shop can have, its columns, units, keys and rules."""

from __future__ import annotations

from zhanggui.basics.errors import UnknownNameError
from zhanggui.basics.registry import discover
from zhanggui.basics.words import Words
from zhanggui.shop import tables
from zhanggui.shop.rows import BridgeItem, CsvScan, Note, Piece, Reject, Rows
from zhanggui.shop.table import Column, Kind, Reference, Table

__all__ = [
    "TABLES",
    "BridgeItem",
    "Column",
    "CsvScan",
    "Kind",
    "Note",
    "Piece",
    "Reference",
    "Reject",
    "Rows",
    "Table",
    "table_named",
]

TABLES: dict[str, Table] = {table.name: table for table in discover(tables, Table).values()}


def table_named(name: str) -> Table:
    """The table called ``name``.

    Raises:
        UnknownNameError: the shop model has no such table.
    """
    try:
        return TABLES[name]
    except KeyError:
        raise UnknownNameError.of(Words("table", "数据表"), name, TABLES) from None
