"""What every incident cost: the same shoppers, with it and without it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from zhanggui.connectors.simulation.aftersales import Fate
from zhanggui.connectors.simulation.arrays import Flags, Longs
from zhanggui.connectors.simulation.baskets import Baskets, missing_by
from zhanggui.connectors.simulation.incidents import PRICE, Planted
from zhanggui.connectors.simulation.options import END
from zhanggui.connectors.simulation.orders import Orders
from zhanggui.connectors.simulation.timeline import PURCHASE, Steps
from zhanggui.connectors.simulation.voice import Tickets
from zhanggui.connectors.simulation.world import World, during

MEANING = (
    "effect: with minus without the incident, lived by the same shoppers; sales before coupons in the shop's currency. "
    "shop_*: the whole shop while it lasts; shop_*_without: the same without any incident."
)


class Ledger:
    """Counts, slice by slice, what the incidents changed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sums: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def shopping(self, baskets: Baskets) -> None:
        """Orders and sales with and without the incidents, before coupons."""
        visits, views = baskets.visits, baskets.views
        if not len(views):
            return
        empty = missing_by(self._world, baskets)
        row, visit = baskets.row[views.visit], views.visit
        would_pay = (row >= 0) & (_at(baskets.checkouts.would, row) > 0)
        would = views.cart0 & would_pay & ~(baskets.missing & (empty == 0))
        real = baskets.carted & baskets.paid[visit]
        cause = self._causes(baskets, empty, row)
        off = views.off * views.plain // np.maximum(views.price, 1)
        worth = views.quantity * (views.plain - off) * would
        got = views.quantity * (views.price - views.off) * real
        bonus = visits.bonus[visit]
        cause = np.where(real & (bonus > 0), bonus, cause)
        worth = np.where(real & (bonus > 0), 0, worth)
        size = len(self._world.planted) + 1
        sales = np.bincount(cause, got - worth, size)
        orders = self._orders(baskets, would, cause, size)
        for planted in self._world.planted:
            self._add(planted.number, "sales", sales[planted.number] / 100)
            self._add(planted.number, "orders", orders[planted.number])
            self._add(planted.number, "visits_kept_away", int((visits.gone == planted.number).sum()))
            self._totals(planted, baskets, would, (got, worth))

    def _causes(self, baskets: Baskets, empty: Longs, row: Longs) -> Longs:
        """The incident behind every line that differs: the first on its way from the visit to the payment."""
        views, visits = baskets.views, baskets.visits
        at_pay = np.where(row >= 0, _at(baskets.checkouts.cause, row), 0)
        cause = np.zeros(len(views), np.int64)
        for planted in self._world.planted:
            if planted.incident.mechanism == PRICE:
                cause[views.price > views.plain] = planted.number
        dearer = cause
        for step in (
            empty,
            at_pay,
            np.where(views.cart0 & ~views.cart, views.cause, 0),
            views.gone,
            visits.gone[views.visit],
        ):
            cause = np.where(step > 0, step, cause)
        lost_at_cart = views.cart0 & ~views.cart
        return np.where(lost_at_cart | (cause != 0), cause, dearer)

    def _orders(self, baskets: Baskets, would: Flags, cause: Longs, size: int) -> Longs:
        views, count = baskets.views, len(baskets.visits)
        wished = np.bincount(views.visit[would], minlength=count) > 0
        lost = wished & ~baskets.paid
        why = np.zeros(count, np.int64)
        np.maximum.at(why, views.visit[would], cause[would])
        change = -np.bincount(why[lost], minlength=size)
        more = baskets.paid & (baskets.visits.bonus > 0)
        return change + np.bincount(baskets.visits.bonus[more], minlength=size)

    def _totals(self, planted: Planted, baskets: Baskets, would: Flags, amounts: tuple[Longs, Longs]) -> None:
        """Orders and sales of the whole shop while the incident lasts."""
        visits, views = baskets.visits, baskets.views
        inside = during(planted, visits.at)
        if not inside.any():
            return
        mine = inside[views.visit]
        self._add(planted.number, "shop_orders", int((baskets.paid & inside).sum()))
        self._add(planted.number, "shop_orders_without", len(np.unique(views.visit[would & mine])))
        self._add(planted.number, "shop_sales", amounts[0][mine].sum() / 100)
        self._add(planted.number, "shop_sales_without", amounts[1][mine].sum() / 100)

    def aftermath(self, orders: Orders, fate: Fate, tickets: Tickets) -> None:
        """Late parcels, bad pieces, refunds, slow answers, coupons."""
        defect_lines = fate.refunds.line[fate.refunds.line >= 0]
        amounts = fate.refunds.amount[fate.refunds.line >= 0]
        for planted in self._world.planted:
            number = planted.number
            self._add(number, "parcels_late", int((fate.parcels.late & (fate.parcels.by == number)).sum()))
            self._add(number, "lines_of_bad_batch", int((fate.bad_by == number).sum()))
            mine = fate.bad_by[defect_lines] == number
            self._add(number, "refunds", int(mine.sum()))
            self._add(number, "refunded", amounts[mine].sum() / 100)
            self._add(number, "tickets_answered_late", int((tickets.by == number).sum()))
            leaked = orders.leaked == number
            self._add(number, "orders_with_leaked_coupon", int(leaked.sum()))
            self._add(number, "coupon_discount", orders.line_coupon[leaked[orders.line_order]].sum() / 100)

    def tracking(self, steps: Steps, kept: Flags) -> None:
        """Events that the tracker lost."""
        for planted in self._world.planted:
            if planted.incident.kind in ("tracking_outage", "purchase_tracking"):
                lost = ~kept & during(planted, steps.at)
                self._add(planted.number, "events_lost", int(lost.sum()))
                self._add(planted.number, "purchase_events_lost", int((lost & (steps.kind == PURCHASE)).sum()))

    def robots(self, hidden_at: Longs) -> None:
        """Visits of robots that nobody recognised."""
        for planted in self._world.kinds("bots"):
            self._add(planted.number, "robot_visits_not_recognised", int(during(planted, hidden_at).sum()))

    def attempts(self, number: int, failed: int, made: int) -> None:
        """Payment attempts within the reach of a gateway incident."""
        self._add(number, "attempts", made)
        self._add(number, "attempts_failed", failed)

    def report(self) -> dict[str, Any]:
        """The truth as a JSON document."""
        world = self._world
        return {
            "simulated": True,
            "options": {
                "scale": world.options.scale, "seed": world.options.seed, "months": world.options.months,
                "currency": world.options.currency, "timezone": world.options.timezone,
            },
            "window": {"from": world.options.start.isoformat(), "to": END.isoformat()},
            "meaning": MEANING,
            "incidents": [self._incident(planted) for planted in world.planted],
        }  # fmt: skip

    def _incident(self, planted: Planted) -> dict[str, Any]:
        incident = planted.incident
        sums = {
            name: round(value, 2)
            for name, value in sorted(self._sums[planted.number].items())
            if value or name.startswith("shop_")
        }
        effect = {"orders": int(sums.pop("orders", 0)), "sales": sums.pop("sales", 0.0), **sums}
        return {
            "id": incident.id,
            "kind": incident.kind,
            "family": incident.family,
            "words": incident.words.to_json(),
            "where": dict(incident.where),
            "products": [f"P{number:05d}" for number in planted.products],
            "from": self._iso(planted.begin),
            "to": self._iso(planted.end),
            "size": dict(incident.size),
            "kpis": [{"kpi": kpi, "direction": direction} for kpi, direction in incident.kpis],
            "effect": effect,
        }

    def _iso(self, moment: int) -> str:
        local: datetime = self._world.clock.local(moment)
        return local.replace(tzinfo=ZoneInfo(self._world.options.timezone)).isoformat()

    def _add(self, number: int, name: str, value: float) -> None:
        self._sums[number][name] += float(value)


def _at(values: Longs | Flags, row: Longs) -> Longs:
    """``values`` at ``row``; anything where there is no row."""
    if not len(values):
        return np.zeros(len(row), np.int64)
    found: Longs = values.astype(np.int64)[np.maximum(row, 0)]
    return found
