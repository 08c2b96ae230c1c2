"""The way of a command line to the server of its shop, with made-up servers."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from zhanggui.app.remote import ask, listens
from zhanggui.app.sending import raw_params
from zhanggui.basics.errors import DataError, OutsideError, UnknownNameError
from zhanggui.basics.progress import Stopped, silent
from zhanggui.loop.verbs import verbs
from zhanggui.store.owner import Owner, write_owner

KPI = verbs()["kpi"]


@contextlib.contextmanager
def _server(folder: Path, lines: list[Any], status: int = 200) -> Iterator[list[dict[str, Any]]]:
    """A server that owns ``folder`` and answers every verb with ``lines``; gives what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        answers: ClassVar[list[Any]] = lines

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append({"path": self.path, "token": self.headers["Authorization"], **json.loads(body)})
            self.send_response(status)
            self.end_headers()
            for line in self.answers:
                self.wfile.write((line if isinstance(line, str) else json.dumps(line)).encode() + b"\n")

        def log_message(self, format: str, *args: Any) -> None:
            """Be quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    write_owner(folder, Owner(server.server_port, "secret", os.getpid()))
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


RESULT = {"result": {"json": {"a": 1}, "grids": [], "words": None, "good": True, "text": None}}


def test_the_verb_goes_to_the_server_with_token_and_absolute_paths(empty: Path, tmp_path: Path) -> None:
    heard: list[tuple[str, int, int | None]] = []
    verb = verbs()["import"]
    params = verb.parse({"source": "tables", "path": ["x.csv"], "received_at": "2026-03-01T10:00"})
    with _server(empty, [{"progress": ["reading", 1, 2]}, {"alive": True}, RESULT]) as asked:
        result = ask(verb, empty, params, lambda stage, done, total=None: heard.append((stage, done, total)))
    assert result.to_json() == {"a": 1}
    assert heard == [("reading", 1, 2)]
    assert asked[0]["path"] == "/cli/import"
    assert asked[0]["token"] == "Bearer secret"  # noqa: S105 - of this test
    assert asked[0]["shop"] == str(empty)
    assert asked[0]["params"] == {
        "source": "tables", "path": [str(Path("x.csv").absolute())], "received_at": "2026-03-01T10:00:00",
    }  # fmt: skip


def test_parameters_survive_the_way() -> None:
    params = KPI.parse({"name": ["sales"], "from": date(2026, 3, 1), "where": [("country", "FR")], "share": True})
    assert KPI.parse(json.loads(json.dumps(raw_params(params)))) == params
    taken = verbs()["import"].parse({"source": "x", "received_at": datetime(2026, 3, 1, 10, tzinfo=UTC)})
    assert verbs()["import"].parse(json.loads(json.dumps(raw_params(taken)))) == taken


@pytest.mark.parametrize(
    ("kind", "error"), [("unknown_name", UnknownNameError), ("data", DataError), ("outside", OutsideError)]
)
@pytest.mark.parametrize("status", [200, 422])
def test_an_error_of_the_server_is_the_same_here(empty: Path, kind: str, error: type[Exception], status: int) -> None:
    told = {"error": {"kind": kind, "message": "no", "suggestions": ["sales"]}}
    with _server(empty, [told], status), pytest.raises(error) as caught:
        ask(KPI, empty, KPI.parse({"name": "x"}), silent)
    assert caught.value.suggestions == ("sales",)  # type: ignore[attr-defined]


def test_an_error_of_the_server_speaks_both_languages(empty: Path) -> None:
    told = {"error": {"kind": "data", "message": "Empty.", "suggestions": [], "zh": "空的。"}}
    with _server(empty, [told]), pytest.raises(DataError) as caught:
        ask(KPI, empty, KPI.parse({"name": "x"}), silent)
    assert (caught.value.said("en"), caught.value.said("zh")) == ("Empty.", "空的。")


def test_a_server_that_stops_the_work_says_so(empty: Path) -> None:
    told = {"error": {"kind": "stopped", "message": "no", "suggestions": []}}
    with _server(empty, [told]), pytest.raises(Stopped):
        ask(KPI, empty, KPI.parse({"name": "x"}), silent)


@pytest.mark.parametrize(("lines", "status"), [([], 200), (["rubbish"], 500), ([{"progress": ["a", 1, None]}], 200)])
def test_a_server_that_breaks_off_is_told_in_a_sentence(empty: Path, lines: list[Any], status: int) -> None:
    with _server(empty, lines, status), pytest.raises(OutsideError, match=r"server|restart"):
        ask(KPI, empty, KPI.parse({"name": "x"}), silent)


def test_a_port_that_nobody_listens_on_is_no_server(empty: Path) -> None:
    with _server(empty, []):
        pass
    owner = Owner(9, "x", os.getpid())
    assert not listens(owner)
    write_owner(empty, owner)
    found = ask(verbs()["batches"], empty, verbs()["batches"].parse({}), silent)
    assert found.to_json() == {"batches": []}


def test_verbs_without_a_shop_never_look_for_a_server() -> None:
    assert ask(verbs()["sources"], None, verbs()["sources"].parse({}), silent).to_json()["sources"]
