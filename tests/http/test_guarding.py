"""Foreign hosts and cross-site writes are refused; every answer has strict headers."""

from __future__ import annotations

import pytest
from tests.http.asking import Client

from zhanggui.http.guard import HEADERS, MOST_BODY, Hosts

PORT = 8700


@pytest.mark.parametrize(
    "host",
    [
        f"127.0.0.1:{PORT}",
        f"localhost:{PORT}",
        f"[::1]:{PORT}",
        f"LocalHost:{PORT}",
        "shop.example",
        "shop.example:443",
    ],
)
def test_known_hosts_are_answered(client: Client, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:9999", f"127.0.0.1.evil.example:{PORT}", "",
        "[::1]",
        f"127.0.0.1:{PORT}.evil.example", f"evil.example@127.0.0.1:{PORT}", "shop.example.evil", "x.shop.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/healthz", "/api", "/openapi.json", "/nothing"])
def test_foreign_hosts_are_refused_everywhere(client: Client, host: str, path: str) -> None:
    told = client.get(path, headers={"Host": host})
    assert told.status_code == 403
    assert told.json()["error"]["kind"] == "refused"
    assert "public-host" in told.json()["error"]["message"]
    chinese = client.get(path, headers={"Host": host, "Accept-Language": "zh"}).json()["error"]["message"]
    assert chinese.startswith("此处不服务主机名")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_port_80_may_be_left_out(host: str) -> None:
    assert Hosts(80).is_local(host)
    assert not Hosts(81).is_local(host)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{PORT + 1}"},
        {"Origin": f"http://localhost:{PORT}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_writes_from_other_sites_are_refused(client: Client, headers: dict[str, str], method: str) -> None:
    told = client.request(method, "/api/empty/import", headers=headers, json={})
    assert told.status_code == 403
    assert told.json()["error"]["kind"] == "refused"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": f"http://127.0.0.1:{PORT}"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
)
def test_writes_of_the_cockpit_and_of_scripts_pass(client: Client, headers: dict[str, str]) -> None:
    told = client.post("/api/empty/watch-folder", headers=headers, json={})
    assert told.status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/api/filled/kpi?name=sales", "/nothing", "/api/filled/kpi?name=salse"])
def test_every_answer_has_strict_headers(client: Client, path: str) -> None:
    told = client.get(path)
    for name, text in HEADERS.items():
        assert told.headers[name.decode()] == text.decode()
    assert "unsafe-inline" not in told.headers["content-security-policy"]


def test_refusals_have_strict_headers_too(client: Client) -> None:
    told = client.get("/healthz", headers={"Host": "evil.example"})
    assert told.headers["x-content-type-options"] == "nosniff"


def test_a_huge_body_is_refused(client: Client) -> None:
    told = client.post("/api/empty/import", content=b"x" * (MOST_BODY + 1))
    assert told.status_code == 413


def test_reads_from_other_sites_are_answered_but_not_shared(client: Client) -> None:
    told = client.get("/api", headers={"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert "access-control-allow-origin" not in told.headers
    assert told.headers["cross-origin-resource-policy"] == "same-origin"
