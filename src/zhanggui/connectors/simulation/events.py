"""Events, sessions and daily traffic as tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from zhanggui.connectors.simulation.arrays import Flags, Floats, Longs, ids, money, nothing, numbers, pieces, words
from zhanggui.connectors.simulation.baskets import Baskets
from zhanggui.connectors.simulation.clock import DAY, HOUR
from zhanggui.connectors.simulation.incidents import CHECKOUT
from zhanggui.connectors.simulation.places import DEVICES, LANES, PLACES, SYSTEMS
from zhanggui.connectors.simulation.texts import QUERIES, QUERIES_A_LEAF
from zhanggui.connectors.simulation.timeline import (
    ADD,
    BEGIN,
    ERROR,
    KINDS,
    LIST,
    LOGIN,
    P_CART,
    P_CHECKOUT,
    P_ITEM,
    PAGE,
    PAGES,
    PURCHASE,
    SEARCH,
    SIGN_UP,
    VIEW,
    VITALS,
    Steps,
)  # fmt: skip
from zhanggui.connectors.simulation.visits import Visits
from zhanggui.connectors.simulation.world import World, during

LOAD_MS = (900, 1050, 1250, 1300, 850, 1150, 800, 900)
"""Usual load time of the page types."""
LOAD_DEVICE = (1.35, 0.85, 1.1)
SOURCES, MEDIUMS = tuple(lane.source for lane in LANES), tuple(lane.medium for lane in LANES)
COUNTRIES, REGIONS = tuple(place.country for place in PLACES), tuple(place.region for place in PLACES)
OSES, BROWSERS = tuple(system.os for system in SYSTEMS), tuple(system.browser for system in SYSTEMS)
_QUIET = (PAGE, LIST, VIEW, VITALS, ERROR)
"""Events that a visit may hold and still be a bounce (with one page view)."""


@dataclass(frozen=True)
class Tracked:
    """What the tables of behaviour are made of, per visit: numbers of session and order (-1 = none), customer known
    from a position of the visit on (``since``), and the first free event number."""

    session: Longs
    order: Longs
    customer: Longs
    since: Longs
    first_event: int


def events_table(
    world: World, rng: np.random.Generator, baskets: Baskets, steps: Steps, known: Tracked, campaigns: tuple[str, ...]
) -> pa.Table:
    """The events in time order."""
    visits = baskets.visits
    load = _load_ms(world, rng, baskets, steps)
    order = np.argsort(steps.at, kind="stable")
    visit, kind, page = steps.visit[order], steps.kind[order], steps.page[order]
    product, view, count = steps.product[order], steps.view[order], len(order)
    load = load[order]
    is_page, vitals = kind == PAGE, kind == VITALS
    quantity, value = _goods(baskets, visit, kind, view)
    customer = np.where(steps.position[order] >= known.since[visit], known.customer[visit], -1)
    measured = zip(("lcp_ms", "inp_ms", "cls", "ttfb_ms"), _vitals(rng, load, vitals), strict=True)
    query, results = _search(baskets, visit, kind)
    bought = np.where(kind == PURCHASE, known.order[visit], -1)
    return pa.table({
        "event_id": ids("E", known.first_event + np.arange(count), 10),
        "occurred_at": world.clock.moments(steps.at[order]),
        "visitor_id": ids("V", visits.visitor[visit], 9),
        "customer_id": ids("C", customer, 8),
        "session_id": ids("S", known.session[visit], 9),
        "event": words(kind, KINDS),
        "page_type": words(page, PAGES),
        "page_url": _urls(world, page, product, visit, baskets),
        "product_id": ids("P", product, 5),
        "order_id": ids("O", bought, 8),
        "query": words(query, QUERIES),
        "result_count": numbers(results, results < 0),
        "quantity": pieces(quantity, quantity < 0),
        "value": money(value, value < 0),
        **_origin(visits, visit, campaigns),
        "load_ms": numbers(np.round(load), ~is_page),
        **{name: numbers(values, ~vitals) for name, values in measured},
        "is_bot": nothing(count, pa.bool_()),
    })  # fmt: skip


def _origin(visits: Visits, visit: Longs, campaigns: tuple[str, ...]) -> dict[str, pa.Array]:
    """What every event says of its visit."""
    system, lane, place = visits.system[visit], visits.lane[visit], visits.place[visit]
    return {
        "source": words(lane, SOURCES),
        "medium": words(lane, MEDIUMS),
        "campaign_id": words(visits.campaign[visit], campaigns),
        "device": words(visits.device[visit], DEVICES),
        "os": words(system, OSES),
        "browser": words(system, BROWSERS),
        "country": words(place, COUNTRIES),
        "region": words(place, REGIONS),
    }


def _load_ms(world: World, rng: np.random.Generator, baskets: Baskets, steps: Steps) -> Floats:
    """Load time of every page view: page type, device, the visit's own speed, busy hours, incidents."""
    visits, visit = baskets.visits, steps.visit
    hour = (steps.at % DAY) // HOUR
    busy = 1 + 0.10 * np.exp(-0.5 * ((hour - 21) / 2.0) ** 2)
    load: Floats = np.array(LOAD_MS)[steps.page] * np.array(LOAD_DEVICE)[visits.device[visit]]
    load = load * baskets.looks.speed[visit] * busy * np.exp(rng.normal(0, 0.22, len(visit)))
    for planted in world.of(CHECKOUT, 0, world.clock.end):
        if planted.incident.kind == "slow_pages":
            mine = visits.device[visit] == DEVICES.index(planted.incident.where["device"])
            slow = mine & during(planted, steps.at) & np.isin(steps.page, (P_CART, P_CHECKOUT))
            load[slow] *= float(planted.incident.size["load_factor"])
    return load


def _vitals(rng: np.random.Generator, load: Floats, which: Flags) -> tuple[Floats, Floats, Floats, Floats]:
    count = int(which.sum())
    lcp, inp, cls, ttfb = (np.zeros(len(load)) for _ in range(4))
    lcp[which] = np.round(load[which] * rng.uniform(1.1, 1.6, count))
    inp[which] = np.round(np.exp(rng.normal(4.9, 0.5, count)))
    cls[which] = np.round(rng.beta(1.2, 14, count), 4)
    ttfb[which] = np.round(load[which] * rng.uniform(0.15, 0.3, count))
    return lcp, inp, cls, ttfb


def _goods(baskets: Baskets, visit: Longs, kind: Longs, view: Longs) -> tuple[Longs, Longs]:
    """Pieces and value of cart events; value of purchases is that of the order's goods. -1 = none."""
    views = baskets.views
    if not len(views):
        return np.full(len(visit), -1), np.full(len(visit), -1)
    safe = np.maximum(view, 0)
    carts = np.isin(kind, (ADD, ADD + 1))
    quantity = np.where(carts, views.quantity[safe], -1)
    each = views.price - views.off
    value = np.where(carts, quantity * each[safe], np.where(kind == VIEW, each[safe], -1))
    lines = baskets.carted
    total = np.bincount(views.visit[lines], (views.quantity * each)[lines], len(baskets.visits)).astype(np.int64)
    return quantity, np.where((kind == PURCHASE) | (kind == BEGIN), total[visit], value)


def _search(baskets: Baskets, visit: Longs, kind: Longs) -> tuple[Longs, Longs]:
    looks = baskets.looks
    searched = kind == SEARCH
    style = np.where(looks.results[visit] == 0, visit % 3, visit % 2)
    query = np.where(searched, looks.leaf[visit] * QUERIES_A_LEAF + style, -1)
    return query, np.where(searched, looks.results[visit], -1)


def _urls(world: World, page: Longs, product: Longs, visit: Longs, baskets: Baskets) -> pa.Array:
    fixed = ("/", "/c", "/item", "/search", "/cart", "/checkout", "/account", "/other")
    leaves = int(world.catalogue.leaf.max()) + 1
    items = [f"/item/P{number:05d}" for number in range(len(world.catalogue.leaf))]
    lists = [f"/c/{number + 1}" for number in range(leaves)]
    code = np.where((page == P_ITEM) & (product >= 0), len(fixed) + leaves + product, page)
    code = np.where(page == 1, len(fixed) + np.minimum(baskets.looks.leaf[visit], leaves - 1), code)
    return words(code, (*fixed, *lists, *items))


def sessions_table(
    world: World, baskets: Baskets, steps: Steps, known: Tracked, campaigns: tuple[str, ...]
) -> pa.Table:
    """One row a visit, saying what its events say. ``steps`` are the tracked ones, by visit."""
    visits, count = baskets.visits, len(baskets.visits)
    first = np.concatenate([np.ones(1, np.bool_), steps.visit[1:] != steps.visit[:-1]])[: len(steps)]
    starts = np.nonzero(first)[0]
    ends = np.append(starts[1:], len(steps)) - 1
    which = steps.visit[starts]
    tally = {kind: _tally(steps, kind, count)[which] for kind in (PAGE, VIEW, ADD, BEGIN, PURCHASE)}
    other = np.bincount(steps.visit[~np.isin(steps.kind, _QUIET)], minlength=count)[which]
    last = steps.position[ends]
    customer = np.where(last >= known.since[which], known.customer[which], -1)
    return pa.table({
        "session_id": ids("S", known.session[which], 9),
        "visitor_id": ids("V", visits.visitor[which], 9),
        "customer_id": ids("C", customer, 8),
        "started_at": world.clock.moments(steps.at[starts]),
        "ended_at": world.clock.moments(steps.at[ends]),
        "source": words(visits.lane[which], SOURCES),
        "medium": words(visits.lane[which], MEDIUMS),
        "campaign_id": words(visits.campaign[which], campaigns),
        "device": words(visits.device[which], DEVICES),
        "country": words(visits.place[which], COUNTRIES),
        "region": words(visits.place[which], REGIONS),
        "landing_page_type": words(steps.page[starts], PAGES),
        "page_views": numbers(tally[PAGE]),
        "item_views": numbers(tally[VIEW]),
        "add_to_carts": numbers(tally[ADD]),
        "checkouts": numbers(tally[BEGIN]),
        "purchases": numbers(tally[PURCHASE]),
        "is_bounce": numbers((tally[PAGE] == 1) & (other == 0)),
    })  # fmt: skip


def _tally(steps: Steps, kind: int, count: int) -> Longs:
    """Events of a kind in every visit."""
    return np.bincount(steps.visit[steps.kind == kind], minlength=count)


def traffic_table(world: World, baskets: Baskets, steps: Steps) -> pa.Table:
    """What the servers counted a day, source, medium and device, tracker or not; robots are not in it."""
    visits, count = baskets.visits, len(baskets.visits)
    here = np.bincount(steps.visit, minlength=count) > 0
    which = np.nonzero(here)[0]
    # Lanes of the same source and medium are one row.
    pairs = [(lane.source, lane.medium) for lane in LANES]
    lane_of = np.array([pairs.index(pair) for pair in pairs])[visits.lane]
    group = ((visits.at // DAY) * len(LANES) + lane_of) * len(DEVICES) + visits.device
    keys, row = np.unique(group[which], return_inverse=True)
    both = np.unique(row.astype(np.int64) * (1 << 40) + visits.visitor[which])
    tally = {kind: _tally(steps, kind, count)[which] for kind in (PAGE, ADD, BEGIN, PURCHASE)}
    with_ = {kind: np.bincount(row, tally[kind] > 0, len(keys)) for kind in (ADD, BEGIN, PURCHASE)}
    pages = np.bincount(row, tally[PAGE], len(keys))
    lane, device = keys // len(DEVICES) % len(LANES), keys % len(DEVICES)
    return pa.table({
        "day": world.clock.dates(keys // (len(LANES) * len(DEVICES))),
        "source": words(lane, SOURCES),
        "medium": words(lane, MEDIUMS),
        "device": words(device, DEVICES),
        "visitors": numbers(np.bincount(both >> 40, minlength=len(keys))),
        "sessions": numbers(np.bincount(row, minlength=len(keys))),
        "page_views": numbers(pages.astype(np.int64)),
        "add_to_carts": numbers(with_[ADD].astype(np.int64)),
        "checkouts": numbers(with_[BEGIN].astype(np.int64)),
        "purchases": numbers(with_[PURCHASE].astype(np.int64)),
    })  # fmt: skip


def known_since(steps: Steps, count: int, logged_in: Flags) -> Longs:
    """From which position of the visit on the customer is known: from the start, from log-in or sign-up, or never."""
    since = np.full(count, 1 << 20, np.int64)
    entered = np.isin(steps.kind, (LOGIN, SIGN_UP))
    since[steps.visit[entered]] = steps.position[entered]
    return np.where(logged_in, 0, since)
