"""Tracks that a client sent, made to begin where they say they begin, as CVAT's server does on writing.

CVAT's rules: a track and its first keyframe stand on one frame. Where the keyframe comes later, a copy of it that is
outside is put on the track's frame (a skeleton's own keyframe is moved there: it has one). Where it comes earlier, the
track's frame is lowered. A skeleton begins with its earliest joint, and its joints begin with it.
"""

from __future__ import annotations

import msgspec

from cvatcore.schema import Keyframe, Track


def fix_track(track: Track) -> Track:
    """The track as CVAT would store it; one that is right is given back as it is. Keyframes are sorted by frame."""
    if not track.elements:
        return _begun(track)
    parent = _begun(track)
    frame = min(_start(parent), *(_start(element) for element in track.elements))
    if frame < parent.frame:
        parent = msgspec.structs.replace(parent, frame=frame, keyframes=_moved(parent.keyframes, frame))
    elements = tuple(_begun(_lowered(element, frame)) for element in track.elements)
    return parent if elements == parent.elements else msgspec.structs.replace(parent, elements=elements)


def _start(track: Track) -> int:
    """Where a track begins: on its frame, or on a keyframe before it."""
    return min(track.frame, track.keyframes[0].frame) if track.keyframes else track.frame


def _lowered(track: Track, frame: int) -> Track:
    return track if track.frame <= frame else msgspec.structs.replace(track, frame=frame)


def _begun(track: Track) -> Track:
    """The track with a keyframe on its first frame."""
    if not track.keyframes or track.frame == track.keyframes[0].frame:
        return track
    first = track.keyframes[0]
    if first.frame < track.frame:
        return msgspec.structs.replace(track, frame=first.frame)
    if first.type == "skeleton":
        return msgspec.structs.replace(track, keyframes=_moved(track.keyframes, track.frame))
    # What comes before the first keyframe is not seen: it is a copy, and outside.
    before = msgspec.structs.replace(first, frame=track.frame, outside=True)
    return msgspec.structs.replace(track, keyframes=(before, *track.keyframes))


def _moved(keyframes: tuple[Keyframe, ...], frame: int) -> tuple[Keyframe, ...]:
    """The keyframes with the first of them on another frame, before the others."""
    return (msgspec.structs.replace(keyframes[0], frame=frame), *keyframes[1:]) if keyframes else ()
