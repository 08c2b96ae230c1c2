"""One more day of events, 100,000, drained from the journal into a shop with ten million: seconds of the whole drain.

Promise: under 3 seconds, from the bytes of the journal to committed rows with sources, devices, sessions and visits.
``--scale 0.01`` tries it small.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from benchmarks.measures import Measure, told_by
from zhanggui.engines.collection import Entry, Event, JournalWriter, journal_of
from zhanggui.engines.collection.draining import drain_journal, portions
from zhanggui.store import derived
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

EVENTS = 10_000_000
INCREMENT = 100_000
PER_REQUEST = 5
MOST_SECONDS = 3.0
DAYS = 100  # over which the ten million events are spread
TODAY = datetime(2026, 6, 1, tzinfo=UTC)
NAMES = ("page_view", "view_item", "add_to_cart", "page_view", "begin_checkout", "page_view", "purchase", "web_vitals")
AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
# Ten events a session, two sessions a visitor, sessions in the order of time.
HISTORY = f"""
INSERT INTO main.events BY NAME
SELECT CAST(uuid() AS VARCHAR) AS event_id,
    TIMESTAMPTZ '2026-06-01 00:00:00+00' - to_seconds((:all - i) * {DAYS * 86_400}.0 / :all) AS occurred_at,
    'v' || (i // 20) AS visitor_id, 's' || (i // 10) AS session_id,
    [{", ".join(f"'{name}'" for name in NAMES)}][1 + i % {len(NAMES)}] AS event,
    ['home', 'category', 'item', 'cart'][1 + i % 4] AS page_type,
    'https://tea.example/p/' || hash(i) % 5000 AS page_url, 'P' || hash(i) % 5000 AS product_id,
    ['google', 'baidu', 'news', '(direct)'][1 + i // 10 % 4] AS source,
    ['organic', 'organic', 'email', '(none)'][1 + i // 10 % 4] AS medium,
    ['mobile', 'desktop'][1 + i // 10 % 2] AS device, 'iOS' AS os, 'Safari' AS browser, 'DE' AS country,
    800.0 + hash(i) % 3000 AS load_ms
FROM range(:all) t(i)
"""


def fill(shop: OpenShop, events: int) -> None:
    """Put ``events`` events into the shop, with all that is derived from them."""
    with shop.warehouse.transaction() as con:
        con.execute("SET preserve_insertion_order = false")
        con.execute(HISTORY.replace(":all", str(events)))
        known = (
            "['event_id','occurred_at','visitor_id','session_id','event','page_type','page_url','product_id','source',"
            "'medium','device','os','browser','country','load_ms']"
        )
        con.execute(
            f"INSERT INTO zg.facts SELECT 'events', count(*), {known}, CAST(min(occurred_at) AS VARCHAR), "
            "CAST(max(occurred_at) AS VARCHAR), true FROM main.events"
        )
        derived.rebuild(con, shop.settings.timezone, shop.settings.session_minutes)
        con.execute("SET preserve_insertion_order = true")
    con = shop.warehouse.cursor()
    con.execute("CHECKPOINT")
    con.close()


def collect(folder: Path, events: int) -> None:
    """Write a day of ``events`` events into the journal: half the visitors were there before."""
    chance = random.Random(5)
    encode = msgspec.json.Encoder(decimal_format="number").encode
    writer = JournalWriter(journal_of(folder).folder)
    try:
        for session in range(events // 10):
            begin = TODAY + timedelta(seconds=chance.uniform(0, 86_000))
            visitor = f"v{chance.randrange(EVENTS // 20)}" if session % 2 else f"n{session}"
            made = [
                Event(
                    event_id=f"{session:08}-{chance.getrandbits(64):016x}",
                    occurred_at=begin + timedelta(seconds=30 * place),
                    visitor_id=visitor,
                    session_id=f"t{session}",
                    event=NAMES[place % len(NAMES)],  # type: ignore[arg-type]
                    page_type="item",
                    page_url=f"https://tea.example/p/{chance.randrange(5000)}?utm_source=news&utm_medium=email&x=1",
                    product_id=f"P{chance.randrange(5000)}",
                    referrer="https://www.google.com/",
                    sent_at=begin + timedelta(seconds=30 * place + 1),
                    timezone="Europe/Berlin",
                    load_ms=float(chance.randrange(3000)),
                )
                for place in range(10)
            ]
            for at in range(0, 10, PER_REQUEST):
                some = made[at : at + PER_REQUEST]
                received = some[-1].occurred_at + timedelta(seconds=1)
                writer.append(Entry(received, encode(some), len(some), (), AGENT, "DE", "https://tea.example"))
            if session % 500 == 0:
                writer.write(Entry(begin, b"[]", 0))
    finally:
        writer.close()


def main() -> int:
    """Measure and print one JSON document; exit 1 when the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the events")
    options = parser.parse_args()
    events, more = int(EVENTS * options.scale), max(10, int(INCREMENT * options.scale) // 10 * 10)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "shop"
        create_shop(folder, Settings("Benchmark", "EUR", "Europe/Berlin"))
        with open_shop_folder(folder) as shop:
            fill(shop, events)
            collect(folder, more)
            begun = time.monotonic()
            read = sum(one.rows.num_rows for one in portions(journal_of(folder)))
            reading = time.monotonic() - begun
            begun = time.monotonic()
            report = drain_journal(shop)
            seconds = time.monotonic() - begun
            assert (read, report.new, report.waiting) == (more, more, 0), report
            begun = time.monotonic()
            shop.warehouse.execute("DELETE FROM zg.journal")
            again = drain_journal(shop)
            repeating = time.monotonic() - begun
            assert (again.new, again.repeated) == (0, more), again
    result = {
        "benchmark": "drain_daily_increment",
        "events": events,
        "increment": more,
        "seconds": round(seconds, 2),
        "promised_seconds": MOST_SECONDS,
        "reading_and_enriching_seconds": round(reading, 2),
        "repeated_delivery_seconds": round(repeating, 2),
    }
    print(json.dumps(result))
    return 0 if seconds < MOST_SECONDS or options.scale < 1 else 1


def measure(scale: float = 1.0) -> list[Measure]:
    """Seconds of the drain."""
    told = told_by("benchmarks.drain_daily_increment", scale)
    return [Measure("100,000 events drained into ten million", told["seconds"], MOST_SECONDS, "s")]


if __name__ == "__main__":
    sys.exit(main())
