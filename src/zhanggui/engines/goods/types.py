"""What crosses the border of goods: the question, the columns, the rows of a product list."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import pyarrow as pa

from zhanggui.basics.errors import NotMeasurable
from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words

VIEWS: Mapping[str, Words] = {
    "all": Words("All products", "全部商品"),
    "top": Words("Best sellers", "畅销商品"),
    "bottom": Words("Selling least", "销售垫底"),
    "falling": Words("Falling", "下滑商品"),
    "rising": Words("Rising", "上升商品"),
    "new": Words("New", "新品"),
    "not-selling": Words("Not selling", "滞销商品"),
}
"""Lists of products: bottom sold least but something; new was listed or first sold in the window;
not-selling is on sale (or sold in the window before) and sold nothing."""


@dataclass(frozen=True)
class ProductQuery:
    """Which products, over which days, in which order.

    ``window`` None = the last 28 complete days; ``against`` previous | last-year | last-year-weekday |
    FROM..TO | None. ``category`` is a path or its beginning ("Home > Kitchen"). ``sort`` is a column,
    None = the order of the view. ``search`` looks into name and id, capitals do not matter.
    """

    window: Window | None = None
    against: str | None = "previous"
    view: str = "all"
    search: str = ""
    category: str = ""
    where: tuple[tuple[str, str], ...] = ()
    sort: str | None = None
    descending: bool | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class ProductRow:
    """One product. None is unknown or not measurable.

    Units:
        sales, change, refunded, price, list_price in shop currency; share, change_rate, return_rate,
        margin 0..1; cover_days in days; rating 1..5; ``trend`` sales per bucket, oldest first.
    """

    product_id: str
    name: str | None = None
    category: str | None = None
    brand: str | None = None
    sales: float | None = None
    sales_before: float | None = None
    change: float | None = None
    change_rate: float | None = None
    share: float | None = None
    units: float | None = None
    units_before: float | None = None
    orders: int | None = None
    price: float | None = None
    list_price: float | None = None
    list_price_before: float | None = None
    margin: float | None = None
    stock: float | None = None
    cover_days: float | None = None
    stocked_out: bool | None = None
    refunded: float | None = None
    return_rate: float | None = None
    rating: float | None = None
    reviews: int | None = None
    views: int | None = None
    add_to_carts: int | None = None
    listed_on: date | None = None
    delisted_on: date | None = None
    first_sold: date | None = None
    trend: tuple[float, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The row with stable field names; days as 2011-01-31."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, date) else list(value) if name == "trend" else value
            for name, value in found.items()
        }


@dataclass(frozen=True)
class ProductColumn:
    """A column of the list: its words, unit ("" for text), and the tables that it needs."""

    name: str
    words: Words
    unit: str = ""
    needs: tuple[str, ...] = ()
    better: str = ""


_SOLD = ("orders", "order_lines")
_STOCK = ("stock_levels",)
_COST = (*_SOLD, "order_lines.unit_cost|products.unit_cost")
COLUMNS: tuple[ProductColumn, ...] = (
    ProductColumn("product_id", Words("Product id", "商品编号")),
    ProductColumn("name", Words("Name", "商品名称"), needs=("products.name",)),
    ProductColumn("category", Words("Category", "类目"), needs=("products.category",)),
    ProductColumn("brand", Words("Brand", "品牌"), needs=("products.brand",)),
    ProductColumn("sales", Words("Sales", "销售额"), "money", _SOLD, "up"),
    ProductColumn("sales_before", Words("Sales before", "对比期销售额"), "money", _SOLD),
    ProductColumn("change", Words("Change", "变化"), "money", _SOLD, "up"),
    ProductColumn("change_rate", Words("Change in %", "变化率"), "rate", _SOLD, "up"),
    ProductColumn("share", Words("Share of sales", "销售占比"), "rate", _SOLD),
    ProductColumn("units", Words("Units", "件数"), "count", _SOLD, "up"),
    ProductColumn("units_before", Words("Units before", "对比期件数"), "count", _SOLD),
    ProductColumn("orders", Words("Orders", "订单数"), "count", _SOLD, "up"),
    ProductColumn("price", Words("Average price paid", "实际均价"), "money", _SOLD),
    ProductColumn("list_price", Words("List price", "标价"), "money", ("price_changes|products.list_price",)),
    ProductColumn(
        "list_price_before", Words("List price when the window began", "期初标价"), "money", ("price_changes",)
    ),
    ProductColumn("margin", Words("Gross margin", "毛利率"), "rate", _COST, "up"),
    ProductColumn("stock", Words("Stock on hand", "现有库存"), "count", _STOCK),
    ProductColumn("cover_days", Words("Days of cover", "可售天数"), "days", (*_STOCK, *_SOLD)),
    ProductColumn("stocked_out", Words("Sold out", "缺货"), "", _STOCK),
    ProductColumn("refunded", Words("Refunds", "退款金额"), "money", ("refunds", *_SOLD), "down"),
    ProductColumn("return_rate", Words("Refund rate", "退款率"), "rate", ("refunds", *_SOLD), "down"),
    ProductColumn(
        "rating", Words("Rating to date", "累计评分"), "stars", ("reviews.rating", "reviews.product_id"), "up"
    ),
    ProductColumn("reviews", Words("Reviews to date", "累计评价数"), "count", ("reviews.rating", "reviews.product_id")),
    ProductColumn("views", Words("Item views", "商品浏览"), "count", ("events.product_id",), "up"),
    ProductColumn("add_to_carts", Words("Added to cart", "加购次数"), "count", ("events.product_id",), "up"),
    ProductColumn("listed_on", Words("Listed on", "上架日期"), "", ("products.listed_on",)),
    ProductColumn("delisted_on", Words("Delisted on", "下架日期"), "", ("products.delisted_on",)),
    ProductColumn("first_sold", Words("First sold on", "首次售出"), "", _SOLD),
    ProductColumn("trend", Words("Trend", "走势"), "money", _SOLD),
)


@dataclass(frozen=True)
class ProductList:
    """The products asked for; ``count`` of them exist in all, ``rows`` are those of this page.

    ``trend_days`` is the length of a bucket of the trend; ``not_measurable`` names columns that the
    shop's tables do not allow, with the reason.
    """

    window: Window
    against: Window | None
    view: str
    sort: str
    descending: bool
    count: int
    rows: tuple[ProductRow, ...]
    trend_days: int
    total_sales: float | None
    not_measurable: Mapping[str, Words]
    currency: str
    batch: str | None
    sql: tuple[str, ...]

    @property
    def columns(self) -> tuple[ProductColumn, ...]:
        """The measurable columns, in order."""
        return tuple(column for column in COLUMNS if column.name not in self.not_measurable)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The document with stable field names; reasons in ``language``."""
        return {
            "window": self.window.to_json(),
            "against": self.against.to_json() if self.against else None,
            "view": self.view,
            "sort": self.sort,
            "descending": self.descending,
            "count": self.count,
            "rows": [row.to_json() for row in self.rows],
            "columns": [column.name for column in self.columns],
            "column_words": {column.name: column.words.to_json() for column in self.columns},
            "units": {column.name: column.unit for column in self.columns},
            "not_measurable": {name: why[language] for name, why in self.not_measurable.items()},
            "trend_days": self.trend_days,
            "total_sales": self.total_sales,
            "currency": self.currency,
            "batch": self.batch,
            "sql": list(self.sql),
        }

    def to_arrow(self) -> pa.Table:
        """One row per product, the measurable columns without the trend."""
        names = [column.name for column in self.columns if column.name != "trend"]
        return pa.table({name: pa.array([getattr(row, name) for row in self.rows]) for name in names})

    def to_pandas(self) -> Any:
        """The same as a pandas DataFrame.

        Raises:
            NotMeasurable: pandas is not installed.
        """
        try:
            importlib.import_module("pandas")
        except ImportError as error:
            raise NotMeasurable(
                "to_pandas() needs pandas: pip install 'zhanggui[pandas]'.",
                zh="to_pandas() 需要 pandas：pip install 'zhanggui[pandas]'。",
            ) from error
        return self.to_arrow().to_pandas()
