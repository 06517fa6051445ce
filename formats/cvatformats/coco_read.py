"""Reading COCO: decoded in one go into typed structs, checked, and turned into shapes and tracks."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator

import msgspec

from cvatcore.errors import InvalidDocument, InvalidInput
from cvatcore.geometry import decode_counts, mask_of_counts, mask_points
from cvatcore.schema import Keyframe, Label, Shape, ShapeType, Track
from cvatcore.tracks import state_of
from cvatformats.attributes import known_attributes, value_text
from cvatformats.format import Entry
from cvatformats.source import Source
from cvatformats.target import Target

_TASKS = ("instances", "person_keypoints")
"""The annotation files of an archive that are read, by what their names begin with; the first that there are."""

_OWN = frozenset(["occluded", "rotation", "track_id", "keyframe", "outside", "is_crowd", "iscrowd"])
"""Attributes that CVAT adds to those of the labels."""

_DIGITS = 6
"""Boxes have a width in COCO and a second corner here; their sum is rounded to so many decimals."""


class _Runs(msgspec.Struct):
    counts: list[int] | str
    size: tuple[int, int]


class _Image(msgspec.Struct, gc=False):
    id: int
    file_name: str


class _Category(msgspec.Struct):
    id: int
    name: str


class _Annotation(msgspec.Struct, gc=False):
    image_id: int
    category_id: int
    id: int = 0
    bbox: list[float] = []
    segmentation: list[list[float]] | _Runs | None = None
    attributes: dict[str, object] = {}
    score: float | None = None
    keypoints: list[float] | None = None


class _Document(msgspec.Struct):
    images: list[_Image]
    categories: list[_Category]
    annotations: list[_Annotation]


_decoder = msgspec.json.Decoder(_Document)


class CocoReader:
    """Reads `instances_*.json`, plain or in an archive."""

    def detect(self, source: Source) -> float:
        """By the keys that every file has."""
        names = source.files(".json")
        if source.is_archive and any(_stem(name).startswith(_TASKS) for name in names):
            return 0.9
        if len(names) != 1:
            return 0.0
        text = source.ends(names[0])
        found = sum(key in text for key in (b'"images"', b'"annotations"', b'"categories"'))
        return (0.0, 0.2, 0.5, 0.8)[found]

    def read(self, source: Source, target: Target) -> Iterator[Entry]:
        """Every annotation of every file.

        Errors: see `Read`.
        """
        groups = itertools.count(1)
        for name in _annotation_files(source):
            place = source.place(name)
            document = _decode(source.read(name), place=place)
            yield from _File(document, target, place=place, groups=groups).entries()


def _annotation_files(source: Source) -> list[str]:
    names = source.files(".json")
    for task in _TASKS:
        if found := [name for name in names if _stem(name).startswith(task)]:
            return found
    if len(names) == 1:
        return names
    if not names and not source.is_archive:
        return [source.path.name]
    raise InvalidDocument(
        "There is no COCO file like annotations/instances_default.json in it.",
        path=source.name,
        hint=f"It holds: {', '.join(names[:5]) or 'no .json file'}.",
    )


def _stem(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _decode(data: bytes, *, place: str) -> _Document:
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        at = re.search(r"\(byte (\d+)\)", str(error))
        line = data.count(b"\n", 0, int(at[1])) + 1 if at else 0
        raise InvalidDocument(
            f"This is no COCO file: {error}.", path=place, line=line, hint="Nothing was imported."
        ) from None


class _File:
    """One annotation file."""

    def __init__(self, document: _Document, target: Target, *, place: str, groups: Iterator[int]) -> None:
        self._groups = groups
        self._document = document
        self._target = target
        self._place = place
        self._names = {image.id: image.file_name for image in document.images}
        self._frames: dict[int, int] = {}
        self._categories = {category.id: category.name for category in document.categories}
        self._labels: dict[int, Label] = {}
        self._tracks: dict[tuple[str, str, str], list[tuple[Keyframe, bool, Shape]]] = {}
        if len(self._names) < len(document.images):
            raise InvalidDocument("Two images have the same id.", path=place)
        for image in document.images:
            if (frame := target.find_frame(image.file_name, place=place)) is not None:
                self._frames[image.id] = frame

    def entries(self) -> Iterator[Entry]:
        """The annotations in their order; tracks, which take many, at the end."""
        for index, annotation in enumerate(self._document.annotations):
            shapes = self._shapes(annotation, f"{self._place}: annotation {annotation.id or index}")
            if not shapes:
                continue
            if len(shapes) > 1:
                # One object of several parts: what COCO has no other word for, CVAT calls a group.
                group = next(self._groups)
                shapes = [msgspec.structs.replace(shape, group=group) for shape in shapes]
            track = annotation.attributes.get("track_id")
            if track is None or not self._add_to_track(shapes, value_text(track), annotation):
                yield Entry(parts=tuple(shapes))
        yield from self._finished_tracks()
        used = {annotation.image_id for annotation in self._document.annotations}
        unknown = self._names.keys() - self._frames.keys() - used
        reason = "without annotations, and the task has no frame of that name"
        self._target.losses.partial("image", reason, count=len(unknown))

    def _shapes(self, annotation: _Annotation, place: str) -> list[Shape]:
        frame = self._frames.get(annotation.image_id)
        if frame is None:
            name = self._names.get(annotation.image_id)
            if name is None:
                raise InvalidDocument(
                    f"{_after(place)} is on image {annotation.image_id}, which is not listed.", path=self._place
                )
            raise self._target.unknown_frame(name, place=place)
        label = self._label(annotation.category_id, place)
        losses = self._target.losses
        if annotation.keypoints is not None:
            losses.partial("keypoints", "COCO 1.0 reads boxes, polygons and masks")
        rotation, attributes = 0.0, {}
        occluded = False
        if given := annotation.attributes:
            occluded = given.get("occluded") is True
            if not given.keys() <= _OWN:
                own = {name: value_text(value) for name, value in given.items() if name not in _OWN}
                attributes = known_attributes(label, own, losses=losses)
            rotation = self._rotation(given.get("rotation"), place)
        segmentation = annotation.segmentation
        kind: ShapeType = "rectangle"
        parts: list[tuple[float, ...]]
        if isinstance(segmentation, _Runs):
            kind, rotation = "mask", 0.0
            mask = self._mask(segmentation, frame, place)
            if mask is None:
                losses.whole("mask", "without a pixel")
            parts = [] if mask is None else [mask]
        elif segmentation and (polygons := [polygon for polygon in segmentation if polygon]):
            kind, rotation = "polygon", 0.0
            parts = [self._polygon(points, place) for points in polygons]
        else:
            parts = [self._box(annotation.bbox, place)]
        return [
            Shape(
                frame=frame,
                id=0,
                type=kind,
                label=label.name,
                points=points,
                rotation=rotation,
                occluded=occluded,
                source="file",
                score=annotation.score,
                attributes=attributes,
            )
            for points in parts
        ]

    def _label(self, category: int, place: str) -> Label:
        label = self._labels.get(category)
        if label is None:
            name = self._categories.get(category)
            if name is None:
                raise InvalidDocument(
                    f"{_after(place)} has the category {category}, which is not listed.", path=self._place
                )
            label = self._labels[category] = self._target.label(name, place=place)
        return label

    def _box(self, box: list[float], place: str) -> tuple[float, ...]:
        if len(box) == 4:
            left, top, width, height = box
            # False for what is negative, not a number or infinite.
            if 0 <= width < math.inf and 0 <= height < math.inf and math.isfinite(left + width + top + height):
                return left, top, round(left + width, _DIGITS), round(top + height, _DIGITS)
        raise InvalidDocument(
            f"{_after(place)} has the box {box}, where left, top, width and height belong.", path=self._place
        )

    def _polygon(self, points: list[float], place: str) -> tuple[float, ...]:
        if len(points) < 6 or len(points) % 2 or not all(map(math.isfinite, points)):
            raise InvalidDocument(
                f"{_after(place)} has a polygon of {len(points)} numbers, where three or more finite pairs belong.",
                path=self._place,
            )
        return tuple(points)

    def _mask(self, runs: _Runs, frame: int, place: str) -> tuple[float, ...] | None:
        width, height = self._target.manifest.frame_size(frame)
        if runs.size != (height, width):
            raise InvalidDocument(
                f"{_after(place)} has a mask of {runs.size[1]}x{runs.size[0]} on a picture of {width}x{height}.",
                path=self._place,
            )
        try:
            counts = decode_counts(runs.counts) if isinstance(runs.counts, str) else runs.counts
            mask = mask_of_counts(counts, width=width, height=height)
        except InvalidInput as error:
            raise InvalidDocument(
                f"{_after(place)} has a broken mask. {error.message}", path=self._place, hint=error.hint
            ) from None
        return None if mask is None else mask_points(mask)

    def _rotation(self, value: object, place: str) -> float:
        if value is None:
            return 0.0
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise InvalidDocument(f"{_after(place)} has the rotation {value!r}, no number.", path=self._place)
        return float(value) if 0 <= value <= 360 else float(value) % 360

    def _add_to_track(self, shapes: list[Shape], number: str, annotation: _Annotation) -> bool:
        """Keep a shape for a track; False when it has to stay on its own."""
        shape = shapes[0]
        if len(shapes) > 1 or shape.type == "mask":
            self._target.losses.partial("track", "masks and objects of several parts are read as single shapes")
            return False
        known = self._tracks.setdefault((number, shape.label, shape.type), [])
        if any(keyframe.frame == shape.frame for keyframe, _, _ in known[-1:]):
            self._target.losses.partial("track", "a second shape of one track on a frame is read as a single shape")
            return False
        label = self._target.label(shape.label, place=self._place)
        changing = known_attributes(label, shape.attributes, losses=self._target.losses, mutable=True)
        keyframe = state_of(shape, frame=shape.frame, attributes=changing)
        known.append((keyframe, annotation.attributes.get("keyframe") is not False, shape))
        return True

    def _finished_tracks(self) -> Iterator[Entry]:
        for (_, name, _), states in self._tracks.items():
            label = self._target.label(name, place=self._place)
            states.sort(key=lambda state: state[0].frame)
            yield Entry(parts=(self._track(label, states),), count=len(states))

    def _track(self, label: Label, states: list[tuple[Keyframe, bool, Shape]]) -> Track:
        """A track of the states on single frames: where the next frame has none, it is outside from there on."""
        keyframes: list[Keyframe] = []
        seen_before = -2
        for keyframe, is_key, _ in states:
            if keyframe.frame != seen_before + 1:
                if keyframes:
                    keyframes.append(_leaving(keyframes[-1], seen_before + 1))
                is_key = True
            if is_key:
                keyframes.append(keyframe)
            seen_before = keyframe.frame
        last = states[-1][0]
        if last.frame + 1 < self._target.size:
            keyframes.append(_leaving(last, last.frame + 1))
        shape = states[0][2]
        immutable = known_attributes(label, shape.attributes, losses=self._target.losses, mutable=False)
        return Track(
            id=0,
            label=label.name,
            frame=keyframes[0].frame,
            source="file",
            attributes=immutable,
            keyframes=tuple(keyframes),
        )


def _leaving(last: Keyframe, frame: int) -> Keyframe:
    return msgspec.structs.replace(last, frame=frame, outside=True, attributes={})


def _after(place: str) -> str:
    """The last part of a place, to begin a sentence with: the file is named before it anyway."""
    return place.rsplit(": ", 1)[-1].capitalize()
