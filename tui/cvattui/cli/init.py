"""`cvat init`: make a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cvattui.cli.opening import workspace_folder
from cvattui.cli.output import say, write_data


def init(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Where; made when missing.")] = None,
    name: Annotated[str, typer.Option("--name", help="What to call it (the folder's name).")] = "",
) -> None:
    """Make a workspace in a folder, in the git repository around it or in a new one.

    Prints its path. Files that are there stay as they are.
    """
    from cvatcore import Workspace

    with Workspace.init(workspace_folder(context) / (folder or Path()), name=name) as workspace:
        write_data(str(workspace.root))
        say("Make a task with: cvat task create NAME --labels car,person --data PATH")
