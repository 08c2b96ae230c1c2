"""/collect and /zg.js: every kind of request gets a clear answer, and an accepted event is on disk."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.http.asking import Client
from tests.own_thread import run_to_end

import zhanggui
from zhanggui.basics.errors import OutsideError
from zhanggui.engines.collection import Entry, allow_origins, current_key, events_of, journal_of
from zhanggui.http import collect as collect_module
from zhanggui.http.collect import CollectRoutes
from zhanggui.http.guard import Guard, Hosts
from zhanggui.loop.collecting import Collector
from zhanggui.store.ledger import open_ledger

EVENT = {"event_id": "e1", "occurred_at": "2026-01-02T03:04:05Z", "visitor_id": "v", "event": "page_view"}
PAGE = "http://localhost:5000"
JSON = {"Content-Type": "application/json"}


class Site:
    """A shop whose events are collected, and a client that sends some."""

    def __init__(self, folder: Path, more: str = "") -> None:
        zhanggui.create_shop(folder, "Test", "CNY", "Asia/Shanghai")
        if more:
            with (folder / "shop.toml").open("a", encoding="utf-8") as file:
                file.write(more)
        ledger = open_ledger(folder)
        self.key = current_key(ledger)
        ledger.dispose()
        self.folder = folder
        self.collector = Collector([folder])
        self.client = Client(CollectRoutes(self.collector), "http://collector.example")

    def post(self, body: bytes | str, headers: dict[str, str] | None = None, path: str = "/collect") -> httpx.Response:
        """A request of a server with the right key."""
        asked = {"X-Write-Key": self.key, **JSON, **(headers or {})}
        return self.client.post(path, content=body, headers=asked)

    def entries(self) -> list[Entry]:
        """What the journal holds."""
        return [record.entry for record in journal_of(self.folder).read()]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A shop that the test may change."""
    made = Site(tmp_path / "shop")
    yield made
    made.collector.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A shop for requests that are refused."""
    made = Site(tmp_path_factory.mktemp("kept") / "shop")
    yield made
    made.collector.close()


def test_an_accepted_event_is_in_the_journal_with_what_the_request_said(site: Site) -> None:
    headers = {"User-Agent": "Mozilla/5.0 🙂".encode().decode("latin-1"), "CF-IPCountry": "cn", "Origin": PAGE}
    answer = site.post(json.dumps(EVENT), {k: v.encode("latin-1") for k, v in headers.items()})  # type: ignore[misc]
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "rejected": []})
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["vary"] == "Origin"
    (entry,) = site.entries()
    assert [event.event_id for event in events_of(entry)] == ["e1"]
    assert (entry.country, entry.origin, entry.accepted) == ("CN", PAGE, 1)
    assert entry.user_agent.startswith("Mozilla/5.0")


def test_a_page_may_send_text_with_the_key_in_the_address(site: Site) -> None:
    headers = {"Content-Type": "text/plain;charset=UTF-8", "Origin": PAGE}
    answer = site.client.post(f"/collect?v=1&k={site.key}", content=json.dumps([EVENT]), headers=headers)
    assert answer.status_code == 202


def test_lines_and_packed_bodies_are_taken(site: Site) -> None:
    lines = "\n".join(json.dumps({**EVENT, "event_id": f"n{number}"}) for number in range(3))
    assert site.post(lines, {"Content-Type": "application/x-ndjson"}).json()["accepted"] == 3
    assert site.post(gzip.compress(lines.encode()), {"Content-Encoding": "gzip"}).json()["accepted"] == 3
    assert sum(entry.accepted for entry in site.entries()) == 6


def test_good_events_go_in_and_bad_ones_are_kept_aside_with_the_reason(site: Site) -> None:
    answer = site.post(json.dumps([EVENT, {**EVENT, "event_id": None}, {**EVENT, "event": "<script>"}]))
    assert answer.status_code == 202
    told = answer.json()
    assert told["accepted"] == 1
    assert [(each["index"], each["reason"].split(";")[0][:30]) for each in told["rejected"]] == [
        (1, "event_id is missing"), (2, "event is none of page_view, vi"),
    ]  # fmt: skip
    assert all(each["reason_zh"] for each in told["rejected"])
    (entry,) = site.entries()
    assert [(reject.index, reject.column, reject.value) for reject in entry.rejects] == [
        (1, "event_id", ""), (2, "event", "<script>"),
    ]  # fmt: skip


def test_when_no_event_is_acceptable_it_is_400_and_they_are_kept_aside(site: Site) -> None:
    answer = site.post('{"event":"page_view"}')
    assert answer.status_code == 400
    assert answer.json()["accepted"] == 0
    assert answer.json()["rejected"][0]["index"] == 0
    site.collector.close()
    (entry,) = site.entries()
    assert (entry.accepted, entry.events, len(entry.rejects)) == (0, b"[]", 1)


REFUSED: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "no JSON": (400, b"hello", {}),
    "nothing": (400, b"", {}),
    "deep nesting": (400, b"[" * 500_000, {}),
    "deep objects": (400, b'{"a":' * 150_000, {}),
    "no UTF-8": (400, b'{"a":"\xff"}', {}),
    "SQL": (400, b"'; DROP TABLE events; --", {}),
    "a long number": (400, b"7" * 900_000, {}),
    "not gzip": (400, b"{}", {"Content-Encoding": "gzip"}),
    "ten megabytes": (413, b"x" * 10_000_000, {}),
    "a packed bomb": (413, gzip.compress(b"x" * 50_000_000), {"Content-Encoding": "gzip"}),
    "a length of gigabytes": (413, b"{}", {"Content-Length": "9999999999"}),
    "a form": (415, b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}),
    "a picture": (415, b"x", {"Content-Type": "image/png"}),
    "another packing": (415, b"{}", {"Content-Encoding": "br"}),
    "another key": (401, b"{}", {"X-Write-Key": "zg_other"}),
    "a foreign page": (403, b"{}", {"Origin": "https://evil.example"}),
    "a file": (403, b"{}", {"Origin": "null"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_is_refused_that_brings(kept: Site, name: str) -> None:
    status, body, headers = REFUSED[name]
    answer = kept.post(body, headers)
    assert answer.status_code == status
    told = answer.json()
    assert (told["accepted"], told["error"]["message"] != "") == (0, True)
    assert (
        kept.post(body, {**headers, "Accept-Language": "zh-CN"}).json()["error"]["message"] != told["error"]["message"]
    )
    assert ("access-control-allow-origin" in answer.headers) is False


def test_thousands_of_parameters_are_refused_and_some_are_not_in_the_way(site: Site) -> None:
    many = "&".join(f"p{number}={number}" for number in range(4_000))
    assert site.post(json.dumps(EVENT), path=f"/collect?{many}").status_code == 414
    assert site.post(json.dumps(EVENT), path="/collect?a=1&b=2&b=3&=&&%zz=%").status_code == 202


def test_a_request_without_key_says_where_to_get_one(kept: Site) -> None:
    answer = kept.client.post("/collect", content="{}", headers=JSON)
    assert answer.status_code == 401
    assert "zhanggui write-key SHOP" in answer.json()["error"]["message"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_only_posts_are_taken(kept: Site, method: str) -> None:
    answer = kept.client.request(method, "/collect", headers={"X-Write-Key": kept.key})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST, OPTIONS"


def test_browsers_may_ask_before_they_send(kept: Site) -> None:
    answer = kept.client.request("OPTIONS", "/collect", headers={"Origin": PAGE})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "x-write-key" in answer.headers["access-control-allow-headers"]
    foreign = kept.client.request("OPTIONS", "/collect", headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers


def test_the_key_names_the_shop_and_its_origins(tmp_path: Path) -> None:
    one, other = Site(tmp_path / "one"), Site(tmp_path / "other")
    for each in (one, other):
        each.collector.close()
    ledger = open_ledger(other.folder)
    allow_origins(ledger, ("https://other.example",))
    ledger.dispose()
    with Collector([one.folder, other.folder]) as both:
        client = Client(CollectRoutes(both), "http://collector.example")
        for shop, origin, status in (
            (one, PAGE, 202), (one, "https://other.example", 403), (other, "https://other.example", 202),
            (other, PAGE, 403),
        ):  # fmt: skip
            headers = {"X-Write-Key": shop.key, "Origin": origin, **JSON}
            answer = client.post("/collect", content=json.dumps({**EVENT, "visitor_id": origin}), headers=headers)
            assert answer.status_code == status
            assert answer.headers["access-control-allow-origin"] == origin
    assert [events_of(entry)[0].visitor_id for entry in one.entries()] == [PAGE]
    assert [events_of(entry)[0].visitor_id for entry in other.entries()] == ["https://other.example"]


def test_too_many_requests_of_one_key_are_told_when_to_come_again(tmp_path: Path) -> None:
    site = Site(tmp_path / "shop", "\n[collector]\nrequests_per_second = 1\n")
    answers = [site.post(json.dumps(EVENT)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    site.collector.close()


def test_too_many_requests_of_one_address_do_not_hurt_others_behind_the_same_proxy(tmp_path: Path) -> None:
    site = Site(tmp_path / "shop", "\n[collector]\nrequests_per_second_per_address = 0.5\n")
    asked = [
        ("8.8.8.8", 202),
        ("8.8.8.8", 429),
        ("1.1.1.1, 9.9.9.9", 202),
        ("8.8.8.8, 9.9.9.9", 429),
        ("", 202),
        ("", 202),
    ]
    for address, status in asked:
        headers = {"X-Forwarded-For": address} if address else {}
        assert site.post(json.dumps(EVENT), headers).status_code == status, address
    site.collector.close()


def test_a_full_disk_is_503_and_nothing_is_acknowledged(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert site.post(json.dumps(EVENT)).status_code == 202
    writer = site.collector.gates[0]._writer
    failed: Future[None] = Future()
    failed.set_exception(OutsideError("No space left on device.", zh="磁盘已满。", retryable=True))
    monkeypatch.setattr(writer, "append", lambda entry, hold: failed)
    answer = site.post(json.dumps(EVENT), {"Origin": PAGE})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.json()["accepted"] == 0


def test_a_full_queue_is_503_but_a_bad_request_stays_400(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.collector.claim()

    def full(_entry: Entry, *, hold: bool) -> Future[None]:
        raise OutsideError("The journal waits for the disk.", zh="日志正在等待磁盘。", retryable=True)

    monkeypatch.setattr(site.collector.gates[0]._writer, "append", full)
    assert site.post(json.dumps(EVENT)).status_code == 503
    assert site.post("{}").status_code == 400


def test_while_another_process_collects_it_is_503_and_later_goes_on(site: Site) -> None:
    with Collector([site.folder]) as other:
        other.claim()
        answer = site.post(json.dumps(EVENT))
        assert answer.status_code == 503
        assert "another process" in answer.json()["error"]["message"]
    site.collector.gates[0]._tried = float("-inf")
    assert site.post(json.dumps(EVENT)).status_code == 202


def test_the_answer_waits_until_the_event_is_safe(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.collector.claim()
    commit: Future[None] = Future()
    monkeypatch.setattr(site.collector.gates[0]._writer, "append", lambda entry, hold: commit)
    routes = CollectRoutes(site.collector)

    async def ask() -> tuple[bool, list[int]]:
        transport = httpx.ASGITransport(app=routes)
        async with httpx.AsyncClient(transport=transport, base_url="http://c") as client:
            headers = {"X-Write-Key": site.key, **JSON}
            asked = [asyncio.create_task(client.post("/collect", json=EVENT, headers=headers)) for _ in range(5)]
            await asyncio.sleep(0.05)
            early = any(task.done() for task in asked)
            asked[0].cancel()
            commit.set_result(None)
            return early, [(await task).status_code for task in asked[1:]]

    assert run_to_end(ask()) == (False, [202] * 4)


def _asked(site: Site, receive: Any) -> list[Any]:
    scope = {
        "type": "http", "method": "POST", "path": "/collect", "query_string": b"", "client": ("127.0.0.1", 1),
        "headers": [(b"x-write-key", site.key.encode())],
    }  # fmt: skip
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    run_to_end(CollectRoutes(site.collector)(scope, receive, send))
    return sent


def test_a_body_that_does_not_arrive_is_408(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect_module, "PATIENCE", 0.06)

    async def receive() -> Any:
        await asyncio.sleep(60)

    sent = _asked(site, receive)
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


def test_who_goes_away_gets_no_answer(site: Site) -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    assert _asked(site, receive) == []
    assert site.entries() == []


def test_the_script_is_for_every_page_and_kept_by_browsers(kept: Site) -> None:
    answer = kept.client.get("/zg.js", headers={"Accept-Encoding": "gzip, br"})
    if answer.status_code == 404:
        pytest.skip("the tracker is not built")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    plain = kept.client.get("/zg.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
    for tag in (answer.headers["etag"], f"W/{answer.headers['etag']}", f'"x", {answer.headers["etag"]}'):
        again = kept.client.get("/zg.js", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    assert kept.client.request("HEAD", "/zg.js").content == b""
    assert kept.client.post("/zg.js").status_code == 405


def test_everything_else_goes_to_the_cockpit_behind_its_guard(kept: Site) -> None:
    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    app = CollectRoutes(kept.collector, Guard(inner, Hosts(80)))
    outside, local = Client(app, "http://evil.example"), Client(app, "http://127.0.0.1")
    assert local.get("/shop/today").text == "/shop/today"
    assert outside.get("/shop/today").status_code == 403
    assert outside.post("/collect", content=b"x", headers={"X-Write-Key": kept.key, **JSON}).status_code == 400
    alone = kept.client.get("/shop/today")
    assert (alone.status_code, "/collect" in alone.json()["error"]["message"]) == (404, True)
