"""The Python face: ``zhanggui.open_shop(path)`` and the verbs as methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from zhanggui.basics.progress import Progress, silent
from zhanggui.loop.verbs import verbs
from zhanggui.store.opened import OpenShop

if TYPE_CHECKING:
    from zhanggui.loop.behave import FunnelResult, LeaversResult, PathsResult
    from zhanggui.loop.collect import ImportResult
    from zhanggui.loop.diagnose import ExplainResult
    from zhanggui.loop.experience import ExperienceResult
    from zhanggui.loop.friction import FrictionResult
    from zhanggui.loop.goods import ProductsResult
    from zhanggui.loop.measure import KpiResult
    from zhanggui.loop.result import Document
    from zhanggui.loop.today import Today
    from zhanggui.store.settings import Settings

Day = str | date
Where = Mapping[str, str | Sequence[str]] | Sequence[str | tuple[str, str]]


class Shop:
    """An opened shop. Use it with ``with``, or :meth:`close` it; while it is open no other process can use it.

    Every result has ``to_json()``, ``to_arrow()`` and ``to_pandas()``. Days are dates or text such as
    2011-01-31; windows are half-open. ``where`` is ``{"country": "France"}``,
    ``{"country": ["France", "Spain"]}`` or ``["country=France"]``.
    """

    def __init__(self, opened: OpenShop) -> None:
        self._opened = opened

    @property
    def folder(self) -> Path:
        """The shop's folder."""
        return self._opened.folder

    @property
    def settings(self) -> Settings:
        """Name, currency, time zone, watched folders."""
        return self._opened.settings

    def close(self) -> None:
        """Let go of the shop."""
        self._opened.close()

    def __enter__(self) -> Shop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def kpi(  # noqa: PLR0913, PLR0917 - every argument is one part of the question
        self,
        names: str | Sequence[str],
        by: str | Sequence[str] = (),
        from_: Day | None = None,
        to: Day | None = None,
        against: str | None = None,
        where: Where | None = None,
        top: int | None = None,
        *,
        share: bool = False,
        rolling: int | None = None,
        to_date: str | None = None,
        as_of: Day | None = None,
    ) -> KpiResult:
        """The value of KPIs over a window, by dimensions, compared with another window.

        Raises:
            UnknownNameError: a KPI, dimension or value that does not exist.
            DefinitionError: a question that makes no sense.
        """
        result: KpiResult = self._call(
            "kpi",
            name=names,
            by=by,
            from_=from_,
            to=to,
            against=against,
            where=_pairs(where),
            top=top,
            share=share,
            rolling=rolling,
            to_date=to_date,
            as_of=as_of,
        )
        return result

    def explain(  # noqa: PLR0913, PLR0917 - every argument is one part of the question
        self,
        kpi: str,
        from_: Day | None = None,
        to: Day | None = None,
        against: str | None = None,
        tree: str | None = None,
        over: str | None = None,
        where: Where | None = None,
    ) -> ExplainResult:
        """What moved a KPI: contributions that add up to its change exactly.

        Raises:
            UnknownNameError: a KPI, tree, dimension or value that does not exist.
            NotMeasurable: the shop lacks a table.
        """
        result: ExplainResult = self._call(
            "explain", kpi=kpi, from_=from_, to=to, against=against, tree=tree, over=over, where=_pairs(where)
        )
        return result

    def import_(  # noqa: PLR0913 - every argument is one option of the import
        self,
        source: str,
        paths: str | Path | Sequence[str | Path] = (),
        mapping: str | Path | None = None,
        *,
        received_at: str | datetime | None = None,
        scale: float | None = None,
        seed: int | None = None,
        months: int | None = None,
        progress: Progress = silent,
    ) -> ImportResult:
        """Import files in one transaction.

        Raises:
            UnknownNameError: no such source.
            DataError: a file does not exist or cannot be understood.
        """
        given = {"path": paths, "map": mapping, "received_at": received_at, "scale": scale, "seed": seed}
        result: ImportResult = self._call("import", progress, source=source, months=months, **given)
        return result

    def products(  # noqa: PLR0913, PLR0917 - every argument is one part of the question
        self,
        from_: Day | None = None,
        to: Day | None = None,
        against: str | None = None,
        sort: str | None = None,
        search: str | None = None,
        limit: int | None = None,
        where: Where | None = None,
    ) -> ProductsResult:
        """The product list: sales and their change, stock, returns, rating, price."""
        result: ProductsResult = self._call(
            "products", from_=from_, to=to, against=against, sort=sort, search=search, limit=limit, where=_pairs(where)
        )
        return result

    def funnel(  # noqa: PLR0913, PLR0917 - every argument is one part of the question
        self,
        steps: str | Sequence[str] = (),
        within: str = "session",
        by: str | Sequence[str] = (),
        from_: Day | None = None,
        to: Day | None = None,
        against: str | None = None,
        where: Where | None = None,
        without: str | Sequence[str] = (),
    ) -> FunnelResult:
        """How many sessions (or visitors, within a duration such as 7d) reach every step, and where the others went.

        Raises:
            UnknownNameError: a step, dimension or value that does not exist.
            NotMeasurable: the shop has no events, sessions or daily traffic.
        """
        result: FunnelResult = self._call(
            "funnel",
            steps=steps,
            within=within,
            by=by,
            from_=from_,
            to=to,
            against=against,
            where=_pairs(where),
            without=without,
        )
        return result

    def paths(  # noqa: PLR0913, PLR0917 - every argument is one part of the question
        self,
        from_: Day | None = None,
        to: Day | None = None,
        starting: str | None = None,
        ending: str | None = None,
        through: str | None = None,
        length: int = 5,
        top: int = 20,
        where: Where | None = None,
    ) -> PathsResult:
        """The frequent paths of sessions, from their start or around a page type or event.

        Raises:
            UnknownNameError: a page type, event, dimension or value that does not exist.
            NotMeasurable: the shop has no events.
        """
        result: PathsResult = self._call(
            "paths",
            from_=from_,
            to=to,
            starting=starting,
            ending=ending,
            through=through,
            length=length,
            top=top,
            where=_pairs(where),
        )
        return result

    def leavers(  # noqa: PLR0913, PLR0917 - every argument is one part of the question
        self,
        steps: str | Sequence[str] = (),
        step: str | None = None,
        within: str = "session",
        from_: Day | None = None,
        to: Day | None = None,
        where: Where | None = None,
        without: str | Sequence[str] = (),
    ) -> LeaversResult:
        """Who reached a step of a funnel and not the next one, against those who went on.

        Raises:
            UnknownNameError: a step, dimension or value that does not exist.
            NotMeasurable: the shop has no events.
        """
        result: LeaversResult = self._call(
            "leavers",
            steps=steps,
            step=step,
            within=within,
            from_=from_,
            to=to,
            where=_pairs(where),
            without=without,
        )
        return result

    def today(self, from_: Day | None = None, to: Day | None = None, against: str | None = None) -> Today:
        """The most telling KPIs, their course, and what moved sales."""
        result: Today = self._call("today", from_=from_, to=to, against=against)
        return result

    def experience(
        self,
        from_: Day | None = None,
        to: Day | None = None,
        against: str | None = None,
        where: Where | None = None,
        slow_ms: float | None = None,
    ) -> ExperienceResult:
        """How pages feel: load time, web vitals, slowness and what goes with it, errors, searches without result."""
        result: ExperienceResult = self._call(
            "experience", from_=from_, to=to, against=against, where=_pairs(where), slow_ms=slow_ms
        )
        return result

    def friction(self, from_: Day | None = None, to: Day | None = None, where: Where | None = None) -> FrictionResult:
        """Where carts and checkouts are left, with which payment, shipping fee, coupon and goods."""
        result: FrictionResult = self._call("friction", from_=from_, to=to, where=_pairs(where))
        return result

    def live(self, minutes: int | None = None, as_of: str | datetime | None = None) -> Document:
        """Who is on the site right now, from the newest events."""
        return self._document("live", minutes=minutes, as_of=as_of)

    def rejects(self, batch: str | None = None) -> Document:
        """The rows that imports kept aside."""
        return self._document("rejects", batch=batch)

    def batches(self) -> Document:
        """All imports, the newest first."""
        return self._document("batches")

    def bridge(self, batch: str | None = None) -> Document:
        """From the platform's own total to ours."""
        return self._document("bridge", batch=batch)

    def data(self) -> Document:
        """The tables, how fresh they are, what can be measured."""
        return self._document("data")

    def catalogue(self) -> Document:
        """Every KPI and whether it can be measured here."""
        return self._document("catalogue")

    def trees(self, kpi: str) -> Document:
        """The driver trees of a KPI."""
        return self._document("trees", kpi=kpi)

    def watch_folder(
        self, source: str | None = None, folder: str | Path | None = None, *, remove: bool = False
    ) -> Document:
        """List, add or remove the folders whose new files a server imports."""
        return self._document("watch-folder", source=source, dir=folder, remove=remove)

    def write_key(self, *, new: bool = False, revoke: str | None = None, origins: Sequence[str] = ()) -> Document:
        """The key for sending events, made at the first call; ``origins`` take the place of those before."""
        return self._document("write-key", new=new, revoke=revoke, origin=list(origins))

    def drain(self) -> Document:
        """Bring collected events from the journal into the shop."""
        return self._document("drain")

    def collector(self) -> Document:
        """How the collection of events is doing."""
        return self._document("collector")

    def _document(self, verb: str, **given: Any) -> Document:
        result: Document = self._call(verb, **given)
        return result

    def _call(self, verb: str, progress: Progress = silent, **given: Any) -> Any:
        spec = verbs()[verb]
        return spec.run(self._opened, spec.parse(given), progress)


def open_shop(path: str | Path, *, wait: float = 10.0) -> Shop:
    """The shop in the folder ``path``; waits up to ``wait`` seconds while another process holds it.

    Raises:
        DataError: no shop, made by a newer version, or damaged.
        OutsideError: another process holds it.
    """
    from zhanggui.loop import shops

    return Shop(shops.opened(Path(path), wait=wait))


def create_shop(path: str | Path, name: str, currency: str, timezone: str, country: str = "") -> None:
    """Make an empty shop in the folder ``path``.

    Raises:
        ActionRefused: the folder is a shop already.
        DefinitionError: no such currency or time zone.
    """
    spec = verbs()["init"]
    given = {"shop_dir": path, "name": name, "currency": currency, "timezone": timezone, "country": country}
    spec.run(None, spec.parse(given), silent)


def _pairs(where: Where | None) -> list[Any]:
    if where is None:
        return []
    if not isinstance(where, Mapping):
        return list(where)
    found: list[Any] = []
    for name, values in where.items():
        found += [(name, value) for value in ([values] if isinstance(values, str) else values)]
    return found
