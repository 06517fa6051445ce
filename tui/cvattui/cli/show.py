"""`cvat show`: what one commit did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvattui.cli.diff import DiffReport, diff_lines, diff_report, write_stat
from cvattui.cli.log import CommitSummary, summarize_commit
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_text
from cvattui.cli.times import shown_time

if TYPE_CHECKING:
    from cvatcore.workspace.history.log import LogEntry


class CommitReport(msgspec.Struct, frozen=True):
    """What `--json` prints (docs/json.md)."""

    commit: CommitSummary
    diff: DiffReport | None
    """Against the first of its parents; null for the first commit of all."""


def show(
    context: typer.Context,
    revision: Annotated[str, typer.Argument(metavar="REV", help="A commit, version or branch; the newest.")] = "HEAD",
    stat: Annotated[bool, typer.Option("--stat", help="Only how many objects it changed.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="Objects at the most; 0: all.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show who made a commit and when, and which objects and documents it added, changed and removed.

    Of a merge it shows what came in: the difference to the side that it was made on.
    """
    from cvatcore.workspace.history.log import log_entry

    if stat and as_json:
        raise InvalidInput("--stat and --json exclude each other.")
    with open_workspace(context) as workspace:
        past = workspace.past
        commit = past.commit(past.resolve(revision))
        tags = tuple(name for name, tagged in past.tags().items() if tagged == commit.id)
        entry = log_entry(commit, tags=tags)
        found = workspace.diff(commit.parents[0], commit.id) if commit.parents else None
    if as_json:
        report = None if found is None else diff_report(found, limit)
        write_json(CommitReport(commit=summarize_commit(entry), diff=report))
        return
    _write_heading(entry, commit.message)
    if found is None:
        say("It is the first commit: everything in it is new.")
    elif found.is_empty:
        say("It changed nothing in the workspace.")
    elif stat:
        write_stat(found)
    else:
        write_text("".join(f"{line}\n" for line in diff_lines(found, limit)))


def _write_heading(entry: LogEntry, message: str) -> None:
    versions = f"  ({', '.join(entry.tags)})" if entry.tags else ""
    write_data(printable(f"commit {entry.commit}{versions}"))
    if len(entry.parents) > 1:
        write_data(f"merge  {' '.join(parent[:8] for parent in entry.parents)}")
    write_data(printable(f"by     {entry.author.name} <{entry.author.email}>"))
    write_data(f"on     {shown_time(entry.time, entry.offset)}")
    for line in message.splitlines():
        # The trailers are for programs: the objects below say the same.
        if line.strip() and not line.startswith("Cvat-"):
            write_data(printable(f"       {line}"))
    write_data("")
