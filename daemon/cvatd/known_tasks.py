"""Which tasks there are, remembered between requests for lists of them."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from cvatcore.protocol import ChangeEvent
from cvatcore.store.files import Stamp
from cvatcore.workspace import TaskView

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace

SECONDS = 1.0
"""How long they are remembered at most: a document that others take out of a folder that stays shows nowhere else."""


class _Remembered(msgspec.Struct, frozen=True):
    views: tuple[TaskView, ...]
    folder: Stamp
    """Of the folder with all tasks: another when one comes or goes."""
    changes: int
    until: float


class KnownTasks:
    """The tasks of a workspace. To look at the document of each of ten thousand takes longer than to list a page."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._changes = 0
        self._known: _Remembered | None = None

    def notice(self, event: ChangeEvent) -> None:
        """Forget them when a task or the list of them has changed: a follower of the feed."""
        if event.kind in {"task", "tasks"}:
            self._changes += 1

    def all(self) -> tuple[TaskView, ...]:
        """The tasks by id, some of which may be gone by now.

        Errors: StorageFailed.
        """
        # What is asked first is what may be older: a change in between makes them forgotten, not wrong.
        changes, folder = self._changes, self._workspace.store.files.stamp("tasks")
        known = self._known
        if known is None or (known.changes, known.folder) != (changes, folder) or monotonic() > known.until:
            until = monotonic() + SECONDS
            views = tuple(TaskView(self._workspace, number) for number in self._workspace.task_numbers())
            self._known = known = _Remembered(views, folder, changes, until)
        return known.views
