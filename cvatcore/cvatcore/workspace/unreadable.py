"""What cannot be read of a workspace is told, and the rest of it is listed all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import msgspec

from cvatcore.errors import InvalidDocument, NotFound
from cvatcore.store.files import MISSING
from cvatcore.store.layout import task_path
from cvatcore.workspace.job import JobView

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView

View = TypeVar("View", bound="TaskView | JobView")
Answer = TypeVar("Answer")


class Unreadable(msgspec.Struct, frozen=True):
    """A task or a job that cannot be listed, since one of its files does not say what its format demands."""

    task: int
    job: int
    """0 when it is the task."""
    path: str
    """The file at fault, relative to the workspace."""
    line: int
    """Where in it, from 1; 0 where that is not known."""
    reason: str
    """What is wrong, a sentence."""
    hint: str
    """What to do about it."""

    @property
    def message(self) -> str:
        """The sentence with its place: `tasks/3/task.json:12: …`."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.reason}"


def read_each(views: Iterable[View], read: Callable[[View], Answer]) -> tuple[list[Answer], list[Unreadable]]:
    """What `read` gives of each task or job, in their order, and those of which it raised InvalidDocument.

    What was removed meanwhile is left out of both; what refers to something that is gone, a task to its project, cannot
    be read.
    """
    answers: list[Answer] = []
    unreadable: list[Unreadable] = []
    for view in views:
        try:
            answers.append(read(view))
        except (InvalidDocument, NotFound) as error:
            task, job = (view.task, view.id) if isinstance(view, JobView) else (view, 0)
            path = view.path if isinstance(view, JobView) else task_path(task.id)
            line, reason, hint = 0, error.message, error.hint or "Look for more with: cvat fsck."
            if isinstance(error, InvalidDocument):
                path, line, reason = error.path, error.line, error.reason
            elif task.workspace.store.files.stamp(path) == MISSING:
                continue
            unreadable.append(Unreadable(task.id, job, path=path, line=line, reason=reason, hint=hint))
    return answers, unreadable
