"""`cvat task`: make, list, show and remove tasks."""

from __future__ import annotations

from typing import Annotated

import typer

from cvattui.cli import adding, frames, guide, stitch, task_create
from cvattui.cli.failures import tell_unreadable
from cvattui.cli.opening import At, confirm, open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.summaries import describe_task, frames_text, summarize_task, task_heading, unreadable_task
from cvattui.cli.undo_command import undo_command

app = typer.Typer(help="Tasks: pictures or a video to label, cut into jobs.", no_args_is_help=True)
app.add_typer(frames.app, name="frames")

TaskName = Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


app.command("create")(task_create.create)


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
    write_data(task_heading(task))
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
                frames_text(job),
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


app.command("add-frames")(adding.add_frames)
app.command("stitch")(stitch.stitch)
app.command("guide")(guide.task_guide)
