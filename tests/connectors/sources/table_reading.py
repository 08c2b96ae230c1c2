"""Running a source in a test: its pieces, and its rows by table."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhanggui.connectors.source import Inputs, ShopFacts, Source
from zhanggui.shop.rows import BridgeItem, Note, Piece, Reject, Rows


class Read:
    """What a source made of some files."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for piece in pieces:
            if isinstance(piece, Rows):
                self.tables[piece.table] += piece.data.to_pylist()
        self.rejects = [piece for piece in pieces if isinstance(piece, Reject)]
        self.notes = [piece for piece in pieces if isinstance(piece, Note)]
        self.steps: dict[str, Decimal] = defaultdict(Decimal)
        for piece in pieces:
            if isinstance(piece, BridgeItem):
                self.steps[piece.kind] += piece.amount

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return self.tables[table]

    def column(self, table: str, name: str) -> list[Any]:
        return [row[name] for row in self.tables[table]]

    @property
    def sales(self) -> Decimal:
        """Our sales as the store will compute them: lines of orders that are not cancelled, less discounts."""
        cancelled = {row["order_id"] for row in self["orders"] if row["status"] == "cancelled"}
        return sum(
            (
                Decimal(row["quantity"]) * Decimal(row["unit_price"]) - Decimal(row.get("discount_amount") or 0)
                for row in self["order_lines"]
                if row["order_id"] not in cancelled
            ),
            Decimal(0),
        )

    @property
    def bridge(self) -> Decimal:
        """The platform's total with all steps: must be our sales."""
        return sum(self.steps.values(), Decimal(0))


def read(source: Source, *paths: Path, currency: str = "GBP", timezone: str = "Europe/London", **more: Any) -> Read:
    return Read(list(source.read(Inputs(tuple(paths), ShopFacts(currency, timezone), **more))))
