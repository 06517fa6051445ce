"""What git's merges of single files leave incomplete in a job, and the change that makes it whole again.

A track stands in many files, and a shape may go from one to another: a merge that sees one file alone keeps a keyframe
that somebody changed and lets its track go, which the other side deleted; or it keeps a shape twice, where one side
moved it to another run of frames and the other changed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit import ChangeSet
from cvatcore.errors import CvatError
from cvatcore.merge import adopt, merge_annotations, orphans
from cvatcore.schema import Annotations, ConflictDocument, Keyframe, Shape, Track
from cvatcore.store import JobAnnotations, Store, decode_shard, decode_tracks
from cvatcore.store.layout import annotations_dir, shard_path, shard_start, tracks_path
from cvatcore.store.shard_files import list_shards
from cvatcore.workspace.leftover.git_changes import GitMove, earlier_commits

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace


class Completion(msgspec.Struct, frozen=True):
    """What makes a job whole again."""

    change: ChangeSet
    conflicts: tuple[ConflictDocument, ...] = ()
    tracks: int = 0
    """Tracks that come back."""
    shapes: int = 0
    """Shapes that were there twice."""
    empty: tuple[str, ...] = ()
    """Files without a line, which the format does not have."""


class _Lines(msgspec.Struct, frozen=True):
    """The lines of a job's files, not put together."""

    shapes: tuple[Shape, ...]
    heads: tuple[Track, ...]
    keyframes: tuple[Keyframe, ...]
    empty: tuple[str, ...]


def complete_job(workspace: Workspace, move: GitMove, *, task: int, job: int) -> Completion:
    """What is to be done for a job after git changed it; most often nothing.

    Errors: InvalidDocument for a file that cannot be read; StorageFailed.
    """
    lines = _read(workspace.store, task=task, job=job)
    lost = {keyframe.track for keyframe in orphans(lines.heads, lines.keyframes)}
    bare = _without_keyframes(lines)
    twice = _twice(lines.shapes)
    late = _late(lines)
    if not (lost or bare or twice or late):
        return Completion(change=ChangeSet(), empty=lines.empty)
    earlier = list(_earlier(workspace, move, task=task, job=job, tracks=lost | bare, shapes=twice))
    back = _whole_tracks(lines, earlier, lost=lost)
    known = {track.id for track in back}
    tracks = (*back, *(track for track in late if track.id not in known))
    shapes, conflicts = _one_of_each(twice, earlier, task=task, job=job)
    return Completion(
        change=ChangeSet(shapes=shapes, tracks=tracks),
        conflicts=conflicts,
        tracks=len(back),
        shapes=len(shapes),
        empty=lines.empty,
    )


def _read(store: Store, *, task: int, job: int) -> _Lines:
    shapes: list[Shape] = []
    keyframes: list[Keyframe] = []
    empty: list[str] = []
    for first in sorted(list_shards(store.files, task=task, job=job).shards):
        path = shard_path(task, job, first)
        data = store.read(path) or b""
        if not data.strip():
            empty.append(path)
            continue
        shard = decode_shard(data, path=path)
        shapes += shard.shapes
        keyframes += shard.keyframes
    path = tracks_path(task, job)
    heads = store.read(path)
    if heads is not None and not heads.strip():
        empty.append(path)
    return _Lines(
        shapes=tuple(shapes),
        heads=decode_tracks(heads or b"", path=path),
        keyframes=tuple(keyframes),
        empty=tuple(empty),
    )


def _without_keyframes(lines: _Lines) -> set[int]:
    moving = {keyframe.track for keyframe in lines.keyframes}
    return {head.id for head in lines.heads if moving.isdisjoint(one.id for one in (head, *head.elements))}


def _late(lines: _Lines) -> list[Track]:
    """Tracks whose line says that they start after their first keyframe: each side changed one of the two."""
    first: dict[int, int] = {}
    for keyframe in lines.keyframes:
        first[keyframe.track] = min(keyframe.frame, first.get(keyframe.track, keyframe.frame))
    if not any(first.get(one.id, one.frame) < one.frame for head in lines.heads for one in (head, *head.elements)):
        return []
    whole = adopt(lines.heads, lines.keyframes, earlier=()).tracks
    return [started for track in whole if (started := _started(track, first)) != track]


def _started(track: Track, first: Mapping[int, int]) -> Track:
    elements = tuple(_started(element, first) for element in track.elements)
    return msgspec.structs.replace(track, frame=min(track.frame, first.get(track.id, track.frame)), elements=elements)


def _twice(shapes: Iterable[Shape]) -> dict[int, tuple[Shape, Shape]]:
    """Shapes of one id in two files, by the id. Those in one file are a person's doing, and stay."""
    first: dict[int, Shape] = {}
    found: dict[int, list[Shape]] = {}
    for shape in shapes:
        if (known := first.setdefault(shape.id, shape)) is not shape:
            found.setdefault(shape.id, [known]).append(shape)
    return {
        number: (pair[0], pair[1])
        for number, pair in found.items()
        if len(pair) == 2 and shard_start(pair[0].frame) != shard_start(pair[1].frame)
    }


def _earlier(
    workspace: Workspace,
    move: GitMove,
    *,
    task: int,
    job: int,
    tracks: set[int],
    shapes: Mapping[int, tuple[Shape, Shape]],
) -> Iterator[Annotations]:
    """Earlier versions of a job, until each track was met with keyframes, and each shape as neither side has it."""
    missing = tracks | shapes.keys()
    for commit in earlier_commits(workspace, move, path=annotations_dir(task, job)):
        try:
            then = Store(workspace.root, revision=commit)
        except CvatError:
            continue
        try:
            version = JobAnnotations(then, task=task, job=job).read()
        except CvatError:
            continue  # A broken version says nothing; the next one may.
        finally:
            then.close()
        yield version
        missing -= {shape.id for shape in version.shapes if shape.id in shapes and shape not in shapes[shape.id]}
        for track in version.tracks:
            if track.keyframes or any(element.keyframes for element in track.elements):
                missing -= {one.id for one in (track, *track.elements)}
        if not missing:
            return


def _whole_tracks(lines: _Lines, earlier: list[Annotations], *, lost: set[int]) -> tuple[Track, ...]:
    """The tracks that come back, as they were, with what was changed in them since."""
    whole = adopt(lines.heads, lines.keyframes, earlier=earlier)
    before: dict[int, Track] = {}
    for version in earlier:
        for track in version.tracks:
            before.setdefault(track.id, track)
    return tuple(
        # Their line and every keyframe that nobody had changed were deleted together: they come back together.
        _with_earlier(track, before[track.id])
        if track.id in before and any(one.id in lost for one in (track, *track.elements))
        else track
        for track in whole.tracks
        if track.id in whole.adopted
    )


def _with_earlier(track: Track, before: Track) -> Track:
    keyframes = {key.frame: key for key in (*before.keyframes, *track.keyframes)}
    joints = {element.id: element for element in before.elements}
    return msgspec.structs.replace(
        track,
        keyframes=tuple(keyframes[frame] for frame in sorted(keyframes)),
        elements=tuple(
            _with_earlier(element, joints[element.id]) if element.id in joints else element
            for element in track.elements
        ),
    )


def _one_of_each(
    twice: Mapping[int, tuple[Shape, Shape]], earlier: list[Annotations], *, task: int, job: int
) -> tuple[tuple[Shape, ...], tuple[ConflictDocument, ...]]:
    """One shape of two, by the rule of every merge: what the version before them both has tells who changed what."""
    shapes: list[Shape] = []
    conflicts: list[ConflictDocument] = []
    for number, (ours, theirs) in twice.items():
        known = [[shape for shape in version.shapes if shape.id == number] for version in earlier]
        if any(len(found) > 1 for found in known):
            continue  # It was there twice before git came.
        if known and theirs in known[0]:
            ours, theirs = theirs, ours
        bases = [Annotations(shapes=(shape,)) for found in known for shape in found if shape not in (ours, theirs)]
        merged = merge_annotations(
            bases[-1:], Annotations(shapes=(ours,)), Annotations(shapes=(theirs,)), task=task, job=job
        )
        shapes += merged.annotations.shapes[:1]
        conflicts += merged.conflicts
    return tuple(shapes), tuple(conflicts)
