"""Leaving out of older states what is gone by now."""

from cvatcore.schema import Keyframe, Shape, Track
from cvatcore.store import Shard, decode_shard, encode_shard, encode_tracks
from cvatcore.store.layout import shard_path, tracks_path
from cvatcore.store.removed_objects import leave_out_removed
from kit.annotated import box

FIRST, SECOND, HEADS = shard_path(1, 1, 0), shard_path(1, 1, 32), tracks_path(1, 1)


def shard(*lines: Shape | Keyframe) -> bytes:
    return encode_shard(
        Shard(
            shapes=tuple(line for line in lines if isinstance(line, Shape)),
            keyframes=tuple(line for line in lines if isinstance(line, Keyframe)),
        ).in_order()
    )


def key(track: int, frame: int) -> Keyframe:
    return Keyframe(frame, track, "rectangle", (0.0, 0.0, 5.0, 5.0))


def test_nothing_is_gone() -> None:
    base = {FIRST: shard(box(1))}
    assert leave_out_removed(base, {SECOND: shard(box(1, 40))}, {FIRST: shard(box(1, at=5.0))}) == [{}, {}]


def test_shapes_that_are_gone_and_those_that_only_moved() -> None:
    base = {FIRST: shard(box(1), box(2), box(3))}
    now = {FIRST: shard(box(1)), SECOND: shard(box(2, 40))}
    older = {FIRST: shard(box(1), box(9)), SECOND: shard(box(3, 33))}
    in_base, in_older = leave_out_removed(base, now, older)
    assert in_base == {FIRST: shard(box(1), box(2))}
    # What the base did not have is nobody's removal.
    assert in_older == {SECOND: None}


def test_a_track_that_is_gone_leaves_no_keyframe() -> None:
    joint = Track(id=8, label="knee")
    head = Track(id=7, label="body", elements=(joint,))
    other = Track(id=9, label="car")
    base = {HEADS: encode_tracks([head, other]), FIRST: shard(key(7, 0), key(8, 0), key(9, 0))}
    now = {HEADS: encode_tracks([other]), FIRST: shard(key(9, 0))}
    # The older state has a keyframe that the base has not.
    older = {HEADS: encode_tracks([head]), SECOND: shard(key(7, 40), key(8, 40))}
    in_base, in_older = leave_out_removed(base, now, older)
    assert in_base == {HEADS: encode_tracks([other]), FIRST: shard(key(9, 0))}
    assert in_older == {HEADS: None, SECOND: None}


def test_single_keyframes_that_are_gone() -> None:
    heads = {HEADS: encode_tracks([Track(id=7, label="car")])}
    base = heads | {FIRST: shard(key(7, 0), key(7, 5), box(1))}
    now = heads | {FIRST: shard(key(7, 0), box(1))}
    older = heads | {FIRST: shard(key(7, 0), key(7, 5), key(7, 6))}
    _, in_older = leave_out_removed(base, now, older)
    data = in_older[FIRST]
    assert data is not None
    assert [line.frame for line in decode_shard(data, path=FIRST).keyframes] == [0, 6]
