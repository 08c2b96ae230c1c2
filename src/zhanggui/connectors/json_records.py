"""Records of a JSON export: an array, pages after one another, one object per line, or one object that holds a list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhanggui.basics.errors import DataError
from zhanggui.basics.words import Words
from zhanggui.connectors.text_file_bytes import encoding_of, open_bytes, shape_of

CUT = Words("the file ends in the middle of this record; export it again", "文件在这条记录中间结束；请重新导出")
SHOWN = 40  # characters of a record that cannot be read; more might hold a name or an address
_BETWEEN = re.compile(r"[\s,\[\]]*")


@dataclass(frozen=True)
class JsonRecord:
    """One record: the line of the file it begins on and its fields; None when it is cut or no object."""

    line: int
    fields: dict[str, Any] | None
    text: str = ""


def json_records(path: Path, lists: Sequence[str] = ()) -> Iterator[JsonRecord]:
    """The records of ``path`` in order; a record that is cut at the end is given without fields.

    ``lists`` are the keys under which a wrapping object may hold the records. Numbers stay as written. The
    text of one file is held in memory.

    Raises:
        DataError: not JSON, empty, a folder.
    """
    if shape_of(path) != "text":
        raise DataError(
            f"{path.name} is not JSON; save the answer of the REST API as a .json file.",
            zh=f"{path.name} 不是 JSON；请将 REST API 的回答存为 .json 文件。",
        )
    with open_bytes(path) as file:
        text = file.read().decode(encoding_of(path), "replace").lstrip("\ufeff")
    if not text.lstrip().startswith(("[", "{")):
        raise DataError(
            f"{path.name} is not JSON: it begins with {text.strip()[:40]!r}; save the answer of the REST API.",
            zh=f"{path.name} 不是 JSON：其开头是 {text.strip()[:40]!r}；请保存 REST API 的回答。",
        )
    decoder = json.JSONDecoder(parse_float=str, parse_int=str)
    line, at = 1, 0
    while True:
        start = _BETWEEN.match(text, at)
        begin = start.end() if start else at
        line += text.count("\n", at, begin)
        if begin >= len(text):
            return
        try:
            value, at = decoder.raw_decode(text, begin)
        except json.JSONDecodeError:
            yield JsonRecord(line, None, text[begin : begin + SHOWN])
            return
        yield from _records(value, line, lists, text[begin : begin + SHOWN])
        line += text.count("\n", begin, at)


def _records(value: Any, line: int, lists: Sequence[str], shown: str) -> Iterator[JsonRecord]:
    if not isinstance(value, dict):
        yield JsonRecord(line, None, shown)
        return
    # A record of its own has an id, and may well hold lists of the same names.
    inside = None if "id" in value else next((value[name] for name in lists if isinstance(value.get(name), list)), None)
    if inside is None:
        yield JsonRecord(line, value)
        return
    for one in inside:
        yield JsonRecord(
            line, one if isinstance(one, dict) else None, "" if isinstance(one, dict) else str(one)[:SHOWN]
        )


def flat(fields: dict[str, Any]) -> dict[str, str]:
    """The plain fields as text ('' for nothing); lists and objects are left out.

    >>> flat({"id": "7", "paid": True, "note": None, "lines": []})
    {'id': '7', 'paid': 'true', 'note': ''}
    """
    return {
        name: "" if value is None else str(value).lower() if isinstance(value, bool) else str(value).strip()
        for name, value in fields.items()
        if not isinstance(value, list | dict)
    }


def objects(fields: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of the list ``name``; empty when there is none."""
    found = fields.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
