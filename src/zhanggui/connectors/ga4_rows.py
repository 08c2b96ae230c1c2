"""Flat GA4 events become events of the shop: names, sessions, sources, values, stable numbers.

Which of the four places of a GA4 export says where a visit came from: the session's last click (as GA4's own reports),
else what was collected with the event (a Google click id makes it google / cpc), else the event's own parameters,
else, in the first session of a visitor, the visitor's first touch. Later sessions never take the first touch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from zhanggui.basics.words import Words
from zhanggui.connectors.ga4_flat import LINE as FLAT_LINE
from zhanggui.connectors.pages import clean_address, page_type_of
from zhanggui.shop import TABLES
from zhanggui.shop.rows import LINE, Note, Rows

EVENTS: Final = TABLES["events"]
RENAMED: Final[Mapping[str, str]] = {
    "view_search_results": "search",
    "screen_view": "page_view",
    "ecommerce_purchase": "purchase",
    "in_app_purchase": "purchase",
    "exception": "error",
    "app_exception": "error",
    **dict.fromkeys(("LCP", "INP", "CLS", "TTFB"), "web_vitals"),
}
NAMES: Final[Mapping[str, str]] = {name: name for name in EVENTS.by_name["event"].choices} | dict(RENAMED)
UNKNOWN: Final = ("", "(not set)", "(none)", "(not provided)", "<Other>", "(data deleted)", "(null)", "null")
PAGES: Final = EVENTS.by_name["page_type"].choices
PAGE_NAMES: Final[Mapping[str, str]] = {name: name for name in PAGES} | {
    "product": "item", "product_page": "item", "pdp": "item", "detail": "item", "homepage": "home", "index": "home",
    "collection": "category", "list": "category", "plp": "category", "listing": "category", "basket": "cart",
    "searchresults": "search", "search_results": "search", "payment": "checkout", "首页": "home", "商品": "item",
    "分类": "category", "搜索": "search", "购物车": "cart", "结算": "checkout",
}  # fmt: skip
# What an event says about its page where neither a parameter nor the address does.
PAGE_OF_EVENT: Final[Mapping[str, str]] = {
    "view_item": "item", "view_item_list": "category", "begin_checkout": "checkout", "add_shipping_info": "checkout",
    "add_payment_info": "checkout", "purchase": "checkout", "search": "search", "sign_up": "account",
    "login": "account",
}  # fmt: skip
COUNTED: Final = ("load_ms", "lcp_ms", "inp_ms", "cls", "ttfb_ms")
MICROS: Final = r"^\d{15,16}$"


@dataclass
class Ga4Rows:
    """Turns flat tables of one file into pieces; ``notes`` at the end says what was left out.

    ``currency`` is that of the shop: values in another currency are not taken over, unless GA4 gives them in US dollars
    and the shop counts in them.
    """

    currency: str
    left_out: Counter[str] = field(default_factory=Counter)
    nameless: int = 0
    foreign: Counter[str] = field(default_factory=Counter)

    def rows(self, flat: pa.Table, file: str) -> Rows | None:
        """The events of the shop among ``flat``; None when there are none."""
        flat = flat.combine_chunks()
        names = pc.fill_null(flat["name"], "")
        at = pc.index_in(names, value_set=pa.array(list(NAMES)))
        known = pc.is_valid(at)
        for item in pc.value_counts(names.filter(pc.invert(known)).combine_chunks()).to_pylist():
            self.left_out[item["values"]] += item["counts"]
        given = pc.fill_null(pc.not_equal(flat["visitor"], ""), False)
        self.nameless += pc.sum(pc.and_(known, pc.invert(given))).as_py() or 0
        keep = pc.and_(known, given)
        flat, at = flat.filter(keep).combine_chunks(), at.filter(keep)
        if not flat.num_rows:
            return None
        event = pa.array(list(NAMES.values())).take(at.combine_chunks())
        return Rows(table="events", data=self._columns(flat, event), file=file, naive_zone="UTC")

    def notes(self) -> Iterator[Note]:
        """What was left out, with counts."""
        if self.left_out:
            listed = self.left_out.most_common(20)
            shown = ", ".join(f"{name or '-'} {count:,}" for name, count in listed)
            yield Note(
                Words(f"GA4 events that are no step of a shop: {shown}", f"与店铺步骤无关、未导入的 GA4 事件：{shown}"),
                rows=self.left_out.total(),
            )
        if self.nameless:
            yield Note(
                Words(
                    "Events without user_pseudo_id (visitors who gave no consent); they belong to no visit",
                    "没有 user_pseudo_id 的事件（访客未同意跟踪）；无法归入任何访问，未导入",
                ),
                rows=self.nameless,
            )
        if self.foreign:
            shown = ", ".join(f"{name} {count:,}" for name, count in self.foreign.most_common(10))
            yield Note(
                Words(
                    f"Events whose value is in another currency than {self.currency}; taken in without value: {shown}",
                    f"金额币种不是 {self.currency} 的事件，已导入但不含金额：{shown}",
                ),
                rows=self.foreign.total(),
            )

    def _columns(self, flat: pa.Table, event: pa.Array) -> pa.Table:
        text = _Text(flat)
        order = text.first("order", "param_order")
        item = text.first("item", "param_item")
        columns: dict[str, pa.Array] = {
            "event_id": _event_ids(text, order, item),
            "occurred_at": _moments(text["time"]),
            "visitor_id": text["visitor"],
            "customer_id": text.first("user"),
            "session_id": _joined(text["visitor"], text["session"]),
            "event": event,
            "page_type": _page_types(text, event),
            "page_url": _each(text["page"], clean_address),
            "product_id": item,
            "order_id": order,
            "query": text.first("query"),
            "result_count": text["result_count"],
            "quantity": _quantities(text, event),
            "value": self._values(text, event),
            **_sources(text),
            "device": _each(text.first("device"), str.lower),
            "os": text.first("os"),
            "browser": text.first("browser", "old_browser"),
            "country": text.first("country"),
            "region": text.first("region"),
            **_measures(text),
            LINE: flat[FLAT_LINE].combine_chunks(),
        }
        always = {"event_id", "occurred_at", "visitor_id", "event", LINE}
        return pa.table({
            name: array for name, array in columns.items() if name in always or array.null_count < len(array)
        })  # fmt: skip

    def _values(self, text: _Text, event: pa.Array) -> pa.Array:
        """The value in the shop's currency: the parameter (else the revenue of the order), or US dollars by GA4."""
        own, said = pc.coalesce(text["value"], text["order_revenue"]), pc.utf8_upper(text["currency"])
        ours = pc.fill_null(pc.equal(said, self.currency), True)
        dollars = pc.coalesce(text["value_usd"], text["order_revenue_usd"])
        other = dollars if self.currency == "USD" else pa.nulls(len(event), pa.string())
        value = pc.if_else(ours, own, other)
        value = pc.coalesce(value, pc.if_else(pc.is_null(own), other, pa.scalar(None, pa.string())))
        lost = pc.and_(pc.is_null(value), pc.or_(pc.is_valid(own), pc.is_valid(dollars)))
        given = pc.fill_null(said, "USD").filter(lost)
        for item in pc.value_counts(given).to_pylist():
            self.foreign[item["values"]] += item["counts"]
        # The value of a web vital is no money.
        value = pc.if_else(pc.is_in(event, value_set=pa.array(["web_vitals"])), pa.scalar(None, pa.string()), value)
        return _rounded(value)


class _Text:
    """The columns of a flat table; ``first`` takes what Google writes for "unknown" as nothing."""

    def __init__(self, flat: pa.Table) -> None:
        self._flat = flat

    def __getitem__(self, name: str) -> pa.Array:
        return self._flat[name].combine_chunks()

    def first(self, *names: str) -> pa.Array:
        """The first of the columns that says something, row by row."""
        return pc.coalesce(*(known(self[name]) for name in names))


def known(values: pa.Array) -> pa.Array:
    """``values`` without what stands for "unknown"."""
    nothing = pc.is_in(values, value_set=pa.array(UNKNOWN))
    return pc.if_else(nothing, pa.scalar(None, pa.string()), values)


def _joined(*parts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(*parts, ".")


def _event_ids(text: _Text, order: pa.Array, item: pa.Array) -> pa.Array:
    """The same number whenever an event is exported, as JSON or as Parquet; equal for one delivered twice.

    GA4 gives events no number. Visitor, microsecond, name and the numbers of the batch tell events apart; older exports
    have no numbers of batches and one time for a whole batch, so what the event is about is taken as well.
    """
    parts = [
        text[name] for name in ("visitor", "time", "name", "bundle", "batch_page", "batch_order", "batch_index", "page")
    ]
    whole = pc.binary_join_element_wise(
        *(pc.fill_null(part, "") for part in (*parts, order, item)), "\x1f"
    )  # fmt: skip
    return pa.array(
        [blake2b(one.encode(), digest_size=12).hexdigest() for one in whole.to_pylist()], pa.string()
    )  # fmt: skip


def _moments(times: pa.Array) -> pa.Array:
    """Microseconds since 1970 as instants; anything else as it is, for the store to read or to refuse."""
    micros = pc.fill_null(pc.match_substring_regex(times, MICROS), False)
    whole = pc.if_else(micros, times, pa.scalar(None, pa.string())).cast(pa.int64()).cast(pa.timestamp("us", "UTC"))
    if pc.all(micros).as_py():
        return whole
    texts = pc.strftime(whole, "%Y-%m-%dT%H:%M:%SZ")
    return pc.coalesce(texts, pc.replace_substring_regex(times, r" UTC$", "Z"))


def _each(values: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    """``change`` applied to every different value once."""
    packed = values.dictionary_encode()
    different = packed.dictionary.to_pylist()
    changed = pa.array([change(value) if value is not None else None for value in different], pa.string())
    return changed.take(packed.indices)


def _page_types(text: _Text, event: pa.Array) -> pa.Array:
    said = _each(text["page_type"], lambda name: PAGE_NAMES.get(name.strip().lower()))
    told = _each(text["page"], page_type_of)
    sure = pc.if_else(pc.equal(told, "other"), pa.scalar(None, pa.string()), told)
    return pc.coalesce(said, sure, _each(event, PAGE_OF_EVENT.get), told)


def _quantities(text: _Text, event: pa.Array) -> pa.Array:
    """Pieces of the items; of a purchase what GA4 says of the order. Views have none."""
    of_order = pc.equal(event, "purchase")
    pieces = pc.if_else(of_order, pc.coalesce(text["order_quantity"], text["quantity"]), text["quantity"])
    seen = pc.is_in(event, value_set=pa.array(["view_item", "view_item_list", "select_item", "page_view"]))
    return _rounded(pc.if_else(seen, pa.scalar(None, pa.string()), pieces))


def _sources(text: _Text) -> dict[str, pa.Array]:
    """Source, medium and campaign, taken together from the first place that names a source."""
    clicked = pc.is_valid(pc.coalesce(text["sent_gclid"], text["param_gclid"]))
    tag = pc.coalesce(text.first("sent_medium"), text.first("param_medium"))
    organic = pc.or_(pc.is_null(tag), pc.is_in(tag, value_set=pa.array(["organic"])))
    paid = pc.or_(pc.is_valid(text.first("ads_campaign")), pc.and_(clicked, organic))
    first_visit = pc.fill_null(pc.equal(text["session_number"], "1"), False)
    nothing = pa.scalar(None, pa.string())
    places: list[tuple[pa.Array, dict[str, pa.Array]]] = []
    for place in ("visit", "tagged", "sent", "param", "first"):
        given = {what: text.first(f"{place}_{what}") for what in ("source", "medium", "campaign")}
        here = pc.is_valid(given["source"])
        places.append((pc.and_(here, first_visit) if place == "first" else here, given))
    # A Google click id says more than what the page's address was read as.
    google = {
        "source": pc.if_else(paid, "google", nothing), "medium": pc.if_else(paid, "cpc", nothing),
        "campaign": text.first("ads_campaign", "sent_campaign", "param_campaign"),
    }  # fmt: skip
    places.insert(1, (paid, google))
    found: dict[str, pa.Array] = {}
    for what, column in (("source", "source"), ("medium", "medium"), ("campaign", "campaign_id")):
        value = pa.nulls(len(clicked), pa.string())
        for here, given in reversed(places):
            value = pc.if_else(here, given[what], value)
        found[column] = value
    return found


def _measures(text: _Text) -> dict[str, pa.Array]:
    """Load time and web vitals: own parameters, or ``metric_value`` of the event that is named after the metric."""
    found = {name: text[name] for name in COUNTED}
    for metric in ("LCP", "INP", "CLS", "TTFB"):
        name = "cls" if metric == "CLS" else f"{metric.lower()}_ms"
        mine = pc.equal(text["name"], metric)
        value = text["metric"] if metric == "CLS" else pc.coalesce(text["metric"], text["value"])
        found[name] = pc.coalesce(found[name], pc.if_else(mine, value, pa.scalar(None, pa.string())))
    return found


def _rounded(values: pa.Array) -> pa.Array:
    """Amounts to four places, as the shop keeps them; text that is no number stays, for the store to refuse."""
    long = pc.fill_null(pc.match_substring_regex(values, r"^-?\d*\.\d{5,}$|^-?\d(\.\d+)?e-?\d+$"), False)
    if not pc.any(long).as_py():
        return values
    short = pc.round(pc.if_else(long, values, pa.scalar(None, pa.string())).cast(pa.float64()), 4)
    return pc.coalesce(short.cast(pa.decimal128(28, 4)).cast(pa.string()), values)
