"""A funnel's answer as step bars, as the effects between two windows, and by segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhanggui.basics.numbers import format_change
from zhanggui.web.acts import act_name
from zhanggui.web.blocks import Cell, Change, Column, How, Multiples, Row, Segment, Step, Steps, Table
from zhanggui.web.charts import waterfall_chart
from zhanggui.web.durations import duration
from zhanggui.web.figures import change_of, how_lines, tone_of
from zhanggui.web.page import Context, Json
from zhanggui.web.sparks import waterfall
from zhanggui.web.visits import value_name

MOST_SEGMENTS = 12


def step_names(answer: Json, context: Context) -> list[str]:
    """The steps for a person."""
    return [act_name(step["event"], context) for step in answer["steps"]]


def steps_block(answer: Json, chosen: int, context: Context) -> Steps:
    """The funnel; ``chosen`` is the number of the step whose leavers are shown, 0 for none."""
    names = step_names(answer, context)
    made = tuple(_step(answer, index, chosen, context) for index in range(len(names)))
    return Steps(
        title=context.t("funnel.title", first=context.inside(names[0]), last=context.inside(names[-1])),
        steps=made,
        table=_table(answer, names, context),
        note=context.t("funnel.before_mark") if _before(answer) else "",
        how=How(how_lines(answer, context), _texts(answer.get("sql"))),
    )


def _before(answer: Json) -> list[Json]:
    """The steps of the window compared with; none without a comparison."""
    return list((answer.get("against") or {}).get("steps") or ())


def _step(answer: Json, index: int, chosen: int, context: Context) -> Step:
    steps, before, t = answer["steps"], _before(answer), context.t
    step, start = steps[index], steps[0]["sessions"]
    rate, lost = step.get("rate_from_previous"), lost_after(steps, index)
    was = before[index] if index < len(before) else {}
    start_was = before[0]["sessions"] if before else 0
    number = index + 1
    href = context.with_own(step=None if number == chosen else str(number)) + "#leavers" if lost else ""
    return Step(
        name=act_name(step["event"], context),
        count=context.exact(step["sessions"], "count"),
        share=context.exact(step.get("rate_from_start"), "rate"),
        width=_percent(step["sessions"], start),
        before=_percent(was["sessions"], start_was) if start_was else None,
        note=t("funnel.skipped") if step.get("optional") else "",
        rate=t("funnel.go_on", rate=context.exact(rate, "rate")) if index else "",
        change=_rate_change(rate, was.get("rate_from_previous"), context) if index else None,
        time=_time(step, context) if index else "",
        lost=t("funnel.lost", count=context.exact(lost, "count")) if lost else "",
        href=href,
        weakest=index > 0 and _names_step(answer.get("weakest"), step, number),
        chosen=number == chosen,
    )


def lost_after(steps: Sequence[Json], index: int) -> int:
    """How many reached a step and none after it; 0 for the last."""
    if index + 1 >= len(steps):
        return 0
    given = steps[index].get("lost")
    if given is not None:
        return int(given)
    return max(0, int(steps[index]["sessions"]) - int(steps[index + 1]["sessions"]))


def _names_step(weakest: Any, step: Json, number: int) -> bool:
    if isinstance(weakest, dict):
        weakest = weakest.get("step") or weakest.get("event")
    return weakest is not None and weakest in (step["event"], number)


def _percent(part: float, whole: float) -> float:
    return round(min(100.0, 100 * part / whole), 3) if whole else 0.0


def _rate_change(rate: float | None, was: float | None, context: Context) -> Change | None:
    if rate is None or was is None:
        return None
    cell = {"value": rate, "against": was, "change": rate - was, "change_rate": (rate - was) / was if was else None}
    return change_of(cell, "rate", "up", context)


def _time(step: Json, context: Context) -> str:
    if step.get("median_seconds") is None:
        return ""
    median, late = duration(step["median_seconds"], context), duration(step.get("p90_seconds"), context)
    return context.t("funnel.median", median=median, p90=late)


def _table(answer: Json, names: list[str], context: Context) -> Table:
    t, steps, before = context.t, answer["steps"], _before(answer)
    columns = [
        Column("event", t("funnel.event")),
        Column("sessions", t("funnel.visitors" if answer.get("unit") == "visitor" else "funnel.sessions"), "number"),
        Column("rate_from_start", t("funnel.from_start"), "number", "rate"),
        Column("rate_from_previous", t("funnel.from_previous"), "number", "rate"),
        Column("lost", t("funnel.lost_column"), "number", "count"),
        Column("median_seconds", t("funnel.median_column"), "number"),
        Column("p90_seconds", t("funnel.p90_column"), "number"),
    ]
    if before:
        columns.append(Column("before", t("funnel.before"), "number", "rate"))
    rows = []
    for index, step in enumerate(steps):
        numbers = [(step["sessions"], "count"), (step.get("rate_from_start"), "rate")]
        numbers += [(step.get("rate_from_previous") if index else None, "rate"), (lost_after(steps, index), "count")]
        cells = [Cell(names[index], step["event"]), *(Cell(context.exact(*pair), pair[0]) for pair in numbers)]
        for key in ("median_seconds", "p90_seconds"):
            cells.append(Cell(duration(step.get(key), context), step.get(key)))
        if before:
            was = before[index].get("rate_from_previous") if index and index < len(before) else None
            cells.append(Cell(context.exact(was, "rate"), was))
        rows.append(Row(tuple(cells)))
    return Table(
        "steps", t("funnel.table"), tuple(columns), tuple(rows), sortable=False, downloads=context.downloads("steps")
    )


def effects_table(answer: Json, context: Context) -> Table | None:
    """What each step added to the change of the last step's count: a waterfall whose parts add up."""
    effects = (answer.get("against") or {}).get("effects")
    before = _before(answer)
    if not effects or not before:
        return None
    t = context.t
    start, end = float(before[-1]["sessions"]), float(answer["steps"][-1]["sessions"])
    spans, level = [], start
    for effect in effects:
        spans.append((level, float(effect["effect"] or 0)))
        level += float(effect["effect"] or 0)
    fall = waterfall(start, end, spans)
    blank = tuple(Cell() for _ in range(4))
    rows = [_end(t("funnel.start"), start, Cell(bar=fall.start), blank, context)]
    rows += [
        Row((*_effect(effect, context)[:1], Cell(bar=bar), *_effect(effect, context)[1:]))
        for effect, bar in zip(effects, fall.steps, strict=True)
    ]
    rows.append(_end(t("funnel.end"), end, Cell(bar=fall.end), blank, context))
    numbers = [start, *(size for _, size in spans), end]
    chart = waterfall_chart(t("funnel.effects"), "count", [row.cells[0].text for row in rows], numbers, context)
    return Table(
        key="effects",
        title=t("funnel.effects"),
        columns=_effect_columns(context),
        rows=tuple(rows),
        note=" ".join([t("funnel.effects_note"), *([t("drivers.cut")] if fall.cut else [])]),
        sortable=False,
        downloads=context.downloads("effects"),
        chart={**chart, "better": "up"},
    )


def _effect_columns(context: Context) -> tuple[Column, ...]:
    t = context.t
    return (
        Column("event", t("funnel.event")),
        Column("bar", t("funnel.effect_bar"), "bar"),
        Column("effect", t("funnel.effect"), "number", "count"),
        Column("rate_before", t("funnel.rate_before"), "number", "rate"),
        Column("rate_after", t("funnel.rate_after"), "number", "rate"),
        Column("interval", t("funnel.interval"), "number"),
        Column("sure", t("funnel.sure")),
    )


def _end(name: str, value: float, bar: Cell, blank: tuple[Cell, ...], context: Context) -> Row:
    return Row((Cell(name), bar, Cell(context.exact(value, "count"), value), *blank), weight="total")


def _effect(effect: Json, context: Context) -> list[Cell]:
    """Name, effect, rates, interval, and whether chance may explain the change of the rate."""
    t, size = context.t, float(effect["effect"] or 0)
    volume = effect["step"] == "sessions"
    text = context.exact(round(size), "count")
    cells = [
        Cell(t("funnel.volume") if volume else act_name(effect["step"], context), effect["step"]),
        Cell(f"+{text}" if size > 0 else text, size, tone=tone_of(size, "up")),
    ]
    for side in ("rate_before", "rate_after"):
        value = None if volume else effect.get(side)
        cells.append(Cell("" if volume else context.exact(value, "rate"), value))
    low, high = effect.get("low"), effect.get("high")
    if volume or low is None or high is None:
        return [*cells, Cell(), Cell()]
    span = f"{_points(low, context)} – {_points(high, context)}"
    clear = bool(effect.get("significant"))
    word = t("funnel.significant" if clear else "funnel.chance")
    p_value = effect.get("p_value")
    small = "" if p_value is None else f"p {'< 0.001' if p_value < 0.001 else f'= {p_value:.3f}'}"
    return [*cells, Cell(span, low), Cell(word, clear, badge=True, tone="good" if clear else "muted", small=small)]


def _points(value: float, context: Context) -> str:
    return format_change(value, None, "rate", context.view.language)


def segments(answer: Json, dim: str, context: Context) -> tuple[Multiples, Table] | None:
    """The funnel of each segment: small multiples, and all rates as a table."""
    rows = list(answer.get("rows") or ())
    if not rows:
        return None
    title = context.t("funnel.segments", dim=context.inside(context.dim_name(dim)))
    small = tuple(_segment(row, dim, context) for row in rows[:MOST_SEGMENTS])
    note = context.t("funnel.segments_note")
    return Multiples(title, small, note), _segment_table(answer, rows, dim, context)


def _segment(row: Json, dim: str, context: Context) -> Segment:
    steps = row["steps"]
    first, last = steps[0]["sessions"], steps[-1]
    name = _segment_name(row, dim, context)
    rates = context.t("list.comma").join(
        f"{act_name(step['event'], context)} {context.exact(step.get('rate_from_start'), 'rate')}" for step in steps
    )
    return Segment(
        name=name,
        href=_segment_link(row, dim, context),
        value=context.exact(last.get("rate_from_start"), "rate"),
        note=f"{context.short(last['sessions'], 'count')} / {context.short(first, 'count')}",
        heights=tuple(_percent(step["sessions"], first) for step in steps),
        label=context.t("funnel.segment_label", name=name, rates=rates),
    )


def _segment_name(row: Json, dim: str, context: Context) -> str:
    return context.t("value.others") if row.get("others") else value_name(row.get(dim), dim, context)


def _segment_link(row: Json, dim: str, context: Context) -> str:
    if row.get("others"):
        return ""
    value = "(none)" if row.get(dim) is None else str(row[dim])
    return context.with_view(context.view.with_where(dim, value))


def _segment_table(answer: Json, rows: Sequence[Json], dim: str, context: Context) -> Table:
    t, names = context.t, step_names(answer, context)
    title = t("funnel.segment_rates", dim=context.inside(context.dim_name(dim)))
    columns = [Column(dim, context.dim_name(dim)), Column("first", names[0], "number", "count")]
    columns += [Column(f"step-{index}", name, "number", "rate") for index, name in enumerate(names[1:], 2)]
    columns.append(Column("last", t("funnel.from_start"), "number", "rate"))
    made = []
    for row in rows:
        steps = row["steps"]
        rates = [step.get("rate_from_previous") for step in steps[1:]] + [steps[-1].get("rate_from_start")]
        name = Cell(_segment_name(row, dim, context), row.get(dim), href=_segment_link(row, dim, context))
        first = Cell(context.exact(steps[0]["sessions"], "count"), steps[0]["sessions"])
        cells = (name, first, *(Cell(context.exact(rate, "rate"), rate) for rate in rates))
        made.append(Row(cells, weight="tail" if row.get("others") else ""))
    return Table(
        "segments", title, tuple(columns), tuple(made), search=True,
        downloads=context.downloads("segments"),
    )  # fmt: skip


def _texts(sql: Any) -> tuple[str, ...]:
    return (sql,) if isinstance(sql, str) else tuple(dict.fromkeys(sql or ()))
