"""Parcels, refunds and what comes back; and which customers an incident hurt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from zhanggui.connectors.simulation.arrays import Flags, Floats, Longs
from zhanggui.connectors.simulation.clock import DAY, HOUR
from zhanggui.connectors.simulation.incidents import DELIVERY, QUALITY
from zhanggui.connectors.simulation.orders import Orders
from zhanggui.connectors.simulation.places import (
    CARRIER_COST,
    CARRIER_PACE,
    CARRIER_SHARES,
    CARRIERS,
    FOREIGN_CARRIER,
    PLACES,
)  # fmt: skip
from zhanggui.connectors.simulation.seasons import SPRING
from zhanggui.connectors.simulation.stock import Comeback
from zhanggui.connectors.simulation.world import World, during

REFUND_REASONS = (
    "changed_mind", "not_as_described", "damaged", "wrong_item", "quality_defect", "late_delivery", "order_cancelled",
)  # fmt: skip
(CHANGED, DESCRIBED, DAMAGED, WRONG, DEFECT, LATE, CANCELLED) = range(len(REFUND_REASONS))


@dataclass
class Parcels:
    """Parcels of a slice, one an order and warehouse. Moments in local ms.

    ``promised`` a day number, ``late`` after that day; ``by`` number of the incident that held it up.
    """

    order: Longs
    warehouse: Longs
    carrier: Longs
    shipped: Longs
    promised: Longs
    delivered: Longs
    cost: Longs
    late: Flags
    by: Longs


@dataclass
class Refunds:
    """Refunds of a slice; ``line`` is a line position or -1 for the order as a whole; ``returned`` pieces."""

    order: Longs
    line: Longs
    at: Longs
    amount: Longs
    returned: Longs
    reason: Longs


@dataclass
class Fate:
    """What becomes of the orders. Per order: ``shipped`` / ``delivered`` (last parcel, -1 = never), ``late``, ``by``;
    per line: ``bad`` pieces of a bad batch; ``back`` orders that were given back whole."""

    parcels: Parcels
    refunds: Refunds
    shipped: Longs
    delivered: Longs
    late: Flags
    by: Longs
    bad: Flags
    bad_by: Longs
    back: Flags


def fate_of(world: World, rng: np.random.Generator, orders: Orders) -> Fate:
    """Parcels and refunds of all orders of a slice, as far as simulated time reaches."""
    parcels = _parcels(world, rng, orders)
    count = len(orders)
    shipped, delivered = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    np.maximum.at(shipped, parcels.order, parcels.shipped)
    np.maximum.at(delivered, parcels.order, parcels.delivered)
    late = np.bincount(parcels.order[parcels.late], minlength=count) > 0
    by = np.zeros(count, np.int64)
    np.maximum.at(by, parcels.order, np.where(parcels.late, parcels.by, 0))
    bad_by = np.zeros(len(orders.product), np.int64)
    for planted in world.of(QUALITY, 0, world.clock.end):
        sent = during(planted, shipped[orders.line_order]) & np.isin(orders.product, planted.products)
        share = float(planted.incident.size["bad_share"])
        bad_by[sent & (rng.random(len(bad_by)) < share)] = planted.number
    refunds, back = _refunds(world, rng, orders, (delivered, late, bad_by))
    return Fate(parcels, refunds, shipped, delivered, late, by, bad_by > 0, bad_by, back)


def _parcels(world: World, rng: np.random.Generator, orders: Orders) -> Parcels:
    sent = (orders.paid >= 0) & (orders.cancelled < 0)
    keys = np.unique((orders.line_order * 2 + orders.warehouse)[sent[orders.line_order]])
    order, warehouse = keys // 2, keys % 2
    count = len(order)
    place = orders.place[order]
    foreign = np.array([entry.country != "CN" for entry in PLACES])[place]
    carrier = np.where(foreign, FOREIGN_CARRIER, rng.choice(len(CARRIER_SHARES), count, p=CARRIER_SHARES))
    rush = np.maximum(world.seasons.traffic[orders.paid[order] // DAY] - 1.1, 0) * 16
    handling = (4 + rng.exponential(9.0, count) + rush) * HOUR
    shipped = _working(world, orders.paid[order] + handling.astype(np.int64))
    usual = np.array([entry.days for entry in PLACES])[place]
    days = usual * np.array(CARRIER_PACE)[carrier] * np.exp(rng.normal(0, 0.20, count))
    extra, by = _held_up(world, rng, shipped, carrier, place)
    delivered = shipped + ((days + extra) * DAY).astype(np.int64)
    # Couriers ring between nine and nine.
    hour = delivered % DAY
    delivered = np.where(hour < 9 * HOUR, delivered - hour + 9 * HOUR + hour // 4, delivered)
    delivered = np.where(hour > 21 * HOUR, delivered + 12 * HOUR, delivered)
    promised = orders.paid[order] // DAY + np.ceil(usual * 1.14 + 0.95).astype(np.int64)
    late = delivered >= (promised + 1) * DAY
    cost = np.array(CARRIER_COST)[carrier] + rng.integers(0, 300, count)
    return Parcels(
        order, warehouse, carrier, shipped, promised, delivered, cost, late & (delivered < world.clock.end), by
    )


def _working(world: World, moments: Longs) -> Longs:
    """Warehouses are closed around the Spring Festival: parcels leave afterwards."""
    for day in SPRING:
        eve = world.clock.day_number(date.fromisoformat(day)) - 1
        closed = (moments >= eve * DAY) & (moments < (eve + 6) * DAY)
        moments = np.where(closed, (eve + 6) * DAY + moments % DAY, moments)
    return moments


def _held_up(
    world: World, rng: np.random.Generator, shipped: Longs, carrier: Longs, place: Longs
) -> tuple[Floats, Longs]:
    extra, by = np.zeros(len(shipped)), np.zeros(len(shipped), np.int64)
    regions = [entry.region for entry in PLACES]
    held = [*world.of(DELIVERY, 0, world.clock.end), *world.kinds("region_outage")]
    for planted in held:
        size, where = planted.incident.size, planted.incident.where
        names = str(size.get("regions", where.get("region"))).split(", ")
        hit = during(planted, shipped) & np.array([region in names for region in regions])[place]
        if "carrier" in where:
            hit &= carrier == CARRIERS.index(where["carrier"])
        extra += np.where(hit, float(size["days_later"]) * rng.uniform(0.7, 1.3, len(shipped)), 0.0)
        by[hit] = planted.number
    return extra, by


def _refunds(
    world: World, rng: np.random.Generator, orders: Orders, known: tuple[Longs, Flags, Longs]
) -> tuple[Refunds, Flags]:
    delivered, late, bad_by = known
    goods = world.catalogue
    line_late, arrived = late[orders.line_order], delivered[orders.line_order] >= 0
    chance = 0.034 * np.exp(-0.7 * goods.quality[orders.product]) + 0.05 * line_late
    chance = np.where(bad_by > 0, 0.72, chance)
    line = np.nonzero(arrived & (rng.random(len(chance)) < chance))[0]
    order = orders.line_order[line]
    reason = rng.choice(4, len(line), p=[0.42, 0.24, 0.22, 0.12])
    reason = np.where(line_late[line] & (rng.random(len(line)) < 0.6), LATE, reason)
    reason = np.where(bad_by[line] > 0, DEFECT, reason)
    part = (rng.random(len(line)) < 0.12) & (bad_by[line] == 0)
    amount = np.where(part, orders.net[line] * 3 // 10, orders.net[line])
    at = delivered[order] + 30 * HOUR + (rng.gamma(2.0, 1.9, len(line)) * DAY).astype(np.int64)
    kept = (at < world.clock.end) & (amount > 0)
    returned = np.where(part, 0, orders.quantity[line])
    whole = np.bincount(order[kept & ~part], minlength=len(orders)) == np.diff(orders.first_line)
    lines = Refunds(order[kept], line[kept], at[kept], amount[kept], returned[kept], reason[kept])
    others = _order_refunds(world, rng, orders, (delivered, late, np.bincount(order[kept], minlength=len(orders)) > 0))
    merged = Refunds(**{name: np.concatenate([vars(lines)[name], vars(others)[name]]) for name in vars(lines)})
    return merged, whole & (orders.paid >= 0)


def _order_refunds(
    world: World, rng: np.random.Generator, orders: Orders, known: tuple[Longs, Flags, Flags]
) -> Refunds:
    """Money back for paid orders that were cancelled, and a tenth as an apology for late ones."""
    delivered, late, refunded = known
    sorry = late & ~refunded & (rng.random(len(orders)) < 0.14)
    paid_back = (orders.paid >= 0) & (orders.cancelled >= 0)
    order = np.nonzero(sorry | paid_back)[0]
    at = np.where(paid_back, orders.cancelled + 2 * HOUR, delivered + 20 * HOUR)[order]
    amount = np.where(paid_back, orders.total, orders.total // 10)[order]
    kept = at < world.clock.end
    reason = np.where(paid_back, CANCELLED, LATE)[order]
    none = np.full(len(order), -1, np.int64)
    return Refunds(order[kept], none[kept], at[kept], amount[kept], np.zeros(int(kept.sum()), np.int64), reason[kept])


def comebacks_of(rng: np.random.Generator, orders: Orders, fate: Fate, not_before: int, last: int) -> list[Comeback]:
    """What goes back on the shelf: good pieces that were sent back, and pieces of cancelled orders."""
    refunds = fate.refunds
    good = (refunds.line >= 0) & (refunds.returned > 0) & (rng.random(len(refunds.line)) < 0.6)
    good &= ~np.isin(refunds.reason, (DAMAGED, DEFECT))
    which = refunds.line[good]
    cancelled = ((orders.paid >= 0) & (orders.cancelled >= 0))[orders.line_order]
    lines = np.concatenate([which, np.nonzero(cancelled)[0]])
    at = np.concatenate([refunds.at[good], orders.cancelled[orders.line_order][cancelled]])
    day = np.maximum(at // DAY + 1, not_before)
    return [
        Comeback((int(orders.product[n]), int(orders.warehouse[n])), int(d) * DAY, int(orders.quantity[n]),
                 f"O{orders.number[orders.line_order[n]]:08d}")
        for n, d in zip(lines, day, strict=True) if d < last
    ]  # fmt: skip


def hurt_of(orders: Orders, fate: Fate) -> tuple[Longs, Longs, Longs]:
    """(customers, local moments, incident numbers) of those whom late or bad parcels hurt."""
    number = fate.by.copy()
    np.maximum.at(number, orders.line_order, fate.bad_by)
    which = (number > 0) & (orders.customer >= 0) & (fate.delivered >= 0)
    return orders.customer[which], fate.delivered[which], number[which]
