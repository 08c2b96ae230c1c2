"""A shop of ``scale`` million orders (2.5 lines each), made once in a folder of the system's temporary files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from zhanggui.shop.rows import Rows
from zhanggui.store.batches import import_pieces
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

CHUNK = 100_000
DAYS = 730
LAST = np.datetime64("2026-06-30T16:00:00", "us")


def open_million(scale: float = 1.0) -> OpenShop:
    """The shop, opened; built when it is not there yet (about a minute per million orders)."""
    folder = Path(tempfile.gettempdir()) / f"zhanggui-benchmark-{scale:g}"
    if not (folder / "built").exists():
        create_shop(folder, Settings("million", "CNY", "Asia/Shanghai"))
        with open_shop_folder(folder) as shop:
            received = datetime(2026, 7, 1, 1, tzinfo=UTC)
            pieces = _pieces(int(1_000_000 * scale))
            import_pieces(shop, pieces, source="benchmark", files=["made"], received_at=received)
        (folder / "built").touch()
    return open_shop_folder(folder)


def _pieces(count: int) -> Iterator[Rows]:
    yield _products()
    chance = np.random.default_rng(7)
    for start in range(0, count, CHUNK):
        yield from chunk_of_orders(chance, np.arange(start, min(start + CHUNK, count)), count)


def _products() -> Rows:
    numbers = np.arange(5000)
    table = pa.table(
        {
            "product_id": _names("p", numbers),
            "name": _names("Product ", numbers),
            "category": _names("Home > Group ", numbers % 40),
            "brand": _names("Brand ", numbers % 60),
            "unit_cost": pa.array(np.round(2 + numbers % 97 / 3, 2)),
        }
    )
    return Rows("products", table, "made")


def chunk_of_orders(chance: np.random.Generator, numbers: np.ndarray, count: int) -> Iterator[Rows]:
    """Orders and lines with the given numbers, spread over the two years in order of their number."""
    size = len(numbers)
    days_back = (1 - (numbers + 1) / count) * DAYS
    placed = LAST - (days_back * 86_400_000_000).astype("timedelta64[us]")
    at = pa.array(placed).cast(pa.timestamp("us", "UTC"))
    names = _names("o", numbers)
    choices = {
        "sales_channel": ["web", "app", "tmall"],
        "source": ["baidu", "direct", "douyin", "email", None],
        "device": ["mobile", "desktop", "tablet"],
        "region": ["Guangdong", "Zhejiang", "Jiangsu", "Beijing", "Sichuan"],
        "payment_method": ["alipay", "wechat", "card"],
        "coupon_code": [None, None, None, "SAVE10"],
    }
    columns = {
        "order_id": names,
        "customer_id": _names("c", chance.integers(0, max(count // 3, 1), size)),
        "placed_at": at,
        "paid_at": at,
        "status": pa.array(chance.choice(np.array(["paid", "delivered", "cancelled"]), size, p=[0.3, 0.65, 0.05])),
        **{name: pa.array([each[i] for i in chance.integers(0, len(each), size)]) for name, each in choices.items()},
    }
    yield Rows("orders", pa.table(columns), "made")
    lines = chance.integers(1, 5, size)
    owner = np.repeat(np.arange(size), lines)
    first = np.repeat(np.cumsum(lines) - lines, lines)
    total = len(owner)
    price = np.round(chance.lognormal(3.2, 0.7, total), 2)
    table = {
        "order_id": names.take(pa.array(owner)),
        "line_no": pa.array(np.arange(total) - first + 1),
        "product_id": _names("p", (chance.random(total) ** 2.5 * 5000).astype(int)),
        "quantity": pa.array(chance.integers(1, 4, total)),
        "unit_price": pa.array(price),
        "discount_amount": pa.array(np.where(chance.random(total) < 0.2, np.round(price * 0.1, 2), 0.0)),
    }
    yield Rows("order_lines", pa.table(table), "made")


def _names(prefix: str, numbers: np.ndarray) -> pa.Array:
    return pa.array([f"{prefix}{number}" for number in numbers.tolist()])
