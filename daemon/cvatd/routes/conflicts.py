"""Conflicts: what two people did to the same field, and choosing a side."""

from __future__ import annotations

from cvatcore.protocol import (
    ChangeEvent,
    ConflictFieldRead,
    ConflictList,
    ConflictRead,
    LabeledShape,
    LabelTable,
    ResolveRequest,
    ResolveResponse,
    to_wire,
)
from cvatcore.schema import Annotations, Shape
from cvatcore.workspace import ConflictView, Resolved, Workspace, resolve_conflicts
from cvatcore.workspace.conflict.conflict_shapes import DrawnSides, SideDrawer
from cvatd.call import Call, Endpoint


def many(call: Call) -> ConflictList:
    """`GET /cvatd/conflicts?task=&job=`; those of one job come with their shapes."""
    workspace, job = call.workspace, call.query_int("job")
    found = workspace.conflicts(task=call.query_int("task"), job=job)
    if job is None or not found:
        return ConflictList(count=len(found), results=[_read(view, DrawnSides(), None) for view in found])
    table = LabelTable(workspace.job(job).labels)
    drawer = SideDrawer(workspace)
    results = [_read(view, drawer.draw(view), table) for view in found]
    return ConflictList(count=len(found), results=results)


def resolve(call: Call) -> ResolveResponse:
    """`POST /cvatd/conflicts/{conflict}/resolve`: one commit, which can be undone."""
    body = call.decode(ResolveRequest)
    done = resolve_conflicts(call.workspace, [call.text("conflict")], body.choice)
    for event in _events(call.workspace, done):
        call.context.feed.publish(event)
    return ResolveResponse(revision=done.commit, added=list(done.added))


def _read(view: ConflictView, sides: DrawnSides, table: LabelTable | None) -> ConflictRead:
    document = view.document
    return ConflictRead(
        id=view.id,
        kind=document.kind,
        status=view.status,
        what=view.what,
        project_id=document.project,
        task_id=document.task,
        job_id=document.job,
        object_id=sides.object_id or (document.number if document.kind in {"shape", "track", "keyframe"} else 0),
        frame=document.frame,
        can_keep_both=view.can_keep_both,
        fields=[
            ConflictFieldRead(
                field=one.field,
                title=one.title,
                base=one.words(one.base),
                ours=one.words(one.ours),
                theirs=one.words(one.theirs),
                now=one.words(one.now),
            )
            for one in view.fields
        ],
        base=_shape(sides.base, table),
        theirs=_shape(sides.theirs, table),
    )


def _shape(shape: Shape | None, table: LabelTable | None) -> LabeledShape | None:
    if shape is None or table is None:
        return None
    return next(iter(to_wire(Annotations(shapes=(shape,)), table).shapes), None)


def _events(workspace: Workspace, done: Resolved) -> list[ChangeEvent]:
    """What resolving changed, for every page that shows it."""
    events: dict[ChangeEvent, None] = {}
    for view in done.resolved:
        document = view.document
        events[ChangeEvent("conflicts", task_id=document.task)] = None
        if document.task:
            events[ChangeEvent("issues", task_id=document.task)] = None
        if document.kind in {"job", "task"}:
            events[ChangeEvent("task", task_id=document.task)] = None
            events[ChangeEvent("tasks")] = None
        if document.kind == "job":
            events[ChangeEvent("job", task_id=document.task, job_id=document.job)] = None
        if document.kind in {"project", "settings", "members"}:
            events[ChangeEvent("workspace")] = None
    for task, job in done.changed:
        events[ChangeEvent("annotations", task_id=task, job_id=job)] = None
    return list(events)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/cvatd/conflicts",
        many,
        "What two people did to the same field",
        answers=ConflictList,
        query=("task", "job"),
    ),
    Endpoint(
        "POST",
        "/api/cvatd/conflicts/{conflict}/resolve",
        resolve,
        "Choose a side of a conflict",
        answers=ResolveResponse,
        takes=ResolveRequest,
    ),
)
