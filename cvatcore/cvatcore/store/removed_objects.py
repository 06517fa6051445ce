"""Leaving out of older states what a later one has removed: then a merge with them does not bring it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from cvatcore.schema import Track, object_ids
from cvatcore.store.layout import place_of
from cvatcore.store.shards import Shard, decode_shard, decode_tracks, encode_shard, encode_tracks

Files = Mapping[str, bytes]
"""Files of a job's annotations by their path in the workspace."""


class _Gone(msgspec.Struct, frozen=True):
    """What is no longer there."""

    shapes: frozenset[int]
    tracks: frozenset[int]
    joints: frozenset[int]
    """Of those tracks, the ids that keyframes name: their own and those of their joints."""
    keyframes: frozenset[tuple[int, int]]
    """By track and frame."""


def leave_out_removed(base: Files, now: Files, *others: Files) -> list[dict[str, bytes | None]]:
    """What makes the base, and then each of the others, hold nothing that the base had and that is gone by now.

    Args:
        base: the files of a job in the older state, as far as they are not the same now.
        now: its files now, as far as they are not the same in the base.
        others: other older states.

    Returns for the base and each of the others the files that change; None removes one.
    Errors: InvalidDocument for a file that cannot be read.
    """
    gone = _gone(base, now)
    if not (gone.shapes or gone.tracks or gone.keyframes):
        return [{} for _ in (base, *others)]
    return [dict(_without(files, gone)) for files in (base, *others)]


def _gone(base: Files, now: Files) -> _Gone:
    shapes, heads, keyframes = _contents(base)
    shapes_now, heads_now, keyframes_now = _contents(now)
    lost = [head for number, head in heads.items() if number not in heads_now]
    return _Gone(
        shapes=frozenset(shapes - shapes_now),
        tracks=frozenset(head.id for head in lost),
        joints=frozenset(number for head in lost for number in object_ids(head)),
        keyframes=frozenset(keyframes - keyframes_now),
    )


def _contents(files: Files) -> tuple[set[int], dict[int, Track], set[tuple[int, int]]]:
    shapes: set[int] = set()
    heads: dict[int, Track] = {}
    keyframes: set[tuple[int, int]] = set()
    for path, data in files.items():
        if _is_heads(path):
            heads |= {track.id: track for track in decode_tracks(data, path=path)}
        else:
            shard = decode_shard(data, path=path)
            shapes.update(shape.id for shape in shard.shapes)
            keyframes.update((keyframe.track, keyframe.frame) for keyframe in shard.keyframes)
    return shapes, heads, keyframes


def _without(files: Files, gone: _Gone) -> Iterable[tuple[str, bytes | None]]:
    for path, data in files.items():
        if _is_heads(path):
            heads = decode_tracks(data, path=path)
            left = [head for head in heads if head.id not in gone.tracks]
            if len(left) < len(heads):
                yield path, encode_tracks(left) if left else None
            continue
        shard = decode_shard(data, path=path)
        after = Shard(
            shapes=tuple(shape for shape in shard.shapes if shape.id not in gone.shapes),
            keyframes=tuple(
                keyframe
                for keyframe in shard.keyframes
                if keyframe.track not in gone.joints and (keyframe.track, keyframe.frame) not in gone.keyframes
            ),
        )
        if after != shard:
            yield path, None if after.is_empty else encode_shard(after)


def _is_heads(path: str) -> bool:
    place = place_of(path)
    return place is not None and place.kind == "tracks"
