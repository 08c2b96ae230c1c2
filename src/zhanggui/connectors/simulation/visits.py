"""Who comes to the shop in a slice of time: new visitors by lane, visitors of the last days, known customers.

Visits that an incident kept away are drawn all the same and carry its number in ``gone``: what they would have
bought is its cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.connectors.simulation.arrays import Flags, Longs
from zhanggui.connectors.simulation.clock import DAY
from zhanggui.connectors.simulation.customers import Customers, returning_lanes
from zhanggui.connectors.simulation.draws import draw_devices, draw_places, draw_systems, draw_times
from zhanggui.connectors.simulation.incidents import ARRIVAL, COUPON, INTENT, Planted
from zhanggui.connectors.simulation.marketing import Plan
from zhanggui.connectors.simulation.places import FORUM, LANES, PLACES
from zhanggui.connectors.simulation.world import World, during

AGAIN = 0.13
"""Share of anonymous visits by someone who was here in the last days."""
HURT_AWAY = 0.4
"""Share of their wishes that customers hurt by an incident do not follow."""


@dataclass
class Visits:
    """One entry a visit; ``gone`` number of the incident that kept it away, ``bonus`` of the one that brought it."""

    at: Longs
    lane: Longs
    campaign: Longs
    device: Longs
    system: Longs
    place: Longs
    visitor: Longs
    customer: Longs
    gone: Longs
    bonus: Longs

    def __len__(self) -> int:
        return len(self.at)


@dataclass
class Recent:
    """Anonymous visitors of the last slice, who may come again."""

    visitor: Longs
    device: Longs
    system: Longs
    place: Longs


def nobody() -> Recent:
    """No recent visitors."""
    none = np.empty(0, np.int64)
    return Recent(none, none, none, none)


def visits_of(
    world: World, plan: Plan, customers: Customers, recent: Recent, span: tuple[int, int, int, np.random.Generator]
) -> Visits:
    """All visits of a slice: (first day, day after the last, first free visitor number, random numbers)."""
    first, last, _, rng = span
    anonymous = _anonymous(world, plan, recent, span)
    known = _known(world, plan, customers, first, last, rng)
    visits = Visits(**{name: np.concatenate([vars(anonymous)[name], vars(known)[name]]) for name in vars(anonymous)})
    _keep_away(world, rng, visits, first, last)
    order = np.argsort(visits.at, kind="stable")
    return Visits(**{name: values[order] for name, values in vars(visits).items()})


def _anonymous(world: World, plan: Plan, recent: Recent, span: tuple[int, int, int, np.random.Generator]) -> Visits:
    first, last, free, rng = span
    expected = plan.visits[first:last]
    counts = rng.poisson(expected)
    day = np.repeat(np.repeat(np.arange(first, last), len(LANES)), counts.ravel())
    lane = np.repeat(np.tile(np.arange(len(LANES)), last - first), counts.ravel())
    bonus = np.zeros(len(day), np.int64)
    for planted in world.of(COUPON, first * DAY, last * DAY):
        days = _forum_days(planted, plan, rng, first, last)
        day, lane = np.concatenate([day, days]), np.concatenate([lane, np.full(len(days), FORUM)])
        bonus = np.concatenate([bonus, np.full(len(days), planted.number)])
    device = draw_devices(rng, lane)
    visits = Visits(
        at=draw_times(world, rng, day, device), lane=lane, campaign=plan.campaign[day, lane], device=device,
        system=draw_systems(rng, device), place=draw_places(rng, lane), visitor=free + np.arange(len(day)),
        customer=np.full(len(day), -1), gone=np.zeros(len(day), np.int64), bonus=bonus,
    )  # fmt: skip
    _come_again(rng, visits, recent)
    return visits


def _forum_days(planted: Planted, plan: Plan, rng: np.random.Generator, first: int, last: int) -> Longs:
    """Days of the visits that a leaked coupon brings in addition."""
    days = np.arange(max(first, planted.begin // DAY), min(last, -(-planted.end // DAY)))
    factor = float(planted.incident.size["forum_visits_factor"])
    return np.repeat(days, rng.poisson(plan.visits[days, FORUM] * (factor - 1)))


def _come_again(rng: np.random.Generator, visits: Visits, recent: Recent) -> None:
    """Some anonymous visits are by people of the last days: same device, same place, often straight to the shop."""
    again = rng.random(len(visits)) < AGAIN
    who = rng.random(len(visits))
    straight = rng.random(len(visits)) < 0.45
    if not len(recent.visitor):
        return
    pick = (who[again] * len(recent.visitor)).astype(np.int64)
    visits.visitor[again] = recent.visitor[pick]
    visits.device[again] = recent.device[pick]
    visits.system[again] = recent.system[pick]
    visits.place[again] = recent.place[pick]
    direct = again & straight & (visits.bonus == 0)
    visits.lane[direct] = 0
    visits.campaign[direct] = -1


def _known(world: World, plan: Plan, customers: Customers, first: int, last: int, rng: np.random.Generator) -> Visits:
    """Known customers who want to come; on quiet days part of the wishes pass."""
    who = customers.coming(last * DAY)
    wish = customers["next"][who]
    late = first + rng.integers(0, max(1, min(3, last - first)), len(who))
    day = np.clip(np.where(wish < first * DAY, late, wish // DAY), first, last - 1)
    keep = rng.random(len(who)) < np.minimum(1.0, world.seasons.traffic[day] / 1.5)
    customers.came(rng, who[~keep], day[~keep] * DAY, np.zeros(int((~keep).sum()), np.bool_))
    who, day = who[keep], day[keep]
    lane = returning_lanes(rng, len(who))
    device = customers["device"][who].astype(np.int64)
    at = draw_times(world, rng, day, device)
    gone = np.where(
        (customers["hurt_until"][who] > at) & (rng.random(len(who)) < HURT_AWAY), customers["hurt_by"][who], 0
    )
    for planted in world.of(INTENT, first * DAY, last * DAY):
        away = during(planted, at) & (rng.random(len(who)) >= planted.factor)
        gone = np.where(away & (gone == 0), planted.number, gone)
    return Visits(
        at=at, lane=lane, campaign=plan.campaign[day, lane], device=device,
        system=customers["system"][who].astype(np.int64), place=customers["place"][who].astype(np.int64),
        visitor=customers["visitor"][who].astype(np.int64), customer=who, gone=gone.astype(np.int64),
        bonus=np.zeros(len(who), np.int64),
    )  # fmt: skip


def _keep_away(world: World, rng: np.random.Generator, visits: Visits, first: int, last: int) -> None:
    for planted in world.of(ARRIVAL, first * DAY, last * DAY):
        where = planted.incident.where
        lanes = np.array([_fits(where.get("source"), e.source) and _fits(where.get("medium"), e.medium) for e in LANES])
        regions = np.array([_fits(where.get("region"), place.region) for place in PLACES])
        hit: Flags = during(planted, visits.at) & lanes[visits.lane] & regions[visits.place]
        away = hit & (rng.random(len(visits)) >= planted.factor) & (visits.gone == 0)
        visits.gone[away] = planted.number


def _fits(wanted: str | None, value: str) -> bool:
    return wanted is None or wanted == value
