"""The kinds of records of WooCommerce's REST API beside orders: products, customers, refunds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from html import unescape
from typing import Any, Literal

from zhanggui.connectors.cells import CellHabits, Cells, Trouble
from zhanggui.connectors.json_records import flat, objects
from zhanggui.connectors.personal import email_hash

RecordKind = Literal["order", "product", "customer", "refund", "other"]
_REFUND_OF = re.compile(r"/orders/(\d+)/refunds")


def kind_of(fields: dict[str, Any]) -> RecordKind:
    """What a record is, by the fields that only this kind has."""
    if "line_items" in fields and ("currency" in fields or "order_key" in fields):
        return "order"
    if "refunded_by" in fields or "refunded_payment" in fields or ("amount" in fields and "line_items" in fields):
        return "refund"
    if "regular_price" in fields:
        return "product"
    return "customer" if "is_paying_customer" in fields or "username" in fields else "other"


@dataclass(frozen=True)
class WooRefund:
    """A refund with its date, from the refunds of an order."""

    order_id: str
    refunded_at: datetime | None
    amount: Decimal | None
    reason: str


class WooTimes:
    """Reads the times of a record: ``<name>_gmt`` is UTC, ``<name>`` is the site's time."""

    def __init__(self, line: int, row: dict[str, str], zone: str) -> None:
        self._gmt = Cells(line, row, CellHabits(zone="UTC"))
        self._local = Cells(line, row, CellHabits(zone=zone))

    def moment(self, name: str) -> datetime | None:
        """The instant called ``name``; None when it is not there."""
        return self._gmt.moment(f"{name}_gmt") or self._local.moment(name)

    @property
    def trouble(self) -> Trouble | None:
        """The first time that cannot be read."""
        return self._gmt.trouble or self._local.trouble


def read_refund(line: int, fields: dict[str, Any], zone: str) -> WooRefund:
    """A refund; its order is named in its links only."""
    row = flat(fields)
    links = fields.get("_links")
    found = _REFUND_OF.search(json.dumps(links)) if links else None
    cells = Cells(line, row, CellHabits())
    return WooRefund(
        order_id=found[1] if found else cells.text("order_id", "parent_id"),
        refunded_at=WooTimes(line, row, zone).moment("date_created"),
        amount=cells.amount("amount"),
        reason=cells.text("reason"),
    )


def product_columns(line: int, fields: dict[str, Any], zone: str) -> tuple[str, dict[str, object], Trouble | None]:
    """Id and columns of ``products`` for a product or a variation, and what cannot be read of it."""
    row = flat(fields)
    cells = Cells(line, row, CellHabits())
    options = {
        str(one.get("name", "")): one.get("option") or ", ".join(map(str, one.get("options") or ()))
        for one in objects(fields, "attributes")
    }
    times = WooTimes(line, row, zone)
    created = times.moment("date_created")
    categories = [str(one.get("name", "")) for one in objects(fields, "categories")]
    columns: dict[str, object] = {
        "name": unescape(cells.text("name")),
        "category": unescape(categories[0]) if categories else "",
        "list_price": cells.amount("regular_price", "price"),
        "listed_on": cells.text("date_created")[:10] if created else "",
        "attributes": json.dumps(options, ensure_ascii=False) if options else "",
    }
    return cells.text("sku", "id"), columns, cells.trouble or times.trouble


def customer_columns(line: int, fields: dict[str, Any], zone: str) -> tuple[str, dict[str, object]]:
    """Id and columns of ``customers``; of the person only country, state, city and the hash of the e-mail."""
    row = flat(fields)
    billing = fields.get("billing")
    place = flat(billing) if isinstance(billing, dict) else {}
    email = email_hash(row.get("email", "") or place.get("email", ""))
    columns: dict[str, object] = {
        "registered_at": WooTimes(line, row, zone).moment("date_created"),
        "country": place.get("country", ""),
        "region": place.get("state", ""),
        "city": place.get("city", ""),
        "email_hash": email,
    }
    return row.get("id", "") or email, columns
