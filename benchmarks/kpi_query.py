"""A KPI question costs no more than the SQL an analyst would write by hand, on the same file."""

from __future__ import annotations

import statistics
from datetime import date

from benchmarks.measures import Measure, median_seconds, ratio, seconds
from benchmarks.million_orders import open_million
from zhanggui.basics.periods import Window
from zhanggui.metrics import Question, answer, dialect_named, expressions, load_catalogue
from zhanggui.metrics.portable import View, compiled
from zhanggui.store.opened import OpenShop

YEAR = Window(date(2025, 6, 1), date(2026, 6, 1))
BETWEEN = "placed_at >= TIMESTAMPTZ '2025-06-01 00:00:00+08' AND placed_at < TIMESTAMPTZ '2026-06-01 00:00:00+08'"
DAY = "CAST(placed_at AT TIME ZONE 'Asia/Shanghai' AS DATE)"
NET = "sum(quantity * unit_price - coalesce(order_lines.discount_amount, 0))"
LINES = f"FROM order_lines JOIN orders USING (order_id) WHERE status <> 'cancelled' AND {BETWEEN}"
ORDERS = f"FROM orders WHERE status <> 'cancelled' AND {BETWEEN}"
BY_HAND: dict[str, tuple[Question, list[str]]] = {
    "orders": (Question(("orders",), window=YEAR), [f"SELECT count(*) {ORDERS}"]),
    "sales": (Question(("sales",), window=YEAR), [f"SELECT {NET} {LINES}"]),
    "sales by day": (Question(("sales",), by=("day",), window=YEAR), [f"SELECT {DAY}, {NET} {LINES} GROUP BY 1"]),
    "sales by category": (
        Question(("sales",), by=("category",), window=YEAR),
        [f"SELECT category, {NET} {LINES.replace('WHERE', 'LEFT JOIN products USING (product_id) WHERE')} GROUP BY 1"],
    ),
    "aov by device": (
        Question(("aov",), by=("device",), window=YEAR),
        [f"SELECT device, {NET} {LINES} GROUP BY 1", f"SELECT device, count(*) {ORDERS} GROUP BY 1"],
    ),
    "buyers by source": (
        Question(("buyers",), by=("source",), window=YEAR),
        [
            f"SELECT source, count(DISTINCT customer_id) {ORDERS} GROUP BY 1",
            f"SELECT count(DISTINCT customer_id) {ORDERS}",
        ],
    ),
}


def measure(scale: float = 1.0) -> list[Measure]:
    """Ratios per question, the median of them, and the milliseconds of compiling."""
    with open_million(scale) as shop:
        ratios = {name: _ratio(shop, question, sql) for name, (question, sql) in BY_HAND.items()}
    note = ", ".join(f"{name} {value:.2f}" for name, value in ratios.items())
    return [
        Measure("KPI question / hand-written SQL (median)", statistics.median(ratios.values()), 1.2, "x", note),
        Measure("compiling a question, first time", _compile_ms(cold=True), 5, "ms", "median over the catalogue"),
        Measure("compiling a question, again", _compile_ms(cold=False), 5, "ms", "median over the catalogue"),
    ]


def _ratio(shop: OpenShop, question: Question, sql: list[str]) -> float:
    def by_hand() -> None:
        for text in sql:
            shop.warehouse.query(text).to_pylist()

    return ratio(lambda: answer(shop, question), by_hand)


def _compile_ms(*, cold: bool) -> float:
    catalogue = load_catalogue()
    dialect_named("duckdb")
    times = []
    for kpi in catalogue.values():
        if cold:
            expressions.parse.cache_clear()
            expressions.write.cache_clear()
        view = View((), (), YEAR)
        work = lambda kpi=kpi, view=view: compiled(kpi, catalogue, view, "duckdb", "Asia/Shanghai")  # noqa: E731
        times.append(seconds(work) if cold else median_seconds(work))
    return statistics.median(times) * 1000
