"""What a source is: it reads the export of one system and yields rows of the shop model.

One file in ``connectors/sources`` adds one source; it declares ``SOURCE``. A source does not
check values (the store does, and keeps what it refuses); it only finds them, names them and
computes what the shop model needs. Rows that it cannot read at all it yields as ``Reject``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.basics.progress import Progress, silent
from zhanggui.basics.registry import discover
from zhanggui.basics.words import Words
from zhanggui.shop.rows import Piece

ENTRY_POINTS = "zhanggui.sources"


@dataclass(frozen=True)
class ShopFacts:
    """What a source may know of the shop: ``currency`` (ISO 4217) and ``timezone`` (IANA)."""

    currency: str
    timezone: str


@dataclass(frozen=True)
class Inputs:
    """What a source is given.

    ``paths`` are files or folders that exist; ``mapping`` is the mapping file of ``--map``;
    ``options`` are those of the source (texts); ``progress`` may be called every so often.
    """

    paths: tuple[Path, ...]
    settings: ShopFacts
    mapping: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    progress: Progress = silent


@dataclass(frozen=True)
class FileHead:
    """The beginning of one file, read tolerantly; whatever could not be read is empty.

    ``name`` is in lower case; ``columns`` are the stripped header cells; ``rows`` the first few
    rows; ``text`` the first few thousand characters ('' for Excel and Parquet).
    """

    path: Path
    name: str
    columns: tuple[str, ...] = ()
    rows: tuple[Mapping[str, str], ...] = ()
    text: str = ""

    def has(self, *columns: str) -> bool:
        """Whether all of ``columns`` are among the file's; case and outer spaces do not matter."""
        mine = {column.strip().lower() for column in self.columns}
        return all(column.strip().lower() in mine for column in columns)


@dataclass(frozen=True)
class Head:
    """What ``detect`` looks at: the beginnings of all given files (folders are listed)."""

    files: tuple[FileHead, ...]

    def any_has(self, *columns: str) -> bool:
        """Whether one of the files has all of ``columns``."""
        return any(file.has(*columns) for file in self.files)


@dataclass(frozen=True)
class Example:
    """A worked example: raw files and the rows they become.

    ``files``: file name -> content (text is written as UTF-8, bytes as they are).
    ``expect``: shop table -> its rows in order; only the columns named in a row are compared, as
    text ('' and None are the same, numbers by value, moments by instant).
    ``rejects``: number of rows the source itself refuses. ``platform_total``: the sum of its bridge
    items of that kind, None when it has none.
    """

    files: Mapping[str, str | bytes]
    expect: Mapping[str, Sequence[Mapping[str, object]]]
    rejects: int = 0
    platform_total: str | None = None
    settings: ShopFacts = ShopFacts("GBP", "Europe/London")
    mapping: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One system whose exports can be imported.

    ``words`` names it; ``doc`` says where in the platform the export comes from and what is special;
    ``tables`` are the shop tables it can deliver; ``detect`` looks at the head of the given
    files and says whether they are its own (it must be strict: True for one source only);
    ``read`` streams the pieces; ``examples`` prove it.
    """

    words: Words
    doc: Words
    tables: tuple[str, ...]
    detect: Callable[[Head], bool]
    read: Callable[[Inputs], Iterator[Piece]]
    examples: tuple[Example, ...]


@cache
def sources() -> dict[str, Source]:
    """All sources by name (file name with dashes), those of installed packages included.

    Raises:
        DefinitionError: a source without worked example or tables, or two of the same name.
    """
    import zhanggui.connectors.sources as folder

    found = discover(folder, Source, group=ENTRY_POINTS)
    for name, source in found.items():
        _check(name, source)
    return found


def source_named(name: str) -> Source:
    """The source called ``name``.

    Raises:
        UnknownNameError: none is called so.
    """
    known = sources()
    if name not in known:
        raise UnknownNameError.of(Words("source", "来源"), name, [*known, "auto"])
    return known[name]


EXAMPLE, TABLE = Words("worked example", "示例"), Words("table", "数据表")


def _check(name: str, source: Source) -> None:
    for what, missing in ((EXAMPLE, not source.examples), (TABLE, not source.tables)):
        if missing:
            raise DefinitionError(
                f"Source {name!r} has no {what.en}; give it at least one in its file.",
                zh=f"来源 {name!r} 没有{what.zh}；请在其文件中至少给出一个。",
            )
