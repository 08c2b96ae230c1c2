"""The products CSV of Shopify: one row per variant, the product's own columns on its first row only."""

from __future__ import annotations

import json
from collections.abc import Iterator

from zhanggui.connectors.cells import CellHabits, Cells
from zhanggui.connectors.order_rows import OrderRows
from zhanggui.connectors.text_file import TextRows
from zhanggui.shop.rows import Piece

PRODUCTS_HAS = ("Handle", "Title", "Variant Price")
PRODUCTS_ALSO = (
    "Vendor", "Product Category", "Type", "Tags", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value",
    "Option3 Name", "Option3 Value", "Variant SKU", "Variant Compare At Price", "Cost per item", "Status",
)  # fmt: skip
_OF_PRODUCT = ("Title", "Vendor", "Product Category", "Type", "Option1 Name", "Option2 Name", "Option3 Name")


def read_products(rows: TextRows, habits: CellHabits, taken: OrderRows) -> Iterator[Piece]:
    """Products by SKU, or by the name that order lines give them: ``Title - Option / Option``."""
    handle, shared = "", {}
    for line, row in rows:
        if row["Handle"] != handle:
            handle, shared = row["Handle"], {name: row.get(name, "") for name in _OF_PRODUCT}
        if not row["Variant Price"] and not row.get("Variant SKU"):
            continue  # a row for a further picture
        cells = Cells(line, {**row, **shared}, habits)
        price = cells.amount("Variant Price")
        compared = cells.amount("Variant Compare At Price")
        cost = cells.amount("Cost per item")
        options = {
            cells.text(f"Option{n} Name") or f"Option{n}": cells.text(f"Option{n} Value")
            for n in (1, 2, 3)
            if cells.text(f"Option{n} Value") not in {"", "Default Title"}
        }
        name = " - ".join(filter(None, (cells.text("Title"), " / ".join(options.values()))))
        product_id = cells.id("Variant SKU") or name
        if cells.trouble is not None:
            yield taken.reject("products", line, cells.trouble)
            continue
        taken.product(
            line,
            product_id,
            {
                "name": name,
                "brand": cells.text("Vendor"),
                "category": cells.text("Product Category", "Type"),
                "list_price": max((value for value in (price, compared) if value is not None), default=None),
                "unit_cost": cost,
                "attributes": json.dumps(options, ensure_ascii=False) if options else "",
            },
        )
    yield from rows.rejects("products")
