"""Labels of a task, job or project."""

from __future__ import annotations

import msgspec

from cvatcore.edit.label_edits import delete_labels
from cvatcore.errors import NotFound
from cvatcore.protocol import ChangeEvent, Label, PaginatedLabelList
from cvatcore.protocol.writes import LabelWrite
from cvatcore.schema import Label as SchemaLabel
from cvatcore.workspace.labels import LabelSet, label_sets
from cvatd.body_parts import check_title
from cvatd.call import Call, Endpoint
from cvatd.label_bodies import apply_items
from cvatd.listing import Field, list_query, page_of, select
from cvatd.reads import label_read
from cvatd.refusals import FieldErrors

_FIELDS = {
    "id": Field(lambda label: label.id, kind="number", simple=False),
    "name": Field(lambda label: label.name, search=True),
    "type": Field(lambda label: label.type),
    "color": Field(lambda label: label.color),
    # Only labels of a task are listed, and those have no parent.
    "parent": Field(lambda _: None, search=True),
    "parent_id": Field(lambda _: None, kind="number"),
}

_OF_A_SKELETON = "Sublabels cannot be {} this way. Please send a PATCH request with updated parent label data instead."


def many(call: Call) -> PaginatedLabelList:
    """`GET /labels?task_id=` or `?job_id=` or `?project_id=`, by id; without any, all labels there are."""
    found: dict[int, Label] = {}
    for labels in _sets(call):
        for label in labels.labels:
            found.setdefault(label.id, label_read(label, task=labels.task, project=labels.project))
    in_order = sorted(found.values(), key=lambda label: label.id)
    results, page = page_of(select(in_order, call, _FIELDS, order="id"), call)
    return PaginatedLabelList(count=page.count, next=page.next, previous=page.previous, results=results)


def one(call: Call) -> Label:
    """`GET /labels/{id}`, of a joint too."""
    return _find(call).read()


def patch(call: Call) -> Label:
    """`PATCH /labels/{id}`: one commit with all objects that have the label."""
    found, body = _find(call), call.decode(LabelWrite)
    if body.deleted is True:
        said = "Labels cannot be deleted by updating in this endpoint. Please use the DELETE method instead."
        raise FieldErrors({"non_field_errors": [said]})
    check_title(body.name)
    if found.parent is not None:
        raise FieldErrors([_OF_A_SKELETON.format("modified")])
    if apply_items(found.labels, [msgspec.structs.replace(body, id=found.label.id)]):
        publish_labels(call, found.labels)
    return _find(call).read()


def delete(call: Call) -> None:
    """`DELETE /labels/{id}`, with all objects that have the label: one commit, which can be reverted."""
    found = _find(call)
    if found.parent is not None:
        raise FieldErrors([_OF_A_SKELETON.format("deleted")])
    found.labels.apply(lambda known: delete_labels(known, [found.label.name]))
    publish_labels(call, found.labels)


class _Found(msgspec.Struct, frozen=True):
    """A label, and whose it is."""

    labels: LabelSet
    label: SchemaLabel
    parent: SchemaLabel | None

    def read(self) -> Label:
        return label_read(self.label, task=self.labels.task, project=self.labels.project, parent=self.parent)


def _find(call: Call) -> _Found:
    number = call.number()
    for labels in label_sets(call.workspace)[0]:
        for label in labels.labels:
            if label.id == number:
                return _Found(labels, label, None)
            for joint in label.sublabels:
                if joint.id == number:
                    return _Found(labels, joint, label)
    raise NotFound(f"There is no label with the id {number}.")


def publish_labels(call: Call, labels: LabelSet) -> None:
    """Tell who shows a task that its labels, and objects, may be others now."""
    for task in labels.tasks:
        call.context.feed.publish(ChangeEvent("task", task_id=task.id))
        for job in task.jobs:
            call.context.feed.publish(ChangeEvent("annotations", task_id=task.id, job_id=job.id))


def _sets(call: Call) -> list[LabelSet]:
    task, job = call.query_int("task_id"), call.query_int("job_id")
    project = call.query_int("project_id")
    if sum(value is not None for value in (task, job, project)) > 1:
        raise FieldErrors(["job_id, task_id and project_id parameters cannot be used together"])
    workspace = call.workspace
    if project is not None:
        workspace.project(project)
        return [LabelSet(workspace, project=project)]
    if task is None and job is None:
        return label_sets(workspace)[0]
    view = workspace.job(job).task if job is not None else workspace.tasks[task or 0]
    owner = view.document.project
    return [LabelSet(workspace, project=owner) if owner else LabelSet(workspace, task=view.id)]


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/labels",
        many,
        "The labels of a task, job or project",
        answers=PaginatedLabelList,
        query=("task_id", "job_id", "project_id", *list_query(_FIELDS)),
    ),
    Endpoint("GET", "/api/labels/{id}", one, "One label", answers=Label),
    Endpoint("PATCH", "/api/labels/{id}", patch, "Change a label and its objects", answers=Label, takes=LabelWrite),
    Endpoint("DELETE", "/api/labels/{id}", delete, "Remove a label and its objects"),
)
