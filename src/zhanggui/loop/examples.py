"""The two example shops: one real, one simulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zhanggui.basics.progress import Progress, silent
from zhanggui.connectors.example_data import GIFTS_ATTRIBUTION, gifts_file
from zhanggui.loop import collect, shops
from zhanggui.loop.verbs.import_ import ImportParams
from zhanggui.store.opened import create_shop
from zhanggui.store.settings import SETTINGS_FILE, Settings


@dataclass(frozen=True)
class ExampleShop:
    """An example shop: the name of its folder, its settings and what is imported into it."""

    folder: str
    settings: Settings
    source: str
    files: Callable[[], tuple[Path, ...]] = tuple


EXAMPLES = (
    ExampleShop(
        folder="gifts",
        settings=Settings(
            name="Gifts",
            currency="GBP",
            timezone="Europe/London",
            country="GB",
            attribution=GIFTS_ATTRIBUTION,
        ),
        source="online-retail",
        files=lambda: (gifts_file(),),
    ),
    ExampleShop(
        folder="homeware",
        settings=Settings(name="Homeware", currency="CNY", timezone="Asia/Shanghai", country="CN", simulated=True),
        source=collect.SIMULATED,
    ),
)


def build(example: ExampleShop, folder: Path, *, scale: float | None = None, progress: Progress = silent) -> bool:
    """Make the example shop in ``folder`` and import its data; False when it holds data already.

    A build that was interrupted is taken up again. ``scale`` is the size of a simulated shop.

    Raises:
        DataError: the shipped data are missing.
        OutsideError: the folder cannot be written, or another process holds the shop.
    """
    files = example.files()
    if not (folder / SETTINGS_FILE).exists():
        create_shop(folder, example.settings)
    with shops.opened(folder) as shop:
        if shop.warehouse.newest_batch() is not None:
            return False
        wanted = scale if example.source == collect.SIMULATED else None
        collect.import_(shop, ImportParams(source=example.source, path=files, scale=wanted), progress)
    return True
