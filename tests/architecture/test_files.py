"""Sizes, names and places of the source files."""

import pytest

from kit.tree import PACKAGES, ROOT, files, relative

REFUSED = 800
REVIEWED = 400

LONG: dict[str, str] = {
    "webview/src/protocol/generated.ts": "one interface after the other, written by scripts/wire_types.py",
}
"""Files above 400 lines that were looked at, each with the reason that it is one concept. This list may only shrink."""

VAGUE = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})

CODE = sorted(
    {
        relative(path): path
        for folder in (*PACKAGES.values(), ROOT / "tests", ROOT / "scripts", ROOT / "webview")
        if folder.is_dir()
        for path in files(folder, ".py", ".ts", ".tsx", ".css")
    }.items()
)


def test_there_is_code() -> None:
    assert len(CODE) > 50


def test_no_file_is_too_long() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in CODE}
    assert {name: lines for name, lines in lengths.items() if lines > REFUSED} == {}
    long = {name for name, lines in lengths.items() if lines > REVIEWED}
    assert long - set(LONG) == set(), "above 400 lines: cut it, or say in LONG why it is one concept"
    assert set(LONG) - long == set(), "no longer above 400 lines: take it off the list"


def test_names_say_what_is_inside() -> None:
    assert [name for name, path in CODE if path.stem.lower() in VAGUE] == []


def test_text_is_utf8_with_lf() -> None:
    assert [name for name, path in CODE if b"\r" in path.read_bytes()] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_complete(package: str) -> None:
    folder = PACKAGES[package]
    assert (folder / "py.typed").is_file()
    folders = {path.parent for path in files(folder, ".py")}
    assert [relative(inner) for inner in sorted(folders) if not (inner / "__init__.py").is_file()] == []
    # Nested, so that the outer folder's name is never importable.
    assert not (folder.parent / "__init__.py").exists()


def test_tests_have_no_init() -> None:
    """With one, a test folder would be a package named like the package that it tests."""
    assert [relative(path) for path in files(ROOT / "tests", ".py") if path.stem == "__init__"] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_tests_mirror_the_sources(package: str) -> None:
    sources, tests = PACKAGES[package], ROOT / "tests" / package
    assert tests.is_dir(), f"no test of {package}"
    strays = [
        relative(folder)
        for folder in sorted({path.parent for path in files(tests, ".py")})
        if not (sources / folder.relative_to(tests)).is_dir()
        and not (sources / folder.relative_to(tests)).with_suffix(".py").is_file()
    ]
    assert strays == []
    untested = [
        relative(folder)
        for folder in sorted({path.parent for path in files(sources, ".py")})
        if not any(files(tests / folder.relative_to(sources), ".py")) and not any(tests.glob(f"test_{folder.name}*.py"))
    ]
    assert untested == []
