"""A killed import leaves the shop as it was, and the same import then succeeds; so does a full disk."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.store.pieces import counts, orders, snapshot, take

from zhanggui.store.batches import list_batches, rejects
from zhanggui.store.opened import open_shop_folder

ROWS = 20_000
IMPORT = """
import os, signal, sys
from pathlib import Path
import pyarrow as pa
from zhanggui.basics.errors import ZhangguiError
from zhanggui.shop import CsvScan, Rows
from zhanggui.store.batches import import_pieces
from zhanggui.store.opened import open_shop_folder

folder, csv, stage = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def progress(name, done, total=None):
    if name == stage:
        os.kill(os.getpid(), signal.SIGKILL)

columns = ("order_id", "line_no", "product_id", "quantity", "unit_price")
ids = [str(n) for n in range(int(sys.argv[4]))]
data = pa.table({"order_id": ids, "placed_at": ["2026-01-05"] * len(ids), "status": ["shipped"] * len(ids)})
with open_shop_folder(folder) as shop:
    print("open", flush=True)
    try:
        report = import_pieces(
            shop, [Rows("orders", data, "o.csv"), CsvScan("order_lines", csv, columns, "l.csv")],
            source="t", files=[str(csv)], progress=progress)
    except ZhangguiError as error:
        print(type(error).__name__, error, flush=True)
    else:
        print(report.to_json()["tables"], flush=True)
"""


@pytest.fixture(scope="module")
def csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Order lines, every thousandth of them bad."""
    path = tmp_path_factory.mktemp("killed") / "lines.csv"
    rows = (f"{n // 4},{n % 4},P{n % 97},{1 if n % 1000 else 0},9.99\n" for n in range(ROWS))
    path.write_text("order_id,line_no,product_id,quantity,unit_price\n" + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def filled(folder: Path) -> Path:
    """A shop with an order that the import updates."""
    with open_shop_folder(folder) as shop:
        take(shop, orders({}))
    return folder


def _run(folder: Path, csv: Path, stage: str = "never", **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", IMPORT, str(folder), str(csv), stage, str(ROWS // 4)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **more)  # type: ignore[call-overload,no-any-return]


def _is_as_before(folder: Path) -> None:
    with open_shop_folder(folder) as shop:
        assert snapshot(shop)["order_lines"] == []
        (order,) = snapshot(shop)["orders"]
        assert order[0] == "1"
        assert "paid" in order
        assert len(list_batches(shop)) == 1
        assert rejects(shop) == ()
        assert shop.warehouse.facts()["orders"].rows == 1
    assert {path.name for path in folder.iterdir()} <= {"shop.toml", "warehouse.duckdb", "ledger.sqlite", ".tmp"}


def _succeeds(folder: Path, csv: Path) -> None:
    done = _run(folder, csv)
    assert done.returncode == 0, done
    with open_shop_folder(folder) as shop:
        assert shop.warehouse.facts()["orders"].rows == ROWS // 4
        assert shop.warehouse.facts()["order_lines"].rows == ROWS - ROWS // 1000
        assert len([row for row in rejects(shop) if row.rejected]) == ROWS // 1000
        (update,) = {batch.tables["orders"].updated for batch in list_batches(shop)[:1]}
        assert update == 1


@pytest.mark.parametrize(
    "stage",
    [pytest.param("reading", marks=pytest.mark.slow), pytest.param("deriving", marks=pytest.mark.slow), "saving"],
)
def test_an_import_killed_in_a_stage_leaves_the_shop_as_it_was(filled: Path, csv: Path, stage: str) -> None:
    done = _run(filled, csv, stage)
    assert done.returncode == -signal.SIGKILL
    _is_as_before(filled)


@pytest.mark.slow
def test_an_import_killed_at_any_moment_leaves_the_shop_as_it_was_or_is_done(filled: Path, csv: Path) -> None:
    chance = random.Random(7)
    killed = 0
    for attempt in range(8):
        folder = Path(shutil.copytree(filled, filled.parent / f"shop{attempt}"))
        command = [sys.executable, "-c", IMPORT, str(folder), str(csv), "never", str(ROWS // 4)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            time.sleep(chance.uniform(0, 0.8))
            process.kill()
            finished = "accepted" in process.stdout.read()
        with open_shop_folder(folder) as shop:
            done = len(list_batches(shop)) == 2
        if not done:
            assert not finished
            killed += 1
            _is_as_before(folder)
            if killed % 3 == 1:
                _succeeds(folder, csv)
    assert killed


@pytest.mark.slow
def test_a_disk_that_is_full_leaves_the_shop_as_it_was(filled: Path, csv: Path, tmp_path: Path) -> None:
    """No file may grow beyond what the warehouse has already: as if the disk were full."""
    size = (filled / "warehouse.duckdb").stat().st_size
    # Many and incompressible, so that they do not fit into blocks of the file that are free.
    chance = random.Random(1)
    rows = (f"{n // 40},{n % 40},P{chance.getrandbits(120):x},1,9.99\n" for n in range(10 * ROWS))
    large = tmp_path / "large.csv"
    large.write_text("order_id,line_no,product_id,quantity,unit_price\n" + "".join(rows), encoding="utf-8")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    done = _run(filled, large, preexec_fn=limit)
    assert "OutsideError" in done.stdout, done
    assert "is full" in done.stdout
    _is_as_before(filled)
    _succeeds(filled, csv)


@pytest.mark.slow
def test_what_a_killed_import_spilled_is_gone_after_the_next_opening(filled: Path, csv: Path) -> None:
    _run(filled, csv, "saving")
    with open_shop_folder(filled) as shop:
        assert not (filled / ".tmp").exists()
        assert counts(take(shop, orders({"order_id": "x"})), "orders") == (1, 0, 0, 0)
