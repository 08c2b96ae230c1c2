"""Collection: events from sites and servers, safe on disk before they are acknowledged."""

from zhanggui.engines.collection.journal import Journal, journal_of
from zhanggui.engines.collection.keys import (
    Access,
    Keys,
    access_of,
    allow_origins,
    current_key,
    new_key,
    origin_matches,
    revoke_key,
)
from zhanggui.engines.collection.types import START, Entry, Event, Position, Record, Reject, Waiting, events_of
from zhanggui.engines.collection.writing import Commit, JournalWriter

__all__ = [
    "START",
    "Access",
    "Commit",
    "Entry",
    "Event",
    "Journal",
    "JournalWriter",
    "Keys",
    "Position",
    "Record",
    "Reject",
    "Waiting",
    "access_of",
    "allow_origins",
    "current_key",
    "events_of",
    "journal_of",
    "new_key",
    "origin_matches",
    "revoke_key",
]
