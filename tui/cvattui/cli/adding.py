"""`cvat task add-frames`: more pictures for a task that is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.schema import Sorting
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json
from cvattui.cli.progress import ProgressBar
from cvattui.cli.undo_command import undo_command

if TYPE_CHECKING:
    from cvatcore.workspace import FramesAdded


class AddedRow(msgspec.Struct, frozen=True):
    """What `cvat task add-frames --json` prints."""

    task_id: int
    task_name: str
    first_frame: int
    """The first new frame; -1 when there is none."""
    frames: int
    """How many are new: a run from the first one on."""
    known: int
    """How many of those given the task had already."""
    grown_jobs: tuple[int, ...]
    new_jobs: tuple[int, ...]
    size: int
    """The frames that the task has now."""
    undo: str
    """A command that takes it back; empty when nothing was added."""


def add_frames(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")],
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Pictures, point clouds, folders, archives or patterns.")
    ],
    sorting: Annotated[
        Sorting | None, typer.Option("--sorting", help="Of the new frames (default: natural where the task's is).")
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Copy the media into the workspace.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add frames at the end of a task, and say how to take it back.

    Frames keep their numbers, and what the task has already is passed over: a folder can be given again. The last job
    goes on to the segment size unless it is completed; the frames after it are new jobs. Nothing is added when any file
    cannot be used.
    """
    from cvatcore.media import ScanOptions

    with open_workspace(context) as workspace, ProgressBar("Reading media") as progress:
        task = workspace.tasks[name]
        # What was put in an order by hand, or by chance, says nothing of the order of others.
        own: Sorting = "natural" if task.document.data.sorting == "natural" else "lexicographical"
        options = ScanOptions(sorting=sorting or own)
        done = task.add_frames(paths, options=options, copy=copy, progress=progress)
        undo = undo_command(workspace, done.commit) if done.frames else ""
        row = AddedRow(
            task_id=task.id,
            task_name=task.name,
            first_frame=done.frames[0] if done.frames else -1,
            frames=len(done.frames),
            known=done.known,
            grown_jobs=done.grown,
            new_jobs=done.made,
            size=task.size,
            undo=undo,
        )
    if as_json:
        write_json(row)
        return
    write_data(printable(f"task {row.task_id} ({row.task_name}): {added_text(done)}"))
    if undo:
        say("To take it back:")
        write_data(undo)


def added_text(done: FramesAdded) -> str:
    """What was added, in a line."""
    known = f"{done.known:,} were there already" if done.known else ""
    if not done.frames:
        return f"nothing to add; all {done.known:,} are there already." if known else "nothing to add."
    first, last = done.frames[0], done.frames[-1]
    run = f"frame {first}" if first == last else f"frames {first}–{last}"
    parts = [f"{run} added"]
    if done.grown:
        parts.append(f"{_jobs(done.grown)} longer")
    if done.made:
        parts.append(f"{_jobs(done.made)} new")
    if known:
        parts.append(known)
    return ", ".join(parts) + "."


def _jobs(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"job {numbers[0]}"
    if list(numbers) == list(range(numbers[0], numbers[-1] + 1)):
        return f"jobs {numbers[0]}–{numbers[-1]}"
    return f"jobs {', '.join(map(str, numbers))}"
