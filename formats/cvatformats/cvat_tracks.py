"""The tracks of CVAT's XML for videos, as they are read.

Keyframes count, what is between them follows from them. An element that is no keyframe, but shows what would not be
seen by the keyframes before it, is taken for one: a file's objects are all there after an import.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cvatcore.schema import Keyframe, Label, Track
from cvatcore.tracks import tracked_shape
from cvatformats.attributes import known_attributes
from cvatformats.cvat_nodes import (
    attribute_values,
    broken,
    joint_nodes,
    label_name,
    points_in,
    rotation_of,
    shape_nodes,
)
from cvatformats.cvat_shapes import ELEMENTS, read_flag, read_integer
from cvatformats.format import Entry
from cvatformats.target import Target

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as Node


class TrackNodes:
    """Reads the tracks of one file."""

    def __init__(self, target: Target, *, path: str) -> None:
        self._target = target
        self._path = path

    def entries(self, node: Node) -> Iterator[Entry]:
        """The track of an element; a mask that is seen on one frame only is a shape again, as in CVAT.

        Errors: InvalidDocument, InvalidInput.
        """
        place = f"track {node.get('id', '?')}"
        label = self._target.label(self._label_name(node, place), place=f"{self._path}: {place}")
        try:
            group = read_integer(node.attrib, "group_id", default=0)
        except ValueError as error:
            raise broken(self._path, place, error) from None
        found = self._rows(node, place)
        source = node.get("source") or "file"
        own = self._line(found, label, source=source)
        elements = tuple(self._elements(found, label, source=source))
        if not own.keyframes and not elements:
            self._target.losses.whole("track", "without a keyframe" if found else "without a shape")
            return
        track = Track(
            id=0,
            label=label.name,
            frame=min(line.keyframes[0].frame for line in (own, *elements) if line.keyframes),
            group=group,
            source=source,
            attributes=own.attributes,
            keyframes=own.keyframes,
            elements=elements,
        )
        seen = [row for row in found if row.is_seen]
        if len(seen) == 1 and seen[0].node.tag == "mask":
            frame = self._target.manifest.task_frame(seen[0].number)
            (state,) = (keyframe for keyframe in track.keyframes if keyframe.frame == frame)
            yield Entry(parts=(tracked_shape(track, state),))
        else:
            yield Entry(parts=(track,))

    def _rows(self, node: Node, place: str) -> list[_Row]:
        """A track's elements by frame; of two on one frame a keyframe counts, and then the later one, as in CVAT."""
        rows: dict[int, _Row] = {}
        # A tag is of one frame: there are no tracks of them.
        nodes = [child for child in shape_nodes(node) if child.tag != "tag"]
        for index, child in enumerate(nodes, start=1):
            row = _Row(child, f"{place}, shape {index} ({child.tag})")
            try:
                row.number = read_integer(child.attrib, "frame")
                row.read_flags()
            except ValueError as error:
                raise broken(self._path, row.place, error) from None
            before = rows.get(row.number)
            if before is None or row.key or not before.key:
                rows[row.number] = row
        return [rows[number] for number in sorted(rows)]

    def _elements(self, rows: list[_Row], parent: Label, *, source: str) -> Iterator[Track]:
        """The joints of a skeleton's track, each a track of its own."""
        found: dict[str, list[_Row]] = {}
        labels: dict[str, Label] = {}
        for row in rows:
            for node in joint_nodes(row.node):
                name = self._label_name(node, row.place)
                joint = _Row(node, f"{row.place}, joint {name!r}", number=row.number)
                label = self._target.sublabel(parent, name, place=f"{self._path}: {joint.place}")
                try:
                    joint.read_flags()
                except ValueError as error:
                    raise broken(self._path, joint.place, error) from None
                labels[label.name] = label
                found.setdefault(label.name, []).append(joint)
        for name, joints in found.items():
            line = self._line(joints, labels[name], source=joints[0].node.get("source") or source)
            if line.keyframes:
                yield line

    def _line(self, rows: list[_Row], label: Label, *, source: str) -> Track:
        """One line of keyframes as a track without elements; it may have no keyframes at all."""
        keyframes: list[Keyframe] = []
        immutable: dict[str, str] = {}
        for row in rows:
            if not (row.key or row.adds_to(keyframes)):
                continue
            values = self._values(row)
            if not keyframes:
                immutable = known_attributes(label, values, losses=self._target.losses, mutable=False)
            mutable = known_attributes(label, values, losses=self._target.losses, mutable=True)
            if keyframes and ELEMENTS[row.node.tag] != keyframes[0].type:
                error = ValueError(f"is a {ELEMENTS[row.node.tag]}, and others of its track are a {keyframes[0].type}")
                raise broken(self._path, row.place, error)
            keyframe = self._keyframe(row, mutable)
            if keyframes and keyframes[-1].frame == keyframe.frame:
                keyframes.pop()
            keyframes.append(keyframe)
        return Track(
            id=0,
            label=label.name,
            frame=keyframes[0].frame if keyframes else 0,
            source=source,
            attributes=immutable,
            keyframes=tuple(keyframes),
        )

    def _keyframe(self, row: _Row, values: dict[str, str]) -> Keyframe:
        node, kind = row.node, ELEMENTS[row.node.tag]
        frame = self._target.numbered_frame(row.number, place=f"{self._path}: {row.place}")
        try:
            return Keyframe(
                frame=frame,
                track=0,
                type=kind,
                points=points_in(node, kind),
                rotation=rotation_of(node),
                occluded=read_flag(node.attrib, "occluded"),
                outside=row.outside,
                z_order=read_integer(node.attrib, "z_order", default=0),
                attributes=values,
            )
        except ValueError as error:
            raise broken(self._path, row.place, error) from None

    def _values(self, row: _Row) -> dict[str, str]:
        try:
            return attribute_values(row.node)
        except ValueError as error:
            raise broken(self._path, row.place, error) from None

    def _label_name(self, node: Node, place: str) -> str:
        return label_name(node, path=self._path, place=place)


class _Row:
    """One element of a track, or of a joint of one."""

    __slots__ = ("key", "node", "number", "outside", "place")

    def __init__(self, node: Node, place: str, *, number: int = 0) -> None:
        self.node = node
        self.place = place
        self.number = number
        """Of its frame in the media."""
        self.key = True
        self.outside = False

    def read_flags(self) -> None:
        """Errors: ValueError as the end of a sentence about the element."""
        self.key = read_flag(self.node.attrib, "keyframe", default=True)
        self.outside = read_flag(self.node.attrib, "outside")

    @property
    def is_seen(self) -> bool:
        return not self.outside

    def adds_to(self, keyframes: list[Keyframe]) -> bool:
        """Whether it shows something that would not be seen by the keyframes before it."""
        if self.outside:
            return False
        if not keyframes:
            # Where a skeleton begins its joints say.
            return self.node.tag != "skeleton"
        return keyframes[-1].outside
