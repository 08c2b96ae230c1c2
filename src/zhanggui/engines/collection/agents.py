"""What a user agent says: kind of device, operating system, browser, and whether a robot sent it."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import urlsplit

LONGEST = 1024  # signs of a user agent that are looked at; real ones have up to about 600

Robot = Literal["", "crawler", "headless"]


@dataclass(frozen=True)
class Agent:
    """What a user agent says; '' = it does not say.

    ``device`` is mobile, tablet, desktop, tv, console or, for a crawler, bot. ``robot`` says of what kind the robot is:
    a ``crawler`` (search, preview, monitoring) or a ``headless`` browser. ``in_app`` is true for the browser window of
    an app, where ``browser`` is the app. ``library`` is true for an HTTP library: a server reports events, and nothing
    is known of the visitor.
    """

    device: str = ""
    os: str = ""
    browser: str = ""
    robot: Robot = ""
    in_app: bool = False
    library: bool = False


@lru_cache(maxsize=16_384)
def agent_of(user_agent: str) -> Agent:
    """What ``user_agent`` says. It is what the browser claims: an iPad that asks for desktop pages says macOS.

    >>> agent_of("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    ...          "Version/17.5 Mobile/15E148 Safari/604.1")
    Agent(device='mobile', os='iOS', browser='Safari', robot='', in_app=False, library=False)
    >>> agent_of("Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)").robot
    'crawler'
    """
    said = user_agent[:LONGEST].strip().lower()
    patterns = _patterns()
    if not said:
        return Agent()
    if patterns.library.search(said):
        return Agent(library=True)
    browser = _first(patterns.browsers, said)
    robot = _robot(said, patterns)
    return Agent(
        device="bot" if robot == "crawler" else _first(patterns.devices, said),
        os=_first(patterns.systems, said),
        browser=browser,
        robot=robot,
        in_app=browser in patterns.apps,
    )


def is_robot(user_agent: str, page_url: str | None = None) -> bool:
    """Whether a robot sent an event from the page ``page_url``.

    A headless browser on a page of the own machine (``localhost``, ``127.0.0.1``) is the shop's own test, no robot.

    >>> is_robot("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/130.0.0.0 Safari/537.36", "https://tea.example/")
    True
    """
    robot = agent_of(user_agent).robot
    return bool(robot) and not (robot == "headless" and _on_own_machine(page_url or ""))


@lru_cache(maxsize=4096)
def _on_own_machine(page_url: str) -> bool:
    try:
        host = urlsplit(page_url).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class _Marks:
    """Any of these marks a kind. Plain words are kept apart: finding them takes a tenth of the time of a pattern."""

    words: tuple[str, ...]
    pattern: re.Pattern[str] | None

    def search(self, said: str) -> bool:
        return any(word in said for word in self.words) or bool(self.pattern and self.pattern.search(said))


@dataclass(frozen=True)
class _Patterns:
    library: _Marks
    headless: _Marks
    crawler: _Marks
    browsers: tuple[tuple[str, _Marks], ...]
    systems: tuple[tuple[str, _Marks], ...]
    devices: tuple[tuple[str, _Marks], ...]
    apps: frozenset[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    data = tomllib.loads(files(__package__).joinpath("agents.toml").read_text(encoding="utf-8"))
    return _Patterns(
        library=_marks(data["library"]),
        headless=_marks(data["headless"]),
        crawler=_marks(data["crawler"]),
        browsers=_named(data["browser"]),
        systems=_named(data["os"]),
        devices=_named(data["device"]),
        apps=frozenset(data["apps"]),
    )


def _marks(written: Iterable[str]) -> _Marks:
    plain = {one for one in written if one == re.escape(one).replace("\\ ", " ").replace("\\-", "-")}
    others = "|".join(f"(?:{one})" for one in written if one not in plain)
    return _Marks(tuple(sorted(plain)), re.compile(others) if others else None)


def _named(table: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, _Marks], ...]:
    return tuple((each["name"], _marks(each["is"])) for each in table)


def _first(named: Iterable[tuple[str, _Marks]], said: str) -> str:
    return next((name for name, marks in named if marks.search(said)), "")


def _robot(said: str, patterns: _Patterns) -> Robot:
    if patterns.headless.search(said):
        return "headless"
    return "crawler" if patterns.crawler.search(said) else ""
