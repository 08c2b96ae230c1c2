"""Experience: how fast pages are, what errors and empty searches cost, where carts get stuck."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.blocks import Block, Cell, Column, Facts, Form, How, Link, Notice, Row, Sentence, Story, Table
from zhanggui.web.figures import how_lines
from zhanggui.web.missing import empty_shop
from zhanggui.web.page import Context, Json, Page
from zhanggui.web.snags import errors_table, losses_table, searches_blocks
from zhanggui.web.speeds import MEASURES, bands_block, grade, hours_block, measured, rating_text, speed_table
from zhanggui.web.sticking import friction_blocks
from zhanggui.web.visits import no_behaviour, value_name


def _blocks(context: Context) -> Sequence[Block]:
    if context.view.window is None:
        return (empty_shop(context),)
    if not context.kpis.get("sessions", {}).get("measurable"):
        return (no_behaviour(context),)
    view = context.choice("view", VIEWS[0])
    view = view if view in VIEWS else VIEWS[0]
    if view == "friction":
        answer = context.ask_framed("friction", against=None)
        found = friction_blocks(answer, context)
    else:
        answer = context.ask_framed("experience")
        found = PARTS[view](answer, context)
    if not found:
        found = [Notice(context.t("experience.nothing"), context.t("experience.nothing_text"))]
    unknown = _unknown(answer.get("not_measurable") or {}, context)
    sql = answer.get("sql") or ()
    how = How(how_lines(answer, context), (sql,) if isinstance(sql, str) else tuple(sql))
    return [_tabs(view, context), *found, *unknown, how]


def _tabs(view: str, context: Context) -> Form:
    """The four parts of the page."""
    t = context.t
    tabs = tuple(Link(t(f"experience.view_{name}"), context.with_own(view=name), name == view) for name in VIEWS)
    return Form(f"/{context.shop.key}/experience", (), (), "", tabs)


def _facts(answer: Json, context: Context) -> Facts:
    """Each measure at its 75th percentile with its rating, then what slowness, errors and searches come to."""
    t, overall, before = context.t, answer.get("overall") or {}, (answer.get("against") or {}).get("overall") or {}
    items = []
    for name in MEASURES[:4]:
        if overall.get(name):
            value = overall[name]["p75"]
            rated = rating_text(grade(value, name, answer.get("thresholds") or {}), context)
            was = t("experience.was", value=measured(before[name]["p75"], name, context)) if before.get(name) else ""
            small = " · ".join(part for part in (rated, was) if part)
            items.append((t("experience.p75_of", name=t(f"experience.{name}")), measured(value, name, context), small))
    return Facts(t("experience.facts"), (*items, *_sums(answer, context)))


def _sums(answer: Json, context: Context) -> list[tuple[str, str, str]]:
    t, found = context.t, []
    slow, loss = answer.get("slow_sessions") or {}, answer.get("loss") or {}
    errors, searches = answer.get("error_sessions") or {}, answer.get("searches") or {}
    if slow.get("share") is not None:
        once = t("experience.slow_once", count=context.exact(slow.get("slow_once"), "count"))
        found.append((t("experience.slow_sessions"), context.exact(slow["share"], "rate"), once))
    if loss.get("money") is not None:
        span = f"{context.short(loss.get('low'), 'money')} – {context.short(loss.get('high'), 'money')}"
        found.append((t("experience.loss"), context.short(loss["money"], "money"), span))
    if errors.get("share") is not None:
        rates = {key: context.exact(errors.get(f"conversion_{key.split('_')[0]}"), "rate")
                 for key in ("with_error", "without")}  # fmt: skip
        small = t("experience.error_sessions_small", **rates)
        found.append((t("experience.error_sessions"), context.exact(errors["share"], "rate"), small))
    if searches.get("rate") is not None:
        left = t("experience.without_small", sessions=context.exact(searches.get("sessions_left"), "count"))
        found.append((t("experience.without_rate"), context.exact(searches["rate"], "rate"), left))
    return found


def _speed(answer: Json, context: Context) -> list[Block]:
    """How long visitors wait, by kind of page, device, hour, country."""
    t = context.t
    if not answer.get("overall"):
        return []
    words = _about_speed(answer, context)
    found: list[Block] = [Story(t("experience.facts"), (words,))] if words else []
    facts = _facts(answer, context)
    found += [facts] if facts.items else []
    for dim in ("page_type", "device"):
        found.append(speed_table(answer, dim, t(f"experience.by_{dim}"), context))
    hours = hours_block(answer, context)
    found += [hours] if hours else []
    countries = speed_table(answer, "country", t("experience.by_country"), context)
    return [*found, countries] if len(countries.rows) > 1 else found


def _about_speed(answer: Json, context: Context) -> str:
    """The words of the answer without what slowness goes with: that is told in the next part."""
    words, loss = context.say(answer.get("words")), context.say((answer.get("loss") or {}).get("words"))
    return words.partition(loss)[0].strip() if loss else words


def _loss(answer: Json, context: Context) -> list[Block]:
    """What slowness goes with: conversion by load time, the kinds of pages where it matters, devices."""
    bands, losses, devices = bands_block(answer, context), losses_table(answer, context), _devices(answer, context)
    words = context.say((answer.get("loss") or {}).get("words"))
    found: list[Block] = [Sentence(words)] if words else []
    return [*found, *(block for block in (bands, losses) if block), *([devices] if devices.rows else [])]


def _errors(answer: Json, context: Context) -> list[Block]:
    """What breaks, and what is searched for in vain."""
    errors = errors_table(answer, context)
    return [*([errors] if errors else []), *searches_blocks(answer, context)]


def _devices(answer: Json, context: Context) -> Table:
    """Mobile against desktop: what they are worth, how fast they are."""
    t = context.t
    rows = []
    for entry in answer.get("devices") or ():
        low, high = (context.exact(entry.get(side), "rate") for side in ("low", "high"))
        small = f"{low} – {high}" if entry.get("low") is not None else ""
        rows.append(
            Row(
                (
                    Cell(value_name(entry.get("device"), "device", context), entry.get("device")),
                    Cell(context.exact(entry.get("sessions"), "count"), entry.get("sessions")),
                    Cell(context.exact(entry.get("conversion"), "rate"), entry.get("conversion"), small=small),
                    Cell(context.exact(entry.get("bounce_rate"), "rate"), entry.get("bounce_rate")),
                    Cell(measured(entry.get("load_p75"), "load_ms", context), entry.get("load_p75")),
                    Cell(context.exact(entry.get("aov"), "money"), entry.get("aov")),
                )
            )
        )
    columns = (
        Column("device", t("experience.device")),
        Column("sessions", t("experience.sessions"), "number", "count"),
        Column("conversion", t("experience.conversion"), "number", "rate"),
        Column("bounce_rate", t("experience.bounce"), "number", "rate"),
        Column("load_p75", t("experience.load_p75"), "number", "ms"),
        Column("aov", t("experience.aov"), "number", "money"),
    )
    title = t("experience.devices")
    return Table("devices", title, columns, tuple(rows), downloads=context.downloads("devices"))


def _unknown(reasons: Json, context: Context) -> list[Block]:
    """Parts that the shop's data do not tell, each with its reason."""
    t = context.t
    if not reasons:
        return []
    rows = tuple(Row((Cell(t.get(f"part.{name}", name), name), Cell(str(why)))) for name, why in reasons.items())
    columns = (Column("what", t("experience.what"), width="quarter"), Column("why", t("experience.why")))
    return [Table("unknown", t("experience.unknown"), columns, rows, sortable=False)]


VIEWS = ("speed", "loss", "errors", "friction")
PARTS = {"speed": _speed, "loss": _loss, "errors": _errors}

PAGE = Page(
    path="experience",
    words=Words("Experience", "体验"),
    about=Words("How fast it is, what breaks, where carts get stuck", "快不快、哪里出错、购物车卡在哪里"),
    blocks=_blocks,
    icon="experience",
    order=40,
    key="x",
    group="site",
)
