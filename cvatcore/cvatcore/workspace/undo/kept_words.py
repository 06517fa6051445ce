"""What an undo had to leave, in words: fields, objects and files that a later edit changed too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cvatcore.errors import CvatError
from cvatcore.schema import ConflictDocument, Project, Task
from cvatcore.store import place_of
from cvatcore.store.layout import project_path, task_path
from cvatcore.workspace.conflict.conflict_words import field_in_words, thing_in_words
from cvatcore.workspace.undo.kept_objects import KeptObjects

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

_SHOWN = 4
"""Fields of one thing that are named."""


def kept_in_words(
    workspace: Workspace,
    conflicts: Iterable[ConflictDocument],
    *,
    objects: Iterable[KeptObjects] = (),
    labels: Iterable[str] = (),
    paths: Iterable[str] = (),
) -> tuple[str, ...]:
    """A sentence for each thing that stays as a later edit made it.

    Args:
        workspace: the workspace as it is now.
        conflicts: the things, each with the fields that stay.
        objects: those that stay, or stay away, as a whole.
        labels: the names of labels that stay since objects have them.
        paths: files and folders that stay as a whole, relative to the workspace.
    """
    fields = tuple(conflicts)
    told = {(one.job, one.number) for one in fields}
    return (
        *(_thing(workspace, one) for one in fields),
        *(sentence for one in objects for sentence in _objects(one, told)),
        *(f"The label {name!r} stays, since objects have it that came later." for name in labels),
        *map(_path, paths),
    )


def _objects(kept: KeptObjects, told: set[tuple[int, int]]) -> Iterator[str]:
    for number in kept.stay:
        if (kept.job, number) not in told:
            yield f"Object {number} of job {kept.job} stays, since it was changed later."
    for number in kept.stay_away:
        yield f"Object {number} of job {kept.job} stays away, since it was removed later."


def _thing(workspace: Workspace, conflict: ConflictDocument) -> str:
    name = _name(workspace, conflict)
    thing = thing_in_words(conflict, name=name)
    where = f" of job {conflict.job}" if conflict.job and conflict.kind != "job" else ""
    on = f" on frame {conflict.frame}" if conflict.frame >= 0 and conflict.kind in {"shape", "keyframe"} else ""
    fields = list(dict.fromkeys(field_in_words(field.field) for field in conflict.fields))
    named = ", ".join(fields[:_SHOWN]) + (" …" if len(fields) > _SHOWN else "")
    return f"{thing[:1].upper()}{thing[1:]}{where}{on} stays as a later edit made it: {named}."


def _path(path: str) -> str:
    place = place_of(path) or place_of(f"{path}/task.json") or place_of(f"{path}/project.json")
    what = path
    if place is not None and place.kind in {"task", "project"}:
        what = f"{place.kind.capitalize()} {place.task or place.project}"
    elif place is not None and place.kind == "job":
        what = f"Job {place.job} of task {place.task}"
    return f"{what} stays, since it was changed later."


def _name(workspace: Workspace, conflict: ConflictDocument) -> str:
    kind: type[Task | Project] = Project if conflict.kind == "project" else Task
    path = project_path(conflict.project) if conflict.kind == "project" else task_path(conflict.task)
    if conflict.kind not in {"task", "project", "manifest"}:
        return ""
    try:
        document = workspace.store.document(path, kind)
    except CvatError:
        return ""  # It cannot be read now; its number has to do.
    return document.name if document is not None else ""
