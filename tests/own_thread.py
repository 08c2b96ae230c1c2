"""Coroutines in a thread of their own: the browser's driver keeps a running loop in the main one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def run_to_end(work: Coroutine[object, object, T]) -> T:
    """What ``work`` gives, run in a loop of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
