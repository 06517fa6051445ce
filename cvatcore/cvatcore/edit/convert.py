"""Objects of one type become objects of another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeVar

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.frame_size import FrameSize
from cvatcore.edit.lines import Line
from cvatcore.edit.numbering import TakeIds, number_all
from cvatcore.edit.parts import changed_lines
from cvatcore.errors import InvalidInput
from cvatcore.geometry import CONVERTIBLE, AreaKind, Figure, convert_shape, shape_area
from cvatcore.schema import Annotations, Keyframe, Shape, Track
from cvatcore.tracks import track_type

ManyParts = Literal["split", "largest", "refuse"]
"""What becomes of a mask in several pieces: several objects, its largest piece, or an error."""

Placed = TypeVar("Placed", Shape, Keyframe)


def convert_objects(
    annotations: Annotations,
    numbers: Iterable[int],
    *,
    to: AreaKind,
    ids: TakeIds,
    size: FrameSize,
    parts: ManyParts = "split",
    holes: bool = True,
    tolerance: float = 0.0,
) -> ChangeSet:
    """Make rectangles, polygons, ellipses or masks of objects, which keep ids and everything else.

    What has the type already stays as it is. A rectangle is the box around (an ellipse's keeps its rotation), an
    ellipse has the middle and the spread of what it stands for, a mask the pixels whose middle is inside. Of a track
    the keyframes are converted; between them it moves as the new type does, and masks hold until the next keyframe.

    Args:
        annotations: the document.
        numbers: which objects.
        to: the new type.
        ids: where further pieces get their ids.
        size: how large frames are; masks are cut at their edges.
        parts: what becomes of masks in several pieces when they are to be polygons. A track cannot be split.
        holes: whether a hole of a mask is led to by a seam in the polygon, or filled.
        tolerance: how far, in pixels, a polygon made of a mask may be from its border, to have fewer points.

    Errors: InvalidInput for an id that no object has, a type that cannot be converted, and objects of which nothing
    would be left.
    """
    shapes: list[Shape] = []
    pieces: list[Shape] = []
    tracks: list[Track] = []

    def figures(item: Shape | Keyframe, number: int) -> list[Figure]:
        width, height = size(item.frame)
        found = convert_shape(
            item.type,
            item.points,
            rotation=item.rotation,
            to=to,
            width=width,
            height=height,
            holes=holes,
            tolerance=tolerance,
        )
        return _chosen(found, parts, f"Object {number}, as a {to} on frame {item.frame},")

    for item in find_objects(annotations, numbers):
        kind = item.type if isinstance(item, Shape) else track_type(item)
        if kind not in CONVERTIBLE:
            raise InvalidInput(
                f"Object {item.id} is a {kind}, of which no {to} can be made.",
                hint=f"That can be made of: {', '.join(sorted(CONVERTIBLE))}.",
            )
        if kind == to:
            continue
        if isinstance(item, Shape):
            first, *others = figures(item, item.id)
            shapes.append(_as_figure(item, first))
            pieces += (_as_figure(item, figure) for figure in others)
            continue

        def converted(line: Line, number: int = item.id) -> Line:
            new: list[Keyframe] = []
            for keyframe in line:
                found = figures(keyframe, number)
                if len(found) > 1:
                    raise InvalidInput(
                        f"Track {number} on frame {keyframe.frame} is in {len(found)} pieces.",
                        hint="Take its largest piece, or make shapes of it first.",
                    )
                new.append(_as_figure(keyframe, found[0]))
            return tuple(new)

        tracks.append(changed_lines(item, converted))
    return ChangeSet(shapes=(*shapes, *number_all(pieces, ids)), tracks=tuple(tracks))


def _chosen(figures: list[Figure], parts: ManyParts, what: str) -> list[Figure]:
    if not figures:
        raise InvalidInput(f"{what} would have nothing left.", hint="It may be outside of the picture, or too thin.")
    if len(figures) == 1 or parts == "split":
        return figures
    if parts == "refuse":
        raise InvalidInput(f"{what} would be in {len(figures)} pieces.", hint="Split it, or take its largest piece.")
    return [max(figures, key=lambda figure: shape_area(figure.type, figure.points))]


def _as_figure(item: Placed, figure: Figure) -> Placed:
    return msgspec.structs.replace(item, type=figure.type, points=figure.points, rotation=figure.rotation)
