"""Queries of other databases: streamed, read-only, and their errors in a sentence."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from zhanggui.basics.errors import DataError, DefinitionError, OutsideError
from zhanggui.store.sql_source import open_query


@pytest.fixture
def database(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "legacy.db") as connection:
        connection.execute("CREATE TABLE kunde (nr INTEGER, ort TEXT)")
        connection.executemany("INSERT INTO kunde VALUES (?, ?)", [(n, f"Ort {n}") for n in range(25_000)])
    connection.close()
    return tmp_path


def test_columns_and_rows_are_streamed(database):
    with open_query("sqlite:///legacy.db", "SELECT nr AS id, ort FROM kunde ORDER BY nr", database) as query:
        assert query.columns == ("id", "ort")
        rows = list(query.rows)
    assert len(rows) == 25_000
    assert tuple(rows[-1]) == (24_999, "Ort 24999")


def test_a_query_may_begin_with_with(database):
    with open_query("sqlite:///legacy.db", " WITH a AS (SELECT 1 AS one) SELECT * FROM a", database) as query:
        assert [tuple(row) for row in query.rows] == [(1,)]


@pytest.mark.parametrize("query", ["DELETE FROM kunde", "DROP TABLE kunde", "", "SELECTED"])
def test_a_query_that_does_not_read_is_refused(database, query):
    with (
        pytest.raises(DefinitionError, match="must begin with SELECT or WITH"),
        open_query("sqlite:///legacy.db", query, database),
    ):
        pass


def test_an_error_of_the_database_is_one_sentence(database):
    with (
        pytest.raises(OutsideError, match=r"The query at sqlite:///.*legacy\.db failed: no such table: nix"),
        open_query("sqlite:///legacy.db", "SELECT * FROM nix", database),
    ):
        pass


def test_a_database_file_that_is_not_there_is_not_created(tmp_path):
    with pytest.raises(DataError, match="is not there"), open_query("sqlite:///gone.db", "SELECT 1", tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_variables_of_the_environment_are_filled_in_and_missed(database, monkeypatch):
    monkeypatch.setenv("LEGACY", "legacy.db")
    with open_query("sqlite:///${LEGACY}", "SELECT 1", database) as query:
        assert len(list(query.rows)) == 1
    with (
        pytest.raises(DataError, match="needs the environment variable NO_SUCH"),
        open_query("x://${NO_SUCH}", "SELECT 1", database),
    ):
        pass


@pytest.mark.parametrize(
    ("url", "says"), [("nonsense", "is no SQLAlchemy URL"), ("nosuchdb://host/x", "No driver for nosuchdb")]
)
def test_urls_that_lead_nowhere_are_refused(database, url, says):
    with pytest.raises(DefinitionError, match=says), open_query(url, "SELECT 1", database):
        pass
