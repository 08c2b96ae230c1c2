"""How far the visits really got, day by day: counted where they are drawn, whatever the tracker saw of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhanggui.connectors.simulation.arrays import Flags, Longs
from zhanggui.connectors.simulation.baskets import Baskets
from zhanggui.connectors.simulation.clock import DAY
from zhanggui.connectors.simulation.places import DEVICES
from zhanggui.connectors.simulation.world import World

STEPS = (
    "sessions", "view_item", "add_to_cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase",
)  # fmt: skip
MEANING = (
    "rows: people's visits by the day they began and by device, and how many of them took each step, robots left out. "
    "While the tracker is silent (tracking incidents) events show less than this."
)


class TrueFunnel:
    """Sums visits by day and device, slice by slice."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sums: Longs = np.zeros((world.clock.days * len(DEVICES), len(STEPS)), np.int64)

    def add(self, baskets: Baskets) -> None:
        """Count the visits of a slice, once their moments are known."""
        visits, views = baskets.visits, baskets.views
        count = len(visits)
        took: tuple[Flags, ...] = (
            visits.gone == 0,
            np.bincount(views.visit[baskets.seen], minlength=count) > 0,
            np.bincount(views.visit[baskets.carted], minlength=count) > 0,
            baskets.begun,
            baskets.sent,
            baskets.named,
            baskets.paid,
        )
        place = visits.at // DAY * len(DEVICES) + visits.device
        for step, flags in enumerate(took):
            self._sums[:, step] += np.bincount(place[flags], minlength=len(self._sums))

    def report(self) -> dict[str, Any]:
        """The funnel as a JSON document: ``{"meaning", "columns": ["day", "device", *steps], "rows": [[...]]}``."""
        days = self._world.clock.dates(np.arange(self._world.clock.days)).to_pylist()
        rows = [
            [days[at // len(DEVICES)].isoformat(), DEVICES[at % len(DEVICES)], *map(int, sums)]
            for at, sums in enumerate(self._sums)
            if sums[0]
        ]
        return {"meaning": MEANING, "columns": ["day", "device", *STEPS], "rows": rows}
