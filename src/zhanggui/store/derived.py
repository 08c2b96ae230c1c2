"""Derived tables: rebuilt in the transaction of the batch, for what the batch touched only."""

from __future__ import annotations

from typing import Any


def refresh(con: Any, timezone: str, changed: dict[str, str]) -> None:
    """Bring the derived tables up to date with the rows in the TEMP tables ``changed``."""
