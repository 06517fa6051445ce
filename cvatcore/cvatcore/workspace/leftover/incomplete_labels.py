"""Labels and attributes that a merge of single files let go, though objects have them.

One side deleted them, the other used them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import CvatError
from cvatcore.merge import keep_used_labels, used_labels
from cvatcore.schema import Label, Project, Task, find_label
from cvatcore.store import decode_json, encode_json
from cvatcore.store.layout import project_path, task_path
from cvatcore.workspace.leftover.git_changes import GitMove, Touched, earlier_commits

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class LabelsBack(msgspec.Struct, frozen=True):
    """A document with the labels and attributes that its objects have."""

    path: str
    data: bytes
    names: tuple[str, ...]
    """Those that come back, or of which an attribute does."""


class _Owner(msgspec.Struct):
    """A task with labels of its own, or a project, as far as git touched it."""

    path: str
    document: Task | Project
    tasks: set[int]
    jobs: set[tuple[int, int]]
    move: GitMove


def missing_labels(workspace: Workspace, touched: Touched) -> Iterator[LabelsBack]:
    """The documents whose labels have to come back. What cannot be read is passed over.

    Only jobs that git changed are read, and where labels went, all jobs that could have them.
    """
    for owner in _owners(workspace, touched):
        earlier = _earlier_labels(workspace, owner)
        names = set(_names(owner.document.labels))
        if not names.issuperset(_names(next(earlier, ()))):
            owner.jobs = {(task, job) for task in owner.tasks for job in workspace.job_numbers(task)}
        used: dict[str, set[str]] = {}
        for task, job in sorted(owner.jobs):
            try:
                found = used_labels(workspace.annotations_of(task, job).read())
            except CvatError:
                continue
            for name, attributes in found.items():
                used.setdefault(name, set()).update(attributes)
        gone = {
            name: attributes
            for name, attributes in used.items()
            if (label := find_label(owner.document.labels, name)) is None
            or not attributes <= {one.name for one in label.attributes}
        }
        if not gone:
            continue
        known = [label for version in _earlier_labels(workspace, owner) for label in version]
        labels = keep_used_labels(owner.document.labels, base_labels=known, used=gone)
        back = tuple(label.name for label in labels if label not in owner.document.labels)
        if back:
            data = encode_json(msgspec.structs.replace(owner.document, labels=labels))
            yield LabelsBack(path=owner.path, data=data, names=back)


def _names(labels: Iterable[Label]) -> Iterator[str]:
    """The names of labels, each with those of its attributes: `car`, `car.color`."""
    for label in labels:
        yield label.name
        for attribute in label.attributes:
            yield f"{label.name}.{attribute.name}"


def _owners(workspace: Workspace, touched: Touched) -> list[_Owner]:
    owners: dict[str, _Owner] = {}
    moves = {**{task: move for (task, _), move in touched.jobs.items()}, **touched.tasks}
    # Which tasks a project has only they themselves say.
    for task in workspace.task_numbers() if touched.projects else sorted(moves):
        try:
            document = workspace.tasks[task].document
            move = moves.get(task) or touched.projects.get(document.project)
            if move is None:
                continue
            path = project_path(document.project) if document.project else task_path(task)
            owner = workspace.project(document.project) if document.project else document
        except CvatError:
            continue
        known = owners.setdefault(path, _Owner(path=path, document=owner, tasks=set(), jobs=set(), move=move))
        known.tasks.add(task)
        known.jobs.update(key for key in touched.jobs if key[0] == task)
    return list(owners.values())


def _earlier_labels(workspace: Workspace, owner: _Owner) -> Iterator[tuple[Label, ...]]:
    """The labels that the document had, where git went from first."""
    for commit in earlier_commits(workspace, owner.move, path=owner.path):
        data = workspace.store.history.read(owner.path, commit=commit)
        if data is None:
            continue
        try:
            yield decode_json(data, type(owner.document), path=owner.path).labels
        except CvatError:
            continue  # It was broken then.
