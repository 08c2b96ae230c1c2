"""How the collector is doing: what waits, how fast events come, what was kept aside."""

from __future__ import annotations

from zhanggui.web.blocks import Cell, Column, Link, Row, Table
from zhanggui.web.durations import duration
from zhanggui.web.moments import day_and_clock
from zhanggui.web.page import Context, Json
from zhanggui.web.recent import recent_table

COLLECTED = "collector"  # the source of the batches that the collector makes
BATCHES, REJECTS = 3, 50
MINUTES = 30


def collector_facts(state: Json, context: Context) -> tuple[tuple[str, str, str], ...]:
    """Last event, what waits and for how long, rate, last drain, rejects, bytes."""
    t, last = context.t, state.get("last_drain") or {}
    waiting = state.get("waiting") or 0
    took = duration(last.get("seconds"), context)
    drained = t("tracker.drained_small", events=context.exact(last.get("events"), "count"), seconds=took)
    when = day_and_clock(state.get("last_event_at"), context)
    return (
        (t("tracker.last_event"), when if state.get("last_event_at") else t("tracker.never"), ""),
        (t("tracker.rate"), context.short(state.get("rate_per_minute"), "count"), ""),
        (t("tracker.waiting"), context.exact(waiting, "count"), t("tracker.waiting_small")),
        (t("tracker.lag"), duration(state.get("lag_seconds"), context) if waiting else t("tracker.lag_none"), ""),
        (t("tracker.drained"), day_and_clock(last.get("drained_at"), context), drained if last else ""),
        (t("tracker.rejected"), context.exact(state.get("rejected"), "count"), t("tracker.rejected_small")),
        (t("tracker.journal"), _bytes(state.get("journal_bytes") or 0), ""),
        (t("tracker.key"), _hidden(str(state.get("write_key") or "–")), t("tracker.key_small")),
    )


def collector_table(context: Context) -> list[Table]:
    """The collector in one row, with the way to its page; nothing in a shop that collects no events."""
    t, state = context.t, context.ask("collector")
    if not state.get("write_key"):
        return []
    facts = collector_facts(state, context)[:6]
    columns = tuple(Column(f"fact-{index}", name, "number") for index, (name, _, _) in enumerate(facts))
    row = Row(tuple(Cell(text, small=small) for _, text, small in facts))
    more = Link(t("tracker.more"), context.link("tracker"))
    return [Table("collector", t("tracker.collector_row"), columns, (row,), sortable=False, more=more)]


def _hidden(key: str) -> str:
    """A key to recognise, not to copy: the tag below has it whole."""
    return key if len(key) < 12 else f"{key[:6]}…{key[-4:]}"


def _bytes(size: int) -> str:
    for step, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
        if size >= step:
            return f"{size / step:.1f} {name}"
    return f"{size} B"


def last_events(context: Context) -> Table:
    """The newest events of the last half hour."""
    return recent_table(context.ask("live", minutes=MINUTES), context)


def rejects_table(state: Json, context: Context) -> list[Table]:
    """Events of the newest batches of the collector that were kept aside, each with its reason."""
    if not state.get("rejected"):
        return []
    t = context.t
    batches = [each for each in context.ask("batches").get("batches") or () if each.get("source") == COLLECTED]
    found: list[Json] = []
    for batch in batches[:BATCHES]:
        found += context.ask("rejects", batch=batch["batch"], limit=REJECTS).get("rejects") or ()
    rows = tuple(
        Row(
            (
                Cell(str(entry.get("reason") or ""), entry.get("reason")),
                Cell(str(entry.get("column") or "–"), entry.get("column")),
                Cell(_cut(entry.get("value")), entry.get("value")),
            )
        )
        for entry in found[:REJECTS]
    )
    columns = (
        Column("reason", t("reject.reason"), width="half"),
        Column("column", t("reject.column")),
        Column("value", t("reject.value")),
    )
    return (
        [Table("rejects", t("tracker.rejects"), columns, rows, downloads=context.downloads("rejects"))] if rows else []
    )


def _cut(value: object) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
