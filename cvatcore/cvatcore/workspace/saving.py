"""How edits of annotations are saved: looked at and written as one step, one commit for one job or for many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

import msgspec

from cvatcore.edit import ChangeSet, Counts, check_change
from cvatcore.errors import Conflict
from cvatcore.store import Amend, Author, Trailers, annotation_key, annotation_message, import_message

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView
    from cvatcore.workspace.workspace import Workspace

Result = TypeVar("Result")

_ATTEMPTS = 3


class Saved(msgspec.Struct, frozen=True):
    """The answer to a save: the commit that holds it, and what it did."""

    commit: str
    counts: Counts


def as_one_step(workspace: Workspace, save: Callable[[str], Result]) -> Result:
    """Look and write as one step; again when a git command moved the branch just then.

    `save` gets the newest commit, to be given to the store as `onto`.
    Errors: Conflict when the branch moved each time; what `save` raises.
    """
    for attempt in range(_ATTEMPTS):
        try:
            with workspace.writing() as head:
                return save(head)
        except Conflict:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("the last attempt returns or raises")


def save_changes(
    task: TaskView,
    changes: Mapping[int, ChangeSet],
    *,
    author: Author | None,
    onto: str,
    message: Callable[[Trailers], str] | None = None,
) -> Saved:
    """Save canonical changes of a task's jobs, by job id, in one commit: all of them or none.

    Called within `as_one_step`. Saves of one job amend each other for a while; those of several do not, nor those with
    a message of their own.
    Errors: InvalidInput, NotFound, InvalidDocument: then nothing is written. Busy, StorageFailed.
    """
    workspace, labels = task.workspace, task.labels
    for change in changes.values():
        check_change(change, labels=labels)
    with ExitStack() as held:
        files: dict[str, bytes | None] = {}
        total = Counts()
        plans = []
        for job in sorted(changes):
            workspace.job(job).document  # noqa: B018  says so when there is none
            kept = workspace.annotations_of(task.id, job)
            held.enter_context(kept.editing())
            plan = kept.plan(changes[job])
            plans.append((kept, plan))
            files |= plan.files
            total = _sum(total, plan.counts)
        amend: Amend | None = None
        if message is None and len(changes) == 1:
            (job,) = changes
            message = annotation_message(task.name, task=task.id, job=job, counts=total)
            amend = Amend(key=annotation_key(job), seconds=workspace.settings.save.amend_seconds)
        elif message is None:
            message = import_message(task.name, task=task.id, jobs=len(changes), counts=total)
        commit = workspace.store.commit(
            files, message=message, author=author or workspace.author, amend=amend, onto=onto
        )
        for kept, plan in plans:
            kept.accept(plan)
    return Saved(commit=commit, counts=total)


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(
        added=one.added + other.added, changed=one.changed + other.changed, removed=one.removed + other.removed
    )
