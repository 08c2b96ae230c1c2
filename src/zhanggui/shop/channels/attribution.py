"""Where a page view came from: read from the page's address and the address before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from zhanggui.shop.channels.hosts import address_host, platform_of, queries_of, site_of
from zhanggui.shop.channels.rules import Click, Tags, rules

LONGEST_VALUE = 200  # signs of a source, medium or campaign; longer ones are made by accident
MOST_PARAMETERS = 200  # of an address; the rest is not looked at
_LIKE_MAIL = re.compile(r"\S@\S+\.\S|%40", re.IGNORECASE)
_UNFILLED = re.compile(r"\{.*\}|\[.*\]|__[A-Z_]+__|\$\(.*\)", re.IGNORECASE)  # {network}, {{ad.name}}, __AID__


@dataclass(frozen=True)
class Attribution:
    """Where a visit came from; None = not known.

    ``click_id`` is the name of the platform's parameter (such as ``gclid``), never the click's own number.
    """

    source: str | None = None
    medium: str | None = None
    campaign_id: str | None = None
    click_id: str | None = None


UNKNOWN = Attribution()
DIRECT = Attribution("(direct)", "(none)")


@lru_cache(maxsize=1)
def telling_parameters() -> frozenset[str]:
    """The names (lower case) of all parameters of a page's address that say where a visit came from."""
    named = {name for tags in rules().tags for name in (*tags.source, *tags.medium, *tags.campaign, *tags.also)}
    clicks = {name for click in rules().clicks for name in (click.parameter, *click.companions)}
    return frozenset(named | clicks)


def source_of(page_url: str | None, referrer: str | None = None, app: str = "") -> Attribution:
    """The source of a page view, from the strongest trace to the weakest.

    1. tags of the page's address (utm and its like), what they leave open is filled by the next ones;
    2. the click parameter of an advertising platform;
    3. the referrer, when it is another site and no payment or log-in station;
    4. a click parameter that also rides on shared links; then, without any referrer, ``app``: the app in whose browser
       the page was opened (``wechat``, ``微信``), because apps hand over no address.

    Nothing of these is a direct visit: ``(direct)`` / ``(none)``. Neither address known: all None.

    >>> source_of("https://tea.example/?utm_source=Spring-Mail&utm_medium=email&utm_campaign=May")
    Attribution(source='spring-mail', medium='email', campaign_id='May', click_id=None)
    >>> source_of("https://tea.example/", "https://www.google.co.uk/").source
    'google'
    """
    own, before = address_host(page_url or ""), (referrer or "").strip()
    if not own and not before:
        return UNKNOWN
    given = _parameters(page_url) if own and page_url else {}
    tagged = _tagged(given) if given else None
    found = _clicked(given, certain=True) or _referred(own, before) or _clicked(given, certain=False)
    if found is None and app and not before:
        found = _inside(app)
    return _joined(tagged, found) if tagged else found or DIRECT


def _parameters(page_url: str) -> dict[str, str]:
    """The telling parameters of the query, and of the fragment where the query has none; the first of a name counts."""
    query, behind = queries_of(page_url)
    return _telling(query) or _telling(behind)


def _telling(query: str) -> dict[str, str]:
    if "=" not in query:
        return {}
    pairs = parse_qsl("&".join(query.split("&")[:MOST_PARAMETERS]), errors="replace")
    found: dict[str, str] = {}
    for name, value in pairs:
        if name.lower() in telling_parameters() and value.strip():
            found.setdefault(name.lower(), value)
    return found


def _tagged(given: Mapping[str, str]) -> Attribution | None:
    for tags in rules().tags:
        found = _by_tags(given, tags)
        if found != UNKNOWN:
            return found
    return None


def _by_tags(given: Mapping[str, str], tags: Tags) -> Attribution:
    return Attribution(
        source=_first(given, tags.source, str.lower),
        medium=_first(given, tags.medium, str.lower),
        campaign_id=_first(given, tags.campaign, str),
    )


def _first(given: Mapping[str, str], names: tuple[str, ...], shape: Callable[[str], str]) -> str | None:
    """The first of ``names`` that says something: no placeholder left unfilled, nothing like an e-mail address."""
    for name in names:
        value = shape(" ".join(given.get(name, "").replace("\0", " ").split()))[:LONGEST_VALUE].strip()
        if value.lower() not in rules().empty and not _UNFILLED.search(value) and not _LIKE_MAIL.search(value):
            return value
    return None


def _clicked(given: Mapping[str, str], certain: bool) -> Attribution | None:
    for click in rules().clicks if given else ():
        if click.certain == certain and _was_clicked(given, click):
            return Attribution(click.source, click.medium, None, click.parameter)
    return None


def _was_clicked(given: Mapping[str, str], click: Click) -> bool:
    return click.parameter in given and (not click.companions or any(name in given for name in click.companions))


def _referred(own: str, referrer: str) -> Attribution | None:
    """What the referrer says; None for the ``own`` site, for stations on the way, and for none."""
    host = address_host(referrer) if referrer else ""
    if not host or (own and site_of(own) == site_of(host)):
        return None
    platform = platform_of(host)
    if platform is None:
        return Attribution(host, "referral")
    if platform.category == "passing":
        return None
    return Attribution(platform.name, _MEDIUM.get(platform.category, "referral"))


_MEDIUM = {"search": "organic", "ai": "ai-assistant", "webmail": "email"}


def _inside(app: str) -> Attribution | None:
    platform = platform_of(app.strip().lower())
    return Attribution(platform.name, "referral") if platform else None


def _joined(tagged: Attribution, found: Attribution | None) -> Attribution:
    """The tags, with what they leave open taken from another trace ``found``.

    A medium is taken over only where the source is: a mailing's source with a search engine's medium would be neither.
    """
    if found is None:
        return tagged
    if tagged.source is None:
        return Attribution(found.source, tagged.medium or found.medium, tagged.campaign_id, found.click_id)
    paid = found.medium if found.click_id and tagged.medium is None and _same_platform(tagged, found) else None
    return Attribution(tagged.source, tagged.medium or paid, tagged.campaign_id, found.click_id)


def _same_platform(one: Attribution, other: Attribution) -> bool:
    known = platform_of(one.source or "")
    return (known.name if known else one.source) == other.source
