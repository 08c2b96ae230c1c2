"""Short ways to make pieces, import them and look at what came out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from zhanggui.basics.progress import Progress, silent
from zhanggui.shop import TABLES, CsvScan, Piece, Rows
from zhanggui.store.batches import BatchReport, RejectRow, import_pieces, rejects
from zhanggui.store.opened import OpenShop

ORDER = {"order_id": "1", "placed_at": "2026-01-05T12:00:00Z", "status": "paid"}
LINE = {"order_id": "1", "line_no": "1", "product_id": "P", "quantity": "1", "unit_price": "10.00"}


def text_rows(table: str, *rows: dict[str, Any], file: str = "a.csv", **more: Any) -> Rows:
    """Rows of text; a cell may be left out."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    data = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    return Rows(table, data, file, **more)


def orders(*rows: dict[str, Any], file: str = "orders.csv", **more: Any) -> Rows:
    """Orders as text; required cells have defaults."""
    return text_rows("orders", *({**ORDER, **row} for row in rows), file=file, **more)


def lines(*rows: dict[str, Any], file: str = "order_lines.csv", **more: Any) -> Rows:
    """Order lines as text; required cells have defaults."""
    return text_rows("order_lines", *({**LINE, **row} for row in rows), file=file, **more)


def typed(table: str, file: str = "a.parquet", **columns: Any) -> Rows:
    """Typed rows: Arrow arrays or lists by column name."""
    return Rows(table, pa.table(columns), file)


def scan(table: str, path: Path, text: str | bytes, **more: Any) -> CsvScan:
    """A CSV file with ``text``, whose first line names columns of the shop."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    header = path.read_bytes().split(b"\n", 1)[0].decode("utf-8-sig").strip().split(more.get("separator", ","))
    columns = tuple(name if name in TABLES[table].by_name else None for name in header)
    return CsvScan(table, path, columns, path.name, **more)


def take(shop: OpenShop, *pieces: Piece, progress: Progress = silent) -> BatchReport:
    """Import ``pieces`` and check that the counts add up."""
    report = import_pieces(shop, pieces, source="test", files=[], progress=progress)
    for count in report.tables.values():
        assert count.read == count.accepted + count.updated + count.unchanged + count.rejected
    return report


def counts(report: BatchReport, table: str) -> tuple[int, int, int, int]:
    """Accepted, updated, unchanged and rejected rows of ``table``."""
    count = report.tables[table]
    return count.accepted, count.updated, count.unchanged, count.rejected


def kept(shop: OpenShop, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of ``table`` in the shop, ordered; instants as text in UTC."""
    chosen = ", ".join(f'"{name}"' for name in columns) or "*"
    data = shop.warehouse.query(f'SELECT {chosen} FROM main."{table}" ORDER BY ALL')
    return [tuple(row.values()) for row in data.to_pylist()]


def refused(shop: OpenShop, report: BatchReport | None = None) -> list[RejectRow]:
    """Rows that were kept aside."""
    return [row for row in rejects(shop, report.batch if report else None) if row.rejected]


def reported(shop: OpenShop, report: BatchReport | None = None) -> list[RejectRow]:
    """Rows that went in but point nowhere or run backwards."""
    return [row for row in rejects(shop, report.batch if report else None) if not row.rejected]


def snapshot(shop: OpenShop, tables: Iterable[str] = ("orders", "order_lines", "products")) -> dict[str, Any]:
    """Everything the shop holds, for comparison."""
    return {name: kept(shop, name) for name in tables}
