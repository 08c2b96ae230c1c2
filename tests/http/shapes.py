"""Check a JSON value against the small JSON schemas that verbs give."""

from __future__ import annotations

from typing import Any

KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


def misfits(value: Any, shape: dict[str, Any], place: str = "$") -> list[str]:
    """Where ``value`` does not have ``shape``; empty when it does."""
    if "anyOf" in shape:
        tries = [misfits(value, each, place) for each in shape["anyOf"]]
        return [] if any(not found for found in tries) else min(tries, key=len)
    kind = shape.get("type")
    if kind is None:
        return []
    if not isinstance(value, KINDS[kind]) or (kind != "boolean" and isinstance(value, bool)):
        return [f"{place}: expected {kind}, found {value!r}"]
    if kind == "object":
        return _object(value, shape, place)
    if kind == "array":
        return _array(value, shape, place)
    return []


def _object(value: dict[str, Any], shape: dict[str, Any], place: str) -> list[str]:
    found = [f"{place}: {name} is missing" for name in shape.get("required", ()) if name not in value]
    named = shape.get("properties", {})
    rest = shape.get("additionalProperties")
    for name, item in value.items():
        one = named.get(name, rest)
        if isinstance(one, dict):
            found += misfits(item, one, f"{place}.{name}")
    return found


def _array(value: list[Any], shape: dict[str, Any], place: str) -> list[str]:
    found = []
    for number, item in enumerate(value):
        first = shape.get("prefixItems", ())
        one = first[number] if number < len(first) else shape.get("items", {})
        found += misfits(item, one, f"{place}[{number}]")
    return found
