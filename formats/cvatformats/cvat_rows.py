"""Tracks as CVAT's XML for videos has them: an element a frame, written from columns.

A keyframe's numbers are written in full. Those between keyframes follow from them, and readers pass over them: they
get two decimals, as in CVAT, from one template for all frames that a keyframe holds on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from cvatcore.schema import Keyframe, Label, Manifest
from cvatcore.tracks import TrackRows
from cvatformats.cvat_lines import Words
from cvatformats.cvat_shapes import NAMES, geometry_attributes, geometry_template
from cvatformats.xml_text import number_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]


class RowTexts:
    """Writes one line of keyframes: a track's, or that of an element of a skeleton."""

    def __init__(
        self,
        words: Words,
        label: Label | None,
        *,
        fixed: Mapping[str, str],
        manifest: Manifest,
        element: str = "",
        source: str = "",
    ) -> None:
        """Set what all elements of the line have.

        Args:
            words: names and attributes as text.
            label: of the track or element; attributes are written by it.
            fixed: the immutable attributes: they stand at each frame.
            manifest: the frames, which are written by their numbers in the media.
            element: the label's name, for an element; a track's elements have the frame's number in its place.
            source: who made an element, if that is not who made its skeleton.
        """
        self._words = words
        self._label = label
        self._fixed = fixed
        self._manifest = manifest
        self._indent = 6 if element else 4
        self._lead = f" label={words.quoted(element)}" if element else ""
        if source:
            self._lead += f" source={words.quoted(source)}"
        self._values: Mapping[str, str] | None = None
        self._attributes = ""

    def texts(self, rows: TrackRows, used: Integers) -> list[str]:
        """The elements of the rows with those indexes, each without a line feed at its end."""
        import numpy as np

        key = rows.key[used]
        bounds = np.flatnonzero(np.diff(key, prepend=-1, append=-1)).tolist()
        exact = rows.exact[used].tolist()
        frames = (self._manifest.start + rows.frames[used] * self._manifest.step).tolist()
        turns = rows.rotation[used].tolist()
        places = _places(rows, used)
        texts: list[str] = []
        for begin, end in pairwise(bounds):
            state = rows.keyframes[key[begin]]
            if exact[begin]:
                texts.append(self.keyframe(state))
                begin += 1
            if begin < end:
                found = None if places is None else places[begin:end]
                texts += self._between(state, frames[begin:end], found, turns[begin:end])
        return texts

    def keyframe(self, state: Keyframe, *, frame: int | None = None, outside: bool = False) -> str:
        """The element of a keyframe; on another frame and outside if so said."""
        lead = self._lead or f' frame="{self._manifest.source_frame(state.frame if frame is None else frame)}"'
        place = geometry_attributes(state.type, state.points)
        rotation = f' rotation="{number_text(state.rotation)}"' if state.rotation else ""
        outside = outside or state.outside
        return self._open(state, lead, place + rotation, key=True, outside=outside) + self._close(state)

    def skeleton(self, state: Keyframe, *, frame: int, key: bool, joints: Sequence[str]) -> str:
        """The element of a skeleton on a frame, with those of its joints."""
        rotation = f' rotation="{number_text(state.rotation)}"' if state.rotation else ""
        head = f'    <skeleton frame="{self._manifest.source_frame(frame)}" keyframe="{int(key)}"'
        if state.outside:
            head += ' outside="1"'
        if state.occluded:
            head += ' occluded="1"'
        return "\n".join([f'{head} z_order="{state.z_order}"{rotation}>', *joints]) + self._close(state)

    def _open(self, state: Keyframe, lead: str, place: str, *, key: bool, outside: bool) -> str:
        depth = f' z_order="{state.z_order}"' if state.z_order or not self._is_element else ""
        return (
            f'{" " * self._indent}<{NAMES[state.type]}{lead} keyframe="{int(key)}" outside="{int(outside)}"'
            f' occluded="{int(state.occluded)}"{place}{depth}>'
        )

    @property
    def _is_element(self) -> bool:
        return bool(self._lead)

    def _close(self, state: Keyframe) -> str:
        """The attributes and the end tag. Most keyframes have the values of the one before."""
        if self._values is None or self._values != state.attributes:
            self._values = state.attributes
            values = {**self._fixed, **state.attributes}
            lines = self._words.attributes(self._label, values, indent=self._indent + 2)
            self._attributes = "".join(f"\n{line}" for line in lines)
        return f"{self._attributes}\n{' ' * self._indent}</{NAMES[state.type]}>"

    def _between(
        self, state: Keyframe, frames: list[int], places: list[list[float]] | None, turns: list[float]
    ) -> list[str]:
        """The elements of the frames on which a keyframe holds, it itself being left out."""
        lead = self._lead.replace("%", "%%") or ' frame="%d"'
        close = self._close(state).replace("%", "%%")
        rotation = ' rotation="%.2f"' if any(turns) else ""

        def template(place: str) -> str:
            return self._open(state, lead, place + rotation, key=False, outside=state.outside) + close

        rows: Sequence[Sequence[float]]
        if places is None or state.type == "mask":
            rows = [()] * len(frames)
            templates = {0: template(geometry_attributes(state.type, state.points))}
        else:
            rows = [_radii(place) for place in places] if state.type == "ellipse" else places
            templates = {size: template(geometry_template(state.type, size)) for size in set(map(len, rows))}
        if rotation:
            given = zip(frames, rows, turns, strict=True)
            if self._is_element:
                return [templates[len(row)] % (*row, turn) for _, row, turn in given]
            return [templates[len(row)] % (frame, *row, turn) for frame, row, turn in given]
        if self._is_element:
            return [templates[len(row)] % tuple(row) for row in rows]
        return [templates[len(row)] % (frame, *row) for frame, row in zip(frames, rows, strict=True)]


def _places(rows: TrackRows, used: Integers) -> list[list[float]] | None:
    """The coordinates of rows; None for shapes that stay as at their keyframe."""
    import numpy as np

    if rows.points is None:
        return None
    values, ends = rows.points.values, rows.points.ends
    sizes = np.diff(ends)
    if len(sizes) and (sizes == sizes[0]).all():
        found: list[list[float]] = values.reshape(len(sizes), -1)[used].tolist()
        return found
    flat, starts = values.tolist(), ends.tolist()
    return [flat[starts[row] : starts[row + 1]] for row in used.tolist()]


def _radii(place: Sequence[float]) -> tuple[float, float, float, float]:
    """What XML has of an ellipse in place of its corner."""
    cx, cy, right, top = place
    return cx, cy, right - cx, cy - top
