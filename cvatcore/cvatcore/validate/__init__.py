"""What is wrong in a workspace, by file and line: for people, for CI, for code hosts."""

from cvatcore.validate.finding import Finding, Severity
from cvatcore.validate.report import render_github, render_json, render_text
from cvatcore.validate.rules import RULES, Rule
from cvatcore.validate.validation import has_errors, validate

__all__ = [
    "RULES",
    "Finding",
    "Rule",
    "Severity",
    "has_errors",
    "render_github",
    "render_json",
    "render_text",
    "validate",
]
