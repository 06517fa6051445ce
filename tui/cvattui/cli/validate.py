"""`cvat validate`: the rules that a workspace must keep, for people and for CI."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cvatcore.errors import CvatError
from cvattui.cli.job import parse_choice
from cvattui.cli.opening import At, open_workspace
from cvattui.cli.output import write_text

FORMATS = ("text", "json", "github")

_FOUND = 1
"""The exit code when a rule is broken."""

_COULD_NOT_LOOK = 2
"""The exit code of any error: CI tells a broken workspace from a broken check."""


def validate(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="TASK", help="Only this task: id or name.")] = "",
    format: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help=f"{', '.join(FORMATS)} (for GitHub Actions).")
    ] = "text",
    at: At = "",
) -> None:
    """Check every file of the workspace, and print what is wrong with file and line.

    Ends with 0 when nothing is (warnings are allowed), with 1 when a rule is broken, with 2 when it could not look.
    """
    from cvatcore.validate import has_errors, render_github, render_json, render_text
    from cvatcore.validate import validate as find_all

    render = {"text": render_text, "json": render_json, "github": render_github}
    try:
        chosen = parse_choice(format, FORMATS, what="format")
        with open_workspace(context, at=at) as workspace:
            findings = find_all(workspace, task=task or None)
    except CvatError as error:
        error.exit_code = _COULD_NOT_LOOK
        raise
    write_text(render[chosen](findings))
    if has_errors(findings):
        sys.exit(_FOUND)
