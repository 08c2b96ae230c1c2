"""Which source can read some files: every source looks at their beginnings, exactly one must know them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from zhanggui.basics.errors import DataError
from zhanggui.connectors.source import FileHead, Head, sources
from zhanggui.connectors.text_file import open_rows
from zhanggui.connectors.text_file_bytes import encoding_of, open_text, shape_of

MOST_FILES = 60  # enough to know what a folder holds
TEXT = 8_000


def detect_source(paths: Sequence[Path]) -> str:
    """The name of the source that knows the given files and folders.

    Raises:
        DataError: none knows them, several do, or a file cannot be read; says what to do.
    """
    head = head_of(paths)
    names = [name for name, source in sources().items() if source.detect(head)]
    if len(names) == 1:
        return names[0]
    shown = ", ".join(file.path.name for file in head.files[:5]) + (" ..." if len(head.files) > 5 else "")
    if names:
        raise DataError(
            f"{shown}: this may be {' or '.join(names)}; say which, as in: zhanggui import SHOP {names[0]} PATH.",
            zh=(f"{shown}：可能是 {' 或 '.join(names)}；请指明来源，例如：zhanggui import SHOP {names[0]} PATH。"),
            suggestions=names,
        )
    first = head.files[0]
    columns = f" with columns {', '.join(first.columns[:12])}" if first.columns else ""
    with_columns = f"列为 {'、'.join(first.columns[:12])} 的" if first.columns else "这样的"
    raise DataError(
        f"{shown}: no source knows a file{columns}. Name the source yourself (zhanggui sources lists them), or write a "
        f"mapping: zhanggui suggest-map {first.path.name} > {first.path.stem}.map.toml",
        zh=(
            f"{shown}：没有来源认识{with_columns}文件。请自行指定来源（zhanggui sources 列出全部），"
            f"或编写映射：zhanggui suggest-map {first.path.name} > {first.path.stem}.map.toml"
        ),
        suggestions=("mapped",),
    )


def head_of(paths: Iterable[Path]) -> Head:
    """The beginnings of the given files and of the files in the given folders.

    Raises:
        DataError: a path is not there or holds no file.
    """
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            shape_of(path)
            files.append(path)
            continue
        inside = [item for item in sorted(path.iterdir()) if item.is_file() and not item.name.startswith(".")]
        if not inside:
            raise DataError(
                f"{path} holds no files; name the folder or the files that the platform exported.",
                zh=f"{path} 中没有文件；请指定平台导出的文件夹或文件。",
            )
        files += inside
    if not files:
        raise DataError(
            "No file is named; name the files or folders that the platform exported.",
            zh="没有指定文件；请指定平台导出的文件或文件夹。",
        )
    return Head(tuple(_file_head(path) for path in files[:MOST_FILES]))


def _file_head(path: Path) -> FileHead:
    """What can be seen of a file; one that is no table still has its name and its text."""
    name, text = path.name.lower(), ""
    try:
        if shape_of(path) == "text":
            text = _text_of(path)
        rows = open_rows(path)
    except DataError:
        return FileHead(path, name, text=text)
    return FileHead(path, name, rows.columns, rows.sample[:10], text)


def _text_of(path: Path) -> str:
    file, _ = open_text(path, encoding_of(path))
    try:
        return file.read(TEXT)
    except EOFError:
        return ""
    finally:
        file.close()
