"""GA4 events from Parquet: the nested columns of the BigQuery export become flat ones, a column at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from zhanggui.basics.errors import DataError
from zhanggui.basics.progress import Progress
from zhanggui.connectors.ga4_flat import COLUMNS, FIELDS, KEY_OF, LINE, PARAMS, SCHEMA
from zhanggui.connectors.text_file_sheets import open_parquet

SIZE = 65_536  # events of one piece
VALUES = ("string_value", "int_value", "double_value", "float_value")
TOP = tuple(dict.fromkeys([*(path[0] for path in FIELDS.values()), "event_params", "items"]))


def read_parquet(path: Path, progress: Progress) -> Iterator[pa.Table]:
    """The events of ``path`` as flat tables (see ``ga4_flat``).

    Raises:
        DataError: damaged, or without the columns that every GA4 export has.
    """
    with open_parquet(path) as file:
        have = file.schema_arrow.names
        missing = [name for name in ("event_timestamp", "event_name", "user_pseudo_id") if name not in have]
        if missing:
            raise DataError(
                f"{path.name} lacks {', '.join(missing)}; it has {', '.join(have[:30])}. "
                "Export the whole events_ table.",
                zh=f"{path.name} 缺少 {'、'.join(missing)}；它有 {'、'.join(have[:30])}。请导出完整的 events_ 表。",
            )
        first, total = 0, file.metadata.num_rows
        for batch in file.iter_batches(batch_size=SIZE, columns=[name for name in TOP if name in have]):
            yield _flat(batch, first)
            first += batch.num_rows
            progress(f"reading {path.name}", first, total)


def _flat(batch: pa.RecordBatch, first: int) -> pa.Table:
    count = batch.num_rows
    columns: dict[str, pa.Array] = {name: _text(_at(batch, path)) for name, path in FIELDS.items()}
    columns |= _params(_column(batch, "event_params"), count)
    columns |= _items(_column(batch, "items"), count)
    nothing = pa.nulls(count, pa.string())
    arrays = {name: nothing if columns.get(name) is None else columns[name] for name in COLUMNS}
    arrays[LINE] = pa.array(range(first + 1, first + count + 1), pa.int64())
    return pa.table(arrays, schema=SCHEMA)


def _column(batch: pa.RecordBatch, name: str) -> pa.Array | None:
    at = batch.schema.get_field_index(name)
    return batch.column(at) if at >= 0 else None


def _at(batch: pa.RecordBatch, path: tuple[str, ...]) -> pa.Array | None:
    """The values at a path of records; None where the export has no such record."""
    column = _column(batch, path[0])
    for name in path[1:]:
        column = _field(column, name)
    return column


def _field(record: pa.Array | None, name: str) -> pa.Array | None:
    if record is None or not pa.types.is_struct(record.type) or record.type.get_field_index(name) < 0:
        return None
    return pc.struct_field(record, name)


def _text(values: pa.Array | None) -> pa.Array | None:
    """As text; whole floating numbers without '.0', instants as microseconds since 1970."""
    if values is None:
        return None
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp("us", values.type.tz)).cast(pa.int64())
    if pa.types.is_floating(values.type):
        return pc.replace_substring_regex(pc.cast(values, pa.string()), r"\.0+$", "")
    return values.cast(pa.string()) if not pa.types.is_nested(values.type) else None


def _list(values: pa.Array | None) -> tuple[pa.Array, pa.Array] | None:
    """The elements of a list column and the number of the row that each belongs to."""
    if values is None:
        return None
    if pa.types.is_struct(values.type):  # BigQuery without list inference: {"list": [{"element": ...}]}
        values = _field(values, "list")
        if values is None:
            return None
    if not (pa.types.is_list(values.type) or pa.types.is_large_list(values.type)):
        return None
    elements, parents = pc.list_flatten(values), pc.list_parent_indices(values)
    inner = _field(elements, "element")
    return (elements if inner is None else inner), parents.cast(pa.int64())


def _params(column: pa.Array | None, count: int) -> dict[str, pa.Array]:
    found = _list(column)
    if found is None:
        return {}
    elements, parents = found
    keys = _field(elements, "key")
    if keys is None:
        return {}
    wanted = pc.is_in(keys, value_set=pa.array(list(KEY_OF)))
    elements, parents = elements.filter(wanted), parents.filter(wanted)
    keys, record = pc.struct_field(elements, "key"), _field(elements, "value")
    texts = [text for name in VALUES if (text := _text(_field(record, name))) is not None]
    if not texts:
        return {}
    values = pc.coalesce(*texts)
    rows = pa.array(range(count), pa.int64())
    columns: dict[str, pa.Array] = {}
    for name, names in PARAMS.items():
        given = []
        for key in names:
            mine = pc.and_(pc.equal(keys, key), pc.not_equal(values, ""))
            if pc.any(mine).as_py():
                given.append(values.filter(mine).take(pc.index_in(rows, value_set=parents.filter(mine))))
        if given:
            columns[name] = pc.coalesce(*given)
    return columns


def _items(column: pa.Array | None, count: int) -> dict[str, pa.Array]:
    """The item, when the event is about one only, and the pieces of all."""
    found = _list(column)
    if found is None or not len(found[0]):
        return {}
    elements, parents = found
    ids = _text(_field(elements, "item_id"))
    pieces = _field(elements, "quantity")
    table = pa.table({
        "row": parents,
        "id": pa.nulls(len(parents), pa.string()) if ids is None else ids,
        "pieces": pa.nulls(len(parents), pa.float64()) if pieces is None else pc.cast(pieces, pa.float64()),
    })  # fmt: skip
    sums = table.group_by("row").aggregate([
        ("id", "count_distinct", pc.CountOptions("only_valid")),
        ("id", "max"),
        ("pieces", "sum"),
    ])  # fmt: skip
    place = pc.index_in(pa.array(range(count), pa.int64()), value_set=sums["row"].combine_chunks())
    item = pc.if_else(pc.equal(sums["id_count_distinct"], 1), sums["id_max"], pa.scalar(None, pa.string()))
    return {
        "item": item.combine_chunks().take(place),
        "quantity": _text(sums["pieces_sum"].combine_chunks().take(place)),
    }
