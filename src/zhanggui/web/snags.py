"""What goes wrong for visitors: slow pages, errors, searches that find nothing, each with what goes with it."""

from __future__ import annotations

from zhanggui.web.acts import page_type_name
from zhanggui.web.blocks import Block, Cell, Column, Heading, Row, Table
from zhanggui.web.page import Context, Json
from zhanggui.web.visits import value_name

MOST = 15


def losses_table(answer: Json, context: Context) -> Table | None:
    """Kinds of pages: conversion of visits that saw them fast and slowly, and the orders that go with it."""
    pages = [page for page in answer.get("loss_by_page_type") or () if page.get("loss")]
    if not pages:
        return None
    t = context.t
    rows = []
    for page in pages:
        loss = page["loss"]
        span = f"{context.short(loss.get('low'), 'money')} – {context.short(loss.get('high'), 'money')}"
        money = Cell(context.short(loss.get("money"), "money"), loss.get("money"), small=span)
        rows.append(
            Row(
                (
                    Cell(page_type_name(page.get("page_type"), context), page.get("page_type")),
                    _rate(page.get("fast_conversion"), context),
                    _rate(page.get("slow_conversion"), context),
                    money if loss.get("money") is not None else Cell("–"),
                )
            )
        )
    columns = (
        Column("page_type", t("experience.page_type")),
        Column("fast", t("experience.fast_conversion"), "number", "rate"),
        Column("slow", t("experience.slow_conversion"), "number", "rate"),
        Column("money", t("experience.money"), "number", "money"),
    )
    return Table("losses", t("experience.losses"), columns, tuple(rows), downloads=context.downloads("losses"))


def errors_table(answer: Json, context: Context) -> Table | None:
    """Addresses on which errors happened; None where the data do not tell errors."""
    if answer.get("error_sessions") is None:
        return None
    t, errors = context.t, list(answer.get("errors") or ())
    rows = tuple(
        Row(
            (
                Cell(_address(error.get("page_url"), context), error.get("page_url"),
                     small=page_type_name(error.get("page_type"), context) if error.get("page_type") else ""),
                Cell(context.exact(error.get("events"), "count"), error.get("events")),
                Cell(context.exact(error.get("sessions"), "count"), error.get("sessions")),
                Cell(context.exact(error.get("bought"), "count"), error.get("bought")),
            )
        )
        for error in (errors if context.full else errors[:MOST])
    )  # fmt: skip
    columns = (
        Column("page", t("experience.error_page"), width="half"),
        Column("events", t("experience.error_events"), "number", "count"),
        Column("sessions", t("experience.sessions"), "number", "count"),
        Column("bought", t("experience.error_bought"), "number", "count"),
    )
    empty = t("experience.no_errors")
    return Table("errors", t("experience.errors"), columns, rows, empty=empty, downloads=context.downloads("errors"))


def searches_blocks(answer: Json, context: Context) -> list[Block]:
    """Words that found nothing, and how many left after them."""
    searches, t = answer.get("searches"), context.t
    if not searches or not searches.get("searches"):
        return []
    text = t(
        "experience.searches_text",
        without=context.exact(searches.get("without_result"), "count"),
        searches=context.exact(searches["searches"], "count"),
        rate=context.exact(searches.get("rate"), "rate"),
        left=context.exact(searches.get("sessions_left"), "count"),
    )
    loss = searches.get("loss") or {}
    words = " ".join(part for part in (text, context.say(loss.get("words"))) if part)
    return [Heading(t("experience.searches"), words, "searches"), _queries(searches, context)]


def _queries(searches: Json, context: Context) -> Table:
    t, queries = context.t, list(searches.get("queries") or ())
    rows = tuple(
        Row(
            (
                Cell(value_name(query.get("query"), "query", context), query.get("query")),
                *(Cell(context.exact(query.get(key), "count"), query.get(key)) for key in ("searches", "sessions")),
                Cell(context.exact(query.get("left"), "count"), query.get("left")),
            )
        )
        for query in (queries if context.full else queries[:MOST])
    )
    columns = (
        Column("query", t("experience.query"), width="half"),
        Column("searches", t("experience.query_searches"), "number", "count"),
        Column("sessions", t("experience.sessions"), "number", "count"),
        Column("left", t("experience.query_left"), "number", "count"),
    )
    return Table(
        "queries", t("experience.queries"),
        columns, rows, empty=t("experience.no_searches"), search=True,
        downloads=context.downloads("queries"),
    )  # fmt: skip


def _address(url: object, context: Context) -> str:
    """The path of an address: the site's own name says nothing new."""
    text = str(url or "")
    bare = text.split("://", 1)[-1]
    return (f"/{bare.split('/', 1)[1]}" if "/" in bare else text) or context.t("value.none")


def _rate(value: float | None, context: Context) -> Cell:
    return Cell(context.exact(value, "rate"), value)
