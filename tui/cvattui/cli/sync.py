"""`cvat clone` and `cvat sync`: working with others through any git remote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cvattui.cli.media import tell_missing
from cvattui.cli.opening import workspace_folder
from cvattui.cli.output import printable, say, write_data, write_json
from cvattui.cli.progress import ProgressBar


def clone(
    url: Annotated[str, typer.Argument(metavar="URL", help="Any git remote: a URL or a path.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; made here, and empty or missing now.")],
) -> None:
    """Get a workspace from a git remote. Prints its path."""
    import cvatsync

    with ProgressBar("Cloning") as progress:
        root = cvatsync.clone(url, folder, progress=progress)
    write_data(str(root))
    tell_missing(root)
    say(f"Open it with: cvatd {printable(str(root))}")


def sync(
    context: typer.Context,
    remote: Annotated[str, typer.Option("--remote", metavar="NAME", help="The git remote.")] = "origin",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fetch what others did, merge it, and push what you did.

    When both sides changed the same file, nothing is changed and the file is named.
    """
    import cvatsync
    from cvatcore.workspace import find_root

    root = find_root(workspace_folder(context))
    with ProgressBar("Syncing") as progress:
        report = cvatsync.sync(root, remote=remote, progress=progress)
    if as_json:
        write_json(report)
    else:
        write_data(printable(report.summary))
