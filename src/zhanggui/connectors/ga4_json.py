"""GA4 events from JSON: one object per line, as BigQuery exports tables, or one array, as its console saves results."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from zhanggui.basics.errors import DataError
from zhanggui.basics.progress import Progress
from zhanggui.basics.words import Words
from zhanggui.connectors.ga4_flat import COLUMNS, KEY_OF, LINE, PARAMS, SCHEMA
from zhanggui.connectors.text_file_bytes import PACKED_ERRORS, open_bytes, open_text, shape_of
from zhanggui.shop.rows import Reject

SIZE = 65_536  # events of one piece
LONGEST_ARRAY = 512 << 20  # bytes; an array is held in memory as a whole
SHOWN = 40  # characters of a line that cannot be read; more might hold a name or an address
NO_EVENT = Words(
    "this line is no GA4 event in JSON; export the table again as newline-delimited JSON",
    "这一行不是 JSON 格式的 GA4 事件；请将该表重新导出为按行分隔的 JSON",
)
CUT = Words("the packed file ends too early; export it again", "压缩文件不完整；请重新导出")

# Numbers may be written as text: BigQuery does so with 64-bit ones.
Scalar = str | int | float | None


class _Value(msgspec.Struct):
    string_value: Scalar = None
    int_value: Scalar = None
    float_value: Scalar = None
    double_value: Scalar = None


class _Param(msgspec.Struct):
    key: str | None = None
    value: _Value | None = None


class _Item(msgspec.Struct):
    item_id: Scalar = None
    quantity: Scalar = None


class _Web(msgspec.Struct):
    browser: Scalar = None


class _Device(msgspec.Struct):
    category: Scalar = None
    operating_system: Scalar = None
    browser: Scalar = None
    web_info: _Web | None = None


class _Geo(msgspec.Struct):
    country: Scalar = None
    region: Scalar = None


class _First(msgspec.Struct):
    source: Scalar = None
    medium: Scalar = None
    name: Scalar = None


class _Sent(msgspec.Struct):
    manual_source: Scalar = None
    manual_medium: Scalar = None
    manual_campaign_name: Scalar = None
    gclid: Scalar = None


class _Campaign(msgspec.Struct):
    source: Scalar = None
    medium: Scalar = None
    campaign_name: Scalar = None


class _Click(msgspec.Struct):
    cross_channel_campaign: _Campaign | None = None
    manual_campaign: _Campaign | None = None
    google_ads_campaign: _Campaign | None = None


class _Order(msgspec.Struct):
    transaction_id: Scalar = None
    total_item_quantity: Scalar = None
    purchase_revenue: Scalar = None
    purchase_revenue_in_usd: Scalar = None


class _Event(msgspec.Struct):
    event_name: str | None
    event_timestamp: Scalar = None
    user_pseudo_id: Scalar = None
    user_id: Scalar = None
    event_bundle_sequence_id: Scalar = None
    batch_page_id: Scalar = None
    batch_ordering_id: Scalar = None
    batch_event_index: Scalar = None
    event_value_in_usd: Scalar = None
    device: _Device | None = None
    geo: _Geo | None = None
    traffic_source: _First | None = None
    collected_traffic_source: _Sent | None = None
    session_traffic_source_last_click: _Click | None = None
    ecommerce: _Order | None = None
    event_params: list[_Param | None] | None = None
    items: list[_Item | None] | None = None


_MARKS = "\ufeff \r\n\t"
_DECODER = msgspec.json.Decoder(_Event)
_NO_DEVICE, _NO_WEB, _NO_GEO, _NO_FIRST = _Device(), _Web(), _Geo(), _First()
_NO_SENT, _NO_CLICK, _NO_CAMPAIGN, _NO_ORDER = _Sent(), _Click(), _Campaign(), _Order()
_PLACES = {name: at for at, name in enumerate(PARAMS)}
_KEYS = {key: (_PLACES[name], rank) for key, (name, rank) in KEY_OF.items()}
_NO_PARAMS: tuple[None, ...] = (None,) * len(PARAMS)
_NO_ITEMS = (None, None)


def read_json(path: Path, wanted: Container[str], progress: Progress) -> Iterator[pa.Table | Counter[str] | Reject]:
    """The events of ``path`` as flat tables (see ``ga4_flat``), and the lines that are none.

    Of events whose name is not ``wanted`` only the number is given, by name.

    Raises:
        DataError: no JSON at all.
    """
    rows: list[tuple[Any, ...]] = []
    others: Counter[str] = Counter()
    for line, text in _lines(path, progress):
        if isinstance(text, Reject):
            yield text
            continue
        try:
            event = _DECODER.decode(text)
            if event.event_name in wanted:
                rows.append((*_row(event), line))
            else:
                others[str(event.event_name or "")] += 1
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            shown = bytes(text[: SHOWN * 4]).decode("utf-8", "replace")[:SHOWN]
            yield Reject("events", path.name, line, None, shown, NO_EVENT.en, NO_EVENT.zh)
        if len(rows) >= SIZE:
            yield _table(rows)
            rows = []
    if rows:
        yield _table(rows)
    if others:
        yield others


def _lines(path: Path, progress: Progress) -> Iterator[tuple[int, Any]]:
    """The text of every event with its line, or with its number where they stand in an array."""
    size = path.stat().st_size
    encoding, start = _start(path)
    if start.startswith("["):
        text, _ = open_text(path, encoding)
        with text:
            yield from _elements(path, text.read(LONGEST_ARRAY).lstrip(_MARKS))
    elif encoding == "utf-8-sig":
        with open_bytes(path) as file:
            yield from _split(path, file, size, progress)
    else:
        text, _ = open_text(path, encoding)
        with text:
            yield from _split(path, (line.encode() for line in text), size, progress)


def _start(path: Path) -> tuple[str, str]:
    """The encoding of the file and the beginning of its text. JSON is UTF-8; PowerShell writes UTF-16 into files."""
    with open_bytes(path) as file:
        start = file.read(1 << 12)
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if wide else "utf-8-sig"
    return encoding, start.decode(encoding, "replace").lstrip(_MARKS)


def _split(path: Path, file: Any, size: int, progress: Progress) -> Iterator[tuple[int, Any]]:
    tell = getattr(getattr(file, "fileobj", None) or file, "tell", lambda: 0)  # packed bytes of gzip
    line = 0
    try:
        for line, text in enumerate(file, 1):
            if line == 1:
                text = text.removeprefix(codecs.BOM_UTF8)  # noqa: PLW2901 - the mark of the encoding is no text
            if text and not text.isspace():
                yield line, text
            if line % SIZE == 0:
                progress(f"reading {path.name}", min(tell(), size), size)
    except PACKED_ERRORS:
        yield line + 1, Reject("events", path.name, line + 1, None, None, CUT.en, CUT.zh)


def _elements(path: Path, whole: str) -> Iterator[tuple[int, Any]]:
    try:
        found = msgspec.json.decode(whole, type=list[msgspec.Raw])
    except msgspec.DecodeError as error:
        raise DataError(
            f"{path.name} is an array of JSON that ends too early or is damaged ({error}); export it again, as "
            "newline-delimited JSON when it is large.",
            zh=f"{path.name} 是不完整或损坏的 JSON 数组（{error}）；请重新导出，数据量大时请导出为按行分隔的 JSON。",
        ) from error
    yield from enumerate(map(bytes, found), 1)


def _row(event: _Event) -> tuple[Any, ...]:
    return (*_of_event(event), *_of_params(event.event_params), *_of_items(event.items))


def _of_event(event: _Event) -> tuple[Any, ...]:
    """The fields of ``ga4_flat.FIELDS`` in their order."""
    device, geo = event.device or _NO_DEVICE, event.geo or _NO_GEO
    first, sent = event.traffic_source or _NO_FIRST, event.collected_traffic_source or _NO_SENT
    click, order = event.session_traffic_source_last_click or _NO_CLICK, event.ecommerce or _NO_ORDER
    visit, tagged = click.cross_channel_campaign or _NO_CAMPAIGN, click.manual_campaign or _NO_CAMPAIGN
    return (
        event.event_timestamp, event.event_name, event.user_pseudo_id, event.user_id, event.event_bundle_sequence_id,
        event.batch_page_id, event.batch_ordering_id, event.batch_event_index, event.event_value_in_usd,
        device.category, device.operating_system, (device.web_info or _NO_WEB).browser, device.browser,
        geo.country, geo.region, first.source, first.medium, first.name,
        sent.manual_source, sent.manual_medium, sent.manual_campaign_name, sent.gclid,
        visit.source, visit.medium, visit.campaign_name, tagged.source, tagged.medium, tagged.campaign_name,
        (click.google_ads_campaign or _NO_CAMPAIGN).campaign_name,
        order.transaction_id, order.total_item_quantity, order.purchase_revenue, order.purchase_revenue_in_usd,
    )  # fmt: skip


def _of_params(params: Sequence[_Param | None] | None) -> Sequence[Scalar]:
    if not params:
        return _NO_PARAMS
    found: list[Scalar] = [None] * len(PARAMS)
    ranks = [9] * len(PARAMS)
    for param in params:
        place = _KEYS.get(param.key or "") if param else None
        if place is None or param is None or param.value is None:
            continue
        at, rank = place
        value = _scalar(param.value)
        if value is not None and value != "" and rank < ranks[at]:
            found[at], ranks[at] = value, rank
    return found


def _scalar(value: _Value) -> Scalar:
    for one in (value.string_value, value.int_value, value.double_value, value.float_value):
        if one is not None:
            return one
    return None


def _of_items(items: Sequence[_Item | None] | None) -> tuple[Scalar, Scalar]:
    """The item, when the event is about one only, and the pieces of all."""
    given = [item for item in items if item is not None] if items else None
    if not given:
        return _NO_ITEMS
    ids = {str(item.item_id) for item in given if item.item_id is not None}
    pieces = [number for item in given if (number := _number(item.quantity)) is not None]
    return next(iter(ids)) if len(ids) == 1 else None, sum(pieces) if pieces else None


def _number(value: Scalar) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def _table(rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    arrays = [_texts(column) for column in columns[:-1]]
    arrays.append(pa.array(columns[-1], pa.int64()))
    return pa.table(dict(zip((*COLUMNS, LINE), arrays, strict=True)), schema=SCHEMA)


def _texts(values: tuple[Scalar, ...]) -> pa.Array:
    """As text; numbers are mostly all of one kind, which Arrow writes at once."""
    if values.count(None) == len(values):
        return pa.nulls(len(values), pa.string())
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return _numbers(values)


def _numbers(values: tuple[Scalar, ...]) -> pa.Array:
    try:
        array = pa.array(values)
    except (pa.ArrowTypeError, pa.ArrowInvalid, OverflowError):  # text and numbers mixed, or a huge number
        return pa.array([value if value is None else str(value) for value in values], pa.string())
    text = array.cast(pa.string())
    return pc.replace_substring_regex(text, r"\.0+$", "") if pa.types.is_floating(array.type) else text


def is_json(path: Path) -> bool:
    """Whether the file holds text that begins as JSON does."""
    if shape_of(path) != "text":
        return False
    try:
        return _start(path)[1].startswith(("{", "["))
    except PACKED_ERRORS:
        return False
