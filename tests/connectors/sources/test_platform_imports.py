"""Every platform's example goes through the real store: its bridge closes to the cent, and twice is once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from zhanggui.connectors.detect import detect_source
from zhanggui.connectors.source import Example, Inputs, ShopFacts, sources
from zhanggui.store.batches import BatchReport, import_pieces
from zhanggui.store.opened import OpenShop, create_shop, open_shop_folder
from zhanggui.store.settings import Settings

FAST, SLOW = ("taobao",), ("shopify", "woocommerce", "tmall-report", "jd", "pinduoduo", "douyin", "amazon")
ORDER_SOURCES = (*FAST, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW))
DAILY_SOURCES = ("google-ads", "meta-ads", "ga4-daily")


def imported(shop: OpenShop, source: str, example: Example, folder: Path, copies: int = 1) -> BatchReport:
    paths = []
    for name, content in [item for item in example.files.items() for _ in range(copies)]:
        path = folder / f"{len(paths)}-{name}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(path)
    pieces = sources()[source].read(Inputs(tuple(paths), example.settings))
    return import_pieces(shop, pieces, source=source, files=[path.name for path in paths])


@pytest.fixture
def shop_for(tmp_path: Path) -> Iterator[object]:
    opened: list[OpenShop] = []

    def make(example: Example) -> OpenShop:
        facts = example.settings
        create_shop(tmp_path / "shop", Settings("Test", facts.currency, facts.timezone))
        opened.append(open_shop_folder(tmp_path / "shop"))
        return opened[-1]

    yield make
    for shop in opened:
        shop.close()


@pytest.mark.parametrize("source", ORDER_SOURCES)
def test_the_bridge_of_a_platform_closes_to_the_cent_in_the_store(source: str, shop_for, tmp_path: Path):
    example = sources()[source].examples[0]
    shop = shop_for(example)
    report = imported(shop, source, example, tmp_path)
    assert report.bridge is not None
    assert report.bridge.residual == 0
    assert report.bridge.platform_total == Decimal(example.platform_total)
    assert all(count.rejected == 0 for count in report.tables.values()), report.tables
    assert report.tables["orders"].accepted == len(example.expect["orders"])
    again = imported(shop, source, example, tmp_path)
    assert again.bridge.residual == 0
    for count in again.tables.values():
        assert (count.accepted, count.updated, count.rejected) == (0, 0, 0)
        assert count.unchanged == count.read


@pytest.mark.parametrize("source", [*FAST, *SLOW, *DAILY_SOURCES])
def test_the_format_is_found_without_being_named(source: str, tmp_path: Path):
    for number, example in enumerate(sources()[source].examples):
        for name, content in example.files.items():
            path = tmp_path / f"{number}-{name}"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            assert detect_source([path]) == source


@pytest.mark.slow
@pytest.mark.parametrize("source", [*FAST, *SLOW])
def test_the_same_file_twice_in_one_import_closes_in_the_store(source: str, shop_for, tmp_path: Path):
    example = sources()[source].examples[0]
    report = imported(shop_for(example), source, example, tmp_path, copies=2)
    assert report.bridge.residual == 0
    assert report.bridge.platform_total == 2 * Decimal(example.platform_total)
    assert report.tables["orders"].unchanged == len(example.expect["orders"])


JD = "订单号,商品ID,订购数量,京东价,订单金额,订单状态,下单时间\n"
OPEN, CANCELLED = "1,a,2,5.00,14.00,等待出库,2024-01-31 10:00:00\n", "1,a,2,5.00,14.00,已取消,2024-01-31 10:00:00\n"
MORE, OTHER = "1,b,1,4.00,14.00,等待出库,2024-01-31 10:00:00\n", "2,a,1,5.00,5.00,完成,2024-01-31 10:00:00\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "ours"),
    [
        ((OPEN + MORE + OTHER, OPEN + MORE), 19),
        ((OPEN + MORE + OPEN + OTHER + OTHER,), 19),
        ((OPEN + MORE, CANCELLED + MORE.replace("等待出库", "已取消") + OTHER), 5),
        ((CANCELLED + OTHER, OPEN + MORE), 19),
        ((OPEN + MORE, CANCELLED, OPEN + MORE + MORE), 14),
        ((OPEN.replace("5.00,14", "6.00,16"), OPEN + MORE + OTHER), 19),
        ((OPEN + MORE.replace("4.00", "x") + OTHER,), 15),
        ((OPEN + MORE + OTHER.replace("2024-01-31", "soon"),), 14),
    ],
)
def test_versions_repetitions_and_refusals_close_in_the_store(files: tuple[str, ...], ours: int, shop_for, tmp_path):
    example = Example({f"{n}.csv": JD + rows for n, rows in enumerate(files)}, {}, settings=ShopFacts("CNY", "UTC"))
    report = imported(shop_for(example), "jd", example, tmp_path)
    assert report.bridge.ours == ours
    assert report.bridge.residual == 0


@pytest.mark.slow
@pytest.mark.parametrize("source", DAILY_SOURCES)
def test_daily_figures_go_in_and_twice_is_once(source: str, shop_for, tmp_path: Path):
    for example in sources()[source].examples[:1]:
        shop = shop_for(example)
        first = imported(shop, source, example, tmp_path)
        assert all(count.rejected == 0 for count in first.tables.values()), first.tables
        again = imported(shop, source, example, tmp_path)
        assert all(count.unchanged == count.read for count in again.tables.values())


@pytest.mark.slow
@pytest.mark.data
def test_the_real_tmall_report_closes_in_the_store(shared_data: Path, tmp_path: Path):
    create_shop(tmp_path / "shop", Settings("Test", "CNY", "Asia/Shanghai"))
    path = shared_data / "tmall_orders" / "tmall_order_report.parquet"
    facts = sources()["tmall-report"].examples[0].settings
    with open_shop_folder(tmp_path / "shop") as shop:
        report = import_pieces(
            shop, sources()["tmall-report"].read(Inputs((path,), facts)), source="tmall-report", files=[path.name]
        )
        assert report.tables["orders"].accepted == 8_131
        assert report.bridge.platform_total == Decimal("502052.69")
        assert report.bridge.ours == Decimal("781468.22")
        assert report.bridge.residual == 0
