"""User agents as browsers and robots really send them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.engines.collection.agents import Agent, agent_of, is_robot


def _said(kind: str) -> list[Any]:
    """The strings of one kind of ``user_agents.tsv``: (user agent, device, os, browser), named for the test."""
    lines = Path(__file__).with_name("user_agents.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return [pytest.param(said, *known, id=f"{kind} {name}") for is_, name, *known, said in rows if is_ == kind]


def _only(kind: str) -> list[Any]:
    return [pytest.param(case.values[0], id=case.id) for case in _said(kind)]


@pytest.mark.parametrize(("said", "device", "os", "browser"), _said("browser"))
def test_a_browser_says_device_system_and_name(said: str, device: str, os: str, browser: str) -> None:
    assert agent_of(said) == Agent(device, os, browser)


@pytest.mark.parametrize(("said", "device", "os", "browser"), _said("app"))
def test_the_window_of_an_app_is_the_app(said: str, device: str, os: str, browser: str) -> None:
    assert agent_of(said) == Agent(device, os, browser, in_app=True)


@pytest.mark.parametrize("said", _only("crawler"))
def test_a_crawler_is_a_robot_everywhere(said: str) -> None:
    assert agent_of(said).robot == "crawler"
    assert agent_of(said).device == "bot"
    assert is_robot(said)
    assert is_robot(said, "http://localhost:8000/")


@pytest.mark.parametrize("said", _only("headless"))
def test_a_headless_browser_is_a_robot_but_for_the_shops_own_test(said: str) -> None:
    assert agent_of(said).robot == "headless"
    assert is_robot(said)
    assert is_robot(said, "https://tea.example/")
    assert is_robot(said, "https://localhost.tea.example/")
    assert is_robot(said, "http://[broken")
    for own in ("http://localhost:8000/", "http://127.0.0.1:5173/a?b", "http://[::1]/", "http://tea.localhost/"):
        assert not is_robot(said, own)


@pytest.mark.parametrize("said", _only("library"))
def test_a_server_that_reports_events_is_neither_a_visitors_device_nor_a_robot(said: str) -> None:
    assert agent_of(said) == Agent(library=True)
    assert not is_robot(said)


def test_nothing_said_is_nothing_known() -> None:
    assert agent_of("") == agent_of("  ") == Agent()
    assert agent_of("Mozilla/5.0") == Agent()
    assert not is_robot("")


def test_a_long_user_agent_is_answered_at_once() -> None:
    began = time.perf_counter()
    for evil in ("android" * 100_000, "a" * 1_000_000, "Version/" * 100_000, "(iphone" * 100_000):
        agent_of(evil)
    assert time.perf_counter() - began < 2


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_only_known_devices_come_out(said: str) -> None:
    assert agent_of(said).device in {"", "mobile", "tablet", "desktop", "tv", "console", "bot"}
