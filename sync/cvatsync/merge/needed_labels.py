"""Labels that one side deleted, and that objects of the merge still have: they come back.

Who deletes a label deletes its objects with it. So only objects in files that the other side changed can have it, and
only those are read, where a label was deleted at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatcore.merge import keep_used_labels
from cvatcore.schema import Label, Project, Task
from cvatcore.schema.label import find_label
from cvatcore.store.layout import annotations_dir, place_of, project_path, task_path
from cvatcore.store.shards import decode_shard, decode_tracks
from cvatcore.store.text import decode_json, encode_json
from cvatsync.trees import bytes_of, entries_of, is_folder, key_of, node_at

if TYPE_CHECKING:
    from cvatsync.trees import Node


class Labelled(msgspec.Struct, frozen=True):
    """The workspace in the trees of a merge."""

    ours: Node
    theirs: Node
    bases: tuple[Node, ...]
    merged: Node
    kept: frozenset[str]
    """Folders of tasks and documents of jobs that one side had deleted: all their objects are back."""
    used: Mapping[tuple[int, int], frozenset[str]]
    """By task and job that both sides changed, the labels that objects in the files merged have."""


def bring_back_labels(sides: Labelled) -> dict[str, bytes]:
    """The documents that get labels back, by their path in the workspace.

    Errors: InvalidDocument.
    """
    needed: dict[str, set[str]] = {}
    for deleting, other in ((sides.ours, sides.theirs), (sides.theirs, sides.ours)):
        lost_of = {
            path: lost
            for path in (*_changed(deleting, sides.bases, "projects"), *_changed(deleting, sides.bases, "tasks"))
            if (lost := _lost(path, deleting, sides.bases))
        }
        if not lost_of:
            continue
        for path in _changed(other, sides.bases, "tasks"):
            task = _task(path, sides.merged)
            if task is None:
                continue
            home = project_path(task.project) if task.project else path
            if home in lost_of:
                found = lost_of[home] & _used(task.id, other, sides)
                needed.setdefault(home, set()).update(found)
    return {path: data for path, names in needed.items() if names and (data := _with(path, names, sides)) is not None}


def _changed(side: Node, bases: Sequence[Node], folder: str) -> Iterator[str]:
    """The documents of the tasks or projects whose folder a side does not have as all ancestors do."""
    before = [entries_of(node_at(base, folder)) for base in bases]
    now = node_at(side, folder)
    if {key_of(node_at(base, folder)) for base in bases} == {key_of(now)}:
        return
    for name, node in entries_of(now).items():
        if name.isdecimal() and {key_of(one.get(name)) for one in before} != {key_of(node)}:
            yield task_path(int(name)) if folder == "tasks" else project_path(int(name))


def _lost(path: str, side: Node, bases: Sequence[Node]) -> set[str]:
    """The names of labels that an ancestor has in a document, and a side has not any more."""
    if {key_of(node_at(base, path)) for base in bases} == {key_of(node_at(side, path))}:
        return set()
    now = _labels(path, side)
    before = [label for base in bases for label in _labels(path, base)]
    known = {label.id for label in now}
    gone = [label for label in before if label.id not in known]
    names = {name for label in gone for name in (label.name, *label.aliases)}
    return {name for name in names if find_label(now, name) is None}


def _labels(path: str, root: Node) -> tuple[Label, ...]:
    document = _document(path, root)
    return () if document is None else document.labels


def _document(path: str, root: Node) -> Project | Task | None:
    data = bytes_of(node_at(root, path))
    if data is None:
        return None
    if path.startswith("projects/"):
        return decode_json(data, Project, path=path)
    return decode_json(data, Task, path=path)


def _task(path: str, root: Node) -> Task | None:
    document = _document(path, root)
    return document if isinstance(document, Task) else None


def _used(task: int, side: Node, sides: Labelled) -> set[str]:
    """The labels of the objects of a task in the files that a side changed, as the merge has them."""
    names: set[str] = set()
    before: tuple[Node, ...] = () if f"tasks/{task}" in sides.kept else sides.bases
    folder = f"tasks/{task}/annotations"
    for name in entries_of(node_at(side, folder)):
        if not name.isdecimal():
            continue
        job = int(name)
        whole = f"tasks/{task}/jobs/{job}.json" in sides.kept
        path = annotations_dir(task, job)
        if (task, job) in sides.used and not whole and before:
            names |= sides.used[task, job]
            continue
        ancestors = [node_at(base, path) for base in (() if whole else before)]
        names |= set(_names(_different(path, node_at(side, path), ancestors)))
    return names


def _different(path: str, node: Node, bases: Sequence[Node]) -> Iterator[tuple[str, bytes]]:
    """The files below a path that are not as all ancestors have them."""
    if bases and {key_of(base) for base in bases} == {key_of(node)}:
        return
    if is_folder(node):
        inside = [entries_of(base) for base in bases]
        for name, inner in entries_of(node).items():
            yield from _different(f"{path}/{name}", inner, [entries.get(name) for entries in inside])
    elif (data := bytes_of(node)) is not None:
        yield path, data


def _names(files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    for path, data in files:
        place = place_of(path)
        if place is not None and place.kind == "tracks":
            yield from (track.label for track in decode_tracks(data, path=path))
        elif place is not None:
            yield from (shape.label for shape in decode_shard(data, path=path).shapes)


def _with(path: str, names: set[str], sides: Labelled) -> bytes | None:
    """A merged document with the labels of these names again."""
    document = _document(path, sides.merged)
    if document is None:
        return None
    known = [label for root in (sides.ours, sides.theirs, *sides.bases) for label in _labels(path, root)]
    labels = keep_used_labels(document.labels, base_labels=known, used={name: frozenset[str]() for name in names})
    if labels == document.labels:
        return None
    return encode_json(msgspec.structs.replace(document, labels=labels))
