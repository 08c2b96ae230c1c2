"""One small simulated shop of two years, in memory, for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from zhanggui.connectors.simulation.options import Options
from zhanggui.connectors.simulation.run import Simulation
from zhanggui.connectors.simulation.world import World


@dataclass(frozen=True)
class SimulatedShop:
    """A simulated shop that can be asked in SQL, with its world and its truth."""

    con: duckdb.DuckDBPyConnection
    world: World
    truth: dict[str, Any]
    tables: dict[str, pa.Table]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.con.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """The only value of a query."""
        (row,) = self.rows(sql)
        return row[0]

    def incident(self, key: str) -> dict[str, Any]:
        """The truth of one incident."""
        return next(entry for entry in self.truth["incidents"] if entry["id"] == key)


def simulate(options: Options) -> SimulatedShop:
    """Run a simulation and load its tables."""
    simulation = Simulation(options)
    parts: dict[str, list[pa.Table]] = {}
    for name, table in simulation.tables():
        parts.setdefault(name, []).append(table)
    tables = {name: pa.concat_tables(pieces) for name, pieces in parts.items()}
    con = duckdb.connect()
    con.execute(f"SET TimeZone = '{options.timezone}'")
    for name, table in tables.items():
        con.register("incoming", table)
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
        con.unregister("incoming")
    return SimulatedShop(con, simulation.world, simulation.truth(), tables)


@pytest.fixture(scope="session")
def shop() -> SimulatedShop:
    """Two years at a tenth of the usual size."""
    return simulate(Options(scale=0.1))
