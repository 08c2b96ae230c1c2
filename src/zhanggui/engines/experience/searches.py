"""Searches without result: their words, who left after them, and what those sessions lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.engines.experience.losing import Exposure, loss_of
from zhanggui.engines.experience.statement import Part, rows_of
from zhanggui.engines.experience.types import EmptySearch, Loss, OrderValue, Searches
from zhanggui.stats.standardising import Contrast, Counted

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

MOST = 50  # search words that are listed
LACKED = Exposure(
    Words("with a search that found nothing", "有搜索无结果的"),
    Words("sessions that found what they searched for with the same device", "设备相同、搜索有结果的会话"),
)


def searches_of(shop: OpenShop, part: Part, value: OrderValue | None) -> Searches | None:
    """All searches of the window; None where nobody searched."""
    outcomes = rows_of(shop, part.sql("search_outcomes"), part.values)
    if not outcomes:
        return None
    rows = rows_of(shop, part.sql("searches"), {**part.values, "most": MOST})
    whole = next((row for row in rows if row["overall"]), None)
    found, lacked = (_counted(outcomes, lacked=lacked) for lacked in (False, True))
    return Searches(
        searches=sum(row["searches"] for row in outcomes),
        without_result=sum(row["without_result"] for row in outcomes),
        queries=tuple(
            EmptySearch(row["query"], row["searches"], row["sessions"], row["sessions_left"], row["bought"])
            for row in rows
            if not row["overall"]
        ),
        distinct=whole["queries"] if whole else 0,
        sessions=int(found.trials + lacked.trials),
        sessions_without=int(lacked.trials),
        sessions_left=whole["sessions_left"] if whole else 0,
        conversion_found=found.share if found.trials else None,
        conversion_without=lacked.share if lacked.trials else None,
        loss=_loss(outcomes, value, shop.settings.currency),
    )


def _loss(outcomes: Sequence[Mapping[str, Any]], value: OrderValue | None, currency: str) -> Loss | None:
    devices = dict.fromkeys(row["device"] for row in outcomes)
    contrasts = []
    for device in devices:
        mine = [row for row in outcomes if row["device"] == device]
        contrasts.append(Contrast(_counted(mine, lacked=True), _counted(mine, lacked=False)))
    return loss_of(contrasts, value, LACKED, currency)


def _counted(outcomes: Sequence[Mapping[str, Any]], *, lacked: bool) -> Counted:
    mine = [row for row in outcomes if bool(row["lacked"]) == lacked]
    return Counted(sum(row["bought"] for row in mine), sum(row["sessions"] for row in mine))
