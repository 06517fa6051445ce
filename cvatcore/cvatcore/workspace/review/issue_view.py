"""One issue: what is to be settled on a frame, and what people say about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import NotFound
from cvatcore.schema import Comment, Issue
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import issue_path
from cvatcore.workspace.review.issue_checks import checked_message, checked_position, now_read, owner_name
from cvatcore.workspace.saving import as_one_step

if TYPE_CHECKING:
    from cvatcore.workspace.job import JobView
    from cvatcore.workspace.task import TaskView
    from cvatcore.workspace.workspace import Workspace


class IssueView:
    """An issue as the disk has it now. Cheap to make; it holds no state of its own.

    What changes it looks at it again first, is one commit, and can be undone.
    """

    def __init__(self, workspace: Workspace, task: int, number: int) -> None:
        self._workspace = workspace
        self._task = task
        self.id = number

    def __repr__(self) -> str:
        return f"<issue {self.id} of task {self._task}>"

    @property
    def path(self) -> str:
        """The path of its document in the workspace."""
        return issue_path(self._task, self.id)

    @property
    def document(self) -> Issue:
        """Its document.

        Errors: NotFound when it was removed; InvalidDocument.
        """
        document = self._workspace.store.document(self.path, Issue)
        if document is None:
            raise NotFound(f"There is no issue {self.id}.", hint="See: cvat issue ls.")
        return document

    @property
    def task(self) -> TaskView:
        """The task that it is in."""
        return self._workspace.tasks[self._task]

    @property
    def job(self) -> JobView:
        """The job that it is on.

        Errors: NotFound where that is gone.
        """
        return self._workspace.job(self.document.job)

    @property
    def changed_ns(self) -> int:
        """When its file last changed on this disk, in ns since 1970."""
        return self._workspace.store.files.stamp(self.path)[0]

    def update(
        self,
        *,
        position: Iterable[float] | None = None,
        assignee: str | None = None,
        resolved: bool | None = None,
        author: Author | None = None,
    ) -> Issue:
        """Change where it points to, who is to settle it ("" for nobody), or whether it is settled.

        Errors: InvalidInput for a position that is none; NotFound for a username that is not a member.
        """
        place = None if position is None else checked_position(position)

        def change(before: Issue) -> Issue:
            if assignee:
                self._workspace.member(assignee)
            return msgspec.structs.replace(
                before,
                position=before.position if place is None else place,
                assignee=before.assignee if assignee is None else assignee,
                resolved=before.resolved if resolved is None else resolved,
            )

        return self._change(change, _difference, author=author)

    def resolve(self, *, author: Author | None = None) -> Issue:
        """Say that it is settled."""
        return self.update(resolved=True, author=author)

    def reopen(self, *, author: Author | None = None) -> Issue:
        """Say that it is not settled after all."""
        return self.update(resolved=False, author=author)

    def comment(self, message: str, *, author: Author | None = None) -> Comment:
        """Say something about it.

        Errors: InvalidInput for an empty message.
        """
        text = checked_message(message)
        owner = owner_name(self._workspace, author)
        said = Comment(self._workspace.store.ids.take("issue"), text, now_read(), owner=owner)
        self._change(
            lambda before: msgspec.structs.replace(before, comments=(*before.comments, said)),
            lambda *_: "comment",
            author=author,
        )
        return said

    def edit_comment(self, number: int, message: str, *, author: Author | None = None) -> Comment:
        """Say something else in a comment.

        Errors: NotFound; InvalidInput for an empty message.
        """
        text = checked_message(message)

        def change(before: Issue) -> Issue:
            old = self.find_comment(number, document=before)
            if old.message == text:
                return before
            new = msgspec.structs.replace(old, message=text, updated=now_read())
            return msgspec.structs.replace(
                before, comments=tuple(new if one is old else one for one in before.comments)
            )

        after = self._change(change, lambda *_: "change a comment", author=author)
        return self.find_comment(number, document=after)

    def delete_comment(self, number: int, *, author: Author | None = None) -> None:
        """Take a comment away; the issue stays.

        Errors: NotFound.
        """

        def change(before: Issue) -> Issue:
            old = self.find_comment(number, document=before)
            return msgspec.structs.replace(before, comments=tuple(one for one in before.comments if one is not old))

        self._change(change, lambda *_: "remove a comment", author=author)

    def delete(self, *, author: Author | None = None) -> str:
        """Remove it with its comments. Returns the commit.

        Errors: NotFound.
        """

        def save(head: str) -> str:
            before = self.document
            return self._commit(None, what="removed", job=before.job, author=author, onto=head)

        return as_one_step(self._workspace, save)

    def find_comment(self, number: int, *, document: Issue | None = None) -> Comment:
        """The comment of that number.

        Errors: NotFound.
        """
        for comment in (document or self.document).comments:
            if comment.id == number:
                return comment
        raise NotFound(f"Issue {self.id} has no comment {number}.", hint=f"See: cvat issue show {self.id}.")

    def _change(
        self, change: Callable[[Issue], Issue], words: Callable[[Issue, Issue], str], *, author: Author | None
    ) -> Issue:
        def save(head: str) -> Issue:
            before = self.document
            after = change(before)
            if after != before:
                self._commit(after, what=words(before, after), job=before.job, author=author, onto=head)
            return after

        return as_one_step(self._workspace, save)

    def _commit(self, after: Issue | None, *, what: str, job: int, author: Author | None, onto: str) -> str:
        return self._workspace.store.commit(
            {self.path: None if after is None else encode_json(after)},
            message=plain_message(" ".join(f"{self.task.name}, job {job}: issue {self.id}: {what}".split())),
            author=author or self._workspace.author,
            onto=onto,
        )


def _difference(before: Issue, after: Issue) -> str:
    words: list[str] = []
    if before.resolved != after.resolved:
        words.append("resolved" if after.resolved else "reopened")
    if before.assignee != after.assignee:
        words.append(f"assigned to {after.assignee}" if after.assignee else "assigned to nobody")
    if before.position != after.position:
        words.append("moved")
    return ", ".join(words)
