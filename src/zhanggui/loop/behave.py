"""Behaviour: funnels, paths, who left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.engines import behaviour
from zhanggui.engines.behaviour import (
    STEP_WORDS,
    Funnel,
    FunnelQuery,
    FunnelRow,
    LeaverQuery,
    Leavers,
    PathQuery,
    Paths,
    StepCount,
)
from zhanggui.loop import shops
from zhanggui.loop.result import Grid, GridColumn, Named, Tabled, text, value
from zhanggui.loop.values import named
from zhanggui.metrics import dimension_named

if TYPE_CHECKING:
    from zhanggui.loop.verbs.funnel import FunnelParams
    from zhanggui.loop.verbs.leavers import LeaversParams
    from zhanggui.loop.verbs.paths import PathsParams
    from zhanggui.store.opened import OpenShop

NONE = Words("(none)", "（无）")


@dataclass(frozen=True)
class FunnelResult(Tabled):
    """A funnel, with what tables of it need."""

    found: Funnel
    good: bool = True

    @property
    def words(self) -> Words:
        """How many came through, the weakest step, what moved it."""
        return self.found.words

    @property
    def steps(self) -> tuple[StepCount, ...]:
        """The steps of the whole."""
        return self.found.steps

    @property
    def rows(self) -> tuple[FunnelRow, ...]:
        """The funnels of the groups, the largest first."""
        return self.found.rows

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The document of ``zhanggui funnel --format json``; reasons in ``language``."""
        return self.found.to_json(language)

    def grids(self) -> tuple[Grid, ...]:
        """One row per step (and group); the effects of the steps where there is a comparison."""
        found = self.found
        dims = tuple(GridColumn(name, dimension_named(name).words) for name in found.by)
        counted = Words("visitors", "访客数") if found.unit == "visitor" else Words("sessions", "会话数")
        columns = (
            *dims,
            text("step", "step", "步骤"),
            GridColumn("sessions", counted, "value", "count"),
            value("rate_from_start", "of the first step", "占第一步", "rate"),
            value("rate_from_previous", "of the step before", "占上一步", "rate"),
            value("lost", "lost after it", "此后流失"),
            value("median_seconds", "median seconds", "用时中位数（秒）", "ratio"),
            value("p90_seconds", "90th percentile", "用时 90 分位（秒）", "ratio"),
        )
        whole = FunnelRow((), found.steps)
        rows = [_step_row(_keys(found, row), step) for row in (whole, *found.rows) for step in row.steps]
        return (Grid(columns, tuple(rows)), *self._effects())

    def _effects(self) -> tuple[Grid, ...]:
        base = self.found.against
        if base is None:
            return ()
        columns = (
            text("step", "step", "步骤"),
            GridColumn("effect", Words("effect on conversions", "对转化数的影响"), "change", "count"),
            value("rate_before", "rate before", "之前的转化率", "rate"),
            value("rate_after", "rate now", "现在的转化率", "rate"),
            value("p_value", "p-value", "p 值", "ratio"),
            text("significant", "more than chance", "是否显著"),
        )
        rows = []
        for effect in base.effects:
            is_rate = effect.step != "sessions"
            name = STEP_WORDS[effect.step] if is_rate else Words("number that began", "开始的数量")
            rates = (effect.before, effect.after) if is_rate else (None, None)
            certain = Words("yes", "是") if effect.significant else Words("no", "否")
            rows.append((name, effect.effect, *rates, effect.p_value, certain if is_rate else ""))
        return (Grid(columns, tuple(rows), Words("What the steps did to the change", "各步骤对变化的影响")),)


def _dimension(name: str) -> Named:
    words = dimension_named(name).words
    return Named(words.en, words.zh, name)


def _keys(found: Funnel, row: FunnelRow) -> tuple[Any, ...]:
    """The groups of a row in words; the whole has none."""
    if not row.key:
        return tuple("" for _ in found.by)
    return tuple(NONE if part is None else named(name, part) for name, part in zip(found.by, row.key, strict=True))


def _step_row(key: tuple[Any, ...], step: StepCount) -> tuple[Any, ...]:
    name = STEP_WORDS[step.event]
    if step.optional:
        name = Words(f"{name.en} (optional)", f"{name.zh}（可选）")
    return (
        *key,
        name,
        step.sessions,
        step.rate_from_start,
        step.rate_from_previous,
        step.lost,
        step.median_seconds,
        step.p90_seconds,
    )


def funnel(shop: OpenShop | None, params: FunnelParams) -> FunnelResult:
    """How many reach every step of a funnel.

    Raises:
        UnknownNameError: no such step, dimension or value.
        DefinitionError: a question that makes no sense.
        NotMeasurable: the shop has no behaviour.
    """
    shop = shops.need(shop)
    query = FunnelQuery(
        steps=params.steps,
        within=params.within,
        by=params.by,
        window=shops.window_of(shop, params.from_, params.to),
        against=None if params.against in (None, "none") else params.against,
        where=params.where,
        without=params.without,
    )
    return FunnelResult(behaviour.funnel(shop, query))


@dataclass(frozen=True)
class PathsResult(Tabled):
    """Frequent paths, with what tables of them need."""

    found: Paths
    good: bool = True

    @property
    def words(self) -> Words:
        """How many sessions, and the most frequent path."""
        return self.found.words

    def to_json(self, language: str = "en") -> dict[str, Any]:  # noqa: ARG002 - all its texts are in both
        """The document of ``zhanggui paths --format json``."""
        return self.found.to_json()

    def grids(self) -> tuple[Grid, ...]:
        """One row per listed path; one per node that sessions left from."""
        columns = (
            text("path", "path", "路径"),
            value("sessions", "sessions", "会话数"),
            value("share", "share", "占比", "rate"),
            value("conversion", "with a purchase", "其中下单", "rate"),
        )
        rows = tuple((_walked(path.steps), path.sessions, path.share, path.conversion) for path in self.found.paths)
        ends = (
            text("step", "step", "步"),
            text("from", "left from", "离开自"),
            value("sessions", "sessions", "会话数"),
            value("share", "of those who were there", "占到达者", "rate"),
        )
        left = tuple(
            (each.step, behaviour.node_words(each.name), each.sessions, each.share) for each in self.found.exits
        )
        exits = (Grid(ends, left, Words("Where sessions end", "会话在哪里结束")),) if left else ()
        return (Grid(columns, rows), *exits)


def _walked(steps: tuple[str, ...]) -> Words:
    named = [behaviour.node_words(step) for step in steps]
    return Words(" → ".join(each.en for each in named), " → ".join(each.zh for each in named))


def paths(shop: OpenShop | None, params: PathsParams) -> PathsResult:
    """The frequent paths of sessions.

    Raises:
        UnknownNameError: no such page type, event, dimension or value.
        DefinitionError: a question that makes no sense.
        NotMeasurable: the shop has no events.
    """
    shop = shops.need(shop)
    query = PathQuery(
        window=shops.window_of(shop, params.from_, params.to),
        starting=params.starting,
        ending=params.ending,
        through=params.through,
        length=params.length,
        top=params.top,
        where=params.where,
    )
    return PathsResult(behaviour.paths(shop, query))


@dataclass(frozen=True)
class LeaversResult(Tabled):
    """Who left at a step, with what tables of them need."""

    found: Leavers
    good: bool = True

    @property
    def words(self) -> Words:
        """How many left, where they went, and who leaves more often."""
        return self.found.words

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The document of ``zhanggui leavers --format json``; reasons in ``language``."""
        return self.found.to_json(language)

    def grids(self) -> tuple[Grid, ...]:
        """One row per value of every dimension; one per place where they went."""
        columns = (
            text("dimension", "dimension", "维度"),
            text("value", "value", "取值"),
            value("lost", "lost", "流失"),
            value("stayed", "went on", "继续"),
            value("lost_rate", "lost rate", "流失率", "rate"),
            value("lift", "lift", "倍数", "ratio"),
            value("low", "from", "下限", "ratio"),
            value("high", "to", "上限", "ratio"),
            text("significant", "more than chance", "是否显著"),
        )
        rows = []
        for each in self.found.by:
            for one in each.values:
                certain = Words("yes", "是") if one.significant else Words("no", "否")
                shown = one.name or (named(each.dimension, one.value) if one.value else NONE)
                numbers = (one.lost, one.stayed, one.lost_rate, one.lift, one.low, one.high)
                rows.append((_dimension(each.dimension), shown, *numbers, certain))
        next_columns = (
            text("to", "went to", "去向"),
            value("sessions", "sessions", "会话数"),
            value("share", "share", "占比", "rate"),
        )
        gone = tuple((behaviour.node_words(each.to), each.sessions, each.share) for each in self.found.went)
        where = (Grid(next_columns, gone, Words("Where they went", "他们去了哪里")),) if gone else ()
        return (Grid(columns, tuple(rows)), *where)


def leavers(shop: OpenShop | None, params: LeaversParams) -> LeaversResult:
    """Who reached a step of a funnel and not the next one.

    Raises:
        UnknownNameError: no such step, dimension or value.
        DefinitionError: nothing comes after the step.
        NotMeasurable: the shop has no events.
    """
    shop = shops.need(shop)
    query = LeaverQuery(
        steps=params.steps,
        step=params.step,
        within=params.within,
        window=shops.window_of(shop, params.from_, params.to),
        where=params.where,
        without=params.without,
    )
    return LeaversResult(behaviour.leavers(shop, query))
