"""`cvat gc`: less room for the same history."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from cvattui.cli.opening import open_workspace
from cvattui.cli.output import say, write_json


class GcReport(msgspec.Struct, frozen=True):
    """What `cvat gc --json` prints."""

    bytes_before: int
    bytes_after: int
    """Of all objects of the repository."""
    loose_before: int
    loose_after: int
    """Objects in files of their own."""
    packs: int
    dropped_saves: int
    """Saves that later ones had taken the place of, and that are too old to be undone."""


def gc(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Pack the history, and drop what saves that amend each other left behind.

    Everything that a branch, a tag, a log of git or one of the last 200 operations has stays. It is safe at any time:
    while the daemon runs, and beside other git commands.
    """
    from cvatcore.workspace.upkeep.cleaning import clean

    with open_workspace(context) as workspace:
        done = clean(workspace)
    if as_json:
        write_json(
            GcReport(
                bytes_before=done.before.bytes,
                bytes_after=done.after.bytes,
                loose_before=done.before.loose,
                loose_after=done.after.loose,
                packs=done.after.packs,
                dropped_saves=done.dropped_saves,
            )
        )
        return
    say(f"{_megabytes(done.before.bytes)} before, {_megabytes(done.after.bytes)} now.")


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
