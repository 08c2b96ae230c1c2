"""Explain the change of a KPI between two windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.periods import GRAINS, Window, comparison
from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis import wording
from zhanggui.engines.diagnosis.coverage import partly_known
from zhanggui.engines.diagnosis.forest import FORMULA, formulas_of, known_kpi
from zhanggui.engines.diagnosis.formulas import Fraction, NoFraction
from zhanggui.engines.diagnosis.measuring import UNKNOWN, Case, Key, Measured, Pair, measure
from zhanggui.engines.diagnosis.naming import with_names
from zhanggui.engines.diagnosis.splitting import (
    OVERLAP_NAME,
    Misfit,
    amount_drivers,
    names_of,
    ratio_drivers,
    tree_drivers,
    value_of,
)
from zhanggui.engines.diagnosis.types import Driver, Explanation, Node
from zhanggui.metrics import DIMENSIONS, catalogue_of, default_window, dimension_named, dimensions, leaves, measurable
from zhanggui.metrics.dimensions import base_name

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

TELLING = (
    "category_1", "customer_type", "sales_channel", "source", "device", "country", "region", "gateway", "carrier",
    "warehouse", "page_type", "payment_method", "brand", "product",
)  # fmt: skip
"""Dimensions for a KPI without parts, the most telling first."""
TELLING_OF_VISITS = ("source", "medium", "device", "country", "region", "page_type", "category_1")
ONE_VALUE = Words("none of its dimensions has more than one value here", "它的各个维度在此都只有一个值")
SHARE_LEFT_OUT = Words(
    "Some rows fall into several groups; what they count more than once stands as a driver of its own.",
    "部分数据同时属于多个分组，重复计入的部分单列为一项。",
)


def explain(  # noqa: PLR0913 - the public verb: every argument is one question a manager may ask
    shop: OpenShop,
    kpi: str,
    window: Window | None = None,
    *,
    against: str | Window = "previous",
    tree: str | None = None,
    over: str | None = None,
    where: Sequence[tuple[str, str]] = (),
) -> Explanation:
    """Exact contributions to the change of ``kpi`` from the window ``against`` to ``window``.

    Args:
        window: left out, the last 28 complete days.
        against: previous | last-year | last-year-weekday | FROM..TO, or a window.
        tree: name of a driver tree; left out, the deepest that the shop's tables allow.
        over: a dimension: rate and mix effect of a ratio, or the groups of an amount.
        where: (dimension, value) filters.

    Raises:
        UnknownNameError: no such KPI, tree, dimension or value.
        DefinitionError: no such comparison, or tree and dimension both given.
        NotMeasurable: the shop lacks a table, or the KPI (a median) has no exact parts.
    """
    catalogue = catalogue_of(shop)
    known_kpi(kpi, catalogue)
    if tree and over:
        raise DefinitionError(
            f"Give a tree ({tree}) or a dimension to go over ({over}), not both.",
            zh=f"公式树（{tree}）和维度（{over}）只能给一个。",
        )
    window = window or default_window(shop)
    base = against if isinstance(against, Window) else _comparison(window, against)
    case = Case(shop, window, base, tuple(where), catalogue)
    for name, _ in case.where:
        _check_dimension(case, kpi, name)
    if over:
        return _told(_over(case, kpi, over))
    if tree:
        return _told(_by_tree(case, kpi, tree))
    return _told(_by_default(case, kpi))


def _comparison(window: Window, against: str) -> Window:
    if against in ("goal", "benchmark"):
        raise DefinitionError(
            f"A {against} has no parts to compare with; "
            "explain takes previous, last-year, last-year-weekday or FROM..TO.",
            zh=(f"{against} 没有可对比的组成部分；explain 可用 previous、last-year、last-year-weekday 或 FROM..TO。"),
        )
    return comparison(window, against)


def _by_tree(case: Case, kpi: str, name: str) -> Explanation:
    formulas = formulas_of(kpi, case.catalogue)
    if name not in formulas:
        raise UnknownNameError.of(Words(f"tree of {kpi}", f"{kpi} 的公式树"), name, formulas)
    try:
        found = _grown(case, name, formulas[name])
    except Misfit as misfit:
        raise NotMeasurable(
            f"The tree {name!r} can't explain {kpi} here: {misfit}.",
            zh=f"公式树 {name!r} 在此无法解释 {kpi}：{misfit.why.zh}。",
        ) from misfit
    partly = partly_known(case, formulas[name])
    return found if partly is None else replace(found, notes=(*found.notes, partly))


def _by_default(case: Case, kpi: str) -> Explanation:
    possible = measurable(case.shop)
    _refuse_unmeasurable(case, kpi)
    reasons: list[Words] = []
    formulas = formulas_of(kpi, case.catalogue)
    if case.parts.is_mean(kpi):
        # Sum and count of a mean (per row, per day) tell little: its groups come first.
        try:
            return _by_groups(case, kpi, reasons)
        except NotMeasurable:
            pass
    for name, node in formulas.items():
        lacking = [each.kpi for each in node.walk() if each.kpi in possible and not possible[each.kpi].ok]
        if lacking:
            reasons.append(_because(name, possible[lacking[0]].reason))
            continue
        partly = partly_known(case, node)
        if partly is not None:
            reasons.append(_because(name, partly))
            continue
        try:
            return _grown(case, name, node)
        except Misfit as misfit:
            reasons.append(_because(name, misfit.why))
    return _by_groups(case, kpi, reasons)


def _refuse_unmeasurable(case: Case, kpi: str) -> None:
    state = measurable(case.shop).get(kpi)
    if state is not None and not state.ok:
        raise _not_measurable(kpi, state.reason)


def _grown(case: Case, name: str, node: Node) -> Explanation:
    """The explanation along one tree."""
    measured = measure(case, names_of([node]))
    if node.kpi in measured.not_measurable:
        raise _not_measurable(node.kpi, measured.not_measurable[node.kpi])
    drivers = tree_drivers(case, node, measured)
    return _explanation(case, node.kpi, measured, measured.totals[node.kpi], drivers, tree=name)


def _by_groups(case: Case, kpi: str, reasons: list[Words]) -> Explanation:
    """For a KPI without a fitting tree: the groups of the most telling dimension that has any."""
    try:
        case.parts.fraction(kpi, case.window.days)
    except NoFraction as problem:
        raise _no_parts(kpi, problem.why, reasons) from problem
    state = measurable(case.shop).get(kpi)
    allowed = state.dims if state else ()
    for dimension in (name for name in _telling(case, kpi) if name in allowed):
        found = _over(case, kpi, dimension)
        if len({driver.name for driver in found.drivers if driver.name != OVERLAP_NAME}) > 1:
            return found
    raise _no_parts(kpi, ONE_VALUE, reasons)


def _telling(case: Case, kpi: str) -> tuple[str, ...]:
    """The order in which dimensions are tried: visits by their source, whole orders not by their lines first."""
    aggregates = [each for leaf in leaves(case.catalogue[kpi], dict(case.catalogue)) for each in leaf.aggregates]
    if all(each.fact in ("hit", "visit", "event") for each in aggregates):
        return TELLING_OF_VISITS
    whole = any(each.fact in ("order", "payment", "shipment") for each in aggregates)
    return (*TELLING[1:], TELLING[0]) if whole else TELLING


def _because(name: str, why: Words | None) -> Words:
    return Words(f"{name}: {why.en}", f"{name}：{why.zh}") if why else Words(name, name)


def _not_measurable(what: str, why: Words | None) -> NotMeasurable:
    because = _because(f"{what} is not measurable", why).en, _because(f"{what} 无法度量", why).zh
    return NotMeasurable(because[0], zh=because[1])


def _no_parts(kpi: str, why: Words, reasons: list[Words]) -> NotMeasurable:
    text, zh = f"{kpi} can't be taken apart: {why.en}.", f"{kpi} 无法分解：{why.zh}。"
    if reasons:
        text += f" Its trees do not fit ({'; '.join(each.en for each in reasons)})."
        zh += f"它的公式树不适用（{'；'.join(each.zh for each in reasons)}）。"
    command = f"zhanggui kpi SHOP {kpi} --by DIM --against previous"
    return NotMeasurable(f"{text} Compare its groups instead: {command}.", zh=f"{zh}请改为对比各组：{command}。")


def _over(case: Case, kpi: str, dimension: str) -> Explanation:
    """Rate and mix of a ratio, or the groups of an amount, over ``dimension``."""
    if dimension in GRAINS:
        raise DefinitionError(
            f"{dimension!r} differs between the two windows; go over a property such as device, category or weekday.",
            zh=f"{dimension!r} 在两个时间段中本就不同；请按属性拆分，例如 device、category 或 weekday。",
        )
    _check_dimension(case, kpi, dimension)
    _refuse_unmeasurable(case, kpi)
    try:
        fractions = tuple(case.parts.fraction(kpi, days) for days in (case.against.days, case.window.days))
    except NoFraction as problem:
        raise _no_parts(kpi, problem.why, []) from problem
    measured = measure(case, (kpi, *fractions[0].names(), *fractions[1].names()), dimension)
    for name in (kpi, *fractions[1].names()):
        if name in measured.not_measurable:
            raise _not_measurable(f"{kpi} over {dimension}", measured.not_measurable[name])
    return _grouped(case, kpi, dimension, (fractions[0], fractions[1]), measured)


def _check_dimension(case: Case, kpi: str, dimension: str) -> None:
    """Refuse a dimension that does not exist, or that makes no sense for the KPI."""
    dimension_named(dimension)
    allowed = dimensions(case.catalogue[kpi], dict(case.catalogue))
    if base_name(dimension) not in allowed:
        known = [name for name in DIMENSIONS if base_name(name) in allowed and name not in GRAINS]
        raise UnknownNameError.of(Words(f"dimension of {kpi}", f"{kpi} 的维度"), dimension, known)


def _grouped(
    case: Case, kpi: str, dimension: str, fractions: tuple[Fraction, Fraction], measured: Measured
) -> Explanation:
    whole = measured.totals[kpi]
    if fractions[1].bottom is not None and not case.parts.is_per_day(fractions[1]):
        drivers = ratio_drivers(case.unit_of(kpi), fractions, measured)
    else:
        drivers = amount_drivers(case.unit_of(kpi), _amounts(fractions, measured), whole)
    drivers = with_names(case, dimension, drivers)
    told = _explanation(case, kpi, measured, whole, drivers, over=dimension)
    if any(driver.name == OVERLAP_NAME for driver in drivers):
        told = replace(told, notes=(*told.notes, SHARE_LEFT_OUT))
    return told


def _amounts(fractions: tuple[Fraction, Fraction], measured: Measured) -> dict[Key, Pair]:
    """The amount of every group; a mean over days is divided by the days of all."""
    days = [
        1.0 if each.bottom is None else value_of(each.bottom, measured.totals, n) for n, each in enumerate(fractions)
    ]
    found: dict[Key, Pair] = {}
    for key, values in measured.groups.items():
        tops = [value_of(each.top, values, n) for n, each in enumerate(fractions)]
        found[key] = (tops[0] / days[0] if days[0] else 0.0, tops[1] / days[1] if days[1] else 0.0)
    return found


def _explanation(  # noqa: PLR0913 - assembles one frozen result
    case: Case,
    kpi: str,
    measured: Measured,
    whole: Pair,
    drivers: tuple[Driver, ...],
    *,
    tree: str | None = None,
    over: str | None = None,
) -> Explanation:
    definition = case.catalogue[kpi]
    before, after = whole or UNKNOWN
    return Explanation(
        kpi=kpi,
        kpi_words=definition.words,
        unit=definition.unit,
        better=definition.better,
        currency=case.shop.settings.currency,
        window=case.window,
        against=case.against,
        before=before,
        after=after,
        change=None if before is None or after is None else after - before,
        tree=tree,
        over=over,
        drivers=drivers,
        words=definition.words,
        where=case.where,
        batch=measured.batch,
        sql=measured.sql,
    )


def _told(explanation: Explanation) -> Explanation:
    now, then = explanation.window.days, explanation.against.days
    if now != then and explanation.unit in ("money", "count"):
        note = Words(
            f"Mind that the windows differ in length: {now} days compared with {then}.",
            f"注意两个时间段长度不同：{now}天对比{then}天。",
        )
        explanation = replace(explanation, notes=(*explanation.notes, note))
    return replace(explanation, words=wording.paragraph(explanation))


__all__ = ["FORMULA", "explain"]
