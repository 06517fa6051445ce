"""Findings as text for people, JSON for programs, and commands that GitHub shows at the line."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cvatcore.validate.finding import Finding


def render_text(findings: Iterable[Finding]) -> str:
    """`path:line: error [rule] message`, the hint below, and a count at the end."""
    found = list(findings)
    lines: list[str] = []
    for finding in found:
        lines.append(f"{finding.path}:{finding.line}: {finding.severity} [{finding.rule}] {_one_line(finding.message)}")
        if finding.hint:
            lines.append(f"    {_one_line(finding.hint)}")
    errors = sum(finding.severity == "error" for finding in found)
    lines.append(_summary(errors, len(found) - errors))
    return "\n".join(lines) + "\n"


def render_json(findings: Iterable[Finding]) -> str:
    """A JSON array, one finding a line."""
    encoded = [msgspec.json.encode(finding).decode() for finding in findings]
    return "[\n" + ",\n".join(encoded) + "\n]\n" if encoded else "[]\n"


def render_github(findings: Iterable[Finding]) -> str:
    """Workflow commands of GitHub Actions: each finding is shown at its line in a pull request."""
    lines = []
    for finding in findings:
        place = f"file={_property(finding.path)},line={finding.line},title={_property(finding.rule)}"
        text = f"{finding.message} {finding.hint}".strip()
        lines.append(f"::{finding.severity} {place}::{_data(text)}\n")
    return "".join(lines)


def _summary(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "Nothing is wrong."
    return f"{_count(errors, 'error')}, {_count(warnings, 'warning')}."


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _one_line(text: str) -> str:
    """A text from a file cannot start a line of its own, nor steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _data(text: str) -> str:
    # The escapes of github.com/actions/toolkit, packages/core/src/command.ts.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
