"""NumPy arrays become Arrow columns, without a Python object per row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Longs = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

MONEY = pa.decimal128(18, 4)
_DIGITS = np.array([list(f"{number:03d}".encode()) for number in range(1000)], np.uint8)


def ids(prefix: str, numbers: Ints, digits: int) -> pa.Array:
    """Texts such as ``O00000012``; a negative number is null.

    Up to 12 characters stay inside a value of most columnar engines, so keep them that short.
    """
    valid = numbers >= 0
    some = int(np.count_nonzero(valid))
    if some * 4 < len(valid):
        # Mostly null: write the few texts there are and point to them.
        place = np.cumsum(valid) - 1
        return _texts(prefix, numbers[valid], digits).take(pa.array(place, mask=~valid))
    if some == len(valid):
        return _texts(prefix, numbers, digits)
    texts = _texts(prefix, np.maximum(numbers, 0), digits)
    return pa.Array.from_buffers(pa.string(), len(valid), [_validity(valid), *texts.buffers()[1:]])


def _texts(prefix: str, numbers: Ints, digits: int) -> pa.Array:
    rest = numbers.astype(np.int64)
    head, width = len(prefix), len(prefix) + digits
    letters = np.empty((len(rest), width), np.uint8)
    letters[:, :head] = np.frombuffer(prefix.encode(), np.uint8)
    end = width
    while end > head:
        begin = max(end - 3, head)
        quotient = rest // 1000
        letters[:, begin:end] = _DIGITS[rest - quotient * 1000, 3 - (end - begin) :]
        rest, end = quotient, begin
    offsets = np.arange(0, (len(rest) + 1) * width, width, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(rest), [None, pa.py_buffer(offsets), pa.py_buffer(letters)])


def words(codes: Ints, values: Sequence[str | None]) -> pa.Array:
    """Texts looked up by code; a negative code, and a code whose value is None, are null."""
    known = np.array([value is not None for value in values], np.bool_)
    texts = pa.array([value or "" for value in values], pa.string())
    size = np.int16 if len(values) < 32_000 else np.int32
    safe: Ints = codes.astype(size)
    missing: Flags = np.asarray(safe < 0, np.bool_)
    if len(values) and not known.all():
        missing = missing | ~known[np.maximum(safe, 0)]
    indices = pa.array(safe, mask=missing if missing.any() else None)
    return pa.DictionaryArray.from_arrays(indices, texts)


def same(value: str, count: int) -> pa.Array:
    """The same text ``count`` times."""
    return words(np.zeros(count, np.int8), (value,))


def money(cents: Ints, missing: Flags | None = None) -> pa.Array:
    """Whole cents as decimals with four places."""
    return _decimal(cents.astype(np.int64) * 100, missing)


def pieces(quantity: Ints, missing: Flags | None = None) -> pa.Array:
    """Whole pieces as decimals with four places."""
    return _decimal(quantity.astype(np.int64) * 10_000, missing)


def numbers(values: NDArray[Any], missing: Flags | None = None) -> pa.Array:
    """Numbers as they are, null where ``missing``."""
    return pa.array(values, mask=missing)


def nothing(count: int, kind: pa.DataType) -> pa.Array:
    """``count`` nulls."""
    return pa.nulls(count, kind)


def _decimal(tenthousandths: Longs, missing: Flags | None) -> pa.Array:
    wide = np.empty((len(tenthousandths), 2), np.int64)
    wide[:, 0] = tenthousandths
    wide[:, 1] = tenthousandths >> 63
    valid = None if missing is None else _validity(~missing)
    return pa.Array.from_buffers(MONEY, len(tenthousandths), [valid, pa.py_buffer(wide)])


def _validity(valid: Flags) -> pa.Buffer | None:
    if valid.all():
        return None
    return pa.py_buffer(np.packbits(valid, bitorder="little"))
