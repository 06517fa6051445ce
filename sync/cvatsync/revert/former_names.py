"""A rename that is taken back: what was drawn under the newer name since still finds its label.

A rename rewrites the lines of all objects, and so does taking it back, as far as they were there then. Lines that came
later and use the newer name stay as they are, and the label remembers that name, as it does after any rename.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import Label, Project, Task, find_label
from cvatcore.store.layout import Place, place_of, project_path, task_path
from cvatcore.store.shards import decode_shard, decode_tracks
from cvatcore.store.text import decode_json, encode_json
from cvatsync.trees import bytes_of, node_at, tree_changes

if TYPE_CHECKING:
    from cvatsync.trees import Node

Names = dict[int, str]
"""By the id of a label, or of a joint, a name that it had."""


def remember_names(*, after: Node, before: Node, merged: Node) -> dict[str, bytes]:
    """The documents whose labels get former names, by path in the workspace.

    Args:
        after: the workspace after the change that is taken back.
        before: the one before it.
        merged: the one in which it is taken back.

    Errors: InvalidDocument.
    """
    lost: dict[str, Names] = {}
    for path in tree_changes(after, before):
        place = place_of(path)
        if place is not None and place.kind in {"task", "project"}:
            names = _lost_names(_labels(path, after), _labels(path, merged))
            if names:
                lost[path] = names
    if not lost:
        return {}
    used: dict[str, set[str]] = {}
    # An object with the newer name is in a file that was written since.
    for path in tree_changes(before, merged):
        place = place_of(path)
        if place is None or place.kind not in {"shard", "tracks"}:
            continue
        home = _home(place, merged)
        if home in lost and (data := bytes_of(node_at(merged, path))) is not None:
            used.setdefault(home, set()).update(_names(path, place, data))
    return {
        path: encode_json(changed)
        for path, names in lost.items()
        if (changed := _remembering(path, names, used.get(path, set()), merged)) is not None
    }


def _lost_names(after: tuple[Label, ...], merged: tuple[Label, ...]) -> Names:
    """The names that labels, and joints, had and that find none of them any more."""
    now = {label.id: label for label in merged}
    found: Names = {}
    for label in after:
        known = now.get(label.id)
        if known is None:
            continue
        if find_label(merged, label.name) is None:
            found[label.id] = label.name
        found |= _lost_names(label.sublabels, known.sublabels)
    return found


def _remembering(path: str, names: Names, used: set[str], merged: Node) -> Task | Project | None:
    document = _document(path, merged)
    if document is None or not used.intersection(names.values()):
        return None

    def with_names(labels: tuple[Label, ...]) -> tuple[Label, ...]:
        return tuple(
            msgspec.structs.replace(
                label,
                aliases=(*label.aliases, *({names[label.id]} & used if label.id in names else ())),
                sublabels=with_names(label.sublabels),
            )
            for label in labels
        )

    return msgspec.structs.replace(document, labels=with_names(document.labels))


def _names(path: str, place: Place, data: bytes) -> Iterator[str]:
    """The labels of the objects of a file, and of their joints."""
    if place.kind == "tracks":
        for track in decode_tracks(data, path=path):
            yield track.label
            yield from (element.label for element in track.elements)
        return
    for shape in decode_shard(data, path=path).shapes:
        yield shape.label
        yield from (element.label for element in shape.elements)


def _home(place: Place, root: Node) -> str:
    """The document that has the labels of a file's task."""
    path = task_path(place.task)
    task = _document(path, root)
    return project_path(task.project) if isinstance(task, Task) and task.project else path


def _labels(path: str, root: Node) -> tuple[Label, ...]:
    document = _document(path, root)
    return () if document is None else document.labels


def _document(path: str, root: Node) -> Task | Project | None:
    data = bytes_of(node_at(root, path))
    if data is None:
        return None
    kind: type[Task | Project] = Project if path.startswith("projects/") else Task
    return decode_json(data, kind, path=path)
