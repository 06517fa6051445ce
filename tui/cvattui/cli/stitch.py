"""`cvat task stitch`: what is one object in neighbouring jobs, shown and made one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.undo_command import undo_command

if TYPE_CHECKING:
    from cvatcore.jobs import Border, Pair, Stitch

LEAST = 0.5
"""As in `cvatcore.jobs`, which is loaded only when it is needed."""

_HEAD = ("JOBS", "FRAMES", "KIND", "LABEL", "FRAME", "OBJECTS", "SIMILARITY", "BECAUSE")


class StitchReport(msgspec.Struct, frozen=True):
    """What `--json` prints: what is one object, and of a change that was made its commit and what takes it back."""

    task_id: int
    task_name: str
    borders: tuple[Border, ...]
    commit: str = ""
    undo: str = ""


def stitch(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TASK", help="The task's id or name.")],
    least: Annotated[
        float,
        typer.Option("--min-similarity", metavar="S", min=0.01, max=1.0, help="How alike objects are, from 0 to 1."),
    ] = LEAST,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what it would do, pair by pair.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make one what neighbouring jobs have twice: tracks that go on, and objects on frames of both.

    What is one object gets one id in all jobs, so that the task shows and exports it once. No job loses anything. All
    is one commit, and git takes it back.
    """
    with open_workspace(context) as workspace:
        task = workspace.tasks[name]
        title = f"task {task.id}, {printable(task.name)}"
        commit = undo = ""
        if dry_run:
            plan = task.plan_stitch(least=least)
        else:
            plan, saved = task.stitch(least=least)
            if saved is not None:
                commit = saved.commit
                undo = undo_command(workspace, commit)
        if as_json:
            write_json(StitchReport(task.id, task.name, plan.borders, commit, undo))
        elif not plan.borders:
            say(f"There is nothing to stitch: {title} has no jobs beside each other.")
        elif not plan.pairs:
            say(f"There is nothing to stitch in {title}.")
        elif dry_run:
            write_data(f"{title}: {_counts(plan)} would become one object each.")
            write_table(_HEAD, list(_rows(plan)))
        else:
            say(f"Stitched {title}: {_counts(plan)}. To take it back:")
            write_data(undo)


def _counts(plan: Stitch) -> str:
    tracks = sum(pair.kind == "track" for pair in plan.pairs)
    numbers = ((tracks, "pair", "of tracks"), (len(plan.pairs) - tracks, "pair", "of shapes and tags"))
    return " and ".join(f"{count} {word}{'s' * (count != 1)} {what}" for count, word, what in numbers if count)


def _rows(plan: Stitch) -> Iterator[tuple[str, str, str, str, int, str, str, str]]:
    """A pair a row, by border, kind and label, those least alike first."""
    for border in plan.borders:
        shared = f"{border.start}–{border.stop}" if border.stop >= border.start else "-"
        for pair in sorted(border.pairs, key=lambda pair: (_kind(pair), pair.label, pair.similarity)):
            yield (
                f"{border.earlier} {border.later}",
                shared,
                _kind(pair),
                printable(pair.label),
                pair.frame,
                f"{pair.earlier} {pair.later}",
                f"{pair.similarity:.2f}",
                pair.how,
            )


def _kind(pair: Pair) -> str:
    return f"{pair.type} track" if pair.kind == "track" else pair.type
