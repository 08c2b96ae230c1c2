"""What must never be in the repository: paths of a machine, addresses of package indexes, secrets."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = {".png", ".parquet", ".gz", ".ttf", ".otf", ".woff2", ".ico", ".xlsx", ".mo"}
FORBIDDEN = {
    "a path of one machine": re.compile(r"/(?:home|Users)/[a-z]\w*/|/(?:work|tmp/w)/(?:main|shared|\\w+\\.py)"),
    "the address of a package index": re.compile(
        r"pypi\.org/simple|files\.pythonhosted|registry\.npmjs|registry\.yarnpkg|deb\.debian\.org", re.IGNORECASE
    ),
    "a private key": re.compile(r"BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY"),
}


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


@pytest.mark.parametrize("what", sorted(FORBIDDEN))
def test_no_tracked_file_holds(what: str) -> None:
    found = []
    for path in _tracked():
        if path.suffix in BINARY or not path.is_file() or path == Path(__file__).resolve():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if FORBIDDEN[what].search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert not found, f"{what} in {', '.join(found[:5])}"


def test_lock_files_hold_hashes_and_no_address() -> None:
    for path in sorted((ROOT / "requirements").glob("*.lock")):
        text = path.read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned)
        assert "://" not in text
        assert "--index-url" not in text
