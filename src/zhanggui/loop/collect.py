"""Collect: make shops, import into them, say what came in and what is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from zhanggui.basics.errors import ActionRefused, DataError, DefinitionError, UnknownNameError
from zhanggui.basics.periods import zone
from zhanggui.basics.words import Words
from zhanggui.connectors import suggest
from zhanggui.connectors.detect import detect_source
from zhanggui.connectors.source import Inputs, ShopFacts, Source, source_named, sources
from zhanggui.loop import shops
from zhanggui.loop.reconcile import document_of
from zhanggui.loop.result import Document, Grid, Result, Tabled, text, value
from zhanggui.store import batches as store
from zhanggui.store.opened import create_shop
from zhanggui.store.settings import Settings, WatchedFolder
from zhanggui.store.toml_text import write_whole

if TYPE_CHECKING:
    from zhanggui.basics.progress import Progress
    from zhanggui.loop.verbs.bridge import BridgeParams
    from zhanggui.loop.verbs.import_ import ImportParams
    from zhanggui.loop.verbs.init import InitParams
    from zhanggui.loop.verbs.rejects import RejectsParams
    from zhanggui.loop.verbs.suggest_map import SuggestMapParams
    from zhanggui.loop.verbs.watch_folder import WatchFolderParams
    from zhanggui.store.opened import OpenShop

AUTO = "auto"
MAPPED = "mapped"
SIMULATED = "simulated"
COUNTS = (
    value("read", "read", "读取"),
    value("accepted", "accepted", "新增"),
    value("updated", "updated", "更新"),
    value("unchanged", "unchanged", "未变"),
    value("rejected", "rejected", "拒绝"),
)


@dataclass(frozen=True)
class ImportResult(Tabled):
    """What an import did; ``good`` when at least one row is good or was there already."""

    report: store.BatchReport
    currency: str

    @property
    def good(self) -> bool:
        """At least one row is accepted, updated or unchanged."""
        return self.report.good > 0

    @property
    def batch(self) -> str:
        """The id of the batch."""
        return self.report.batch

    @property
    def words(self) -> Words:
        """The batch in a sentence, with the next step when rows were rejected."""
        counts = self.report.tables.values()
        rejected = self.report.rejected
        taken = sum(count.accepted + count.updated for count in counts)
        en = f"Batch {self.batch}: {taken:,} rows taken in {self.report.seconds:.1f} s."
        zh = f"批次 {self.batch}：{self.report.seconds:.1f} 秒内导入 {taken:,} 行。"
        if rejected:
            en += f" {rejected:,} rows were rejected; zhanggui rejects SHOP {self.batch} lists them."
            zh += f"有 {rejected:,} 行被拒绝，用 zhanggui rejects SHOP {self.batch} 查看。"
        return Words(en, zh)

    def to_json(self, language: str = "en") -> dict[str, Any]:  # noqa: ARG002 - it holds no texts
        """The stable document of ``zhanggui import --format json``."""
        return self.report.to_json()

    def grids(self) -> tuple[Grid, ...]:
        """Row counts by table."""
        rows = tuple(
            (name, count.read, count.accepted, count.updated, count.unchanged, count.rejected)
            for name, count in self.report.tables.items()
        )
        counts = Grid((text("table", "table", "表"), *COUNTS), rows)
        return (counts, *document_of(self.batch, self.report.bridge, self.currency).grids())


def init(params: InitParams) -> Result:
    """Make a shop folder.

    Raises:
        DefinitionError: no such currency or time zone.
        ActionRefused: the folder is a shop already.
    """
    settings = Settings(params.name, params.currency, params.timezone, params.country)
    create_shop(params.shop_dir, settings)
    folder = str(params.shop_dir)
    document = {
        "shop": folder,
        "name": settings.name,
        "currency": settings.currency,
        "timezone": settings.timezone,
    }
    words = Words(
        f"The shop {settings.name} is ready in {folder}. Next: zhanggui import {folder} auto FILE...",
        f"店铺 {settings.name} 已建立在 {folder}。下一步：zhanggui import {folder} auto 文件...",
    )
    return Document(document, words=words)


def import_(shop: OpenShop | None, params: ImportParams, progress: Progress) -> ImportResult:
    """Import files.

    Raises:
        UnknownNameError: no such source.
        DataError: a file does not exist or cannot be understood.
    """
    shop = shops.need(shop)
    for path in params.path:
        if not path.exists():
            raise DataError(f"{path} does not exist; check the path.", zh=f"{path} 不存在；请检查路径。")
    name, source = _source(params)
    inputs = Inputs(
        paths=params.path,
        settings=ShopFacts(shop.settings.currency, shop.settings.timezone),
        mapping=params.map,
        options=_options(name, params),
        progress=progress,
    )
    received_at = params.received_at
    if received_at is not None and received_at.tzinfo is None:
        received_at = received_at.replace(tzinfo=zone(shop.settings.timezone))
    report = store.import_pieces(
        shop,
        source.read(inputs),
        source=name,
        files=[str(path) for path in params.path],
        received_at=received_at,
        progress=progress,
    )
    if name == SIMULATED:
        _keep_truth(shop, inputs)
    return ImportResult(report, shop.settings.currency)


def _keep_truth(shop: OpenShop, inputs: Inputs) -> None:
    """What happened in the simulated shop, beside its data: for people who judge a diagnosis, never read by us."""
    from zhanggui.connectors.sources.simulated import TRUTH_FILE, truth

    document = json.dumps(truth(inputs.options, inputs.settings), ensure_ascii=False, indent=1)
    write_whole(shop.folder / TRUTH_FILE, f"{document}\n")


def _source(params: ImportParams) -> tuple[str, Source]:
    name = MAPPED if params.source == AUTO and params.map else params.source
    if name == AUTO:
        if not params.path:
            raise DefinitionError(
                "import auto needs at least one file or folder.", zh="import auto 至少需要一个文件或文件夹。"
            )
        name = detect_source(params.path)
    source = source_named(name)
    if not params.path and name not in (SIMULATED, MAPPED):
        raise DefinitionError(
            f"import {name} needs at least one file or folder; where it comes from: zhanggui sources.",
            zh=f"import {name} 至少需要一个文件或文件夹；如何获得见 zhanggui sources。",
        )
    if params.map and name != MAPPED:
        raise DefinitionError(
            f"--map is for the source mapped, not {name}; leave it out, or import with mapped.",
            zh=f"--map 只用于来源 mapped，不用于 {name}；请去掉它，或以 mapped 导入。",
        )
    return name, source


def _options(name: str, params: ImportParams) -> dict[str, str]:
    found = {"scale": params.scale, "seed": params.seed, "months": params.months}
    given = {key: str(option) for key, option in found.items() if option is not None}
    if given and name != SIMULATED:
        raise DefinitionError(
            f"--{next(iter(given))} is for the source simulated, not {name}; leave it out.",
            zh=f"--{next(iter(given))} 只用于来源 simulated，不用于 {name}；请去掉它。",
        )
    return given


def rejects(shop: OpenShop | None, params: RejectsParams) -> Result:
    """The rows kept aside by one batch, or by all.

    Raises:
        UnknownNameError: no such batch.
    """
    shop = shops.need(shop)
    found = store.rejects(shop, params.batch)
    shown = found[: params.limit]
    columns = (
        text("batch", "batch", "批次"),
        text("table", "table", "表"),
        text("file", "file", "文件"),
        value("line", "line", "行"),
        text("column", "column", "列"),
        text("value", "value", "值"),
        text("reason", "reason", "原因"),
    )
    reasons = [Words(row.reason, row.reason_zh or row.reason) for row in shown]
    rows = tuple(
        (row.batch, row.table, row.file, row.line, row.column, row.value, why)
        for row, why in zip(shown, reasons, strict=True)
    )
    listed = [row.to_json() | {"reason": why} for row, why in zip(shown, reasons, strict=True)]
    return Document({"rejects": listed, "count": len(found)}, (Grid(columns, rows),))


def batches(shop: OpenShop | None) -> Result:
    """All batches, the newest first."""
    found = [_batch_json(batch) for batch in store.list_batches(shops.need(shop))]
    columns = (
        text("batch", "batch", "批次"),
        text("received_at", "received", "到达"),
        text("source", "source", "来源"),
        *COUNTS,
    )
    rows = []
    for batch in found:
        counts = batch["tables"].values()
        sums = (sum(count[column.key] for count in counts) for column in COUNTS)
        rows.append((batch["batch"], batch["received_at"], batch["source"], *sums))
    return Document({"batches": found}, (Grid(columns, tuple(rows)),))


def _batch_json(batch: store.Batch) -> dict[str, Any]:
    return {
        "batch": batch.batch,
        "source": batch.source,
        "files": list(batch.files),
        "received_at": batch.received_at.isoformat(),
        "seconds": batch.seconds,
        "content_hash": batch.content_hash,
        "tables": {name: count.to_json() for name, count in batch.tables.items()},
    }


def bridge(shop: OpenShop | None, params: BridgeParams) -> Result:
    """From the platform's own total to ours.

    Raises:
        UnknownNameError: no such batch.
    """
    shop = shops.need(shop)
    batch = params.batch or shop.warehouse.newest_batch()
    found = store.bridge_of(shop, batch) if batch else None
    return document_of(batch, found, shop.settings.currency)


def list_sources() -> Result:
    """Every source that can be imported."""
    found = sources()
    document = {
        "sources": [
            {
                "source": name,
                "words": source.words.to_json(),
                "doc": source.doc.to_json(),
                "tables": list(source.tables),
            }
            for name, source in found.items()
        ]
    }
    columns = (text("source", "source", "来源"), text("words", "words", "说明"), text("tables", "tables", "表"))
    rows = tuple((name, source.words, ", ".join(source.tables)) for name, source in found.items())
    return Document(document, (Grid(columns, rows),))


def suggest_map(params: SuggestMapParams) -> Result:
    """A draft of a mapping for a file.

    Raises:
        DataError: the file cannot be read.
    """
    if not params.file.exists():
        raise DataError(f"{params.file} does not exist; check the path.", zh=f"{params.file} 不存在；请检查路径。")
    drafted = suggest.suggest_map(params.file)
    return Document({"mapping": drafted}, text=drafted)


def watch_folder(shop: OpenShop | None, params: WatchFolderParams) -> Result:
    """List, add or remove watched folders.

    Raises:
        UnknownNameError: no such source, or the folder to remove is not watched.
        DataError: the folder does not exist.
    """
    shop = shops.need(shop)
    watched = shop.settings.watched
    if params.source is not None:
        watched = _changed(watched, params)
        shop.keep_settings(replace(shop.settings, watched=watched))
    columns = (text("source", "source", "来源"), text("folder", "folder", "文件夹"))
    rows = tuple((each.source, each.folder) for each in watched)
    return Document({"watched": _watched_json(watched)}, (Grid(columns, rows),))


def _changed(watched: Sequence[WatchedFolder], params: WatchFolderParams) -> tuple[WatchedFolder, ...]:
    if params.dir is None or params.source is None:
        raise DefinitionError(
            "watch-folder needs a source and a folder: zhanggui watch-folder SHOP SOURCE DIR.",
            zh="watch-folder 需要来源和文件夹：zhanggui watch-folder SHOP SOURCE DIR。",
        )
    wanted = WatchedFolder(params.source, str(params.dir.resolve()))
    if params.remove:
        if wanted not in watched:
            raise UnknownNameError.of(
                Words("watched folder", "监视的文件夹"), wanted.folder, [each.folder for each in watched]
            )
        return tuple(each for each in watched if each != wanted)
    if params.source != AUTO:
        source_named(params.source)
    if not params.dir.is_dir():
        raise DataError(f"{params.dir} is no folder; make it first.", zh=f"{params.dir} 不是文件夹；请先建立它。")
    if any(each.folder == wanted.folder and each.source != wanted.source for each in watched):
        raise ActionRefused(
            f"{wanted.folder} is watched already with another source; remove that first (--remove).",
            zh=f"{wanted.folder} 已以另一个来源被监视；请先取消（--remove）。",
        )
    return tuple(dict.fromkeys((*watched, wanted)))


def _watched_json(watched: Sequence[WatchedFolder]) -> list[Mapping[str, str]]:
    return [{"source": each.source, "folder": each.folder} for each in watched]
