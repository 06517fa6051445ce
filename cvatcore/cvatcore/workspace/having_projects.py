"""What a workspace offers for projects: tasks that share one list of labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import msgspec

from cvatcore.errors import NotFound
from cvatcore.schema import Label, Project, StoragePlace
from cvatcore.store import Author
from cvatcore.store.layout import project_path
from cvatcore.workspace.project_change import create_project, delete_project, update_project

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class HavingProjects:
    """The part of `Workspace` that is about projects."""

    @property
    def projects(self) -> tuple[Project, ...]:
        """The documents of all projects, by number."""
        return tuple(self.project(number) for number in self._owner.project_numbers())

    def project(self, number: int) -> Project:
        """The project of that id.

        Errors: NotFound.
        """
        document = self._owner.store.document(project_path(number), Project)
        if document is None:
            raise NotFound(f"There is no project {number}.")
        return document

    def find_project(self, name: str | int) -> Project | None:
        """The project of that name or number, or None; a number that is no text is no name."""
        for project in self.projects:
            if name in {project.id, project.name, str(project.id)}:
                return project
        return None

    def create_project(
        self,
        name: str,
        *,
        labels: Sequence[str | Label] = (),
        owner: str = "",
        assignee: str = "",
        bug_tracker: str = "",
        source_storage: StoragePlace | None = None,
        target_storage: StoragePlace | None = None,
        author: Author | None = None,
    ) -> Project:
        """Make a project without tasks. Labels are names, or labels whose ids do not count; there may be none yet.

        It belongs to the person at this machine, unless another owner is named. One commit.
        Errors: InvalidInput; NotFound for people who are no members; StorageFailed. Then nothing was made.
        """
        return create_project(
            self._owner,
            name,
            labels=labels,
            owner=owner,
            assignee=assignee,
            bug_tracker=bug_tracker,
            source_storage=source_storage,
            target_storage=target_storage,
            author=author,
        )

    def update_project(
        self,
        number: int,
        *,
        name: str | None = None,
        assignee: str | None = None,
        owner: str | None = None,
        bug_tracker: str | None = None,
        source_storage: StoragePlace | msgspec.UnsetType | None = msgspec.UNSET,
        target_storage: StoragePlace | msgspec.UnsetType | None = msgspec.UNSET,
        author: Author | None = None,
    ) -> Project:
        """Change what is given of a project, people by username ("" for nobody). One commit.

        Its labels are changed with `cvatcore.workspace.labels.LabelSet`.
        Errors: NotFound, also for people who are no members; InvalidInput; Busy, StorageFailed.
        """
        return update_project(
            self._owner,
            number,
            name=name,
            assignee=assignee,
            owner=owner,
            bug_tracker=bug_tracker,
            source_storage=source_storage,
            target_storage=target_storage,
            author=author,
        )

    def delete_project(self, number: int, *, author: Author | None = None) -> str:
        """Remove a project with all its tasks in one commit, which can be reverted. Returns the commit.

        Media are not touched.
        Errors: NotFound; InvalidDocument for a task that cannot be read, since it may be one of them; Busy,
        StorageFailed.
        """
        return delete_project(self._owner, number, author=author)

    @property
    def _owner(self) -> Workspace:
        return cast("Workspace", self)
