"""The fields of a GA4 event that matter to a shop, as one flat row: what every form of the export is first turned into.

The names of the fields and where they stand in the nested rows of the BigQuery export (``events_YYYYMMDD``); the schema
is Google's "[GA4] BigQuery Export schema".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

Path = tuple[str, ...]

# Fields of the event itself; records are named by their path.
FIELDS: Final[Mapping[str, Path]] = {
    "time": ("event_timestamp",),
    "name": ("event_name",),
    "visitor": ("user_pseudo_id",),
    "user": ("user_id",),
    "bundle": ("event_bundle_sequence_id",),
    "batch_page": ("batch_page_id",),
    "batch_order": ("batch_ordering_id",),
    "batch_index": ("batch_event_index",),
    "value_usd": ("event_value_in_usd",),
    "device": ("device", "category"),
    "os": ("device", "operating_system"),
    "browser": ("device", "web_info", "browser"),
    "old_browser": ("device", "browser"),
    "country": ("geo", "country"),
    "region": ("geo", "region"),
    "first_source": ("traffic_source", "source"),
    "first_medium": ("traffic_source", "medium"),
    "first_campaign": ("traffic_source", "name"),
    "sent_source": ("collected_traffic_source", "manual_source"),
    "sent_medium": ("collected_traffic_source", "manual_medium"),
    "sent_campaign": ("collected_traffic_source", "manual_campaign_name"),
    "sent_gclid": ("collected_traffic_source", "gclid"),
    "visit_source": ("session_traffic_source_last_click", "cross_channel_campaign", "source"),
    "visit_medium": ("session_traffic_source_last_click", "cross_channel_campaign", "medium"),
    "visit_campaign": ("session_traffic_source_last_click", "cross_channel_campaign", "campaign_name"),
    "tagged_source": ("session_traffic_source_last_click", "manual_campaign", "source"),
    "tagged_medium": ("session_traffic_source_last_click", "manual_campaign", "medium"),
    "tagged_campaign": ("session_traffic_source_last_click", "manual_campaign", "campaign_name"),
    "ads_campaign": ("session_traffic_source_last_click", "google_ads_campaign", "campaign_name"),
    "order": ("ecommerce", "transaction_id"),
    "order_quantity": ("ecommerce", "total_item_quantity"),
    "order_revenue": ("ecommerce", "purchase_revenue"),
    "order_revenue_usd": ("ecommerce", "purchase_revenue_in_usd"),
}

# Parameters of events by their key; several keys may fill one field, the first that is filled counts.
PARAMS: Final[Mapping[str, tuple[str, ...]]] = {
    "session": ("ga_session_id",),
    "session_number": ("ga_session_number",),
    "page": ("page_location",),
    "page_type": ("page_type", "pagetype", "page_category", "content_group"),
    "query": ("search_term",),
    "result_count": ("result_count", "results_count", "search_results", "number_of_results"),
    "value": ("value",),
    "currency": ("currency",),
    "param_order": ("transaction_id",),
    "param_source": ("source",),
    "param_medium": ("medium",),
    "param_campaign": ("campaign",),
    "param_gclid": ("gclid",),
    "load_ms": ("load_ms", "page_load_time"),
    "lcp_ms": ("lcp_ms", "lcp"),
    "inp_ms": ("inp_ms", "inp"),
    "cls": ("cls",),
    "ttfb_ms": ("ttfb_ms", "ttfb"),
    "metric": ("metric_value",),
    "param_item": ("item_id",),
}
# What the items of an event come to: the item when it is only one, and the pieces of all.
ITEMS: Final = ("item", "quantity")

COLUMNS: Final = (*FIELDS, *PARAMS, *ITEMS)
LINE: Final = "line"
SCHEMA: Final = pa.schema([*((name, pa.string()) for name in COLUMNS), (LINE, pa.int64())])
KEY_OF: Final[Mapping[str, tuple[str, int]]] = {
    key: (name, rank) for name, keys in PARAMS.items() for rank, key in enumerate(keys)
}
