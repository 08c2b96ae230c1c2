"""Parts that every statement of behaviour is made of: bound values, nodes of a path, matches of a step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhanggui.engines.behaviour.steps import START, Step

_NAME = re.compile(r"(?<!:):([a-z_][a-z_0-9]*)")

ACTS = (
    "add_to_cart", "remove_from_cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase", "search",
    "sign_up", "login", "select_promotion", "error",
)  # fmt: skip
"""Events that stand in a path under their own name."""


@dataclass
class Values:
    """Values of a statement under names of their own, so that text from people never becomes SQL."""

    given: dict[str, Any] = field(default_factory=dict)

    def name(self, value: Any) -> str:
        """The placeholder of ``value``."""
        key = f"value_{len(self.given)}"
        self.given[key] = value
        return f":{key}"

    def names(self, values: Sequence[Any]) -> str:
        """The placeholders of ``values``, with commas."""
        return ", ".join(self.name(value) for value in values)


def bound(sql: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """``:name`` in ``sql`` as numbered parameters, and their values.

    >>> bound("a >= :low AND b < :low", {"low": 3})
    ('a >= $1 AND b < $1', [3])
    """
    used: list[str] = []

    def number(hit: re.Match[str]) -> str:
        if hit[1] not in used:
            used.append(hit[1])
        return f"${used.index(hit[1]) + 1}"

    text = _NAME.sub(number, sql)
    return text, [values[name] for name in used]


def node(alias: str) -> str:
    """Where an event stands in a path: a page type, an act, or NULL when it is neither (speed measured, a click)."""
    acts = ", ".join(f"'{act}'" for act in ACTS)
    return (
        f"CASE WHEN {alias}.event = 'page_view' THEN coalesce({alias}.page_type, 'other') "
        f"WHEN {alias}.event = 'view_item' THEN 'item' "
        f"WHEN {alias}.event = 'view_item_list' THEN coalesce({alias}.page_type, 'category') "
        f"WHEN {alias}.event IN ({acts}) THEN {alias}.event END"
    )


def matches(step: Step, alias: str, values: Values) -> str:
    """The condition that an event is this step."""
    if step.event == START:
        return "true"
    found = f"{alias}.event = {values.name(step.event)}"
    return f"{found} AND {alias}.page_type = {values.name(step.page_type)}" if step.page_type else found
