"""What may be set for a simulated shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.periods import zone
from zhanggui.basics.words import Words

END = date(2026, 10, 1)
"""The first day that is not simulated. Fixed, so that the same options always give the same rows."""

DEFAULT_MONTHS = 24
MOST_MONTHS = 60
NAMES = ("scale", "seed", "months")
SMALLEST, LARGEST = 0.01, 100.0


@dataclass(frozen=True)
class Options:
    """The options of one simulated shop.

    ``scale`` 1 is about 40,000 visitors a month; ``months`` end with September 2026; amounts carry the name of
    ``currency`` but are not converted; days begin at midnight of ``timezone``.

    Raises:
        DefinitionError: a value out of range.
    """

    scale: float = 1.0
    seed: int = 1
    months: int = DEFAULT_MONTHS
    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        if not SMALLEST <= self.scale <= LARGEST:
            raise DefinitionError(
                f"scale {self.scale:g} is out of range; use {SMALLEST:g} to {LARGEST:g}.",
                zh=f"scale {self.scale:g} 超出范围；请用 {SMALLEST:g} 到 {LARGEST:g}。",
            )
        if not 1 <= self.months <= MOST_MONTHS:
            raise DefinitionError(
                f"months {self.months} is out of range; use 1 to {MOST_MONTHS}.",
                zh=f"months {self.months} 超出范围；请用 1 到 {MOST_MONTHS}。",
            )
        if self.seed < 0:
            raise DefinitionError(
                f"seed {self.seed} is negative; use a whole number from 0.",
                zh=f"seed {self.seed} 是负数；请用不小于 0 的整数。",
            )
        zone(self.timezone)

    @property
    def start(self) -> date:
        """The first simulated day."""
        months = END.year * 12 + END.month - 1 - self.months
        return date(months // 12, months % 12 + 1, 1)

    @property
    def days(self) -> int:
        """Number of simulated days."""
        return (END - self.start).days


def options_of(texts: Mapping[str, str], *, currency: str, timezone: str) -> Options:
    """The options written as texts, such as ``{"scale": "0.1"}``.

    Raises:
        UnknownNameError: there is no such option.
        DefinitionError: a value is no number or out of range.
    """
    for name in texts:
        if name not in NAMES:
            raise UnknownNameError.of(Words("option of the simulated source", "simulated 来源的选项"), name, NAMES)
    return Options(
        scale=_number(texts, "scale", 1.0),
        seed=_whole(texts, "seed", 1),
        months=_whole(texts, "months", DEFAULT_MONTHS),
        currency=currency,
        timezone=timezone,
    )


def _number(texts: Mapping[str, str], name: str, default: float) -> float:
    text = str(texts.get(name, default))
    try:
        return float(text)
    except ValueError:
        raise DefinitionError(
            f"{name} {text!r} is not a number; write it as {default:g}.",
            zh=f"{name} {text!r} 不是数字；请写成 {default:g} 这样。",
        ) from None


def _whole(texts: Mapping[str, str], name: str, default: int) -> int:
    number = _number(texts, name, default)
    if not number.is_integer():
        raise DefinitionError(
            f"{name} {number:g} is not a whole number; write it as {default}.",
            zh=f"{name} {number:g} 不是整数；请写成 {default} 这样。",
        )
    return int(number)
