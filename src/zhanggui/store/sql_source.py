"""Rows of a query on any database that SQLAlchemy knows, streamed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from zhanggui.basics.errors import DataError, DefinitionError, OutsideError

CHUNK = 10_000
_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class QueryRows:
    """An open query: its columns, and its rows once, in chunks held one at a time."""

    columns: tuple[str, ...]
    rows: Iterator[Sequence[Any]]


@contextmanager
def open_query(url: str, query: str, folder: Path) -> Iterator[QueryRows]:
    """Run ``query`` (SELECT or WITH) at ``url``, a SQLAlchemy URL.

    ``${NAME}`` in the URL is the environment variable of that name, so that passwords need not stand in a file.
    A relative SQLite file lies in ``folder``.

    Raises:
        DefinitionError: no such URL or driver, or the query changes data.
        OutsideError: the database cannot be reached or refuses the query; the password is never shown.
    """
    if not re.match(r"\s*(select|with)\b", query, re.IGNORECASE):
        raise DefinitionError(
            f"The query {query.strip()[:60]!r} does not read; it must begin with SELECT or WITH.",
            zh=f"查询 {query.strip()[:60]!r} 不是读取；它必须以 SELECT 或 WITH 开头。",
        )
    where = _url(url, folder)
    shown = where.render_as_string(hide_password=True)
    try:
        engine = create_engine(where)
    except (NoSuchModuleError, ModuleNotFoundError, ArgumentError) as error:
        raise DefinitionError(
            f"No driver for {shown}: {error}. Install one, for example pip install 'zhanggui[postgres]'.",
            zh=f"没有 {shown} 的驱动：{error}。请安装，例如 pip install 'zhanggui[postgres]'。",
        ) from error
    try:
        with engine.connect() as connection:
            result = connection.execution_options(stream_results=True, max_row_buffer=CHUNK).execute(text(query))
            chunks = result.partitions(CHUNK)
            yield QueryRows(tuple(result.keys()), (row for chunk in chunks for row in chunk))
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise OutsideError(
            f"The query at {shown} failed: {reason}. Check the URL and the query.",
            zh=f"在 {shown} 上的查询失败：{reason}。请检查网址和查询。",
        ) from error
    finally:
        engine.dispose()


def _url(url: str, folder: Path) -> URL:
    missing = [name for name in _VARIABLE.findall(url) if name not in os.environ]
    if missing:
        raise DataError(
            f"The URL of the query needs the environment variable {missing[0]}; set it and try again.",
            zh=f"查询的网址需要环境变量 {missing[0]}；请设置后重试。",
        )
    try:
        parsed = make_url(_VARIABLE.sub(lambda found: os.environ[found[1]], url))
    except (ArgumentError, ValueError) as error:
        raise DefinitionError(
            f"{url!r} is no SQLAlchemy URL; write it like postgresql+psycopg://user:${{PASSWORD}}@host/shop.",
            zh=(f"{url!r} 不是 SQLAlchemy 网址；请写成 postgresql+psycopg://user:${{PASSWORD}}@host/shop 的形式。"),
        ) from error
    file = parsed.database
    if parsed.get_backend_name() == "sqlite" and file and file != ":memory:":
        path = folder / file
        if not path.is_file():
            raise DataError(
                f"The database {path} of the query is not there; check the URL {url!r}.",
                zh=f"查询的数据库 {path} 不存在；请检查网址 {url!r}。",
            )
        parsed = parsed.set(database=str(path))
    return parsed
