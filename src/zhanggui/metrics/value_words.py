"""What people call the values of dimensions: ``mobile`` is Mobile or 手机. All words are in ``values.toml``.

Only values that the product defines have words; every other value is its own name. Words are for people: files,
filters and addresses keep the value itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from zhanggui.basics.words import Words
from zhanggui.metrics.dimensions import NONE
from zhanggui.shop.channels import group_words

SPECIAL = "special"
SHARED = "shared"
NAMES = frozenset({"channel_group", "weekday"})
"""Vocabularies whose words are names: they begin with a capital inside a sentence too."""


def value_words(dimension: str, value: object) -> Words:
    """The words of ``value``; a missing one is "(none)", one without words is itself in both languages.

    >>> value_words("device", "mobile").zh, value_words("brand", "mobile").zh, value_words("brand", None).zh
    ('手机', 'mobile', '（无）')
    """
    text = "" if value is None else str(value)
    if not text.strip():
        return vocabulary(SPECIAL)[NONE]
    return vocabulary(dimension).get(text) or vocabulary(SPECIAL).get(text) or Words(text, text)


def value_inside(dimension: str, value: object) -> Words:
    """The words of ``value`` as they stand inside a sentence.

    >>> value_inside("device", "mobile").en, value_inside("device", "tv").en, value_inside("weekday", 1).en
    ('mobile', 'TV', 'Monday')
    """
    words = value_words(dimension, value)
    text = words.en
    if dimension in NAMES or str(value) == text or not text[1:2].islower():
        return words
    return Words(text[:1].lower() + text[1:], words.zh)


def value_of_words(dimension: str, text: str) -> str:
    """The value that people call ``text`` in either language; ``text`` itself where none is called so.

    >>> value_of_words("device", "手机"), value_of_words("device", "mobile"), value_of_words("brand", "手机")
    ('mobile', 'mobile', '手机')
    """
    known = vocabulary(dimension)
    if text in known:
        return text
    called = {name: value for value, words in [*vocabulary(SPECIAL).items(), *known.items()] for name in _both(words)}
    return called.get(text.casefold(), text)


def _both(words: Words) -> tuple[str, str]:
    return words.en.casefold(), words.zh.casefold()


def vocabulary(dimension: str) -> Mapping[str, Words]:
    """Every value of ``dimension`` that has words; none for a dimension whose values shops name."""
    return _vocabularies().get(dimension, {})


@lru_cache(maxsize=1)
def _vocabularies() -> Mapping[str, Mapping[str, Words]]:
    data = tomllib.loads(files("zhanggui.metrics").joinpath("values.toml").read_text(encoding="utf-8"))
    shared: Mapping[str, str] = data.pop(SHARED)
    found = {name: {value: Words(**words) for value, words in values.items()} for name, values in data.items()}
    found["channel_group"] = group_words()
    return found | {dimension: found[name] for dimension, name in shared.items()}
