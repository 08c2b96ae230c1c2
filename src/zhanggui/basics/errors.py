"""The error tree. Every error that a person can meet is one of these.

ZhangguiError
├── DefinitionError     a KPI, mapping, source or setting is written wrongly
├── UnknownNameError    no such KPI, dimension, value, table, source (did you mean ...)
├── DataError           a file or a row is not what it should be
├── NotMeasurable       an answer needs a table that the shop does not have
├── ActionRefused       a rule or guard says no
└── OutsideError        disk, network, another process; may be worth a retry

A message names the thing, its value, the place (file, line) and the next step.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class ZhangguiError(Exception):
    """Base of all errors of zhanggui; ``str(error)`` is one sentence for a person."""

    kind = "error"

    def __init__(self, message: str, *, suggestions: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.suggestions = tuple(suggestions)

    def to_json(self) -> dict[str, Any]:
        """``{"error": {"kind", "message", "suggestions"}}``, the same on every face."""
        return {"error": {"kind": self.kind, "message": self.message, "suggestions": list(self.suggestions)}}


class DefinitionError(ZhangguiError):
    """A definition (KPI, mapping, source, setting) is written wrongly."""

    kind = "definition"


class UnknownNameError(ZhangguiError):
    """A name that does not exist; ``suggestions`` holds the nearest ones."""

    kind = "unknown_name"

    @classmethod
    def of(cls, what: str, name: str, known: Iterable[str]) -> UnknownNameError:
        """The error for an unknown ``name`` of a ``what``, with up to five near names.

        >>> UnknownNameError.of("KPI", "salse", ["sales", "orders"]).suggestions
        ('sales',)
        """
        names = sorted(set(known))
        near = nearest(name, names)
        if near:
            hint = f"did you mean {', '.join(near)}?"
        elif names:
            hint = f"there are: {', '.join(names[:12])}{' ...' if len(names) > 12 else ''}."
        else:
            hint = "there are none."
        return cls(f"No {what} is called {name!r}; {hint}", suggestions=near)


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

    def __init__(self, message: str, *, retryable: bool = False, suggestions: Iterable[str] = ()) -> None:
        super().__init__(message, suggestions=suggestions)
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
