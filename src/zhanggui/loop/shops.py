"""Open shops, and what every verb asks of one: its windows, how fresh it is."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path

from zhanggui.basics.errors import NotMeasurable
from zhanggui.basics.periods import DEFAULT_DAYS, Window
from zhanggui.store.opened import OpenShop, open_shop_folder

PATIENCE = 10.0  # seconds to wait for a shop that another process holds


def opened(folder: Path, *, wait: float = PATIENCE, writes: bool = True) -> OpenShop:
    """The shop in ``folder``, opened; a folder that may not be written can still be read.

    Raises:
        DataError: no shop, made by a newer version, or damaged.
        OutsideError: another process holds it, or it cannot be read.
    """
    read_only = not writes and folder.is_dir() and not os.access(folder, os.W_OK)
    return open_shop_folder(folder, wait=wait, read_only=read_only)


def need(shop: OpenShop | None) -> OpenShop:
    """``shop``, which the verb's spec says is given."""
    if shop is None:
        raise NotMeasurable("This needs a shop; name its folder.", zh="此操作需要店铺；请写明店铺文件夹。")
    return shop


def freshness(shop: OpenShop) -> tuple[date | None, datetime | None, str | None]:
    """Last complete day of the data, arrival time and id of the newest batch."""
    from zhanggui.metrics import last_complete_day
    from zhanggui.store.batches import list_batches

    batches = list_batches(shop)
    if not batches:
        return None, None, None
    newest = max(batches, key=lambda batch: batch.received_at)
    return last_complete_day(shop), newest.received_at, shop.warehouse.newest_batch()


def window_of(shop: OpenShop, from_: date | None, to: date | None, as_of: date | None = None) -> Window | None:
    """The window asked for; a missing end is that of the data, a missing start 28 days before; None without both.

    Raises:
        DefinitionError: it holds no day.
    """
    if from_ is None and to is None:
        return None
    if to is None:
        from zhanggui.metrics import default_window

        to = default_window(shop, as_of).to
    return Window(from_ if from_ is not None else to - timedelta(DEFAULT_DAYS), to)


def own_definitions(folder: Path) -> tuple[tuple[str, int], ...]:
    """Names and change times of the shop's own KPI files; an answer holds only as long as they do."""
    try:
        with os.scandir(folder / "metrics") as entries:
            return tuple(sorted((entry.name, entry.stat().st_mtime_ns) for entry in entries))
    except OSError:
        return ()
