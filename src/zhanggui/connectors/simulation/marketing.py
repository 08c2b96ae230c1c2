"""Campaigns, what is spent on them day by day, and the visits that every lane brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from zhanggui.connectors.simulation.arrays import Floats, Longs
from zhanggui.connectors.simulation.clock import DAY
from zhanggui.connectors.simulation.places import EMAIL, LANES, PAID, SMS, Lane
from zhanggui.connectors.simulation.world import World

RESPONSE = 0.75
"""Visits grow with spend to this power: doubling the budget brings 68 % more."""

MAIL_DAYS = (3.9, 1.5, 0.6, 0.35, 0.25, 0.2, 0.2)
TEXT_DAYS = (7.5, 2.6, 1.2, 0.7, 0.5, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1)


@dataclass(frozen=True)
class Campaign:
    """One row of the campaigns' table; days are numbers, ``last`` is included; ``budget`` in whole units."""

    id: str
    name: str
    kind: str
    channel: str
    first: int
    last: int
    phase: str | None
    budget: float


@dataclass(frozen=True)
class Plan:
    """All campaigns; [day, lane] of the expected visits, of the campaign (-1 = none) and of the spend (whole units)."""

    campaigns: tuple[Campaign, ...]
    visits: Floats
    campaign: Longs
    spend: Floats


def plan_of(world: World) -> Plan:
    """The marketing plan of all simulated days."""
    days = world.clock.days
    traffic = world.seasons.traffic[:days]
    scale = world.options.scale
    visits = np.zeros((days, len(LANES)))
    campaign = np.full((days, len(LANES)), -1, np.int64)
    spend = np.zeros((days, len(LANES)))
    campaigns = _promotion_campaigns(world)
    rng = world.rng(31)
    for number, lane in enumerate(LANES):
        local = traffic**0.45 if lane.foreign > 0.5 else traffic
        visits[:, number] = scale * lane.daily * local
        if lane.cpc:
            push = _push(world, rng)
            usual = lane.daily * lane.cpc * 1.12
            spend[:, number] = scale * usual * push
            visits[:, number] = scale * lane.daily * push**RESPONSE * local**0.6
            _place_ads(world, lane, number, campaigns, (campaign, spend))
    _place_mailings(world, visits, campaign, campaigns)
    _place_budget_incidents(world, spend)
    return Plan(tuple(campaigns), visits, campaign, spend)


def _push(world: World, rng: np.random.Generator) -> Floats:
    """How hard a paid lane is pushed each day: by month, by weekday, and more while a promotion runs."""
    days = world.clock.days
    months = np.array([day.year * 12 + day.month for day in world.clock.calendar])
    levels = np.exp(rng.normal(0, 0.22, months.max() - months.min() + 1))
    daily = np.exp(rng.normal(0, 0.08, days))
    pushed: Floats = levels[months - months.min()] * daily * (1 + 0.9 * world.seasons.burst[:days])
    return pushed


def _place_ads(world: World, lane: Lane, number: int, campaigns: list[Campaign], grids: tuple[Longs, Floats]) -> None:
    """One campaign a lane and half year."""
    campaign, spend = grids
    halves: dict[str, list[int]] = {}
    for day, at in enumerate(world.clock.calendar):
        halves.setdefault(f"{at.year}H{1 if at.month < 7 else 2}", []).append(day)
    kind = "influencer" if lane.medium == "influencer" else "ad"
    for half, days in halves.items():
        campaign[days, number] = len(campaigns)
        budget = float(np.round(spend[days, number].sum() * 1.04, -1))
        name = f"{lane.source.capitalize()} {lane.slot} {half}"
        key = f"AD-{lane.source.upper()}-{lane.slot.upper()}-{half}"
        campaigns.append(Campaign(key, name, kind, lane.source, days[0], days[-1], None, budget))


def _place_mailings(world: World, visits: Floats, campaign: Longs, campaigns: list[Campaign]) -> None:
    """A newsletter every Tuesday, a text message every other Friday; visits fade from the day of sending."""
    start, days = world.clock.start, world.clock.days
    growth = 0.75 + 0.5 * np.arange(days) / 730.0
    for lane, weekday, every, shape, kind in (
        (EMAIL, 1, 7, MAIL_DAYS, "email"),
        (SMS, 4, 14, TEXT_DAYS, "sms"),
    ):
        visits[:, lane] *= growth
        anchor = date(2021, 1, 4) + timedelta(weekday)
        first = (anchor - start).days % every
        fade = np.zeros(days)
        for sent in range(first, days, every):
            last = min(sent + every, days)
            fade[sent:last] = shape[: last - sent]
            campaign[sent:last, lane] = len(campaigns)
            at = world.clock.date_of(sent)
            cost = 0.0 if kind == "email" else round(90 * world.options.scale, 2)
            key = f"{'MAIL' if kind == 'email' else 'TEXT'}-{at:%Y%m%d}"
            name = f"{'Newsletter' if kind == 'email' else 'Text message'} {at.isoformat()}"
            campaigns.append(Campaign(key, name, kind, LANES[lane].source, sent, last - 1, None, cost))
        visits[:, lane] *= fade


def _promotion_campaigns(world: World) -> list[Campaign]:
    """One campaign a phase of every promotion that the simulated days touch."""
    found = []
    for run in world.seasons.promotions:
        at = world.clock.day_number(run.day)
        for phase, first, last in run.phases:
            budget = 9000.0 * world.options.scale * (3 if run.platform else 1) * (2 if phase == "burst" else 1)
            key = f"PROMO-{run.key}-{run.day.year}-{phase.upper().replace('_', '')}"
            name = f"{run.words.en} {run.day.year}, {phase.replace('_', ' ')}"
            found.append(Campaign(key, name, "promotion", "shop", at + first, at + last, phase, round(budget)))
    return found


def _place_budget_incidents(world: World, spend: Floats) -> None:
    for planted in world.kinds("channel_cut"):
        where = planted.incident.where
        lanes = [n for n in PAID if LANES[n].source == where["source"] and LANES[n].medium == where["medium"]]
        days = slice(planted.begin // DAY, -(-planted.end // DAY))
        spend[days, lanes] *= float(planted.incident.size["spend_factor"])
