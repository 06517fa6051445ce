"""Tracks as shapes frame by frame, and tracks cut to the frames of a job. Pure functions on keyframes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from cvatcore.schema import Element, Keyframe, Shape, ShapeType, Track

_LINEAR: frozenset[ShapeType] = frozenset(["rectangle", "ellipse", "cuboid", "points", "polygon", "polyline"])


class Tracked(msgspec.Struct, frozen=True):
    """A track on one frame."""

    number: int
    """Which track, counted in the export."""
    keyframe: bool
    shape: Shape


def track_type(track: Track) -> ShapeType:
    """What a track is made of; a skeleton's may have no keyframes of its own."""
    if track.elements:
        return "skeleton"
    return track.keyframes[0].type if track.keyframes else "rectangle"


def state_at(keyframes: Sequence[Keyframe], frame: int) -> Keyframe | None:
    """The state of a track on a frame: a keyframe, the last one held, or one between two.

    None before the first keyframe, and between two whose geometry has no point-to-point match.
    `keyframes` are sorted by frame and were given to `settle`.
    """
    index = bisect_right(keyframes, frame, key=lambda keyframe: keyframe.frame) - 1
    if index < 0:
        return None
    before = keyframes[index]
    if before.frame == frame:
        return before
    if before.outside or index + 1 == len(keyframes):
        return msgspec.structs.replace(before, frame=frame)
    after = keyframes[index + 1]
    share = (frame - before.frame) / (after.frame - before.frame)
    points = _between(before, after, share)
    if points is None:
        return None
    rotation = _angle_between(before.rotation, after.rotation, share)
    return msgspec.structs.replace(before, frame=frame, points=points, rotation=rotation)


def settle(keyframes: Sequence[Keyframe]) -> tuple[Keyframe, ...]:
    """The keyframes sorted, each with all mutable attributes that are set by then."""
    settled: list[Keyframe] = []
    attributes: dict[str, str] = {}
    for keyframe in sorted(keyframes, key=lambda keyframe: keyframe.frame):
        if not keyframe.attributes.items() <= attributes.items():
            attributes = attributes | keyframe.attributes
        settled.append(msgspec.structs.replace(keyframe, attributes=attributes))
    return tuple(settled)


def track_shapes(track: Track, *, start: int, stop: int, number: int) -> Iterator[Tracked | int]:
    """The shapes of a track on the frames from `start` to `stop` where it is seen, in order.

    A bare frame number stands for a frame whose shape is not known (see `state_at`).
    """
    keyframes, elements = settle(track.keyframes), [(e, settle(e.keyframes)) for e in track.elements]
    at_keyframe = {keyframe.frame for group in (keyframes, *(k for _, k in elements)) for keyframe in group}
    if not at_keyframe:
        return
    first = max(start, min(at_keyframe))
    for frame in range(first, stop + 1):
        state = state_at(keyframes, frame)
        joints = [joint for e, k in elements if (joint := _joint(e, k, frame)) is not None]
        if elements:
            if (state is not None and state.outside) or all(joint.outside for joint in joints):
                continue
        elif state is None:
            yield frame
            continue
        elif state.outside:
            continue
        yield Tracked(
            number=number,
            keyframe=frame in at_keyframe,
            shape=Shape(
                frame=frame,
                id=track.id,
                type=track_type(track),
                label=track.label,
                points=() if elements or state is None else state.points,
                rotation=state.rotation if state else 0.0,
                occluded=state.occluded if state else False,
                z_order=state.z_order if state else 0,
                group=track.group,
                source=track.source,
                attributes=track.attributes | (state.attributes if state else {}),
                elements=tuple(joints),
            ),
        )


def cut_track(track: Track, *, start: int, stop: int) -> Track | None:
    """The part of a track on the frames from `start` to `stop`, seen there just as in the whole; None if it is not.

    A track that began before gets a keyframe at `start`, one that moves on beyond a keyframe at `stop`.
    """
    keyframes = _cut(track.keyframes, start=start, stop=stop)
    elements = [cut for element in track.elements if (cut := cut_track(element, start=start, stop=stop)) is not None]
    if track.elements:
        if not elements:
            return None
    elif not keyframes:
        return None
    frames = [keyframe.frame for keyframe in keyframes] + [element.frame for element in elements]
    return msgspec.structs.replace(track, frame=min(frames), keyframes=keyframes, elements=tuple(elements))


def _cut(keyframes: Sequence[Keyframe], *, start: int, stop: int) -> tuple[Keyframe, ...]:
    settled = settle(keyframes)
    inside = [keyframe for keyframe in settled if start <= keyframe.frame <= stop]
    began = any(keyframe.frame < start for keyframe in settled)
    if began and (not inside or inside[0].frame > start):
        entering = state_at(settled, start) or _held(settled, start)
        if entering is not None:
            inside.insert(0, entering)
    goes_on = any(keyframe.frame > stop for keyframe in settled)
    if inside and goes_on and inside[-1].frame < stop and not inside[-1].outside:
        leaving = state_at(settled, stop)
        last = inside[-1]
        if leaving is not None and (leaving.points, leaving.rotation) != (last.points, last.rotation):
            inside.append(leaving)
    while inside and inside[0].outside:
        inside.pop(0)
    return tuple(inside)


def _held(keyframes: Sequence[Keyframe], frame: int) -> Keyframe | None:
    earlier = [keyframe for keyframe in keyframes if keyframe.frame <= frame]
    return msgspec.structs.replace(earlier[-1], frame=frame) if earlier else None


def _joint(element: Track, keyframes: Sequence[Keyframe], frame: int) -> Element | None:
    state = state_at(keyframes, frame)
    if state is None:
        return None
    return Element(
        id=element.id,
        type=state.type,
        label=element.label,
        points=state.points,
        rotation=state.rotation,
        occluded=state.occluded,
        outside=state.outside,
        z_order=state.z_order,
        attributes=element.attributes | state.attributes,
    )


def _between(before: Keyframe, after: Keyframe, share: float) -> tuple[float, ...] | None:
    """Points on the way from one keyframe to the next; `share` is 0 at the first."""
    if before.points == after.points:
        return before.points
    if before.type not in _LINEAR or len(before.points) != len(after.points):
        return None
    return tuple(a + (b - a) * share for a, b in zip(before.points, after.points, strict=True))


def _angle_between(before: float, after: float, share: float) -> float:
    """The angle on the shorter way round, in degrees."""
    if before == after:
        return before
    turn = (after - before + 180) % 360 - 180
    return (before + turn * share) % 360
