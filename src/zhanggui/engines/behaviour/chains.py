"""The SQL of ordered funnels: for every unit the times of its steps.

A chain of a session takes the earliest time of every step that is not before the step before it. With a duration
the unit is the visitor: from every time of the first step the earliest chain that fits into the duration is taken,
and of these the deepest, of equally deep ones the latest. Steps at the same time count as in order, but two steps
of the same event need two events. An optional step lies between the steps around it and holds nobody back.

Every statement begins with the CTEs ``visit`` (the visits of the question), ``act`` (their events where they need to
be prepared) and ends with ``chain``: ``unit``, ``session_id``, ``good`` (a product, category or brand) and one time
per step, ``t0``, ``t1``, ...
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhanggui.basics.periods import Window
from zhanggui.engines.behaviour.slicing import (
    OF_VISITS,
    Held,
    by_name,
    goods_expression,
    is_of_goods,
    one_of,
    visits_from,
)
from zhanggui.engines.behaviour.statement import Values, matches
from zhanggui.engines.behaviour.steps import START, Step, required


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


def chain_sql(chain: Chain, values: Values) -> str:
    """The CTEs up to ``chain``, without WITH; reads :from, :to, :low, :high of ``values``."""
    parts = [f"visit AS (\n    {_visits(chain, values)}\n)"]
    if chain.of_goods or chain.seconds is not None:
        parts.append(f"act AS (\n    {_acts(chain, values)}\n)")
    places = required(chain.steps)
    parts += [f"step_{place} AS (\n    {_step(chain, at, values)}\n)" for at, place in enumerate(places)]
    parts.append(f"kept AS (\n    {_kept(chain, places)}\n)")
    optional = [place for place, step in enumerate(chain.steps) if step.optional]
    parts += [f"step_{place} AS (\n    {_optional(chain, place, values)}\n)" for place in optional]
    joins = "".join(f"\n    LEFT JOIN step_{place} USING ({_keys(chain)})" for place in optional)
    return ",\n".join([*parts, f"chain AS (\n    SELECT * FROM kept{joins}\n)"])


def values_of(chain: Chain, window: Window, there: Held) -> Mapping[str, Any]:
    """What the statements of ``chain`` over ``window`` read by name."""
    return {
        "from": window.from_,
        "to": window.to,
        "low": there.low,
        "high": there.high,
        "seconds": chain.seconds,
    }


def _visits(chain: Chain, values: Values) -> str:
    dims = "".join(f", {OF_VISITS[name]} AS d{place}" for place, name in enumerate(chain.dims))
    unit = "session_id" if chain.seconds is None else "visitor_id"
    found = (
        f"SELECT visit.session_id AS session_id, visit.{unit} AS unit{dims}\n    "
        f"{visits_from(chain.where, values, chain.dims)} AND visit.evidence = 'events' AND visit.{unit} IS NOT NULL"
    )
    if not chain.without:
        return found
    unwanted = " OR ".join(f"({matches(step, 'event', values)})" for step in chain.without)
    column = "session_id" if chain.seconds is None else "visitor_id"
    source = "steps AS event" if chain.seconds is None else "steps AS event JOIN visits AS had USING (session_id)"
    bounds = "event.occurred_at BETWEEN :low AND :high"
    if chain.seconds is not None:
        bounds += " AND had.day >= :from AND had.day < :to"
    alias = "event" if chain.seconds is None else "had"
    return (
        f"{found}\n    AND visit.{column} NOT IN (SELECT {alias}.{column} FROM {source} "
        f"WHERE {bounds} AND {alias}.{column} IS NOT NULL AND ({unwanted}))"
    )


def _acts(chain: Chain, values: Values) -> str:
    """The events of the visits, with the product they are about; a purchase is about the products of its order."""
    wanted = " OR ".join(f"({matches(step, 'event', values)})" for step in chain.steps)
    base = (
        "SELECT visit.unit AS unit, event.session_id AS session_id, event.occurred_at AS occurred_at, "
        "event.event AS event, event.page_type AS page_type"
    )
    source = f"FROM steps AS event JOIN visit ON visit.session_id = event.session_id\n    WHERE {_bounds('event')}"
    if not chain.of_goods:
        return f"{base}\n    {source} AND ({wanted})"
    conditions = [
        one_of(goods_expression(name), each, values) for name, each in by_name(chain.where).items() if is_of_goods(name)
    ]
    good = goods_expression(chain.good) if chain.good else "''"
    ordered = (
        f"{base}, coalesce(event.product_id, line.product_id) AS product_id\n    FROM steps AS event "
        "JOIN visit ON visit.session_id = event.session_id\n    LEFT JOIN order_lines AS line "
        f"ON event.product_id IS NULL AND line.order_id = event.order_id\n    WHERE {_bounds('event')} AND ({wanted})"
    )
    kept = " AND ".join(conditions) or "true"
    return (
        "SELECT act.unit AS unit, act.session_id AS session_id, act.occurred_at AS occurred_at, act.event AS event, "
        f"act.page_type AS page_type, CASE WHEN act.product_id IS NOT NULL THEN {good} END AS good\n    "
        f"FROM ({ordered}) AS act\n    LEFT JOIN products AS goods ON goods.product_id = act.product_id\n    "
        f"WHERE act.product_id IS NULL OR ({kept})"
    )


def _bounds(alias: str) -> str:
    return f"{alias}.occurred_at BETWEEN :low AND :high"


def _keys(chain: Chain) -> str:
    """What one row of a chain is."""
    return "unit, good" if chain.of_goods else "unit"


def _source(chain: Chain) -> tuple[str, str, str]:
    """Where events are read from as ``event``: table, the column that holds the unit, conditions with AND."""
    if chain.of_goods or chain.seconds is not None:
        return "act AS event", "event.unit", ""
    return "steps AS event", "event.session_id", f" AND {_bounds('event')}"


def _step(chain: Chain, at: int, values: Values) -> str:
    """The ``at``-th of the required steps: the time of it, and the times before that later steps must know."""
    places = required(chain.steps)
    place, step = places[at], chain.steps[places[at]]
    if at == 0:
        return _first(chain, step, values)
    if chain.seconds is not None and not chain.of_goods:
        return _nearest(chain, at, values)
    before = places[at - 1]
    source, unit, bounds = _source(chain)
    keys = [f"base.{key}" for key in _keys(chain).split(", ")] + (["base.t0"] if chain.seconds is not None else [])
    carried = [
        f"any_value(base.t{each}) AS t{each}" for each in _carried(chain.steps, at) if f"base.t{each}" not in keys
    ]
    conditions = [f"event.occurred_at >= base.t{before}"]
    conditions += [f"event.occurred_at > base.t{each}" for each in _same(chain.steps, at)]
    if chain.seconds is not None:
        conditions.append("event.occurred_at <= base.t0 + to_seconds(:seconds)")
    if chain.of_goods:
        conditions.append("(event.good IS NULL OR event.good = base.good)")
    listed = ", ".join([*keys, *carried, f"min(event.occurred_at) AS t{place}"])
    return (
        f"SELECT {listed}\n    FROM step_{before} AS base JOIN {source} ON {unit} = base.unit\n    "
        f"WHERE {matches(step, 'event', values)}{bounds} AND {' AND '.join(conditions)}\n    GROUP BY {', '.join(keys)}"
    )


def _first(chain: Chain, step: Step, values: Values) -> str:
    source, unit, bounds = _source(chain)
    good = ", event.good AS good" if chain.of_goods else ""
    group = ", event.good" if chain.of_goods else ""
    condition = f"{matches(step, 'event', values)}{bounds}" + (" AND event.good IS NOT NULL" if chain.of_goods else "")
    if chain.seconds is None:
        join = "" if source.startswith("act") else " JOIN visit ON visit.session_id = event.session_id"
        return (
            f"SELECT {unit} AS unit{good}, min(event.occurred_at) AS t0\n    FROM {source}{join}\n    "
            f"WHERE {condition}\n    GROUP BY {unit}{group}"
        )
    if step.event == START:
        return (
            f"SELECT unit{good and ', good'}, session_id, min(occurred_at) AS t0 FROM {source}\n    "
            f"WHERE {condition} GROUP BY unit{good and ', good'}, session_id"
        )
    return (
        f"SELECT event.unit AS unit{good}, min(event.session_id) AS session_id, event.occurred_at AS t0\n    "
        f"FROM {source} WHERE {condition}\n    GROUP BY event.unit{group}, event.occurred_at"
    )


def _nearest(chain: Chain, at: int, values: Values) -> str:
    """For every start the next time of the step, one lookup each, however many events a visitor has."""
    places = required(chain.steps)
    place, before = places[at], places[at - 1]
    lowest = [f"t{before}", *(f"t{each} + INTERVAL 1 microsecond" for each in _same(chain.steps, at))]
    low = lowest[0] if len(lowest) == 1 else f"greatest({', '.join(lowest)})"
    return (
        f"SELECT base.*, event.occurred_at AS t{place}\n    "
        f"FROM (SELECT *, {low} AS low{place} FROM step_{before}) AS base\n    "
        f"ASOF JOIN (SELECT unit, occurred_at FROM act AS event WHERE {matches(chain.steps[place], 'event', values)}) "
        f"AS event\n    ON event.unit = base.unit AND base.low{place} <= event.occurred_at\n    "
        "WHERE event.occurred_at <= base.t0 + to_seconds(:seconds)"
    )


def _kept(chain: Chain, places: Sequence[int]) -> str:
    """One chain per unit: all required steps side by side."""
    keys = _keys(chain)
    times = ", ".join(f"step_{place}.t{place} AS t{place}" for place in places)
    on = keys if chain.seconds is None else f"{keys}, t0"
    joins = "".join(
        f"\n    LEFT JOIN step_{place} ON "
        + " AND ".join(f"step_{place}.{key} = step_0.{key}" for key in on.split(", "))
        for place in places[1:]
    )
    listed = ", ".join(f"step_0.{key} AS {key}" for key in keys.split(", "))
    if chain.seconds is None:
        return f"SELECT {listed}, step_0.unit AS session_id, {times}\n    FROM step_0{joins}"
    depth = " + ".join(f"CAST(step_{place}.t{place} IS NOT NULL AS INTEGER)" for place in places)
    over = ", ".join(f"step_0.{key}" for key in keys.split(", "))
    return (
        f"SELECT {listed}, step_0.session_id AS session_id, {times}\n    FROM step_0{joins}\n    "
        f"QUALIFY row_number() OVER (PARTITION BY {over} ORDER BY {depth} DESC, step_0.t0 DESC, step_0.session_id) = 1"
    )


def _optional(chain: Chain, place: int, values: Values) -> str:
    """The time of an optional step between the required steps around it."""
    source, unit, bounds = _source(chain)
    places, step = required(chain.steps), chain.steps[place]
    before, after = max(p for p in places if p < place), min(p for p in places if p > place)
    conditions = [f"event.occurred_at >= base.t{before}"]
    conditions += [
        f"event.occurred_at > base.t{each}" for each in places if each < place and chain.steps[each].event == step.event
    ]
    sign = "<" if chain.steps[after].event == step.event else "<="
    conditions.append(f"(base.t{after} IS NULL OR event.occurred_at {sign} base.t{after})")
    if chain.seconds is not None:
        conditions.append("event.occurred_at <= base.t0 + to_seconds(:seconds)")
    if chain.of_goods:
        conditions.append("(event.good IS NULL OR event.good = base.good)")
    keys = ", ".join(f"base.{key}" for key in _keys(chain).split(", "))
    return (
        f"SELECT {keys}, min(event.occurred_at) AS t{place}\n    "
        f"FROM kept AS base JOIN {source} ON {unit} = base.unit\n    "
        f"WHERE {matches(step, 'event', values)}{bounds} AND {' AND '.join(conditions)}\n    GROUP BY {keys}"
    )


def _same(steps: Sequence[Step], at: int) -> list[int]:
    """Earlier required steps of the same event as the ``at``-th: it must come after them, not with them."""
    places = required(steps)
    return [place for place in places[:at] if steps[place].event == steps[places[at]].event]


def _carried(steps: Sequence[Step], at: int) -> list[int]:
    """Required steps before the ``at``-th whose event comes again after it."""
    places = required(steps)
    later = {steps[place].event for place in places[at + 1 :]}
    return [place for place in places[:at] if steps[place].event in later]
