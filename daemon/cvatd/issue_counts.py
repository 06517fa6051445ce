"""How many issues jobs have."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvatcore.workspace import JobView, Workspace


class IssueCounts:
    """How many issues jobs have: a task's issues are looked at once, however many of its jobs are asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._of_task: dict[int, Counter[int]] = {}

    def of(self, job: JobView) -> int:
        """The number of a job's issues; one that cannot be read is none.

        Errors: NotFound.
        """
        task = job.task.id
        if task not in self._of_task:
            found, _ = self._workspace.read_issues(task=task)
            self._of_task[task] = Counter(one.document.job for one in found)
        return self._of_task[task][job.id]
