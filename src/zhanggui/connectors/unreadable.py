"""The error for a text that means nothing here: a cell, a formula, a condition."""

from __future__ import annotations

from zhanggui.basics.words import Words


class Unreadable(ValueError):
    """A text that cannot be read; ``words`` says what is wrong with it, as the reason of a refused row."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words
