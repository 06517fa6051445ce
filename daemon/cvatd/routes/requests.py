"""What is done in the background: asked for, listed, cancelled."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from starlette.responses import Response

from cvatcore.protocol import (
    PaginatedRequestList,
    RequestOperation,
    RequestOwner,
    RequestRead,
)
from cvatd.call import Call, Endpoint
from cvatd.creation_records import KEPT_DAYS, Creation
from cvatd.creations import unknown
from cvatd.dispatch import JSON
from cvatd.listing import Field, page_of, select
from cvatd.reads import Reader
from cvatd.routes.users import LEADS

_FIELDS = {
    "id": Field(lambda one: one.created),
    "created_date": Field(lambda one: one.created),
    "status": Field(lambda one: one.status),
    "action": Field(lambda _: "create"),
    "target": Field(lambda _: "task"),
    "subresource": Field(lambda _: None),
    "format": Field(lambda _: None),
    "task_id": Field(lambda one: one.task, kind="number"),
    "job_id": Field(lambda _: None, kind="number"),
    "project_id": Field(lambda _: None, kind="number"),
}


def many(call: Call) -> PaginatedRequestList:
    """`GET /requests`, newest first: one's own, or all for who leads the workspace."""
    mine = [one for one in call.context.creations.all() if _is_for(call, one)]
    chosen, page = page_of(select(mine, call, _FIELDS), call)
    return PaginatedRequestList(
        count=page.count,
        next=page.next,
        previous=page.previous,
        results=[_read(call, one) for one in chosen],
    )


def one(call: Call) -> RequestRead:
    """`GET /requests/{rq_id}`."""
    return _read(call, _found(call))


def cancel(call: Call) -> Response:
    """`POST /requests/{rq_id}/cancel`: the task stays without data."""
    call.context.creations.cancel(_found(call).id)
    return Response(status_code=200, media_type=JSON)


def _found(call: Call) -> Creation:
    """The request of the path.

    Errors: NotFound, also for one of somebody else.
    """
    number = call.text("rq_id")
    found = call.context.creations.get(number)
    if not _is_for(call, found):
        raise unknown(number)
    return found


def _is_for(call: Call, one: Creation) -> bool:
    return one.owner == call.person.username or call.person.role in LEADS


def _read(call: Call, one: Creation) -> RequestRead:
    owner = Reader(call.workspace, call.base).person(one.owner)
    return RequestRead(
        id=one.id,
        status=one.status,
        message=one.message,
        progress=call.context.creations.progress_of(one),
        operation=RequestOperation(type="create:task", target="task", task_id=one.task),
        created_date=one.created,
        started_date=one.started or None,
        finished_date=one.finished or None,
        expiry_date=_expiry(one.finished) if one.finished else None,
        owner=RequestOwner(id=owner.id, username=owner.username) if owner else msgspec.UNSET,
    )


def _expiry(finished: str) -> str:
    moment = datetime.fromisoformat(finished) + timedelta(days=KEPT_DAYS)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/requests",
        many,
        "What is done in the background",
        answers=PaginatedRequestList,
        query=("page", "page_size", "search", "sort", "filter", *(name for name in _FIELDS if name != "id")),
    ),
    Endpoint("GET", "/api/requests/{rq_id}", one, "One thing that is done in the background", answers=RequestRead),
    Endpoint("POST", "/api/requests/{rq_id}/cancel", cancel, "End it before it is done", media_type=JSON),
)
