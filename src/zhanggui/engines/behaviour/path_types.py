"""What crosses the border of behaviour about paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from zhanggui.basics.periods import Window
from zhanggui.basics.words import Words

Direction = Literal["forward", "backward", "both"]


@dataclass(frozen=True)
class PathQuery:
    """Which paths: from the start of the session, or around the first ``starting``, ``ending`` or ``through``.

    An anchor is an event (add_to_cart) or a page type (home or page:home); at most one is given. ``length`` counts
    nodes with the anchor, ``top`` the paths that are listed. ``window`` None = the last 28 complete days.
    """

    window: Window | None = None
    starting: str | None = None
    ending: str | None = None
    through: str | None = None
    length: int = 5
    top: int = 20
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PathNode:
    """A node at one step; step 0 is the anchor (or the first node), steps before it are negative."""

    step: int
    name: str
    sessions: int

    @property
    def id(self) -> str:
        """``0:home``."""
        return f"{self.step}:{self.name}"

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        return {"id": self.id, "step": self.step, "name": self.name, "sessions": self.sessions}


@dataclass(frozen=True)
class PathLink:
    """Sessions that went from a node to one of the next step."""

    step: int
    source: str
    target: str
    sessions: int

    def to_json(self) -> dict[str, Any]:
        """Source and target as the ids of their nodes."""
        source, target = f"{self.step}:{self.source}", f"{self.step + 1}:{self.target}"
        return {"source": source, "target": target, "sessions": self.sessions}


@dataclass(frozen=True)
class PathEnd:
    """Sessions that ended after (or began with) a node; ``share`` of the node's sessions."""

    step: int
    name: str
    sessions: int
    share: float


@dataclass(frozen=True)
class Path:
    """One path; ``share`` of all sessions of the answer, ``conversion`` the part of them with a purchase."""

    steps: tuple[str, ...]
    sessions: int
    share: float
    conversion: float

    def to_json(self) -> dict[str, Any]:
        """The fields by name."""
        shares = {"share": self.share, "conversion": self.conversion}
        return {"steps": list(self.steps), "sessions": self.sessions, **shares}


@dataclass(frozen=True)
class Paths:
    """Frequent paths. At every step the nodes sum to the sessions that came so far, ``(others)`` included.

    ``rare_nodes`` were gathered into (others); ``unlisted_paths`` are the paths beside the listed ones and
    ``unlisted_sessions`` the sessions on them. ``entries`` are only told of paths that end or go through.
    """

    window: Window
    anchor: str | None
    direction: Direction
    length: int
    sessions: int
    nodes: tuple[PathNode, ...]
    links: tuple[PathLink, ...]
    paths: tuple[Path, ...]
    exits: tuple[PathEnd, ...]
    entries: tuple[PathEnd, ...]
    rare_nodes: int
    unlisted_paths: int
    unlisted_sessions: int
    words: Words
    batch: str | None
    sql: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The document with stable field names."""
        return {
            "window": self.window.to_json(),
            "anchor": self.anchor,
            "direction": self.direction,
            "length": self.length,
            "sessions": self.sessions,
            "nodes": [each.to_json() for each in self.nodes],
            "links": [each.to_json() for each in self.links],
            "paths": [each.to_json() for each in self.paths],
            "exits": [
                {"from": f"{each.step}:{each.name}", "sessions": each.sessions, "share": each.share}
                for each in self.exits
            ],
            "entries": [
                {"to": f"{each.step}:{each.name}", "sessions": each.sessions, "share": each.share}
                for each in self.entries
            ],
            "pruned": {
                "nodes": self.rare_nodes,
                "paths": self.unlisted_paths,
                "sessions": self.unlisted_sessions,
            },
            "words": self.words.to_json(),
            "batch": self.batch,
            "sql": list(self.sql),
        }
