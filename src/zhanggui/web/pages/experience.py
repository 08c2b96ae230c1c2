"""Experience: how fast pages are, what errors and empty searches cost, where carts get stuck."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.blocks import Block, Cell, Column, Facts, Heading, How, Notice, Row, Sentence, Table
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
    answer = context.ask_framed("experience")
    found: list[Block] = [Sentence(context.say(answer["words"]))] if answer.get("words") else []
    facts = _facts(answer, context)
    found += [facts] if facts.items else []
    found += _speed(answer, context)
    errors = errors_table(answer, context)
    found += [errors] if errors else []
    found += searches_blocks(answer, context)
    friction = context.ask_framed("friction", against=None)
    found += friction_blocks(friction, context)
    found += _unknown({**(answer.get("not_measurable") or {}), **(friction.get("not_measurable") or {})}, context)
    sql = [*_texts(answer.get("sql")), *_texts(friction.get("sql"))]
    return [*found, How(how_lines(answer, context), tuple(dict.fromkeys(sql)))]


def _texts(sql: object) -> list[str]:
    return [sql] if isinstance(sql, str) else list(sql) if isinstance(sql, list | tuple) else []


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
    t = context.t
    if not answer.get("overall"):
        return [Notice(t("experience.nothing"), t("experience.nothing_text"))]
    found: list[Block] = [Heading(t("experience.speed"), t("experience.speed_text"), "speed")]
    for dim in ("page_type", "device", "country"):
        table = speed_table(answer, dim, t(f"experience.by_{dim}"), context)
        found += [table] if len(table.rows) > (dim == "country") else []
    found += [block for block in (bands_block(answer, context), hours_block(answer, context)) if block]
    losses = losses_table(answer, context)
    found += [losses] if losses else []
    devices = _devices(answer, context)
    return [*found, devices] if devices.rows else found


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
