"""The cockpit's own texts in English and Chinese: ``en.toml`` and ``zh.toml``, the same keys in both.

The pages about behaviour keep theirs in ``behaviour.en.toml`` and ``behaviour.zh.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Messages:
    """Texts of one language by key, such as ``bar.window``."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: Any) -> str:
        """The text of ``key`` with its ``{places}`` filled.

        Raises:
            KeyError: a key that the catalogue lacks; a test keeps this from happening.
        """
        text = self.texts[key]
        return text.format(**values) if values else text

    def get(self, key: str, default: str) -> str:
        """The text of ``key`` when there is one; for names that may come from outside."""
        return self.texts.get(key, default)


@lru_cache(maxsize=4)
def messages(language: str) -> Messages:
    """The catalogue of ``en`` or ``zh``."""
    texts: dict[str, str] = {}
    for name in (f"{language}.toml", f"behaviour.{language}.toml"):
        text = files(__name__).joinpath(name).read_text(encoding="utf-8")
        texts |= _flat(tomllib.loads(text))
    return Messages(language, texts)


def _flat(table: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{before}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return found
