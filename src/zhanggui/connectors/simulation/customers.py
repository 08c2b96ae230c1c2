"""The known customers and when each of them wants to come back.

Heterogeneous rates and drop-out as in the BG/NBD model: a customer's wish to come back is a Poisson process whose
rate is gamma distributed over customers; after every purchase a customer drops out with a probability that is beta
distributed.
Source: Fader, Hardie, Lee (2005), "Counting your customers the easy way", Marketing Science 24(2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhanggui.connectors.simulation.arrays import Flags, Longs
from zhanggui.connectors.simulation.clock import DAY, NEVER
from zhanggui.connectors.simulation.draws import draw_devices, draw_places, draw_systems
from zhanggui.connectors.simulation.places import LANES, RETURNING_LANES
from zhanggui.connectors.simulation.world import World

RATE_SHAPE, RATE_MEAN = 0.9, 1 / 85
"""Wishes to come back: gamma shape and mean a day."""
DROP_A, DROP_B = 1.1, 3.2
GAP_DAYS = 4
EARLIER = 2600
"""Customers at scale 1 whom the shop knew before the first simulated day."""

FIELDS: dict[str, type] = {
    "place": np.int16, "city": np.int16, "lane": np.int16, "campaign": np.int64, "device": np.int8, "system": np.int8,
    "visitor": np.int64, "first": np.int64, "registered": np.int64, "rate": np.float64,
    "drop": np.float64, "next": np.int64,
    "hurt_until": np.int64, "hurt_by": np.int8, "orders": np.int32,
}  # fmt: skip


class Customers:
    """Arrays that grow; a customer's number is its position."""

    def __init__(self) -> None:
        self.count = 0
        self._room = 1024
        self._columns: dict[str, NDArray[Any]] = {name: np.zeros(self._room, kind) for name, kind in FIELDS.items()}

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The column ``name`` of all customers; writing into it changes them."""
        return self._columns[name][: self.count]

    def add(self, rng: np.random.Generator, **given: NDArray[Any]) -> Longs:
        """New customers with the given columns (``registered`` included); their numbers."""
        count = len(given["registered"])
        self._grow(count)
        span = slice(self.count, self.count + count)
        self.count += count
        drawn: dict[str, NDArray[Any]] = {
            "rate": rng.gamma(RATE_SHAPE, RATE_MEAN / RATE_SHAPE, count),
            "drop": rng.beta(DROP_A, DROP_B, count),
            "hurt_until": np.zeros(count, np.int64),
            "hurt_by": np.zeros(count, np.int8),
            "orders": np.zeros(count, np.int32),
        }
        for name, values in {**drawn, **given}.items():
            self._columns[name][span] = values
        self._columns["next"][span] = self._wish(rng, given["registered"], self._columns["rate"][span])
        return np.arange(span.start, span.stop)

    def coming(self, end: int) -> Longs:
        """The customers who want to come before ``end``."""
        found: Longs = np.nonzero(self["next"] < end)[0]
        return found

    def came(self, rng: np.random.Generator, who: Longs, at: Longs, bought: Flags) -> None:
        """They came; those who bought may drop out, the others wish again."""
        gone = bought & (rng.random(len(who)) < self["drop"][who])
        following = self._wish(rng, at, self["rate"][who])
        self["next"][who] = np.where(gone, NEVER, following)
        self["orders"][who] += bought

    def hurt(self, who: Longs, until: Longs, number: int) -> None:
        """They met incident ``number`` and come back less until then."""
        self["hurt_until"][who] = until
        self["hurt_by"][who] = number

    @staticmethod
    def _wish(rng: np.random.Generator, after: NDArray[Any], rate: NDArray[Any]) -> Longs:
        days = GAP_DAYS + rng.exponential(1.0, len(after)) / np.maximum(rate, 1e-5)
        wished: Longs = after.astype(np.int64) + (np.minimum(days, 20_000) * DAY).astype(np.int64)
        return wished

    def _grow(self, more: int) -> None:
        while self.count + more > self._room:
            self._room *= 2
        for name, values in self._columns.items():
            if len(values) < self._room:
                wider = np.zeros(self._room, values.dtype)
                wider[: len(values)] = values
                self._columns[name] = wider


def earlier_customers(world: World, customers: Customers, first_visitor: int) -> int:
    """Customers who registered before the first simulated day; how many visitor numbers they take."""
    rng = world.rng(41)
    count = int(EARLIER * world.options.scale)
    lane = rng.choice(len(LANES), count, p=np.array([entry.daily for entry in LANES]) / sum(e.daily for e in LANES))
    device = draw_devices(rng, lane)
    place = draw_places(rng, lane)
    registered = -(rng.random(count) * 500 * DAY).astype(np.int64) - DAY
    who = customers.add(
        rng,
        registered=registered,
        first=registered - (rng.random(count) * 20 * DAY).astype(np.int64),
        lane=lane,
        campaign=np.full(count, -1),
        device=device,
        system=draw_systems(rng, device),
        place=place,
        city=rng.integers(0, 4, count),
        visitor=first_visitor + np.arange(count),
    )
    # Their next wish lies after the start; whoever would have come long ago may have dropped out since.
    wait = (rng.exponential(1.0, count) / np.maximum(customers["rate"][who], 1e-5) * DAY).clip(0, float(NEVER) / 8)
    left = rng.random(count) < 0.35
    customers["next"][who] = np.where(left, NEVER, wait.astype(np.int64))
    return count


def returning_lanes(rng: np.random.Generator, count: int) -> Longs:
    """The lanes by which known customers come back."""
    lanes = np.array(list(RETURNING_LANES))
    return lanes[rng.choice(len(lanes), count, p=list(RETURNING_LANES.values()))]
