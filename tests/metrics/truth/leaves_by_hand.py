"""What is counted, in plain Python: one leaf per number that cannot be taken apart any further."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from truth.counting_by_hand import (
    LINE,
    ORDER,
    OWN,
    SESSION,
    TIME,
    Leaf,
    Reduce,
    between,
    count,
    distinct,
    mean,
    percentile,
    total,
)
from truth.rows_by_hand import Fact, HandShop, Own


def list_price(row: Any) -> Any:
    return row[1]["quantity"] * row[1]["unit_price"]


def net(row: Any) -> Any:
    return list_price(row) - (row[1].get("discount_amount") or 0)


def valid(row: Any) -> bool:
    order = row[0] if isinstance(row, tuple) else row
    return bool(order["status"] != "cancelled")


def known(row: Any) -> bool:
    order = row[0] if isinstance(row, tuple) else row
    return valid(row) and order.get("customer_id") is not None


def paid(row: Any) -> bool:
    order = row[0]
    return valid(row) and (
        order.get("paid_at") is not None or order["status"] in ("paid", "shipped", "delivered", "returned")
    )


def lines_with(
    extra: Callable[[HandShop, Any], Any],
) -> Callable[[HandShop, tuple[date, ...], Own], list[Fact]]:
    """Lines as (order, line, extra)."""

    def rows(shop: HandShop, days: tuple[date, ...], own: Own) -> list[Fact]:
        del days, own
        return [Fact(f.at, f.dims, (*f.data, extra(shop, f.data))) for f in shop.line_rows()]

    return rows


def orders_with(
    extra: Callable[[HandShop, Any], Any],
) -> Callable[[HandShop, tuple[date, ...], Own], list[Fact]]:
    def rows(shop: HandShop, days: tuple[date, ...], own: Own) -> list[Fact]:
        del days, own
        return [Fact(f.at, f.dims, (f.data, None, extra(shop, f.data)), f.lines) for f in shop.order_rows()]

    return rows


def lines(
    keep: Callable[[Any], bool],
    reduce: Reduce,
    extra: Callable[[HandShop, Any], Any] = lambda shop, row: None,
    span: str = "window",
) -> Leaf:
    times = TIME if span == "window" else TIME[:-2]  # 28 days have no weekday or hour of their own
    return Leaf(lines_with(extra), keep, reduce, (*times, *ORDER, *LINE), span)


def orders(
    keep: Callable[[Any], bool], reduce: Reduce, extra: Callable[[HandShop, Any], Any] = lambda shop, row: None
) -> Leaf:
    return Leaf(orders_with(extra), keep, reduce, SHOP)


def cost(shop: HandShop, row: Any) -> Any:
    return shop.unit_cost(row[1])


def sequence(shop: HandShop, row: Any) -> Any:
    return shop.sequence(row[0] if isinstance(row, tuple) else row)


def has_cost(row: Any) -> bool:
    return valid(row) and row[2] is not None


def first_order(row: Any) -> bool:
    return valid(row) and row[2] == 1


def later_order(row: Any) -> bool:
    return valid(row) and row[2] is not None and row[2] > 1


def order_id(row: Any) -> Any:
    return row[0]["order_id"]


def customer(row: Any) -> Any:
    return row[0].get("customer_id")


def gap_days(shop: HandShop, order: dict[str, Any]) -> float | None:
    before = shop.previous(order)
    return None if before is None else (order["placed_at"] - before) / timedelta(days=1)


def with_spend(shop: HandShop, days: tuple[date, ...]) -> set[str]:
    spent: dict[str, float] = defaultdict(float)
    for row in shop.table("ad_spend"):
        if row["day"] in set(days):
            spent[row["campaign_id"]] += float(row["spend"])
    return {name for name, amount in spent.items() if amount > 0}


def attributed(shop: HandShop, days: tuple[date, ...], own: Own) -> list[Fact]:
    del own
    campaigns = with_spend(shop, days)
    return [
        Fact(f.at, f.dims, (*f.data, shop.unit_cost(f.data[1])))
        for f in shop.line_rows()
        if f.data[0].get("campaign_id") in campaigns
    ]


def refunds_of(time: str) -> Callable[[HandShop, tuple[date, ...], Own], list[Fact]]:
    def rows(shop: HandShop, days: tuple[date, ...], own: Own) -> list[Fact]:
        del days, own
        found = shop.refund_rows()
        if time == "placed_at":
            return [Fact(f.data[0]["placed_at"], f.dims, f.data, f.lines) for f in found if f.data[0] is not None]
        return found

    return rows


def table(
    name: str, time: str, keep: Callable[[Any], bool], reduce: Reduce, dims: tuple[str, ...], **renamed: str
) -> Leaf:
    return Leaf(lambda shop, days, own: shop.of_order(name, time, **renamed), keep, reduce, (*TIME, *dims))


def payments(keep: Callable[[Any], bool]) -> Leaf:
    renamed = {"gateway": "gateway", "payment_method": "method", "country": "country", "device": "device"}
    return table("payments", "attempted_at", keep, count, (*ORDER, *LINE, "gateway"), **renamed)


def shipments(keep: Callable[[Any], bool], reduce: Reduce) -> Leaf:
    renamed = {"carrier": "carrier", "warehouse": "warehouse"}
    return table("shipments", "delivered_at", keep, reduce, (*ORDER, *LINE, "carrier", "warehouse"), **renamed)


def late_rows(shop: HandShop, days: tuple[date, ...], own: Own) -> list[Fact]:
    """Shipments delivered after the promise; a promise at local midnight is kept until that day is over."""
    del days, own
    found = []
    for fact in shop.of_order("shipments", "delivered_at", carrier="carrier", warehouse="warehouse"):
        promised = fact.data.get("promised_at")
        if promised is None:
            continue
        local = promised.astimezone(shop.zone)
        if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
            late = shop.day(fact.data["delivered_at"]) > local.date()
        else:
            late = fact.data["delivered_at"] > promised
        if late:
            found.append(fact)
    return found


def spend(column: str) -> Leaf:
    return Leaf(
        lambda shop, days, own: shop.spend_rows(),
        lambda row: True,
        total(lambda row: row.get(column)),
        (*TIME[:-1], "campaign", "source"),
    )


def visits(keep: str, column: str) -> Leaf:
    return Leaf(
        lambda shop, days, own: shop.visit_rows(own),
        lambda row: row.get(keep) is not None,
        total(lambda row: row.get(column)),
        (*TIME, *SESSION, *OWN),
        by_session=True,
    )


def events(keep: Callable[[Any], bool], reduce: Reduce) -> Leaf:
    return Leaf(lambda shop, days, own: shop.event_rows(), keep, reduce, (*TIME, *SESSION, *OWN))


def hit_rows(shop: HandShop, days: tuple[date, ...], own: Own) -> list[Fact]:
    return shop.event_rows() if own.by or own.where else shop.hit_rows()


def hits(keep: Callable[[Any], bool], reduce: Reduce) -> Leaf:
    return Leaf(hit_rows, keep, reduce, (*TIME, *SESSION, *OWN))


def pages(row: Any) -> Any:
    return row["pages"] if "pages" in row else int(row["event"] == "page_view")


def visitor_count(rows: list[tuple[Any, float]]) -> float | None:
    """Different visitors; one aggregate row answers for itself, more than one cannot be told apart."""
    aggregates = [row["aggregate"] for row, _ in rows if row.get("aggregate") is not None]
    if aggregates:
        return float(aggregates[0]) if len(rows) == 1 else None
    return float(len({row.get("visitor_id") for row, _ in rows} - {None}))


def bought(row: Any) -> bool:
    return bool(row["purchases"]) if "purchases" in row else row["event"] == "purchase"


def buying_known(row: Any) -> bool:
    return "event" in row or row["purchases"] is not None


def stock_value(rows: list[tuple[Any, float]]) -> float | None:
    days: dict[date, float] = defaultdict(float)
    for row, _ in rows:
        days[row["_at"]] += float(row["on_hand"] * row["cost"])
    return math.fsum(days.values()) / len(days) if days else None


def points(row: Any) -> int:
    return 100 if row["score"] >= 9 else -100 if row["score"] <= 6 else 0


def not_cancelled(row: Any) -> bool:
    """Refunds of an order that the shop does not know are real money too."""
    return row[0] is None or valid(row)


def profit(row: Any) -> Any:
    return net(row) - row[1]["quantity"] * row[2]


def nps_score(row: Any) -> bool:
    return row["survey"] == "nps" and row.get("score") is not None


def stock_rows(shop: HandShop, days: tuple[date, ...], own: Own) -> list[Fact]:
    del own
    return shop.stock_rows(days)


def shelf_rows(shop: HandShop, days: tuple[date, ...], own: Own) -> list[Fact]:
    del own
    return shop.shelf_rows(days)


def empty_shelf(row: Any) -> bool:
    return bool(row["listed"] and row["on_hand"] <= 0)


def timed(row: Any) -> bool:
    return row["event"] in ("page_view", "web_vitals") and row.get("load_ms") is not None


def session(row: Any) -> Any:
    return row.get("session_id")


OF_ORDER = (*ORDER, *LINE)
SHOP = (*TIME, *OF_ORDER)
STOCK = (*TIME[:-1], *LINE)
ENDS = ("day", "week", "month", *LINE, "warehouse")
FIRST_RESPONSE = between("opened_at", "first_response_at", 3600)
RESOLUTION = between("opened_at", "resolved_at", 3600)
LEAVES: dict[str, Leaf] = {
    "gmv": lines(lambda row: True, total(list_price)),
    "sales": lines(valid, total(net)),
    "paid_sales": lines(paid, total(net)),
    "cancelled_sales": lines(lambda row: not valid(row), total(list_price)),
    "line_discounts": lines(valid, total(lambda row: row[1].get("discount_amount") or 0)),
    "list_sales": lines(valid, total(list_price)),
    "cost_of_goods_sold": lines(has_cost, total(lambda row: row[1]["quantity"] * row[2]), cost),
    "covered_sales": lines(has_cost, total(net), cost),
    "gross_profit": lines(has_cost, total(profit), cost),
    "units": lines(valid, total(lambda row: row[1]["quantity"])),
    "sales_of_customers": lines(known, total(net)),
    "units_of_customers": lines(known, total(lambda row: row[1]["quantity"])),
    "anonymous_sales": lines(lambda row: valid(row) and not known(row), total(net)),
    "new_sales": lines(first_order, total(net), sequence),
    "returning_sales": lines(later_order, total(net), sequence),
    "units_28_days": lines(valid, total(lambda row: row[1]["quantity"]), span="28 days"),
    "refunded": Leaf(refunds_of("refunded_at"), not_cancelled, total(lambda row: row[1]["amount"]), SHOP),
    "refunded_to_date": Leaf(refunds_of("placed_at"), valid, total(lambda row: row[1]["amount"]), SHOP),
    "orders": orders(valid, distinct(order_id)),
    "placed_orders": orders(lambda row: True, distinct(order_id)),
    "cancelled_orders": orders(lambda row: not valid(row), distinct(order_id)),
    "orders_with_coupon": orders(lambda row: valid(row) and row[0].get("coupon_code") is not None, distinct(order_id)),
    "orders_with_customer": orders(known, distinct(order_id)),
    "anonymous_orders": orders(lambda row: valid(row) and not known(row), distinct(order_id)),
    "new_orders": orders(first_order, distinct(order_id), sequence),
    "returning_orders": orders(later_order, distinct(order_id), sequence),
    "buyers": orders(valid, distinct(customer)),
    "new_buyers": orders(first_order, distinct(customer), sequence),
    "returning_buyers": orders(later_order, distinct(customer), sequence),
    "repurchase_interval_days": orders(valid, percentile(lambda row: row[2], 0.5), gap_days),
    "payment_attempts": payments(lambda row: True),
    "ended_payments": payments(lambda row: row["status"] in ("succeeded", "failed")),
    "succeeded_payments": payments(lambda row: row["status"] == "succeeded"),
    "shipments_delivered": shipments(lambda row: True, count),
    "delivery_days": shipments(lambda row: True, mean(between("shipped_at", "delivered_at", 86400))),
    "promised_deliveries": shipments(lambda row: row.get("promised_at") is not None, count),
    "late_deliveries": Leaf(late_rows, lambda row: True, count, (*TIME, *ORDER, *LINE, "carrier", "warehouse")),
    "tickets": table("tickets", "opened_at", lambda row: True, count, OF_ORDER),
    "complaints": table("tickets", "opened_at", lambda row: row.get("kind") == "complaint", count, OF_ORDER),
    "first_response_hours": table("tickets", "opened_at", lambda row: True, percentile(FIRST_RESPONSE, 0.5), OF_ORDER),
    "resolution_hours": table("tickets", "opened_at", lambda row: True, percentile(RESOLUTION, 0.5), OF_ORDER),
    "reviews": table("reviews", "created_at", lambda row: True, count, OF_ORDER),
    "rating": table("reviews", "created_at", lambda row: True, mean(lambda row: row.get("rating")), OF_ORDER),
    "ratings": table("reviews", "created_at", lambda row: row.get("rating") is not None, count, OF_ORDER),
    "bad_ratings": table("reviews", "created_at", lambda row: row.get("rating") in (1, 2), count, OF_ORDER),
    "nps": table("surveys", "answered_at", nps_score, mean(points), OF_ORDER),
    "load_ms_p75": events(lambda row: row["event"] == "page_view", percentile(lambda row: row.get("load_ms"), 0.75)),
    "lcp_ms_p75": events(lambda row: True, percentile(lambda row: row.get("lcp_ms"), 0.75)),
    "inp_ms_p75": events(lambda row: True, percentile(lambda row: row.get("inp_ms"), 0.75)),
    "cls_p75": events(lambda row: True, percentile(lambda row: row.get("cls"), 0.75)),
    "ttfb_ms_p75": events(lambda row: True, percentile(lambda row: row.get("ttfb_ms"), 0.75)),
    "timed_sessions": events(timed, distinct(session)),
    "slow_sessions": events(lambda row: timed(row) and row["load_ms"] > 2500, distinct(session)),
    "error_sessions": events(lambda row: row["event"] == "error", distinct(session)),
    "active_sessions": events(lambda row: True, distinct(session)),
    "errors_reported": events(lambda row: row["event"] == "error", count),
    "viewed_pages": events(lambda row: row["event"] == "page_view", count),
    "searches": events(lambda row: row["event"] == "search", count),
    "empty_searches": events(lambda row: row["event"] == "search" and row.get("result_count") == 0, count),
    "page_views": hits(lambda row: True, total(pages)),
    "visitors": hits(lambda row: True, visitor_count),
    "visitors_with_known_purchases": hits(buying_known, distinct(lambda row: row.get("visitor_id"))),
    "buying_visitors": hits(lambda row: buying_known(row) and bought(row), distinct(lambda row: row.get("visitor_id"))),
    "sessions": visits("sessions", "sessions"),
    "bounces": visits("bounced", "bounced"),
    "bounce_sessions": visits("bounced", "sessions"),
    "purchase_sessions": visits("purchase", "purchase"),
    "purchase_known_sessions": visits("purchase", "sessions"),
    "viewing_sessions": visits("item", "item"),
    "view_known_sessions": visits("item", "sessions"),
    "checkout_starting_sessions": visits("checkout", "checkout"),
    "checkout_known_sessions": visits("checkout", "sessions"),
    "item_cart_sessions": visits("item_cart", "item_cart"),
    "item_sessions": visits("item_cart", "item"),
    "cart_sessions": visits("cart_purchase", "cart"),
    "cart_purchase_sessions": visits("cart_purchase", "cart_purchase"),
    "checkout_sessions": visits("checkout_purchase", "checkout"),
    "checkout_purchase_sessions": visits("checkout_purchase", "checkout_purchase"),
    "search_sessions": visits("search", "search"),
    "search_known_sessions": visits("search", "sessions"),
    "ad_spend": spend("spend"),
    "impressions": spend("impressions"),
    "clicks": spend("clicks"),
    "reported_conversions": spend("reported_conversions"),
    "attributed_sales": Leaf(attributed, valid, total(net), SHOP),
    "attributed_gross_profit": Leaf(attributed, has_cost, total(profit), SHOP),
    "stock_value": Leaf(stock_rows, lambda row: row["cost"] is not None, stock_value, (*STOCK, "warehouse")),
    "closing_stock": Leaf(stock_rows, lambda row: True, total(lambda row: row["on_hand"]), ENDS, "last day"),
    "product_days": Leaf(shelf_rows, lambda row: row["listed"], count, STOCK),
    "empty_product_days": Leaf(shelf_rows, empty_shelf, count, STOCK),
}  # fmt: skip
