"""Conversion by load time, and what slow sessions lack against fast ones of the same pages, devices, countries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.engines.experience.losing import Exposure, OrderValue, loss_of
from zhanggui.engines.experience.statement import Part, rows_of
from zhanggui.engines.experience.types import Band, PageLoss, Slowness, SlowSessions
from zhanggui.stats.standardising import Contrast, Counted, standardised_shares
from zhanggui.stats.wilson import wilson_interval

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

EDGES = (0.4, 0.6, 1.0, 1.6, 2.4)
"""Edges of the bands as parts of the limit of slowness: 1000, 1500, 2500, 4000 and 6000 ms."""
FAST_BANDS = EDGES.index(1.0) + 1
SLOW_LANDING = Exposure(
    Words("whose first page was slow", "首个页面加载慢的"),
    Words("fast ones with the same kind of first page, device and country", "首个页面类型、设备与国家相同的快会话"),
)
SLOW_PAGE = Exposure(
    Words("that saw this kind of page slowly", "此类页面加载慢的"),
    Words("those of the same device and country that saw it fast", "设备与国家相同、此类页面加载快的会话"),
)
Rows = Sequence[Mapping[str, Any]]


def slowness(shop: OpenShop, part: Part, slow_ms: float, value: OrderValue | None) -> Slowness | None:
    """Bands, loss and slow sessions; None where no page of these sessions has a load time.

    The load time of a session is that of its first page: known for every session, and before anything that the
    visitor did. An average would be steadier for long sessions, which buy more, and so tell of length.
    """
    edges = [round(edge * slow_ms, 6) for edge in EDGES]
    rows = rows_of(shop, part.sql("slowness"), {**part.values, "slow_ms": slow_ms, "edges": edges})
    landing = [row for row in rows if row["scope"] == "landing"]
    if not landing:
        return None
    counts = (sum(row[name] for row in landing) for name in ("sessions", "slow_on_average", "slow_once"))
    kinds: dict[str | None, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["scope"] == "page":
            kinds.setdefault(row["page_type"], []).append(row)
    currency = shop.settings.currency
    pages = [_page_loss(kind, group, value, currency) for kind, group in kinds.items()]
    pages.sort(key=lambda page: -page.slow)
    loss = loss_of(_contrasts(landing), value, SLOW_LANDING, currency)
    return Slowness(SlowSessions(*counts), _bands(landing, edges), loss, tuple(pages))


def _page_loss(kind: str | None, rows: Rows, value: OrderValue | None, currency: str) -> PageLoss:
    fast, slow = _halves(rows)
    return PageLoss(
        page_type=kind,
        fast=int(fast.trials),
        slow=int(slow.trials),
        fast_conversion=fast.share if fast.trials else None,
        slow_conversion=slow.share if slow.trials else None,
        loss=loss_of(_contrasts(rows), value, SLOW_PAGE, currency),
    )


def _halves(rows: Iterable[Mapping[str, Any]]) -> tuple[Counted, Counted]:
    """Bought of sessions, fast and slow."""
    counts = [[0, 0], [0, 0]]
    for row in rows:
        side = counts[row["band"] >= FAST_BANDS]
        side[0] += row["bought"]
        side[1] += row["sessions"]
    return Counted(*counts[0]), Counted(*counts[1])


def _contrasts(rows: Rows) -> list[Contrast]:
    """Slow against fast per kind of page, device and country."""
    strata: dict[tuple[str | None, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        strata.setdefault((row["page_type"], row["device"], row["country"]), []).append(row)
    return [Contrast(slow, fast) for fast, slow in map(_halves, strata.values())]


def _bands(rows: Rows, edges: Sequence[float]) -> tuple[Band, ...]:
    groups: list[dict[object, Counted]] = [{} for _ in range(len(edges) + 1)]
    for row in rows:
        groups[row["band"]][row["page_type"], row["device"], row["country"]] = Counted(row["bought"], row["sessions"])
    standardised = standardised_shares(groups)
    found = []
    for place, group in enumerate(groups):
        sessions = int(sum(counted.trials for counted in group.values()))
        bought = int(sum(counted.successes for counted in group.values()))
        ends = (edges[place - 1] if place else 0.0, edges[place] if place < len(edges) else None)
        rate = bought / sessions if sessions else None
        found.append(Band(*ends, sessions, bought, rate, *wilson_interval(bought, sessions), standardised[place]))
    return tuple(found)
