"""`cvat task frames`: frames that are not to be annotated, and their way back."""

from __future__ import annotations

from typing import Annotated

import typer

from cvatcore.edit.frames import parse_frames, runs_text
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json

app = typer.Typer(help="Frames that are not to be annotated: deleted and restored.", no_args_is_help=True)

TaskName = Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")]
Frames = Annotated[str, typer.Argument(metavar="FRAMES", help="Numbers and runs, like: 3,7-12.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("ls")
def list_deleted(context: typer.Context, name: TaskName, as_json: AsJson = False) -> None:
    """List the deleted frames of a task."""
    with open_workspace(context) as workspace:
        deleted = workspace.tasks[name].document.data.deleted_frames
    if as_json:
        write_json(deleted)
    elif deleted:
        write_data(runs_text(deleted))
    else:
        say("No frame is deleted.")


@app.command("rm")
def delete(context: typer.Context, name: TaskName, frames: Frames, as_json: AsJson = False) -> None:
    """Delete frames: they are not shown, exported or counted. Prints those that are deleted then.

    Their pictures and objects stay where they are, and come back with them. Tracks go on through them.
    """
    with open_workspace(context) as workspace:
        task = workspace.tasks[name]
        done = task.delete_frames(parse_frames(frames, size=task.size))
        title = printable(task.name)
    if as_json:
        write_json(done.deleted)
        return
    if done.frames:
        say(f"Deleted {_count(len(done.frames))} of {title}. To bring them back:")
        write_data(f"cvat task frames restore {task.id} {runs_text(done.frames)}")
    else:
        say("They are deleted already.")


@app.command()
def restore(context: typer.Context, name: TaskName, frames: Frames, as_json: AsJson = False) -> None:
    """Restore deleted frames with all that is on them."""
    with open_workspace(context) as workspace:
        task = workspace.tasks[name]
        done = task.restore_frames(parse_frames(frames, size=task.size))
        title = printable(task.name)
    if as_json:
        write_json(done.deleted)
    elif done.frames:
        say(f"Restored {_count(len(done.frames))} of {title}.")
    else:
        say("None of them is deleted.")


def _count(number: int) -> str:
    return f"{number} frame{'' if number == 1 else 's'}"
