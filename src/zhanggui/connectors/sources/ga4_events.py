"""Google Analytics 4, event by event: the tables ``events_*`` of the BigQuery export, nested or flattened."""

# ruff: noqa: E501 - rows of real exports are long

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from zhanggui.basics.words import Words
from zhanggui.connectors.ga4_csv import is_flattened, read_flattened
from zhanggui.connectors.ga4_json import is_json, read_json
from zhanggui.connectors.ga4_parquet import read_parquet
from zhanggui.connectors.ga4_rows import NAMES, Ga4Rows
from zhanggui.connectors.order_export import export_files
from zhanggui.connectors.source import Example, FileHead, Head, Inputs, ShopFacts, Source
from zhanggui.connectors.text_file_bytes import shape_of
from zhanggui.connectors.text_file_sheets import open_parquet
from zhanggui.shop.rows import Piece, Reject


def _read(inputs: Inputs) -> Iterator[Piece]:
    """Events of all files, older exports first; what is no step of a shop is counted and named at the end.

    Raises:
        DataError: a file is no GA4 export of events.
    """
    rows = Ga4Rows(inputs.settings.currency)
    for path in export_files(inputs):
        for part in _parts(path, inputs):
            if isinstance(part, Reject):
                yield part
            elif isinstance(part, Counter):
                rows.left_out += part
            elif (piece := rows.rows(part, path.name)) is not None:
                yield piece
    yield from rows.notes()


def _parts(path: Path, inputs: Inputs) -> Iterator[pa.Table | Counter[str] | Reject]:
    if shape_of(path) == "parquet" and _is_nested(path):
        return read_parquet(path, inputs.progress)
    if is_json(path):
        return read_json(path, NAMES, inputs.progress)
    return read_flattened(path, inputs.progress)


def _is_nested(path: Path) -> bool:
    with open_parquet(path) as file:
        return "event_timestamp" in file.schema_arrow.names and "event_name" in file.schema_arrow.names


def _detect(head: Head) -> bool:
    return bool(head.files) and all(_is_ga4(file) for file in head.files)


def _is_ga4(file: FileHead) -> bool:
    if file.text.lstrip("\ufeff \r\n\t").startswith(("{", "[")):
        start = file.text[:4_000]
        return '"event_name"' in start and '"event_timestamp"' in start
    return file.has("event_timestamp", "event_name", "user_pseudo_id") or is_flattened(file.columns)


_ADD = (
    '{"event_date":"20210131","event_timestamp":"1612069510766593","event_name":"add_to_cart","event_params":['
    '{"key":"ga_session_id","value":{"int_value":"661084800"}},{"key":"ga_session_number","value":{"int_value":"1"}},'
    '{"key":"page_location","value":{"string_value":"https://shop.example/products/mug?utm_source=n&mail=jo@ex.org"}},'
    '{"key":"currency","value":{"string_value":"USD"}},{"key":"value","value":{"double_value":19.98}}],'
    '"event_bundle_sequence_id":"8","user_pseudo_id":"1026454.43","device":{"category":"mobile","operating_system":"iOS","web_info":{"browser":"Safari"}},'
    '"geo":{"country":"Germany","region":"Bavaria"},"traffic_source":{"name":"(organic)","medium":"organic","source":"google"},'
    '"items":[{"item_id":"MUG-1","item_name":"Mug","price":9.99,"quantity":"2"}]}\n'
)
_SCROLL = '{"event_timestamp":"1612069510966593","event_name":"scroll","user_pseudo_id":"1026454.43"}\n'
_SEARCH = (
    '{"event_timestamp":"1612069520000000","event_name":"view_search_results","event_params":[{"key":"search_term","value":{"string_value":"杯子 ☕"}},'
    '{"key":"page_location","value":{"string_value":"https://shop.example/search?q=%E6%9D%AF"}}],"user_pseudo_id":"1026454.43","user_id":"c-7",'
    '"collected_traffic_source":{"manual_source":"newsletter","manual_medium":"email","manual_campaign_name":"spring"}}\n'
)
SOURCE = Source(
    words=Words("Google Analytics 4 events (BigQuery export)", "GA4 事件（BigQuery 导出）"),
    doc=Words(
        "GA4 > Admin > BigQuery links, then in BigQuery: table events_YYYYMMDD > Export to Cloud Storage as JSON (newline-delimited, gzip is fine) or "
        "Parquet; also the same events flattened into CSV by a data pipeline. Every event becomes a step of a visit; events that are no step of a "
        "shop (scroll, user_engagement...) are counted and left out. The same table twice changes nothing, and a daily table completes the intraday one.",
        "GA4 > 管理 > BigQuery 关联，然后在 BigQuery 中将表 events_YYYYMMDD 导出到云存储，格式选 JSON（按行分隔，可用 gzip 压缩）或 Parquet；"
        "数据管道展平后的 CSV 也可以。每个事件成为访问中的一步；与店铺无关的事件（滚动、用户互动等）只计数、不导入。同一张表导入两次不会改变结果，日表会补全当日的实时表。",
    ),
    tables=("events",),
    detect=_detect,
    read=_read,
    examples=(
        Example(
            files={"events_20210131.json": _ADD + _SCROLL + "{broken\n" + _SEARCH},
            settings=ShopFacts("USD", "America/New_York"),
            expect={
                "events": [
                    {
                        "occurred_at": "2021-01-31T05:05:10.766593+00:00", "visitor_id": "1026454.43", "session_id": "1026454.43.661084800",
                        "event": "add_to_cart", "page_type": "item", "page_url": "https://shop.example/products/mug?utm_source=n", "product_id": "MUG-1",
                        "quantity": "2", "value": "19.98", "source": "google", "medium": "organic", "campaign_id": "(organic)", "device": "mobile",
                        "os": "iOS", "browser": "Safari", "country": "Germany", "region": "Bavaria",
                    },
                    {
                        "event": "search", "page_type": "search", "query": "杯子 ☕", "customer_id": "c-7", "session_id": "", "source": "newsletter",
                        "medium": "email", "campaign_id": "spring", "value": "",
                    },
                ]
            },
            rejects=1,
        ),
        Example(
            files={
                "ga4_flat.csv": "bundle_sequence_id,date,device_category,geo_country,name,timestamp,user_id,user_pseudo_id,value_in_usd,ecommerce_transaction_id,"
                "ecommerce_total_item_quantity,param_ga_session_id,param_source,param_medium,batch_event_index\n"
                "101,2024-09-10,desktop,USA,purchase,2024-09-10 12:35:00,user_123,pseudo_123,29.99,txn_123,1,456,google,cpc,1\n"
            },
            settings=ShopFacts("USD", "America/New_York"),
            expect={
                "events": [
                    {
                        "occurred_at": "2024-09-10T12:35:00+00:00", "visitor_id": "pseudo_123", "customer_id": "user_123", "session_id": "pseudo_123.456",
                        "event": "purchase", "order_id": "txn_123", "quantity": "1", "value": "29.99", "source": "google", "medium": "cpc", "device": "desktop",
                    }
                ]
            },
        ),
    ),
)  # fmt: skip
