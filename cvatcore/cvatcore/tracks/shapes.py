"""Tracks as shapes, frame by frame."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Element, Keyframe, Shape, Track
from cvatcore.tracks.rows import Outside, row_states, track_rows
from cvatcore.tracks.settling import settle, track_type


class Tracked(msgspec.Struct, frozen=True):
    """A track on one frame."""

    shape: Shape
    """With the track's id, label and group; all its attributes, immutable and mutable ones."""
    keyframe: bool
    """Whether the track, or an element of it, has a keyframe there."""


def state_at(keyframes: Sequence[Keyframe], frame: int, *, dimension: Dimension = "2d") -> Keyframe | None:
    """The state of one line of keyframes on a frame, outside or not; None before the first of them.

    `keyframes` were given to `settle`.
    """
    index = bisect_right(keyframes, frame, key=lambda keyframe: keyframe.frame) - 1
    if index < 0:
        return None
    if keyframes[index].frame == frame:
        return keyframes[index]
    around = keyframes[index : index + 2]
    return row_states(track_rows(around, start=frame, stop=frame, outside="all", dimension=dimension))[0]


def track_shapes(
    track: Track, *, start: int = 0, stop: int, outside: Outside = "none", dimension: Dimension = "2d"
) -> list[Tracked]:
    """The shapes of a track on the frames from `start` to `stop`, both included, in order.

    A skeleton has on each frame the elements that have begun by then, those outside too. With `outside` none, one
    whose elements are all outside is left out; else its own keyframes alone say where it is, as in CVAT.
    """
    states = row_states(
        track_rows(settle(track.keyframes), start=start, stop=stop, outside=outside, dimension=dimension)
    )
    at_keyframe = {keyframe.frame for keyframe in track.keyframes}
    if not track.elements:
        return [Tracked(shape=tracked_shape(track, state), keyframe=state.frame in at_keyframe) for state in states]
    joints = element_states(track, start=start, stop=stop, dimension=dimension)
    at_keyframe.update(keyframe.frame for element in track.elements for keyframe in element.keyframes)
    if not track.keyframes:
        # Its elements alone say where it is.
        first = min(joints, default=stop + 1)
        states = [bare_state(track, frame) for frame in range(first, stop + 1)]
    shapes = [tracked_shape(track, state, joints.get(state.frame, ())) for state in states]
    return [
        Tracked(shape=shape, keyframe=shape.frame in at_keyframe)
        for shape in shapes
        if outside != "none" or not is_hidden(shape)
    ]


def element_states(
    track: Track, *, start: int, stop: int, dimension: Dimension = "2d"
) -> dict[int, tuple[Element, ...]]:
    """By frame: the elements of a skeleton's track that have begun by then, those outside too."""
    joints: dict[int, list[Element]] = {}
    for element in track.elements:
        lines = track_rows(settle(element.keyframes), start=start, stop=stop, outside="all", dimension=dimension)
        for state in row_states(lines):
            joints.setdefault(state.frame, []).append(tracked_element(element, state))
    return {frame: tuple(found) for frame, found in joints.items()}


def tracked_shape(track: Track, state: Keyframe, elements: tuple[Element, ...] = ()) -> Shape:
    """A track in one of its states as a shape."""
    return shape_of(track, state, frame=state.frame, points=state.points, rotation=state.rotation, elements=elements)


def shape_of(
    track: Track,
    key: Keyframe,
    *,
    frame: int,
    points: tuple[float, ...],
    rotation: float,
    elements: tuple[Element, ...] = (),
) -> Shape:
    """A track on a frame where it is elsewhere than at its keyframe, and else as there."""
    # Arguments by place, and dicts joined only where both say something: this makes the shapes of whole videos.
    return Shape(
        frame,
        track.id,
        key.type,
        track.label,
        points,
        rotation,
        key.occluded,
        key.outside,
        key.z_order,
        track.group,
        track.source,
        None,
        track.attributes | key.attributes if key.attributes else track.attributes,
        elements,
    )


def tracked_element(element: Track, state: Keyframe) -> Element:
    """An element's track in one of its states as an element of a shape."""
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


def state_of(shape: Shape | Element, *, frame: int, track: int = 0, attributes: dict[str, str]) -> Keyframe:
    """The other way round: a shape, or an element of one, as a keyframe of a track on a frame."""
    return Keyframe(
        frame=frame,
        track=track,
        type=shape.type,
        points=shape.points,
        rotation=shape.rotation,
        occluded=shape.occluded,
        outside=shape.outside,
        z_order=shape.z_order,
        attributes=attributes,
    )


def bare_state(track: Track, frame: int) -> Keyframe:
    """The state of a skeleton whose track has no keyframes of its own."""
    return Keyframe(frame=frame, track=track.id, type=track_type(track))


def is_hidden(shape: Shape) -> bool:
    """Whether there is nothing to be seen: it is outside, or all its elements are."""
    return shape.outside or (bool(shape.elements) and all(element.outside for element in shape.elements))
