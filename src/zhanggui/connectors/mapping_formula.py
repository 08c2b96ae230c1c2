"""The two little languages of a mapping: formulas over numbers, and conditions that keep rows.

Formula:   (sales_value + zero(coupon)) / quantity    + - * / ( ) numbers, columns, zero(x), abs(x), up(x)
Condition: quantity > 0 | status <> 'test' | status in ('a', 'b') | code starts 'C' | customer | not customer

A column whose name holds spaces or signs is written in double quotes, a quote in it doubled. An empty cell makes
a formula empty (zero(x) is 0 then), and so does a division by zero. up(x) is x rounded up to four decimals,
the most that a price has.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, DivisionByZero, InvalidOperation
from typing import Any

from zhanggui.basics.words import Words
from zhanggui.connectors.unreadable import Unreadable

Row = Mapping[str, str]
Number = Callable[[Row], Decimal | None]
Parse = Callable[[str], Decimal | None]

_TOKEN = re.compile(r'\s*(?:(\d+(?:\.\d+)?|\.\d+)|"((?:[^"]|"")+)"|([^\W\d]\w*)|([-+*/()]))')
_NAME = r'(?:"(?P<quoted>(?:[^"]|"")+)"|(?P<bare>[^\s"\'=<>!()]+))'
_LITERAL = r"(?:'(?P<text>(?:[^']|'')*)'|(?P<number>[-+]?\d+(?:\.\d+)?))"
_COMPARES = re.compile(rf"{_NAME}\s*(?P<sign>=|<>|!=|>=|<=|>|<)\s*{_LITERAL}")
_IN = re.compile(rf"{_NAME}\s+(?P<without>not\s+)?in\s*\((?P<items>[^()]*)\)")
_STARTS = re.compile(rf"{_NAME}\s+(?P<without>not\s+)?starts\s+'(?P<text>[^']*)'")
_FILLED = re.compile(rf"(?P<without>not\s+)?{_NAME}")
_ITEM = re.compile(r"\s*(?:'((?:[^']|'')*)'|([-+]?\d+(?:\.\d+)?))\s*")
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "!=": operator.ne,
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
FUNCTIONS = ("zero", "abs", "up")
FOUR = Decimal("0.0001")


@dataclass(frozen=True)
class Formula:
    """A parsed formula: the columns it reads, and how to build its function once the decimal mark is known."""

    text: str
    columns: tuple[str, ...]
    build: Callable[[Parse], Number]


@dataclass(frozen=True)
class Condition:
    """A parsed condition: the columns it reads and its test."""

    text: str
    columns: tuple[str, ...]
    build: Callable[[Parse], Callable[[Row], bool]]


def parse_formula(text: str) -> Formula:
    """The formula written in ``text``.

    Raises:
        Unreadable: what is wrong with it.
    """
    return _Parser(text).formula()


class _Parser:
    """Recursive descent over + - * / ( ) and two functions; each node is a function of the row."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text)
        self._at = 0
        self._columns: list[str] = []

    def formula(self) -> Formula:
        built = self._sum()
        if self._at < len(self._tokens):
            raise self._wrong_at(self._tokens[self._at][1])
        return Formula(self._text, tuple(dict.fromkeys(self._columns)), built)

    def _split(self, text: str) -> list[tuple[str, str]]:
        tokens, at, end = [], 0, len(text.rstrip())
        while at < end:
            found = _TOKEN.match(text, at)
            if not found:
                sign = text[at:].strip()[:1]
                raise Unreadable(
                    Words(f"the formula {text!r} holds {sign!r}, which it may not", f"公式 {text!r} 中不允许 {sign!r}")
                )
            kind = ("number", "column", "name", "sign")[(found.lastindex or 1) - 1]
            word = found[found.lastindex or 1]
            tokens.append((kind, word.replace('""', '"') if kind == "column" else word))
            at = found.end()
        return tokens

    def _wrong_at(self, word: str) -> Unreadable:
        return Unreadable(
            Words(f"the formula {self._text!r} goes wrong at {word!r}", f"公式 {self._text!r} 在 {word!r} 处有误")
        )

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) and self._is("sign") else ""

    def _is(self, kind: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][0] == kind

    def _take(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise Unreadable(Words(f"the formula {self._text!r} ends too early", f"公式 {self._text!r} 没有写完"))
        self._at += 1
        return self._tokens[self._at - 1]

    def _sum(self) -> Callable[[Parse], Number]:
        left = self._product()
        while (sign := self._peek()) in {"+", "-"}:
            self._take()
            left = _both(left, self._product(), operator.add if sign == "+" else operator.sub)
        return left

    def _product(self) -> Callable[[Parse], Number]:
        left = self._factor()
        while (sign := self._peek()) in {"*", "/"}:
            self._take()
            left = _both(left, self._factor(), operator.mul if sign == "*" else _divide)
        return left

    def _factor(self) -> Callable[[Parse], Number]:
        kind, word = self._take()
        if kind == "number":
            value = Decimal(word)
            return lambda _: lambda row: value  # noqa: ARG005 - every node takes the row
        if word == "-" and kind == "sign":
            inner = self._factor()
            return _alone(inner, operator.neg)
        if word == "(" and kind == "sign":
            return self._inside()
        if kind == "name" and word in FUNCTIONS and self._peek() == "(":
            self._take()
            inner = self._inside()
            return _zero(inner) if word == "zero" else _alone(inner, abs if word == "abs" else _up)
        if kind == "sign":
            raise self._wrong_at(word)
        self._columns.append(word)
        return lambda parse: lambda row: parse(row[word])

    def _inside(self) -> Callable[[Parse], Number]:
        inner = self._sum()
        if self._take()[1] != ")":
            raise Unreadable(
                Words(f"the formula {self._text!r} lacks a closing bracket", f"公式 {self._text!r} 缺少右括号")
            )
        return inner


def _both(
    left: Callable[[Parse], Number],
    right: Callable[[Parse], Number],
    how: Callable[[Decimal, Decimal], Decimal | None],
) -> Callable[[Parse], Number]:
    def build(parse: Parse) -> Number:
        one, two = left(parse), right(parse)

        def value(row: Row) -> Decimal | None:
            a, b = one(row), two(row)
            return None if a is None or b is None else how(a, b)

        return value

    return build


def _alone(inner: Callable[[Parse], Number], how: Callable[[Decimal], Decimal]) -> Callable[[Parse], Number]:
    def build(parse: Parse) -> Number:
        one = inner(parse)

        def value(row: Row) -> Decimal | None:
            a = one(row)
            return None if a is None else how(a)

        return value

    return build


def _zero(inner: Callable[[Parse], Number]) -> Callable[[Parse], Number]:
    def build(parse: Parse) -> Number:
        one = inner(parse)

        def value(row: Row) -> Decimal:
            a = one(row)
            return Decimal(0) if a is None else a

        return value

    return build


def _up(value: Decimal) -> Decimal:
    return value.quantize(FOUR, ROUND_CEILING)


def _divide(a: Decimal, b: Decimal) -> Decimal | None:
    try:
        return a / b
    except (DivisionByZero, InvalidOperation):
        return None


def parse_condition(text: str) -> Condition:
    """The condition written in ``text``.

    Raises:
        Unreadable: what is wrong with it.
    """
    bare = text.strip()
    for form, make in ((_COMPARES, _compare), (_IN, _among), (_STARTS, _start), (_FILLED, _filled)):
        found = form.fullmatch(bare)
        if found:
            column = found["bare"] or found["quoted"].replace('""', '"')
            return Condition(text, (column,), make(column, found))
    forms = "column, not column, column > 0, column = 'x', column in ('a', 'b'), column starts 'x'"
    raise Unreadable(
        Words(
            f"the condition {text!r} is none of: {forms} (names with spaces in double quotes)",
            f"条件 {text!r} 不是以下任何一种：{forms}（含空格的列名用双引号）",
        )
    )


Test = Callable[[Parse], Callable[[Row], bool]]


def _compare(column: str, found: re.Match[str]) -> Test:
    sign = _SIGNS[found["sign"]]
    if found["number"] is None:
        wanted = found["text"].replace("''", "'")
        return lambda _: lambda row: sign(row[column], wanted)
    number = Decimal(found["number"])

    def build(parse: Parse) -> Callable[[Row], bool]:
        def test(row: Row) -> bool:
            try:
                value = parse(row[column])
            except ValueError:
                return found["sign"] in {"<>", "!="}
            return value is not None and sign(value, number)

        return test

    return build


def _among(column: str, found: re.Match[str]) -> Test:
    items, at, text = set(), 0, found["items"]
    while at < len(text):
        item = _ITEM.match(text, at)
        if not item:
            raise Unreadable(
                Words(
                    f"the condition {found[0]!r} holds a list that is not like ('a', 'b')",
                    f"条件 {found[0]!r} 中的列表不是 ('a', 'b') 的写法",
                )
            )
        items.add(item[2] if item[1] is None else item[1].replace("''", "'"))
        at = item.end() + 1
    wanted = found["without"] is None
    return lambda _: lambda row: (row[column] in items) is wanted


def _start(column: str, found: re.Match[str]) -> Test:
    start, wanted = found["text"], found["without"] is None
    return lambda _: lambda row: row[column].startswith(start) is wanted


def _filled(column: str, found: re.Match[str]) -> Test:
    wanted = found["without"] is None
    return lambda _: lambda row: bool(row[column]) is wanted
