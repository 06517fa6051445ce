"""Finding issues and comments: by task, by job, and by their numbers without reading all tasks each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidDocument, NotFound
from cvatcore.schema import Issue
from cvatcore.store.files import MISSING
from cvatcore.store.layout import issue_path, issues_dir
from cvatcore.workspace.unreadable import Unreadable

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class FoundIssue(msgspec.Struct, frozen=True):
    """An issue as it was when it was read."""

    task: int
    document: Issue
    changed_ns: int
    """When its file last changed on this disk, in ns since 1970."""


class IssuePlaces:
    """Remembers in which task an issue is, and in which issue a comment: neither ever moves."""

    def __init__(self) -> None:
        self._task_of_issue: dict[int, int] = {}
        self._issue_of_comment: dict[int, tuple[int, int]] = {}

    def issue(self, workspace: Workspace, number: int) -> FoundIssue:
        """The issue of that number: a look at one file where it is known, else a look a task, newest first.

        Errors: NotFound, InvalidDocument.
        """
        for task in self._tasks_to_look_in(workspace, number):
            found = self._read(workspace, task, number)
            if found is not None:
                return found
        self._task_of_issue.pop(number, None)
        raise NotFound(f"There is no issue {number}.", hint="See: cvat issue ls.")

    def of_comment(self, workspace: Workspace, number: int) -> FoundIssue:
        """The issue that has the comment of that number. One that is not known is looked for in all issues.

        Errors: NotFound.
        """
        known = self._issue_of_comment.get(number)
        if known is not None:
            found = self._read(workspace, *known)
            if found is not None and any(comment.id == number for comment in found.document.comments):
                return found
            self._issue_of_comment.pop(number, None)
        self.read(workspace, workspace.task_numbers())
        known = self._issue_of_comment.get(number)
        found = self._read(workspace, *known) if known is not None else None
        if found is None:
            raise NotFound(f"There is no comment {number}.", hint="See: cvat issue show ISSUE.")
        return found

    def read(self, workspace: Workspace, tasks: Iterable[int]) -> tuple[list[FoundIssue], list[Unreadable]]:
        """The issues of tasks, by task and number, and the files among them that cannot be read."""
        found: list[FoundIssue] = []
        unreadable: list[Unreadable] = []
        for task in tasks:
            for number in _numbers(workspace, task):
                try:
                    one = self._read(workspace, task, number)
                except InvalidDocument as error:
                    hint = error.hint or "Look for more with: cvat fsck."
                    unreadable.append(Unreadable(task, 0, error.path, error.line, error.reason, hint))
                    continue
                if one is not None:
                    found.append(one)
        return found, unreadable

    def _read(self, workspace: Workspace, task: int, number: int) -> FoundIssue | None:
        path = issue_path(task, number)
        changed = workspace.store.files.stamp(path)
        if changed == MISSING:
            return None
        document = workspace.store.document(path, Issue)
        if document is None:
            return None
        if document.id != number:
            raise InvalidDocument(f"The id is {document.id}, and the path says {number}.", path=path)
        self._task_of_issue[number] = task
        for comment in document.comments:
            self._issue_of_comment[comment.id] = task, number
        return FoundIssue(task=task, document=document, changed_ns=changed[0])

    def _tasks_to_look_in(self, workspace: Workspace, number: int) -> Iterator[int]:
        known = self._task_of_issue.get(number)
        if known is not None:
            yield known
        yield from reversed(workspace.task_numbers())


def _numbers(workspace: Workspace, task: int) -> list[int]:
    """The numbers of a task's issues, in order."""
    stems = [name.removesuffix(".json") for name in workspace.store.files.listing(issues_dir(task)).files]
    return sorted(int(stem) for stem in stems if stem.isdecimal())
