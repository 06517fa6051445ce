"""`CVAT 1.1`: reading CVAT's own XML, of images and of videos, plain or in an archive, without holding the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidDocument
from cvatcore.geometry import points_problem
from cvatcore.schema import Element, Keyframe, Label, Shape, ShapeType, Track
from cvatformats.attributes import known_attributes
from cvatformats.cvat_shapes import ELEMENTS, points_of, read_flag, read_integer, read_number, required
from cvatformats.format import Entry, Format
from cvatformats.source import Source
from cvatformats.target import Target

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as Node


class CvatReader:
    """Reads `annotations.xml`."""

    def detect(self, source: Source) -> float:
        """By the root element."""
        names = source.files(".xml")
        if not names:
            return 0.0
        return 0.95 if b"<annotations" in source.head(names[0])[:4096] else 0.0

    def read(self, source: Source, target: Target) -> Iterator[Entry]:
        """Every object of every XML file.

        Errors: see `Read`.
        """
        names = source.files(".xml")
        if not names and not source.is_archive:
            names = [source.path.name]
        if not names:
            raise InvalidDocument("There is no annotations.xml in it.", path=source.name)
        for name in names:
            place = source.place(name)
            with source.open(name) as stream:
                yield from _Document(target, place=place).entries(_nodes(stream, place=place))


FORMAT = Format(
    id="cvat-xml",
    name="CVAT",
    version="1.1",
    import_extensions=("XML", "ZIP"),
    detector=CvatReader(),
    reader=CvatReader(),
)
"""The descriptor for the registry."""


def _nodes(stream: IO[bytes], *, place: str) -> Iterator[Node]:
    """The children of the root, each complete, and forgotten once it was used.

    Errors: InvalidDocument with the line.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth = 0
    root: Node | None = None
    try:
        for event, node in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                if root is None:
                    root = node
                    if node.tag != "annotations":
                        raise InvalidDocument(f"The root element is {node.tag!r} and not 'annotations'.", path=place)
                depth += 1
                continue
            depth -= 1
            if depth == 1 and root is not None:
                yield node
                root.clear()
    except ParseError as error:
        line, _ = error.position
        raise InvalidDocument(
            f"This is no XML: {error.msg}.", path=place, line=line, hint="Nothing was imported."
        ) from None
    except DefusedXmlException:
        raise InvalidDocument(
            "It declares entities or a document type, which annotations never need.",
            path=place,
            hint="Do not use this file unless you know where it comes from.",
        ) from None
    except (LookupError, UnicodeError, ValueError) as error:
        # An encoding that does not exist, or bytes that are not in it.
        raise InvalidDocument(f"This is no XML: {error}.", path=place) from None


class _Document:
    """One XML file."""

    def __init__(self, target: Target, *, place: str) -> None:
        self._target = target
        self._place = place

    def entries(self, nodes: Iterator[Node]) -> Iterator[Entry]:
        """The objects in their order."""
        for node in nodes:
            if node.tag == "image":
                yield from self._image(node)
            elif node.tag == "track":
                yield from self._track_entry(node)

    def _image(self, node: Node) -> Iterator[Entry]:
        name = node.get("name")
        place = f"image {name!r}"
        found = [child for child in node if child.tag in ELEMENTS]
        if name is None:
            try:
                number = read_integer(node.attrib, "id")
            except ValueError as error:
                raise self._broken("an image without a name", error) from None
            frame = self._target.numbered_frame(number, place=self._place)
        else:
            known = self._target.find_frame(name, place=self._place)
            if known is None:
                if found:
                    raise self._target.unknown_frame(name, place=self._place)
                reason = "without objects, and the task has no frame of that name"
                self._target.losses.partial("image", reason)
                return
            frame = known
        for index, child in enumerate(found, start=1):
            yield Entry(parts=(self._shape(child, frame, place=f"{place}, object {index} ({child.tag})"),))

    def _shape(self, node: Node, frame: int, *, place: str) -> Shape:
        label = self._target.label(self._label_name(node, place), place=f"{self._place}: {place}")
        kind = ELEMENTS[node.tag]
        try:
            return Shape(
                frame=frame,
                id=0,
                type=kind,
                label=label.name,
                points=self._points(node, kind),
                rotation=_rotation(node),
                occluded=read_flag(node.attrib, "occluded"),
                outside=read_flag(node.attrib, "outside"),
                z_order=read_integer(node.attrib, "z_order", default=0),
                group=read_integer(node.attrib, "group_id", default=0),
                source=node.get("source") or "file",
                attributes=known_attributes(label, _attributes(node), losses=self._target.losses),
                elements=tuple(self._element(child, label, place) for child in _joints(node)),
            )
        except ValueError as error:
            raise self._broken(place, error) from None

    def _element(self, node: Node, parent: Label, place: str) -> Element:
        place = f"{place}, joint {node.get('label')!r}"
        label = self._target.sublabel(parent, self._label_name(node, place), place=f"{self._place}: {place}")
        kind = ELEMENTS[node.tag]
        try:
            return Element(
                id=0,
                type=kind,
                label=label.name,
                points=self._points(node, kind),
                rotation=_rotation(node),
                occluded=read_flag(node.attrib, "occluded"),
                outside=read_flag(node.attrib, "outside"),
                z_order=read_integer(node.attrib, "z_order", default=0),
                attributes=known_attributes(label, _attributes(node), losses=self._target.losses),
            )
        except ValueError as error:
            raise self._broken(place, error) from None

    def _track_entry(self, node: Node) -> Iterator[Entry]:
        place = f"track {node.get('id', '?')}"
        label = self._target.label(self._label_name(node, place), place=f"{self._place}: {place}")
        children = [child for child in node if child.tag in ELEMENTS]
        if not children:
            self._target.losses.whole("track", "without a shape")
            return
        try:
            group = read_integer(node.attrib, "group_id", default=0)
            states = [(child, self._keyframe(child, label, place)) for child in children if _is_key(child)]
            values = _attributes(children[0])
            immutable = known_attributes(label, values, losses=self._target.losses, mutable=False)
            track = Track(
                id=0,
                label=label.name,
                group=group,
                source=node.get("source") or "file",
                attributes=immutable,
                keyframes=_in_order(state for _, state in states),
                elements=self._element_tracks(children, label, place),
            )
        except ValueError as error:
            raise self._broken(place, error) from None
        frames = [state.frame for state in track.keyframes] + [element.frame for element in track.elements]
        if not frames:
            self._target.losses.whole("track", "without a keyframe")
            return
        track = msgspec.structs.replace(track, frame=min(frames))
        if children[0].tag == "mask":
            # CVAT has no tracks of masks: it writes every mask of a video as a track of its own.
            parts = tuple(_as_shape(track, state) for state in track.keyframes if not state.outside)
            if parts:
                yield Entry(parts=parts)
            else:
                self._target.losses.whole("track", "not seen on any frame")
            return
        yield Entry(parts=(track,))

    def _element_tracks(self, children: list[Node], parent: Label, place: str) -> tuple[Track, ...]:
        """The joints of a skeleton's track, each a track of its own."""
        states: dict[str, list[tuple[Node, Keyframe]]] = {}
        for child in children:
            for joint in _joints(child):
                named = self._label_name(joint, f"{place}, frame {child.get('frame')}")
                label = self._target.sublabel(parent, named, place=f"{self._place}: {place}")
                kept = states.setdefault(label.name, [])
                if _is_key(joint):
                    kept.append((joint, self._keyframe(joint, label, place, frame=child)))
        tracks: list[Track] = []
        for name, found in states.items():
            if not found:
                continue
            label = self._target.sublabel(parent, name, place=self._place)
            values = _attributes(found[0][0])
            keyframes = _in_order(state for _, state in found)
            tracks.append(
                Track(
                    id=0,
                    label=name,
                    frame=keyframes[0].frame,
                    source="file",
                    attributes=known_attributes(label, values, losses=self._target.losses, mutable=False),
                    keyframes=keyframes,
                )
            )
        return tuple(tracks)

    def _keyframe(self, node: Node, label: Label, place: str, *, frame: Node | None = None) -> Keyframe:
        kind = ELEMENTS[node.tag]
        number = read_integer((node if frame is None else frame).attrib, "frame")
        self._target.numbered_frame(number, place=f"{self._place}: {place}")
        return Keyframe(
            frame=number,
            track=0,
            type=kind,
            points=self._points(node, kind),
            rotation=_rotation(node),
            occluded=read_flag(node.attrib, "occluded"),
            outside=read_flag(node.attrib, "outside"),
            z_order=read_integer(node.attrib, "z_order", default=0),
            attributes=known_attributes(label, _attributes(node), losses=self._target.losses, mutable=True),
        )

    def _points(self, node: Node, kind: ShapeType) -> tuple[float, ...]:
        points = points_of(kind, node.attrib)
        if problem := points_problem(kind, points):
            raise ValueError(problem)
        return points

    def _label_name(self, node: Node, place: str) -> str:
        try:
            return required(node.attrib, "label")
        except ValueError as error:
            raise self._broken(place, error) from None

    def _broken(self, place: str, error: ValueError) -> InvalidDocument:
        sentence = f"{place} {error}."
        return InvalidDocument(sentence[0].upper() + sentence[1:], path=self._place, hint="Nothing was imported.")


def _is_key(node: Node) -> bool:
    return read_flag(node.attrib, "keyframe", default=True)


def _rotation(node: Node) -> float:
    value = read_number(node.attrib, "rotation", default=0.0)
    return value if 0 <= value <= 360 else value % 360


def _attributes(node: Node) -> dict[str, str]:
    return {required(child.attrib, "name"): child.text or "" for child in node if child.tag == "attribute"}


def _joints(node: Node) -> list[Node]:
    return [child for child in node if child.tag in ELEMENTS] if node.tag == "skeleton" else []


def _in_order(states: Iterator[Keyframe]) -> tuple[Keyframe, ...]:
    """Keyframes by frame; of two on one frame the later one counts, as in CVAT."""
    by_frame = {state.frame: state for state in states}
    return tuple(by_frame[frame] for frame in sorted(by_frame))


def _as_shape(track: Track, state: Keyframe) -> Shape:
    return Shape(
        frame=state.frame,
        id=0,
        type=state.type,
        label=track.label,
        points=state.points,
        occluded=state.occluded,
        z_order=state.z_order,
        group=track.group,
        source=track.source,
        attributes=track.attributes | state.attributes,
    )
