"""Where carts and checkouts get stuck: by step, by what orders have in common, by product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhanggui.web.acts import act_name
from zhanggui.web.blocks import Bar, Block, Cell, Column, Pair, Row, Sentence, Table
from zhanggui.web.page import Context, Json
from zhanggui.web.sparks import bars
from zhanggui.web.visits import value_name

MOST_PRODUCTS = 15
Left = tuple[Cell, Json, str, str]
"""A row: its name, the counts, and the names under which they hold who came and who left."""


def friction_blocks(answer: Json, context: Context) -> list[Block]:
    """The part of the page about abandonment; nothing when the shop's data tell none of it."""
    tables = [table for table in _tables(answer, context) if table.rows]
    products = _products(answer, context)
    if not tables and not products.rows:
        return []
    words = Sentence(context.say(answer.get("words")))
    pairs: list[Block] = [Pair(left, right) for left, right in zip(tables[::2], tables[1::2], strict=False)]
    odd = tables[-1:] if len(tables) % 2 else []
    return [words, *pairs, *odd, *([products] if products.rows else [])]


def _tables(answer: Json, context: Context) -> list[Table]:
    t = context.t
    steps = [(_act(step["step"], context), step, "sessions", "left") for step in answer.get("steps") or ()]
    devices = [
        (_named(split.get("device"), part, context), split[part], "sessions", "abandoned")
        for part in ("cart", "checkout")
        for split in answer.get("by_device") or ()
        if split.get(part)
    ]
    methods = [
        (_value(method.get("payment_method"), "payment_method", context), method, "orders", "abandoned")
        for method in answer.get("by_payment_method") or ()
    ]
    fees = [(_fee(band, context), band, "count", "abandoned") for band in answer.get("by_shipping_fee") or ()]
    coupons = [
        (Cell(t("friction.coupon" if each["coupon"] else "friction.no_coupon"), each["coupon"]), each, "orders",
         "abandoned")
        for each in answer.get("by_coupon") or ()
    ]  # fmt: skip
    return [
        _left_table("stuck-steps", t("friction.steps"), steps, context),
        _left_table("stuck-devices", t("friction.devices"), devices, context),
        _left_table("stuck-methods", t("friction.methods"), methods, context),
        _left_table("stuck-fees", t("friction.fees"), fees, context),
        _left_table("stuck-coupons", t("friction.coupons"), coupons, context),
    ]


def _left_table(key: str, title: str, rows: Sequence[Left], context: Context) -> Table:
    """Who came, who left, the rate with its interval; the bars are the rates."""
    t = context.t
    drawn = bars([counts.get("rate") for _, counts, _, _ in rows])
    columns = (
        Column("name", t("experience.what")),
        Column("bar", t("table.bar"), "bar"),
        Column("reached", t("experience.reached"), "number", "count"),
        Column("left", t("experience.abandoned"), "number", "count"),
        Column("rate", t("experience.share"), "number", "rate"),
    )
    made = tuple(_left_row(row, bar, context) for row, bar in zip(rows, drawn, strict=True))
    return Table(key, title, columns, made, downloads=context.downloads(key))


def _left_row(row: Left, bar: Bar | None, context: Context) -> Row:
    name, counts, reached, left = row
    low, high = counts.get("low"), counts.get("high")
    span = "" if low is None else f"{context.exact(low, 'rate')} – {context.exact(high, 'rate')}"
    return Row(
        (
            name,
            Cell(bar=bar),
            Cell(context.exact(counts.get(reached), "count"), counts.get(reached)),
            Cell(context.exact(counts.get(left), "count"), counts.get(left)),
            Cell(context.exact(counts.get("rate"), "rate"), counts.get("rate"), small=span),
        )
    )


def _act(step: str, context: Context) -> Cell:
    return Cell(act_name(step, context), step)


def _value(value: Any, dim: str, context: Context) -> Cell:
    return Cell(value_name(value, dim, context), value)


def _named(device: str | None, part: str, context: Context) -> Cell:
    return Cell(value_name(device, "device", context), device, small=context.t(f"friction.{part}"))


def _fee(band: Json, context: Context) -> Cell:
    """A band of shipping fees, of carts (by their goods) or of orders (as charged)."""
    t, low, high = context.t, band.get("from"), band.get("to")
    basis = t(f"friction.basis_{band['basis']}")
    if low is None and high is None:
        return Cell(t("value.none"), None, small=basis)
    if not high:
        return Cell(t("friction.free") if high == 0 else f"≥ {context.short(low, 'money')}", low, small=basis)
    text = context.short(low, "money") if low == high else _span(low, high, context)
    return Cell(text, low, small=basis)


def _span(low: Any, high: Any, context: Context) -> str:
    return f"{context.short(low or 0, 'money')} – {context.short(high, 'money')}"


def _products(answer: Json, context: Context) -> Table:
    """Products most often left in the cart; price, fee and stock in those carts beside the bought ones."""
    t, products = context.t, list(answer.get("products") or ())
    shown = products if context.full else products[:MOST_PRODUCTS]
    rows = [_product(goods, context) for goods in shown]
    if answer.get("all_products") and rows:
        rows.append(_product(answer["all_products"], context, total=True))
    columns = (
        Column("product", t("experience.product"), width="third"),
        Column("carts", t("friction.carts"), "number", "count"),
        Column("left", t("experience.abandoned"), "number", "rate"),
        Column("price", t("experience.price"), "number", "money"),
        Column("shipping", t("experience.shipping"), "number", "money"),
        Column("stock", t("friction.out_of_stock"), "number", "rate"),
    )
    return Table(
        "stuck-products", t("experience.products"), columns, tuple(rows), note=t("friction.products_note"),
        downloads=context.downloads("stuck-products"),
    )  # fmt: skip


def _product(goods: Json, context: Context, *, total: bool = False) -> Row:
    t = context.t
    name = t("value.total") if total else str(goods.get("name") or goods.get("product_id"))
    low, high = context.exact(goods.get("low"), "rate"), context.exact(goods.get("high"), "rate")
    code = "" if total or not goods.get("name") else str(goods.get("product_id"))
    return Row(
        (
            Cell(name, goods.get("product_id"), small=code),
            Cell(context.exact(goods.get("carts"), "count"), goods.get("carts")),
            Cell(context.exact(goods.get("rate"), "rate"), goods.get("rate"), small=f"{low} – {high}",
                 tone="bad" if goods.get("unusual") else ""),
            *(_beside(goods, key, unit, context) for key, unit in
              (("price", "money"), ("shipping_fee", "money"), ("out_of_stock", "rate"))),
        ),
        weight="total" if total else "",
    )  # fmt: skip


def _beside(goods: Json, key: str, unit: str, context: Context) -> Cell:
    """The mean in the carts that were left; beneath, that of the bought ones."""
    left, bought = (goods.get(side) or {} for side in ("left", "bought"))
    value, other = left.get(key), bought.get(key)
    small = "" if other is None else context.t("friction.when_bought", value=context.exact(other, unit))
    return Cell(context.exact(value, unit), value, small=small)
