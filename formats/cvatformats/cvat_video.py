"""`CVAT for video 1.1`: `annotations.xml`, an element a track with its shape on each frame where it is seen.

Shapes are written as tracks that end on the following frame. Tags have no place in it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cvatcore.geometry import points_problem
from cvatcore.schema import SHAPE_TYPES, Element, Keyframe, Label, Shape, ShapeType, Track
from cvatcore.tracks import bare_state, is_hidden, keyframes_of, state_of, track_rows, track_type
from cvatformats.archive_writer import ArchiveWriter
from cvatformats.attributes import labels_by_name
from cvatformats.content import TaskContent
from cvatformats.cvat_lines import Lines, Words
from cvatformats.cvat_meta import meta_lines
from cvatformats.cvat_rows import RowTexts
from cvatformats.cvat_shapes import NAMES
from cvatformats.format import Detail, Format
from cvatformats.shown_frames import ShownTrack, shown_track

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]


class CvatVideoWriter:
    """Writes `annotations.xml`."""

    kinds: frozenset[ShapeType] = frozenset(NAMES) - {"tag"}
    details: frozenset[Detail] = frozenset(["group", "z-order", "source", "track"])

    def write(self, content: TaskContent, archive: ArchiveWriter) -> None:
        """Write the annotation file."""
        with archive.text("annotations.xml") as file:
            lines = Lines(file)
            lines.add('<?xml version="1.0" encoding="utf-8"?>', "<annotations>", "  <version>1.1</version>")
            lines.add(*meta_lines(content))
            tracks = _Tracks(content)
            number = 0
            for item in content.whole():
                if _is_damaged(item):
                    content.refuse(item, "with points that make no such shape")
                    continue
                found = tracks.track(item) if isinstance(item, Track) else tracks.shape(item)
                if not found:
                    content.refuse(item, "not seen on any frame")
                    continue
                group = f' group_id="{item.group}"' if item.group else ""
                lines.add(f'  <track id="{number}"{tracks.head(item)}{group}>', *found, "  </track>")
                number += 1
            lines.add("</annotations>")
            lines.flush()

    def picture_folder(self, content: TaskContent) -> str:
        """As in CVAT."""
        return "images"


FORMAT = Format(id="cvat-video", name="CVAT for video", version="1.1", writer=CvatVideoWriter())
"""The descriptor for the registry."""


def _is_damaged(item: Track | Shape) -> bool:
    """Whether points are not as its types demand: only a file that was edited by hand has such."""
    states: Iterable[Keyframe | Shape | Element] = (
        keyframes_of(item) if isinstance(item, Track) else (item, *item.elements)
    )
    return any(points_problem(state.type, state.points) for state in states)


class _Tracks:
    """Makes the elements of tracks, and of shapes as tracks."""

    def __init__(self, content: TaskContent) -> None:
        import numpy as np

        self._manifest = content.manifest
        self._labels = content.labels_by_name
        self._sublabels = {label.name: labels_by_name(label.sublabels) for label in content.labels}
        self._losses = content.losses
        self._words = Words(content.losses)
        self._numbers = content.frame_numbers()
        self._shown: Flags = np.zeros(content.manifest.size, dtype=np.bool_)
        self._shown[self._numbers] = True

    def head(self, item: Track | Shape) -> str:
        """What a track's element says of its label and origin."""
        label = self._labels[item.label]
        return f" label={self._words.quoted(label.name)} source={self._words.quoted(item.source)}"

    def track(self, track: Track) -> list[str]:
        """The elements of a track by frame; none when it is not seen."""
        import numpy as np

        seen = shown_track(track, shown=self._shown)
        if track_type(track) == "skeleton":
            return self._skeleton(track, seen)
        if not seen.visible.any():
            return []
        rows = track_rows(seen.keyframes, stop=len(self._shown) - 1, outside="keyframes")
        texts = RowTexts(self._words, self._labels[track.label], fixed=track.attributes, manifest=self._manifest)
        return texts.texts(rows, np.flatnonzero(self._shown[rows.frames]))

    def _skeleton(self, track: Track, seen: ShownTrack) -> list[str]:
        import numpy as np

        last = len(self._shown) - 1
        lines = [(element, track_rows(keys, stop=last, outside="all")) for element, keys in seen.elements]
        keyed = np.zeros(last + 1, dtype=np.bool_)
        drawn = np.full(last + 1, not track.elements)
        for _, rows in lines:
            hidden = np.array([key.outside for key in rows.keyframes], dtype=np.bool_)[rows.key]
            drawn[rows.frames[~hidden]] = True
            keyed[rows.frames[rows.exact]] = True
        if not (seen.visible & drawn).any():
            return []
        keyed[[key.frame for key in seen.keyframes]] = True
        written = (seen.visible & drawn) | keyed
        label = self._labels[track.label]
        self._check_joints(label, [element.label for element, _ in lines])
        joints = [
            self._joint(label, element, track.source).texts(rows, np.flatnonzero(written[rows.frames]))
            for element, rows in lines
        ]
        return self._skeleton_rows(track, seen.keyframes, np.flatnonzero(written).tolist(), joints)

    def _skeleton_rows(
        self, track: Track, own: tuple[Keyframe, ...], frames: list[int], joints: list[list[str]]
    ) -> list[str]:
        """A skeleton's elements on those frames; each joint has a text on the last of them, from its first one on."""
        texts = RowTexts(self._words, self._labels[track.label], fixed=track.attributes, manifest=self._manifest)
        starts = [key.frame for key in own]
        waiting = [len(frames) - len(found) for found in joints]
        written: list[str] = []
        for row, frame in enumerate(frames):
            at = bisect_right(starts, frame) - 1
            # Without keyframes of its own a skeleton begins where it is first seen: others need to be told.
            state, key = (own[at], starts[at] == frame) if own else (bare_state(track, frame), row == 0)
            found = [joint[row - skipped] for joint, skipped in zip(joints, waiting, strict=True) if row >= skipped]
            written.append(texts.skeleton(state, frame=frame, key=key, joints=found))
        return written

    def shape(self, shape: Shape) -> list[str]:
        """The elements of a shape as a track that ends on the next frame, if there is one; none when it is outside."""
        if is_hidden(shape):
            return []
        self._losses.partial("shape", "written as a track of one frame")
        after = bisect_right(self._numbers, shape.frame)
        frames = [shape.frame, *self._numbers[after : after + 1]]
        label = self._labels[shape.label]
        texts = RowTexts(self._words, label, fixed={}, manifest=self._manifest)
        if shape.type != "skeleton":
            state = state_of(shape, frame=shape.frame, attributes=shape.attributes)
            return [texts.keyframe(state, frame=frame, outside=frame != shape.frame) for frame in frames]
        self._check_joints(label, [element.label for element in shape.elements])
        joints = [
            (
                self._joint(label, element, shape.source),
                state_of(element, frame=shape.frame, attributes=element.attributes),
            )
            for element in shape.elements
        ]
        return [
            texts.skeleton(
                state_of(shape, frame=shape.frame, attributes=shape.attributes),
                frame=frame,
                key=True,
                joints=[joint.keyframe(state, outside=frame != shape.frame) for joint, state in joints],
            )
            for frame in frames
        ]

    def _joint(self, parent: Label, element: Track | Element, source: str) -> RowTexts:
        label = self._sublabels[parent.name].get(element.label)
        own = element.source if isinstance(element, Track) and element.source != source else ""
        return RowTexts(
            self._words,
            label,
            fixed=element.attributes if isinstance(element, Track) else {},
            manifest=self._manifest,
            element=label.name if label else element.label,
            source=own,
        )

    def _check_joints(self, parent: Label, names: Sequence[str]) -> None:
        """Count joints that the label does not know: they cannot come back."""
        known = self._sublabels[parent.name]
        for name in names:
            if name not in known:
                self._losses.partial("joint", f"written although {parent.name!r} has no sub-label {name!r}")


assert set(NAMES) == set(SHAPE_TYPES), "a type of shape has no element"
