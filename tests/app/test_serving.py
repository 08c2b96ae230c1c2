"""A server as a process: ready, answered, used beside command lines, ended cleanly."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import stat
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.app.conftest import Serve, said
from tests.small_shop import SmallShops, write_csv

from zhanggui.store.owner import OWNER_FILE, read_owner


def _ask(
    url: str, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: Any = None
) -> tuple[int, str]:
    place = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", place.port or 80, timeout=20)
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers or {})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def test_a_server_says_when_it_is_ready_answers_for_its_shops_and_ends_cleanly(
    serve: Serve, filled: Path, empty: Path
) -> None:
    server = serve(filled, empty)
    url = server.url
    assert url.startswith("http://127.0.0.1:")
    assert server.lines == [f"ready {url}"]
    assert _ask(url, "/healthz") == (200, '{"status":"ok"}')

    # the owner file: for this user only
    assert stat.S_IMODE((filled / OWNER_FILE).stat().st_mode) == 0o600
    owner = read_owner(empty)
    assert owner is not None
    assert owner.pid == server.process.pid

    # pages and API of both shops
    assert _ask(url, "/filled/today")[0] == 200
    assert _ask(url, "/empty/today")[0] == 200
    assert [shop["key"] for shop in json.loads(_ask(url, "/api")[1])["shops"]] == ["filled", "empty"]

    # foreign hosts and other sites
    assert _ask(url, "/filled/today", headers={"Host": "evil.example"})[0] == 403
    evil = {"Origin": "http://evil.example", "Content-Type": "application/json"}
    assert _ask(url, "/api/empty/import", "POST", evil, {})[0] == 403

    # a command line goes through the server
    asked = said("kpi", filled, "sales", "--format", "json")
    assert asked.returncode == 0
    assert json.loads(asked.stdout)["total"]["sales"]["value"]

    assert server.end() == 0
    assert not (filled / OWNER_FILE).exists()
    assert not (empty / OWNER_FILE).exists()


@pytest.mark.slow
def test_command_lines_beside_a_server_work_as_without_it(
    serve: Serve, filled: Path, empty: Path, small: SmallShops, tmp_path: Path
) -> None:
    url = serve(filled, empty).url
    taken = said("import", "empty", "tables", *small.files, "--format", "json", cwd=tmp_path)
    assert taken.returncode == 0, taken.stderr
    batch = json.loads(taken.stdout)["batch"]
    assert json.loads(_ask(url, "/api/empty/kpi?name=sales")[1])["batch"] == batch
    wrong = said("kpi", filled, "salse", "--format", "json")
    assert wrong.returncode == 1
    assert "sales" in json.loads(wrong.stdout)["error"]["suggestions"]
    table = said("kpi", filled, "sales", "--by", "country")
    assert "(none)" in table.stdout
    assert "¥" in table.stdout


@pytest.mark.slow
def test_a_second_server_is_told_who_holds_the_shop_and_that_the_port_is_taken(
    serve: Serve, filled: Path, tmp_path: Path
) -> None:
    port = str(urlsplit(serve(filled).url).port)
    second = said("serve", filled, "--port", "0")
    assert second.returncode == 1
    assert port in second.stderr
    busy = said("serve", tmp_path / "nothing", "--port", port)
    assert busy.returncode == 1
    assert "--port" in busy.stderr


@pytest.mark.slow
def test_ctrl_c_ends_a_server_cleanly(serve: Serve, filled: Path) -> None:
    server = serve(filled)
    assert server.url
    assert server.end(signal.SIGINT) == 0
    assert server.process.stderr
    assert server.process.stderr.read() == ""
    assert not (filled / OWNER_FILE).exists()


@pytest.mark.slow
def test_a_killed_server_is_no_obstacle(serve: Serve, filled: Path) -> None:
    server = serve(filled)
    assert server.url
    server.end(signal.SIGKILL)
    assert (filled / OWNER_FILE).exists()
    assert said("kpi", filled, "sales").returncode == 0
    again = serve(filled)
    assert again.url


@pytest.mark.slow
def test_a_server_answers_further_names_only_when_told(serve: Serve, filled: Path) -> None:
    server = serve(filled, more=("--port", 0, "--public-host", "shop.example"))
    assert _ask(server.url, "/healthz", headers={"Host": "shop.example"})[0] == 200
    assert _ask(server.url, "/healthz", headers={"Host": "other.example"})[0] == 403


@pytest.mark.slow
@pytest.mark.parametrize("shop", ["nothing", "file"])
def test_a_folder_that_is_no_shop_is_refused(shop: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    told = said("serve", tmp_path / shop, "--port", "0", "--format", "json")
    assert told.returncode == 1
    assert json.loads(told.stdout)["error"]["message"]


@pytest.mark.slow
def test_a_port_out_of_range_is_refused(filled: Path) -> None:
    assert said("serve", filled, "--port", "70000").returncode == 1


def _until(true: Any, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


@pytest.mark.slow
def test_watched_folders_are_imported_while_the_server_runs_and_after_it_was_down(
    serve: Serve, empty: Path, small: SmallShops, tmp_path: Path
) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    server = serve(empty)
    url = server.url
    told = said("watch-folder", empty, "tables", drop, "--format", "json")  # through the server
    assert json.loads(told.stdout)["watched"] == [{"source": "tables", "folder": str(drop)}]
    orders, lines, products = small.files
    shutil.copyfile(orders, drop / orders.name)
    _until(lambda: json.loads(_ask(url, "/api/empty/kpi?name=orders&from=2026-03-01")[1]).get("batch"))
    assert server.end() == 0
    shutil.copyfile(lines, drop / lines.name)
    shutil.copyfile(products, drop / products.name)
    url = serve(empty).url
    _until(lambda: len(json.loads(_ask(url, "/api/empty/batches")[1])["batches"]) == 2)
    time.sleep(3)
    assert len(json.loads(_ask(url, "/api/empty/batches")[1])["batches"]) == 2


@pytest.mark.slow
def test_a_client_that_goes_away_cancels_its_import(serve: Serve, empty: Path, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"order_id": str(n), "placed_at": "2026-03-01", "status": "paid"} for n in range(400_000)
    ]
    big = write_csv(tmp_path / "orders.csv", rows)
    url = serve(empty).url
    place = urlsplit(url)
    body = json.dumps({"source": "tables", "path": [str(big)]})
    with socket.create_connection(("127.0.0.1", place.port or 80)) as connection:
        connection.sendall(
            f"POST /api/empty/import HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        time.sleep(0.3)
    time.sleep(6)
    assert json.loads(_ask(url, "/api/empty/batches")[1])["batches"] == []
    assert said("import", empty, "tables", big).returncode == 0
