"""What annotators draw: shapes on one frame, and tracks of keyframes.

Coordinates are pixels of the upright frame, origin at its top left corner, x to the right, y down; `points` is flat.
The meaning of `points` by type is CVAT's: rectangle `x1 y1 x2 y2`; polygon, polyline and points `x y …`; ellipse
`cx cy right top`; cuboid 8 corners (2D) or 16 numbers (3D); mask RLE counts and then `left top right bottom`;
skeleton and tag none.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

# `gc=False`: these hold no cycles, and hundreds of thousands of them are alive in a server; each full collection of
# Python's would look at all, in the middle of somebody's save.

ShapeType = Literal["rectangle", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag"]
"""Every kind of object; `tag` is a shape of the whole frame, without points."""

SHAPE_TYPES: tuple[str, ...] = get_args(ShapeType)

ShapeOrigin = str
"""Who made an object: CVAT's `manual`, `auto`, `semi-auto`, `file` (other words are kept)."""


class Element(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One joint of a skeleton shape; its label is a sub-label of the skeleton's."""

    id: int
    type: ShapeType
    label: str
    points: tuple[float, ...] = ()
    rotation: float = 0.0
    occluded: bool = False
    outside: bool = False
    z_order: int = 0
    attributes: dict[str, str] = {}


class Shape(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One object on one frame: a line of a shard. Labels and attributes are by name."""

    frame: int
    id: int
    type: ShapeType
    label: str
    points: tuple[float, ...] = ()
    rotation: float = 0.0
    occluded: bool = False
    outside: bool = False
    z_order: int = 0
    group: int = 0
    source: ShapeOrigin = "manual"
    score: float | None = None
    attributes: dict[str, str] = {}
    elements: tuple[Element, ...] = ()


class Keyframe(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """A track's shape on one frame: a line of a shard. A track has at most one on a frame."""

    frame: int
    track: int
    type: ShapeType
    points: tuple[float, ...] = ()
    rotation: float = 0.0
    occluded: bool = False
    outside: bool = False
    z_order: int = 0
    attributes: dict[str, str] = {}
    """The mutable attributes that this keyframe sets."""


class Track(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One object over many frames: a line of `tracks.jsonl`, its keyframes kept in the shards.

    In memory `keyframes` are filled, sorted by frame; in the file the field is absent.
    """

    id: int
    label: str
    frame: int = 0
    """The first frame of the track, as the API's `frame`."""
    group: int = 0
    source: ShapeOrigin = "manual"
    attributes: dict[str, str] = {}
    """The immutable attributes."""
    elements: tuple[Track, ...] = ()
    """The joints of a skeleton track: tracks of their own, one level deep."""
    keyframes: tuple[Keyframe, ...] = ()


class Annotations(msgspec.Struct, frozen=True):
    """All objects of one job: shapes (tags among them) sorted by (frame, id), tracks by id."""

    shapes: tuple[Shape, ...] = ()
    tracks: tuple[Track, ...] = ()

    @property
    def tags(self) -> tuple[Shape, ...]:
        """The shapes that mark a whole frame."""
        return tuple(shape for shape in self.shapes if shape.type == "tag")


def object_ids(item: Shape | Track) -> tuple[int, ...]:
    """The ids that an object takes up: its own and those of its elements."""
    return (item.id, *(element.id for element in item.elements))
