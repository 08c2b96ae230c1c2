"""Robots: always a few that name themselves, and scrapers of which half do not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from zhanggui.connectors.simulation.arrays import Flags, Longs, ids, numbers, same, words
from zhanggui.connectors.simulation.clock import DAY
from zhanggui.connectors.simulation.incidents import BOTS
from zhanggui.connectors.simulation.marketing import Plan
from zhanggui.connectors.simulation.world import World, during

SHARE = 0.009
"""Visits of usual robots, as a share of the people's."""
PAGES_A_VISIT = 4
FIRST_VISITOR = 800_000_000


def robots_of(
    world: World, plan: Plan, rng: np.random.Generator, days: tuple[int, int], free: tuple[int, int, int]
) -> tuple[pa.Table, pa.Table, tuple[int, int, int], Longs]:
    """Robots of some days: (events, sessions of those not recognised, next free numbers, moments of those).

    ``free`` are the first free numbers of visitors, sessions and events.
    """
    visit_at, marked, scraper = _visits(world, plan, rng, days)
    count = len(visit_at)
    visit = np.repeat(np.arange(count), PAGES_A_VISIT)
    step = np.tile(np.arange(PAGES_A_VISIT), count)
    at = visit_at[visit] + step * 1700
    order = np.argsort(at, kind="stable")
    visit, at = visit[order], at[order]
    product = rng.integers(0, len(world.catalogue.leaf), len(visit))
    place = np.where(scraper, 0, 1)
    shared = {
        "source": same("direct", len(visit)), "medium": same("none", len(visit)), "device": same("desktop", len(visit)),
        "country": same("US", len(visit)),
    }  # fmt: skip
    urls = [f"/item/P{number:05d}" for number in range(len(world.catalogue.leaf))]
    events = pa.table({
        "event_id": ids("E", free[2] + np.arange(len(visit)), 10),
        "occurred_at": world.clock.moments(at),
        "visitor_id": ids("V", FIRST_VISITOR + free[0] + visit, 9),
        "session_id": ids("S", free[1] + visit, 9),
        "event": same("page_view", len(visit)),
        "page_type": same("item", len(visit)),
        "page_url": words(product, urls),
        "product_id": ids("P", product, 5),
        **shared,
        "os": same("Linux", len(visit)),
        "browser": same("HeadlessChrome", len(visit)),
        "region": words(place[visit], ("Virginia", "Oregon")),
        "load_ms": numbers(np.round(rng.lognormal(5.6, 0.2, len(visit)))),
        "is_bot": pa.array(np.ones(len(visit), np.bool_), mask=~marked[visit]),
    })  # fmt: skip
    sessions = _sessions(world, visit_at, ~marked, free)
    following = (free[0] + count, free[1] + count, free[2] + len(visit))
    return events, sessions, following, visit_at[~marked]


def _visits(world: World, plan: Plan, rng: np.random.Generator, days: tuple[int, int]) -> tuple[Longs, Flags, Flags]:
    first, last = days
    people = plan.visits[first:last].sum(axis=1)
    counts = rng.poisson(people * SHARE)
    day = np.repeat(np.arange(first, last), counts)
    at = day * DAY + (rng.random(len(day)) * (DAY - 60_000)).astype(np.int64)
    marked, scraper = np.ones(len(at), np.bool_), np.zeros(len(at), np.bool_)
    for planted in world.of(BOTS, first * DAY, last * DAY):
        share = float(planted.incident.size["visits_added_as_share_of_all"])
        extra = np.repeat(np.arange(first, last), rng.poisson(people * share))
        moments = extra * DAY + (rng.random(len(extra)) * (DAY - 60_000)).astype(np.int64)
        moments = moments[during(planted, moments)]
        hidden = rng.random(len(moments)) < float(planted.incident.size["not_recognised"])
        at, marked = np.concatenate([at, moments]), np.concatenate([marked, ~hidden])
        scraper = np.concatenate([scraper, np.ones(len(moments), np.bool_)])
    order = np.argsort(at, kind="stable")
    kept = order[_tracked(world, at[order])]
    return at[kept], marked[kept], scraper[kept]


def _tracked(world: World, at: Longs) -> Longs:
    """Robots are not seen either while the tracker is silent."""
    kept = np.ones(len(at), np.bool_)
    for planted in world.kinds("tracking_outage"):
        kept &= ~during(planted, at) & ~during(planted, at + 10_000)
    return np.nonzero(kept)[0]


def _sessions(world: World, at: Longs, hidden: Flags, free: tuple[int, int, int]) -> pa.Table:
    """Sessions of the robots that nobody recognised: the shop takes them for people."""
    which = np.nonzero(hidden)[0]
    count = len(which)
    nought = numbers(np.zeros(count, np.int64))
    return pa.table({
        "session_id": ids("S", free[1] + which, 9),
        "visitor_id": ids("V", FIRST_VISITOR + free[0] + which, 9),
        "started_at": world.clock.moments(at[which]),
        "ended_at": world.clock.moments(at[which] + (PAGES_A_VISIT - 1) * 1700),
        "source": same("direct", count),
        "medium": same("none", count),
        "device": same("desktop", count),
        "country": same("US", count),
        "region": same("Virginia", count),
        "landing_page_type": same("item", count),
        "page_views": numbers(np.full(count, PAGES_A_VISIT)),
        "item_views": nought,
        "add_to_carts": nought,
        "checkouts": nought,
        "purchases": nought,
        "is_bounce": pa.array(np.zeros(count, np.bool_)),
    })  # fmt: skip
