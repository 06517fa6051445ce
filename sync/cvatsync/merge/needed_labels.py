"""Labels and attributes that one side deleted, and that objects of the merge still have: they come back.

Who deletes a label deletes its objects with it, and who deletes an attribute deletes its values. So only objects in
files that the other side changed can have it, and only those are read, where something was deleted at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from cvatcore.merge import keep_used_labels, used_labels
from cvatcore.schema import Keyframe, Label, Project, Shape, Task, Track
from cvatcore.schema.label import find_label
from cvatcore.store.layout import annotations_dir, place_of, project_path, task_path, tracks_path
from cvatcore.store.shards import decode_shard, decode_tracks
from cvatcore.store.text import decode_json, encode_json
from cvatsync.trees import bytes_of, entries_of, is_folder, key_of, node_at

if TYPE_CHECKING:
    from cvatsync.trees import Node


Used: TypeAlias = Mapping[str, frozenset[str]]
"""By the name of a label, the attributes that objects with it have."""


class Labelled(msgspec.Struct, frozen=True):
    """The workspace in the trees of a merge."""

    ours: Node
    theirs: Node
    bases: tuple[Node, ...]
    merged: Node
    kept: frozenset[str]
    """Folders of tasks and documents of jobs that one side had deleted: all their objects are back."""
    used: Mapping[tuple[int, int], Used]
    """By task and job that both sides changed, the labels that objects in the files merged have, with attributes."""


class _Lost(msgspec.Struct, frozen=True):
    """What an ancestor has in a document, and a side has not any more."""

    labels: frozenset[str]
    """All names by which those were found."""
    attributes: Mapping[str, frozenset[str]]
    """Of labels that stay, by all names that they had and have."""

    def __bool__(self) -> bool:
        return bool(self.labels or self.attributes)

    def among(self, used: Used) -> Used:
        """What of it objects have."""
        found: dict[str, frozenset[str]] = {}
        for name, attributes in used.items():
            if name in self.labels:
                found[name] = attributes
            elif back := attributes & self.attributes.get(name, frozenset()):
                found[name] = back
        return found


def bring_back_labels(sides: Labelled) -> dict[str, bytes]:
    """The documents that get labels back, by their path in the workspace.

    Errors: InvalidDocument.
    """
    needed: dict[str, Used] = {}
    for deleting, other in ((sides.ours, sides.theirs), (sides.theirs, sides.ours)):
        lost_of = {
            path: lost
            for path in (*_changed(deleting, sides.bases, "projects"), *_changed(deleting, sides.bases, "tasks"))
            if (lost := _lost(path, deleting, sides))
        }
        if not lost_of:
            continue
        for path in _changed(other, sides.bases, "tasks"):
            task = _task(path, sides.merged)
            if task is None:
                continue
            home = project_path(task.project) if task.project else path
            if home in lost_of:
                found = lost_of[home].among(_used(task.id, other, sides))
                needed[home] = _together((needed.get(home, {}), found))
    return {path: data for path, used in needed.items() if used and (data := _with(path, used, sides)) is not None}


def _changed(side: Node, bases: Sequence[Node], folder: str) -> Iterator[str]:
    """The documents of the tasks or projects whose folder a side does not have as all ancestors do."""
    before = [entries_of(node_at(base, folder)) for base in bases]
    now = node_at(side, folder)
    if {key_of(node_at(base, folder)) for base in bases} == {key_of(now)}:
        return
    for name, node in entries_of(now).items():
        if name.isdecimal() and {key_of(one.get(name)) for one in before} != {key_of(node)}:
            yield task_path(int(name)) if folder == "tasks" else project_path(int(name))


def _lost(path: str, side: Node, sides: Labelled) -> _Lost:
    bases = sides.bases
    if {key_of(node_at(base, path)) for base in bases} == {key_of(node_at(side, path))}:
        return _Lost(frozenset(), {})
    now = _labels(path, side)
    before = [label for base in bases for label in _labels(path, base)]
    known = {label.id: label for label in now}
    gone = [label for label in before if label.id not in known]
    gone_names = {name for label in gone for name in (label.name, *label.aliases)}
    attributes: dict[str, frozenset[str]] = {}
    # The other side may have renamed the label; objects have its name, or that of the merge.
    named = [*before, *(label for root in (sides.ours, sides.theirs, sides.merged) for label in _labels(path, root))]
    for label in before:
        if (still := known.get(label.id)) is None:
            continue
        ids, names = {one.id for one in still.attributes}, {one.name for one in still.attributes}
        lost = frozenset(one.name for one in label.attributes if one.id not in ids and one.name not in names)
        for one in named if lost else ():
            if one.id == label.id:
                for name in (one.name, *one.aliases):
                    attributes[name] = attributes.get(name, frozenset()) | lost
    return _Lost(frozenset(name for name in gone_names if find_label(now, name) is None), attributes)


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


def _used(task: int, side: Node, sides: Labelled) -> Used:
    """The labels of the objects of a task in the files that a side changed, as the merge has them."""
    found: list[Used] = []
    before: tuple[Node, ...] = () if f"tasks/{task}" in sides.kept else sides.bases
    folder = f"tasks/{task}/annotations"
    for name in entries_of(node_at(side, folder)):
        if not name.isdecimal():
            continue
        job = int(name)
        whole = f"tasks/{task}/jobs/{job}.json" in sides.kept
        path = annotations_dir(task, job)
        if (task, job) in sides.used and not whole and before:
            found.append(sides.used[task, job])
            continue
        ancestors = [node_at(base, path) for base in (() if whole else before)]
        files = _different(path, node_at(side, path), ancestors)
        found.append(_used_in(files, partial(_bytes_at, side, tracks_path(task, job))))
    return _together(found)


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


def _bytes_at(root: Node, path: str) -> bytes | None:
    return bytes_of(node_at(root, path))


def _used_in(files: Iterable[tuple[str, bytes]], heads: Callable[[], bytes | None]) -> Used:
    """The labels of the objects in some files of a job; `heads` reads its tracks, which say whose the keyframes are."""
    items: list[Shape | Track] = []
    keyframes: dict[int, list[Keyframe]] = {}
    for path, data in files:
        place = place_of(path)
        if place is not None and place.kind == "tracks":
            items += decode_tracks(data, path=path)
        elif place is not None:
            shard = decode_shard(data, path=path)
            items += shard.shapes
            for keyframe in shard.keyframes:
                if keyframe.attributes:
                    keyframes.setdefault(keyframe.track, []).append(keyframe)
    for track in decode_tracks(heads() or b"", path="tracks.jsonl") if keyframes else ():
        if track.id in keyframes:
            items.append(msgspec.structs.replace(track, attributes={}, keyframes=tuple(keyframes[track.id])))
    return {name: frozenset(attributes) for name, attributes in used_labels(items).items()}


def _together(parts: Iterable[Used]) -> Used:
    found: dict[str, frozenset[str]] = {}
    for part in parts:
        for name, attributes in part.items():
            found[name] = found.get(name, frozenset()) | attributes
    return found


def _with(path: str, used: Used, sides: Labelled) -> bytes | None:
    """A merged document with these labels, and attributes of labels, again."""
    document = _document(path, sides.merged)
    if document is None:
        return None
    known = [label for root in (sides.ours, sides.theirs, *sides.bases) for label in _labels(path, root)]
    labels = keep_used_labels(document.labels, base_labels=known, used=used)
    if labels == document.labels:
        return None
    return encode_json(msgspec.structs.replace(document, labels=labels))
