"""The files of an Olist export: which is which (told by its columns), and what the tables need of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from zhanggui.basics.errors import DataError
from zhanggui.basics.words import Words
from zhanggui.connectors.source import Inputs
from zhanggui.connectors.text_file import TextRows, open_rows, parse_amount

# Part of the export -> columns that only it has.
PARTS: dict[str, tuple[str, ...]] = {
    "orders": ("order_id", "customer_id", "order_status", "order_purchase_timestamp"),
    "order_items": ("order_id", "order_item_id", "product_id", "price", "freight_value"),
    "order_payments": ("order_id", "payment_sequential", "payment_type", "payment_value"),
    "order_reviews": ("review_id", "order_id", "review_score", "review_creation_date"),
    "customers": ("customer_id", "customer_unique_id"),
    "translation": ("product_category_name", "product_category_name_english"),
    "products": ("product_id", "product_category_name", "product_weight_g"),
    "sellers": ("seller_id", "seller_zip_code_prefix"),
}
ENDINGS = (".csv", ".csv.gz", ".parquet", ".xlsx")
NOTHING = Decimal(0)
STATUS = {
    "created": "placed", "approved": "paid", "invoiced": "paid", "processing": "paid", "shipped": "shipped",
    "delivered": "delivered", "canceled": "cancelled", "cancelled": "cancelled", "unavailable": "cancelled",
}  # fmt: skip
ATTRIBUTES = {
    "product_weight_g": "weight_g", "product_length_cm": "length_cm", "product_height_cm": "height_cm",
    "product_width_cm": "width_cm", "product_photos_qty": "photos", "product_name_lenght": "name_length",
    "product_description_lenght": "description_length",
}  # fmt: skip
NO_ORDER = Words(
    "the order is not in the orders file, so the time of the payment is unknown",
    "订单不在订单文件中，因此付款时间未知",
)
CANCELLED = frozenset({"canceled", "cancelled", "unavailable"})


def part_of(columns: tuple[str, ...]) -> str | None:
    """The part of the export that has these columns, None when it is none that the shop model uses."""
    mine = {column.strip().lower() for column in columns}
    return next((part for part, wanted in PARTS.items() if mine.issuperset(wanted)), None)


@dataclass
class Export:
    """The files by part, and those that are left out."""

    files: dict[str, list[TextRows]]
    left_out: list[str]

    def rows(self, part: str) -> Iterator[tuple[str, int, dict[str, str]]]:
        """``(file, line, row)`` of all files of a part."""
        for rows in self.files.get(part, []):
            for line, row in rows:
                yield rows.file, line, row

    def has(self, part: str) -> bool:
        """Whether the export has that part."""
        return part in self.files


def open_export(inputs: Inputs) -> Export:
    """Open every given file and every file in the given folders.

    Raises:
        DataError: no file is part of an Olist export, or payments come without orders.
    """
    paths: list[Path] = []
    for path in inputs.paths:
        inside = sorted(item for item in path.iterdir() if item.name.lower().endswith(ENDINGS)) if path.is_dir() else []
        paths += inside or [path]
    files: dict[str, list[TextRows]] = defaultdict(list)
    left_out: list[str] = []
    for path in paths:
        rows = open_rows(path, also=_all_columns(), progress=inputs.progress)
        part = part_of(rows.columns)
        if part is None:
            left_out.append(path.name)
        else:
            files[part].append(rows)
    if not files:
        raise DataError(
            f"{', '.join(path.name for path in paths[:5])}: no file has the columns of an Olist export; "
            "olist_orders_dataset.csv has order_id, customer_id, order_status and more. Check the files.",
            zh=(
                f"{', '.join(path.name for path in paths[:5])}：没有文件具有 Olist 导出的列；"
                "olist_orders_dataset.csv 有 order_id、customer_id、order_status 等列。请检查文件。"
            ),
        )
    if "order_payments" in files and "orders" not in files:
        raise DataError(
            f"{files['order_payments'][0].file} needs the orders beside it, which say when they were made; "
            "name olist_orders_dataset.csv (or orders.parquet) too.",
            zh=(
                f"{files['order_payments'][0].file} 需要一并给出订单，以得知下单时间；请同时指定 "
                "olist_orders_dataset.csv（或 orders.parquet）。"
            ),
        )
    return Export(dict(files), left_out)


def _all_columns() -> list[str]:
    return sorted({column for columns in PARTS.values() for column in columns})


def amount_of(text: str) -> Decimal | None:
    """The amount, None when it cannot be read (the store will refuse the row that needs it)."""
    try:
        return parse_amount(text, ".")
    except ValueError:
        return None


@dataclass(frozen=True)
class Person:
    """Who a per-order ``customer_id`` really is."""

    unique_id: str
    city: str
    state: str


@dataclass
class Basket:
    """What one order holds, by ``order_item_id``: (price, freight), and its products and payments."""

    items: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    products: set[str] = field(default_factory=set)
    payments: dict[str, tuple[Decimal, str]] = field(default_factory=dict)
    status: str | None = None

    @property
    def goods(self) -> Decimal:
        """Sum of the prices."""
        return sum((price for price, _ in self.items.values()), NOTHING)

    @property
    def freight(self) -> Decimal:
        """Sum of the freight that the customer pays."""
        return sum((freight for _, freight in self.items.values()), NOTHING)

    @property
    def paid(self) -> Decimal:
        """Sum of the payments."""
        return sum((amount for amount, _ in self.payments.values()), NOTHING)

    @property
    def method(self) -> str | None:
        """The method of the largest payment."""
        largest = max(self.payments.values(), key=lambda payment: payment[0], default=None)
        return largest[1] if largest else None


@dataclass
class Joined:
    """What rows of one part need of another: customers, baskets, category names, who sells a product."""

    people: dict[str, Person]
    baskets: dict[str, Basket]
    categories: dict[str, str]
    sellers: dict[str, str]
    bought_at: dict[str, str]


def join(export: Export) -> Joined:
    """Read what the parts need of each other: a few hundred bytes per order."""
    people = {
        row["customer_id"]: Person(
            row["customer_unique_id"], row.get("customer_city", ""), row.get("customer_state", "")
        )
        for _, _, row in export.rows("customers")
    }
    baskets: dict[str, Basket] = defaultdict(Basket)
    sold: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for _, _, row in export.rows("order_items"):
        price = amount_of(row["price"])
        basket = baskets[row["order_id"]]
        basket.products.add(row["product_id"])
        if price is not None:
            basket.items[row["order_item_id"]] = (price, amount_of(row["freight_value"]) or NOTHING)
        if row.get("seller_id"):
            sold[row["product_id"]][row["seller_id"]] += 1
    for _, _, row in export.rows("order_payments"):
        paid = amount_of(row["payment_value"])
        if paid is not None:
            baskets[row["order_id"]].payments[row["payment_sequential"]] = (paid, row["payment_type"])
    bought_at: dict[str, str] = {}
    for _, _, row in export.rows("orders"):
        baskets[row["order_id"]].status = row["order_status"].lower()
        person = people.get(row["customer_id"])
        if person:
            bought_at[row["customer_id"]] = row["order_purchase_timestamp"]
    categories = {
        row["product_category_name"]: row["product_category_name_english"] for _, _, row in export.rows("translation")
    }
    sellers = {product: max(counts, key=counts.__getitem__) for product, counts in sold.items()}
    return Joined(people, dict(baskets), categories, sellers, bought_at)
