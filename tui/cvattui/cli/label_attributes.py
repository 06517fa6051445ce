"""`cvat label attr`: the attributes of a label, or of a joint of a skeleton."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cvatcore.errors import InvalidInput
from cvattui.cli.label_changing import (
    AsJson,
    ChangeOptions,
    DryRun,
    ProjectOption,
    TaskOption,
    Yes,
    change_labels,
    parse_input_type,
)

if TYPE_CHECKING:
    from cvatcore.edit.label_change import LabelChange
    from cvatcore.schema import Attribute, InputType, Label

app = typer.Typer(help="The attributes of a label, or of a joint of a skeleton.", no_args_is_help=True)

LabelName = Annotated[str, typer.Argument(metavar="LABEL", help="The label's name.")]
AttributeName = Annotated[str, typer.Argument(metavar="ATTRIBUTE", help="The attribute's name.")]
JointOption = Annotated[str, typer.Option("--joint", metavar="JOINT", help="Of this joint of the skeleton.")]
Values = Annotated[
    list[str] | None,
    typer.Option("--value", metavar="VALUE", help="A value to choose; a number's are min;max;step. May be repeated."),
]
Default = Annotated[str | None, typer.Option("--default", metavar="VALUE", help="What objects have until told.")]


@app.command()
def add(
    context: typer.Context,
    label: LabelName,
    name: AttributeName,
    kind: Annotated[
        str, typer.Option("--type", metavar="TYPE", help="One of: select, radio, checkbox, text, number.")
    ] = "text",
    values: Values = None,
    default: Default = None,
    mutable: Annotated[bool, typer.Option("--mutable", help="It may change along a track.")] = False,
    joint: JointOption = "",
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Add an attribute. The default is the first value, false or empty, unless told."""
    from cvatcore.edit.label_attributes import add_attribute
    from cvatcore.schema import Attribute

    chosen = parse_input_type(kind)
    allowed = _values(values or (), chosen)
    attribute = Attribute(
        id=0,
        name=name,
        input_type=chosen,
        mutable=mutable,
        default_value=_default(chosen, allowed) if default is None else default,
        values=allowed,
    )
    options = ChangeOptions(task, project, dry_run, True, as_json)
    change_labels(context, lambda labels: add_attribute(labels, label, attribute, joint=joint), options)


@app.command("set")
def change(
    context: typer.Context,
    label: LabelName,
    name: AttributeName,
    kind: Annotated[
        str, typer.Option("--type", metavar="TYPE", help="One of: select, radio, checkbox, text, number.")
    ] = "",
    values: Values = None,
    default: Default = None,
    mutable: Annotated[
        bool | None, typer.Option("--mutable/--immutable", help="Whether it may change along a track.")
    ] = None,
    joint: JointOption = "",
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Change an attribute; what is not told stays. Values that it no longer allows are lost; you are asked first."""
    from cvatcore.edit.label_attributes import change_attribute, find_attribute

    if not kind and values is None and default is None and mutable is None:
        raise InvalidInput("There is nothing to change.", hint="Give --type, --value, --default or --mutable.")
    chosen = parse_input_type(kind) if kind else None

    def make(labels: tuple[Label, ...]) -> LabelChange:
        before = find_attribute(labels, label, name, joint=joint)
        after = _changed(before, chosen, values, default, mutable)
        return change_attribute(labels, label, after, joint=joint)

    change_labels(context, make, ChangeOptions(task, project, dry_run, yes, as_json))


@app.command()
def rename(
    context: typer.Context,
    label: LabelName,
    name: AttributeName,
    to: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    joint: JointOption = "",
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Rename an attribute, in all objects too."""
    from cvatcore.edit.label_attributes import rename_attribute

    options = ChangeOptions(task, project, dry_run, True, as_json)
    change_labels(context, lambda labels: rename_attribute(labels, label, name, to, joint=joint), options)


@app.command("rm")
def remove(
    context: typer.Context,
    label: LabelName,
    name: AttributeName,
    joint: JointOption = "",
    task: TaskOption = "",
    project: ProjectOption = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Remove an attribute with its values in all objects; you are asked first when there are some."""
    from cvatcore.edit.label_attributes import remove_attribute

    options = ChangeOptions(task, project, dry_run, yes, as_json)
    change_labels(context, lambda labels: remove_attribute(labels, label, name, joint=joint), options)


def _changed(
    before: Attribute, kind: InputType | None, values: Sequence[str] | None, default: str | None, mutable: bool | None
) -> Attribute:
    chosen = kind or before.input_type
    allowed = before.values if values is None else _values(values, chosen)
    after = msgspec.structs.replace(
        before,
        input_type=chosen,
        values=allowed,
        default_value=before.default_value if default is None else default,
        mutable=before.mutable if mutable is None else mutable,
    )
    return msgspec.structs.replace(after, default_value=_kept_default(after)) if default is None else after


def _kept_default(attribute: Attribute) -> str:
    """The default as it was where it is still allowed, else a new one."""
    from cvatcore.schema.attribute_value import value_problem

    if not value_problem(attribute, attribute.default_value):
        return attribute.default_value
    return _default(attribute.input_type, attribute.values)


def _values(given: Sequence[str], kind: InputType) -> tuple[str, ...]:
    if kind == "number" and len(given) == 1:
        return tuple(part.strip() for part in re.split(r"[;,]", given[0]))
    return tuple(given)


def _default(kind: InputType, values: Sequence[str]) -> str:
    if kind == "checkbox":
        return "false"
    return values[0] if values and kind != "text" else ""
