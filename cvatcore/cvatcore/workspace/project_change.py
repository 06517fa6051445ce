"""Making, changing and removing projects: one commit each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import NotFound
from cvatcore.schema import Label, Project, StoragePlace
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import project_dir, project_path, task_dir
from cvatcore.workspace.create import asked_labels, checked_bug_tracker, checked_name, make_labels, now
from cvatcore.workspace.own_files import own_files
from cvatcore.workspace.saving import as_one_step
from cvatcore.workspace.task_update import difference
from cvatcore.workspace.unreadable import read_each

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView
    from cvatcore.workspace.workspace import Workspace


def create_project(
    workspace: Workspace,
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

    It belongs to the person at this machine, unless another owner is named.
    Errors: InvalidInput; NotFound for people who are no members; StorageFailed. Then nothing was made.
    """
    asked = asked_labels(labels) if labels else ()
    new = Project(
        id=0,
        name=checked_name(name),
        created="",
        owner=owner or workspace.me.username,
        assignee=assignee,
        bug_tracker=checked_bug_tracker(bug_tracker),
        source_storage=source_storage,
        target_storage=target_storage,
    )

    def save(head: str) -> Project:
        _check_people(workspace, owner, assignee)
        made = msgspec.structs.replace(
            new, id=workspace.store.ids.take("project"), created=now(), labels=make_labels(workspace, asked)
        )
        workspace.store.commit(
            {project_path(made.id): encode_json(made)},
            message=plain_message(f"Create the project {made.name} (project {made.id})"),
            author=author or workspace.author,
            onto=head,
        )
        return made

    return as_one_step(workspace, save)


def update_project(
    workspace: Workspace,
    project: int,
    *,
    name: str | None = None,
    assignee: str | None = None,
    owner: str | None = None,
    bug_tracker: str | None = None,
    source_storage: StoragePlace | msgspec.UnsetType | None = msgspec.UNSET,
    target_storage: StoragePlace | msgspec.UnsetType | None = msgspec.UNSET,
    author: Author | None = None,
) -> Project:
    """Change what is given of a project, people by username ("" for nobody), in one commit; none when nothing differs.

    Errors: NotFound, also for people who are no members; InvalidInput; Busy, StorageFailed.
    """
    given: dict[str, object] = {
        "name": None if name is None else checked_name(name),
        "assignee": assignee,
        "owner": owner,
        "bug_tracker": None if bug_tracker is None else checked_bug_tracker(bug_tracker),
    }
    places = {"source_storage": source_storage, "target_storage": target_storage}
    changes: dict[str, object] = {field: value for field, value in given.items() if value is not None}
    changes |= {field: place for field, place in places.items() if place is not msgspec.UNSET}

    def save(head: str) -> Project:
        before = workspace.project(project)
        _check_people(workspace, owner, assignee)
        after = msgspec.structs.replace(before, **changes)
        if after != before:
            workspace.store.commit(
                {project_path(project): encode_json(after)},
                message=plain_message(f"{before.name}: {difference(before, after)} (project {project})"),
                author=author or workspace.author,
                onto=head,
            )
        return after

    return as_one_step(workspace, save)


def delete_project(workspace: Workspace, project: int, *, author: Author | None = None) -> str:
    """Remove a project with all its tasks in one commit, which can be reverted. Returns the commit.

    What was edited by hand and not committed goes into a commit of its own first. Media are not touched.
    Errors: NotFound; InvalidDocument for a task that cannot be read, since it may be one of them; Busy, StorageFailed.
    """
    removed: list[int] = []

    def save(head: str) -> str:
        name = workspace.project(project).name
        removed[:] = [task.id for task in tasks_of(workspace, project)]
        folders = [project_dir(project), *(task_dir(task) for task in removed)]
        files = dict.fromkeys(path for folder in folders for path in own_files(workspace.root, folder))
        writer = author or workspace.author
        kept = workspace.store.commit(
            {path: workspace.store.read(path) for path in files},
            message=plain_message(f"{name}: what was edited by hand (project {project})"),
            author=writer,
            onto=head,
        )
        count = f", with {len(removed)} task{'s' * (len(removed) > 1)}" if removed else ""
        return workspace.store.commit(
            files,
            message=plain_message(f"Delete the project {name} (project {project}{count})"),
            author=writer,
            onto=kept,
        )

    commit = as_one_step(workspace, save)
    for task in removed:
        workspace.forget_task(task)
    return commit


def tasks_of(workspace: Workspace, project: int) -> tuple[TaskView, ...]:
    """The tasks of a project, by number.

    Errors: InvalidDocument for a task that cannot be read: whose it is is not known.
    """
    found: list[TaskView] = []
    for task in workspace.tasks:
        try:
            if task.document.project == project:
                found.append(task)
        except NotFound:
            continue  # Removed just now.
    return tuple(found)


def readable_tasks_of(workspace: Workspace, project: int) -> tuple[TaskView, ...]:
    """As `tasks_of`, without those that cannot be read."""
    owned, _ = read_each(workspace.tasks, lambda task: (task.document.project, task))
    return tuple(task for number, task in owned if number == project)


def _check_people(workspace: Workspace, *usernames: str | None) -> None:
    for username in usernames:
        if username:
            workspace.member(username)
