"""The data file of channels, read and checked once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from zhanggui.basics.words import Words


@dataclass(frozen=True)
class Condition:
    """One way into a channel group; what is None does not matter, everything else must fit."""

    direct: bool = False
    category: str | None = None
    source_is: frozenset[str] | None = None
    medium_is: frozenset[str] | None = None
    medium_matches: re.Pattern[str] | None = None
    campaign_matches: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Group:
    """A channel group: its name (the value in tables), its words, and the ways into it."""

    name: str
    words: Words
    when: tuple[Condition, ...]


@dataclass(frozen=True)
class Tags:
    """Parameters of one tagging scheme, lower case, the ones that win first."""

    source: tuple[str, ...]
    medium: tuple[str, ...]
    campaign: tuple[str, ...]
    also: tuple[str, ...]


@dataclass(frozen=True)
class Click:
    """A parameter that a platform adds to a click; ``certain`` when it is on paid or mailed clicks only."""

    parameter: str
    source: str
    medium: str
    certain: bool
    companions: tuple[str, ...]


@dataclass(frozen=True)
class Platform:
    """A known place where visits come from: its own name and its category."""

    name: str
    category: str


@dataclass(frozen=True)
class Rules:
    """Everything that ``channels.toml`` says.

    ``platforms`` maps hosts, ``label.*`` for every country's ending, and other names, all lower case.
    """

    groups: tuple[Group, ...]
    platforms: Mapping[str, Platform]
    tags: tuple[Tags, ...]
    clicks: tuple[Click, ...]
    empty: frozenset[str]
    direct: frozenset[str]
    many_sites: frozenset[str]
    second_level: frozenset[str]


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules of ``channels.toml``."""
    data = tomllib.loads(files(__package__).joinpath("channels.toml").read_text(encoding="utf-8"))
    patterns = {name: data[name] for name in ("paid", "shopping")}
    return Rules(
        groups=tuple(
            Group(
                each["name"], Words(each["name"], each["zh"]), tuple(_condition(way, patterns) for way in each["when"])
            )
            for each in data["group"]
        ),
        platforms=dict(_platforms(data["category"])),
        tags=tuple(Tags(**{name: tuple(names) for name, names in each.items()}) for each in data["tags"]),
        clicks=tuple(_click(each) for each in data["click"]),
        empty=frozenset(data["empty"]) | {""},
        direct=frozenset(data["direct"]),
        many_sites=frozenset(data["many_sites"]["hosts"]),
        second_level=frozenset(data["many_sites"]["second_level"]),
    )


def _condition(way: Mapping[str, Any], patterns: Mapping[str, str]) -> Condition:
    """A condition; patterns that have a name are put in its place."""
    return Condition(
        direct=way.get("direct", False),
        category=way.get("category"),
        source_is=frozenset(way["source_is"]) if "source_is" in way else None,
        medium_is=frozenset(way["medium_is"]) if "medium_is" in way else None,
        medium_matches=_pattern(way.get("medium_matches"), patterns),
        campaign_matches=_pattern(way.get("campaign_matches"), patterns),
    )


def _pattern(written: str | None, patterns: Mapping[str, str]) -> re.Pattern[str] | None:
    # A campaign may hold a line break, and "." must not stop there.
    return None if written is None else re.compile(patterns.get(written, written), re.DOTALL)


def _click(each: Mapping[str, Any]) -> Click:
    return Click(
        parameter=each["parameter"],
        source=each["source"],
        medium=each["medium"],
        certain=each.get("certain", False),
        companions=tuple(each.get("with", ())),
    )


def _platforms(categories: Mapping[str, Mapping[str, list[str]]]) -> Iterator[tuple[str, Platform]]:
    """Every host and name of every platform; a platform's own name is one of them."""
    for category, platforms in categories.items():
        for name, others in platforms.items():
            platform = Platform(name, category)
            # The names of way stations ("login") are ours, nobody's source is called so.
            yield from ((other.lower(), platform) for other in others)
            if category != "passing":
                yield name, platform
