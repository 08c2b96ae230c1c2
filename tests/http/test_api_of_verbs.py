"""Every verb over HTTP: documented, answered, refused with the right status."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import time
from typing import Any

import pytest
from starlette.requests import Request
from tests.http.asking import Client
from tests.http.shapes import misfits
from tests.own_thread import run_to_end
from tests.small_shop import SmallShops

from zhanggui.basics.progress import Progress, Stopped
from zhanggui.http.asking import ask_watched
from zhanggui.loop.desk import Desk
from zhanggui.loop.result import Result
from zhanggui.loop.verbs import verbs

BEHAVIOUR = {"funnel", "paths", "leavers", "experience", "friction", "live"}
TOKEN = {"Authorization": "Bearer the-token"}
FULL = {
    "kpi": "name=sales&name=visitors&by=month&against=previous&top=1",
    "explain": "kpi=sales",
    "trees": "kpi=sales",
    "rejects": "limit=3",
    "funnel": "by=device&against=previous",
    "leavers": "step=2",
    "experience": "against=previous",
}


def _described(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_the_server_is_healthy(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_shops_are_listed(client: Client) -> None:
    assert [shop["key"] for shop in client.get("/api").json()["shops"]] == ["filled", "empty", "visited"]


def test_openapi_describes_every_verb_with_parameters_and_result(client: Client) -> None:
    paths = _described(client)["paths"]
    for verb in verbs().values():
        found = [path for path in (f"/api/{{shop}}/{verb.name}", f"/api/{verb.name}") if path in paths]
        assert found, verb.name
        assert (found[0].startswith("/api/{shop}")) == (verb.shop != "none")
        for path in found:
            (method,) = paths[path]
            assert method == ("post" if verb.writes else "get")
            about = paths[path][method]
            assert about["responses"]["200"]["content"]["application/json"]["schema"] == dict(verb.gives)
            assert {"403", "404", "409", "422", "503"} <= set(about["responses"])
            keys = {item.key for item in verb.params}
            if verb.writes:
                body = about["requestBody"]["content"]["application/json"]["schema"]
                assert set(body["properties"]) == keys
                keys = set()
            assert {item["name"] for item in about["parameters"] if item["in"] == "query"} == keys | {"language"}
            assert verb.words.zh in about["summary"]


def test_operation_ids_are_unique(client: Client) -> None:
    ids = [about["operationId"] for path in _described(client)["paths"].values() for about in path.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "verb", [v for v in verbs().values() if not v.writes and v.shop != "none"], ids=lambda v: v.name
)
@pytest.mark.parametrize("shop", ["visited", "filled", "empty"])
def test_answers_have_the_shape_that_is_described(client: Client, verb: Any, shop: str) -> None:
    told = client.get(f"/api/{shop}/{verb.name}?{FULL.get(verb.name, '')}")
    if shop == "empty" and verb.name in ("kpi", "explain", "products"):
        assert told.status_code in (200, 422)
        return
    if shop != "visited" and told.status_code == 422:
        assert verb.name in BEHAVIOUR
        assert told.json()["error"]["kind"] == "not_measurable"
        return
    assert told.status_code == 200, told.text
    assert misfits(told.json(), dict(verb.gives)) == []


@pytest.mark.parametrize(("verb", "query"), [("sources", ""), ("catalogue", ""), ("trees", "kpi=sales")])
def test_verbs_without_a_shop_are_answered(client: Client, verb: str, query: str) -> None:
    told = client.get(f"/api/{verb}?{query}")
    assert told.status_code == 200
    assert misfits(told.json(), dict(verbs()[verb].gives)) == []


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api/nowhere/kpi?name=sales", 404, "unknown_name"),
        ("/api/filled/kpi?name=salse", 404, "unknown_name"),
        ("/api/filled/kpi?name=sales&by=contry", 404, "unknown_name"),
        ("/api/filled/kpi?name=sales&where=country%3DAtlantis", 404, "unknown_name"),
        ("/api/filled/kpi", 422, "definition"),
        ("/api/filled/kpi?name=sales&top=x", 422, "definition"),
        ("/api/filled/kpi?name=sales&top=1&top=2", 422, "definition"),
        ("/api/filled/kpi?name=sales&where=country", 422, "definition"),
        ("/api/filled/kpi?name=sales&from=2026-13-01", 422, "definition"),
        ("/api/filled/kpi?name=sales&nothing=1", 404, "unknown_name"),
        ("/api/filled/explain?kpi=visitors", 422, "not_measurable"),
        ("/api/filled/nothing", 404, "unknown_name"),
        ("/nothing", 404, "unknown_name"),
        ("/api/suggest-map?file=/nowhere.csv", 422, "data"),
    ],
)
def test_refusals_have_the_right_status_and_one_form(client: Client, path: str, status: int, kind: str) -> None:
    told = client.get(path)
    assert told.status_code == status, told.text
    error = told.json()["error"]
    assert error["kind"] == kind
    assert error["message"]
    assert isinstance(error["suggestions"], list)


@pytest.mark.parametrize(
    ("path", "headers", "part"),
    [
        ("/api/filled/kpi?name=salse", {}, "did you mean sales"),
        ("/api/filled/kpi?name=salse&language=zh", {}, "是否指 sales"),
        ("/api/filled/kpi?name=salse", {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "是否指 sales"),
        ("/api/filled/kpi?name=salse&language=en", {"Accept-Language": "zh-CN"}, "did you mean sales"),
        ("/api/filled/kpi?name=sales&language=fr", {}, "No language is called 'fr'"),
        ("/nothing?language=zh", {}, "此处不回应 GET /nothing"),
    ],
)
def test_refusals_are_in_the_language_of_the_reader(
    client: Client, path: str, headers: dict[str, str], part: str
) -> None:
    assert part in client.get(path, headers=headers).json()["error"]["message"]


@pytest.mark.parametrize(("language", "part"), [("en", "needs "), ("zh", "需要 ")])
def test_reasons_are_in_the_language_that_is_asked_for(client: Client, language: str, part: str) -> None:
    for path in ("kpi?name=visitors", "data?", "catalogue?"):
        found = client.get(f"/api/filled/{path}&language={language}").json()
        reasons = found.get("not_measurable") or {each["name"]: each["reason"] for each in found["kpis"]}
        assert reasons["visitors"].startswith(part)


def test_the_command_line_is_told_an_error_in_both_languages(client: Client) -> None:
    told = client.post("/cli/kpi", json={"shop": "/nowhere", "params": {"name": ["sales"]}}, headers=TOKEN)
    error = told.json()["error"]
    assert error["message"].startswith("No shop of this server is called '/nowhere'")
    assert error["zh"].startswith("没有叫 '/nowhere' 的此服务器上的店铺")


def test_writing_verbs_are_not_answered_by_get(client: Client) -> None:
    told = client.get("/api/empty/import")
    assert told.status_code == 405
    assert told.headers["allow"] == "POST"


def test_files_are_imported_by_path(own_client: Client, small: SmallShops) -> None:
    told = own_client.post("/api/empty/import", json={"source": "tables", "path": [str(path) for path in small.files]})
    assert told.status_code == 200, told.text
    assert misfits(told.json(), dict(verbs()["import"].gives)) == []
    assert own_client.get("/api/empty/kpi?name=sales").json()["batch"] == told.json()["batch"]


@pytest.mark.parametrize("content", [b"{half", b"[1]", b'"text"', b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(client: Client, content: bytes) -> None:
    told = client.post("/api/empty/import", content=content, headers={"Content-Type": "application/json"})
    assert told.status_code == 422


def test_a_form_is_refused(client: Client) -> None:
    assert client.post("/api/empty/watch-folder", data={"source": "tables"}).status_code == 422


def test_a_refused_action_is_a_conflict(client: Client, desk: Desk) -> None:
    folder = str(desk.folder("filled"))
    body = {"shop_dir": folder, "name": "A", "currency": "CNY", "timezone": "Asia/Shanghai"}
    assert client.post("/api/init", json=body).status_code == 409


def test_files_of_the_server_may_not_be_named_from_outside(own_client: Client, small: SmallShops) -> None:
    body = {"source": "tables", "path": [str(path) for path in small.files]}
    outside = {"Host": "shop.example"}
    assert own_client.post("/api/empty/import", json=body, headers=outside).status_code == 409
    assert own_client.get(f"/api/suggest-map?file={small.files[0]}", headers=outside).status_code == 409
    assert own_client.get("/api/filled/kpi?name=sales", headers=outside).status_code == 200
    assert own_client.post("/api/empty/import", json=body, headers=outside | TOKEN).status_code == 200


def test_a_fault_of_ours_is_a_sentence_with_status_500(
    client: Client, monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    def boom(*_: Any) -> Any:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(desk, "ask", boom)
    told = client.get("/api/filled/kpi?name=sales")
    assert told.status_code == 500
    assert "ZeroDivisionError" in told.json()["error"]["message"]


# -- the way of the command line ---------------------------------------------------------------


def _import_of(small: SmallShops) -> dict[str, Any]:
    return {"source": "tables", "path": [str(path) for path in small.files]}


def _lines(told: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told.text.splitlines()]


def test_the_command_line_needs_the_token(client: Client, desk: Desk) -> None:
    body = {"shop": str(desk.folder("filled")), "params": {"name": ["sales"]}}
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "the-token"}):
        assert client.post("/cli/kpi", json=body, headers=headers).status_code == 403
    told = client.post("/cli/kpi", json=body, headers=TOKEN)
    assert told.status_code == 200
    result = _lines(told)[-1]["result"]
    assert result["json"]["total"]["sales"]["value"]
    assert result["grids"]
    assert "/cli/{verb}" not in _described(client)["paths"]


def test_the_command_line_hears_progress_and_then_the_result(
    own_client: Client, own_desk: Desk, small: SmallShops
) -> None:
    body = {
        "shop": str(own_desk.folder("empty")),
        "params": {"source": "tables", "path": [str(p) for p in small.files]},
    }
    lines = _lines(own_client.post("/cli/import", json=body, headers=TOKEN))
    assert any("progress" in line for line in lines)
    assert lines[-1]["result"]["good"] is True


@pytest.mark.parametrize(
    ("verb", "shop", "params", "kind"),
    [
        ("kip", "filled", {}, "unknown_name"),
        ("kpi", "filled", {}, "definition"),
        ("kpi", "other", {"name": ["sales"]}, "unknown_name"),
    ],
)
def test_the_command_line_is_refused_before_work_begins(
    client: Client, desk: Desk, verb: str, shop: str, params: dict[str, Any], kind: str
) -> None:
    body = {"shop": str(desk.folder("filled").parent / shop), "params": params}
    told = client.post(f"/cli/{verb}", json=body, headers=TOKEN)
    assert told.status_code in (404, 422)
    assert told.json()["error"]["kind"] == kind


def test_the_command_line_hears_an_error_of_the_work(client: Client, desk: Desk) -> None:
    body = {"shop": str(desk.folder("filled")), "params": {"name": ["salse"]}}
    lines = _lines(client.post("/cli/kpi", json=body, headers=TOKEN))
    assert lines[-1]["error"]["kind"] == "unknown_name"
    assert "sales" in lines[-1]["error"]["suggestions"]


def test_a_closing_desk_says_stopped(own_client: Client, own_desk: Desk, small: SmallShops) -> None:
    own_desk.stop()
    body = {
        "shop": str(own_desk.folder("empty")),
        "params": {"source": "tables", "path": [str(p) for p in small.files]},
    }
    lines = _lines(own_client.post("/cli/import", json=body, headers=TOKEN))
    assert lines[-1]["error"]["kind"] == "stopped"
    assert own_client.post("/api/empty/import", json=body["params"]).status_code == 499


def test_a_client_that_goes_away_stops_its_verb_without_noise(recwarn: pytest.WarningsRecorder) -> None:
    stopped = threading.Event()
    problems: list[dict[str, Any]] = []

    def work(progress: Progress) -> Result:
        try:
            while True:
                progress("x", 0)
                time.sleep(0.01)
        except Stopped:
            stopped.set()
            raise

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, told: problems.append(told))
        task = asyncio.create_task(ask_watched(Request({"type": "http"}), work))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(stopped.wait, 5)
        await asyncio.sleep(0.05)

    run_to_end(run())
    gc.collect()
    assert stopped.is_set()
    assert problems == []
    assert not recwarn.list
