"""What each line of an Online Retail file is, and which earlier invoice a cancellation line belongs to.

The classes are those of the shop model; a code decides before the letter of the invoice does:

sale        a product on an ordinary invoice (M, manual entries, and gift vouchers are products)
refund      a product on a C invoice: of the customer's latest earlier invoice with the same code
shipping    POST, DOT, C2: the order's shipping; on a C invoice it lowers that of the earlier invoice
discount    D with a negative amount: a discount of the invoice, on a C invoice of the customer's latest earlier one
            whose goods can bear it
write_off   negative quantity, no C, no customer: stock that left without a sale
left_out    bank charges, Amazon's fee, charity, samples, bad debt, tests: no sale
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from zhanggui.connectors.online_retail_lines import Lines

LineClass = Literal["sale", "refund", "shipping", "discount", "write_off", "left_out"]
SHIPPING = frozenset({"POST", "DOT", "C2"})
NO_SALE = re.compile(r"BANK CHARGES|AMAZONFEE|CRUK|S|B|TEST.*|ADJUST.*")
NOTHING = Decimal(0)


@dataclass
class Order:
    """One ordinary invoice: the first line that names each fact, and its sums."""

    first: int
    customer: int
    country: int
    earliest: int
    goods: Decimal = NOTHING
    shipping: Decimal = NOTHING
    discount: Decimal = NOTHING
    moments: int = 1


@dataclass
class Classified:
    """Per line its class, number in its invoice, and for refunds the line they take back (-1 = none found).

    ``excess`` are discounts (by line) that no earlier invoice could bear: they become refunds.
    ``unmatched_shipping`` is the shipping of C invoices that no order could bear.
    """

    kinds: list[LineClass]
    numbers: list[int]
    takes_back: dict[int, int] = field(default_factory=dict)
    excess: dict[int, Decimal] = field(default_factory=dict)
    discounted: dict[int, str] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    unmatched_shipping: Decimal = NOTHING


def classify(lines: Lines) -> Classified:
    """Find the class of every line and settle cancellations and discounts in the order of time."""
    kinds: list[LineClass] = []
    numbers: list[int] = []
    count: Counter[str] = Counter()
    for at, invoice in enumerate(lines.invoice):
        count[invoice] += 1
        numbers.append(count[invoice])
        kinds.append(_class_of(lines, at))
    found = Classified(kinds, numbers)
    _collect_orders(lines, found)
    _settle(lines, found)
    return found


def _class_of(lines: Lines, at: int) -> LineClass:
    invoice, code, quantity = lines.invoice[at], lines.code[at], lines.quantity[at]
    letter = invoice[:1].upper()
    if letter == "A" or (not code[:1].isdigit() and NO_SALE.fullmatch(code)):
        return "left_out"
    if code in SHIPPING:
        return "shipping"
    if code == "D" and quantity * lines.price[at] < 0:
        return "discount"
    if letter == "C":
        return "refund"
    if quantity < 0:
        return "refund" if lines.customer[at] else "write_off"
    return "sale"


def is_cancellation(lines: Lines, at: int) -> bool:
    """Whether the line is on a C invoice."""
    return lines.invoice[at][:1] in {"C", "c"}


def _collect_orders(lines: Lines, found: Classified) -> None:
    """Orders are the ordinary invoices with a sale or shipping; their facts come from the first line that has them."""
    for at, kind in enumerate(found.kinds):
        if kind not in {"sale", "shipping"} or is_cancellation(lines, at):
            continue
        amount = lines.quantity[at] * lines.price[at]
        order = found.orders.get(lines.invoice[at])
        if order is None:
            order = found.orders[lines.invoice[at]] = Order(first=at, customer=at, country=at, earliest=at)
        if lines.at[at] != lines.at[order.earliest]:
            order.moments += 1
            if lines.at[at] < lines.at[order.earliest]:
                order.earliest = at
        if not lines.customer[order.customer]:
            order.customer = at
        if kind == "sale":
            order.goods += amount
        else:
            order.shipping += amount


def _settle(lines: Lines, found: Classified) -> None:
    """Walk through time: remember who bought what last, and hang refunds, shipping and discounts on it."""
    bought: dict[tuple[str, str], int] = {}
    invoices: dict[str, list[str]] = defaultdict(list)
    for at in _in_time(lines):
        kind, customer = found.kinds[at], lines.customer[at]
        if kind == "sale" or (kind == "shipping" and not is_cancellation(lines, at)):
            if customer:
                before = bought.get((customer, lines.code[at]))
                if before is None or lines.invoice[before] != lines.invoice[at]:
                    bought[customer, lines.code[at]] = at
                if invoices[customer][-1:] != [lines.invoice[at]]:
                    invoices[customer].append(lines.invoice[at])
        elif kind == "refund":
            found.takes_back[at] = bought.get((customer, lines.code[at]), -1) if customer else -1
        elif kind == "shipping":
            _lower_shipping(lines, found, at, bought.get((customer, lines.code[at]), -1) if customer else -1)
        elif kind == "discount":
            earlier = invoices.get(customer, []) if customer and is_cancellation(lines, at) else [lines.invoice[at]]
            _discount(lines, found, at, earlier)


def _in_time(lines: Lines) -> Sequence[int]:
    """The lines by time, those of one moment in file order."""
    moments = lines.at
    walk = range(len(lines))
    if all(moments[at - 1] <= moments[at] for at in walk[1:]):
        return walk
    return sorted(walk, key=moments.__getitem__)


def _lower_shipping(lines: Lines, found: Classified, at: int, earlier: int) -> None:
    back = -lines.quantity[at] * lines.price[at]
    if earlier >= 0:
        order = found.orders[lines.invoice[earlier]]
        borne = min(back, max(order.shipping, NOTHING))
        order.shipping -= borne
        back -= borne
    found.unmatched_shipping += back


def _discount(lines: Lines, found: Classified, at: int, invoices: Sequence[str]) -> None:
    """The latest of the invoices whose goods can bear the discount gets it.

    When none can, the latest bears what it can, and the rest is money given back.
    """
    amount = -lines.quantity[at] * lines.price[at]
    orders = [(invoice, found.orders[invoice]) for invoice in reversed(invoices) if invoice in found.orders]
    if orders:
        able = (pair for pair in orders if pair[1].goods - pair[1].discount >= amount)
        invoice, order = next(able, orders[0])
        borne = min(amount, order.goods - order.discount)
        order.discount += borne
        amount -= borne
        found.discounted[at] = invoice
    if amount > 0:
        found.excess[at] = amount


def names_of(lines: Lines, found: Classified) -> dict[str, tuple[str, int]]:
    """Product code -> its name and the first line that has it.

    The name is the most frequent description of its priced sales, else of any of its lines (of which
    write-offs say 'damaged' and the like); of equally frequent ones the first. '' when there is none.
    """
    priced: dict[str, Counter[str]] = defaultdict(Counter)
    others: dict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, int] = {}
    for at, kind in enumerate(found.kinds):
        if kind not in {"sale", "refund", "write_off"}:
            continue
        code = lines.code[at]
        first.setdefault(code, at)
        if lines.description[at]:
            good = kind != "write_off" and lines.price[at] > 0
            (priced if good else others)[code][lines.description[at]] += 1
    return {
        code: (max(counts, key=counts.__getitem__) if (counts := priced.get(code) or others.get(code)) else "", at)
        for code, at in first.items()
    }
