"""A desk for tests: two shops with numbers that look like real ones, in the JSON of the real verbs."""

# ruff: noqa: ARG002, PLR0917

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.web.fake_behaviour import BEHAVIOUR, DIMENSION_VALUES, TRAFFIC_DIMENSIONS, FakeBehaviour

from zhanggui.basics.errors import UnknownNameError
from zhanggui.basics.periods import Window, bucket_label, buckets, comparison, parse_day
from zhanggui.basics.words import Words

Json = dict[str, Any]
LAST = date(2011, 12, 8)
HOSTILE = '<script>alert("x")</script>'


@dataclass(frozen=True)
class Card:
    """A shop of the fake desk."""

    key: str
    name: str
    currency: str = "GBP"
    timezone: str = "Europe/London"
    simulated: bool = False
    attribution: str = ""
    last_day: date | None = LAST
    imported_at: datetime | None = datetime(2011, 12, 9, 6, 12, tzinfo=UTC)
    batch: str | None = "b-20111209-061200"


@dataclass(frozen=True)
class Document:
    """A result."""

    data: Json

    def to_json(self, language: str = "en") -> Json:
        """The data."""
        return self.data


SHOPS = (
    Card("gifts", "Gifts", attribution="Online Retail, UCI Machine Learning Repository, CC BY 4.0"),
    Card("homeware", "Homeware", currency="CNY", timezone="Asia/Shanghai", simulated=True),
    Card("empty", "Empty", last_day=None, imported_at=None, batch=None),
)


DIMENSIONS = (
    ("day", "Day", "日", "time"),
    ("week", "Week", "周", "time"),
    ("month", "Month", "月", "time"),
    ("quarter", "Quarter", "季度", "time"),
    ("year", "Year", "年", "time"),
    ("weekday", "Weekday", "星期", "time"),
    ("hour", "Hour", "小时", "time"),
    ("country", "Country", "国家", "value"),
    ("product", "Product", "商品", "value"),
    ("customer_type", "New or returning", "新老客", "value"),
)


def kpi(name: str, words: tuple[str, str], area: str, unit: str, better: str, base: float, **more: Any) -> Json:
    """A catalogue entry, with the size of its made-up values."""
    en, zh = words
    return {
        "name": name,
        "area": area,
        "words": {"en": en, "zh": zh},
        "doc": {"en": f"What {en.lower()} tells.", "zh": f"{zh}说明什么。"},
        "unit": unit,
        "better": better,
        "formula": f"sum({name})",
        "needs": ["orders", "order_lines"],
        "source": "made up for tests",
        "dimensions": [name for name, *_ in DIMENSIONS],
        "measurable": True,
        "reason": None,
        "base": base,
        **more,
    }


KPIS = (
    kpi("sales", ("Sales", "销售额"), "sales", "money", "up", 31_000),
    kpi("orders", ("Orders", "订单数"), "sales", "count", "up", 86),
    kpi("aov", ("Average order value", "客单价"), "sales", "money", "up", 361),
    kpi("units", ("Units", "件数"), "sales", "count", "up", 16_400),
    kpi("units_per_order", ("Units per order", "连带率"), "sales", "count", "up", 191),
    kpi("new_buyers", ("New buyers", "新客数"), "customers", "count", "up", 9),
    kpi("repurchase_rate", ("Repurchase rate", "复购率"), "customers", "rate", "up", 0.61),
    kpi("refund_rate", ("Refund rate", "退款率"), "sales", "rate", "down", 0.031),
    kpi("cancellation_rate", ("Cancellation rate", "取消率"), "sales", "rate", "down", 0.018),
    kpi("price_per_unit", ("Price per unit", "件单价"), "sales", "money", "", 1.89),
    kpi(
        "visitors",
        ("Visitors", "访客数"),
        "traffic",
        "count",
        "up",
        1,
        measurable=False,
        reason="needs events, sessions or traffic_daily",
        needs=["events|sessions|traffic_daily"],
        dimensions=[],
    ),
    kpi(
        "roas",
        ("Return on ad spend", "投产比"),
        "marketing",
        "ratio",
        "up",
        1,
        measurable=False,
        reason="needs ad_spend",
        needs=["orders", "ad_spend"],
        dimensions=[],
    ),
)
TRAFFIC_KPIS = tuple(
    kpi(name, words, area, unit, better, base, dimensions=[*[name for name, *_ in DIMENSIONS[:7]], *TRAFFIC_DIMENSIONS])
    for name, words, area, unit, better, base in BEHAVIOUR
)
"""KPIs that only a shop with events measures: homeware."""
BY_NAME = {entry["name"]: entry for entry in (*KPIS, *TRAFFIC_KPIS)}
COUNTRIES = (
    ("United Kingdom", 0.80),
    ("Germany", 0.055),
    ("France", 0.05),
    ("EIRE", 0.045),
    ("Netherlands", 0.03),
    (HOSTILE, 0.015),
    (None, 0.005),
)


def daily(name: str, day: date) -> float:
    """A made-up value of a KPI on a day: a weekly rhythm, a slow rise, a dip near the end."""
    entry = BY_NAME[name]
    number = day.toordinal()
    wave = 1 + 0.28 * math.sin(number * 2 * math.pi / 7) + 0.1 * math.sin(number / 11 + len(name))
    rise = 1 + (number - LAST.toordinal()) / 900
    dip = 0.82 if (LAST - day).days < 9 else 1.0
    noise = 1 + 0.09 * math.sin(number * 12.9898 + len(name) * 78.233)
    calm = 0.25 if entry["unit"] == "rate" or name in ("aov", "price_per_unit") else 1.0
    return float(entry["base"] * (1 + (wave * rise * dip * noise - 1) * calm))


def value(name: str, window: Window) -> float:
    """Over a window: a sum of amounts and counts, a mean of the rest."""
    values = [daily(name, day) for day in window]
    added = BY_NAME[name]["unit"] in ("money", "count") and name not in ("aov", "price_per_unit", "units_per_order")
    return sum(values) if added else sum(values) / len(values)


def cell(now: float | None, then: float | None, share: float | None = None) -> Json:
    """A cell as the verb writes it."""
    change = None if now is None or then is None else now - then
    rate = None if change is None or not then else change / abs(then)
    found: Json = {"value": now, "against": then, "change": change, "change_rate": rate}
    return found if share is None else {**found, "share": share}


@dataclass
class FakeDesk(FakeBehaviour):
    """Answers the verbs that the pages ask; ``calls`` keeps what was asked."""

    cards: Sequence[Card] = SHOPS
    calls: list[tuple[str, str, Json]] = field(default_factory=list)

    def shops(self) -> Sequence[Card]:
        """The shops."""
        return self.cards

    def call(self, shop: str, verb: str, params: Mapping[str, Any]) -> Document:
        """The made-up answer."""
        self.calls.append((shop, verb, dict(params)))
        card = next(card for card in self.cards if card.key == shop)
        return Document(getattr(self, f"_{verb.replace('-', '_')}")(card, dict(params)))

    def asked(self, verb: str) -> list[Json]:
        """Parameters of all calls of a verb."""
        return [params for _, name, params in self.calls if name == verb]

    def _windows(self, params: Json) -> tuple[Window, Window | None]:
        window = Window(parse_day(params["from"]), parse_day(params["to"]))
        return window, comparison(window, params["against"]) if params.get("against", "none") != "none" else None

    def _catalogue(self, card: Card, params: Json) -> Json:
        hidden = card.last_day is None
        kpis = [{**entry, "measurable": False, "reason": "needs orders"} if hidden else entry for entry in KPIS]
        if card.key == "homeware":
            own = {entry["name"] for entry in TRAFFIC_KPIS}
            kpis = [*(entry for entry in kpis if entry["name"] not in own), *TRAFFIC_KPIS]
        named = (*DIMENSIONS, *((name, *words, "value") for name, words in TRAFFIC_DIMENSIONS.items()))
        dims = [{"name": name, "words": {"en": en, "zh": zh}, "kind": kind} for name, en, zh, kind in named]
        return {"kpis": kpis, "dimensions": dims}

    def _today(self, card: Card, params: Json) -> Json:
        window, other = self._windows(params)
        tiles = []
        for entry in KPIS[:10]:
            name = entry["name"]
            now, then = value(name, window), value(name, other) if other else None
            tiles.append(
                {
                    "kpi": name,
                    "words": entry["words"],
                    "unit": entry["unit"],
                    "better": entry["better"],
                    **cell(now, then),
                    "series": [[day.isoformat(), daily(name, day)] for day in window],
                    "against_series": [[day.isoformat(), daily(name, day)] for day in other] if other else [],
                }
            )
        drivers = self._explain(card, {**params, "kpi": "sales"}) if other else None
        words = {
            "en": "Sales were £812k, 14.2 % under the period before; the gap is orders of returning customers.",
            "zh": "销售额为81.2万英镑，比上一周期低14.2%；差距来自老客的订单数。",
        }
        return {
            "window": window.to_json(),
            "against": other.to_json() if other else None,
            "tiles": tiles,
            "drivers": drivers,
            "words": words,
            "batch": card.batch,
        }

    def _kpi(self, card: Card, params: Json) -> Json:
        window, other = self._windows(params)
        names = params["name"]
        for name in names:
            if name not in BY_NAME:
                raise UnknownNameError.of(Words("KPI", "指标"), name, BY_NAME)
        by = list(params.get("by") or [])
        share = 1.0 if params.get("share") else None
        total = {name: cell(value(name, window), value(name, other) if other else None, share) for name in names}
        each = [self._rows(name, by, window, other, params) for name in names]
        rows = [{key: part for row in rows for key, part in row.items()} for rows in zip(*each, strict=True)]
        return {
            "window": window.to_json(),
            "against": other.to_json() if other else None,
            "by": by,
            "rows": rows,
            "total": total,
            "not_measurable": {},
            "batch": card.batch,
            "units": {name: BY_NAME[name]["unit"] for name in names},
            "sql": [f"SELECT sum({names[0]})\nFROM order_lines\nWHERE placed_at >= '{window.from_}'"],
        }

    def _rows(self, name: str, by: list[str], window: Window, other: Window | None, params: Json) -> list[Json]:
        if not by:
            return []
        times = [dim for dim in by if dim in ("day", "week", "month", "quarter", "year", "weekday", "hour")]
        splits = [dim for dim in by if dim not in times]
        found = []
        for time_keys, now, then in self._times(name, times[0] if times else "", window, other):
            for keys, share, others in self._splits(splits, params.get("top")):
                numbers = cell(
                    now * share,
                    None if then is None else then * share * (1.1 - share / 5),
                    share if params.get("share") else None,
                )
                row = {**time_keys, **keys, name: numbers}
                found.append({**row, "others": True} if others else row)
        return found

    def _times(
        self, name: str, grain: str, window: Window, other: Window | None
    ) -> list[tuple[Json, float, float | None]]:
        if not grain:
            return [({}, value(name, window), value(name, other) if other else None)]
        if grain in ("weekday", "hour"):
            count = range(1, 8) if grain == "weekday" else range(24)
            return [({grain: n}, value(name, window) / 7 * (1 + n / 20), None) for n in count]
        starts = buckets(window, grain)
        olds = buckets(other, grain) if other else []
        found = []
        for index, start in enumerate(starts):
            then = daily(name, olds[index]) if index < len(olds) else None
            found.append(({grain: bucket_label(start, grain)}, daily(name, start), then))
        return found

    def _splits(self, splits: list[str], top: int | None) -> list[tuple[Json, float, bool]]:
        if not splits:
            return [({}, 1.0, False)]
        values = DIMENSION_VALUES.get(splits[0], COUNTRIES)
        groups = [(dict.fromkeys(splits, value), share, False) for value, share in values]
        if top is None or top >= len(groups):
            return groups
        rest = sum(share for _, share, _ in groups[top:])
        return [*groups[:top], (dict.fromkeys(splits), rest, True)]

    def _trees(self, card: Card, params: Json) -> Json:
        if params["kpi"] not in BY_NAME:
            raise UnknownNameError.of(Words("KPI", "指标"), params["kpi"], BY_NAME)
        if params["kpi"] != "sales":
            return {"kpi": params["kpi"], "names": [], "trees": []}
        tree = {
            "name": "buyers",
            "words": {"en": "Buyers, orders, basket", "zh": "顾客、订单、客单"},
            "formula": "a * b",
            "possible": True,
            "measurable": True,
            "reason": "",
            "default": True,
        }
        other = {
            **tree,
            "name": "visitors",
            "words": {"en": "Visitors, conversion, basket", "zh": "访客、转化、客单"},
            "possible": False,
            "reason": "needs events",
            "default": False,
        }
        return {"kpi": "sales", "names": ["buyers", "visitors"], "trees": [tree, other]}

    def _explain(self, card: Card, params: Json) -> Json:
        window, other = self._windows(params)
        assert other is not None
        name = params["kpi"]
        before, after = value(name, other), value(name, window)
        change = after - before
        children = [
            driver("new_buyers", ("New buyers", "新客数"), "count", (300, 240), change * 0.1),
            driver("orders", ("Orders per buyer", "人均订单数"), "count", (1.9, 1.6), change * 0.62),
        ]
        drivers = [
            driver(
                "orders",
                ("Orders of customers", "有客户的订单"),
                "count",
                (2300, 2010),
                change * 0.72,
                children=children,
            ),
            driver("units_per_order", ("Units per order", "连带率"), "count", (180, 191), -change * 0.13),
            driver("price_per_unit", ("Price per unit", "件单价"), "money", (1.93, 1.88), change * 0.35),
            driver(None, ("Anonymous sales", "匿名销售"), "money", (90_000, 88_500), change * 0.06, kind="group"),
        ]
        words = {
            "en": "Sales fell. Orders of customers took away the most; units per order added a little.",
            "zh": "销售额下降。有客户的订单减少最多；连带率略有增加。",
        }
        return {
            "kpi": name,
            "window": window.to_json(),
            "against": other.to_json(),
            "before": before,
            "after": after,
            "change": change,
            "change_rate": change / before,
            "tree": None if params.get("over") else "buyers",
            "over": params.get("over"),
            "drivers": drivers,
            "words": words,
            "notes": [],
            "unit": BY_NAME[name]["unit"],
            "better": BY_NAME[name]["better"],
            "batch": card.batch,
            "sql": ["SELECT 1"],
        }

    def _products(self, card: Card, params: Json) -> Json:
        rows = [product(index) for index in range(120)]
        if params.get("search"):
            rows = [row for row in rows if params["search"].lower() in row["name"].lower()]
        offset, limit = params.get("offset", 0), params.get("limit", 50)
        return {
            "products": rows[offset : offset + limit],
            "count": len(rows),
            "view": params.get("sort", "top"),
            "sort": "sales",
            "descending": True,
            "not_measurable": {"rating": "needs reviews"},
            "trend_days": 1,
            "batch": card.batch,
            "sql": ["SELECT 2"],
        }

    def _data(self, card: Card, params: Json) -> Json:
        full = card.last_day is not None
        tables = [
            table("orders", "Orders", "订单", 22_064 if full else 0),
            table("order_lines", "Order lines", "订单行", 531_285 if full else 0),
            table("products", "Products", "商品", 3_941 if full else 0),
            table("events", "Events", "事件", 90_210 if card.key == "homeware" else 0),
        ]
        return {
            "shop": {"name": card.name},
            "batch": card.batch,
            "last_complete_day": str(card.last_day) if full else None,
            "tables": tables,
            "measurable": [e["name"] for e in KPIS if e["measurable"]] if full else [],
            "not_measurable": {e["name"]: e["reason"] for e in KPIS if not e["measurable"]},
            "watched": [{"source": "shopify", "folder": "/exports/shopify"}] if card.key == "homeware" else [],
        }

    def _batches(self, card: Card, params: Json) -> Json:
        if card.batch is None:
            return {"batches": []}
        counts = {"read": 541_909, "accepted": 541_890, "updated": 0, "unchanged": 0, "rejected": 19}
        return {
            "batches": [
                {
                    "batch": card.batch,
                    "source": "online-retail",
                    "files": ["/in/online_retail.parquet"],
                    "received_at": "2011-12-09T06:12:00+00:00",
                    "seconds": 4.2,
                    "tables": {"order_lines": counts},
                }
            ]
        }

    def _bridge(self, card: Card, params: Json) -> Json:
        if card.key == "homeware":
            return {"batch": params["batch"], "bridge": None}
        steps = [
            step("platform_total", "UCI revenue", "平台总额", 9_747_747.93),
            step("refunded", "Refunds", "退款", 896_812.49),
            step("shipping", "Shipping", "运费", -66_230.64),
            step("left_out", "Left out", "未计入", -3_112.25),
            step("rejected", "Rejected rows", "被拒绝的行", -10.40),
        ]
        total = sum(each["amount"] for each in steps)
        return {
            "batch": params["batch"],
            "bridge": {
                "currency": "GBP",
                "platform_total": steps[0]["amount"],
                "steps": steps[1:],
                "ours": total,
                "residual": 0.0,
                "notes": [{"words": {"en": "Bank charges", "zh": "银行费用"}, "amount": -7_175.64, "rows": 37}],
            },
        }

    def _rejects(self, card: Card, params: Json) -> Json:
        found = [
            {
                "batch": card.batch,
                "table": "order_lines",
                "file": "/in/online_retail.parquet",
                "line": 299_983 + n,
                "column": "unit_price",
                "value": "-11062.06" if n else HOSTILE,
                "reason": "price is negative",
                "rejected": n != 2,
            }
            for n in range(19)
        ]
        return {"rejects": found}


def driver(
    name: str | None,
    words: tuple[str, str],
    unit: str,
    sides: tuple[float, float],
    adds: float,
    kind: str = "factor",
    children: Sequence[Json] = (),
) -> Json:
    """A driver of an explanation."""
    (en, zh), (before, after) = words, sides
    return {
        "name": name,
        "kind": kind,
        "words": {"en": en, "zh": zh},
        "unit": unit,
        "before": before,
        "after": after,
        "contribution": adds,
        "children": list(children),
    }


def table(name: str, en: str, zh: str, rows: int) -> Json:
    """A table of the data page."""
    return {
        "table": name,
        "words": {"en": en, "zh": zh},
        "rows": rows,
        "delivered": rows > 0,
        "first": "2010-12-01T08:26:00+00:00" if rows else None,
        "last": "2011-12-09T12:50:00+00:00" if rows else None,
        "known": ["order_id"],
    }


def step(kind: str, en: str, zh: str, amount: float) -> Json:
    """A step of a bridge."""
    return {"kind": kind, "words": {"en": en, "zh": zh}, "amount": amount, "note": None}


NAMES = (
    "WHITE HANGING HEART T-LIGHT HOLDER",
    "REGENCY CAKESTAND 3 TIER",
    "JUMBO BAG RED RETROSPOT",
    "PARTY BUNTING",
    "LUNCH BAG RED RETROSPOT",
    "ASSORTED COLOUR BIRD ORNAMENT",
    "SET OF 3 CAKE TINS PANTRY DESIGN",
    "PAPER CHAIN KIT 50'S CHRISTMAS",
    HOSTILE,
)


def product(index: int) -> Json:
    """A product of the list."""
    sales = 18_400 / (index + 1) ** 0.6
    rate = 0.3 * math.sin(index * 1.7)
    return {
        "product_id": f"{85123 + index}",
        "name": NAMES[index % len(NAMES)],
        "category": None,
        "brand": None,
        "sales": sales,
        "sales_before": sales / (1 + rate),
        "change": sales - sales / (1 + rate),
        "change_rate": rate,
        "share": sales / 900_000,
        "units": round(sales / 2.9),
        "orders": 40,
        "price": 2.9 + index % 7,
        "stock": None if index % 5 else 12 - index,
        "return_rate": 0.01 * (index % 6),
        "rating": None,
        "reviews": None,
        "margin": None,
        "cover_days": None,
        "first_sold": "2010-12-01",
        "trend": [10 + 5 * math.sin(index + n / 2) for n in range(14)],
    }


def day_before(day: date) -> date:
    """Yesterday of a day."""
    return day - timedelta(1)
