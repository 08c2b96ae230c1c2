"""The derived table ``channels``: the channel group of every combination of source, medium and campaign."""

from __future__ import annotations

from typing import Any

from zhanggui.shop.channels import channel_groups

SOURCED = ("events", "sessions", "traffic_daily", "orders")
"""Tables with source, medium and campaign."""


def combinations_of(table: str) -> str:
    """The SELECT of all combinations of source, medium and campaign that a table holds."""
    columns = ", ".join(f"coalesce({name}, '') AS {name}" for name in ("source", "medium", "campaign_id"))
    return f"SELECT DISTINCT {columns} FROM {table}"


def note_channels(con: Any, tables: list[str]) -> None:
    """Name the channel group of combinations that occur for the first time."""
    if not tables:
        return
    new = con.execute(
        f"SELECT source, medium, campaign_id FROM ({' UNION '.join(combinations_of(table) for table in tables)}) "
        "EXCEPT SELECT source, medium, campaign_id FROM channels"
    ).fetchall()
    if new:
        groups = channel_groups(new)
        columns = [list(column) for column in zip(*new, strict=True)]
        con.execute("INSERT INTO channels SELECT unnest(?), unnest(?), unnest(?), unnest(?)", [*columns, groups])


def note_late_channels(con: Any) -> None:
    """Combinations that no single row holds, because a session's own row and its events each told a part."""
    note_channels(con, ["(SELECT * FROM visits WHERE channel_group IS NULL)"])
    con.execute(
        "UPDATE visits SET channel_group = channel.channel_group FROM channels AS channel "
        "WHERE visits.channel_group IS NULL AND channel.source = coalesce(visits.source, '') "
        "AND channel.medium = coalesce(visits.medium, '') AND channel.campaign_id = coalesce(visits.campaign_id, '')"
    )
