"""Words that a person reads, always in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True)
class Words:
    """The same text in English and Chinese; neither may be empty.

    >>> Words("Sales", "销售额")["zh"]
    '销售额'
    """

    en: str
    zh: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.zh.strip():
            raise ValueError(f"words need both languages: en={self.en!r}, zh={self.zh!r}")

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def to_json(self) -> dict[str, str]:
        """``{"en": ..., "zh": ...}``."""
        return {"en": self.en, "zh": self.zh}
