"""Conversion by load time, and what slow sessions lack against fast ones of the same pages, devices, countries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.engines.experience.losing import Exposure, loss_of
from zhanggui.engines.experience.statement import Part, rows_of
from zhanggui.engines.experience.types import Band, OrderValue, PageLoss, Slowness, SlowSessions
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
SLOW_SINCE = Exposure(
    Words("that saw this kind of page slowly", "此类页面加载慢的"),
    Words(
        "those of the same device and country that saw it fast before", "对比期内设备与国家相同、此类页面加载快的会话"
    ),
)
Rows = Sequence[Mapping[str, Any]]
Strata = Mapping[tuple[str | None, ...], tuple[Counted, Counted]]


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
    strata = {kind: _strata(group) for kind, group in kinds.items()}
    pages = [_page_loss(kind, group, value, currency) for kind, group in strata.items()]
    pages.sort(key=lambda page: -page.slow)
    loss = loss_of(_contrasts(_strata(landing)), value, SLOW_LANDING, currency)
    return Slowness(SlowSessions(*counts), _bands(landing, edges), loss, tuple(pages), strata)


def since(now: Slowness, before: Slowness, value: OrderValue | None, currency: str) -> Slowness:
    """``now`` with what slow sessions lack against those that saw the same kind of page fast before."""
    pages = []
    for page in now.pages:
        then = before.strata.get(page.page_type, {})
        contrasts = [
            Contrast(slow, then[stratum][0] if stratum in then else Counted(0, 0))
            for stratum, (_, slow) in now.strata[page.page_type].items()
        ]
        pages.append(replace(page, since=loss_of(contrasts, value, SLOW_SINCE, currency)))
    return replace(now, pages=tuple(pages))


def _page_loss(kind: str | None, strata: Strata, value: OrderValue | None, currency: str) -> PageLoss:
    fast, slow = (
        Counted(sum(half.successes for half in halves), sum(half.trials for half in halves))
        for halves in zip(*strata.values(), strict=True)
    )
    return PageLoss(
        page_type=kind,
        fast=int(fast.trials),
        slow=int(slow.trials),
        fast_conversion=fast.share if fast.trials else None,
        slow_conversion=slow.share if slow.trials else None,
        loss=loss_of(_contrasts(strata), value, SLOW_PAGE, currency),
    )


def _strata(rows: Rows) -> dict[tuple[str | None, ...], tuple[Counted, Counted]]:
    """Bought of sessions, fast and slow, per kind of page, device and country."""
    counts: dict[tuple[str | None, ...], list[list[int]]] = {}
    for row in rows:
        halves = counts.setdefault((row["page_type"], row["device"], row["country"]), [[0, 0], [0, 0]])
        side = halves[row["band"] >= FAST_BANDS]
        side[0] += row["bought"]
        side[1] += row["sessions"]
    return {stratum: (Counted(*fast), Counted(*slow)) for stratum, (fast, slow) in counts.items()}


def _contrasts(strata: Strata) -> list[Contrast]:
    """Slow against fast."""
    return [Contrast(slow, fast) for fast, slow in strata.values()]


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
