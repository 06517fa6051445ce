"""Putting a task into a project: its document, and all its objects with the labels of the project, in one commit."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.label_moving import move_labels
from cvatcore.errors import InvalidInput, NotFound
from cvatcore.schema import Project
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import task_path
from cvatcore.workspace.label_plan import plan_task
from cvatcore.workspace.saving import as_one_step
from cvatcore.workspace.unreadable import read_each

if TYPE_CHECKING:
    from cvatcore.workspace.task import TaskView


def move_task(
    task: TaskView, project: int | str, *, names: Mapping[int, str] | None = None, author: Author | None = None
) -> str:
    """Put a task into a project. Returns the commit; the newest one when it is there already.

    What was edited by hand and not committed goes into a commit of its own first.

    Args:
        task: the task, of another project or of none.
        project: where it goes to, by id or name.
        names: the labels of the project that labels become, by id of those; others go by their names.
        author: whom the commit names; the person at this machine.

    Errors: NotFound; InvalidInput for labels, joints and attributes that the project has not, and for frames of another
    dimension than its tasks have; InvalidDocument, Busy, StorageFailed. Then nothing is written.
    """
    workspace = task.workspace

    def save(head: str) -> str:
        target = workspace.find_project(project)
        if target is None:
            raise NotFound(f"There is no project {project!r}.", hint="See: cvat project ls.")
        document = task.document
        if document.project == target.id:
            return head
        check_dimension(task, target)
        change = move_labels(task.labels, target.labels, names or {})
        moved = msgspec.structs.replace(document, project=target.id, labels=())
        files: dict[str, bytes | None] = {task_path(task.id): encode_json(moved)}
        with ExitStack() as held:
            for plan in plan_task(workspace.store, task.id, change, outlines=False):
                for name, count in plan.tally.joined.items():
                    raise InvalidInput(
                        f"The skeleton {name!r} has other joints in the project, and {count} objects in job {plan.job}."
                    )
                written = plan.files()
                if written:
                    held.enter_context(workspace.annotations_of(plan.task, plan.job).editing())
                files |= written
            writer = author or workspace.author
            kept = workspace.store.commit(
                {path: workspace.store.read(path) for path in files},
                message=plain_message(f"{document.name}: what was edited by hand (task {task.id})"),
                author=writer,
                onto=head,
            )
            return workspace.store.commit(
                files,
                message=plain_message(
                    f"{document.name}: Move to the project {target.name} (task {task.id}, project {target.id})"
                ),
                author=writer,
                onto=kept,
            )

    return as_one_step(workspace, save)


def check_dimension(task: TaskView, project: Project) -> None:
    """Make sure that the frames of a task are of the same dimension as those of a project's tasks.

    Errors: InvalidInput.
    """
    if not task.size:
        return
    own = task.manifest.dimension
    others, _ = read_each(task.workspace.tasks, lambda other: other.document.project == project.id and other)
    # They are all alike: the first one that has frames speaks for all.
    there = next((other.manifest.dimension for other in others if other and other.size), own)
    if there != own:
        raise InvalidInput(f"Dimension ({own}) of the task must be the same as other tasks in project ({there})")
