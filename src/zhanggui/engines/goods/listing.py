"""The product list of a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.periods import Window, comparison, midnight
from zhanggui.basics.words import Words
from zhanggui.engines.goods.statement import VIEW_CONDITIONS, VIEW_ORDERS, block_sql, bound, list_sql
from zhanggui.engines.goods.types import COLUMNS, VIEWS, ProductList, ProductQuery, ProductRow
from zhanggui.metrics import NONE, data_range, default_window, missing, reason_of

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

MOST = 1000  # rows of one page
COVER_DAYS = 28  # days whose sales say how long the stock lasts, as in the KPI days_of_cover
BASE = ("sales_before", "change", "change_rate", "units_before")
NO_DATA_BEFORE = Words("the shop has no data for the window before", "店铺没有对比期的数据")
NO_COMPARISON = Words("no comparison was asked for", "没有要求对比")
FILTERS = ("category", "category_1", "category_2", "category_3", "brand", "product")


def product_list(shop: OpenShop, query: ProductQuery) -> ProductList:
    """The products that ``query`` asks for, with everything the shop knows about each.

    Raises:
        UnknownNameError: no such view, column or filter.
        DefinitionError: a page that makes no sense.
        NotMeasurable: the shop has neither products nor orders.
    """
    _check(query)
    facts = shop.warehouse.facts()
    if not facts["products"].rows and not facts["order_lines"].rows:
        raise NotMeasurable(
            "The product list needs products or orders with order_lines; import some first.",
            zh="商品列表需要 products，或 orders 与 order_lines；请先导入。",
        )
    window = query.window or default_window(shop)
    against = comparison(window, query.against) if query.against else None
    lacking = _not_measurable(shop, against)
    order = _order(query, lacking)
    values = _values(shop, query, window, against)
    conditions = [VIEW_CONDITIONS[query.view], *_filters(query, values)]
    without = [*lacking, *([] if facts["price_changes"].rows else ["price_changes"])]
    sql, params = bound(list_sql(without, conditions, order), values)
    found = shop.warehouse.query(sql, params).to_pylist()
    days = _trend_days(window)
    trends, trend_sql = _trends(shop, found, window, days) if "trend" not in lacking else ({}, ())
    count, total = _count(shop, found, query, (without, conditions, order), values)
    return ProductList(
        window=window,
        against=against,
        view=query.view,
        sort=order[0],
        descending=order[1],
        count=count,
        rows=tuple(_row(each, trends) for each in found),
        trend_days=days,
        total_sales=total,
        not_measurable=lacking,
        currency=shop.settings.currency,
        batch=shop.warehouse.newest_batch(),
        sql=(sql, *trend_sql),
    )


def _check(query: ProductQuery) -> None:
    if query.view not in VIEWS:
        raise UnknownNameError.of(Words("product view", "商品视图"), query.view, VIEWS)
    names = [column.name for column in COLUMNS if column.name != "trend"]
    if query.sort is not None and query.sort not in names:
        raise UnknownNameError.of(Words("product column", "商品列"), query.sort, names)
    if not 1 <= query.limit <= MOST or query.offset < 0:
        raise DefinitionError(
            f"limit {query.limit}, offset {query.offset}: ask for 1 to {MOST} rows from 0 on.",
            zh=f"limit {query.limit}、offset {query.offset}：请从 0 起取 1 到 {MOST} 行。",
        )
    for name, _ in query.where:
        if name not in FILTERS:
            raise UnknownNameError.of(Words("filter of products", "商品筛选项"), name, FILTERS)


def _not_measurable(shop: OpenShop, against: Window | None) -> dict[str, Words]:
    facts = shop.warehouse.facts()
    lacking: dict[str, Words] = {}
    for column in COLUMNS:
        needs = missing(column.needs, facts)
        if needs:
            lacking[column.name] = reason_of(needs)
    known = data_range(shop, facts)
    outside = against is not None and (known is None or against.to <= known.from_ or known.to <= against.from_)
    if against is None or outside:
        why = NO_DATA_BEFORE if outside else NO_COMPARISON
        for name in BASE:
            lacking.setdefault(name, why)
    return lacking


def _order(query: ProductQuery, lacking: Mapping[str, Words]) -> tuple[str, bool]:
    """Column and direction; a view whose column the shop lacks is refused with the reason."""
    name, descending = VIEW_ORDERS[query.view]
    if query.view in ("falling", "rising") and "change" in lacking:
        why = lacking["change"]
        raise NotMeasurable(
            f"The view {query.view!r} needs a comparison: {why.en}.", zh=f"视图 {query.view!r} 需要对比期：{why.zh}。"
        )
    if query.sort:
        if query.sort in lacking:
            why = lacking[query.sort]
            raise NotMeasurable(
                f"Products can't be sorted by {query.sort}: {why.en}.", zh=f"商品无法按 {query.sort} 排序：{why.zh}。"
            )
        text = query.sort in ("product_id", "name", "category", "brand")
        name, descending = query.sort, not text
    elif name in lacking:
        name, descending = ("sales", True) if "sales" not in lacking else ("product_id", False)
    return name, descending if query.descending is None else query.descending


def _values(shop: OpenShop, query: ProductQuery, window: Window, against: Window | None) -> dict[str, Any]:
    zone = shop.settings.timezone
    before = against or window
    return {
        "from": midnight(window.from_, zone),
        "to": midnight(window.to, zone),
        "before_from": midnight(before.from_, zone),
        "before_to": midnight(before.to, zone),
        "cover_from": midnight(window.to - timedelta(COVER_DAYS), zone),
        "first_day": window.from_,
        "last_day": window.to - timedelta(1),
        "zone": zone,
        "limit": query.limit,
        "offset": query.offset,
    }


def _filters(query: ProductQuery, values: dict[str, Any]) -> list[str]:
    """Conditions of search, category and filters; what people typed goes into ``values``."""
    found = []
    if query.search.strip():
        values["search"] = query.search.strip()
        found.append(
            "contains(lower(coalesce(name, '')), lower(:search)) OR contains(lower(product_id), lower(:search))"
        )
    if query.category.strip():
        values["category"] = query.category.strip()
        found.append("category = :category OR starts_with(category, :category || ' > ')")
    by_name: dict[str, list[str]] = {}
    for name, value in query.where:
        by_name.setdefault(name, []).append(value)
    for name, wanted in by_name.items():
        found.append(_one_of(name, wanted, values))
    return found


def _one_of(name: str, wanted: Sequence[str], values: dict[str, Any]) -> str:
    column = "product_id" if name == "product" else "category" if name.startswith("category") else name
    if name[-1].isdigit():
        column = f"nullif(split_part(category, ' > ', {int(name[-1])}), '')"
    key = f"wanted_{'abcdefghij'[len([each for each in values if each.startswith('wanted_')])]}"
    values[key] = [value for value in wanted if value != NONE]
    parts = [f"{column} IN (SELECT unnest(:{key}))"]
    if NONE in wanted:
        parts.append(f"{column} IS NULL")
    return " OR ".join(parts)


def _trend_days(window: Window) -> int:
    """Days per bucket of the trend: days up to a month, weeks up to half a year, then four weeks."""
    return 1 if window.days <= 31 else 7 if window.days <= 200 else 28


def _trends(
    shop: OpenShop, found: Sequence[Mapping[str, Any]], window: Window, days: int
) -> tuple[dict[str, tuple[float, ...]], tuple[str, ...]]:
    """Sales per bucket of the products of the page; whole buckets, so the first may begin before the window."""
    if not found:
        return {}, ()
    zone, buckets = shop.settings.timezone, -(-window.days // days)
    products = [str(each["product_id"]) for each in found]
    values: dict[str, Any] = {
        "from": midnight(window.to - timedelta(buckets * days), zone),
        "to": midnight(window.to, zone),
        "last_day": window.to - timedelta(1),
        "zone": zone,
        "bucket": days,
        "products": products,
    }
    sql, params = bound(block_sql("trend"), values)
    trends = {product: [0.0] * buckets for product in products}
    for row in shop.warehouse.query(sql, params).to_pylist():
        trends[row["product_id"]][buckets - 1 - row["back"]] = float(row["sales"])
    return {product: tuple(points) for product, points in trends.items()}, (sql,)


def _count(
    shop: OpenShop,
    found: Sequence[Mapping[str, Any]],
    query: ProductQuery,
    statement: tuple[Sequence[str], Sequence[str], tuple[str, bool]],
    values: Mapping[str, Any],
) -> tuple[int, float | None]:
    """Number of products of the whole list and the sales of all; a page past the end asks again for the first row."""
    if not found and query.offset:
        sql, params = bound(list_sql(*statement), {**values, "limit": 1, "offset": 0})
        found = shop.warehouse.query(sql, params).to_pylist()
    if not found:
        return 0, None
    total = found[0]["_total"]
    return int(found[0]["_count"]), None if total is None else float(total)


def _row(found: Mapping[str, Any], trends: Mapping[str, tuple[float, ...]]) -> ProductRow:
    given = {name: value for name, value in found.items() if not name.startswith("_")}
    return ProductRow(**given, trend=trends.get(found["product_id"], ()))
