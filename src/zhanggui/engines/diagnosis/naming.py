"""What people call the groups of a dimension: products and campaigns have names, customer types have words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.measuring import Case, Key
from zhanggui.engines.diagnosis.types import Driver
from zhanggui.metrics import value_words, vocabulary

NAMED = {"product": ("products", "product_id"), "campaign": ("campaigns", "campaign_id")}
CUSTOMER_TYPES: Mapping[Key, Words] = {
    "new": Words("new customers", "新客"),
    "returning": Words("returning customers", "老客"),
    "anonymous": Words("anonymous customers", "匿名顾客"),
}
WEEKDAYS = (
    ("Mondays", "周一"), ("Tuesdays", "周二"), ("Wednesdays", "周三"), ("Thursdays", "周四"), ("Fridays", "周五"),
    ("Saturdays", "周六"), ("Sundays", "周日"),
)  # fmt: skip


def with_names(case: Case, dimension: str, drivers: Sequence[Driver]) -> tuple[Driver, ...]:
    """The drivers with the words that people use for the groups of ``dimension``; ``name`` keeps the value itself."""
    known = _words(case, dimension, drivers)
    return tuple(replace(each, words=known[each.name]) if each.name in known else each for each in drivers)


def _words(case: Case, dimension: str, drivers: Sequence[Driver]) -> Mapping[Key, Words]:
    if dimension == "customer_type":
        return CUSTOMER_TYPES
    if dimension == "weekday":
        return {number: Words(*words) for number, words in enumerate(WEEKDAYS, start=1)}
    if dimension not in NAMED:
        known = vocabulary(dimension)
        return {each.name: value_words(dimension, each.name) for each in drivers if known and each.name in known}
    table, column = NAMED[dimension]
    ids = [driver.name for driver in drivers if isinstance(driver.name, str)]
    found = case.shop.warehouse.query(
        f"SELECT {column} AS id, name FROM {table} WHERE {column} IN (SELECT unnest($1)) AND trim(name) <> ''", [ids]
    )
    return {row["id"]: Words(row["name"], row["name"]) for row in found.to_pylist()}
