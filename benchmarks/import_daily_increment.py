"""One more day, 1 % of all, into a shop with a million orders: seconds of the whole import.

Promise: under 5 seconds. The day has new orders, their lines, payments and shipments, and newer versions of a
quarter of the orders of the day before. ``--scale 0.01`` tries it small.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.measures import Measure, told_by
from zhanggui.shop import CsvScan
from zhanggui.store.batches import BatchReport, import_pieces
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

ORDERS = 1_000_000
MOST_SECONDS = 5.0
START = "TIMESTAMPTZ '2024-01-01 00:00:00+00'"

# One year of orders; :from, :to and :all are order numbers.
TABLES = {
    "orders": f"SELECT 'O' || i AS order_id, 'C' || (hash(i) % (:all // 4 + 1)) AS customer_id, "
    f"{START} + to_seconds(i * 31536000.0 / :all) AS placed_at, :status AS status, "
    "['google', 'direct', 'mail'][1 + (hash(i) % 3)::INT] AS source, 'GB' AS country, "
    "((hash(i * 3) % 9000) / 100.0)::DECIMAL(18,2) AS total_amount FROM range(:from, :to) t(i)",
    "order_lines": "SELECT 'O' || i AS order_id, n AS line_no, 'P' || (hash(i * 5 + n) % 2000) AS product_id, "
    "1 + hash(i + n) % 3 AS quantity, ((hash(i * 7 + n) % 9000) / 100.0)::DECIMAL(18,2) AS unit_price "
    "FROM range(:new, :to) t(i), range(1, 4) l(n) WHERE n <= 1 + hash(i) % 4",
    "payments": f"SELECT 'A' || i AS attempt_id, 'O' || i AS order_id, "
    f"{START} + to_seconds(i * 31536000.0 / :all) AS attempted_at, 'succeeded' AS status FROM range(:new, :to) t(i)",
    "shipments": f"SELECT 'S' || i AS shipment_id, 'O' || i AS order_id, "
    f"{START} + to_seconds(i * 31536000.0 / :all + 7200) AS shipped_at FROM range(:new, :to) t(i)",
    "products": "SELECT 'P' || i AS product_id, 'Product ' || i AS name, 4.5 AS unit_cost FROM range(2000) t(i)",
    "customers": "SELECT 'C' || i AS customer_id FROM range(:all // 4 + 1) t(i)",
}


def import_day(shop: OpenShop, folder: Path, tables: tuple[str, ...], values: dict[str, object]) -> BatchReport:
    """Write the files of one delivery and import them; the report has the seconds."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    scans = []
    for table in tables:
        sql = TABLES[table]
        for name, value in values.items():
            sql = sql.replace(f":{name}", str(value))
        path = folder / f"{table}.csv"
        con.execute(f"COPY ({sql}) TO '{path}' (HEADER)")
        columns = tuple(path.open(encoding="utf-8").readline().strip().split(","))
        scans.append(CsvScan(table, path, columns, path.name))
    return import_pieces(shop, scans, source="tables", files=[str(scan.path) for scan in scans])


def main() -> int:
    """Measure and print one JSON document; exit 1 when the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the million orders")
    options = parser.parse_args()
    orders = int(ORDERS * options.scale)
    more = max(1, orders // 100)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        create_shop(folder / "shop", Settings("Benchmark", "GBP", "Europe/London"))
        with open_shop_folder(folder / "shop") as shop:
            every = {"all": orders, "from": 0, "new": 0, "to": orders, "status": "'paid'"}
            first = import_day(shop, folder, tuple(TABLES), every)
            day = {"all": orders, "from": orders - more // 4, "new": orders, "to": orders + more, "status": "'shipped'"}
            begun = time.monotonic()
            report = import_day(shop, folder, ("orders", "order_lines", "payments", "shipments"), day)
            seconds = time.monotonic() - begun
            assert report.tables["orders"].accepted == more, report
            assert report.tables["orders"].updated == more // 4, report
    kept = seconds < MOST_SECONDS
    result = {
        "benchmark": "import_daily_increment",
        "orders": orders,
        "increment": more,
        "seconds": round(seconds, 2),
        "promised_seconds": MOST_SECONDS,
        "first_import_seconds": round(first.seconds, 2),
        "kept": kept,
    }
    print(json.dumps(result))
    return 0 if kept or options.scale < 1 else 1


def measure(scale: float = 1.0) -> list[Measure]:
    """Seconds of the daily import."""
    told = told_by("benchmarks.import_daily_increment", scale)
    return [Measure("one more day, 1 % of a million orders", told["seconds"], 5.0, "s")]


if __name__ == "__main__":
    sys.exit(main())
