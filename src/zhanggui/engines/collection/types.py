"""What crosses the border of the collection: events, entries and records of the journal, positions in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from zhanggui.basics.words import Words

MOST_ID = 256  # characters of an id
MOST_TEXT = 2_048  # characters of a text
MOST_ADDRESS = 8_192  # characters of an address of a page
MOST_COUNT = 2**63 - 1

EventName = Literal[
    "page_view",
    "view_item_list",
    "view_item",
    "select_item",
    "add_to_cart",
    "remove_from_cart",
    "begin_checkout",
    "add_shipping_info",
    "add_payment_info",
    "purchase",
    "refund",
    "search",
    "sign_up",
    "login",
    "select_promotion",
    "web_vitals",
    "error",
]
PageType = Literal["home", "category", "item", "search", "cart", "checkout", "account", "other"]

_RequiredId = Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_ID)]
_Id = Annotated[str, msgspec.Meta(max_length=MOST_ID)]
_Text = Annotated[str, msgspec.Meta(max_length=MOST_TEXT)]
_Address = Annotated[str, msgspec.Meta(max_length=MOST_ADDRESS)]
_Count = Annotated[int, msgspec.Meta(ge=-MOST_COUNT, le=MOST_COUNT)]


class Event(msgspec.Struct, omit_defaults=True, gc=False):
    """One event as the journal holds it: the columns of the table ``events``, then what the tracker adds.

    Every value fits the shop model: times are in UTC and between 1990 and two years from now, amounts have at most
    four decimals, texts no NUL. ``referrer``, ``sent_at``, ``timezone``, ``language``, ``title`` and ``screen`` are no
    columns; they serve to find the source, the true time and the place of the event.
    """

    event_id: _RequiredId
    occurred_at: datetime
    visitor_id: _RequiredId
    event: EventName
    customer_id: _Id | None = None
    session_id: _Id | None = None
    page_type: PageType | None = None
    page_url: _Address | None = None
    product_id: _Id | None = None
    order_id: _Id | None = None
    query: _Text | None = None
    result_count: _Count | None = None
    quantity: Decimal | None = None
    value: Decimal | None = None
    source: _Text | None = None
    medium: _Text | None = None
    campaign_id: _Id | None = None
    device: _Text | None = None
    os: _Text | None = None
    browser: _Text | None = None
    country: _Text | None = None
    region: _Text | None = None
    load_ms: float | None = None
    lcp_ms: float | None = None
    inp_ms: float | None = None
    cls: float | None = None
    ttfb_ms: float | None = None
    is_bot: bool | None = None
    referrer: _Address | None = None
    sent_at: datetime | None = None
    timezone: _Text | None = None
    language: _Text | None = None
    title: _Text | None = None
    screen: _Text | None = None


@dataclass(frozen=True, order=True)
class Position:
    """A place in a journal: just behind a record. ``offset`` counts bytes from the start of the segment."""

    segment: int
    offset: int


START = Position(0, 0)


@dataclass(frozen=True)
class Reject:
    """An event that was kept aside: its place in the request, the column, what stood there, and why."""

    index: int
    column: str
    value: str
    reason: Words


class Entry(msgspec.Struct, frozen=True):  # made for every request, in a tenth of the time of a frozen dataclass
    """What one request brings: ``events`` is a JSON array of ``accepted`` events, ``rejects`` what was refused.

    ``user_agent``, ``country`` (ISO code from a header of the delivery network) and ``origin`` are "" when unknown.
    """

    received_at: datetime
    events: bytes
    accepted: int
    rejects: tuple[Reject, ...] = ()
    user_agent: str = ""
    country: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Record:
    """An entry as read from the journal; ``position`` lies behind it: go on reading there."""

    position: Position
    entry: Entry


@dataclass(frozen=True)
class Waiting:
    """What a journal holds behind a position; ``oldest_at`` and ``newest_at`` are None when that is nothing."""

    events: int
    rejects: int
    bytes: int
    oldest_at: datetime | None
    newest_at: datetime | None


_EVENTS = msgspec.json.Decoder(list[Event])


def events_of(entry: Entry) -> list[Event]:
    """The accepted events of ``entry``, in the order of the request."""
    return _EVENTS.decode(entry.events)
