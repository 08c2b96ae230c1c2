"""Every registered source proves itself: its raw files become exactly the rows it promises."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.csv as pa_csv
import pytest

from zhanggui.connectors.source import Example, Inputs, Source, sources
from zhanggui.shop import TABLES
from zhanggui.shop.rows import LINE, BridgeItem, CsvScan, Note, Piece, Reject, Rows

CASES = [
    pytest.param(source, example, id=f"{name}-{number}")
    for name, source in sources().items()
    for number, example in enumerate(source.examples, 1)
]


@pytest.mark.parametrize(("name", "source"), sources().items())
def test_a_source_has_words_in_both_languages_a_doc_tables_and_an_example(name: str, source: Source):
    assert source.words.en != source.words.zh or name == "olist"
    assert len(source.doc.en) > 40, "say where in the platform the export comes from"
    assert len(source.doc.zh) > 15
    assert source.examples
    assert set(source.tables) <= set(TABLES)


@pytest.mark.parametrize(("source", "example"), CASES)
def test_an_example_becomes_its_rows(source: Source, example: Example, tmp_path: Path):
    pieces = list(source.read(inputs_of(example, tmp_path)))
    rows, zones = collected(pieces)
    assert set(rows) <= set(source.tables)
    for table, expected in example.expect.items():
        found = rows.get(table, [])
        shown = [{name: row.get(name) for name in want} for row, want in zip(found, expected, strict=False)]
        zone = zones.get(table) or "UTC"
        assert [plain(table, row, zone) for row in shown] == [plain(table, row, zone) for row in expected], table
        assert len(found) == len(expected), f"{table}: {found}"
    assert sum(isinstance(piece, Reject) for piece in pieces) == example.rejects
    totals = [piece.amount for piece in pieces if isinstance(piece, BridgeItem) and piece.kind == "platform_total"]
    if example.platform_total is not None:
        assert sum(totals) == Decimal(example.platform_total)


@pytest.mark.parametrize(("source", "example"), CASES)
def test_the_rows_of_an_example_have_their_required_columns_and_no_unknown_ones(
    source: Source, example: Example, tmp_path: Path
):
    for piece in source.read(inputs_of(example, tmp_path)):
        if isinstance(piece, Rows | CsvScan):
            table = TABLES[piece.table]
            names = set(piece.data.column_names if isinstance(piece, Rows) else piece.columns) - {LINE, None}
            assert names <= {column.name for column in table.columns}
            assert {column.name for column in table.columns if column.required} <= names
            assert piece.file
        else:
            assert isinstance(piece, Reject | BridgeItem | Note)


def inputs_of(example: Example, folder: Path) -> Inputs:
    paths = []
    for name, content in example.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(path)
    mapping = None
    if example.mapping is not None:
        mapping = folder / "example.map.toml"
        mapping.write_text(example.mapping, encoding="utf-8")
    return Inputs(paths=tuple(paths), settings=example.settings, mapping=mapping, options=example.options)


def collected(pieces: list[Piece]) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str | None]]:
    """All rows by table, in order, and the zone of their naive times."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    zones: dict[str, str | None] = {}
    for piece in pieces:
        if isinstance(piece, Rows):
            rows[piece.table] += piece.data.to_pylist()
        elif isinstance(piece, CsvScan):
            rows[piece.table] += scanned(piece)
        if isinstance(piece, Rows | CsvScan):
            zones[piece.table] = piece.naive_zone
    return rows, zones


def scanned(scan: CsvScan) -> list[dict[str, Any]]:
    """What the store will read of a plain file: an independent reader, all text."""
    names = [name or f"unused {number}" for number, name in enumerate(scan.columns)]
    import pyarrow as pa

    table = pa_csv.read_csv(
        scan.path,
        read_options=pa_csv.ReadOptions(column_names=names, skip_rows=scan.skip),
        parse_options=pa_csv.ParseOptions(delimiter=scan.separator, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    return table.to_pylist()


def plain(table: str, row: dict[str, Any], zone: str) -> dict[str, str]:
    """A row as comparable text: numbers by value, moments by instant, nothing as ''."""
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    return {name: plain_value(kinds[name], value, zone) for name, value in row.items()}


def plain_value(kind: str, value: Any, zone: str) -> str:
    if value is None or value == "":
        return ""
    if kind == "moment":
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return aware.astimezone(UTC).isoformat()
    if kind == "day":
        return (value if isinstance(value, date) else str(value)[:10]).__str__()[:10]
    if kind in {"amount", "quantity", "count", "number", "rate"}:
        try:
            return format(Decimal(str(value)).normalize() + 0, "f")
        except InvalidOperation:
            return str(value)
    return str(value).lower() if kind == "flag" else str(value)
