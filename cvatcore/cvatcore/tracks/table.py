"""All tracks of a document at once: what is on one frame, without a look at each keyframe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from cvatcore.geometry.curve import CurveMatch, blend_curves
from cvatcore.geometry.interpolation import LINEAR_NUMBERS, Dimension, blend_angles, blend_numbers
from cvatcore.schema import Keyframe, Shape, Track
from cvatcore.tracks.rows import match_between, motion_between, moved
from cvatcore.tracks.settling import settle
from cvatcore.tracks.shapes import bare_state, is_hidden, shape_of, tracked_element, tracked_shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class _Line(msgspec.Struct, frozen=True):
    """A track, or an element of one: a line of keyframes."""

    track: Track
    joints: tuple[int, ...]
    """The lines of its elements."""
    is_element: bool


class _Linear(msgspec.Struct, frozen=True):
    """Keyframes that move to the next one number by number; all have the same few numbers."""

    row: Integers
    """By keyframe: its row in `numbers`, and the next keyframe's is the one after; -1 for keyframes of other kinds."""
    numbers: Floats


class TrackTable:
    """The tracks of a job or task, to be asked for the shapes of one frame after another.

    Made once for a document (about a microsecond a keyframe); a frame costs two microseconds a track.
    """

    def __init__(self, tracks: Iterable[Track], *, dimension: Dimension = "2d") -> None:
        import numpy as np

        self._dimension = dimension
        self._lines: list[_Line] = []
        self._keys: list[Keyframe] = []
        line_of: list[int] = []
        for track in tracks:
            for line in _lines_of(track, first=len(self._lines)):
                settled = settle(line.track.keyframes)
                self._keys += settled
                line_of += [len(self._lines)] * len(settled)
                self._lines.append(line)
        self._alone = [None if line.is_element or line.joints else line.track for line in self._lines]
        """By line: the track, unless it is of a skeleton."""
        self._skeletons = [number for number, line in enumerate(self._lines) if line.joints]
        self._joint = np.array([line.is_element for line in self._lines], dtype=np.bool_)
        self._at = np.array([key.frame for key in self._keys], dtype=np.int64)
        self._span = int(self._at.max(initial=0)) + 2
        lines = np.array(line_of, dtype=np.int64)
        self._order = lines * self._span + self._at
        self._floor = np.arange(len(self._lines), dtype=np.int64) * self._span
        self._outside = np.array([key.outside for key in self._keys], dtype=np.bool_)
        self._rotation = np.array([key.rotation for key in self._keys], dtype=np.float64)
        self._linear: list[_Linear] = []
        self._curved = np.zeros(len(self._keys), dtype=np.bool_)
        self._matches: dict[int, CurveMatch] = {}
        self._find_motions(lines.tolist())

    def on(self, frame: int, *, outside: bool = False) -> list[Shape]:
        """The shapes of all tracks on a frame, in the order of the tracks.

        With `outside`, those that are outside of the picture too.
        """
        lines, index, places = self._places(frame, outside=outside)
        shapes: dict[int, Shape] = {}
        states: dict[int, Keyframe] = {}
        for number, place in zip(lines, index, strict=True):
            key, track = self._keys[place], self._alone[number]
            if track is None:
                states[number] = self._state(key, frame, places.get(place))
                continue
            points, rotation = places.get(place) or (key.points, key.rotation)
            # Not through a keyframe: this is what scrubbing through a video waits for.
            shapes[number] = shape_of(track, key, frame=frame, points=points, rotation=rotation)
        if not self._skeletons:
            return list(shapes.values())
        for number in self._skeletons:
            shape = self._skeleton(self._lines[number], number, states, frame)
            if shape is not None and (outside or not is_hidden(shape)):
                shapes[number] = shape
        return [shapes[number] for number in sorted(shapes)]

    def _skeleton(self, line: _Line, number: int, states: dict[int, Keyframe], frame: int) -> Shape | None:
        elements = tuple(
            tracked_element(self._lines[joint].track, states[joint]) for joint in line.joints if joint in states
        )
        state = states.get(number)
        if state is None and not line.track.keyframes and elements:
            state = bare_state(line.track, frame)
        return None if state is None else tracked_shape(line.track, state, elements)

    def _find_motions(self, lines: list[int]) -> None:
        """Sort the keyframes by how they move on to the next one of their line."""
        import numpy as np

        rows: dict[int, dict[int, int]] = {}
        numbers: dict[int, list[tuple[float, ...]]] = {}
        for index, (before, after) in enumerate(zip(self._keys, self._keys[1:], strict=False)):
            if lines[index] != lines[index + 1]:
                continue
            way = motion_between(before, after)
            self._curved[index] = way == "curve"
            if way == "linear" and (width := LINEAR_NUMBERS[before.type]):
                kept, row = numbers.setdefault(width, []), rows.setdefault(width, {})
                if index - 1 not in row:
                    kept.append(before.points)
                row[index] = len(kept) - 1
                kept.append(after.points)
        for width, row in rows.items():
            places = np.full(len(self._keys), -1, dtype=np.int64)
            places[list(row)] = list(row.values())
            self._linear.append(_Linear(row=places, numbers=np.array(numbers[width], dtype=np.float64)))

    def _places(
        self, frame: int, *, outside: bool
    ) -> tuple[list[int], list[int], dict[int, tuple[tuple[float, ...], float]]]:
        """Lines that have begun, the keyframe that holds for each, and points and rotation where it has moved on."""
        import numpy as np

        places: dict[int, tuple[tuple[float, ...], float]] = {}
        if not self._keys:
            return [], [], places
        found = np.searchsorted(self._order, self._floor + min(max(frame, -1), self._span - 1), side="right") - 1
        begun = (found >= 0) & (self._order[found] >= self._floor)
        if not outside:
            # The elements of a skeleton are there with it, outside or not.
            begun &= ~self._outside[found] | self._joint
        lines = np.flatnonzero(begun)
        index = found[lines]
        between = self._at[index] < frame
        for linear in self._linear:
            moving = index[between & (linear.row[index] >= 0)]
            if len(moving):
                self._move(linear, moving, frame, places)
        bending = index[between & self._curved[index]]
        if len(bending):
            self._bend(bending, frame, places)
        return lines.tolist(), index.tolist(), places

    def _state(self, key: Keyframe, frame: int, place: tuple[tuple[float, ...], float] | None) -> Keyframe:
        if key.frame == frame:
            return key
        points, rotation = place or (key.points, key.rotation)
        return moved(key, frame=frame, points=points, rotation=rotation)

    def _move(
        self, linear: _Linear, index: Integers, frame: int, places: dict[int, tuple[tuple[float, ...], float]]
    ) -> None:
        shares = self._shares(index, frame)
        row = linear.row[index]
        points = blend_numbers(linear.numbers[row], linear.numbers[row + 1], shares, dimension=self._dimension).tolist()
        rotation = blend_angles(self._rotation[index], self._rotation[index + 1], shares).tolist()
        places.update(zip(index.tolist(), zip(map(tuple, points), rotation, strict=True), strict=True))

    def _bend(self, index: Integers, frame: int, places: dict[int, tuple[tuple[float, ...], float]]) -> None:
        import numpy as np

        new = [number for number in index.tolist() if number not in self._matches]
        self._matches.update(
            zip(new, match_between([(self._keys[number], self._keys[number + 1]) for number in new]), strict=True)
        )
        matches = [self._matches[number] for number in index.tolist()]
        curves = blend_curves(matches, np.arange(len(index)), self._shares(index, frame))
        values, ends = curves.values.tolist(), curves.ends.tolist()
        for row, number in enumerate(index.tolist()):
            places[number] = tuple(values[ends[row] : ends[row + 1]]), self._keys[number].rotation

    def _shares(self, index: Integers, frame: int) -> Floats:
        shares: Floats = (frame - self._at[index]) / (self._at[index + 1] - self._at[index])
        return shares


def _lines_of(track: Track, *, first: int) -> list[_Line]:
    joints = tuple(range(first + 1, first + 1 + len(track.elements)))
    elements = (_Line(element, (), is_element=True) for element in track.elements)
    return [_Line(track, joints, is_element=False), *elements]
