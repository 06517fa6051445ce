"""Lines of keyframes, cut and put together: a track is one, a skeleton's track one and one for each element.

Keyframes stay as they are stored, each with the mutable attributes that it sets; where a piece of a line begins, its
first keyframe gets all that were set before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Keyframe, Track
from cvatcore.tracks import keyframes_of, settle, state_at

Line = tuple[Keyframe, ...]
"""Keyframes by frame, one a frame."""


def state_on(line: Sequence[Keyframe], frame: int, *, dimension: Dimension = "2d") -> Keyframe | None:
    """The state of a line on a frame, with all mutable attributes; None before its first keyframe."""
    return state_at(settle(line), frame, dimension=dimension)


def line_before(line: Sequence[Keyframe], frame: int) -> Line:
    """The keyframes before a frame."""
    return tuple(keyframe for keyframe in line if keyframe.frame < frame)


def line_after(line: Sequence[Keyframe], frame: int) -> Line:
    """The keyframes after a frame; the first one has all the attributes that were set by then."""
    after = [keyframe for keyframe in line if keyframe.frame > frame]
    if after and len(after) < len(line):
        after[0] = settle(line)[-len(after)]
    return tuple(after)


def line_from(line: Sequence[Keyframe], frame: int, *, dimension: Dimension = "2d") -> Line:
    """A line from a frame on, as if it had begun there; one that begins later is whole."""
    state = state_on(line, frame, dimension=dimension)
    if state is None:
        return tuple(line)
    return (state, *(keyframe for keyframe in line if keyframe.frame > frame))


def hidden(state: Keyframe, *, frame: int | None = None) -> Keyframe:
    """A state outside of the picture, on its frame or another."""
    return msgspec.structs.replace(state, outside=True, frame=state.frame if frame is None else frame)


def joined(*pieces: Iterable[Keyframe]) -> Line:
    """Pieces of a line, one after the other in time; a keyframe that begins a piece repeats no attribute in force."""
    whole: list[Keyframe] = []
    in_force: dict[str, str] = {}
    for piece in pieces:
        for index, keyframe in enumerate(piece):
            if not index:
                keyframe = _without(keyframe, in_force)
            if keyframe.attributes:
                in_force = in_force | keyframe.attributes
            whole.append(keyframe)
    return tuple(whole)


def with_keyframe(line: Sequence[Keyframe], state: Keyframe) -> Line:
    """A line with a keyframe on the state's frame; what later keyframes set stays as it is.

    `state` has all attributes that are to hold on its frame.
    """
    return joined(
        line_before(line, state.frame), (state, *(keyframe for keyframe in line if keyframe.frame > state.frame))
    )


def with_lines(track: Track, keyframes: Iterable[Keyframe], elements: Iterable[Iterable[Keyframe]] = ()) -> Track:
    """A track with other keyframes, of its own and of its elements in their order; its first frame follows them."""
    lines = [tuple(line) for line in elements]
    new = msgspec.structs.replace(
        track,
        keyframes=tuple(keyframes),
        elements=tuple(
            msgspec.structs.replace(element, keyframes=line, frame=line[0].frame if line else element.frame)
            for element, line in zip(track.elements, lines, strict=True)
        ),
    )
    first = min((keyframe.frame for keyframe in keyframes_of(new)), default=track.frame)
    return msgspec.structs.replace(new, frame=first)


def _without(keyframe: Keyframe, in_force: dict[str, str]) -> Keyframe:
    """A keyframe that sets only what is not in force already."""
    if not keyframe.attributes or not in_force:
        return keyframe
    new = {name: value for name, value in keyframe.attributes.items() if in_force.get(name) != value}
    return keyframe if len(new) == len(keyframe.attributes) else msgspec.structs.replace(keyframe, attributes=new)
