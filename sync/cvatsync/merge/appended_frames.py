"""Frames that both sides appended to a task: those of theirs come after ours, and all that names them follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatcore.merge import FrameShift, merge_manifests, merge_task, shift_frames
from cvatcore.schema import ConflictDocument, Issue, Job, Keyframe, Shape, Task, decode_manifest, encode_manifest
from cvatcore.store.layout import (
    annotations_dir,
    manifest_path,
    place_of,
    shard_path,
    shard_start,
    task_path,
    tracks_path,
)
from cvatcore.store.shards import Shard, decode_shard, decode_tracks, encode_shard, encode_tracks
from cvatcore.store.text import decode_json, encode_json
from cvatsync.trees import bytes_of, edit_tree, entries_of, is_folder, key_of, node_at

if TYPE_CHECKING:
    import pygit2

    from cvatsync.trees import Node


def move_appended(
    repository: pygit2.Repository,
    *,
    bases: Sequence[pygit2.Tree],
    ours: pygit2.Tree,
    theirs: pygit2.Tree,
    prefix: str,
    written: list[pygit2.Oid],
) -> pygit2.Tree:
    """Their side with the frame numbers that it has after the merge; `written` collects the objects made for it.

    Errors: InvalidDocument, UnsupportedVersion.
    """
    roots = [node_at(tree, prefix.rstrip("/")) for tree in (ours, theirs, *bases)]
    edits: dict[str, bytes | None] = {}
    for task in _tasks_changed(roots):
        if (shift := _shift(task, roots)) is not None:
            edits |= _moved(task, roots[1], roots[2:], shift)
        # Also where no frame of theirs moves: they may follow frames that both sides appended.
        edits |= _sources_followed(task, roots)
    if not edits:
        return theirs
    made = edit_tree(repository, theirs, {prefix + path: data for path, data in edits.items()}, written=written)
    assert made is not None  # The manifest is in it.
    return repository[made].peel(type(theirs))


def _tasks_changed(roots: Sequence[Node]) -> list[int]:
    """The tasks that both sides and an ancestor have, and that both sides changed."""
    inside = [entries_of(node_at(root, "tasks")) for root in roots]
    names = inside[0].keys() & inside[1].keys()
    found = []
    for name in names:
        here, there = key_of(inside[0][name]), key_of(inside[1][name])
        before = {key_of(base.get(name)) for base in inside[2:]}
        if name.isdecimal() and here != there and before not in ({here}, {there}):
            found.append(int(name))
    return sorted(found)


def _shift(task: int, roots: Sequence[Node]) -> FrameShift | None:
    path = manifest_path(task)
    nodes = [node_at(root, path) for root in roots]
    here, there, *before = map(key_of, nodes)
    if here == there or None in (here, there) or set(before) in ({here}, {there}):
        return None
    manifests = [
        decode_manifest(data, path=f"{path} ({side})")
        for side, node in zip(("ours", "theirs", *("base" for _ in before)), nodes, strict=True)
        if (data := bytes_of(node)) is not None
    ]
    return merge_manifests(manifests[2:], manifests[0], manifests[1], task=task).shift


def _sources_followed(task: int, roots: Sequence[Node]) -> dict[str, bytes]:
    """The manifest of theirs, whose frames name their sources by the places that these have after the merge."""
    path = task_path(task)
    tasks = [
        None if (data := bytes_of(node_at(root, path))) is None else decode_json(data, Task, path=path)
        for root in roots
    ]
    ours, theirs, *before = tasks
    listed = manifest_path(task)
    manifest = bytes_of(node_at(roots[1], listed))
    if ours is None or theirs is None or manifest is None:
        return {}
    merged = merge_task([one for one in before if one is not None], ours, theirs).document.data.sources
    old = min((len(one.data.sources) for one in before if one is not None), default=0)
    places = {
        place: merged.index(source)
        for place, source in enumerate(theirs.data.sources)
        if place >= old and source in merged
    }
    if all(place == now for place, now in places.items()):
        return {}
    known = decode_manifest(manifest, path=f"{listed} (theirs)")
    images = tuple(
        msgspec.structs.replace(image, source=places.get(image.source, image.source)) for image in known.images
    )
    return {listed: encode_manifest(msgspec.structs.replace(known, images=images))}


def _moved(task: int, root: Node, bases: Sequence[Node], shift: FrameShift) -> dict[str, bytes | None]:
    """The files of a task of theirs that name frames which move."""
    edits: dict[str, bytes | None] = {}
    folder = f"tasks/{task}"
    path = task_path(task)
    if (data := bytes_of(node_at(root, path))) is not None:
        edits[path] = encode_json(shift_frames(decode_json(data, Task, path=path), shift))
    for name, node in entries_of(node_at(root, f"{folder}/jobs")).items():
        path = f"{folder}/jobs/{name}"
        data, place = bytes_of(node), place_of(path)
        if data is None or place is None:
            continue
        job = decode_json(data, Job, path=path)
        if job.stop >= shift.first:
            edits[path] = encode_json(shift_frames(job, shift))
            edits |= _moved_annotations(task, place.job, root, shift)
    for path, found in _new_files(root, bases, f"{folder}/issues"):
        issue = decode_json(found, Issue, path=path)
        edits[path] = encode_json(shift_frames(issue, shift))
    for path, found in _new_files(root, bases, f"{folder}/conflicts"):
        conflict = decode_json(found, ConflictDocument, path=path)
        edits[path] = encode_json(msgspec.structs.replace(conflict, frame=shift(conflict.frame)))
    return edits


def _new_files(root: Node, bases: Sequence[Node], folder: str) -> list[tuple[str, bytes]]:
    """The documents in a folder that no ancestor has: older ones name no new frame."""
    known = {name for base in bases for name in entries_of(node_at(base, folder))}
    return [
        (f"{folder}/{name}", data)
        for name, node in entries_of(node_at(root, folder)).items()
        if name not in known and place_of(f"{folder}/{name}") is not None and (data := bytes_of(node)) is not None
    ]


def _moved_annotations(task: int, job: int, root: Node, shift: FrameShift) -> dict[str, bytes | None]:
    edits: dict[str, bytes | None] = {}
    shapes: list[Shape] = []
    keyframes: list[Keyframe] = []
    for path, data in _shards(annotations_dir(task, job), node_at(root, annotations_dir(task, job))):
        place = place_of(path)
        if place is not None and place.kind == "shard" and place.first >= shard_start(shift.first):
            shard = decode_shard(data, path=f"{path} (theirs)")
            shapes += [shift_frames(shape, shift) for shape in shard.shapes]
            keyframes += [shift_frames(keyframe, shift) for keyframe in shard.keyframes]
            edits[path] = None
    groups: dict[int, tuple[list[Shape], list[Keyframe]]] = {}
    for shape in shapes:
        groups.setdefault(shard_start(shape.frame), ([], []))[0].append(shape)
    for keyframe in keyframes:
        groups.setdefault(shard_start(keyframe.frame), ([], []))[1].append(keyframe)
    for first, (still, moving) in groups.items():
        edits[shard_path(task, job, first)] = encode_shard(Shard(shapes=tuple(still), keyframes=tuple(moving)))
    path = tracks_path(task, job)
    if (tracks := bytes_of(node_at(root, path))) is not None:
        heads = decode_tracks(tracks, path=f"{path} (theirs)")
        edits[path] = encode_tracks(shift_frames(head, shift) for head in heads)
    return edits


def _shards(path: str, node: Node) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for name, inner in entries_of(node).items():
        if is_folder(inner):
            found += _shards(f"{path}/{name}", inner)
        elif (data := bytes_of(inner)) is not None:
            found.append((f"{path}/{name}", data))
    return found
