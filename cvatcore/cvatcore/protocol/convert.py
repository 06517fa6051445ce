"""Between stored annotations (labels by name) and the wire (labels by number)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.protocol import annotations as wire
from cvatcore.schema import (
    Annotations,
    Attribute,
    Element,
    Keyframe,
    Label,
    Shape,
    ShapeType,
    Track,
    find_label,
)


class LabelTable:
    """The labels of a task, to be found by name and by number."""

    def __init__(self, labels: Sequence[Label]) -> None:
        self.labels = tuple(labels)
        self._by_name: dict[str, LabelEntry] = {}
        self._by_id: dict[int, LabelEntry] = {}
        for label in self.labels:
            entry = LabelEntry(label)
            self._by_id[label.id] = entry
            self._by_name[label.name] = entry

    def named(self, name: str) -> LabelEntry:
        """The label of a stored line, by its name or a former one; unknown ones have the id 0."""
        entry = self._by_name.get(name)
        if entry is None:
            label = find_label(self.labels, name)
            entry = self._by_id[label.id] if label else LabelEntry(Label(id=0, name=name, color=""))
            self._by_name[name] = entry
        return entry

    def numbered(self, number: int) -> LabelEntry:
        """The label of a request.

        Errors: InvalidInput in CVAT's words.
        """
        try:
            return self._by_id[number]
        except KeyError:
            raise InvalidInput(f"label_id `{number}` is invalid") from None


class LabelEntry:
    """One label with its attributes and sub-labels by name and by number."""

    def __init__(self, label: Label) -> None:
        self.id = label.id
        self.name = label.name
        self.attributes = label.attributes
        self.by_spec: Mapping[int, Attribute] = {a.id: a for a in label.attributes}
        self.sublabels = LabelTable(label.sublabels)

    def values_to_wire(self, stored: Mapping[str, str], *, mutable: bool | None = None) -> list[wire.AttributeVal]:
        """All attributes (or only the mutable or immutable ones), missing ones with their default."""
        return [
            wire.AttributeVal(a.id, stored.get(a.name, a.default_value))
            for a in self.attributes
            if mutable is None or a.mutable == mutable
        ]

    def values_from_wire(self, values: Iterable[wire.AttributeVal], *, mutable: bool | None = None) -> dict[str, str]:
        """Attributes by name: of a shape all, of a keyframe the mutable ones, of a track the others.

        Errors: InvalidInput in CVAT's words for a number that the label does not have, or not there.
        """
        found: dict[str, str] = {}
        for value in values:
            attribute = self.by_spec.get(value.spec_id)
            if attribute is None or mutable not in (None, attribute.mutable):
                raise InvalidInput(f"spec_id `{value.spec_id}` is invalid")
            # CVAT stores what Python's str() makes of a JSON scalar.
            found[attribute.name] = str(value.value)
        return found


def to_wire(annotations: Annotations, labels: LabelTable) -> wire.LabeledData:
    """A job's annotations as the API answers them."""
    tags: list[wire.LabeledImage] = []
    shapes: list[wire.LabeledShape] = []
    for shape in annotations.shapes:
        entry = labels.named(shape.label)
        attributes = entry.values_to_wire(shape.attributes) if entry.attributes else []
        if shape.type == "tag":
            tags.append(
                wire.LabeledImage(
                    id=shape.id,
                    frame=shape.frame,
                    label_id=entry.id,
                    group=shape.group,
                    source=shape.source,
                    attributes=attributes,
                )
            )
        else:
            shapes.append(_shape_to_wire(shape, entry, attributes))
    tracks = [_track_to_wire(track, labels) for track in annotations.tracks]
    return wire.LabeledData(tags=tags, shapes=shapes, tracks=tracks)


def _drawn(kind: ShapeType) -> wire.DrawnType:
    """A type as the wire has it; only a file that a hand has spoilt has tags as elements or keyframes."""
    return cast(wire.DrawnType, kind)


def _shape_to_wire(shape: Shape, entry: LabelEntry, attributes: list[wire.AttributeVal]) -> wire.LabeledShape:
    return wire.LabeledShape(
        id=shape.id,
        label_id=entry.id,
        type=_drawn(shape.type),
        frame=shape.frame,
        group=shape.group,
        source=shape.source,
        occluded=shape.occluded,
        outside=shape.outside,
        z_order=shape.z_order,
        rotation=shape.rotation,
        points=list(shape.points),
        attributes=attributes,
        elements=[_element_to_wire(element, shape, entry) for element in shape.elements] if shape.elements else [],
        score=msgspec.UNSET if shape.score is None else shape.score,
    )


def _element_to_wire(element: Element, shape: Shape, parent: LabelEntry) -> wire.SubLabeledShape:
    entry = parent.sublabels.named(element.label)
    return wire.SubLabeledShape(
        id=element.id,
        label_id=entry.id,
        type=_drawn(element.type),
        frame=shape.frame,
        group=shape.group,
        source=shape.source,
        occluded=element.occluded,
        outside=element.outside,
        z_order=element.z_order,
        rotation=element.rotation,
        points=list(element.points),
        attributes=entry.values_to_wire(element.attributes),
    )


def _track_to_wire(track: Track, labels: LabelTable) -> wire.LabeledTrack:
    entry = labels.named(track.label)
    return wire.LabeledTrack(
        id=track.id,
        frame=track.frame,
        label_id=entry.id,
        group=track.group,
        source=track.source,
        attributes=entry.values_to_wire(track.attributes, mutable=False),
        shapes=_keyframes_to_wire(track, entry),
        elements=[_joint_to_wire(element, track, entry) for element in track.elements],
    )


def _joint_to_wire(element: Track, track: Track, parent: LabelEntry) -> wire.SubLabeledTrack:
    entry = parent.sublabels.named(element.label)
    return wire.SubLabeledTrack(
        id=element.id,
        frame=element.frame,
        label_id=entry.id,
        group=track.group,
        source=element.source,
        attributes=entry.values_to_wire(element.attributes, mutable=False),
        shapes=_keyframes_to_wire(element, entry),
    )


def _keyframes_to_wire(track: Track, entry: LabelEntry) -> list[wire.TrackedShape]:
    shapes: list[wire.TrackedShape] = []
    # A mutable attribute that a keyframe does not set keeps the previous keyframe's value.
    values: dict[str, str] = {}
    for keyframe in track.keyframes:
        values = values | keyframe.attributes
        shapes.append(
            wire.TrackedShape(
                type=_drawn(keyframe.type),
                frame=keyframe.frame,
                occluded=keyframe.occluded,
                outside=keyframe.outside,
                z_order=keyframe.z_order,
                rotation=keyframe.rotation,
                points=list(keyframe.points),
                attributes=entry.values_to_wire(values, mutable=True),
            )
        )
    return shapes


def from_wire(data: wire.LabeledData, labels: LabelTable) -> tuple[tuple[Shape, ...], tuple[Track, ...]]:
    """Shapes (tags among them) and tracks of a request; an object without an id gets 0.

    Errors: InvalidInput in CVAT's words for labels and attributes that the task does not have.
    """
    shapes = [_tag_from_wire(tag, labels) for tag in data.tags]
    shapes += [_shape_from_wire(shape, labels) for shape in data.shapes]
    tracks = [_track_from_wire(track, labels) for track in data.tracks]
    return tuple(shapes), tuple(tracks)


def _tag_from_wire(tag: wire.LabeledImage, labels: LabelTable) -> Shape:
    entry = labels.numbered(tag.label_id)
    return Shape(
        frame=tag.frame,
        id=tag.id or 0,
        type="tag",
        label=entry.name,
        group=tag.group or 0,
        source=tag.source,
        attributes=entry.values_from_wire(tag.attributes),
    )


def _shape_from_wire(shape: wire.LabeledShape, labels: LabelTable) -> Shape:
    entry = labels.numbered(shape.label_id)
    return Shape(
        frame=shape.frame,
        id=shape.id or 0,
        type=shape.type,
        label=entry.name,
        points=tuple(shape.points),
        rotation=shape.rotation,
        occluded=shape.occluded,
        outside=shape.outside,
        z_order=shape.z_order,
        group=shape.group or 0,
        source=shape.source,
        score=None if shape.score is msgspec.UNSET else shape.score,
        attributes=entry.values_from_wire(shape.attributes),
        elements=tuple(_element_from_wire(element, entry) for element in shape.elements),
    )


def _element_from_wire(element: wire.SubLabeledShape, parent: LabelEntry) -> Element:
    entry = parent.sublabels.numbered(element.label_id)
    return Element(
        id=element.id or 0,
        type=element.type,
        label=entry.name,
        points=tuple(element.points),
        rotation=element.rotation,
        occluded=element.occluded,
        outside=element.outside,
        z_order=element.z_order,
        attributes=entry.values_from_wire(element.attributes),
    )


def _track_from_wire(track: wire.LabeledTrack, labels: LabelTable) -> Track:
    entry = labels.numbered(track.label_id)
    return Track(
        id=track.id or 0,
        label=entry.name,
        frame=track.frame,
        group=track.group or 0,
        source=track.source,
        attributes=entry.values_from_wire(track.attributes, mutable=False),
        elements=tuple(_joint_from_wire(element, entry) for element in track.elements),
        keyframes=_keyframes_from_wire(track.id or 0, track.shapes, entry),
    )


def _joint_from_wire(element: wire.SubLabeledTrack, parent: LabelEntry) -> Track:
    entry = parent.sublabels.numbered(element.label_id)
    return Track(
        id=element.id or 0,
        label=entry.name,
        frame=element.frame,
        source=element.source,
        attributes=entry.values_from_wire(element.attributes, mutable=False),
        keyframes=_keyframes_from_wire(element.id or 0, element.shapes, entry),
    )


def _keyframes_from_wire(track: int, shapes: Iterable[wire.TrackedShape], entry: LabelEntry) -> tuple[Keyframe, ...]:
    keyframes = [
        Keyframe(
            frame=shape.frame,
            track=track,
            type=shape.type,
            points=tuple(shape.points),
            rotation=shape.rotation,
            occluded=shape.occluded,
            outside=shape.outside,
            z_order=shape.z_order,
            attributes=entry.values_from_wire(shape.attributes, mutable=True),
        )
        for shape in shapes
    ]
    return tuple(sorted(keyframes, key=lambda keyframe: keyframe.frame))
