"""Undo and redo of what this person changed here; never of what others did since."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cvatcore.protocol import JobPatch, JobRead


class Change(msgspec.Struct, frozen=True):
    """One job before and after a change."""

    before: JobRead
    after: JobRead


class Taken:
    """Sides of conflicts that were chosen: the commits that are in force, oldest first.

    Taking one back is a commit, too, and taking that one back is to choose again: undo and redo are the same.
    """

    def __init__(self, revisions: Sequence[str]) -> None:
        self.revisions = tuple(revisions)


Step = tuple[Change, ...] | Taken
"""What one key did: a change of one job, or of all that were marked; or sides that were chosen."""


class UndoStack:
    """The steps that can be undone, and those that were."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def record(self, step: Step) -> None:
        """Remember a step that was just done; what was undone before can no longer be redone."""
        if step and (not isinstance(step, Taken) or step.revisions):
            self._done.append(step)
            self._undone.clear()

    def undo(self) -> Step | None:
        """Take back the newest step: the changes to make now."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        if isinstance(step, Taken):
            return step
        return tuple(Change(before=change.after, after=change.before) for change in step)

    def redo(self) -> Step | None:
        """Do again what was undone last: the changes to make now."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        return step

    def forget(self, step: Step) -> None:
        """Drop a step that could not be taken back or done again."""
        self._done = [one for one in self._done if one is not step]
        self._undone = [one for one in self._undone if one is not step]


def full_patch(job: JobRead) -> JobPatch:
    """The change that gives a job all that this one has."""
    return JobPatch(stage=job.stage, state=job.state, assignee=job.assignee.id if job.assignee else None)


def is_as(job: JobRead | None, other: JobRead) -> bool:
    """Whether a job has what another one has, as far as it can be changed here."""
    return job is not None and full_patch(job) == full_patch(other)
