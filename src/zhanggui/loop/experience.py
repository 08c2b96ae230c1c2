"""Experience: how pages feel, where carts and checkouts are left, and who is on the site right now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.engines import experience as engine
from zhanggui.loop import shops
from zhanggui.loop.result import Document, Grid, Tabled, text, value
from zhanggui.loop.values import named, vocabulary

if TYPE_CHECKING:
    from zhanggui.engines.experience import Experience
    from zhanggui.loop.verbs.experience import ExperienceParams
    from zhanggui.loop.verbs.live import LiveParams
    from zhanggui.store.opened import OpenShop

MOST_SHOWN = 10  # rows of errors and of search words in the tables for people
_SPREADS = (("load_ms", "ms"), ("lcp_ms", "ms"), ("inp_ms", "ms"), ("cls", "ratio"), ("ttfb_ms", "ms"))


@dataclass(frozen=True)
class ExperienceResult(Tabled):
    """The experience of a window, with what tables of it need."""

    found: Experience
    good: bool = True

    @property
    def words(self) -> Words:
        """The window in a few sentences."""
        return self.found.words

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The document of ``zhanggui experience --format json``; reasons in ``language``."""
        return self.found.to_json(language)

    def grids(self) -> tuple[Grid, ...]:
        """Kinds of pages (what CSV holds), bands of load time, devices, errors, searches that found nothing."""
        document, currency = self.found.now.to_json(), self.found.currency
        found = [
            _pages(document["by_page_type"], document["overall"]),
            _table(document["bands"], _BANDS, Words("Conversion by load time", "加载时间与转化"), currency),
            _table(document["devices"], _DEVICES, Words("Devices", "设备"), currency),
            _most(document["errors"], _ERRORS, Words("Errors", "错误页面")),
            _most((document["searches"] or {}).get("queries", ()), _QUERIES, Words("No result", "无结果搜索")),
        ]
        return tuple(grid for place, grid in enumerate(found) if grid.rows or not place)


_BANDS = (
    value("from_ms", "from", "起", "ms"), value("to_ms", "to", "止", "ms"), value("sessions", "sessions", "会话数"),
    value("conversion", "conversion", "转化率", "rate"), value("low", "low", "下限", "rate"),
    value("high", "high", "上限", "rate"), value("standardised", "at the same mix", "同结构转化率", "rate"),
)  # fmt: skip
_DEVICES = (
    text("device", "device", "设备"), value("sessions", "sessions", "会话数"),
    value("conversion", "conversion", "转化率", "rate"), value("bounce_rate", "bounce rate", "跳出率", "rate"),
    value("load_p75", "load time p75", "加载时间P75", "ms"), value("aov", "order value", "客单价", "money"),
)  # fmt: skip
_ERRORS = (
    text("page_url", "address", "地址"), text("page_type", "page type", "页面类型"),
    value("events", "errors", "错误次数"), value("sessions", "sessions", "会话数"),
)  # fmt: skip
_QUERIES = (
    text("query", "search words", "搜索词"), value("searches", "searches", "搜索次数"),
    value("sessions", "sessions", "会话数"), value("left", "left after it", "随后离开"),
)  # fmt: skip


def _table(rows: Sequence[dict[str, Any]], columns: Any, title: Words, currency: str) -> Grid:
    return Grid(columns, tuple(tuple(_shown(row, column.key) for column in columns) for row in rows), title, currency)


def _most(rows: Sequence[dict[str, Any]], columns: Any, title: Words) -> Grid:
    """The first rows of a list whose tail is long: the document of JSON holds more."""
    if len(rows) > MOST_SHOWN:
        en, zh = f"{title.en}: the {MOST_SHOWN} most frequent", f"{title.zh}：最多的 {MOST_SHOWN} 项"
        title = Words(en, zh)
    return _table(rows[:MOST_SHOWN], columns, title, "")


def _shown(row: dict[str, Any], key: str) -> Any:
    """The cell of a row, in words where its column is a dimension whose values have words."""
    value = row[key]
    return value if isinstance(value, Words) or not vocabulary(key) else named(key, value)


def _pages(rows: Sequence[dict[str, Any]], overall: dict[str, Any] | None) -> Grid:
    columns = [text("page_type", "page type", "页面类型"), value("views", "page views", "浏览量")]
    columns += [value(f"{name}_p75", f"{name} p75", f"{name} P75", unit) for name, unit in _SPREADS]
    columns += [value("slow_share", "slow", "慢页占比", "rate"), text("rating", "rating", "评级")]
    everything: list[dict[str, Any]] = [*rows]
    if overall is not None:
        everything.append({"page_type": Words("all pages", "全部页面"), **overall})
    cells = tuple(
        (
            _shown(row, "page_type"),
            row["views"],
            *(row[name] and row[name]["p75"] for name, _ in _SPREADS),
            row["slow_share"],
            _RATINGS.get(row["rating"], ""),
        )
        for row in everything
    )
    return Grid(tuple(columns), cells)


_RATINGS: dict[str | None, Words] = {
    "good": Words("good", "良好"),
    "needs improvement": Words("needs improvement", "需改进"),
    "poor": Words("poor", "差"),
}


def experience(shop: OpenShop | None, params: ExperienceParams) -> ExperienceResult:
    """How pages felt in a window.

    Raises:
        NotMeasurable: the shop knows nothing of visits.
        UnknownNameError: no such filter.
    """
    shop = shops.need(shop)
    query = engine.ExperienceQuery(
        window=shops.window_of(shop, params.from_, params.to),
        against=None if params.against in (None, "none") else params.against,
        where=params.where,
        slow_ms=params.slow_ms,
    )
    return ExperienceResult(engine.experience(shop, query))


def live(shop: OpenShop | None, params: LiveParams) -> Document:
    """Who is on the site right now.

    Raises:
        NotMeasurable: the shop has no events.
    """
    found = engine.live(shops.need(shop), params.minutes, params.as_of)
    document = found.to_json()
    columns = (
        text("minute", "minute", "分钟"), value("visitors", "visitors", "访客数"),
        value("page_views", "page views", "浏览量"), value("add_to_carts", "added to cart", "加购"),
        value("purchases", "purchases", "购买"),
    )  # fmt: skip
    busy = [
        row | {"minute": row["minute"][11:16]}  # the clock of the shop; its day is the newest
        for row in document["per_minute"]
        if any(row[column.key] for column in columns[1:])
    ]
    products = (
        text("name", "product", "商品"), value("visitors", "visitors", "访客数"),
        value("add_to_carts", "added to cart", "加购"),
    )  # fmt: skip
    named = [row | {"name": row["name"] or row["product_id"]} for row in document["products"]]
    grids = (
        _table(busy, columns, Words("Per minute", "每分钟"), found.currency),
        _table(named, products, Words("Products", "商品"), found.currency),
    )
    return Document({**document, "words": document["words"]}, grids, found.words)
