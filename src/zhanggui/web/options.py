"""Choices that several pages offer."""

from __future__ import annotations

from zhanggui.web.blocks import Option
from zhanggui.web.page import Context

AREAS = (
    "sales", "traffic", "conversion", "customers", "goods", "stock", "marketing", "payments", "delivery", "service",
    "experience",
)  # fmt: skip
"""Areas of the catalogue in a manager's order; others follow by name."""


def area_rank(area: str) -> tuple[int, str]:
    """Sorts areas."""
    return (AREAS.index(area) if area in AREAS else len(AREAS), area)


def area_name(area: str, context: Context) -> str:
    """What an area is called."""
    named = {entry["name"]: entry.get("words") for entry in context.catalogue.get("areas") or ()}
    return context.say(named.get(area)) or context.t.get(f"area.{area}", area)


def kpi_options(context: Context, chosen: str) -> tuple[Option, ...]:
    """KPIs by area; those that this shop cannot measure yet are listed but cannot be chosen."""
    found = []
    for name, entry in sorted(context.kpis.items(), key=lambda pair: area_rank(str(pair[1].get("area", "")))):
        measurable = entry.get("measurable") is not False
        text = context.kpi_name(name) if measurable else context.t("explore.unmeasurable", kpi=context.kpi_name(name))
        group = area_name(str(entry.get("area", "")), context)
        found.append(Option(name, text, name == chosen, not measurable and name != chosen, group))
    return tuple(found)
