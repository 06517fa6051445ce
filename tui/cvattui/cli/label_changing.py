"""What the commands that change labels share: their options, the preview they print, the question they ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, get_args

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvatcore.schema import InputType, LabelType
from cvattui.cli.opening import confirm, open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table
from cvattui.cli.undo_command import undo_command

if TYPE_CHECKING:
    from cvatcore.edit.label_change import LabelChange
    from cvatcore.edit.label_preview import LabelPreview
    from cvatcore.schema import Label

TaskOption = Annotated[str, typer.Option("--task", metavar="TASK", help="The labels of this task: id or name.")]
ProjectOption = Annotated[
    str, typer.Option("--project", metavar="PROJECT", help="The labels of this project and its tasks: id or name.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what it would do.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask when something gets lost.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class ChangeOptions(msgspec.Struct, frozen=True):
    """The options that every command has which changes labels."""

    task: str
    project: str
    dry_run: bool
    yes: bool
    as_json: bool


class ChangeReport(msgspec.Struct, frozen=True):
    """What `--json` prints: the preview, and of a change that was made its commit and what takes it back."""

    preview: LabelPreview
    commit: str = ""
    undo: str = ""


def parse_type(text: str) -> LabelType:
    """The type of label that is meant; `box` and `bbox` are rectangles.

    Errors: InvalidInput that lists them.
    """
    meant = _plain(text)
    for kind in get_args(LabelType):
        if kind == meant or (kind == "rectangle" and meant in {"box", "bbox"}):
            return kind  # type: ignore[no-any-return]  # get_args of a Literal gives its words
    raise InvalidInput(f"There is no label type {text!r}.", hint=f"Give one of: {', '.join(get_args(LabelType))}.")


def parse_input_type(text: str) -> InputType:
    """The type of attribute that is meant.

    Errors: InvalidInput that lists them.
    """
    for kind in get_args(InputType):
        if kind == _plain(text):
            return kind  # type: ignore[no-any-return]  # get_args of a Literal gives its words
    raise InvalidInput(f"There is no attribute type {text!r}.", hint=f"Give one of: {', '.join(get_args(InputType))}.")


def _plain(text: str) -> str:
    return text.strip().lower().replace("-", "_").replace(" ", "_")


def change_labels(
    context: typer.Context, change: Callable[[tuple[Label, ...]], LabelChange], options: ChangeOptions
) -> None:
    """Preview a change, ask where something gets lost, make it, and say how to take it back."""
    from cvatcore.workspace.labels import find_labels

    with open_workspace(context) as workspace:
        found = find_labels(workspace, task=options.task, project=options.project)
        preview = found.preview(change)
        if options.dry_run:
            if options.as_json:
                write_json(ChangeReport(preview))
            else:
                _write_preview(preview, found.title)
            return
        if preview.loses:
            if not options.yes:
                for line in _loss_lines(preview):
                    say(line)
            confirm(f"{printable(preview.subject)} ({printable(found.title)})?", yes=options.yes)
        saved = found.apply(change, agreed=preview)
        undo = undo_command(workspace, saved.commit)
        if options.as_json:
            write_json(ChangeReport(saved.preview, saved.commit, undo))
            return
        if not saved.commit:
            say("There is nothing to change.")
            return
        say(f"{printable(preview.subject)} ({printable(found.title)}): {_counts(saved.preview)}.")
        for line in (*_loss_lines(saved.preview), *_other_lines(saved.preview)):
            say(line)
        say("To take it back:")
        write_data(undo)


def _write_preview(preview: LabelPreview, title: str) -> None:
    write_data(f"{printable(preview.subject)} ({printable(title)}): {_counts(preview)}")
    touched = [task for task in preview.tasks if task.changed or task.removed]
    if touched:
        rows = [(task.task, task.name, job.job, job.changed, job.removed) for task in touched for job in task.jobs]
        write_table(("TASK", "NAME", "JOB", "CHANGED", "REMOVED"), rows)
    for line in (*_loss_lines(preview), *_other_lines(preview)):
        write_data(line)


def _counts(preview: LabelPreview) -> str:
    counts = ((preview.changed, "changed"), (preview.removed, "removed"))
    words = [f"{count} object{'' if count == 1 else 's'} {word}" for count, word in counts if count]
    return ", ".join(words) or "no object changed"


def _loss_lines(preview: LabelPreview) -> Iterator[str]:
    if preview.removed:
        yield f"{preview.removed} object{'' if preview.removed == 1 else 's'} will be gone."
    for lost in preview.lost:
        values = ", ".join(printable(value) or "(empty)" for value in lost.examples)
        more = " …" if sum(1 for _ in lost.examples) < lost.count else ""
        what = f"{lost.count} value{'' if lost.count == 1 else 's'} of {printable(lost.attribute)}"
        yield f"Lost: {what} of {printable(lost.label)}, like {values}{more}"


def _other_lines(preview: LabelPreview) -> Iterator[str]:
    for unfit in preview.unfit:
        objects = f"{unfit.count} {unfit.type} object{'' if unfit.count == 1 else 's'}"
        yield f"Kept as they are: {objects} of {printable(unfit.label)}, whose type allows no new ones."
    for note in preview.notes:
        yield f"Note: {printable(note)}"
