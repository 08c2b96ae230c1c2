"""The channel group of a source, medium and campaign."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from zhanggui.basics.words import Words
from zhanggui.shop.channels.hosts import platform_of
from zhanggui.shop.channels.rules import Condition, rules

Combination = tuple[str | None, str | None, str | None]
"""Source, medium and campaign of a visit; None and '' are both unknown."""

UNASSIGNED = "Unassigned"


def group_words() -> dict[str, Words]:
    """The channel groups in the order of their rules, with their names in both languages.

    >>> group_words()["Organic Search"].zh
    '自然搜索'
    """
    return {group.name: group.words for group in rules().groups}


@lru_cache(maxsize=65_536)
def channel_group(source: str | None, medium: str | None, campaign: str | None = None) -> str:
    """The channel group by the rules of ``channels.toml``; case does not matter.

    An unknown source without a medium is ``Unassigned``: "came directly" is only what says so.

    Source:
        Google Analytics help, "Default channel group".

    >>> channel_group("baidu", "cpc"), channel_group("www.xiaohongshu.com", "referral"), channel_group(None, None)
    ('Paid Search', 'Organic Social', 'Unassigned')
    """
    case = _Case(_known(source), _known(medium), _known(campaign))
    for group in rules().groups:
        if any(case.fits(way) for way in group.when):
            return group.name
    return UNASSIGNED


def channel_groups(combinations: Iterable[Combination]) -> list[str]:
    """The channel group of each combination, in order; one combination is worked out once."""
    return [channel_group(*combination) for combination in combinations]


def is_direct(source: str | None, medium: str | None) -> bool:
    """Whether a source and medium say that the visitor came by no link.

    >>> is_direct("(direct)", "(none)"), is_direct("direct", ""), is_direct(None, None), is_direct("direct", "mail")
    (True, True, False, False)
    """
    return _known(source) in rules().direct and not _known(medium)


class _Case:
    """A source, medium and campaign, ready to be compared."""

    def __init__(self, source: str, medium: str, campaign: str) -> None:
        platform = platform_of(source) if source else None
        self.source, self.medium, self.campaign = source, medium, campaign
        self.direct = is_direct(source, medium)
        self.category = platform.category if platform else None

    def fits(self, way: Condition) -> bool:
        """Whether everything that a ``way`` asks for is so."""
        return not (
            (way.direct and not self.direct)
            or (way.category is not None and way.category != self.category)
            or (way.source_is is not None and self.source not in way.source_is)
            or (way.medium_is is not None and self.medium not in way.medium_is)
            or (way.medium_matches is not None and not way.medium_matches.fullmatch(self.medium))
            or (way.campaign_matches is not None and not way.campaign_matches.fullmatch(self.campaign))
        )


def _known(value: str | None) -> str:
    """``value`` in lower case without spaces around; '' when it only says that nothing is known."""
    plain = (value or "").strip().lower()
    return "" if plain in rules().empty else plain
