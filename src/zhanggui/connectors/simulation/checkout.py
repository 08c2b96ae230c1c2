"""From the cart to a paid order: the steps of the checkout, and payment attempts at the gateways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.connectors.simulation.arrays import Flags, Floats, Longs
from zhanggui.connectors.simulation.clock import DAY
from zhanggui.connectors.simulation.incidents import CHECKOUT, PAYMENT
from zhanggui.connectors.simulation.places import DESKTOP, DEVICES, GATEWAYS, METHODS, PLACES
from zhanggui.connectors.simulation.shopping import Looks, Views
from zhanggui.connectors.simulation.visits import Visits
from zhanggui.connectors.simulation.world import World, during

FREE_SHIPPING = 9900
SHIPPING_FEE, FOREIGN_FEE = 1000, 5800
ATTEMPTS = 3
RETRY = 0.70
SWITCH = 0.35
"""Share of retries at another gateway."""

_METHOD_SHARES = ((0.48, 0.38, 0.09, 0.05, 0.0), (0.0, 0.0, 0.45, 0.20, 0.35))
_GATEWAY_SHARES = (
    (0.62, 0.38, 0.0), (0.25, 0.75, 0.0), (0.30, 0.20, 0.50), (0.0, 0.35, 0.65), (0.0, 0.0, 1.0),
)  # fmt: skip
_SUCCESS = (0.968, 0.962, 0.925)
NONE, FAILED, SUCCEEDED = -1, 0, 1


@dataclass
class Checkouts:
    """One entry a visit with a cart in one of the two worlds, sorted by visit.

    ``begun``, ``sent`` (shipping info), ``named`` (payment info), ``paid``: steps reached with the incidents,
    before stock is looked at; ``would`` paid without them; ``cause`` the incident that made the difference of the whole
    visit; ``outcome`` and ``gateway`` [visit, attempt].
    """

    visit: Longs
    begun: Flags
    sent: Flags
    named: Flags
    paid: Flags
    would: Flags
    cause: Longs
    method: Longs
    outcome: Longs
    gateway: Longs

    def __len__(self) -> int:
        return len(self.visit)


def goods_of(count: int, views: Views, which: Flags, price: Longs) -> Longs:
    """Goods in the cart of every visit, after price reductions, in hundredths."""
    amount = views.quantity * (price - views.off)
    return np.bincount(views.visit[which], amount[which], count).astype(np.int64)


def free_from(world: World, at: Longs) -> Longs:
    """From which amount delivery is free, at every moment."""
    limit = np.full(len(at), FREE_SHIPPING, np.int64)
    for planted in world.kinds("shipping_threshold"):
        limit[during(planted, at)] = int(float(planted.incident.size["threshold"]) * 100)
    return limit


def checkouts_of(world: World, rng: np.random.Generator, visits: Visits, looks: Looks, views: Views) -> Checkouts:
    """The checkouts of all visits that have something in the cart."""
    count = len(visits)
    here = views.cart & (views.gone == 0) & (visits.gone[views.visit] == 0)
    with0, real = (np.bincount(views.visit[which], minlength=count) > 0 for which in (views.cart0, here))
    which = np.nonzero(with0 | real)[0]
    goods = goods_of(count, views, views.cart0, views.plain)[which]
    begin, send, name = _chances(world, visits, looks, which, goods)
    factors = _checkout_factors(world, visits, which, goods)
    steps0, steps = with0[which], real[which]
    cause = np.zeros(len(which), np.int64)
    reached = []
    for chance, acting in ((begin, factors), (send, factors), (name, [])):
        u = rng.random(len(which))
        lower = chance
        for number, hit, factor in acting:
            reduced = np.where(hit, lower * factor, lower)
            cause[hit & steps0 & (u >= reduced) & (u < lower) & (cause == 0)] = number
            lower = reduced
        steps0, steps = steps0 & (u < chance), steps & (u < lower)
        reached.append(steps)
    pay = _payments(world, rng, visits, which)
    would, paid = steps0 & pay.paid0, steps & pay.paid
    cause = np.where((cause == 0) & would & ~pay.paid, pay.cause, cause)
    begun, sent, named = reached
    return Checkouts(which, begun, sent, named, paid, would, cause, pay.method, pay.outcome, pay.gateway)


def _chances(world: World, visits: Visits, looks: Looks, which: Longs, goods: Longs) -> tuple[Floats, Floats, Floats]:
    """Chances to begin the checkout, to give an address, to give a way to pay."""
    known, speed = visits.customer[which] >= 0, looks.speed[which]
    pull = world.seasons.buying[visits.at[which] // DAY] ** 0.45
    begin = 0.60 * pull * np.array([0.97, 1.06, 1.0])[visits.device[which]] * np.where(known, 1.25, 1.0)
    begin *= np.where(goods < FREE_SHIPPING, 0.84, 1.0) * speed**-0.08
    return np.minimum(begin, 0.97), np.full(len(which), 0.935), np.minimum(0.945 * speed**-0.05, 0.98)


def _checkout_factors(world: World, visits: Visits, which: Longs, goods: Longs) -> list[tuple[int, Flags, float]]:
    at = visits.at[which]
    if not len(at):
        return []
    found = []
    for planted in world.of(CHECKOUT, int(at.min()), int(at.max()) + 1):
        hit = during(planted, at)
        # Two steps of the checkout share the factor of the incident.
        factor = planted.factor**0.5
        if planted.incident.kind == "shipping_threshold":
            hit &= (goods >= FREE_SHIPPING) & (goods < int(float(planted.incident.size["threshold"]) * 100))
        if "device" in planted.incident.where:
            hit &= visits.device[which] == DEVICES.index(planted.incident.where["device"])
        found.append((planted.number, hit, factor))
    return found


@dataclass
class _Payments:
    method: Longs
    gateway: Longs
    outcome: Longs
    paid0: Flags
    paid: Flags
    cause: Longs


def _payments(world: World, rng: np.random.Generator, visits: Visits, which: Longs) -> _Payments:
    count = len(which)
    foreign = np.array([place.country not in ("CN", "HK") for place in PLACES])[visits.place[which]]
    shares = np.cumsum(np.array(_METHOD_SHARES), axis=1)[foreign.astype(np.int64)]
    method = np.minimum((rng.random(count)[:, None] >= shares).sum(axis=1), len(METHODS) - 1)
    steps = np.cumsum(np.array(_GATEWAY_SHARES), axis=1)[method]
    gateway = np.empty((count, ATTEMPTS), np.int64)
    outcome = np.full((count, ATTEMPTS), NONE, np.int64)
    going0, going = np.ones(count, np.bool_), np.ones(count, np.bool_)
    paid0, paid = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    cause = np.zeros(count, np.int64)
    for attempt in range(ATTEMPTS):
        drawn = np.minimum((rng.random(count)[:, None] >= steps).sum(axis=1), len(GATEWAYS) - 1)
        keep = rng.random(count) >= SWITCH
        gateway[:, attempt] = drawn if attempt == 0 else np.where(keep, gateway[:, attempt - 1], drawn)
        u, again = rng.random(count), rng.random(count) < RETRY
        chance = np.array(_SUCCESS)[gateway[:, attempt]] * np.where(visits.device[which] == DESKTOP, 1.0, 0.995)
        lower, by = _gateway_chance(world, visits, which, gateway[:, attempt], chance)
        cause = np.where(going & (u >= lower) & (u < chance) & (cause == 0), by, cause)
        outcome[going, attempt] = np.where(u < lower, SUCCEEDED, FAILED)[going]
        paid0 |= going0 & (u < chance)
        paid |= going & (u < lower)
        going0, going = going0 & (u >= chance) & again, going & (u >= lower) & again
    return _Payments(method, gateway, outcome, paid0, paid, cause)


def _gateway_chance(world: World, visits: Visits, which: Longs, gateway: Longs, chance: Floats) -> tuple[Floats, Longs]:
    at = visits.at[which]
    by = np.zeros(len(which), np.int64)
    lower = chance
    if not len(at):
        return lower, by
    for planted in world.of(PAYMENT, int(at.min()), int(at.max()) + DAY):
        where = planted.incident.where
        hit = during(planted, at) & (gateway == GATEWAYS.index(where["gateway"]))
        if "device" in where:
            hit &= visits.device[which] == DEVICES.index(where["device"])
        lower = np.where(hit, lower * planted.factor, lower)
        by[hit] = planted.number
    return lower, by
