"""Behaviour: funnels, paths, who left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.engines import behaviour
from zhanggui.engines.behaviour import STEP_WORDS, Funnel, FunnelQuery, FunnelRow, StepCount
from zhanggui.loop import shops
from zhanggui.loop.result import Grid, GridColumn, Tabled, text, value

if TYPE_CHECKING:
    from zhanggui.loop.verbs.funnel import FunnelParams
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
        dims = tuple(text(name, name, name) for name in found.by)
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
        whole = FunnelRow(tuple("" for _ in found.by), found.steps)
        rows = [_step_row(row.key, step) for row in (whole, *found.rows) for step in row.steps]
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


def _step_row(key: tuple[str | None, ...], step: StepCount) -> tuple[Any, ...]:
    name = STEP_WORDS[step.event]
    if step.optional:
        name = Words(f"{name.en} (optional)", f"{name.zh}（可选）")
    return (
        *(NONE if part is None else part for part in key),
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
