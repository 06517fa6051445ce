"""The labels of a task that comes into a project: each becomes one of the project's, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cvatcore.edit.label_change import LabelChange, LabelRule, moved_rule
from cvatcore.errors import InvalidInput
from cvatcore.schema import Label


def unmapped_labels(labels: Sequence[Label], project: Sequence[Label], names: Mapping[int, str]) -> list[str]:
    """The labels, and joints of skeletons (`skeleton / joint`), that have no counterpart in a project.

    Args:
        labels: those of a task.
        project: those of the project.
        names: what labels are called in the project, by id, where that is another name.
    """
    known = {label.name: label for label in project}
    missing: list[str] = []
    for label in labels:
        found = known.get(names.get(label.id, label.name))
        if found is None:
            missing.append(label.name)
            continue
        joints = {joint.name for joint in found.sublabels}
        missing += [f"{label.name} / {joint.name}" for joint in label.sublabels if joint.name not in joints]
    return missing


def move_labels(labels: Sequence[Label], project: Sequence[Label], names: Mapping[int, str]) -> LabelChange:
    """The change that makes the objects of a task's labels those of a project's labels.

    Arguments are those of `unmapped_labels`.
    Errors: InvalidInput for a label, a joint or an attribute that the project has not, or has as another kind.
    """
    if missing := unmapped_labels(labels, project, names):
        raise InvalidInput(
            f"The project has no label {missing[0]!r}.", hint="Add it to the project, or say which label it becomes."
        )
    known = {label.name: label for label in project}
    rules: list[LabelRule] = []
    for label in labels:
        target = known[names.get(label.id, label.name)]
        _check_attributes(label, target)
        if (label.type == "skeleton") != (target.type == "skeleton"):
            raise InvalidInput(f"The label {label.name!r} cannot become {target.name!r}: one of them is a skeleton.")
        inner = {joint.name: joint for joint in target.sublabels}
        for joint in label.sublabels:
            _check_attributes(joint, inner[joint.name])
        rules.append(moved_rule(label, target))
    return LabelChange("Move to a project", tuple(labels), tuple(project), tuple(rules))


def _check_attributes(label: Label, target: Label) -> None:
    kinds = {attribute.name: attribute.input_type for attribute in target.attributes}
    for attribute in label.attributes:
        if kinds.get(attribute.name) != attribute.input_type:
            raise InvalidInput(f'Target project does not have "{target.name}" label with "{attribute.name}" attribute')
