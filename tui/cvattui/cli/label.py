"""`cvat label`: list labels; add, rename, recolour, merge, move and remove them, with all their objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvattui.cli import label_attributes, label_transfer
from cvattui.cli.failures import tell_unreadable
from cvattui.cli.label_changing import (
    AsJson,
    ChangeOptions,
    DryRun,
    ProjectOption,
    TaskOption,
    Yes,
    change_labels,
    parse_type,
)
from cvattui.cli.opening import open_workspace
from cvattui.cli.output import printable, say, write_data, write_json, write_table

if TYPE_CHECKING:
    from cvatcore.schema import Label
    from cvatcore.workspace.labels import LabelSet

app = typer.Typer(help="Labels: what objects are called, their colours and attributes.", no_args_is_help=True)

LabelName = Annotated[str, typer.Argument(metavar="LABEL", help="The label's name.")]


class LabelsOf(msgspec.Struct, frozen=True):
    """One entry of `cvat label ls --json`: labels, and whose they are (one of the two ids is 0)."""

    task: int
    project: int
    name: str
    labels: tuple[Label, ...]


@app.command("ls")
def list_labels(
    context: typer.Context, task: TaskOption = "", project: ProjectOption = "", as_json: AsJson = False
) -> None:
    """List the labels, of all tasks and projects or of one."""
    from cvatcore.workspace.labels import find_labels, label_sets

    with open_workspace(context) as workspace:
        is_named = bool(task or project)
        sets, unreadable = (
            ([find_labels(workspace, task=task, project=project)], []) if is_named else label_sets(workspace)
        )
        found = [_labels_of(one) for one in sets]
    if as_json:
        write_json(found)
    elif any(one.labels for one in found):
        write_table(
            ("OF", "LABEL", "COLOR", "TYPE", "ATTRIBUTES", "JOINTS", "ONCE"),
            [
                (
                    f"{'project' if one.project else 'task'} {one.project or one.task}",
                    label.name,
                    label.color,
                    label.type,
                    ",".join(attribute.name for attribute in label.attributes) or "-",
                    ",".join(joint.name for joint in label.sublabels) or "-",
                    ",".join(label.aliases) or "-",
                )
                for one in found
                for label in one.labels
            ],
        )
    elif not unreadable:
        say("There are no labels yet. Make a task with: cvat task create NAME --labels car,person --data PATH")
    tell_unreadable(unreadable)


@app.command()
def show(
    context: typer.Context, name: LabelName, task: TaskOption = "", project: ProjectOption = "", as_json: AsJson = False
) -> None:
    """Show a label with its attributes and joints."""
    from cvatcore.edit.label_edits import one_label
    from cvatcore.workspace.labels import find_labels

    with open_workspace(context) as workspace:
        label = one_label(find_labels(workspace, task=task, project=project).labels, name)
    if as_json:
        write_json(label)
        return
    write_data(f"{printable(label.name)} ({label.type}, {label.color})")
    if label.aliases:
        write_data(f"  once called {printable(', '.join(label.aliases))}")
    _write_attributes(label)
    for joint in label.sublabels:
        write_data(f"  joint {printable(joint.name)} ({joint.color})")
        _write_attributes(joint)


@app.command()
def add(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="LABEL", help="Names of new labels.")],
    kind: Annotated[str, typer.Option("--type", metavar="TYPE", help="The shapes it is for.")] = "any",
    color: Annotated[str, typer.Option("--color", metavar="COLOR", help="Like #00ff80 (made of the name).")] = "",
    joints: Annotated[
        list[str] | None,
        typer.Option("--joint", metavar="NAME=X,Y", help="A joint of a skeleton, placed in 0 to 100. May be repeated."),
    ] = None,
    edges: Annotated[
        list[str] | None, typer.Option("--edge", metavar="A,B", help="Two joints that are joined. May be repeated.")
    ] = None,
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Add labels. With joints, one that is a skeleton."""
    from cvatcore.edit.label_edits import add_labels
    from cvatcore.schema import Label

    chosen = parse_type(kind)
    if joints or edges or chosen == "skeleton":
        if len(names) != 1:
            raise InvalidInput("A skeleton is added alone.", hint="Give one name.")
        new = [_skeleton(names[0], color, joints or (), edges or ())]
    else:
        new = [Label(id=0, name=name, color=color.lower(), type=chosen) for name in names]
    change_labels(context, lambda labels: add_labels(labels, new), ChangeOptions(task, project, dry_run, True, as_json))


@app.command()
def rename(
    context: typer.Context,
    name: LabelName,
    to: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    joint: Annotated[str, typer.Option("--joint", metavar="JOINT", help="Rename this joint of the skeleton.")] = "",
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Rename a label, or a joint of one, and all objects that have it.

    The old name still finds the label: a colleague may have objects with it that were not synced yet.
    """
    from cvatcore.edit.label_edits import rename_joint, rename_label

    change_labels(
        context,
        lambda labels: rename_joint(labels, name, joint, to) if joint else rename_label(labels, name, to),
        ChangeOptions(task, project, dry_run, True, as_json),
    )


@app.command()
def recolor(
    context: typer.Context,
    name: LabelName,
    color: Annotated[str, typer.Argument(metavar="COLOR", help="Like #00ff80 (made of the name).")] = "",
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give a label another colour."""
    from cvatcore.edit.label_edits import recolor_label

    options = ChangeOptions(task, project, dry_run, True, as_json)
    change_labels(context, lambda labels: recolor_label(labels, name, color), options)


@app.command()
def retype(
    context: typer.Context,
    name: LabelName,
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="The shapes it is for; any, for all.")],
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Say for which shapes a label is. Objects that are there stay what they are."""
    from cvatcore.edit.label_edits import retype_label

    chosen = parse_type(kind)
    options = ChangeOptions(task, project, dry_run, True, as_json)
    change_labels(context, lambda labels: retype_label(labels, name, chosen), options)


@app.command()
def merge(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="LABEL", help="Labels that go.")],
    into: Annotated[str, typer.Option("--into", metavar="LABEL", help="The label that gets their objects.")],
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Make one label of several; the names that go still find it.

    Attributes are taken over by name and type. Values that the label has no place for are lost; you are asked first.
    """
    from cvatcore.edit.label_edits import merge_labels

    options = ChangeOptions(task, project, dry_run, yes, as_json)
    change_labels(context, lambda labels: merge_labels(labels, names, into), options)


@app.command()
def move(
    context: typer.Context,
    name: LabelName,
    into: Annotated[str, typer.Argument(metavar="LABEL", help="The label that they get.")],
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Give the objects of one label another one; both labels stay.

    In a project, --task moves only the objects of that task.
    """
    from cvatcore.edit.label_edits import move_objects

    options = ChangeOptions(task, project, dry_run, yes, as_json)
    change_labels(context, lambda labels: move_objects(labels, name, into), options)


@app.command("rm")
def remove(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="LABEL", help="Labels that go.")],
    move_to: Annotated[
        str, typer.Option("--move-to", metavar="LABEL", help="Keep their objects, under this label.")
    ] = "",
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Remove labels with their objects, or after moving those to another label.

    You are asked first when objects go. The removal is a commit: git brings labels and objects back.
    """
    from cvatcore.edit.label_edits import delete_labels, merge_labels

    change_labels(
        context,
        lambda labels: merge_labels(labels, names, move_to) if move_to else delete_labels(labels, names),
        ChangeOptions(task, project, dry_run, yes, as_json),
    )


# These follow the commands above in the help.
app.add_typer(label_attributes.app, name="attr")
app.add_typer(label_transfer.svg, name="svg")
app.command("export")(label_transfer.export)
app.command("import")(label_transfer.import_)


def _labels_of(labels: LabelSet) -> LabelsOf:
    return LabelsOf(task=labels.task, project=labels.project, name=labels.name, labels=labels.labels)


def _write_attributes(label: Label) -> None:
    rows = [
        (
            f"  {attribute.name}",
            attribute.input_type,
            "mutable" if attribute.mutable else "-",
            ";".join(attribute.values) if attribute.input_type == "number" else ", ".join(attribute.values) or "-",
            attribute.default_value or "-",
        )
        for attribute in label.attributes
    ]
    if rows:
        write_table(("  ATTRIBUTE", "TYPE", "MUTABLE", "VALUES", "DEFAULT"), rows)


def _skeleton(name: str, color: str, joints: Sequence[str], edges: Sequence[str]) -> Label:
    """A new skeleton from `nose=50,10` and `nose,hip`.

    Errors: InvalidInput.
    """
    from cvatcore.schema import Label, default_color
    from cvatcore.schema.skeleton import make_skeleton, write_svg

    places: dict[str, tuple[float, float]] = {}
    for text in joints:
        joint, _, place = text.rpartition("=")
        if joint in places:
            raise InvalidInput(f"The joint {joint!r} is given twice.")
        places[joint] = _place(text, place)
    skeleton = make_skeleton(places, [_pair(text) for text in edges])
    sublabels: list[Label] = []
    for joint in places:
        taken = [label.color for label in sublabels]
        sublabels.append(Label(id=0, name=joint, color=default_color(joint, taken=taken), type="points"))
    return Label(
        id=0,
        name=name,
        color=color.lower(),
        type="skeleton",
        sublabels=tuple(sublabels),
        svg=write_svg(skeleton),
    )


def _place(text: str, place: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in place.split(","))
    except ValueError:
        raise InvalidInput(f"{text!r} places no joint.", hint="Give a name and a place, like: nose=50,10.") from None
    return x, y


def _pair(text: str) -> tuple[str, str]:
    start, comma, end = text.partition(",")
    if not comma:
        raise InvalidInput(f"{text!r} joins nothing.", hint="Give two joints, like: nose,hip.")
    return start.strip(), end.strip()
