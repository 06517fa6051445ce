"""scripts/webview.py: when the web view is built, and what is said when it cannot be."""

import os
import stat
import time
from pathlib import Path

import pytest

import webview


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A web view of two files, and an empty place for its bundle."""
    folder = tmp_path / "webview"
    (folder / "src").mkdir(parents=True)
    (folder / "package.json").write_text('{"scripts": {}}', encoding="utf-8")
    (folder / "src" / "main.ts").write_text("export {};\n", encoding="utf-8")
    monkeypatch.setattr(webview, "SOURCES", folder)
    monkeypatch.setattr(webview, "BUNDLE", tmp_path / "_static")
    monkeypatch.delenv(webview.SKIP, raising=False)
    return folder


@pytest.fixture
def npm(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that writes down how it was called, and a bundle when asked to build; returns the file of its calls."""
    (sources / "package-lock.json").write_text("{}", encoding="utf-8")
    calls = tmp_path / "calls"
    bundle = tmp_path / "_static"
    programs = tmp_path / "bin"
    programs.mkdir()
    _program(programs / "node", f"echo v{webview.OLDEST_NODE[0]}.{webview.OLDEST_NODE[1]}.0")
    _program(
        programs / "npm",
        f'echo "$@" >> {calls}\n'
        f"[ $1 = ci ] && mkdir -p {sources}/node_modules && echo > {sources}/node_modules/.package-lock.json\n"
        f"[ $2 = build ] && mkdir -p {bundle} && echo page > {bundle}/index.html\n"
        "exit 0",
    )
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return calls


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_builds_once_and_again_when_a_source_changes(sources: Path, npm: Path) -> None:
    assert webview.needs_build()
    assert webview.main([]) == 0
    assert not webview.needs_build()
    assert webview.main([]) == 0
    assert npm.read_text(encoding="utf-8").splitlines() == ["ci --no-audit --no-fund", "run build"]

    (sources / "src" / "main.ts").write_text("export const changed = 1;\n", encoding="utf-8")
    assert webview.needs_build()
    assert webview.main([]) == 0
    assert npm.read_text(encoding="utf-8").splitlines()[2:] == ["run build"], "the packages were in place"


def test_a_changed_lock_installs_anew(sources: Path, npm: Path) -> None:
    webview.build()
    lock = sources / "package-lock.json"
    lock.write_text('{"lockfileVersion": 3}', encoding="utf-8")
    os.utime(lock, (time.time() + 10, time.time() + 10))
    assert webview.needs_build()
    webview.build()
    assert npm.read_text(encoding="utf-8").splitlines()[2:] == ["ci --no-audit --no-fund", "run build"]


def test_tests_and_line_ends_are_no_change(sources: Path, npm: Path) -> None:
    webview.build()
    (sources / "src" / "main.spec.ts").write_text("test", encoding="utf-8")
    (sources / "src" / "main.ts").write_bytes(b"export {};\r\n")
    assert not webview.needs_build()


def test_a_lost_bundle_is_built_again(npm: Path) -> None:
    webview.build()
    (webview.BUNDLE / "index.html").unlink()
    assert webview.needs_build()


def test_nothing_is_built_when_asked_not_to(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(webview.SKIP, "1")
    assert not webview.needs_build()


def test_nothing_is_built_without_sources(sources: Path) -> None:
    (sources / "package.json").unlink()
    assert not webview.needs_build()


@pytest.mark.usefixtures("npm")
def test_an_old_node_does_not_count(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert webview.find_npm() is not None
    _program(tmp_path / "bin" / "node", "echo v18.20.1")
    assert webview.find_npm() is None
    with pytest.raises(webview.WebviewError, match=r"needs Node 20\.19 or newer"):
        webview.build()


@pytest.mark.usefixtures("sources")
def test_a_failing_npm_is_told_in_a_sentence(npm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _program(tmp_path / "bin" / "npm", "exit 7")
    assert webview.main([]) == 1
    assert "`npm ci --no-audit --no-fund` failed" in capsys.readouterr().err
    assert not webview.BUNDLE.exists()
