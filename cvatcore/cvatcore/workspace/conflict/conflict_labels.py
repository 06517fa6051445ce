"""Labels that get the names of the other side: their objects' lines are rewritten, as by `cvat label rename`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.label_change import LabelChange, make_change
from cvatcore.errors import InvalidInput
from cvatcore.schema import Attribute, Label
from cvatcore.schema.label_check import check_labels
from cvatcore.workspace.label_plan import plan_task

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class LabelsTaken(msgspec.Struct, frozen=True):
    """Labels with values of the other side."""

    labels: tuple[Label, ...]
    """As they are to be stored: a former name finds its label."""
    renaming: LabelChange
    """What becomes of the objects; names alone count, since no value of an object is given up for a choice."""

    @property
    def renames(self) -> bool:
        """Whether lines of objects have to be rewritten."""
        return self.renaming.before != self.renaming.after


def take_labels(before: Sequence[Label], after: Sequence[Label]) -> LabelsTaken:
    """Prepare that labels become others; each of them stays the one that it is by its id.

    Errors: InvalidInput for labels that no task can have, and where one would go.
    """
    by_id = {label.id: label for label in after}
    for label in before:
        if label.id not in by_id:
            raise InvalidInput(
                f"The label {label.name!r} would go, and its objects with it.",
                hint="Choose ours, and remove it with: cvat label rm.",
            )
    check_labels(after, known=before)
    old = {label.id for label in before}
    added = [label for label in after if label.id not in old]
    stored = make_change("", before, [(label, by_id[label.id]) for label in before], added=added)
    renaming = make_change("", before, [(label, _renamed(label, by_id[label.id])) for label in before])
    return LabelsTaken(tuple(stored.after), renaming)


def rewrite_objects(
    workspace: Workspace, tasks: Iterable[int], change: LabelChange, held: ExitStack
) -> dict[str, bytes | None]:
    """The files of all objects that have the labels; other threads do not read these jobs until `held` is closed.

    Errors: InvalidDocument, StorageFailed.
    """
    files: dict[str, bytes | None] = {}
    for task in tasks:
        for plan in plan_task(workspace.store, task, change, outlines=False):
            written = plan.files()
            if written:
                held.enter_context(workspace.annotations_of(task, plan.job).editing())
            files |= written
    return files


def _renamed(label: Label, new: Label) -> Label:
    """A label with nothing but the names of another one."""
    attributes = {one.id: one for one in new.attributes}
    joints = {one.id: one for one in new.sublabels}
    return msgspec.structs.replace(
        label,
        name=new.name,
        attributes=tuple(_renamed_attribute(one, attributes.get(one.id)) for one in label.attributes),
        sublabels=tuple(_renamed(one, joints.get(one.id, one)) for one in label.sublabels),
    )


def _renamed_attribute(attribute: Attribute, new: Attribute | None) -> Attribute:
    return attribute if new is None else msgspec.structs.replace(attribute, name=new.name)
