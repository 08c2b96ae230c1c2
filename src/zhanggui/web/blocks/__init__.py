"""What a page is made of. A block holds texts and numbers ready to be shown; its template draws it.

Every block is a frozen dataclass with the name of its template. Texts are in the reader's language
already. ``Cell.raw`` keeps the exact value behind a shown text, for sorting and for files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

Tone = Literal["", "good", "fair", "bad", "flat", "accent", "muted"]


@dataclass(frozen=True)
class Link:
    """Something to go to."""

    text: str
    href: str
    current: bool = False
    primary: bool = False
    hint: str = ""


@dataclass(frozen=True)
class How:
    """How a number was computed: shown on demand beside it."""

    lines: tuple[tuple[str, str], ...] = ()
    sql: tuple[str, ...] = ()
    template: ClassVar[str] = "how"


@dataclass(frozen=True)
class Spark:
    """A small line: SVG paths in a box of 100 by 28; ``label`` says it in words."""

    line: str
    other: str = ""
    last: tuple[float, float] | None = None
    label: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar from ``left`` over ``width``, both percent of the cell; ``zero`` is where the axis stands."""

    left: float
    width: float
    tone: Tone = "accent"
    zero: float | None = None


@dataclass(frozen=True)
class Change:
    """A change in arrow, sign and words."""

    arrow: str
    text: str
    word: str
    tone: Tone


@dataclass(frozen=True)
class Tile:
    """A KPI at a glance."""

    kpi: str
    title: str
    value: str
    exact: str
    change: Change | None
    against: str
    spark: Spark | None
    href: str
    hint: str = ""


@dataclass(frozen=True)
class Sentence:
    """The first thing a manager reads."""

    text: str
    small: str = ""
    template: ClassVar[str] = "sentence"


@dataclass(frozen=True)
class Tiles:
    """KPI tiles; two by two on a phone."""

    title: str
    tiles: tuple[Tile, ...]
    template: ClassVar[str] = "tiles"


@dataclass(frozen=True)
class Figure:
    """One KPI in large: value, change, comparison."""

    title: str
    value: str
    exact: str
    change: Change | None
    against: str
    doc: str = ""
    template: ClassVar[str] = "figure"


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers stand right. ``sort`` is the address that sorts by it, when the server does."""

    key: str
    label: str
    kind: Literal["text", "number", "spark", "bar"] = "text"
    unit: str = ""
    width: Literal["", "half", "third", "quarter"] = ""
    hint: str = ""
    sort: str = ""
    sorted: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True)
class Cell:
    """A cell: the text shown, and the exact value behind it."""

    text: str = ""
    raw: Any = None
    href: str = ""
    tone: Tone = ""
    small: str = ""
    code: bool = False
    badge: bool = False
    spark: Spark | None = None
    bar: Bar | None = None


@dataclass(frozen=True)
class Row:
    """A row; ``level`` indents it, ``weight`` marks totals, ``tail`` the 'all others' row."""

    cells: tuple[Cell, ...]
    level: int = 0
    weight: Literal["", "total", "tail"] = ""
    parent: bool = False


@dataclass(frozen=True)
class Table:
    """Rows that sort, search and leave as a file. ``key`` names the table in download addresses."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    note: str = ""
    search: bool = False
    sortable: bool = True
    downloads: tuple[Link, ...] = ()
    pages: tuple[Link, ...] = ()
    how: How | None = None
    chart: Mapping[str, Any] | None = None
    more: Link | None = None
    template: ClassVar[str] = "table"


@dataclass(frozen=True)
class Trend:
    """A chart with the same numbers as a table beneath it; a ``wide`` one scrolls sideways on a phone."""

    title: str
    chart: Mapping[str, Any]
    table: Table
    note: str = ""
    how: How | None = None
    wide: bool = False
    template: ClassVar[str] = "trend"


@dataclass(frozen=True)
class Story:
    """A paragraph of words about the numbers."""

    title: str
    paragraphs: tuple[str, ...]
    template: ClassVar[str] = "story"


@dataclass(frozen=True)
class Option:
    """One choice of a field."""

    value: str
    text: str
    selected: bool = False
    disabled: bool = False
    group: str = ""


@dataclass(frozen=True)
class Field:
    """A field of a form: a choice or a text."""

    name: str
    label: str
    options: tuple[Option, ...] = ()
    value: str = ""
    kind: Literal["select", "search", "number", "check"] = "select"


@dataclass(frozen=True)
class Form:
    """Choices of one page, sent as its address; ``hidden`` carries the global bar.

    With many fields ``fold`` names them: they then have lines of their own, and fold behind it on a phone.
    """

    action: str
    fields: tuple[Field, ...]
    hidden: tuple[tuple[str, str], ...]
    submit: str
    tabs: tuple[Link, ...] = ()
    fold: str = ""
    template: ClassVar[str] = "form"


@dataclass(frozen=True)
class Notice:
    """A message with its next step: an empty state, a warning, an error."""

    title: str
    text: str
    tone: Literal["info", "warning", "error"] = "info"
    command: str = ""
    links: tuple[Link, ...] = ()
    template: ClassVar[str] = "notice"


@dataclass(frozen=True)
class Facts:
    """A short list of facts: name and value."""

    title: str
    items: tuple[tuple[str, str, str], ...] = field(default=())
    template: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Heading:
    """Begins a part of a long page; ``key`` makes it a place that links can name."""

    title: str
    text: str = ""
    key: str = ""
    template: ClassVar[str] = "heading"


@dataclass(frozen=True)
class Step:
    """A step of a funnel. ``width`` and ``before`` are percent of the first step, now and in the comparison.

    ``rate`` is the share that came on from the step above, ``lost`` who left after this one.
    """

    name: str
    count: str
    share: str
    width: float
    before: float | None = None
    note: str = ""
    rate: str = ""
    change: Change | None = None
    time: str = ""
    lost: str = ""
    href: str = ""
    weakest: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class Steps:
    """A funnel as step bars, with the same numbers as a table beneath it."""

    title: str
    steps: tuple[Step, ...]
    table: Table
    note: str = ""
    how: How | None = None
    template: ClassVar[str] = "steps"


@dataclass(frozen=True)
class Segment:
    """One small multiple: upright bars of ``heights`` (0..100), and a number in words."""

    name: str
    href: str
    value: str
    note: str
    heights: tuple[float, ...]
    label: str


@dataclass(frozen=True)
class Multiples:
    """The same small picture for several groups, all on one scale."""

    title: str
    segments: tuple[Segment, ...]
    note: str = ""
    template: ClassVar[str] = "multiples"


@dataclass(frozen=True)
class Pulse:
    """Large numbers of this moment over bars of the last minutes: (height 0..100, words) each."""

    title: str
    numbers: tuple[tuple[str, str], ...]
    bars: tuple[tuple[float, str], ...]
    first: str
    last: str
    template: ClassVar[str] = "pulse"


@dataclass(frozen=True)
class Snippet:
    """A text to copy and paste somewhere else."""

    key: str
    title: str
    code: str
    text: str = ""
    template: ClassVar[str] = "snippet"


@dataclass(frozen=True)
class Pair:
    """Two blocks beside each other on a wide screen, one above the other on a phone."""

    left: Block
    right: Block
    template: ClassVar[str] = "pair"


Block = (
    Sentence
    | Tiles
    | Figure
    | Table
    | Trend
    | Story
    | Form
    | Notice
    | Facts
    | Pair
    | How
    | Heading
    | Steps
    | Multiples
    | Pulse
    | Snippet
)


def has_chart(blocks: Sequence[Block]) -> bool:
    """Whether the page draws a chart, so that it brings the library along."""
    return any(
        isinstance(block, Trend) or (isinstance(block, Pair) and has_chart((block.left, block.right)))
        for block in blocks
    )


def tables_of(blocks: tuple[Block, ...]) -> dict[str, Table]:
    """Every table of a page by its key, those inside charts and pairs too."""
    found: dict[str, Table] = {}
    for block in blocks:
        if isinstance(block, Table):
            found[block.key] = block
        elif isinstance(block, Trend | Steps):
            found[block.table.key] = block.table
        elif isinstance(block, Pair):
            found |= tables_of((block.left, block.right))
    return found
