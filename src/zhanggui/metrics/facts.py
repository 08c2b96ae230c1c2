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
CHANNEL_JOIN = (
    "LEFT JOIN channels AS channel ON channel.source = coalesce(ord.source, '') "
    "AND channel.medium = coalesce(ord.medium, '') AND channel.campaign_id = coalesce(ord.campaign_id, '')"
)
FIRST_JOIN = "LEFT JOIN first_visits AS opening ON opening.session_id = {fact}.session_id"

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
    "span.warehouse AS warehouse, span.on_hand AS on_hand, goods.unit_cost * 1e0 AS unit_cost, "
    f"{_LISTED} AS listed{_SPANS}) AS stock",
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
    "channel_group": "channel.channel_group",
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
SESSION_DIMENSIONS = (
    "source", "medium", "campaign", "channel_group", "device", "os", "browser", "country", "region",
    "landing_page_type",
)  # fmt: skip
VISITOR_TYPE = (
    "CASE WHEN {fact}.session_id IS NULL THEN NULL WHEN opening.session_id IS NULL THEN 'returning' ELSE 'new' END"
)
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


def _of_order(alias: str, own: Mapping[str, str] | None = None) -> tuple[dict[str, str], dict[str, str]]:
    """Joins and dimensions of a row that belongs to an order; its own dimensions win."""
    return {"ord": ORDER_JOIN.format(fact=alias), "rk": RANK_JOIN, "channel": CHANNEL_JOIN}, {
        **ORDER_DIMENSIONS,
        **(own or {}),
    }


def _of_product(alias: str) -> tuple[dict[str, str], dict[str, str]]:
    """Joins and dimensions of a row that names a product."""
    dimensions = {name: text.format(fact=alias) for name, text in PRODUCT_DIMENSIONS.items()}
    return {"product": PRODUCT_JOIN.format(fact=alias)}, dimensions


def _of_session(alias: str) -> dict[str, str]:
    return {name: f"{alias}.{'campaign_id' if name == 'campaign' else name}" for name in SESSION_DIMENSIONS}


def _trade_facts() -> list[Fact]:
    joins, product = _of_product("line")
    line = Fact(
        "line",
        ("orders", "order_lines"),
        "order_lines AS line JOIN orders AS ord ON ord.order_id = line.order_id",
        "ord.placed_at",
        "",
        joins={"rk": RANK_JOIN, "channel": CHANNEL_JOIN, **joins},
        dimensions={**ORDER_DIMENSIONS, **product},
    )
    order = Fact(
        "order",
        ("orders",),
        "orders AS ord",
        "ord.placed_at",
        "ord.order_id",
        joins={"rk": RANK_JOIN, "channel": CHANNEL_JOIN},
        dimensions=dict(ORDER_DIMENSIONS),
        fans_out=True,
    )
    return [line, order]


def _order_related(
    alias: str, table: str, time: str, key: str, own: Mapping[str, str] | None = None, *, product: bool = False
) -> Fact:
    """A fact of one table that names an order; with ``product`` it names its product too, else it fans out."""
    joins, dimensions = _of_order(alias, own)
    if product:
        more, products = _of_product(alias)
        joins, dimensions = {**joins, **more}, {**dimensions, **products}
    return Fact(
        alias,
        (table,),
        f"{table} AS {alias}",
        f"{alias}.{time}",
        f"{alias}.{key}",
        joins=joins,
        dimensions=dimensions,
        fans_out=not product,
    )


def _service_facts() -> list[Fact]:
    payment = {
        "gateway": "payment.gateway",
        "payment_method": "payment.method",
        "country": "payment.country",
        "device": "payment.device",
    }
    shipment = {
        "carrier": "shipment.carrier",
        "warehouse": "shipment.warehouse",
        "region": "coalesce(shipment.region, ord.region)",
    }
    return [
        _order_related("refund", "refunds", "refunded_at", "refund_id", product=True),
        _order_related("payment", "payments", "attempted_at", "attempt_id", payment),
        _order_related("shipment", "shipments", "delivered_at", "shipment_id", shipment),
        _order_related("review", "reviews", "created_at", "review_id", product=True),
        _order_related("survey", "surveys", "answered_at", "response_id"),
        _order_related("ticket", "tickets", "opened_at", "ticket_id", product=True),
    ]


def _event_fact() -> Fact:
    joins, product = _of_product("event")
    own = {"page_type": "event.page_type", "query": "event.query"}
    return Fact(
        "event",
        ("events",),
        "steps AS event",
        "event.occurred_at",
        "",
        day="event.day",
        joins={"visit": VISIT_JOIN, "opening": FIRST_JOIN.format(fact="event"), **joins},
        dimensions={**_of_session("visit"), "visitor_type": VISITOR_TYPE.format(fact="event"), **own, **product},
    )


def _behaviour_facts() -> list[Fact]:
    facts = [_event_fact()]
    for alias, time in (("hit", "seen_at"), ("visit", "started_at")):
        joins, product = _of_product(alias)
        joins = {"opening": FIRST_JOIN.format(fact=alias), **joins}
        own = {
            "page_type": f"{alias}.page_type",
            "query": f"{alias}.query",
            "visitor_type": VISITOR_TYPE.format(fact=alias),
        }
        facts.append(
            Fact(
                alias,
                ("events", "sessions", "traffic_daily"),
                f"{alias}s AS {alias}",
                f"{alias}.{time}",
                "",
                day=f"{alias}.day",
                joins=joins,
                dimensions={**_of_session(alias), **own, **product},
            )
        )
    return facts


def _daily_facts() -> list[Fact]:
    """Facts that are known by local day only."""
    spend = {"campaign": "NULLIF(spend.campaign_id, '')", "source": "NULLIF(spend.source, '')"}
    facts = [
        Fact(
            "spend",
            ("ad_spend",),
            "ad_spend AS spend",
            "spend.day",
            "",
            time_is_day=True,
            day="spend.day",
            dimensions=spend,
        )
    ]
    for alias, own in (("stock", {"warehouse": "NULLIF(stock.warehouse, '')"}), ("shelf", {})):
        joins, product = _of_product(alias)
        facts.append(
            Fact(
                alias,
                ("stock_levels",),
                STOCK_ROWS[alias],
                f"{alias}.day",
                "",
                time_is_day=True,
                day=f"{alias}.day",
                joins=joins,
                dimensions={**own, **product},
            )
        )
    return facts


def _in_order_of_search() -> dict[str, Fact]:
    line, order = _trade_facts()
    return {fact.alias: fact for fact in (line, *_service_facts(), *_behaviour_facts(), *_daily_facts(), order)}


FACTS: dict[str, Fact] = _in_order_of_search()
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
    "event": (
        "session_id", "visitor_id", "customer_id", "occurred_at", "day", "event", "page_type", "product_id", "order_id",
        "query", "result_count", "quantity", "value", "load_ms", "lcp_ms", "inp_ms", "cls", "ttfb_ms", "page_url",
    ),
    "review": "reviews",
    "survey": "surveys",
    "ticket": "tickets",
    "spend": "ad_spend",
    "rk": ("order_id", "customer_id", "sequence", "previous_at"),
    "hit": ("seen_at", "day", "session_id", "visitor_id", "page_views", "purchases", "traffic_visitors"),
    "visit": (
        "started_at", "ended_at", "day", "session_id", "visitor_id", "customer_id", "sessions", "page_views",
        "item_views", "add_to_carts", "checkouts", "purchases", "bounced", "with_item", "with_cart",
        "with_item_and_cart", "with_checkout", "with_purchase", "cart_and_purchase", "checkout_and_purchase",
        "with_search", "searches", "searches_without_result",
    ),
    "stock": ("day", "product_id", "warehouse", "on_hand", "unit_cost", "listed"),
    "shelf": ("day", "product_id", "on_hand", "unit_cost", "listed"),
}  # fmt: skip
"""What an alias may name: a shop table (all its columns) or the listed columns of a derived one."""
