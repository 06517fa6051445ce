"""Tasks."""

from __future__ import annotations

from cvatcore.protocol import ChangeEvent, PaginatedTaskReadList, TaskRead
from cvatcore.protocol.creation import TaskPatch, TaskWrite
from cvatcore.schema import task_status
from cvatcore.workspace.labels import LabelSet
from cvatcore.workspace.unreadable import read_each
from cvatd.call import Call, Endpoint
from cvatd.data_reads import DIMENSIONS, MODES, STATUSES, media_type, task_mode, validation_mode
from cvatd.listing import Field, in_microseconds, list_query, page_of, select
from cvatd.reads import Reader, project_name, unreadable_read
from cvatd.routes.labels import publish_labels
from cvatd.task_bodies import change_task, make_task

_FIELDS = {
    "id": Field(lambda task: task.id, kind="number", simple=False),
    "name": Field(lambda task: task.name, search=True),
    "owner": Field(lambda task: task.document.owner, search=True),
    "assignee": Field(lambda task: task.document.assignee, search=True),
    "subset": Field(lambda task: task.document.subset, search=True),
    "status": Field(lambda task: task_status(task.job_documents()), search=True, words=STATUSES),
    "mode": Field(lambda task: task_mode(task.manifest), search=True, words=MODES),
    "dimension": Field(lambda task: task.manifest.dimension, search=True, words=DIMENSIONS),
    "media_type": Field(lambda task: media_type(task.manifest)),
    "validation_mode": Field(lambda task: validation_mode(task.job_documents())),
    "tracker_link": Field(lambda task: task.document.bug_tracker, search=True),
    "project_id": Field(lambda task: task.document.project or None, kind="number"),
    "project_name": Field(lambda task: project_name(task), search=True),
    "updated_date": Field(lambda task: in_microseconds(task.updated_ns), kind="time", simple=False),
}


def many(call: Call) -> PaginatedTaskReadList:
    """`GET /tasks`."""
    reader = Reader(call.workspace, call.base)
    chosen, page = page_of(select(call.context.tasks.all(), call, _FIELDS), call)
    results, unreadable = read_each(chosen, reader.task)
    return PaginatedTaskReadList(
        count=page.count,
        next=page.next,
        previous=page.previous,
        results=results,
        unreadable=unreadable_read(unreadable),
    )


def one(call: Call) -> TaskRead:
    """`GET /tasks/{id}`."""
    return Reader(call.workspace, call.base).task(call.workspace.tasks[call.number()])


def create(call: Call) -> TaskRead:
    """`POST /tasks`: a task without frames, which gets them from `POST /tasks/{id}/data`."""
    body = call.decode(TaskWrite)
    task = make_task(call, body)
    if body.overlap == 0:
        call.context.creations.files.note_no_overlap(task.id)
    call.context.feed.publish(ChangeEvent("tasks"))
    return Reader(call.workspace, call.base).task(task)


def patch(call: Call) -> TaskRead:
    """`PATCH /tasks/{id}`: also into a project, and its labels, each with all its objects."""
    task = call.workspace.tasks[call.number()]
    if change_task(call, task, call.decode(TaskPatch)):
        publish_labels(call, LabelSet(call.workspace, task=task.id))
    call.context.feed.publish(ChangeEvent("task", task_id=task.id))
    return Reader(call.workspace, call.base).task(task)


def delete(call: Call) -> None:
    """`DELETE /tasks/{id}`: one commit, which can be reverted."""
    number = call.number()
    call.workspace.tasks[number].delete()
    call.context.creations.forget_task(number)
    call.context.feed.publish(ChangeEvent("task", task_id=number))
    call.context.feed.publish(ChangeEvent("tasks"))


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/tasks",
        many,
        "The tasks",
        answers=PaginatedTaskReadList,
        query=list_query(_FIELDS),
    ),
    Endpoint("POST", "/api/tasks", create, "Make a task without frames", answers=TaskRead, takes=TaskWrite, status=201),
    Endpoint("GET", "/api/tasks/{id}", one, "One task", answers=TaskRead),
    Endpoint("PATCH", "/api/tasks/{id}", patch, "Change a task", answers=TaskRead, takes=TaskPatch),
    Endpoint("DELETE", "/api/tasks/{id}", delete, "Remove a task; git can bring it back"),
)
