"""Keyframes set and removed, one frame of a track at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_track, find_whole
from cvatcore.edit.lines import Line, line_after, state_on, with_keyframe, with_lines
from cvatcore.edit.parts import changed_lines
from cvatcore.errors import InvalidInput
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Annotations, Keyframe, Shape, Track
from cvatcore.tracks import keyframe_numbers


def set_keyframe(
    annotations: Annotations,
    number: int,
    *,
    frame: int,
    changes: Mapping[str, object] | None = None,
    dimension: Dimension = "2d",
) -> ChangeSet:
    """Make what a track shows on a frame a keyframe of it, changed or as it is.

    A skeleton gets one of its own and one of each element that has begun. Frames between the keyframes around it
    follow the new one.

    Args:
        annotations: the document.
        number: the id of a track, or of an element of a skeleton's track, which alone gets the keyframe then.
        frame: which frame.
        changes: fields of `Keyframe` with the values that they get there: points, rotation, occluded, outside,
            z_order, attributes (these are added to those in force). Of a skeleton's own they do not reach its elements.
        dimension: what the task shows.

    Errors: InvalidInput when it is no track, has not begun on that frame, or a field cannot be changed.
    """
    track = _whole_track(annotations, number)
    for name in changes or ():
        if name not in _CHANGEABLE:
            raise InvalidInput(f"A keyframe's {name!r} cannot be set.", hint=f"There are: {', '.join(_CHANGEABLE)}.")

    def changed(line: Line, given: Mapping[str, object] | None) -> Line:
        state = state_on(line, frame, dimension=dimension)
        if state is None:
            return line
        return with_keyframe(line, _changed(state, given or {}))

    if track.id == number:
        _must_have_begun(track, frame)
        own = changed(track.keyframes, changes)
        return ChangeSet(tracks=(with_lines(track, own, (changed(e.keyframes, None) for e in track.elements)),))
    for element in track.elements:
        if element.id == number:
            _must_have_begun(element, frame)
    lines = (changed(e.keyframes, changes) if e.id == number else e.keyframes for e in track.elements)
    return ChangeSet(tracks=(with_lines(track, track.keyframes, lines),))


def remove_keyframe(annotations: Annotations, number: int, *, frame: int) -> ChangeSet:
    """Remove the keyframe of a track on a frame, a skeleton's with those of its elements.

    Frames between its neighbours follow those then. Where it was the first one, the track begins at the next, with
    the attributes that it had set. An element whose only keyframe it was has it at the track's nearest one instead.
    Errors: InvalidInput when it is no track, has no keyframe there, or no other.
    """
    track = find_track(annotations, number)
    numbers = keyframe_numbers(track)
    if frame not in numbers:
        raise InvalidInput(f"Track {number} has no keyframe on frame {frame}.", hint=_near(numbers, frame))
    if len(numbers) == 1:
        raise InvalidInput(f"Track {number} has its only keyframe on frame {frame}.", hint="Delete the track.")
    others = [other for other in numbers if other != frame]
    nearest = next((other for other in others if other > frame), others[-1])

    def removed(line: Line) -> Line:
        if len(line) == 1 and line[0].frame == frame:
            return (msgspec.structs.replace(line[0], frame=nearest),)
        if line[0].frame == frame:
            return line_after(line, frame)
        return tuple(keyframe for keyframe in line if keyframe.frame != frame)

    return ChangeSet(tracks=(changed_lines(track, removed),))


def set_outside(
    annotations: Annotations, number: int, *, frame: int, outside: bool = True, dimension: Dimension = "2d"
) -> ChangeSet:
    """Take a track out of the picture from a frame on, or bring it back: with a keyframe there, up to the next one.

    A skeleton goes and comes with all its elements; the id of an element means that one alone, and it may be one of a
    shape.
    Errors: InvalidInput when there is no such object, it is a shape, or has not begun on that frame.
    """
    whole = find_whole(annotations, number)
    if isinstance(whole, Shape):
        if whole.id == number:
            raise InvalidInput(
                f"Object {number} is a shape: it is on frame {whole.frame} only, and cannot be outside of it.",
                hint="Delete it, or make a track of it.",
            )
        return _flagged_element(whole, number, {"outside": outside})
    return _flagged(whole, number, frame, {"outside": outside}, dimension)


def set_occluded(
    annotations: Annotations,
    number: int,
    *,
    frame: int | None = None,
    occluded: bool = True,
    dimension: Dimension = "2d",
) -> ChangeSet:
    """Say that an object is covered in part, or that it is not: a track with a keyframe at `frame`, up to the next one.

    A skeleton with all its elements; the id of an element means that one alone. A shape takes no `frame`, or its own.
    Errors: InvalidInput when there is no such object, or it is not on that frame.
    """
    whole = find_whole(annotations, number)
    if isinstance(whole, Track):
        if frame is None:
            raise InvalidInput(f"Object {number} is a track.", hint="Say on which frame.")
        return _flagged(whole, number, frame, {"occluded": occluded}, dimension)
    if frame not in (None, whole.frame):
        raise InvalidInput(f"Object {number} is on frame {whole.frame}, not on frame {frame}.")
    if whole.id != number:
        return _flagged_element(whole, number, {"occluded": occluded})
    elements = tuple(msgspec.structs.replace(element, occluded=occluded) for element in whole.elements)
    return ChangeSet(shapes=(msgspec.structs.replace(whole, occluded=occluded, elements=elements),))


_CHANGEABLE = ("attributes", "occluded", "outside", "points", "rotation", "z_order")


def _flagged(track: Track, number: int, frame: int, flag: dict[str, Any], dimension: Dimension) -> ChangeSet:
    if track.id == number:
        _must_have_begun(track, frame)
    following = next((at for at in keyframe_numbers(track) if at > frame), None) if track.id == number else None

    def flagged(line: Line) -> Line:
        state = state_on(line, frame, dimension=dimension)
        if state is None:
            # An element that has not begun yet stays away.
            return line
        if following is not None and all(keyframe.frame != following for keyframe in line):
            # All lines of a skeleton go on as before from one frame on.
            old = state_on(line, following, dimension=dimension)
            assert old is not None, "it has begun before"
            line = with_keyframe(line, old)
        return with_keyframe(line, msgspec.structs.replace(state, **flag))

    if track.id == number:
        return ChangeSet(tracks=(changed_lines(track, flagged),))
    for element in track.elements:
        if element.id == number:
            _must_have_begun(element, frame)
    lines = (flagged(e.keyframes) if e.id == number else e.keyframes for e in track.elements)
    return ChangeSet(tracks=(with_lines(track, track.keyframes, lines),))


def _flagged_element(shape: Shape, number: int, flag: dict[str, Any]) -> ChangeSet:
    elements = tuple(
        msgspec.structs.replace(element, **flag) if element.id == number else element for element in shape.elements
    )
    return ChangeSet(shapes=(msgspec.structs.replace(shape, elements=elements),))


def _changed(state: Keyframe, changes: Mapping[str, Any]) -> Keyframe:
    given = dict(changes)
    if "attributes" in given:
        given["attributes"] = state.attributes | given["attributes"]
    if "points" in given:
        given["points"] = tuple(map(float, given["points"]))
    return msgspec.structs.replace(state, **given)


def _whole_track(annotations: Annotations, number: int) -> Track:
    whole = find_whole(annotations, number)
    if isinstance(whole, Shape):
        raise InvalidInput(f"Object {number} is no track, and has no keyframes.")
    return whole


def _must_have_begun(track: Track, frame: int) -> None:
    numbers = keyframe_numbers(track)
    if not numbers or frame < numbers[0]:
        begins = f"begins on frame {numbers[0]}" if numbers else "has no keyframes"
        raise InvalidInput(f"Track {track.id} is not on frame {frame}: it {begins}.")


def _near(numbers: list[int], frame: int) -> str:
    nearest = sorted(numbers, key=lambda number: (abs(number - frame), number))[:2]
    return f"The nearest are on: {', '.join(map(str, sorted(nearest)))}." if nearest else ""
