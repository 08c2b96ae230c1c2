"""The two example shops: one real, one simulated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zhanggui.basics.errors import DataError
from zhanggui.basics.progress import Progress, silent
from zhanggui.loop import collect, shops
from zhanggui.loop.verbs.import_ import ImportParams
from zhanggui.store.opened import OpenShop, create_shop
from zhanggui.store.settings import SETTINGS_FILE, Settings

HERE = Path(__file__).parent


@dataclass(frozen=True)
class ExampleShop:
    """An example shop: the name of its folder, its settings and what is imported into it."""

    folder: str
    settings: Settings
    source: str
    files: tuple[Path, ...] = ()


EXAMPLES = (
    ExampleShop(
        folder="gifts",
        settings=Settings(
            name="Gifts",
            currency="GBP",
            timezone="Europe/London",
            country="GB",
            attribution="Online Retail, Daqing Chen, UCI Machine Learning Repository, CC BY 4.0",
        ),
        source="online-retail",
        files=(HERE / "online_retail.parquet",),
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
    missing = [path for path in example.files if not path.is_file()]
    if missing:
        raise DataError(f"The data of the example shop are missing ({missing[0]}); install zhanggui again.")
    if not (folder / SETTINGS_FILE).exists():
        create_shop(folder, example.settings)
    with shops.opened(folder) as shop:
        if shop.warehouse.newest_batch() is not None:
            return False
        _import(example, shop, scale, progress)
    return True


def _import(example: ExampleShop, shop: OpenShop, scale: float | None, progress: Progress) -> None:
    wanted = scale if example.settings.simulated else None
    collect.import_(shop, ImportParams(source=example.source, path=example.files, scale=wanted), progress)
