"""What clients say of a task that is to be made or changed, checked in the words of CVAT's server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from cvatcore.errors import NotFound
from cvatcore.protocol.creation import TaskPatch, TaskWrite
from cvatcore.schema import Label
from cvatcore.schema.raw_labels import read_raw_labels, without_ids
from cvatcore.workspace import TaskView, member_by_id
from cvatcore.workspace.create import create_task
from cvatd.call import Call
from cvatd.reads import Reader
from cvatd.refusals import FieldErrors


def make_task(call: Call, body: TaskWrite) -> TaskView:
    """Make a task without frames.

    Errors: FieldErrors, InvalidInput, StorageFailed; then nothing was made.
    """
    if not body.name.strip():
        raise FieldErrors({"name": ["This field may not be blank."]})
    if not body.labels and body.project_id is None:
        raise FieldErrors(["Label set or project_id must be present"])
    if body.labels and body.project_id is not None:
        raise FieldErrors(["Project must have only one of Label set or project_id"])
    if body.project_id is not None and not _has_project(call, body.project_id):
        raise FieldErrors([f"The specified project #{body.project_id} does not exist."])
    labels = _labels(body.labels)
    if body.owner_id is not None:
        person(call, body.owner_id, field="owner_id")  # Tasks belong to who makes them; strangers are refused.
    number = create_task(
        call.workspace,
        body.name,
        data=None,
        labels=labels,
        project=body.project_id or "",
        subset=body.subset,
        segment_size=body.segment_size or 0,
        overlap=body.overlap or 0,
        assignee="" if body.assignee_id is None else person(call, body.assignee_id, field="assignee_id"),
    )
    return call.workspace.tasks[number]


def change_task(call: Call, task: TaskView, body: TaskPatch) -> None:
    """Change what a request names of a task.

    Errors: FieldErrors, InvalidInput, StorageFailed; then nothing was changed.
    """
    if body.labels is not msgspec.UNSET:
        raise FieldErrors({"labels": ["Labels of a task are changed one by one, with /api/labels/{id}."]})
    if body.project_id is not msgspec.UNSET and (body.project_id or 0) != task.document.project:
        raise FieldErrors({"project_id": ["A task cannot be moved to another project yet."]})
    if body.name is not msgspec.UNSET and not body.name.strip():
        raise FieldErrors({"name": ["This field may not be blank."]})
    assignee: str | None = None
    if body.assignee_id is None:
        assignee = ""
    elif body.assignee_id is not msgspec.UNSET:
        assignee = person(call, body.assignee_id, field="assignee_id")
    task.update(
        name=None if body.name is msgspec.UNSET else body.name,
        subset=None if body.subset is msgspec.UNSET else body.subset,
        assignee=assignee,
    )


def person(call: Call, number: int, *, field: str) -> str:
    """The username of a person by id; who is at this machine becomes a member if needed.

    Errors: FieldErrors for strangers.
    """
    try:
        username = member_by_id(Reader(call.workspace, call.base).people, number).username
    except NotFound:
        raise FieldErrors({field: [f'Invalid pk "{number}" - object does not exist.']}) from None
    call.workspace.add_member(username)
    return username


def _has_project(call: Call, number: int) -> bool:
    try:
        call.workspace.project(number)
    except NotFound:
        return False
    return number > 0


def _labels(items: list[dict[str, Any]]) -> tuple[Label, ...]:
    for group in (items, *(item.get("sublabels") for item in items)):
        names = [item.get("name") for item in group if isinstance(item, dict)] if isinstance(group, list) else []
        if _has_doubles(names):
            raise FieldErrors(["All label names must be unique"])
    # Labels without ids: those of another task, say, whose numbers are not theirs here.
    return without_ids(read_raw_labels(msgspec.json.encode(items))) if items else ()


def _has_doubles(names: Iterable[object]) -> bool:
    seen: set[str] = set()
    for name in names:
        plain = str(name).strip()
        if plain in seen:
            return True
        seen.add(plain)
    return False
