"""Funnels of shops that know only counts of sessions: each step counted for itself, in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from zhanggui.basics.errors import NotMeasurable
from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words
from zhanggui.engines.behaviour.slicing import OF_VISITS, visits_from
from zhanggui.engines.behaviour.statement import Values, bound, matches
from zhanggui.engines.behaviour.steps import START, Step
from zhanggui.engines.behaviour.types import FunnelQuery

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

COUNTERS: Mapping[str, str] = {
    START: "visit.sessions",
    "view_item": "visit.with_item",
    "add_to_cart": "visit.with_cart",
    "begin_checkout": "visit.with_checkout",
    "purchase": "visit.with_purchase",
}
"""Step -> the column of visits that counts the sessions with it."""
ONLY_COUNTS = Words("needs events; the shop has only counts of sessions", "需要 events；店铺只有会话计数")
NEVER_SEEN = Words("the shop's events never say it", "店铺的事件中从未出现")
NOT_COUNTED = Words("the shop's sessions don't count it", "店铺的会话数据没有统计它")


def known_steps(shop: OpenShop, steps: Sequence[Step], *, counted: bool) -> tuple[tuple[Step, ...], dict[str, Words]]:
    """The steps that the shop's data know at all, and the others with the reason.

    Raises:
        NotMeasurable: none of them, or not the last one.
    """
    lacking = _uncounted(shop, steps) if counted else _unseen(shop, steps)
    known = tuple(step for step in steps if step.name not in lacking)
    if any(not step.optional for step in known):
        # What is left may begin or end with an optional step: there it holds nobody back and means nothing more.
        first = next(place for place, step in enumerate(known) if not step.optional)
        last = max(place for place, step in enumerate(known) if not step.optional)
        return known[first : last + 1], lacking
    names, why = ", ".join(step.name for step in steps), next(iter(lacking.values()))
    raise NotMeasurable(f"{names}: {why.en}.", zh=f"{names}：{why.zh}。")


def _unseen(shop: OpenShop, steps: Sequence[Step]) -> dict[str, Words]:
    """Steps that no event of the shop ever was; a step that is there is found at once."""
    found = {}
    for step in steps:
        values = Values()
        sql, params = bound(
            f"SELECT 1 FROM steps AS event WHERE {matches(step, 'event', values)} LIMIT 1", values.given
        )
        if not shop.warehouse.query(sql, params).num_rows:
            found[step.name] = NEVER_SEEN
    return found


def _uncounted(shop: OpenShop, steps: Sequence[Step]) -> dict[str, Words]:
    """Steps that no visit of the shop counts."""
    asked = {step.name for step in steps}
    found = {name: ONLY_COUNTS for name in asked if name not in COUNTERS}
    columns = {name: column for name, column in COUNTERS.items() if name in asked}
    if columns:
        listed = ", ".join(f"count({column}) AS {name}" for name, column in columns.items())
        row = shop.warehouse.query(f"SELECT {listed} FROM visits AS visit WHERE evidence <> 'events'").to_pylist()[0]
        found |= {name: NOT_COUNTED for name in columns if not row[name]}
    return {step.name: found[step.name] for step in steps if step.name in found}


def counted_rows(
    shop: OpenShop, steps: Sequence[Step], query: FunnelQuery, window: Window
) -> tuple[list[int], list[tuple[tuple[str | None, ...], list[int]]], str]:
    """Counts per step of the whole and of every group, the largest group first."""
    values = Values({"from": window.from_, "to": window.to})
    keys = [OF_VISITS[name] for name in query.by]
    sums = ", ".join(
        f"CAST(coalesce(sum({COUNTERS[step.name]}), 0) AS BIGINT) AS n{place}" for place, step in enumerate(steps)
    )
    named = "".join(f"{key} AS k{place}, " for place, key in enumerate(keys))
    order = ", ".join(["n0 DESC", *(f"k{place}" for place in range(len(keys)))])
    group = f" GROUP BY {', '.join(keys)} ORDER BY {order}" if keys else ""
    from_ = visits_from(query.where, values, query.by)
    sql, params = bound(f"SELECT {named}{sums} {from_}{group}", values.given)
    found = [
        (
            tuple(row[f"k{place}"] for place in range(len(keys))),
            [row[f"n{place}"] for place in range(len(steps))],
        )
        for row in shop.warehouse.query(sql, params).to_pylist()
    ]
    total = [sum(counts[place] for _, counts in found) for place in range(len(steps))]
    return total, found if keys else [], sql
