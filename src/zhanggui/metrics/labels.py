"""How groups are named: buckets of time are positions inside, labels outside."""

from __future__ import annotations

from datetime import date, timedelta

from zhanggui.basics.periods import GRAINS, Window, bucket_after, bucket_label, bucket_start
from zhanggui.metrics.question import Key


def bucket_at(grain: str, number: int, window: Window) -> date:
    """First day of the bucket that is ``number`` buckets after the first of the window."""
    start = bucket_start(window.from_, grain)
    if grain == "day":
        return start + timedelta(number)
    for _ in range(number):
        start = bucket_after(start, grain)
    return start


def label_of(name: str, value: int, window: Window) -> Key:
    """How a number of a time dimension is written: a bucket by its label, a weekday or hour as it is."""
    return bucket_label(bucket_at(name, value, window), name) if name in GRAINS else value


def shown(name: str, value: Key, window: Window) -> Key:
    """A key as the answer shows it."""
    return label_of(name, value, window) if isinstance(value, int) else value


def position_of(grain: str, label: Key, window: Window) -> int:
    """The inverse of :func:`label_of` for buckets."""
    starts = bucket_start(window.from_, grain)
    number = 0
    while bucket_label(starts, grain) != label:
        starts, number = bucket_after(starts, grain), number + 1
    return number


def sortable(group: tuple[Key, ...]) -> tuple[tuple[int, str, int], ...]:
    """An order for keys of mixed kinds: nulls last, numbers by size, words by letters."""
    return tuple((1, "", 0) if key is None else (0, "", key) if isinstance(key, int) else (0, key, 0) for key in group)
