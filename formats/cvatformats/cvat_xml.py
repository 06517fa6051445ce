"""`CVAT 1.1`: reading CVAT's own XML, of images and of videos, plain or in an archive, without holding the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidDocument
from cvatcore.schema import Element, Label, Shape
from cvatformats.attributes import known_attributes
from cvatformats.cvat_nodes import (
    attribute_values,
    broken,
    joint_nodes,
    label_name,
    points_in,
    read_nodes,
    rotation_of,
    shape_nodes,
)
from cvatformats.cvat_shapes import ELEMENTS, read_flag, read_integer
from cvatformats.cvat_tracks import TrackNodes
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
                yield from _Document(target, path=place).entries(read_nodes(stream, place=place))


FORMAT = Format(
    id="cvat-xml",
    name="CVAT",
    version="1.1",
    import_extensions=("XML", "ZIP"),
    detector=CvatReader(),
    reader=CvatReader(),
)
"""The descriptor for the registry."""


class _Document:
    """One XML file."""

    def __init__(self, target: Target, *, path: str) -> None:
        self._target = target
        self._path = path
        self._tracks = TrackNodes(target, path=path)

    def entries(self, nodes: Iterator[Node]) -> Iterator[Entry]:
        """The objects in their order."""
        for node in nodes:
            if node.tag == "image":
                yield from self._image(node)
            elif node.tag == "track":
                yield from self._tracks.entries(node)

    def _image(self, node: Node) -> Iterator[Entry]:
        name = node.get("name")
        place = f"image {name!r}"
        found = shape_nodes(node)
        if name is None:
            try:
                number = read_integer(node.attrib, "id")
            except ValueError as error:
                raise broken(self._path, "an image without a name", error) from None
            frame = self._target.numbered_frame(number, place=self._path)
        else:
            known = self._target.find_frame(name, place=self._path)
            if known is None:
                if found:
                    raise self._target.unknown_frame(name, place=self._path)
                reason = "without objects, and the task has no frame of that name"
                self._target.losses.partial("image", reason)
                return
            frame = known
        for index, child in enumerate(found, start=1):
            yield Entry(parts=(self._shape(child, frame, place=f"{place}, object {index} ({child.tag})"),))

    def _shape(self, node: Node, frame: int, *, place: str) -> Shape:
        label = self._target.label(label_name(node, path=self._path, place=place), place=f"{self._path}: {place}")
        kind = ELEMENTS[node.tag]
        try:
            return Shape(
                frame=frame,
                id=0,
                type=kind,
                label=label.name,
                points=points_in(node, kind),
                rotation=rotation_of(node),
                occluded=read_flag(node.attrib, "occluded"),
                outside=read_flag(node.attrib, "outside"),
                z_order=read_integer(node.attrib, "z_order", default=0),
                group=read_integer(node.attrib, "group_id", default=0),
                source=node.get("source") or "file",
                attributes=known_attributes(label, attribute_values(node), losses=self._target.losses),
                elements=tuple(self._element(child, label, place) for child in joint_nodes(node)),
            )
        except ValueError as error:
            raise broken(self._path, place, error) from None

    def _element(self, node: Node, parent: Label, place: str) -> Element:
        place = f"{place}, joint {node.get('label')!r}"
        label = self._target.sublabel(
            parent, label_name(node, path=self._path, place=place), place=f"{self._path}: {place}"
        )
        kind = ELEMENTS[node.tag]
        try:
            return Element(
                id=0,
                type=kind,
                label=label.name,
                points=points_in(node, kind),
                rotation=rotation_of(node),
                occluded=read_flag(node.attrib, "occluded"),
                outside=read_flag(node.attrib, "outside"),
                z_order=read_integer(node.attrib, "z_order", default=0),
                attributes=known_attributes(label, attribute_values(node), losses=self._target.losses),
            )
        except ValueError as error:
            raise broken(self._path, place, error) from None
