"""The funnel of a window: how many reach every step, how long it takes, where the lost went instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import NotMeasurable
from zhanggui.basics.periods import Window, comparison
from zhanggui.basics.words import Words
from zhanggui.engines.behaviour.acts import Chain
from zhanggui.engines.behaviour.chains import chain_sql, values_of
from zhanggui.engines.behaviour.changes import step_effects
from zhanggui.engines.behaviour.counted import counted_rows, known_steps
from zhanggui.engines.behaviour.going import gone, went
from zhanggui.engines.behaviour.slicing import Held, check_dimensions, check_values, held, is_of_goods
from zhanggui.engines.behaviour.statement import Values, bound
from zhanggui.engines.behaviour.steps import Step, parse_step, parse_steps, required, seconds_within
from zhanggui.engines.behaviour.types import (
    Funnel,
    FunnelChange,
    FunnelQuery,
    FunnelRow,
    StepCount,
)
from zhanggui.engines.behaviour.wording import notes_of, paragraph
from zhanggui.metrics import default_window

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

MOST_GROUPS = 200
NO_BEHAVIOUR = Words(
    "A funnel needs events, sessions or traffic_daily; import some first.",
    "漏斗需要 events、sessions 或 traffic_daily；请先导入。",
)


@dataclass(frozen=True)
class _Answer:
    """The funnel of one window as the database tells it."""

    steps: tuple[StepCount, ...]
    rows: tuple[FunnelRow, ...]
    groups: int
    sql: tuple[str, ...]


def funnel(shop: OpenShop, query: FunnelQuery) -> Funnel:
    """The funnel that ``query`` asks for.

    Raises:
        UnknownNameError: no such step, dimension or value.
        DefinitionError: a question that makes no sense.
        NotMeasurable: the shop has no behaviour, or its data know none of the steps.
    """
    steps, seconds = parse_steps(query.steps), seconds_within(query.within)
    without = tuple(parse_step(name) for name in query.without)
    check_dimensions(query.by)
    check_values(shop, query.where)
    facts = shop.warehouse.facts()
    if not any(facts[table].rows for table in ("events", "sessions", "traffic_daily")):
        raise NotMeasurable(NO_BEHAVIOUR.en, zh=NO_BEHAVIOUR.zh)
    window = query.window or default_window(shop)
    there = held(shop, window, query.where)
    counted = there.evidence in ("sessions", "daily") or (there.evidence is None and not facts["events"].rows)
    known, lacking = known_steps(shop, steps, counted=counted)
    if counted:
        _refuse_uncounted(query, without)
    chain = Chain(known, seconds, query.where, without)
    found = _answered(shop, chain, query, window, there)
    base, notes = _base(shop, chain, query, window, there)
    told = Funnel(
        window=window,
        unit="session" if seconds is None else "visitor",
        within=query.within.strip(),
        ordered=not counted,
        steps=found.steps,
        by=query.by,
        rows=found.rows,
        groups=found.groups,
        against=_change(base[0], base[1], found) if base else None,
        weakest=_weakest(found.steps),
        words=Words("-", "-"),
        evidence=there.evidence,
        not_measurable=lacking,
        batch=shop.warehouse.newest_batch(),
        sql=found.sql,
    )
    return replace(told, words=paragraph(told, [*notes, *notes_of(there, told)]))


def _refuse_uncounted(query: FunnelQuery, without: Sequence[Step]) -> None:
    """Counts of sessions know no order, no visitors and no products."""
    goods = [name for name in (*query.by, *(name for name, _ in query.where)) if is_of_goods(name)]
    if query.within.strip() == "session" and not without and not goods:
        return
    raise NotMeasurable(
        "A funnel within a duration, without an event or by product needs events; the shop has only counts of "
        "sessions for these days.",
        zh="按时长、排除事件或按商品的漏斗需要 events；这些日期店铺只有会话计数。",
    )


def _answered(shop: OpenShop, chain: Chain, query: FunnelQuery, window: Window, there: Held) -> _Answer:
    if there.evidence is None:
        return _Answer(tuple(_counts(chain.steps, [0] * len(chain.steps))), (), 0, ())
    if there.evidence != "events":
        total, rows, sql = counted_rows(shop, chain.steps, query, window)
        made = tuple(FunnelRow(key, tuple(_counts(chain.steps, counts))) for key, counts in rows[:MOST_GROUPS])
        return _Answer(tuple(_counts(chain.steps, total)), made, len(rows), (sql,))
    values = values_of(chain, window, there)
    of_goods = any(is_of_goods(name) for name in query.by)
    if not query.by:
        total_row, sql = _ask(shop, chain, (), values)
        left, sql_gone = gone(shop, chain, values)
        return _Answer(_with_went(_steps(chain.steps, total_row[0]), left), (), 0, (sql, sql_gone))
    rows_found, sql = _ask(shop, chain, query.by, values)
    sqls = [sql]
    if of_goods:
        total_found, sql = _ask(shop, chain, (), values)
        sqls.append(sql)
    else:
        total_found = [row for row in rows_found if row["whole"]]
        rows_found = [row for row in rows_found if not row["whole"]]
    groups = rows_found[0]["groups"] if rows_found else 0
    made = tuple(
        FunnelRow(tuple(row[f"k{place}"] for place in range(len(query.by))), _steps(chain.steps, row))
        for row in rows_found
    )
    return _Answer(_steps(chain.steps, total_found[0] if total_found else None), made, groups, tuple(sqls))


def _ask(shop: OpenShop, chain: Chain, by: Sequence[str], given: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Counts and times per step: the whole, or the groups (and the whole, unless groups are of products)."""
    goods = [name for name in by if is_of_goods(name)]
    dims = tuple(name for name in by if not is_of_goods(name))
    chain = replace(chain, dims=dims, good=goods[0] if goods else "")
    values = Values({**given, "most": MOST_GROUPS})
    ctes = chain_sql(chain, values, exact=False)
    columns = ", ".join(_measures(chain.steps))
    if not by:
        sql, params = bound(f"WITH {ctes}\nSELECT {columns} FROM chain", values.given)
        return shop.warehouse.query(sql, params).to_pylist(), sql
    keys = [f"visit.d{dims.index(name)}" if name in dims else "chain.good" for name in by]
    named = ", ".join(f"{key} AS k{place}" for place, key in enumerate(keys))
    sets = f"({', '.join(keys)})" if goods else f"GROUPING SETS ((), ({', '.join(keys)}))"
    whole = "false" if goods else f"grouping({keys[0]}) = 1"
    join = "JOIN visit ON visit.place = chain.place" if dims else ""
    sql, params = bound(
        f"WITH {ctes},\nsliced AS (\n    SELECT {named}, {whole} AS whole, {columns}\n    FROM chain {join}\n    "
        f"GROUP BY {sets}\n)\nSELECT *, count(*) FILTER (NOT whole) OVER () AS groups FROM sliced\n"
        f"ORDER BY whole DESC, n0 DESC, {', '.join(f'k{place}' for place in range(len(by)))}\nLIMIT :most + 1",
        values.given,
    )
    rows = shop.warehouse.query(sql, params).to_pylist()
    return rows[:MOST_GROUPS] if goods else rows, sql


def _measures(steps: Sequence[Step]) -> list[str]:
    """Per step n0, n1, ...: units that reached it; s1, ...: median and 90th percentile of the microseconds to it."""
    places = required(steps)
    columns = [f"count(chain.t{place}) AS n{place}" for place in range(len(steps))]
    for place in range(1, len(steps)):
        before = max(each for each in places if each < place)
        waited = f"epoch_us(chain.t{place}) - epoch_us(chain.t{before})"
        # The list of all is as exact as quantile_cont over the rows, and several times faster.
        listed = f"list({waited}) FILTER (WHERE chain.t{place} IS NOT NULL)"
        columns.append(f"list_aggregate({listed}, 'quantile_cont', [0.5, 0.9]) AS s{place}")
    return columns


def _steps(steps: Sequence[Step], row: Mapping[str, Any] | None) -> tuple[StepCount, ...]:
    """The steps of a row of the database."""
    if row is None:
        return tuple(_counts(steps, [0] * len(steps)))
    counts = _counts(steps, [int(row[f"n{place}"]) for place in range(len(steps))])
    timed = []
    for place, count in enumerate(counts):
        micros = row.get(f"s{place}")
        seconds = [each / 1e6 for each in micros] if micros else (None, None)
        timed.append(replace(count, median_seconds=seconds[0], p90_seconds=seconds[1]))
    return tuple(timed)


def _counts(steps: Sequence[Step], counts: Sequence[int]) -> list[StepCount]:
    """The steps with their rates; the previous step is the last one before that is not optional."""
    places = required(steps)
    found = []
    for place, step in enumerate(steps):
        before = max((each for each in places if each < place), default=None)
        after = min((each for each in places if each > place), default=None)
        lost = 0 if step.optional or after is None else max(0, counts[place] - counts[after])
        found.append(
            StepCount(
                event=step.name,
                optional=step.optional,
                sessions=counts[place],
                rate_from_start=counts[place] / counts[0] if counts[0] else None,
                rate_from_previous=counts[place] / counts[before] if before is not None and counts[before] else None,
                lost=lost,
            )
        )
    return found


def _with_went(steps: Sequence[StepCount], left: Mapping[int, Mapping[str, int]]) -> tuple[StepCount, ...]:
    """The steps with where the lost went; those whom nothing followed left."""
    return tuple(replace(step, went=went(step.lost, left.get(place, {}))) for place, step in enumerate(steps))


def _base(
    shop: OpenShop, chain: Chain, query: FunnelQuery, window: Window, there: Held
) -> tuple[tuple[Window, _Answer] | None, list[Words]]:
    """The funnel of the comparison; none, with a note, where its data are of another kind."""
    if query.against is None:
        return None, []
    base = comparison(window, query.against)
    held_then = held(shop, base, query.where)
    if held_then.evidence is None or held_then.evidence != there.evidence:
        return None, [
            Words(
                f"There is no comparison: {base.from_} to {base.to} has no data of the same kind.",
                f"无法对比：{base.from_} 至 {base.to} 没有同类数据。",
            )
        ]
    return (base, _answered(shop, chain, query, base, held_then)), []


def _change(window: Window, before: _Answer, after: _Answer) -> FunnelChange:
    old, new = before.steps[-1], after.steps[-1]
    rates = old.rate_from_start, new.rate_from_start
    return FunnelChange(
        window=window,
        steps=before.steps,
        rows=before.rows,
        change=new.sessions - old.sessions,
        rate_change=None if rates[0] is None or rates[1] is None else rates[1] - rates[0],
        effects=step_effects(before.steps, after.steps),
    )


def _weakest(steps: Sequence[StepCount]) -> str | None:
    """The required step that the smallest part of those before it reached."""
    rated = [(step.rate_from_previous, step.event) for step in steps if not step.optional]
    known = [(rate, name) for rate, name in rated if rate is not None]
    return min(known, key=lambda pair: pair[0])[1] if known else None
