"""The shop's buyer: every Monday orders from a quarter of the suppliers what will not last until the next round."""

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
ROUND_WEEKS = 4
"""Every supplier is ordered from once in so many weeks."""
COVER_DAYS = 20
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

    def held_until(self, product: int) -> int:
        """The day until which nothing of a product gets onto the shelf; 0 when nothing holds it up."""
        return self._held.get(product, 0)

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
        """Order what is below its reorder point from the suppliers whose turn it is, one order a warehouse."""
        goods = self._world.catalogue
        low, high = self._targets(day)
        turn = (goods.supplier + day // 7) % ROUND_WEEKS == 0
        wanted = goods.stocked & (turn & (goods.listed <= day + 35) & (day < goods.delisted - 30))[:, None]
        position = on_hand + self.incoming
        products, warehouses = np.nonzero(wanted & (position < low))
        need = np.maximum(np.ceil((high - position)[products, warehouses]), 1).astype(np.int64)
        group = goods.supplier[products] * 2 + warehouses
        for supplier in np.unique(group):
            self._number += 1
            lines = np.nonzero(group == supplier)[0]
            # The smallest order a supplier takes is filled up with what sells best.
            best = lines[np.argmax(goods.weight[products[lines]])]
            need[best] += max(0, int(goods.minimum[products[best]] - need[lines].sum()))
            for line in lines.tolist():
                item = (int(products[line]), int(warehouses[line]))
                self._place(day, item, int(need[line]), self._number)

    def _place(self, day: int, item: tuple[int, int], need: int, number: int | None = None) -> None:
        goods = self._world.catalogue
        if number is None:
            self._number += 1
            number = self._number
        pack = int(goods.pack[item[0]])
        quantity = -(-max(need, 1) // pack) * pack
        expected = day + int(goods.lead_days[item[0]])
        late = int(self._rng.poisson(8)) + 1 if self._rng.random() < goods.unreliable[item[0]] else 0
        arrives = max(expected + late, self.held_until(item[0]))
        short = self._rng.random() < 0.06
        received = max(1, int(quantity * self._rng.uniform(0.85, 1.0))) if short else quantity
        delivery = Delivery(f"PO{number:07d}", item, day, expected, arrives, quantity, received)
        self._pending.setdefault(arrives, []).append(delivery)
        self.incoming[item] += quantity

    def _targets(self, day: int) -> tuple[Floats, Floats]:
        """Reorder point and full level of every product and warehouse."""
        goods, seasons = self._world.catalogue, self._world.seasons
        ahead = seasons.traffic[day : day + 60] * seasons.buying[day : day + 60]
        coming = float(ahead.mean()) if len(ahead) else 1.0
        season = season_of_leaves(self._world.clock, day + 20)[goods.leaf]
        plain = UNITS_A_DAY * self._world.options.scale * goods.weight * season * coming
        rate = ((1 - WEIGHT_SEEN) * plain + WEIGHT_SEEN * self._seen * max(coming, 0.8))[:, None] * self._share
        span = goods.lead_days[:, None] + 7 * ROUND_WEEKS
        low = rate * span + 0.35 * np.sqrt(rate * span) + 0.1
        return low, low + rate * COVER_DAYS + 1
