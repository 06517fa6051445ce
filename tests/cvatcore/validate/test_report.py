"""Findings as text, JSON and commands of GitHub Actions."""

import json

from cvatcore.validate import Finding, render_github, render_json, render_text

FINDING = Finding(
    rule="unknown-label",
    severity="error",
    path="tasks/1/a,b:c.jsonl",
    line=3,
    message="100% wrong\n::error::forged\x1b[31m",
    hint="Mend it.",
    frame=7,
)


def test_text_is_one_line_a_finding_and_a_hint() -> None:
    text = render_text([FINDING])
    assert text.splitlines() == [
        "tasks/1/a,b:c.jsonl:3: error [unknown-label] 100% wrong ::error::forged [31m",
        "    Mend it.",
        "1 error, 0 warnings.",
    ]
    assert render_text([]) == "Nothing is wrong.\n"


def test_json_holds_every_field() -> None:
    assert json.loads(render_json([FINDING]))[0]["frame"] == 7
    assert json.loads(render_json([])) == []


def test_github_commands_are_escaped() -> None:
    assert render_github([FINDING]) == (
        "::error file=tasks/1/a%2Cb%3Ac.jsonl,line=3,title=unknown-label"
        "::100%25 wrong%0A::error::forged\x1b[31m Mend it.\n"
    )
