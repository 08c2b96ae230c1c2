"""Watched folders: every file once, whole files only, catching up after downtime."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.small_shop import SmallShops, write_csv

from zhanggui.loop.desk import Desk
from zhanggui.loop.watching import STATE_FILE, Watcher, read_noted

OLD = 3600.0


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """The watched folder."""
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


@pytest.fixture
def desk(empty: Path, drop: Path) -> Iterator[Desk]:
    """A desk over an empty shop that watches ``drop``."""
    with Desk.over([empty]) as made:
        made.call("empty", "watch-folder", {"source": "tables", "dir": str(drop)})
        yield made


def _put(small: SmallShops, drop: Path, *, age: float = OLD) -> list[Path]:
    paths = [Path(shutil.copy(path, drop)) for path in small.files]
    for path in paths:
        _aged(path, age)
    return paths


def _aged(path: Path, age: float) -> None:
    then = time.time() - age
    os.utime(path, (then, then))


def _batches(desk: Desk) -> int:
    return len(desk.call("empty", "batches", {}).to_json()["batches"])


def test_files_that_lie_there_are_imported_as_one_batch_once(desk: Desk, drop: Path, small: SmallShops) -> None:
    _put(small, drop)
    watcher = Watcher(desk, "empty")
    assert watcher.scan() == 3
    assert watcher.scan() == 0
    assert _batches(desk) == 1
    assert desk.shops()[0].batch


def test_a_new_server_remembers_what_was_imported_and_catches_up(desk: Desk, drop: Path, small: SmallShops) -> None:
    _put(small, drop)
    Watcher(desk, "empty").scan()
    more = write_csv(drop / "late" / "orders.csv", [{"order_id": "x", "placed_at": "2026-04-30", "status": "paid"}])
    _aged(more, OLD)
    after_downtime = Watcher(desk, "empty")
    assert after_downtime.scan() == 1
    assert after_downtime.scan() == 0


def test_a_file_that_is_still_written_waits_until_its_size_is_stable(desk: Desk, drop: Path, small: SmallShops) -> None:
    text = small.files[0].read_text(encoding="utf-8")
    growing = drop / "orders.csv"
    watcher = Watcher(desk, "empty")
    growing.write_text(text[:100], encoding="utf-8")
    assert watcher.scan() == 0
    growing.write_text(text[:200], encoding="utf-8")
    assert watcher.scan() == 0
    growing.write_text(text, encoding="utf-8")
    assert watcher.scan() == 0
    assert watcher.scan() == 1


def test_a_changed_file_is_imported_again(desk: Desk, drop: Path) -> None:
    row = {"order_id": "x", "placed_at": "2026-04-30", "status": "placed"}
    path = write_csv(drop / "orders.csv", [row])
    _aged(path, OLD)
    watcher = Watcher(desk, "empty")
    watcher.scan()
    write_csv(path, [row | {"status": "paid"}])
    _aged(path, OLD - 60)
    assert watcher.scan() == 1
    assert _batches(desk) == 2


def test_a_file_that_was_only_touched_is_not_imported_again(desk: Desk, drop: Path, small: SmallShops) -> None:
    paths = _put(small, drop)
    watcher = Watcher(desk, "empty")
    watcher.scan()
    _aged(paths[0], OLD / 2)
    assert watcher.scan() == 0
    assert _batches(desk) == 1


def test_a_bad_file_does_not_hold_up_the_good_ones_and_is_tried_once(desk: Desk, drop: Path, small: SmallShops) -> None:
    _put(small, drop)
    bad = drop / "orders_broken.parquet"
    bad.write_bytes(b"this is no parquet file")
    _aged(bad, OLD)
    watcher = Watcher(desk, "empty")
    assert watcher.scan() == 3
    assert watcher.scan() == 0
    noted = read_noted(desk.folder("empty") / STATE_FILE)
    assert noted[str(bad)].error
    assert noted[str(bad)].batch is None


@pytest.mark.parametrize("name", [".hidden.csv", "orders.csv.part", "orders.tmp", "~$orders.xlsx", "x.crdownload"])
def test_unfinished_and_hidden_files_are_left_alone(desk: Desk, drop: Path, name: str) -> None:
    path = drop / name
    path.write_text("order_id\n1\n", encoding="utf-8")
    _aged(path, OLD)
    assert Watcher(desk, "empty").scan() == 0
    assert _batches(desk) == 0


def test_an_empty_file_waits(desk: Desk, drop: Path) -> None:
    (drop / "orders.csv").touch()
    assert Watcher(desk, "empty", settled=0).scan() == 0


def test_a_folder_that_went_away_is_no_error(desk: Desk, drop: Path) -> None:
    drop.rmdir()
    assert Watcher(desk, "empty").scan() == 0


def test_a_damaged_note_is_read_as_none_and_importing_again_changes_nothing(
    desk: Desk, drop: Path, small: SmallShops
) -> None:
    _put(small, drop)
    Watcher(desk, "empty").scan()
    before = desk.call("empty", "kpi", {"name": "sales"}).to_json()["total"]
    (desk.folder("empty") / STATE_FILE).write_text("{half", encoding="utf-8")
    assert Watcher(desk, "empty").scan() == 3
    assert desk.call("empty", "kpi", {"name": "sales"}).to_json()["total"] == before


def test_a_folder_with_links_that_lead_nowhere_is_scanned(desk: Desk, drop: Path) -> None:
    (drop / "orders.csv").symlink_to(drop / "gone.csv")
    assert Watcher(desk, "empty").scan() == 0
