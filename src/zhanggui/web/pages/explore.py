"""KPI explorer: any KPI, over time, by dimensions, compared, filtered, taken away as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhanggui.basics.words import Words
from zhanggui.web.answers import Asked, by_group, over_time, over_time_by_group
from zhanggui.web.blocks import Block, Field, Form, Notice, Option
from zhanggui.web.buckets import TIME, fitting_grain
from zhanggui.web.figures import figure, how
from zhanggui.web.missing import empty_shop, not_measurable
from zhanggui.web.options import kpi_options
from zhanggui.web.page import Context, Page

FIRST = ("sales", "orders", "sessions")
SMOOTHINGS = ("", "rolling-7", "rolling-28", "week", "month", "quarter", "year")
GROUPS_SHOWN, GROUPS_IN_FILES = 10, None
LINES = 5


def _blocks(context: Context) -> Sequence[Block]:
    if context.view.window is None:
        return (empty_shop(context),)
    kpi = context.choice("kpi") or _first(context)
    grain, splits = _grain(context), _splits(context)
    form = _form(kpi, grain, splits, context)
    if kpi in context.kpis and context.kpis[kpi].get("measurable") is False:
        return (form, not_measurable(kpi, str(context.kpis[kpi].get("reason") or ""), context))
    by = [*([grain] if grain else []), *splits]
    answer = context.ask_framed("kpi", name=[kpi], by=by, **_more(kpi, grain, splits, context))
    reason = (answer.get("not_measurable") or {}).get(kpi)
    if reason:
        return (form, not_measurable(kpi, str(reason), context))
    asked = Asked(kpi, tuple(by), answer, context)
    head = figure(kpi, answer["total"][kpi], asked.unit, context)
    return (form, head, *_answer_blocks(asked, grain, splits))


def _answer_blocks(asked: Asked, grain: str, splits: list[str]) -> tuple[Block, ...]:
    context = asked.context
    if asked.dims and not asked.rows:
        return (Notice(context.t("explore.none"), context.t("explore.none_text")),)
    if grain and not splits:
        return (over_time(asked),)
    if grain and len(splits) == 1:
        return (over_time_by_group(asked),)
    if splits:
        return (by_group(asked),)
    return (how(asked.kpi, asked.answer, context),)


def _more(kpi: str, grain: str, splits: list[str], context: Context) -> dict[str, Any]:
    """Top, share and smoothing, as far as they make sense for the question."""
    found: dict[str, Any] = {}
    if splits:
        found["top"] = _top(grain, context)
    if splits and not grain and context.kpis.get(kpi, {}).get("unit") in ("money", "count"):
        found["share"] = True
    smooth = context.choice("smooth")
    if grain and grain not in ("weekday", "hour") and smooth in SMOOTHINGS[1:]:
        if smooth.startswith("rolling-"):
            found["rolling"] = int(smooth.removeprefix("rolling-"))
        else:
            found["to_date"] = smooth
    return found


def _top(grain: str, context: Context) -> int | None:
    if context.full:
        return LINES if grain else GROUPS_IN_FILES
    asked = context.choice("top")
    if grain:
        return LINES
    return min(max(int(asked), 1), 500) if asked.isdigit() else GROUPS_SHOWN


def _first(context: Context) -> str:
    usable = [name for name, entry in context.kpis.items() if entry.get("measurable")]
    return next((name for name in FIRST if name in usable), usable[0] if usable else "sales")


def _grain(context: Context) -> str:
    asked = context.choice("grain")
    if asked == "none":
        return ""
    if asked in TIME:
        return asked
    return "" if context.choice("split") else fitting_grain(context.view.window)


def _splits(context: Context) -> list[str]:
    return list(dict.fromkeys(name for name in (context.choice("split"), context.choice("split2")) if name))


def _form(kpi: str, grain: str, splits: list[str], context: Context) -> Form:
    t = context.t
    fields = [
        Field("kpi", t("explore.kpi"), kpi_options(context, kpi)),
        Field("grain", t("explore.grain"), (
            Option("none", t("explore.no_time"), not grain),
            *(Option(name, context.dim_name(name), name == grain) for name in _allowed(kpi, context, time=True)),
        )),
        Field("split", t("explore.split"), _split_options(kpi, splits[:1], context)),
    ]  # fmt: skip
    if splits:
        fields.append(Field("split2", t("explore.split2"), _split_options(kpi, splits[1:], context)))
    if grain and grain not in ("weekday", "hour"):
        smooth = context.choice("smooth")
        fields.append(Field("smooth", t("explore.smooth"), tuple(
            Option(name, t(f"smooth.{name or 'none'}"), name == smooth) for name in SMOOTHINGS)))  # fmt: skip
    if splits and not grain:
        fields.append(Field("top", t("explore.top"), value=context.choice("top", str(GROUPS_SHOWN)), kind="number"))
    return Form(f"/{context.shop.key}/explore", tuple(fields), tuple(context.view.pairs()), t("explore.show"))


def _allowed(kpi: str, context: Context, *, time: bool) -> list[str]:
    entry = context.kpis.get(kpi, {})
    allowed = entry.get("dimensions") or list(context.dimensions)
    return [name for name in context.dimensions
            if name in allowed and (context.dimensions[name].get("kind") == "time") == time]  # fmt: skip


def _split_options(kpi: str, chosen: list[str], context: Context) -> tuple[Option, ...]:
    names = _allowed(kpi, context, time=False)
    if chosen and chosen[0] not in names:
        names = [*names, chosen[0]]
    none = Option("", context.t("explore.no_split"), not chosen)
    return (none, *(Option(name, context.dim_name(name), chosen[:1] == [name]) for name in names))


PAGE = Page(
    path="explore",
    words=Words("Explore", "指标探索"),
    about=Words("Any KPI, any slice, any comparison", "任意指标、任意维度、任意对比"),
    blocks=_blocks,
    icon="explore",
    order=20,
    key="e",
    pocket=True,
)
