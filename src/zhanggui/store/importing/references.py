"""What points nowhere or runs backwards over tables is reported, not rejected."""

from __future__ import annotations

from zhanggui.basics.words import Words
from zhanggui.shop import TABLES
from zhanggui.store.importing.lines import locate
from zhanggui.store.importing.merging import moved_rows
from zhanggui.store.importing.rejecting import write_rejects
from zhanggui.store.importing.running import Runner
from zhanggui.store.importing.staging import Staging
from zhanggui.store.schema import literal, quoted

MOST = 1000  # rows listed per reference; the rest is one row that counts them


def report_references(staging: Staging, runner: Runner, batch: str) -> None:
    """Report rows of ``staging`` whose references are not found in the shop, after the whole batch is in."""
    table = staging.table
    for reference in table.references:
        if reference.column not in staging.held:
            continue
        other = TABLES[reference.table]
        name, to = quoted(reference.column), quoted(reference.to)
        lost = f"SELECT s.r, s.{name} AS value FROM {moved_rows(staging)} s"
        if not runner.one(f"SELECT count(*) FROM main.{quoted(other.name)}")[0]:
            count = runner.one(f"SELECT count(*) FROM ({lost} WHERE s.{name} IS NOT NULL)")[0]
            words = Words(
                f"{count} rows point to {other.name}, which the shop does not have",
                f"{count} 行引用了店铺没有的表 {other.name}（{other.words.zh}）",
            )
            _summarise(staging, runner, batch, reference.column, words, count)
            continue
        anti = f"{lost} ANTI JOIN main.{quoted(other.name)} o ON o.{to} = s.{name} WHERE s.{name} IS NOT NULL"
        words = Words(
            f"{reference.column} is not in {other.name}", f"{reference.column} 不在 {other.name}（{other.words.zh}）中"
        )
        _report(staging, runner, batch, reference.column, words, anti)


def report_backwards(staged: dict[str, Staging], runner: Runner, batch: str) -> None:
    """Report shipments that left or arrived before their order was placed or paid, whichever of the two came."""
    joined = (
        "SELECT s.r, CAST({value} AS VARCHAR) AS value FROM {rows} s JOIN main.{other} o ON o.order_id = s.order_id"
    )
    for table, other in (("shipments", "orders"), ("orders", "shipments")):
        if table not in staged or not runner.one(f"SELECT count(*) FROM main.{other}")[0]:
            continue
        staging = staged[table]
        for later in ("shipped_at", "delivered_at"):
            for earlier in ("placed_at", "paid_at"):
                mine = later if table == "shipments" else earlier
                if mine not in staging.held:
                    continue
                wrong = f"o.{earlier} > s.{later}" if table == "shipments" else f"s.{earlier} > o.{later}"
                words = Words(
                    f"{later} of the shipment is before {earlier} of its order", f"包裹的 {later} 早于订单的 {earlier}"
                )
                rows = joined.format(value=f"s.{mine}", rows=moved_rows(staging), other=other)
                if table == "orders" and "shipments" in staged:
                    # Those of this batch were looked at from their own side.
                    wrong += f" AND o.shipment_id NOT IN (SELECT shipment_id FROM {moved_rows(staged['shipments'])})"
                _report(staging, runner, batch, mine, words, f"{rows} WHERE {wrong}")


def _report(staging: Staging, runner: Runner, batch: str, column: str, words: Words, rows: str) -> None:
    runner.run("checking references", f"CREATE OR REPLACE TEMP TABLE zg_lost AS {rows}")
    count = int(runner.one("SELECT count(*) FROM zg_lost")[0])
    if count:
        locate(staging, runner, f"SELECT r FROM zg_lost ORDER BY r LIMIT {MOST}", "zg_lines")
        runner.con.execute(
            f"INSERT INTO zg.rejects SELECT {literal(batch)}, {literal(staging.table.name)}, l.file, l.line, "
            f"{literal(column)}, d.value, {literal(words.en)}, {literal(words.zh)}, false "
            "FROM zg_lines l JOIN zg_lost d ON d.r = l.r ORDER BY l.r"
        )
        runner.con.execute("DROP TABLE zg_lines")
    if count > MOST:
        more = count - MOST
        _summarise(
            staging,
            runner,
            batch,
            column,
            Words(f"{more} more rows: {words.en}", f"另有 {more} 行：{words.zh}"),
            more,
        )
    runner.con.execute("DROP TABLE zg_lost")


def _summarise(staging: Staging, runner: Runner, batch: str, column: str, words: Words, count: int) -> None:
    if count:
        write_rejects(runner, [(batch, staging.table.name, None, None, column, str(count), words.en, words.zh, False)])
