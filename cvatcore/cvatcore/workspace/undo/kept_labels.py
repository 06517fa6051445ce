"""Labels that an operation had added, and that an undo left since objects have them that came later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cvatcore.errors import CvatError
from cvatcore.schema import Label, Project, Task
from cvatcore.store import decode_json, place_of
from cvatcore.store.past import FileChange

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


def kept_labels(workspace: Workspace, changes: Iterable[FileChange]) -> list[str]:
    """The names of the labels that changed files had got, and that are still there after these changes were undone."""
    found: list[str] = []
    for change in changes:
        place = place_of(change.path)
        if place is None or place.kind not in {"task", "project"} or not (change.before and change.after):
            continue
        kind: type[Task | Project] = Task if place.kind == "task" else Project
        try:
            before, after = (
                _labels(workspace.past.blob(content), kind, change.path) for content in (change.before, change.after)
            )
            now = _labels(workspace.store.read(change.path) or b"", kind, change.path)
        except CvatError:
            continue  # A broken document: what is in it cannot be told.
        found += [now[number].name for number in sorted(after.keys() - before.keys()) if number in now]
    return found


def _labels(data: bytes, kind: type[Task | Project], path: str) -> dict[int, Label]:
    return {label.id: label for label in decode_json(data, kind, path=path).labels}
