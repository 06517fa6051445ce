"""The numbers of guides, as read models of tasks, projects and jobs have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvatcore.workspace.review.guide_view import GuideView

if TYPE_CHECKING:
    from cvatcore.schema import Task
    from cvatcore.workspace import Workspace


def guide_of_task(workspace: Workspace, task: int) -> int | None:
    """The number of a task's own guide, or None."""
    guide = GuideView(workspace, task=task)
    return guide.id if guide.exists else None


def guide_of_project(workspace: Workspace, project: int) -> int | None:
    """The number of a project's guide, or None."""
    guide = GuideView(workspace, project=project)
    return guide.id if guide.exists else None


def guide_of_jobs(workspace: Workspace, task: Task) -> int | None:
    """The number of the guide that who works on a task's jobs is shown: the task's own, else its project's."""
    own = guide_of_task(workspace, task.id)
    return own if own is not None or not task.project else guide_of_project(workspace, task.project)
