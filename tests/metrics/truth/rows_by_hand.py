"""The rows that KPIs count, made in plain Python from the shop's tables: no SQL, no engine.

A row has the moment (or local day) it counts at, its dimensions, and whatever the KPI reads. Order-like
rows may also fall under each of their order's lines; ``lines`` then holds (product, brand, category) of each.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, cached_property
from typing import Any
from zoneinfo import ZoneInfo

from truth.sessions_by_hand import with_sessions

Table = list[dict[str, Any]]
FAR = datetime(1, 1, 1, tzinfo=UTC)
SESSION_DIMENSIONS = ("source", "medium", "campaign", "device", "country", "region")
ORDER_DIMENSIONS = ("sales_channel", *SESSION_DIMENSIONS, "city", "payment_method", "coupon", "customer_type")
NO_ACT = ("page_view", "view_item", "view_item_list", "web_vitals", "error")
LINE_DIMENSIONS = ("product", "brand", "category")


@dataclass
class Fact:
    """One counted row."""

    at: datetime | date | None
    dims: dict[str, Any]
    data: Any
    lines: list[dict[str, Any]] | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Own:
    """Dimensions of single events in a question: grouped by, and filtered to some values."""

    by: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[Any, ...]], ...] = ()


ALL = Own()


def category_level(path: str | None, level: int) -> str | None:
    parts = path.split(" > ") if path else []
    return parts[level - 1] if len(parts) >= level and parts[level - 1] else None


@dataclass(eq=False)
class HandShop:
    """The tables of a shop as lists of dicts, and its time zone."""

    tables: dict[str, Table]
    zone_name: str
    zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        self.zone = ZoneInfo(self.zone_name)

    def table(self, name: str) -> Table:
        return self.tables.get(name, [])

    def day(self, at: datetime | date) -> date:
        return at.astimezone(self.zone).date() if isinstance(at, datetime) else at

    # -- orders -------------------------------------------------------------------------------

    @cached_property
    def orders(self) -> dict[str, dict[str, Any]]:
        return {row["order_id"]: row for row in self.table("orders")}

    @cached_property
    def products(self) -> dict[str, dict[str, Any]]:
        return {row["product_id"]: row for row in self.table("products")}

    @cached_property
    def lines_of(self) -> dict[str, Table]:
        found: dict[str, Table] = defaultdict(list)
        for row in self.table("order_lines"):
            found[row["order_id"]].append(row)
        return found

    @cached_property
    def history(self) -> dict[str, Table]:
        """Valid orders of each customer in time, ties by order_id."""
        found: dict[str, Table] = defaultdict(list)
        for row in self.table("orders"):
            if row["status"] != "cancelled" and row.get("customer_id") is not None:
                found[row["customer_id"]].append(row)
        for rows in found.values():
            rows.sort(key=lambda row: (row["placed_at"], row["order_id"]))
        return found

    @cached_property
    def _sequences(self) -> dict[str, int]:
        return {row["order_id"]: number for rows in self.history.values() for number, row in enumerate(rows, start=1)}

    def sequence(self, order: dict[str, Any]) -> int | None:
        """1 for the customer's first valid order, 2 for the next; None for cancelled and anonymous orders."""
        return self._sequences.get(order["order_id"])

    def previous(self, order: dict[str, Any]) -> datetime | None:
        number = self.sequence(order)
        return self.history[order["customer_id"]][number - 2]["placed_at"] if number and number > 1 else None

    def order_dims(self, order: dict[str, Any] | None) -> dict[str, Any]:
        if order is None:
            return dict.fromkeys(ORDER_DIMENSIONS)
        own = {
            name: order.get(name)
            for name in ("sales_channel", "source", "medium", "device", "country", "region", "city", "payment_method")
        }
        kind = "anonymous" if order.get("customer_id") is None else "new" if self.sequence(order) == 1 else "returning"
        return {**own, "campaign": order.get("campaign_id"), "coupon": order.get("coupon_code"), "customer_type": kind}

    def product_dims(self, product: str | None) -> dict[str, Any]:
        row = self.products.get(product or "", {})
        return {"product": product, "brand": row.get("brand"), "category": row.get("category")}

    def line_dims(self, order_id: str | None) -> list[dict[str, Any]]:
        return [self.product_dims(line["product_id"]) for line in self.lines_of.get(order_id or "", [])]

    def unit_cost(self, line: dict[str, Any]) -> Any:
        if line.get("unit_cost") is not None:
            return line["unit_cost"]
        return self.products.get(line["product_id"], {}).get("unit_cost")

    @cache  # noqa: B019 -- the shop lives as long as the test
    def order_rows(self) -> list[Fact]:
        return [
            Fact(order["placed_at"], self.order_dims(order), order, self.line_dims(order["order_id"]))
            for order in self.table("orders")
        ]

    @cache  # noqa: B019 -- the shop lives as long as the test
    def line_rows(self) -> list[Fact]:
        return [
            Fact(
                self.orders[line["order_id"]]["placed_at"],
                self.order_dims(self.orders[line["order_id"]]) | self.product_dims(line["product_id"]),
                (self.orders[line["order_id"]], line),
            )
            for line in self.table("order_lines")
            if line["order_id"] in self.orders
        ]

    @cache  # noqa: B019 -- the shop lives as long as the test
    def refund_rows(self) -> list[Fact]:
        """Refunds; ``lines`` holds the share of each line, in the key "share"."""
        found = []
        for refund in self.table("refunds"):
            order = self.orders.get(refund["order_id"])
            found.append(Fact(refund["refunded_at"], self.order_dims(order), (order, refund), self._shares(refund)))
        return found

    def _shares(self, refund: dict[str, Any]) -> list[dict[str, Any]]:
        lines = self.lines_of.get(refund["order_id"], [])
        if refund.get("line_no") is not None:
            lines = [line for line in lines if line["line_no"] == refund["line_no"]]
            return [self.product_dims(lines[0]["product_id"] if lines else None) | {"share": 1.0}]
        if not lines:
            return [self.product_dims(None) | {"share": 1.0}]
        net = [float(line["quantity"] * line["unit_price"] - (line.get("discount_amount") or 0)) for line in lines]
        whole = sum(net)
        shares = [amount / whole for amount in net] if whole else [1 / len(lines)] * len(lines)
        return [
            self.product_dims(line["product_id"]) | {"share": share} for line, share in zip(lines, shares, strict=True)
        ]

    @cache  # noqa: B019 -- the shop lives as long as the test
    def of_order(self, table: str, time: str, **renamed: str) -> list[Fact]:
        """Rows of a table that belongs to orders, sliced by the order's dimensions and its own (``renamed``)."""
        found = []
        for row in self.table(table):
            if row.get(time) is None:
                continue
            dims = self.order_dims(self.orders.get(row.get("order_id") or ""))
            dims |= {name: row.get(column) for name, column in renamed.items()}
            if table == "shipments":
                order = self.orders.get(row["order_id"], {})
                dims["region"] = row.get("region") or order.get("region")
            lines = self.line_dims(row.get("order_id")) if table not in ("reviews", "tickets") else None
            if lines is None:
                dims |= self.product_dims(row.get("product_id"))
            found.append(Fact(row[time], dims, row, lines))
        return found

    # -- marketing and stock ------------------------------------------------------------------

    @cache  # noqa: B019 -- the shop lives as long as the test
    def spend_rows(self) -> list[Fact]:
        return [
            Fact(row["day"], {"campaign": row["campaign_id"] or None, "source": row.get("source") or None}, row)
            for row in self.table("ad_spend")
        ]

    @cache  # noqa: B019 -- the shop lives as long as the test
    def stock_rows(self, days: tuple[date, ...]) -> list[Fact]:
        """One row per product, warehouse and day: the last level known at the day's end."""
        shelves: dict[tuple[str, str], Table] = defaultdict(list)
        for row in self.table("stock_levels"):
            shelves[row["product_id"], row.get("warehouse") or ""].append(row)
        for rows in shelves.values():
            rows.sort(key=lambda row: row["taken_at"])
        found = []
        for day in days:
            for (product, warehouse), rows in shelves.items():
                known = [row for row in rows if self.day(row["taken_at"]) <= day]
                if known:
                    cost = self.products.get(product, {}).get("unit_cost")
                    dims = {**self.product_dims(product), "warehouse": warehouse or None}
                    found.append(Fact(day, dims, {"on_hand": known[-1]["on_hand"], "cost": cost, "product": product}))
        return found

    @cache  # noqa: B019 -- the shop lives as long as the test
    def shelf_rows(self, days: tuple[date, ...]) -> list[Fact]:
        """One row per product and day: all warehouses together."""
        together: dict[tuple[date, str], float] = defaultdict(float)
        for row in self.stock_rows(days):
            together[row.at, row.data["product"]] += float(row.data["on_hand"])
        return [
            Fact(day, self.product_dims(product), {"on_hand": on_hand, "listed": self._listed(product, day)})
            for (day, product), on_hand in together.items()
        ]

    def _listed(self, product: str, day: date) -> bool:
        row = self.products.get(product, {})
        return (row.get("listed_on") or day) <= day and not (row.get("delisted_on") and row["delisted_on"] <= day)

    # -- behaviour ----------------------------------------------------------------------------

    @cached_property
    def events(self) -> Table:
        return with_sessions(row for row in self.table("events") if not row.get("is_bot"))

    @cached_property
    def event_days(self) -> set[date]:
        return {self.day(row["occurred_at"]) for row in self.events}

    @cached_property
    def session_days(self) -> set[date]:
        return {self.day(row["started_at"]) for row in self.table("sessions")}

    @cached_property
    def session_events(self) -> dict[str, Table]:
        found: dict[str, Table] = defaultdict(list)
        for row in sorted(self.events, key=lambda row: row["occurred_at"]):
            found[row["session_id"]].append(row)
        return found

    @cached_property
    def platform_sessions(self) -> Table:
        """Sessions of the sessions table on days without events, as far as their own events are not known."""
        found = [row for row in self.table("sessions") if self.day(row["started_at"]) not in self.event_days]
        return [row for row in found if row["session_id"] not in self.session_events]

    @cached_property
    def aggregate_days(self) -> Table:
        taken = self.event_days | self.session_days
        return [row for row in self.table("traffic_daily") if row["day"] not in taken]

    @cached_property
    def known_sessions(self) -> dict[str, dict[str, Any]]:
        return {row["session_id"]: row for row in self.table("sessions")}

    def _session_dims(self, name: str) -> dict[str, Any]:
        rows, known = self.session_events[name], self.known_sessions.get(name, {})
        # Source, medium and campaign are those of one event: the first that comes from somewhere.
        somewhere = [row for row in rows if row.get("source") not in (None, "direct", "(direct)")]
        rows_of = dict.fromkeys(("source", "medium", "campaign"), somewhere[:1] or rows)
        found = {}
        for dim in SESSION_DIMENSIONS:
            column = "campaign_id" if dim == "campaign" else dim
            values = [row.get(column) for row in rows_of.get(dim, rows) if row.get(column) is not None]
            given = known.get(column)
            found[dim] = given if given is not None else values[0] if values else None
        return found

    def _dims(self, row: dict[str, Any]) -> dict[str, Any]:
        return {dim: row.get("campaign_id" if dim == "campaign" else dim) or None for dim in SESSION_DIMENSIONS}

    @cache  # noqa: B019 -- the shop lives as long as the test
    def event_rows(self) -> list[Fact]:
        """Single events, sliced by their session and by their own page type, search words and product."""
        cache = {name: self._session_dims(name) for name in self.session_events}
        found = []
        for row in self.events:
            dims = dict(cache[row["session_id"]])
            own = {
                "page_type": row.get("page_type"),
                "query": row.get("query"),
                **self.product_dims(row.get("product_id")),
            }
            found.append(Fact(row["occurred_at"], dims | own, row))
        return found

    @cache  # noqa: B019 -- the shop lives as long as the test
    def hit_rows(self) -> list[Fact]:
        """Events; sessions on days without; aggregates on days with neither."""
        found = list(self.event_rows())
        for row in self.platform_sessions:
            data = {
                "visitor_id": row.get("visitor_id"),
                "pages": row.get("page_views"),
                "purchases": row.get("purchases"),
            }
            found.append(Fact(row["started_at"], self._dims(row), data))
        for row in self.aggregate_days:
            data = {"aggregate": row.get("visitors"), "pages": row.get("page_views"), "purchases": None}
            found.append(Fact(row["day"], self._dims(row), data))
        return found

    @cache  # noqa: B019 -- the shop lives as long as the test
    def visit_rows(self, own: Own = ALL) -> list[Fact]:
        """One row per session; with event dimensions one per session and value, seeing only the events asked for."""
        found = [
            Fact(
                self._started(name), self._session_dims(name) | dict(zip(own.by, key, strict=True)), _flags(rows, whole)
            )
            for name, whole in self.session_events.items()
            for key, rows in self._split(whole, own).items()
        ]
        if own.by or own.where:
            return found
        for row in self.platform_sessions:
            found.append(Fact(row["started_at"], self._dims(row), _platform_flags(row)))
        for row in self.aggregate_days:
            data = {"sessions": row.get("sessions"), "purchase": row.get("purchases"), "cart": row.get("add_to_carts")}
            found.append(Fact(row["day"], self._dims(row), data))
        return found

    def _started(self, name: str) -> datetime:
        known = self.known_sessions.get(name)
        return known["started_at"] if known else self.session_events[name][0]["occurred_at"]

    def _split(self, rows: Table, own: Own) -> dict[tuple[Any, ...], Table]:
        found: dict[tuple[Any, ...], Table] = defaultdict(list)
        for row in rows:
            product = self.product_dims(row.get("product_id"))
            values = {"page_type": row.get("page_type"), "query": row.get("query"), **product}
            if all(_leveled(values, name) in wanted for name, wanted in own.where):
                found[tuple(_leveled(values, name) for name in own.by)].append(row)
        return found


def _leveled(values: dict[str, Any], name: str) -> Any:
    return category_level(values["category"], int(name[-1])) if name.startswith("category_") else values[name]


def _flags(rows: Table, whole: Table) -> dict[str, Any]:
    """What a session did, in the events ``rows``; whether it bounced is a matter of the ``whole`` session."""
    kinds = [row["event"] for row in rows]
    every = [row["event"] for row in whole]
    has = {
        name: int(event in kinds)
        for name, event in (
            ("item", "view_item"),
            ("cart", "add_to_cart"),
            ("checkout", "begin_checkout"),
            ("purchase", "purchase"),
            ("search", "search"),
        )
    }
    return {
        "sessions": 1,
        "bounced": int(every.count("page_view") == 1 and all(kind in NO_ACT for kind in every)),
        **has,
        "item_cart": has["item"] * has["cart"],
        "cart_purchase": has["cart"] * has["purchase"],
        "checkout_purchase": has["checkout"] * has["purchase"],
    }


def _platform_flags(row: dict[str, Any]) -> dict[str, Any]:
    def has(column: str) -> int | None:
        return None if row.get(column) is None else int(row[column] > 0)

    def both(first: int | None, second: int | None) -> int | None:
        if first == 0 or second == 0:
            return 0
        return None if first is None or second is None else 1

    item, cart, checkout, purchase = (has(name) for name in ("item_views", "add_to_carts", "checkouts", "purchases"))
    return {
        "sessions": 1,
        "bounced": None if row.get("is_bounce") is None else int(row["is_bounce"]),
        "item": item,
        "cart": cart,
        "checkout": checkout,
        "purchase": purchase,
        "item_cart": both(item, cart),
        "cart_purchase": both(cart, purchase),
        "checkout_purchase": both(checkout, purchase),
    }
