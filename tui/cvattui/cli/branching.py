"""`cvat branch`, `switch` and `merge`: several states of a workspace side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvattui.cli.opening import workspace_folder
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.sync import AsJson, tell_conflicts
from cvattui.cli.times import iso_time

if TYPE_CHECKING:
    from cvatsync import BranchInfo

_SHORT = 10
"""Digits of a commit that are shown."""


class BranchSummary(msgspec.Struct, frozen=True):
    """One line of `cvat branch`."""

    name: str
    current: bool
    """Whether it is checked out here."""
    commit: str
    """Its newest commit; empty before the first one."""
    time: str
    """When that was made: UTC, ISO 8601 with `Z`; empty without one."""
    subject: str
    """What it did."""
    upstream: str
    """The remote's branch that it is synced with; empty for none."""
    ahead: int
    """Commits that the remote lacks, as far as was fetched."""
    behind: int
    """Commits of the remote that it lacks."""


def branch(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a new branch; none lists them.")] = "",
    start: Annotated[str, typer.Option("--at", metavar="REV", help="Start from this commit, not the newest.")] = "",
    delete: Annotated[bool, typer.Option("--delete", "-d", help="Delete the branch.")] = False,
    force: Annotated[bool, typer.Option("--force", "-f", help="Delete it with commits that nobody else has.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the branches, make one, or delete one. To go to one: cvat switch."""
    import cvatsync

    folder = workspace_folder(context)
    if not name:
        if delete or force or start:
            raise InvalidInput("The name of the branch is missing.", hint="Write: cvat branch NAME.")
        _list(cvatsync.list_branches(folder), as_json=as_json)
    elif delete:
        if start:
            raise InvalidInput("A branch that is deleted has no start.", hint="Leave --at out.")
        commit = cvatsync.delete_branch(folder, name, force=force)
        say(f"Deleted {printable(name)}. To get it back: cvat branch {printable(name)} --at {commit[:_SHORT]}")
    else:
        if force:
            raise InvalidInput("A branch is never replaced.", hint="Delete it first, or take another name.")
        made = cvatsync.create_branch(folder, name, start=start)
        if as_json:
            write_json(_summary(made))
        else:
            write_data(f"{made.name} {made.commit}")


def switch(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The branch, of here or of a remote.")],
    start: Annotated[str, typer.Argument(metavar="REV", help="Where a new branch starts; HEAD if not given.")] = "",
    create: Annotated[bool, typer.Option("--create", "-c", help="Make the branch.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check out another branch: its tasks and annotations.

    Edits that are not committed come along where the branches do not differ; where they do, nothing is changed.
    """
    import cvatsync

    report = cvatsync.switch(workspace_folder(context), name, create=create, start=start)
    if as_json:
        write_json(report)
    else:
        write_data(printable(report.summary))
    if report.left:
        say("What was saved while no branch was checked out is on no branch, and is kept.")
        say(f"      Bring it in with: cvat merge {report.left[:_SHORT]}")


def merge(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A branch, of here or of a remote, or any commit.")],
    as_json: AsJson = False,
) -> None:
    """Merge another branch into the one that is checked out.

    It merges as cvat sync does: by objects and fields, and values that met are kept as conflicts.
    """
    import cvatsync

    report = cvatsync.merge_branch(workspace_folder(context), name)
    if as_json:
        write_json(report)
    else:
        write_data(printable(report.summary))
    tell_conflicts(report.conflicts)


def _summary(branch: BranchInfo) -> BranchSummary:
    return BranchSummary(
        name=branch.name,
        current=branch.current,
        commit=branch.commit,
        time=iso_time(branch.time) if branch.commit else "",
        subject=branch.subject,
        upstream=branch.upstream,
        ahead=branch.ahead,
        behind=branch.behind,
    )


def _list(found: tuple[BranchInfo, ...], *, as_json: bool) -> None:
    if as_json:
        write_json([_summary(branch) for branch in found])
        return
    rows = [
        (
            "*" if branch.current else "",
            branch.name,
            branch.commit[:_SHORT] or "-",
            _standing(branch),
            branch.subject,
        )
        for branch in found
    ]
    write_table(("", "BRANCH", "COMMIT", "SHARED", "LAST"), rows)


def _standing(branch: BranchInfo) -> str:
    """How a branch stands to its counterpart at the remote."""
    if not branch.upstream:
        return "no"
    parts = [f"{number} {word}" for number, word in ((branch.ahead, "ahead"), (branch.behind, "behind")) if number]
    return f"{branch.upstream} ({', '.join(parts)})" if parts else branch.upstream
