"""`cvat diff`: what differs between two revisions, or between one and what is edited by hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidDocument, InvalidInput, NotFound
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table, write_text

if TYPE_CHECKING:
    from cvatcore import Workspace
    from cvatcore.merge.diff import LabelCounts
    from cvatcore.workspace.history.differing import DocumentDiff, TaskDiff, Unreadable, WorkspaceDiff

HTML_FRAMES = 100
"""Frames of a page when nobody said how many."""


class DiffReport(msgspec.Struct, frozen=True):
    """What `--json` prints (docs/json.md)."""

    before: str
    after: str
    labels: tuple[LabelCounts, ...]
    documents: tuple[DocumentDiff, ...]
    tasks: tuple[TaskDiff, ...]
    left_out: int
    unreadable: tuple[Unreadable, ...]


def diff(
    context: typer.Context,
    revisions: Annotated[
        str,
        typer.Argument(metavar="A[..B]", help="One revision against the working tree, or two; HEAD if none is given."),
    ] = "",
    task: Annotated[str, typer.Argument(metavar="TASK", help="Only this task: its name or id.")] = "",
    job: Annotated[int | None, typer.Option("--job", metavar="N", min=1, help="Only the job of this id.")] = None,
    stat: Annotated[bool, typer.Option("--stat", help="Only how many objects differ, by task, job and label.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with pictures, before and after.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", metavar="N", min=0, help="Show no more objects than this, on a page no more frames; 0: all."
        ),
    ] = None,
) -> None:
    """Show what differs: objects added (+), changed (~) and removed (-), and the documents around them.

    Without a revision, what was edited by hand since the last commit. A revision is a tag, a branch, the beginning of a
    commit's id, or HEAD~3. `cvat diff v1..v2 street` shows one task.
    """
    if sum((stat, as_json, html is not None)) > 1:
        raise InvalidInput("--stat, --json and --html exclude each other.")
    with open_workspace(context) as workspace:
        before, after, name = _sides(workspace, revisions, task)
        number = _task_number(workspace, name, before, after) if name else 0
        found = workspace.diff(before, after, task=number, job=job or 0)
        if html is not None:
            from cvattui.page.page import write_page

            report = write_page(workspace, found, html, limit=HTML_FRAMES if limit is None else limit)
            more = f", {report.left_out:,} left out" if report.left_out else ""
            say(f"Wrote {printable(str(html))}: {report.frames:,} frame{'s' * (report.frames != 1)}{more}.")
        elif as_json:
            write_json(diff_report(found, limit or 0))
        elif stat:
            write_stat(found)
        elif found.is_empty:
            say("Nothing differs.")
        else:
            write_text("".join(f"{line}\n" for line in diff_lines(found, limit or 0)))
    if found.unreadable:
        raise _broken(found.unreadable)


def _sides(workspace: Workspace, revisions: str, task: str) -> tuple[str, str, str]:
    """The two revisions and the name of a task; what is given alone and is no revision is a task."""
    if ".." in revisions:
        before, _, after = revisions.partition("..")
        if after.startswith("."):
            raise InvalidInput(f"{revisions!r} has three dots.", hint="Two revisions are written like: v1..v2.")
        return before or "HEAD", after or "HEAD", task
    if revisions and not task:
        try:
            workspace.past.resolve(revisions)
        except NotFound:
            try:
                _task_number(workspace, revisions, "HEAD", "")
            except NotFound:
                pass
            else:
                return "HEAD", "", revisions
            raise
    return revisions or "HEAD", "", task


def _task_number(workspace: Workspace, name: str, before: str, after: str) -> int:
    """The task of a name or id on either side: it may be gone by now, or not have been there."""
    key: int | str = name
    number = name.removeprefix("task:")
    if number != name and number.isdecimal():
        key = int(number)
    try:
        return workspace.tasks[key].id if not after else _task_at(workspace, after, key)
    except NotFound:
        return _task_at(workspace, before, key)


def _task_at(workspace: Workspace, revision: str, key: int | str) -> int:
    with workspace.at(revision) as then:
        return then.tasks[key].id


def diff_lines(found: WorkspaceDiff, limit: int) -> Iterator[str]:
    """What differs, a line an object; a limit of 0 shows all."""
    from cvattui.cli.diff_words import counts_words, document_lines, object_line

    for document in found.documents:
        yield from document_lines(document)
    left = limit if limit > 0 else len(found.objects)
    hidden = 0
    for task in found.tasks:
        sign = f" ({task.status})" if task.status in {"added", "removed"} else ""
        yield printable(f"task {task.task}, {task.name}{sign}")
        for document in task.documents:
            if document.kind != "task" or document.status == "changed":
                yield from (f"  {line}" for line in document_lines(document))
        for job in task.jobs:
            shown, hidden = job.objects[:left], hidden + max(len(job.objects) - left, 0)
            left -= len(shown)
            if shown:
                yield f"  job {job.job}"
            for frame, objects in groupby(shown, key=lambda diff: diff.frame):
                yield f"    frame {frame}"
                yield from (f"      {object_line(diff)}" for diff in objects)
    if hidden:
        yield f"{hidden:,} more objects are left out: --limit 0 shows all."
    if found.objects:
        yield counts_words(found.labels)


def write_stat(found: WorkspaceDiff) -> None:
    """Tables of how many objects differ."""
    from cvatcore.merge.diff import count_labels

    rows: list[tuple[object, ...]] = [
        (task.task, task.name, job.job, row.label, row.added, row.changed, row.removed)
        for task in found.tasks
        for job in task.jobs
        for row in count_labels(job.objects)
    ]
    if rows:
        totals = found.labels
        write_table(("TASK", "NAME", "JOB", "LABEL", "ADDED", "CHANGED", "REMOVED"), rows)
        write_data("")
        counts = [(row.label, row.added, row.changed, row.removed) for row in totals]
        sums = [sum(column) for column in zip(*(row[1:] for row in counts), strict=True)]
        write_table(("LABEL", "ADDED", "CHANGED", "REMOVED"), [*counts, ("all", *sums)])
    documents = [*found.documents, *(document for task in found.tasks for document in task.documents)]
    if documents:
        say(f"{len(documents)} document{'s' * (len(documents) != 1)} differ{'s' * (len(documents) == 1)} too.")
    if not rows and not documents:
        say("Nothing differs.")


def diff_report(found: WorkspaceDiff, limit: int) -> DiffReport:
    """What differs, as `--json` prints it; a limit of 0 shows all."""
    left = limit if limit > 0 else len(found.objects)
    hidden = 0
    tasks = []
    for task in found.tasks:
        jobs = []
        for job in task.jobs:
            shown, hidden = job.objects[:left], hidden + max(len(job.objects) - left, 0)
            left -= len(shown)
            if shown:
                jobs.append(msgspec.structs.replace(job, objects=shown))
        tasks.append(msgspec.structs.replace(task, jobs=tuple(jobs)))
    return DiffReport(
        before=found.before,
        after=found.after,
        labels=found.labels,
        documents=found.documents,
        tasks=tuple(tasks),
        left_out=hidden,
        unreadable=found.unreadable,
    )


def _broken(unreadable: tuple[Unreadable, ...]) -> InvalidDocument:
    first = unreadable[0]
    more = f" And {len(unreadable) - 1} more." if len(unreadable) > 1 else ""
    when = "before" if first.side == "before" else "after"
    return InvalidDocument(
        f"{first.reason} ({when}).{more}",
        path=first.path,
        line=first.line,
        hint="It was left out; all else is shown.",
    )
