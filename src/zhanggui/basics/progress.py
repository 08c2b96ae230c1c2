"""How long work tells what it is doing, and how it is stopped."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called every so often by long work; may raise ``Stopped`` to end it without harm."""

    def __call__(self, stage: str, done: int, total: int | None = None) -> None:
        """``stage`` is a short phrase, ``done`` of ``total`` units (rows or bytes) are finished."""


class Stopped(Exception):
    """Raised inside long work when whoever asked for it no longer wants it."""


def silent(stage: str, done: int, total: int | None = None) -> None:
    """The progress of work that nobody watches."""
