"""Pages that broke, and the sessions that met an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhanggui.engines.experience.statement import Part, rows_of
from zhanggui.engines.experience.types import ErrorPage, Errors

if TYPE_CHECKING:
    from zhanggui.store.opened import OpenShop

MOST = 50  # addresses that are listed


def errors_of(shop: OpenShop, part: Part) -> Errors:
    """Addresses by number of error events, and conversion with and without an error."""
    rows = rows_of(shop, part.sql("errors"), {**part.values, "most": MOST})
    counts = rows_of(shop, part.sql("error_sessions"), part.values)[0]
    calm = counts["sessions"] - counts["met"]
    return Errors(
        pages=tuple(
            ErrorPage(row["page_url"], row["page_type"], row["events"], row["sessions"], row["bought"]) for row in rows
        ),
        addresses=rows[0]["addresses"] if rows else 0,
        events=counts["events"],
        sessions=counts["sessions"],
        met=counts["met"],
        conversion_with=counts["met_bought"] / counts["met"] if counts["met"] else None,
        conversion_without=(counts["bought"] - counts["met_bought"]) / calm if calm else None,
    )
