"""Steps of a funnel: how they are written, what they match, how they are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.words import Words
from zhanggui.engines.behaviour.types import DEFAULT_STEPS
from zhanggui.metrics import value_inside
from zhanggui.shop import TABLES

START = "session_start"
PAGE = "page:"
MOST_STEPS = 20
MOST_DAYS = 366
_DURATION = re.compile(r"(\d{1,6})\s*([dhm])")
_SECONDS = {"d": 86400, "h": 3600, "m": 60}

EVENTS = tuple(TABLES["events"].column("event").choices)
PAGES = tuple(TABLES["events"].column("page_type").choices)

WORDS = {
    **{event: value_inside("event", event) for event in (START, *EVENTS)},
    **{f"{PAGE}{page_type}": value_inside("page_type", page_type) for page_type in PAGES},
}
"""How people call every step, inside a sentence."""


@dataclass(frozen=True)
class Step:
    """One step: events called ``event``, of pages of ``page_type`` only where it is given."""

    event: str
    page_type: str | None = None
    optional: bool = False

    @property
    def name(self) -> str:
        """As a person writes it, without the question mark."""
        return f"{PAGE}{self.page_type}" if self.page_type else self.event

    @property
    def words(self) -> Words:
        """As people call it."""
        return WORDS[self.name]


def parse_step(text: str) -> Step:
    """``add_to_cart``, ``page:home``, ``add_payment_info?`` as a step.

    Raises:
        UnknownNameError: no such event or page type.
    """
    name = text.strip()
    optional = name.endswith("?")
    name = name.removesuffix("?").strip()
    if name.startswith(PAGE):
        page_type = name.removeprefix(PAGE)
        if page_type not in PAGES:
            raise UnknownNameError.of(Words("page type", "页面类型"), page_type, PAGES)
        return Step("page_view", page_type, optional)
    if name not in EVENTS and name != START:
        raise UnknownNameError.of(Words("step", "步骤"), name, WORDS)
    return Step(name, None, optional)


def parse_steps(texts: Sequence[str]) -> tuple[Step, ...]:
    """The steps of a funnel; without any, those from the product view to the purchase.

    Raises:
        UnknownNameError: no such event or page type.
        DefinitionError: too few or too many steps, or steps in places where they mean nothing.
    """
    names = [part for text in texts for part in text.split(",") if part.strip()]
    steps = tuple(parse_step(name) for name in names or DEFAULT_STEPS)
    if not 1 <= len(steps) <= MOST_STEPS:
        raise DefinitionError(
            f"A funnel has up to {MOST_STEPS} steps, found {len(steps)}.",
            zh=f"漏斗最多 {MOST_STEPS} 步，实际 {len(steps)} 步。",
        )
    if steps[0].optional or steps[-1].optional:
        raise DefinitionError(
            "The first and the last step of a funnel can't be optional.", zh="漏斗的第一步和最后一步不能是可选的。"
        )
    if any(step.event == START for step in steps[1:]):
        raise DefinitionError(f"{START} can only be the first step.", zh=f"{START} 只能是第一步。")
    return steps


def seconds_within(text: str) -> int | None:
    """The duration ``7d``, ``24h``, ``30m`` in seconds; None for ``session``.

    Raises:
        DefinitionError: neither.
    """
    if text.strip() == "session":
        return None
    found = _DURATION.fullmatch(text.strip())
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not 0 < seconds <= MOST_DAYS * 86400:
        raise DefinitionError(
            f"within {text!r}: write session, or a duration up to {MOST_DAYS} days such as 7d, 24h or 30m.",
            zh=f"within {text!r}：请写 session，或不超过 {MOST_DAYS} 天的时长，例如 7d、24h、30m。",
        )
    return seconds


def required(steps: Sequence[Step]) -> list[int]:
    """Places of the steps that are not optional."""
    return [place for place, step in enumerate(steps) if not step.optional]
