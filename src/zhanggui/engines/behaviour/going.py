"""Where those who got no further went instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zhanggui.engines.behaviour.chains import Chain, chain_sql
from zhanggui.engines.behaviour.statement import Values, bound, node
from zhanggui.engines.behaviour.steps import required
from zhanggui.engines.behaviour.types import EXIT, OTHERS, Went

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

MOST_WENT = 8


def gone(shop: OpenShop, chain: Chain, given: Mapping[str, Any]) -> tuple[dict[int, dict[str, int]], str]:
    """Per required step: what those who got no further did next, and how many."""
    places = required(chain.steps)
    if len(places) < 2:
        return {}, ""
    values = Values(dict(given))
    ctes = chain_sql(chain, values)
    reached = "CASE " + " ".join(f"WHEN t{place} IS NOT NULL THEN {place}" for place in reversed(places)) + " END"
    times = ", ".join(f"t{place}" for place in reversed(places))
    # A visitor's next event may lie in a later session; a session's lies in itself.
    of_visitor = chain.seconds is not None
    source = "steps AS event" + (" JOIN visit ON visit.session_id = event.session_id" if of_visitor else "")
    unit = "visit.unit" if of_visitor else "event.session_id"
    sql, params = bound(
        f"WITH {ctes},\nlost AS (\n    SELECT unit, {reached} AS reached, coalesce({times}) AS reached_at\n    "
        f"FROM chain WHERE t{places[-1]} IS NULL\n),\n"
        "following AS (\n    SELECT lost.unit, lost.reached AS reached, "
        f"min(struct_pack(happened := event.occurred_at, node := {node('event')})) AS next\n    "
        f"FROM lost JOIN {source} ON {unit} = lost.unit\n    WHERE event.occurred_at BETWEEN :low AND :high "
        f"AND event.occurred_at > lost.reached_at AND {node('event')} IS NOT NULL\n    "
        "GROUP BY lost.unit, lost.reached\n)\n"
        "SELECT reached, next.node AS node, count(*) AS units FROM following GROUP BY ALL ORDER BY ALL",
        values.given,
    )
    found: dict[int, dict[str, int]] = {}
    for row in shop.warehouse.query(sql, params).to_pylist():
        found.setdefault(row["reached"], {})[row["node"]] = row["units"]
    return found, sql


def went(lost: int, nodes: Mapping[str, int]) -> tuple[Went, ...]:
    """The nodes as parts of the ``lost``, the largest first; those whom nothing followed left."""
    if not lost:
        return ()
    counts = dict(nodes)
    left = lost - sum(counts.values())
    if left > 0:
        counts[EXIT] = left
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ranked[MOST_WENT:])
    shown = [*ranked[:MOST_WENT], *([(OTHERS, rest)] if rest else [])]
    return tuple(Went(name, count, count / lost) for name, count in shown)
