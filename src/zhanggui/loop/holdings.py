"""What a shop holds: its tables, how fresh they are, what can be measured and what is missing."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.loop import shops
from zhanggui.loop.result import Document, Grid, Result, text, value
from zhanggui.metrics import catalogue_of, last_complete_day, measurable
from zhanggui.shop import TABLES

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop
    from zhanggui.store.warehouse import TableFacts


def data(shop: OpenShop | None) -> Result:
    """The tables, the last complete day, the KPIs that can be measured and what the others need."""
    shop = shops.need(shop)
    facts, settings = shop.warehouse.facts(), shop.settings
    shown = {name for name, kpi in catalogue_of(shop).items() if not kpi.hidden}
    state = {name: found for name, found in measurable(shop).items() if name in shown}
    last = last_complete_day(shop)
    document = {
        "shop": {
            "name": settings.name,
            "currency": settings.currency,
            "timezone": settings.timezone,
            "simulated": settings.simulated,
            "attribution": settings.attribution,
        },
        "batch": shop.warehouse.newest_batch(),
        "last_complete_day": last.isoformat() if last else None,
        "tables": [_table(facts[name]) for name in TABLES],
        "measurable": [name for name, found in state.items() if found.ok],
        "not_measurable": {name: found.reason for name, found in state.items() if not found.ok},
        "watched": [{"source": each.source, "folder": each.folder} for each in settings.watched],
    }
    return Document(document, (_tables_grid(facts), _missing_grid(document["not_measurable"])), _words(shop, last))


def _table(facts: TableFacts) -> dict[str, Any]:
    return {
        "table": facts.table,
        "words": TABLES[facts.table].words.to_json(),
        "doc": TABLES[facts.table].doc.to_json(),
        "rows": facts.rows,
        "delivered": facts.delivered,
        "first": _iso(facts.first),
        "last": _iso(facts.last),
        "columns_known": sorted(facts.known),
    }


def _iso(moment: datetime | date | None) -> str | None:
    return moment.isoformat() if moment else None


def _tables_grid(facts: dict[str, TableFacts]) -> Grid:
    columns = (
        text("table", "table", "表"),
        text("words", "words", "说明"),
        value("rows", "rows", "行数"),
        text("first", "first", "最早"),
        text("last", "last", "最晚"),
    )
    rows = tuple(
        (name, TABLES[name].words, found.rows, _iso(found.first) or "", _iso(found.last) or "")
        for name, found in facts.items()
        if found.rows or found.delivered
    )
    return Grid(columns, rows)


def _missing_grid(reasons: Any) -> Grid:
    columns = (text("kpi", "KPI", "指标"), text("reason", "Reason", "原因"))
    return Grid(columns, tuple(reasons.items()), Words("Not measurable", "无法度量"))


def _words(shop: OpenShop, last: date | None) -> Words:
    name = shop.settings.name
    if last is None:
        return Words(f"{name} has no data yet; import some.", f"{name} 尚无数据，请先导入。")
    return Words(f"The last complete day of {name} is {last}.", f"{name} 的最近完整日是 {last}。")
