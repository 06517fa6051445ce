"""Annotations on the wire: CVAT's LabeledData, with labels and attributes by number."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

# `gc=False`: as in cvatcore.schema.shape. The limits are CVAT's; a request beyond them is refused in its words.

DrawnType = Literal["rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton"]
"""The types of shapes on the wire, where tags have a list of their own."""

Natural = Annotated[int, msgspec.Meta(ge=0)]
Degrees = Annotated[float, msgspec.Meta(ge=0, le=360)]
Text = Annotated[str, msgspec.Meta(max_length=4096)]
Scalar = Text | int | float | bool | None


class AttributeVal(msgspec.Struct, frozen=True, gc=False):
    """The value of one attribute of an object."""

    spec_id: int
    value: Scalar = ""


class LabeledImage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A tag: a label for a whole frame."""

    id: int | None = None
    frame: Natural
    label_id: Natural
    group: Natural | None = 0
    source: str = "manual"
    attributes: list[AttributeVal] = []


class SubLabeledShape(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A joint of a skeleton shape."""

    id: int | None = None
    label_id: Natural
    type: DrawnType
    frame: Natural
    group: Natural | None = 0
    source: str = "manual"
    occluded: bool = False
    outside: bool = False
    z_order: int = 0
    rotation: Degrees = 0.0
    points: list[float] = []
    attributes: list[AttributeVal] = []


class LabeledShape(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A shape on one frame."""

    id: int | None = None
    label_id: Natural
    type: DrawnType
    frame: Natural
    group: Natural | None = 0
    source: str = "manual"
    occluded: bool = False
    outside: bool = False
    z_order: int = 0
    rotation: Degrees = 0.0
    points: list[float] = []
    attributes: list[AttributeVal] = []
    elements: list[SubLabeledShape] = []
    score: float | msgspec.UnsetType = msgspec.UNSET


class TrackedShape(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A keyframe of a track. It has no id of its own: track and frame say which it is."""

    type: DrawnType
    frame: Natural
    occluded: bool = False
    outside: bool = False
    z_order: int = 0
    rotation: Degrees = 0.0
    points: list[float] = []
    attributes: list[AttributeVal] = []


class SubLabeledTrack(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A joint of a skeleton track."""

    id: int | None = None
    frame: Natural
    label_id: Natural
    group: Natural | None = 0
    source: str = "manual"
    attributes: list[AttributeVal] = []
    shapes: list[TrackedShape]


class LabeledTrack(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A track."""

    id: int | None = None
    frame: Natural
    label_id: Natural
    group: Natural | None = 0
    source: str = "manual"
    attributes: list[AttributeVal] = []
    shapes: list[TrackedShape]
    elements: list[SubLabeledTrack] = []


class LabeledData(msgspec.Struct, frozen=True, gc=False):
    """All annotations of a job, or those that a request carries."""

    version: int = 0
    tags: list[LabeledImage] = []
    shapes: list[LabeledShape] = []
    tracks: list[LabeledTrack] = []
