"""Choices that several pages offer."""

from __future__ import annotations

from zhanggui.web.blocks import Option
from zhanggui.web.page import Context


def kpi_options(context: Context, chosen: str, only: frozenset[str] | None = None) -> tuple[Option, ...]:
    """KPIs by area; those that this shop cannot measure yet are listed but cannot be chosen."""
    areas = {entry["name"]: context.say(entry.get("words"), entry["name"])
             for entry in context.catalogue.get("areas") or ()}  # fmt: skip
    found = []
    for name, entry in context.kpis.items():
        if only is not None and name not in only:
            continue
        area = str(entry.get("area", ""))
        measurable = entry.get("measurable") is not False
        text = context.kpi_name(name) if measurable else context.t("explore.unmeasurable", kpi=context.kpi_name(name))
        group = areas.get(area) or context.t.get(f"area.{area}", area)
        found.append(Option(name, text, name == chosen, not measurable, group))
    return tuple(found)
