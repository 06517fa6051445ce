"""Operations done to the objects of several jobs: looked at and changed as one step, in a commit of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit import ChangeSet, Counts, canonical_change, check_change
from cvatcore.edit.counting import count_change
from cvatcore.store import Author, edit_message, plain_message
from cvatcore.workspace.saving import as_one_step, save_changes

if TYPE_CHECKING:
    from cvatcore.workspace.job import JobView
    from cvatcore.workspace.task import TaskView

Operation = Callable[["JobView"], ChangeSet]
"""What is to be done to one job, as it is when the operation is called."""


class Edited(msgspec.Struct, frozen=True):
    """What an operation did to jobs, or would do."""

    commit: str
    """Empty when nothing was changed, and in a preview."""
    counts: dict[int, Counts]
    """By the id of a job, those that it changes."""

    @property
    def total(self) -> Counts:
        """What it did in all of them."""
        return total_of(self.counts.values())


def preview_edit(jobs: Iterable[JobView], operation: Operation) -> Edited:
    """What an operation would do; nothing is written.

    Errors: as `edit_jobs`.
    """
    return Edited("", {job: counts for job, (_, counts) in _changes(jobs, operation).items()})


def edit_jobs(
    task: TaskView, jobs: Iterable[JobView], operation: Operation, *, subject: str, author: Author | None = None
) -> Edited:
    """Do an operation to jobs of a task, all of them or none, in one commit that can be reverted.

    No other save goes into it: what was edited by hand and not committed goes into a commit of its own first.

    Args:
        task: the task.
        jobs: the jobs to do it to.
        operation: makes the change of one job. It is called again when somebody else saves just then.
        subject: what it does, in a word or two: the subject of the commit.
        author: whom the commit names; the person at this machine.

    Errors: InvalidInput, InvalidDocument, Conflict: then nothing is written. Busy, StorageFailed.
    """
    chosen = tuple(jobs)
    writer = author or task.workspace.author

    def save(head: str) -> Edited:
        found = _changes(chosen, operation)
        if not found:
            return Edited("", {})
        counts = {job: counted for job, (_, counted) in found.items()}
        changes = {job: change for job, (change, _) in found.items()}
        onto = commit_hand_edits(task, changes, author=writer, onto=head)
        message = edit_message(subject, task.name, task=task.id, jobs=sorted(counts), counts=total_of(counts.values()))
        return Edited(save_changes(task, changes, author=writer, onto=onto, message=message).commit, counts)

    return as_one_step(task.workspace, save)


def total_of(counts: Iterable[Counts]) -> Counts:
    """The sum of counts."""
    added = changed = removed = 0
    for one in counts:
        added, changed, removed = added + one.added, changed + one.changed, removed + one.removed
    return Counts(added=added, changed=changed, removed=removed)


def _changes(jobs: Iterable[JobView], operation: Operation) -> dict[int, tuple[ChangeSet, Counts]]:
    """By job, those that change: the checked change, and what it does."""
    found: dict[int, tuple[ChangeSet, Counts]] = {}
    for job in jobs:
        change = canonical_change(operation(job))
        check_change(change, labels=job.labels)
        counts = count_change(job.annotations, change)
        if not counts.is_empty:
            found[job.id] = change, counts
    return found


def commit_hand_edits(task: TaskView, changes: Mapping[int, ChangeSet], *, author: Author, onto: str) -> str:
    """Commit what is on the disk of the files that will change; returns the newest commit then."""
    workspace = task.workspace
    paths = [
        path for job, change in changes.items() for path in workspace.annotations_of(task.id, job).plan(change).files
    ]
    return workspace.store.commit(
        {path: workspace.store.read(path) for path in paths},
        message=plain_message(" ".join(f"{task.name}: what was edited by hand (task {task.id})".split())),
        author=author,
        onto=onto,
    )
