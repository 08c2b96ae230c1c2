"""The command as a process: quick help, exit codes, kills that do no harm."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.app.conftest import command, said
from tests.small_shop import SmallShops, write_csv

import zhanggui
from zhanggui.store.owner import Owner, write_owner

HOLDING = """
import sys, time, zhanggui
with zhanggui.open_shop(sys.argv[1]):
    print("held", flush=True)
    time.sleep(1.5)
"""
HEAVY = (
    "duckdb",
    "pyarrow",
    "numpy",
    "scipy",
    "sqlglot",
    "sqlalchemy",
    "fastapi",
    "starlette",
    "uvicorn",
    "pydantic",
    "jinja2",
)


@pytest.mark.parametrize("argv", [["--help"], ["kpi", "--help"], ["serve", "--help"], ["--version"], ["kpi"]])
def test_help_imports_nothing_heavy(argv: list[str]) -> None:
    code = (
        "import sys; from zhanggui.app.main import main; main(sys.argv[1:]); "
        f"sys.stderr.write(repr([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    told = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, check=True)
    assert told.stderr.endswith("[]")


def test_a_question_as_a_process_prints_one_document(filled: Path) -> None:
    told = said("kpi", filled, "sales", "--format", "json")
    assert told.returncode == 0
    assert told.stderr == ""
    assert json.loads(told.stdout)["total"]["sales"]["value"]


@pytest.mark.slow
def test_exit_codes_reach_the_shell(filled: Path) -> None:
    assert said("kpi", filled, "salse").returncode == 1
    assert said("kpi").returncode == 2


@pytest.mark.slow
def test_a_reader_that_goes_away_leaves_no_noise(filled: Path) -> None:
    line = f"{' '.join(command('catalogue', filled))} | head -1"
    told = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert told.stderr == ""
    assert told.stdout.count("\n") == 1


@pytest.mark.slow
def test_an_import_that_is_killed_leaves_the_shop_as_it_was(empty: Path, tmp_path: Path) -> None:
    rows = [{"order_id": str(n), "placed_at": "2026-03-01", "status": "paid"} for n in range(200_000)]
    big = write_csv(tmp_path / "orders.csv", list(rows))
    for wait in (0.3, 0.8, 1.3):
        process = subprocess.Popen(command("import", empty, "tables", big), stdout=subprocess.DEVNULL)
        time.sleep(wait)
        process.kill()
        process.wait()
        with zhanggui.open_shop(empty) as shop:
            batches = shop.batches().to_json()["batches"]
            rows_now = {table["table"]: table["rows"] for table in shop.data().to_json()["tables"]}
            assert rows_now["orders"] == (200_000 if batches else 0)
    told = said("import", empty, "tables", big, "--format", "json")
    assert told.returncode == 0


@pytest.mark.slow
def test_ctrl_c_stops_an_import_with_130(empty: Path, tmp_path: Path) -> None:
    rows = [{"order_id": str(n), "placed_at": "2026-03-01", "status": "paid"} for n in range(300_000)]
    big = write_csv(tmp_path / "orders.csv", list(rows))
    process = subprocess.Popen(
        command("import", empty, "tables", big), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(1.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    if process.returncode == 130:
        assert "nothing was changed" in err
        with zhanggui.open_shop(empty) as shop:
            assert shop.batches().to_json()["batches"] == []


@pytest.mark.slow
def test_a_command_waits_for_a_shop_that_is_held_for_a_moment(filled: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(filled)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    told = said("kpi", filled, "sales")
    assert told.returncode == 0
    holder.wait()
    holder.stdout.close()


@pytest.mark.slow
def test_a_note_of_a_server_that_is_gone_is_no_obstacle(filled: Path) -> None:
    write_owner(filled, Owner(port=9, token="x", pid=os.getpid()))  # noqa: S106 - of this test
    assert said("kpi", filled, "sales").returncode == 0


@pytest.mark.slow
def test_a_shop_of_a_newer_version_is_refused_with_the_next_step(filled: Path) -> None:
    with zhanggui.open_shop(filled) as shop:
        shop._opened.warehouse.execute("UPDATE zg.meta SET value = '999' WHERE key = 'schema_version'")
    told = said("kpi", filled, "sales")
    assert told.returncode == 1
    assert "newer" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.slow
@pytest.mark.parametrize("what", ["warehouse.duckdb", "shop.toml"])
def test_a_damaged_shop_is_refused_in_a_sentence(filled: Path, what: str) -> None:
    (filled / what).write_bytes(b"\x00rubbish\xff" * 100)
    told = said("kpi", filled, "sales", "--format", "json")
    assert told.returncode == 1
    assert json.loads(told.stdout)["error"]["message"]


@pytest.mark.skipif(os.geteuid() == 0, reason="needs a user whom permissions hold back; root writes everywhere")
def test_a_read_only_shop_can_be_asked_but_not_written(filled: Path, small: SmallShops) -> None:
    for path in (*filled.iterdir(), filled):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert said("kpi", filled, "sales").returncode == 0
        assert said("import", filled, "tables", *small.files).returncode == 1
    finally:
        filled.chmod(0o755)
