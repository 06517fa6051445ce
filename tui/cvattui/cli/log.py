"""`cvat log`: who did what, when."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import say, write_json, write_table
from cvattui.cli.times import iso_time, parse_time, shown_time

if TYPE_CHECKING:
    from cvatcore.workspace.history.log import LogEntry

SHORT = 8
"""Digits of a commit's id that are shown."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class CommitSummary(msgspec.Struct, frozen=True):
    """One line of `cvat log`."""

    commit: str
    parents: tuple[str, ...]
    author: str
    email: str
    time: str
    """UTC, ISO 8601 with `Z`."""
    subject: str
    added: int
    changed: int
    removed: int
    tags: tuple[str, ...]


def log(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="TASK", help="Only this task: id or name; by id a deleted one.")] = "",
    job: Annotated[int, typer.Option("--job", metavar="N", help="Only this job.")] = 0,
    number: Annotated[int, typer.Option("--object", metavar="ID", help="Only what changed this object.")] = 0,
    author: Annotated[
        str, typer.Option("--author", metavar="WHO", help="Only of people with this in their name or e-mail.")
    ] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="Only from then on: 2026-11-01, '3 days ago', yesterday.")
    ] = "",
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="Only up to then.")] = "",
    at: Annotated[str, typer.Option("--at", metavar="REV", help="Start at a version, branch or commit.")] = "",
    limit: Annotated[int, typer.Option("-n", "--limit", metavar="N", help="How many at the most; 0 for all.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the changes, newest first: of the workspace, or of a task, a job or one object."""
    from cvatcore.workspace.history.log import LogFilter, paths_of, read_log

    if sum(map(bool, (task, job, number))) > 1:
        raise InvalidInput("A task, a job and an object are asked for at once.", hint="Give one of them.")
    if limit < 0:
        raise InvalidInput(f"--limit {limit} is below 0.")
    wanted = LogFilter(
        author=author, since=parse_time(since) if since else None, until=parse_time(until) if until else None
    )
    with open_workspace(context) as workspace:
        if number:
            from cvatcore.workspace.history.object_log import object_log

            found = object_log(workspace, number, wanted=wanted, start=at)
        else:
            found = read_log(workspace, paths=paths_of(workspace, task=task, job=job), wanted=wanted, start=at)
        entries = list(islice(found, limit + 1 if limit else None))
    more = bool(limit) and len(entries) > limit
    entries = entries[:limit] if limit else entries
    if as_json:
        write_json([summarize_commit(entry) for entry in entries])
    elif entries:
        write_table(("COMMIT", "WHEN", "WHO", "WHAT"), [_row(entry) for entry in entries])
    else:
        say("Nothing was changed there yet.")
    if more:
        say(f"There are more than these {limit}: -n 0 shows all.")


def summarize_commit(entry: LogEntry) -> CommitSummary:
    """A commit as `--json` prints it."""
    return CommitSummary(
        commit=entry.commit,
        parents=entry.parents,
        author=entry.author.name,
        email=entry.author.email,
        time=iso_time(entry.time),
        subject=entry.subject,
        added=entry.counts.added,
        changed=entry.counts.changed,
        removed=entry.counts.removed,
        tags=entry.tags,
    )


def _row(entry: LogEntry) -> tuple[str, str, str, str]:
    versions = f"  ({', '.join(entry.tags)})" if entry.tags else ""
    when = shown_time(entry.time, entry.offset)
    return entry.commit[:SHORT], when, entry.author.name, entry.subject + versions
