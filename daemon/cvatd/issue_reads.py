"""Issues and comments as CVAT's read models, and what requests say of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cvatcore import protocol as wire
from cvatcore.errors import InvalidInput, NotFound
from cvatcore.schema import Comment, Issue
from cvatcore.workspace import member_by_id
from cvatd.refusals import FieldErrors

if TYPE_CHECKING:
    from cvatd.call import Call
    from cvatd.reads import Reader


def issue_read(issue: Issue, reader: Reader, *, base: str, updated: str) -> wire.IssueRead:
    """An issue; `updated` is when its file last changed, in ISO 8601."""
    return wire.IssueRead(
        id=issue.id,
        frame=issue.frame,
        position=list(issue.position),
        job=issue.job,
        owner=reader.person(issue.owner),
        assignee=reader.person(issue.assignee),
        created_date=issue.created,
        updated_date=updated,
        resolved=issue.resolved,
        comments=wire.Summary(count=len(issue.comments), url=f"{base}/api/comments?issue_id={issue.id}"),
    )


def comment_read(comment: Comment, reader: Reader, *, issue: int) -> wire.CommentRead:
    """A comment under an issue."""
    return wire.CommentRead(
        id=comment.id,
        issue=issue,
        owner=reader.person(comment.owner),
        message=comment.message,
        created_date=comment.created,
        updated_date=comment.updated or comment.created,
    )


@contextmanager
def told_of(field: str) -> Iterator[None]:
    """What is wrong with a value is told of its field, as CVAT does it."""
    try:
        yield
    except FieldErrors:
        raise
    except InvalidInput as error:
        raise FieldErrors({field: [error.message]}) from None


def not_blank(message: str) -> str:
    """A message that says something.

    Errors: FieldErrors in CVAT's words.
    """
    if not message.strip():
        raise FieldErrors({"message": ["This field may not be blank."]})
    return message


def no_such(field: str, number: int) -> FieldErrors:
    """A field names something that there is not."""
    return FieldErrors({field: [f'Invalid pk "{number}" - object does not exist.']})


def assignee_of(call: Call, reader: Reader, number: int | None) -> str:
    """The username of who is to settle an issue; empty for nobody.

    Errors: FieldErrors for a person that there is not.
    """
    if number is None:
        return ""
    try:
        username = member_by_id(reader.people, number).username
    except NotFound:
        raise no_such("assignee", number) from None
    call.workspace.add_member(username)  # The person at this machine may not be listed yet.
    return username
