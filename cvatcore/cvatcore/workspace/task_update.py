"""Changing what a task is called, who has it, and what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import Task
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import task_path
from cvatcore.workspace.create import checked_name, checked_subset
from cvatcore.workspace.saving import as_one_step

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView


def update_task(
    task: TaskView,
    *,
    name: str | None = None,
    subset: str | None = None,
    assignee: str | None = None,
    author: Author | None = None,
) -> Task:
    """Change what is given of a task, in one commit; none when nothing differs. Returns its document.

    Errors: InvalidInput for a name or subset that no task can have; NotFound for an assignee who is no member.
    """
    workspace = task.workspace
    title = None if name is None else checked_name(name)
    plain = None if subset is None else checked_subset(subset)

    def save(head: str) -> Task:
        before = task.document
        if assignee:
            workspace.member(assignee)
        after = msgspec.structs.replace(
            before,
            name=before.name if title is None else title,
            subset=before.subset if plain is None else plain,
            assignee=before.assignee if assignee is None else assignee,
        )
        if after != before:
            workspace.store.commit(
                {task_path(task.id): encode_json(after)},
                message=plain_message(f"{before.name}: {_difference(before, after)} (task {task.id})"),
                author=author or workspace.author,
                onto=head,
            )
        return after

    return as_one_step(workspace, save)


def _difference(before: Task, after: Task) -> str:
    words: list[str] = []
    if before.name != after.name:
        words.append(f"renamed to {after.name}")
    if before.subset != after.subset:
        words.append(f"subset {after.subset}" if after.subset else "no subset")
    if before.assignee != after.assignee:
        words.append(f"assigned to {after.assignee}" if after.assignee else "assigned to nobody")
    return ", ".join(words)
