"""A small shop of sixty days, written as CSV in the exchange form; for the tests of loop and the faces.

Day n (from 0 = 1 March 2026) has 2 + n % 3 orders of one line each: quantity 1 + n % 2 at 10.00, or 25.00
for the last order of a day; every tenth order is cancelled. Times are at noon in Shanghai.
"""

from __future__ import annotations

import csv
import shutil
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

import zhanggui

START = date(2026, 3, 1)
DAYS = 60
SHANGHAI = timezone(timedelta(hours=8))
NAUGHTY = '<b>"茶壶"</b> & =1+1'

Row = dict[str, object]


def tables() -> dict[str, list[Row]]:
    """The rows of the small shop by table."""
    orders: list[Row] = []
    lines: list[Row] = []
    for n in range(DAYS):
        day = START + timedelta(n)
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
        many = 2 + n % 3
        for k in range(many):
            number = len(orders)
            order: Row = {
                "order_id": f"o{number}",
                "customer_id": f"c{number % 17}",
                "placed_at": (noon + timedelta(minutes=k)).isoformat(),
                "status": "cancelled" if number % 10 == 9 else "paid",
                "country": ("CN", "FR", "")[number % 3],
            }
            line: Row = {
                "order_id": f"o{number}",
                "line_no": 1,
                "product_id": f"p{number % 5}",
                "quantity": 1 + n % 2,
                "unit_price": "25.00" if k == many - 1 else "10.00",
            }
            orders.append(order)
            lines.append(line)
    products: list[Row] = [
        {"product_id": f"p{k}", "name": NAUGHTY if k == 0 else f"Product {k}", "category": f"Home > Part {k % 2}"}
        for k in range(5)
    ]
    return {"orders": orders, "order_lines": lines, "products": products}


def events() -> list[Row]:
    """Six steps of a visitor a day, one of three leaving before the checkout; times are at noon in Shanghai."""
    rows: list[Row] = []
    steps = ("page_view", "search", "view_item", "add_to_cart", "begin_checkout", "purchase")
    for n in range(DAYS):
        day = START + timedelta(n)
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
        for k, step in enumerate(steps[: 4 if n % 3 == 0 else 6]):
            rows.append(
                {
                    "event_id": f"e{n}-{k}",
                    "occurred_at": (noon + timedelta(minutes=k)).isoformat(),
                    "visitor_id": f"v{n % 11}",
                    "session_id": f"s{n}",
                    "event": step,
                    "page_type": ("home", "search", "item", "item", "checkout", "checkout")[k],
                    "product_id": f"p{n % 5}" if k in (2, 3) else "",
                    "query": NAUGHTY if k == 1 else "",
                    "result_count": n % 2 if k == 1 else "",
                    "source": ("baidu", "google", "(direct)")[n % 3],
                    "device": ("mobile", "desktop")[n % 2],
                    "load_ms": 400 * (1 + n % 9) if k == 0 else "",
                }
            )
    return rows


def sales(first: date, after: date) -> float:
    """Sales of valid orders in [first, after), by hand."""
    found = tables()
    valid = {
        str(order["order_id"])
        for order in found["orders"]
        if order["status"] != "cancelled" and first <= datetime.fromisoformat(str(order["placed_at"])).date() < after
    }
    return sum(
        float(str(line["unit_price"])) * float(str(line["quantity"]))
        for line in found["order_lines"]
        if line["order_id"] in valid
    )


def write_csv(path: Path, rows: list[Row]) -> Path:
    """``rows`` as a CSV file with a header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_files(folder: Path) -> list[Path]:
    """The small shop's exports in ``folder``."""
    return [write_csv(folder / f"{name}.csv", rows) for name, rows in tables().items()]


def make_shop(folder: Path, name: str = "Small shop") -> Path:
    """An empty shop in ``folder``."""
    zhanggui.create_shop(folder, name, "CNY", "Asia/Shanghai")
    return folder


class SmallShops:
    """Copies of the small shop, imported once."""

    def __init__(self, place: Path) -> None:
        self.files = write_files(place / "files")
        self._filled = make_shop(place / "filled")
        with zhanggui.open_shop(self._filled) as shop:
            shop.import_("tables", self.files)
        self._empty = make_shop(place / "empty")

    def filled(self, folder: Path) -> Path:
        """A shop with all its data in ``folder``."""
        return Path(shutil.copytree(self._filled, folder))

    def visited(self, folder: Path) -> Path:
        """A shop with all its data and the steps of its visitors in ``folder``."""
        made = self.filled(folder)
        with zhanggui.open_shop(made) as shop:
            shop.import_("tables", [write_csv(self.files[0].parent / "events.csv", events())])
        return made

    def empty(self, folder: Path) -> Path:
        """A shop without data in ``folder``."""
        return Path(shutil.copytree(self._empty, folder))


def fixture_of_small_shops(factory: pytest.TempPathFactory) -> SmallShops:
    """What a conftest of a folder wraps into a session fixture."""
    return SmallShops(factory.mktemp("small"))
