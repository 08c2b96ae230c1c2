"""What an event does not say itself, from what came with it: its source, device, place and true time.

Done while the journal is drained, never at the door, so that better rules serve events that wait. What the event says
is never overwritten. The address of its page loses everything that may be personal.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import unquote, unquote_plus, urlsplit, urlunsplit

from zhanggui.engines.collection.agents import Agent, agent_of, is_robot
from zhanggui.engines.collection.places import country_of
from zhanggui.engines.collection.types import Entry, Event
from zhanggui.shop.channels import Attribution, source_of, telling_parameters

SKEW = timedelta(minutes=1)  # a clock that is wrong by less is left alone: the way of a request takes time too
FIRST = datetime(1990, 1, 1, tzinfo=UTC)  # earlier times are believed by no table
SEARCHES = frozenset(
    {"q", "s", "k", "query", "search", "keyword", "keywords", "search_query", "searchterm", "search_term", "wd", "kw"}
)
REDACTED = "(redacted)"
_MAIL = re.compile(r"[^\s/?&=#:;,<>\"']+(?:@|%40)[^\s/?&=#@%]+\.[^\s/?&=#@.%]{2,}", re.IGNORECASE)
_CACHED = 65_536


def enrich(entry: Entry, events: list[Event]) -> None:
    """Fill in what the ``events`` of ``entry`` leave open, in place."""
    agent = agent_of(entry.user_agent)
    for event in events:
        _source(event, agent)
        _visitor(event, entry, agent)
        event.occurred_at = true_time(event.occurred_at, event.sent_at, entry.received_at)
        if event.page_url:
            event.page_url = clean_address(event.page_url)


def true_time(occurred_at: datetime, sent_at: datetime | None, received_at: datetime) -> datetime:
    """When an event happened by the server's clock, for a sender whose clock is wrong by more than a minute.

    ``sent_at`` and ``received_at`` are the same moment by the two clocks. Nothing happens after it is received.
    """
    if sent_at is None or abs(received_at - sent_at) <= SKEW:
        return occurred_at
    moved = min(occurred_at + (received_at - sent_at), received_at)
    return moved if moved >= FIRST else occurred_at


@lru_cache(maxsize=_CACHED)
def clean_address(address: str) -> str:
    """``address`` without what may be personal.

    Of the query only campaign tags, the names of click parameters' values and the search words stay; of the part
    behind # only the route of a single-page app; user names, passwords and e-mail addresses go.

    >>> clean_address("https://tea.example/s?q=green+tea&token=1#top")
    'https://tea.example/s?q=green+tea'
    """
    try:
        parts = urlsplit(address)
        netloc = parts.netloc.rpartition("@")[2]
        kept = [pair for pair in parts.query.split("&") if _harmless(pair)]
        route = parts.fragment.partition("?")[0]
        fragment = route if route.startswith(("/", "!/")) else ""
        text = urlunsplit((parts.scheme, netloc, parts.path, "&".join(kept), fragment))
    except ValueError:  # no address at all, such as http://[
        text = re.split(r"[?#]", address, maxsplit=1)[0]
    return _MAIL.sub(REDACTED, text)


def _harmless(pair: str) -> bool:
    name, _, value = pair.partition("=")
    known = unquote_plus(name).lower()
    return (known in SEARCHES or known in telling_parameters()) and not _MAIL.search(unquote(value))


def _source(event: Event, agent: Agent) -> None:
    if event.source or event.medium:
        return
    found = _attributed(event.page_url, event.referrer, agent.browser if agent.in_app else "")
    event.source, event.medium = found.source, found.medium
    event.campaign_id = event.campaign_id or found.campaign_id


@lru_cache(maxsize=_CACHED)
def _attributed(page_url: str | None, referrer: str | None, app: str) -> Attribution:
    return source_of(page_url, referrer, app)


def _visitor(event: Event, entry: Entry, agent: Agent) -> None:
    event.device = event.device or agent.device or None
    event.os = event.os or agent.os or None
    event.browser = event.browser or agent.browser or None
    if event.is_bot is None and is_robot(entry.user_agent, event.page_url):
        event.is_bot = True
    # What a server reports came from its own network: only the event itself knows where its visitor is.
    if not event.country:
        event.country = country_of("" if agent.library else entry.country, event.timezone)
