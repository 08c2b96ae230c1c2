"""What crosses the border of behaviour about funnels: the question, the steps, the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words

Evidence = Literal["events", "sessions", "daily"]
EXIT = "(exit)"
OTHERS = "(others)"
DEFAULT_STEPS = ("view_item", "add_to_cart", "begin_checkout", "add_payment_info", "purchase")


@dataclass(frozen=True)
class FunnelQuery:
    """Which funnel, over which days.

    ``steps`` are event names, ``page:home`` (a page view of that page type), ``session_start``; a trailing
    ``?`` makes a step optional. ``within`` is session, or a duration such as 7d, 24h, 30m: then the unit is the
    visitor, and the whole chain must fit into it. ``without`` leaves out units in which an event happened.
    ``window`` None = the last 28 complete days. ``where`` pairs of one dimension mean or.
    """

    steps: tuple[str, ...] = ()
    within: str = "session"
    by: tuple[str, ...] = ()
    window: Window | None = None
    against: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Went:
    """What came after the last step that the lost reached: a page type, an event, or the exit."""

    to: str
    sessions: int
    share: float

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        return {"to": self.to, "sessions": self.sessions, "share": self.share}


@dataclass(frozen=True)
class StepCount:
    """One step of a funnel; ``sessions`` counts units (visitors where the funnel has a duration).

    ``rate_from_start`` and ``rate_from_previous`` (0..1) are None where nothing reached the step before; the
    previous step is the one before that is not optional. ``lost`` reached this step and not the next one that is
    not optional; ``went`` says what they did instead (None = not asked). Times are seconds from the previous step.
    """

    event: str
    optional: bool
    sessions: int
    rate_from_start: float | None
    rate_from_previous: float | None
    lost: int
    median_seconds: float | None = None
    p90_seconds: float | None = None
    went: tuple[Went, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        return {
            "event": self.event,
            "optional": self.optional,
            "sessions": self.sessions,
            "rate_from_start": self.rate_from_start,
            "rate_from_previous": self.rate_from_previous,
            "lost": self.lost,
            "median_seconds": self.median_seconds,
            "p90_seconds": self.p90_seconds,
            "went": None if self.went is None else [each.to_json() for each in self.went],
        }


@dataclass(frozen=True)
class FunnelRow:
    """The funnel of one group; ``key`` holds one value per dimension, None = unknown."""

    key: tuple[str | None, ...]
    steps: tuple[StepCount, ...]


@dataclass(frozen=True)
class StepEffect:
    """What one step did to the final conversions.

    ``step`` "sessions" is the number of units that began the funnel: ``before`` and ``after`` are these, and it
    has no rate. For every other step they are rates from the previous step. ``effect`` is in conversions (all sum
    to the change), ``rate_effect`` in overall rate (those of the steps sum to its change). ``low`` and ``high``
    are the 95 % interval of the change of the rate, ``p_value`` is adjusted for the number of steps (Holm).
    """

    step: str
    effect: float
    rate_effect: float | None = None
    before: float | None = None
    after: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    significant: bool = False

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        is_rate = self.step != "sessions"
        return {
            "step": self.step,
            "effect": self.effect,
            "rate_effect": self.rate_effect,
            "before": self.before,
            "after": self.after,
            "rate_before": self.before if is_rate else None,
            "rate_after": self.after if is_rate else None,
            "low": self.low,
            "high": self.high,
            "p_value": self.p_value,
            "significant": self.significant,
        }


@dataclass(frozen=True)
class FunnelChange:
    """The same funnel in another window, and what the steps did to the change since then.

    ``change`` is in final conversions, ``rate_change`` in rate from the start.
    """

    window: Window
    steps: tuple[StepCount, ...]
    rows: tuple[FunnelRow, ...]
    change: int
    rate_change: float | None
    effects: tuple[StepEffect, ...]


@dataclass(frozen=True)
class Funnel:
    """A funnel. ``ordered`` False = counts of steps in any order, all that the shop's data know.

    ``weakest`` is the step whose rate from the previous one is lowest. ``groups`` is the number of groups in all,
    ``rows`` are the largest of them. ``evidence`` None = no visit in the window. ``not_measurable`` names steps
    that the data don't know, with the reason; they are left out of the funnel.
    """

    window: Window
    unit: Literal["session", "visitor"]
    within: str
    ordered: bool
    steps: tuple[StepCount, ...]
    by: tuple[str, ...]
    rows: tuple[FunnelRow, ...]
    groups: int
    against: FunnelChange | None
    weakest: str | None
    words: Words
    evidence: Evidence | None
    not_measurable: Mapping[str, Words]
    batch: str | None
    sql: tuple[str, ...]

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The document with stable field names; reasons in ``language``."""
        return {
            "window": self.window.to_json(),
            "unit": self.unit,
            "within": self.within,
            "ordered": self.ordered,
            "steps": [step.to_json() for step in self.steps],
            "by": list(self.by),
            "rows": _rows(self.by, self.rows),
            "groups": self.groups,
            "against": self._against(),
            "weakest": self.weakest,
            "words": self.words.to_json(),
            "evidence": self.evidence,
            "not_measurable": {name: why[language] for name, why in self.not_measurable.items()},
            "batch": self.batch,
            "sql": list(self.sql),
        }

    def _against(self) -> dict[str, Any] | None:
        base = self.against
        if base is None:
            return None
        return {
            "window": base.window.to_json(),
            "steps": [step.to_json() for step in base.steps],
            "rows": _rows(self.by, base.rows),
            "change": base.change,
            "rate_change": base.rate_change,
            "effects": [effect.to_json() for effect in base.effects],
        }


def _rows(by: tuple[str, ...], rows: tuple[FunnelRow, ...]) -> list[dict[str, Any]]:
    return [dict(zip(by, row.key, strict=True)) | {"steps": [step.to_json() for step in row.steps]} for row in rows]
