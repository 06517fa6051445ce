"""A track's states on many frames as columns: one array operation a track, nothing a frame."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import msgspec

from cvatcore.geometry.curve import CurveMatch, Ragged, blend_curves, match_curves, match_points
from cvatcore.geometry.interpolation import LINEAR_NUMBERS, Dimension, Motion, blend_angles, blend_numbers, motion
from cvatcore.schema import Keyframe

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

Outside = Literal["none", "keyframes", "all"]
"""Which states outside of the picture count: none, those at keyframes (the ends of what is seen), or all."""


class TrackRows(msgspec.Struct, frozen=True):
    """The states of a track, one a row, by frame. Everything but place and rotation is that of a row's keyframe."""

    keyframes: tuple[Keyframe, ...]
    """The keyframes, settled."""
    frames: Integers
    key: Integers
    """The index of the keyframe that holds on the row's frame: the last one at or before it."""
    exact: Flags
    """Whether that keyframe is on the row's very frame."""
    rotation: Floats
    """In degrees."""
    points: Ragged | None
    """Where the shape is; None for shapes that stay as at their keyframe (masks): those of `key` then."""

    def __len__(self) -> int:
        return len(self.frames)


def track_rows(
    keyframes: Sequence[Keyframe], *, start: int = 0, stop: int, outside: Outside = "none", dimension: Dimension = "2d"
) -> TrackRows:
    """The states on the frames from `start` to `stop`, both included, from the first keyframe on.

    `keyframes` were given to `settle`.
    """
    import numpy as np

    settled = tuple(keyframes)
    at = np.array([keyframe.frame for keyframe in settled], dtype=np.int64)
    first = max(start, settled[0].frame) if settled else stop + 1
    frames = np.arange(first, stop + 1, dtype=np.int64)
    key = np.searchsorted(at, frames, side="right") - 1
    exact = at[key] == frames
    if outside != "all":
        hidden = np.array([keyframe.outside for keyframe in settled], dtype=np.bool_)[key]
        shown = ~hidden | exact if outside == "keyframes" else ~hidden
        frames, key, exact = frames[shown], key[shown], exact[shown]
    rotation, points = _places(settled, at, frames, key, exact, dimension)
    return TrackRows(keyframes=settled, frames=frames, key=key, exact=exact, rotation=rotation, points=points)


def row_states(rows: TrackRows) -> list[Keyframe]:
    """Each row as a keyframe on its frame; those that are keyframes are the very ones."""
    states: list[Keyframe] = []
    values = rows.points.values.tolist() if rows.points is not None else []
    ends = rows.points.ends.tolist() if rows.points is not None else []
    columns = zip(rows.frames.tolist(), rows.key.tolist(), rows.exact.tolist(), rows.rotation.tolist(), strict=True)
    for row, (frame, index, exact, rotation) in enumerate(columns):
        key = rows.keyframes[index]
        if not exact:
            points = tuple(values[ends[row] : ends[row + 1]]) if ends else key.points
            key = moved(key, frame=frame, points=points, rotation=rotation)
        states.append(key)
    return states


def moved(key: Keyframe, *, frame: int, points: tuple[float, ...], rotation: float) -> Keyframe:
    """A keyframe's state on another frame, at another place."""
    # By place: twice as fast as by name, and a video has millions.
    return Keyframe(
        frame,
        key.track,
        key.type,
        points,
        rotation,
        key.occluded,
        key.outside,
        key.z_order,
        key.attributes,
    )


def motion_between(before: Keyframe, after: Keyframe) -> Motion:
    """How a track gets from one keyframe to the next; where they are of different types the earlier one is held."""
    return motion(before.type, len(before.points), len(after.points)) if before.type == after.type else "held"


def match_between(pairs: Sequence[tuple[Keyframe, Keyframe]]) -> list[CurveMatch]:
    """The points that belong together, of each pair of keyframes whose motion is not `held`."""
    found: dict[int, CurveMatch] = {}
    for kind in ("polygon", "polyline"):
        chosen = [index for index, (before, _) in enumerate(pairs) if before.type == kind]
        curves = [(pairs[index][0].points, pairs[index][1].points) for index in chosen]
        found.update(zip(chosen, match_curves(curves, closed=kind == "polygon"), strict=True))
    return [
        found[index] if index in found else match_points(before.points, after.points)
        for index, (before, after) in enumerate(pairs)
    ]


def _places(
    keyframes: tuple[Keyframe, ...], at: Integers, frames: Integers, key: Integers, exact: Flags, dimension: Dimension
) -> tuple[Floats, Ragged | None]:
    """Rotation and points of rows: in one step where all keyframes have the same few numbers, else pair by pair."""
    import numpy as np

    following = np.minimum(key + 1, len(keyframes) - 1)
    moving = ~exact & (following > key)
    shares = np.zeros(len(frames))
    shares[moving] = (frames - at[key])[moving] / (at[following] - at[key])[moving]
    turned = np.array([keyframe.rotation for keyframe in keyframes], dtype=np.float64)
    rotation = turned[key]
    width = _common_width(keyframes)
    if width is not None:
        numbers = np.array([keyframe.points for keyframe in keyframes], dtype=np.float64).reshape(len(keyframes), width)
        before, after, shares = key[moving], following[moving], shares[moving]
        values = numbers[key]
        values[moving] = blend_numbers(numbers[before], numbers[after], shares, dimension=dimension)
        if turned.any():
            rotation[moving] = blend_angles(turned[before], turned[after], shares)
        return rotation, Ragged(values=values.ravel(), ends=np.arange(len(frames) + 1) * width)
    motions = [motion_between(before, after) for before, after in pairwise(keyframes)]
    turning = moving & np.array([*(way == "linear" for way in motions), False], dtype=np.bool_)[key]
    rotation[turning] = blend_angles(turned[key[turning]], turned[following[turning]], shares[turning])
    if all(way == "held" for way in motions):
        return rotation, None
    return rotation, _pair_by_pair(keyframes, motions, key, moving, shares)


def _common_width(keyframes: Sequence[Keyframe]) -> int | None:
    """How many numbers each keyframe has, where all are of one type whose numbers move one by one."""
    kind = keyframes[0].type if keyframes else "tag"
    width = LINEAR_NUMBERS.get(kind)
    same = all(keyframe.type == kind and len(keyframe.points) == width for keyframe in keyframes)
    return width if same else None


def _pair_by_pair(
    keyframes: tuple[Keyframe, ...],
    motions: Sequence[Motion],
    key: Integers,
    moving: Flags,
    shares: Floats,
) -> Ragged:
    """Points of rows whose keyframes differ in their number of points, or are curves."""
    import numpy as np

    blended = moving & np.array([*(way != "held" for way in motions), False], dtype=np.bool_)[key]
    used, which = np.unique(key[blended], return_inverse=True)
    matches = match_between([(keyframes[index], keyframes[index + 1]) for index in used.tolist()])
    curves = blend_curves(matches, which, shares[blended]) if matches else Ragged(np.zeros(0), np.zeros(1, np.int64))
    sizes = np.array([len(keyframe.points) for keyframe in keyframes], dtype=np.int64)[key]
    sizes[blended] = np.diff(curves.ends)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    values = np.empty(ends[-1])
    values[np.repeat(blended, sizes)] = curves.values
    still = ~blended
    if still.any():
        flat = np.concatenate([np.array(keyframe.points, dtype=np.float64) for keyframe in keyframes])
        starts = np.cumsum([0, *(len(keyframe.points) for keyframe in keyframes)])[:-1]
        rows = sizes[still]
        within = np.arange(int(rows.sum())) - np.repeat(np.cumsum(rows) - rows, rows)
        values[np.repeat(still, sizes)] = flat[within + np.repeat(starts[key[still]], rows)]
    return Ragged(values=values, ends=ends)
