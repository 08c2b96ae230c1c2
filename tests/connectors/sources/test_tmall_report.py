"""The Tmall order report: the real file closes to the cent, and so do invented ones."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from tests.connectors.sources.platform_reading import CHINA, Taken, take, taken_of

from zhanggui.connectors.source import FileHead, Head, Inputs, sources

HEADER = "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额"
AT = "2020-02-20 10:00:00"


def row(number: str, ordered: str, paid: str, refunded: str = "0.00", paid_at: str = AT, place: str = "上海") -> str:
    return ",".join([number, ordered, paid, place, AT, paid_at, refunded])


def report(tmp_path: Path, *rows: str, encoding: str = "gbk") -> Taken:
    return take("tmall-report", tmp_path, {"r.csv": "\n".join([HEADER, *rows, ""])}, encoding=encoding)


@pytest.mark.data
class TestRealReport:
    """The shared report of 8,131 orders of February 2020."""

    def test_the_bridge_closes_to_the_cent(self, shared_data: Path):
        path = shared_data / "tmall_orders" / "tmall_order_report.parquet"
        taken = taken_of(list(sources()["tmall-report"].read(Inputs((path,), CHINA))))
        columns = pq.read_table(path).to_pydict()
        exact = {
            name: sum(Decimal(str(value)) for value in columns[name])
            for name in ("总金额", "买家实际支付金额", "退款金额")
        }
        unpaid = sum(
            Decimal(str(value))
            for value, at in zip(columns["总金额"], columns["订单付款时间"], strict=True)
            if at is None
        )
        assert taken.sales == exact["总金额"]
        assert taken.bridge == {
            "platform_total": exact["买家实际支付金额"], "unpaid": unpaid, "refunded": exact["退款金额"],
        }  # fmt: skip
        assert taken.residual == 0
        assert len(taken.rows("orders")) == len(taken.rows("order_lines")) == 8_131
        assert len(taken.rows("refunds")) == 1_853
        assert not taken.rejects

    def test_csv_in_gbk_reads_the_same_as_parquet(self, shared_data: Path, tmp_path: Path):
        table = pq.read_table(shared_data / "tmall_orders" / "tmall_order_report.parquet").slice(0, 500)
        pa_csv.write_csv(table, tmp_path / "utf8.csv")
        pq.write_table(table, tmp_path / "r.parquet")
        text = (tmp_path / "utf8.csv").read_text()
        (tmp_path / "r.csv").write_text(text, encoding="gbk")
        read = sources()["tmall-report"].read
        one, two = (taken_of(list(read(Inputs((tmp_path / name,), CHINA)))) for name in ("r.csv", "r.parquet"))
        assert one.tables == two.tables
        assert one.bridge == two.bridge


def test_unpaid_orders_are_placed_and_noted_with_their_sum(tmp_path: Path):
    taken = report(tmp_path, row("1", "10.00", "0.00", paid_at=""), row("2", "0.01", "0.01"))
    assert [order["status"] for order in taken.rows("orders")] == ["placed", "paid"]
    assert taken.steps() == {"platform_total": Decimal("0.01"), "unpaid": Decimal(10)}
    assert (taken.notes[0].amount, taken.notes[0].rows) == (Decimal(10), 1)
    assert taken.residual == 0


def test_a_full_refund_is_a_return_and_a_part_is_not(tmp_path: Path):
    taken = report(tmp_path, row("1", "10.00", "0.00", "10.00"), row("2", "10.00", "9.99", "0.01"))
    assert [order["status"] for order in taken.rows("orders")] == ["returned", "paid"]
    assert taken.residual == 0


def test_amounts_that_do_not_add_up_are_shown_under_other(tmp_path: Path):
    taken = report(tmp_path, row("1", "10.00", "7.00"), row("2", "5.00", "5.01"))
    assert taken.steps() == {"platform_total": Decimal("12.01"), "other": Decimal(3), "rounding": Decimal("-0.01")}
    assert taken.residual == 0


def test_only_the_province_of_an_address_is_kept(tmp_path: Path):
    taken = report(
        tmp_path,
        row("1", "1.00", "1.00", place="广东省深圳市南山区科技路 1 号 张三"),
        row("2", "1.00", "1.00", place="某某小区 3 号"),
    )
    assert [(order["region"], order["city"]) for order in taken.rows("orders")] == [("广东省", "深圳市"), (None, None)]


def test_bad_rows_repeats_and_twins(tmp_path: Path):
    good = row("1", "10.00", "10.00")
    taken = report(tmp_path, good, good, row("1", "11.00", "11.00"), row("2", "x", "3.00"), row("", "1.00", "1.00"))
    assert taken.unchanged == {"orders": 1, "order_lines": 1}
    assert sorted({reject.line for reject in taken.rejects}) == [4, 5, 6]
    assert taken.steps() == {"platform_total": Decimal(35), "repeated": Decimal(-10), "rejected": Decimal(-15)}
    assert taken.residual == 0


def test_the_report_is_told_from_the_order_list():
    columns = tuple(name.strip() for name in HEADER.split(","))
    report_head = Head((FileHead(Path("r.csv"), "r.csv", columns),))
    list_head = Head((FileHead(Path("r.csv"), "r.csv", (*columns, "订单状态")),))
    found = {name for name, source in sources().items() if source.detect(report_head)}
    assert found == {"tmall-report"}
    assert {name for name, source in sources().items() if source.detect(list_head)} == {"taobao"}


@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_the_bridge_of_many_invented_orders_closes_to_the_cent(tmp_path: Path, count: int):
    dice = random.Random(3)
    rows, sales = [], Decimal(0)
    for number in range(1, count + 1):
        ordered = Decimal(dice.randint(1, 9_999)) / 100
        refunded = dice.choice([Decimal(0), ordered, (ordered / 3).quantize(Decimal("0.01"))])
        unpaid = dice.random() < 0.2
        paid, back = (Decimal(0), Decimal(0)) if unpaid else (ordered - refunded, refunded)
        rows.append(row(str(number), f"{ordered:.2f}", f"{paid:.2f}", f"{back:.2f}", "" if unpaid else AT))
        sales += ordered
    taken = report(tmp_path, *rows, encoding="utf-8-sig")
    assert taken.sales == sales
    assert taken.residual == 0
    assert set(taken.steps()) == {"platform_total", "unpaid", "refunded"}
