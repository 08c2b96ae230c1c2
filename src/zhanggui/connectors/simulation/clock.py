"""Local time of the shop as whole milliseconds since the first simulated midnight.

Everything in the simulation counts in these; a local day always has 86,400,000 of them. Only when rows are written
they become instants, through the real midnights of the time zone, so that days with 23 or 25 hours stay whole days.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa

from zhanggui.basics.periods import midnight
from zhanggui.connectors.simulation.arrays import Flags, Ints, Longs
from zhanggui.connectors.simulation.options import END, Options

DAY = 86_400_000
HOUR = 3_600_000
MINUTE = 60_000
NEVER = np.int64(1) << 60
BEFORE, AFTER = 1500, 400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Turns local milliseconds into instants and days."""

    def __init__(self, options: Options) -> None:
        self.start = options.start
        self.days = options.days
        self.end = options.days * DAY
        span = range(-BEFORE, options.days + AFTER + 1)
        instants = [midnight(self.start + timedelta(day), options.timezone) - EPOCH for day in span]
        self._midnights = np.array([int(since / timedelta(microseconds=1)) for since in instants], np.int64)
        self.calendar = tuple(self.start + timedelta(day) for day in range(options.days))
        self._first = (self.start - date(1970, 1, 1)).days

    def day_number(self, day: date) -> int:
        """Days from the first simulated day to ``day``."""
        return (day - self.start).days

    def ms(self, local: datetime) -> int:
        """Local milliseconds of a local date and time."""
        since = local - datetime.combine(self.start, datetime.min.time())
        return int(since / timedelta(milliseconds=1))

    def date_of(self, day: int) -> date:
        """The date of a day number."""
        return self.start + timedelta(day)

    def local(self, moment: int) -> datetime:
        """Local date and time, without zone, of local milliseconds."""
        return datetime.combine(self.start, datetime.min.time()) + timedelta(milliseconds=int(moment))

    def moments(self, local: Ints, missing: Flags | None = None) -> pa.Array:
        """Instants in UTC; null where ``missing``."""
        safe = local.astype(np.int64) if missing is None else np.where(missing, 0, local)
        day = safe // DAY
        begin = self._midnights[day + BEFORE]
        length = self._midnights[day + BEFORE + 1] - begin
        within = safe - day * DAY
        micros = np.where(length == DAY * 1000, within * 1000, within * length // DAY)
        return pa.array(begin + micros, pa.int64(), mask=missing).cast(pa.timestamp("us", "UTC"))

    def dates(self, days: Ints, missing: Flags | None = None) -> pa.Array:
        """Dates of day numbers; null where ``missing``."""
        return pa.array((days + self._first).astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())

    def weekdays(self) -> Longs:
        """0 (Monday) .. 6 of every simulated day."""
        return (np.arange(self.days) + self.start.weekday()) % 7


def simulated(day: date, options: Options) -> bool:
    """Whether ``day`` is one of the simulated days."""
    return options.start <= day < END
