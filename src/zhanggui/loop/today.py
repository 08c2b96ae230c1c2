"""Today: the most telling KPIs that the shop's data allow, their course, and what moved sales."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import DefinitionError, NotMeasurable
from zhanggui.basics.numbers import format_change, format_day, format_value
from zhanggui.basics.periods import Window, bucket_label, buckets
from zhanggui.basics.words import LANGUAGES, Words
from zhanggui.engines.diagnosis import Explanation, explain
from zhanggui.loop import shops
from zhanggui.loop.result import ROW, Grid, GridColumn, Tabled, text, value
from zhanggui.metrics import catalogue_of, default_window, last_complete_day, measurable
from zhanggui.metrics.answering import answer
from zhanggui.metrics.definition import Kpi
from zhanggui.metrics.question import Answer, Cell, Question

if TYPE_CHECKING:
    from zhanggui.loop.verbs.today import TodayParams
    from zhanggui.store.opened import OpenShop

MOST = 12
RANKED = (
    "sales", "orders", "aov", "visitors", "sessions", "conversion_rate", "gross_margin", "gross_profit", "net_revenue",
    "new_buyers", "refund_rate", "stockout_rate", "roas", "payment_success_rate", "late_delivery_rate", "rating",
    "cart_abandonment_rate", "buyers", "units", "repurchase_rate", "units_per_order", "price_per_unit",
    "cancellation_rate", "discount_rate", "orders_per_buyer", "gmv",
)  # fmt: skip
"""KPIs for the tiles, the most telling first."""
MOVED = ("sales", "orders", "visitors", "sessions")
"""The KPI whose change is explained: the first that can be measured."""
NO_COMPARISON = "none"
GRAINS = (("day", 92), ("week", 735), ("month", 10**6))
"""The course is drawn in buckets that keep it readable: (grain, most days of the window)."""


@dataclass(frozen=True)
class TileNumbers:
    """One KPI: the whole window, and each bucket of it and of the window compared with (first day, value)."""

    kpi: Kpi
    cell: Cell
    series: tuple[tuple[str, float | None], ...]
    before: tuple[tuple[str, float | None], ...]

    def to_json(self) -> dict[str, Any]:
        """The tile with stable field names."""
        return {
            "kpi": self.kpi.name,
            "words": self.kpi.words.to_json(),
            "unit": self.kpi.unit,
            "better": self.kpi.better,
            **self.cell.to_json(),
            "series": [list(point) for point in self.series],
            "against_series": [list(point) for point in self.before],
        }


@dataclass(frozen=True)
class Today(Tabled):
    """The state of the shop; ``window`` is None while it has no data."""

    window: Window | None
    against: Window | None
    tiles: tuple[TileNumbers, ...]
    drivers: Explanation | None
    words: Words | None
    currency: str
    batch: str | None
    grain: str = "day"
    sql: tuple[str, ...] = ()
    good: bool = True

    def to_json(self, language: str = "en") -> dict[str, Any]:  # noqa: ARG002 - all its texts are in both
        """The document of ``zhanggui today --format json``."""
        return {
            "window": self.window.to_json() if self.window else None,
            "against": self.against.to_json() if self.against else None,
            "grain": self.grain,
            "tiles": [tile.to_json() for tile in self.tiles],
            "drivers": self.drivers.to_json() if self.drivers else None,
            "words": self.words.to_json() if self.words else None,
            "batch": self.batch,
            "sql": list(self.sql),
        }

    def grids(self) -> tuple[Grid, ...]:
        """One row per tile."""
        columns = (
            text("kpi", "KPI", "指标"),
            value("value", "value", "值", ROW),
            value("against", "before", "对比期", ROW),
            GridColumn("change", Words("change", "变化"), "change", ROW),
            GridColumn("change_rate", Words("%", "变化率"), "change_rate"),
        )
        rows = tuple(
            (tile.kpi.words, tile.cell.value, tile.cell.against, tile.cell.change, tile.cell.change_rate)
            for tile in self.tiles
        )
        return (Grid(columns, rows, None, self.currency, tuple(tile.kpi.unit for tile in self.tiles)),)


def today(shop: OpenShop | None, params: TodayParams) -> Today:
    """The tiles, their courses and what moved.

    Raises:
        UnknownNameError: a filter names no dimension or value.
        DefinitionError: no such comparison.
    """
    shop = shops.need(shop)
    currency, batch = shop.settings.currency, shop.warehouse.newest_batch()
    if last_complete_day(shop) is None and params.to is None:
        return Today(None, None, (), None, None, currency, batch)
    window = shops.window_of(shop, params.from_, params.to, params.as_of) or default_window(shop, params.as_of)
    against = None if params.against == NO_COMPARISON else params.against or "previous"
    known = catalogue_of(shop)
    names = _names(shop, known, [name for name, _ in params.where])
    if not names:
        return Today(window, None, (), None, None, currency, batch)
    grain = next(grain for grain, most in GRAINS if window.days <= most)
    found = answer(shop, Question(names=names, by=(grain,), window=window, against=against, where=params.where))
    base = found.against if isinstance(found.against, Window) else None
    tiles = tuple(_tile(known[name], found, base, grain) for name in names if name in found.total)
    drivers = _drivers(shop, params, window, against) if base else None
    words = _words(tiles, window, base, drivers, currency)
    return Today(window, base, tiles, drivers, words, currency, batch, grain, found.sql)


def _names(shop: OpenShop, known: dict[str, Kpi], filtered: list[str]) -> tuple[str, ...]:
    state = measurable(shop)
    names = [name for name in RANKED if name in known and state[name].ok and not set(filtered) - set(state[name].dims)]
    if not names and filtered:  # an unknown dimension: let the answer say so
        names = [name for name in RANKED if name in known and state[name].ok][:1]
    return tuple(names[:MOST])


def _tile(kpi: Kpi, found: Answer, base: Window | None, grain: str) -> TileNumbers:
    cells = {str(row.keys[grain]): row.cells.get(kpi.name, Cell(None)) for row in found.rows}
    in_order = [cells.get(bucket_label(start, grain), Cell(None)) for start in buckets(found.window, grain)]
    starts = [max(start, found.window.from_) for start in buckets(found.window, grain)]
    now = zip(starts, in_order, strict=True)
    series = tuple((day.isoformat(), _filled(cell.value, day, kpi, found)) for day, cell in now)
    before: tuple[tuple[str, float | None], ...] = ()
    if base:
        # Buckets pair by position; a longer window compared with is cut, a shorter one ends early.
        days = [max(start, base.from_) for start in buckets(base, grain)]
        pairs = zip(days, in_order, strict=False)
        before = tuple((day.isoformat(), _filled(cell.against, day, kpi, found)) for day, cell in pairs)
    return TileNumbers(kpi, found.total[kpi.name], series, before)


def _drivers(shop: OpenShop, params: TodayParams, window: Window, against: str | None) -> Explanation | None:
    state = measurable(shop)
    name = next((name for name in MOVED if name in state and state[name].ok), None)
    if name is None or against is None or {name for name, _ in params.where} - set(state[name].dims):
        return None
    try:
        return explain(shop, name, window, against=against, where=params.where)
    except (NotMeasurable, DefinitionError):
        return None  # the tiles stand without it


def _words(
    tiles: tuple[TileNumbers, ...], window: Window, base: Window | None, drivers: Explanation | None, currency: str
) -> Words | None:
    if not tiles or tiles[0].cell.value is None:
        return None
    said = {language: _sentence(tiles[0], window, base, language, currency) for language in LANGUAGES}
    if drivers and drivers.kpi == tiles[0].kpi.name and drivers.change is not None:
        said = {language: _joined(said[language], drivers, language) for language in LANGUAGES}
    return Words(said["en"], said["zh"])


def _sentence(tile: TileNumbers, window: Window, base: Window | None, language: str, currency: str) -> str:
    first, last = format_day(window.from_, language), format_day(window.to - timedelta(1), language)
    number = format_value(tile.cell.value, tile.kpi.unit, language, currency)
    name = tile.kpi.words[language]
    compared = ""
    if base and tile.cell.change is not None:
        change = format_change(tile.cell.change, tile.cell.change_rate, tile.kpi.unit, language)
        before = format_value(tile.cell.against, tile.kpi.unit, language, currency)
        compared = f"，对比期为 {before}（{change}）" if language == "zh" else f", against {before} before ({change})"
    if language == "zh":
        return f"{first}至{last}，{name}为 {number}{compared}。"
    return f"{name} was {number} from {first} to {last}{compared}."


def _joined(sentence: str, drivers: Explanation, language: str) -> str:
    """The sentence and the driver with the largest part of the change."""
    largest = max(drivers.drivers, key=lambda each: abs(each.contribution or 0), default=None)
    if largest is None or not largest.contribution or not drivers.change:
        return sentence
    amount = format_value(abs(largest.contribution), drivers.unit, language, drivers.currency)
    name = largest.words[language]
    if language == "zh":
        sign = "增加" if largest.contribution > 0 else "减少"
        return f"{sentence}影响最大的因素是{name}，使其{sign} {amount}。"
    sign = "added" if largest.contribution > 0 else "took away"
    return f"{sentence} The largest driver was {name[:1].lower() + name[1:]}, which {sign} {amount}."


def _filled(value: float | None, day: date, kpi: Kpi, found: Answer) -> float | None:
    """A bucket in which nothing happened is 0 for sums and counts, as long as the shop has data for the day."""
    inside = found.known is not None and found.known.from_ <= day < found.known.to
    return found.empty.get(kpi.name) if value is None and inside else value
