"""The SQL of a product list: the blocks of the ``.sql`` files that the shop's tables allow, joined by product."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

BLOCKS: Mapping[str, tuple[str, ...]] = {
    "ordered": ("orders",),
    "margins": ("margin",),
    "refunds": ("refunded", "return_rate"),
    "stock": ("stock", "cover_days", "stocked_out"),
    "reviews": ("rating", "reviews"),
    "prices": ("list_price_before",),
    "seen": ("views", "add_to_carts"),
}
"""SQL file -> the columns that need it; ``sold`` and ``products`` are always there."""

_VALUES: Mapping[str, tuple[str, str]] = {
    # column: (expression, block it needs or "")
    "name": ("goods.name", ""),
    "category": ("goods.category", ""),
    "brand": ("goods.brand", ""),
    "sales": ("CAST(coalesce(sold.sales, 0) AS DOUBLE)", ""),
    "sales_before": ("CAST(coalesce(sold.sales_before, 0) AS DOUBLE)", ""),
    "change": ("CAST(coalesce(sold.sales, 0) - coalesce(sold.sales_before, 0) AS DOUBLE)", ""),
    "change_rate": (
        "CAST(coalesce(sold.sales, 0) - coalesce(sold.sales_before, 0) AS DOUBLE) / nullif(abs(sold.sales_before), 0)",
        "",
    ),
    "share": (
        "CAST(coalesce(sold.sales, 0) AS DOUBLE) / nullif((SELECT CAST(sum(sales) AS DOUBLE) FROM sold), 0)",
        "",
    ),
    "units": ("CAST(coalesce(sold.units, 0) AS DOUBLE)", ""),
    "units_before": ("CAST(coalesce(sold.units_before, 0) AS DOUBLE)", ""),
    "orders": ("coalesce(ordered.orders, 0)", "ordered"),
    "price": ("CAST(sold.sales AS DOUBLE) / nullif(sold.units, 0)", ""),
    "list_price": ("CAST({price_now} AS DOUBLE)", ""),
    "list_price_before": ("CAST(prices.price_then AS DOUBLE)", "prices"),
    "margin": ("CAST(margins.gross_profit AS DOUBLE) / nullif(margins.covered_sales, 0)", "margins"),
    "stock": ("CAST(stock.stock AS DOUBLE)", "stock"),
    "cover_days": ("CAST(stock.stock AS DOUBLE) * 28 / nullif(sold.units_28_days, 0)", "stock"),
    "stocked_out": ("stock.stock <= 0", "stock"),
    "refunded": ("CAST(coalesce(refunds.refunded, 0) AS DOUBLE)", "refunds"),
    "return_rate": ("CAST(coalesce(refunds.refunded, 0) AS DOUBLE) / nullif(sold.sales, 0)", "refunds"),
    "rating": ("CAST(reviews.rating AS DOUBLE)", "reviews"),
    "reviews": ("coalesce(reviews.reviews, 0)", "reviews"),
    "views": ("coalesce(seen.views, 0)", "seen"),
    "add_to_carts": ("coalesce(seen.add_to_carts, 0)", "seen"),
    "listed_on": ("goods.listed_on", ""),
    "delisted_on": ("goods.delisted_on", ""),
    "first_sold": ("CAST(timezone(:zone, sold.first_sold_at) AS DATE)", ""),
}

_STORED = ("name", "category", "brand", "listed_on", "delisted_on", "first_sold")
"""Columns that filters read; they are null by themselves where the shop does not have them."""

_ON_SALE = "(delisted_on IS NULL OR delisted_on > :last_day) AND (listed_on IS NULL OR listed_on <= :last_day)"
VIEW_CONDITIONS: Mapping[str, str] = {
    "all": "",
    "top": "sales > 0",
    "bottom": "sales > 0",
    "falling": "change < 0 AND sales_before > 0",
    "rising": "change > 0",
    "new": "listed_on BETWEEN :first_day AND :last_day OR first_sold BETWEEN :first_day AND :last_day",
    "not-selling": f"sales <= 0 AND units <= 0 AND {_ON_SALE}",
}
VIEW_ORDERS: Mapping[str, tuple[str, bool]] = {
    "all": ("sales", True),
    "top": ("sales", True),
    "bottom": ("sales", False),
    "falling": ("change", False),
    "rising": ("change", True),
    "new": ("sales", True),
    "not-selling": ("sales_before", True),
}
"""The column by which a view is ordered, and whether the largest come first."""

_NAME = re.compile(r"(?<!:):([a-z_]+)")


def block_sql(name: str) -> str:
    """The text of a ``.sql`` file of this folder, without its comment."""
    text = resources.files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def list_sql(without: Sequence[str], conditions: Sequence[str], order: tuple[str, bool]) -> str:
    """The statement of a page; columns in ``without`` are NULL, their blocks are not read.

    Columns: product_id, every column of the list but the trend, ``_count`` (all rows of the list)
    and ``_total`` (sales of all products).
    """
    blocks = [name for name, columns in BLOCKS.items() if not set(columns) <= set(without)]
    if "price_changes" not in without and "prices" not in blocks:
        blocks.append("prices")
    parts = ["sold AS (\n" + block_sql("sold") + ")"] + [f"{name} AS (\n{block_sql(name)})" for name in blocks]
    price = "coalesce(prices.price_now, goods.list_price)" if "prices" in blocks else "goods.list_price"
    columns = []
    for name, (expression, block) in _VALUES.items():
        usable = name in _STORED or (name not in without and (not block or block in blocks))
        columns.append(f"{expression.format(price_now=price) if usable else 'CAST(NULL AS DOUBLE)'} AS {name}")
    joins = "".join(
        f"\n    LEFT JOIN {name} ON {name}.product_id = coalesce(goods.product_id, sold.product_id)" for name in blocks
    )
    parts.append(
        "listed AS (\n    SELECT coalesce(goods.product_id, sold.product_id) AS product_id,\n        "
        + ",\n        ".join(columns)
        + f"\n    FROM products AS goods\n    FULL JOIN sold ON sold.product_id = goods.product_id{joins}\n)"
    )
    kept = [f"({condition})" for condition in conditions if condition]
    where = "\nWHERE " + "\n    AND ".join(kept) if kept else ""
    direction = "DESC" if order[1] else "ASC"
    return (
        "WITH " + ",\n".join(parts) + "\nSELECT *, count(*) OVER () AS _count, "
        f"(SELECT CAST(sum(sales) AS DOUBLE) FROM sold) AS _total\nFROM listed{where}\n"
        f"ORDER BY {order[0]} {direction} NULLS LAST, product_id\nLIMIT :limit OFFSET :offset"
    )


def bound(sql: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """``:name`` in ``sql`` as numbered parameters, and their values.

    >>> bound("a >= :low AND b < :low", {"low": 3})
    ('a >= $1 AND b < $1', [3])
    """
    used: list[str] = []

    def number(hit: re.Match[str]) -> str:
        if hit[1] not in used:
            used.append(hit[1])
        return f"${used.index(hit[1]) + 1}"

    text = _NAME.sub(number, sql)
    return text, [values[name] for name in used]
