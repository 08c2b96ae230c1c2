"""Who left at a step of a funnel, against those who went on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.numbers import format_value
from zhanggui.basics.words import Language, Words
from zhanggui.engines.behaviour.acts import Chain
from zhanggui.engines.behaviour.chains import chain_sql, values_of
from zhanggui.engines.behaviour.counted import known_steps
from zhanggui.engines.behaviour.going import following, went
from zhanggui.engines.behaviour.leaver_types import LeaverDimension, LeaverQuery, Leavers, LeaverValue, Sample
from zhanggui.engines.behaviour.paths import node_words
from zhanggui.engines.behaviour.slicing import check_values, held
from zhanggui.engines.behaviour.statement import NODES, Values, bound, matches
from zhanggui.engines.behaviour.steps import WORDS, parse_step, parse_steps, required, seconds_within
from zhanggui.metrics import default_window, value_inside
from zhanggui.metrics.dimensions import dimension_named
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
    place, after = _place_and_next(shop, query.step, chain, given)
    rows, sql = _fates(shop, chain, (place, after), given)
    whole = next((row for row in rows if row["kind"] == "all"), None)
    lost, stayed = (int(whole["lost"]), int(whole["stayed"])) if whole else (0, 0)
    times = whole["seconds"] if whole and whole["seconds"] and seconds is None else (None, None)
    next_nodes = {NODES[row["number"]]: row["lost"] for row in rows if row["kind"] == "next"}
    found = Leavers(
        window=window,
        unit="session" if seconds is None else "visitor",
        within=query.within.strip(),
        step=steps[place].name,
        number=place + 1,
        next=steps[after].name,
        lost=lost,
        stayed=stayed,
        by=_tested([row for row in rows if row["dimension"]], lost, stayed),
        went=went(lost, next_nodes),
        median_seconds=times[0],
        p90_seconds=times[1],
        samples=tuple(_sample(row["sample"]) for row in rows if row["kind"] == "sample"),
        words=Words("-", "-"),
        not_measurable=lacking,
        batch=shop.warehouse.newest_batch(),
        sql=(sql,),
    )
    return replace(found, words=Words(_tell(found, "en"), _tell(found, "zh")))


def _place_and_next(shop: OpenShop, text: str | None, chain: Chain, given: Mapping[str, Any]) -> tuple[int, int]:
    """Where in the chain the step that is meant stands, and the required one after it."""
    place = _place(shop, text, chain, given)
    after = next((each for each in required(chain.steps) if each > place), None)
    if after is None:
        raise DefinitionError(
            f"{chain.steps[place].name} is the last step: nobody is lost after it.",
            zh=f"{chain.steps[place].name} 是最后一步，其后没有流失。",
        )
    return place, after


def _place(shop: OpenShop, text: str | None, chain: Chain, given: Mapping[str, Any]) -> int:
    """Where in the chain the step that is meant stands; numbers count the steps that the funnel shows."""
    places = required(chain.steps)
    if text is None:
        return _where_most_are_lost(shop, chain, given)
    name = text.strip().removesuffix("?")
    if name.isdecimal() and not 1 <= int(name) <= len(chain.steps):
        raise DefinitionError(
            f"step {name}: the funnel has the steps 1 to {len(chain.steps)}.",
            zh=f"step {name}：漏斗只有第 1 到 {len(chain.steps)} 步。",
        )
    if name.isdecimal() and int(name) - 1 in places:
        return int(name) - 1
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
    sql, params = bound(f"WITH {chain_sql(chain, values, exact=False)}\nSELECT {listed} FROM chain", values.given)
    row = shop.warehouse.query(sql, params).to_pylist()[0]
    losses = [(row[f"n{after}"] - row[f"n{place}"], place) for place, after in pairwise(places)]
    return min(losses)[1] if losses else places[0]


def _fates(
    shop: OpenShop, chain: Chain, places: tuple[int, int], given: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], str]:
    """How many left and went on: in all, by value of every dimension, by product; what came next; samples."""
    values = Values({**given, "most": MOST_SAMPLES})
    columns = [f"visit.d{number}" for number in range(len(DIMENSIONS))]
    text = resources.files(__package__).joinpath("leavers.sql").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    sql, params = bound(
        "\n".join(lines).format(
            chain=chain_sql(chain, values),
            place=places[0],
            after=places[1],
            following=following("lost"),
            is_step=matches(chain.steps[places[0]], "event", values),
            number=" ".join(f"WHEN grouping({column}) = 0 THEN {number}" for number, column in enumerate(columns)),
            value=" ".join(f"WHEN grouping({column}) = 0 THEN {column}" for column in columns),
            sets=", ".join(f"({column})" for column in columns),
        ),
        values.given,
    )
    rows = shop.warehouse.query(sql, params).to_pylist()
    for row in rows:
        row["dimension"] = PRODUCT if row["kind"] == "product" else None
        if row["kind"] == "value":
            row["dimension"] = DIMENSIONS[row["number"]]
    return rows, sql


def _sample(row: Mapping[str, Any]) -> Sample:
    return Sample(**{**row, "started_at": row["started_at"].astimezone(UTC)})


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
    order = [name for name in (*DIMENSIONS, PRODUCT) if name in made]
    return tuple(LeaverDimension(name, tuple(made[name]), len(told[name])) for name in order)


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
    texts = [
        f"{_named(dimension, value, language)} ({format_value(value.lost_rate, 'rate', language)})"
        for _, dimension, value in hits[:WORTH_NAMING]
    ]
    return ("、" if language == "zh" else ", ").join(texts)


def _named(dimension: str, value: LeaverValue, language: Language) -> str:
    """``landing page type product page``: the dimension and its value as people call them."""
    name = dimension_named(dimension).words[language]
    shown = value.name or value_inside(dimension, value.value)[language]
    return f"{name}“{shown}”" if language == "zh" else f"{name[:1].lower()}{name[1:]} {shown}"
