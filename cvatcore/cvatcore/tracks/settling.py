"""Keyframes in order, each complete: what everything else about tracks starts from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from cvatcore.schema import Keyframe, ShapeType, Track


def settle(keyframes: Sequence[Keyframe]) -> tuple[Keyframe, ...]:
    """The keyframes by frame, each with all mutable attributes that are set by then.

    Of several on one frame, which no valid document has, the last counts.
    """
    if _is_settled(keyframes):
        return tuple(keyframes)
    settled: list[Keyframe] = []
    attributes: dict[str, str] = {}
    for keyframe in sorted(keyframes, key=lambda keyframe: keyframe.frame):
        attributes = attributes | keyframe.attributes
        if settled and settled[-1].frame == keyframe.frame:
            settled.pop()
        settled.append(msgspec.structs.replace(keyframe, attributes=attributes))
    return tuple(settled)


def _is_settled(keyframes: Sequence[Keyframe]) -> bool:
    """Whether nothing is to be done, which is nearly always so: in order, and each with all that was set before."""
    last = -1
    attributes: dict[str, str] = {}
    for keyframe in keyframes:
        if keyframe.frame <= last:
            return False
        last = keyframe.frame
        if keyframe.attributes != attributes:
            if not attributes.keys() <= keyframe.attributes.keys():
                return False
            attributes = keyframe.attributes
    return True


def track_type(track: Track) -> ShapeType:
    """What a track is made of; a skeleton's may have no keyframes of its own."""
    if track.elements:
        return "skeleton"
    return track.keyframes[0].type if track.keyframes else "rectangle"


def keyframes_of(track: Track) -> Iterator[Keyframe]:
    """The keyframes of a track, then those of its elements."""
    yield from track.keyframes
    for element in track.elements:
        yield from keyframes_of(element)


def keyframe_numbers(track: Track) -> list[int]:
    """The frames on which a track or an element of it has a keyframe, in order."""
    return sorted({keyframe.frame for keyframe in keyframes_of(track)})
