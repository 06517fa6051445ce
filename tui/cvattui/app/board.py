"""What the terminal UI knows of the workspace: tasks, jobs and people as the daemon last told them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from cvatcore.protocol import BasicUser, ConflictRead, JobRead, SessionInfo, SyncStatus, TaskRead, UnreadableRead

Item = TypeVar("Item")


class Snapshot(msgspec.Struct, frozen=True):
    """Everything at once, as loaded from the daemon."""

    session: SessionInfo
    tasks: list[TaskRead]
    jobs: list[JobRead]
    users: list[BasicUser]
    sync: SyncStatus
    conflicts: list[ConflictRead] = []
    unreadable: list[UnreadableRead] = []
    """Tasks that cannot be listed, since one of their files cannot be read."""


class Patch(msgspec.Struct, frozen=True):
    """Some tasks and jobs as they are now; tasks in `gone` exist no more. `conflicts` are all, or None."""

    tasks: list[TaskRead] = []
    jobs: list[JobRead] = []
    unreadable: list[UnreadableRead] = []
    gone: frozenset[int] = frozenset()
    conflicts: list[ConflictRead] | None = None
    sync: SyncStatus | None = None
    """How the workspace stands to its remote; None where that is as it was."""


class Board:
    """Tasks and jobs, kept sorted by id, with what is shown of them under a filter."""

    def __init__(self) -> None:
        self.session: SessionInfo | None = None
        self.tasks: dict[int, TaskRead] = {}
        self.unreadable: dict[int, UnreadableRead] = {}
        """Tasks that cannot be listed, by id, and why."""
        self.jobs: dict[int, JobRead] = {}
        self.users: list[BasicUser] = []
        self.conflicts: list[ConflictRead] = []
        self.sync: SyncStatus | None = None

    def load(self, snapshot: Snapshot) -> None:
        """Take everything from a snapshot."""
        self.session = snapshot.session
        self.tasks = _by_id({task.id: task for task in snapshot.tasks})
        self.unreadable = _by_id({one.task_id: one for one in snapshot.unreadable})
        self.jobs = _by_id({job.id: job for job in snapshot.jobs})
        self.users = snapshot.users
        self.conflicts = snapshot.conflicts
        self.sync = snapshot.sync

    def apply(self, patch: Patch) -> None:
        """Take what a patch has."""
        self.tasks = _by_id({**self.tasks, **{task.id: task for task in patch.tasks}})
        self.jobs = _by_id({**self.jobs, **{job.id: job for job in patch.jobs}})
        self.sync = patch.sync or self.sync
        if patch.conflicts is not None:
            self.conflicts = patch.conflicts
        broken = {one.task_id: one for one in patch.unreadable}
        read = {task.id for task in patch.tasks} | patch.gone
        self.unreadable = _by_id({k: one for k, one in self.unreadable.items() if k not in read} | broken)
        if gone := patch.gone | set(broken):
            self.tasks = {number: task for number, task in self.tasks.items() if number not in gone}
            self.jobs = {number: job for number, job in self.jobs.items() if job.task_id not in gone}

    def find_tasks(self, words: str = "") -> list[TaskRead]:
        """The tasks that have all the words, by id."""
        return [
            task
            for number, task in self.tasks.items()
            if not words or _has(words, (number, task.name, task.status, task.subset, _username(task.assignee)))
        ]

    def find_unreadable(self, words: str = "") -> list[UnreadableRead]:
        """The tasks that cannot be read whose id, or what is said of them, has all the words; by id."""
        found = self.unreadable.items()
        return [one for number, one in found if not words or _has(words, (number, one.detail, "unreadable"))]

    def find_jobs(self, *, task: int | None, words: str = "") -> list[JobRead]:
        """The jobs of one task, or of all, that have all the words; by id."""
        return [
            job
            for number, job in self.jobs.items()
            if (task is None or task == job.task_id)
            and (not words or _has(words, (number, self.task_name(job), job.stage, job.state, _username(job.assignee))))
        ]

    def task_name(self, job: JobRead) -> str:
        """The name of a job's task."""
        task = self.tasks.get(job.task_id)
        return task.name if task else f"task {job.task_id}"


def _by_id(items: dict[int, Item]) -> dict[int, Item]:
    return dict(sorted(items.items()))


def _username(user: BasicUser | None) -> str:
    return user.username if user else "nobody"


def _has(words: str, fields: Iterable[object]) -> bool:
    text = " ".join(str(field) for field in fields).lower()
    return all(word in text for word in words.lower().split())
