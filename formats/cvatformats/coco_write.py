"""Writing COCO: one pass over the frames, annotations encoded in batches, so that memory holds a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, ClassVar

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.geometry import counts_area, counts_box, polygon_area, raster_counts
from cvatcore.schema import Label, Shape, ShapeType
from cvatcore.tracks import Tracked
from cvatformats.archive_writer import ArchiveWriter
from cvatformats.attributes import complete_attributes, typed_value
from cvatformats.content import FrameObjects, TaskContent
from cvatformats.format import Detail

_BATCH = 8192
"""Annotations that are encoded and compressed at a time: about 2 MB of text."""

_FAR = 1e9
"""Longer sides, in pixels, are no picture's."""

_INFO = {"contributor": "", "date_created": "", "description": "", "url": "", "version": "", "year": ""}
_LICENSES = [{"name": "", "id": 0, "url": ""}]

Value = str | bool | float | int


class _Runs(msgspec.Struct):
    counts: list[int]
    size: tuple[int, int]
    """Height and width."""


class _Image(msgspec.Struct, gc=False):
    id: int
    width: int
    height: int
    file_name: str
    license: int = 0
    flickr_url: str = ""
    coco_url: str = ""
    date_captured: int = 0


class _Annotation(msgspec.Struct, gc=False):
    id: int
    image_id: int
    category_id: int
    segmentation: tuple[tuple[float, ...], ...] | _Runs
    area: float
    bbox: tuple[float, float, float, float]
    iscrowd: int
    attributes: Mapping[str, Value]
    score: float | msgspec.UnsetType = msgspec.UNSET


_PLAIN: dict[bool, dict[str, Value]] = {occluded: {"occluded": occluded, "rotation": 0.0} for occluded in (False, True)}
"""The attributes of boxes that have none of their own: most of them."""

_encoder = msgspec.json.Encoder()


class CocoWriter:
    """Writes `annotations/instances_<subset>.json`."""

    kinds: frozenset[ShapeType] = frozenset(["rectangle", "polygon", "ellipse", "mask"])
    details: frozenset[Detail] = frozenset(["score", "track"])

    def write(self, content: TaskContent, archive: ArchiveWriter) -> None:
        """Write the annotation file."""
        with archive.text(f"annotations/instances_{content.subset}.json") as file:
            categories = [
                {"id": number, "name": label.name, "supercategory": ""}
                for number, label in enumerate(content.labels, start=1)
            ]
            head = (b'{"licenses":', _encoder.encode(_LICENSES), b',"info":', _encoder.encode(_INFO))
            file.write(b"".join(head) + b',"categories":' + _encoder.encode(categories))
            file.write(b',"images":[')
            _write_batches(file, _images(content))
            file.write(b'],"annotations":[')
            _write_batches(file, _Annotations(content).batches())
            file.write(b"]}\n")

    def picture_folder(self, content: TaskContent) -> str:
        """As in CVAT: by subset."""
        return f"images/{content.subset}"


def _write_batches(file: IO[bytes], batches: Iterable[list[_Image] | list[_Annotation]]) -> None:
    first = True
    for batch in batches:
        if batch:
            text = _encoder.encode(batch)[1:-1]
            file.write(text if first else b"," + text)
            first = False


def _images(content: TaskContent) -> Iterable[list[_Image]]:
    frames, manifest = content.frame_numbers(), content.manifest
    for start in range(0, len(frames), _BATCH):
        batch: list[_Image] = []
        for frame in frames[start : start + _BATCH]:
            width, height = manifest.frame_size(frame)
            name = content.picture_name(frame)
            batch.append(_Image(id=frame + 1, width=width, height=height, file_name=name))
        yield batch


class _Annotations:
    """Makes annotations of shapes, numbered from 1."""

    ellipse_reason: ClassVar[str] = "written as masks, COCO has no ellipses"

    def __init__(self, content: TaskContent) -> None:
        self._content = content
        self._labels = content.labels_by_name
        numbers = {label.id: number for number, label in enumerate(content.labels, start=1)}
        self._categories = {name: numbers[label.id] for name, label in self._labels.items()}
        self._bare = frozenset(name for name, label in self._labels.items() if not label.attributes)
        self._specs = {name: {spec.name: spec for spec in label.attributes} for name, label in self._labels.items()}

    def batches(self) -> Iterable[list[_Annotation]]:
        """All annotations, `_BATCH` or a frame's more at a time."""
        batch: list[_Annotation] = []
        number = 1
        categories, bare = self._categories, self._bare
        for objects in self._content.frames():
            image = objects.frame + 1
            for shape in objects.shapes:
                made: _Annotation | None
                if shape.type == "rectangle":
                    x1, y1, x2, y2 = shape.points
                    width, height = x2 - x1, y2 - y1
                    if shape.attributes or shape.rotation or shape.label not in bare or shape.score is not None:
                        made = self._box(shape, objects, number)
                    elif 0 <= width < _FAR and 0 <= height < _FAR:
                        # The one case that comes by the hundred thousand; `round` would take twice as long.
                        width, height = int(width * 1e6 + 0.5) / 1e6, int(height * 1e6 + 0.5) / 1e6
                        made = _Annotation(
                            number,
                            image,
                            categories[shape.label],
                            (),
                            width * height,
                            (x1, y1, width, height),
                            0,
                            _PLAIN[shape.occluded],
                        )
                    else:
                        made = self._box(shape, objects, number)
                else:
                    made = self._other(shape, objects, number=number, item=shape)
                if made is not None:
                    batch.append(made)
                    number += 1
            for item in objects.tracked:
                made = self._tracked(item, objects, number=number)
                if made is not None:
                    batch.append(made)
                    number += 1
            if len(batch) >= _BATCH:
                yield batch
                batch = []
        yield batch

    def _tracked(self, item: Tracked, objects: FrameObjects, *, number: int) -> _Annotation | None:
        made = self._any(item.shape, objects, number=number, item=item)
        if made is not None:
            number = self._content.track_number(item.shape.id)
            made.attributes = {**made.attributes, "track_id": number, "keyframe": item.keyframe}
        return made

    def _any(self, shape: Shape, objects: FrameObjects, *, number: int, item: Shape | Tracked) -> _Annotation | None:
        if shape.type == "rectangle":
            return self._box(shape, objects, number)
        return self._other(shape, objects, number=number, item=item)

    def _box(self, shape: Shape, objects: FrameObjects, number: int) -> _Annotation:
        (x1, x2), (y1, y2) = sorted(shape.points[0::2]), sorted(shape.points[1::2])
        width, height = round(x2 - x1, 6), round(y2 - y1, 6)
        return self._annotation(shape, objects, number, area=width * height, box=(x1, y1, width, height))

    def _other(self, shape: Shape, objects: FrameObjects, *, number: int, item: Shape | Tracked) -> _Annotation | None:
        if shape.type == "polygon":
            xs, ys = shape.points[0::2], shape.points[1::2]
            box = (min(xs), min(ys), round(max(xs) - min(xs), 6), round(max(ys) - min(ys), 6))
            made = self._annotation(shape, objects, number, area=round(polygon_area(shape.points), 6), box=box)
            made.segmentation = (shape.points,)
            return made
        return self._mask(shape, objects, number=number, item=item)

    def _mask(self, shape: Shape, objects: FrameObjects, *, number: int, item: Shape | Tracked) -> _Annotation | None:
        width, height = objects.width, objects.height
        try:
            counts = raster_counts(shape.type, shape.points, rotation=shape.rotation, width=width, height=height)
        except InvalidInput:
            self._content.refuse(item, "its run lengths do not fill its box")
            return None
        box = counts_box(counts, height=height)
        if box is None:
            nothing = "smaller than a pixel or outside the picture"
            self._content.refuse(item, nothing if shape.type == "ellipse" else "without a pixel in the picture")
            return None
        if shape.type == "ellipse":
            self._content.losses.partial("ellipse", self.ellipse_reason)
        made = self._annotation(shape, objects, number, area=counts_area(counts), box=box)
        made.segmentation = _Runs(counts=counts.tolist(), size=(height, width))
        made.iscrowd = 1
        return made

    def _annotation(
        self,
        shape: Shape,
        objects: FrameObjects,
        number: int,
        *,
        area: float,
        box: tuple[float, float, float, float],
    ) -> _Annotation:
        return _Annotation(
            id=number,
            image_id=objects.frame + 1,
            category_id=self._categories[shape.label],
            segmentation=(),
            area=area,
            bbox=box,
            iscrowd=0,
            attributes=self._attributes(shape),
            score=msgspec.UNSET if shape.score is None else shape.score,
        )

    def _attributes(self, shape: Shape) -> dict[str, Value]:
        label: Label = self._labels[shape.label]
        specs = self._specs[shape.label]
        values: dict[str, Value] = {
            name: typed_value(specs.get(name), text)
            for name, text in complete_attributes(label, shape.attributes).items()
        }
        own: dict[str, Value] = {"occluded": shape.occluded}
        if shape.type == "rectangle":
            own["rotation"] = shape.rotation
        for name in values.keys() & {*own, "track_id", "keyframe"}:
            self._content.losses.partial("attribute", f"COCO files of CVAT use the name {name!r} for themselves")
            del values[name]
        return values | own
