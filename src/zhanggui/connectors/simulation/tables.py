"""Orders and what follows them, as tables of the shop model."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pyarrow as pa

from zhanggui.connectors.simulation.aftersales import REFUND_REASONS, Fate
from zhanggui.connectors.simulation.arrays import Longs, ids, money, numbers, pieces, same, words
from zhanggui.connectors.simulation.clock import DAY
from zhanggui.connectors.simulation.customers import Customers
from zhanggui.connectors.simulation.events import COUNTRIES, MEDIUMS, REGIONS, SOURCES
from zhanggui.connectors.simulation.orders import COUPONS, ERRORS, VERSIONS, Attempts, Orders
from zhanggui.connectors.simulation.places import (
    CARRIERS,
    DEVICES,
    GATEWAYS,
    METHODS,
    PLACES,
    SALES_CHANNELS,
    WAREHOUSES,
)  # fmt: skip
from zhanggui.connectors.simulation.stock import REASONS, Levels, Movements
from zhanggui.connectors.simulation.texts import (
    CAUSE_KIND,
    CAUSE_PRIORITY,
    CAUSES,
    NPS,
    PRIORITIES,
    REVIEWS,
    TICKET_CHANNELS,
    TICKET_KINDS,
    TICKETS,
)  # fmt: skip
from zhanggui.connectors.simulation.voice import Answers, Reviews, Tickets
from zhanggui.connectors.simulation.world import World

STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled", "returned")
_CITIES = tuple(city for place in PLACES for city in (place.cities * 4)[:4])


def orders_table(world: World, orders: Orders, fate: Fate, session: Longs, campaigns: tuple[str, ...]) -> pa.Table:
    """The orders; ``session`` is the number of the visit's session (-1 = not tracked)."""
    end = world.clock.end
    status = np.where(orders.paid >= 0, 1, 0)
    status = np.where((fate.shipped >= 0) & (fate.shipped < end), 2, status)
    status = np.where((fate.delivered >= 0) & (fate.delivered < end), 3, status)
    status = np.where(orders.cancelled >= 0, 4, np.where(fate.back, 5, status))
    count = len(orders)
    return pa.table({
        "order_id": ids("O", orders.number, 8),
        "customer_id": ids("C", orders.customer, 8),
        "placed_at": world.clock.moments(orders.placed),
        "paid_at": world.clock.moments(orders.paid, orders.paid < 0),
        "cancelled_at": world.clock.moments(orders.cancelled, orders.cancelled < 0),
        "status": words(status, STATUSES),
        "sales_channel": words(orders.channel, SALES_CHANNELS),
        "source": words(orders.lane, SOURCES),
        "medium": words(orders.lane, MEDIUMS),
        "campaign_id": words(orders.campaign, campaigns),
        "device": words(orders.device, DEVICES),
        "country": words(orders.place, COUNTRIES),
        "region": words(orders.place, REGIONS),
        "city": words(orders.place * 4 + orders.city, _CITIES),
        "currency": same(world.options.currency, count),
        "fx_rate": numbers(np.ones(count)),
        "goods_amount": money(orders.goods),
        "discount_amount": money(orders.discount),
        "shipping_amount": money(orders.shipping),
        "tax_amount": money(np.zeros(count, np.int64)),
        "total_amount": money(orders.total),
        "coupon_code": words(orders.coupon, COUPONS),
        "payment_method": words(orders.method, METHODS),
        "session_id": ids("S", session, 9),
    })  # fmt: skip


def lines_table(orders: Orders) -> pa.Table:
    """The order lines."""
    return pa.table({
        "order_id": ids("O", orders.number[orders.line_order], 8),
        "line_no": numbers(orders.line_no),
        "product_id": ids("P", orders.product, 5),
        "quantity": pieces(orders.quantity),
        "unit_price": money(orders.price),
        "discount_amount": money(orders.line_discount),
        "unit_cost": money(orders.cost),
    })  # fmt: skip


def payments_table(world: World, orders: Orders, attempts: Attempts, first: int) -> pa.Table:
    """The payment attempts, numbered from ``first``."""
    order = attempts.order
    return pa.table({
        "attempt_id": ids("A", first + np.arange(len(order)), 9),
        "order_id": ids("O", orders.number[order], 8),
        "attempted_at": world.clock.moments(attempts.at),
        "gateway": words(attempts.gateway, GATEWAYS),
        "gateway_version": words(attempts.version, VERSIONS),
        "method": words(orders.method[order], METHODS),
        "amount": money(orders.total[order]),
        "status": words(attempts.succeeded.astype(np.int8), ("failed", "succeeded")),
        "error_code": words(attempts.error, ERRORS),
        "latency_ms": numbers(attempts.latency),
        "country": words(orders.place[order], COUNTRIES),
        "device": words(orders.device[order], DEVICES),
    })  # fmt: skip


def shipments_table(world: World, orders: Orders, fate: Fate, first: int) -> pa.Table:
    """The parcels that have left, numbered from ``first``."""
    parcels = fate.parcels
    which = np.nonzero(parcels.shipped < world.clock.end)[0]
    order, delivered = parcels.order[which], parcels.delivered[which]
    return pa.table({
        "shipment_id": ids("H", first + np.arange(len(which)), 9),
        "order_id": ids("O", orders.number[order], 8),
        "carrier": words(parcels.carrier[which], CARRIERS),
        "warehouse": words(parcels.warehouse[which], WAREHOUSES),
        "shipped_at": world.clock.moments(parcels.shipped[which]),
        "promised_at": world.clock.moments(parcels.promised[which] * DAY),
        "delivered_at": world.clock.moments(delivered, delivered >= world.clock.end),
        "region": words(orders.place[order], REGIONS),
        "cost": money(parcels.cost[which]),
    })  # fmt: skip


def refunds_table(world: World, orders: Orders, fate: Fate, first: int) -> pa.Table:
    """The refunds, numbered from ``first``."""
    refunds = fate.refunds
    safe = np.maximum(refunds.line, 0)
    line_no = orders.line_no[safe] if len(orders.line_no) else safe
    return pa.table({
        "refund_id": ids("R", first + np.arange(len(refunds.order)), 9),
        "order_id": ids("O", orders.number[refunds.order], 8),
        "line_no": numbers(line_no, refunds.line < 0),
        "refunded_at": world.clock.moments(refunds.at),
        "quantity": pieces(refunds.returned, refunds.returned <= 0),
        "amount": money(refunds.amount),
        "reason": words(refunds.reason, REFUND_REASONS),
    })  # fmt: skip


def customers_table(world: World, customers: Customers, who: Longs, campaigns: tuple[str, ...]) -> pa.Table:
    """The given customers, with what they told about themselves."""
    rng = world.rng(71, int(who[0]) if len(who) else 0)
    count = len(who)
    u = rng.random((6, count))
    place = customers["place"][who].astype(np.int64)
    born = np.clip(np.round(1990 + rng.normal(0, 9, count)), 1945, 2008).astype(np.int64)
    gender = np.where(u[0] < 0.58, 0, np.where(u[0] < 0.88, 1, -1))
    tags = np.where(u[1] < 0.12, 0, np.where(u[1] < 0.17, 1, np.where(u[1] < 0.19, 2, -1)))
    hashes = [sha256(f"{world.options.seed}:{number}@example.org".encode()).hexdigest()[:32] for number in who]
    lane = customers["lane"][who].astype(np.int64)
    return pa.table({
        "customer_id": ids("C", who, 8),
        "first_seen_at": world.clock.moments(customers["first"][who]),
        "registered_at": world.clock.moments(customers["registered"][who]),
        "country": words(place, COUNTRIES),
        "region": words(place, REGIONS),
        "city": words(place * 4 + customers["city"][who], _CITIES),
        "acquisition_source": words(lane, SOURCES),
        "acquisition_campaign_id": words(customers["campaign"][who], campaigns),
        "email_hash": pa.array(hashes, pa.string(), mask=u[2] < 0.15),
        "email_consent": pa.array(u[3] < 0.62),
        "sms_consent": pa.array(u[4] < 0.48),
        "birth_year": numbers(born, u[5] < 0.35),
        "gender": words(gender, ("female", "male")),
        "tags": words(tags, ("newsletter", "member,birthday_club", "wholesale")),
    })  # fmt: skip


def reviews_table(world: World, orders: Orders, reviews: Reviews, first: int) -> pa.Table:
    """The reviews, numbered from ``first``."""
    order = orders.line_order[reviews.line]
    flat = [entry for entries in REVIEWS for entry in entries]
    starts = np.cumsum([0, *[len(entries) for entries in REVIEWS]])
    code = (starts[reviews.theme] + reviews.text) * 2 + reviews.chinese
    return pa.table({
        "review_id": ids("W", first + np.arange(len(order)), 9),
        "order_id": ids("O", orders.number[order], 8),
        "product_id": ids("P", orders.product[reviews.line], 5),
        "customer_id": ids("C", orders.customer[order], 8),
        "created_at": world.clock.moments(reviews.at),
        "rating": numbers(reviews.rating.astype(np.float64)),
        "title": words(code, [text for entry in flat for text in (entry[0], entry[2])]),
        "text": words(code, [text for entry in flat for text in (entry[1], entry[3])]),
        "language": words(reviews.chinese.astype(np.int8), ("en", "zh")),
    })  # fmt: skip


def answers_table(
    world: World, orders: Orders, kind: str, answers: Answers, texts: tuple[tuple[str, str], ...]
) -> pa.Table:
    """Survey answers of one kind; the caller numbers them."""
    numbers_of = np.append(orders.number, -1)
    code = np.where(answers.text >= 0, answers.text * 2 + answers.chinese, -1)
    return pa.table({
        "survey": same(kind, len(answers.order)),
        "customer_id": ids("C", answers.customer, 8),
        "order_id": ids("O", numbers_of[answers.order], 8),
        "answered_at": world.clock.moments(answers.at),
        "score": numbers(answers.score.astype(np.float64), answers.score < 0),
        "text": words(code, [text for pair in texts for text in pair]),
    })  # fmt: skip


def tickets_table(world: World, orders: Orders, tickets: Tickets, first: int) -> pa.Table:
    """The tickets, numbered from ``first``."""
    order, cause = tickets.order, tickets.cause
    products = np.append(orders.product, -1)
    status = np.where(tickets.resolved >= 0, 2, np.where(tickets.answered >= 0, 1, 0))
    asked = cause == 0
    return pa.table({
        "ticket_id": ids("T", first + np.arange(len(order)), 9),
        "customer_id": ids("C", orders.customer[order], 8),
        "order_id": ids("O", np.where(asked, -1, orders.number[order]), 8),
        "product_id": ids("P", np.where(asked, orders.product[orders.first_line[order]], products[tickets.line]), 5),
        "channel": words(tickets.channel, TICKET_CHANNELS),
        "opened_at": world.clock.moments(tickets.opened),
        "first_response_at": world.clock.moments(tickets.answered, tickets.answered < 0),
        "resolved_at": world.clock.moments(tickets.resolved, tickets.resolved < 0),
        "status": words(status, ("open", "answered", "resolved")),
        "kind": words(np.array(CAUSE_KIND)[cause], TICKET_KINDS),
        "cause": words(cause, CAUSES),
        "priority": words(np.array(CAUSE_PRIORITY)[cause], PRIORITIES),
        "satisfaction": numbers(tickets.satisfaction.astype(np.float64), tickets.satisfaction < 0),
        "text": words(cause * 2 + tickets.chinese, [text for pair in TICKETS for text in pair]),
    })  # fmt: skip


def csat_table(world: World, orders: Orders, tickets: Tickets) -> pa.Table:
    """What customers answered after a ticket was settled, as a survey."""
    which = np.nonzero((tickets.satisfaction >= 0) & (tickets.resolved >= 0))[0]
    order = tickets.order[which]
    none = np.full(len(which), -1, np.int64)
    answers = Answers(
        order,
        orders.customer[order],
        tickets.resolved[which],
        tickets.satisfaction[which],
        none,
        tickets.chinese[which],
    )
    return answers_table(world, orders, "csat", answers, NPS)


def movements_table(world: World, orders: Orders, movements: Movements, first: int) -> pa.Table:
    """Sales of paid orders and all other movements, numbered from ``first``."""
    sold = np.nonzero((orders.paid >= 0)[orders.line_order])[0]
    order = orders.line_order[sold]
    # Two lines of one product in an order stay two movements.
    at = np.concatenate([orders.paid[order], np.array(movements.at, np.int64)])
    product = np.concatenate([orders.product[sold], np.array(movements.product, np.int64)])
    warehouse = np.concatenate([orders.warehouse[sold], np.array(movements.warehouse, np.int64)])
    quantity = np.concatenate([-orders.quantity[sold], np.array(movements.quantity, np.int64)])
    reason = np.concatenate([np.zeros(len(sold), np.int64), np.array(movements.reason, np.int64)])
    by_sale = ids("O", orders.number[order], 8).to_pylist()
    reference = pa.array([*by_sale, *movements.reference], pa.string())
    table = pa.table({
        "moved_at": world.clock.moments(at),
        "product_id": ids("P", product, 5),
        "warehouse": words(warehouse, WAREHOUSES),
        "quantity": pieces(quantity),
        "reason": words(reason, REASONS),
        "reference": reference,
    }).take(pa.array(np.argsort(at, kind="stable")))  # fmt: skip
    return table.add_column(0, "movement_id", ids("M", first + np.arange(len(at)), 10))


def levels_table(world: World, levels: Levels) -> pa.Table:
    """Snapshots at the last second of a day."""
    day, product, warehouse, on_hand, incoming = (
        np.concatenate(parts) if parts else np.empty(0, np.int64)
        for parts in (levels.day, levels.product, levels.warehouse, levels.on_hand, levels.incoming)
    )
    return pa.table({
        "taken_at": world.clock.moments((day + 1) * DAY - 1000),
        "product_id": ids("P", product, 5),
        "warehouse": words(warehouse, WAREHOUSES),
        "on_hand": pieces(on_hand),
        "incoming": pieces(np.maximum(incoming, 0)),
    })  # fmt: skip
