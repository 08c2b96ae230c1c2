"""The error tree. Every error that a person can meet is one of these.

ZhangguiError
├── DefinitionError     a KPI, mapping, source or setting is written wrongly
├── UnknownNameError    no such KPI, dimension, value, table, source (did you mean ...)
├── DataError           a file or a row is not what it should be
├── NotMeasurable       an answer needs a table that the shop does not have
├── ActionRefused       a rule or guard says no
└── OutsideError        disk, network, another process; may be worth a retry

A message names the thing, its value, the place (file, line) and the next step, in English and in Chinese.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from zhanggui.basics.words import Words

MOST_NAMED = 12  # names that a message lists when none is near


class ZhangguiError(Exception):
    """Base of all errors of zhanggui: one sentence for a person, ``message`` in English and ``zh`` in Chinese.

    ``str(error)`` is the English one.
    """

    kind = "error"

    def __init__(self, message: str, *, zh: str = "", suggestions: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.zh = zh
        self.suggestions = tuple(suggestions)

    def said(self, language: str) -> str:
        """The sentence in the reader's ``language``; English where there is no Chinese one.

        >>> DataError("The file is empty.", zh="文件是空的。").said("zh")
        '文件是空的。'
        """
        return self.zh if language == "zh" and self.zh else self.message

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """``{"error": {"kind", "message", "suggestions"}}``, the same on every face, in one ``language``."""
        return {"error": {"kind": self.kind, "message": self.said(language), "suggestions": list(self.suggestions)}}

    def to_wire(self) -> dict[str, Any]:
        """Like :meth:`to_json`, with ``message`` in English and ``zh``, for a command line beside a server."""
        return {"error": self.to_json()["error"] | {"zh": self.zh}}


class DefinitionError(ZhangguiError):
    """A definition (KPI, mapping, source, setting) is written wrongly."""

    kind = "definition"


class UnknownNameError(ZhangguiError):
    """A name that does not exist; ``suggestions`` holds the nearest ones."""

    kind = "unknown_name"

    @classmethod
    def of(cls, what: Words, name: str, known: Iterable[str]) -> UnknownNameError:
        """The error for an unknown ``name`` of a ``what``, with up to five near names.

        >>> UnknownNameError.of(Words("KPI", "指标"), "salse", ["sales", "orders"]).suggestions
        ('sales',)
        """
        names = sorted(set(known))
        near = nearest(name, names)
        if near:
            hint, zh = f"did you mean {', '.join(near)}?", f"是否指 {'、'.join(near)}？"
        elif names:
            some, more = names[:MOST_NAMED], len(names) > MOST_NAMED
            hint = f"there are: {', '.join(some)}{' ...' if more else ''}."
            zh = f"可用的有：{'、'.join(some)}{' 等' if more else ''}。"
        else:
            hint, zh = "there are none.", "目前一个也没有。"
        message = f"No {what.en} is called {name!r}; {hint}"
        return cls(message, zh=f"没有叫 {name!r} 的{_spaced(what.zh)}；{zh}", suggestions=near)


class DataError(ZhangguiError):
    """A file or a row is not what it should be."""

    kind = "data"


class NotMeasurable(ZhangguiError):
    """The answer needs a table or column that the shop does not have."""

    kind = "not_measurable"


class ActionRefused(ZhangguiError):
    """A rule or a guard refused an action."""

    kind = "refused"


class OutsideError(ZhangguiError):
    """Disk, network or another process failed; ``retryable`` says whether to try again."""

    kind = "outside"

    def __init__(self, message: str, *, zh: str = "", retryable: bool = False, suggestions: Iterable[str] = ()) -> None:
        super().__init__(message, zh=zh, suggestions=suggestions)
        self.retryable = retryable


def nearest(name: str, known: Iterable[str], most: int = 5) -> tuple[str, ...]:
    """Up to ``most`` names of ``known`` near to ``name``, best first; case does not matter."""
    by_lower: dict[str, str] = {}
    for candidate in known:
        by_lower.setdefault(candidate.lower(), candidate)
    wanted = name.lower()
    hits = difflib.get_close_matches(wanted, by_lower, n=most, cutoff=0.6)
    hits += [key for key in by_lower if key not in hits and wanted and (wanted in key or key in wanted)]
    return tuple(by_lower[key] for key in hits[:most])


def _spaced(words: str) -> str:
    """Chinese ``words`` after a Chinese sign: a Latin beginning is set off by a space."""
    return f" {words}" if words[:1].isascii() else words
