"""`CVAT for images 1.1`: `annotations.xml`, an element a frame with all its objects. Every type of shape fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO

from cvatcore.schema import SHAPE_TYPES, Element, Label, Shape, ShapeType
from cvatformats.archive_writer import ArchiveWriter
from cvatformats.attributes import complete_attributes, labels_by_name
from cvatformats.content import FrameObjects, TaskContent
from cvatformats.cvat_meta import meta_lines
from cvatformats.cvat_shapes import NAMES, geometry_attributes
from cvatformats.format import Detail, Format
from cvatformats.report import Losses
from cvatformats.xml_text import attribute_text, element_text, is_writable, number_text

_BATCH = 4096
"""Lines that are joined and compressed at a time."""


class CvatImagesWriter:
    """Writes `annotations.xml`."""

    kinds: frozenset[ShapeType] = frozenset(NAMES)
    details: frozenset[Detail] = frozenset(["group", "z-order", "source"])

    def write(self, content: TaskContent, archive: ArchiveWriter) -> None:
        """Write the annotation file."""
        with archive.text("annotations.xml") as file:
            lines = _Lines(file)
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


class _Lines:
    """Gathers lines and writes them in batches."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lines: list[str] = []

    def add(self, *lines: str) -> None:
        self._lines += lines
        if len(self._lines) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            self._file.write(("\n".join(self._lines) + "\n").encode())
            self._lines.clear()


class _Elements:
    """Makes the elements of frames and objects."""

    def __init__(self, content: TaskContent) -> None:
        self._labels = content.labels_by_name
        self._sublabels = {label.name: labels_by_name(label.sublabels) for label in content.labels}
        self._losses: Losses = content.losses
        self._quoted: dict[str, str] = {}

    def image(self, objects: FrameObjects) -> Iterator[str]:
        """A frame; shapes first and tags last, as CVAT orders them."""
        yield (
            f'  <image id="{objects.frame}" name={attribute_text(objects.name)}'
            f' width="{objects.width}" height="{objects.height}">'
        )
        for shape in objects.shapes:
            if shape.type != "tag":
                yield from self._shape(shape)
        for item in objects.tracked:
            yield from self._shape(item.shape)
        for shape in objects.shapes:
            if shape.type == "tag":
                yield from self._shape(shape)
        yield "  </image>"

    def _shape(self, shape: Shape) -> Iterator[str]:
        kind, label = shape.type, self._labels[shape.label]
        head = f"    <{NAMES[kind]} label={self._quote(label.name)} source={self._quote(shape.source)}"
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
        yield from self._attributes(label, shape.attributes, indent=6)
        yield f"    </{NAMES[kind]}>"

    def _element(self, element: Element, *, parent: Label, source: str) -> Iterator[str]:
        label = self._sublabels[parent.name].get(element.label)
        name = label.name if label else element.label
        if label is None:
            self._losses.partial("joint", f"written although {parent.name!r} has no sub-label {name!r}")
        head = (
            f"      <{NAMES[element.type]} label={self._quote(name)} source={self._quote(source)}"
            f' outside="{int(element.outside)}" occluded="{int(element.occluded)}"'
        )
        head += geometry_attributes(element.type, element.points)
        if element.rotation:
            head += f' rotation="{number_text(element.rotation)}"'
        if element.z_order:
            head += f' z_order="{element.z_order}"'
        yield f"{head}>"
        if label is not None:
            yield from self._attributes(label, element.attributes, indent=8)
        yield f"      </{NAMES[element.type]}>"

    def _attributes(self, label: Label, values: Mapping[str, str], *, indent: int) -> Iterator[str]:
        if not values and not label.attributes:
            return
        for name, value in complete_attributes(label, values).items():
            if not is_writable(value) or not is_writable(name):
                self._losses.partial("attribute", "XML cannot hold some of its control characters")
            yield f"{' ' * indent}<attribute name={self._quote(name)}>{element_text(value)}</attribute>"

    def _quote(self, text: str) -> str:
        """A label's or attribute's name in quotes; the same few come again and again."""
        quoted = self._quoted.get(text)
        if quoted is None:
            quoted = self._quoted[text] = attribute_text(text)
        return quoted


assert set(NAMES) == set(SHAPE_TYPES), "a type of shape has no element"
