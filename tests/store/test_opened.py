"""Shops are made, opened, shared and refused."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from tests.store.conftest import LONDON
from tests.store.pieces import orders, take

from zhanggui.basics.errors import ActionRefused, DataError, OutsideError
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.owner import Owner, write_owner
from zhanggui.store.schema import SCHEMA_VERSION

HOLD = """
import sys
from pathlib import Path
from zhanggui.store.opened import open_shop_folder
with open_shop_folder(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the shop until its input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        if not process.stdin.closed:
            process.stdin.close()


def test_a_new_shop_has_settings_a_warehouse_and_a_ledger(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"shop.toml", "warehouse.duckdb", "ledger.sqlite"}
    with open_shop_folder(folder) as shop:
        assert shop.settings == LONDON
        assert shop.warehouse.newest_batch() is None


def test_a_shop_is_not_made_twice(folder: Path) -> None:
    with pytest.raises(ActionRefused, match="already"):
        create_shop(folder, LONDON)


def test_a_shop_is_not_made_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ActionRefused, match="is a file"):
        create_shop(path, LONDON)
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_shop_may_be_made_in_a_folder_that_has_other_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    create_shop(tmp_path, LONDON)
    assert (tmp_path / "notes.txt").exists()


def test_what_was_begun_is_taken_back_when_a_shop_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zhanggui.store.opened.write_settings", fail)
    with pytest.raises(OutsideError, match="cannot be written"):
        create_shop(tmp_path / "shop", LONDON)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_shop_is_refused_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="zhanggui init"):
        open_shop_folder(tmp_path)


def test_a_shop_without_its_warehouse_is_refused(folder: Path) -> None:
    (folder / "warehouse.duckdb").unlink()
    with pytest.raises(DataError, match="lost"):
        open_shop_folder(folder)


def test_a_damaged_warehouse_is_said_to_be_damaged(folder: Path) -> None:
    (folder / "warehouse.duckdb").write_bytes(b"this is no database" * 1000)
    with pytest.raises(DataError, match="damaged"):
        open_shop_folder(folder)


def test_a_shop_of_a_newer_version_is_refused_in_one_sentence(folder: Path) -> None:
    with open_shop_folder(folder) as shop:
        shop.warehouse.execute("UPDATE zg.meta SET value = ?", [str(SCHEMA_VERSION + 1)])
    with pytest.raises(DataError, match=r"newer zhanggui .* pip install --upgrade"):
        open_shop_folder(folder)
    with pytest.raises(DataError, match="newer zhanggui"):
        open_shop_folder(folder, read_only=True)


def test_a_shop_of_an_older_version_gets_the_new_tables_and_columns(folder: Path) -> None:
    with open_shop_folder(folder) as shop:
        take(shop, orders({}))
        with shop.warehouse.transaction() as con:
            con.execute("ALTER TABLE main.orders DROP COLUMN coupon_code")
            con.execute("DROP TABLE main.goals")
            con.execute("UPDATE zg.meta SET value = '0'")
    with open_shop_folder(folder) as shop:
        assert shop.warehouse.query("SELECT coupon_code FROM orders").num_rows == 1
        assert shop.warehouse.query("SELECT * FROM goals").num_rows == 0


def test_a_duckdb_file_of_somebody_else_is_refused(folder: Path) -> None:
    (folder / "warehouse.duckdb").unlink()
    duckdb.connect(str(folder / "warehouse.duckdb")).close()
    with pytest.raises(DataError, match="not made by zhanggui"):
        open_shop_folder(folder)


def test_a_shop_that_another_process_holds_names_it_and_is_waited_for(
    folder: Path, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(OutsideError, match=f"process {holder.pid}") as caught:
        open_shop_folder(folder, wait=0.2)
    assert caught.value.retryable
    write_owner(folder, Owner(8123, "t", holder.pid))
    with pytest.raises(OutsideError, match=r"zhanggui server .*port 8123"):
        open_shop_folder(folder, wait=0.0)
    assert holder.stdin is not None
    holder.stdin.close()
    with open_shop_folder(folder, wait=20.0) as shop:
        assert shop.warehouse.newest_batch() is None


def test_two_in_one_process_share_the_shop(folder: Path) -> None:
    with open_shop_folder(folder) as first, open_shop_folder(folder) as second:
        take(first, orders({}))
        assert second.warehouse.query("SELECT * FROM orders").num_rows == 1


def test_a_shop_opened_for_reading_answers_and_refuses_to_import(folder: Path) -> None:
    with open_shop_folder(folder) as shop:
        take(shop, orders({}))
    with open_shop_folder(folder, read_only=True) as shop:
        assert shop.warehouse.query("SELECT order_id FROM orders").to_pylist() == [{"order_id": "1"}]
        with pytest.raises(ActionRefused, match="reading only"):
            take(shop, orders({}))


def test_what_a_killed_import_spilled_is_cleared_away(folder: Path) -> None:
    (folder / ".tmp").mkdir()
    (folder / ".tmp" / "duckdb_temp_storage-0.tmp").write_bytes(b"x")
    with open_shop_folder(folder):
        assert not (folder / ".tmp").exists()


def test_new_settings_are_kept(shop: OpenShop) -> None:
    from dataclasses import replace

    shop.keep_settings(replace(shop.settings, name="Renamed"))
    assert shop.settings.name == "Renamed"
    assert 'name = "Renamed"' in (shop.folder / "shop.toml").read_text(encoding="utf-8")


def test_the_ledger_is_durable(shop: OpenShop) -> None:
    with shop.ledger.connect() as con:
        assert con.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert con.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert con.exec_driver_sql("SELECT value FROM meta WHERE key = 'version'").scalar() == "1"


OTHER_USER = """
import os, sys
from pathlib import Path
from zhanggui.basics.errors import ZhangguiError
from zhanggui.store.opened import create_shop, open_shop_folder
from zhanggui.store.settings import Settings
import zhanggui.store.ledger, zhanggui.store.derived
if os.getuid() == 0:
    os.setuid(65534)
folder = Path(sys.argv[1])
for work in (lambda: open_shop_folder(folder), lambda: create_shop(folder / "new", Settings("x", "GBP", "UTC"))):
    try:
        work()
    except ZhangguiError as error:
        print(type(error).__name__, error)
with open_shop_folder(folder, read_only=True) as shop:
    print(shop.warehouse.query("SELECT 1 AS one").num_rows, "row")
"""


@pytest.mark.skipif(os.name != "posix", reason="needs the rights of POSIX")
def test_a_folder_that_cannot_be_written_is_said_so_and_can_be_read() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "shop"
        create_shop(folder, LONDON)
        for path in folder.iterdir():
            path.chmod(0o444)
        folder.chmod(0o555)
        command = [sys.executable, "-c", OTHER_USER, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        folder.chmod(0o755)
    assert done.stdout.count("OutsideError") == 2, done
    assert done.stdout.count("cannot be written") == 2, done
    assert done.stdout.endswith("1 row\n"), done
