"""Laws of the import: the order and the cutting of rows do not matter, and the counts always add up."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.pieces import kept, rejects, take, text_rows

from zhanggui.store.opened import open_shop_folder

COLUMNS = ("order_id", "line_no", "product_id", "quantity", "unit_price", "discount_amount")
CELLS: dict[str, list[str | None]] = {
    "product_id": ["P", "产品", " Q ", None],
    "quantity": ["1", "0", "2.5", "x"],
    "unit_price": ["0.00015", "9.99", "-1", "1.2345"],
    "discount_amount": [None, "", "0.01"],
}


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """Rows with keys of their own and exact repetitions; and the same rows shuffled and cut into pieces."""
    size = draw(st.integers(1, 12))
    rows = [
        {"order_id": f"o{n % 3}", "line_no": str(n), **{c: draw(st.sampled_from(v)) for c, v in CELLS.items()}}
        for n in range(size)
    ]
    rows += draw(st.lists(st.sampled_from(rows), max_size=4))
    shuffled = draw(st.permutations(rows))
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    parts = [list(shuffled[a:b]) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    return rows, [part for part in parts if part]


def _import(empty: Path, plan: list[list[list[dict[str, Any]]]]) -> tuple[list[Any], list[Any], list[int]]:
    """Import ``plan`` (batches of files of rows) into a new shop: the rows kept, refused, and the sums of counts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(empty, Path(name) / "shop"))
        sums = [0, 0, 0, 0, 0]
        with open_shop_folder(folder) as shop:
            for files in plan:
                pieces = [text_rows("order_lines", *rows, file=f"{n}.csv") for n, rows in enumerate(files)]
                count = take(shop, *pieces).tables["order_lines"]
                for at, number in enumerate(count.to_json().values()):
                    sums[at] += number
            told = sorted((r.column or "", r.value or "", r.reason) for r in rejects(shop) if r.rejected)
            return kept(shop, "order_lines"), told, sums


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(plan=batches())
def test_shuffling_and_cutting_rows_into_files_and_batches_changes_nothing(
    empty_shop: Path, plan: tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]
) -> None:
    rows, parts = plan
    at_once = _import(empty_shop, [[rows]])
    as_files = _import(empty_shop, [parts])
    as_batches = _import(empty_shop, [[part] for part in parts])
    assert at_once == as_files == as_batches
    read, accepted, updated, unchanged, refused = at_once[2]
    assert read == len(rows) == accepted + updated + unchanged + refused
    assert updated == 0
    assert accepted == len(at_once[0])


@st.composite
def versions(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """Files of rows in which keys come again with other values and other columns."""
    files = []
    for _ in range(draw(st.integers(1, 4))):
        given_columns = draw(st.sets(st.sampled_from(["name", "brand", "list_price"]), min_size=1))
        keys = draw(st.lists(st.sampled_from("PQR"), unique=True, min_size=1))
        files.append(
            [
                {"product_id": key, **{c: draw(st.sampled_from(["1", "2", None])) for c in sorted(given_columns)}}
                for key in keys
            ]
        )
    return files


def _by_hand(files: list[list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """What the products are after the files, in plain Python."""
    state: dict[str, dict[str, Any]] = {}
    for rows in files:
        for row in rows:
            state.setdefault(row["product_id"], {}).update(row)
    return state


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(files=versions(), cut=st.integers(0, 4))
def test_versions_come_out_as_by_hand_however_they_are_cut_into_batches(
    empty_shop: Path, files: list[list[dict[str, Any]]], cut: int
) -> None:
    expected = sorted(
        (key, row.get("name"), row.get("brand"), row.get("list_price")) for key, row in _by_hand(files).items()
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(empty_shop, Path(name) / "shop"))
        with open_shop_folder(folder) as shop:
            for part in (files[:cut], files[cut:], files[cut:]):
                report = take(shop, *(text_rows("products", *rows, file=f"{n}") for n, rows in enumerate(part)))
            found = kept(shop, "products", "product_id", "name", "brand", "list_price")
    assert [(p, n, b, None if c is None else f"{c:.0f}") for p, n, b, c in found] == expected
    for count in report.tables.values():
        assert (count.accepted, count.updated, count.rejected) == (0, 0, 0)


@pytest.mark.parametrize("rows", [[], [{}]])
def test_the_smallest_imports_keep_the_law(empty_shop: Path, rows: list[dict[str, Any]]) -> None:
    full = [{"order_id": "1", "line_no": "1", "product_id": "P", "quantity": "1", "unit_price": "1"} for _ in rows]
    kept_rows, told, sums = _import(empty_shop, [[full]] if full else [])
    assert len(kept_rows) == sums[1] == len(rows)
    assert told == []
