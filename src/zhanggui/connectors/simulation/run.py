"""Time runs: slice by slice, visits become orders, parcels, reviews, events; tables come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from zhanggui.basics.progress import Progress, silent
from zhanggui.connectors.simulation import events, surroundings, tables
from zhanggui.connectors.simulation.aftersales import Fate, comebacks_of, fate_of, hurt_of
from zhanggui.connectors.simulation.arrays import Flags, Longs, ids
from zhanggui.connectors.simulation.baskets import Baskets, baskets_of
from zhanggui.connectors.simulation.bots import robots_of
from zhanggui.connectors.simulation.checkout import checkouts_of
from zhanggui.connectors.simulation.clock import DAY
from zhanggui.connectors.simulation.customers import Customers, earlier_customers
from zhanggui.connectors.simulation.funnel import TrueFunnel
from zhanggui.connectors.simulation.incidents import PAYMENT
from zhanggui.connectors.simulation.marketing import plan_of
from zhanggui.connectors.simulation.options import Options
from zhanggui.connectors.simulation.orders import Attempts, Orders, attempts_of, orders_of
from zhanggui.connectors.simulation.places import DEVICES, GATEWAYS
from zhanggui.connectors.simulation.shopping import looks_of, views_of
from zhanggui.connectors.simulation.stock import Stock
from zhanggui.connectors.simulation.texts import EXITS, NPS
from zhanggui.connectors.simulation.timeline import Moments, Steps, attempts_made, timeline_of, tracked
from zhanggui.connectors.simulation.truth import Ledger
from zhanggui.connectors.simulation.visits import Recent, nobody, visits_of
from zhanggui.connectors.simulation.voice import Tickets, exits_of, mood_of, nps_of, reviews_of, tickets_of
from zhanggui.connectors.simulation.world import during, world_of

CHUNK = 60_000
"""Rows of a table that are gathered before they are handed on."""
MOST = 100_000
"""Rows that are handed on at once at the most."""
GUESTS = 0.13
"""Share of new buyers who do not make an account."""
HURT_DAYS = 75

Named = tuple[str, pa.Table]


@dataclass
class _Free:
    """The next free numbers."""

    visitor: int = 1
    session: int = 1
    order: int = 1
    event: int = 1
    attempt: int = 1
    shipment: int = 1
    refund: int = 1
    review: int = 1
    survey: int = 1
    ticket: int = 1
    movement: int = 1
    robot: int = 0


@dataclass
class _Gatherer:
    """Joins small tables of the same name."""

    parts: dict[str, list[pa.Table]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, table: pa.Table) -> Iterator[Named]:
        """Keep ``table``; hand on when there is enough."""
        if table.num_rows:
            self.parts.setdefault(name, []).append(table)
            self.rows[name] = self.rows.get(name, 0) + table.num_rows
            if self.rows[name] >= CHUNK:
                yield from self.flush(name)

    def flush(self, name: str) -> Iterator[Named]:
        """Hand on what there is of a table."""
        parts = self.parts.pop(name, [])
        self.rows.pop(name, None)
        if parts:
            whole = pa.concat_tables(parts)
            for begin in range(0, whole.num_rows, MOST):
                yield name, whole.slice(begin, MOST)

    def flush_all(self) -> Iterator[Named]:
        """Hand on everything."""
        for name in sorted(self.parts):
            yield from self.flush(name)


class Simulation:
    """One simulated shop. ``tables`` can be gone through once; ``truth`` afterwards tells what the incidents did."""

    def __init__(self, options: Options) -> None:
        self.world = world_of(options)
        self._plan = plan_of(self.world)
        self._campaigns = tuple(entry.id for entry in self._plan.campaigns)
        self._customers = Customers()
        self._recent: Recent = nobody()
        self._free = _Free()
        self._ledger = Ledger(self.world)
        self._funnel = TrueFunnel(self.world)
        self._free.visitor += earlier_customers(self.world, self._customers, self._free.visitor)
        self._told = 0

    def tables(self, progress: Progress = silent) -> Iterator[Named]:
        """(table name, rows) in Arrow, a bounded number of rows at a time."""
        gatherer = _Gatherer()
        world, days = self.world, self.world.clock.days
        for name, table in self._surroundings():
            yield from gatherer.add(name, table)
        stock = Stock(world)
        yield from self._shelves(gatherer, stock, None)
        for number, first, last in world.slices():
            rng = world.rng(91, number)
            progress("simulate", first, days)
            for name, table in self._slice(rng, stock, first, last):
                yield from gatherer.add(name, table)
        rest = surroundings.purchases_table(world, stock.open_orders, open_=True)
        yield from gatherer.add("purchase_orders", rest)
        yield from gatherer.flush_all()
        progress("simulate", days, days)

    def truth(self) -> dict[str, Any]:
        """The planted incidents with what they did, and how far visits got; complete once all tables are through."""
        return {**self._ledger.report(), "funnel": self._funnel.report()}

    def _surroundings(self) -> Iterator[Named]:
        world = self.world
        yield "suppliers", surroundings.suppliers_table(world)
        yield "products", surroundings.products_table(world)
        yield "price_changes", surroundings.prices_table(world)
        yield "campaigns", surroundings.campaigns_table(world, self._plan)
        yield "calendar", surroundings.calendar_table(world)
        yield "goals", surroundings.goals_table(world)
        yield "benchmarks", surroundings.benchmarks_table(world)
        yield "competitor_prices", surroundings.competitors_table(world)

    def _shelves(self, gatherer: _Gatherer, stock: Stock, orders: Orders | None) -> Iterator[Named]:
        for name, table in self._stock_tables(stock, orders or _no_orders()):
            yield from gatherer.add(name, table)

    def _slice(self, rng: np.random.Generator, stock: Stock, first: int, last: int) -> Iterator[Named]:
        world = self.world
        visits = visits_of(world, self._plan, self._customers, self._recent, (first, last, self._free.visitor, rng))
        self._free.visitor += len(visits)
        looks = looks_of(world, rng, visits)
        views = views_of(world, rng, visits, looks)
        checkouts = checkouts_of(world, rng, visits, looks, views)
        baskets = baskets_of(world, stock, (visits, looks, views, checkouts), first, last)
        joining = baskets.named & (visits.customer < 0) & (rng.random(len(visits)) >= GUESTS)
        steps, moments = timeline_of(world, rng, baskets, joining)
        orders = orders_of(world, rng, baskets, moments, self._free.order)
        known_before = visits.customer >= 0
        told = self._join(rng, baskets, moments, orders)
        fate = fate_of(world, rng, orders)
        stock.come_back(comebacks_of(rng, orders, fate, last, world.clock.days))
        yield "customers", tables.customers_table(world, self._customers, told, self._campaigns)
        yield from self._behaviour(rng, (baskets, steps, orders), known_before, (first, last))
        yield from self._sales(rng, baskets, orders, fate)
        yield "ad_spend", surroundings.spend_table(world, self._plan, baskets, orders, (first, last), rng)
        yield from self._stock_tables(stock, orders)
        self._remember(baskets, orders, fate)
        self._ledger.shopping(baskets)
        self._funnel.add(baskets)

    def _join(self, rng: np.random.Generator, baskets: Baskets, moments: Moments, orders: Orders) -> Longs:
        """Visitors who made an account become customers; the numbers of those not told yet."""
        visits, customers = baskets.visits, self._customers
        came = (visits.customer >= 0) & (visits.gone == 0)
        who, at = visits.customer[visits.customer >= 0], visits.at[visits.customer >= 0]
        bought = (baskets.paid & came)[visits.customer >= 0]
        customers.came(rng, who, at, bought)
        new = np.nonzero(moments.signed >= 0)[0]
        new = new[np.argsort(moments.signed[new], kind="stable")]
        numbers = customers.add(
            rng, registered=moments.signed[new], first=visits.at[new], lane=visits.lane[new],
            campaign=visits.campaign[new], device=visits.device[new], system=visits.system[new],
            place=visits.place[new], city=rng.integers(0, 4, len(new)), visitor=visits.visitor[new],
        )  # fmt: skip
        visits.customer[new] = numbers
        customers["orders"][numbers] += baskets.paid[new]
        orders.customer[:] = visits.customer[orders.visit]
        told = np.arange(self._told, customers.count)
        self._told = customers.count
        return told

    def _remember(self, baskets: Baskets, orders: Orders, fate: Fate) -> None:
        """Who may come again soon, and who was hurt."""
        visits = baskets.visits
        stay = np.nonzero((visits.customer < 0) & (visits.gone == 0))[0]
        self._recent = Recent(visits.visitor[stay], visits.device[stay], visits.system[stay], visits.place[stay])
        who, at, number = hurt_of(orders, fate)
        for incident in np.unique(number):
            mine = number == incident
            self._customers.hurt(who[mine], at[mine] + HURT_DAYS * DAY, int(incident))

    def _behaviour(
        self, rng: np.random.Generator, went: tuple[Baskets, Steps, Orders], known_before: Flags, days: tuple[int, int]
    ) -> Iterator[Named]:
        baskets, steps, orders = went
        world, visits = self.world, baskets.visits
        yield "traffic_daily", events.traffic_table(world, baskets, steps)
        kept = tracked(world, baskets, steps)
        self._ledger.tracking(steps, kept)
        logged_in = known_before & (rng.random(len(visits)) < 0.7)
        since = events.known_since(steps, len(visits), logged_in)
        seen = Steps(**{name: values[kept] for name, values in vars(steps).items()})
        has = np.bincount(seen.visit, minlength=len(visits)) > 0
        session = np.where(has, self._free.session + np.cumsum(has) - 1, -1)
        order = np.full(len(visits), -1, np.int64)
        order[orders.visit] = orders.number
        known = events.Tracked(session, order, visits.customer, since, self._free.event)
        people = {
            "events": events.events_table(world, rng, baskets, seen, known, self._campaigns),
            "sessions": events.sessions_table(world, baskets, seen, known, self._campaigns),
        }
        self._free.session += int(has.sum())
        self._free.event += len(seen)
        self._session = session
        for name, robots in self._robots(rng, *days):
            yield name, pa.concat_tables([people[name], robots], promote_options="default")

    def _sales(self, rng: np.random.Generator, baskets: Baskets, orders: Orders, fate: Fate) -> Iterator[Named]:
        world, free = self.world, self._free
        attempts = attempts_of(world, rng, baskets, orders)
        self._note_attempts(orders, attempts)
        yield "orders", tables.orders_table(world, orders, fate, self._session[orders.visit], self._campaigns)
        yield "order_lines", tables.lines_table(orders)
        yield "payments", tables.payments_table(world, orders, attempts, free.attempt)
        shipments = tables.shipments_table(world, orders, fate, free.shipment)
        yield "shipments", shipments
        yield "refunds", tables.refunds_table(world, orders, fate, free.refund)
        free.order += len(orders)
        free.attempt += len(attempts.order)
        free.shipment += shipments.num_rows
        free.refund += len(fate.refunds.order)
        mood = mood_of(world, rng, orders, fate)
        reviews = reviews_of(world, rng, orders, fate, mood)
        yield "reviews", tables.reviews_table(world, orders, reviews, free.review)
        free.review += len(reviews.line)
        tickets = tickets_of(world, rng, orders, fate, attempts_made(baskets)[orders.visit])
        yield "tickets", tables.tickets_table(world, orders, tickets, free.ticket)
        free.ticket += len(tickets.order)
        self._hurt_by_service(orders, tickets)
        self._ledger.aftermath(orders, fate, tickets)
        yield "surveys", self._surveys(rng, baskets, orders, fate, (mood, tickets))

    def _surveys(
        self, rng: np.random.Generator, baskets: Baskets, orders: Orders, fate: Fate, heard: tuple[Any, Tickets]
    ) -> pa.Table:
        mood, tickets = heard
        world = self.world
        table = pa.concat_tables([
            tables.answers_table(world, orders, "nps", nps_of(world, rng, orders, fate, mood), NPS),
            tables.csat_table(world, orders, tickets),
            tables.answers_table(world, orders, "exit", exits_of(world, rng, baskets), EXITS),
        ])  # fmt: skip
        numbered = table.add_column(0, "response_id", ids("N", self._free.survey + np.arange(table.num_rows), 9))
        self._free.survey += table.num_rows
        return numbered

    def _hurt_by_service(self, orders: Orders, tickets: Tickets) -> None:
        customer = orders.customer[tickets.order]
        for number in np.unique(tickets.by[tickets.by > 0]):
            mine = (tickets.by == number) & (customer >= 0)
            self._customers.hurt(customer[mine], tickets.opened[mine] + HURT_DAYS * DAY, int(number))

    def _note_attempts(self, orders: Orders, attempts: Attempts) -> None:
        for planted in self.world.of(PAYMENT, 0, self.world.clock.end):
            where = planted.incident.where
            mine = during(planted, attempts.at) & (attempts.gateway == GATEWAYS.index(where["gateway"]))
            if "device" in where:
                mine &= orders.device[attempts.order] == DEVICES.index(where["device"])
            self._ledger.attempts(planted.number, int((mine & ~attempts.succeeded).sum()), int(mine.sum()))

    def _stock_tables(self, stock: Stock, orders: Orders) -> Iterator[Named]:
        world = self.world
        movements = tables.movements_table(world, orders, stock.movements, self._free.movement)
        self._free.movement += movements.num_rows
        yield "stock_movements", movements
        yield "stock_levels", tables.levels_table(world, stock.levels)
        yield "purchase_orders", surroundings.purchases_table(world, stock.received, open_=False)

    def _robots(self, rng: np.random.Generator, first: int, last: int) -> Iterator[Named]:
        free = self._free
        seen, sessions, following, hidden = robots_of(
            self.world, self._plan, rng, (first, last), (free.robot, free.session, free.event)
        )
        free.robot, free.session, free.event = following
        self._ledger.robots(hidden)
        yield "events", seen
        yield "sessions", sessions


def _no_orders() -> Orders:
    none: Longs = np.empty(0, np.int64)
    columns: dict[str, Any] = dict.fromkeys(Orders.__dataclass_fields__, none)
    return Orders(**columns)
