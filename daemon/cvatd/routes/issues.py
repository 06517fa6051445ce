"""Issues: what is to be settled on a frame of a job."""

from __future__ import annotations

import msgspec

from cvatcore.errors import NotFound
from cvatcore.protocol import ChangeEvent, IssuePatch, IssueRead, IssueWrite, PaginatedIssueReadList
from cvatcore.workspace.review.issue_checks import checked_message, checked_position
from cvatcore.workspace.review.issue_files import FoundIssue
from cvatcore.workspace.review.issue_view import IssueView
from cvatcore.workspace.review.opening import open_issue
from cvatd.call import Call, Endpoint
from cvatd.issue_reads import assignee_of, issue_read, no_such, not_blank, told_of
from cvatd.listing import Field, list_query, page_of, select
from cvatd.reads import Reader, time_read, unreadable_read
from cvatd.refusals import FieldErrors

_FIELDS = {
    "id": Field(lambda one: one.document.id, kind="number", simple=False),
    "owner": Field(lambda one: one.document.owner or None, search=True),
    "assignee": Field(lambda one: one.document.assignee or None, search=True),
    "job_id": Field(lambda one: one.document.job, kind="number"),
    "task_id": Field(lambda one: one.task, kind="number"),
    "resolved": Field(lambda one: one.document.resolved, kind="truth"),
    "frame_id": Field(lambda one: one.document.frame, kind="number"),
}


def many(call: Call) -> PaginatedIssueReadList:
    """`GET /issues`."""
    reader = Reader(call.workspace, call.base)
    try:
        # Most clients ask for one task's or job's: the issues of others are not even looked at.
        found, unreadable = call.workspace.read_issues(task=call.query_int("task_id"), job=call.query_int("job_id"))
    except NotFound:
        found, unreadable = [], []
    chosen, page = page_of(select(found, call, _FIELDS), call)
    return PaginatedIssueReadList(
        count=page.count,
        next=page.next,
        previous=page.previous,
        results=[_read(one, reader, call) for one in chosen],
        unreadable=unreadable_read(unreadable),
    )


def one(call: Call) -> IssueRead:
    """`GET /issues/{id}`."""
    return _answer(call, call.workspace.issue(call.number()))


def create(call: Call) -> IssueRead:
    """`POST /issues`: the issue and its first comment, in one commit."""
    body, reader = call.decode(IssueWrite), Reader(call.workspace, call.base)
    checked_message_of(body.message)
    with told_of("position"):
        checked_position(body.position)
    try:
        job = call.workspace.job(body.job)
    except NotFound:
        raise no_such("job", body.job) from None
    if body.frame >= job.task.size:
        raise FieldErrors({"frame": [f"Task {job.task.id} has no frame {body.frame}."]})
    made = open_issue(
        job,
        body.frame,
        body.message,
        position=body.position,
        assignee=assignee_of(call, reader, body.assignee),
        resolved=body.resolved,
    )
    publish(call, made)
    return _answer(call, made)


def patch(call: Call) -> IssueRead:
    """`PATCH /issues/{id}`: position, assignee, resolved."""
    issue, body = call.workspace.issue(call.number()), call.decode(IssuePatch)
    assignee: str | None = None
    if body.assignee is not msgspec.UNSET:
        assignee = assignee_of(call, Reader(call.workspace, call.base), body.assignee)
    with told_of("position"):
        issue.update(
            position=None if body.position is msgspec.UNSET else body.position,
            assignee=assignee,
            resolved=None if body.resolved is msgspec.UNSET else body.resolved,
        )
    publish(call, issue)
    return _answer(call, issue)


def delete(call: Call) -> None:
    """`DELETE /issues/{id}`, with its comments: one commit, which can be reverted."""
    issue = call.workspace.issue(call.number())
    event = event_of(issue)
    issue.delete()
    call.context.feed.publish(event)


def event_of(issue: IssueView) -> ChangeEvent:
    """What the change feed says of a change of an issue."""
    return ChangeEvent("issues", task_id=issue.task.id, job_id=issue.document.job)


def publish(call: Call, issue: IssueView) -> None:
    """Tell the change feed of a change of an issue."""
    call.context.feed.publish(event_of(issue))


def checked_message_of(message: str) -> None:
    """Look at the message of a request.

    Errors: FieldErrors in CVAT's words.
    """
    with told_of("message"):
        checked_message(not_blank(message))


def _answer(call: Call, issue: IssueView) -> IssueRead:
    found = FoundIssue(task=issue.task.id, document=issue.document, changed_ns=issue.changed_ns)
    return _read(found, Reader(call.workspace, call.base), call)


def _read(found: FoundIssue, reader: Reader, call: Call) -> IssueRead:
    return issue_read(found.document, reader, base=call.base, updated=time_read(found.changed_ns))


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/issues",
        many,
        "The issues",
        answers=PaginatedIssueReadList,
        query=list_query(_FIELDS),
    ),
    Endpoint("POST", "/api/issues", create, "Open an issue", answers=IssueRead, takes=IssueWrite, status=201),
    Endpoint("GET", "/api/issues/{id}", one, "One issue", answers=IssueRead),
    Endpoint("PATCH", "/api/issues/{id}", patch, "Change an issue", answers=IssueRead, takes=IssuePatch),
    Endpoint("DELETE", "/api/issues/{id}", delete, "Remove an issue with its comments"),
)
