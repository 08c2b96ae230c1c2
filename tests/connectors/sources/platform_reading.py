"""Reads made-up exports with a source and keeps the books as the store does, in plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhanggui.connectors.source import Inputs, ShopFacts, sources
from zhanggui.shop import TABLES
from zhanggui.shop.rows import LINE, BridgeItem, Note, Piece, Reject, Rows

CHINA = ShopFacts("CNY", "Asia/Shanghai")


@dataclass
class Taken:
    """What came of an import: the rows that stay, the refused ones, the bridge and the notes."""

    tables: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    bridge: dict[str, Decimal] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    given: list[dict[str, Any]] = field(default_factory=list)

    def rows(self, table: str) -> list[dict[str, Any]]:
        return list(self.tables.get(table, {}).values())

    def row(self, table: str, *key: str) -> dict[str, Any]:
        return self.tables[table][key]

    @property
    def sales(self) -> Decimal:
        """As kpis.md defines it."""
        valid = {row["order_id"] for row in self.rows("orders") if row["status"] != "cancelled"}
        return sum((net(row) for row in self.rows("order_lines") if row["order_id"] in valid), Decimal(0))

    @property
    def repeated(self) -> Decimal:
        """The step of the store: lines that were given more often than once, by the newest state of their order."""
        valid = {row["order_id"] for row in self.rows("orders") if row["status"] != "cancelled"}
        return self.sales - sum((net(row) for row in self.given if row["order_id"] in valid), Decimal(0))

    @property
    def residual(self) -> Decimal:
        return self.sales - sum(self.bridge.values(), Decimal(0)) - self.repeated

    def steps(self) -> dict[str, Decimal]:
        steps = self.bridge | {"repeated": self.repeated}
        return {kind: amount.normalize() + 0 for kind, amount in steps.items() if amount}


def net(row: Mapping[str, Any]) -> Decimal:
    return Decimal(row["quantity"]) * Decimal(row["unit_price"]) - Decimal(row["discount_amount"] or 0)


def take(
    source: str,
    folder: Path,
    files: Mapping[str, str | bytes],
    settings: ShopFacts = CHINA,
    *,
    encoding: str = "utf-8",
) -> Taken:
    """Writes ``files``, reads them with ``source``, and keeps rows by key as the store would."""
    paths = []
    for name, content in files.items():
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        paths.append(path)
    return taken_of(list(sources()[source].read(Inputs(tuple(paths), settings))))


def taken_of(pieces: list[Piece]) -> Taken:
    taken = Taken(pieces=pieces)
    from_file: dict[tuple[str, tuple[Any, ...]], str] = {}
    for piece in pieces:
        if isinstance(piece, Rows):
            for row in piece.data.to_pylist():
                _keep(taken, piece, {name: value for name, value in row.items() if name != LINE}, row[LINE], from_file)
        elif isinstance(piece, Reject):
            taken.rejects.append(piece)
        elif isinstance(piece, BridgeItem):
            taken.bridge[piece.kind] = taken.bridge.get(piece.kind, Decimal(0)) + piece.amount
        elif isinstance(piece, Note):
            taken.notes.append(piece)
    return taken


def _keep(taken: Taken, piece: Rows, row: dict[str, Any], line: int, from_file: dict[Any, str]) -> None:
    if piece.table == "order_lines":
        taken.given.append(row)
    key = tuple(row.get(name) or "" for name in TABLES[piece.table].key)
    table = taken.tables.setdefault(piece.table, {})
    before = table.get(key)
    if before == row:
        taken.unchanged[piece.table] = taken.unchanged.get(piece.table, 0) + 1
    elif before is not None and from_file[piece.table, key] == piece.file:
        raise AssertionError(f"{piece.table} {key} line {line} repeats a key of {piece.file}: {before} {row}")
    table[key] = row
    from_file[piece.table, key] = piece.file
