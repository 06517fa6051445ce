import math

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cvatcore.geometry.mask import Mask, crop_mask, unite_masks
from cvatcore.geometry.outline import ring_of
from cvatcore.geometry.polygon import polygon_area, region_of
from cvatcore.geometry.slicing import slice_mask, slice_polygon

SQUARE = (0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0)

numbers = st.floats(-20, 20).map(lambda number: round(number, 2))
lines = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=6).map(
    lambda corners: tuple(number for corner in corners for number in corner)
)
rings = st.lists(st.floats(2, 15), min_size=3, max_size=12).map(
    lambda radii: tuple(
        round(number, 2)
        for nth, radius in enumerate(radii)
        for number in (
            radius * math.cos(2 * math.pi * nth / len(radii)),
            radius * math.sin(2 * math.pi * nth / len(radii)),
        )
    )
)


def test_a_line_cuts_a_square_in_two() -> None:
    assert slice_polygon(SQUARE, (-1, 5, 11, 5)) == [
        (0, 0, 10, 0, 10, 5, 0, 5),
        (10, 10, 0, 10, 0, 5, 10, 5),
    ]


def test_a_polyline_cuts_along_its_corners() -> None:
    first, second = slice_polygon(SQUARE, (0, 5, 5, 2, 10, 5))
    assert (5, 2) in {tuple(corner) for corner in ring_of(first).tolist()}
    assert (polygon_area(first), polygon_area(second)) == (35, 65)


@pytest.mark.parametrize(
    "line",
    [
        (2, 2, 8, 8),
        (-5, 5, 5, 5),
        (20, 20, 30, 30),
        (0, 0, 10, 0),
        (5, 5, 5, 5),
        (5, 5),
    ],
)
def test_lines_that_do_not_cut(line: tuple[float, ...]) -> None:
    assert slice_polygon(SQUARE, line) == [SQUARE]


def test_a_line_may_cross_several_times_and_enclose_parts() -> None:
    zigzag = (-1, 2, 11, 4, -1, 6, 11, 8)
    assert len(slice_polygon(SQUARE, zigzag)) == 4
    loop = (2, 2, 8, 2, 8, 8, 2, 8, 2, 2)
    assert sorted(map(polygon_area, slice_polygon(SQUARE, loop))) == [36, 64]


@given(rings, lines)
@example((4.0, 0.0, 0.0, 6.0, -2.0, 0.0, 0.0, -2.0), (1.5, -1.0, 0.0, 6.5, 4.0, 0.0))
@example((4.25, 0.0, 3.36, 10.34, -1.62, 1.18, -1.62, -1.18, 0.62, -1.9), (0.0, 4.25, 4.85, 0.0, 0.0, 0.0))
def test_parts_are_the_polygon(ring: tuple[float, ...], line: tuple[float, ...]) -> None:
    parts = slice_polygon(ring, line)
    whole = region_of(ring_of(ring))
    regions = [region_of(ring_of(part)) for part in parts]
    assert sum(map(shapely.area, regions)) == pytest.approx(shapely.area(whole), abs=1e-4)
    assert shapely.area(shapely.union_all(regions)) == pytest.approx(shapely.area(whole), abs=1e-4)
    assert all(shapely.area(region) > 0 for region in regions)
    assert [len(slice_polygon(part, line)) for part in parts] == [1] * len(parts)


bitmaps = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12))


@given(bitmaps, lines)
def test_every_pixel_is_in_one_part(bitmap: np.ndarray, line: tuple[float, ...]) -> None:
    mask = Mask(-3, -2, bitmap)
    parts = slice_mask(mask, line)
    assert sum(part.area for part in parts) == mask.area
    assert unite_masks(parts) == crop_mask(mask)


def test_a_mask_is_cut_by_a_line_that_ends_in_its_box() -> None:
    mask = Mask(10, 20, np.ones((6, 8), dtype=np.bool_))
    upper, lower = slice_mask(mask, (12, 22, 15, 22))
    assert (upper, lower) == (
        Mask(10, 20, np.ones((2, 8), dtype=np.bool_)),
        Mask(10, 22, np.ones((4, 8), dtype=np.bool_)),
    )
    assert slice_mask(mask, (12, 22, 12, 22)) == [mask]
    assert slice_mask(mask, (0, 0, 100, 0)) == [mask]
    assert slice_mask(mask, (10, 0, 10, 1)) == [mask]
