"""What CVAT's API does not have: the session, ranges of ids, atomic changes and the change feed."""

from __future__ import annotations

from starlette.responses import Response

from cvatcore.edit import ChangeSet
from cvatcore.protocol import (
    ChangeEvent,
    ChangesRequest,
    ChangesResponse,
    IdRange,
    LabelTable,
    SessionInfo,
    WorkspaceInfo,
    basic_user,
    from_wire,
)
from cvatd.call import Call, Endpoint
from cvatd.refusals import FieldErrors
from cvatd.routes.annotations import MAX_NAMED, own_ids
from cvatd.version import version

MAX_IDS = 100_000
"""The most ids that one request may take."""


def session(call: Call) -> SessionInfo:
    """`GET /cvatd/session`."""
    workspace = call.workspace
    return SessionInfo(
        csrf=_csrf(call),
        user=basic_user(workspace.me, base=call.base),
        workspace=WorkspaceInfo(id=call.context.clone, name=workspace.settings.name, path=str(workspace.root)),
        version=version(),
        instance=call.context.instance,
    )


def _csrf(call: Call) -> str:
    """What the asker's unsafe requests have to carry; empty where they need nothing."""
    if call.asker.way == "session":
        return call.context.people.signer.csrf(call.asker.session)
    return call.context.csrf if call.asker.way == "machine" else ""


def ids(call: Call) -> IdRange:
    """`POST /cvatd/ids?count=`: ids for objects that the client will create, perhaps offline."""
    asked = call.query_int("count")
    count = 1 if asked is None else asked
    if not 1 <= count <= MAX_IDS:
        raise FieldErrors({"count": [f"Ensure this value is between 1 and {MAX_IDS}."]})
    return IdRange(first=call.workspace.store.ids.take("object", count), count=count)


def changes(call: Call) -> ChangesResponse:
    """`POST /cvatd/jobs/{id}/changes`: one atomic change; when it is answered it is in the history."""
    job = call.workspace.job(call.number())
    body = call.decode(ChangesRequest)
    shapes, tracks = from_wire(body.put, LabelTable(job.labels))
    saved = job.apply(ChangeSet(shapes=shapes, tracks=tracks, delete=frozenset(body.delete)))
    if not saved.counts.is_empty:
        objects = own_ids(shapes, tracks) + body.delete
        call.context.feed.publish(
            ChangeEvent(
                "annotations",
                task_id=job.task.id,
                job_id=job.id,
                objects=objects if len(objects) <= MAX_NAMED else None,
                client=body.client,
            )
        )
    return ChangesResponse(revision=saved.commit)


def events(call: Call) -> Response:
    """`GET /cvatd/events`: the change feed as server-sent events."""
    return call.context.feed.listen()


ENDPOINTS = (
    Endpoint("GET", "/api/cvatd/session", session, "Who is asking", answers=SessionInfo),
    Endpoint("POST", "/api/cvatd/ids", ids, "Take a range of object ids", answers=IdRange, query=("count",)),
    Endpoint(
        "POST",
        "/api/cvatd/jobs/{id}/changes",
        changes,
        "Change a job's annotations atomically",
        answers=ChangesResponse,
        takes=ChangesRequest,
    ),
    Endpoint(
        "GET",
        "/api/cvatd/events",
        events,
        "What changes, as server-sent events",
        media_type="text/event-stream",
    ),
)
