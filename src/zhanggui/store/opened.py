"""Make a shop folder and open it."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import duckdb

from zhanggui.basics.errors import ActionRefused, DataError, OutsideError, ZhangguiError
from zhanggui.basics.words import Words
from zhanggui.store import derived
from zhanggui.store.failures import CURABLE, holder, is_lock, said
from zhanggui.store.owner import read_owner
from zhanggui.store.schema import check_version, make_schema
from zhanggui.store.settings import SETTINGS_FILE, Settings, read_settings, write_settings
from zhanggui.store.warehouse import TEMP_FOLDER, WAREHOUSE_FILE, Warehouse

if TYPE_CHECKING:
    from sqlalchemy import Engine

FIRST_PAUSE = 0.02  # seconds between two tries to get the lock; doubled up to half a second


@dataclass
class OpenShop:
    """A shop that this process holds. Use it as a context manager, or close it."""

    folder: Path
    settings: Settings
    warehouse: Warehouse

    @cached_property
    def ledger(self) -> Engine:
        """The ledger; opened when it is first needed, because that takes time."""
        from zhanggui.store.ledger import open_ledger

        return open_ledger(self.folder)

    def keep_settings(self, settings: Settings) -> None:
        """Write ``settings`` to the shop folder and use them from now on.

        Raises:
            OutsideError: the folder cannot be written.
        """
        write_settings(self.folder, settings)
        self.settings = settings

    def close(self) -> None:
        """Let go of the files; another process may open the shop then."""
        if "ledger" in self.__dict__:
            self.ledger.dispose()
        self.warehouse.close()

    def __enter__(self) -> OpenShop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def create_shop(folder: Path, settings: Settings) -> None:
    """Make an empty shop in ``folder``: settings, warehouse and ledger.

    Raises:
        ActionRefused: the folder is a shop already, or is not empty.
        OutsideError: the folder cannot be written.
    """
    if (folder / SETTINGS_FILE).exists() or (folder / WAREHOUSE_FILE).exists():
        raise ActionRefused(
            f"{folder} is a shop already. Import into it, or choose another folder.",
            zh=f"{folder} 已是店铺。请直接导入，或选择另一个文件夹。",
        )
    if folder.exists() and not folder.is_dir():
        raise ActionRefused(
            f"{folder} is a file; choose a folder for the shop.", zh=f"{folder} 是文件；请为店铺选择文件夹。"
        )
    made = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _fill(folder, settings)
    except BaseException as error:
        _take_back(folder, made=made)
        if isinstance(error, CURABLE):
            raise said(error, folder, Words("making the shop", "新建店铺")) from error
        if isinstance(error, OSError):
            raise OutsideError(
                f"{folder} cannot be written: {error.strerror}. Choose a folder that you may write.",
                zh=f"{folder} 无法写入：{error.strerror}。请选择您有写权限的文件夹。",
            ) from error
        raise


def open_shop_folder(folder: Path, *, wait: float = 10.0, read_only: bool = False) -> OpenShop:
    """Open the shop in ``folder``; waits up to ``wait`` seconds while another process holds it.

    Raises:
        DataError: no shop, or made by a newer version, or damaged.
        OutsideError: another process holds it (who, is said), or the folder cannot be written.
    """
    settings = read_settings(folder)
    if not (folder / WAREHOUSE_FILE).exists():
        raise DataError(
            f"The shop {folder} has lost its {WAREHOUSE_FILE}; restore the folder from a backup.",
            zh=f"店铺 {folder} 丢失了 {WAREHOUSE_FILE}；请从备份恢复该文件夹。",
        )
    warehouse = _connect(folder, wait, read_only)
    try:
        con = warehouse.cursor()
        try:
            check_version(con, folder, read_only=read_only)
            if not read_only:
                _derive_anew(con, settings)
        finally:
            con.close()
    except BaseException:
        warehouse.close()
        raise
    return OpenShop(folder, settings, warehouse)


def _derive_anew(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Derived tables of an older version, or made for another zone or session length, are made again."""
    if derived.is_current(con, settings.timezone, settings.session_minutes):
        return
    con.execute("BEGIN TRANSACTION")
    derived.rebuild(con, settings.timezone, settings.session_minutes)
    con.execute("COMMIT")


def _fill(folder: Path, settings: Settings) -> None:
    from zhanggui.store.ledger import open_ledger

    warehouse = Warehouse.connect(folder)
    try:
        with warehouse.transaction() as con:
            make_schema(con)
    finally:
        warehouse.close()
    open_ledger(folder).dispose()
    # Last, because a folder is a shop as soon as it has settings.
    write_settings(folder, settings)


def _take_back(folder: Path, *, made: bool) -> None:
    if made:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for pattern in (f"{WAREHOUSE_FILE}*", "ledger.sqlite*", SETTINGS_FILE):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def _connect(folder: Path, wait: float, read_only: bool) -> Warehouse:
    end = time.monotonic() + wait
    pause = FIRST_PAUSE
    while True:
        try:
            warehouse = Warehouse.connect(folder, read_only=read_only)
        except duckdb.Error as error:
            if not is_lock(error):
                raise _cannot_open(error, folder) from error
            if time.monotonic() + pause > end:
                raise _held(error, folder) from error
            time.sleep(pause)
            pause = min(2 * pause, 0.5)
        else:
            if not read_only:
                # What a killed import spilled; the lock is ours, so nobody uses it.
                shutil.rmtree(folder / TEMP_FOLDER, ignore_errors=True)
            return warehouse


def _held(error: duckdb.Error, folder: Path) -> OutsideError:
    owner = read_owner(folder)
    if owner is not None:
        who = Words(
            f"a zhanggui server (process {owner.pid}, port {owner.port})",
            f" zhanggui 服务器（进程 {owner.pid}，端口 {owner.port}）",
        )
        step = Words("Use that server, or end it first.", "请使用该服务器，或先结束它。")
    else:
        found = holder(error)
        who = Words("another process", "另一个进程")
        if found:
            name = Path(found[0]).name
            who = Words(f"process {found[1]} ({name})", f"进程 {found[1]}（{name}）")
        step = Words("Wait until it has finished, or end it.", "请等它结束，或将其结束。")
    return OutsideError(
        f"The shop {folder} is held by {who.en}. {step.en}",
        zh=f"店铺 {folder} 正被{who.zh}占用。{step.zh}",
        retryable=True,
    )


def _cannot_open(error: duckdb.Error, folder: Path) -> ZhangguiError:
    text = str(error)
    if "newer version" in text or "newer than" in text or "storage version" in text:
        return DataError(
            f"The shop {folder} was made by a newer zhanggui. Update: pip install --upgrade zhanggui",
            zh=f"店铺 {folder} 由更新版本的 zhanggui 建立。请更新：pip install --upgrade zhanggui",
        )
    if "not a valid DuckDB" in text or "checksum" in text.lower() or "corrupt" in text.lower():
        return DataError(
            f"The warehouse of {folder} is damaged; restore the folder from a backup.",
            zh=f"{folder} 的数据仓库已损坏；请从备份恢复该文件夹。",
        )
    if "different configuration" in text:
        return OutsideError(
            f"The shop {folder} is open already in this process, in another mode. Close it first.",
            zh=f"店铺 {folder} 已在本进程中以另一种方式打开。请先关闭它。",
        )
    if isinstance(error, CURABLE):
        return said(error, folder, Words("opening the shop", "打开店铺"))
    return OutsideError(
        f"The shop {folder} cannot be opened: {text.splitlines()[0]}",
        zh=f"店铺 {folder} 无法打开：{text.splitlines()[0]}",
    )
