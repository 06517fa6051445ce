"""How alike shapes of two jobs are, as CVAT has it when it merges jobs: whole lists at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cvatcore.geometry.interpolation import Dimension
from cvatcore.jobs.matching import Pairs, joined_pairs, meeting_boxes, no_pairs
from cvatcore.schema import Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_NUMBERS = {"rectangle": range(4, 5), "polygon": range(6, sys.maxsize, 2), "cuboid": range(16, 17)}
"""How many numbers each kind has; only a damaged file has others, and they are like nothing."""

Likeness = Callable[[Sequence[Shape], Sequence[Shape]], Pairs]
"""Finds the pairs of shapes of one frame, type and label that are alike at all."""


def reference_likeness(dimension: Dimension = "2d") -> Likeness:
    """CVAT's: intersection over union of rectangles (not turned), polygons and 3D cuboids. All others are unlike."""

    def pairs(earlier: Sequence[Shape], later: Sequence[Shape]) -> Pairs:
        found = [boxes_alike(earlier, later), _of_kind(earlier, later, "polygon", _polygon_pairs)]
        if dimension == "3d":
            found.append(_of_kind(earlier, later, "cuboid", _block_pairs))
        return joined_pairs([some for some in found if len(some)])

    return pairs


def boxes_alike(earlier: Sequence[Shape], later: Sequence[Shape], *, upright: bool = False) -> Pairs:
    """Intersection over union of rectangles as if none were turned; with `upright` of those only that are not."""
    return _of_kind(earlier, later, "rectangle", _box_pairs, upright=upright)


def _of_kind(
    earlier: Sequence[Shape],
    later: Sequence[Shape],
    kind: str,
    compare: Callable[[Sequence[Shape], Sequence[Shape]], Pairs],
    *,
    upright: bool = False,
) -> Pairs:
    import numpy as np

    numbers = _NUMBERS[kind]

    def chosen(shape: Shape) -> bool:
        return shape.type == kind and len(shape.points) in numbers and not (upright and shape.rotation)

    left = [index for index, shape in enumerate(earlier) if chosen(shape)]
    right = [index for index, shape in enumerate(later) if chosen(shape)]
    if not left or not right:
        return no_pairs()
    pairs = compare([earlier[index] for index in left], [later[index] for index in right])
    return Pairs(np.array(left)[pairs.left], np.array(right)[pairs.right], pairs.similarity)


def keys_of(earlier: Sequence[Shape], later: Sequence[Shape]) -> tuple[Integers, Integers]:
    """Numbers that are the same for shapes of one frame and label, and for no others."""
    import numpy as np

    numbers: dict[tuple[int, str], int] = {}
    left, right = (
        np.array([numbers.setdefault((shape.frame, shape.label), len(numbers)) for shape in shapes], dtype=np.int64)
        for shapes in (earlier, later)
    )
    return left, right


def _box_pairs(earlier: Sequence[Shape], later: Sequence[Shape]) -> Pairs:
    left_keys, right_keys = keys_of(earlier, later)
    left, right = _rectangles(earlier), _rectangles(later)
    one, other = meeting_boxes(left_keys, left, right_keys, right)
    return Pairs(one, other, _box_likeness(left[one], right[other]))


def _polygon_pairs(earlier: Sequence[Shape], later: Sequence[Shape]) -> Pairs:
    import numpy as np

    left_keys, right_keys = keys_of(earlier, later)
    one, other = meeting_boxes(left_keys, _extents(earlier), right_keys, _extents(later))
    if not len(one):
        return no_pairs()
    lefts, left = np.unique(one, return_inverse=True)
    rights, right = np.unique(other, return_inverse=True)
    similarity = _polygon_likeness(
        [earlier[index] for index in lefts.tolist()], [later[index] for index in rights.tolist()], left, right
    )
    alike = similarity > 0
    return Pairs(one[alike], other[alike], similarity[alike])


def _polygon_likeness(earlier: Sequence[Shape], later: Sequence[Shape], left: Integers, right: Integers) -> Floats:
    """Intersection over union of exact areas; a polygon that crosses itself is like no other."""
    import numpy as np
    import shapely

    one, other = (
        np.array([shapely.Polygon(np.array(shape.points).reshape(-1, 2)) for shape in shapes], dtype=np.object_)
        for shapes in (earlier, later)
    )
    one_sound, other_sound = shapely.is_valid(one)[left], shapely.is_valid(other)[right]
    one_area, other_area = shapely.area(one)[left], shapely.area(other)[right]
    similarity = np.zeros(len(left))
    chosen = np.flatnonzero(one_sound & other_sound & (one_area > 0) & (other_area > 0))
    common = shapely.area(shapely.intersection(one[left[chosen]], other[right[chosen]]))
    similarity[chosen] = common / (one_area[chosen] + other_area[chosen] - common)
    return similarity


def _block_pairs(earlier: Sequence[Shape], later: Sequence[Shape]) -> Pairs:
    """3D cuboids, their rotation left out: seen from above, times seen from the side."""
    import numpy as np

    left_keys, right_keys = keys_of(earlier, later)
    left, right = (np.array([shape.points for shape in shapes]).reshape(-1, 16) for shapes in (earlier, later))
    above, side = (0, 1), (0, 2)
    one, other = meeting_boxes(left_keys, _view(left, above), right_keys, _view(right, above))
    similarity = _box_likeness(_view(left, above)[one], _view(right, above)[other])
    similarity *= _box_likeness(_view(left, side)[one], _view(right, side)[other])
    alike = similarity > 0
    return Pairs(one[alike], other[alike], similarity[alike])


def _view(blocks: Floats, axes: tuple[int, int]) -> Floats:
    """Cuboids as boxes: `n x 16` numbers (the middle in 0 to 2, the size in 6 to 8) to `n x 4`, along two axes."""
    import numpy as np

    middle, half = blocks[:, axes], np.abs(blocks[:, [axis + 6 for axis in axes]]) / 2
    return np.concatenate([middle - half, middle + half], axis=1)


def _rectangles(shapes: Sequence[Shape]) -> Floats:
    import numpy as np

    corners = np.array([shape.points for shape in shapes], dtype=np.float64).reshape(-1, 2, 2)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def _extents(shapes: Sequence[Shape]) -> Floats:
    """The boxes around shapes whose points are `x y …`."""
    import numpy as np

    sizes = np.array([len(shape.points) // 2 for shape in shapes])
    points = np.array([number for shape in shapes for number in shape.points]).reshape(-1, 2)
    starts = np.cumsum(sizes) - sizes
    return np.concatenate([np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)], axis=1)


def _box_likeness(one: Floats, other: Floats) -> Floats:
    """Intersection over union of boxes, row by row; one without an area is like no other."""
    import numpy as np

    sides = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    common = np.prod(np.maximum(sides, 0), axis=1)
    areas = np.prod(one[:, 2:] - one[:, :2], axis=1) + np.prod(other[:, 2:] - other[:, :2], axis=1)
    likeness = np.zeros(len(common))
    np.divide(common, areas - common, out=likeness, where=common > 0)
    return likeness
