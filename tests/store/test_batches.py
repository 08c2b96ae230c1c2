"""Batches are listed, stopped without harm, and say what they did."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from tests.store.pieces import ORDER, counts, kept, lines, orders, refused, scan, snapshot, take, text_rows

from zhanggui.basics.errors import DataError, OutsideError, UnknownNameError
from zhanggui.basics.progress import Stopped
from zhanggui.shop import Piece, Reject, Rows
from zhanggui.store import derived
from zhanggui.store.batches import bridge_of, import_pieces, list_batches, rejects
from zhanggui.store.opened import OpenShop, open_shop_folder


def test_a_report_is_json_with_stable_names(shop: OpenShop) -> None:
    report = take(shop, orders({}, {"order_id": "2", "status": "?"}))
    found = report.to_json()
    assert found["batch"] == report.batch
    assert found["tables"] == {
        "orders": {"read": 2, "accepted": 1, "updated": 0, "unchanged": 0, "rejected": 1},
    }
    assert found["seconds"] >= 0
    (row,) = refused(shop)
    assert list(row.to_json()) == ["batch", "table", "file", "line", "column", "value", "reason", "rejected"]


def test_batches_are_listed_the_newest_first_with_all_that_is_known(shop: OpenShop, tmp_path: Path) -> None:
    arrived = datetime(2026, 1, 6, 3, 0, tzinfo=UTC)
    first = import_pieces(shop, [orders({})], source="one", files=["missing.csv"], received_at=arrived)
    second = import_pieces(shop, [lines({})], source="two", files=[])
    newest, oldest = list_batches(shop)
    assert (newest.batch, oldest.batch) == (second.batch, first.batch)
    assert (oldest.source, oldest.files, oldest.received_at) == ("one", ("missing.csv",), arrived)
    assert oldest.tables == first.tables
    assert newest.content_hash != oldest.content_hash


def test_the_content_hash_is_of_the_files_or_of_the_rows(shop: OpenShop, tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("x", encoding="utf-8")
    for _ in range(2):
        import_pieces(shop, [orders({})], source="t", files=[str(path)])
        import_pieces(shop, [orders({"order_id": "1"})], source="t", files=[])
    path.write_text("y", encoding="utf-8")
    import_pieces(shop, [orders({})], source="t", files=[str(path)])
    import_pieces(shop, [orders({"order_id": "2"})], source="t", files=[])
    hashes = [batch.content_hash for batch in list_batches(shop)]
    assert len(set(hashes)) == 4
    assert hashes[2:4] == hashes[4:6]


def test_rows_that_the_source_refused_count_and_are_kept(shop: OpenShop) -> None:
    reject = Reject("orders", "o.csv", 7, "order_id", "9.44E+18", "the id was destroyed by a spreadsheet")
    report = take(shop, orders({}), reject)
    assert counts(report, "orders") == (1, 0, 0, 1)
    (row,) = refused(shop, report)
    assert (row.line, row.value, row.reason) == (7, "9.44E+18", "the id was destroyed by a spreadsheet")


def test_the_reason_of_a_source_is_kept_in_both_languages(shop: OpenShop) -> None:
    report = take(shop, orders({}), Reject("orders", "o.csv", 7, "order_id", "9.44E+18", "lost", "已丢失"))
    (row,) = refused(shop, report)
    assert (row.reason, row.reason_zh) == ("lost", "已丢失")


def test_a_batch_of_source_rejects_only_is_recorded(shop: OpenShop) -> None:
    report = take(shop, Reject("orders", "o.csv", None, None, None, "cut"))
    assert counts(report, "orders") == (0, 0, 0, 1)


def test_an_import_of_nothing_at_all_is_recorded(shop: OpenShop) -> None:
    report = take(shop)
    assert report.tables == {}
    assert report.good == 0
    assert shop.warehouse.newest_batch() == report.batch


def test_lines_of_a_source_come_from_the_line_column_or_are_asked_for(shop: OpenShop) -> None:
    bad = pa.table({name: [value, value] for name, value in ORDER.items()} | {"order_id": [None, None]})
    numbered = Rows("orders", bad.append_column("_line", pa.array([17, 23])), "numbered.csv")
    asked: list[list[int]] = []

    def line_of(rows: list[int]) -> list[int]:
        asked.append(rows)
        return [10 * row for row in rows]

    report = take(
        shop, orders({}), numbered, Rows("orders", bad, "asked.csv", line_of=line_of, first_row=5), orders({})
    )
    assert [(row.file, row.line) for row in refused(shop, report)] == [
        ("numbered.csv", 17),
        ("numbered.csv", 23),
        ("asked.csv", 50),
        ("asked.csv", 60),
    ]
    assert asked == [[5, 6]]


def test_rejects_of_all_batches_or_of_one_or_the_first_few(shop: OpenShop) -> None:
    first = take(shop, orders({"status": "?"}, {"status": "!"}))
    second = take(shop, orders({"status": "§"}))
    assert [row.value for row in rejects(shop)] == ["?", "!", "§"]
    assert [row.value for row in rejects(shop, second.batch)] == ["§"]
    assert [row.value for row in rejects(shop, first.batch, limit=1)] == ["?"]


def test_an_unknown_batch_gets_the_nearest_name(shop: OpenShop) -> None:
    report = take(shop, orders({}))
    with pytest.raises(UnknownNameError) as caught:
        rejects(shop, report.batch[:-1])
    assert caught.value.suggestions == (report.batch,)
    with pytest.raises(UnknownNameError):
        bridge_of(shop, "nothing")


def test_a_source_that_fails_half_way_leaves_the_shop_as_it_was(shop: OpenShop) -> None:
    take(shop, orders({}))
    before = snapshot(shop)

    def pieces() -> Iterator[Piece]:
        yield orders({"order_id": "2"})
        raise DataError("o.csv is cut")

    with pytest.raises(DataError, match="cut"):
        import_pieces(shop, pieces(), source="t", files=[])
    assert snapshot(shop) == before
    assert len(list_batches(shop)) == 1
    assert counts(take(shop, orders({"order_id": "2"})), "orders") == (1, 0, 0, 0)


def test_the_source_is_closed_when_the_import_fails(shop: OpenShop) -> None:
    closed = []

    def pieces() -> Iterator[Piece]:
        try:
            yield text_rows("orders", {"order_id": "1"})
        finally:
            closed.append(True)

    with pytest.raises(DataError, match="missing"):
        import_pieces(shop, pieces(), source="t", files=[])
    assert closed == [True]


def test_a_failure_of_derived_tables_rolls_everything_back(shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("derived")

    with monkeypatch.context() as patched:
        patched.setattr(derived, "refresh", fail)
        with pytest.raises(RuntimeError):
            take(shop, orders({}))
    assert kept(shop, "orders") == []
    assert rejects(shop) == ()
    assert counts(take(shop, orders({})), "orders") == (1, 0, 0, 0)


@pytest.mark.parametrize("when", [1, 3, 6])
def test_an_import_that_is_stopped_leaves_the_shop_as_it_was(shop: OpenShop, when: int) -> None:
    take(shop, orders({}))
    before = snapshot(shop)
    calls = 0

    def progress(stage: str, done: int, total: int | None = None) -> None:
        nonlocal calls
        calls += 1
        if calls == when:
            raise Stopped

    pieces = [orders({"order_id": str(n), "status": "shipped"}, file=f"{n}") for n in range(4)]
    with pytest.raises(Stopped):
        take(shop, *pieces, progress=progress)
    assert snapshot(shop) == before
    assert counts(take(shop, *pieces), "orders") == (3, 1, 0, 0)


def test_a_long_statement_is_interrupted(shop: OpenShop, tmp_path: Path) -> None:
    """The file takes far longer to read than it takes to stop."""
    path = tmp_path / "lines.csv"
    duckdb.connect().execute(
        f"COPY (SELECT i AS order_id, 1 AS line_no, 'P' AS product_id, 1 AS quantity, 1 AS unit_price "
        f"FROM range(1500000) t(i)) TO '{path}' (HEADER)"
    )
    stages = []

    def progress(stage: str, done: int, total: int | None = None) -> None:
        stages.append((stage, done, total))
        raise Stopped

    with pytest.raises(Stopped):
        take(shop, scan("order_lines", path, path.read_bytes()), progress=progress)
    assert len(stages) == 1
    assert kept(shop, "order_lines") == []
    assert counts(take(shop, lines({})), "order_lines") == (1, 0, 0, 0)


def test_progress_tells_the_stages(shop: OpenShop) -> None:
    stages: list[str] = []
    take(shop, orders({}), progress=lambda stage, done, total=None: stages.append(stage))
    assert list(dict.fromkeys(stages)) == ["reading", "deriving", "saving"]


def test_queries_of_other_threads_see_the_shop_before_until_the_commit(shop: OpenShop) -> None:
    take(shop, orders({}))
    seen: list[int] = []

    def look() -> None:
        seen.append(shop.warehouse.query("SELECT * FROM orders").num_rows)

    def progress(stage: str, done: int, total: int | None = None) -> None:
        if stage == "saving":
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()

    take(shop, orders({"order_id": "2"}), progress=progress)
    look()
    assert seen == [1, 2]


def test_two_imports_of_two_threads_wait_for_each_other(shop: OpenShop) -> None:
    pieces = [orders({"order_id": str(n)}) for n in range(4)]
    threads = [threading.Thread(target=take, args=(shop, piece)) for piece in pieces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(shop, "orders")) == 4
    assert len(list_batches(shop)) == 4


def test_an_error_of_the_disk_is_said_in_a_sentence(shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise duckdb.IOException("IO Error: Could not write all bytes to file: No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(derived, "refresh", full)
        with pytest.raises(OutsideError, match=r"disk of .* is full: the import was given up") as caught:
            take(shop, orders({}))
    assert caught.value.retryable
    assert kept(shop, "orders") == []


def test_the_memory_limit_is_given_back_after_an_import(shop: OpenShop) -> None:
    before = shop.warehouse.query("SELECT current_setting('memory_limit') AS m").to_pylist()
    take(shop, orders({}))
    assert shop.warehouse.query("SELECT current_setting('memory_limit') AS m").to_pylist() == before


def test_what_is_in_the_shop_survives_a_closed_process(shop: OpenShop) -> None:
    report = take(shop, orders({"city": "上海 🎁"}), text_rows("products", {"product_id": "P", "name": "茶杯"}))
    before = snapshot(shop)
    shop.close()
    with open_shop_folder(shop.folder) as again:
        assert snapshot(again) == before
        assert again.warehouse.newest_batch() == report.batch
        assert list_batches(again)[0].tables == report.tables
