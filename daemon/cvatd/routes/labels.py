"""Labels of a task or job."""

from __future__ import annotations

from cvatcore.protocol import Label, PaginatedLabelList
from cvatcore.workspace import TaskView
from cvatd.call import Call, Endpoint
from cvatd.listing import Field, page_of, select
from cvatd.reads import label_read
from cvatd.refusals import FieldErrors

_FIELDS = {
    "id": Field(lambda label: label.id, kind="number"),
    "name": Field(lambda label: label.name, search=True),
    "type": Field(lambda label: label.type),
    "color": Field(lambda label: label.color),
    # Only labels of a task are listed, and those have no parent.
    "parent": Field(lambda _: None),
    "parent_id": Field(lambda _: None, kind="number"),
}


def many(call: Call) -> PaginatedLabelList:
    """`GET /labels?task_id=` or `?job_id=` or `?project_id=`, by id; without any, the labels of all tasks."""
    found: dict[int, Label] = {}
    for task in _tasks(call):
        document = task.document
        for label in task.labels:
            found.setdefault(label.id, label_read(label, task=document))
    in_order = sorted(found.values(), key=lambda label: label.id, reverse=True)
    chosen = select(in_order, call, _FIELDS)
    if not call.query.get("sort"):
        chosen.reverse()  # Labels alone are listed by id upwards.
    results, page = page_of(chosen, call)
    return PaginatedLabelList(count=page.count, next=page.next, previous=page.previous, results=results)


def _tasks(call: Call) -> list[TaskView]:
    task, job = call.query_int("task_id"), call.query_int("job_id")
    project = call.query_int("project_id")
    if sum(value is not None for value in (task, job, project)) > 1:
        raise FieldErrors(["job_id, task_id and project_id parameters cannot be used together"])
    if job is not None:
        return [call.workspace.job(job).task]
    if task is not None:
        return [call.workspace.tasks[task]]
    if project is not None:
        call.workspace.project(project)
        return [view for view in call.workspace.tasks if view.document.project == project]
    return list(call.workspace.tasks)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/labels",
        many,
        "The labels of a task, job or project",
        answers=PaginatedLabelList,
        query=("task_id", "job_id", "project_id", "page", "page_size", "search", "sort", "filter", *_FIELDS),
    ),
)
