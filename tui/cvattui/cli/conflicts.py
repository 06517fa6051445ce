"""`cvat conflicts` and `cvat resolve`: what two people did to the same field, and choosing between them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import Conflict, InvalidInput
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table

if TYPE_CHECKING:
    from cvatcore import Workspace
    from cvatcore.workspace import ConflictView, Resolved
    from cvatcore.workspace.conflict.resolving import Choice

_SHORT = 8
"""Digits of an id that are shown, where they are enough to tell the conflicts apart."""

_DONE = {"ours": "Kept ours", "theirs": "Took theirs", "both": "Kept both"}


class FieldSummary(msgspec.Struct, frozen=True):
    """One field of a conflict; values are as in the files."""

    field: str
    name: str
    """The field in words."""
    base: object
    ours: object
    theirs: object
    now: object


class ConflictSummary(msgspec.Struct, frozen=True):
    """One conflict of `cvat conflicts --json`; ids are 0 and the frame is -1 where there is none."""

    id: str
    kind: str
    status: str
    what: str
    project_id: int
    task_id: int
    task_name: str
    job_id: int
    object_id: int
    frame: int
    fields: tuple[FieldSummary, ...]


class ResolveReport(msgspec.Struct, frozen=True):
    """What `cvat resolve --json` prints; `commit` is empty when nothing was resolved."""

    choice: str
    commit: str
    resolved: tuple[str, ...]
    skipped: dict[str, str]
    """Reasons by id."""
    added: tuple[int, ...]
    """The ids of the objects that `--both` made."""


def conflicts(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="TASK", help="Only those of this task: id or name.")] = "",
    job: Annotated[int, typer.Option("--job", metavar="JOB", help="Only those of this job.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List what two people did to the same field: a line a field, with both values.

    The files have ours. The work goes on with it; choose whenever you like with: cvat resolve.
    """
    from cvatcore.workspace.leftover.pending import adopt_pending

    with open_workspace(context) as workspace:
        adopt_pending(workspace)
        number = workspace.tasks[task].id if task else None
        found = workspace.conflicts(task=number, job=job or None)
        if as_json:
            write_json([_summary(workspace, view) for view in found])
        elif not found:
            say("There are no conflicts.")
        else:
            _write(found)


def resolve(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID…", help="Conflicts, by their ids or the beginning of them.")
    ] = None,
    ours: Annotated[bool, typer.Option("--ours", help="Keep what the files have.")] = False,
    theirs: Annotated[bool, typer.Option("--theirs", help="Take the other side's values.")] = False,
    both: Annotated[
        bool, typer.Option("--both", help="Keep ours, and add theirs as a new object: of shapes and tracks.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="All conflicts, but those that the choice does not fit.")
    ] = False,
    task: Annotated[str, typer.Option("--task", metavar="TASK", help="With --all: only those of this task.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Choose a side of conflicts. All are one commit, which closes their issues; cvat undo takes it back.

    Named conflicts are resolved all or none. With --all it ends with 5 when some are left.
    """
    from cvatcore.workspace import resolve_conflicts
    from cvatcore.workspace.leftover.pending import adopt_pending

    choice = _choice(ours=ours, theirs=theirs, both=both)
    if bool(ids) == every:
        raise InvalidInput(
            "It is not clear which conflicts are meant.", hint="Give their ids, or --all. See: cvat conflicts."
        )
    if task and not every:
        raise InvalidInput("--task goes with --all.", hint="Conflicts that are named by id need no task.")
    with open_workspace(context) as workspace:
        adopt_pending(workspace)
        number = workspace.tasks[task].id if task else None
        done = resolve_conflicts(workspace, None if every else ids, choice, task=number)
        if as_json:
            write_json(_report(done, choice))
        else:
            _tell(done, choice)
    if done.skipped:
        sys.exit(Conflict.exit_code)


def _choice(*, ours: bool, theirs: bool, both: bool) -> Choice:
    chosen: list[Choice] = []
    if ours:
        chosen.append("ours")
    if theirs:
        chosen.append("theirs")
    if both:
        chosen.append("both")
    if len(chosen) != 1:
        raise InvalidInput("Choose one side.", hint="Say --ours, --theirs or --both.")
    return chosen[0]


def _write(found: list[ConflictView]) -> None:
    ids = [view.id for view in found]
    digits = next((count for count in range(_SHORT, 16) if len({one[:count] for one in ids}) == len(ids)), 16)
    rows = []
    for view in found:
        document = view.document
        place = (
            view.id[:digits],
            document.task or "-",
            document.job or "-",
            document.frame if document.frame >= 0 else "-",
            view.what if view.status == "open" else f"{view.what}, {view.status}",
        )
        for index, one in enumerate(view.fields):
            # Of what a person reads once, once is enough.
            first = place if index == 0 else ("", "", "", "", "")
            rows.append((*first, one.title, one.words(one.base), one.words(one.ours), one.words(one.theirs)))
    write_table(("ID", "TASK", "JOB", "FRAME", "WHAT", "FIELD", "BASE", "OURS", "THEIRS"), rows)


def _tell(done: Resolved, choice: Choice) -> None:
    for view in done.resolved:
        fields = ", ".join(one.title for one in view.fields)
        write_data(printable(f"{_DONE[choice]}: {view.what} ({fields})"))
    for one in done.skipped:
        say(printable(f"Left: {one.reason}"))
    if not done.resolved and not done.skipped:
        say("There are no conflicts.")
    if done.added:
        numbers = ", ".join(map(str, done.added))
        say(f"New object{'' if len(done.added) == 1 else 's'}: {numbers}.")


def _summary(workspace: Workspace, view: ConflictView) -> ConflictSummary:
    document = view.document
    return ConflictSummary(
        id=view.id,
        kind=document.kind,
        status=view.status,
        what=view.what,
        project_id=document.project,
        task_id=document.task,
        task_name=workspace.tasks[document.task].name if document.task else "",
        job_id=document.job,
        object_id=document.number if document.kind in {"shape", "track", "keyframe"} else 0,
        frame=document.frame,
        fields=tuple(
            FieldSummary(one.field, one.title, one.base, one.ours, one.theirs, one.now) for one in view.fields
        ),
    )


def _report(done: Resolved, choice: Choice) -> ResolveReport:
    return ResolveReport(
        choice=choice,
        commit=done.commit if done.resolved else "",
        resolved=tuple(view.id for view in done.resolved),
        skipped={one.id: one.reason for one in done.skipped},
        added=done.added,
    )
