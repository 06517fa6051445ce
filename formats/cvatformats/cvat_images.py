"""`CVAT for images 1.1`: `annotations.xml`, an element a frame with all its objects. Every type of shape fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cvatcore.schema import SHAPE_TYPES, Element, Label, Shape, ShapeType
from cvatcore.tracks import Tracked
from cvatformats.archive_writer import ArchiveWriter
from cvatformats.attributes import labels_by_name
from cvatformats.content import FrameObjects, TaskContent
from cvatformats.cvat_lines import Lines, Words
from cvatformats.cvat_meta import meta_lines
from cvatformats.cvat_shapes import NAMES, geometry_attributes
from cvatformats.format import Detail, Format
from cvatformats.xml_text import attribute_text, number_text


class CvatImagesWriter:
    """Writes `annotations.xml`."""

    kinds: frozenset[ShapeType] = frozenset(NAMES)
    details: frozenset[Detail] = frozenset(["group", "z-order", "source"])

    def write(self, content: TaskContent, archive: ArchiveWriter) -> None:
        """Write the annotation file."""
        with archive.text("annotations.xml") as file:
            lines = Lines(file)
            lines.add('<?xml version="1.0" encoding="utf-8"?>', "<annotations>", "  <version>1.1</version>")
            lines.add(*meta_lines(content))
            elements = _Elements(content)
            for objects in content.frames():
                lines.add(*elements.image(objects))
            lines.add("</annotations>")
            lines.flush()

    def picture_folder(self, content: TaskContent) -> str:
        """As in CVAT."""
        return "images"


FORMAT = Format(id="cvat-images", name="CVAT for images", version="1.1", writer=CvatImagesWriter())
"""The descriptor for the registry."""


class _Elements:
    """Makes the elements of frames and objects."""

    def __init__(self, content: TaskContent) -> None:
        self._labels = content.labels_by_name
        self._sublabels = {label.name: labels_by_name(label.sublabels) for label in content.labels}
        self._content = content
        self._words = Words(content.losses)

    def image(self, objects: FrameObjects) -> Iterator[str]:
        """A frame; shapes first and tags last, as CVAT orders them."""
        yield (
            f'  <image id="{self._content.manifest.source_frame(objects.frame)}" name={attribute_text(objects.name)}'
            f' width="{objects.width}" height="{objects.height}">'
        )
        for shape in objects.shapes:
            if shape.type != "tag":
                yield from self._written(shape, shape)
        for item in objects.tracked:
            yield from self._written(item.shape, item)
        for shape in objects.shapes:
            if shape.type == "tag":
                yield from self._written(shape, shape)
        yield "  </image>"

    def _written(self, shape: Shape, item: Shape | Tracked) -> Iterable[str]:
        try:
            return list(self._shape(shape))
        except (ValueError, OverflowError):
            # Only a file that was edited by hand has such points: `cvat validate` tells where.
            self._content.refuse(item, "with points that make no such shape")
            return ()

    def _shape(self, shape: Shape) -> Iterator[str]:
        kind, label = shape.type, self._labels[shape.label]
        head = f"    <{NAMES[kind]} label={self._words.quoted(label.name)} source={self._words.quoted(shape.source)}"
        if kind not in {"tag", "skeleton"}:
            head += f' occluded="{int(shape.occluded)}"'
        elif shape.occluded:
            head += ' occluded="1"'
        if shape.outside:
            head += ' outside="1"'
        head += geometry_attributes(kind, shape.points)
        if shape.rotation:
            head += f' rotation="{number_text(shape.rotation)}"'
        if kind != "tag" or shape.z_order:
            head += f' z_order="{shape.z_order}"'
        if shape.group:
            head += f' group_id="{shape.group}"'
        yield f"{head}>"
        for element in shape.elements:
            yield from self._element(element, parent=label, source=shape.source)
        yield from self._words.attributes(label, shape.attributes, indent=6)
        yield f"    </{NAMES[kind]}>"

    def _element(self, element: Element, *, parent: Label, source: str) -> Iterator[str]:
        label = self._sublabels[parent.name].get(element.label)
        name = label.name if label else element.label
        if label is None:
            self._content.losses.partial("joint", f"written although {parent.name!r} has no sub-label {name!r}")
        head = (
            f"      <{NAMES[element.type]} label={self._words.quoted(name)} source={self._words.quoted(source)}"
            f' outside="{int(element.outside)}" occluded="{int(element.occluded)}"'
        )
        head += geometry_attributes(element.type, element.points)
        if element.rotation:
            head += f' rotation="{number_text(element.rotation)}"'
        if element.z_order:
            head += f' z_order="{element.z_order}"'
        yield f"{head}>"
        yield from self._words.attributes(label, element.attributes, indent=8)
        yield f"      </{NAMES[element.type]}>"


assert set(NAMES) == set(SHAPE_TYPES), "a type of shape has no element"
