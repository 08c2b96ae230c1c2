"""Takes the pictures of the README from the example shops, when asked to.

``ZHANGGUI_PICTURES=DIR pytest tests/browser/test_pictures.py`` where DIR holds the shops of ``zhanggui demo DIR``.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser
from tests.browser.conftest import PHONE, Opener, serving

from zhanggui.loop.desk import Desk
from zhanggui.web.cockpit import cockpit

pytestmark = pytest.mark.browser

SHOPS = os.environ.get("ZHANGGUI_PICTURES", "")
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
WIDE: dict[str, Any] = {"viewport": {"width": 1360, "height": 900}}
POCKET: dict[str, Any] = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def demo(chromium: Browser) -> Iterator[Opener]:
    """The cockpit over the example shops."""
    if not SHOPS:
        pytest.skip("pictures are taken only when ZHANGGUI_PICTURES names the folder of the example shops")
    app = FastAPI()
    with Desk.over([Path(SHOPS) / "gifts", Path(SHOPS) / "homeware"]) as desk:
        app.include_router(cockpit(desk))
        with serving(app, socket.create_server(("127.0.0.1", 0))) as base:
            yield Opener(chromium, base)


@pytest.mark.parametrize(
    ("name", "path", "options"),
    [
        ("today", "/homeware/today?lang=en", WIDE),
        ("today-zh-dark", "/homeware/today?lang=zh&theme=dark", WIDE),
        ("today-phone", "/homeware/today?lang=en", POCKET),
        ("today-phone-zh", "/homeware/today?lang=zh", POCKET),
        ("explore", "/homeware/explore?lang=en&kpi=conversion_rate&split=device&grain=week&window=365d", WIDE),
        ("drivers", "/homeware/drivers?lang=en", WIDE),
        ("drivers-zh", "/gifts/drivers?lang=zh", WIDE),
        ("products", "/homeware/products?lang=en", WIDE),
        ("behaviour", "/homeware/behaviour?lang=en", WIDE),
        ("funnel", "/homeware/funnel?lang=en&by=channel_group", WIDE),
        ("funnel-phone-zh", "/homeware/funnel?lang=zh", POCKET),
        ("paths", "/homeware/paths?lang=en", WIDE),
        ("experience-zh-dark", "/homeware/experience?lang=zh&theme=dark", WIDE),
        ("data", "/gifts/data?lang=en", WIDE),
        ("catalogue-dark", "/gifts/catalogue?lang=en&theme=dark", WIDE),
    ],
)
def test_a_picture_is_taken(demo: Opener, name: str, path: str, options: dict[str, Any]) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo.page(**options) as watched:
        watched.open(path)
        watched.page.wait_for_timeout(200)
        watched.page.screenshot(path=IMAGES / f"{name}.png")
        assert (IMAGES / f"{name}.png").stat().st_size > 20_000


def test_the_bridge_is_pictured(demo: Opener) -> None:
    with demo.page(viewport={"width": 1360, "height": 1000}) as watched:
        watched.open("/gifts/data?lang=en")
        watched.page.locator("#table-batches a").first.click()
        watched.settle()
        watched.page.screenshot(path=IMAGES / "bridge.png")
