"""GA4 events for tests: random ones as the BigQuery export nests them, and what they are in plain Python."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Event = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
START = 1_612_069_510_766_593
UNKNOWN = {None, "", "(not set)", "(none)", "(not provided)", "<Other>", "(data deleted)"}
NAMES = (
    "page_view", "view_item", "view_item_list", "select_item", "add_to_cart", "remove_from_cart", "begin_checkout",
    "add_shipping_info", "add_payment_info", "purchase", "refund", "sign_up", "login", "view_search_results", "screen_view",
    "scroll", "user_engagement", "session_start", "first_visit",
)  # fmt: skip
PAGES = {
    "https://s.example/": "home", "https://s.example/products/mug": "item", "https://s.example/collections/all": "category",
    "https://s.example/cart": "cart", "https://s.example/checkouts/1/pay": "checkout", "https://s.example/search?q=mug": "search",
    "https://s.example/about-us": "other", "https://s.example/account/orders": "account",
}  # fmt: skip
BY_EVENT = {
    "view_item": "item", "view_item_list": "category", "begin_checkout": "checkout", "add_shipping_info": "checkout",
    "add_payment_info": "checkout", "purchase": "checkout", "search": "search", "sign_up": "account", "login": "account",
}  # fmt: skip
VALUE = pa.struct({
    "string_value": pa.string(), "int_value": pa.int64(), "float_value": pa.float64(), "double_value": pa.float64(),
})  # fmt: skip
CAMPAIGN = pa.struct({"source": pa.string(), "medium": pa.string(), "campaign_name": pa.string()})
SCHEMA = pa.schema({
    "event_timestamp": pa.int64(), "event_name": pa.string(), "user_pseudo_id": pa.string(), "user_id": pa.string(),
    "event_bundle_sequence_id": pa.int64(), "event_value_in_usd": pa.float64(),
    "event_params": pa.list_(pa.struct({"key": pa.string(), "value": VALUE})),
    "device": pa.struct({
        "category": pa.string(), "operating_system": pa.string(), "web_info": pa.struct({"browser": pa.string()}),
    }),
    "geo": pa.struct({"country": pa.string(), "region": pa.string()}),
    "traffic_source": pa.struct({"name": pa.string(), "medium": pa.string(), "source": pa.string()}),
    "collected_traffic_source": pa.struct({
        "manual_source": pa.string(), "manual_medium": pa.string(), "manual_campaign_name": pa.string(), "gclid": pa.string(),
    }),
    "session_traffic_source_last_click": pa.struct({"cross_channel_campaign": CAMPAIGN, "manual_campaign": CAMPAIGN}),
    "ecommerce": pa.struct({
        "transaction_id": pa.string(), "total_item_quantity": pa.int64(), "purchase_revenue": pa.float64(),
    }),
    "items": pa.list_(pa.struct({"item_id": pa.string(), "quantity": pa.int64()})),
})  # fmt: skip


def param(key: str, value: str | float) -> Event:
    """One parameter as the export nests it."""
    field = {str: "string_value", int: "int_value"}.get(type(value), "double_value")
    return {"key": key, "value": {field: value}}


def event(name: str = "page_view", at: int = 0, visitor: str | None = "v1", /, **more: Any) -> Event:
    """An event ``at`` seconds after the start; ``params`` is a dictionary, all other fields are as in the export."""
    params = more.pop("params", {"ga_session_id": 7})
    return {
        "event_timestamp": START + at * 1_000_000,
        "event_name": name,
        "user_pseudo_id": visitor,
        "event_params": [param(key, value) for key, value in params.items()],
        **more,
    }


def random_events(seed: int, count: int) -> list[Event]:
    """Events with every field sometimes missing, empty or unknown."""
    rng = random.Random(seed)
    maybe = lambda *values: rng.choice([None, *values])  # noqa: E731
    events = []
    for number in range(count):
        params: Event = {"ga_session_id": rng.randrange(5), "ga_session_number": rng.randint(1, 2), "page_title": "🛍"}
        for key, values in {
            "page_location": tuple(PAGES), "currency": ("USD", "usd", "EUR"), "value": (5, 19.99, 0, 1.00005),
            "source": ("news", "(direct)"), "medium": ("email", "(none)"), "campaign": ("春节",), "gclid": ("abc",),
            "search_term": ("杯子", "<b>&amp;'"), "transaction_id": ("T1", 77), "page_type": ("Product", "nonsense"),
        }.items():  # fmt: skip
            value = maybe(*values)
            if value is not None:
                params[key] = value
        items = [
            {"item_id": rng.choice(["A", "B", "(not set)", None]), "quantity": maybe(1, 2)}
            for _ in range(rng.randrange(3))
        ]
        events.append(
            event(
                rng.choice(NAMES), number, maybe("v1", "v2", "访客.3"), params=params, user_id=maybe("c1"),
                event_bundle_sequence_id=number, event_value_in_usd=maybe(3.5), items=items,
                device={"category": maybe("mobile"), "operating_system": maybe("iOS", "<Other>"), "web_info": {"browser": maybe("Safari")}},
                geo={"country": maybe("Germany", "(not set)"), "region": maybe("Bavaria")},
                traffic_source={"name": maybe("(organic)"), "medium": maybe("organic"), "source": maybe("google", "(direct)")},
                collected_traffic_source={
                    "manual_source": maybe("bing"), "manual_medium": maybe("cpc", "organic"),
                    "manual_campaign_name": maybe("summer"), "gclid": maybe("xyz"),
                },
                session_traffic_source_last_click={
                    "cross_channel_campaign": {"source": maybe("shop"), "medium": maybe("referral"), "campaign_name": None},
                    "manual_campaign": {"source": maybe("tagged"), "medium": None, "campaign_name": maybe("c")},
                },
                ecommerce={"transaction_id": maybe("T9", "(not set)"), "total_item_quantity": maybe(4), "purchase_revenue": maybe(8.25)},
            )
        )  # fmt: skip
    return events


def said(value: Any) -> Any:
    """``value``, or None for what Google writes for "unknown"."""
    return None if value in UNKNOWN else str(value)


def in_plain_python(events: list[Event], currency: str) -> list[Event]:
    """What the events are to a shop, worked out one by one."""
    return [row for one in events if (row := _row(one, currency)) is not None]


def _row(one: Event, currency: str) -> Event | None:
    name = {"view_search_results": "search", "screen_view": "page_view"}.get(one["event_name"], one["event_name"])
    if not one["user_pseudo_id"] or name in {"scroll", "user_engagement", "session_start", "first_visit"}:
        return None
    params = {each["key"]: next(iter(each["value"].values())) for each in one["event_params"]}
    page = params.get("page_location")
    ids = {item["item_id"] for item in one["items"] if item["item_id"] is not None}
    pieces = [item["quantity"] for item in one["items"] if item["quantity"] is not None]
    kind = PAGES.get(page or "")
    if params.get("page_type") == "Product":
        kind = "item"
    elif kind in {None, "other"}:
        kind = BY_EVENT.get(name, kind)
    quantity = sum(pieces) if pieces else None
    if name == "purchase":
        quantity = one["ecommerce"]["total_item_quantity"] or quantity
    return {
        "occurred_at": EPOCH + timedelta(microseconds=one["event_timestamp"]),
        "visitor_id": one["user_pseudo_id"],
        "session_id": f"{one['user_pseudo_id']}.{params['ga_session_id']}",
        "customer_id": one["user_id"],
        "event": name,
        "page_type": kind,
        "page_url": page,
        "product_id": said(next(iter(ids))) if len(ids) == 1 else None,
        "order_id": said(one["ecommerce"]["transaction_id"]) or said(params.get("transaction_id")),
        "query": params.get("search_term"),
        "quantity": None if name in {"view_item", "view_item_list", "select_item", "page_view"} else quantity,
        "value": _value(one, params, currency),
        **dict(zip(("source", "medium", "campaign_id"), _source(one, params), strict=True)),
        "device": one["device"]["category"],
        "os": said(one["device"]["operating_system"]),
        "browser": one["device"]["web_info"]["browser"],
        "country": said(one["geo"]["country"]),
        "region": one["geo"]["region"],
    }


def _value(one: Event, params: Event, currency: str) -> float | None:
    own = params.get("value", one["ecommerce"]["purchase_revenue"])
    dollars = one["event_value_in_usd"] if currency == "USD" else None
    if params.get("currency", currency).upper() != currency:
        return dollars
    return dollars if own is None else round(own, 4)


def _source(one: Event, params: Event) -> tuple[Any, Any, Any]:
    click, sent, first = (
        one[name] for name in ("session_traffic_source_last_click", "collected_traffic_source", "traffic_source")
    )
    across, tagged = click["cross_channel_campaign"], click["manual_campaign"]
    if across["source"]:
        return across["source"], across["medium"], across["campaign_name"]
    medium = said(sent["manual_medium"]) or said(params.get("medium"))
    if (sent["gclid"] or params.get("gclid")) and medium in {None, "organic"}:
        return "google", "cpc", sent["manual_campaign_name"] or params.get("campaign")
    if tagged["source"]:
        return tagged["source"], tagged["medium"], tagged["campaign_name"]
    if sent["manual_source"]:
        return sent["manual_source"], sent["manual_medium"], sent["manual_campaign_name"]
    if params.get("source"):
        return params["source"], said(params.get("medium")), params.get("campaign")
    if params["ga_session_number"] == 1 and first["source"]:
        return first["source"], first["medium"], first["name"]
    return None, None, None


def as_lines(events: list[Event], *, texts: bool = True) -> bytes:
    """Newline-delimited JSON; BigQuery writes whole numbers as text (``texts``) and leaves out what is null."""
    return b"".join(json.dumps(_spare(one) if texts else one, ensure_ascii=False).encode() + b"\n" for one in events)


def _spare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _spare(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_spare(inner) for inner in value]
    return str(value) if isinstance(value, int) else value


def write_parquet(events: list[Event], path: Path) -> Path:
    """A Parquet file with the schema of the export."""
    pq.write_table(pa.Table.from_pylist(events, schema=SCHEMA), path)
    return path
