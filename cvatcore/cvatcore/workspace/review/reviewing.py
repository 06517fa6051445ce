"""What a workspace offers for review: issues and comments, by number and in lists; guides and their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cvatcore.errors import InvalidDocument, NotFound
from cvatcore.workspace.review.asset_places import AssetPlaces
from cvatcore.workspace.review.guide_view import GuideView
from cvatcore.workspace.review.issue_files import FoundIssue, IssuePlaces
from cvatcore.workspace.review.issue_view import IssueView
from cvatcore.workspace.unreadable import Unreadable

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class Reviewing:
    """The part of `Workspace` that reviewers, and who writes guides, use."""

    def __init__(self) -> None:
        self._issue_places = IssuePlaces()
        self._asset_places = AssetPlaces()

    def issue(self, number: int) -> IssueView:
        """The issue of that number, whatever its task.

        Errors: NotFound, InvalidDocument.
        """
        found = self._issue_places.issue(self._reviewed, number)
        return IssueView(self._reviewed, found.task, number)

    def issue_of_comment(self, number: int) -> IssueView:
        """The issue that has the comment of that number.

        Errors: NotFound.
        """
        found = self._issue_places.of_comment(self._reviewed, number)
        return IssueView(self._reviewed, found.task, found.document.id)

    def issues(self, *, task: int | None = None, job: int | None = None) -> tuple[IssueView, ...]:
        """The issues of all tasks, of a task or of a job, by task and number.

        Errors: NotFound for a task or job that there is not; InvalidDocument for an issue that cannot be read.
        """
        found, unreadable = self.read_issues(task=task, job=job)
        for one in unreadable:
            raise InvalidDocument(one.reason, path=one.path, line=one.line, hint=one.hint)
        return tuple(IssueView(self._reviewed, one.task, one.document.id) for one in found)

    def read_issues(
        self, *, task: int | None = None, job: int | None = None
    ) -> tuple[list[FoundIssue], list[Unreadable]]:
        """The issues as they are now, each read once, and the files among them that cannot be read.

        Errors: NotFound for a task or job that there is not.
        """
        workspace = self._reviewed
        if job is not None:
            of_job = workspace.job(job).task.id
            if task is not None and task != of_job:
                raise NotFound(f"Job {job} is not in task {task}.", hint=f"It is in task {of_job}.")
            tasks = [of_job]
        else:
            tasks = workspace.task_numbers() if task is None else [workspace.tasks[task].id]
        found, unreadable = self._issue_places.read(workspace, tasks)
        return [one for one in found if job is None or one.document.job == job], unreadable

    def guide_of(self, *, task: int = 0, project: int = 0) -> GuideView:
        """The guide of a task or of a project, or the place for one.

        Errors: NotFound for a task or project that there is not.
        """
        workspace = self._reviewed
        if project:
            return GuideView(workspace, project=workspace.project(project).id)
        return GuideView(workspace, task=workspace.tasks[task].id)

    def guide(self, number: int) -> GuideView:
        """The guide of that number.

        Errors: NotFound.
        """
        half, is_of_project = divmod(number, 2)
        found = GuideView(self._reviewed, project=half) if is_of_project else GuideView(self._reviewed, task=half)
        if half < 1 or not found.exists:
            raise NotFound(f"There is no guide {number}.")
        return found

    def guide_of_asset(self, asset: str) -> GuideView:
        """The guide that has the file of that UUID: a look at one file where it is known, else a look a task.

        Errors: NotFound.
        """
        return self._asset_places.find(self._reviewed, asset)

    @property
    def _reviewed(self) -> Workspace:
        return cast("Workspace", self)
