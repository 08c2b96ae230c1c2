"""Blocks to HTML: the only place where a page becomes markup. All text is escaped."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from zhanggui.web.blocks import Block, has_chart
from zhanggui.web.frame import Frame

STATIC = ("zhanggui.css", "zhanggui.js", "charts.js", "icon.svg", "vendor/echarts.custom.min.js")
_SCRIPT_SAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def page_html(frame: Frame, blocks: Sequence[Block]) -> str:
    """The whole page: frame around blocks."""
    page = _environment().get_template("templates/page.html")
    return page.render(frame=frame, blocks=blocks, t=frame.t, charts=has_chart(blocks))


def data_json(data: Any) -> Markup:
    """``data`` as JSON for a data element of a page; nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
    return Markup(text.translate(_SCRIPT_SAFE))  # noqa: S704 -- every character that HTML could read is escaped


def prose(text: str) -> str:
    """``text`` with its numbers kept whole at the end of a line: 6.1 % and +£12k never part."""
    return re.sub(r"([+\u2212])(?=[^\s\d])", "\\1\u2060", text.replace(" %", "\u00a0%"))


@lru_cache(maxsize=32)
def static_address(name: str) -> str:
    """Address of a static file that changes with its content, so that browsers may keep it for good."""
    return f"/static/{name}?v={hashlib.sha256(static_bytes(name)).hexdigest()[:12]}"


@lru_cache(maxsize=32)
def static_bytes(name: str) -> bytes:
    """Content of one of the files that the cockpit serves.

    Raises:
        KeyError: any other name.
    """
    if name not in STATIC:
        raise KeyError(name)
    return files("zhanggui.web").joinpath("static", *name.split("/")).read_bytes()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("zhanggui.web", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"static": static_address}
    environment.filters |= {"data": data_json, "prose": prose}
    return environment
