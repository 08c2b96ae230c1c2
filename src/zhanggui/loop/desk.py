"""The desk of a server: its shops, opened once, answering verbs from many threads.

Answers of reading verbs are kept until something is written to the shop; the same question
asked twice at once is computed once. Writing verbs run one at a time per shop, while readers
go on with the state before.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from zhanggui.basics.errors import UnknownNameError
from zhanggui.basics.progress import Progress, Stopped, silent
from zhanggui.basics.words import Words
from zhanggui.loop import shops
from zhanggui.loop.result import Result
from zhanggui.loop.verb import Verb
from zhanggui.loop.verbs import verbs
from zhanggui.store.opened import OpenShop
from zhanggui.store.settings import WatchedFolder

KEPT = 256  # answers per shop
RESERVED = frozenset({"api", "cli", "static", "healthz", "openapi.json", "favicon.ico", "docs"})
WAIT = 0.2  # seconds between two looks at whether a waiting writer is still wanted


@dataclass(frozen=True)
class Card:
    """A shop as the switcher shows it; ``last_day`` is None and ``batch`` too while it is empty."""

    key: str
    name: str
    currency: str
    timezone: str
    simulated: bool
    attribution: str
    last_day: date | None
    imported_at: datetime | None
    batch: str | None

    def to_json(self) -> dict[str, Any]:
        """The card with stable field names."""
        return {
            "key": self.key,
            "name": self.name,
            "currency": self.currency,
            "timezone": self.timezone,
            "simulated": self.simulated,
            "attribution": self.attribution,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "imported_at": self.imported_at.isoformat() if self.imported_at else None,
            "batch": self.batch,
        }


@dataclass
class _Seat:
    """One opened shop and what is kept of its answers; ``written`` counts the writes."""

    key: str
    shop: OpenShop
    written: int = 0
    kept: OrderedDict[Any, Future[Any]] = field(default_factory=OrderedDict)
    guard: threading.Lock = field(default_factory=threading.Lock)
    writing: threading.Lock = field(default_factory=threading.Lock)


class Desk:
    """Answers verbs for the shops of one server; safe to call from several threads."""

    def __init__(self, seats: Sequence[_Seat]) -> None:
        self._seats = {seat.key: seat for seat in seats}
        self._closing = threading.Event()

    @classmethod
    @contextlib.contextmanager
    def over(cls, folders: Sequence[Path]) -> Iterator[Desk]:
        """The desk over the shop ``folders``, each opened; all are closed at the end.

        Raises:
            ZhangguiError: a folder is no shop, or another process holds it.
        """
        with contextlib.ExitStack() as stack:
            seats: list[_Seat] = []
            for folder in dict.fromkeys(folder.resolve() for folder in folders):
                opened = stack.enter_context(shops.opened(folder))
                seats.append(_Seat(_key(folder.name, [seat.key for seat in seats]), opened))
            yield cls(seats)

    def all_keys(self) -> tuple[str, ...]:
        """The shops' keys, in the order of the start."""
        return tuple(self._seats)

    def folder(self, key: str) -> Path:
        """The folder of the shop ``key``."""
        return self._seat(key).shop.folder

    def stamp(self, key: str) -> str:
        """A text that changes whenever an answer of the shop may."""
        seat = self._seat(key)
        return f"{seat.written}-{seat.shop.warehouse.newest_batch() or ''}"

    def watched(self, key: str) -> tuple[WatchedFolder, ...]:
        """The watched folders of the shop ``key``."""
        return self._seat(key).shop.settings.watched

    def key_of(self, folder: str | Path) -> str:
        """The key of the shop in ``folder``.

        Raises:
            UnknownNameError: the server does not serve that folder.
        """
        wanted = Path(folder).resolve()
        for key, seat in self._seats.items():
            if seat.shop.folder.resolve() == wanted:
                return key
        raise UnknownNameError.of(
            Words("shop of this server", "此服务器上的店铺"),
            str(folder),
            [str(s.shop.folder) for s in self._seats.values()],
        )

    def shops(self) -> tuple[Card, ...]:
        """All shops, in the order in which they were named at the start."""
        return tuple(self._keep(seat, "card", partial(_card, seat)) for seat in self._seats.values())

    def call(self, shop: str, verb: str, params: Mapping[str, Any], progress: Progress = silent) -> Result:
        """The result of the verb called ``verb`` with raw ``params`` by key.

        Raises:
            ZhangguiError: unknown shop, verb, KPI, dimension; not measurable; refused.
        """
        known = verbs()
        if verb not in known:
            raise UnknownNameError.of(Words("verb", "操作"), verb, known)
        return self.ask(shop, known[verb], known[verb].parse(params), progress)

    def ask(self, shop: str | None, verb: Verb, params: Any, progress: Progress = silent) -> Result:
        """The result of ``verb``; ``params`` are typed; ``shop`` is a key, or None for verbs without one.

        Raises:
            Stopped: ``progress`` ended it, or the desk is closing.
        """
        guarded = _Stoppable(progress, self._closing)
        if shop is None or verb.shop == "none":
            return verb.run(None, params, guarded)
        seat = self._seat(shop)
        if verb.writes:
            return self._write(seat, verb, params, guarded)
        if not verb.keeps:
            return verb.run(seat.shop, params, guarded)
        result: Result = self._keep(seat, (verb.name, params), lambda: verb.run(seat.shop, params, guarded))
        return result

    def stop(self) -> None:
        """Ask all work to end; it ends at its next report."""
        self._closing.set()

    def _seat(self, key: str) -> _Seat:
        if key not in self._seats:
            raise UnknownNameError.of(Words("shop", "店铺"), key, self._seats)
        return self._seats[key]

    def _write(self, seat: _Seat, verb: Verb, params: Any, progress: Progress) -> Result:
        while not seat.writing.acquire(timeout=WAIT):
            progress("waiting for another import of this shop", 0)
        try:
            return verb.run(seat.shop, params, progress)
        finally:
            with seat.guard:
                seat.written += 1
                seat.kept.clear()
            seat.writing.release()

    def _keep(self, seat: _Seat, key: Any, make: Any) -> Any:
        """What is kept under ``key``, else made now; others who ask meanwhile wait for it."""
        while True:
            with seat.guard:
                full_key = (seat.written, shops.own_definitions(seat.shop.folder), key)
                held = seat.kept.get(full_key)
                mine = held is None
                if held is None:
                    held = seat.kept[full_key] = Future()
                    if len(seat.kept) > KEPT:
                        seat.kept.popitem(last=False)
                else:
                    seat.kept.move_to_end(full_key)
            if mine:
                return self._make(seat, full_key, held, make)
            try:
                return held.result()
            except Stopped:
                continue  # whoever computed it went away; compute it ourselves

    def _make(self, seat: _Seat, key: Any, held: Future[Any], make: Any) -> Any:
        try:
            made = make()
        except BaseException as error:
            with seat.guard:
                seat.kept.pop(key, None)
            held.set_exception(error)
            raise
        held.set_result(made)
        return made


class _Stoppable:
    def __init__(self, progress: Progress, closing: threading.Event) -> None:
        self._progress = progress
        self._closing = closing

    def __call__(self, stage: str, done: int, total: int | None = None) -> None:
        if self._closing.is_set():
            raise Stopped
        self._progress(stage, done, total)


def _key(name: str, taken: Sequence[str]) -> str:
    base = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "shop"
    number, key = 1, base
    while key in taken or key in RESERVED:
        number += 1
        key = f"{base}-{number}"
    return key


def _card(seat: _Seat) -> Card:
    settings = seat.shop.settings
    last_day, imported_at, batch = shops.freshness(seat.shop)
    return Card(
        key=seat.key,
        name=settings.name,
        currency=settings.currency,
        timezone=settings.timezone,
        simulated=settings.simulated,
        attribution=settings.attribution,
        last_day=last_day,
        imported_at=imported_at,
        batch=batch,
    )
