"""Paths: the ways that visits take from page to page, and where they end."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.words import Words
from zhanggui.web.acts import act_options
from zhanggui.web.blocks import Block, Field, Form, Notice, Option, Sentence
from zhanggui.web.flows import exits_table, flow_block, paths_table
from zhanggui.web.missing import empty_shop
from zhanggui.web.page import Context, Page
from zhanggui.web.visits import no_behaviour

ANCHORS = ("starting", "ending", "through")
LENGTHS = ("3", "4", "5", "6", "7", "8")
LENGTH, TOP, TOP_IN_FILES = "5", 15, 200


def _blocks(context: Context) -> Sequence[Block]:
    if context.view.window is None:
        return (empty_shop(context),)
    if not context.kpis.get("sessions", {}).get("measurable"):
        return (no_behaviour(context),)
    form = _form(context)
    anchor, at = context.choice("anchor"), context.choice("at")
    asked = {anchor: at} if anchor in ANCHORS and at else {}
    top = TOP_IN_FILES if context.full else TOP
    answer = context.ask_framed("paths", length=int(_length(context)), top=top, against=None, **asked)
    if not answer.get("sessions") or not answer.get("links"):
        return (form, Notice(context.t("paths.none"), context.say(answer.get("words")) or context.t("paths.none_text")))
    found: list[Block] = [form]
    if answer.get("words"):
        found.append(Sentence(context.say(answer["words"])))
    found += [flow_block(answer, context), paths_table(answer, context)]
    exits = exits_table(answer, context)
    return [*found, exits] if exits.rows else found


def _length(context: Context) -> str:
    asked = context.choice("length", LENGTH)
    return asked if asked in LENGTHS else LENGTH


def _form(context: Context) -> Form:
    t = context.t
    anchor, at, length = context.choice("anchor"), context.choice("at"), _length(context)
    named = (Option(name, t(f"paths.{name}"), name == anchor) for name in ANCHORS)
    fields = [Field("anchor", t("paths.anchor"), (Option("", t("paths.all"), not anchor), *named))]
    if anchor in ANCHORS:
        fields.append(Field("at", t("paths.at"), (Option("", "–", not at), *act_options(at, context))))
    fields.append(Field("length", t("paths.length"), tuple(Option(name, name, name == length) for name in LENGTHS)))
    action = f"/{context.shop.key}/paths"
    return Form(action, tuple(fields), tuple(context.view.pairs()), t("paths.show"))


PAGE = Page(
    path="paths",
    words=Words("Paths", "路径"),
    about=Words("The ways that visits take, and where they end", "访客走过的路，以及在哪里离开"),
    blocks=_blocks,
    icon="paths",
    order=30,
    key="h",
    group="site",
)
