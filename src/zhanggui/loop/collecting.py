"""Collect: requests with events become entries of a shop's journal. No warehouse is needed for that.

The face reads a request and waits for the commit; everything between is here. The write key names the shop.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from types import TracebackType

import msgspec

from zhanggui.basics.errors import ActionRefused, DataError, OutsideError, ZhangguiError
from zhanggui.engines.collection import Access, Commit, Entry, JournalWriter, Keys
from zhanggui.engines.collection.intake import CONTENT_TYPES, MOST_BODY, Intake, TooLarge, take, too_large, unpacked
from zhanggui.engines.collection.journal import FOLDER
from zhanggui.engines.collection.limits import Buckets, rates_of
from zhanggui.store.settings import read_settings

__all__ = ["MOST_BODY", "Collector", "Commit", "Gate", "Posted", "Refused", "Taken", "too_large", "tracker_script"]

THIS_MACHINE = ("127.0.0.1", "::1", "")
LATER = 5  # seconds after which a sender may try again when the disk cannot take more
TRY_AGAIN = 1.0  # seconds between two tries to become the writer of a journal
_PACKINGS = ("", "identity", "gzip")
_ALL_TAKEN: dict[int, bytes] = {n: f'{{"accepted":{n},"rejected":[]}}'.encode() for n in range(1, 101)}


class Refused(Exception):
    """A request is answered with ``status`` and ``error``; ``retry_after`` in seconds, 0 = trying again is no use."""

    def __init__(self, status: int, error: ZhangguiError, retry_after: int = 0) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error
        self.retry_after = retry_after


class Posted(msgspec.Struct, frozen=True):
    """What a request brought. Texts are "" where it said nothing; ``country`` is an ISO code."""

    body: bytes
    content_type: str = ""
    packing: str = ""
    user_agent: str = ""
    country: str = ""
    origin: str = ""


class Taken(msgspec.Struct, frozen=True):
    """The answer, to be given when ``commit`` is done (None = at once)."""

    status: int
    body: bytes
    commit: Commit | None


class Gate:
    """The collection of one shop."""

    def __init__(self, folder: Path) -> None:
        read_settings(folder)
        rates = rates_of(folder)
        self.folder = folder
        self._keys = Keys(folder)
        self._by_key = Buckets(rates.per_key)
        self._by_address = Buckets(rates.per_address)
        self._writer: JournalWriter | None = None
        self._tried = float("-inf")
        self._trouble: OutsideError | None = None
        if (folder / FOLDER).exists():
            self._try_to_write()

    @property
    def access(self) -> Access:
        """Who may send."""
        return self._keys.access()

    def admit(self, key: str, address: str) -> None:
        """Count a request of ``address`` with ``key``.

        Raises:
            Refused: 429, too many of them.
        """
        now = time.monotonic()
        wait = self._by_key.take(key, now)
        if not wait and address not in THIS_MACHINE:
            wait = self._by_address.take(address, now)
        if wait:
            seconds = max(1, int(wait + 1))
            raise Refused(429, _too_many(seconds), seconds)

    def take(self, posted: Posted) -> Taken:
        """Append the events of ``posted`` to the journal; :meth:`release` has them written.

        Raises:
            Refused: nothing of it can be taken.
        """
        taken = _taken(posted)
        entry = Entry(
            received_at=datetime.now(UTC),
            events=taken.events,
            accepted=taken.accepted,
            rejects=taken.rejects,
            user_agent=posted.user_agent,
            country=posted.country,
            origin=posted.origin,
        )
        try:
            commit = self._open().append(entry, hold=True)
        except OutsideError as error:
            if not taken.accepted:
                return Taken(400, _answer(taken), None)
            raise Refused(503, error, LATER) from error
        if not taken.accepted:
            self.release()
            return Taken(400, _answer(taken), None)
        body = _ALL_TAKEN.get(taken.accepted) if not taken.rejects else None
        return Taken(202, body or _answer(taken), commit)

    def release(self) -> None:
        """Have written what was taken since the last time."""
        if self._writer is not None:
            self._writer.release()

    def close(self) -> None:
        """Write what waits, then let go of the journal."""
        if self._writer is not None:
            self._writer.close()

    def claim(self) -> None:
        """Read the keys and become the writer of the journal now, not at the first request.

        Raises:
            OutsideError: another process is, or the folder cannot be written.
        """
        self._keys.access()
        if self._writer is None:
            self._writer = JournalWriter(self.folder / FOLDER)

    def _open(self) -> JournalWriter:
        if self._writer is None:
            if time.monotonic() - self._tried >= TRY_AGAIN:
                self._try_to_write()
            if self._writer is None:
                raise self._trouble or OutsideError("The journal is not open.", zh="日志未打开。", retryable=True)
        return self._writer

    def _try_to_write(self) -> None:
        self._tried = time.monotonic()
        try:
            self._writer = JournalWriter(self.folder / FOLDER)
        except OutsideError as error:
            self._trouble = error


class Collector:
    """The collection of all shops of a process; close it after use."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.gates = tuple(Gate(folder) for folder in dict.fromkeys(folder.resolve() for folder in folders))

    def gate_of(self, key: str, origin: str) -> Gate:
        """The shop that ``key`` names, for a request of pages of ``origin`` ("" = of a server).

        Raises:
            Refused: 401, no such key; 403, pages of that site may not send.
        """
        for gate in self.gates:
            access = gate.access
            if key in access.keys:
                if not access.allows(origin):
                    raise Refused(403, _foreign(origin))
                return gate
        raise Refused(401, _no_key(key))

    def claim(self) -> None:
        """Become the writer of every journal now.

        Raises:
            OutsideError: another process is, or a folder cannot be written.
        """
        for gate in self.gates:
            gate.claim()

    def knows_origin(self, origin: str) -> bool:
        """Whether pages of ``origin`` may send to some shop."""
        return any(gate.access.allows(origin) for gate in self.gates)

    def close(self) -> None:
        """Write what waits, then let go of the journals."""
        for gate in self.gates:
            gate.close()

    def __enter__(self) -> Collector:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def tracker_script() -> bytes | None:
    """The script for the shop's pages, None when it was not built."""
    try:
        return resources.files("zhanggui.engines.collection").joinpath("tracker", "zg.js").read_bytes()
    except OSError:
        return None


def _taken(posted: Posted) -> Intake:
    kind = posted.content_type.partition(";")[0].strip().lower()
    if kind not in CONTENT_TYPES:
        raise Refused(415, _wrong_kind(kind))
    if posted.packing not in _PACKINGS:
        raise Refused(415, _wrong_packing(posted.packing))
    try:
        body = unpacked(posted.body) if posted.packing == "gzip" else posted.body
        return take(body, kind)
    except TooLarge as error:
        raise Refused(413, error) from error
    except DataError as error:
        raise Refused(400, error) from error


def _answer(taken: Intake) -> bytes:
    rejected = [
        {"index": reject.index, "reason": reject.reason.en, "reason_zh": reject.reason.zh} for reject in taken.rejects
    ]
    return msgspec.json.encode({"accepted": taken.accepted, "rejected": rejected})


def _no_key(key: str) -> ActionRefused:
    step = "The write key of a shop: zhanggui write-key SHOP."
    step_zh = "查看店铺的写入密钥：zhanggui write-key SHOP。"
    if not key:
        return ActionRefused(
            f"The request has no write key; send it in the header X-Write-Key or as ?k=KEY. {step}",
            zh=f"请求没有写入密钥；请放在请求头 X-Write-Key 或 ?k=KEY 中。{step_zh}",
        )
    return ActionRefused(f"No shop has this write key. {step}", zh=f"没有店铺使用此写入密钥。{step_zh}")


def _foreign(origin: str) -> ActionRefused:
    shown = origin[:200]
    return ActionRefused(
        f"Pages of {shown!r} may not send events to this shop. Allow it: zhanggui write-key SHOP --origin {shown}",
        zh=f"不允许来自 {shown!r} 的页面向此店铺发送事件。允许它：zhanggui write-key SHOP --origin {shown}",
    )


def _too_many(seconds: int) -> ActionRefused:
    return ActionRefused(
        f"Too many requests; try again in {seconds} s, and send several events in one request.",
        zh=f"请求过多；请在 {seconds} 秒后重试，并在一次请求中发送多个事件。",
    )


def _wrong_kind(kind: str) -> DataError:
    return DataError(
        f"The content type {kind[:100]!r} is not taken; send application/json, application/x-ndjson or text/plain.",
        zh=f"不接受内容类型 {kind[:100]!r}；请使用 application/json、application/x-ndjson 或 text/plain。",
    )


def _wrong_packing(packing: str) -> DataError:
    return DataError(
        f"The content encoding {packing[:100]!r} is not taken; use gzip or none.",
        zh=f"不接受内容编码 {packing[:100]!r}；请使用 gzip 或不压缩。",
    )
