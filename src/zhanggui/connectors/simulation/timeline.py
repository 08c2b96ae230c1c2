"""What happened in every visit, step by step, with its moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.connectors.simulation.arrays import Flags, Floats, Longs
from zhanggui.connectors.simulation.baskets import Baskets
from zhanggui.connectors.simulation.clock import DAY, MINUTE
from zhanggui.connectors.simulation.places import DEVICES, SYSTEMS
from zhanggui.connectors.simulation.shopping import CATEGORY, HOME, ITEM
from zhanggui.connectors.simulation.world import World, during

KINDS = (
    "page_view", "view_item_list", "view_item", "select_item", "add_to_cart", "remove_from_cart", "begin_checkout",
    "add_shipping_info", "add_payment_info", "purchase", "search", "sign_up", "login", "select_promotion",
    "web_vitals", "error",
)  # fmt: skip
(
    PAGE, LIST, VIEW, SELECT, ADD, REMOVE, BEGIN, SHIPPING, PAYMENT, PURCHASE, SEARCH, SIGN_UP, LOGIN, PROMOTION,
    VITALS, ERROR,
) = range(len(KINDS))  # fmt: skip
PAGES = ("home", "category", "item", "search", "cart", "checkout", "account", "other")
P_HOME, P_CATEGORY, P_ITEM, P_SEARCH, P_CART, P_CHECKOUT, P_ACCOUNT = range(7)

_GAP = {
    PAGE: (3000, 22_000), LIST: (200, 0), VIEW: (250, 0), SELECT: (4000, 11_000), ADD: (6000, 15_000),
    REMOVE: (9000, 10_000), BEGIN: (400, 0), SHIPPING: (12_000, 24_000), PAYMENT: (8000, 20_000), PURCHASE: (0, 0),
    SEARCH: (200, 0), SIGN_UP: (20_000, 20_000), LOGIN: (6000, 6000), PROMOTION: (3000, 5000), VITALS: (1500, 0),
    ERROR: (900, 0),
}  # fmt: skip
"""Least and mean further wait before an event, in ms."""

ATTEMPT_GAP = 38_000
FIRST_ATTEMPT = 3000


@dataclass
class Steps:
    """Events by visit and time; ``position`` is the place within the visit; ``product`` and ``view`` -1 = none."""

    visit: Longs
    position: Longs
    kind: Longs
    page: Longs
    product: Longs
    view: Longs
    at: Longs

    def __len__(self) -> int:
        return len(self.visit)


@dataclass
class Moments:
    """Per visit: when payment info was given (placing the order), when it was paid, when an account was made."""

    named: Longs
    paid: Longs
    signed: Longs


class _Blocks:
    """Collects blocks of steps before they are sorted."""

    def __init__(self) -> None:
        self.visit: list[Longs] = []
        self.position: list[Longs] = []
        self.kind: list[Longs] = []
        self.page: list[Longs] = []
        self.view: list[Longs] = []

    def add(self, visit: Longs, position: Longs | int, kind: int, page: Longs | int, view: Longs | None = None) -> None:
        """Steps of one kind; arrays of one length, numbers for all."""
        count = len(visit)
        self.visit.append(visit.astype(np.int64))
        self.position.append(np.broadcast_to(np.asarray(position, np.int64), count))
        self.kind.append(np.full(count, kind, np.int64))
        self.page.append(np.broadcast_to(np.asarray(page, np.int64), count))
        self.view.append(np.full(count, -1, np.int64) if view is None else view.astype(np.int64))


def timeline_of(world: World, rng: np.random.Generator, baskets: Baskets, joining: Flags) -> tuple[Steps, Moments]:
    """All steps of the visits that took place; ``joining`` visits make an account on the way to their order."""
    blocks = _Blocks()
    real = baskets.visits.gone == 0
    _begin(world, rng, baskets, real, blocks)
    _look(world, rng, baskets, blocks)
    _buy(rng, baskets, real, joining, blocks)
    visit, position = np.concatenate(blocks.visit), np.concatenate(blocks.position)
    order = np.argsort(visit * 1024 + position, kind="stable")
    visit, position = visit[order], position[order]
    kind, page, view = (np.concatenate(parts)[order] for parts in (blocks.kind, blocks.page, blocks.view))
    product = np.where(view >= 0, baskets.views.product[np.maximum(view, 0)] if len(baskets.views) else -1, -1)
    at = _moments(rng, baskets, visit, kind)
    steps = Steps(visit, position, kind, page, product, view, at)
    return steps, _special(steps, len(baskets.visits))


def attempts_made(baskets: Baskets) -> Longs:
    """Number of payment attempts of every visit."""
    made = (baskets.checkouts.outcome >= 0).sum(axis=1)
    return np.where(baskets.row >= 0, made[np.maximum(baskets.row, 0)] if len(made) else 0, 0)


def _begin(world: World, rng: np.random.Generator, baskets: Baskets, real: Flags, blocks: _Blocks) -> None:
    """Landing pages, searches, banners, measured page speed, stray errors."""
    visits, looks, views = baskets.visits, baskets.looks, baskets.views
    count = len(visits)
    opened = np.zeros(count, np.bool_)
    opened[views.visit[_landing_views(baskets) & baskets.seen]] = True
    landing = np.where((looks.landing == ITEM) & ~opened, CATEGORY, looks.landing)
    home, lists = (np.nonzero(real & (landing == kind))[0] for kind in (HOME, CATEGORY))
    blocks.add(home, 0, PAGE, P_HOME)
    blocks.add(lists, 0, PAGE, P_CATEGORY)
    blocks.add(lists[~looks.bounced[lists]], 1, LIST, P_CATEGORY)
    searched = np.nonzero(real & looks.searched)[0]
    blocks.add(searched, 12, PAGE, P_SEARCH)
    blocks.add(searched, 13, SEARCH, P_SEARCH)
    u = rng.random((4, count))
    banner = real & ~looks.bounced & (u[0] < 0.05) & (world.seasons.burst[visits.at // DAY] > 0) & (landing == HOME)
    blocks.add(np.nonzero(banner)[0], 5, PROMOTION, P_HOME)
    page = np.array([P_HOME, P_CATEGORY, P_ITEM])[landing]
    measured = np.nonzero(real & (u[1] < 0.03))[0]
    blocks.add(measured, 6, VITALS, page[measured])
    stray = np.nonzero(real & (u[2] < 0.004))[0]
    blocks.add(stray, 7, ERROR, page[stray])


def _landing_views(baskets: Baskets) -> Flags:
    """Which views are the page a visit landed on."""
    visit = baskets.views.visit
    first = np.concatenate([np.ones(1, np.bool_), visit[1:] != visit[:-1]])[: len(visit)]
    landed: Flags = first & (baskets.looks.landing == ITEM)[visit]
    return landed


def _look(world: World, rng: np.random.Generator, baskets: Baskets, blocks: _Blocks) -> None:
    """Item pages, and what is put into the cart or taken out again."""
    views = baskets.views
    which = np.nonzero(baskets.seen)[0]
    visit = views.visit[which]
    begin = np.searchsorted(views.visit, visit)
    place = np.where(_landing_views(baskets)[which], 0, 20 + 10 * (which - begin))
    from_list = views.listed[which]
    page = np.where(baskets.looks.searched[visit], P_SEARCH, P_CATEGORY)
    blocks.add(visit[from_list], place[from_list], SELECT, page[from_list], which[from_list])
    blocks.add(visit, place + 1, PAGE, P_ITEM, which)
    blocks.add(visit, place + 2, VIEW, P_ITEM, which)
    carted = baskets.carted[which]
    blocks.add(visit[carted], place[carted] + 8, ADD, P_ITEM, which[carted])
    out = carted & ~baskets.begun[visit] & (rng.random(len(which)) < 0.09)
    blocks.add(visit[out], place[out] + 9, REMOVE, P_ITEM, which[out])
    broken = _script_error(world, baskets)[visit] & (rng.random(len(which)) < 0.7)
    blocks.add(visit[broken], place[broken] + 7, ERROR, P_ITEM, which[broken])


def _script_error(world: World, baskets: Baskets) -> Flags:
    """Visits that meet a script error on item pages."""
    visits = baskets.visits
    hit = np.zeros(len(visits), np.bool_)
    for planted in world.kinds("item_page_error"):
        where = planted.incident.where
        systems = np.array([s.browser == where["browser"] and DEVICES[s.device] == where["device"] for s in SYSTEMS])
        hit |= during(planted, visits.at) & systems[visits.system]
    return hit


def _buy(rng: np.random.Generator, baskets: Baskets, real: Flags, joining: Flags, blocks: _Blocks) -> None:
    """Cart page, checkout, accounts, purchase."""
    visits, views = baskets.visits, baskets.views
    count = len(visits)
    filled = np.bincount(views.visit[baskets.carted], minlength=count) > 0
    u = rng.random((3, count))
    begun = np.nonzero(baskets.begun)[0]
    blocks.add(np.nonzero(filled & (baskets.begun | (u[0] < 0.4)))[0], 900, PAGE, P_CART)
    blocks.add(np.nonzero(baskets.begun & (visits.customer >= 0) & (u[1] < 0.5))[0], 903, LOGIN, P_ACCOUNT)
    curious = real & (visits.customer < 0) & ~baskets.looks.bounced & ~baskets.named & (u[2] < 0.004)
    blocks.add(np.nonzero(joining | curious)[0], 904, SIGN_UP, P_ACCOUNT)
    blocks.add(begun, 910, PAGE, P_CHECKOUT)
    blocks.add(begun, 911, BEGIN, P_CHECKOUT)
    blocks.add(np.nonzero(baskets.sent)[0], 920, SHIPPING, P_CHECKOUT)
    blocks.add(np.nonzero(baskets.named)[0], 930, PAYMENT, P_CHECKOUT)
    blocks.add(np.nonzero(baskets.paid)[0], 950, PURCHASE, P_CHECKOUT)


def _moments(rng: np.random.Generator, baskets: Baskets, visit: Longs, kind: Longs) -> Longs:
    """The moment of every step; a visit never runs over midnight, it then begins a little earlier."""
    least, further = (np.array([_GAP[number][part] for number in range(len(KINDS))], np.float64) for part in (0, 1))
    gap: Floats = least[kind] + rng.exponential(1.0, len(kind)) * further[kind]
    waits = FIRST_ATTEMPT + (attempts_made(baskets) - 1) * ATTEMPT_GAP + 1500
    gap = np.where(kind == PURCHASE, waits[visit], np.minimum(gap, 14 * MINUTE))
    first = np.concatenate([np.ones(1, np.bool_), visit[1:] != visit[:-1]])[: len(visit)]
    gap = np.where(first, 0, gap)
    run = np.cumsum(gap.astype(np.int64))
    starts = np.nonzero(first)[0]
    lengths = np.diff(np.append(starts, len(visit)))
    since = run - np.repeat(run[starts], lengths)
    ends = since[starts + lengths - 1] if len(starts) else starts
    begin = baskets.visits.at[visit[starts]]
    over = begin + ends + 200_000 - (begin // DAY + 1) * DAY
    begin = begin - np.maximum(over, 0)
    baskets.visits.at[visit[starts]] = begin
    return np.repeat(begin, lengths) + since


def _special(steps: Steps, count: int) -> Moments:
    moments = []
    for kind in (PAYMENT, PURCHASE, SIGN_UP):
        at = np.full(count, -1, np.int64)
        which = steps.kind == kind
        at[steps.visit[which]] = steps.at[which]
        moments.append(at)
    return Moments(*moments)


def tracked(world: World, baskets: Baskets, steps: Steps) -> Flags:
    """Which steps the tracker reported; the others are lost to a tracking incident."""
    kept = np.ones(len(steps), np.bool_)
    for planted in world.kinds("tracking_outage"):
        kept &= ~during(planted, steps.at)
    for planted in world.kinds("purchase_tracking"):
        where = planted.incident.where
        systems = np.array([s.os == where["os"] and s.browser == where["browser"] for s in SYSTEMS])
        lost = during(planted, steps.at) & (steps.kind == PURCHASE) & systems[baskets.visits.system[steps.visit]]
        kept &= ~lost
    return kept
