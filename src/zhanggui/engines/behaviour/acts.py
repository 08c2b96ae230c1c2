"""Visits of a funnel's question and their events that are a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhanggui.engines.behaviour.slicing import (
    OF_VISITS,
    by_name,
    goods_expression,
    is_of_goods,
    one_of,
    visits_from,
)
from zhanggui.engines.behaviour.statement import Values, matches
from zhanggui.engines.behaviour.steps import Step

FLAGS: Mapping[str, str] = {
    "view_item": "with_item",
    "add_to_cart": "with_cart",
    "begin_checkout": "with_checkout",
    "purchase": "with_purchase",
}
"""Step -> the flag of visits that says whether any event was this step."""


@dataclass(frozen=True)
class Chain:
    """What a chain is made of. ``good`` is the dimension of products that its rows are kept apart by ("" = none).

    ``seconds`` None = within the session; ``dims`` are dimensions of visits that the statement reads as d0, d1, ...
    """

    steps: tuple[Step, ...]
    seconds: int | None
    where: tuple[tuple[str, str], ...] = ()
    without: tuple[Step, ...] = ()
    dims: tuple[str, ...] = ()
    good: str = ""

    @property
    def of_goods(self) -> bool:
        """True where steps must be about one product."""
        return bool(self.good) or any(is_of_goods(name) for name, _ in self.where)


def visits_sql(chain: Chain, values: Values, flags: tuple[str, str] | None) -> str:
    """The visits of the question: ``place`` (their number), ``session_id``, ``unit``, ``d0``, ...

    With the ``flags`` of the first two steps only those that took the first; ``onward`` = the second one too.
    """
    dims = "".join(f", {OF_VISITS[name]} AS d{number}" for number, name in enumerate(chain.dims))
    of_visitor = chain.seconds is not None
    unit = "min(visit.rowid) OVER (PARTITION BY visit.visitor_id)" if of_visitor else "visit.rowid"
    named = "visitor_id" if of_visitor else "session_id"
    onward = f", visit.started_at AS started_at, visit.{flags[1]} > 0 AS onward" if flags else ""
    condition = f" AND visit.{flags[0]} > 0" if flags else ""
    found = (
        f"SELECT visit.rowid AS place, visit.session_id AS session_id, {unit} AS unit{dims}{onward}\n    "
        f"{visits_from(chain.where, values, chain.dims)} AND visit.evidence = 'events' "
        f"AND visit.{named} IS NOT NULL{condition}"
    )
    if not chain.without:
        return found
    unwanted = " OR ".join(f"({matches(step, 'event', values)})" for step in chain.without)
    return (
        f"{found}\n    AND visit.{named} NOT IN (SELECT had.{named} FROM steps AS event JOIN visits AS had "
        f"ON had.session_id = event.session_id\n        WHERE {_bounds()} AND had.day >= :from AND had.day < :to "
        f"AND had.{named} IS NOT NULL AND ({unwanted}))"
    )


def acts_sql(chain: Chain, values: Values, *, onward: bool) -> str:
    """The events of the visits that are a step, with the product they are about where that matters.

    A purchase that names no product is about the products of its order. ``onward`` leaves out visits whose flags tell
    everything.
    """
    conditions = [matches(step, "event", values) for step in chain.steps]
    mask = " + ".join(
        f"CASE WHEN {condition} THEN {1 << place} ELSE 0 END" for place, condition in enumerate(conditions)
    )
    wanted = " OR ".join(f"({condition})" for condition in dict.fromkeys(conditions))
    base = (
        f"SELECT visit.unit AS unit, visit.place AS place, event.occurred_at AS occurred_at, "
        f"CAST({mask} AS INTEGER) AS mask"
    )
    source = "FROM steps AS event JOIN visit ON visit.session_id = event.session_id"
    where = f"WHERE {_bounds()} AND ({wanted}){' AND visit.onward' if onward else ''}"
    if not chain.of_goods:
        return f"{base}\n    {source}\n    {where}"
    kept = [
        one_of(goods_expression(name), each, values) for name, each in by_name(chain.where).items() if is_of_goods(name)
    ]
    good = goods_expression(chain.good) if chain.good else "''"
    ordered = (
        f"{base}, coalesce(event.product_id, line.product_id) AS product_id\n    {source}\n    LEFT JOIN order_lines "
        f"AS line ON event.product_id IS NULL AND line.order_id = event.order_id\n    {where}"
    )
    return (
        "SELECT act.unit AS unit, act.place AS place, act.occurred_at AS occurred_at, act.mask AS mask, "
        f"CASE WHEN act.product_id IS NOT NULL THEN {good} END AS good\n    FROM ({ordered}) AS act\n    "
        "LEFT JOIN products AS goods ON goods.product_id = act.product_id\n    "
        f"WHERE act.product_id IS NULL OR ({' AND '.join(kept) or 'true'})"
    )


def _bounds() -> str:
    return "event.occurred_at BETWEEN :low AND :high"
