"""How a KPI's value and change are shown: the same on every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhanggui.basics.numbers import format_change
from zhanggui.web.blocks import Change, Figure, How, Tile, Tone
from zhanggui.web.page import Context, Json
from zhanggui.web.sparks import spark

FLAT = 0.0005  # a change under 0.05 % (or 0.05 points) rounds to nothing and gets no colour


def tone_of(change: float | None, better: str) -> Tone:
    """Good or bad by the KPI's direction; flat without one."""
    if change is None or change == 0 or better not in ("up", "down"):
        return "flat"
    return "good" if (change > 0) == (better == "up") else "bad"


def change_of(cell: Json, unit: str, better: str, context: Context) -> Change | None:
    """The change of a cell in arrow, sign and words; None when there is nothing to compare with."""
    change, rate = cell.get("change"), cell.get("change_rate")
    if change is None:
        return None
    size = abs(change) if unit == "rate" else abs(rate) if rate is not None else abs(change)
    if size < FLAT:
        return Change("→", context.t("change.none"), context.t("change.same"), "flat")
    tone = tone_of(change, better)
    if rate is None and unit != "rate":
        text = ("+" if change > 0 else "") + context.exact(change, unit)
    else:
        text = format_change(change, rate, unit, context.view.language)
    side = "up" if change > 0 else "down"
    word = {"good": "better", "bad": "worse"}.get(tone, side)
    return Change("▲" if change > 0 else "▼", text, context.t(f"change.{word}"), tone)


def against_text(cell: Json, unit: str, context: Context) -> str:
    """``was £12.3k``, or why there is no comparison."""
    if context.view.against == "none":
        return ""
    if cell.get("against") is None:
        return context.t("change.no_base")
    return str(context.t("change.was", value=context.short(cell["against"], unit)))


def tile(entry: Json, context: Context) -> Tile:
    """A tile of Today: ``entry`` is one of the verb's ``tiles``."""
    unit = entry.get("unit", "count")
    series = [value for _, value in entry.get("series") or ()]
    other = [value for _, value in entry.get("against_series") or ()]
    title = context.say(entry.get("words"), entry["kpi"])
    return Tile(
        kpi=entry["kpi"],
        title=title,
        value=context.short(entry["value"], unit),
        exact=context.exact(entry["value"], unit),
        change=change_of(entry, unit, entry.get("better") or "", context),
        against=against_text(entry, unit, context),
        spark=spark(series, other[: len(series)], _spark_words(title, series, unit, context)),
        href=context.link("explore", ("kpi", entry["kpi"])),
        hint=context.say(context.kpis.get(entry["kpi"], {}).get("doc")),
    )


def _spark_words(title: str, series: Sequence[float | None], unit: str, context: Context) -> str:
    known = [value for value in series if value is not None]
    if len(known) < 2:
        return ""
    low, high = context.short(min(known), unit), context.short(max(known), unit)
    return str(context.t("spark.label", title=title, low=low, high=high, last=context.short(known[-1], unit)))


def figure(kpi: str, cell: Json, unit: str, context: Context) -> Figure:
    """A KPI in large, at the head of the explorer."""
    entry = context.kpis.get(kpi, {})
    return Figure(
        title=context.kpi_name(kpi),
        value=context.short(cell.get("value"), unit),
        exact=context.exact(cell.get("value"), unit),
        change=change_of(cell, unit, entry.get("better") or "", context),
        against=against_text(cell, unit, context),
        doc=context.say(entry.get("doc")),
    )


def how(kpi: str, answer: Json, context: Context) -> How:
    """Formula, tables, source, window, batch and SQL behind an answer."""
    entry = context.kpis.get(kpi, {})
    about = (
        (context.t("how.kpi"), f"{context.kpi_name(kpi)} ({kpi})"),
        (context.t("how.formula"), str(entry.get("formula") or "")),
        (context.t("how.needs"), ", ".join(entry.get("needs") or ())),
        (context.t("how.source"), context.say(entry.get("source"))),
    )
    return How((*(line for line in about if line[1]), *how_lines(answer, context)), _sql(answer))


def how_lines(answer: Json, context: Context) -> tuple[tuple[str, str], ...]:
    """Window, comparison, time zone, batch and exactness of any answer."""
    view, t = context.view, context.t
    lines = (
        (t("how.window"), context.span(view.window)),
        (t("how.against"), context.span(view.other) if view.other else ""),
        (t("how.zone"), context.shop.timezone),
        (t("how.batch"), str(answer.get("batch") or context.shop.batch or "")),
        (t("how.imported"), _moment(context)),
        (t("how.exact"), t("how.approximate" if answer.get("approximate") else "how.is_exact")),
    )
    return tuple(line for line in lines if line[1])


def _moment(context: Context) -> str:
    at = context.shop.imported_at
    return f"{context.day(at.date())} {at:%H:%M} UTC" if at else ""


def _sql(answer: Json) -> tuple[str, ...]:
    found: Any = answer.get("sql") or ()
    return (found,) if isinstance(found, str) else tuple(dict.fromkeys(found))
