"""`cvat share`: a folder of this machine that people may take media from in the web view and over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table

if TYPE_CHECKING:
    from cvatcore import Workspace

app = typer.Typer(
    help="The share: a folder whose media may be taken in the web view and over HTTP.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("set")
def set_(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; what is outside of it is never shown.")],
) -> None:
    """Share a folder of this machine, instead of the one shared before. Only .cvat/share.toml is written."""
    from cvatcore.media.share import set_share

    with open_workspace(context) as workspace:
        place = set_share(workspace.root, folder)
    write_data(printable(f"{place} is shared."))


@app.command("show")
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Print which folder is shared."""
    from cvatcore.media.share import read_share

    with open_workspace(context) as workspace:
        place = read_share(workspace.root)
    if as_json:
        write_json({"path": str(place) if place else None})
    elif place is None:
        say("Nothing is shared.")
    else:
        write_data(printable(str(place)))
        if not place.is_dir():
            say("That folder is not there.")


@app.command("ls")
def list_(
    context: typer.Context,
    path: Annotated[str, typer.Argument(metavar="PATH", help="A folder in the share (default: all of it).")] = "",
    as_json: AsJson = False,
) -> None:
    """List what lies in a folder of the share, as people see it there."""
    from cvatcore.media.share import list_share

    with open_workspace(context) as workspace:
        items = list_share(_shared(workspace), path)
    if as_json:
        write_json(items)
    elif items:
        write_table(
            ("KIND", "NAME"), [(item.kind, f"{item.name}/" if item.kind == "folder" else item.name) for item in items]
        )
    else:
        say("There is nothing in it.")


@app.command("rm")
def remove(context: typer.Context) -> None:
    """Share nothing any more. Tasks that were made of shared media keep them, and no file is touched."""
    from cvatcore.media.share import drop_share

    with open_workspace(context) as workspace:
        place = drop_share(workspace.root)
    write_data(printable(f"{place} is no longer shared."))


def _shared(workspace: Workspace) -> Path:
    from cvatcore.errors import NotFound
    from cvatcore.media.share import read_share

    place = read_share(workspace.root)
    if place is None:
        raise NotFound("Nothing is shared.", hint="Share a folder with: cvat share set DIR.")
    return place
