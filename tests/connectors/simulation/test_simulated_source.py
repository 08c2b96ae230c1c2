"""The simulated shop as a source, and the data of the real example shop."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from zhanggui.basics.errors import DefinitionError
from zhanggui.connectors.example_data import GIFTS_ATTRIBUTION, gifts_file
from zhanggui.connectors.source import FileHead, Head, Inputs, ShopFacts, source_named
from zhanggui.connectors.sources.simulated import SOURCE, truth
from zhanggui.shop import TABLES, Rows

SHOP = ShopFacts("CNY", "Asia/Shanghai")
SMALL = {"scale": "0.01", "months": "1"}


def _read(**options: str) -> list[Rows]:
    pieces = list(SOURCE.read(Inputs(paths=(), settings=SHOP, options=options)))
    assert all(isinstance(piece, Rows) for piece in pieces)
    return [piece for piece in pieces if isinstance(piece, Rows)]


def test_it_is_found_by_its_name_and_delivers_every_table() -> None:
    assert source_named("simulated") is SOURCE
    assert {piece.table for piece in _read(**SMALL)} <= set(TABLES)
    assert set(SOURCE.tables) == set(TABLES)


def test_it_is_never_detected_from_files(tmp_path: object) -> None:
    from pathlib import Path

    assert not SOURCE.detect(Head((FileHead(Path("orders.csv"), "orders.csv", ("order_id",)),)))


def test_rows_of_a_table_are_numbered_through() -> None:
    seen: dict[str, int] = {}
    for piece in _read(**SMALL):
        assert piece.first_row == seen.get(piece.table, 0)
        seen[piece.table] = piece.first_row + piece.data.num_rows
    assert seen["products"] == 2000


def test_progress_runs_from_the_first_day_to_the_last() -> None:
    told: list[tuple[str, int, int | None]] = []
    inputs = Inputs(paths=(), settings=SHOP, options=SMALL, progress=lambda *step: told.append(step))
    assert list(SOURCE.read(inputs))
    assert told[0] == ("simulate", 0, 30)
    assert told[-1] == ("simulate", 30, 30)


def test_the_truth_is_the_same_before_and_after_an_import() -> None:
    first = truth(SMALL, SHOP)
    _read(**SMALL)
    assert truth(SMALL, SHOP) == first
    assert {entry["id"] for entry in first["incidents"]} == {"guangdong-typhoon", "baidu-ranking"}


def test_the_truth_refuses_wrong_options() -> None:
    with pytest.raises(DefinitionError):
        truth({"scale": "1000"}, SHOP)


def test_the_gifts_are_shipped_with_their_attribution() -> None:
    table = pq.read_table(gifts_file())
    assert table.num_rows == 285_421
    assert table.column_names == [
        "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
    ]  # fmt: skip
    note = gifts_file().with_name("ATTRIBUTION.md").read_text("utf-8")
    for word in ("Chen", "10.24432/C5BW33", "CC BY 4.0"):
        assert word in note
        assert word in GIFTS_ATTRIBUTION
    assert gifts_file().stat().st_size < 1_600_000


def test_the_gifts_are_the_published_rows(shared_data: object) -> None:
    from pathlib import Path

    assert isinstance(shared_data, Path)
    published = pq.read_table(shared_data / "online_retail_uci" / "online_retail.parquet").replace_schema_metadata(None)
    assert pq.read_table(gifts_file()).replace_schema_metadata(None).equals(published)
