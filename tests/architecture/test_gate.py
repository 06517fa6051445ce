"""scripts/check.py: nothing that fails passes the gate."""

import re
from pathlib import Path

import pytest

import check
import chromium


def test_a_failed_step_fails_the_gate_and_the_rest_still_runs(capsys: pytest.CaptureFixture[str]) -> None:
    steps = [
        check.Step("bad", "fails", check.python("no_such_module")),
        check.Step("good", "passes", check.python("this")),
    ]
    assert check._run(steps) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "1 passed, 1 failed, 0 skipped"
    assert any(re.match(r"bad +FAILED +\d+\.\d s", line) for line in lines)
    assert any(re.match(r"good +ok +\d+\.\d s", line) for line in lines)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "import pytest\ndef test_good(): pass\ndef test_bad(): assert False\ndef test_skip(): pytest.skip('why')\n",
            check.Outcome(1, 1, 1),
        ),
        ("import warnings\ndef test_warns(): warnings.warn('old')\n", check.Outcome(0, 1)),
        ("raise SystemError\n", check.Outcome(0, 1)),
        ("", check.Outcome(0, 1)),
    ],
    ids=["one of three", "a warning is an error", "does not load", "no test at all"],
)
def test_tests_are_counted(tmp_path: Path, code: str, expected: check.Outcome) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(code, encoding="utf-8")
    assert check.pytest(str(path))() == expected


def test_an_unknown_step_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        check.main(["lint", "lnit"])
    assert "no step is called lnit" in capsys.readouterr().err


def test_a_chosen_chromium_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CVAT_CHROMIUM", "/opt/mine/chrome")
    assert chromium.find() == Path("/opt/mine/chrome")


def test_without_chromium_one_line_says_how(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setattr(chromium, "install", lambda: None)
    assert check.browser_tests() == check.Outcome(0, 1)
    assert capsys.readouterr().err.count("\n") == 1
