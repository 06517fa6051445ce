"""The pages of docs/ name every operation of the API and every key of the web view."""

import re

from cvatd.routes import ENDPOINTS
from kit.tree import ROOT


def test_every_operation_is_told() -> None:
    page = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    untold = [
        f"{endpoint.method} {endpoint.path}"
        for endpoint in ENDPOINTS
        if not any(f"`{endpoint.path}`" in row and endpoint.method in row for row in rows)
    ]
    assert untold == []


def test_every_path_that_is_told_exists() -> None:
    page = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
    told = {path for line in page.splitlines() if line.startswith("| ") for path in re.findall(r"`(/api/[^`]*)`", line)}
    assert told - {endpoint.path for endpoint in ENDPOINTS} == set()


def test_every_key_is_told() -> None:
    keymap = (ROOT / "webview" / "src" / "editor" / "keymap.ts").read_text(encoding="utf-8")
    titles = re.findall(r"binding\('\w+', '[\w.]+', '([^']+)'", keymap)
    assert len(titles) > 20
    page = (ROOT / "docs" / "webview.md").read_text(encoding="utf-8")
    assert [title for title in titles if title not in page] == []
