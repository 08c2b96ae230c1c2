"""Rows of a batch go into the tables of the shop; what they replace is kept for the derived tables."""

from __future__ import annotations

from dataclasses import dataclass

from zhanggui.store.importing.comparing import NEW, REPEATED, UNCHANGED, UPDATED, Names, compare, keep_first
from zhanggui.store.importing.running import Runner
from zhanggui.store.importing.staging import Staging
from zhanggui.store.schema import TYPES, columns_of, quoted


@dataclass(frozen=True)
class TableCount:
    """What became of the rows of one table in a batch; read = accepted + updated + unchanged + rejected."""

    read: int
    accepted: int
    updated: int
    unchanged: int
    rejected: int

    def to_json(self) -> dict[str, int]:
        """The five numbers by name."""
        return {
            "read": self.read,
            "accepted": self.accepted,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
        }


def merge(staging: Staging, runner: Runner) -> TableCount:
    """Put the good rows of ``staging`` into the shop, inside the transaction of the batch.

    Afterwards ``zg_changed_<table>`` (TEMP) has every new row and the old versions of those that were replaced.
    """
    names = Names.of(staging.table.name)
    existing = int(runner.one(f"SELECT count(*) FROM {names.target}")[0])
    repeated = compare(staging, runner, existing)
    count = _count(runner, names)
    if count.accepted or count.updated:
        _store(staging, runner, updated=count.updated > 0, repeated=repeated)
    return count


def add_new(staging: Staging, runner: Runner) -> TableCount:
    """Put the good rows of ``staging`` into the shop whose keys are new; a key that is there keeps its row.

    Afterwards ``zg_changed_<table>`` (TEMP) has every new row.
    """
    names = Names.of(staging.table.name)
    keep_first(staging, runner, int(runner.one(f"SELECT count(*) FROM {names.target}")[0]))
    count = _count(runner, names)
    if count.accepted:
        _store(staging, runner, updated=False, repeated=False)
    return count


def moved_rows(staging: Staging) -> str:
    """SQL: staged rows (with r) that were new or changed something."""
    names = Names.of(staging.table.name)
    return (
        f"(SELECT s.rowid AS r, s.* FROM {names.staged} s ANTI JOIN "
        f"(SELECT r FROM {names.fate} WHERE fate >= {UNCHANGED}) f ON s.rowid = f.r WHERE s._bad IS NULL)"
    )


def good_rows(staging: Staging) -> str:
    """SQL: staged rows (with r) that were not refused, unchanged ones included."""
    names = Names.of(staging.table.name)
    return (
        f"(SELECT s.rowid AS r, s.* FROM {names.staged} s ANTI JOIN "
        f"(SELECT r FROM {names.fate} WHERE fate = {REPEATED}) f ON s.rowid = f.r WHERE s._bad IS NULL)"
    )


def _count(runner: Runner, names: Names) -> TableCount:
    read, bad = runner.one(f"SELECT count(*), count(_bad) FROM {names.staged}")
    fates = dict.fromkeys((NEW, UPDATED, UNCHANGED, REPEATED), 0)
    fates.update(runner.all(f"SELECT fate, count(*) FROM {names.fate} GROUP BY ALL"))
    named = sum(fates.values())
    return TableCount(
        read=read,
        accepted=read - bad - named + fates[NEW],
        updated=fates[UPDATED],
        unchanged=fates[UNCHANGED],
        rejected=bad + fates[REPEATED],
    )


def _store(staging: Staging, runner: Runner, *, updated: bool, repeated: bool) -> None:
    names = Names.of(staging.table.name)
    columns = columns_of(staging.table)
    stage = f"storing {staging.table.name}"
    # Without the join, which a batch of new rows does not need, rows are stored in the order of their file.
    named = runner.one(f"SELECT count(*) FROM {names.fate}")[0]
    anti = f"ANTI JOIN {names.fate} f ON s.rowid = f.r" if named else ""
    fresh = [f"SELECT {_cells(staging)} FROM {names.staged} s {anti} WHERE s._bad IS NULL"]
    replaced = []
    if updated:
        runner.run(stage, f"CREATE OR REPLACE TEMP TABLE {names.updates} AS {_updates(staging, names)}")
        fresh.append(f"SELECT {columns} FROM {names.updates}")
        replaced.append(f"SELECT t FROM {names.updates}")
    if repeated:
        fresh.append(f"SELECT {columns} FROM {names.settled}")
        replaced.append(f"SELECT t FROM {names.settled} WHERE t IS NOT NULL")
    _view(runner, names.fresh, fresh)
    changed = [f"SELECT {columns} FROM {names.fresh}"]
    if replaced:
        runner.run(
            stage,
            f"CREATE OR REPLACE TEMP TABLE {names.old} AS SELECT *, rowid AS t FROM {names.target} "
            f"WHERE rowid IN ({' UNION ALL '.join(replaced)})",
        )
        runner.run(stage, f"DELETE FROM {names.target} WHERE rowid IN (SELECT t FROM {names.old})")
        changed.append(f"SELECT {columns} FROM {names.old}")
    _view(runner, names.changed, changed)
    runner.run(stage, f"INSERT INTO {names.target} ({columns}) SELECT {columns} FROM {names.fresh}")


def _view(runner: Runner, name: str, parts: list[str]) -> None:
    runner.con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {' UNION ALL '.join(parts)}")


def _cells(staging: Staging) -> str:
    held = staging.held
    return ", ".join(
        f"s.{quoted(c.name)}" if c.name in held else f"CAST(NULL AS {TYPES[c.kind]}) AS {quoted(c.name)}"
        for c in staging.table.columns
    )


def _updates(staging: Staging, names: Names) -> str:
    """SQL: the new versions of rows that one staged row changes, with ``t``, the row that they replace."""
    several = len(staging.sets) > 1
    cells = []
    for column in staging.table.columns:
        name, sets = quoted(column.name), staging.sets_with(column.name)
        if column.name in staging.table.key or not sets:
            cells.append(f"m.{name}")
        elif len(sets) == len(staging.sets):
            cells.append(f"s.{name}")
        else:
            among = ", ".join(str(number) for number in sets)
            cells.append(f"CASE WHEN g.columns IN ({among}) THEN s.{name} ELSE m.{name} END AS {name}")
    segments = f"ASOF JOIN {names.segments} g ON f.r >= g.start" if several else ""
    return (
        f"SELECT {', '.join(cells)}, f.t "
        f"FROM (SELECT r, t FROM {names.fate} WHERE fate = {UPDATED} AND t IS NOT NULL) f "
        f"JOIN {names.staged} s ON s.rowid = f.r JOIN {names.target} m ON m.rowid = f.t {segments}"
    )
