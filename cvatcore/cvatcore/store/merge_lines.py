"""One shard, or one `tracks.jsonl`, merged line by line by what the lines are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cvatcore.merge.annotations import merge_annotations
from cvatcore.merge.tracks import JobConflicts, merge_keyframes
from cvatcore.schema import Annotations, ConflictDocument, Keyframe
from cvatcore.store.shards import Shard, decode_shard, decode_tracks, encode_shard, encode_tracks

Lines = tuple[bytes | None, tuple[ConflictDocument, ...]]
"""The merged file, None where nothing is left, and the conflicts."""


def merge_shard(
    task: int, job: int, path: str, bases: Sequence[bytes | None], ours: bytes | None, theirs: bytes | None
) -> Lines:
    """A shard by itself: shapes by id, keyframes by track and frame.

    Errors: InvalidDocument that names the side.
    """
    our, their = _shard(path, "ours", ours), _shard(path, "theirs", theirs)
    known = [_shard(path, "base", base) for base in bases]
    merged = merge_annotations(
        [Annotations(shapes=base.shapes) for base in known],
        Annotations(shapes=our.shapes),
        Annotations(shapes=their.shapes),
        task=task,
        job=job,
    )
    conflicts = JobConflicts(task, job, list(merged.conflicts))
    keyframes = merge_loose_keyframes(
        [base.keyframes for base in known], our.keyframes, their.keyframes, conflicts=conflicts
    )
    shard = Shard(shapes=merged.annotations.shapes, keyframes=keyframes)
    return None if shard.is_empty else encode_shard(shard), conflicts.sorted()


def merge_tracks(
    task: int, job: int, path: str, bases: Sequence[bytes | None], ours: bytes | None, theirs: bytes | None
) -> Lines:
    """The heads of tracks by themselves.

    Errors: InvalidDocument that names the side.
    """
    our, their = _heads(path, "ours", ours), _heads(path, "theirs", theirs)
    merged = merge_annotations([_heads(path, "base", base) for base in bases], our, their, task=task, job=job)
    tracks = merged.annotations.tracks
    return encode_tracks(tracks) if tracks else None, merged.conflicts


def merge_loose_keyframes(
    bases: Sequence[Iterable[Keyframe]],
    ours: Iterable[Keyframe],
    theirs: Iterable[Keyframe],
    *,
    conflicts: JobConflicts,
) -> tuple[Keyframe, ...]:
    """Keyframes of tracks that are not at hand, sorted by frame and track."""
    merged: list[Keyframe] = []
    known = [_by_track(base) for base in bases]
    our_keys, their_keys = _by_track(ours), _by_track(theirs)
    for track in sorted(our_keys.keys() | their_keys.keys()):
        before = [base.get(track, {}) for base in known]
        found = merge_keyframes(before, our_keys.get(track, {}), their_keys.get(track, {}), conflicts=conflicts)
        merged += found.values()
    return tuple(sorted(merged, key=lambda keyframe: (keyframe.frame, keyframe.track)))


def _by_track(keyframes: Iterable[Keyframe]) -> dict[int, dict[int, Keyframe]]:
    found: dict[int, dict[int, Keyframe]] = {}
    for keyframe in keyframes:
        found.setdefault(keyframe.track, {})[keyframe.frame] = keyframe
    return found


def _shard(path: str, side: str, data: bytes | None) -> Shard:
    return decode_shard(data, path=f"{path} ({side})") if data else Shard()


def _heads(path: str, side: str, data: bytes | None) -> Annotations:
    return Annotations(tracks=decode_tracks(data, path=f"{path} ({side})") if data else ())
