"""Geometry of the small drawings that come ready from the server: sparklines and bars in cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhanggui.web.blocks import Bar, Spark, Tone

WIDTH, HEIGHT, EDGE = 100.0, 28.0, 3.0
MOST_POINTS = 92  # a longer line is drawn by means of neighbours: a sparkline is some 200 pixels wide


def spark(values: Sequence[float | None], other: Sequence[float | None] = (), label: str = "") -> Spark | None:
    """A line of ``values`` (with ``other`` behind it, dashed); None with fewer than two known values.

    The scale runs from the smallest to the largest value of both lines: a sparkline shows shape, not size.
    """
    values, other = _thinned(values), _thinned(other)
    known = [value for value in (*values, *other) if value is not None]
    if len([value for value in values if value is not None]) < 2:
        return None
    low, high = min(known), max(known)
    last = next(((x, y) for x, y in reversed(_points(values, low, high)) if y is not None), None)
    return Spark(
        line=_path(_points(values, low, high)),
        other=_path(_points(other, low, high)) if len(other) > 1 else "",
        last=last if last is None or last[1] is None else (last[0], last[1]),
        label=label,
    )


def _thinned(values: Sequence[float | None]) -> list[float | None]:
    step = -(-len(values) // MOST_POINTS)
    if step <= 1:
        return list(values)
    groups = [[value for value in values[at : at + step] if value is not None] for at in range(0, len(values), step)]
    return [sum(group) / len(group) if group else None for group in groups]


def _points(values: Sequence[float | None], low: float, high: float) -> list[tuple[float, float | None]]:
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    span = high - low
    room = HEIGHT - 2 * EDGE
    return [
        (
            round(EDGE + step * index, 2),
            None if value is None else round(HEIGHT / 2 if span == 0 else EDGE + room * (1 - (value - low) / span), 2),
        )
        for index, value in enumerate(values)
    ]


def _path(points: Sequence[tuple[float, float | None]]) -> str:
    """The known points joined; a gap of unknown ones is bridged, since a sparkline shows shape only."""
    known = [f"{x:g} {y:g}" for x, y in points if y is not None]
    return f"M{'L'.join(known)}" if known else ""


def bars(values: Sequence[float | None], tones: Sequence[Tone] = ()) -> list[Bar | None]:
    """One bar per value, all from the same zero; negative ones to its left."""
    known = [value for value in values if value is not None]
    if not known or max(known) == min(known) == 0:
        return [None] * len(values)
    low, high = min(0.0, *known), max(0.0, *known)
    scale = 100 / (high - low)
    zero = round(-low * scale, 3)
    found: list[Bar | None] = []
    for index, value in enumerate(values):
        if value is None:
            found.append(None)
            continue
        left = zero + min(value, 0.0) * scale
        tone = tones[index] if index < len(tones) else "accent"
        found.append(Bar(round(left, 3), round(abs(value) * scale, 3), tone, zero if low < 0 else None))
    return found


@dataclass(frozen=True)
class Fall:
    """The bars of a waterfall: its start, each step, its end; ``cut`` when the axis does not begin at zero."""

    start: Bar
    steps: tuple[Bar, ...]
    end: Bar
    cut: bool


def waterfall(before: float, after: float, steps: Sequence[tuple[float, float]], better: str = "up") -> Fall:
    """Floating bars for ``steps``, each (level where it begins, signed size), between two whole bars.

    Steps may be nested: a child begins where its parent begins. All bars share one axis. It begins at zero,
    unless the steps would then be slivers: then it begins below the lowest point and ``cut`` says so.
    """
    levels = [before, after, *(level for level, _ in steps), *(level + size for level, size in steps)]
    floor, top = _frame(levels)
    scale = 100 / (top - floor) if top > floor else 0.0
    ground = max(floor, 0.0) if top > 0 else min(top, 0.0)
    zero = round(-floor * scale, 3) if floor < 0 < top else None

    def bar(one: float, two: float, tone: Tone) -> Bar:
        left, right = sorted(((one - floor) * scale, (two - floor) * scale))
        return Bar(round(min(left, 99.6), 3), round(max(right - left, 0.4), 3), tone, zero)

    def tone(size: float) -> Tone:
        if better not in ("up", "down") or size == 0:
            return "accent" if size else "flat"
        return "good" if (size > 0) == (better == "up") else "bad"

    return Fall(
        start=bar(ground, before, "flat"),
        steps=tuple(bar(level, level + size, tone(size)) for level, size in steps),
        end=bar(ground, after, "flat"),
        cut=floor > 0,
    )


def _frame(levels: Sequence[float]) -> tuple[float, float]:
    low, high = min(levels), max(levels)
    reach = high - low
    if low > 0 and 0 < reach < 0.35 * high:
        return max(0.0, low - reach * 0.6), high
    return min(0.0, low), max(0.0, high)
