"""What every visit looks at and puts into the cart, with and without the incidents.

Every chance is decided by one uniform number, compared once with the chance without incidents and once with the real
one: both worlds are lived by the same shoppers, and their difference is what an incident cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.connectors.simulation.arrays import Flags, Floats, Longs
from zhanggui.connectors.simulation.catalogue import LEAVES, leaves_under, season_of_leaves
from zhanggui.connectors.simulation.clock import DAY
from zhanggui.connectors.simulation.incidents import CART, PRICE, QUALITY, VIEW
from zhanggui.connectors.simulation.places import DESKTOP, LANES, PLACES, SYSTEMS
from zhanggui.connectors.simulation.visits import Visits
from zhanggui.connectors.simulation.world import World, during

HOME, CATEGORY, ITEM = 0, 1, 2
CART_CHANCE = 0.053
KNOWN_CART = 2.6
EAGER = 0.13
EAGER_CART, CALM_CART = 4.4, 0.36
"""A part of the visits come to buy: they look at more and take more."""
MAYBE_WITHOUT_RESULT = 0.05
BAD_NEWS_DAYS = 12
"""Days from the first parcels of a bad batch until its reviews keep others from buying, and until they fade."""


@dataclass
class Looks:
    """What visits look at. Per visit: ``landing``, ``bounced``, ``speed`` (1 = usual load time), ``searched``,
    ``results`` of the search (-1 = no search), ``leaf`` of interest, ``eager`` to buy."""

    landing: Longs
    bounced: Flags
    speed: Floats
    searched: Flags
    results: Longs
    leaf: Longs
    eager: Flags


@dataclass
class Views:
    """One entry a product page seen, sorted by visit. ``cart0`` / ``cart``: put into the cart without / with incidents;
    ``cause`` number of the incident that made the difference; ``gone`` that kept the page from being seen;
    ``plain`` / ``price`` unit price without / with incidents and ``off`` price reduction, in hundredths."""

    visit: Longs
    product: Longs
    listed: Flags
    quantity: Longs
    gone: Longs
    cause: Longs
    cart0: Flags
    cart: Flags
    plain: Longs
    price: Longs
    off: Longs

    def __len__(self) -> int:
        return len(self.visit)


def looks_of(world: World, rng: np.random.Generator, visits: Visits) -> Looks:
    """How every visit begins."""
    count = len(visits)
    homes, lists = (np.array([lane.landing[n] for lane in LANES])[visits.lane] for n in (0, 1))
    u = rng.random(count)
    landing = np.where(u < homes, HOME, np.where(u < homes + lists, CATEGORY, ITEM))
    foreign = np.array([place.country != "CN" for place in PLACES])[visits.place]
    speed = np.exp(rng.normal(0, 0.30, count)) * np.where(foreign, 1.4, 1.0)
    known = visits.customer >= 0
    bounce = np.array([lane.bounce for lane in LANES])[visits.lane] * np.where(visits.device == DESKTOP, 0.92, 1.04)
    bounced = rng.random(count) < np.clip(bounce * 0.90 * speed**0.12 * np.where(known, 0.45, 1.0), 0, 0.9)
    searched = ~bounced & (rng.random(count) < np.where(visits.device == DESKTOP, 0.17, 0.12))
    middle = int(visits.at[count // 2] // DAY) if count else 0
    weight = _weights(world, middle)
    interest = _pick(weight, rng.random(count))
    leaf = world.catalogue.leaf[interest]
    results = rng.poisson(18, count) + 1
    empty = rng.random(count) < MAYBE_WITHOUT_RESULT
    eager = ~bounced & (rng.random(count) < EAGER * np.where(known, 1.8, 1.0))
    return Looks(landing, bounced, speed, searched, np.where(searched, np.where(empty, 0, results), -1), leaf, eager)


def views_of(world: World, rng: np.random.Generator, visits: Visits, looks: Looks) -> Views:
    """The product pages of all visits, and what goes into the cart."""
    count = len(visits)
    more = np.where(looks.eager, rng.geometric(0.39, count), rng.geometric(0.70, count)) - 1
    lands = looks.landing == ITEM
    pages = np.where(looks.bounced, lands, np.minimum(more, 9) + (lands | (rng.random(count) < 0.64)))
    visit = np.repeat(np.arange(count), pages)
    middle = int(visits.at[count // 2] // DAY) if count else 0
    weight = _weights(world, middle)
    first = np.concatenate([np.ones(1, np.bool_), visit[1:] != visit[:-1]])[: len(visit)]
    loyal = first | (rng.random(len(visit)) < 0.72)
    u = rng.random(len(visit))
    product = np.where(loyal, _pick_in_leaf(world, weight, looks.leaf[visit], u), _pick(weight, u))
    listed = ~(first & lands[visit]) & (rng.random(len(visit)) < 0.18)
    quantity = 1 + (rng.random(len(visit))[:, None] > np.array([0.80, 0.94, 0.98])).sum(axis=1)
    at = visits.at[visit]
    day = at // DAY
    reduced = world.seasons.reduction[day] * _promoted(world)[world.catalogue.leaf[product]]
    plain, price = world.catalogue.plain_price[day, product], world.catalogue.price[day, product]
    nothing = np.zeros(len(visit), np.int64)
    views = Views(
        visit=visit, product=product, listed=listed, quantity=quantity, gone=nothing.copy(), cause=nothing,
        cart0=np.zeros(len(visit), np.bool_), cart=np.zeros(len(visit), np.bool_), plain=plain, price=price,
        off=np.floor(price * reduced).astype(np.int64),
    )  # fmt: skip
    _miss(world, rng, views, at)
    _decide(world, rng, (visits, looks, views), at)
    return views


def _weights(world: World, day: int) -> Floats:
    goods = world.catalogue
    on_sale = (goods.listed <= day) & (day < goods.delisted)
    young = on_sale & (goods.listed > day - 45) & (goods.listed > 0)
    weight: Floats = goods.weight * on_sale * season_of_leaves(world.clock, day)[goods.leaf] * np.where(young, 1.6, 1.0)
    return weight


def _pick(weight: Floats, u: Floats) -> Longs:
    steps = np.cumsum(weight)
    found: Longs = np.minimum(np.searchsorted(steps, u * steps[-1], side="right"), len(weight) - 1)
    return found


def _pick_in_leaf(world: World, weight: Floats, leaf: Longs, u: Floats) -> Longs:
    steps = np.concatenate([[0.0], np.cumsum(weight)])
    begin, end = world.catalogue.leaf_first[leaf], world.catalogue.leaf_first[leaf + 1]
    wanted = steps[begin] + u * (steps[end] - steps[begin])
    found = np.searchsorted(steps[1:], wanted, side="right")
    inside: Longs = np.clip(found, begin, np.maximum(end - 1, begin))
    return inside


def _promoted(world: World) -> Flags:
    """Which categories take part in price reductions."""
    return world.rng(51).random(len(LEAVES)) < 0.6


def _miss(world: World, rng: np.random.Generator, views: Views, at: Longs) -> None:
    """Pages that an incident keeps from being seen."""
    if not len(at):
        return
    for planted in world.of(VIEW, int(at.min()), int(at.max()) + 1):
        kept = np.full(len(at), planted.factor)
        if "weekly_factor" in planted.incident.size:
            kept = planted.factor ** (np.maximum(at - planted.begin, 0) / (7 * DAY))
            hit = np.isin(views.product, planted.products)
        else:
            hit = leaves_under(planted.incident.where["category_1"])[world.catalogue.leaf[views.product]]
        away = hit & during(planted, at) & (rng.random(len(at)) >= kept) & (views.gone == 0)
        views.gone[away] = planted.number


def _decide(world: World, rng: np.random.Generator, what: tuple[Visits, Looks, Views], at: Longs) -> None:
    visits, looks, views = what
    goods, product, visit = world.catalogue, views.product, views.visit
    day = at // DAY
    chance = CART_CHANCE * np.exp(0.6 * goods.quality[product]) * world.seasons.buying[day] ** 0.6
    chance *= np.array([lane.buying for lane in LANES])[visits.lane[visit]] ** 0.6
    chance *= np.array([0.94, 1.14, 1.02])[visits.device[visit]] * looks.speed[visit] ** -0.15
    chance *= np.array([place.wealth for place in PLACES])[visits.place[visit]] ** 0.5
    chance *= np.where(visits.customer[visit] >= 0, KNOWN_CART, 1.0) * np.where(looks.searched[visit], 1.35, 1.0)
    chance *= np.where(looks.bounced[visit], 0.0, np.where(looks.eager[visit], EAGER_CART, CALM_CART)) * np.where(
        looks.results[visit] == 0, 0.25, 1.0
    )
    asked = np.maximum(views.plain, 1) / goods.list_price[product] * (1 - views.off / np.maximum(views.price, 1))
    chance = np.minimum(chance * asked ** -goods.elasticity[product], 0.85)
    u = rng.random(len(at))
    views.cart0 = u < chance
    real = chance.copy()
    for number, hit, factor in _cart_factors(world, rng, what, at):
        lower = np.where(hit, real * factor, real)
        lost = hit & (u >= lower) & (u < real)
        views.cause[lost] = number
        real = lower
    views.cart = u < real


def _cart_factors(
    world: World, rng: np.random.Generator, what: tuple[Visits, Looks, Views], at: Longs
) -> list[tuple[int, Flags, Floats]]:
    """(number, which views, factor of the chance) of the incidents that act on the way into the cart."""
    if not len(at):
        return []
    begin, end = int(at.min()), int(at.max()) + 1
    goods, views = world.catalogue, what[2]
    found = []
    for planted in world.of(CART, begin, end):
        found.append(
            (planted.number, _cart_hit(world, rng, planted.number, what, at), np.full(len(at), planted.factor))
        )
    for planted in world.of(PRICE, begin, end):
        ratio = views.price / np.maximum(views.plain, 1)
        found.append((planted.number, ratio > 1, ratio ** -goods.elasticity[views.product]))
    for planted in world.of(QUALITY, begin, end + 60 * DAY):
        pass_on = (at >= planted.begin + BAD_NEWS_DAYS * DAY) & (at < planted.end + BAD_NEWS_DAYS * DAY)
        hit = np.isin(views.product, planted.products) & pass_on
        found.append((planted.number, hit, np.full(len(at), planted.factor)))
    return found


def _cart_hit(
    world: World, rng: np.random.Generator, number: int, what: tuple[Visits, Looks, Views], at: Longs
) -> Flags:
    visits, looks, views = what
    planted = world.planted[number - 1]
    where = planted.incident.where
    hit: Flags = during(planted, at)
    if planted.incident.kind == "search_failure":
        share = float(planted.incident.size["share_of_searches_without_result"])
        inside = leaves_under(where["category_1"])[looks.leaf] & during(planted, visits.at)
        failed = inside & (looks.results > 0) & (rng.random(len(looks.leaf)) < share)
        looks.results[failed] = 0
        return hit & failed[views.visit]
    if "category_1" in where:
        hit &= leaves_under(where["category_1"])[world.catalogue.leaf[views.product]]
    if "browser" in where:
        systems = np.array([s.browser == where["browser"] for s in SYSTEMS])
        hit &= systems[visits.system[views.visit]] & (visits.device[views.visit] == DESKTOP)
    return hit
