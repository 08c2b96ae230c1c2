"""Moments of an event: the clock of the shop, and how long ago."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from zhanggui.web.page import Context


def moment_of(text: object, context: Context) -> datetime | None:
    """An ISO moment in the shop's time zone; None when there is none."""
    if not text:
        return None
    moment = datetime.fromisoformat(str(text))
    zone = ZoneInfo(context.shop.timezone)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def clock(text: object, context: Context, *, seconds: bool = False) -> str:
    """``14:05`` or ``14:05:31`` in the shop's zone; an en dash without a moment."""
    moment = moment_of(text, context)
    return "–" if moment is None else f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"


def day_and_clock(text: object, context: Context) -> str:
    """``3 Feb 2011 14:05`` in the shop's zone; an en dash without a moment."""
    moment = moment_of(text, context)
    return "–" if moment is None else f"{context.day(moment.date())} {moment:%H:%M}"
