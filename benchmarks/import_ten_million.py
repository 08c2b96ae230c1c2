"""A 10-million-line CSV through the import, against DuckDB's own read and insert of the same file in the same run.

Promise: at most 3 times as long, under 2 GB of memory. ``--scale 0.01`` tries it small.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.measures import Measure, told_by
from zhanggui.shop import TABLES, CsvScan
from zhanggui.store.batches import import_pieces
from zhanggui.store.opened import create_shop, open_shop_folder
from zhanggui.store.schema import TYPES
from zhanggui.store.settings import Settings

LINES = 10_000_000
MOST_TIMES = 3.0
MOST_MEMORY = 2_000  # MB
COLUMNS = tuple(column.name for column in TABLES["order_lines"].columns)


def make_file(path: Path, lines: int) -> None:
    """Write ``lines`` order lines, four to an order, with 20,000 products."""
    duckdb.connect().execute(
        f"COPY (SELECT 'O' || (i // 4) AS order_id, i % 4 + 1 AS line_no, 'P' || (hash(i) % 20000) AS product_id, "
        f"1 + hash(i) % 5 AS quantity, ((hash(i * 7) % 10000) / 100.0)::DECIMAL(18,2) AS unit_price, "
        f"CASE WHEN i % 3 = 0 THEN ((hash(i * 3) % 100) / 100.0)::DECIMAL(18,2) END AS discount_amount, "
        f"((hash(i * 5) % 5000) / 100.0)::DECIMAL(18,2) AS unit_cost FROM range({lines}) t(i)) TO '{path}' (HEADER)"
    )


def plain(path: Path, folder: Path) -> float:
    """Seconds that DuckDB itself needs to read the file with the right types and insert it."""
    types = ", ".join(f"'{column.name}': '{TYPES[column.kind]}'" for column in TABLES["order_lines"].columns)
    con = duckdb.connect(str(folder / "plain.duckdb"))
    con.execute(f"CREATE TABLE lines AS SELECT * FROM read_csv('{path}', columns = {{{types}}}) LIMIT 0")
    begun = time.monotonic()
    con.execute(f"INSERT INTO lines SELECT * FROM read_csv('{path}', header = true, columns = {{{types}}})")
    con.close()
    return time.monotonic() - begun


def through_the_import(path: Path, folder: Path) -> float:
    """Seconds of the whole import: checks, keys, references, derived tables, facts, commit."""
    shop_folder = folder / "shop"
    create_shop(shop_folder, Settings("Benchmark", "GBP", "Europe/London"))
    with open_shop_folder(shop_folder) as shop:
        begun = time.monotonic()
        report = import_pieces(
            shop, [CsvScan("order_lines", path, COLUMNS, path.name)], source="tables", files=[str(path)]
        )
        seconds = time.monotonic() - begun
        assert report.rejected == 0, report
    return seconds


def main() -> int:
    """Measure and print one JSON document; exit 1 when the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the 10 million lines")
    parser.add_argument("--only", choices=["plain", "import"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        work = plain if options.only == "plain" else through_the_import
        seconds = work(options.folder / "order_lines.csv", options.folder)
        print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
        return 0
    lines = int(LINES * options.scale)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_file(folder / "order_lines.csv", lines)
        # Each in a process of its own, so that memory is measured apart.
        plain_seconds, _ = _apart("plain", folder)
        seconds, memory = _apart("import", folder)
    times = seconds / plain_seconds
    kept = times <= MOST_TIMES and memory < MOST_MEMORY
    result = {
        "benchmark": "import_ten_million",
        "lines": lines,
        "seconds": round(seconds, 2),
        "duckdb_seconds": round(plain_seconds, 2),
        "times": round(times, 2),
        "promised_times": MOST_TIMES,
        "memory_mb": round(memory),
        "promised_memory_mb": MOST_MEMORY,
        "kept": kept,
    }
    print(json.dumps(result))
    return 0 if kept or options.scale < 1 else 1


def _apart(what: str, folder: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.import_ten_million", "--only", what, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, memory = json.loads(done.stdout.splitlines()[-1])
    return seconds, memory


def measure(scale: float = 1.0) -> list[Measure]:
    """Times as long as DuckDB itself, and megabytes."""
    told = told_by("benchmarks.import_ten_million", scale)
    note = f"{told['lines']:,} lines: {told['seconds']} s, DuckDB itself {told['duckdb_seconds']} s"
    return [
        Measure("import of a CSV / DuckDB's own read and insert", told["times"], MOST_TIMES, "x", note),
        Measure("memory of that import", told["memory_mb"], MOST_MEMORY, "MB"),
    ]


if __name__ == "__main__":
    sys.exit(main())
