"""What commands begin with: the workspace meant by `-C`, a task by id or name, a yes before something goes away."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cvatcore.errors import InvalidInput

if TYPE_CHECKING:
    from cvatcore import Workspace
    from cvatcore.store.files import Stamp


def workspace_folder(context: typer.Context) -> Path:
    """The folder given with `-C`, else the current one."""
    return context.obj if isinstance(context.obj, Path) else Path()


At = Annotated[
    str, typer.Option("--at", metavar="REV", help="As of a version, branch or commit. See: cvat tag, cvat log.")
]


def open_workspace(context: typer.Context, *, at: str = "") -> Workspace:
    """The workspace that the command works on; with `at` as of that revision, to be read only.

    Where the command writes and loose objects have piled up, another process packs them when it is over.
    Errors: NotAWorkspace, UnsupportedVersion, InvalidDocument; NotFound for a revision that does not exist.
    """
    from cvatcore import Workspace

    workspace = Workspace(workspace_folder(context), revision=at)
    if not at:
        context.call_on_close(partial(_tidy_up, workspace, before=workspace.store.operations.state))
    return workspace


def _tidy_up(workspace: Workspace, *, before: Stamp) -> None:
    """Have loose objects packed after a command that wrote, as the daemon does it for people who have one."""
    if workspace.store.operations.state != before:
        from cvatcore.workspace.upkeep.cleaning import start_if_needed

        start_if_needed(workspace.root)


def confirm(question: str, *, yes: bool) -> None:
    """Ask before going on, unless the answer was given with `--yes`.

    Errors: InvalidInput when there is nobody to ask; ends the command on a no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("This needs a yes, and there is no terminal to ask at.", hint="Say it with --yes.")
    if not typer.confirm(question, err=True):
        raise typer.Exit(1)
