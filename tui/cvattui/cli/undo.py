"""`cvat undo` and `cvat redo`: the last things that were done on this machine, taken back and done again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import CvatError, InvalidInput, NotFound
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.times import iso_time, shown_here

if TYPE_CHECKING:
    from cvatcore import Workspace
    from cvatcore.store.operations import Operation
    from cvatcore.workspace.undo.undoing import Undone

_SHORT = 8
"""Digits of an id that are shown."""

_LISTED = 20
"""Operations that are listed where it is not said how many."""

Count = Annotated[int | None, typer.Argument(metavar="N", min=1, help="How many; one, if it is not said.")]
Anyone = Annotated[bool, typer.Option("--anyone", help="Also what somebody with another e-mail did on this machine.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class OperationSummary(msgspec.Struct, frozen=True):
    """One operation of `cvat undo --list --json`."""

    id: str
    time: str
    """UTC, ISO 8601 with `Z`."""
    kind: str
    author: str
    email: str
    subject: str
    before: str
    after: str
    branch: str
    of: str
    automatic: bool
    undone: bool
    """Whether it is taken back now; of an undo, whether it was redone."""


class UndoReport(msgspec.Struct, frozen=True):
    """One step of `cvat undo --json` or `cvat redo --json`; `commit` is empty when nothing was left to take back."""

    id: str
    """Of this undo or redo itself."""
    kind: str
    of: str
    subject: str
    """What was undone or redone."""
    commit: str
    changed: tuple[str, ...]
    kept: tuple[str, ...]


def undo(
    context: typer.Context,
    count: Count = None,
    operation: Annotated[
        str, typer.Option("--operation", metavar="ID", help="This operation, whatever was done since.")
    ] = "",
    listed: Annotated[bool, typer.Option("--list", help="List the operations, newest first, and undo none.")] = False,
    anyone: Anyone = False,
    as_json: AsJson = False,
) -> None:
    """Take back the last things that were done on this machine: saves, imports, changes of labels, syncs, deletions.

    Each is taken back by a commit of its own, so that nothing is lost: `cvat redo` brings it back. What was done later
    stays, by whomever; where a later edit changed the same field, that edit stays and is told. Undo takes only your own
    operations of the branch that is checked out.

    An undone sync takes back what came with it: with the next sync it is taken back for the others too, as a commit
    that they see and can undo. What you had sent stays sent.
    """
    if count and operation:
        raise InvalidInput("A number and an operation are given at once.", hint="Give one of them.")
    with open_workspace(context) as workspace:
        if listed:
            if operation:
                raise InvalidInput("--list undoes nothing.", hint="Leave --operation out.")
            _list(workspace, limit=count or _LISTED, as_json=as_json)
            return
        _repeat(lambda: workspace.undo(operation=operation, anyone=anyone), count or 1, "undo", as_json=as_json)


def redo(
    context: typer.Context,
    count: Count = None,
    anyone: Anyone = False,
    as_json: AsJson = False,
) -> None:
    """Do again what was undone last, as long as nothing else was changed since (a sync does not count)."""
    with open_workspace(context) as workspace:
        _repeat(lambda: workspace.redo(anyone=anyone), count or 1, "redo", as_json=as_json)


def _repeat(step: Callable[[], Undone], count: int, word: str, *, as_json: bool) -> None:
    """Do a number of steps, and tell each as soon as it is done: each is in the history by itself."""
    done: list[Undone] = []
    try:
        for _ in range(count):
            try:
                done.append(step())
            except NotFound:
                if not done:
                    raise
                say(f"There is nothing more to {word}: {len(done)} of {count} done.")
                break
            if not as_json:
                _tell(done[-1])
    except CvatError:
        if done and as_json:
            write_json([_report(one) for one in done])
        raise
    if as_json:
        write_json([_report(one) for one in done])


def _tell(done: Undone) -> None:
    word = "Undone" if done.record.kind == "undo" else "Redone"
    subject = printable(done.subject)
    if not done.commit:
        write_data(f"{word}: {subject}: nothing of it was left, so nothing was changed.")
    else:
        write_data(f"{word}: {subject} (commit {done.commit[:_SHORT]})")
    for sentence in done.kept:
        write_data(f"  {printable(sentence)}")
    if done.operation.kind == "sync" and done.commit:
        say("What came with that sync is taken back for the others too, once you sync. cvat redo brings it back.")


def _report(done: Undone) -> UndoReport:
    return UndoReport(
        id=done.record.id,
        kind=done.record.kind,
        of=done.record.of,
        subject=done.subject,
        commit=done.commit,
        changed=done.changed,
        kept=done.kept,
    )


def _list(workspace: Workspace, *, limit: int, as_json: bool) -> None:
    from cvatcore.store.undo_order import taken_back

    undone = taken_back(workspace.store.operations.read())
    operations = workspace.operations(limit=limit)
    if as_json:
        write_json([_summary(one, is_undone=one.id in undone) for one in operations])
    elif operations:
        rows = [_row(one, is_undone=one.id in undone) for one in operations]
        write_table(("OPERATION", "WHEN", "WHO", "STATE", "WHAT"), rows)
    else:
        say("Nothing was done here on this machine yet.")


def _row(operation: Operation, *, is_undone: bool) -> tuple[str, str, str, str, str]:
    state = ("redone" if operation.kind == "undo" else "undone") if is_undone else ""
    who = operation.author.name if operation.author else ""
    return operation.id[:_SHORT], shown_here(operation.time), who, state, operation.subject


def _summary(operation: Operation, *, is_undone: bool) -> OperationSummary:
    return OperationSummary(
        id=operation.id,
        time=iso_time(operation.time),
        kind=operation.kind,
        author=operation.author.name if operation.author else "",
        email=operation.author.email if operation.author else "",
        subject=operation.subject,
        before=operation.before,
        after=operation.after,
        branch=operation.branch,
        of=operation.of,
        automatic=operation.automatic,
        undone=is_undone,
    )
