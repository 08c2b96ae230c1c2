"""Settings as TOML text, and files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.basics.errors import DefinitionError


def toml_text(values: Mapping[str, Any]) -> str:
    """``values`` as TOML: text, numbers, yes/no, lists, tables and lists of tables.

    >>> print(toml_text({"name": "Gifts", "watched": [{"source": "tables"}]}))
    name = "Gifts"
    <BLANKLINE>
    [[watched]]
    source = "tables"
    <BLANKLINE>
    """
    return "\n".join(_lines(values, ())) + "\n"


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write ``text`` to ``path`` so that a reader sees either the old file or the whole new one.

    Raises:
        OSError: the folder cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _lines(values: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    plain = {key: value for key, value in values.items() if not _is_table(value) and not _is_tables(value)}
    lines = [f"{_key(key)} = {_value(key, value)}" for key, value in plain.items()]
    for key, value in values.items():
        here = (*path, key)
        title = ".".join(_key(part) for part in here)
        if _is_table(value):
            lines += ["", f"[{title}]", *_lines(value, here)]
        elif _is_tables(value):
            for item in value:
                lines += ["", f"[[{title}]]", *_lines(item, here)]
    return lines


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _key(key: str) -> str:
    plain = key.isascii() and key.replace("_", "a").replace("-", "a").isalnum()
    return key if plain else json.dumps(key, ensure_ascii=False)


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON text is TOML text, except that TOML also wants the delete character escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(key, item) for item in value) + "]"
    raise DefinitionError(
        f"The setting {key!r} cannot be kept: {type(value).__name__} is no value of a settings file.",
        zh=f"设置 {key!r} 无法保存：{type(value).__name__} 不能作为设置文件的值。",
    )
