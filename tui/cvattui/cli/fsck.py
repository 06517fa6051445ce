"""`cvat fsck`: is the workspace whole, and the repair of what is not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvattui.cli.opening import open_workspace, workspace_folder
from cvattui.cli.output import say, write_data, write_json

if TYPE_CHECKING:
    from cvatcore.workspace.upkeep.findings import Finding

_FAULTS = 1
"""The exit code when faults are left."""


class FoundRow(msgspec.Struct, frozen=True):
    """One thing that was found."""

    kind: str
    path: str
    """Relative to the workspace; empty for what is none of its files."""
    line: int
    """0 where there is none."""
    message: str
    is_fault: bool
    """Whether it has to be repaired, and was not. The others are told only."""
    repaired: str
    """What was done about it; empty when nothing was."""


class FsckReport(msgspec.Struct, frozen=True):
    """What `cvat fsck --json` prints."""

    is_whole: bool
    findings: tuple[FoundRow, ...]


def fsck(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be; nothing is thrown away.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check the history, every file, the caches and what crashes leave behind.

    Ends with 0 when all is whole, or was made so; with 1 when faults are left. With --repair a broken file is replaced
    by its last good version and kept in .cvat/quarantine.
    """
    from cvatcore.workspace.initialize import find_root
    from cvatcore.workspace.upkeep.fsck import check_workspace, record_check
    from cvatcore.workspace.upkeep.repairing import repair as mend

    had_journal = (find_root(workspace_folder(context)) / ".cvat" / "journal.json").exists()
    with open_workspace(context) as workspace:
        checked = check_workspace(workspace, had_journal=had_journal)
        findings = checked.findings
        if repair and any(finding.kind != "journal" for finding in findings):
            findings = mend(workspace, checked)
        record_check(workspace, findings)
    faults = [finding for finding in findings if finding.is_fault]
    if as_json:
        write_json(FsckReport(is_whole=not faults, findings=tuple(_row(finding) for finding in findings)))
    else:
        for finding in findings:
            write_data(("" if finding.is_fault or finding.repaired else "note: ") + finding.text)
        if not faults:
            say("The workspace is whole.")
        elif repair:
            say(f"{_count(len(faults))} left.")
        else:
            say(f"{_count(len(faults))}. Repair what can be repaired with: cvat fsck --repair.")
    if faults:
        sys.exit(_FAULTS)


def _row(finding: Finding) -> FoundRow:
    return FoundRow(
        kind=finding.kind,
        path=finding.path,
        line=finding.line,
        message=finding.message,
        is_fault=finding.is_fault,
        repaired=finding.repaired,
    )


def _count(number: int) -> str:
    return f"{number} fault" if number == 1 else f"{number} faults"
