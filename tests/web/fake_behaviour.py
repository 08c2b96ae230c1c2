"""Answers about behaviour for the fake desk: shapes of the real verbs, numbers that look like real ones."""

# ruff: noqa: ARG002

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
HOSTILE = '<script>alert("x")</script>'

BEHAVIOUR = (
    ("sessions", ("Sessions", "访问次数"), "traffic", "count", "up", 1_710),
    ("visitors", ("Visitors", "访客数"), "traffic", "count", "up", 1_500),
    ("pages_per_session", ("Pages per session", "每次访问页数"), "traffic", "ratio", "up", 3.4),
    ("bounce_rate", ("Bounce rate", "跳出率"), "traffic", "rate", "down", 0.58),
    ("add_to_cart_rate", ("Add-to-cart rate", "加购率"), "conversion", "rate", "up", 0.11),
    ("conversion_rate", ("Conversion rate", "转化率"), "conversion", "rate", "up", 0.031),
)
TRAFFIC_DIMENSIONS = {
    "device": ("Device", "设备"),
    "channel_group": ("Channel group", "渠道组"),
    "source": ("Source", "来源"),
    "medium": ("Medium", "媒介"),
    "visitor_type": ("New or returning visitor", "新访客或回访客"),
    "landing_page_type": ("First page", "首个页面"),
    "country": ("Country", "国家"),
}
DIMENSION_VALUES: dict[str, tuple[tuple[str | None, float], ...]] = {
    "device": (("mobile", 0.66), ("desktop", 0.29), ("tablet", 0.05)),
    "channel_group": (
        ("Organic Search", 0.34),
        ("Paid Search", 0.22),
        ("Direct", 0.2),
        ("Organic Social", 0.14),
        ("Email", 0.06),
        (HOSTILE, 0.04),
    ),
    "source": (("google", 0.5), ("(direct)", 0.3), ("小红书", 0.15), (None, 0.05)),
    "visitor_type": (("new", 0.7), ("returning", 0.3)),
    "landing_page_type": (("home", 0.4), ("item", 0.35), ("category", 0.2), (None, 0.05)),
}
COUNTS = (12_400, 4_310, 2_105, 1_640, 1_207)
BEFORE = (11_900, 4_390, 2_410, 1_890, 1_402)


def steps_of(names: list[str], counts: tuple[int, ...]) -> list[Json]:
    """Steps with rates that belong to the counts."""
    found: list[Json] = []
    for index, name in enumerate(names):
        count = counts[min(index, len(counts) - 1)]
        last = counts[min(index - 1, len(counts) - 1)] if index else count
        after = counts[index + 1] if index + 1 < min(len(names), len(counts)) else count
        found.append(
            {
                "event": name.removesuffix("?"),
                "optional": name.endswith("?"),
                "sessions": count,
                "rate_from_start": count / counts[0] if counts[0] else None,
                "rate_from_previous": (count / last if last else None) if index else None,
                "lost": count - after,
                "median_seconds": 41.5 * index if index else None,
                "p90_seconds": 380.0 * index if index else None,
                "went": [
                    {"to": "(exit)", "sessions": 900, "share": 0.6},
                    {"to": "search", "sessions": 200, "share": 0.1},
                ],
            }
        )
    return found


def spread(size: float) -> Json:
    """Percentiles around a size."""
    return {"p50": size * 0.6, "p75": size, "p95": size * 2.3}


def speed(key: str, value: object, factor: float) -> Json:
    """A group of pages."""
    return {
        key: value,
        "views": round(9_000 / factor),
        "load_ms": spread(1_900 * factor),
        "lcp_ms": spread(2_100 * factor),
        "inp_ms": spread(140 * factor),
        "cls": spread(0.06 * factor),
        "ttfb_ms": None,
        "slow_share": min(0.11 * factor, 1.0),
        "rating": "good" if factor < 1.2 else "needs improvement" if factor < 1.9 else "poor",
    }


LOSS = {
    "money": 8_420.5,
    "low": 3_100.0,
    "high": 13_900.0,
    "orders": 51.0,
    "orders_low": 19.0,
    "orders_high": 84.0,
    "sessions": 4_100,
    "covered": 0.97,
    "association": True,
    "words": {"en": "Slow visits buy less often than fast ones.", "zh": "慢访问的购买率低于快访问。"},
}


class FakeBehaviour:
    """The verbs funnel, leavers, paths, experience, friction, live and collector."""

    def _funnel(self, card: Any, params: Json) -> Json:
        names = list(params.get("steps") or ("view_item", "add_to_cart", "begin_checkout", "purchase"))
        steps, old = steps_of(names, COUNTS), steps_of(names, BEFORE)
        by = list(params.get("by") or [])
        values = DIMENSION_VALUES.get(by[0], ()) if by else ()
        rows = [
            {by[0]: value, "steps": steps_of(names, tuple(round(count * share) for count in COUNTS))}
            for value, share in values
        ]
        change = steps[-1]["sessions"] - old[-1]["sessions"]
        effects: list[Json] = [
            {
                "step": "sessions",
                "effect": 40.0,
                "rate_before": None,
                "rate_after": None,
                "low": None,
                "high": None,
                "p_value": None,
                "significant": False,
            }
        ]
        for index, (now, then) in enumerate(zip(steps[1:], old[1:], strict=True)):
            effects.append(
                {
                    "step": now["event"],
                    "effect": (change - 40.0) / (len(steps) - 1),
                    "rate_before": then["rate_from_previous"],
                    "rate_after": now["rate_from_previous"],
                    "low": -0.04,
                    "high": 0.01 if index else -0.02,
                    "p_value": 0.2 if index else 0.00002,
                    "significant": not index,
                }
            )
        against = {
            "window": {"from": "2011-10-14", "to": "2011-11-11"},
            "steps": old,
            "rows": [],
            "change": change,
            "rate_change": -0.02,
            "effects": effects,
        }
        return {
            "window": {"from": params["from"], "to": params["to"]},
            "unit": "visitor" if params.get("within") else "session",
            "within": params.get("within") or "session",
            "ordered": True,
            "steps": steps,
            "by": by,
            "rows": rows,
            "groups": len(rows),
            "against": against if params.get("against") else None,
            "weakest": steps[1]["event"],
            "words": {
                "en": "9.7 % came through; most are lost before the cart.",
                "zh": "9.7%走到最后；加购之前流失最多。",
            },
            "evidence": "events",
            "not_measurable": {},
            "batch": card.batch,
            "sql": ["SELECT 3"],
        }

    def _live(self, card: Any, params: Json) -> Json:
        minutes = params.get("minutes", 30)
        if not params.get("as_of"):
            return {
                "now": "2011-12-09T12:00:00+00:00",
                "minutes": minutes,
                "visitors": 0,
                "events": 0,
                "per_minute": [],
                "pages": [],
                "products": [],
                "sources": [],
                "devices": [],
                "recent": [],
                "lag_seconds": None,
            }
        return {
            "now": "2011-12-08T12:00:00+00:00",
            "minutes": minutes,
            "visitors": 31,
            "events": 214,
            "per_minute": [
                {
                    "minute": f"2011-12-08T11:{30 + n}:00+00:00",
                    "visitors": n % 7,
                    "page_views": 2 * (n % 7),
                    "add_to_carts": n % 2,
                    "purchases": int(n == 9),
                }
                for n in range(30)
            ],
            "pages": [{"page_type": "item", "visitors": 20, "page_views": 44}, {"page_type": None, "visitors": 2}],
            "products": [{"product_id": "p1", "name": HOSTILE, "visitors": 6}],
            "sources": [{"source": "小红书", "visitors": 9}, {"source": None, "visitors": 3}],
            "devices": [{"device": "mobile", "visitors": 25}],
            "recent": [
                {
                    "at": "2011-12-08T11:59:51+00:00",
                    "event": "add_to_cart",
                    "page_type": "item",
                    "page": f"/items/{HOSTILE}",
                    "product_id": "p1",
                    "device": "mobile",
                    "country": "CN",
                    "value": 20.0,
                }
            ],
            "lag_seconds": 9.0,
        }

    def _paths(self, card: Any, params: Json) -> Json:
        nodes = [
            ("0:home", 0, "home", 900),
            ("0:item", 0, "item", 600),
            ("1:item", 1, "item", 700),
            ("1:(exit)", 1, "(exit)", 800),
            ("2:add_to_cart", 2, "add_to_cart", 200),
            ("2:(others)", 2, "(others)", 500),
        ]
        links = [
            ("0:home", "1:item", 500),
            ("0:home", "1:(exit)", 400),
            ("0:item", "1:item", 200),
            ("0:item", "1:(exit)", 400),
            ("1:item", "2:add_to_cart", 200),
            ("1:item", "2:(others)", 500),
        ]
        return {
            "window": {"from": params["from"], "to": params["to"]},
            "anchor": params.get("starting"),
            "direction": "starting",
            "sessions": 1_500,
            "nodes": [{"id": id_, "step": step, "name": name, "sessions": n} for id_, step, name, n in nodes],
            "links": [{"source": source, "target": target, "sessions": n} for source, target, n in links],
            "paths": [
                {"steps": ["home", "item", "add_to_cart"], "sessions": 200, "share": 0.13, "conversion": 0.2},
                {"steps": ["home", HOSTILE], "sessions": 90, "share": 0.06, "conversion": 0.0},
            ],
            "exits": [{"from": "1:item", "sessions": 700, "share": 0.47}],
            "pruned": 12,
            "words": {"en": "Most visits begin at home.", "zh": "大多数访问从首页开始。"},
            "batch": card.batch,
            "sql": ["SELECT 4"],
        }

    def _experience(self, card: Any, params: Json) -> Json:
        bands = [
            (0, 1000, 4_000, 0.041),
            (1000, 2500, 6_000, 0.034),
            (2500, 4000, 1_500, 0.025),
            (4000, None, 900, 0.017),
        ]
        return {
            "window": {"from": params["from"], "to": params["to"]},
            "thresholds": {
                "load_ms": {"good": 2500, "poor": 4000},
                "lcp_ms": {"good": 2500, "poor": 4000},
                "inp_ms": {"good": 200, "poor": 500},
                "cls": {"good": 0.1, "poor": 0.25},
            },
            "overall": {key: each for key, each in speed("all", None, 1.0).items() if key != "all"},
            "by_page_type": [speed("page_type", "home", 0.9), speed("page_type", "checkout", 2.2)],
            "by_device": [speed("device", "mobile", 1.5), speed("device", None, 1.0)],
            "by_country": [speed("country", "CN", 1.0), speed("country", HOSTILE, 1.3)],
            "by_hour": [speed("hour", hour, 1 + hour / 40) for hour in range(24)],
            "slow_sessions": {"share": 0.19, "sessions": 12_400, "slow": 2_400, "slow_once": 4_400},
            "bands": [
                {
                    "from_ms": low,
                    "to_ms": high,
                    "sessions": n,
                    "bought": round(n * rate),
                    "conversion": rate,
                    "low": rate - 0.004,
                    "high": rate + 0.004,
                    "standardised": rate,
                }
                for low, high, n, rate in bands
            ],
            "loss": LOSS,
            "loss_by_page_type": [
                {
                    "page_type": "item",
                    "fast": 900,
                    "slow": 200,
                    "fast_conversion": 0.05,
                    "slow_conversion": 0.03,
                    "loss": LOSS,
                }
            ],
            "errors": [
                {
                    "page_url": f"https://shop.example/{HOSTILE}",
                    "page_type": "item",
                    "events": 31,
                    "sessions": 20,
                    "bought": 1,
                }
            ],
            "error_sessions": {
                "addresses": 1,
                "events": 31,
                "sessions": 20,
                "share": 0.004,
                "conversion_with": 0.01,
                "conversion_without": 0.03,
            },
            "devices": [
                {
                    "device": "mobile",
                    "sessions": 8_000,
                    "conversion": 0.02,
                    "low": 0.018,
                    "high": 0.022,
                    "bounce_rate": 0.6,
                    "load_p75": 2_400.0,
                    "aov": 210.0,
                }
            ],
            "searches": {
                "searches": 3_000,
                "without_result": 240,
                "rate": 0.08,
                "sessions_left": 90,
                "money": 900.0,
                "queries": [{"query": HOSTILE, "searches": 40, "sessions": 38, "left": 12, "bought": 0}],
                "loss": {**LOSS, "money": 900.0},
            },
            "against": None,
            "not_measurable": {"by_region": "The events name no region."},
            "words": {"en": "Three in four pages load within 1.9 s.", "zh": "四分之三的页面在1.9秒内加载。"},
            "batch": card.batch,
            "sql": ["SELECT 5"],
        }

    def _friction(self, card: Any, params: Json) -> Json:
        left = {"sessions": 900, "abandoned": 600, "rate": 0.667, "low": 0.63, "high": 0.7}
        orders = {"orders": 300, "abandoned": 30, "rate": 0.1, "low": 0.07, "high": 0.14}
        at = {"price": 35.5, "shipping_fee": 6.0, "stock": 12.0, "out_of_stock": 0.1}
        goods = {
            "product_id": "p1",
            "name": HOSTILE,
            "carts": 200,
            "abandoned": 150,
            "rate": 0.75,
            "low": 0.68,
            "high": 0.8,
            "unusual": True,
            "left": at,
            "bought": {**at, "stock": None},
        }
        step = {"sessions": 900, "left": 300, "rate": 0.33, "low": 0.3, "high": 0.36}
        fee = {"count": 80, "abandoned": 40, "rate": 0.5, "low": 0.4, "high": 0.6}
        return {
            "cart": left,
            "checkout": left,
            "steps": [{"step": "add_to_cart", **step}, {"step": "begin_checkout", **step}],
            "by_device": [{"device": "mobile", "cart": left, "checkout": left}],
            "by_country": [],
            "by_payment_method": [
                {"payment_method": "alipay", "attempts": 320, "failed": 20, "failure_rate": 0.06, **orders}
            ],
            "by_shipping_fee": [
                {"basis": "cart", "from": 0.0, "to": 0.0, **fee},
                {"basis": "order", "from": 5.0, "to": 9.0, **fee},
                {"basis": "order", "from": 9.0, "to": None, **fee},
                {"basis": "order", "from": None, "to": None, **fee},
            ],
            "by_coupon": [{"coupon": True, **orders}, {"coupon": False, **orders}],
            "products": [goods],
            "all_products": {**goods, "product_id": None, "name": None, "unusual": False},
            "not_measurable": {},
            "words": {"en": "Two in three carts are left.", "zh": "三分之二的购物车被放弃。"},
            "sql": ["SELECT 6"],
        }

    def _leavers(self, card: Any, params: Json) -> Json:
        value = {
            "value": "mobile",
            "name": None,
            "lost": 700,
            "stayed": 200,
            "lost_rate": 0.78,
            "share_lost": 0.7,
            "share_stayed": 0.5,
            "lift": 1.4,
            "low": 1.2,
            "high": 1.6,
            "significant": True,
        }
        other = {**value, "value": HOSTILE, "name": None, "lift": None, "low": None, "high": None, "significant": False}
        return {
            "unit": "session",
            "step": "add_to_cart",
            "number": int(params["step"]),
            "next": "begin_checkout",
            "lost": 1_000,
            "stayed": 400,
            "lost_rate": 0.71,
            "by": [
                {"dimension": "device", "values": [value, other], "values_in_all": 2},
                {"dimension": "product", "values": [{**value, "value": "p1", "name": HOSTILE, "lift": 0.6}]},
            ],
            "went": [{"to": "(exit)", "sessions": 800, "share": 0.8}, {"to": "search", "sessions": 200, "share": 0.2}],
            "median_seconds": 12.0,
            "p90_seconds": 80.0,
            "samples": [
                {
                    "session_id": "s-1",
                    "started_at": "2011-12-01T08:00:00+00:00",
                    "device": "mobile",
                    "source": HOSTILE,
                    "landing_page_type": None,
                }
            ],
            "words": {"en": "Seven in ten left here.", "zh": "七成在此离开。"},
            "not_measurable": {},
            "sql": ["SELECT 7"],
        }

    def _collector(self, card: Any, params: Json) -> Json:
        key = None if card.key == "gifts" else "wk_0123456789abcdef"
        return {
            "origins": ["http://localhost:*", "http://127.0.0.1:*"]
            if card.key == "empty"
            else ["https://shop.example"],
            "write_key": key,
            "tag": f'<script async src="http://127.0.0.1:8711/zg.js" data-key="{key}"></script>' if key else None,
            "waiting": 12,
            "lag_seconds": 2.4,
            "rate_per_minute": 37.5,
            "last_event_at": "2011-12-09T12:49:58+00:00",
            "last_drain": {"drained_at": "2011-12-09T12:49:00+00:00", "events": 310, "seconds": 0.21},
            "rejected": 2,
            "journal_bytes": 2_400_000,
        }
