"""What lies around the orders: goods, prices, campaigns and spend, calendar, goals, benchmarks, competitors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from zhanggui.connectors.simulation.arrays import Longs, ids, money, numbers, pieces, words
from zhanggui.connectors.simulation.baskets import Baskets
from zhanggui.connectors.simulation.catalogue import (
    ALWAYS,
    BRANDS,
    LEAVES,
    PRODUCTS,
    SUPPLIERS,
    leaves_under,
    suppliers_of,
)
from zhanggui.connectors.simulation.checkout import SHIPPING_FEE
from zhanggui.connectors.simulation.clock import DAY, HOUR
from zhanggui.connectors.simulation.marketing import Plan
from zhanggui.connectors.simulation.options import END
from zhanggui.connectors.simulation.orders import Orders
from zhanggui.connectors.simulation.places import LANES, PAID, SMS
from zhanggui.connectors.simulation.replenishment import Delivery
from zhanggui.connectors.simulation.world import World

COMPETITORS = ("Homely", "Jiayou")
WATCHED = 160
CLICKS_A_VISIT = 1.12


def products_table(world: World) -> pa.Table:
    """The products."""
    goods = world.catalogue
    delisted = (goods.delisted == ALWAYS) | (goods.delisted > world.clock.days)
    return pa.table({
        "product_id": ids("P", np.arange(PRODUCTS), 5),
        "name": pa.array(goods.names, pa.string()),
        "category": words(goods.leaf, [leaf.path for leaf in LEAVES]),
        "brand": words(goods.brand, BRANDS),
        "supplier_id": words(goods.supplier, [f"S{number:04d}" for number in range(SUPPLIERS)]),
        "list_price": money(goods.list_price),
        "unit_cost": money(goods.cost),
        "listed_on": world.clock.dates(goods.listed),
        "delisted_on": world.clock.dates(np.where(delisted, 0, goods.delisted), delisted),
        "attributes": pa.array(goods.attributes, pa.string()),
    })  # fmt: skip


def suppliers_table(world: World) -> pa.Table:
    """The suppliers."""
    columns: dict[str, Any] = suppliers_of(world.options)
    for name in ("minimum_order", "pack_size"):
        columns[name] = pieces(np.array(columns[name]))
    return pa.table(columns)


def prices_table(world: World) -> pa.Table:
    """The price of every product when it is listed or time begins, and every change of it."""
    price, goods = world.catalogue.price, world.catalogue
    day, product = np.nonzero(price[1:] != price[:-1])
    born = np.where(goods.listed < 0, goods.listed, np.maximum(goods.listed, 0))
    changed = day + 1 > born[product]
    at = np.concatenate([born, day[changed] + 1])
    which = np.concatenate([np.arange(PRODUCTS), product[changed]])
    asked = price[np.clip(at, 0, len(price) - 1), which]
    order = np.lexsort((which, at))
    return pa.table({
        "product_id": ids("P", which[order], 5),
        "changed_at": world.clock.moments(at[order] * DAY),
        "price": money(asked[order]),
        "shipping_fee": money(np.full(len(order), SHIPPING_FEE)),
    })  # fmt: skip


def campaigns_table(world: World, plan: Plan) -> pa.Table:
    """The campaigns, each phase of a promotion one of its own."""
    entries = plan.campaigns
    first, last = (np.array([getattr(entry, name) for entry in entries], np.int64) for name in ("first", "last"))
    return pa.table({
        "campaign_id": [entry.id for entry in entries],
        "name": [entry.name for entry in entries],
        "kind": [entry.kind for entry in entries],
        "channel": [entry.channel for entry in entries],
        "starts_at": world.clock.moments(first * DAY),
        "ends_at": world.clock.moments((last + 1) * DAY),
        "phase": pa.array([entry.phase for entry in entries], pa.string()),
        "budget": money(np.array([round(entry.budget * 100) for entry in entries], np.int64)),
    })  # fmt: skip


def spend_table(
    world: World, plan: Plan, baskets: Baskets, orders: Orders, days: tuple[int, int], rng: np.random.Generator
) -> pa.Table:
    """Money spent on advertising, clicks, and what the platforms claim to have brought (a quarter too much)."""
    first, last = days
    visits = baskets.visits
    here = visits.gone == 0
    cell = (visits.at // DAY - first) * len(LANES) + visits.lane
    seen = np.bincount(cell[here], minlength=(last - first) * len(LANES)).reshape(last - first, -1)
    sold = (orders.placed // DAY - first) * len(LANES) + orders.lane
    paid = orders.paid >= 0
    brought, worth = (
        np.bincount(sold[paid], weight, (last - first) * len(LANES)).reshape(last - first, -1)
        for weight in (None, orders.total[paid])
    )
    day, lane = (grid.ravel() for grid in np.meshgrid(np.arange(first, last), PAID, indexing="ij"))
    at = (day - first, lane)
    clicks = np.round(seen[at] * CLICKS_A_VISIT).astype(np.int64)
    rate = np.array([0.021 if LANES[n].slot == "brand" else 0.011 for n in range(len(LANES))])[lane]
    shown = np.round(clicks / (rate * np.exp(rng.normal(0, 0.06, len(day))))).astype(np.int64)
    spend = np.round(plan.spend[day, lane] * 100 * np.exp(rng.normal(0, 0.02, len(day)))).astype(np.int64)
    paid_rows = pa.table({
        "day": world.clock.dates(day),
        "campaign_id": words(plan.campaign[day, lane], [entry.id for entry in plan.campaigns]),
        "source": words(lane, [entry.source for entry in LANES]),
        "impressions": numbers(shown),
        "clicks": numbers(clicks),
        "spend": money(spend),
        "reported_conversions": numbers(np.round(brought[at] * 1.25, 2)),
        "reported_value": money(np.round(worth[at] * 1.25).astype(np.int64)),
    })  # fmt: skip
    return pa.concat_tables([paid_rows, _texts_spend(world, plan, seen[:, SMS], days)])


def _texts_spend(world: World, plan: Plan, seen: Longs, days: tuple[int, int]) -> pa.Table:
    """Text messages are paid for on the day they are sent."""
    sent = [
        (n, entry) for n, entry in enumerate(plan.campaigns) if entry.kind == "sms" and days[0] <= entry.first < days[1]
    ]
    day = np.array([entry.first for _, entry in sent], np.int64)
    cost = np.array([round(entry.budget * 100) for _, entry in sent], np.int64)
    clicks = seen[day - days[0]].astype(np.int64)
    none = np.zeros(len(day), np.int64)
    return pa.table({
        "day": world.clock.dates(day),
        "campaign_id": words(np.array([n for n, _ in sent], np.int64), [entry.id for entry in plan.campaigns]),
        "source": words(np.full(len(day), SMS), [entry.source for entry in LANES]),
        "impressions": numbers(np.round(cost / 4.5).astype(np.int64)),
        "clicks": numbers(clicks),
        "spend": money(cost),
        "reported_conversions": numbers(none.astype(np.float64), none == 0),
        "reported_value": money(none, none == 0),
    })  # fmt: skip


def purchases_table(world: World, deliveries: list[Delivery], *, open_: bool) -> pa.Table:
    """Lines of purchase orders; ``open_`` ones have not come in yet."""
    column = {
        name: np.array([getattr(delivery, name) for delivery in deliveries], np.int64)
        for name in ("ordered_on", "expected_on", "arrives", "ordered", "received")
    }
    product = np.array([delivery.item[0] for delivery in deliveries], np.int64)
    none = np.full(len(deliveries), open_, np.bool_)
    return pa.table({
        "purchase_order_id": pa.array([delivery.reference for delivery in deliveries], pa.string()),
        "product_id": ids("P", product, 5),
        "supplier_id": words(world.catalogue.supplier[product], [f"S{number:04d}" for number in range(SUPPLIERS)]),
        "ordered_on": world.clock.dates(column["ordered_on"]),
        "expected_on": world.clock.dates(column["expected_on"]),
        "received_on": world.clock.dates(column["arrives"], none),
        "quantity_ordered": pieces(column["ordered"]),
        "quantity_received": pieces(column["received"], none),
        "unit_cost": money(world.catalogue.cost[product]),
    })  # fmt: skip


def competitors_table(world: World) -> pa.Table:
    """What two competitors ask for the most wanted products, seen every Monday morning."""
    rng, goods, clock = world.rng(81), world.catalogue, world.clock
    watched = np.unique(np.concatenate([goods.best("", WATCHED), goods.best("Bathroom", 40)]))
    mondays = np.arange((-clock.start.weekday()) % 7, clock.days, 7)
    shape = (len(mondays), len(COMPETITORS), len(watched))
    level = 1 + 0.05 * rng.standard_normal(shape[1:]) + 0.012 * np.cumsum(rng.standard_normal(shape), axis=0)
    asked = goods.list_price[watched] * np.clip(level, 0.75, 1.25)
    sale = rng.random(shape) < 0.05
    for planted in world.kinds("competitor_promotion"):
        inside = leaves_under(planted.incident.where["category_1"])[goods.leaf[watched]]
        then = (mondays * DAY >= planted.begin) & (mondays * DAY < planted.end)
        hit = then[:, None, None] & inside & np.array([True, False])[None, :, None]
        asked = np.where(hit, asked * float(planted.incident.size["competitor_price_factor"]) / 0.9, asked)
        sale |= hit
    asked = np.where(sale, asked * 0.9, asked)
    week, who, what = (grid.ravel() for grid in np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"))
    return pa.table({
        "product_id": ids("P", watched[what], 5),
        "competitor": words(who, COMPETITORS),
        "observed_at": clock.moments(mondays[week] * DAY + 6 * HOUR),
        "price": money(np.round(asked.ravel() / 10).astype(np.int64) * 10),
        "promotion": words(np.where(sale.ravel(), 0, -1), ("sale",)),
    })  # fmt: skip


RELEASES = (
    ("lianpay gateway 4.2.0", "2025-03-10", "2025-03-10", "release", "支付网关 lianpay 升级到 4.2.0"),
    ("lianpay gateway 4.1.4", "2025-03-19", "2025-03-19", "release", "支付网关 lianpay 回退到 4.1.4"),
    ("Site release 31", "2024-11-25", "2024-11-25", "release", "站点发布 31：搜索同义词"),
    ("Site release 38", "2025-05-12", "2025-05-12", "release", "站点发布 38：购买页"),
    ("Site release 52", "2026-05-26", "2026-05-26", "release", "站点发布 52：商品页"),
    ("Site release 55", "2026-08-10", "2026-08-10", "release", "站点发布 55：移动结算页"),
    ("Site down", "2024-11-11", "2024-11-11", "outage", "双十一晚间网站宕机"),
    ("Free delivery from 149", "2026-04-06", "2026-05-03", "policy", "包邮门槛提高到 149 元"),
    ("Points programme suspended", "2026-07-01", "2026-08-31", "policy", "会员积分暂停"),
)
"""What the team wrote into the calendar itself: not every incident is there."""


def calendar_table(world: World) -> pa.Table:
    """Festivals, promotions, releases, and the holiday season."""
    rows: list[tuple[str, date, date, str, str | None, str]] = []
    for feast in world.seasons.festivals:
        for day in feast.dates:
            rows.append(
                (feast.words.en, day, day + timedelta(feast.last), "festival", feast.country or None, feast.words.zh)
            )
    for run in world.seasons.promotions:
        kind = "platform_promotion" if run.platform else "own_promotion"
        begin, end = run.day + timedelta(run.phases[0][1]), run.day + timedelta(run.phases[-1][2])
        rows.append((run.words.en, begin, end, kind, None, run.words.zh))
    for name, first, last, kind, note in RELEASES:
        rows.append((name, date.fromisoformat(first), date.fromisoformat(last), kind, None, note))
    for year in range(world.options.start.year, END.year + 1):
        rows.append(("Summer holidays", date(year, 7, 1), date(year, 8, 31), "season", "CN", "暑假"))
    until = END + timedelta(92)
    kept = sorted(row for row in rows if row[2] >= world.options.start and row[1] < until)
    names = ("name", "starts_on", "ends_on", "kind", "country", "note")
    return pa.table({name: [row[place] for row in kept] for place, name in enumerate(names)})


_TARGETS = {"conversion_rate": 0.026, "refund_rate": 0.05, "nps": 45.0, "late_delivery_rate": 0.06}
_MARKET = {
    "conversion_rate": 0.024, "aov": 165.0, "bounce_rate": 0.50, "refund_rate": 0.065, "cart_abandonment_rate": 0.70,
    "payment_success_rate": 0.95, "rating": 4.3, "repurchase_rate": 0.27, "late_delivery_rate": 0.08,
}  # fmt: skip
ORDERS_A_DAY, SALES_AN_ORDER = 40.0, 212.0
"""What the plan expects at scale 1 on an average day."""


def goals_table(world: World) -> pa.Table:
    """Monthly targets: a plan that knows the season, a little above what the shop reaches."""
    rows = []
    demand = world.seasons.traffic * world.seasons.buying
    for first, last, start in _months(world):
        orders = 1.04 * ORDERS_A_DAY * world.options.scale * float(demand[first:last].sum())
        targets = {"orders": round(orders), "sales": round(orders * SALES_AN_ORDER, -1), **_TARGETS}
        rows += [(kpi, start, "month", "", float(value)) for kpi, value in targets.items()]
    return _rows(rows, ("kpi", "period_start", "grain", "segment", "target"))


def benchmarks_table(world: World) -> pa.Table:
    """What the market reached a month, from an invented industry panel."""
    rng = world.rng(82)
    rows = []
    for first, last, start in _months(world):
        pull = float(world.seasons.buying[first:last].mean())
        for kpi, value in _MARKET.items():
            factor = pull if kpi == "conversion_rate" else 1.0
            rows.append(
                (kpi, start, "", round(value * factor * float(np.exp(rng.normal(0, 0.03))), 4), "simulated panel")
            )
    return _rows(rows, ("kpi", "period_start", "segment", "value", "origin"))


def _months(world: World) -> list[tuple[int, int, date]]:
    """(first day number, day after the last, first day) of every simulated month."""
    starts = [day for day in world.clock.calendar if day.day == 1]
    ends = [*starts[1:], END]
    return [(world.clock.day_number(a), world.clock.day_number(b), a) for a, b in zip(starts, ends, strict=True)]


def _rows(rows: list[tuple[Any, ...]], names: tuple[str, ...]) -> pa.Table:
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})
