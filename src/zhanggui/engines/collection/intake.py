"""A request body becomes checked events: one object, an array, or one object per line.

Bodies of well-behaved senders are decoded, checked and written again by the strict decoder, at some microseconds per
event. What it refuses is looked at event by event (:mod:`cleaning`).
"""

from __future__ import annotations

import json
import re
import time
import zlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn

import msgspec

from zhanggui.basics.errors import DataError
from zhanggui.basics.words import Words
from zhanggui.engines.collection.cleaning import COLUMNS, FIRST_MOMENT, Unfit, cleaned, fits, shown
from zhanggui.engines.collection.types import Event, Reject
from zhanggui.store.importing.casting import last_moment

MOST_BODY = 1_000_000  # bytes of a request, also after unpacking
LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines"})
CONTENT_TYPES = frozenset({"application/json", "text/plain", "", *LINES})

_events = msgspec.json.Decoder(list[Event])
_event = msgspec.json.Decoder(Event)
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_any = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder(decimal_format="number").encode
_LOST_ID = re.compile(rb"\d[eE]\+\d\d")
_BLANK = re.compile(rb"\\(?:[tnr]|u00)")
_TEXTS = tuple(column.name for column in COLUMNS if column.kind in ("id", "text") and not column.choices)
_DEEP = Words("The JSON is nested too deeply; an event is a flat object.", "JSON 嵌套过深；事件应是扁平的对象。")
_EMPTY = Words("The body holds no event.", "请求正文中没有事件。")
_NOT_UTF8 = Words("The body is not UTF-8 text.", "请求正文不是 UTF-8 文本。")
_NO_EVENT = Words("is no event; an object such as {...} is expected", "不是事件；应为 {...} 形式的对象")


class Intake(msgspec.Struct, frozen=True):
    """The acceptable events as a JSON array, their number, and what was refused."""

    events: bytes
    accepted: int
    rejects: tuple[Reject, ...]


class TooLarge(DataError):
    """A body is larger than what one request may bring."""


def unpacked(body: bytes, most: int = MOST_BODY) -> bytes:
    """``body``, which was packed with gzip.

    Raises:
        DataError: it is not packed with gzip.
        TooLarge: there is more than ``most`` bytes in it.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(body, most + 1)
    except zlib.error:
        found = b""
    if len(found) > most:
        raise too_large(most)
    if not unpacker.eof:
        raise DataError("The body is not packed with gzip.", zh="请求正文不是 gzip 格式。")
    return found


def too_large(most: int = MOST_BODY) -> TooLarge:
    """The error for a body that is larger than ``most`` bytes."""
    return TooLarge(
        f"The request is larger than {most:,} bytes; send fewer events at once.",
        zh=f"请求超过 {most:,} 字节；请减少每次发送的事件数。",
    )


def take(body: bytes, content_type: str = "") -> Intake:
    """The events in ``body``; those that break a rule are refused one by one.

    Raises:
        DataError: the body is no JSON, holds no event, or is nested too deeply.
    """
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        _fail(_EMPTY)
    try:
        quick = _quick(text, _last_moment(int(time.time()) // 60))
        if quick is not None:
            return Intake(_encode(quick), len(quick), ())
        return _patient(text, content_type)
    except RecursionError:
        _fail(_DEEP)
    except UnicodeDecodeError:
        _fail(_NOT_UTF8)


@lru_cache(maxsize=1)
def _last_moment(_minute: int) -> datetime:
    return last_moment()


def _quick(text: bytes, last: datetime) -> list[Event] | None:
    """The events when every one of them is plainly good, else None."""
    if b"\\u0000" in text or ((b"E+" in text or b"e+" in text) and _LOST_ID.search(text)):
        return None
    events = _decoded(text)
    if events is None or (_has_blanks(text) and any(map(_needs_trimming, events))):
        return None
    for event in events:
        if not (
            event.event_id[0] > " "
            and event.event_id[-1] > " "
            and event.visitor_id[0] > " "
            and event.visitor_id[-1] > " "
            and (when := event.occurred_at).tzinfo is UTC
            and FIRST_MOMENT <= when <= last
            and (event.value is None or fits(event.value))
            and (event.quantity is None or fits(event.quantity))
            and ((sent := event.sent_at) is None or (sent.tzinfo is UTC and FIRST_MOMENT <= sent <= last))
        ):
            return None
    return events or None


def _has_blanks(text: bytes) -> bool:
    """Whether a text in the JSON may be empty, or begin or end with a blank; compact JSON with neither has no sign."""
    return b'" ' in text or b' "' in text or b'""' in text or (b"\\" in text and _BLANK.search(text) is not None)


def _needs_trimming(event: Event) -> bool:
    values = map(event.__getattribute__, _TEXTS)
    return any(value is not None and (not value or value[0] <= " " or value[-1] <= " ") for value in values)


def _decoded(text: bytes) -> list[Event] | None:
    try:
        return _events.decode(text) if text[0] == 0x5B else [_event.decode(text)]
    except msgspec.ValidationError:
        return None
    except msgspec.DecodeError:
        if b"\n" not in text:
            return None
    try:
        return _event.decode_lines(text)
    except msgspec.DecodeError:
        return None


def _patient(text: bytes, content_type: str) -> Intake:
    events: list[Event] = []
    rejects: list[Reject] = []
    for index, part in enumerate(_parts(text, content_type)):
        try:
            raw = _object(part)
            if not isinstance(raw, dict):
                raise Unfit("", shown(raw), _NO_EVENT)
            events.append(cleaned(raw))
        except Unfit as unfit:
            rejects.append(Reject(index, unfit.column, unfit.value, unfit.reason))
    return Intake(_encode(events), len(events), tuple(rejects))


def _parts(text: bytes, content_type: str) -> list[Any]:
    """The elements of an array, the one object, or the lines, not yet understood or already objects."""
    lines = content_type in LINES
    if text[0] == 0x5B and not (lines and b"\n" in text and not _is_json(text)):
        parts = _array(text)
        if not parts:
            _fail(_EMPTY)
        return parts
    if not lines and b"\n" not in text:
        return [_whole(text)]
    if not lines and _is_json(text):
        return [text]
    parts = [line for line in (line.strip() for line in text.split(b"\n")) if line]
    if not any(map(_is_json, parts)):
        _whole(text)  # says what is wrong with it
    return parts


def _array(text: bytes) -> list[Any]:
    try:
        return list(_raws.decode(text))
    except msgspec.DecodeError:
        found = _whole(text)
        return found if isinstance(found, list) else [found]


def _object(part: Any) -> Any:
    """The JSON value that ``part`` is; a line that is no JSON is refused alone."""
    if not isinstance(part, bytes | msgspec.Raw):
        return part
    try:
        return _any.decode(part)
    except msgspec.DecodeError:
        pass
    try:
        return _loads(bytes(part))
    except (ValueError, RecursionError):
        raise Unfit("", bytes(part).decode("utf-8", "replace"), Words("is no JSON", "不是 JSON")) from None


def _is_json(text: bytes) -> bool:
    try:
        _loads(text)
    except ValueError:
        return False
    return True


def _whole(text: bytes) -> Any:
    try:
        return _loads(text)
    except UnicodeDecodeError:
        raise
    except ValueError as error:
        where = str(error) if isinstance(error, json.JSONDecodeError) else "a number is none"
        raise DataError(
            f"The body is no JSON: {where}. Send one event, an array of events, or one event per line.",
            zh=f"请求正文不是 JSON：{where}。请发送一个事件、事件数组，或每行一个事件。",
        ) from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _loads(text: bytes) -> Any:
    """Unlike the strict decoder it takes halves of pairs, which browsers send for a cut emoji."""
    return json.loads(text.decode(), parse_constant=_no_constant)


def _fail(words: Words) -> NoReturn:
    raise DataError(words.en, zh=words.zh)
