"""The shapes of results, as small JSON schemas: what OpenAPI shows and tests check."""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]

TEXT: Shape = {"type": "string"}
NUMBER: Shape = {"type": "number"}
COUNT: Shape = {"type": "integer"}
FLAG: Shape = {"type": "boolean"}
DAY: Shape = {"type": "string", "format": "date"}
MOMENT: Shape = {"type": "string", "format": "date-time"}
ANY: Shape = {}


def maybe(shape: Shape) -> Shape:
    """``shape`` or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def many(shape: Shape) -> Shape:
    """A list of ``shape``."""
    return {"type": "array", "items": shape}


def by_name(shape: Shape) -> Shape:
    """An object whose values, under any name, are of ``shape``."""
    return {"type": "object", "additionalProperties": shape}


def record(optional: dict[str, Shape] | None = None, /, **parts: Shape) -> Shape:
    """An object with all ``parts`` (a trailing ``_`` of a name is dropped) and maybe the ``optional`` ones."""
    named = {name.rstrip("_"): shape for name, shape in parts.items()}
    return {"type": "object", "properties": {**named, **(optional or {})}, "required": sorted(named)}


WINDOW: Shape = record(from_=DAY, to=DAY)
WORDS: Shape = record(en=TEXT, zh=TEXT)
CELL: Shape = record(
    {"share": maybe(NUMBER)},
    value=maybe(NUMBER),
    against=maybe(NUMBER),
    change=maybe(NUMBER),
    change_rate=maybe(NUMBER),
)
POINT: Shape = {"type": "array", "prefixItems": [DAY, maybe(NUMBER)], "minItems": 2, "maxItems": 2}
ERROR: Shape = record(error=record(kind=TEXT, message=TEXT, suggestions=many(TEXT)))
