"""GA4 events that a pipeline has flattened into a table: one column per field, parameters as columns of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from zhanggui.basics.errors import DataError
from zhanggui.basics.progress import Progress
from zhanggui.connectors.ga4_flat import COLUMNS, FIELDS, LINE, PARAMS, SCHEMA
from zhanggui.connectors.text_file import TextRows, open_rows
from zhanggui.shop.rows import Reject

SIZE = 65_536  # events of one piece
_OTHER_NAMES = {
    "time": ("timestamp",),
    "name": ("name",),
    "bundle": ("bundle_sequence_id",),
    "value_usd": ("value_in_usd",),
    "browser": ("device_browser", "browser"),
    "os": ("os", "operating_system"),
    "device": ("device",),
    "country": ("country",),
    "region": ("region",),
    "item": ("item_id", "items_item_id"),
    "quantity": ("quantity", "item_quantity", "items_quantity"),
    "session": ("session_id",),
}


def spellings(name: str) -> tuple[str, ...]:
    """The column names under which a field stands in flattened exports, best first.

    >>> spellings("country")[:3], spellings("session")[:3]
    (('geo_country', 'geo.country', 'country'), ('ga_session_id', 'param_ga_session_id', 'event_params_ga_session_id'))
    """
    path = FIELDS.get(name, ())
    found = ["_".join(path), ".".join(path)] if path else []
    for key in PARAMS.get(name, ()):
        found += [key, f"param_{key}", f"event_params_{key}", f"event_param_{key}"]
    return tuple(dict.fromkeys([*found, *_OTHER_NAMES.get(name, ())]))


def is_flattened(columns: Sequence[str]) -> bool:
    """Whether a table of these columns holds flattened GA4 events."""
    have = {name.strip().lower() for name in columns}
    told = {
        "bundle_sequence_id",
        "event_bundle_sequence_id",
        "param_ga_session_id",
        "ga_session_id",
        "batch_event_index",
    }
    timed = bool(have & {"timestamp", "event_timestamp"}) and bool(have & {"name", "event_name"})
    return "user_pseudo_id" in have and timed and bool(have & told)


def read_flattened(path: Path, progress: Progress) -> Iterator[pa.Table | Reject]:
    """The events of ``path`` as flat tables (see ``ga4_flat``), and the rows that cannot be read.

    Raises:
        DataError: no flattened GA4 export.
    """
    rows = open_rows(path, progress=progress)
    if not is_flattened(rows.columns):
        shown = ", ".join(rows.columns[:30])
        raise DataError(
            f"{path.name} is no GA4 export of events: user_pseudo_id, event_timestamp, event_name and ga_session_id "
            f"are needed; it has {shown}. Other events come in with a mapping: "
            f"zhanggui suggest-map {path.name} > {path.stem}.map.toml",
            zh=f"{path.name} 不是 GA4 事件导出：需要 user_pseudo_id、event_timestamp、event_name 和 ga_session_id；"
            f"它有 {shown}。"
            f"其他事件可用映射导入：zhanggui suggest-map {path.name} > {path.stem}.map.toml",
        )
    columns = _columns(rows)
    found: list[tuple[int, dict[str, str]]] = []
    for line, row in rows:
        found.append((line, row))
        if len(found) == SIZE:
            yield _table(found, columns)
            found = []
    if found:
        yield _table(found, columns)
    yield from rows.rejects("events")


def _columns(rows: TextRows) -> dict[str, str]:
    """Which column of the file fills which field."""
    have = {name.strip().lower(): name for name in reversed(rows.columns)}
    found: dict[str, str] = {}
    for name in COLUMNS:
        column = next((have[spelling] for spelling in spellings(name) if spelling in have), None)
        if column is not None and column not in found.values():
            found[name] = column
    return found


def _table(rows: list[tuple[int, dict[str, str]]], columns: dict[str, str]) -> pa.Table:
    arrays: dict[str, pa.Array] = {
        name: pa.array([row[columns[name]] or None for _, row in rows], pa.string())
        if name in columns
        else pa.nulls(len(rows), pa.string())
        for name in COLUMNS
    }
    arrays[LINE] = pa.array([line for line, _ in rows], pa.int64())
    return pa.table(arrays, schema=SCHEMA)
