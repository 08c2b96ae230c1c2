"""The simulated homeware shop as a source: complete, seeded, and every incident in it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zhanggui.basics.words import Words
from zhanggui.connectors.simulation.options import Options, options_of
from zhanggui.connectors.simulation.run import Simulation
from zhanggui.connectors.source import Example, Head, Inputs, ShopFacts, Source
from zhanggui.shop import TABLES, Piece, Rows

FILE = "simulated"
TRUTH_FILE = "truth.json"
"""What the file with the truth is called in a shop's folder."""

_known: dict[Options, dict[str, Any]] = {}
"""The truth of simulations that ran to their end in this process, so that it costs nothing after an import."""


def truth(options: Mapping[str, str], settings: ShopFacts) -> dict[str, Any]:
    """Every planted incident of the shop with these options: what, where, when, size, and its effect.

    Comes at once after the same shop has been imported in this process, and runs the simulation otherwise.

    Shape:
        ``{"simulated": true, "options", "window": {"from", "to"}, "meaning", "incidents": [{"id", "kind", "family",
        "words", "where": {dimension: value}, "products", "from", "to", "size", "kpis": [{"kpi", "direction"}],
        "effect": {"orders", "sales", ...}}], "funnel": {"meaning", "columns": ["day", "device", "sessions",
        "view_item", ...], "rows": [[...]]}}``; effects are with minus without the incident, money in shop currency.

    Raises:
        DefinitionError, UnknownNameError: an option is wrong.
    """
    wanted = options_of(options, currency=settings.currency, timezone=settings.timezone)
    if wanted not in _known:
        simulation = Simulation(wanted)
        for _ in simulation.tables():
            pass
        _known[wanted] = simulation.truth()
    return _known[wanted]


def _detect(_head: Head) -> bool:
    return False


def _read(inputs: Inputs) -> Iterator[Piece]:
    options = options_of(inputs.options, currency=inputs.settings.currency, timezone=inputs.settings.timezone)
    simulation = Simulation(options)
    seen: dict[str, int] = {}
    for name, table in simulation.tables(inputs.progress):
        first = seen.get(name, 0)
        seen[name] = first + table.num_rows
        yield Rows(name, table, file=f"{FILE}/{name}", first_row=first)
    _known.clear()
    _known[options] = simulation.truth()


SOURCE = Source(
    words=Words("Simulated homeware shop", "模拟家居店"),
    doc=Words(
        "No files: a complete shop is computed, two years up to September 2026, with known incidents. Options: scale "
        "(1 = about 40,000 visitors a month), seed, months. The same options always give the same rows.",
        "无需文件：计算生成一家完整的店铺，两年数据截至2026年9月，包含已知的异常事件。"
        "选项：scale（1 约为每月四万访客）、seed、months。选项相同，数据相同。",
    ),
    tables=tuple(sorted(TABLES)),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={},
            options={"scale": "0.01", "months": "1", "seed": "7"},
            settings=ShopFacts("CNY", "Asia/Shanghai"),
            expect={
                "goals": [
                    {"kpi": "orders", "period_start": "2026-09-01", "grain": "month"},
                    {"kpi": "sales", "period_start": "2026-09-01", "grain": "month"},
                    {"kpi": "conversion_rate", "period_start": "2026-09-01", "target": "0.026"},
                    {"kpi": "refund_rate", "period_start": "2026-09-01", "target": "0.05"},
                    {"kpi": "nps", "period_start": "2026-09-01", "target": "45"},
                    {"kpi": "late_delivery_rate", "period_start": "2026-09-01", "target": "0.06"},
                ]
            },
        ),
    ),
)
