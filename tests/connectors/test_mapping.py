"""Reading a mapping file, and saying exactly what is wrong with it and where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import zhanggui.connectors
from zhanggui.basics.errors import DataError, DefinitionError
from zhanggui.connectors.mapping import load_mapping, parse_mapping

GOOD = """# comment
zone = "Asia/Shanghai"

[[table]]
fills = "customers"
[table.columns]
customer_id = "id"

[[table]]
fills = "orders"
from = ["a*.csv", "b.csv"]
keep = "n > 0"
group_by = ["id"]
zone = "Europe/London"
[table.columns]
order_id = "id"
placed_at = { column = "at", date = "%d.%m.%Y" }
status = { const = "paid" }
"""


def parse(text: str):
    return parse_mapping(text, Path("shop.map.toml"))


def test_a_mapping_is_read_with_the_settings_of_the_file_where_a_table_has_none():
    customers, orders = parse(GOOD).tables
    assert (customers.table.name, customers.patterns, customers.zone, customers.group_by) == (
        "customers",
        ("*",),
        "Asia/Shanghai",
        (),
    )
    assert (orders.patterns, orders.zone, orders.group_by) == (("a*.csv", "b.csv"), "Europe/London", ("id",))
    assert orders.reads == ("id", "at", "n")
    assert [value.place for value in orders.values] == [f"shop.map.toml line {line}" for line in (16, 17, 18)]


CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")


def broken(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = ", r"shop\.map\.toml: .*must be TOML"),
        ("", "fills no table"),
        ("table = 3", "fills no table"),
        ('colour = "red"', "line 1: there is no setting 'colour'"),
        (broken('zone = "Asia/Shanghai"', 'zone = "Mars"'), "line 2: No time zone is called 'Mars'"),
        (broken('zone = "Asia/Shanghai"', 'day_first = "yes"'), "line 2: day_first is true or false"),
        (broken('zone = "Asia/Shanghai"', 'decimal = ";"'), "line 2: decimal is"),
        (broken('fills = "orders"', 'fills = "order"'), "line 10: fills = 'order' is no table of the shop; did you"),
        (broken('fills = "orders"', 'fill = "orders"'), "line 10: there is no entry 'fill'; did you mean fills"),
        (broken('order_id = "id"', 'order = "id"'), "line 16: orders has no column 'order'; did you mean order_id"),
        (
            broken('status = { const = "paid" }\n', ""),
            'orders needs status; add for example status = . const = "placed" .',
        ),
        (broken('order_id = "id"\n', ""), 'orders needs order_id; add for example order_id = "COLUMN OF YOUR FILE"'),
        (broken('{ const = "paid" }', "{ }"), "line 18: status needs exactly one of column, const"),
        (broken('{ const = "paid" }', '{ const = "paid", column = "x" }'), "status needs exactly one of"),
        (
            broken('{ const = "paid" }', '{ konst = "paid" }'),
            "line 18: there is no way to fill status called 'konst'; did you mean",
        ),
        (broken('{ const = "paid" }', "5"), "line 18: status must be"),
        (broken('{ const = "paid" }', '{ column = "x", map = "y" }'), "line 18: map of status must be like"),
        (broken('{ const = "paid" }', '{ column = "x", pick = "best" }'), "pick of status is one of first, last"),
        (broken('{ const = "paid" }', '{ column = "x", per = 0 }'), "per of status must be a number"),
        (broken('{ const = "paid" }', '{ column = "x", hash = 1 }'), "hash of status is true or false"),
        (broken('{ const = "paid" }', '{ column = "x", per = true }'), "per of status must be a number"),
        (broken('{ const = "paid" }', '{ column = "x", zone = "Mars" }'), "No time zone is called 'Mars'"),
        (broken('{ const = "paid" }', "{ column = 3 }"), "column of status must be a text"),
        (broken('{ const = "paid" }', '{ join = "a", with = 3 }'), "with of status must be a text"),
        (broken('{ const = "paid" }', "{ join = [1] }"), "line 18: status must be a text or a list of texts"),
        (broken('{ const = "paid" }', '{ formula = "a +" }'), "line 18: the formula 'a \\+' ends too early"),
        (broken('keep = "n > 0"', 'keep = "n >"'), "line 12: the condition 'n >' is none of"),
        (broken('keep = "n > 0"', "keep = 3"), "line 12: keep must be a text or a list"),
        (broken('keep = "n > 0"', 'sql = "SELECT 1"'), "line 12: a query needs both url and sql"),
        (broken('keep = "n > 0"', 'sql = "SELECT 1"\nurl = "sqlite:///x.db"'), "not both"),
        (broken('keep = "n > 0"', "sql = 3\nurl = 4"), "url must be a text"),
        ('[[table]]\nfills = "orders"\n', "line 2: orders has no"),
    ],
)
def test_every_mistake_is_named_with_its_line(text, says):
    with pytest.raises(DefinitionError, match=says) as caught:
        parse(text)
    assert CHINESE.search(caught.value.zh)
    line = re.search(r"line (\d+):", caught.value.message)
    assert line is None or f"第 {line[1]} 行：" in caught.value.zh


def test_a_mapping_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "m.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert len(load_mapping(path).tables) == 2


def test_a_mapping_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"gone\.toml cannot be read: No such file"):
        load_mapping(tmp_path / "gone.toml")
    (tmp_path / "gbk.toml").write_bytes("# 订单".encode("gbk"))
    with pytest.raises(DataError, match="it is UTF-8 text"):
        load_mapping(tmp_path / "gbk.toml")


@pytest.mark.parametrize(
    "path", sorted((Path(zhanggui.connectors.__file__).parent / "mappings").glob("*.toml")), ids=str
)
def test_the_mappings_that_come_with_the_product_load(path):
    assert load_mapping(path).tables
