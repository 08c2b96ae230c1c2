"""Request bodies: what is accepted fits the shop model, what is refused says why, and nothing breaks the intake."""

from __future__ import annotations

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zhanggui
from zhanggui.basics.errors import DataError
from zhanggui.engines.collection import Event
from zhanggui.engines.collection import intake as intake_module
from zhanggui.engines.collection.cleaning import COLUMNS
from zhanggui.engines.collection.intake import Intake, TooLarge, take, unpacked
from zhanggui.engines.collection.types import EventName, PageType
from zhanggui.shop import TABLES

PLAIN = {"event_id": "e1", "occurred_at": "2026-01-02T03:04:05.678Z", "visitor_id": "v1", "event": "page_view"}
decode = msgspec.json.Decoder(list[Event]).decode


def body(*events: object) -> bytes:
    """An array of events, as a browser writes it."""
    text = json.dumps(events, separators=(",", ":"), ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:  # half of an emoji, which browsers escape
        return json.dumps(events).encode()


def plain(**columns: Any) -> dict[str, Any]:
    """A good event with other ``columns``."""
    return {**PLAIN, **columns}


def one(**columns: Any) -> Event:
    """The event that is accepted for a good one with other ``columns``."""
    taken = take(body(plain(**columns)))
    assert taken.accepted == 1, taken.rejects
    return decode(taken.events)[0]


def reason(taken: Intake) -> str:
    """Why the only event was refused."""
    (reject,) = taken.rejects
    assert reject.reason.zh != reject.reason.en
    return reject.reason.en


def test_the_event_has_the_columns_of_the_shop_model_and_what_the_tracker_adds() -> None:
    names = [column.name for column in TABLES["events"].columns]
    extras = ["referrer", "sent_at", "timezone", "language", "title", "screen"]
    assert sorted(Event.__struct_fields__) == sorted(names + extras)
    assert get_args(EventName) == TABLES["events"].column("event").choices
    assert get_args(PageType) == TABLES["events"].column("page_type").choices


def test_every_column_of_a_good_event_is_kept() -> None:
    given_event = plain(
        customer_id="c", session_id="s", page_type="item", page_url="https://shop.example/商品?q=1", product_id="p",
        order_id="o", query="茶壶 🫖 <b>'; DROP TABLE events; --", result_count=0, quantity=2, value=12.5,
        source="baidu", medium="cpc", campaign_id="k", device="mobile", os="iOS", browser="Safari", country="CN",
        region="上海",
        load_ms=812.5, lcp_ms=900, inp_ms=0, cls=0.01, ttfb_ms=80, is_bot=False, referrer="https://www.baidu.com/",
        sent_at="2026-01-02T03:04:06Z", timezone="Asia/Shanghai", language="zh-CN", title="茶", screen="390x844",
    )  # fmt: skip
    taken = take(body(given_event))
    (event,) = decode(taken.events)
    for name, value in given_event.items():
        kept = getattr(event, name)
        wanted = datetime.fromisoformat(value) if isinstance(kept, datetime) else value
        assert (float(kept) if isinstance(kept, Decimal) else kept) == wanted, name
    assert (taken.accepted, taken.rejects) == (1, ())


def test_names_that_are_no_column_are_not_kept() -> None:
    taken = take(body(plain(email="a@b.example", nested={"a": [1, {"b": None}]})))
    assert taken.accepted == 1
    assert b"b.example" not in taken.events


BODIES = {
    "one object": (json.dumps(PLAIN).encode(), "", 1),
    "one object over several lines": (json.dumps(PLAIN, indent=2).encode(), "", 1),
    "an array": (body(PLAIN, PLAIN), "application/json", 2),
    "an array over several lines": (json.dumps([PLAIN, PLAIN], indent=1).encode(), "application/x-ndjson", 2),
    "lines": (b"\n".join([json.dumps(PLAIN).encode()] * 3), "application/x-ndjson", 3),
    "lines without their type": (b"\n".join([json.dumps(PLAIN).encode()] * 3), "text/plain", 3),
    "lines with blanks": (b"\r\n\r\n".join([json.dumps(PLAIN).encode()] * 3) + b"\n\n", "application/x-ndjson", 3),
    "one line": (json.dumps(PLAIN).encode() + b"\n", "application/x-ndjson", 1),
    "a byte order mark": (b"\xef\xbb\xbf" + body(PLAIN), "", 1),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_may_be(name: str) -> None:
    text, kind, events = BODIES[name]
    taken = take(text, kind)
    assert (taken.accepted, taken.rejects) == (events, ())
    assert len(decode(taken.events)) == events


UNREADABLE = {
    "nothing": (b"", "holds no event"),
    "blanks": (b" \n ", "holds no event"),
    "an empty array": (b"[]", "holds no event"),
    "half an object": (b'{"event_id":', "is no JSON"),
    "words": (b"hello", "is no JSON"),
    "not a number": (b'{"value":NaN}', "is no JSON"),
    "infinity": (b"[-Infinity]", "is no JSON"),
    "a number of 5,000 digits": (b"1" * 5_000, "is no JSON"),
    "lines of words": (b"hello\nworld", "is no JSON"),
    "nested arrays": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "nested objects": (b'{"a":' * 100_000, "nested too deeply"),
    "nesting in an event": (body(PLAIN)[:-2] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "nested too deeply"),
    "nesting after an escape": (b'["\\u0000",' + b"[" * 100_000, "nested too deeply"),
    "no UTF-8": (b'{"a":"\xff"}', "not UTF-8"),
    "UTF-16": (json.dumps(PLAIN).encode("utf-16"), "not UTF-8"),
    "Latin-1 lines": ('{"a":"\xe9"}\n{"b":"\xe9"}'.encode("latin-1"), "not UTF-8"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_is_refused_whole_when_it_is(name: str) -> None:
    text, words = UNREADABLE[name]
    with pytest.raises(DataError, match=words) as error:
        take(text)
    assert error.value.said("zh") != error.value.message


REFUSED: dict[str, tuple[object, str]] = {
    "a number": (7, "is no event"),
    "null": (None, "is no event"),
    "an array": ([PLAIN], "is no event"),
    "an event without id": ({k: v for k, v in PLAIN.items() if k != "event_id"}, "event_id is missing"),
    "an empty id": (plain(event_id=""), "event_id is missing"),
    "a blank id": (plain(event_id=" \t"), "event_id is missing"),
    "a long id": (plain(event_id="x" * 257), "event_id is longer than 256 characters"),
    "an id with NUL": (plain(event_id="a\0b"), "holds the character NUL"),
    "a cut id": (plain(event_id="9.44E+18"), "cut to a number"),
    "a list as id": (plain(event_id=["a"]), "event_id is no text"),
    "true as id": (plain(product_id=True), "product_id is no text"),
    "no visitor": (plain(visitor_id=None), "visitor_id is missing"),
    "an unknown event": (plain(event="wink"), "event is none of page_view"),
    "an unknown page type": (plain(page_type="blog"), "page_type is none of home"),
    "no time": (plain(occurred_at="soon"), "occurred_at is no time"),
    "seconds as time": (plain(occurred_at=1_767_323_045), "occurred_at is no time"),
    "the thirtieth of February": (plain(occurred_at="2026-02-30"), "occurred_at is no time"),
    "a leap second": (plain(occurred_at="2016-12-31T23:59:60Z"), "occurred_at is no time"),
    "a week": (plain(occurred_at="2026-W01-1"), "occurred_at is no time"),
    "long ago": (plain(occurred_at="1989-12-31T23:59:59Z"), "between 1990 and two years"),
    "far away": (plain(occurred_at="2099-01-01T00:00:00Z"), "between 1990 and two years"),
    "the end of time": (plain(occurred_at="9999-12-31T23:59:59-12:00"), "between 1990 and two years"),
    "the begin of time": (plain(occurred_at="0001-01-01T00:00:00+12:00"), "between 1990 and two years"),
    "sent far away": (plain(sent_at="2099-01-01T00:00:00Z"), "sent_at is not between"),
    "words as amount": (plain(value="much"), "value is no amount"),
    "NaN as amount": (plain(value="NaN"), "value is no amount"),
    "infinity as amount": (plain(value="Infinity"), "value is no amount"),
    "a huge amount": (plain(value=1e300), "value is no amount"),
    "a hundred billion thousands": (plain(value=10**14), "value is no amount"),
    "five decimals as text": (plain(value="0.00001"), "value has more than four decimals"),
    "a yes as amount": (plain(value=True), "value is no amount"),
    "half a result": (plain(result_count=0.5), "result_count is no whole number"),
    "too many results": (plain(result_count=2**63), "result_count is no whole number"),
    "maybe a bot": (plain(is_bot="maybe"), "is_bot is neither true nor false"),
    "a long query": (plain(query="x" * 2_049), "query is longer than 2048 characters"),
    "a long address": (plain(page_url="x" * 8_193), "page_url is longer than 8192 characters"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_event_is_kept_aside_with_its_reason_while_its_neighbours_go_in(name: str) -> None:
    wrong, words = REFUSED[name]
    alone = take(body(wrong))
    assert alone.accepted == 0
    assert words in reason(alone)
    among = take(body(PLAIN, wrong, plain(event_id="e2")))
    assert [event.event_id for event in decode(among.events)] == ["e1", "e2"]
    assert [reject.index for reject in among.rejects] == [1]
    assert words in reason(among)
    assert "\0" not in among.rejects[0].value
    assert len(among.rejects[0].value) <= 200


def test_a_line_that_is_no_json_is_kept_aside_alone() -> None:
    taken = take(json.dumps(PLAIN).encode() + b'\n{"event_id":\n' + json.dumps(PLAIN).encode(), "application/x-ndjson")
    assert taken.accepted == 2
    assert [(reject.index, reject.reason.en) for reject in taken.rejects] == [(1, "is no JSON")]


MEANT: dict[str, tuple[str, Any, Any]] = {
    "a number as id": ("product_id", 42, "42"),
    "a whole float as id": ("product_id", 42.0, "42"),
    "blanks around an id": ("event_id", "  e9\n", "e9"),
    "capitals in a choice": ("event", "Page_View", "page_view"),
    "an empty choice": ("page_type", "", None),
    "an empty text": ("query", " ", None),
    "null": ("query", None, None),
    "an amount as text": ("value", "99999999999999.9999", Decimal("99999999999999.9999")),
    "zeros behind an amount": ("value", "1.500000", Decimal("1.5")),
    "a computed amount": ("value", 0.1 + 0.2, Decimal("0.3")),
    "a tie of a float": ("value", 0.00025, Decimal("0.0002")),
    "an exponent": ("value", 1e3, Decimal(1000)),
    "a negative amount": ("value", -5, Decimal(-5)),
    "a count as text": ("result_count", "12", 12),
    "a count as float": ("result_count", 12.0, 12),
    "a duration as text": ("load_ms", "812.5", 812.5),
    "a flag as text": ("is_bot", "TRUE", True),
    "a flag as number": ("is_bot", 0, False),
    "half of an emoji": ("query", "tea \ud83d", "tea ?"),
    "a NUL escape elsewhere": ("title", "\\u0000 written out", "\\u0000 written out"),
    "a day": ("occurred_at", "2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
    "a time without zone": ("occurred_at", "2026-01-02 03:04", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
    "a blank before the offset": (
        "occurred_at", "2026-01-02T11:04:05 +0800", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    ),
    "another zone": ("occurred_at", "2026-01-02T11:04:05+08:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    "nanoseconds": ("occurred_at", "2026-01-02T03:04:05.123456789z", datetime(2026, 1, 2, 3, 4, 5, 123457, UTC)),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANT)
def test_what_is_meant_is_understood(name: str) -> None:
    column, came, meant = MEANT[name]
    assert getattr(one(**{column: came}), column) == meant


def test_an_event_of_tomorrow_is_believed() -> None:
    soon = datetime.now(UTC) + timedelta(days=700)
    assert one(occurred_at=soon.isoformat()).occurred_at == soon


_values = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12), st.sampled_from([" ", "1E+18", "2026-01-02", "page_view", "12.34567", "0", "true", "\ud800"]),
)  # fmt: skip
_events = st.dictionaries(st.sampled_from([column.name for column in COLUMNS]), _values, max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(_events.map(lambda columns: plain(**columns)), _events, _values), min_size=1, max_size=4))
def test_the_quick_and_the_patient_way_agree(events: list[Any]) -> None:
    text = json.dumps(events).encode()
    quick = take(text)
    patient = intake_module._patient(text, "")
    assert decode(quick.events) == decode(patient.events)
    assert quick.rejects == patient.rejects
    assert quick.accepted + len(quick.rejects) == len(events)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_taken_or_refused(text: bytes) -> None:
    for start in (b"", b"[", b'{"event_id":"', body(PLAIN)[:-1] + b","):
        try:
            taken = take(start + text)
        except DataError:
            continue
        assert taken.accepted + len(taken.rejects) > 0


def test_what_is_accepted_is_never_refused_by_an_import(tmp_path: Path) -> None:
    draw = random.Random(7)
    names = [column.name for column in COLUMNS if column.name != "event_id"]
    values = [
        None, True, 0, 1, -3, 2.5, 1e14, 0.1 + 0.2, 99999999999999.98, 2**63 - 1, -(2**63), 1e300, 1e-320, "", " ",
        "  x ", "1E+18", "2026-01-02", "1990-01-01", "2026-03-29T02:30:00", "page_view", "Cart", "12.34567", "0",
        "true", "\ud800", "茶 🫖", "'; DROP TABLE events; --", "<b>", '"', "\\", "a\nb", "NaN", "inf", "1_0", "x" * 300,
    ]  # fmt: skip
    columns = ({draw.choice(names): draw.choice(values) for _ in range(3)} for _ in range(1_000))
    sent = [plain(**{**chosen, "event_id": f"n{at}"}) for at, chosen in enumerate(columns)]
    accepted = json.loads(take(json.dumps(sent).encode()).events)
    assert 200 < len(accepted) < 950
    _write_csv(tmp_path / "events.csv", [column.name for column in TABLES["events"].columns], accepted)
    zhanggui.create_shop(tmp_path / "shop", "Test", "CNY", "Asia/Shanghai")
    with zhanggui.open_shop(tmp_path / "shop") as shop:
        shop.import_("tables", tmp_path / "events.csv")
        assert [row for row in shop.rejects().to_json()["rejects"] if row["rejected"]] == []
        tables = {table["table"]: table for table in shop.data().to_json()["tables"]}
        assert tables["events"]["rows"] == len(accepted)


def _write_csv(path: Path, names: list[str], rows: list[dict[str, Any]]) -> None:
    lines = [",".join(names)]
    for row in rows:
        cells = ["" if row.get(name) is None else str(row[name]) for name in names]
        lines.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_packed_bodies_are_unpacked_up_to_the_limit() -> None:
    assert unpacked(gzip.compress(b"x" * 1_000_000)) == b"x" * 1_000_000
    for size in (1_000_001, 200_000_000):
        with pytest.raises(TooLarge, match="larger than 1,000,000 bytes"):
            unpacked(gzip.compress(b"x" * size, 1))


@pytest.mark.parametrize("packed", [b"", b"{}", gzip.compress(b"[1]")[:-3], b"\x1f\x8b\x08broken"])
def test_what_is_not_packed_with_gzip_is_refused(packed: bytes) -> None:
    with pytest.raises(DataError, match="not packed with gzip"):
        unpacked(packed)
