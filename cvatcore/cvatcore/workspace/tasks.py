"""The tasks of a workspace, by id or by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cvatcore.errors import Conflict, NotFound
from cvatcore.workspace.task import TaskView
from cvatcore.workspace.unreadable import Unreadable, read_each

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class Tasks:
    """The tasks of a workspace: iterate, count, or look one up by id or name."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __iter__(self) -> Iterator[TaskView]:
        return (TaskView(self._workspace, number) for number in self._workspace.task_numbers())

    def __len__(self) -> int:
        return len(self._workspace.task_numbers())

    def __getitem__(self, key: int | str) -> TaskView:
        """The task of that id or name.

        Errors: NotFound; Conflict when several tasks have the name.
        """
        if isinstance(key, int):
            task = TaskView(self._workspace, key)
            task.document  # noqa: B018  says so when there is none
            return task
        named, unreadable = self.named(key)
        if len(named) > 1:
            numbers = ", ".join(str(task.id) for task in named)
            raise Conflict(f"Several tasks are called {key!r}.", hint=f"Use an id: {numbers}.")
        if named:
            return named[0]
        if key.isdecimal():
            return self[int(key)]
        hint = "See: cvat task ls."
        if unreadable:
            hint += f" It may be one that cannot be read: {unreadable[0].message}"
        raise NotFound(f"There is no task {key!r}.", hint=hint)

    def named(self, name: str) -> tuple[list[TaskView], list[Unreadable]]:
        """The tasks of that name, and those of which none can be read."""
        names, unreadable = read_each(self, lambda task: (task, task.name))
        return [task for task, known in names if known == name], unreadable
