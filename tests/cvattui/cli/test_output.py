"""Tables, and bars of progress."""

import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvattui.cli.output import printable, write_json, write_table
from cvattui.cli.progress import ProgressBar, progress_line


def test_columns_are_aligned_numbers_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    write_table(("ID", "NAME", "N"), [(7, "a", 1000), (12, "日本", 1)])
    assert capsys.readouterr().out.splitlines() == ["ID  NAME     N", " 7  a     1000", "12  日本     1"]


@given(st.text())
def test_nothing_printable_holds_a_control_character(text: str) -> None:
    assert printable(text).isprintable() or text == ""
    assert len(printable(text)) == len(text)


@given(st.integers(-5, 10**9), st.integers(1, 10**9))
def test_a_bar_never_overflows(done: int, total: int) -> None:
    line = progress_line("Reading", done, total)
    assert line.count("█") + line.count("░") == 24


def test_an_unknown_total_is_a_plain_number() -> None:
    assert progress_line("Reading", 1234, 0) == "Reading  1,234"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_wiped_away_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with ProgressBar("Reading") as bar:
        bar(10, 10)
    text = terminal.getvalue()
    assert "Reading" in text
    assert text.rpartition("\r")[2] == ""
    assert text.split("\r")[-2].strip() == ""


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar("Reading") as bar:
        bar(10, 10)
    assert capsys.readouterr().err == ""


def test_json_is_indented_for_people_and_not_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    write_json({"a": [1]})
    assert capsys.readouterr().out == '{\n  "a": [\n    1\n  ]\n}\n'
    many = list(range(200_000))
    write_json(many)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == many
