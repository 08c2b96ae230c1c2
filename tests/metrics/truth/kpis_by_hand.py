"""Every KPI worked out in plain Python, as its definition says it in words; the measure of what the product answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from truth.counting_by_hand import TIME, Key, days_of, grouped, time_value
from truth.leaves_by_hand import LEAVES
from truth.rows_by_hand import HandShop


def over(a: float | None, b: float | None) -> float | None:
    return None if a is None or not b else a / b


def minus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def one_minus(a: float | None) -> float | None:
    return None if a is None else 1 - a


def plain(*parts: str) -> tuple[tuple[str, ...], Callable[..., float | None]]:
    return parts, over


Formula = tuple[tuple[str, ...], Callable[..., float | None]]
FORMULAS: dict[str, Formula] = {
    "net_revenue": (("sales", "refunded"), minus),
    "gross_margin": plain("gross_profit", "covered_sales"),
    "cost_covered_share": plain("covered_sales", "sales"),
    "cancellation_rate": plain("cancelled_orders", "placed_orders"),
    "earlier_buyers": (("buyers", "new_buyers"), minus),
    "units_per_customer_order": plain("units_of_customers", "orders_with_customer"),
    "sales_per_customer_unit": plain("sales_of_customers", "units_of_customers"),
    "refund_rate": plain("refunded_to_date", "sales"),
    "discount_rate": plain("line_discounts", "list_sales"),
    "coupon_use_rate": plain("orders_with_coupon", "orders"),
    "aov": plain("sales", "orders"),
    "units_per_order": plain("units", "orders"),
    "price_per_unit": plain("sales", "units"),
    "orders_per_buyer": plain("orders_with_customer", "buyers"),
    "arpu": plain("sales_of_customers", "buyers"),
    "new_buyer_share": plain("new_buyers", "buyers"),
    "repurchase_rate": plain("returning_buyers", "buyers"),
    "payment_success_rate": plain("succeeded_payments", "ended_payments"),
    "late_delivery_rate": plain("late_deliveries", "promised_deliveries"),
    "bad_review_rate": plain("bad_ratings", "ratings"),
    "complaint_rate": plain("complaints", "orders"),
    "pages_per_session": plain("page_views", "sessions"),
    "bounce_rate": plain("bounces", "bounce_sessions"),
    "conversion_rate": plain("purchase_sessions", "purchase_known_sessions"),
    "visitor_conversion_rate": plain("buying_visitors", "visitors_with_known_purchases"),
    "add_to_cart_rate": plain("item_cart_sessions", "item_sessions"),
    "cart_abandonment_rate": (("cart_purchase_sessions", "cart_sessions"), lambda a, b: one_minus(over(a, b))),
    "checkout_abandonment_rate": (
        ("checkout_purchase_sessions", "checkout_sessions"),
        lambda a, b: one_minus(over(a, b)),
    ),
    "search_sessions_share": plain("search_sessions", "search_known_sessions"),
    "item_view_rate": plain("viewing_sessions", "view_known_sessions"),
    "checkout_start_rate": plain("checkout_starting_sessions", "checkout_known_sessions"),
    "sessions_per_visitor": plain("sessions", "visitors"),
    "slow_session_share": plain("slow_sessions", "timed_sessions"),
    "error_session_share": plain("error_sessions", "active_sessions"),
    "errors_per_view": plain("errors_reported", "viewed_pages"),
    "search_zero_rate": plain("empty_searches", "searches"),
    "orders_per_visitor": plain("orders", "visitors"),
    "orders_per_session": plain("orders", "sessions"),
    "ctr": plain("clicks", "impressions"),
    "cpc": plain("ad_spend", "clicks"),
    "roas": plain("attributed_sales", "ad_spend"),
    "roi": (("attributed_gross_profit", "ad_spend"), lambda a, b: over(minus(a, b), b)),
    "cac": plain("ad_spend", "new_buyers"),
    "days_of_cover": (("closing_stock", "units_28_days"), lambda a, b: over(a, None if b is None else b / 28)),
    "stockout_rate": plain("empty_product_days", "product_days"),
}
COUNT_LIKE = frozenset(LEAVES) - {
    "repurchase_interval_days",
    "delivery_days",
    "first_response_hours",
    "resolution_hours",
    "rating",
    "nps",
    "load_ms_p75",
    "lcp_ms_p75",
    "inp_ms_p75",
    "cls_p75",
    "ttfb_ms_p75",
    "stock_value",
}


def parts(name: str) -> tuple[str, ...]:
    """The leaves that a KPI is computed from."""
    if name == "stock_turnover":
        return ("cost_of_goods_sold", "stock_value")
    return FORMULAS[name][0] if name in FORMULAS else (name,)


def dims_by_hand(name: str) -> tuple[str, ...]:
    """The dimensions that make sense for a KPI: those that all its parts have."""
    first, *others = (LEAVES[part].dims for part in parts(name))
    return tuple(dim for dim in first if all(dim in other for other in others))


def by_hand(
    shop: HandShop,
    name: str,
    first: date,
    to: date,
    by: tuple[str, ...] = (),
    where: dict[str, tuple[Any, ...]] | None = None,
) -> dict[Key, float | None]:
    """The KPI per group (key () for the whole), by the definition's words."""
    return combined(
        name, {part: grouped(shop, LEAVES[part], first, to, by, where) for part in parts(name)}, first, to, by
    )


def combined(
    name: str, leaves: dict[str, dict[Key, float | None]], first: date, to: date, by: tuple[str, ...]
) -> dict[Key, float | None]:
    """The KPI per group from its leaves per group; a sum or count without rows is 0, anything else unknown."""
    keys: set[Key] = set().union(*leaves.values()) if by else {()}

    def part(leaf: str, key: Key) -> float | None:
        return leaves[leaf].get(key, 0.0 if leaf in COUNT_LIKE else None)

    if name == "stock_turnover":
        return {
            key: _turnover(part("cost_of_goods_sold", key), part("stock_value", key), _days_in(first, to, by, key))
            for key in keys
        }
    if name not in FORMULAS:
        return {key: part(name, key) for key in keys}
    names, combine = FORMULAS[name]
    return {key: combine(*(part(each, key) for each in names)) for key in keys}


def _turnover(sold: float | None, stock: float | None, days: int) -> float | None:
    return over(None if sold is None else sold * 365 / days, stock)


def _days_in(first: date, to: date, by: tuple[str, ...], key: Key) -> int:
    """Days of the window that lie in the group's bucket of time."""

    def inside(day: date) -> bool:
        shop = HandShop({}, "UTC")
        return all(time_value(shop, day, name) == value for name, value in zip(by, key, strict=True) if name in TIME)

    return sum(1 for day in days_of(first, to) if inside(day))


def all_names() -> Iterable[str]:
    """Every KPI that is worked out here under the name of the catalogue."""
    inner = {
        "ended_payments",
        "succeeded_payments",
        "promised_deliveries",
        "late_deliveries",
        "ratings",
        "bad_ratings",
        "searches",
        "errors_reported",
        "viewed_pages",
        "empty_searches",
        "visitors_with_known_purchases",
        "buying_visitors",
        "product_days",
        "empty_product_days",
    }
    return [
        name
        for name in (*LEAVES, *FORMULAS, "stock_turnover")
        if name not in inner and not name.endswith("_sessions") and name != "bounces"
    ]
