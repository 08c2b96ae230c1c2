"""Funnel: the steps to a purchase, where people are lost, who they are, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.acts import OPTIONAL, act_name, act_options
from zhanggui.web.blocks import Block, Cell, Column, Field, Form, Link, Notice, Option, Row, Sentence, Table
from zhanggui.web.funnels import effects_table, segments, steps_block
from zhanggui.web.leaving import leavers_blocks
from zhanggui.web.missing import empty_shop
from zhanggui.web.page import Context, Json, Page
from zhanggui.web.visits import no_behaviour, nothing_here

PRESETS = {
    "purchase": ("view_item", "add_to_cart", "begin_checkout", "add_payment_info", "purchase"),
    "checkout": ("page:cart", "begin_checkout", "add_shipping_info", "add_payment_info", "purchase"),
    "search": ("search", "view_item", "add_to_cart", "purchase"),
    "home": ("page:home", "page:category", "view_item", "add_to_cart", "purchase"),
}
MOST_STEPS = 8
WITHIN = ("session", "30m", "24h", "7d", "30d")
DIMS = (
    "device", "channel_group", "visitor_type", "source", "medium", "campaign", "country", "region", "os", "browser",
    "landing_page_type",
)  # fmt: skip


def _blocks(context: Context) -> Sequence[Block]:
    if context.view.window is None:
        return (empty_shop(context),)
    if not context.kpis.get("sessions", {}).get("measurable"):
        return (no_behaviour(context),)
    steps = _steps(context)
    form = _form(steps, context)
    if len(steps) < 2:
        return (form, Notice(context.t("funnel.few_steps"), context.t("funnel.few_steps_text")))
    question = _question(steps, context)
    answer = context.ask_framed("funnel", **question)
    if answer.get("evidence", "") is None:
        return (form, nothing_here(context))
    if not answer["steps"] or not answer["steps"][0]["sessions"]:
        nobody = Notice(context.t("funnel.nobody"), context.t("funnel.nobody_text"))
        return (form, nobody, *_unmeasured(answer, context))
    return (form, Sentence(context.say(answer.get("words"))), *_answer(answer, question, context))


def _answer(answer: Json, question: Json, context: Context) -> list[Block]:
    chosen = _chosen(answer, context)
    found: list[Block] = [steps_block(answer, chosen, context)]
    if chosen:
        asked = {key: question[key] for key in ("steps", "within", "without")}
        found += leavers_blocks(answer, chosen, asked, context)
    effects = effects_table(answer, context)
    found += [effects] if effects else []
    by = list(answer.get("by") or ())
    found += (segments(answer, by[0], context) or ()) if by else ()
    return [*found, *_unmeasured(answer, context)]


def _unmeasured(answer: Json, context: Context) -> list[Block]:
    """Steps that the data do not know, with the reason."""
    t, lacking = context.t, answer.get("not_measurable") or {}
    if not lacking:
        return []
    rows = tuple(Row((Cell(act_name(name, context), name), Cell(str(why)))) for name, why in lacking.items())
    columns = (Column("event", t("funnel.event"), width="quarter"), Column("why", t("experience.why")))
    return [Table("unmeasured", t("funnel.unmeasured_title"), columns, rows, sortable=False)]


def _question(steps: Sequence[str], context: Context) -> Json:
    """The page's own choices as parameters of the verb."""
    within, by, without = context.choice("within"), context.choice("by"), context.choice("without")
    return {
        "steps": list(steps),
        "within": within if within in WITHIN[1:] else None,
        "by": [by] if by else None,
        "without": [without] if without else None,
    }


def _steps(context: Context) -> list[str]:
    """The chosen steps, gaps closed, ends never optional; the first preset when none is chosen."""
    found = [context.choice(f"s{number}") for number in range(1, MOST_STEPS + 1)]
    steps = [step for step in found if step]
    if not steps:
        return list(PRESETS["purchase"])
    steps[0], steps[-1] = steps[0].removesuffix(OPTIONAL), steps[-1].removesuffix(OPTIONAL)
    return steps


def _chosen(answer: Json, context: Context) -> int:
    """The number of the step whose leavers are asked for; 0 when none or the last."""
    text = context.choice("step")
    number = int(text) if text.isdecimal() else 0
    return number if 1 <= number < len(answer["steps"]) else 0


def _form(steps: Sequence[str], context: Context) -> Form:
    t = context.t
    fields = []
    for number in range(1, min(len(steps) + 1, MOST_STEPS) + 1):
        chosen = steps[number - 1] if number <= len(steps) else ""
        none = Option("", t("funnel.no_step"), not chosen)
        inner = 1 < number < len(steps)
        options = act_options(chosen, context, first=number == 1, optional=inner)
        fields.append(Field(f"s{number}", t("funnel.step", number=number), (none, *options)))
    within = context.choice("within", WITHIN[0])
    fields.append(
        Field("within", t("funnel.within"), tuple(Option(name, t(f"within.{name}"), name == within) for name in WITHIN))
    )
    fields.append(Field("by", t("funnel.by"), _by_options(context)))
    without = context.choice("without")
    fields.append(
        Field("without", t("funnel.without"), (Option("", t("act.none"), not without), *act_options(without, context)))
    )
    action = f"/{context.shop.key}/funnel"
    return Form(
        action, tuple(fields), tuple(context.view.pairs()), t("funnel.show"), _tabs(steps, context), t("funnel.choose")
    )


def _by_options(context: Context) -> tuple[Option, ...]:
    chosen = context.choice("by")
    known = context.kpis.get("sessions", {}).get("dimensions") or ()
    names = [name for name in DIMS if name in known or name == chosen]
    none = Option("", context.t("funnel.no_by"), not chosen)
    return (none, *(Option(name, context.dim_name(name), name == chosen) for name in names))


def _tabs(steps: Sequence[str], context: Context) -> tuple[Link, ...]:
    """Ready funnels; the other choices of the page stay."""
    kept = [(key, value) for key, value in context.own if key in ("within", "by", "without")]
    found = []
    for name, preset in PRESETS.items():
        chosen = [] if name == "purchase" else [(f"s{number}", step) for number, step in enumerate(preset, 1)]
        href = context.link("funnel", *chosen, *kept)
        found.append(Link(context.t(f"funnel.{name}"), href, tuple(steps) == preset))
    return tuple(found)


PAGE = Page(
    path="funnel",
    words=Words("Funnel", "漏斗"),
    about=Words("Where people are lost on the way, who they are, what changed", "人在哪一步流失、是谁、变了什么"),
    blocks=_blocks,
    icon="funnel",
    order=20,
    key="f",
    group="site",
    pocket=True,
)
