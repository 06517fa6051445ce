"""`cvat tag`: names for versions of the dataset."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvattui.cli.log import SHORT
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.times import iso_time, shown_time


class VersionSummary(msgspec.Struct, frozen=True):
    """One line of `cvat tag`."""

    name: str
    commit: str
    time: str
    """When the commit was made: UTC, ISO 8601 with `Z`."""
    subject: str
    """What the commit did."""


def tag(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name, like v1.0; none lists the versions.")] = "",
    at: Annotated[str, typer.Option("--at", metavar="REV", help="Name this commit instead of the newest.")] = "",
    message: Annotated[str, typer.Option("-m", "--message", metavar="TEXT", help="What to say about it.")] = "",
    delete: Annotated[bool, typer.Option("--delete", "-d", help="Take the name away; the commits stay.")] = False,
    force: Annotated[bool, typer.Option("--force", "-f", help="Move a name that is taken.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Give the present state a name for good, or list the names.

    A version is an annotated tag of git. Export, validate and stats take it with --at.
    """
    with open_workspace(context) as workspace:
        past = workspace.past
        if not name:
            if delete or message or at:
                raise InvalidInput("The name of the version is missing.", hint="Write: cvat tag NAME.")
            versions = [(known, past.commit(commit)) for known, commit in past.tags().items()]
            if as_json:
                write_json(
                    [
                        VersionSummary(name=known, commit=at.id, time=iso_time(at.time), subject=at.subject)
                        for known, at in versions
                    ]
                )
            elif versions:
                rows = [
                    (known, at.id[:SHORT], shown_time(at.time, at.offset), at.author.name, at.subject)
                    for known, at in versions
                ]
                write_table(("VERSION", "COMMIT", "WHEN", "WHO", "WHAT"), rows)
            else:
                say("There are no versions yet. Name the present state with: cvat tag v1")
            return
        if delete:
            past.delete_tag(name)
            say(f"{printable(name)} is no name of a version any more; what it named is still in the history.")
            return
        with workspace.writing():  # What a save is just doing is in it, or comes after it.
            commit = past.resolve(at)
            past.tag(name, commit=commit, message=message or name, author=workspace.author, force=force)
        write_data(f"{name} {commit}")
