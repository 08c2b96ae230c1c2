"""From measured numbers to drivers: along a tree, over the groups of a ratio, over the groups of an amount."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.formulas import CONSTANT, Fraction, Linear
from zhanggui.engines.diagnosis.measuring import UNKNOWN, Case, Key, Measured, Pair
from zhanggui.engines.diagnosis.types import Driver, DriverKind, Node
from zhanggui.engines.diagnosis.wording import NONE, OTHERS, OVERLAP
from zhanggui.stats.decomposition import Effect, Group, GroupEffect, Term, decompose, rate_and_mix, values_of

CLOSE = 1e-9
MOST_GROUPS = 50  # more are gathered in one driver, exactly
OVERLAP_NAME = "(overlap)"
OTHERS_NAME = "(others)"


class Misfit(Exception):
    """The numbers of a shop do not obey a tree; ``why`` says where."""

    def __init__(self, why: Words) -> None:
        super().__init__(why.en)
        self.why = why


def tree_drivers(case: Case, node: Node, measured: Measured) -> tuple[Driver, ...]:
    """The drivers of ``node``, whose contributions sum to its change.

    A part whose own parts can't be counted, or do not make it up, stands alone without children.

    Raises:
        Misfit: the parts of ``node`` itself can't be counted or do not make it up.
    """
    reason = _misfit(node, measured)
    if reason:
        raise Misfit(reason)
    known = None not in measured.totals.get(node.kpi, UNKNOWN)
    effect = decompose(_term(node, measured))
    return tuple(
        _tree_driver(case, part, child, measured, node.how, known)
        for part, child in zip(node.parts, effect.children, strict=True)
        if not _is_number(part)
    )


def _tree_driver(case: Case, node: Node, effect: Effect, measured: Measured, how: str, known: bool) -> Driver:
    before, after = measured.totals.get(node.kpi, (effect.before, effect.after))
    parts = node.parts if effect.children else ()
    return Driver(
        name=node.kpi,
        kind="factor" if how == "product" else "group",
        words=case.words_of(node.kpi),
        unit=case.unit_of(node.kpi),
        before=before,
        after=after,
        contribution=effect.contribution + 0.0 if known else None,  # + 0.0 turns -0.0 into 0.0
        children=tuple(
            _tree_driver(case, part, child, measured, node.how, known)
            for part, child in zip(parts, effect.children, strict=True)
            if not _is_number(part)
        ),
    )


def _is_number(node: Node) -> bool:
    return not node.parts and node.kpi.lstrip("-").replace(".", "", 1).isdigit()


def _term(node: Node, measured: Measured) -> Term:
    parts = node.parts if node.parts and not _misfit(node, measured) else ()
    before, after = measured.totals.get(node.kpi, UNKNOWN)
    return Term(
        node.kpi,
        before,
        after,
        how=node.how if parts else "value",
        parts=tuple(_term(part, measured) for part in parts),
        sign=node.sign,
        power=node.power,
    )


def _misfit(node: Node, measured: Measured) -> Words | None:
    """Why the parts of ``node`` do not make it up; None when they do."""
    for part in node.parts:
        reason = measured.not_measurable.get(part.kpi)
        if reason is None and part.kpi not in measured.totals and part.parts:
            reason = _misfit(part, measured)
        if reason:
            return reason
    computed = values_of(
        Term(node.kpi, how=node.how if node.parts else "value", parts=tuple(_term(p, measured) for p in node.parts))
    )
    stated = measured.totals.get(node.kpi)
    if stated is None:
        return None
    size = max(abs(value or 0.0) for value in stated)
    for side, value, made in zip(("before", "after"), stated, computed, strict=True):
        if value is not None and abs((made or 0.0) - value) > CLOSE * size:
            return _does_not_add_up(node, measured, side, value, made)
    return None


def _does_not_add_up(node: Node, measured: Measured, side: str, value: float, made: float | None) -> Words:
    index = 0 if side == "before" else 1
    where = Words("window before", "对比期") if side == "before" else Words("window", "本期")
    for part in node.parts:
        if not measured.totals.get(part.kpi, (1.0, 1.0))[index]:
            unknown = measured.totals[part.kpi][index] is None
            return Words(
                f"{part.kpi} is {'not known' if unknown else '0'} in the {where.en} although {node.kpi} is not",
                f"{where.zh}的 {part.kpi} {'未知' if unknown else '为 0'}，而 {node.kpi} 并非如此",
            )
    return Words(
        f"its parts give {made or 0.0:g} for {node.kpi} in the {where.en}, the orders {value:g}",
        f"{where.zh}的 {node.kpi} 由各部分算得 {made or 0.0:g}，由订单算得 {value:g}",
    )


# -- groups ---------------------------------------------------------------------------------------


def ratio_drivers(unit: str, fractions: tuple[Fraction, Fraction], measured: Measured) -> tuple[Driver, ...]:
    """Rate and mix of every group of a ratio; the biggest groups first, the small ones gathered."""
    groups = [_group(key, fractions, values) for key, values in measured.groups.items()]
    change = rate_and_mix(groups, _group(None, fractions, measured.totals))
    if change is None:
        return tuple(_unknown(group, unit) for group in groups[:MOST_GROUPS])
    ranked = sorted(change.groups, key=lambda effect: -max(abs(effect.contribution), abs(effect.rate), abs(effect.mix)))
    moved = [
        effect
        for effect in ranked
        if effect.ratio_before is not None or effect.ratio_after is not None or effect.contribution
    ]
    drivers = [driver for effect in moved[:MOST_GROUPS] for driver in _of_effect(effect, unit)]
    drivers += _gathered_ratio(moved[MOST_GROUPS:], unit)
    size = max(abs(change.before), abs(change.after))
    if abs(change.overlap) > CLOSE * size / 10:
        drivers.append(Driver(OVERLAP_NAME, "mix", OVERLAP, "rate", None, None, change.overlap))
    return tuple(drivers)


def amount_drivers(unit: str, pairs: Mapping[Key, Pair], whole: Pair) -> tuple[Driver, ...]:
    """What every group added to the change of an amount; the biggest first, the small ones gathered."""
    known = None not in whole
    drivers = [_of_pair(key, pair, unit, known) for key, pair in pairs.items() if pair[0] or pair[1]]
    drivers.sort(key=lambda driver: -abs((driver.after or 0.0) - (driver.before or 0.0)))
    kept, small = drivers[:MOST_GROUPS], drivers[MOST_GROUPS:]
    if small:
        before, after = math.fsum(each.before or 0.0 for each in small), math.fsum(each.after or 0.0 for each in small)
        step = after - before if known else None
        kept.append(Driver(OTHERS_NAME, "group", OTHERS, unit, before, after, step, others=True))
    if known:
        kept += _overlap(whole, pairs.values(), unit)
    return tuple(kept)


def _overlap(whole: Pair, pairs: Iterable[Pair], unit: str) -> list[Driver]:
    """What the groups count more than once, as a driver of its own; nothing where they add up."""
    pairs = list(pairs)
    before = math.fsum([whole[0] or 0.0, *(-(low or 0.0) for low, _ in pairs)])
    after = math.fsum([whole[1] or 0.0, *(-(high or 0.0) for _, high in pairs)])
    size = max(abs(whole[0] or 0.0), abs(whole[1] or 0.0))
    if max(abs(before), abs(after)) <= CLOSE / 10 * size:
        return []
    return [Driver(OVERLAP_NAME, "group", OVERLAP, unit, before, after, after - before)]


def value_of(linear: Linear, values: Mapping[str, Pair], side: int) -> float:
    """The weighted sum on one side; a missing part counts as 0."""
    return math.fsum(
        weight * (1.0 if name == CONSTANT else (values.get(name, UNKNOWN)[side] or 0.0))
        for name, weight in linear.items()
    )


def _group_words(key: Key) -> Words:
    return NONE if key is None or not str(key).strip() else Words(str(key), str(key))


def _group(key: Key, fractions: tuple[Fraction, Fraction], values: Mapping[str, Pair]) -> Group:
    sides = []
    for side, fraction in enumerate(fractions):
        sides += [value_of(fraction.top, values, side), value_of(fraction.bottom or {}, values, side)]
    return Group(key, *sides)


def _of_effect(effect: GroupEffect, unit: str) -> list[Driver]:
    name: Key = effect.name  # type: ignore[assignment]
    words = _group_words(name)
    if effect.presence != "both":
        kind: DriverKind = "appeared" if effect.presence == "appeared" else "vanished"
        return [Driver(name, kind, words, unit, effect.ratio_before, effect.ratio_after, effect.contribution)]
    return [
        Driver(name, "rate", words, unit, effect.ratio_before, effect.ratio_after, effect.rate),
        Driver(name, "mix", words, "rate", effect.weight_before, effect.weight_after, effect.mix),
    ]


def _gathered_ratio(effects: Sequence[GroupEffect], unit: str) -> list[Driver]:
    """The small groups as one: their effects are added up, so nothing is lost."""
    if not effects:
        return []
    weights = (
        math.fsum(each.weight_before or 0.0 for each in effects),
        math.fsum(each.weight_after or 0.0 for each in effects),
    )
    tops = (
        math.fsum((each.weight_before or 0.0) * (each.ratio_before or 0.0) for each in effects),
        math.fsum((each.weight_after or 0.0) * (each.ratio_after or 0.0) for each in effects),
    )
    ratios = [top / weight if weight else None for top, weight in zip(tops, weights, strict=True)]
    rate, mix = math.fsum(each.rate for each in effects), math.fsum(each.mix for each in effects)
    return [
        Driver(OTHERS_NAME, "rate", OTHERS, unit, ratios[0], ratios[1], rate, others=True),
        Driver(OTHERS_NAME, "mix", OTHERS, "rate", weights[0], weights[1], mix, others=True),
    ]


def _unknown(group: Group, unit: str) -> Driver:
    """A group of a ratio that has no value in all on one side: shown, but nothing is attributed."""
    before = (group.top_before or 0.0) / group.bottom_before if group.bottom_before else None
    after = (group.top_after or 0.0) / group.bottom_after if group.bottom_after else None
    name: Key = group.name  # type: ignore[assignment]
    return Driver(name, "rate", _group_words(name), unit, before, after, None)


def _of_pair(key: Key, pair: Pair, unit: str, known: bool) -> Driver:
    before, after = pair
    kind: DriverKind = "group"
    if not before and after:
        kind = "appeared"
    elif before and not after:
        kind = "vanished"
    step = (after or 0.0) - (before or 0.0)
    return Driver(key, kind, _group_words(key), unit, before, after, step if known else None)


def names_of(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Every KPI that the nodes name, once."""
    return tuple(dict.fromkeys(each.kpi for node in nodes for each in node.walk()))
