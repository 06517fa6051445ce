"""`cvat task`: make, list, show and remove tasks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cvatcore.errors import InvalidInput
from cvatcore.schema import parse_label_names
from cvattui.cli import frames, stitch
from cvattui.cli.failures import tell_unreadable
from cvattui.cli.label_transfer import read_bytes
from cvattui.cli.opening import At, confirm, open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.progress import ProgressBar
from cvattui.cli.summaries import TaskDetail, describe_task, summarize_task, unreadable_task
from cvattui.cli.undo_command import undo_command

if TYPE_CHECKING:
    from cvatcore.schema import Label

app = typer.Typer(help="Tasks: pictures or a video to label, cut into jobs.", no_args_is_help=True)
app.add_typer(frames.app, name="frames")

TaskName = Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call the task.")],
    data: Annotated[
        list[Path],
        typer.Option("--data", metavar="PATH", help="A picture, folder, zip archive or one video. May be repeated."),
    ],
    labels: Annotated[
        str, typer.Option("--labels", metavar="NAMES", help="Label names, like: car,person; or labels as raw JSON.")
    ] = "",
    labels_file: Annotated[
        Path | None,
        typer.Option("--labels-file", metavar="FILE", help="Labels in CVAT's raw form; - for standard input."),
    ] = None,
    segment_size: Annotated[int, typer.Option("--segment-size", metavar="N", help="Frames a job (0: one job).")] = 0,
    overlap: Annotated[
        int | None, typer.Option("--overlap", metavar="N", help="Frames that two jobs share (5 in a video, else 0).")
    ] = None,
    project: Annotated[
        str, typer.Option("--project", metavar="NAME", help="The project whose labels it has; made when missing.")
    ] = "",
    subset: Annotated[str, typer.Option("--subset", metavar="NAME", help="Say, train or test.")] = "",
    copy: Annotated[bool, typer.Option("--copy", help="Copy the media into the workspace.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a task with its jobs, and print their ids.

    The media stay where they are unless --copy. Nothing is made when any of them cannot be used.
    """
    asked = _asked_labels(labels, labels_file, needed=not project)
    with open_workspace(context) as workspace, ProgressBar("Reading media") as progress:
        task = workspace.create_task(
            name,
            labels=asked,
            data=data,
            segment_size=segment_size,
            overlap=overlap,
            project=project,
            subset=subset,
            copy=copy,
            progress=progress,
        )
        detail = describe_task(workspace, task)
    if as_json:
        write_json(detail)
        return
    _write_heading(detail)
    write_table(("JOB", "FRAMES"), [(job.id, _frames(job.start_frame, job.stop_frame)) for job in detail.job_list])


@app.command("ls")
def list_tasks(context: typer.Context, at: At = "", as_json: AsJson = False) -> None:
    """List the tasks.

    One that cannot be read is told with its file and line, and the others are listed all the same.
    """
    from cvatcore.workspace.unreadable import read_each

    with open_workspace(context, at=at) as workspace:
        tasks, unreadable = read_each(workspace.tasks, lambda task: summarize_task(workspace, task))
    if as_json:
        listed = [*tasks, *(unreadable_task(one) for one in unreadable)]
        write_json(sorted(listed, key=lambda task: task.id))
    elif tasks:
        write_table(
            ("TASK", "NAME", "FRAMES", "JOBS", "DONE", "STATUS", "KIND", "PROJECT", "SUBSET", "LABELS"),
            [
                (
                    task.id,
                    task.name,
                    task.size,
                    task.jobs.count,
                    task.jobs.completed,
                    task.status,
                    task.kind,
                    task.project or "-",
                    task.subset or "-",
                    ",".join(task.labels) or "-",
                )
                for task in tasks
            ],
        )
    elif not unreadable:
        say("There are no tasks yet. Make one with: cvat task create NAME --labels car,person --data PATH")
    tell_unreadable(unreadable)


@app.command()
def show(context: typer.Context, name: TaskName, at: At = "", as_json: AsJson = False) -> None:
    """Show a task, its jobs, and how many objects each has."""
    with open_workspace(context, at=at) as workspace:
        task = describe_task(workspace, workspace.tasks[name])
    if as_json:
        write_json(task)
        return
    _write_heading(task)
    for title, text in (
        ("labels", ", ".join(task.labels)),
        ("project", task.project),
        ("subset", task.subset),
        ("data", ", ".join(task.sources)),
        ("owner", task.owner),
        ("created", task.created),
        ("status", task.status),
    ):
        if text:
            write_data(f"  {title:<8} {printable(text)}")
    write_table(
        ("JOB", "FRAMES", "STAGE", "STATE", "ASSIGNEE", "TAGS", "SHAPES", "TRACKS"),
        [
            (
                job.id,
                _frames(job.start_frame, job.stop_frame),
                job.stage,
                job.state,
                job.assignee or "-",
                job.tags,
                job.shapes,
                job.tracks,
            )
            for job in task.job_list
        ],
    )


@app.command("rm")
def remove(
    context: typer.Context,
    name: TaskName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a task with its jobs and annotations, and say how to bring it back.

    Media are not touched. It is an operation like any other: `cvat undo` brings the task back.
    """
    with open_workspace(context) as workspace:
        task = workspace.tasks[name]
        title = f"task {task.id}, {printable(task.name)}"
        confirm(f"Remove {title}, with {len(task.jobs)} jobs and all their objects?", yes=yes)
        commit = task.delete()
        say(f"Removed {title}. To bring it back:")
        write_data(undo_command(workspace, commit))


def _asked_labels(text: str, file: Path | None, *, needed: bool) -> Sequence[str | Label]:
    from cvatcore.schema.raw_labels import read_raw_labels

    if file is not None:
        if text:
            raise InvalidInput("The labels are given twice.", hint="Give --labels or --labels-file.")
        return read_raw_labels(read_bytes(file))
    if text.lstrip().startswith("["):
        return read_raw_labels(text)
    return parse_label_names(text) if text or needed else []


app.command("stitch")(stitch.stitch)


def _write_heading(task: TaskDetail) -> None:
    frames = f"{task.size} frame{'' if task.size == 1 else 's'} of {'a video' if task.kind == 'video' else 'pictures'}"
    jobs = f"{task.jobs.count} job{'' if task.jobs.count == 1 else 's'}"
    write_data(f"task {task.id}: {printable(task.name)} ({frames}, {jobs})")


def _frames(start: int, stop: int) -> str:
    return f"{start}–{stop}"
