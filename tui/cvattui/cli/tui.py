"""`cvat tui`: the terminal UI."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cvatcore.errors import InvalidInput
from cvattui.cli.opening import workspace_folder


def tui(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="WORKSPACE", help="The workspace.")] = None,
) -> None:
    """Tasks, jobs and review in the terminal. Starts the daemon when none runs."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise InvalidInput(
            "The terminal UI needs a terminal.", hint="For scripts: cvat task ls, cvat job ls, cvat job set."
        )
    from cvattui.app import run

    run(workspace_folder(context) / (folder or Path()))
