"""`cvat doctor`: a report to paste into a bug report."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from cvattui.cli.opening import workspace_folder
from cvattui.cli.output import printable, write_data, write_json


class DoctorReport(msgspec.Struct, frozen=True):
    """What `cvat doctor --json` prints."""

    sections: dict[str, dict[str, str]]
    """By title, what is known by name."""


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell versions, sizes, states and locks, for a bug report: no names of people, no addresses, no secrets.

    It changes nothing, and tells what it can of a workspace that does not open.
    """
    from cvatcore.workspace.initialize import find_root
    from cvatcore.workspace.upkeep.doctor import examine

    found = examine(find_root(workspace_folder(context)))
    if as_json:
        write_json(DoctorReport(sections={title: dict(section) for title, section in found.items()}))
        return
    for title, section in found.items():
        write_data(f"{title}:")
        width = max(map(len, section), default=0)
        for name, value in section.items():
            write_data(f"  {name.ljust(width)}  {printable(value)}")
