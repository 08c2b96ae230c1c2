"""Entries as bytes: length, checksum, then the entry; a record that was not wholly written is recognised."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

import msgspec

from zhanggui.basics.words import Words
from zhanggui.engines.collection.types import Entry, Reject

MAGIC = b"ZGJRNL1\n"  # the first bytes of every segment
MOST_BYTES = 64 * 1024 * 1024  # of one record; a length above it is damage

_FRAME = struct.Struct("<II")  # bytes of the payload, its CRC-32
_HEAD = struct.Struct("<qIII")  # received_at in microseconds since 1970, accepted, rejected, bytes of the events
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
HEAD_BYTES = _FRAME.size + _HEAD.size

_Reject = tuple[int, str, str, str, str]
_Rest = tuple[str, str, str, list[_Reject]]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Rest).decode


class Torn(Exception):
    """The bytes are no whole record: its writer was killed, or is writing it now."""


def framed(entry: Entry) -> bytes:
    """``entry`` as the bytes of one record."""
    rejects = [(r.index, r.column, r.value, r.reason.en, r.reason.zh) for r in entry.rejects]
    received = (entry.received_at - _EPOCH) // _MICROSECOND
    head = _HEAD.pack(received, entry.accepted, len(rejects), len(entry.events))
    payload = b"".join((head, entry.events, _encode((entry.user_agent, entry.country, entry.origin, rejects))))
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def read_entry(file: BinaryIO) -> tuple[Entry, int] | None:
    """The next entry of ``file`` and the bytes of its record; None at the end.

    Raises:
        Torn: what follows is no whole record.
    """
    frame = file.read(_FRAME.size)
    if not frame:
        return None
    length, checksum = _unframed(frame)
    payload = file.read(length)
    if len(payload) < length or zlib.crc32(payload) != checksum:
        raise Torn
    received, accepted, _, size = _HEAD.unpack_from(payload)
    end = _HEAD.size + size
    agent, country, origin, rejects = _decode(memoryview(payload)[end:])
    entry = Entry(
        received_at=_EPOCH + timedelta(microseconds=received),
        events=payload[_HEAD.size : end],
        accepted=accepted,
        rejects=tuple(Reject(index, column, value, Words(en, zh)) for index, column, value, en, zh in rejects),
        user_agent=agent,
        country=country,
        origin=origin,
    )
    return entry, _FRAME.size + length


def read_head(file: BinaryIO) -> tuple[datetime, int, int, int] | None:
    """Time, accepted, rejected and bytes of the next record, which is skipped; None at the end.

    Raises:
        Torn: what follows is no beginning of a record.
    """
    head = file.read(HEAD_BYTES)
    if not head:
        return None
    length, _ = _unframed(head)
    if len(head) < HEAD_BYTES:
        raise Torn
    received, accepted, rejected, _ = _HEAD.unpack_from(head, _FRAME.size)
    file.seek(length - _HEAD.size, 1)
    return _EPOCH + timedelta(microseconds=received), accepted, rejected, _FRAME.size + length


def _unframed(frame: bytes) -> tuple[int, int]:
    if len(frame) < _FRAME.size:
        raise Torn
    length, checksum = _FRAME.unpack_from(frame)
    if not _HEAD.size <= length <= MOST_BYTES:
        raise Torn
    return int(length), int(checksum)
