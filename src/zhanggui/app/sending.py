"""Send a verb to the running server of a shop and listen to its progress and its answer."""

from __future__ import annotations

import dataclasses
import http.client
import json
from datetime import date
from pathlib import Path
from typing import Any

from zhanggui.basics import errors
from zhanggui.basics.errors import OutsideError, ZhangguiError
from zhanggui.basics.progress import Progress, Stopped
from zhanggui.loop.result import Result, from_wire
from zhanggui.loop.verb import Verb
from zhanggui.store.owner import Owner

SILENCE = 60.0  # seconds without a sign of life after which a server counts as gone

_KINDS = {
    kind.kind: kind
    for kind in (
        errors.DefinitionError,
        errors.UnknownNameError,
        errors.DataError,
        errors.NotMeasurable,
        errors.ActionRefused,
        errors.OutsideError,
    )
}


def send(owner: Owner, verb: Verb, shop: Path, params: Any, progress: Progress) -> Result:
    """The result of ``verb`` as the server computes it.

    Raises:
        ZhangguiError: as the verb does, or the server does not answer.
        Stopped: the server ended the work.
    """
    connection = http.client.HTTPConnection("127.0.0.1", owner.port, timeout=SILENCE)
    body = json.dumps({"shop": str(shop.resolve()), "params": raw_params(params)})
    headers = {"Authorization": f"Bearer {owner.token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", f"/cli/{verb.name}", body, headers)
        with connection.getresponse() as reply:
            if reply.status != 200:
                raise _error_of(reply.read(), owner)
            return _listen(reply, progress, owner)
    except (OSError, http.client.HTTPException) as error:
        raise OutsideError(
            f"The server of {shop} (port {owner.port}, process {owner.pid}) does not answer: {error}. "
            "Run the command again; if it persists, restart the server.",
            zh=(
                f"店铺 {shop} 的服务器（端口 {owner.port}，进程 {owner.pid}）没有回应：{error}。"
                "请再运行一次；若仍如此，请重启服务器。"
            ),
            retryable=True,
        ) from error
    finally:
        connection.close()


def _listen(reply: http.client.HTTPResponse, progress: Progress, owner: Owner) -> Result:
    for line in reply:
        said = json.loads(line)
        if "progress" in said:
            progress(*said["progress"])
        elif "result" in said:
            return from_wire(said["result"])
        elif "error" in said:
            raise _error_of(line, owner)
    raise http.client.IncompleteRead(b"")


def _error_of(body: bytes, owner: Owner) -> Exception:
    try:
        told = json.loads(body)["error"]
        kind, message, suggestions = told["kind"], told["message"], told["suggestions"]
        zh = str(told.get("zh") or "")
    except (ValueError, KeyError, TypeError):
        return OutsideError(
            f"The server on port {owner.port} gave an answer that cannot be read; restart it.",
            zh=f"端口 {owner.port} 上的服务器给出了无法读取的回答；请重启它。",
        )
    if kind == "stopped":
        return Stopped()
    found: type[ZhangguiError] = _KINDS.get(kind, ZhangguiError)
    return found(message, zh=zh, suggestions=suggestions)


def raw_params(params: Any) -> dict[str, Any]:
    """Typed parameters as JSON: days as text, paths absolute, defaults left out."""
    found: dict[str, Any] = {}
    for item in dataclasses.fields(params):
        value = getattr(params, item.name)
        if value is not None and value != item.default:
            found[item.name] = _raw(value)
    return found


def _raw(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_raw(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value.absolute())
    return value
