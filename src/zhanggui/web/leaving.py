"""Who left after a step of a funnel: who they are beside those who went on, and where they went."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.web.acts import act_name
from zhanggui.web.blocks import Block, Cell, Column, Heading, Notice, Pair, Row, Table, Tone
from zhanggui.web.moments import day_and_clock
from zhanggui.web.page import Context, Json
from zhanggui.web.sparks import bars
from zhanggui.web.visits import value_name

SAMPLED = ("device", "source", "landing_page_type")
GOODS = ("product", "category", "brand")  # long lists: after what visitors are
MOST_VALUES = 6
PLAIN = 1.0  # how much more frequent is nothing special


def leavers_blocks(answer: Json, number: int, asked: Json, context: Context) -> list[Block]:
    """The part of the page about those who reached step ``number`` and went no further."""
    t = context.t
    name = act_name(answer["steps"][number - 1]["event"], context)
    found = context.ask_framed("leavers", **asked, step=str(number), against=None)
    heading = Heading(t("leavers.title", step=context.inside(name)), context.say(found.get("words")), "leavers")
    if not found.get("lost"):
        return [heading, Notice(t("leavers.nobody"), t("leavers.nothing"))]
    who, went = _who(found, context), _went(found.get("went") or (), context)
    body: list[Block] = [Pair(who, went)] if who.rows and went.rows else [who if who.rows else went]
    return [heading, *body, *_samples(found.get("samples") or (), context)]


def _who(found: Json, context: Context) -> Table:
    """Every dimension with its values; what leaves clearly more or less often than the others is coloured."""
    t = context.t
    columns = (
        Column("value", t("leavers.value")),
        Column("share_lost", t("leavers.among_lost"), "number", "rate"),
        Column("share_stayed", t("leavers.among_stayed"), "number", "rate"),
        Column("lift", t("leavers.lift"), "number", "ratio"),
    )
    rows = []
    for group in sorted(found.get("by") or (), key=lambda each: each["dimension"] in GOODS):
        dim, values = str(group["dimension"]), list(group["values"])
        rows.append(Row((Cell(context.dim_name(dim), dim), Cell(), Cell(), Cell()), parent=True))
        rows += [_value(value, dim, context) for value in (values if context.full else values[:MOST_VALUES])]
    return Table(
        key="leavers-by",
        title=t("leavers.by"),
        columns=columns,
        rows=tuple(rows),
        note=t("leavers.by_note"),
        sortable=False,
        downloads=context.downloads("leavers-by"),
    )


def _value(value: Json, dim: str, context: Context) -> Row:
    lift, low, high = value.get("lift"), value.get("low"), value.get("high")
    span = "" if low is None or high is None else f"{_times(low)} – {_times(high)}"
    tone: Tone = "" if not value.get("significant") or lift is None else "bad" if lift > PLAIN else "good"
    name = str(value["name"]) if value.get("name") else value_name(value["value"], dim, context)
    return Row(
        (
            Cell(name, value["value"]),
            Cell(context.exact(value.get("share_lost"), "rate"), value.get("share_lost")),
            Cell(context.exact(value.get("share_stayed"), "rate"), value.get("share_stayed")),
            Cell(_times(lift), lift, tone=tone, small=span),
        ),
        level=1,
    )


def _times(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _went(went: Sequence[Json], context: Context) -> Table:
    t = context.t
    drawn = bars([entry["sessions"] for entry in went])
    rows = tuple(
        Row(
            (
                Cell(act_name(entry["to"], context), entry["to"]),
                Cell(bar=bar),
                Cell(context.exact(entry["sessions"], "count"), entry["sessions"]),
                Cell(context.exact(entry.get("share"), "rate"), entry.get("share")),
            )
        )
        for entry, bar in zip(went, drawn, strict=True)
    )
    columns = (
        Column("to", t("leavers.to")),
        Column("bar", t("table.bar"), "bar"),
        Column("sessions", t("leavers.sessions"), "number", "count"),
        Column("share", t("leavers.share"), "number", "rate"),
    )
    return Table("leavers-went", t("leavers.went"), columns, rows, downloads=context.downloads("leavers-went"))


def _samples(samples: Sequence[Json], context: Context) -> list[Block]:
    """Some of these sessions, to look at."""
    t = context.t
    rows = tuple(
        Row(
            (
                Cell(str(sample["session_id"]), sample["session_id"], code=True),
                Cell(day_and_clock(sample.get("started_at"), context), sample.get("started_at")),
                *(Cell(value_name(sample.get(key), key, context), sample.get(key)) for key in SAMPLED),
            )
        )
        for sample in samples
    )
    if not rows:
        return []
    columns = (
        Column("session", t("leavers.session")),
        Column("started", t("leavers.started")),
        *(Column(key, context.dim_name(key)) for key in SAMPLED),
    )
    title, downloads = t("leavers.sample"), context.downloads("leavers-sample")
    return [Table("leavers-sample", title, columns, rows, downloads=downloads)]
