"""`cvat label export` and `import`, CVAT's raw form of labels; `cvat label svg`, the template of a skeleton."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cvatcore.errors import InvalidInput, NotFound, StorageFailed
from cvattui.cli.label_changing import (
    AsJson,
    ChangeOptions,
    DryRun,
    ProjectOption,
    TaskOption,
    Yes,
    change_labels,
)
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import say, write_text

if TYPE_CHECKING:
    from cvatcore.edit.label_change import LabelChange
    from cvatcore.schema import Label

svg = typer.Typer(help="The template of a skeleton, as the .svg file of CVAT's editor.", no_args_is_help=True)

Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="The file to write (standard output).")
]
Input = Annotated[Path, typer.Argument(metavar="FILE", help="The file; - for standard input.")]

_LONGEST = 64_000_000
"""The largest file that is read, in bytes."""


def export(context: typer.Context, task: TaskOption = "", project: ProjectOption = "", out: Output = None) -> None:
    """Write the labels in CVAT's raw form: what its "Raw" tab takes, for this or another task or project."""
    from cvatcore.schema.raw_labels import write_raw_labels
    from cvatcore.workspace.labels import find_labels

    with open_workspace(context) as workspace:
        text = write_raw_labels(find_labels(workspace, task=task, project=project).labels)
    _write(text, out)


def import_(
    context: typer.Context,
    file: Input,
    by_name: Annotated[
        bool, typer.Option("--by-name", help="Labels without an id are those of their names that are there.")
    ] = False,
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put the labels of a file in CVAT's raw form in the place of those that are there.

    As in CVAT, a label with an id stays and may have another name; one without an id is new; one that is not in the
    file goes with its objects. You are asked first when something gets lost.
    """
    from cvatcore.edit.label_edits import replace_labels
    from cvatcore.schema.raw_labels import read_raw_labels

    data = read_bytes(file)

    def make(labels: tuple[Label, ...]) -> LabelChange:
        return replace_labels(labels, read_raw_labels(data, known=labels, by_name=by_name))

    change_labels(context, make, ChangeOptions(task, project, dry_run, yes, as_json))


@svg.command("export")
def export_svg(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="LABEL", help="The skeleton's name.")],
    task: TaskOption = "",
    project: ProjectOption = "",
    out: Output = None,
) -> None:
    """Write the template of a skeleton."""
    from cvatcore.edit.label_edits import one_label
    from cvatcore.schema.skeleton_file import write_skeleton_file
    from cvatcore.workspace.labels import find_labels

    with open_workspace(context) as workspace:
        text = write_skeleton_file(one_label(find_labels(workspace, task=task, project=project).labels, name))
    _write(text, out)


@svg.command("import")
def import_svg(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="LABEL", help="The skeleton's name; made when missing.")],
    file: Input,
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give a skeleton the template of a file, or make a skeleton of it.

    Nothing but joints, edges and sub-labels is taken over. Other joints than before are refused where objects have
    the skeleton.
    """
    from cvatcore.edit.label_edits import add_labels, set_template
    from cvatcore.schema import Label
    from cvatcore.schema.skeleton import write_svg
    from cvatcore.schema.skeleton_file import read_skeleton_file

    skeleton, sublabels = read_skeleton_file(_text(file))

    def make(labels: tuple[Label, ...]) -> LabelChange:
        if any(label.name == name for label in labels):
            return set_template(labels, name, skeleton, sublabels)
        new = Label(id=0, name=name, color="", type="skeleton", sublabels=sublabels, svg=write_svg(skeleton))
        return add_labels(labels, [new])

    change_labels(context, make, ChangeOptions(task, project, dry_run, True, as_json))


def read_bytes(file: Path) -> bytes:
    """The bytes of a file that a person names, or of standard input for `-`.

    Errors: NotFound, InvalidInput for one that is too large, StorageFailed.
    """
    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(_LONGEST + 1)
        else:
            with file.expanduser().open("rb") as opened:
                data = opened.read(_LONGEST + 1)
    except FileNotFoundError:
        raise NotFound(f"There is no file {file}.") from None
    except OSError as error:
        raise StorageFailed(f"{file} cannot be read: {error.strerror or error}.") from None
    if len(data) > _LONGEST:
        raise InvalidInput(f"{file} is larger than {_LONGEST // 1_000_000} MB.")
    return data


def _text(file: Path) -> str:
    try:
        return read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{file} is no text in UTF-8.") from None


def _write(text: str, out: Path | None) -> None:
    if out is None:
        write_text(text)
        return
    try:
        out.expanduser().write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StorageFailed(f"{out} cannot be written: {error.strerror or error}.") from None
    say(f"Wrote {out}.")
