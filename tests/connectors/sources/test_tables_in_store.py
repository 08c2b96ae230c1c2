"""The exchange form all the way into a shop: every trap costs its own row and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhanggui.connectors.source import Inputs, ShopFacts
from zhanggui.connectors.sources.tables import SOURCE
from zhanggui.store.batches import import_pieces, rejects
from zhanggui.store.opened import create_shop, open_shop_folder
from zhanggui.store.settings import Settings

pytestmark = pytest.mark.slow

HEADER = "order_id,placed_at,status,city\n"
GOOD = "1,2020-01-01 08:00:00,paid,Ulm\n2,2020-01-02,paid,Bonn\n"
MANY = "".join(f"{n},2020-01-01,paid,x\n" for n in range(100, 5100))


@pytest.mark.parametrize(
    ("content", "read", "lines"),
    [
        pytest.param(HEADER + GOOD, 2, [], id="good"),
        pytest.param(HEADER, 0, [], id="no rows"),
        pytest.param("\ufeff" + (HEADER + GOOD).replace("\n", "\r\n"), 2, [], id="mark and windows line ends"),
        pytest.param(HEADER + GOOD + "3,2020-0", 3, [4], id="cut"),
        pytest.param(HEADER + GOOD + '3,2020-01-01,paid,"a\nb', 3, [4], id="cut inside quotes"),
        pytest.param(HEADER + '1,2020-01-01,paid,"a\nb"\n2,soon,paid,x\n', 2, [4], id="line breaks"),
        pytest.param(HEADER + GOOD + "5,2020-01-01,paid,x,y\n", 3, [4], id="too many cells"),
        pytest.param(HEADER + MANY + "9.44E+18,2020-01-01,paid,x\n", 5001, [5002], id="destroyed id far down"),
        pytest.param((HEADER + MANY).encode() + b"9,2020-01-01,paid,a\xffb\n", 5001, [], id="damaged byte far down"),
        pytest.param((HEADER + MANY).encode() + b"9,2020-01-01,paid,a\0b\n", 5001, [], id="nul byte far down"),
    ],
)
def test_every_trap_costs_its_own_row_and_nothing_else(
    tmp_path: Path, content: str | bytes, read: int, lines: list[int]
):
    path = tmp_path / "orders.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    create_shop(tmp_path / "shop", Settings(name="traps", currency="EUR", timezone="UTC"))
    with open_shop_folder(tmp_path / "shop") as shop:
        pieces = SOURCE.read(Inputs((path,), ShopFacts("EUR", "UTC")))
        report = import_pieces(shop, pieces, source="tables", files=[str(path)])
        counts = report.tables["orders"]
        assert (counts.read, counts.accepted, counts.rejected) == (read, read - len(lines), len(lines))
        assert [row.line for row in rejects(shop, report.batch)] == lines
