"""What moved a KPI, as a waterfall that is a table: one row per driver, its bar beside its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from zhanggui.basics.periods import Window, parse_day
from zhanggui.web.blocks import Bar, Cell, Column, Row, Table
from zhanggui.web.charts import waterfall_chart
from zhanggui.web.figures import tone_of
from zhanggui.web.page import Context, Json
from zhanggui.web.sparks import waterfall


def driver_name(driver: Json, context: Context) -> str:
    """A driver in words: the KPI's name, the group's value, with what kind of effect it is."""
    name = context.say(driver.get("words")) or _plain_name(driver, context)
    kind = driver.get("kind", "factor")
    return name if kind in ("factor", "group") else str(context.t(f"driver.{kind}", name=name))


def _plain_name(driver: Json, context: Context) -> str:
    name = driver.get("name")
    if name in (None, ""):
        return str(context.t("value.none"))
    return context.kpi_name(str(name))


def waterfall_table(
    explained: Json, context: Context, *, title: str, deep: bool = False, nested: bool = False
) -> Table:
    """The waterfall of an explanation: before, drivers, after. ``deep`` adds columns, ``nested`` children."""
    better = explained.get("better") or context.kpis.get(explained["kpi"], {}).get("better") or ""
    shown = _Shown(explained, context, unit_of(explained, context), better, deep)
    steps = list(_steps(explained["drivers"], shown.before, 0, nested))
    fall = waterfall(shown.before, shown.after, [(step.start, step.size) for step in steps], better)
    rows = [_end(shown, "before", "against", fall.start)]
    rows += [_row(step, bar, shown) for step, bar in zip(steps, fall.steps, strict=True)]
    rows.append(_end(shown, "after", "window", fall.end))
    return Table(
        key="drivers",
        title=title,
        columns=_columns(context, shown.unit, deep),
        rows=tuple(rows),
        sortable=False,
        note=context.t("drivers.cut") if fall.cut else "",
        downloads=context.downloads("drivers"),
        chart=_chart(shown, title),
    )


@dataclass(frozen=True)
class _Shown:
    explained: Json
    context: Context
    unit: str
    better: str
    deep: bool

    @property
    def before(self) -> float:
        return float(self.explained["before"] or 0)

    @property
    def after(self) -> float:
        return float(self.explained["after"] or 0)


def unit_of(explained: Json, context: Context) -> str:
    """The unit of the explained KPI."""
    return str(explained.get("unit") or context.kpis.get(explained["kpi"], {}).get("unit") or "count")


@dataclass(frozen=True)
class _Step:
    driver: Json
    start: float
    size: float
    level: int
    parent: bool


def _steps(drivers: Sequence[Json], start: float, level: int, nested: bool) -> Iterator[_Step]:
    """Every driver with the level at which its bar begins; children right after their parent."""
    for driver in drivers:
        size, children = float(driver["contribution"] or 0), (driver.get("children") or ()) if nested else ()
        yield _Step(driver, start, size, level, bool(children))
        yield from _steps(children, start, level + 1, nested)
        start += size


def _end(shown: _Shown, side: str, window: str, bar: Bar) -> Row:
    value, context = shown.explained[side], shown.context
    name = Cell(context.t(f"drivers.{side}"), small=_span(shown.explained.get(window), context))
    blank = (Cell(), Cell()) if shown.deep else ()
    return Row((name, Cell(bar=bar), Cell(context.exact(value, shown.unit), value), *blank), weight="total")


def _row(step: _Step, bar: Bar, shown: _Shown) -> Row:
    context = shown.context
    text = context.exact(step.size, shown.unit)
    own = _own_unit(step.driver, context, shown.unit)
    sides = [step.driver.get(side) for side in ("before", "after")]
    moved = "" if sides == [None, None] else " → ".join(context.short(side, own) for side in sides)
    cells = [
        Cell(driver_name(step.driver, context), small="" if shown.deep else moved),
        Cell(bar=bar),
        Cell(f"+{text}" if step.size > 0 else text, step.size, tone=tone_of(step.size, shown.better)),
    ]
    if shown.deep:
        cells += [Cell(context.exact(side, own), side) for side in sides]
    return Row(tuple(cells), level=step.level, parent=step.parent)


def _own_unit(driver: Json, context: Context, unit: str) -> str:
    if driver.get("unit"):
        return str(driver["unit"])
    entry = context.kpis.get(str(driver.get("name")))
    return str(entry["unit"]) if entry else unit


def _columns(context: Context, unit: str, deep: bool) -> tuple[Column, ...]:
    t = context.t
    found = [
        Column("driver", t("drivers.driver")),
        Column("bar", t("drivers.bar"), "bar"),
        Column("contribution", t("drivers.contribution"), "number", unit),
    ]
    if deep:
        found += [Column("before", t("drivers.was"), "number"), Column("after", t("drivers.is"), "number")]
    return tuple(found)


def _span(window: Any, context: Context) -> str:
    if not isinstance(window, dict) or "from" not in window:
        return ""
    return context.span(Window(parse_day(window["from"]), parse_day(window["to"])))


def _chart(shown: _Shown, title: str) -> Json:
    """The waterfall's outermost level."""
    context, drivers = shown.context, shown.explained["drivers"]
    steps = [float(driver["contribution"] or 0) for driver in drivers]
    names = [
        context.t("drivers.before"),
        *(driver_name(driver, context) for driver in drivers),
        context.t("drivers.after"),
    ]
    numbers = [shown.before, *steps, shown.after]
    return {**waterfall_chart(title, shown.unit, names, numbers, context), "better": shown.better}
