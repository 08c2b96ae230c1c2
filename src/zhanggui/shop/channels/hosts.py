"""Hosts of addresses: which platform one belongs to, and whether two are the same site."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

from zhanggui.shop.channels.rules import Platform, rules

LONGEST_ADDRESS = 8192  # signs; longer ones are cut: no browser sends them, and nothing behind matters here
LONGEST_HOST = 253  # RFC 1035
_ORIGIN = re.compile(r"\s*((?:https?|android-app)://[^/?#]*)", re.IGNORECASE)
_NOT_IN_A_HOST = re.compile(r"[\x00-\x20\x7f@/\\<>\"'\s]")


def address_host(address: str) -> str:
    """The host of a web or app ``address``; '' when it is none (``about:blank``, ``file:``, broken).

    >>> address_host("https://user@www.Tea.example:8443/a?b"), address_host("about:blank")
    ('tea.example', '')
    """
    begin = _ORIGIN.match(address[:LONGEST_ADDRESS])
    return _host(begin[1]) if begin else ""


@lru_cache(maxsize=65_536)
def _host(origin: str) -> str:
    """The host of an ``origin`` in lower case, without port, user and a leading ``www.``; '' when there is none."""
    try:
        host = (urlsplit(origin).hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:  # such as http://[broken
        return ""
    return "" if len(host) > LONGEST_HOST or _NOT_IN_A_HOST.search(host) else host


def queries_of(address: str) -> tuple[str, str]:
    """The query of an ``address``, and the one that a single-page app keeps behind ``#``.

    >>> queries_of("https://tea.example/?a=1#/item?b=2")
    ('a=1', 'b=2')
    """
    plain, _, fragment = address[:LONGEST_ADDRESS].partition("#")
    return plain.partition("?")[2].strip(), fragment.rpartition("?")[2].strip()


@lru_cache(maxsize=65_536)
def platform_of(name: str) -> Platform | None:
    """The platform that a host or another ``name`` (lower case) belongs to; None when it is not a known one.

    >>> platform_of("m.baidu.com").name, platform_of("tieba.baidu.com").category, platform_of("google.co.uk").name
    ('baidu', 'social', 'google')
    """
    known = rules().platforms
    if name in known or len(name) > LONGEST_HOST:
        return known.get(name)
    labels = name.split(".")
    for start in range(len(labels) - 1):
        rest = labels[start:]
        found = known.get(".".join(rest)) or _by_ending(rest)
        if found:
            return found
    return None


def _by_ending(labels: list[str]) -> Platform | None:
    """The platform whose name stands before a country's ending: google.de, google.com.hk, shopping.google.fr."""
    for ending in (2, 1):
        if len(labels) > ending and _is_ending(labels[-ending:]):
            return rules().platforms.get(".".join(labels[:-ending]) + ".*")
    return None


def _is_ending(labels: list[str]) -> bool:
    if len(labels) == 1:
        return 2 <= len(labels[0]) <= 6 and labels[0].isalpha()
    return len(labels[1]) == 2 and labels[0] in rules().second_level


@lru_cache(maxsize=65_536)
def site_of(host: str) -> str:
    """The site of a ``host``: the name that was registered; under a domain of many shops, one label more.

    >>> site_of("m.tea.co.uk"), site_of("tea.myshopify.com"), site_of("127.0.0.1")
    ('tea.co.uk', 'tea.myshopify.com', '127.0.0.1')
    """
    if _is_number(host):
        return host
    labels = host.split(".")
    kept = 3 if len(labels) > 2 and _is_ending(labels[-2:]) else 2
    site = ".".join(labels[-kept:])
    return ".".join(labels[-kept - 1 :]) if site in rules().many_sites else site


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
