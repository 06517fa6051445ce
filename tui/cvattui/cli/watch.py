"""`cvat watch`: folders whose new files become frames."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvattui.cli.adding import added_text
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import flush, printable, say, write_data, write_json, write_table
from cvattui.cli.progress import ProgressBar
from cvattui.cli.times import parse_duration
from cvattui.cli.undo_command import undo_command
from cvattui.cli.watch_rows import batch_row, folder_row, watch_row

if TYPE_CHECKING:
    from cvatcore import Workspace
    from cvatcore.workspace.watching import Batch, Watching, WatchState

app = typer.Typer(help="Watched folders: what comes into them becomes frames of a task.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_SHOWN = 5
"""Files that are named of each kind."""


@app.command()
def add(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; it has to be there.")],
    task: Annotated[str, typer.Option("--task", metavar="TASK", help="The task's id or name.")],
    recursive: Annotated[bool, typer.Option("--recursive/--no-recursive", help="Whether folders in it count.")] = True,
    stable: Annotated[
        str,
        typer.Option(
            "--stable", metavar="TIME", help="How long a file has to be unchanged where nothing says it is complete."
        ),
    ] = "2s",
    checksums: Annotated[
        bool,
        typer.Option(
            "--checksums/--no-checksums",
            help="Whether the checksums of frames that lie there are recorded: by them moved files are found.",
        ),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Have the files that come into a folder become frames of a task. It is for this machine only.

    The daemon does it by itself from now on; without one, cvat watch run does. Frames keep their numbers, whatever
    becomes of the files.
    """
    from cvatcore.workspace.watching import watch_folder
    from cvatcore.workspace.watching.taking import record_checksums_in

    with open_workspace(context) as workspace, ProgressBar("Reading media") as progress:
        view = workspace.tasks[task]
        rule = watch_folder(view, folder, recursive=recursive, stable=parse_duration(stable))
        if checksums:
            record_checksums_in(view, rule.folder, progress=progress)
        name = view.name
    if as_json:
        write_json(watch_row(rule))
    else:
        write_data(printable(f"{rule.folder} is watched for task {rule.task} ({name})."))


@app.command("ls")
def list_watched(context: typer.Context, as_json: AsJson = False) -> None:
    """List the watched folders, and what is not well: files that wait or are broken, frames whose file is gone.

    They are looked at now; nothing is taken.
    """
    from cvatcore.workspace.watching import Watching

    with open_workspace(context) as workspace, ProgressBar("Reading media") as progress:
        states = [look.state for look in Watching(workspace, progress=progress).look(take_files=False)]
    if as_json:
        write_json([folder_row(state) for state in states])
        return
    if not states:
        say("No folder is watched. Watch one with: cvat watch add DIR --task TASK")
        return
    write_table(
        ("TASK", "NAME", "FRAMES", "WAITING", "BROKEN", "MISSING", "CHANGED", "FOLDER"),
        [
            (
                state.rule.task,
                state.task_name or "-",
                state.frames,
                len(state.waiting),
                len(state.broken),
                len(state.missing),
                len(state.changed),
                state.rule.folder,
            )
            for state in states
        ],
    )
    for state in states:
        _tell(state)


@app.command("rm")
def remove(
    context: typer.Context, folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is watched.")]
) -> None:
    """Watch a folder no longer. The frames stay."""
    from cvatcore.workspace.watching import unwatch_folder

    with open_workspace(context) as workspace:
        rule = unwatch_folder(workspace, folder)
    write_data(printable(f"{rule.folder} is no longer watched."))


@app.command()
def run(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Take what is complete now, and end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each commit.")] = False,
) -> None:
    """Take what comes into the watched folders until Ctrl-C; or once.

    A daemon of the workspace does the same: both may run, and no file is taken twice.
    """
    from cvatcore.workspace.watching import Watching

    with open_workspace(context) as workspace, ProgressBar("Reading media") as progress:
        # An undo is meant for what a person did.
        workspace.store.is_automatic = not once

        def told(batch: Batch) -> None:
            _tell_batch(workspace, batch, as_json=as_json, undo=once)

        watching = Watching(workspace, told=told, progress=progress)
        if once:
            states = [look.state for look in watching.look()]
            watching.remember()
            if not states:
                say("No folder is watched. Watch one with: cvat watch add DIR --task TASK")
        else:
            with _stopped_by_signals(watching):
                say("Watching; Ctrl-C ends it.")
                watching.run()
            # Files that were not complete at the last look may be frames by now: another process watches, too.
            states = [msgspec.structs.replace(state, waiting=()) for state in watching.states]
    for state in states:
        _tell(state)


@contextmanager
def _stopped_by_signals(watching: Watching) -> Iterator[None]:
    """Ctrl-C, and a request to end, let what is being written be finished."""

    def end(number: int, frame: FrameType | None) -> None:
        watching.stop()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell_batch(workspace: Workspace, batch: Batch, *, as_json: bool, undo: bool) -> None:
    if as_json:
        write_data(msgspec.json.encode(batch_row(batch)).decode())
        flush()
        return
    task = f"task {batch.task} ({workspace.tasks[batch.task].name})"
    if batch.moved:
        write_data(printable(f"{task}: {_count(len(batch.moved), 'frame')} found where the files were moved to."))
        for moved in batch.moved[:_SHOWN]:
            write_data(printable(f"  frame {moved.frame}: {moved.before} is {moved.now} now"))
        _more(len(batch.moved))
    if batch.added:
        write_data(printable(f"{task}: {added_text(batch.added)}"))
    if batch.context:
        write_data(printable(f"{task}: {_count(len(batch.context), 'frame')} with more context images."))
    if undo and (batch.added or batch.moved_commit):
        say("To take it back:")
        for commit in (batch.added.commit if batch.added else "", batch.moved_commit):
            if commit:
                write_data(undo_command(workspace, commit))
    flush()


def _tell(state: WatchState) -> None:
    """Say on stderr what of a folder is not well."""
    if state.problem:
        say(printable(f"{state.rule.folder}: {state.problem}"))
    for one, many, lines in (
        ("file is not complete yet", "files are not complete yet", list(state.waiting)),
        (
            "file cannot become a frame",
            "files cannot become frames",
            [f"{note.name}: {note.reason}" for note in state.broken],
        ),
        ("frame is missing", "frames are missing", [f"frame {note.frame}: {note.name}" for note in state.missing]),
        (
            "frame has changed",
            "frames have changed",
            [f"frame {note.frame}: {note.name}: {note.reason}" for note in state.changed],
        ),
        (
            "file is no frame of a folder; it may be added with cvat task add-frames",
            "files are no frames of a folder; they may be added with cvat task add-frames",
            list(state.left_out),
        ),
    ):
        _tell_some(f"{state.rule.folder}: {len(lines):,} {one if len(lines) == 1 else many}", lines)


def _tell_some(title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    say(printable(title))
    for line in lines[:_SHOWN]:
        say(printable(f"  {line}"))
    if len(lines) > _SHOWN:
        say(f"  and {len(lines) - _SHOWN:,} more: cvat watch ls --json")


def _more(count: int) -> None:
    if count > _SHOWN:
        write_data(f"  and {count - _SHOWN:,} more")


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
