"""The rules of the shop model as SQL conditions; the first that a row breaks is its problem."""

from __future__ import annotations

from dataclasses import dataclass

from zhanggui.basics.words import Words
from zhanggui.shop import Column, Table
from zhanggui.store.importing.casting import FIRST_YEAR, last_moment
from zhanggui.store.schema import literal

MOST_WORTH = 9_999_999_999  # shop currency; the product of two DECIMAL(18,4) overflows at ten billion

# An id that a spreadsheet took for a number and cut: 9.44E+18. It does so from twelve digits on.
SCIENTIFIC = r"[+-]?\d([.,]\d+)?[eE][+](1[1-9]|[2-9]\d|\d{3})"
_LOST_ID = Words(
    "a spreadsheet has cut this id to 9.44E+18 or the like; export the file again and do not open it in a spreadsheet",
    "该编号已被电子表格改写为 9.44E+18 之类，位数丢失；请重新导出且不要用电子表格打开",
)

# What a cell should have been, by kind of column.
_EXPECTED = {
    "moment": Words("is no time; write it as 2011-01-31T09:30:00Z", "不是时间；请写成 2011-01-31T09:30:00Z"),
    "day": Words("is no day; write it as 2011-01-31", "不是日期；请写成 2011-01-31"),
    "amount": Words("is no amount; write it as 1234.56", "不是金额；请写成 1234.56"),
    "quantity": Words("is no quantity; write it as 3 or 1.5", "不是数量；请写成 3 或 1.5"),
    "count": Words("is no whole number", "不是整数"),
    "number": Words("is no number", "不是数字"),
    "rate": Words("is no number", "不是数字"),
    "flag": Words("is neither true nor false", "既不是 true 也不是 false"),
}


@dataclass(frozen=True)
class Problem:
    """One way to break a rule: ``code`` is stable within a table, ``condition`` is SQL over r_<column>
    and v_<column> of the columns it ``needs``; ``text_only`` rules are about how text is written."""

    code: int
    column: str
    condition: str
    reason: Words
    text_only: bool = False
    needs: tuple[str, ...] = ()


def problems_of(table: Table) -> tuple[Problem, ...]:
    """Every rule of ``table``, in the order in which they are looked at."""
    found: list[tuple[str, str, Words, bool, tuple[str, ...]]] = []
    for column in table.columns:
        found += [(column.name, *problem, (column.name,)) for problem in _of_column(column)]
    for chain in table.order:
        found += [(later, *_backwards(earlier, later), (earlier, later)) for later, earlier in _pairs(chain)]
    if table.worth is not None:
        one, other = table.worth
        found.append((other, *_too_much(one, other), table.worth))
    return tuple(Problem(code, *problem) for code, problem in enumerate(found, start=1))


def repeats(table: Table) -> Words:
    """The reason for a row whose key stood before in the same file with other values; ``{line}`` is filled in."""
    key = " + ".join(table.key)
    return Words(f"{key} repeats line {{line}} with other values", f"{key} 与第 {{line}} 行重复但内容不同")


def _of_column(column: Column) -> list[tuple[str, Words, bool]]:
    name, raw, value = column.name, f'"r_{column.name}"', f'"v_{column.name}"'
    found: list[tuple[str, Words, bool]] = []
    if column.required:
        found.append(
            (f"{raw} IS NULL", Words(f"{name} is empty; every row needs it", f"{name} 为空；每行都必须填写"), False)
        )
    if column.kind == "id":
        found.append((f"contains({raw}, '+') AND regexp_full_match({raw}, '{SCIENTIFIC}')", _LOST_ID, True))
    if column.kind in _EXPECTED:
        expected = _EXPECTED[column.kind]
        words = Words(f"{name} {expected.en}", f"{name} {expected.zh}")
        found.append((f"{value} IS NULL AND {raw} IS NOT NULL", words, False))
    found += [(condition, words, False) for condition, words in _limits(column, value)]
    if column.kind in ("amount", "quantity"):
        words = Words(f"{name} has more than four decimals", f"{name} 小数超过四位")
        found.append((_too_fine(raw, value), words, True))
    return found


def _limits(column: Column, value: str) -> list[tuple[str, Words]]:
    name = column.name
    found: list[tuple[str, Words]] = []
    if column.kind in ("moment", "day"):
        kind = "TIMESTAMPTZ" if column.kind == "moment" else "DATE"
        last = last_moment().date()
        zero = " 00:00:00+00" if column.kind == "moment" else ""
        early = f"{value} < {kind} '{FIRST_YEAR}-01-01{zero}' OR {value} > {kind} '{last}{zero}'"
        words = Words(
            f"{name} is not between {FIRST_YEAR} and two years from now", f"{name} 不在 {FIRST_YEAR} 年至两年后之间"
        )
        found.append((early, words))
    if column.nonzero:
        found.append((f"{value} = 0", Words(f"{name} is zero", f"{name} 为零")))
    if column.low == 0:
        found.append((f"{value} < 0", Words(f"{name} is negative", f"{name} 为负数")))
    elif column.low is not None:
        found.append((f"{value} < {column.low}", Words(f"{name} is below {column.low}", f"{name} 小于 {column.low}")))
    if column.high is not None:
        found.append(
            (f"{value} > {column.high}", Words(f"{name} is above {column.high}", f"{name} 大于 {column.high}"))
        )
    if column.choices:
        names = ", ".join(column.choices)
        # No IN: a list of constants may become a join, which loses the order of the rows.
        none_of = " AND ".join(f"{value} <> {literal(choice)}" for choice in column.choices)
        found.append((none_of, Words(f"{name} is none of {names}", f"{name} 不是以下之一：{names}")))
    return found


def _too_fine(raw: str, value: str) -> str:
    """Text with more decimals than four, unless they are zeros; the cheap look comes first."""
    differs = f"CAST({value} AS DOUBLE) <> TRY_CAST({raw} AS DOUBLE)"
    exact = f"TRY_CAST({raw} AS DECIMAL(38,18)) IS DISTINCT FROM {value}"
    long = f"length({raw}) > 15 AND regexp_matches({raw}, '\\.[0-9]{{4}}0*[1-9]')"
    return f"({differs} AND {exact}) OR ({long})"


def _backwards(earlier: str, later: str) -> tuple[str, Words, bool]:
    words = Words(f"{later} is before {earlier}", f"{later} 早于 {earlier}")
    return f'"v_{later}" < "v_{earlier}"', words, False


def _too_much(one: str, other: str) -> tuple[str, Words, bool]:
    # A barcode scanned into the quantity must not break every sum: DuckDB multiplies such decimals in 64 bits.
    words = Words(
        f"{one} x {other} is more than {MOST_WORTH:,}; one of them is wrong",
        f"{one} × {other} 超过 {MOST_WORTH:,}；其中之一有误",
    )
    product = f'abs(CAST("v_{one}" AS DOUBLE) * CAST("v_{other}" AS DOUBLE))'
    return f"{product} > {MOST_WORTH}", words, False


def _pairs(chain: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(later, earlier) for at, later in enumerate(chain) for earlier in chain[:at]]
