"""What crosses the border of behaviour about those who left at a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words
from zhanggui.engines.behaviour.types import Went


@dataclass(frozen=True)
class LeaverQuery:
    """Who left at ``step`` of a funnel: its number from 1 as the funnel shows it, or its name.

    None = the step after which most are lost. The other fields are those of a funnel's question.
    """

    steps: tuple[str, ...] = ()
    step: str | None = None
    within: str = "session"
    window: Window | None = None
    where: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeaverValue:
    """One value of a dimension among those who left and those who went on.

    ``lost_rate`` is the part of those with this value that left; ``share_lost`` and ``share_stayed`` are its parts of
    all who left and of all who went on; ``lift`` is the first by the second (above 1: it leaves more often than the
    others) with its 95 % interval; ``significant`` after Holm's correction over all values of the answer.
    """

    value: str | None
    lost: int
    stayed: int
    lost_rate: float
    share_lost: float | None
    share_stayed: float | None
    lift: float | None = None
    low: float | None = None
    high: float | None = None
    significant: bool = False
    name: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        return {
            "value": self.value,
            "name": self.name,
            "lost": self.lost,
            "stayed": self.stayed,
            "lost_rate": self.lost_rate,
            "share_lost": self.share_lost,
            "share_stayed": self.share_stayed,
            "lift": self.lift,
            "low": self.low,
            "high": self.high,
            "significant": self.significant,
        }


@dataclass(frozen=True)
class LeaverDimension:
    """The values of one dimension, the most lost first; ``values_in_all`` counts those not listed too."""

    dimension: str
    values: tuple[LeaverValue, ...]
    values_in_all: int

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        return {
            "dimension": self.dimension,
            "values": [each.to_json() for each in self.values],
            "values_in_all": self.values_in_all,
        }


@dataclass(frozen=True)
class Sample:
    """One session that left, to look at."""

    session_id: str
    started_at: datetime
    device: str | None
    source: str | None
    landing_page_type: str | None

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        return {
            "session_id": self.session_id,
            "started_at": self.started_at.isoformat(),
            "device": self.device,
            "source": self.source,
            "landing_page_type": self.landing_page_type,
        }


@dataclass(frozen=True)
class Leavers:
    """Who reached ``step`` and not ``next``. ``median_seconds`` and ``p90_seconds`` are the time from the step to the
    end of the session (None for visitors); ``by`` leaves out dimensions that are unknown everywhere."""

    window: Window
    unit: Literal["session", "visitor"]
    within: str
    step: str
    number: int
    next: str
    lost: int
    stayed: int
    by: tuple[LeaverDimension, ...]
    went: tuple[Went, ...]
    median_seconds: float | None
    p90_seconds: float | None
    samples: tuple[Sample, ...]
    words: Words
    not_measurable: Mapping[str, Words]
    batch: str | None
    sql: tuple[str, ...]

    @property
    def lost_rate(self) -> float | None:
        """The part of those at the step that left."""
        return self.lost / (self.lost + self.stayed) if self.lost + self.stayed else None

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The document with stable field names; reasons in ``language``."""
        return {
            "window": self.window.to_json(),
            "unit": self.unit,
            "within": self.within,
            "step": self.step,
            "number": self.number,
            "next": self.next,
            "lost": self.lost,
            "stayed": self.stayed,
            "lost_rate": self.lost_rate,
            "by": [each.to_json() for each in self.by],
            "went": [each.to_json() for each in self.went],
            "median_seconds": self.median_seconds,
            "p90_seconds": self.p90_seconds,
            "samples": [each.to_json() for each in self.samples],
            "words": self.words.to_json(),
            "not_measurable": {name: why[language] for name, why in self.not_measurable.items()},
            "batch": self.batch,
            "sql": list(self.sql),
        }
