"""zg.js as it is shipped: small, alone, and built from the sources beside it."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from zhanggui.shop import TABLES
from zhanggui.shop.channels import telling_parameters

BUILT = files("zhanggui").joinpath("engines/collection/tracker")
SCRIPT = BUILT.joinpath("zg.js").read_bytes()
RECORD = BUILT.joinpath("BUILD.md").read_text(encoding="utf-8")
FRONTEND = Path(__file__).resolve().parents[3] / "frontend" / "zg"
MOST = 4_096  # bytes, gzipped


def _source(name: str) -> str:
    return (FRONTEND / "source" / name).read_text(encoding="utf-8")


def _pattern(name: str, start: str) -> re.Pattern[str]:
    """The regular expression that stands behind ``start`` in a source."""
    found = re.search(re.escape(start) + r"\s*/(.+)/(i?);", _source(name))
    assert found
    return re.compile(found[1], re.IGNORECASE if found[2] else 0)


def test_it_is_smaller_than_four_kilobytes() -> None:
    assert len(gzip.compress(SCRIPT, 9)) < MOST
    assert len(gzip.compress(SCRIPT, 6)) < MOST


def test_it_may_be_read_in_any_encoding() -> None:
    assert SCRIPT.isascii()


def test_it_loads_nothing_and_names_no_host() -> None:
    assert not re.search(rb"https?://|import\(|require\(|\beval\b|Function\(", SCRIPT)


def test_the_record_beside_it_is_of_this_build() -> None:
    assert f"| zg.js | {len(SCRIPT)} | " in RECORD
    assert hashlib.sha256(SCRIPT).hexdigest() in RECORD


def test_it_was_built_from_the_present_sources() -> None:
    recorded = dict(re.findall(r"^\| (\w+\.js) \| ([0-9a-f]{64}) \|$", RECORD, re.MULTILINE))
    present = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (FRONTEND / "source").glob("*.js")}
    assert recorded == present, "build anew: cd frontend/zg && npm run build"


def test_it_knows_exactly_the_events_and_page_types_of_the_shop() -> None:
    columns = {column.name: column.choices for column in TABLES["events"].columns}
    known = _pattern("events.js", "const KNOWN =")
    sent_by_itself = {"web_vitals"}
    assert {name for name in columns["event"] if known.fullmatch(name)} == {*columns["event"]} - sent_by_itself
    assert not known.search("view_cart")
    types = _pattern("page.js", "const TYPES =")
    assert all(types.fullmatch(name) for name in columns["page_type"])


def test_it_keeps_every_parameter_that_tells_where_a_visit_came_from() -> None:
    kept = _pattern("page.js", "const KEPT =")
    assert [name for name in sorted(telling_parameters()) if not kept.search(name)] == []


PERSONAL = [
    "token",
    "sessionid",
    "email",
    "phone",
    "cid",
    "uid",
    "id",
    "name",
    "code",
    "password",
    "client_id",
    "customer_id",
    "order",
    "key",
    "searches",
]


@pytest.mark.parametrize("name", PERSONAL)
def test_it_keeps_no_parameter_that_may_be_personal(name: str) -> None:
    assert not _pattern("page.js", "const KEPT =").search(name)


def test_its_parts_behave_without_a_browser() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node")
    tests = sorted(str(path) for path in (FRONTEND / "tests").glob("*.test.mjs"))
    done = subprocess.run([node, "--test", *tests], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
