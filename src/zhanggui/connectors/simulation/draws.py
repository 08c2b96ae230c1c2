"""Random draws that fit what is known: devices, systems, places, times of day."""

from __future__ import annotations

import numpy as np

from zhanggui.connectors.simulation.arrays import Floats, Longs
from zhanggui.connectors.simulation.clock import DAY, HOUR
from zhanggui.connectors.simulation.places import DEVICES, FOREIGN_PLACES, HOME_PLACES, LANES, PLACES, SYSTEMS
from zhanggui.connectors.simulation.seasons import hour_profiles
from zhanggui.connectors.simulation.world import World

_HOURS = hour_profiles()


def draw_devices(rng: np.random.Generator, lane: Longs) -> Longs:
    """Devices that fit the lanes."""
    mobile = np.array([entry.mobile for entry in LANES])[lane]
    u = rng.random(len(lane))
    return np.where(u < mobile, 0, np.where(u < mobile + (1 - mobile) * 0.88, 1, 2))


def draw_systems(rng: np.random.Generator, device: Longs) -> Longs:
    """Operating system and browser that fit the devices."""
    return _draw_within(rng, device, [[n for n, s in enumerate(SYSTEMS) if s.device == d] for d in range(len(DEVICES))],
                        np.array([system.share for system in SYSTEMS]))  # fmt: skip


def draw_places(rng: np.random.Generator, lane: Longs) -> Longs:
    """Regions that fit the lanes."""
    foreign = rng.random(len(lane)) < np.array([entry.foreign for entry in LANES])[lane]
    shares = np.array([place.share for place in PLACES])
    return _draw_within(rng, foreign.astype(np.int64), [list(HOME_PLACES), list(FOREIGN_PLACES)], shares)


def _draw_within(rng: np.random.Generator, group: Longs, members: list[list[int]], shares: Floats) -> Longs:
    """For every entry one member of its group, by share."""
    u = rng.random(len(group))
    drawn = np.zeros(len(group), np.int64)
    for number, choices in enumerate(members):
        inside = group == number
        steps = np.cumsum(shares[choices])
        picked = np.searchsorted(steps / steps[-1], u[inside], side="right")
        drawn[inside] = np.array(choices)[np.minimum(picked, len(choices) - 1)]
    return drawn


def draw_times(world: World, rng: np.random.Generator, day: Longs, device: Longs) -> Longs:
    """Moments within their days, by the rhythm of device and weekday."""
    weekend = (day + world.clock.start.weekday()) % 7 >= 5
    profile = np.where(weekend, 2, np.where(device == 1, 1, 0))
    u = rng.random(len(day))
    hour = np.zeros(len(day), np.int64)
    for number in range(len(_HOURS)):
        mine = profile == number
        hour[mine] = np.minimum(np.searchsorted(_HOURS[number], u[mine], side="right"), 23)
    within: Longs = day * DAY + hour * HOUR + (rng.random(len(day)) * (HOUR - 1000)).astype(np.int64)
    return within
