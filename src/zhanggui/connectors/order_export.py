"""Orders of a platform's export: what every such connector knows of an order, and reading them group by group."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from zhanggui.basics.errors import DataError
from zhanggui.basics.words import Words
from zhanggui.connectors.cells import ZERO, CellHabits, Trouble
from zhanggui.connectors.collecting import spread
from zhanggui.connectors.source import Inputs, ShopFacts
from zhanggui.connectors.text_file import TextRows
from zhanggui.shop.rows import Reject

Row = Mapping[str, str]
NumberedRow = tuple[int, Row]


_SLASHED = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
SHOWN = 40  # characters of a row that cannot be read; more might hold a name or an address


@dataclass(frozen=True)
class Item:
    """One product line of an order.

    ``amount`` is that of all pieces before discounts, ``discount`` that of the whole line; both in shop currency.
    ``unit_price`` is the price as written, when the export has one and quantity x price = amount.
    ``taken_out``: this line was cancelled while the order goes on; it is not sold and leaves no row.
    ``trouble``: the line cannot be taken in and is kept aside. ``file``: where the line stands, when its report is
    another file than that of the orders.
    """

    line: int
    product_id: str
    quantity: Decimal
    amount: Decimal
    discount: Decimal = ZERO
    unit_price: Decimal | None = None
    name: str = ""
    brand: str = ""
    category: str = ""
    attributes: str = ""
    taken_out: bool = False
    trouble: Trouble | None = None
    file: str = ""

    @property
    def net(self) -> Decimal:
        """What the line sells for after discounts."""
        return self.amount - self.discount


@dataclass(frozen=True)
class Refund:
    """Money given back; without ``refunded_at`` the latest known time of the order stands in, flagged as estimated."""

    amount: Decimal
    refunded_at: datetime | None = None
    item: int | None = None
    quantity: Decimal | None = None
    reason: str = ""
    id: str = ""


@dataclass(frozen=True)
class Repeat:
    """A row that repeats line ``of`` of its file; ``same``: in every cell.

    ``total`` is what it adds to the platform's total; ``file`` is set when the line stands in another
    file than that of the orders.
    """

    line: int
    of: int
    same: bool
    total: Decimal = ZERO
    file: str = ""


@dataclass(frozen=True)
class Order:
    """One order as its platform tells it, in shop currency.

    ``total`` is its part of the platform's own total; ``steps`` lead from it towards our sales, by
    kind of bridge item; ``unpaid``: the rest of the way is that it is not paid yet. ``columns`` are further
    columns of ``orders``; ``shipment`` those of its ``shipments`` row; ``customer`` those of its
    ``customers`` row beside the id. ``latest_at`` is the latest time known of the order.
    """

    order_id: str
    line: int
    status: str
    placed_at: datetime | None
    items: tuple[Item, ...]
    paid_at: datetime | None = None
    latest_at: datetime | None = None
    columns: Mapping[str, object] = field(default_factory=dict)
    refunds: tuple[Refund, ...] = ()
    shipment: Mapping[str, object] = field(default_factory=dict)
    customer: Mapping[str, object] = field(default_factory=dict)
    total: Decimal = ZERO
    steps: Mapping[str, Decimal] = field(default_factory=dict)
    unpaid: bool = False
    repeats: tuple[Repeat, ...] = ()
    trouble: Trouble | None = None


def order_groups(rows: TextRows, key: Callable[[Row], str]) -> Iterator[tuple[str, list[NumberedRow]]]:
    """The rows of ``rows`` by order, wherever in the file they stand; orders in the sequence of their last row.

    Reads the file twice, so that only orders whose rows are not yet complete stay in memory.
    """
    missing = Counter(key(row) for _, row in rows)
    open_groups: dict[str, list[NumberedRow]] = {}
    for line, row in rows:
        name = key(row)
        group = open_groups.setdefault(name, [])
        group.append((line, row))
        if len(group) == missing[name] or not name:
            yield name, open_groups.pop(name)
    yield from open_groups.items()


def first_and_repeats(
    group: Sequence[NumberedRow], same_key: Callable[[Row], object] | None = None
) -> tuple[list[NumberedRow], list[tuple[NumberedRow, int, bool]]]:
    """Splits the rows of an order into those that count and those that repeat one of them.

    A row equal to an earlier one in every cell repeats it (same). With ``same_key``, a row with the key of
    an earlier one but other cells repeats it too (not same). Gives the repeats as ``(row, line it repeats, same)``.
    """
    kept: list[NumberedRow] = []
    repeats: list[tuple[NumberedRow, int, bool]] = []
    for numbered in group:
        _, row = numbered
        twin = next((line for line, other in kept if other == row), None)
        if twin is not None:
            repeats.append((numbered, twin, True))
            continue
        rival = next((line for line, other in kept if same_key and same_key(other) == same_key(row)), None)
        if rival is not None:
            repeats.append((numbered, rival, False))
        else:
            kept.append(numbered)
    return kept, repeats


def repeats_of(
    again: Sequence[tuple[NumberedRow, int, bool]], total: Callable[[int, Row], Decimal] | None = None
) -> tuple[Repeat, ...]:
    """The repeats that :func:`first_and_repeats` found; ``total`` is what such a row adds to the platform's total."""
    return tuple(Repeat(line, of, same, ZERO if total is None else total(line, row)) for (line, row), of, same in again)


def latest(*moments: datetime | None) -> datetime | None:
    """The latest of the known ``moments``; None when none is known."""
    return max((moment for moment in moments if moment is not None), default=None)


def share_discount(items: Iterable[Item], discount: Decimal) -> tuple[Item, ...]:
    """``items`` with a discount on the whole order shared over the lines that are sold, by largest remainder.

    Weights are the lines' amounts after their own discounts. A negative discount (a surcharge) lowers them.
    """
    items = tuple(items)
    sold = [at for at, item in enumerate(items) if not item.taken_out]
    if discount == 0 or not sold:
        return items
    parts = dict(zip(sold, spread(discount, [items[at].net for at in sold]), strict=True))
    return tuple(
        replace(item, discount=item.discount + parts[at]) if at in parts else item for at, item in enumerate(items)
    )


def unread_rows(rows: TextRows, table: str) -> Iterator[Reject]:
    """The rows of ``rows`` that could not be read at all, with nothing of them but their first cell.

    The rest may hold names and addresses, which are not stored.
    """
    for reject in rows.rejects(table):
        first = (reject.value or "").split(rows.separator or ",")[0].strip('" \t')
        yield replace(reject, value=first[:SHOWN] or None)


def goods_and_discount(items: Iterable[Item]) -> dict[str, object]:
    """The columns ``goods_amount`` and ``discount_amount`` of an order by the lines that are sold."""
    sold = [item for item in items if not item.taken_out]
    return {
        "goods_amount": sum((item.amount for item in sold), ZERO),
        "discount_amount": sum((item.discount for item in sold), ZERO),
    }


def habits_of(rows: TextRows, settings: ShopFacts, moment_column: str = "") -> CellHabits:
    """How the cells of this file are written: shop time, its decimal mark, its order of day and month."""
    slashed = any(_SLASHED.match(row.get(moment_column, "")) for row in rows.sample)
    day_first = rows.day_first(moment_column) if slashed else None  # reads far into the file
    return CellHabits(
        zone=settings.timezone,
        day_first=day_first,
        decimal=rows.decimal if rows.shape == "text" else ".",
        rounds=rows.shape != "text",
    )


def require_currency(settings: ShopFacts, platform: Words, currency: str) -> None:
    """Refuse a platform that always sells in ``currency`` when the shop keeps another.

    Raises:
        DataError: with the next step.
    """
    if settings.currency and settings.currency.upper() != currency:
        raise DataError(
            f"{platform.en} exports amounts in {currency}, the shop keeps {settings.currency}; make a shop with "
            f"--currency {currency}, or import the file as mapped with a rate column (suggest-map drafts it).",
            zh=(
                f"{platform.zh}导出的金额以 {currency} 计，而店铺以 {settings.currency} 记账；请以 "
                f"--currency {currency} 新建店铺，或加上汇率列后以 mapped 导入（suggest-map 可生成草稿）。"
            ),
        )


def currency_trouble(column: str, currency: str, settings: ShopFacts) -> Trouble | None:
    """The trouble of a row whose ``currency`` is not the shop's, when its export holds no rate."""
    if not currency or not settings.currency or currency.upper() == settings.currency.upper():
        return None
    words = Words(
        f"the amounts are in {currency}, the shop keeps {settings.currency} and this export holds no rate; import "
        f"it into a shop kept in {currency}, or add a column with the rate and import the file as mapped",
        f"金额以 {currency} 计，店铺以 {settings.currency} 记账，而导出中没有汇率；请导入以 {currency} 记账的店铺，"
        "或加上汇率列后以 mapped 导入",
    )
    return Trouble(column, currency, words)


def export_files(inputs: Inputs) -> tuple[Path, ...]:
    """The files that were given; those of a folder by name, hidden ones left out.

    Raises:
        DataError: a folder without files.
    """
    found: list[Path] = []
    for path in inputs.paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith((".", "~$")))
        if not inside:
            raise DataError(
                f"{path} holds no files; put the export into it or name the file.",
                zh=f"{path} 中没有文件；请将导出文件放入其中，或指定文件。",
            )
        found += inside
    return tuple(found)
