"""The shop's buyer: every Monday orders what will not last until the next delivery."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zhanggui.connectors.simulation.arrays import Floats, Longs
from zhanggui.connectors.simulation.catalogue import PRODUCTS, season_of_leaves
from zhanggui.connectors.simulation.clock import DAY
from zhanggui.connectors.simulation.incidents import Planted
from zhanggui.connectors.simulation.world import World

UNITS_A_DAY = 66.0
"""Pieces sold a day at scale 1 that the buyer expects before having seen anything."""
MEMORY = 0.04
WEIGHT_SEEN = 0.6
COVER_DAYS = 24
SPLIT = (0.58, 0.42)


@dataclass(frozen=True)
class Delivery:
    """One line of a purchase order: day numbers; ``arrives`` the day it comes in."""

    reference: str
    item: tuple[int, int]
    ordered_on: int
    expected_on: int
    arrives: int
    ordered: int
    received: int


class Buyer:
    """Remembers demand, keeps purchase orders open until they arrive."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rng = world.rng(62)
        goods = world.catalogue
        self._seen = UNITS_A_DAY * world.options.scale * goods.weight
        self._share = np.where(
            (goods.stocked.sum(axis=1) == 2)[:, None], np.array(SPLIT), goods.stocked.astype(np.float64)
        )
        self._pending: dict[int, list[Delivery]] = {}
        self._number = 0
        self.incoming = np.zeros((PRODUCTS, 2), np.int64)
        self._held: dict[int, int] = {}

    def opening(self) -> Longs:
        """Stock at the start: between the reorder point and full."""
        goods = self._world.catalogue
        low, high = self._targets(0)
        level = np.ceil(low + (high - low) * self._rng.random((PRODUCTS, 2)) + 2).astype(np.int64)
        opening: Longs = level * goods.stocked * (goods.listed <= 0)[:, None]
        return opening

    def saw(self, product: Longs, quantity: Longs) -> None:
        """A day's demand, served or not."""
        today = np.bincount(product, quantity, PRODUCTS)
        self._seen = (1 - MEMORY) * self._seen + MEMORY * today

    def hold_back(self, planted: Planted, day: int) -> None:
        """The supplier is late: whatever is under way for these products arrives when the incident ends."""
        until = -(-planted.end // DAY)
        goods = {int(product) for product in planted.products}
        self._held.update(dict.fromkeys(goods, until))
        for due in [due for due in self._pending if day <= due < until]:
            late = [delivery for delivery in self._pending[due] if delivery.item[0] in goods]
            self._pending[due] = [delivery for delivery in self._pending[due] if delivery.item[0] not in goods]
            for delivery in late:
                self._pending.setdefault(until, []).append(replace(delivery, arrives=until))
        _, high = self._targets(day)
        for product in sorted(goods):
            for warehouse in np.nonzero(self._world.catalogue.stocked[product])[0]:
                self._place(day, (product, int(warehouse)), int(np.ceil(high[product, warehouse])) + 5)

    def arriving(self, day: int) -> list[Delivery]:
        """What comes in on ``day``."""
        arrived = self._pending.pop(day, [])
        for delivery in arrived:
            self.incoming[delivery.item] -= delivery.ordered
        return arrived

    def open_orders(self) -> list[Delivery]:
        """What is still under way."""
        return [delivery for due in sorted(self._pending) for delivery in self._pending[due]]

    def order(self, day: int, on_hand: Longs) -> None:
        """Order everything that is below its reorder point, one purchase order a supplier and warehouse."""
        goods = self._world.catalogue
        low, high = self._targets(day)
        wanted = goods.stocked & ((goods.listed <= day + 35) & (day < goods.delisted - 30))[:, None]
        position = on_hand + self.incoming
        products, warehouses = np.nonzero(wanted & (position < low))
        order = np.lexsort((products, warehouses, goods.supplier[products]))
        previous: tuple[int, int] | None = None
        for product, warehouse in zip(products[order].tolist(), warehouses[order].tolist(), strict=True):
            if (goods.supplier[product], warehouse) != previous:
                self._number += 1
                previous = (int(goods.supplier[product]), warehouse)
            need = int(np.ceil(high[product, warehouse] - position[product, warehouse]))
            self._place(day, (product, warehouse), need, self._number)

    def _place(self, day: int, item: tuple[int, int], need: int, number: int | None = None) -> None:
        goods = self._world.catalogue
        if number is None:
            self._number += 1
            number = self._number
        pack = int(goods.pack[item[0]])
        quantity = -(-max(need, int(goods.minimum[item[0]])) // pack) * pack
        expected = day + int(goods.lead_days[item[0]])
        late = int(self._rng.poisson(8)) + 1 if self._rng.random() < goods.unreliable[item[0]] else 0
        arrives = max(expected + late, self._held.get(item[0], 0))
        short = self._rng.random() < 0.06
        received = max(1, int(quantity * self._rng.uniform(0.85, 1.0))) if short else quantity
        delivery = Delivery(f"PO{number:07d}", item, day, expected, arrives, quantity, received)
        self._pending.setdefault(arrives, []).append(delivery)
        self.incoming[item] += quantity

    def _targets(self, day: int) -> tuple[Floats, Floats]:
        """Reorder point and full level of every product and warehouse."""
        goods, seasons = self._world.catalogue, self._world.seasons
        ahead = seasons.traffic[day : day + 45] * seasons.buying[day : day + 45]
        coming = float(ahead.mean()) if len(ahead) else 1.0
        season = season_of_leaves(self._world.clock, day + 20)[goods.leaf]
        plain = UNITS_A_DAY * self._world.options.scale * goods.weight * season * coming
        rate = ((1 - WEIGHT_SEEN) * plain + WEIGHT_SEEN * self._seen * max(coming, 0.8))[:, None] * self._share
        span = goods.lead_days[:, None] + 8
        low = rate * span + 0.7 * np.sqrt(rate * span) + 0.3
        return low, low + rate * COVER_DAYS + 1
