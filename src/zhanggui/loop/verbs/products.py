"""``zhanggui products``: the product list with sales, trend, stock, returns, rating and price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhanggui.basics.words import Words
from zhanggui.loop.shapes import ANY, COUNT, TEXT, WINDOW, by_name, many, record
from zhanggui.loop.verb import Verb, param

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.result import Result
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class ProductsParams:
    """Which products, over which window, in which order."""

    from_: date | None = param("first day", "起始日（含）", kind="day", default=None, metavar="DAY")
    to: date | None = param("day after the last one", "结束日（不含）", kind="day", default=None, metavar="DAY")
    against: str | None = param(
        "comparison: previous (default), last-year, last-year-weekday, FROM..TO or none",
        "对比：previous（默认）、last-year、last-year-weekday、FROM..TO 或 none",
        default=None,
    )
    sort: str | None = param(
        "list (top, bottom, falling, rising, new, not-selling) or column to sort by",
        "列表（top、bottom、falling、rising、new、not-selling）或排序列",
        default=None,
    )
    descending: bool | None = param("largest first, for a column", "按列降序", kind="flag", default=None)
    search: str | None = param("only products whose name or id has this text", "按名称或编号搜索", default=None)
    limit: int | None = param("at most so many", "最多列出的数量", kind="count", default=None, metavar="N")
    offset: int = param("leave out the first N", "跳过前 N 个", kind="count", default=0, metavar="N")
    where: tuple[tuple[str, str], ...] = param("filter", "筛选", kind="filter", repeated=True, metavar="DIM=VALUE")


def _run(shop: OpenShop | None, params: ProductsParams, _progress: Progress) -> Result:
    from zhanggui.loop.goods import products

    return products(shop, params)


VERB = Verb(
    name="products",
    phase="measure",
    words=Words("List products with sales, stock, returns and rating", "商品列表：销售、库存、退货、评分"),
    doc=Words(
        "Per product: sales and their change, units, orders, price, stock, refunds and rating where the shop has them.",
        "每个商品的销售额及变化、件数、订单、价格、库存、退款和评分（有数据时）。",
    ),
    takes=ProductsParams,
    gives=record(
        window=WINDOW, products=many(record({"name": ANY}, product_id=TEXT)), count=COUNT, not_measurable=by_name(TEXT)
    ),
    run=_run,
    example="zhanggui products ./myshop --sort falling --limit 20",
)
