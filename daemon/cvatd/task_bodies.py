"""What clients say of a task that is to be made or changed, checked in the words of CVAT's server."""

from __future__ import annotations

import msgspec

from cvatcore.edit.label_moving import unmapped_labels
from cvatcore.errors import NotFound
from cvatcore.protocol.creation import TaskPatch, TaskWrite
from cvatcore.schema import Label
from cvatcore.workspace import TaskView
from cvatcore.workspace.create import create_task
from cvatcore.workspace.labels import LabelSet
from cvatd.body_parts import asked_place, check_title, given_person, given_place, person, said
from cvatd.call import Call
from cvatd.label_bodies import apply_items, check_items, new_labels
from cvatd.refusals import FieldErrors

_UNMAPPED = "All task or project label names must be mapped to the target project"


def make_task(call: Call, body: TaskWrite) -> TaskView:
    """Make a task without frames.

    Errors: FieldErrors, InvalidInput, StorageFailed; then nothing was made.
    """
    check_title(body.name)
    if not body.labels and body.project_id is None:
        raise FieldErrors(["Label set or project_id must be present"])
    if body.labels and body.project_id is not None:
        raise FieldErrors(["Project must have only one of Label set or project_id"])
    if body.project_id is not None:
        check_project(call, body.project_id)
    number = create_task(
        call.workspace,
        body.name,
        data=None,
        labels=new_labels(body.labels),
        project=body.project_id or "",
        subset=body.subset,
        segment_size=body.segment_size or 0,
        overlap=body.overlap or 0,
        assignee="" if body.assignee_id is None else person(call, body.assignee_id, field="assignee_id"),
        owner="" if body.owner_id is None else person(call, body.owner_id, field="owner_id"),
        bug_tracker=body.bug_tracker,
        source_storage=asked_place(body.source_storage, field="source_storage"),
        target_storage=asked_place(body.target_storage, field="target_storage"),
    )
    return call.workspace.tasks[number]


def change_task(call: Call, task: TaskView, body: TaskPatch) -> bool:
    """Change what a request names of a task. Returns whether its objects may be others now.

    All of it is looked at before anything is changed; labels are one commit, and what else is said is another.
    Errors: FieldErrors, InvalidInput, StorageFailed.
    """
    check_title(body.name)
    assignee = given_person(call, body.assignee_id, field="assignee_id")
    owner = given_person(call, body.owner_id, field="owner_id")
    source = given_place(body.source_storage, field="source_storage")
    target = given_place(body.target_storage, field="target_storage")
    relabeled = _change_labels(call, task, body)
    task.update(
        name=said(body.name),
        subset=said(body.subset),
        assignee=assignee,
        owner=owner,
        bug_tracker=said(body.bug_tracker),
        source_storage=source,
        target_storage=target,
    )
    return relabeled


def _change_labels(call: Call, task: TaskView, body: TaskPatch) -> bool:
    """Move a task into a project, or change its own labels; a project that is null stays what it is, as in CVAT."""
    items = body.labels if isinstance(body.labels, list) else []
    number = body.project_id if isinstance(body.project_id, int) else 0
    if number and number != task.document.project:
        check_project(call, number)
        check_items([item for item in items if item.name is not msgspec.UNSET], is_new=False)
        names = {item.id: item.name for item in items if isinstance(item.id, int) and isinstance(item.name, str)}
        _check_mapped(task.labels, call.workspace.project(number).labels, names)
        task.move(number, labels=names)
        return True
    if not items:
        return False
    if task.document.project:
        raise FieldErrors({"labels": ["The task's labels are those of its project: change them there."]})
    return apply_items(LabelSet(call.workspace, task=task.id), items)


def _check_mapped(labels: tuple[Label, ...], project: tuple[Label, ...], names: dict[int, str]) -> None:
    if unmapped_labels(labels, project, names):
        raise FieldErrors({"non_field_errors": [_UNMAPPED]})


def check_project(call: Call, number: int) -> None:
    """Make sure that there is such a project.

    Errors: FieldErrors.
    """
    try:
        call.workspace.project(number)
    except NotFound:
        raise FieldErrors([f"The specified project #{number} does not exist."]) from None
