"""docs/filters.md: its operators are read, its fields are all there are, its example runs."""

import re
from pathlib import Path

import pytest

from cvatcore.filters import object_fields, parse_filter
from kit.annotated import annotated, box, put
from kit.tree import ROOT

PAGE = (ROOT / "docs/filters.md").read_text(encoding="utf-8")
OPERATORS = PAGE.partition("## Operators")[2].partition("## Fields")[0]
WRITTEN = [text for text in re.findall(r"`(\{.+?\})`", OPERATORS) if "…" not in text]


def test_every_operator_is_read_as_it_is_written() -> None:
    assert len(WRITTEN) > 12
    for text in WRITTEN:
        parse_filter(re.sub(r"\bx\b", '{"var":"label"}', text))


def test_every_field_is_told() -> None:
    rows = re.findall(r"^\| ((?:`[^|]+`(?:, )?)+) \|", PAGE.partition("## Fields")[2], re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert told == {*object_fields(()), "attr.<label>.<attribute>"}


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1), box(2))
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example.replace("100", "5"), "docs/filters.md", "exec"), {})
    assert capsys.readouterr().out == "2\n"
