"""Tracks of both sides: their heads field by field, their keyframes frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from cvatcore.merge.conflict_ids import conflict_of
from cvatcore.merge.fields import Rules, merge_attributes, merge_lowest, merge_struct
from cvatcore.merge.objects import merge_placed, parts_conflict
from cvatcore.merge.ordering import merge_order
from cvatcore.merge.picking import Met, merge_keyed
from cvatcore.schema import ConflictDocument, ConflictKind, Keyframe, Track

_PARTS = frozenset({"elements", "keyframes"})
_RULES: Rules = {Track: {"frame": merge_lowest, "attributes": merge_attributes}}


class JobConflicts(msgspec.Struct):
    """The conflicts of one job, as a merge of it finds them."""

    task: int
    job: int
    found: list[ConflictDocument]
    elsewhere: Callable[[int], bool] = lambda number: False
    """Whether a track has keyframes besides those that are merged: ones that are the same on all sides."""

    def add(self, kind: ConflictKind, met: Met, *, number: int, frame: int) -> None:
        """Keep the fields of one thing that met, if there are any."""
        if met:
            self.found.append(conflict_of(kind, met, task=self.task, job=self.job, number=number, frame=frame))

    def sorted(self) -> tuple[ConflictDocument, ...]:
        """The conflicts by id."""
        return tuple(sorted(self.found, key=lambda conflict: conflict.id))


def merge_track(bases: Sequence[Track], ours: Track, theirs: Track, *, conflicts: JobConflicts) -> Track:
    """A track that both sides have, with its keyframes and its joints.

    Two things cannot be settled keyframe by keyframe; then ours stay as they are, and the conflict `keyframes` has
    those of both sides. A track is of one type: where one side turned it into another and the other side set keyframes
    of the type that it had. And a track has a keyframe: where each side took away those that the other one left. The
    same holds for the joints of a skeleton (`elements`). A track starts with its first keyframe, or before.
    """
    met: Met = []
    merged = _merge_one(bases, ours, theirs, met=met, at="", conflicts=conflicts)
    conflicts.add("track", met, number=ours.id, frame=merged.frame)
    return merged


def _merge_one(
    bases: Sequence[Track], ours: Track, theirs: Track, *, met: Met, at: str, conflicts: JobConflicts
) -> Track:
    head = merge_struct(bases, ours, theirs, met=met, rules=_RULES, at=at, skip=_PARTS)
    keyframes = _merge_own_keyframes(bases, ours, theirs, met=met, at=at, conflicts=conflicts)
    elements = _merge_elements(bases, ours, theirs, met=met, at=at, conflicts=conflicts)
    first = min((keyframe.frame for keyframe in keyframes), default=head.frame)
    return msgspec.structs.replace(head, frame=min(head.frame, first), keyframes=keyframes, elements=elements)


def _merge_elements(
    bases: Sequence[Track], ours: Track, theirs: Track, *, met: Met, at: str, conflicts: JobConflicts
) -> tuple[Track, ...]:
    if ours.elements == theirs.elements:
        return ours.elements

    def both(number: int, before: Sequence[Track], our: Track, their: Track) -> Track:
        return _merge_one(before, our, their, met=met, at=f"{at}elements.{number}.", conflicts=conflicts)

    our_joints, their_joints = ({one.id: one for one in side.elements} for side in (ours, theirs))
    known = [{one.id: one for one in base.elements} for base in bases]
    merged = merge_keyed(known, our_joints, their_joints, both)
    if not merged:
        met.append(parts_conflict(f"{at}elements", [base.elements for base in bases], ours.elements, theirs.elements))
        return ours.elements
    order = merge_order([list(base) for base in known], list(our_joints), list(their_joints), kept=merged, rank=int)
    return tuple(merged[number] for number in order)


def _merge_own_keyframes(
    bases: Sequence[Track], ours: Track, theirs: Track, *, met: Met, at: str, conflicts: JobConflicts
) -> tuple[Keyframe, ...]:
    if ours.keyframes == theirs.keyframes:
        return ours.keyframes
    our_keys, their_keys = ({key.frame: key for key in side.keyframes} for side in (ours, theirs))
    known = [{key.frame: key for key in base.keyframes} for base in bases]
    inner = JobConflicts(conflicts.task, conflicts.job, [])
    merged = merge_keyframes(known, our_keys, their_keys, conflicts=inner)
    is_gone = not merged and bool(our_keys and their_keys) and not conflicts.elsewhere(ours.id)
    is_turned = _is_whole(ours) and _is_whole(theirs) and _types(ours.keyframes) != _types(theirs.keyframes)
    # Where keyframes met the outcome is that of ours: only what is the same for both sides decides.
    if is_gone or (is_turned and (inner.found or len(_types(merged.values())) > 1)):
        met.append(
            parts_conflict(f"{at}keyframes", [base.keyframes for base in bases], ours.keyframes, theirs.keyframes)
        )
        return ours.keyframes
    conflicts.found.extend(inner.found)
    return tuple(merged[frame] for frame in sorted(merged))


def _types(keyframes: Iterable[Keyframe]) -> set[str]:
    return {keyframe.type for keyframe in keyframes}


def _is_whole(track: Track) -> bool:
    """Whether its keyframes are of one type; what was mixed before a merge may stay so."""
    return len(_types(track.keyframes)) <= 1


def merge_keyframes(
    bases: Sequence[Mapping[int, Keyframe]],
    ours: Mapping[int, Keyframe],
    theirs: Mapping[int, Keyframe],
    *,
    conflicts: JobConflicts,
) -> dict[int, Keyframe]:
    """The keyframes of one track by frame."""

    def both(frame: int, before: Sequence[Keyframe], our: Keyframe, their: Keyframe) -> Keyframe:
        met: Met = []
        merged = merge_placed(before, our, their, met=met)
        conflicts.add("keyframe", met, number=our.track, frame=frame)
        return merged

    return merge_keyed(bases, ours, theirs, both)
