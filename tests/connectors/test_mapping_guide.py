"""The guide to mappings is true: its mappings load, and its files become what it says."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from tests.connectors.sources.table_reading import read

from zhanggui.connectors.mapping import VALUE_KEYS, parse_mapping
from zhanggui.connectors.sources.mapped import SOURCE

DOCS = Path(__file__).resolve().parents[2] / "docs" / "how-to"
GUIDES = (DOCS / "write-a-mapping.md", DOCS / "write-a-mapping.zh.md")
FILES = {
    GUIDES[0]: "order no,created,state,article,colour,quantity,amount\n1,2020-02-01 10:00,ok,A,red,3,10.00\n"
    "1,2020-02-01 10:00,ok,B,,1,2.50\n2,2020-02-01 11:00,void,A,red,1,3.00\n3,2020-02-01 11:00,ok,A,red,0,9\n",
    GUIDES[1]: "订单编号,下单时间,状态,货号,颜色,数量,金额\n1,2020-02-01 10:00,已付款,A,红,3,10.00\n"
    "1,2020-02-01 10:00,已付款,B,,1,2.50\n2,2020-02-01 11:00,已关闭,A,红,1,3.00\n3,2020-02-01 11:00,已付款,A,红,0,9\n",
}


def mappings_of(guide: Path) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_mappings_of_the_guide_load(guide):
    assert [len(parse_mapping(text, guide).tables) for text in mappings_of(guide)] == [2, 1]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_first_mapping_of_the_guide_gives_the_amounts_to_the_cent(guide, tmp_path):
    path = tmp_path / ("orders_1.csv" if guide == GUIDES[0] else "订单_1.csv")
    path.write_text(FILES[guide], encoding="utf-8")
    mapping = tmp_path / "m.map.toml"
    mapping.write_text(mappings_of(guide)[0], encoding="utf-8")
    result = read(SOURCE, path, mapping=mapping, currency="CNY", timezone="UTC")
    assert [(row["order_id"], row["status"], row["total_amount"]) for row in result["orders"]] == [
        ("1", "paid", "12.50"),
        ("2", "cancelled", "3.00"),
    ]
    assert result.sales == Decimal("12.50")
    assert result.column("order_lines", "line_no") == ["1", "2", "1"]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_guide_names_every_way_to_fill_a_column(guide):
    text = guide.read_text(encoding="utf-8")
    assert [key for key in sorted(VALUE_KEYS) if f"{key} =" not in text] == []
