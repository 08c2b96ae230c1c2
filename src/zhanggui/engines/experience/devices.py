"""Mobile against desktop: sessions, conversion, load time and order value by device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from zhanggui.engines.experience.statement import Part, rows_of
from zhanggui.engines.experience.types import DeviceRow, OrderValue, PageGroup
from zhanggui.stats.wilson import wilson_interval

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop


def devices_of(
    shop: OpenShop, part: Part, pages: Sequence[PageGroup], values: Mapping[str | None, OrderValue]
) -> tuple[DeviceRow, ...]:
    """One row per device, the most used first; works from events, sessions and daily aggregates alike.

    The order value is that of orders placed with the device in the window.
    """
    loads = {group.key: group.measures["load_ms"].p75 for group in pages if "load_ms" in group.measures}
    found = []
    for row in rows_of(shop, part.sql("devices"), part.values):
        # Imported aggregates may count more purchases than sessions.
        known = bool(row["measured"]) and row["bought"] is not None
        ends = wilson_interval(min(row["bought"], row["measured"]), row["measured"]) if known else (None, None)
        device = row["device"]
        found.append(
            DeviceRow(
                device=device,
                sessions=row["sessions"] or 0,
                conversion=row["bought"] / row["measured"] if known else None,
                low=ends[0],
                high=ends[1],
                bounce_rate=row["bounced"] / row["bounce_measured"] if row["bounce_measured"] else None,
                load_p75=loads.get(device),
                aov=values[device].mean if device in values else None,
            )
        )
    return tuple(found)
