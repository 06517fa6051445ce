"""Annotations of a whole task in CVAT's verbs: its jobs are answered as one, and what is written is dealt to them."""

from __future__ import annotations

from collections.abc import Iterable

from cvatcore.edit import ChangeSet
from cvatcore.protocol import ChangeEvent, LabeledData, LabelTable, to_wire
from cvatcore.workspace import TaskView
from cvatd.call import Call, Endpoint
from cvatd.refusals import FieldErrors
from cvatd.routes.annotations import wire_ids, wire_objects


def read(call: Call) -> LabeledData:
    """`GET /tasks/{id}/annotations`."""
    task = call.workspace.tasks[call.number()]
    return to_wire(task.annotations, LabelTable(task.labels))


def replace(call: Call) -> LabeledData:
    """`PUT`: these objects take the place of all. Each part of one in a job gets an id of its own, as in CVAT."""
    task = call.workspace.tasks[call.number()]
    table = LabelTable(task.labels)
    saved = task.write(*wire_objects(call.decode(LabeledData), table))
    _publish(call, task, saved.parts)
    return to_wire(saved.objects, table)


def change(call: Call) -> LabeledData:
    """`PATCH ?action=create|update|delete`.

    Unlike CVAT, `update` keeps the ids, and both it and `delete` reach what other jobs have of the same object.
    """
    action = call.query.get("action")
    if action not in {"create", "update", "delete"}:
        raise FieldErrors(["Please specify a correct 'action' for the request"])
    task = call.workspace.tasks[call.number()]
    data = call.decode(LabeledData)
    if action == "delete":
        _publish(call, task, task.apply(ChangeSet(delete=frozenset(wire_ids(data)))).parts)
        return data
    table = LabelTable(task.labels)
    shapes, tracks = wire_objects(data, table)
    saved = task.add(shapes, tracks) if action == "create" else task.apply(ChangeSet(shapes=shapes, tracks=tracks))
    _publish(call, task, saved.parts)
    return to_wire(saved.objects, table)


def clear(call: Call) -> None:
    """`DELETE`: removes all; git has them still."""
    task = call.workspace.tasks[call.number()]
    _publish(call, task, task.write(()).parts)


def _publish(call: Call, task: TaskView, jobs: Iterable[int]) -> None:
    """Tell who shows a job that it has changed."""
    for job in jobs:
        call.context.feed.publish(ChangeEvent("annotations", task_id=task.id, job_id=job, objects=None))


ENDPOINTS = (
    Endpoint("GET", "/api/tasks/{id}/annotations", read, "A task's annotations, its jobs as one", answers=LabeledData),
    Endpoint(
        "PUT",
        "/api/tasks/{id}/annotations",
        replace,
        "Replace a task's annotations",
        answers=LabeledData,
        takes=LabeledData,
    ),
    Endpoint(
        "PATCH",
        "/api/tasks/{id}/annotations",
        change,
        "Create, update or delete objects in all jobs",
        answers=LabeledData,
        takes=LabeledData,
        query=("action",),
    ),
    Endpoint("DELETE", "/api/tasks/{id}/annotations", clear, "Remove a task's annotations"),
)
