"""What reports of advertising platforms have in common: days, campaigns, spend in one currency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from zhanggui.basics.errors import DataError
from zhanggui.basics.words import Words
from zhanggui.connectors.cells import CellHabits, Cells, Trouble
from zhanggui.connectors.collecting import RowsBuilder
from zhanggui.connectors.daily_sums import DailySums, day_trouble
from zhanggui.connectors.order_export import currency_trouble
from zhanggui.connectors.source import ShopFacts
from zhanggui.connectors.text_file import TextRows, parse_moment
from zhanggui.shop.rows import Piece

SPEND = Words("Spend in the report, taken in by day and campaign", "报表花费合计，已按日与活动导入")
EMPTY = frozenset({"", "--", "-", "—", "N/A", "n/a"})


@dataclass(frozen=True)
class AdRow:
    """One row of a report: the names of the cells it was read from are the platform's."""

    line: int
    day: str
    campaign_id: str
    campaign_name: str
    currency: str
    numbers: Mapping[str, Decimal | None]
    trouble: Trouble | None


class AdReport:
    """Takes the rows of one report file; campaigns come once each at the end."""

    def __init__(self, rows: TextRows, source: str, settings: ShopFacts, currency_column: str) -> None:
        self._sums = DailySums("ad_spend", rows.file)
        self._campaigns = RowsBuilder("campaigns", rows.file)
        self._known: dict[str, tuple[int, str]] = {}
        self._source = source
        self._settings = settings
        self._currency_column = currency_column
        self._rows = rows

    def is_repeat(self, row: Mapping[str, str]) -> bool:
        """Whether the file had this row before."""
        return self._sums.is_repeat(row)

    def add(self, row: AdRow) -> Iterator[Piece]:
        """One row; refused when its day, its numbers or its currency do not fit."""
        trouble = row.trouble or currency_trouble(self._currency_column, row.currency, self._settings)
        if trouble is not None:
            yield self._sums.reject(row.line, trouble)
            return
        self._known.setdefault(row.campaign_id, (row.line, row.campaign_name))
        key = {"day": row.day, "campaign_id": row.campaign_id, "source": self._source}
        self._sums.add(row.line, key, row.numbers)

    def end(self) -> Iterator[Piece]:
        """The sums, the campaigns and what could not be read."""
        for campaign_id, (line, name) in self._known.items():
            yield from self._campaigns.add(line, campaign_id=campaign_id, name=name, kind="ad", channel=self._source)
        yield from self._campaigns.rest()
        yield from self._sums.end("spend", SPEND)
        yield from self._rows.rejects("ad_spend")


def ad_cells(line: int, row: Mapping[str, str], habits: CellHabits) -> Cells:
    """The cells of a report's row; the platforms' signs for "nothing" are empty."""
    return Cells(line, {name: "" if value.strip() in EMPTY else value for name, value in row.items()}, habits)


def read_day(cells: Cells, column: str, day_first: bool | None) -> str:
    """The day in ``column`` as 2024-01-31; trouble when it is none. Days of reports have no time zone."""
    value = cells.text(column)
    try:
        moment: datetime | None = parse_moment(value, "UTC", day_first=day_first)
    except ValueError:
        moment = None
    if moment is None:
        trouble = day_trouble(column, value)
        cells.blame(trouble.column, trouble.value, trouble.reason)
        return ""
    return moment.date().isoformat()


def need_days(file: str, platform: str, step: Words) -> DataError:
    """The error for a report that is not by day."""
    return DataError(
        f"{file} is a {platform} report over a range of days; {step.en}, export again, and import that.",
        zh=f"{file} 是跨多天汇总的 {platform} 报表；请{step.zh}，重新导出后再导入。",
    )
