"""All objects of a job, merged."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from cvatcore.merge.objects import merge_shape
from cvatcore.merge.picking import Met, as_json, merge_keyed
from cvatcore.merge.tracks import JobConflicts, merge_track
from cvatcore.schema import Annotations, ConflictDocument, FieldConflict, Shape, Track

Item = TypeVar("Item", Shape, Track)


class MergedAnnotations(msgspec.Struct, frozen=True):
    """The objects of a job as both sides have them, and what they disagree about."""

    annotations: Annotations
    conflicts: tuple[ConflictDocument, ...]
    """Sorted by id: one a shape, a track (its head and its joints') or a keyframe."""


def merge_annotations(
    bases: Sequence[Annotations],
    ours: Annotations,
    theirs: Annotations,
    *,
    task: int,
    job: int,
    elsewhere: Callable[[int], bool] = lambda number: False,
) -> MergedAnnotations:
    """Merge the objects of a job.

    Args:
        bases: the common ancestors; a side counts as unchanged only where all of them equal it.
        ours: the side whose values stay where two meet.
        theirs: the other side.
        task: whose job it is, for the conflicts.
        job: its id.
        elsewhere: whether a track has keyframes besides those that are given: ones that are the same on all sides.

    An object that one side made a track of a shape, or the other way round, while the other side changed it stays as
    ours has it; the conflict `object` of kind track has both, a whole line each (of a track with its keyframes). The
    same holds for one that is a skeleton on one side only.
    """
    conflicts = JobConflicts(task, job, [], elsewhere)

    def both_shapes(_: Hashable, before: Sequence[Shape], our: Shape, their: Shape) -> Shape:
        if (our.type == "skeleton") != (their.type == "skeleton"):
            return _whole(before, our, their, conflicts)
        met: Met = []
        merged = merge_shape(before, our, their, met=met)
        conflicts.add("shape", met, number=our.id, frame=merged.frame)
        return merged

    def both_tracks(_: Hashable, before: Sequence[Track], our: Track, their: Track) -> Track:
        if bool(our.elements) != bool(their.elements):
            return _whole(before, our, their, conflicts)
        return merge_track(before, our, their, conflicts=conflicts)

    shapes = merge_keyed([by_id(base.shapes) for base in bases], by_id(ours.shapes), by_id(theirs.shapes), both_shapes)
    tracks = merge_keyed([by_id(base.tracks) for base in bases], by_id(ours.tracks), by_id(theirs.tracks), both_tracks)
    for number in shapes.keys() & tracks.keys():
        _choose_kind(number, bases, ours, shapes, tracks, conflicts)
    annotations = Annotations(
        shapes=tuple(sorted(shapes.values(), key=lambda shape: (shape.frame, shape.id))),
        tracks=tuple(sorted(tracks.values(), key=lambda track: track.id)),
    )
    return MergedAnnotations(annotations, conflicts.sorted())


def _whole(bases: Sequence[Item], ours: Item, theirs: Item, conflicts: JobConflicts) -> Item:
    """An object that has no fields in common with the other side's: ours stays."""
    base = as_json(bases[0]) if bases else None
    conflict = FieldConflict(field="object", base=base, ours=as_json(ours), theirs=as_json(theirs))
    conflicts.add("track", [conflict], number=ours.id, frame=min(ours.frame, theirs.frame))
    return ours


def by_id(items: Iterable[Item]) -> dict[Hashable, Item]:
    """Objects by id. Those that share one, which no valid file has, are told apart by their order: none is lost."""
    listed = tuple(items)
    found: dict[Hashable, Item] = {item.id: item for item in listed}
    if len(found) == len(listed):
        return found
    found = {}
    for item in listed:
        key: Hashable = item.id
        copy = 0
        while key in found:
            copy += 1
            key = (item.id, copy)
        found[key] = item
    return found


def _choose_kind(
    number: Hashable,
    bases: Sequence[Annotations],
    ours: Annotations,
    shapes: dict[Hashable, Shape],
    tracks: dict[Hashable, Track],
    conflicts: JobConflicts,
) -> None:
    """One side made a track of a shape, or the other way round, and the other side changed what it was: ours stays."""
    is_shape = any(shape.id == number for shape in ours.shapes)
    shape, track = shapes[number], tracks[number]
    base: Mapping[Hashable, Shape | Track] = {}
    if bases:
        base = {**by_id(bases[0].tracks), **by_id(bases[0].shapes)}
    values = (as_json(shape), as_json(track)) if is_shape else (as_json(track), as_json(shape))
    conflict = FieldConflict(field="object", base=as_json(base.get(number)), ours=values[0], theirs=values[1])
    conflicts.add("track", [conflict], number=track.id, frame=track.frame)
    if is_shape:
        del tracks[number]
    else:
        del shapes[number]
