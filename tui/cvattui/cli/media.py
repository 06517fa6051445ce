"""`cvat media`: which pictures and videos are on this machine, where they lie, and Git LFS."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvattui.cli.opening import confirm, open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.progress import ProgressBar

if TYPE_CHECKING:
    from cvatcore import TaskView, Workspace
    from cvatcore.workspace.media_mapping import MapReport

app = typer.Typer(
    help="Media: which are on this machine, where they lie, and keeping them in Git LFS.", no_args_is_help=True
)

Origin = Annotated[
    str, typer.Argument(metavar="FROM", help="A path as cvat media ls shows it, or the beginning of one up to a slash.")
]
OnlyTask = Annotated[str, typer.Option("--task", metavar="TASK", help="Only for the task of this id or name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_SHOWN = 5


class MediaRow(msgspec.Struct, frozen=True):
    """One line of `cvat media ls`: a source of a task."""

    task_id: int
    task_name: str
    kind: str
    path: str
    """As the task has it."""
    place: str
    """Where it is looked for here."""
    mapped: bool
    frames: int
    missing: int
    unfetched: int
    """Those of the missing that are here as pointers of Git LFS."""
    remedy: str
    """A command that brings what is missing."""


@app.command("ls")
def list_media(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name (default: all).")] = "",
    missing: Annotated[bool, typer.Option("--missing", help="Only media that are not all here.")] = False,
    as_json: AsJson = False,
) -> None:
    """List where the media of tasks lie, and how many frames are missing on this machine."""
    with open_workspace(context) as workspace:
        rows = [row for row in _rows(workspace, name) if row.missing or not missing]
    if as_json:
        write_json(rows)
        return
    if rows:
        write_table(
            ("TASK", "NAME", "KIND", "FRAMES", "MISSING", "PATH", "HERE AT"),
            [
                (
                    row.task_id,
                    row.task_name,
                    row.kind,
                    row.frames,
                    row.missing,
                    row.path,
                    row.place if row.mapped else "-",
                )
                for row in rows
            ],
        )
    else:
        say("No media are missing." if missing else "There are no media.")
    _tell_remedies(rows)


@app.command("map")
def map_(
    context: typer.Context,
    origin: Origin,
    target: Annotated[str, typer.Argument(metavar="TO", help="The file or folder on this machine.")],
    task: OnlyTask = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look and report; write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Map even where the media do not match.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say where media lie on this machine. Nothing but .cvat/media.toml is written: it is not shared.

    Of several mappings the one with the longest FROM holds. All files are compared first: their number, their lengths,
    and their checksums where the task has them, else the size of the pictures in pixels.
    """
    from cvatcore.workspace.media_mapping import map_media

    with open_workspace(context) as workspace:
        number = workspace.tasks[task].id if task else 0
        report = map_media(workspace, origin, target, task=number, force=force, dry_run=dry_run)
    if as_json:
        write_json(report)
    else:
        _write_report(report)


@app.command("unmap")
def unmap(context: typer.Context, origin: Origin, task: OnlyTask = "") -> None:
    """Drop a mapping: the media are looked for at their own path again."""
    from cvatcore.workspace.media_mapping import unmap_media

    with open_workspace(context) as workspace:
        rule = unmap_media(workspace, origin, task=workspace.tasks[task].id if task else 0)
    write_data(printable(f"{rule.origin} is no longer mapped to {rule.target}."))


@app.command("checksum")
def checksum(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")],
    as_json: AsJson = False,
) -> None:
    """Record the checksums of a task's media: cvat media map then knows on other machines whether theirs are the same.

    All media are read once. They go to the task's manifest, in one commit.
    """
    from cvatcore.workspace.media_checksums import record_checksums

    with open_workspace(context) as workspace, ProgressBar("Reading media") as progress:
        report = record_checksums(workspace.tasks[name], progress=progress)
    if as_json:
        write_json(report)
    else:
        known = "" if report.recorded == report.files else f", {report.files - report.recorded} were known"
        write_data(
            printable(f"task {report.task} ({report.name}): {_count(report.recorded, 'checksum')} recorded{known}.")
        )


@app.command("track")
def track(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")],
    copy: Annotated[
        bool, typer.Option("--copy", help="Copy media from outside into the workspace, without asking.")
    ] = False,
    untrack: Annotated[bool, typer.Option("--untrack", help="Take them out of git again; the files stay.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep a task's media in Git LFS, so that whoever clones the workspace can fetch them. It is one commit.

    Git LFS has to be installed. Media outside the workspace are copied into its folder media.
    """
    from cvatsync.lfs import sources_outside, track_media, untrack_media

    with open_workspace(context) as workspace, ProgressBar("Copying") as progress:
        task = workspace.tasks[name]
        if untrack:
            report = untrack_media(task)
        else:
            outside = sources_outside(task)
            if outside and not copy and sys.stdin.isatty():
                confirm(f"Copy the media from {printable(', '.join(outside))} into the workspace?", yes=False)
                copy = True
            report = track_media(task, copy=copy, progress=progress)
    if as_json:
        write_json(report)
        return
    files = _count(report.files, "file")
    if untrack:
        write_data(printable(f"{files} of task {report.task} ({report.name}) are no longer in git."))
    elif report.commit:
        write_data(printable(f"{files} of task {report.task} ({report.name}) are in Git LFS. Share them: cvat sync."))
    else:
        write_data(printable(f"{files} of task {report.task} ({report.name}) were in Git LFS already."))


def tell_missing(root: Path) -> None:
    """Say on stderr which media a workspace lacks on this machine, and what brings them."""
    from cvatcore import Workspace

    with Workspace(root) as workspace:
        rows = [row for row in _rows(workspace, "") if row.missing]
    if not rows:
        return
    frames = sum(row.missing for row in rows)
    tasks = len({row.task_id for row in rows})
    say(f"Media are missing here: those of {_count(frames, 'frame')} in {_count(tasks, 'task')}.")
    for row in rows[:_SHOWN]:
        say(printable(f"  {row.task_name} (task {row.task_id}): {row.missing} of {row.frames} frames, {row.path}"))
    if len(rows) > _SHOWN:
        say(f"  and {len(rows) - _SHOWN} more: cvat media ls --missing")
    say("Annotating works without them: placeholders of the same size stand in their place.")
    _tell_remedies(rows)


def _rows(workspace: Workspace, name: str) -> list[MediaRow]:
    tasks: list[TaskView] = [workspace.tasks[name]] if name else list(workspace.tasks)
    return [
        MediaRow(
            task_id=task.id,
            task_name=task.name,
            kind=source.kind,
            path=source.path,
            place=source.place,
            mapped=source.mapped,
            frames=source.frames,
            missing=source.missing,
            unfetched=source.unfetched,
            remedy=source.remedy,
        )
        for task in tasks
        for source in task.media.sources
    ]


def _tell_remedies(rows: list[MediaRow]) -> None:
    remedies = dict.fromkeys(row.remedy for row in rows if row.remedy)
    if not remedies:
        return
    say("Bring them with:")
    for remedy in list(remedies)[:_SHOWN]:
        say(printable(f"  {remedy}"))


def _write_report(report: MapReport) -> None:
    for source in report.sources:
        wrong = [*source.missing, *source.differing]
        how = "by checksum" if source.by_checksum == source.files else "by length and size in pixels"
        if 0 < source.by_checksum < source.files:
            how = f"{source.by_checksum} by checksum, the others by length and size in pixels"
        files = _count(source.files - len(wrong), "file")
        write_data(printable(f"task {source.task} ({source.name}): {files} found in {source.place}, compared {how}"))
        for sentence in wrong[:_SHOWN]:
            write_data(printable(f"  {sentence}"))
        if len(wrong) > _SHOWN:
            write_data(f"  and {len(wrong) - _SHOWN} more")
    rule = report.rule
    done = "is mapped to" if report.written else "would be mapped to"
    write_data(printable(f"{rule.origin} {done} {rule.target}."))


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
