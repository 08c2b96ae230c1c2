"""What each good row of a batch is: new, a newer version, unchanged, or a refused repetition of its key.

The TEMP table ``zg_fate_<table>`` (r, fate, first_r, t) names every good row that is not simply a new row: ``r`` is
its number in the staging table, ``first_r`` the row that it repeats, ``t`` the row of the shop that it replaces.
Rows whose key stands several times in the batch go through :func:`settle_repeated`, all others are one join.
Where the first row of a key counts for ever (events that are delivered again), :func:`keep_first` is all there is.
"""

from __future__ import annotations

from dataclasses import dataclass

from zhanggui.store.importing.running import Runner
from zhanggui.store.importing.staging import Staging
from zhanggui.store.schema import TYPES, quoted

NEW, UPDATED, UNCHANGED, REPEATED = 0, 1, 2, 3


@dataclass(frozen=True)
class Names:
    """Names of the tables that belong to one table of a batch; all but ``target`` are TEMP."""

    target: str
    staged: str
    segments: str
    fate: str
    repeated: str
    settled: str
    updates: str
    old: str
    fresh: str
    changed: str

    @classmethod
    def of(cls, table: str) -> Names:
        """The names for the shop table ``table``."""
        parts = ("in", "seg", "fate", "repeated", "settled", "updates", "old", "fresh", "changed")
        return cls(f"main.{quoted(table)}", *(f"zg_{part}_{table}" for part in parts))


def compare(staging: Staging, runner: Runner, existing: int) -> bool:
    """Fill the fate table of ``staging``; the shop has ``existing`` rows of that table. True when a key repeats."""
    names = Names.of(staging.table.name)
    con = runner.con
    staging.keep_segments()
    con.execute(f"CREATE OR REPLACE TEMP TABLE {names.fate} (r BIGINT, fate UTINYINT, first_r BIGINT, t BIGINT)")
    key = _key(staging, "")
    stage = f"comparing {staging.table.name}"
    runner.run(
        stage,
        f"CREATE OR REPLACE TEMP TABLE {names.repeated} AS SELECT hash({key}) AS h FROM {names.staged} "
        "WHERE _bad IS NULL GROUP BY ALL HAVING count(*) > 1",
    )
    repeated = bool(runner.one(f"SELECT count(*) FROM {names.repeated}")[0])
    single = ""
    if repeated:
        settle_repeated(staging, runner, existing)
        single = f"AND hash({_key(staging, 's.')}) NOT IN (SELECT h FROM {names.repeated})"
    if existing:
        runner.run(
            stage,
            f"INSERT INTO {names.fate} SELECT s.rowid, "
            f"CASE WHEN {_differs(staging)} THEN {UPDATED} ELSE {UNCHANGED} END, s.rowid, m.rowid "
            f"FROM {_with_set(staging, names)} JOIN {names.target} m ON {_same_key(staging, 's', 'm')} "
            f"WHERE s._bad IS NULL {single}",
        )
    return repeated


def keep_first(staging: Staging, runner: Runner, existing: int) -> None:
    """Fill the fate table of ``staging`` so that a key keeps the row that came first, in the shop or in the batch."""
    names = Names.of(staging.table.name)
    stage = f"comparing {staging.table.name}"
    staging.keep_segments()
    key = _key(staging, "")
    runner.con.execute(f"CREATE OR REPLACE TEMP TABLE {names.fate} (r BIGINT, fate UTINYINT, first_r BIGINT, t BIGINT)")
    again = f"SELECT rowid AS r, min(rowid) OVER (PARTITION BY {key}) AS first_r FROM {names.staged} WHERE _bad IS NULL"
    runner.run(
        stage, f"INSERT INTO {names.fate} SELECT r, {UNCHANGED}, first_r, NULL FROM ({again}) WHERE r <> first_r"
    )
    if existing:
        runner.run(
            stage,
            f"INSERT INTO {names.fate} SELECT s.rowid, {UNCHANGED}, s.rowid, NULL FROM {names.staged} s "
            f"SEMI JOIN {names.target} m ON {_same_key(staging, 's', 'm')} "
            f"WHERE s._bad IS NULL AND s.rowid NOT IN (SELECT r FROM {names.fate})",
        )


def settle_repeated(staging: Staging, runner: Runner, existing: int) -> None:
    """Decide about rows whose key stands several times in the batch.

    In one file the first row counts: the same again is unchanged, other values are refused. Over files each
    is a version that follows the one before; columns that a file does not give keep their value. When the last
    version is what the shop has already, all of them are unchanged: so the same batch twice changes nothing. The rows
    that come out stand in ``zg_settled_<table>`` with ``t``, the row of the shop that they replace.
    """
    names = Names.of(staging.table.name)
    stage = f"comparing {staging.table.name}"
    columns = [column.name for column in staging.table.columns]
    held = staging.held
    cells = ", ".join(
        f"s.{quoted(c.name)}" if c.name in held else f"CAST(NULL AS {TYPES[c.kind]}) AS {quoted(c.name)}"
        for c in staging.table.columns
    )
    runner.run(
        stage,
        f"CREATE OR REPLACE TEMP TABLE zg_versions AS SELECT s.rowid AS r, g.unit, g.columns, "
        f"first_value(s.rowid) OVER (PARTITION BY {_key(staging, 's.')}, g.unit ORDER BY s.rowid) AS first_r, {cells} "
        f"FROM {names.staged} s ASOF JOIN {names.segments} g ON s.rowid >= g.start "
        f"WHERE s._bad IS NULL AND hash({_key(staging, 's.')}) IN (SELECT h FROM {names.repeated})",
    )
    differs = " OR ".join(f"v.{quoted(c)} IS DISTINCT FROM f.{quoted(c)}" for c in columns)
    runner.run(
        stage,
        f"INSERT INTO {names.fate} SELECT v.r, CASE WHEN {differs} THEN {REPEATED} ELSE {UNCHANGED} END, "
        "v.first_r, NULL FROM zg_versions v JOIN zg_versions f ON f.r = v.first_r WHERE v.r <> v.first_r",
    )
    runner.run(stage, f"CREATE OR REPLACE TEMP TABLE zg_steps AS {_steps(staging, names, existing)}")
    fate = f"CASE WHEN moved THEN fate ELSE {UNCHANGED} END"
    runner.run(stage, f"INSERT INTO {names.fate} SELECT r, {fate}, r, NULL FROM zg_steps WHERE r >= 0")
    out = ", ".join(quoted(c) for c in columns)
    runner.run(
        stage,
        f"CREATE OR REPLACE TEMP TABLE {names.settled} AS SELECT {out}, t FROM zg_steps WHERE is_last AND moved",
    )
    runner.con.execute("DROP TABLE zg_versions")
    runner.con.execute("DROP TABLE zg_steps")


def _steps(staging: Staging, names: Names, existing: int) -> str:
    """SQL: every version of every repeated key: its fate, the row after it, and whether the key ``moved`` at all."""
    key = _key(staging, "")
    columns = [column.name for column in staging.table.columns]
    values = [c for c in columns if c not in staging.table.key]
    before = ", ".join(f"{_before(staging, c, key)} AS {quoted('b_' + c)}" for c in values)
    first = ", ".join(f"first_value({quoted(c)}) OVER ({_in_order(key)}) AS {quoted('o_' + c)}" for c in values)
    differs = " OR ".join(f"({_given(staging, c)} AND {quoted(c)} IS DISTINCT FROM {quoted('b_' + c)})" for c in values)
    after = ", ".join(
        f"CASE WHEN {_given(staging, c)} THEN {quoted(c)} ELSE {quoted('b_' + c)} END AS {quoted(c)}" for c in values
    )
    net = " OR ".join(f"{quoted(c)} IS DISTINCT FROM {quoted('o_' + c)}" for c in values)
    stored = ", ".join(quoted("o_" + c) for c in values)
    return (
        f"SELECT *, bool_or(is_last AND (t IS NULL OR {net})) OVER (PARTITION BY {key}) AS moved FROM ("
        f"SELECT r, {key}, max(t) OVER (PARTITION BY {key}) AS t, n = of AS is_last, {stored}, "
        f"CASE WHEN n = 1 THEN {NEW} WHEN {differs} THEN {UPDATED} ELSE {UNCHANGED} END AS fate, {after} FROM ("
        f"SELECT *, row_number() OVER ({_in_order(key)}) AS n, count(*) OVER (PARTITION BY {key}) AS of, "
        f"{before}, {first} FROM ({_events(staging, names, existing)})))"
    )


def _events(staging: Staging, names: Names, existing: int) -> str:
    """SQL: one row per version of a repeated key; the row that the shop has comes first, with unit -1."""
    columns = [quoted(column.name) for column in staging.table.columns]
    events = (
        f"SELECT r, unit, columns, CAST(NULL AS BIGINT) AS t, {', '.join(columns)} FROM zg_versions WHERE r = first_r"
    )
    if existing:
        events += (
            f" UNION ALL SELECT -1, -1, -1, m.rowid, {', '.join(f'm.{c}' for c in columns)} FROM {names.target} m "
            f"SEMI JOIN zg_versions v ON {_same_key(staging, 'm', 'v')}"
        )
    return events


def _in_order(key: str) -> str:
    return f"PARTITION BY {key} ORDER BY unit"


def _before(staging: Staging, column: str, key: str) -> str:
    """SQL: the value of ``column`` before this version: that of the last version whose file gives the column."""
    over = _in_order(key)
    if len(staging.sets_with(column)) == len(staging.sets):
        return f"lag({quoted(column)}) OVER ({over})"
    given = f"CASE WHEN {_given(staging, column)} THEN {{'v': {quoted(column)}}} END"
    frame = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    return f"(last_value({given} IGNORE NULLS) OVER ({over} {frame})).v"


def _given(staging: Staging, column: str) -> str:
    """SQL over ``columns``: whether the version gives ``column``; -1 is the row of the shop, which has all."""
    return _among("columns", [-1, *staging.sets_with(column)])


def _differs(staging: Staging) -> str:
    """SQL over s and m: whether the staged row changes the row of the shop."""
    parts = []
    for name in staging.given:
        if name in staging.table.key:
            continue
        differs = f"s.{quoted(name)} IS DISTINCT FROM m.{quoted(name)}"
        sets = staging.sets_with(name)
        parts.append(differs if len(sets) == len(staging.sets) else f"({_among('s.columns', sets)} AND {differs})")
    return " OR ".join(parts) or "false"


def _with_set(staging: Staging, names: Names) -> str:
    """SQL: the staged rows as s, with the number of their set of columns where several sets came."""
    if len(staging.sets) == 1:
        return f"{names.staged} s"
    return (
        f"(SELECT s.*, s.rowid, g.columns FROM {names.staged} s ASOF JOIN {names.segments} g ON s.rowid >= g.start) s"
    )


def _among(what: str, numbers: list[int] | tuple[int, ...]) -> str:
    return f"{what} IN ({', '.join(str(number) for number in numbers)})" if numbers else "false"


def _key(staging: Staging, prefix: str) -> str:
    return ", ".join(f"{prefix}{quoted(name)}" for name in staging.table.key)


def _same_key(staging: Staging, left: str, right: str) -> str:
    return " AND ".join(f"{left}.{quoted(name)} = {right}.{quoted(name)}" for name in staging.table.key)
