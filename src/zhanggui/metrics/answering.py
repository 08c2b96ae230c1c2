"""Answers a question: names checked, scans run for both windows, groups paired, formulas evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.periods import GRAINS, Window, bucket_after, bucket_start, comparison
from zhanggui.basics.words import Words
from zhanggui.metrics import known as knowing
from zhanggui.metrics.asked import dimensions_asked, filters_asked
from zhanggui.metrics.catalogue import is_additive, leaves, uses_days
from zhanggui.metrics.compile import Frame, View, home_values_sql, values_sql
from zhanggui.metrics.definition import Aggregate, Kpi
from zhanggui.metrics.dialects import Dialect
from zhanggui.metrics.dimensions import DIMENSIONS, NONE, base_name, check_time_value, dimension_named
from zhanggui.metrics.facts import FACTS
from zhanggui.metrics.goals import Benchmarks, Goals
from zhanggui.metrics.labels import bucket_at, label_of, position_of, shown, sortable
from zhanggui.metrics.question import Answer, Cell, Key, Question, Row
from zhanggui.metrics.reading import (
    Engine,
    Group,
    Numbers,
    evaluate,
    has_rows,
    read,
    rolling_frames,
    to_date_frames,
)
from zhanggui.store.opened import OpenShop

NAMED_BASES = ("goal", "benchmark")
DUCKDB = Dialect()


def engine_of(shop: OpenShop) -> Engine:
    """The shop's own warehouse as an engine."""
    return Engine(DUCKDB, shop.settings.timezone, lambda text: shop.warehouse.query(text).to_pylist())


@dataclass(frozen=True)
class _Side:
    """One window's numbers; ``known`` is False where the shop has no data for the window at all."""

    window: Window
    numbers: Numbers
    others: Numbers | None
    known: bool


def answer(shop: OpenShop, question: Question, *, catalogue: dict[str, Kpi] | None = None) -> Answer:
    """The answer to ``question`` from the shop's warehouse.

    ``catalogue`` replaces the shop's own, for KPIs that are made up on the way (the top of a ratio).

    Raises:
        UnknownNameError: a KPI, dimension or value that does not exist, with near names.
        DefinitionError: a question that makes no sense (rolling without days, share of a rate).
    """
    return _Asked(shop, question, catalogue or knowing.catalogue_of(shop)).answer()


class _Asked:
    def __init__(self, shop: OpenShop, question: Question, catalogue: dict[str, Kpi]) -> None:
        self.shop, self.question = shop, question
        self.engine = engine_of(shop)
        self.catalogue = catalogue
        self.facts = shop.warehouse.facts()
        self.by = dimensions_asked(question)
        self.sql: list[str] = []
        self.kpis = [self._kpi(name) for name in dict.fromkeys(question.names)]
        self.where = filters_asked(question.where)
        self.not_measurable = {kpi.name: why for kpi in self.kpis if (why := self._why_not(kpi))}
        self.measured = [kpi for kpi in self.kpis if kpi.name not in self.not_measurable]
        self.window = question.window or knowing.default_window(shop, question.as_of)
        self.range = knowing.data_range(shop, self.facts)

    def _kpi(self, name: str) -> Kpi:
        if name not in self.catalogue:
            raise UnknownNameError.of(
                Words("KPI", "指标"), name, (each.name for each in self.catalogue.values() if not each.hidden)
            )
        return self.catalogue[name]

    def _why_not(self, kpi: Kpi) -> Words | None:
        names = [*self.by, *self.where]
        for name in names:
            dimension_named(name)
        allowed = knowing.dimensions(kpi, self.catalogue)
        strange = [name for name in names if base_name(name) not in allowed]
        if strange:
            known = [name for name in DIMENSIONS if base_name(name) in allowed]
            if len(self.kpis) == 1:
                raise UnknownNameError.of(Words(f"dimension of {kpi.name}", f"{kpi.name} 的维度"), strange[0], known)
            return Words(
                f"has no dimension {strange[0]}; it has {', '.join(known)}",
                f"没有维度 {strange[0]}；可用的有 {'、'.join(known)}",
            )
        found = knowing.measurable_kpi(kpi, self.catalogue, self.facts)
        if not found.ok:
            return found.reason
        if knowing.needs_events(tuple(base_name(name) for name in names), kpi, self.catalogue, self.facts):
            return Words(f"needs events (for {', '.join(names)})", f"需要 events（用于 {'、'.join(names)}）")
        return None

    def answer(self) -> Answer:
        question = self.question
        self._check()
        base = self._base_window()
        current = self._side(self.window) if self.measured else None
        top = self._top(current) if current else None
        if current and top is not None:
            current = self._with_others(current, top)
        against = self._side(base) if self.measured and isinstance(base, Window) else None
        if against and top is not None:
            against = self._with_others(against, top)
        rows = self._rows(current, against, top) if current else []
        return Answer(
            window=self.window,
            against=base if isinstance(base, Window) else question.against,
            by=self.by,
            names=question.names,
            rows=tuple(rows),
            total=self._totals(current, against) if current else {},
            not_measurable=self.not_measurable,
            batch=self.shop.warehouse.newest_batch(),
            sql=tuple(self.sql),
            units={kpi.name: kpi.unit for kpi in self.kpis},
            share=question.share,
            empty={kpi.name: evaluate(kpi, self.catalogue, Numbers(()), (), 1) for kpi in self.measured},
            known=self.range,
        )

    # -- checks -------------------------------------------------------------------------------

    def _check(self) -> None:
        question = self.question
        if question.top is not None and question.top < 1:
            raise DefinitionError(
                f"top {question.top}: keep at least 1 group.", zh=f"top {question.top}：至少保留 1 组。"
            )
        if question.share and self.measured and not any(self._is_shareable(kpi) for kpi in self.measured):
            kpi = self.measured[0]
            raise DefinitionError(
                f"share: {kpi.name} is a {kpi.unit}; shares are of amounts and counts only.",
                zh=f"share：{kpi.name} 的单位是 {kpi.unit}；只有金额和数量才有占比。",
            )
        for name, values in self.where.items():
            self._check_values(name, values)

    def _is_shareable(self, kpi: Kpi) -> bool:
        return kpi.unit in ("money", "count") and self._has_parts(kpi)

    def _has_parts(self, kpi: Kpi) -> bool:
        """Amounts and counts have parts; averages (aov) and ratios have none."""
        return "/" not in kpi.formula and all(self._has_parts(self.catalogue[name]) for name in kpi.refers)

    def _check_values(self, name: str, values: tuple[str, ...]) -> None:
        if DIMENSIONS.get(name, dimension_named(name)).kind == "time":
            for value in values:
                check_time_value(name, value)
            return
        asked = [value for value in values if value != NONE]
        facts = dict.fromkeys(aggregate.fact for aggregate in self._aggregates())
        texts = [values_sql(FACTS[fact], name, DUCKDB) for fact in facts]
        if home := home_values_sql(name, DUCKDB):
            # A country whose orders have no lines exists too: its sales are 0.
            texts.append(home)
        known: set[str] = set()
        for text in texts:
            if set(asked) <= known:
                return
            values_known = self.shop.warehouse.query(text).column("value").to_pylist()
            known |= {str(value) for value in values_known if value is not None}
        unknown = [value for value in asked if value not in known]
        if unknown and self.measured:
            raise UnknownNameError.of(Words(f"{name} value", f"{name} 的取值"), unknown[0], known)

    def _aggregates(self) -> list[Aggregate]:
        return [a for kpi in self.measured for leaf in leaves(kpi, self.catalogue) for a in leaf.aggregates]

    def _base_window(self) -> Window | None:
        against = self.question.against
        if against is None or against in NAMED_BASES:
            return None
        return comparison(self.window, against)

    # -- numbers ------------------------------------------------------------------------------

    def _view(self, window: Window) -> View:
        question = self.question
        frames: tuple[Frame, ...] = ()
        if question.rolling is not None:
            frames = rolling_frames(window, question.rolling)
        elif question.to_date is not None:
            frames = to_date_frames(window, question.to_date)
        return View(self.by, tuple(self.where.items()), window, frames)

    def _side(self, window: Window) -> _Side:
        known = self.range is None or (window.from_ < self.range.to and self.range.from_ < window.to)
        unique = {each.key: each for each in self._aggregates()}
        return _Side(window, read(self.engine, unique.values(), self._view(window), self.sql), None, known)

    def _split(self) -> tuple[list[int], list[int]]:
        """Positions in ``by`` of the time dimensions and of those that ``top`` ranks (all, when only time is asked)."""
        time = [n for n, name in enumerate(self.by) if DIMENSIONS.get(name) and DIMENSIONS[name].kind == "time"]
        value = [n for n in range(len(self.by)) if n not in time]
        return (time, value) if value else ([], time)

    def _top(self, side: _Side) -> list[Group] | None:
        """The biggest groups by the first KPI, as values of the ranked dimensions; None = all are shown."""
        if self.question.top is None or not self.by:
            return None
        _, ranked = self._split()
        kpi = self.measured[0]
        if len(ranked) == len(self.by):
            numbers = side.numbers
        else:
            view = replace(self._view(side.window), by=tuple(self.by[n] for n in ranked), frames=())
            unique = {a.key: a for leaf in leaves(kpi, self.catalogue) for a in leaf.aggregates}
            numbers = read(self.engine, unique.values(), view, self.sql, totals=False)
        values = {group: evaluate(kpi, self.catalogue, numbers, group, side.window.days) for group in numbers.groups}
        if len(values) <= self.question.top:
            return None
        order = sorted(values, key=lambda group: (-_size(values[group]), sortable(group)))
        return order[: self.question.top]

    def _with_others(self, side: _Side, top: list[Group]) -> _Side:
        """The same side with the groups outside ``top`` counted together, distinct counts counted anew."""
        time, ranked = self._split()
        kept = set(top)
        numbers = Numbers(side.numbers.by, total=side.numbers.total, seen=side.numbers.seen)
        for group, values in side.numbers.groups.items():
            if tuple(group[n] for n in ranked) in kept:
                numbers.groups[group] = values
        left = View(
            tuple(self.by[n] for n in time),
            tuple(self.where.items()),
            side.window,
            self._view(side.window).frames if time else (),
            tuple(self.by[n] for n in ranked),
            tuple(self._written(group, ranked, side.window) for group in top),
        )
        unique = {each.key: each for each in self._aggregates()}
        return replace(side, numbers=numbers, others=read(self.engine, unique.values(), left, self.sql))

    def _written(self, group: Group, ranked: list[int], window: Window) -> tuple[Key, ...]:
        return tuple(
            label_of(self.by[n], value, window) if isinstance(value, int) else value
            for n, value in zip(ranked, group, strict=True)
        )

    # -- rows ---------------------------------------------------------------------------------

    def _rows(self, current: _Side, against: _Side | None, top: list[Group] | None) -> list[Row]:
        if not self.by:
            return []
        groups = dict.fromkeys(current.numbers.groups)
        if against:
            groups |= dict.fromkeys(against.numbers.groups)
        goals = self._goals()
        rows = [self._row(group, current, against, goals) for group in groups]
        rows = [row for row in rows if any(c.value is not None or c.against is not None for c in row.cells.values())]
        rows.sort(key=self._row_order)
        if top is not None:
            rows += self._other_rows(current, against)
        return rows

    def _row_order(self, row: Row) -> tuple[object, ...]:
        time = tuple(
            sortable((row.keys[name],))
            for name in self.by
            if DIMENSIONS.get(name, None) and DIMENSIONS[name].kind == "time"
        )
        first = row.cells[self.measured[0].name]
        size = first.value if first.value is not None else float("-inf")
        return (time, -size, sortable(tuple(row.keys.values())))

    def _row(self, group: Group, current: _Side, against: _Side | None, goals: Goals | Benchmarks | None) -> Row:
        keys = {name: shown(name, value, self.window) for name, value in zip(self.by, group, strict=True)}
        cells = {}
        for kpi in self.measured:
            value = self._of_group(kpi, current, group)
            base = self._of_group(kpi, against, group) if against else None
            if goals is not None:
                base = self._goal_of_group(kpi, goals, keys)
            cells[kpi.name] = Cell.of(value, base, self._share(kpi, value, current))
        return Row(keys, cells)

    def _of_group(self, kpi: Kpi, side: _Side, group: Group) -> float | None:
        if not has_rows(kpi, self.catalogue, side.numbers, group):
            return None
        days = self._days(side.window, group) if uses_days(kpi, self.catalogue) else 0
        return evaluate(kpi, self.catalogue, side.numbers, group, days)

    def _days(self, window: Window, group: Group) -> int:
        """Days of the window that the group's bucket holds."""
        if self.question.rolling is not None:
            return self.question.rolling
        days = list(window)
        for name, value in zip(self.by, group, strict=True):
            if name in GRAINS and isinstance(value, int):
                start = bucket_at(name, value, window)
                if self.question.to_date is not None:
                    return (start - bucket_start(start, self.question.to_date)).days + 1
                days = [day for day in days if bucket_start(day, name) == start]
            elif name == "weekday":
                days = [day for day in days if day.isoweekday() == value]
        return len(days)

    def _share(self, kpi: Kpi, value: float | None, side: _Side) -> float | None:
        if not self.question.share or value is None or not self._is_shareable(kpi):
            return None
        total = evaluate(kpi, self.catalogue, side.numbers, None, side.window.days)
        return value / total if total else None

    def _other_rows(self, current: _Side, against: _Side | None) -> list[Row]:
        time, _ = self._split()
        assert current.others is not None  # noqa: S101 -- set together with top
        groups: dict[Group, None] = dict.fromkeys(current.others.groups if time else [()])
        if time and against and against.others:
            groups |= dict.fromkeys(against.others.groups)
        rows = []
        for group in sorted(groups, key=sortable):
            cells = {}
            for kpi in self.measured:
                value = self._of_others(kpi, current, group, time=bool(time))
                base = self._of_others(kpi, against, group, time=bool(time)) if against else None
                cells[kpi.name] = Cell.of(value, base, self._share(kpi, value, current))
            keys: dict[str, Key] = dict.fromkeys(self.by)
            keys |= {self.by[n]: shown(self.by[n], value, self.window) for n, value in zip(time, group, strict=True)}
            rows.append(Row(keys, cells, others=True))
        return rows

    def _of_others(self, kpi: Kpi, side: _Side, group: Group, *, time: bool) -> float | None:
        if side.others is None:
            return None
        if time and not has_rows(kpi, self.catalogue, side.others, group):
            return None
        return evaluate(kpi, self.catalogue, side.others, group if time else None, side.window.days)

    def _totals(self, current: _Side, against: _Side | None) -> dict[str, Cell]:
        goals = self._goals()
        cells = {}
        for kpi in self.measured:
            value = self._total(kpi, current)
            base = self._total(kpi, against) if against else None
            if goals is not None:
                segment = ",".join(f"{name}={value}" for name, values in self.where.items() for value in values)
                additive = is_additive(kpi, self.catalogue)
                base = goals.value(kpi.name, self.window, segment, additive=additive)
            cells[kpi.name] = Cell.of(value, base, self._share(kpi, value, current))
        return cells

    def _total(self, kpi: Kpi, side: _Side) -> float | None:
        """The KPI of the whole window; unknown where the shop has no data for it at all, not 0."""
        keys = [a.key for leaf in leaves(kpi, self.catalogue) for a in leaf.aggregates]
        if not side.known and not any(side.numbers.seen.get(key) for key in keys):
            return None
        return evaluate(kpi, self.catalogue, side.numbers, None, side.window.days)

    # -- goals and benchmarks -----------------------------------------------------------------

    def _goals(self) -> Goals | Benchmarks | None:
        if self.question.against not in NAMED_BASES:
            return None
        table = "goals" if self.question.against == "goal" else "benchmarks"
        if knowing.missing((table,), self.facts):
            raise NotMeasurable(
                f"--against {self.question.against} needs {table}; import them as a table {table}.csv.",
                zh=f"--against {self.question.against} 需要数据表 {table}；请以 {table}.csv 导入。",
            )
        kind = Goals if table == "goals" else Benchmarks
        return kind(self.shop, [kpi.name for kpi in self.measured])

    def _goal_of_group(self, kpi: Kpi, goals: Goals | Benchmarks, keys: Mapping[str, Key]) -> float | None:
        window = self.window
        segments = []
        for name, value in keys.items():
            if name in GRAINS:
                start = bucket_at(name, position_of(name, value, window), window)
                window = Window(max(start, window.from_), min(bucket_after(start, name), window.to))
            else:
                segments.append(f"{name}={NONE if value is None else value}")
        additive = is_additive(kpi, self.catalogue)
        return goals.value(kpi.name, window, ",".join(segments), additive=additive)


def _size(value: float | None) -> float:
    return value if value is not None else float("-inf")
