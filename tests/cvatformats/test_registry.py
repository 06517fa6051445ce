import importlib.metadata
import re
from pathlib import Path

import pytest

import cvatformats
from cvatcore.errors import InvalidInput, NotFound
from cvatformats import find_format, format_keys, load_format, load_formats, registry
from cvatformats.format import Format
from cvatformats.registry import TABLE, detect_format
from cvatformats.source import Source, open_source
from kit.fresh import modules_loaded_by
from kit.tree import ROOT

TESTS = Path(__file__).parent


def test_titles_are_those_of_cvat() -> None:
    found = {known.title: (known.can_export, known.import_extensions) for known in load_formats()}
    assert found == {
        "COCO 1.0": (True, ("JSON", "ZIP")),
        "CVAT for images 1.1": (True, ()),
        "CVAT for video 1.1": (True, ()),
        "CVAT 1.1": (False, ("XML", "ZIP")),
    }


@pytest.mark.parametrize("name", ["COCO 1.0", "coco 1.0", "COCO", "coco", "coco-instances", "  COCO  1.0 "])
def test_a_format_is_found_by_any_of_its_names(name: str) -> None:
    assert find_format(name).title == "COCO 1.0"


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(NotFound) as caught:
        find_format("YOLO 9")
    assert all(known.title in caught.value.hint for known in load_formats())
    with pytest.raises(NotFound, match="yolo"):
        load_format("yolo")


def test_listing_imports_no_format_and_using_one_only_that() -> None:
    modules = {target.partition(":")[0] for target in TABLE.values()}
    assert not modules & modules_loaded_by("import cvatformats; cvatformats.format_keys()")
    loaded = modules_loaded_by("import cvatformats; cvatformats.find_format('coco')")
    assert loaded & modules == {"cvatformats.coco"}


def test_every_format_module_is_in_the_table() -> None:
    folder = Path(cvatformats.__file__).parent
    with_format = {
        path.stem
        for path in folder.glob("*.py")
        if re.search(r"^FORMAT(: \w+)? = ", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert with_format == {target.partition(":")[0].rpartition(".")[2] for target in TABLE.values()}


def test_every_format_has_a_case_a_golden_file_and_a_page() -> None:
    cases = "".join(path.read_text(encoding="utf-8") for path in TESTS.glob("test_*.py"))
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for key in format_keys():
        known = load_format(key)
        assert f"## {known.title}" in page
        assert re.search(rf'(export|import)_key = (import_key = )?"{key}"', cases), f"no FormatCase for {key}"
        if known.can_export:
            assert any((ROOT / "tests" / "golden" / key).iterdir())


class _Sure:
    """Claims every file."""

    def detect(self, source: Source) -> float:
        return 1.0

    def read(self, source: object, target: object) -> list[object]:
        return []


class _Failing(_Sure):
    def detect(self, source: Source) -> float:
        raise ZeroDivisionError


def _installed(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    entries = {
        name: importlib.metadata.EntryPoint(name=name, value=value, group=registry.GROUP)
        for name, value in values.items()
    }
    monkeypatch.setattr(registry, "_third_parties", lambda: entries)


SURE = Format(id="sure", name="Sure", version="1", detector=_Sure(), reader=_Sure())  # type: ignore[arg-type]  # reads nothing
FAILING = Format(id="failing", name="Failing", version="1", detector=_Failing(), reader=_Failing())  # type: ignore[arg-type]  # the same
NO_FORMAT = 7


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name that this module can be imported by."""
    monkeypatch.syspath_prepend(str(TESTS))
    return Path(__file__).stem


def test_third_parties(monkeypatch: pytest.MonkeyPatch, here: str, tmp_path: Path) -> None:
    _installed(monkeypatch, sure=f"{here}:SURE", coco=f"{here}:SURE")
    assert format_keys() == (*TABLE, "sure")
    assert load_format("sure").title == "Sure 1"
    # A built-in one is not replaced.
    assert load_format("coco").title == "COCO 1.0"
    (tmp_path / "x.txt").write_bytes(b"")
    with open_source(tmp_path / "x.txt") as source:
        assert detect_format(source).title == "Sure 1"


def test_a_third_party_that_fails_is_passed_over_unless_it_is_named(
    monkeypatch: pytest.MonkeyPatch, here: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _installed(monkeypatch, gone="no_such_module:FORMAT", number=f"{here}:NO_FORMAT", failing=f"{here}:FAILING")
    assert [known.name for known in load_formats()][-1] == "Failing"
    assert "no_such_module" in caplog.text
    for name, said in (("gone", "no_such_module"), ("number", "no Format but a int")):
        with pytest.raises(InvalidInput, match=said):
            load_format(name)
    (tmp_path / "x.txt").write_bytes(b"")
    with open_source(tmp_path / "x.txt") as source, pytest.raises(InvalidInput, match="no format"):
        detect_format(source)
    assert "Detecting Failing 1 failed" in caplog.text


def test_two_that_are_equally_sure(monkeypatch: pytest.MonkeyPatch, here: str, tmp_path: Path) -> None:
    _installed(monkeypatch, a=f"{here}:SURE", b=f"{here}:SURE")
    (tmp_path / "x.txt").write_bytes(b"")
    with open_source(tmp_path / "x.txt") as source, pytest.raises(InvalidInput, match="Sure 1 and Sure 1"):
        detect_format(source)
