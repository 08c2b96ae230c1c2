"""Drafting a mapping for events of any platform: what steps are called, epochs, and files that number nothing."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

from pathlib import Path

import pytest
from tests.connectors.sources.table_reading import Read, read

from zhanggui.connectors.mapping import parse_mapping
from zhanggui.connectors.sources.mapped import SOURCE
from zhanggui.connectors.suggest import suggest_map
from zhanggui.connectors.suggest_events import event_named
from zhanggui.shop import TABLES

EVENTS = TABLES["events"].by_name["event"].choices
SHOP = (
    "event_time,event_type,product_id,category_code,brand,price,user_id,user_session\n"
    "2019-10-01 00:00:00 UTC,view,44600062,appliances,shiseido,35.79,541312140,72d7\n"
    "2019-10-01 00:00:01 UTC,cart,44600062,appliances,shiseido,35.79,541312140,72d7\n"
    "2019-10-01 00:00:02 UTC,remove_from_cart,44600062,appliances,shiseido,35.79,541312140,72d7\n"
    "2019-10-01 00:00:03 UTC,purchase,44600062,appliances,shiseido,35.79,541312140,72d7\n"
)
MILLIS = "timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n1433221332118,257597,addtocart,355908,\n1433221332119,257597,transaction,355908,T1\n"
SECONDS = "user_id,item_id,category_id,behavior_type,timestamp\n1,2268318,2520377,pv,1511544070\n1,2268318,2520377,fav,1511561733\n1,2268319,2520377,buy,1511561734\n"
CHINESE = (
    "访客ID,行为类型,商品ID,事件时间,会话ID,来源,媒介\nv1,浏览,A,2024-01-02 10:00:00,s1,小红书,social\n"
    "v1,加入购物车,A,2024-01-02 10:01:00,s1,小红书,social\nv1,收藏,A,2024-01-02 10:02:00,s1,小红书,social\n"
    "v1,支付,A,2024年1月2日 10:05,s1,小红书,social\n"
)


@pytest.fixture
def draft(tmp_path: Path):
    """The drafted mapping of a CSV text, and what it reads of that file."""

    def _draft(content: str | bytes) -> tuple[str, Read]:
        path = tmp_path / "log.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        text = suggest_map(path)
        mapping = tmp_path / "log.map.toml"
        mapping.write_text(text, encoding="utf-8")
        assert [table.table.name for table in parse_mapping(text, mapping).tables] == ["events"]
        return text, read(SOURCE, path, mapping=mapping, currency="CNY", timezone="Asia/Shanghai")

    return _draft


def test_views_carts_and_purchases_of_a_shop_log(draft):
    text, result = draft(SHOP)
    assert result.column("events", "event") == ["view_item", "add_to_cart", "remove_from_cart", "purchase"]
    first = result["events"][0]
    assert (first["occurred_at"], first["visitor_id"], first["session_id"], first["value"]) == (
        "2019-10-01T00:00:00+00:00", "541312140", "72d7", "35.79",
    )  # fmt: skip
    assert len(set(result.column("events", "event_id"))) == 4
    assert "# Not used: category_code, brand" in text


def test_milliseconds_since_1970_are_times(draft):
    text, result = draft(MILLIS)
    assert 'date = "epoch"' in text
    assert result.column("events", "occurred_at")[0] == "2015-06-02T05:02:12.117000+00:00"
    assert result.column("events", "event") == ["view_item", "add_to_cart", "purchase"]
    assert result["events"][2]["order_id"] == "T1"


def test_favourites_are_no_step_and_are_left_out(draft):
    text, result = draft(SECONDS)
    assert "keep = [\"behavior_type not in ('fav')\"]" in text
    assert result.column("events", "event") == ["view_item", "purchase"]
    assert result.column("events", "occurred_at")[0] == "2017-11-24T17:21:10+00:00"
    assert result.column("events", "customer_id") == ["1", "1"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_chinese_headers_and_words_are_understood(draft, encoding: str):
    _, result = draft(CHINESE.encode(encoding))
    assert result.column("events", "event") == ["view_item", "add_to_cart", "purchase"]
    assert {(row["source"], row["medium"]) for row in result["events"]} == {("小红书", "social")}
    assert result.column("events", "occurred_at")[2] == "2024-01-02T02:05:00+00:00"


def test_words_nobody_knows_are_a_todo_and_the_draft_still_loads(draft):
    text, result = draft("user_id,item_id,action,time\n1,A,1,2024-01-02 10:00\n1,A,4,2024-01-02 10:01\n")
    assert "TODO: say what each value is" in text
    assert result.column("events", "event") == ["1", "4"]


def test_a_number_of_the_row_is_the_number_of_the_event(draft):
    text, _ = draft("id,visitor_id,event_name,event_time\n1,v,page_view,2024-01-02 10:00\n2,v,login,2024-01-02 10:01\n")
    assert 'event_id = "id"' in text


def test_an_address_as_visitor_is_hashed(draft):
    _, result = draft("email,event,time\njo@ex.org,login,2024-01-02 10:00\n")
    assert "@" not in str(result["events"][0]["visitor_id"])


def test_steps_by_any_name_are_steps_of_the_shop():
    assert {event_named(name, of_items=False) for name in EVENTS} == set(EVENTS)
    assert event_named("Product Added", of_items=True) == "add_to_cart"
    assert event_named("view_search_results", of_items=True) == "search"
    assert event_named("", of_items=True) is None
    assert event_named("点击", of_items=True) == "view_item"


@pytest.mark.parametrize("text", ["1493622050", "1493622050000", "1493622050000000"], ids=["s", "ms", "us"])
def test_the_digits_of_an_epoch_tell_its_unit(tmp_path: Path, text: str):
    (tmp_path / "a.csv").write_text(f"n,t\n1,{text}\n2,\n3,soon\n")
    mapping = tmp_path / "a.map.toml"
    mapping.write_text(
        '[[table]]\nfills = "sessions"\n[table.columns]\nsession_id = "n"\nstarted_at = { column = "t", date = "epoch" }\n'
    )
    found = read(SOURCE, tmp_path / "a.csv", mapping=mapping).column("sessions", "started_at")
    assert found == ["2017-05-01T07:00:50+00:00", None, "soon"]
