"""A funnel in a paragraph, English and Chinese, from its numbers and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.basics.numbers import MINUS, format_change, format_value
from zhanggui.basics.words import Language, Words
from zhanggui.engines.behaviour.slicing import Held
from zhanggui.engines.behaviour.steps import WORDS
from zhanggui.engines.behaviour.types import Funnel, StepEffect


def paragraph(told: Funnel, notes: Sequence[Words]) -> Words:
    """How many came through, the weakest step, what moved it, and the ``notes``."""
    return Words(_tell(told, notes, "en"), _tell(told, notes, "zh"))


def notes_of(there: Held, told: Funnel) -> list[Words]:
    """What the reader must know about the data behind the numbers."""
    found = []
    if told.evidence is not None and not told.ordered:
        found.append(
            Words(
                "The data are counts of sessions: every step is counted for itself, in any order.",
                "数据为会话计数：每一步单独统计，不分先后。",
            )
        )
    others = sum(count for kind, count in there.sessions.items() if kind != "events")
    if told.evidence == "events" and others:
        found.append(
            Words(
                f"{format_value(others, 'count')} sessions are known only as counts and are left out.",
                f"另有 {format_value(others, 'count', 'zh')} 个会话只有计数，未计入。",
            )
        )
    if told.not_measurable:
        names = list(told.not_measurable)
        found.append(
            Words(
                f"Not measurable here, so left out: {', '.join(WORDS[name].en for name in names)}.",
                f"无法度量、已略去：{'、'.join(WORDS[name].zh for name in names)}。",
            )
        )
    return found


def _tell(told: Funnel, notes: Sequence[Words], language: Language) -> str:
    parts = [_came_through(told, language), _weak(told, language), _moved(told, language)]
    parts += [note[language] for note in notes]
    return ("" if language == "zh" else " ").join(part for part in parts if part)


def _came_through(told: Funnel, language: Language) -> str:
    zh, unit = language == "zh", _units(told, language)
    first, last = told.steps[0], told.steps[-1]
    if not first.sessions:
        return "这段时间没有开始漏斗的记录。" if zh else f"No {unit} began this funnel in these days."
    count, done = (format_value(step.sessions, "count", language) for step in (first, last))
    rate = format_value(last.rate_from_start, "rate", language)
    start, end = WORDS[first.event][language], WORDS[last.event][language]
    if zh:
        return f"{count} 个{unit}到达“{start}”，其中 {done} 个（{rate}）到达“{end}”。"
    if first.sessions == 1:
        unit = unit.removesuffix("s")
    return f"Of {count} {unit} with {start}, {done} ({rate}) reached {end}."


def _weak(told: Funnel, language: Language) -> str:
    weak = next(
        (step for step in told.steps if step.event == told.weakest and step.rate_from_previous is not None), None
    )
    if weak is None or len(told.steps) < 3 or weak.rate_from_previous == 1:
        return ""  # nobody was lost anywhere
    rate = format_value(weak.rate_from_previous, "rate", language)
    name = WORDS[weak.event][language]
    if language == "zh":
        return f"最弱的一步是“{name}”：上一步中只有 {rate} 到达。"
    return f"The weakest step is {name}: {rate} of those at the step before get there."


def _moved(told: Funnel, language: Language) -> str:
    base = told.against
    if base is None:
        return ""
    zh = language == "zh"
    size = _signed(base.change, language)
    main = max(base.effects, key=lambda effect: abs(effect.effect))
    if not base.change and not main.effect:
        return "与对比期相同。" if zh else "Nothing changed against the window before."
    said = _effect(told, main, language)
    certain = [effect for effect in base.effects if effect.significant]
    head = (
        f"与对比期相比 {size}，影响最大的是{said}。" if zh else f"Against the comparison: {size}; most of it by {said}."
    )
    if certain:
        names = ("、" if zh else ", ").join(WORDS[effect.step][language] for effect in certain)
        return head + (f"变化显著的步骤：{names}。" if zh else f" More than chance: {names}.")
    return head + ("各步转化率的变化都可能只是偶然。" if zh else " The changes of the steps' rates may all be chance.")


def _effect(told: Funnel, effect: StepEffect, language: Language) -> str:
    zh = language == "zh"
    if effect.step == "sessions":
        name = f"{_units(told, language)}数量" if zh else f"the number of {_units(told, language)}"
    else:
        change = None if effect.before is None or effect.after is None else effect.after - effect.before
        points = format_change(change, None, "rate", language)
        name = f"“{WORDS[effect.step].zh}”（{points}）" if zh else f"{WORDS[effect.step].en} ({points})"
    return f"{name}，贡献 {_signed(effect.effect, language)}" if zh else f"{name}, {_signed(effect.effect, language)}"


def _signed(value: float, language: Language) -> str:
    rounded = round(value)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else "±"
    return f"{sign}{format_value(abs(rounded), 'count', language)}"


def _units(told: Funnel, language: Language) -> str:
    if told.unit == "visitor":
        return "访客" if language == "zh" else "visitors"
    return "会话" if language == "zh" else "sessions"
