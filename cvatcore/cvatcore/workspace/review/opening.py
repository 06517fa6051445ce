"""Opening an issue on a frame of a job."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidInput
from cvatcore.schema import Comment, Issue
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import issue_path
from cvatcore.workspace.review.issue_checks import checked_message, checked_position, now_read, owner_name
from cvatcore.workspace.review.issue_view import IssueView
from cvatcore.workspace.saving import as_one_step

if TYPE_CHECKING:
    from cvatcore.workspace.job import JobView


def open_issue(
    job: JobView,
    frame: int,
    message: str,
    *,
    position: Iterable[float] = (),
    assignee: str = "",
    resolved: bool = False,
    author: Author | None = None,
) -> IssueView:
    """Open an issue with its first comment, in one commit.

    Args:
        job: the job that it is on.
        frame: counted in the task; CVAT takes those of other jobs of the task too.
        message: the first comment.
        position: x y of one or more points, in pixels; nothing for the whole frame.
        assignee: the username of who is to settle it; empty for nobody.
        resolved: whether it is settled already.
        author: who opens it; the person at this machine.

    Errors: InvalidInput for an empty message, a frame that the task does not have or a position that is none;
    NotFound for a username that is not a member. Then nothing is written.
    """
    workspace, task = job.task.workspace, job.task
    text, place = checked_message(message), checked_position(position)

    def save(head: str) -> IssueView:
        size = task.size
        if not 0 <= frame < size:
            raise InvalidInput(f"Task {task.id} has no frame {frame}.", hint=f"Its frames are 0 to {size - 1}.")
        number_of_job = job.document.id
        if assignee:
            workspace.member(assignee)
        number = workspace.store.ids.take("issue", 2)
        owner, created = owner_name(workspace, author), now_read()
        issue = Issue(
            id=number,
            job=number_of_job,
            frame=frame,
            created=created,
            owner=owner,
            assignee=assignee,
            position=place,
            resolved=resolved,
            comments=(Comment(number + 1, text, created, owner=owner),),
        )
        subject = f"{task.name}, job {job.id}: issue {number} on frame {frame}"
        workspace.store.commit(
            {issue_path(task.id, number): encode_json(issue)},
            message=plain_message(" ".join(subject.split())),
            author=author or workspace.author,
            onto=head,
        )
        return IssueView(workspace, task.id, number)

    return as_one_step(workspace, save)
