"""Changing what is said of a task: what it is called, who has it, what it is for, and where its data sets go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import StoragePlace, Task
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import task_path
from cvatcore.workspace.create import checked_bug_tracker, checked_name, checked_subset
from cvatcore.workspace.saving import as_one_step

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView


def update_task(
    task: TaskView,
    *,
    name: str | None = None,
    subset: str | None = None,
    assignee: str | None = None,
    owner: str | None = None,
    bug_tracker: str | None = None,
    source_storage: StoragePlace | msgspec.UnsetType | None = msgspec.UNSET,
    target_storage: StoragePlace | msgspec.UnsetType | None = msgspec.UNSET,
    author: Author | None = None,
) -> Task:
    """Change what is given of a task, in one commit; none when nothing differs. Returns its document.

    Errors: InvalidInput for a name, a subset or an address that no task can have; NotFound for people who are no
    members.
    """
    workspace = task.workspace
    given: dict[str, object] = {
        "name": None if name is None else checked_name(name),
        "subset": None if subset is None else checked_subset(subset),
        "assignee": assignee,
        "owner": owner,
        "bug_tracker": None if bug_tracker is None else checked_bug_tracker(bug_tracker),
    }
    places = {"source_storage": source_storage, "target_storage": target_storage}
    changes: dict[str, object] = {field: value for field, value in given.items() if value is not None}
    changes |= {field: place for field, place in places.items() if place is not msgspec.UNSET}

    def save(head: str) -> Task:
        before = task.document
        for person in (assignee, owner):
            if person:
                workspace.member(person)
        after = msgspec.structs.replace(before, **changes)
        if after != before:
            workspace.store.commit(
                {task_path(task.id): encode_json(after)},
                message=plain_message(f"{before.name}: {difference(before, after)} (task {task.id})"),
                author=author or workspace.author,
                onto=head,
            )
        return after

    return as_one_step(workspace, save)


def difference(before: msgspec.Struct, after: msgspec.Struct) -> str:
    """What differs between two states of a task or project, in a few words."""
    words: list[str] = []
    for field in before.__struct_fields__:
        was, now = getattr(before, field), getattr(after, field)
        if was == now:
            continue
        if field == "name":
            words.append(f"renamed to {now}")
        elif field == "subset":
            words.append(f"subset {now}" if now else "no subset")
        elif field == "assignee":
            words.append(f"assigned to {now}" if now else "assigned to nobody")
        elif field == "owner":
            words.append(f"owned by {now}" if now else "owned by nobody")
        else:
            words.append(f"another {field.replace('_', ' ')}")
    return ", ".join(words)
