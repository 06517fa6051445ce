"""`cvat restore`: bringing back what was committed once, deleted tasks and single objects among it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json
from cvattui.cli.times import iso_time, shown_here

if TYPE_CHECKING:
    from cvatcore.workspace.restore.restored import Restored, RestoredItem

_SHORT = 8
"""Digits of a commit's id that are shown."""


class RestoredSummary(msgspec.Struct, frozen=True):
    """One thing of `cvat restore --json`."""

    kind: str
    """`task`, `job`, `project`, `object` or `file`."""
    number: int
    path: str
    title: str
    task_id: int
    source: str
    """The commit that it is taken from."""
    source_time: str
    """UTC, ISO 8601 with `Z`."""
    source_subject: str
    files: int
    added: int
    changed: int
    removed: int


class RestoreReport(msgspec.Struct, frozen=True):
    """What `cvat restore --json` prints; `commit` is empty for a dry run, and when all was as it was then."""

    items: tuple[RestoredSummary, ...]
    commit: str
    hand_edits: str
    """The commit that keeps what was edited by hand and not committed; empty where there was nothing."""
    paths: tuple[str, ...]


def restore(
    context: typer.Context,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TASK|JOB|FILE",
            help="A task by name or as task:ID, job:ID, project:ID, or the path of a file. "
            "With --object the one task or job that the objects are in.",
        ),
    ] = None,
    objects: Annotated[
        list[int] | None, typer.Option("--object", metavar="ID", min=1, help="This object. May be repeated.")
    ] = None,
    at: Annotated[
        str,
        typer.Option("--at", metavar="REV", help="As of this version, branch or commit; else as it was last."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what it would do.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring back what was committed once, in one commit: a deleted task with all that was in it, objects, a document.

    A task, the annotations of a job, or a file that is restored becomes as it was; what was there stays in the history.
    Single objects come back beside what there is now. Ids stay. What was edited by hand and not committed goes into a
    commit of its own first. `cvat undo` takes it back.
    """
    words = tuple(what or ())
    if not words and not objects:
        raise InvalidInput("It is not said what to restore.", hint="Name a task, job:ID, --object ID or a file.")
    if objects and len(words) > 1:
        raise InvalidInput("Objects are in one task or job.", hint="Name one of them beside --object, or none.")
    with open_workspace(context) as workspace:
        if objects:
            done = workspace.restore(objects=dict.fromkeys(objects), within="".join(words), at=at, dry_run=dry_run)
        else:
            done = workspace.restore(*words, at=at, dry_run=dry_run)
    if as_json:
        write_json(_report(done))
    else:
        _tell(done, dry_run=dry_run)


def _tell(done: Restored, *, dry_run: bool) -> None:
    for item in done.items:
        source = f"as of {item.source[:_SHORT]} ({shown_here(item.time)}, {printable(item.subject)})"
        title = printable(item.title)
        if item.is_empty:
            write_data(f"{title[:1].upper()}{title[1:]} is {source} already.")
        else:
            write_data(f"{'Would restore' if dry_run else 'Restored'} {title} {source}: {_counts(item)}")
    if done.hand_edits:
        say(f"What was edited by hand and not committed is in commit {done.hand_edits[:_SHORT]}.")
    if done.commit:
        say(f"It is commit {done.commit[:_SHORT]}; cvat undo takes it back.")


def _counts(item: RestoredItem) -> str:
    counts = item.objects
    numbers = ((counts.added, "added"), (counts.changed, "changed"), (counts.removed, "removed"))
    words = ", ".join(f"{number} {word}" for number, word in numbers if number)
    files = f"{item.files} file{'' if item.files == 1 else 's'}"
    return f"{files}, objects: {words}" if words else files


def _report(done: Restored) -> RestoreReport:
    return RestoreReport(
        items=tuple(
            RestoredSummary(
                kind=item.kind,
                number=item.number,
                path=item.path,
                title=item.title,
                task_id=item.task,
                source=item.source,
                source_time=iso_time(item.time),
                source_subject=item.subject,
                files=item.files,
                added=item.objects.added,
                changed=item.objects.changed,
                removed=item.objects.removed,
            )
            for item in done.items
        ),
        commit=done.commit,
        hand_edits=done.hand_edits,
        paths=done.paths,
    )
