"""Undo and redo of what this person changed here; never of what others did since."""

from __future__ import annotations

import msgspec

from cvatcore.protocol import JobPatch, JobRead


class Change(msgspec.Struct, frozen=True):
    """One job before and after a change."""

    before: JobRead
    after: JobRead


Step = tuple[Change, ...]
"""What one key did: a change of one job, or of all that were marked."""


class UndoStack:
    """The steps that can be undone, and those that were."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def record(self, step: Step) -> None:
        """Remember a step that was just done; what was undone before can no longer be redone."""
        if step:
            self._done.append(step)
            self._undone.clear()

    def undo(self) -> Step | None:
        """Take back the newest step: the changes to make now."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        return tuple(Change(before=change.after, after=change.before) for change in step)

    def redo(self) -> Step | None:
        """Do again what was undone last: the changes to make now."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        return step


def full_patch(job: JobRead) -> JobPatch:
    """The change that gives a job all that this one has."""
    return JobPatch(stage=job.stage, state=job.state, assignee=job.assignee.id if job.assignee else None)


def is_as(job: JobRead | None, other: JobRead) -> bool:
    """Whether a job has what another one has, as far as it can be changed here."""
    return job is not None and full_patch(job) == full_patch(other)
