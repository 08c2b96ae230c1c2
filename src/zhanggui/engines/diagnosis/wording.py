"""One paragraph in English and Chinese about a change, written from its numbers and nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from zhanggui.basics.numbers import MINUS, format_change, format_day, format_value
from zhanggui.basics.periods import Window
from zhanggui.basics.words import Language, Words
from zhanggui.engines.diagnosis.types import Driver, Explanation
from zhanggui.metrics import dimension_named, value_inside

MOST_NAMED = 3
MOST_AGAINST = 2
WORTH_NAMING = 0.05  # of the largest contribution; smaller ones are left to the table
NONE = Words("(none)", "（无）")
OTHERS = Words("all others", "其他")
OVERLAP = Words("counted in several groups", "同时属于多个分组")


def paragraph(explanation: Explanation) -> Words:
    """What changed, from what to what, what moved it most, and what worked against it."""
    return Words(_tell(explanation, "en"), _tell(explanation, "zh"))


def _tell(told: Explanation, language: Language) -> str:
    parts = [_headline(told, language)]
    if told.change is not None:
        parts += _moved(told, language)
    parts += [note[language] for note in told.notes]
    return ("" if language == "zh" else " ").join(part for part in parts if part)


def _headline(told: Explanation, language: Language) -> str:
    name, filters = told.kpi_words[language], _filters(told, language)
    now, then = _days(told.window, language), _days(told.against, language)
    before, after = (shown(value, told.unit, language, told.currency) for value in (told.before, told.after))
    zh = language == "zh"
    if told.before is None or told.after is None:
        unknown = now if told.after is None else then
        if told.before is None and told.after is None:
            unknown = f"{then}和{now}" if zh else f"both {then} and {now}"
        if zh:
            return f"{name}{filters}在{unknown}没有数值，因此无从比较。"
        return f"{name}{filters} has no value for {unknown}, so there is no change to explain."
    if not told.change:
        if zh:
            return f"{name}{filters}没有变化：{now}与{then}同为{after}。"
        return f"{name}{filters} did not change: {after} in {now} as in {then}."
    size = _change(told, language)
    if before == after:
        if zh:
            return f"{name}{filters}几乎没有变化：{before}（{size}），{now}对比{then}。"
        return f"{name}{filters} hardly changed: {before} ({size}), {now} compared with {then}."
    if zh:
        verb = "上升" if told.change > 0 else "下降"
        return f"{name}{filters}从{before}{verb}到{after}（{size}），{now}对比{then}。"
    verb = "rose" if told.change > 0 else "fell"
    return f"{name}{filters} {verb} from {before} to {after} ({size}), {now} compared with {then}."


def _moved(told: Explanation, language: Language) -> list[str]:
    leaves = [leaf for leaf in _leaves(told.drivers) if leaf.contribution]
    if not leaves:
        return []
    largest = max(abs(leaf.contribution or 0.0) for leaf in leaves)
    named = [leaf for leaf in leaves if abs(leaf.contribution or 0.0) >= WORTH_NAMING * largest]
    # What was gathered or counted twice is true but tells little: it comes after what has a name.
    named.sort(key=lambda leaf: (leaf.others or _is_overlap(leaf), -abs(leaf.contribution or 0.0)))
    up = [leaf for leaf in named if (leaf.contribution or 0.0) > 0]
    down = [leaf for leaf in named if (leaf.contribution or 0.0) < 0]
    change = told.change or 0.0
    if not change:
        return _both_ways(told, up, down, language)
    with_it, against_it = (up, down) if change > 0 else (down, up)
    said = []
    if with_it:
        items = _list(told, with_it[:MOST_NAMED], language)
        said.append(f"主要原因：{items}。" if language == "zh" else f"What moved it most: {items}.")
    if against_it:
        items = _list(told, against_it[:MOST_AGAINST], language)
        said.append(f"反向作用：{items}。" if language == "zh" else f"What worked against it: {items}.")
    return said


def _both_ways(told: Explanation, up: Sequence[Driver], down: Sequence[Driver], language: Language) -> list[str]:
    if not up or not down:
        return []
    ups, downs = _list(told, up[:MOST_AGAINST], language), _list(told, down[:MOST_AGAINST], language)
    if language == "zh":
        return [f"其中有升有降、相互抵消：升：{ups}；降：{downs}。"]
    return [f"Underneath, ups and downs cancel out. Up: {ups}. Down: {downs}."]


def _list(told: Explanation, leaves: Sequence[Driver], language: Language) -> str:
    return ("；" if language == "zh" else "; ").join(_item(told, leaf, language) for leaf in leaves)


def _item(told: Explanation, leaf: Driver, language: Language) -> str:
    part = signed(leaf.contribution or 0.0, told.unit, language, told.currency)
    name = _driver_name(leaf, language)
    if leaf.before is None and leaf.after is None:
        return f"{name} {part}" if language == "en" else f"{name}{part}"
    before, after = (shown(value, leaf.unit, language, told.currency) for value in (leaf.before, leaf.after))
    if leaf.kind in ("appeared", "vanished"):
        value = after if leaf.kind == "appeared" else before
        return f"{name}（{value}）{part}" if language == "zh" else f"{name} ({value}) {part}"
    if language == "zh":
        return f"{name}（{before} → {after}）{part}"
    return f"{name} ({before} → {after}) {part}"


def _driver_name(leaf: Driver, language: Language) -> str:
    name = leaf.words[language]
    zh = language == "zh"
    if _is_overlap(leaf):
        return name
    if leaf.kind == "mix":
        return f"{name}的占比" if zh else f"share of {name}"
    if leaf.kind == "rate":
        return f"{name}内部" if zh else f"within {name}"
    if leaf.kind == "appeared":
        return f"新出现的{name}" if zh else f"{name}, which is new"
    if leaf.kind == "vanished":
        return f"消失的{name}" if zh else f"{name}, which is gone"
    return name


def _is_overlap(leaf: Driver) -> bool:
    return leaf.words == OVERLAP


def _leaves(drivers: Sequence[Driver]) -> list[Driver]:
    found = []
    for driver in drivers:
        found += _leaves(driver.children) if driver.children else [driver]
    return found


def _change(told: Explanation, language: Language) -> str:
    change = told.change or 0.0
    if told.unit == "rate":
        return signed(change, "rate", language, told.currency)
    size = signed(change, told.unit, language, told.currency)
    rate = told.change_rate
    if rate is None:
        return size
    return f"{size}{'，' if language == 'zh' else ', '}{format_change(change, rate, told.unit, language)}"


def signed(value: float, unit: str, language: Language, currency: str) -> str:
    """A contribution with its sign: +£12.3k, −0.4 points.

    >>> signed(-1234.5, "money", "en", "GBP")
    '−£1,234'
    """
    if unit == "rate":
        places = 1 if abs(value) >= 0.0005 or not value else 2
        word = " 个百分点" if language == "zh" else " points"
        return f"{'+' if value > 0 else MINUS if value < 0 else '±'}{abs(value) * 100:,.{places}f}{word}"
    return f"{'+' if value > 0 else MINUS if value < 0 else '±'}{shown(abs(value), unit, language, currency)}"


def shown(value: float | None, unit: str, language: Language, currency: str) -> str:
    """The number with its unit; a small plain number keeps three digits (0.0312), so that a change can be seen.

    >>> shown(0.03125, "ratio", "en", ""), shown(12.5, "ratio", "en", "")
    ('0.0312', '12.50')
    """
    if value is None or unit not in ("count", "ratio") or not 0 < abs(value) < 1:
        return format_value(value, unit, language, currency)
    places = min(2 - math.floor(math.log10(abs(value))), 6)
    return f"{MINUS if value < 0 else ''}{abs(value):.{places}f}"


def _days(window: Window, language: Language) -> str:
    first, last = window.from_, window.to - timedelta(1)
    if first == last:
        return format_day(first, language)
    return f"{format_day(first, language)}{'至' if language == 'zh' else ' to '}{format_day(last, language)}"


def _filters(told: Explanation, language: Language) -> str:
    if not told.where:
        return ""
    zh = language == "zh"
    words = ((dimension_named(name).words.zh if zh else name, value_inside(name, value)) for name, value in told.where)
    text = ("，" if zh else ", ").join(f"{name} = {value[language]}" for name, value in words)
    return f"（{text}）" if zh else f" ({text})"
