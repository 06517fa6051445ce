"""Making a task: everything is looked at first, then written in one commit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.label_change import count_new, numbered
from cvatcore.errors import Conflict, InvalidInput, NotFound
from cvatcore.schema import Label, Project, StoragePlace, Task, check_label_names, default_color
from cvatcore.schema.label_check import check_labels
from cvatcore.schema.raw_labels import without_ids
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import project_path
from cvatcore.workspace.saving import as_one_step
from cvatcore.workspace.task_data import Progress, TaskData, Tell, files_with_data, files_without_data, scanned

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView
    from cvatcore.workspace.workspace import Workspace

MAX_NAME = 256
"""CVAT's limit on the name of a task or project, in characters."""

MAX_TRACKER = 2000
"""CVAT's limit on the address of a bug tracker, in characters."""

MAX_SUBSET = 64
"""CVAT's limit on the name of a subset, in characters."""


def create_task(
    workspace: Workspace,
    name: str,
    *,
    data: TaskData | None,
    labels: Sequence[str | Label] = (),
    project: str | int = "",
    subset: str = "",
    segment_size: int = 0,
    overlap: int = 0,
    assignee: str = "",
    owner: str = "",
    bug_tracker: str = "",
    source_storage: StoragePlace | None = None,
    target_storage: StoragePlace | None = None,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> int:
    """Make a task with its jobs; without data it has neither frames nor jobs yet. Returns its id.

    Labels are names, or labels whose ids do not count. With a project, its labels are the task's; a project of that
    name is made when there is none, but not of that number. The segment size and the overlap are those that a task
    without data keeps for when it gets some; else `data` has them. It belongs to the person at this machine, unless
    another owner is named.
    Errors: InvalidInput, InvalidMedia, StorageFailed, NotFound for people who are no members; then nothing was made.
    """
    asked = asked_labels(labels)
    new = Task(
        id=0,
        name=checked_name(name),
        created="",
        subset=checked_subset(subset),
        owner=owner or workspace.me.username,
        assignee=assignee,
        segment_size=segment_size,
        overlap=overlap,
        bug_tracker=checked_bug_tracker(bug_tracker),
        source_storage=source_storage,
        target_storage=target_storage,
    )
    found_project = workspace.find_project(project) if project else None
    _check_labels_of_project(found_project, asked, project=project)
    for person in (assignee, owner):
        if person:
            workspace.member(person)
    if data is None:
        return _write_task(workspace, files_without_data, new, labels=asked, project=project)
    with scanned(workspace, data, progress=progress, tell=tell) as found:
        return _write_task(
            workspace,
            lambda task: files_with_data(workspace, task, data, found),
            new,
            labels=asked,
            project=project,
            size=found.manifest.size,
        )


def attach_data(task: TaskView, data: TaskData, *, progress: Progress | None = None, tell: Tell | None = None) -> str:
    """Give a task that has no frames yet its frames and jobs. Returns the commit.

    Errors: Conflict when it has some; InvalidInput, InvalidMedia, StorageFailed; then nothing is changed.
    """
    workspace = task.workspace
    _refuse_second(task)
    with scanned(workspace, data, progress=progress, tell=tell) as found:

        def save(head: str) -> str:
            _refuse_second(task)
            document, size = task.document, found.manifest.size
            return workspace.store.commit(
                files_with_data(workspace, document, data, found),
                message=plain_message(f"{document.name}: Add {_frames(size)} (task {task.id})"),
                author=workspace.author,
                onto=head,
            )

        return as_one_step(workspace, save)


def _refuse_second(task: TaskView) -> None:
    if task.size:
        raise Conflict(
            f"The task {task.name} has its frames already.", hint="More are added with: cvat task add-frames."
        )


def _write_task(
    workspace: Workspace,
    files_of: Callable[[Task], dict[str, bytes | None]],
    new: Task,
    *,
    labels: Sequence[Label],
    project: str | int,
    size: int = 0,
) -> int:
    with workspace.writing():
        files: dict[str, bytes | None] = {}
        found_project = workspace.find_project(project) if project else None
        project_id = found_project.id if found_project else 0
        if project and found_project is None:
            if isinstance(project, int):
                raise NotFound(f"There is no project {project}.")
            made = Project(
                id=workspace.store.ids.take("project"),
                name=checked_name(project),
                created=now(),
                owner=new.owner,
                labels=make_labels(workspace, labels),
            )
            project_id = made.id
            files[project_path(project_id)] = encode_json(made)
        task = msgspec.structs.replace(
            new,
            id=workspace.store.ids.take("task"),
            created=now(),
            project=project_id,
            labels=() if project else make_labels(workspace, labels),
        )
        files |= files_of(task)
        workspace.store.commit(
            files,
            message=plain_message(f"Create the task {task.name} (task {task.id}, {_frames(size)})"),
            author=workspace.author,
        )
    return task.id


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count or 'no'} frames"


def asked_labels(labels: Sequence[str | Label]) -> tuple[Label, ...]:
    """The labels that are asked for, by name or as a whole, as new ones without ids, and with colours.

    Errors: InvalidInput for labels that no task can have.
    """
    check_label_names(label if isinstance(label, str) else label.name for label in labels)
    asked: list[Label] = []
    for label in labels:
        new = Label(id=0, name=label, color="") if isinstance(label, str) else label
        color = new.color or default_color(new.name, taken=[other.color for other in asked])
        asked.append(msgspec.structs.replace(new, color=color))
    check_labels(asked)
    return without_ids(asked)


def make_labels(workspace: Workspace, labels: Sequence[Label]) -> tuple[Label, ...]:
    """The labels with ids that nobody has; called while writing."""
    count = count_new(labels)
    return numbered(labels, workspace.store.ids.take("label", count)) if count else ()


def _check_labels_of_project(found: Project | None, labels: Sequence[Label], *, project: str | int) -> None:
    if found is None:
        if not labels:
            raise InvalidInput("The label set is empty.", hint="Give names like: --labels car,person.")
        return
    known = {label.name for label in found.labels}
    if missing := [label.name for label in labels if label.name not in known]:
        raise InvalidInput(
            f"The project {project!r} has no label {missing[0]!r}.",
            hint=f"Leave --labels out; its labels are: {', '.join(sorted(known))}.",
        )


def checked_name(name: str) -> str:
    """A name of a task or project as it is kept: without blanks around it.

    Errors: InvalidInput.
    """
    title = " ".join(name.split())
    if not title:
        raise InvalidInput("The name is empty.")
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", title):
        raise InvalidInput(f"The name {title!r} has a character that no name can have.")
    if len(title) > MAX_NAME:
        raise InvalidInput(f"The name is longer than {MAX_NAME} characters.")
    return title


def checked_subset(subset: str) -> str:
    """A subset as it is kept.

    Errors: InvalidInput.
    """
    plain = " ".join(subset.split())
    if len(plain) > MAX_SUBSET or re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", plain):
        raise InvalidInput(f"A subset has up to {MAX_SUBSET} characters and no control characters: not {plain[:70]!r}.")
    return plain


def checked_bug_tracker(address: str) -> str:
    """The address of a bug tracker as it is kept.

    Errors: InvalidInput.
    """
    plain = address.strip()
    if len(plain) > MAX_TRACKER or re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", plain):
        raise InvalidInput(
            f"The address of a bug tracker has up to {MAX_TRACKER} characters, all of which can be seen: "
            f"not {plain[:70]!r}."
        )
    return plain


def now() -> str:
    """The time as documents have it: UTC, ISO 8601 with `Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
