"""Facts: the rows that KPIs count, how to reach other tables from them, and by what they can be sliced.

Aliases in KPI files are the keys of :data:`FACTS`; ``order`` and ``rank`` are written ``ord`` and ``rk`` in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ORDER_JOIN = "LEFT JOIN orders AS ord ON ord.order_id = {fact}.order_id"
RANK_JOIN = "LEFT JOIN order_ranks AS rk ON rk.order_id = ord.order_id"
PRODUCT_JOIN = "LEFT JOIN products AS product ON product.product_id = {fact}.product_id"
VISIT_JOIN = "LEFT JOIN visits AS visit ON visit.session_id = event.session_id"

DAYS = "{days}"
_LISTED = (
    "CASE WHEN (goods.listed_on IS NULL OR goods.listed_on <= frame.from_day) "
    "AND (goods.delisted_on IS NULL OR frame.from_day < goods.delisted_on) THEN 1 ELSE 0 END"
)
_SPANS = (
    " FROM {days} JOIN stock_spans AS span ON span.from_day <= frame.from_day AND frame.from_day < span.to_day "
    "LEFT JOIN products AS goods ON goods.product_id = span.product_id"
)
STOCK_ROWS = {
    "stock": "(SELECT frame.from_day AS day, frame.bucket AS bucket, span.product_id AS product_id, "
    f"span.warehouse AS warehouse, span.on_hand AS on_hand, goods.unit_cost AS unit_cost, {_LISTED} AS listed{_SPANS}) "
    "AS stock",
    "shelf": "(SELECT frame.from_day AS day, frame.bucket AS bucket, span.product_id AS product_id, "
    f"sum(span.on_hand) AS on_hand, max(goods.unit_cost) AS unit_cost, max({_LISTED}) AS listed{_SPANS} "
    "GROUP BY frame.from_day, frame.bucket, span.product_id) AS shelf",
}
"""Stock is known in spans of days (derived table stock_spans); a question looks at the days it names in {days}."""

CUSTOMER_TYPE = (
    "CASE WHEN ord.order_id IS NULL THEN NULL WHEN ord.customer_id IS NULL THEN 'anonymous' "
    "WHEN rk.sequence = 1 THEN 'new' ELSE 'returning' END"
)
ORDER_DIMENSIONS = {
    "sales_channel": "ord.sales_channel",
    "source": "ord.source",
    "medium": "ord.medium",
    "campaign": "ord.campaign_id",
    "device": "ord.device",
    "country": "ord.country",
    "region": "ord.region",
    "city": "ord.city",
    "payment_method": "ord.payment_method",
    "coupon": "ord.coupon_code",
    "customer_type": CUSTOMER_TYPE,
}
PRODUCT_DIMENSIONS = {"product": "{fact}.product_id", "brand": "product.brand", "category": "product.category"}
LINE_DIMENSIONS = ("product", "brand", "category")
SESSION_DIMENSIONS = ("source", "medium", "campaign", "device", "country", "region")
EVENT_DIMENSIONS = ("page_type", "query", "product", "brand", "category")


@dataclass(frozen=True)
class Fact:
    """One kind of row.

    ``tables`` are the shop tables it is built of, ``rows`` its FROM clause, ``time`` its time column
    (``time_is_day`` when that is a local date), ``day`` a stored local day when the table has one,
    ``key`` a column that is unique and never null, ``joins`` the tables that may be joined (alias to
    clause, in order), ``dimensions`` what it can be sliced by, ``fans_out`` that the dimensions of its
    order's lines are reached through the order.
    """

    alias: str
    tables: tuple[str, ...]
    rows: str
    time: str
    key: str
    time_is_day: bool = False
    day: str | None = None
    joins: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, str] = field(default_factory=dict)
    fans_out: bool = False


def _of_order(alias: str, own: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    joins = {"ord": ORDER_JOIN.format(fact=alias), "rk": RANK_JOIN}
    return joins, {**ORDER_DIMENSIONS, **own}


def _product(alias: str) -> tuple[dict[str, str], dict[str, str]]:
    return (
        {"product": PRODUCT_JOIN.format(fact=alias)},
        {name: text.format(fact=alias) for name, text in PRODUCT_DIMENSIONS.items()},
    )


def _own(alias: str) -> dict[str, str]:
    return {name: f"{alias}.{'campaign_id' if name == 'campaign' else name}" for name in SESSION_DIMENSIONS}


def _build() -> dict[str, Fact]:
    facts: list[Fact] = []
    product_joins, product_dimensions = _product("line")
    facts.append(
        Fact(
            "line",
            ("orders", "order_lines"),
            "order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id",
            "ord.placed_at",
            "",
            joins={"rk": RANK_JOIN, **product_joins},
            dimensions={**ORDER_DIMENSIONS, **product_dimensions},
        )
    )
    joins, dimensions = _of_order("refund", {})
    product_joins, product_dimensions = _product("refund")
    facts.append(
        Fact(
            "refund",
            ("refunds",),
            "refunds AS refund",
            "refund.refunded_at",
            "refund.refund_id",
            joins={**joins, **product_joins},
            dimensions={**dimensions, **product_dimensions},
        )
    )
    joins, dimensions = _of_order(
        "payment",
        {
            "gateway": "payment.gateway",
            "payment_method": "payment.method",
            "country": "payment.country",
            "device": "payment.device",
        },
    )
    facts.append(
        Fact(
            "payment",
            ("payments",),
            "payments AS payment",
            "payment.attempted_at",
            "payment.attempt_id",
            joins=joins,
            dimensions=dimensions,
            fans_out=True,
        )
    )
    joins, dimensions = _of_order(
        "shipment",
        {
            "carrier": "shipment.carrier",
            "warehouse": "shipment.warehouse",
            "region": "coalesce(shipment.region, ord.region)",
        },
    )
    facts.append(
        Fact(
            "shipment",
            ("shipments",),
            "shipments AS shipment",
            "shipment.delivered_at",
            "shipment.shipment_id",
            joins=joins,
            dimensions=dimensions,
            fans_out=True,
        )
    )
    product_joins, product_dimensions = _product("event")
    facts.append(
        Fact(
            "event",
            ("events",),
            "(SELECT * FROM events WHERE is_bot IS NULL OR NOT is_bot) AS event",
            "event.occurred_at",
            "event.event_id",
            joins={"visit": VISIT_JOIN, **product_joins},
            dimensions={
                **{name: text.replace("event.", "visit.") for name, text in _own("event").items()},
                "page_type": "event.page_type",
                "query": "event.query",
                **product_dimensions,
            },
        )
    )
    for alias, time in (("hit", "hit.seen_at"), ("visit", "visit.started_at")):
        product_joins, product_dimensions = _product(alias)
        facts.append(
            Fact(
                alias,
                ("events", "sessions", "traffic_daily"),
                f"{alias}s AS {alias}",
                time,
                "",
                day=f"{alias}.day",
                joins=product_joins,
                dimensions={
                    **_own(alias),
                    "page_type": f"{alias}.page_type",
                    "query": f"{alias}.query",
                    **product_dimensions,
                },
            )
        )
    joins, dimensions = _of_order("review", {})
    product_joins, product_dimensions = _product("review")
    facts.append(
        Fact(
            "review",
            ("reviews",),
            "reviews AS review",
            "review.created_at",
            "review.review_id",
            joins={**joins, **product_joins},
            dimensions={**dimensions, **product_dimensions},
        )
    )
    joins, dimensions = _of_order("survey", {})
    facts.append(
        Fact(
            "survey",
            ("surveys",),
            "surveys AS survey",
            "survey.answered_at",
            "survey.response_id",
            joins=joins,
            dimensions=dimensions,
            fans_out=True,
        )
    )
    joins, dimensions = _of_order("ticket", {})
    product_joins, product_dimensions = _product("ticket")
    facts.append(
        Fact(
            "ticket",
            ("tickets",),
            "tickets AS ticket",
            "ticket.opened_at",
            "ticket.ticket_id",
            joins={**joins, **product_joins},
            dimensions={**dimensions, **product_dimensions},
        )
    )
    facts.append(
        Fact(
            "spend",
            ("ad_spend",),
            "ad_spend AS spend",
            "spend.day",
            "",
            time_is_day=True,
            day="spend.day",
            dimensions={"campaign": "NULLIF(spend.campaign_id, '')", "source": "NULLIF(spend.source, '')"},
        )
    )
    for alias, own in (("stock", {"warehouse": "NULLIF(stock.warehouse, '')"}), ("shelf", {})):
        product_joins, product_dimensions = _product(alias)
        facts.append(
            Fact(
                alias,
                ("stock_levels",),
                STOCK_ROWS[alias],
                f"{alias}.day",
                "",
                time_is_day=True,
                day=f"{alias}.day",
                joins=product_joins,
                dimensions={**own, **product_dimensions},
            )
        )
    facts.append(
        Fact(
            "order",
            ("orders",),
            "orders AS ord",
            "ord.placed_at",
            "ord.order_id",
            joins={"rk": RANK_JOIN},
            dimensions=dict(ORDER_DIMENSIONS),
            fans_out=True,
        )
    )
    return {fact.alias: fact for fact in facts}


FACTS: dict[str, Fact] = _build()
"""By alias, in the order in which an expression's fact is looked for."""

SQL_ALIAS = {"order": "ord", "rank": "rk"}
"""Aliases of KPI files that are reserved words in some engine."""

ALIAS_COLUMNS: dict[str, str | tuple[str, ...]] = {
    "line": "order_lines",
    "ord": "orders",
    "product": "products",
    "refund": "refunds",
    "payment": "payments",
    "shipment": "shipments",
    "event": "events",
    "review": "reviews",
    "survey": "surveys",
    "ticket": "tickets",
    "spend": "ad_spend",
    "rk": ("order_id", "customer_id", "sequence", "previous_at"),
    "hit": ("seen_at", "day", "session_id", "visitor_id", "page_views", "purchases", "traffic_visitors"),
    "visit": (
        "started_at", "day", "session_id", "visitor_id", "sessions", "page_views", "bounced", "with_item", "with_cart",
        "with_item_and_cart", "with_checkout", "with_purchase", "cart_and_purchase", "checkout_and_purchase",
        "with_search", "searches", "searches_without_result",
    ),
    "stock": ("day", "product_id", "warehouse", "on_hand", "unit_cost", "listed"),
    "shelf": ("day", "product_id", "on_hand", "unit_cost", "listed"),
}  # fmt: skip
"""What an alias may name: a shop table (all its columns) or the listed columns of a derived one."""
