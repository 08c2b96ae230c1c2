"""The warehouses day by day: what can be sold, what is ordered again, what is counted.

Sales of a day come first, everything that comes in is put on the shelf in the afternoon: so the running stock is
never negative.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from zhanggui.connectors.simulation.arrays import Longs
from zhanggui.connectors.simulation.clock import DAY, HOUR
from zhanggui.connectors.simulation.incidents import QUALITY, STOCK, Planted
from zhanggui.connectors.simulation.replenishment import Buyer, Delivery
from zhanggui.connectors.simulation.world import World

SALE, RETURN, RECEIPT, COUNT, WRITE_OFF, TRANSFER = range(6)
REASONS = ("sale", "return", "receipt", "count", "write_off", "transfer")
EVENING = 20 * HOUR


@dataclass
class Wanted:
    """Lines that would be paid if they are there, in time order."""

    at: Longs
    product: Longs
    quantity: Longs
    prefer: Longs


@dataclass(frozen=True)
class Served:
    """``taken`` pieces of every line and the ``warehouse`` they came from; ``sold_out`` [day of the slice, product]:
    ms of the day from which there was none (a day's length = there was always some)."""

    taken: Longs
    warehouse: Longs
    sold_out: Longs


@dataclass
class Movements:
    """Movements of one slice but sales; ``reference`` as text."""

    at: list[int] = field(default_factory=list)
    product: list[int] = field(default_factory=list)
    warehouse: list[int] = field(default_factory=list)
    quantity: list[int] = field(default_factory=list)
    reason: list[int] = field(default_factory=list)
    reference: list[str] = field(default_factory=list)

    def add(self, at: int, item: tuple[int, int], quantity: int, reason: int, reference: str) -> None:
        """One movement of (product, warehouse)."""
        self.at.append(int(at))
        self.product.append(int(item[0]))
        self.warehouse.append(int(item[1]))
        self.quantity.append(int(quantity))
        self.reason.append(reason)
        self.reference.append(reference)


@dataclass
class Levels:
    """Snapshots of one slice."""

    day: list[Longs] = field(default_factory=list)
    product: list[Longs] = field(default_factory=list)
    warehouse: list[Longs] = field(default_factory=list)
    on_hand: list[Longs] = field(default_factory=list)
    incoming: list[Longs] = field(default_factory=list)


@dataclass(frozen=True)
class Comeback:
    """Pieces that go back on the shelf: (product, warehouse), about when, how many, for which order."""

    item: tuple[int, int]
    at: int
    quantity: int
    reference: str


class Stock:
    """On-hand pieces of every product and warehouse, through time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._buyer = Buyer(world)
        self.on_hand = self._buyer.opening()
        self._told = np.full_like(self.on_hand, -1)
        self._returns: dict[int, list[Comeback]] = {}
        self._rng = world.rng(61)
        self.movements = Movements()
        self.levels = Levels()
        self.received: list[Delivery] = []
        for product, warehouse in np.argwhere(self.on_hand > 0):
            self.movements.add(-2000, (product, warehouse), self.on_hand[product, warehouse], COUNT, "opening stock")
        self._snapshot(-1, everything=True)

    @property
    def open_orders(self) -> list[Delivery]:
        """Purchase orders that have not come in yet."""
        return self._buyer.open_orders()

    def come_back(self, comebacks: list[Comeback]) -> None:
        """Pieces that will be put back on the shelf."""
        for comeback in comebacks:
            self._returns.setdefault(comeback.at // DAY, []).append(comeback)

    def serve(self, wanted: Wanted, first: int, last: int) -> Served:
        """Go through the days of a slice and give out what is there."""
        self.movements, self.levels, self.received = Movements(), Levels(), []
        taken, warehouse = np.zeros(len(wanted.at), np.int64), np.zeros(len(wanted.at), np.int64)
        sold_out = np.full((last - first, len(self.on_hand)), DAY, np.int64)
        day_of = wanted.at // DAY
        for day in range(first, last):
            self._open(day)
            span = slice(*np.searchsorted(day_of, [day, day + 1]))
            rows = self._sell(wanted, span, day, sold_out[day - first])
            taken[span], warehouse[span] = rows
            self._buyer.saw(wanted.product[span], wanted.quantity[span])
            self._close(day)
        return Served(taken, warehouse, sold_out)

    def _sell(self, wanted: Wanted, span: slice, day: int, sold_out: Longs) -> tuple[list[int], list[int]]:
        goods = np.unique(wanted.product[span])
        hand = dict(zip(goods.tolist(), self.on_hand[goods].tolist(), strict=True))
        sold_out[self.on_hand.sum(axis=1) <= 0] = 0
        takes, places = [], []
        lines = zip(
            wanted.at[span].tolist(), wanted.product[span].tolist(), wanted.quantity[span].tolist(),
            wanted.prefer[span].tolist(), strict=True,
        )  # fmt: skip
        touched = []
        for at, product, quantity, prefer in lines:
            shelf = hand[product]
            place = prefer if shelf[prefer] >= quantity or shelf[prefer] >= shelf[1 - prefer] else 1 - prefer
            take = min(quantity, shelf[place])
            shelf[place] -= take
            takes.append(take)
            places.append(place)
            touched.append((product, place, take))
            if shelf[0] + shelf[1] <= 0 and sold_out[product] == DAY:
                sold_out[product] = at - day * DAY
        if touched:
            products, spots, counts = (np.array(values) for values in zip(*touched, strict=True))
            np.subtract.at(self.on_hand, (products, spots), counts)
        return takes, places

    def _open(self, day: int) -> None:
        """What an incident takes from the shelves before the shop day begins."""
        for planted in self._world.of(STOCK, day * DAY, (day + 1) * DAY):
            if planted.begin // DAY == day:
                for product in planted.products:
                    for warehouse in np.nonzero(self.on_hand[product] > 0)[0]:
                        item = (int(product), int(warehouse))
                        self._move(day * DAY + 1000, item, -int(self.on_hand[item]), COUNT)
                self._buyer.hold_back(planted, day)

    def _close(self, day: int) -> None:
        at = day * DAY + EVENING
        for delivery in self._buyer.arriving(day):
            self._move(day * DAY + 16 * HOUR, delivery.item, delivery.received, RECEIPT, delivery.reference)
            self.received.append(delivery)
        for comeback in self._returns.pop(day, ()):
            until = self._buyer.held_until(comeback.item[0])
            if day < until:
                self._returns.setdefault(until, []).append(comeback)
                continue
            self._move(day * DAY + 17 * HOUR, comeback.item, comeback.quantity, RETURN, comeback.reference)
        for planted in self._world.of(QUALITY, day * DAY, (day + 1) * DAY):
            self._write_off(planted, day)
        date = self._world.clock.date_of(day)
        if date.weekday() == 0:
            self._buyer.order(day, self.on_hand)
            self._level_out(at + 1)
        if date.day == 28:
            self._count(at + 2, f"count {date.isoformat()}")
        self._snapshot(day, everything=date.day == 1)

    def _write_off(self, planted: Planted, day: int) -> None:
        if (planted.end - 1) // DAY == day:
            for product in planted.products:
                for warehouse in (0, 1):
                    bad = int(self.on_hand[product, warehouse] * 0.4)
                    if bad:
                        self._move(day * DAY + EVENING, (product, warehouse), -bad, WRITE_OFF, "bad batch")

    def _level_out(self, at: int) -> None:
        """Move half of a full shelf to the other warehouse when that one is empty."""
        both = self._world.catalogue.stocked.all(axis=1)
        for empty in (0, 1):
            for product in np.nonzero(both & (self.on_hand[:, empty] == 0) & (self.on_hand[:, 1 - empty] >= 12))[0]:
                half = int(self.on_hand[product, 1 - empty] // 2)
                self._move(at, (int(product), 1 - empty), -half, TRANSFER, "levelling")
                self._move(at, (int(product), empty), half, TRANSFER, "levelling")

    def _count(self, at: int, reference: str) -> None:
        """Once a month a few shelves are found to hold one or two pieces more or less."""
        for product, warehouse in np.argwhere((self.on_hand > 3) & (self._rng.random(self.on_hand.shape) < 0.012)):
            self._move(at, (product, warehouse), int(self._rng.choice(np.array([-2, -1, -1, 1]))), COUNT, reference)

    def _move(self, at: int, item: tuple[int, int], quantity: int, reason: int, reference: str = "stock count") -> None:
        if quantity:
            self.on_hand[item[0], item[1]] += quantity
            self.movements.add(at, item, quantity, reason, reference)

    def _snapshot(self, day: int, *, everything: bool) -> None:
        """What changed since the last snapshot; now and then everything that is stocked."""
        changed = self.on_hand != self._told
        if everything:
            goods = self._world.catalogue
            on_sale = (goods.listed <= day + 1) & (day < goods.delisted)
            changed = changed | (goods.stocked & on_sale[:, None])
        if day < 0:
            changed &= self._world.catalogue.stocked & (self._world.catalogue.listed <= 0)[:, None]
        product, warehouse = np.nonzero(changed)
        self._told = self.on_hand.copy()
        self.levels.day.append(np.full(len(product), day))
        self.levels.product.append(product)
        self.levels.warehouse.append(warehouse)
        self.levels.on_hand.append(self.on_hand[product, warehouse])
        self.levels.incoming.append(self._buyer.incoming[product, warehouse].copy())
