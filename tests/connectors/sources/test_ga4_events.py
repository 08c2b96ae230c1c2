"""GA4's BigQuery export: every form gives the same events, worked out a second way in plain Python."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

import gzip
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.connectors.sources.ga4_cases import (
    as_lines,
    event,
    in_plain_python,
    param,
    random_events,
    write_parquet,
)
from tests.connectors.sources.table_reading import Read, read

from zhanggui.basics.errors import DataError
from zhanggui.connectors.detect import detect_source
from zhanggui.connectors.source import sources
from zhanggui.connectors.sources.ga4_events import SOURCE

NUMBERS = {"value", "quantity", "result_count", "load_ms", "lcp_ms", "inp_ms", "cls", "ttfb_ms"}


def lines(tmp_path: Path, *events: dict[str, Any] | bytes, currency: str = "USD") -> Read:
    path = tmp_path / "events_20210131.json"
    path.write_bytes(b"".join(one if isinstance(one, bytes) else as_lines([one]) for one in events))
    return read(SOURCE, path, currency=currency)


def comparable(row: dict[str, Any], columns: set[str]) -> dict[str, Any]:
    found = {name: row.get(name) for name in columns}
    for name in NUMBERS & columns:
        found[name] = None if found[name] is None else Decimal(str(found[name])).quantize(Decimal("0.0001"))
    return found


def same(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    assert len(found) == len(expected)
    for mine, theirs in zip(found, expected, strict=True):
        assert comparable(mine, set(theirs)) == comparable(theirs, set(theirs))


@pytest.mark.parametrize("currency", ["USD", "EUR"])
@pytest.mark.parametrize("seed", range(4))
def test_json_and_parquet_give_what_plain_python_gives(tmp_path: Path, seed: int, currency: str):
    events = random_events(seed, 300)
    (tmp_path / "e.json").write_bytes(as_lines(events))
    (tmp_path / "n.jsonl").write_bytes(as_lines(events, texts=False))
    write_parquet(events, tmp_path / "e.parquet")
    expected = in_plain_python(events, currency)
    results = [read(SOURCE, tmp_path / name, currency=currency) for name in ("e.json", "n.jsonl", "e.parquet")]
    for result in results:
        same(result["events"], expected)
        assert not result.rejects
    ids = [result.column("events", "event_id") for result in results]
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids[0])) == len(expected)
    assert [note.words for note in results[0].notes] == [note.words for note in results[2].notes]


def test_events_that_are_no_step_are_counted_and_named_not_refused(tmp_path: Path):
    result = lines(tmp_path, *[event("scroll", at) for at in range(3)], event("user_engagement"), event())
    assert [row["event"] for row in result["events"]] == ["page_view"]
    assert not result.rejects
    (note,) = result.notes
    assert note.rows == 4
    assert "scroll 3, user_engagement 1" in note.words.en


def test_visitors_without_consent_have_no_id_and_are_said_to_be_left_out(tmp_path: Path):
    result = lines(tmp_path, event(), event("purchase", 1, None), event("purchase", 2, ""))
    assert len(result["events"]) == 1
    assert [note.rows for note in result.notes] == [2]


def test_values_in_another_currency_are_not_taken_for_the_shops(tmp_path: Path):
    yuan = event("purchase", params={"ga_session_id": 1, "currency": "CNY", "value": 99.5})
    result = lines(tmp_path, yuan, currency="EUR")
    assert result["events"][0].get("value") is None
    assert "CNY 1" in result.notes[0].words.en
    dollars = {**yuan, "event_value_in_usd": 15.25}
    assert lines(tmp_path, dollars)["events"][0]["value"] == "15.25"


def test_an_event_keeps_its_number_when_its_table_grows_or_is_exported_in_another_order(tmp_path: Path):
    events = [event("view_item", at, items=[{"item_id": f"P{at}"}]) for at in range(20)]
    before = lines(tmp_path, *events).column("events", "event_id")
    after = lines(tmp_path, *reversed([*events, event("purchase", 99)])).column("events", "event_id")
    assert set(before) < set(after)


def test_events_of_one_batch_with_one_time_are_told_apart_by_what_they_are_about(tmp_path: Path):
    one = [event("add_to_cart", items=[{"item_id": item, "quantity": 1}]) for item in "AB"]
    assert len(set(lines(tmp_path, *one).column("events", "event_id"))) == 2
    numbered = [event("page_view", batch_event_index=index) for index in (1, 2)]
    assert len(set(lines(tmp_path, *numbered).column("events", "event_id"))) == 2
    assert len(set(lines(tmp_path, *one[:1] * 2).column("events", "event_id"))) == 1


def test_the_daily_table_completes_the_intraday_one_under_the_same_number(tmp_path: Path):
    early = event("page_view", event_bundle_sequence_id=5)
    click = {"cross_channel_campaign": {"source": "news", "medium": "email", "campaign_name": "may"}}
    late = {**early, "session_traffic_source_last_click": click, "user_id": "c1"}
    first, second = (lines(tmp_path, one)["events"][0] for one in (early, late))
    assert first["event_id"] == second["event_id"]
    assert (second["source"], second["campaign_id"], second["customer_id"]) == ("news", "may", "c1")


def test_the_first_touch_of_a_visitor_is_the_source_of_the_first_session_only(tmp_path: Path):
    touch = {"source": "google", "medium": "organic"}
    found = lines(
        tmp_path,
        event(params={"ga_session_id": 1, "ga_session_number": 1}, traffic_source=touch),
        event(params={"ga_session_id": 2, "ga_session_number": 2}, traffic_source=touch),
        event(params={"ga_session_id": 3}, traffic_source=touch),
    )
    assert found.column("events", "source") == ["google", None, None]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"gclid": "x"}, ("google", "cpc")),
        ({"gclid": "x", "manual_source": "google", "manual_medium": "organic"}, ("google", "cpc")),
        ({"gclid": "x", "manual_source": "partner", "manual_medium": "affiliate"}, ("partner", "affiliate")),
        ({"manual_source": "(direct)", "manual_medium": "(none)"}, ("(direct)", None)),
    ],
    ids=["click id alone", "click id beside organic", "click id beside a tag", "direct"],
)
def test_a_google_click_id_is_a_paid_visit(tmp_path: Path, sent, expected):
    row = lines(tmp_path, event(collected_traffic_source=sent))["events"][0]
    assert (row["source"], row.get("medium")) == expected


def test_web_vitals_come_from_events_named_after_them_and_their_value_is_no_money(tmp_path: Path):
    result = lines(
        tmp_path,
        event("LCP", 1, params={"value": 2400, "metric_value": 2512.5}),
        event("CLS", 2, params={"value": 12, "metric_value": 0.012}),
        event("INP", 3, params={"value": 180}),
        event("page_view", 4, params={"page_load_time": 900, "ttfb": 120}),
    )
    rows = result["events"]
    assert [row["event"] for row in rows] == ["web_vitals"] * 3 + ["page_view"]
    assert (rows[0]["lcp_ms"], rows[1]["cls"], rows[2]["inp_ms"]) == ("2512.5", "0.012", "180")
    assert (rows[3]["load_ms"], rows[3]["ttfb_ms"]) == ("900", "120")
    assert all(row.get("value") is None for row in rows)
    assert result.notes == []


def test_addresses_lose_what_tells_who_the_visitor_is(tmp_path: Path):
    page = "https://s.example/u/jo%40ex.org/x?email=jo@ex.org&utm_campaign=jo@ex.org&utm_source=n#t"
    row = lines(tmp_path, event(params={"page_location": page}))["events"][0]
    assert row["page_url"] == "https://s.example/u/-/x?utm_source=n"


@pytest.mark.parametrize(
    "wrap",
    [
        gzip.compress,
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.decode().encode("utf-16"),
        lambda content: b"\n\r\n" + content.replace(b"\n", b"\r\n\r\n"),
        lambda content: b"[" + b",".join(content.splitlines()) + b"]",
        lambda content: json.dumps([json.loads(line) for line in content.splitlines()], indent=2).encode("utf-16"),
        lambda content: gzip.compress(b" [" + b",\n".join(content.splitlines()) + b"]\n"),
    ],
    ids=["gzip", "bom", "utf-16", "blank lines", "array", "pretty array in utf-16", "packed array"],
)
def test_however_the_file_was_saved_the_events_are_the_same(tmp_path: Path, wrap):
    events = random_events(9, 40)
    (tmp_path / "e.json").write_bytes(wrap(as_lines(events)))
    assert detect_source([tmp_path / "e.json"]) == "ga4-events"
    same(read(SOURCE, tmp_path / "e.json", currency="USD")["events"], in_plain_python(events, "USD"))


@pytest.mark.parametrize(
    "bad",
    [
     b"{\n", b'{"event_name":\n', b"[1]\n", b'"text"\n', b'{"event_name":{"a":1}}\n', b"\xff\xfe{}\n", b"[" * 5_000 + b"\n",
     b'{"event_name":"page_view","event_params":' + b'{"a":' * 5_000 + b"\n", b'{"event_params":[]}\n'],
    ids=["brace", "cut", "list", "text", "record as name", "no utf-8", "brackets", "deep", "nameless"],
)  # fmt: skip
def test_a_line_that_is_no_event_is_kept_aside_with_its_number(tmp_path: Path, bad: bytes):
    result = lines(tmp_path, event(), bad, event("purchase", 1))
    assert [row["event"] for row in result["events"]] == ["page_view", "purchase"]
    (reject,) = result.rejects
    assert (reject.table, reject.line) == ("events", 2)
    assert reject.reason_zh
    assert len(reject.value or "") <= 40


def test_a_packed_file_that_is_cut_gives_what_is_there_and_says_so(tmp_path: Path):
    packed = gzip.compress(as_lines(random_events(1, 4_000)))
    (tmp_path / "e.json.gz").write_bytes(packed[: len(packed) // 2])
    result = read(SOURCE, tmp_path / "e.json.gz", currency="USD")
    assert len(result["events"]) > 100
    assert "ends too early" in result.rejects[-1].reason


def test_an_array_that_is_cut_is_said_to_be_so(tmp_path: Path):
    (tmp_path / "e.json").write_bytes(b'[{"event_name":"page_view","event_timestamp":1},')
    with pytest.raises(DataError, match="ends too early"):
        read(SOURCE, tmp_path / "e.json")


def test_more_events_than_one_piece_holds_keep_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("zhanggui.connectors.ga4_json.SIZE", 5)
    (tmp_path / "e.json").write_bytes(as_lines([event()]) * 7)
    result = [piece.data for piece in read(SOURCE, tmp_path / "e.json").pieces]
    assert [table.num_rows for table in result] == [5, 2]
    assert result[1]["_line"].to_pylist() == [6, 7]


def test_lists_as_old_exports_nest_them_are_understood(tmp_path: Path):
    wrapped = {
        **event("add_to_cart"),
        "event_params": {"list": [{"element": param("ga_session_id", 5)}, {"element": param("value", 1.5)}]},
        "items": {"list": [{"element": {"item_id": "A", "quantity": 2}}]},
    }
    pq.write_table(pa.Table.from_pylist([wrapped]), tmp_path / "e.parquet")
    row = read(SOURCE, tmp_path / "e.parquet", currency="USD")["events"][0]
    assert (row["session_id"], row["value"], row["product_id"], row["quantity"]) == ("v1.5", "1.5", "A", "2")


def test_columns_that_a_query_left_out_are_simply_unknown(tmp_path: Path):
    spare = [{"event_timestamp": 1_612_069_510_766_593, "event_name": "purchase", "user_pseudo_id": "v"}]
    pq.write_table(pa.Table.from_pylist(spare), tmp_path / "e.parquet")
    (row,) = read(SOURCE, tmp_path / "e.parquet")["events"]
    assert row["occurred_at"] == datetime.fromisoformat("2021-01-31T05:05:10.766593+00:00")
    assert row["session_id"] is None if "session_id" in row else True


def test_times_that_were_converted_stay_text_for_the_store_to_read(tmp_path: Path):
    result = lines(
        tmp_path,
        {**event(), "event_timestamp": "2021-01-31 05:05:10.766593 UTC"},
        {**event("login"), "event_timestamp": "soon"},
    )
    assert result.column("events", "occurred_at") == ["2021-01-31 05:05:10.766593Z", "soon"]


def test_the_flattened_table_of_a_pipeline_is_read_by_its_column_names(tmp_path: Path):
    (tmp_path / "flat.csv").write_text(
        "event_timestamp,event_name,user_pseudo_id,event_params.page_location,param_ga_session_id,geo.country,items_item_id\n"
        "1612069510766593,view_item,v1,https://s.example/p/1,77,中国,A\n1612069510766594,scroll,v1,,77,,\n,page_view\n"
    )
    result = read(SOURCE, tmp_path / "flat.csv", currency="CNY")
    (row,) = result["events"]
    assert (row["session_id"], row["country"], row["product_id"]) == ("v1.77", "中国", "A")
    assert [reject.line for reject in result.rejects] == [4]


def test_a_table_that_is_no_ga4_export_says_how_events_come_in(tmp_path: Path):
    (tmp_path / "other.csv").write_text("time,event\n2020-01-01,view\n")
    with pytest.raises(DataError, match="suggest-map"):
        read(SOURCE, tmp_path / "other.csv")
    pq.write_table(pa.table({"event_timestamp": [1], "event_name": ["x"]}), tmp_path / "other.parquet")
    with pytest.raises(DataError, match="user_pseudo_id"):
        read(SOURCE, tmp_path / "other.parquet")


@pytest.mark.data
def test_the_fixture_of_a_real_pipeline_comes_in(shared_data: Path):
    path = shared_data / "formats" / "fivetran_dbt_ga4_export" / "event_data.csv"
    assert detect_source([path]) == "ga4-events"
    result = read(SOURCE, path, currency="USD")
    first = result["events"][0]
    assert (first["event"], first["order_id"], first["value"], first["session_id"]) == (
        "purchase", "txn_123", "29.99", "pseudo_123.session_123",
    )  # fmt: skip
    assert not result.rejects


def test_only_ga4_events_are_taken_for_them(tmp_path: Path):
    write_parquet(random_events(0, 3), tmp_path / "events_20210131.parquet")
    assert detect_source([tmp_path / "events_20210131.parquet"]) == "ga4-events"
    (tmp_path / "events.csv").write_text("event_id,occurred_at,visitor_id,event\n1,2020-01-01T00:00:00Z,v,page_view\n")
    assert detect_source([tmp_path / "events.csv"]) == "tables"
    assert set(sources()) >= {"ga4-daily", "ga4-events"}
