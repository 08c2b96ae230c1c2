"""Values of dimensions in words, for tables and faces; the value itself stays in JSON, CSV and Arrow."""

from __future__ import annotations

from zhanggui.loop.result import Named
from zhanggui.metrics.value_words import value_inside, value_of_words, value_words, vocabulary

__all__ = ["named", "value_inside", "value_of_words", "value_words", "vocabulary"]


def named(dimension: str, value: object) -> Named:
    """``value`` as the cell of a grid: words for people, raw in files."""
    words = value_words(dimension, value)
    return Named(words.en, words.zh, None if value is None else value if isinstance(value, int) else str(value))
