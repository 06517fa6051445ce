"""Comments under issues."""

from __future__ import annotations

import msgspec

from cvatcore.errors import NotFound
from cvatcore.protocol import CommentPatch, CommentRead, CommentWrite, PaginatedCommentReadList
from cvatcore.schema import Comment
from cvatcore.workspace.review.issue_files import FoundIssue
from cvatd.call import Call, Endpoint
from cvatd.issue_reads import comment_read, no_such
from cvatd.listing import Field, list_query, page_of, select
from cvatd.reads import Reader, unreadable_read
from cvatd.routes.issues import checked_message_of, publish


class _Found(msgspec.Struct, frozen=True):
    """A comment and the issue that it is under."""

    found: FoundIssue
    comment: Comment


_FIELDS = {
    "id": Field(lambda one: one.comment.id, kind="number", simple=False),
    "owner": Field(lambda one: one.comment.owner or None, search=True),
    "issue_id": Field(lambda one: one.found.document.id, kind="number"),
    "frame_id": Field(lambda one: one.found.document.frame, kind="number"),
    "job_id": Field(lambda one: one.found.document.job, kind="number"),
}


def many(call: Call) -> PaginatedCommentReadList:
    """`GET /comments`."""
    reader = Reader(call.workspace, call.base)
    workspace, wanted = call.workspace, call.query_int("issue_id")
    try:
        # Most clients ask for one issue's: the others are not even looked at.
        task = None if wanted is None else workspace.issue(wanted).task.id
        issues, unreadable = workspace.read_issues(task=task, job=call.query_int("job_id"))
    except NotFound:
        issues, unreadable = [], []
    found = [_Found(issue, comment) for issue in issues for comment in issue.document.comments]
    chosen, page = page_of(select(found, call, _FIELDS), call)
    return PaginatedCommentReadList(
        count=page.count,
        next=page.next,
        previous=page.previous,
        results=[comment_read(one.comment, reader, issue=one.found.document.id) for one in chosen],
        unreadable=unreadable_read(unreadable),
    )


def one(call: Call) -> CommentRead:
    """`GET /comments/{id}`."""
    issue = call.workspace.issue_of_comment(call.number())
    return comment_read(issue.find_comment(call.number()), Reader(call.workspace, call.base), issue=issue.id)


def create(call: Call) -> CommentRead:
    """`POST /comments`."""
    body = call.decode(CommentWrite)
    checked_message_of(body.message)
    try:
        issue = call.workspace.issue(body.issue)
    except NotFound:
        raise no_such("issue", body.issue) from None
    said = issue.comment(body.message)
    publish(call, issue)
    return comment_read(said, Reader(call.workspace, call.base), issue=issue.id)


def patch(call: Call) -> CommentRead:
    """`PATCH /comments/{id}`: the message."""
    issue, body = call.workspace.issue_of_comment(call.number()), call.decode(CommentPatch)
    if body.message is not msgspec.UNSET:
        checked_message_of(body.message)
        issue.edit_comment(call.number(), body.message)
        publish(call, issue)
    return comment_read(issue.find_comment(call.number()), Reader(call.workspace, call.base), issue=issue.id)


def delete(call: Call) -> None:
    """`DELETE /comments/{id}`: one commit, which can be reverted."""
    issue = call.workspace.issue_of_comment(call.number())
    issue.delete_comment(call.number())
    publish(call, issue)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/comments",
        many,
        "The comments",
        answers=PaginatedCommentReadList,
        query=list_query(_FIELDS),
    ),
    Endpoint(
        "POST", "/api/comments", create, "Comment on an issue", answers=CommentRead, takes=CommentWrite, status=201
    ),
    Endpoint("GET", "/api/comments/{id}", one, "One comment", answers=CommentRead),
    Endpoint("PATCH", "/api/comments/{id}", patch, "Change a comment", answers=CommentRead, takes=CommentPatch),
    Endpoint("DELETE", "/api/comments/{id}", delete, "Remove a comment"),
)
