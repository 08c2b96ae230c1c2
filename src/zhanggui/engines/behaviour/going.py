"""Where those who got no further went instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zhanggui.engines.behaviour.acts import Chain
from zhanggui.engines.behaviour.chains import chain_sql
from zhanggui.engines.behaviour.statement import NODES, SHIFT, Values, bound, moment_and_node, node_number
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
    sql, params = bound(
        f"WITH {ctes},\nlost AS (\n    SELECT unit, {reached} AS reached, coalesce({times}) AS reached_at\n    "
        f"FROM chain WHERE t{places[-1]} IS NULL\n),\n{following('lost')}\n"
        "SELECT reached, node, count(*) AS units FROM following GROUP BY ALL ORDER BY ALL",
        values.given,
    )
    found: dict[int, dict[str, int]] = {}
    for row in shop.warehouse.query(sql, params).to_pylist():
        found.setdefault(row["reached"], {})[NODES[row["node"]]] = row["units"]
    return found, sql


def following(lost: str) -> str:
    """The CTE ``following``: unit, reached and the number of the node that came after ``reached_at`` of ``lost``.

    The next event of a session lies in itself, that of a visitor may lie in a later session.
    """
    return (
        f"left_from AS (\n    SELECT visit.session_id AS session_id, {lost}.unit AS unit, {lost}.reached AS reached, "
        f"{lost}.reached_at AS reached_at\n    FROM {lost} JOIN visit ON visit.unit = {lost}.unit\n),\n"
        "following AS (\n    SELECT left_from.unit AS unit, any_value(left_from.reached) AS reached, "
        f"min({moment_and_node('event')}) % {SHIFT} AS node\n    "
        "FROM steps AS event JOIN left_from ON left_from.session_id = event.session_id "
        "AND event.occurred_at > left_from.reached_at\n    "
        f"WHERE event.occurred_at BETWEEN :low AND :high AND {node_number('event')} IS NOT NULL\n    "
        "GROUP BY left_from.unit\n)"
    )


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
