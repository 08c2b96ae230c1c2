"""Reviews, survey answers and service tickets, tied to what the customers lived through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhanggui.connectors.simulation.aftersales import DAMAGED, DEFECT, DESCRIBED, LATE, WRONG, Fate
from zhanggui.connectors.simulation.arrays import Flags, Floats, Longs
from zhanggui.connectors.simulation.baskets import Baskets
from zhanggui.connectors.simulation.clock import DAY, HOUR, MINUTE
from zhanggui.connectors.simulation.incidents import SERVICE
from zhanggui.connectors.simulation.orders import Orders
from zhanggui.connectors.simulation.places import PLACES
from zhanggui.connectors.simulation.texts import (
    ASKED,
    BROKEN,
    FAIR,
    GOOD,
    POOR,
    REVIEWS,
    T_DEFECT,
    T_INVOICE,
    T_LATE,
    T_PAYMENT,
    T_RETURN,
    T_WRONG,
    TARDY,
    WHERE,
)  # fmt: skip
from zhanggui.connectors.simulation.world import World, during


@dataclass
class Reviews:
    """Reviews: line position, moment, rating, theme, which of its texts, whether in Chinese."""

    line: Longs
    at: Longs
    rating: Longs
    theme: Longs
    text: Longs
    chinese: Flags


@dataclass
class Answers:
    """Survey answers: order position (-1 = none), customer (-1 = none), moment, score, text (-1 = none), in Chinese."""

    order: Longs
    customer: Longs
    at: Longs
    score: Longs
    text: Longs
    chinese: Flags


@dataclass
class Tickets:
    """Tickets: order position, line position (-1 = none), cause, moments (-1 = not yet), satisfaction (-1 = none)."""

    order: Longs
    line: Longs
    cause: Longs
    channel: Longs
    opened: Longs
    answered: Longs
    resolved: Longs
    satisfaction: Longs
    chinese: Flags
    by: Longs


def chinese_of(orders: Orders) -> Flags:
    """Whose customers write Chinese."""
    at_home: Flags = np.array([place.country in ("CN", "HK") for place in PLACES])[orders.place]
    return at_home


def mood_of(world: World, rng: np.random.Generator, orders: Orders, fate: Fate) -> Floats:
    """How content customers are with every line, 0 = usual."""
    late_days = np.zeros(len(orders))
    np.maximum.at(late_days, fate.parcels.order, fate.parcels.delivered / DAY - fate.parcels.promised - 1)
    order = orders.line_order
    mood: Floats = 0.7 * world.catalogue.quality[orders.product] + rng.normal(0, 0.75, len(order))
    mood -= np.where(fate.late, 1.3 + 0.16 * np.clip(late_days, 0, 7), 0.0)[order] + 3.4 * fate.bad
    return mood


def reviews_of(world: World, rng: np.random.Generator, orders: Orders, fate: Fate, mood: Floats) -> Reviews:
    """Reviews of delivered lines; the angry write more often."""
    delivered = fate.delivered[orders.line_order]
    chance = np.where(fate.bad, 0.42, np.where(mood < -1.4, 0.20, 0.13))
    line = np.nonzero((delivered >= 0) & (rng.random(len(mood)) < chance))[0]
    at = delivered[line] + HOUR + (rng.gamma(1.6, 1.7, len(line)) * DAY).astype(np.int64)
    line, at = line[at < world.clock.end], at[at < world.clock.end]
    felt = mood[line]
    rating = 1 + (felt[:, None] > np.array([-2.05, -1.6, -1.05, -0.35])).sum(axis=1)
    theme = np.where(rating >= 4, GOOD, np.where(rating == 3, FAIR, POOR))
    theme = np.where((rating <= 3) & fate.late[orders.line_order[line]], TARDY, theme)
    theme = np.where((rating <= 3) & fate.bad[line], BROKEN, theme)
    texts = np.array([len(entries) for entries in REVIEWS])[theme]
    text = (rng.random(len(line)) * texts).astype(np.int64)
    return Reviews(line, at, rating, theme, text, chinese_of(orders)[orders.line_order[line]])


def nps_of(world: World, rng: np.random.Generator, orders: Orders, fate: Fate, mood: Floats) -> Answers:
    """A twentieth of the known customers answer how likely they recommend the shop."""
    worst = np.full(len(orders), 9.0)
    np.minimum.at(worst, orders.line_order, mood)
    asked = (fate.delivered >= 0) & (orders.customer >= 0) & (rng.random(len(orders)) < 0.055)
    order = np.nonzero(asked)[0]
    at = fate.delivered[order] + 2 * DAY + (rng.random(len(order)) * 5 * DAY).astype(np.int64)
    order, at = order[at < world.clock.end], at[at < world.clock.end]
    score = np.clip(np.round(8.9 + 1.5 * worst[order] + rng.normal(0, 0.9, len(order))), 0, 10).astype(np.int64)
    text = np.where(score >= 9, 0, np.where(score >= 8, 1, np.where(fate.late[order] & (score < 7), 3, 2)))
    broken = np.bincount(orders.line_order[fate.bad], minlength=len(orders)) > 0
    text = np.where(broken[order] & (score < 7), 4, text)
    text = np.where(rng.random(len(order)) < 0.5, text, -1)
    return Answers(order, orders.customer[order], at, score, text, chinese_of(orders)[order])


def exits_of(world: World, rng: np.random.Generator, baskets: Baskets) -> Answers:
    """What visitors who leave a cart behind answer when asked why."""
    visits, count = baskets.visits, len(baskets.visits)
    filled = np.bincount(baskets.views.visit[baskets.carted], minlength=count) > 0
    which = np.nonzero(filled & ~baskets.paid & (rng.random(count) < 0.02))[0]
    why = rng.choice(6, len(which), p=[0.27, 0.30, 0.17, 0.06, 0.08, 0.12])
    tried = baskets.named[which]
    cause = baskets.checkouts.cause[baskets.row[which]]
    for planted in world.planted:
        answer = {"shipping_threshold": 0, "slow_pages": 4, "gateway_version": 3, "gateway_outage": 3}.get(
            planted.incident.kind
        )
        if answer is not None:
            why[(cause == planted.number)] = answer
    why = np.where(tried, 3, why)
    none = np.full(len(which), -1, np.int64)
    home = np.array([place.country in ("CN", "HK") for place in PLACES])[visits.place[which]]
    at = np.minimum(visits.at[which] + 20 * MINUTE, (visits.at[which] // DAY + 1) * DAY - 1000)
    return Answers(none, none, at, none, why, home)


def tickets_of(world: World, rng: np.random.Generator, orders: Orders, fate: Fate, tries: Longs) -> Tickets:
    """Questions and complaints; ``tries`` are the payment attempts of every order."""
    order, line, cause, opened = _opened(rng, orders, fate, tries)
    keep = (opened >= 0) & (opened < world.clock.end)
    order, line, cause, opened = order[keep], line[keep], cause[keep], opened[keep]
    slow, by = np.ones(len(order)), np.zeros(len(order), np.int64)
    for planted in world.of(SERVICE, 0, world.clock.end):
        hit = during(planted, opened)
        slow[hit], by[hit] = planted.factor, planted.number
    waited = rng.lognormal(0.0, 0.85, len(order)) * 0.8 * slow
    answered = working_hours(opened, (waited * HOUR).astype(np.int64))
    solved = rng.lognormal(0.0, 0.8, len(order)) * np.where(cause == T_DEFECT, 26, 9) * slow**0.5
    resolved = answered + (solved * HOUR).astype(np.int64) + 2 * MINUTE
    content = 4.6 - 0.25 * np.log1p(waited) * 2 - np.where(np.isin(cause, (T_LATE, T_DEFECT)), 0.7, 0.0)
    felt = np.clip(np.round(content + rng.normal(0, 0.8, len(order))), 1, 5).astype(np.int64)
    said = (rng.random(len(order)) < 0.4) & (resolved < world.clock.end)
    channel = rng.choice(3, len(order), p=[0.7, 0.18, 0.12])
    return Tickets(
        order, line, cause, channel, opened, _until(world, answered), _until(world, resolved), np.where(said, felt, -1),
        chinese_of(orders)[order], by,
    )  # fmt: skip


def _until(world: World, moments: Longs) -> Longs:
    return np.where(moments < world.clock.end, moments, -1)


def _opened(rng: np.random.Generator, orders: Orders, fate: Fate, tries: Longs) -> tuple[Longs, Longs, Longs, Longs]:
    count = len(orders)
    u = rng.random((4, count))
    wait = (rng.random(count) * 1.5 * DAY).astype(np.int64)
    refunds = fate.refunds
    talk = rng.random(len(refunds.order)) < 0.42
    by_reason = np.full(7, T_RETURN)
    by_reason[[DEFECT, DAMAGED, DESCRIBED]], by_reason[WRONG], by_reason[LATE] = T_DEFECT, T_WRONG, T_LATE
    few = np.where(np.isin(refunds.reason, (DEFECT,)), True, rng.random(len(talk)) < 0.6)
    causes = np.where(few, by_reason[refunds.reason], T_RETURN)
    ask, late = np.nonzero(u[0] < 0.022)[0], np.nonzero(fate.late & (u[1] < 0.26))[0]
    stuck, bill = np.nonzero((tries >= 2) & (u[2] < 0.12))[0], np.nonzero((orders.paid >= 0) & (u[3] < 0.007))[0]
    where = np.nonzero((fate.shipped >= 0) & (u[3] > 0.988))[0]
    parts = (
        (ask, np.full(len(ask), ASKED), orders.placed[ask] - 20 * MINUTE),
        (late, np.full(len(late), T_LATE), fate.delivered[late] - 6 * HOUR + wait[late] // 3),
        (stuck, np.full(len(stuck), T_PAYMENT), orders.placed[stuck] + 5 * MINUTE + wait[stuck] // 60),
        (bill, np.full(len(bill), T_INVOICE), orders.paid[bill] + wait[bill]),
        (where, np.full(len(where), WHERE), fate.shipped[where] + wait[where]),
        (refunds.order[talk], causes[talk], refunds.at[talk] - 20 * HOUR),
    )
    order, cause, opened = (np.concatenate([part[place] for part in parts]) for place in range(3))
    none = np.full(len(order) - int(talk.sum()), -1, np.int64)
    return order, np.concatenate([none, refunds.line[talk]]), cause, opened


def working_hours(begin: Longs, wait: Longs) -> Longs:
    """The moment when ``wait`` of service hours (9 to 21 every day) have passed since ``begin``."""
    morning, evening = 9 * HOUR, 21 * HOUR
    length = evening - morning
    day, within = begin // DAY, begin % DAY
    done = np.clip(within - morning, 0, length) + wait
    moments: Longs = (day + done // length) * DAY + morning + done % length
    return moments
