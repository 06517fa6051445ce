"""Guides: what annotators of a task or of a project's tasks are told."""

from __future__ import annotations

import msgspec

from cvatcore.errors import Conflict, NotFound
from cvatcore.protocol import AnnotationGuidePatch, AnnotationGuideRead, AnnotationGuideWrite, ChangeEvent
from cvatcore.workspace.review.guide_view import GuideView, checked_markdown
from cvatd.call import Call, Endpoint
from cvatd.issue_reads import no_such, told_of
from cvatd.reads import time_read
from cvatd.refusals import FieldErrors


def one(call: Call) -> AnnotationGuideRead:
    """`GET /guides/{id}`."""
    return _read(call.workspace.guide(call.number()))


def create(call: Call) -> AnnotationGuideRead:
    """`POST /guides`: of one task or of one project, which has none yet."""
    body = call.decode(AnnotationGuideWrite)
    if body.task_id is None and body.project_id is None:
        raise FieldErrors(["One of project_id or task_id must be specified"])
    if body.task_id is not None and body.project_id is not None:
        raise FieldErrors(["Both project_id and task_id must not be specified"])
    field, number = ("project_id", body.project_id) if body.task_id is None else ("task_id", body.task_id)
    number = number or 0
    try:
        if number < 1:
            raise no_such(field, number)
        of_project = field == "project_id"
        guide = call.workspace.guide_of(task=0 if of_project else number, project=number if of_project else 0)
    except NotFound:
        raise no_such(field, number) from None
    with told_of("markdown"):
        checked_markdown(body.markdown)
    try:
        guide.create(body.markdown)
    except Conflict as error:
        if not guide.exists:
            raise
        raise FieldErrors([error.message]) from None
    publish(call, guide)
    return _read(guide)


def patch(call: Call) -> AnnotationGuideRead:
    """`PATCH /guides/{id}`: its text. Files that the text no longer shows stay."""
    guide, body = call.workspace.guide(call.number()), call.decode(AnnotationGuidePatch)
    if body.markdown is not msgspec.UNSET:
        with told_of("markdown"):
            guide.write(body.markdown)
        publish(call, guide)
    return _read(guide)


def delete(call: Call) -> None:
    """`DELETE /guides/{id}`, with its files: one commit, which can be reverted."""
    guide = call.workspace.guide(call.number())
    guide.delete()
    publish(call, guide)


def publish(call: Call, guide: GuideView) -> None:
    """Tell the change feed of a change of a guide."""
    event = ChangeEvent("task", task_id=guide.task) if guide.task else ChangeEvent("tasks")
    call.context.feed.publish(event)


def _read(guide: GuideView) -> AnnotationGuideRead:
    changed = time_read(guide.changed_ns)
    return AnnotationGuideRead(
        id=guide.id,
        task_id=guide.task or None,
        project_id=guide.project or None,
        created_date=changed,
        updated_date=changed,
        markdown=guide.markdown,
    )


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/guides",
        create,
        "Write the guide of a task or project",
        answers=AnnotationGuideRead,
        takes=AnnotationGuideWrite,
        status=201,
    ),
    Endpoint("GET", "/api/guides/{id}", one, "One guide", answers=AnnotationGuideRead),
    Endpoint(
        "PATCH",
        "/api/guides/{id}",
        patch,
        "Change the text of a guide",
        answers=AnnotationGuideRead,
        takes=AnnotationGuidePatch,
    ),
    Endpoint("DELETE", "/api/guides/{id}", delete, "Remove a guide with its files"),
)
