"""Load time and web vitals by kind of page, device, country and hour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zhanggui.engines.experience.statement import Part, rows_of
from zhanggui.engines.experience.types import GROUPED, MEASURES, PageGroup, Spread

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

Groups = Mapping[str, tuple[PageGroup, ...]]


def page_groups(shop: OpenShop, part: Part, slow_ms: float) -> tuple[PageGroup | None, Groups]:
    """All pages, and the pages by every name of ``GROUPED``, the most viewed first (hours in order)."""
    found: dict[str, list[PageGroup]] = {}
    for row in rows_of(shop, part.sql("vitals"), {**part.values, "slow_ms": slow_ms}):
        found.setdefault(row["grouped"], []).append(_group(row))
    hours = sorted(found.get("hour", ()), key=lambda group: int(group.key or 0))
    by = {name: tuple(hours if name == "hour" else found.get(name, ())) for name in GROUPED}
    whole = found.get("overall", [None])[0]
    return (whole if whole and (whole.views or whole.measures) else None), by


def _group(row: Mapping[str, Any]) -> PageGroup:
    # A measure that no page of the group has comes as NULL.
    measures = {name: Spread(*row[name]) for name in MEASURES if row[name] is not None and row[name][0] is not None}
    return PageGroup(row.get(row["grouped"]), row["views"], row["loads"], row["slow"], measures)
