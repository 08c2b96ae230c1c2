"""Real data that is shipped with the package, so that everyone can open a shop at once (see ATTRIBUTION.md)."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from zhanggui.basics.errors import DataError

GIFTS = "online_retail.parquet"
GIFTS_ATTRIBUTION = "Online Retail, Daqing Chen, UCI Machine Learning Repository, CC BY 4.0, doi.org/10.24432/C5BW33"


def gifts_file() -> Path:
    """The order lines of a British web shop for gifts, 2010-12-01 to 2011-07-31, in the columns of the UCI data set.

    285,421 rows, as they are; shop facts: GBP, Europe/London; read with the source ``online-retail``.

    Raises:
        DataError: the file is not there.
    """
    path = Path(str(files(__package__ or __name__).joinpath(GIFTS)))
    if not path.is_file():
        raise DataError(
            f"{path} is missing; the package was installed without its example data. Install it again.",
            zh=f"缺少 {path}；安装包中没有示例数据。请重新安装。",
        )
    return path
