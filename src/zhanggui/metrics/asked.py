"""What a question asks for, put in order: dimensions, filters, windows of days."""

from __future__ import annotations

from zhanggui.basics.errors import DefinitionError
from zhanggui.basics.periods import GRAINS
from zhanggui.metrics.dimensions import DIMENSIONS
from zhanggui.metrics.question import Question


def dimensions_asked(question: Question) -> tuple[str, ...]:
    """The dimensions of the answer; rolling and to-date windows are by day.

    Raises:
        DefinitionError: windows that contradict each other or the dimensions.
    """
    by = tuple(dict.fromkeys(question.by))
    if question.rolling is None and question.to_date is None:
        return by
    if question.rolling is not None and question.to_date is not None:
        raise DefinitionError(
            "rolling and to-date are two answers to one question; ask for one of them.",
            zh="rolling 与 to-date 是同一问题的两种答法，只能选一个。",
        )
    if question.rolling is not None and question.rolling < 1:
        raise DefinitionError(
            f"rolling {question.rolling}: look back at least 1 day.", zh=f"rolling {question.rolling}：至少回看 1 天。"
        )
    if question.to_date is not None and question.to_date not in GRAINS[1:]:
        raise DefinitionError(
            f"to-date {question.to_date!r}: use {', '.join(GRAINS[1:])}.",
            zh=f"to-date {question.to_date!r} 不可用；可选 {', '.join(GRAINS[1:])}。",
        )
    if any(name in DIMENSIONS and DIMENSIONS[name].kind == "time" and name != "day" for name in by):
        raise DefinitionError(
            "rolling and to-date windows are given by day; ask for --by day.",
            zh="rolling 与 to-date 按天给出；请用 --by day。",
        )
    return by if "day" in by else ("day", *by)


def filters_asked(pairs: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    """Values by dimension: several of one dimension are alternatives."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return found
