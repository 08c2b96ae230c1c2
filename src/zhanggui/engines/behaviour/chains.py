"""The SQL of ordered funnels: for every unit the times of its steps.

A chain of a session takes the earliest time of every step that is not before the step before it. With a duration
the unit is the visitor: from every time of the first step the earliest chain that fits into the duration is taken,
and of these the deepest, of equally deep ones the latest. Steps at the same time count as in order, but two steps
of the same event need two events. An optional step lies between the steps around it and holds nobody back.

Every statement begins with the CTEs ``visit`` (the visits of the question, numbered by ``place``) and ``act`` (their
events that are a step; bit k of ``mask`` says that it is the k-th) and ends with ``chain``: ``unit``, ``place`` (the
visit of the first step), ``good`` (a product, category or brand) and one time per step, ``t0``, ``t1``, ...

Chains of sessions are read off the first and last times of their steps; only where these cross (a step lies before
and after the step before it) are the events looked up one step after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhanggui.basics.periods import Window
from zhanggui.engines.behaviour.acts import FLAGS, Chain, acts_sql, visits_sql
from zhanggui.engines.behaviour.slicing import Held
from zhanggui.engines.behaviour.statement import Values
from zhanggui.engines.behaviour.steps import START, Step, required


def chain_sql(chain: Chain, values: Values, *, exact: bool = True) -> str:
    """The CTEs up to ``chain``, without WITH; reads :from, :to, :low, :high, :seconds of ``values``.

    Without ``exact`` the time of the first step may be any time where no other step was reached: enough to count.
    """
    flags = None if exact else _flags_that_suffice(chain)
    parts = [
        f"visit AS (\n    {visits_sql(chain, values, flags)}\n)",
        f"act AS MATERIALIZED (\n    {acts_sql(chain, values, onward=flags is not None)}\n)",
    ]
    places = required(chain.steps)
    if chain.seconds is None and not chain.of_goods:
        parts += _read_off(chain, places, lonely=flags is not None)
    else:
        parts += [f"step_{place} AS (\n    {_step(chain, at, 'act')}\n)" for at, place in enumerate(places)]
        parts.append(f"kept AS (\n    {_side_by_side(chain, places)}\n)")
    optional = [place for place, step in enumerate(chain.steps) if step.optional]
    parts += [f"step_{place} AS (\n    {_optional(chain, place)}\n)" for place in optional]
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


def _flags_that_suffice(chain: Chain) -> tuple[str, str] | None:
    """The flags of visits that tell who took the first step and the next one, where both have one.

    Who has the first and not the next needs no look at the events: most visits, in most shops.
    """
    if chain.seconds is not None or chain.of_goods or len(chain.steps) < 2 or chain.steps[1].optional:
        return None
    first, following = (FLAGS.get(step.name) for step in chain.steps[:2])
    return (first, following) if first and following and first != following else None


def _keys(chain: Chain) -> str:
    """What one row of a chain is."""
    return "unit, good" if chain.of_goods else "unit"


def _is(place: int, alias: str = "act") -> str:
    """The condition that an event is the step at ``place``."""
    return f"({alias}.mask & {1 << place}) <> 0"


def _read_off(chain: Chain, places: Sequence[int], *, lonely: bool) -> list[str]:
    """The CTEs up to ``kept`` for sessions: from first and last times, else step by step."""
    ends = ", ".join(
        f"min(act.occurred_at) FILTER (WHERE {_is(place)}) AS m{place}, "
        f"max(act.occurred_at) FILTER (WHERE {_is(place)}) AS x{place}"
        for place in places
    )
    times, crossings = ["m0 AS t0"], []
    for at, place in enumerate(places[1:], start=1):
        lowest = f"m{place} >= t{places[at - 1]}", f"x{place} >= t{places[at - 1]}"
        same = _same(chain.steps, at)
        fits = " AND ".join([lowest[0], *(f"m{place} > t{each}" for each in same)])
        later = " AND ".join([lowest[1], *(f"x{place} > t{each}" for each in same)])
        times.append(f"CASE WHEN {fits} THEN m{place} END AS t{place}")
        crossings.append(f"(t{place} IS NULL AND coalesce({later}, false))")
    listed = ", ".join(f"t{place}" for place in places)
    parts = [
        f"ends AS (\n    SELECT act.unit AS unit, {ends}\n    FROM act GROUP BY act.unit\n)",
        f"straight AS (\n    SELECT unit, {', '.join(times)},\n        {' OR '.join(crossings) or 'false'} AS crossed\n"
        "    FROM ends WHERE m0 IS NOT NULL\n)",
    ]
    kept = [f"SELECT unit, unit AS place, {listed} FROM straight WHERE NOT crossed"]
    if crossings:
        parts.append(
            "knot AS (\n    SELECT act.unit AS unit, act.place AS place, act.occurred_at AS occurred_at, "
            "act.mask AS mask\n    FROM act JOIN straight ON straight.unit = act.unit WHERE straight.crossed\n)"
        )
        parts += [f"step_{place} AS (\n    {_step(chain, at, 'knot')}\n)" for at, place in enumerate(places)]
        kept.append(_side_by_side(chain, places))
    if lonely:
        empty = "".join(f", NULL AS t{place}" for place in places[1:])
        kept.append(f"SELECT unit, place, started_at AS t0{empty} FROM visit WHERE NOT onward")
    joined = "\n    UNION ALL ".join(kept)
    return [*parts, f"kept AS (\n    {joined}\n)"]


def _step(chain: Chain, at: int, source: str) -> str:
    """The ``at``-th of the required steps: the time of it, and the times before that later steps must know."""
    places = required(chain.steps)
    if at == 0:
        return _first(chain, source)
    if chain.seconds is not None and not chain.of_goods:
        return _nearest(chain, at)
    place, before = places[at], places[at - 1]
    keys = [f"base.{key}" for key in _keys(chain).split(", ")] + (["base.t0"] if chain.seconds is not None else [])
    carried = [f"any_value(base.t{p}) AS t{p}" for p in _carried(chain.steps, at) if f"base.t{p}" not in keys]
    conditions = [_is(place), f"act.occurred_at >= base.t{before}", *_later(chain, _same(chain.steps, at))]
    listed = ", ".join([*keys, *carried, f"min(act.occurred_at) AS t{place}"])
    return (
        f"SELECT {listed}\n    FROM step_{before} AS base JOIN {source} AS act ON act.unit = base.unit\n    "
        f"WHERE {' AND '.join(conditions)}\n    GROUP BY {', '.join(keys)}"
    )


def _later(chain: Chain, same: Sequence[int]) -> list[str]:
    """Conditions that every event after the first step meets: later than its own kind, in time, about the product."""
    conditions = [f"act.occurred_at > base.t{each}" for each in same]
    if chain.seconds is not None:
        conditions.append("act.occurred_at <= base.t0 + to_seconds(:seconds)")
    if chain.of_goods:
        conditions.append("(act.good IS NULL OR act.good = base.good)")
    return conditions


def _first(chain: Chain, source: str) -> str:
    """The first step: its first time in a session, all of its times of a visitor."""
    good = ", act.good" if chain.of_goods else ""
    listed = f"act.unit AS unit{', act.good AS good' if good else ''}"
    condition = f"{_is(0)}{' AND act.good IS NOT NULL' if good else ''}"
    if chain.seconds is None:
        shown, group = "min(act.place) AS place, min(act.occurred_at) AS t0", ""
    elif chain.steps[0].event == START:
        shown, group = "act.place AS place, min(act.occurred_at) AS t0", ", act.place"
    else:
        shown, group = "min(act.place) AS place, act.occurred_at AS t0", ", act.occurred_at"
    return f"SELECT {listed}, {shown}\n    FROM {source} AS act WHERE {condition}\n    GROUP BY act.unit{good}{group}"


def _nearest(chain: Chain, at: int) -> str:
    """For every start the next time of the step, one lookup each, however many events a visitor has."""
    places = required(chain.steps)
    place, before = places[at], places[at - 1]
    lowest = [f"t{before}", *(f"t{each} + INTERVAL 1 microsecond" for each in _same(chain.steps, at))]
    low = lowest[0] if len(lowest) == 1 else f"greatest({', '.join(lowest)})"
    return (
        f"SELECT base.*, event.occurred_at AS t{place}\n    "
        f"FROM (SELECT *, {low} AS low{place} FROM step_{before}) AS base\n    "
        f"ASOF JOIN (SELECT unit, occurred_at FROM act WHERE {_is(place)}) AS event\n    "
        f"ON event.unit = base.unit AND base.low{place} <= event.occurred_at\n    "
        "WHERE event.occurred_at <= base.t0 + to_seconds(:seconds)"
    )


def _side_by_side(chain: Chain, places: Sequence[int]) -> str:
    """One chain per unit: all required steps side by side."""
    keys = _keys(chain).split(", ")
    times = ", ".join(f"step_{place}.t{place} AS t{place}" for place in places)
    on = keys if chain.seconds is None else [*keys, "t0"]
    joins = "".join(
        f"\n    LEFT JOIN step_{place} ON " + " AND ".join(f"step_{place}.{key} = step_0.{key}" for key in on)
        for place in places[1:]
    )
    listed = ", ".join(f"step_0.{key} AS {key}" for key in keys)
    found = f"SELECT {listed}, step_0.place AS place, {times}\n    FROM step_0{joins}"
    if chain.seconds is None:
        return found
    depth = " + ".join(f"CAST(step_{place}.t{place} IS NOT NULL AS INTEGER)" for place in places)
    over = ", ".join(f"step_0.{key}" for key in keys)
    return (
        f"{found}\n    QUALIFY row_number() OVER (PARTITION BY {over} "
        f"ORDER BY {depth} DESC, step_0.t0 DESC, step_0.place) = 1"
    )


def _optional(chain: Chain, place: int) -> str:
    """The time of an optional step between the required steps around it."""
    places, step = required(chain.steps), chain.steps[place]
    before, after = max(p for p in places if p < place), min(p for p in places if p > place)
    same = [each for each in places if each < place and chain.steps[each].event == step.event]
    sign = "<" if chain.steps[after].event == step.event else "<="
    conditions = [
        _is(place),
        f"act.occurred_at >= base.t{before}",
        f"(base.t{after} IS NULL OR act.occurred_at {sign} base.t{after})",
        *_later(chain, same),
    ]
    keys = ", ".join(f"base.{key}" for key in _keys(chain).split(", "))
    return (
        f"SELECT {keys}, min(act.occurred_at) AS t{place}\n    FROM kept AS base JOIN act ON act.unit = base.unit\n    "
        f"WHERE {' AND '.join(conditions)}\n    GROUP BY {keys}"
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
