"""Drafting a mapping file for a file nobody has seen before: from its column names, values and repetitions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from zhanggui.connectors.suggest_events import event_table
from zhanggui.connectors.suggest_words import MEANINGS, NUMERIC, TIMES, plain
from zhanggui.connectors.text_file import TextRows, open_rows, parse_amount, parse_moment

SCAN = 20_000
EPOCH = re.compile(r"1\d{9}(\d{3}){0,2}(\.\d+)?")  # from 2001 to 2033
STATUS_WORDS = {
    "placed": ("unpaid", "pending", "placed", "created", "new", "待付款", "未付款", "等待买家付款", "等待付款"),
    "cancelled": ("cancel", "close", "void", "unavailable", "关闭", "取消"),
    "returned": ("return", "refund", "退货", "退款"),
    "delivered": ("deliver", "complete", "success", "done", "finish", "完成", "成功", "签收"),
    "shipped": ("ship", "fulfil", "dispatch", "sent", "发货"),
    "paid": ("paid", "process", "approved", "付款", "已支付"),
}


def suggest_map(path: Path) -> str:
    """The text of a mapping (TOML) for the file; what has to be decided by a person says TODO.

    The text is always a mapping that loads, unless nothing in the file was understood: then it is all comments.

    Raises:
        DataError: the file cannot be read as a table.
    """
    rows = open_rows(path)
    look = _Look(rows)
    # A file of events names orders, products and customers only to say what an event is about.
    events = _events(look)
    blocks = [events] if events else [block for draft in DRAFTS if (block := draft(look))]
    head = [
        f"# Draft of a mapping for {path.name}. Check every line, then:",
        f"#   zhanggui import SHOP mapped {path.name} --map THIS_FILE",
        f"# Columns of the file: {', '.join(rows.columns)}",
    ]
    if not blocks:
        head.append("# None of them is known. Write a [[table]] yourself: see docs/how-to/write-a-mapping.md")
        head += ["#", "# [[table]]", '# fills = "orders"', "# [table.columns]", '# order_id = "COLUMN OF YOUR FILE"']
        return "\n".join(head) + "\n"
    if rows.decimal == ",":
        head.append('decimal = ","')
    unused = [name for name in rows.columns if name not in look.used]
    tail = [f"# Not used: {', '.join(unused)}"] if unused else []
    return "\n".join([*head, "", *("\n".join([*block, ""]) for block in blocks), *tail]) + "\n"


@dataclass
class _Look:
    """What the file shows: which column means what, and how often values repeat."""

    rows: TextRows
    of: dict[str, str] = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for _, row in islice(iter(self.rows), SCAN):
            for name, value in row.items():
                self.values.setdefault(name, []).append(value)
        for exact in (True, False):
            for meaning, words in MEANINGS.items():
                found = None if meaning in self.of else self._find(meaning, words, exact=exact)
                if found:
                    self.of[meaning] = found
        known = set(MEANINGS["category"])
        self.categories = [name for name in self.rows.columns if plain(name) in known]

    def _find(self, meaning: str, words: Iterable[str], *, exact: bool) -> str | None:
        free = [name for name in self.rows.columns if name not in self.of.values()]
        for word in words:
            for name in free:
                here = plain(name)
                fits = here == word if exact else (len(word) >= 5 or _chinese(word)) and word in here
                if fits and self._values_fit(meaning, name):
                    return name
        return None

    def _values_fit(self, meaning: str, name: str) -> bool:
        filled = [value for value in self.values.get(name, [])[:200] if value]
        if meaning in NUMERIC:
            return _share(filled, lambda value: parse_amount(value, self.rows.decimal)) >= 0.8
        if meaning in TIMES:
            return _share(filled, parse_moment) >= 0.8 or self.is_epoch(name)
        return True

    def is_epoch(self, name: str) -> bool:
        """Whether the column counts seconds (milliseconds, microseconds) since 1970."""
        filled = [value for value in self.values.get(name, [])[:200] if value]
        return bool(filled) and sum(EPOCH.fullmatch(value) is not None for value in filled) >= 0.8 * len(filled)

    def has(self, *meanings: str) -> bool:
        """Whether the file has all of these."""
        return all(meaning in self.of for meaning in meanings)

    def any(self, *meanings: str) -> bool:
        """Whether it has one of these."""
        return any(meaning in self.of for meaning in meanings)

    def repeats(self, meaning: str) -> bool:
        """Whether a value occurs on several rows."""
        values = [value for value in self.values.get(self.of.get(meaning, ""), []) if value]
        return len(values) > len(set(values))

    def distinct(self, meaning: str) -> list[str]:
        """The different values, most of 30."""
        return list(dict.fromkeys(self.values.get(self.of[meaning], [])))[:30]


def _chinese(word: str) -> bool:
    return len(word) >= 2 and word >= "\u4e00"


def _share(values: list[str], parse: Callable[[str], object]) -> float:
    good = 0
    for value in values:
        try:
            good += parse(value) is not None
        except ValueError:
            continue
    return good / len(values) if values else 1.0


class _Block:
    """The lines of one ``[[table]]``."""

    def __init__(self, look: _Look, fills: str, *, keep: str = "", group_by: Sequence[str] = ()) -> None:
        self.look = look
        self.lines = ["[[table]]", f"fills = {_toml(fills)}"]
        if keep:
            self.lines.append(f"keep = [{_toml(keep)}]")
        if group_by:
            self.lines.append(f"group_by = [{', '.join(map(_toml, group_by))}]")
        self.lines.append("[table.columns]")

    def column(self, target: str, meaning: str = "", **more: str) -> _Block:
        """``target`` from the column that means ``meaning`` (the same name when left out), if the file has it."""
        name = self.look.of.get(meaning or target)
        if name:
            if (meaning or target) in TIMES and self.look.is_epoch(name):
                more["date"] = _toml("epoch")
            if target in {"customer_id", "visitor_id"} and any(
                "@" in value for value in self.look.values.get(name, [])[:50]
            ):
                more["hash"] = "true"  # an e-mail address is never stored
            self.look.used.add(name)
            given = ", ".join([f"column = {_toml(name)}", *(f"{key} = {value}" for key, value in more.items())])
            self.lines.append(f"{target} = {_toml(name)}" if not more else f"{target} = {{ {given} }}")
        return self

    def either(self, target: str, meanings: Iterable[str], otherwise: str) -> _Block:
        """The first of ``meanings`` that the file has, else the line ``otherwise``."""
        for meaning in meanings:
            if meaning in self.look.of:
                return self.column(target, meaning)
        self.lines.append(f"{target} = {otherwise}")
        return self

    def line(self, text: str, *uses: str) -> _Block:
        """A line as it is; ``uses`` are the file's columns in it."""
        self.lines.append(text)
        self.look.used.update(uses)
        return self


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _name(column: str) -> str:
    """A column name inside a formula or condition."""
    return column if re.fullmatch(r"[^\W\d]\w*", column) else '"' + column.replace('"', '""') + '"'


def _events(look: _Look) -> list[str]:
    if not (look.has("event", "placed_at") and look.any("visitor_id", "customer_id", "session_id")):
        return []
    told = [value for value in look.distinct("event") if value]
    table = event_table(told, of_items=look.has("product_id"))
    if not table and look.has("order_id"):
        return []
    column = look.of["event"]
    # What is no step of a shop, such as a favourite, is left out; the store would refuse it row by row.
    others = ", ".join(f"'{value}'" for value in told if value not in table and "'" not in value)
    block = _Block(look, "events", keep=f"{_name(column)} not in ({others})" if table and others else "")
    _event_number(look, block)
    block.column("occurred_at", "placed_at").either("visitor_id", ["visitor_id", "customer_id", "session_id"], "")
    block.column("customer_id").column("session_id")
    if table:
        block.column("event", map=_table(table))
    else:
        example = f'map = {{ {_toml(told[0] if told else "")} = "view_item" }}'
        block.line(f"event = {_toml(column)}  # TODO: say what each value is, as in {example}", column)
    for target in ("page_type", "page_url", "product_id", "order_id", "query", "result_count", "quantity"):
        block.column(target)
    amount = next((name for name in ("value", "line_amount", "order_amount", "unit_price") if name in look.of), "value")
    block.column("value", amount)
    for target in ("source", "medium", "campaign_id", "device", "os", "browser", "country", "region", "load_ms"):
        block.column(target)
    return block.lines


ABOUT = ("visitor_id", "customer_id", "session_id", "placed_at", "event", "product_id", "order_id", "page_url")


def _event_number(look: _Look, block: _Block) -> None:
    """The number of the event, else what tells events apart: then two that are the same in all of it count once."""
    about = ", ".join(_toml(look.of[meaning]) for meaning in ABOUT if meaning in look.of)
    numbers = ["event_id"] if look.repeats("row_id") else ["event_id", "row_id"]
    block.either("event_id", numbers, f'{{ join = [{about}], with = "|" }}  # the file does not number its events')


def _ads(look: _Look) -> list[str]:
    if not (look.has("spend") and look.any("impressions", "clicks")):
        return []
    key = [look.of[meaning] for meaning in ("placed_at", "campaign_id") if meaning in look.of]
    seen = list(zip(*(look.values[name] for name in key), strict=True)) if key and look.values else []
    add = {"pick": _toml("sum")} if len(seen) > len(set(seen)) else {}  # several ads of one campaign on one day
    block = _Block(look, "ad_spend", group_by=key if add else ())
    block.either("day", ["placed_at"], '{ const = "2020-01-01" }  # TODO: the file has no date')
    block.either("campaign_id", ["campaign_id"], '{ const = "all" }  # TODO: the file names no campaign')
    for target in ("impressions", "clicks", "spend", "reported_conversions", "reported_value"):
        block.column(target, **add)
    return block.lines


def _payments(look: _Look) -> list[str]:
    if look.has("product_id") or not look.any("gateway", "success") or not look.has("placed_at"):
        return []
    block = _Block(look, "payments")
    block.either("attempt_id", ["row_id"], '{ line = "attempt-" }').column("order_id")
    block.column("attempted_at", "placed_at").column("gateway").column("method", "payment_method")
    block.either("amount", ["line_amount", "order_amount"], '{ const = "0" }  # TODO: the file has no amount')
    if look.has("success"):
        values = look.distinct("success")
        good = [
            value for value in values if value.lower() in {"1", "true", "yes", "success", "succeeded", "成功", "是"}
        ]
        table = {value: "succeeded" if value in good else "failed" for value in values if value}
        block.column("status", "success", map=_table(table))
    else:
        block.line('status = { const = "succeeded" }  # TODO: the file does not say which failed')
    for target in ("error_code", "country", "device"):
        block.column(target)
    return block.lines


def _orders(look: _Look) -> list[str]:
    if not look.has("order_id") or look.any("gateway", "success", "review_id"):
        return []
    group = [look.of["order_id"]] if look.repeats("order_id") else []
    block = _Block(look, "orders", group_by=group).column("order_id")
    block.either("placed_at", ["placed_at", "paid_at"], '{ const = "2020-01-01" }  # TODO: the file has no time')
    _status(look, block)
    for target in (
        "customer_id", "paid_at", "cancelled_at", "country", "region", "city", "currency", "payment_method",
        "coupon_code", "device", "source", "medium",
    ):  # fmt: skip
        block.column(target)
    if not group:
        block.column("shipping_amount").column("tax_amount").column("total_amount", "order_amount")
    return block.lines


def _status(look: _Look, block: _Block) -> None:
    if look.has("status"):
        table = {value: _status_of(value) for value in look.distinct("status") if value}
        block.column("status", map=_table(table), **{"else": _toml("placed")})
    elif look.has("paid_at"):
        block.column("status", "paid_at", map='{ "" = "placed" }', **{"else": _toml("paid")})
    else:
        block.line('status = { const = "paid" }  # TODO: the file has no status')


def _status_of(value: str) -> str:
    lower = value.lower()
    return next((ours for ours, words in STATUS_WORDS.items() if any(word in lower for word in words)), "placed")


def _table(values: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_toml(old)} = {_toml(new)}" for old, new in values.items()) + " }"


def _order_lines(look: _Look) -> list[str]:
    if not look.has("order_id") or look.any("gateway", "success", "review_id"):
        return []
    if not look.any("unit_price", "line_amount", "order_amount"):
        return []
    block = _Block(look, "order_lines").column("order_id")
    order = look.of["order_id"]
    block.either("line_no", ["line_no"], f"{{ number_in = {_toml(order)} }}")
    block.either("product_id", ["product_id", "name"], '{ const = "(whole order)" }  # the file has no products')
    block.either("quantity", ["quantity"], '{ const = "1" }')
    _price(look, block)
    return block.column("discount_amount").column("unit_cost").lines


def _price(look: _Look, block: _Block) -> None:
    if look.has("unit_price"):
        block.column("unit_price")
        return
    ranked = ("line_amount", "order_amount") if look.any("product_id", "name") else ("order_amount", "line_amount")
    amount = next(look.of[meaning] for meaning in ranked if meaning in look.of)
    if not look.has("quantity"):
        block.line(f"unit_price = {_toml(amount)}", amount)
        return
    quantity = look.of["quantity"]
    price = f"up({_name(amount)} / {_name(quantity)})"
    block.line(f"unit_price = {{ formula = {_toml(price)} }}  # TODO: is {amount} before discounts?", amount, quantity)
    if not look.has("discount_amount"):
        rest = f"{price} * {_name(quantity)} - {_name(amount)}"
        block.line(f"discount_amount = {{ formula = {_toml(rest)} }}  # makes the line {amount} to the cent")


def _refunds(look: _Look) -> list[str]:
    if not look.has("order_id", "refund_amount"):
        return []
    name = look.of["refund_amount"]
    block = _Block(look, "refunds", keep=f"{_name(name)} > 0")
    block.line(f"refund_id = {_toml(look.of['order_id'])}").column("order_id")
    block.either("refunded_at", ["refunded_at", "paid_at", "placed_at"], '{ const = "2020-01-01" }  # TODO: no time')
    return block.column("amount", "refund_amount").lines


def _products(look: _Look) -> list[str]:
    told = look.any("name", "brand", "list_price") or look.categories
    if not look.has("product_id") or not told or look.any("rating", "spend"):
        return []
    group = [look.of["product_id"]] if look.repeats("product_id") else []
    block = _Block(look, "products", group_by=group).column("product_id").column("name")
    if len(look.categories) > 1:
        names = ", ".join(_toml(name) for name in look.categories)
        block.line(f"category = {{ join = [{names}] }}", *look.categories)
    else:
        block.column("category")
    block.column("brand").column("list_price")
    if not look.has("order_id"):
        block.column("unit_cost")
    return block.lines


def _customers(look: _Look) -> list[str]:
    if not look.has("customer_id") or look.any("rating"):
        return []
    group = [look.of["customer_id"]] if look.repeats("customer_id") else []
    block = _Block(look, "customers", keep=_name(look.of["customer_id"]), group_by=group).column("customer_id")
    for target in ("country", "region", "city", "gender", "birth_year"):
        block.column(target)
    return block.lines


def _reviews(look: _Look) -> list[str]:
    if not look.any("rating", "review_id"):
        return []
    block = _Block(look, "reviews")
    block.either("review_id", ["review_id", "row_id"], '{ line = "review-" }')
    block.either("created_at", ["placed_at"], '{ const = "2020-01-01" }  # TODO: the file has no time')
    for target in ("order_id", "product_id", "customer_id", "rating", "text"):
        block.column(target)
    return block.lines


def _traffic(look: _Look) -> list[str]:
    if look.has("order_id") or look.has("spend") or not look.any("visitors", "sessions") or not look.has("placed_at"):
        return []
    block = _Block(look, "traffic_daily").column("day", "placed_at")
    for target in ("source", "medium", "device", "country", "region", "visitors", "sessions", "page_views"):
        block.column(target)
    return block.lines


def _stock(look: _Look) -> list[str]:
    if not look.has("product_id", "on_hand"):
        return []
    block = _Block(look, "stock_levels")
    block.either("taken_at", ["placed_at"], '{ const = "2020-01-01" }  # TODO: when was it counted?')
    return block.column("product_id").column("warehouse").column("on_hand").lines


DRAFTS = (
    _ads, _payments, _orders, _order_lines, _refunds, _products, _customers, _reviews, _traffic, _stock,
)  # fmt: skip
