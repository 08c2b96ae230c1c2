"""Who left at a step of a funnel, against those who went on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.numbers import format_value
from zhanggui.basics.words import Language, Words
from zhanggui.engines.behaviour.chains import Chain, chain_sql, values_of
from zhanggui.engines.behaviour.counted import known_steps
from zhanggui.engines.behaviour.going import gone, went
from zhanggui.engines.behaviour.leaver_types import LeaverDimension, LeaverQuery, Leavers, LeaverValue, Sample
from zhanggui.engines.behaviour.paths import node_words
from zhanggui.engines.behaviour.slicing import check_values, held
from zhanggui.engines.behaviour.statement import Values, bound, matches
from zhanggui.engines.behaviour.steps import WORDS, Step, parse_step, parse_steps, required, seconds_within
from zhanggui.metrics import default_window
from zhanggui.stats.many_tests import holm
from zhanggui.stats.proportions import difference_p_value, ratio

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

DIMENSIONS = ("device", "channel_group", "visitor_type", "country", "landing_page_type")
PRODUCT = "product"
LEVEL = 0.05
MOST_VALUES = 20
MOST_SAMPLES = 10
WORTH_NAMING = 3


@dataclass(frozen=True)
class _Fate:
    """The step that people left at, the one they did not reach, and the statement that says who did which."""

    chain: Chain
    place: int
    following: int
    given: Mapping[str, Any]

    def sql(self, values: Values) -> str:
        """CTEs up to ``fate``: unit, session_id, reached_at, lost."""
        return (
            f"{chain_sql(self.chain, values)},\nfate AS (\n    SELECT chain.unit AS unit, chain.session_id AS "
            f"session_id, chain.t{self.place} AS reached_at, chain.t{self.following} IS NULL AS lost\n    "
            f"FROM chain WHERE chain.t{self.place} IS NOT NULL\n)"
        )


def leavers(shop: OpenShop, query: LeaverQuery) -> Leavers:
    """Those who reached a step of a funnel and not the next one.

    Raises:
        UnknownNameError: no such step, dimension or value.
        DefinitionError: the funnel has no such step, or nothing comes after it.
        NotMeasurable: the shop has no events.
    """
    asked, seconds = parse_steps(query.steps), seconds_within(query.within)
    without = tuple(parse_step(name) for name in query.without)
    check_values(shop, query.where)
    if not shop.warehouse.facts()["events"].rows:
        raise NotMeasurable("To see who left needs events; import some first.", zh="查看流失者需要 events；请先导入。")
    window = query.window or default_window(shop)
    there = held(shop, window, query.where)
    steps, lacking = known_steps(shop, asked, counted=False)
    chain = Chain(steps, seconds, query.where, without, DIMENSIONS)
    given = values_of(chain, window, there)
    place = _place(shop, query.step, asked, chain, given)
    following = next((each for each in required(steps) if each > place), None)
    if following is None:
        raise DefinitionError(
            f"{steps[place].name} is the last step: nobody is lost after it.",
            zh=f"{steps[place].name} 是最后一步，其后没有流失。",
        )
    fate = _Fate(chain, place, following, given)
    rows, sql = _counts(shop, fate)
    whole = next((row for row in rows if row["dimension"] is None), None)
    lost, stayed = (int(whole["lost"]), int(whole["stayed"])) if whole else (0, 0)
    bought, sql_product = _products(shop, fate)
    next_nodes, sql_gone = gone(shop, chain, given)
    found = Leavers(
        window=window,
        unit="session" if seconds is None else "visitor",
        within=query.within.strip(),
        step=steps[place].name,
        number=place + 1,
        next=steps[following].name,
        lost=lost,
        stayed=stayed,
        by=_tested([row for row in rows if row["dimension"] is not None] + bought, lost, stayed),
        went=went(lost, next_nodes.get(place, {})),
        median_seconds=whole["seconds"][0] if whole and whole["seconds"] and seconds is None else None,
        p90_seconds=whole["seconds"][1] if whole and whole["seconds"] and seconds is None else None,
        samples=_samples(shop, fate),
        words=Words("-", "-"),
        not_measurable=lacking,
        batch=shop.warehouse.newest_batch(),
        sql=(sql, sql_product, sql_gone),
    )
    return replace(found, words=Words(_tell(found, "en"), _tell(found, "zh")))


def _place(shop: OpenShop, text: str | None, asked: Sequence[Step], chain: Chain, given: Mapping[str, Any]) -> int:
    """Where in the chain the step that is meant stands; numbers count the steps as they were asked for."""
    places = required(chain.steps)
    if text is None:
        return _where_most_are_lost(shop, chain, given)
    name = text.strip().removesuffix("?")
    if name.isdigit():
        if not 1 <= int(name) <= len(asked):
            raise DefinitionError(
                f"step {name}: the funnel has the steps 1 to {len(asked)}.",
                zh=f"step {name}：漏斗只有第 1 到 {len(asked)} 步。",
            )
        name = asked[int(name) - 1].name
    hits = [place for place in places if chain.steps[place].name == name]
    if not hits:
        known = [chain.steps[place].name for place in places]
        raise UnknownNameError.of(Words("step to leave at in this funnel", "该漏斗的步骤"), name, known)
    return hits[0]


def _where_most_are_lost(shop: OpenShop, chain: Chain, given: Mapping[str, Any]) -> int:
    """The required step after which most are lost."""
    places = required(chain.steps)
    values = Values(dict(given))
    listed = ", ".join(f"count(chain.t{place}) AS n{place}" for place in places)
    sql, params = bound(f"WITH {chain_sql(chain, values)}\nSELECT {listed} FROM chain", values.given)
    row = shop.warehouse.query(sql, params).to_pylist()[0]
    losses = [(row[f"n{after}"] - row[f"n{place}"], place) for place, after in pairwise(places)]
    return min(losses)[1] if losses else places[0]


def _counts(shop: OpenShop, fate: _Fate) -> tuple[list[dict[str, Any]], str]:
    """How many left and went on: in all (dimension None), and by value of every dimension."""
    values = Values(dict(fate.given))
    columns = [f"visit.d{place}" for place in range(len(DIMENSIONS))]
    named = " ".join(f"WHEN grouping({column}) = 0 THEN {place}" for place, column in enumerate(columns))
    shown = " ".join(f"WHEN grouping({column}) = 0 THEN {column}" for column in columns)
    sql, params = bound(
        f"WITH {fate.sql(values)}\nSELECT CASE {named} END AS place, CASE {shown} END AS value, "
        "count(*) FILTER (WHERE fate.lost) AS lost, count(*) FILTER (WHERE NOT fate.lost) AS stayed,\n    "
        "quantile_cont((epoch_us(stay.ended_at) - epoch_us(fate.reached_at)) / 1e6, [0.5, 0.9]) "
        "FILTER (WHERE fate.lost) AS seconds\n"
        "FROM fate JOIN visit ON visit.session_id = fate.session_id\n"
        "JOIN visits AS stay ON stay.session_id = fate.session_id\n"
        f"GROUP BY GROUPING SETS ((), {', '.join(f'({column})' for column in columns)})\n"
        "ORDER BY place NULLS FIRST, lost DESC, stayed DESC, value",
        values.given,
    )
    rows = shop.warehouse.query(sql, params).to_pylist()
    for row in rows:
        row["dimension"] = None if row["place"] is None else DIMENSIONS[row["place"]]
    return rows, sql


def _products(shop: OpenShop, fate: _Fate) -> tuple[list[dict[str, Any]], str]:
    """How many left and went on by the product of the event that was the step."""
    values = Values(dict(fate.given))
    step = fate.chain.steps[fate.place]
    of_visitor = fate.chain.seconds is not None
    source = "steps AS event" + (" JOIN visit ON visit.session_id = event.session_id" if of_visitor else "")
    unit = "visit.unit" if of_visitor else "event.session_id"
    sql, params = bound(
        f"WITH {fate.sql(values)},\nheld AS (\n    SELECT fate.unit AS unit, any_value(fate.lost) AS lost, "
        f"min(event.product_id) AS product_id\n    FROM fate JOIN {source} ON {unit} = fate.unit "
        f"AND event.occurred_at = fate.reached_at\n    WHERE event.occurred_at BETWEEN :low AND :high "
        f"AND event.product_id IS NOT NULL AND {matches(step, 'event', values)}\n    GROUP BY fate.unit\n)\n"
        "SELECT held.product_id AS value, any_value(goods.name) AS name, count(*) FILTER (WHERE held.lost) AS lost, "
        "count(*) FILTER (WHERE NOT held.lost) AS stayed\n"
        "FROM held LEFT JOIN products AS goods ON goods.product_id = held.product_id\n"
        "GROUP BY held.product_id ORDER BY lost DESC, stayed DESC, value",
        values.given,
    )
    rows = shop.warehouse.query(sql, params).to_pylist()
    return [row | {"dimension": PRODUCT} for row in rows], sql


def _samples(shop: OpenShop, fate: _Fate) -> tuple[Sample, ...]:
    """Some sessions that left, always the same ones."""
    values = Values({**fate.given, "most": MOST_SAMPLES})
    sql, params = bound(
        f"WITH {fate.sql(values)}\nSELECT visit.session_id AS session_id, visit.started_at AS started_at, "
        "visit.device AS device, visit.source AS source, visit.landing_page_type AS landing_page_type\n"
        "FROM (SELECT session_id FROM fate WHERE lost ORDER BY md5(session_id) LIMIT :most) AS picked\n"
        "JOIN visits AS visit ON visit.session_id = picked.session_id ORDER BY md5(visit.session_id)",
        values.given,
    )
    rows = shop.warehouse.query(sql, params).to_pylist()
    return tuple(Sample(**row | {"started_at": row["started_at"].astimezone(UTC)}) for row in rows)


def _tested(rows: Sequence[Mapping[str, Any]], lost: int, stayed: int) -> tuple[LeaverDimension, ...]:
    """The values by dimension, each tested against those who went on; unknown everywhere tells nothing."""
    by_dimension: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_dimension.setdefault(row["dimension"], []).append(row)
    told = {name: found for name, found in by_dimension.items() if any(row["value"] is not None for row in found)}
    shown = [(name, row) for name, found in told.items() for row in found[:MOST_VALUES]]
    p_values: tuple[float, ...] = (1.0,) * len(shown)
    if lost and stayed:
        p_values = holm([difference_p_value((row["stayed"], stayed), (row["lost"], lost)) for _, row in shown])
    made: dict[str, list[LeaverValue]] = {name: [] for name in told}
    for (name, row), p_value in zip(shown, p_values, strict=True):
        made[name].append(_value(row, lost, stayed, p_value))
    return tuple(LeaverDimension(name, tuple(values), len(told[name])) for name, values in made.items())


def _value(row: Mapping[str, Any], lost: int, stayed: int, p_value: float) -> LeaverValue:
    lift = ratio((row["stayed"], stayed), (row["lost"], lost)) if lost and stayed else None
    return LeaverValue(
        value=row["value"],
        name=row.get("name"),
        lost=row["lost"],
        stayed=row["stayed"],
        lost_rate=row["lost"] / (row["lost"] + row["stayed"]),
        share_lost=row["lost"] / lost if lost else None,
        share_stayed=row["stayed"] / stayed if stayed else None,
        lift=lift.value if lift else None,
        low=lift.low if lift else None,
        high=lift.high if lift else None,
        significant=p_value < LEVEL,
    )


def _tell(found: Leavers, language: Language) -> str:
    zh = language == "zh"
    step, following = WORDS[found.step][language], WORDS[found.next][language]
    if found.lost_rate is None:
        return f"这段时间无人到达“{step}”。" if zh else f"Nobody reached {step} in these days."
    unit = ("访客" if zh else "visitors") if found.unit == "visitor" else ("会话" if zh else "sessions")
    count, of = (format_value(each, "count", language) for each in (found.lost, found.lost + found.stayed))
    rate = format_value(found.lost_rate, "rate", language)
    parts = [f"{of} {unit} with {step}: {count} ({rate}) did not get to {following}."]
    if zh:
        parts = [f"到达“{step}”的 {of} 个{unit}中，{count} 个（{rate}）没有到达“{following}”。"]
    if found.went:
        most = found.went[0]
        share, name = format_value(most.share, "rate", language), node_words(most.to)[language]
        parts.append(f"其后最多的是“{name}”（{share}）。" if zh else f"What most of them did next: {name} ({share}).")
    named = _standing_out(found, language)
    if named:
        parts.append(f"流失明显偏多：{named}。" if zh else f"Lost more often than the others: {named}.")
    return "".join(parts) if zh else " ".join(parts)


def _standing_out(found: Leavers, language: Language) -> str:
    """The values that leave clearly more often than the others, the strongest first."""
    hits = [
        (value.lift, dimension.dimension, value)
        for dimension in found.by
        for value in dimension.values
        if value.significant and value.lift is not None and value.lift > 1
    ]
    hits.sort(key=lambda hit: (-(hit[0] or 0), hit[1], hit[2].value or ""))
    none = "（无）" if language == "zh" else "(none)"
    texts = [
        f"{dimension} {value.name or value.value or none} ({format_value(value.lost_rate, 'rate', language)})"
        for _, dimension, value in hits[:WORTH_NAMING]
    ]
    return ("、" if language == "zh" else ", ").join(texts)
