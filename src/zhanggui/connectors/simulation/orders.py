"""Orders, their lines, coupons and payment attempts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.connectors.simulation.arrays import Flags, Floats, Longs
from zhanggui.connectors.simulation.baskets import Baskets
from zhanggui.connectors.simulation.checkout import FOREIGN_FEE, SHIPPING_FEE, free_from
from zhanggui.connectors.simulation.clock import DAY, HOUR, MINUTE
from zhanggui.connectors.simulation.incidents import COUPON
from zhanggui.connectors.simulation.places import PLACES, SYSTEMS
from zhanggui.connectors.simulation.timeline import ATTEMPT_GAP, FIRST_ATTEMPT, Moments
from zhanggui.connectors.simulation.world import World, during

COUPONS = ("WELCOME10", "MEMBER5", "SAVE20", "VIP50")
WELCOME, MEMBER, SAVE, VIP = range(4)
UNPAID_MINUTES = 30
"""An order that is not paid within so many minutes is cancelled."""


@dataclass
class Orders:
    """Orders of a slice in the order of ``placed``; amounts in hundredths, moments in local ms, -1 = never or none.

    ``first_line`` of every order, with one more at the end, into the line arrays. ``leaked`` number of the incident
    whose coupon was used.
    """

    number: Longs
    visit: Longs
    customer: Longs
    placed: Longs
    paid: Longs
    cancelled: Longs
    place: Longs
    city: Longs
    lane: Longs
    campaign: Longs
    device: Longs
    channel: Longs
    method: Longs
    coupon: Longs
    leaked: Longs
    new: Flags
    goods: Longs
    discount: Longs
    shipping: Longs
    total: Longs
    first_line: Longs
    line_order: Longs
    line_no: Longs
    product: Longs
    quantity: Longs
    price: Longs
    line_discount: Longs
    line_coupon: Longs
    cost: Longs
    warehouse: Longs

    def __len__(self) -> int:
        return len(self.number)

    @property
    def net(self) -> Longs:
        """Line amounts after discounts."""
        return self.quantity * self.price - self.line_discount


def orders_of(world: World, rng: np.random.Generator, baskets: Baskets, moments: Moments, first_number: int) -> Orders:
    """The orders of a slice, lines and coupons included; ``customer`` as known so far."""
    visits, views = baskets.visits, baskets.views
    which = np.nonzero(baskets.named)[0]
    which = which[np.argsort(moments.named[which], kind="stable")]
    position = np.full(len(visits), -1, np.int64)
    position[which] = np.arange(len(which))
    line = np.nonzero(baskets.carted & baskets.named[views.visit])[0]
    line = line[np.argsort(position[views.visit[line]], kind="stable")]
    order = position[views.visit[line]]
    counts = np.bincount(order, minlength=len(which))
    first_line = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    quantity, price = views.quantity[line], views.price[line]
    off = views.off[line] * quantity
    goods = np.bincount(order, quantity * price, len(which)).astype(np.int64)
    reduced = np.bincount(order, quantity * price - off, len(which)).astype(np.int64)
    new = visits.customer[which] < 0
    coupon, leaked, worth = _coupons(world, rng, baskets, which, reduced)
    share = spread(worth, quantity * price - off, order, first_line)
    shipping = _shipping(world, visits.place[which], reduced, moments.named[which])
    placed, paid = moments.named[which] + 1000, moments.paid[which]
    discount = np.bincount(order, off + share, len(which)).astype(np.int64)
    return Orders(
        number=first_number + np.arange(len(which)), visit=which, customer=visits.customer[which].copy(), placed=placed,
        paid=paid, cancelled=_cancelled(world, rng, placed, paid), place=visits.place[which],
        city=rng.integers(0, 4, len(which)), lane=visits.lane[which], campaign=visits.campaign[which],
        device=visits.device[which], channel=_channels(rng, baskets, which),
        method=baskets.checkouts.method[baskets.row[which]], coupon=coupon, leaked=leaked, new=new, goods=goods,
        discount=discount, shipping=shipping, total=goods - discount + shipping, first_line=first_line,
        line_order=order,
        line_no=np.arange(len(line)) - first_line[order] + 1, product=views.product[line],
        quantity=quantity, price=price,
        line_discount=off + share, line_coupon=share, cost=world.catalogue.cost[views.product[line]],
        warehouse=baskets.warehouse[line],
    )  # fmt: skip


def spread(total: Longs, weight: Longs, group: Longs, first: Longs) -> Longs:
    """Share ``total`` of every group over its members in proportion to ``weight``, exactly (largest remainder)."""
    if not len(weight):
        return weight.copy()
    sums = np.bincount(group, weight, len(total)).astype(np.int64)
    whole, rest = np.divmod(total[group] * weight, np.maximum(sums[group], 1))
    missing = total - np.bincount(group, whole, len(total)).astype(np.int64)
    by_rest = np.lexsort((-rest, group))
    rank = np.empty(len(weight), np.int64)
    rank[by_rest] = np.arange(len(weight)) - first[group[by_rest]]
    shared: Longs = whole + (rank < missing[group])
    return shared


def _coupons(
    world: World, rng: np.random.Generator, baskets: Baskets, which: Longs, goods: Longs
) -> tuple[Longs, Longs, Longs]:
    """Coupon (-1 = none), incident behind it, worth in hundredths."""
    visits = baskets.visits
    at, known = visits.at[which], visits.customer[which] >= 0
    u = rng.random((4, len(which)))
    burst = world.seasons.burst[at // DAY] > 0
    coupon = np.full(len(which), -1, np.int64)
    coupon[~known & (goods >= 9900) & (u[0] < 0.20)] = WELCOME
    coupon[known & (u[1] < 0.16)] = MEMBER
    coupon[burst & (goods >= 19_900) & (u[2] < 0.35)] = SAVE
    coupon[known & (goods >= 10_000) & (u[3] < 0.03)] = VIP
    leaked = np.zeros(len(which), np.int64)
    for planted in world.of(COUPON, int(at.min()) if len(at) else 0, int(at.max()) + 1 if len(at) else 0):
        eager = (u[3] < planted.factor) | (visits.bonus[which] == planted.number)
        hit = during(planted, at) & (goods >= 10_000) & eager & (coupon != VIP)
        coupon[hit], leaked[hit] = VIP, planted.number
    worth = np.choose(
        coupon + 1,
        [0 * goods, np.full_like(goods, 1000), goods // 20, np.full_like(goods, 2000), np.full_like(goods, 5000)],
    )
    return coupon, leaked, worth


def _shipping(world: World, place: Longs, goods: Longs, at: Longs) -> Longs:
    foreign = np.array([entry.country != "CN" for entry in PLACES])[place]
    return np.where(foreign, FOREIGN_FEE, np.where(goods >= free_from(world, at), 0, SHIPPING_FEE))


def _cancelled(world: World, rng: np.random.Generator, placed: Longs, paid: Longs) -> Longs:
    """Unpaid orders are cancelled after half an hour; a few customers change their mind after paying."""
    regret = (paid >= 0) & (rng.random(len(placed)) < 0.012)
    later = paid + 10 * MINUTE + (rng.random(len(placed)) * 3 * HOUR).astype(np.int64)
    cancelled = np.where(paid < 0, placed + UNPAID_MINUTES * MINUTE, np.where(regret, later, -1))
    return np.where(cancelled >= world.clock.end, -1, cancelled)


def _channels(rng: np.random.Generator, baskets: Baskets, which: Longs) -> Longs:
    """Web, app or mini programme, by system."""
    wechat = np.array([system.browser == "WeChat" for system in SYSTEMS])[baskets.visits.system[which]]
    mobile = baskets.visits.device[which] == 0
    app = mobile & ~wechat & (rng.random(len(which)) < 0.45)
    return np.where(wechat, 2, np.where(app, 1, 0))


@dataclass(frozen=True)
class Attempts:
    """Payment attempts of a slice; ``order`` positions, ``error`` -1 = none, ``latency`` in ms."""

    order: Longs
    at: Longs
    gateway: Longs
    version: Longs
    succeeded: Flags
    error: Longs
    latency: Floats


VERSIONS = ("4.1.3", "4.2.0", "4.1.4", "2.8.1", "2.9.0", "7.0.2", "7.1.0")
ERRORS = ("timeout", "insufficient_funds", "declined", "risk_blocked", "gateway_error", "sdk_exception")


def attempts_of(world: World, rng: np.random.Generator, baskets: Baskets, orders: Orders) -> Attempts:
    """Every attempt to pay the orders; the last one of a paid order succeeds."""
    rows = baskets.row[orders.visit]
    outcome, gateways = baskets.checkouts.outcome[rows], baskets.checkouts.gateway[rows]
    order, attempt = np.nonzero(outcome >= 0)
    gateway = gateways[order, attempt]
    succeeded = outcome[order, attempt] == 1
    at = orders.placed[order] - 1000 + FIRST_ATTEMPT + attempt * ATTEMPT_GAP
    version = _versions(world, gateway, at)
    error = rng.choice(5, len(order), p=[0.22, 0.30, 0.22, 0.10, 0.16])
    for planted in world.kinds("gateway_version"):
        error = np.where(during(planted, at) & (version == 1) & (rng.random(len(order)) < 0.85), 5, error)
    for planted in world.kinds("gateway_outage"):
        error = np.where(during(planted, at) & (gateway == 1), 4, error)
    latency = np.exp(rng.normal(6.4, 0.45, len(order))) * np.where(succeeded, 1.0, 1.6)
    return Attempts(order, at, gateway, version, succeeded, np.where(succeeded, -1, error), np.round(latency, 1))


def _versions(world: World, gateway: Longs, at: Longs) -> Longs:
    """Which version a gateway runs; others change halfway through without harm."""
    half = world.clock.end // 2
    version = np.where(gateway == 1, np.where(at < half, 3, 4), np.where(at < half * 1.2, 5, 6))
    lianpay = np.zeros(len(at), np.int64)
    for planted in world.kinds("gateway_version"):
        lianpay[at >= planted.begin] = 1
        lianpay[at >= planted.end] = 2
    return np.where(gateway == 0, lianpay, version)
