"""What is sent to the browser: small, local, and fit for a strict content-security policy."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from tests.web.conftest import Browser

import zhanggui.web
from zhanggui.web.render import STATIC, data_json, prose, static_address, static_bytes

WEB = Path(zhanggui.web.__file__).parent
TEMPLATES = sorted(WEB.rglob("*.html"))
CSS = (WEB / "static" / "zhanggui.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_inline_style_script_or_handler(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son\w+\s*=", text)
    assert "<style" not in text
    assert "|safe" not in text
    for opened in re.findall(r"<script[^>]*>", text):
        assert "src=" in opened or 'type="application/json"' in opened


@pytest.mark.parametrize("name", [*STATIC])
def test_no_file_names_another_host(name: str) -> None:
    text = static_bytes(name).decode("utf-8")
    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    assert hosts <= {"www.w3.org", "echarts.apache.org"}, "the last one stands in messages only"


def test_the_script_neither_evaluates_nor_writes_markup() -> None:
    text = static_bytes("zhanggui.js").decode("utf-8")
    for dangerous in ("eval(", "new Function", "innerHTML", "insertAdjacentHTML", "document.write"):
        assert dangerous not in text


def test_the_vendored_file_is_the_one_that_vendor_md_lists() -> None:
    listed = (WEB / "static" / "vendor" / "VENDOR.md").read_text(encoding="utf-8")
    assert hashlib.sha256(static_bytes("vendor/echarts.custom.min.js")).hexdigest() in listed
    assert "| echarts | 6." in listed
    assert "Apache License" in (WEB / "static" / "vendor" / "LICENSES.txt").read_text(encoding="utf-8")


def test_static_addresses_change_with_the_content_and_may_be_kept(browser: Browser) -> None:
    address = static_address("zhanggui.css")
    answer = browser.get(address)
    assert re.fullmatch(r"/static/zhanggui\.css\?v=[0-9a-f]{12}", address)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")


def test_only_known_files_are_served(browser: Browser) -> None:
    for name in ("vendor/VENDOR.md", "../templates/page.html", "%2e%2e/cockpit.py", "nothing.css"):
        assert browser.get(f"/static/{name}").status_code == 404


def test_the_first_page_stays_under_its_weight(browser: Browser) -> None:
    weight = 0
    paths = ["/gifts/today", *(static_address(name) for name in STATIC)]
    for path in paths:
        answer = browser.get(path, headers={"accept-encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        weight += int(answer.headers["content-length"])
    assert weight < 450_000


def test_data_in_a_page_cannot_end_its_element() -> None:
    text = str(data_json({"name": "</script><script>alert(1)</script>&\u2028"}))
    assert "<" not in text
    assert ">" not in text
    assert "\\u003c/script" in text


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


def _light() -> dict[str, str]:
    return _colours(CSS.partition(":root {")[2].partition("}")[0])


def _dark() -> dict[str, str]:
    return _colours(CSS.partition(':root[data-theme="dark"] {')[2].partition("}")[0])


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, two: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [_light(), _dark()], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["text", "soft", "faint", "accent", "good", "bad"])
@pytest.mark.parametrize("ground", ["page", "surface", "sunken", "raised"])
def test_text_is_readable_on_every_ground(colours: dict[str, str], text: str, ground: str) -> None:
    assert _contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [_light(), _dark()], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"), [("good", "good-soft"), ("bad", "bad-soft"), ("sim", "sim-soft"), ("on-accent", "accent"),
                         ("accent", "accent-soft")],
)  # fmt: skip
def test_badges_and_buttons_are_readable(colours: dict[str, str], text: str, ground: str) -> None:
    assert _contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [_light(), _dark()], ids=["light", "dark"])
@pytest.mark.parametrize("mark", ["series-1", "series-2", "series-3", "series-4", "series-6", "good-bar", "bad-bar"])
def test_lines_and_bars_stand_out_from_the_surface(colours: dict[str, str], mark: str) -> None:
    assert _contrast(colours[mark], colours["surface"]) >= 2.8


def test_a_device_in_the_dark_gets_the_same_colours_as_a_reader_who_chose_dark() -> None:
    automatic = _colours(CSS.partition(':root[data-theme="auto"] {')[2].partition("}")[0])
    assert automatic == _dark()


def test_numbers_in_prose_do_not_part_at_the_end_of_a_line() -> None:
    assert prose("up 6.1 % (+£12k, −¥3)") == "up 6.1\u00a0% (+\u2060£12k, −\u2060¥3)"
    assert prose("+1.2 points") == "+1.2 points"
