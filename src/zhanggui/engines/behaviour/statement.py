"""Parts that every statement of behaviour is made of: bound values, nodes of a path, matches of a step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhanggui.engines.behaviour.steps import PAGES, START, Step

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


NODES = (*sorted(PAGES), *sorted(ACTS))
"""Where an event may stand in a path; at the same moment pages come before acts."""

SHIFT = 32
"""A moment in microseconds times this, plus the number of a node, sorts by time and holds the node."""


def node_number(alias: str) -> str:
    """The number of the node of an event; NULL when it is none (speed measured, a click that leads to a page)."""
    pages = " ".join(f"WHEN '{page}' THEN {NODES.index(page)}" for page in PAGES)

    def page(unknown: str) -> str:
        return f"CASE {alias}.page_type {pages} ELSE {NODES.index(unknown)} END"

    acts = " ".join(f"WHEN '{act}' THEN {NODES.index(act)}" for act in ACTS)
    return (
        f"CASE {alias}.event WHEN 'page_view' THEN {page('other')} WHEN 'view_item' THEN {NODES.index('item')} "
        f"WHEN 'view_item_list' THEN {page('category')} {acts} END"
    )


def moment_and_node(alias: str) -> str:
    """Moment and node of an event as one whole number; NULL when it is no node."""
    return f"epoch_us({alias}.occurred_at) * {SHIFT} + {node_number(alias)}"


def matches(step: Step, alias: str, values: Values) -> str:
    """The condition that an event is this step."""
    if step.event == START:
        return "true"
    found = f"{alias}.event = {values.name(step.event)}"
    return f"{found} AND {alias}.page_type = {values.name(step.page_type)}" if step.page_type else found
