"""What visits really get: carts and orders once the shelves have been looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.connectors.simulation.arrays import Flags, Longs
from zhanggui.connectors.simulation.checkout import Checkouts
from zhanggui.connectors.simulation.clock import DAY
from zhanggui.connectors.simulation.incidents import STOCK
from zhanggui.connectors.simulation.places import PLACES
from zhanggui.connectors.simulation.shopping import Looks, Views
from zhanggui.connectors.simulation.stock import Served, Stock, Wanted
from zhanggui.connectors.simulation.visits import Visits
from zhanggui.connectors.simulation.world import World, during


@dataclass
class Baskets:
    """The outcome of a slice.

    Per view: ``seen``, ``carted``, ``missing`` (not to be had), ``warehouse``. Per visit: ``begun``, ``sent``,
    ``named`` (an order is placed), ``paid``; ``row`` of the visit in the checkouts (-1 = none).
    """

    visits: Visits
    looks: Looks
    views: Views
    checkouts: Checkouts
    seen: Flags
    carted: Flags
    missing: Flags
    warehouse: Longs
    begun: Flags
    sent: Flags
    named: Flags
    paid: Flags
    row: Longs


def baskets_of(
    world: World, stock: Stock, went: tuple[Visits, Looks, Views, Checkouts], first: int, last: int
) -> Baskets:
    """Give out the stock of the slice's days to the visits that pay."""
    visits, looks, views, checkouts = went
    count = len(visits)
    row = np.full(count, -1, np.int64)
    row[checkouts.visit] = np.arange(len(checkouts))
    seen = (views.gone == 0) & (visits.gone[views.visit] == 0)
    wished = views.cart & seen
    paying = wished & _flag(checkouts.paid, row)[views.visit]
    served, order = _serve(world, stock, visits, views, np.nonzero(paying)[0], (first, last))
    day = visits.at[views.visit] // DAY
    gone_from = served.sold_out[day - first, views.product]
    missing = visits.at[views.visit] - day * DAY >= gone_from
    missing[order] = served.taken == 0
    views.quantity[order] = np.where(served.taken > 0, served.taken, views.quantity[order])
    warehouse = world.catalogue.home[views.product].copy()
    warehouse[order] = served.warehouse
    carted = wished & ~missing
    filled = np.bincount(views.visit[carted], minlength=count) > 0
    begun, sent, named, paid = (
        _flag(flags, row) & filled for flags in (checkouts.begun, checkouts.sent, checkouts.named, checkouts.paid)
    )
    return Baskets(visits, looks, views, checkouts, seen, carted, missing, warehouse, begun, sent, named, paid, row)


def _flag(flags: Flags, row: Longs) -> Flags:
    found: Flags = (row >= 0) & (flags[np.maximum(row, 0)] if len(flags) else False)
    return found


def _serve(
    world: World, stock: Stock, visits: Visits, views: Views, lines: Longs, days: tuple[int, int]
) -> tuple[Served, Longs]:
    order = lines[np.argsort(visits.at[views.visit[lines]], kind="stable")]
    served_by = np.array([place.warehouse for place in PLACES])[visits.place[views.visit[order]]]
    stocked = world.catalogue.stocked[views.product[order], served_by]
    prefer = np.where(stocked, served_by, world.catalogue.home[views.product[order]])
    wanted = Wanted(visits.at[views.visit[order]], views.product[order], views.quantity[order], prefer)
    return stock.serve(wanted, *days), order


def missing_by(world: World, baskets: Baskets) -> Longs:
    """Per view, the number of the incident that emptied the shelf; 0 = it was there, or ran out by itself."""
    views = baskets.views
    at = baskets.visits.at[views.visit]
    by = np.zeros(len(views), np.int64)
    if len(at):
        for planted in world.of(STOCK, int(at.min()), int(at.max()) + 1):
            hit = baskets.missing & during(planted, at) & np.isin(views.product, planted.products)
            by[hit] = planted.number
    return by
