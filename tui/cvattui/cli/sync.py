"""`cvat clone`, `sync`, `pull` and `push`: working with others through any git remote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cvattui.cli.media import tell_missing
from cvattui.cli.opening import workspace_folder
from cvattui.cli.output import printable, say, write_data, write_json
from cvattui.cli.progress import ProgressBar

if TYPE_CHECKING:
    from cvatsync import SyncReport

RemoteName = Annotated[str, typer.Option("--remote", metavar="NAME", help="The git remote.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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
    remote: RemoteName = "origin",
    as_json: AsJson = False,
) -> None:
    """Fetch what others did, merge it, and push what you did.

    Different objects, fields and keyframes never conflict. Where both sides changed the same field yours stays, the
    other value is kept beside it, and the work goes on: cvat conflicts lists what met. A sync that fails or is
    interrupted leaves everything here as it was.
    """
    import cvatsync

    with ProgressBar("Syncing") as progress:
        report = cvatsync.sync(workspace_folder(context), remote=remote, progress=progress)
    _tell(report, as_json=as_json)


def pull(
    context: typer.Context,
    remote: RemoteName = "origin",
    as_json: AsJson = False,
) -> None:
    """Fetch what others did and merge it; nothing is sent."""
    import cvatsync

    with ProgressBar("Pulling") as progress:
        report = cvatsync.pull(workspace_folder(context), remote=remote, progress=progress)
    _tell(report, as_json=as_json)


def push(
    context: typer.Context,
    remote: RemoteName = "origin",
    as_json: AsJson = False,
) -> None:
    """Send what you did; nothing is merged. Never forced: where others sent something since, nothing happens."""
    import cvatsync

    with ProgressBar("Pushing") as progress:
        report = cvatsync.push(workspace_folder(context), remote=remote, progress=progress)
    _tell(report, as_json=as_json)


def tell_conflicts(count: int) -> None:
    """Say that there are conflicts, and where to go on."""
    if count:
        things = "1 thing was" if count == 1 else f"{count} things were"
        say(f"{things} changed on both sides in different ways: yours stays until you choose.")
        say("      See them with: cvat conflicts")


def _tell(report: SyncReport, *, as_json: bool) -> None:
    if as_json:
        write_json(report)
    else:
        write_data(printable(report.summary))
    for name in report.versions_refused:
        say(f"The remote did not take the version {printable(name)}: it has another one of that name, or takes none.")
    tell_conflicts(report.conflicts)
