"""Everything that is fixed before time runs: goods, places, rhythm, incidents, and the random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from zhanggui.connectors.simulation.arrays import Flags, Longs
from zhanggui.connectors.simulation.catalogue import Catalogue, catalogue_of, leaves_under
from zhanggui.connectors.simulation.clock import DAY, Clock
from zhanggui.connectors.simulation.incidents import PRICE, Planted, planted_in
from zhanggui.connectors.simulation.options import Options
from zhanggui.connectors.simulation.seasons import Seasons, seasons_of

SLICE_DAYS = 10
SLICE_VISITS = 150_000
"""Memory is bounded by going through time in slices of at most so many days and about so many visits."""


@dataclass(frozen=True)
class World:
    """The fixed part of a simulated shop."""

    options: Options
    clock: Clock
    seasons: Seasons
    catalogue: Catalogue
    planted: tuple[Planted, ...]

    def of(self, mechanism: str, begin: int, end: int) -> Iterator[Planted]:
        """The incidents of a mechanism that touch the local time [begin, end)."""
        for planted in self.planted:
            if planted.incident.mechanism == mechanism and planted.begin < end and planted.end > begin:
                yield planted

    def kinds(self, kind: str) -> Iterator[Planted]:
        """The incidents of a kind."""
        return (planted for planted in self.planted if planted.incident.kind == kind)

    def rng(self, *key: int) -> np.random.Generator:
        """Random numbers of their own for a purpose."""
        return np.random.default_rng([self.options.seed, *key])

    def slices(self) -> Iterator[tuple[int, int, int]]:
        """(number, first day, day after the last) of every slice of time."""
        step = max(1, min(SLICE_DAYS, int(SLICE_VISITS / (1500 * self.options.scale))))
        for number, first in enumerate(range(0, self.clock.days, step)):
            yield number, first, min(first + step, self.clock.days)


def during(planted: Planted, moments: Longs) -> Flags:
    """Which local moments lie within an incident."""
    return (moments >= planted.begin) & (moments < planted.end)


def world_of(options: Options) -> World:
    """The world of a shop with these options."""
    clock = Clock(options)
    catalogue = catalogue_of(options, clock)
    planted = planted_in(clock, catalogue)
    price = catalogue.price.copy()
    for item in planted:
        if item.incident.mechanism == PRICE:
            goods = leaves_under(item.incident.where["category_1"])[catalogue.leaf]
            days = slice(item.begin // DAY, -(-item.end // DAY))
            raised = np.round(price[days][:, goods] * item.factor / 100) * 100 - 10
            price[days, goods] = raised.astype(np.int64)
    return World(options, clock, seasons_of(options, clock), replace(catalogue, price=price), planted)
