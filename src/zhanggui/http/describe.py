"""The OpenAPI description of a verb, made from its spec."""

from __future__ import annotations

from typing import Any

from zhanggui.basics.words import LANGUAGES
from zhanggui.http.language import PARAM, WORDS
from zhanggui.loop.shapes import ERROR
from zhanggui.loop.verb import Param, Verb

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "path": {"type": "string"},
    "filter": {"type": "string", "pattern": "^[^=]+=.*$", "example": "country=France"},
    "day": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "count": {"type": "integer", "minimum": 0},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
}
REFUSALS = {
    403: "the host or the site is refused",
    404: "unknown shop, KPI, dimension, value, source",
    409: "a rule or guard refused",
    422: "wrong parameters, data or definitions, or not measurable",
    503: "disk, network or another process failed",
}


def summary(verb: Verb) -> str:
    """The verb's words in both languages, for the list of routes."""
    return f"{verb.words.en} · {verb.words.zh}"


def description(verb: Verb) -> str:
    """The verb's text in both languages, with the command that does the same."""
    return f"{verb.doc.en}\n\n{verb.doc.zh}\n\n`{verb.example}`"


def responses(verb: Verb) -> dict[int | str, dict[str, Any]]:
    """The result and the refusals of a verb."""
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": "the result", "content": {"application/json": {"schema": dict(verb.gives)}}}
    }
    for status, words in REFUSALS.items():
        found[status] = {"description": words, "content": {"application/json": {"schema": ERROR}}}
    return found


def inputs(verb: Verb) -> dict[str, Any]:
    """Parameters of the query (reads) or the body (writes)."""
    language = {
        "name": PARAM,
        "in": "query",
        "required": False,
        "description": f"{WORDS.en} · {WORDS.zh}",
        "schema": {"type": "string", "enum": list(LANGUAGES)},
    }
    if verb.writes:
        schema = {
            "type": "object",
            "properties": {item.key: _schema(item) for item in verb.params},
            "required": [item.key for item in verb.params if item.required],
            "additionalProperties": False,
        }
        required = bool(schema["required"])
        body = {"required": required, "content": {"application/json": {"schema": schema}}}
        return {"requestBody": body, "parameters": [language]}
    return {"parameters": [*(_query(item) for item in verb.params), language]}


def _query(item: Param) -> dict[str, Any]:
    return {
        "name": item.key,
        "in": "query",
        "required": item.required,
        "description": f"{item.words.en} · {item.words.zh}",
        "schema": _schema(item, words=False),
    }


def _schema(item: Param, *, words: bool = True) -> dict[str, Any]:
    one = dict(_TYPES[item.kind])
    if item.choices:
        one["enum"] = list(item.choices)
    schema: dict[str, Any] = {"type": "array", "items": one} if item.repeated else one
    if words:
        schema["description"] = f"{item.words.en} · {item.words.zh}"
    return schema
