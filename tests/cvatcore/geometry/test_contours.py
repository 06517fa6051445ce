"""Masks as polygons: drawn again, they are the same masks."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from scipy import ndimage

from cvatcore.geometry.coco import mask_of_counts
from cvatcore.geometry.contours import Connectivity, HoledPolygon, bridged, mask_polygons
from cvatcore.geometry.mask import Mask, crop_mask, mask_of_pixels, unite_masks
from cvatcore.geometry.outline import ring_of
from cvatcore.geometry.raster import polygon_counts, rasterize

Pixels = NDArray[np.bool_]

SIDE = 40

bitmaps = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12))
places = st.integers(0, 20)
masks = st.builds(lambda left, top, bitmap: Mask(left, top, bitmap), places, places, bitmaps)
connectivities: st.SearchStrategy[Connectivity] = st.sampled_from([4, 8])


def drawn(*polygons: HoledPolygon) -> Mask | None:
    """The pixels of polygons whose rings are drawn together."""
    rings = [ring_of(ring) for polygon in polygons for ring in (polygon.outer, *polygon.holes)]
    return mask_of_counts(polygon_counts(rings, width=SIDE, height=SIDE), width=SIDE, height=SIDE)


@settings(max_examples=150)
@given(masks, connectivities)
def test_masks_come_back_from_their_polygons(mask: Mask, connectivity: Connectivity) -> None:
    polygons = mask_polygons(mask, connectivity=connectivity)
    assert drawn(*polygons) == crop_mask(mask)
    structure = ndimage.generate_binary_structure(2, 1 if connectivity == 4 else 2)
    numbers, count = ndimage.label(mask.bitmap, structure=structure)
    assert len(polygons) == count
    parts = [mask_of_pixels(numbers == number, left=mask.left, top=mask.top) for number in range(1, count + 1)]
    found = [drawn(polygon) for polygon in polygons]
    assert all(part in found for part in parts)


@settings(max_examples=150)
@given(masks, connectivities)
def test_a_single_ring_has_the_pixels_of_a_polygon_with_its_holes(mask: Mask, connectivity: Connectivity) -> None:
    for polygon in mask_polygons(mask, connectivity=connectivity):
        assert rasterize("polygon", bridged(polygon), width=SIDE, height=SIDE) == drawn(polygon)


@given(masks)
def test_with_connectivity_4_polygons_are_valid(mask: Mask) -> None:
    for polygon in mask_polygons(mask, connectivity=4):
        area = shapely.Polygon(ring_of(polygon.outer), [ring_of(hole) for hole in polygon.holes])
        assert area.is_valid
        found = drawn(polygon)
        assert found is not None
        assert area.area == found.area


@given(masks, connectivities)
def test_rings_run_around_what_is_inside(mask: Mask, connectivity: Connectivity) -> None:
    for polygon in mask_polygons(mask, connectivity=connectivity):
        for ring, sign in [(polygon.outer, 1), *((hole, -1) for hole in polygon.holes)]:
            assert np.sign(signed_area(ring)) == sign
            corners = ring_of(ring)
            steps = np.roll(corners, -1, axis=0) - corners
            assert ((steps == 0).sum(axis=1) == 1).all(), "each side is level or upright, and has a length"
            assert (steps[:, 0] == 0).tolist() == ([False, True] * len(corners))[: len(corners)]


def signed_area(ring: tuple[float, ...]) -> float:
    x, y = ring_of(ring).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2


def picture(*rows: str) -> Mask:
    return Mask(0, 0, np.array([[character == "#" for character in row] for row in rows]))


def test_one_pixel_is_a_square() -> None:
    (polygon,) = mask_polygons(Mask(5, 7, np.ones((1, 1), dtype=np.bool_)))
    assert polygon == HoledPolygon((5, 7, 6, 7, 6, 8, 5, 8))
    assert all(type(number) is float for number in polygon.outer)


def test_a_hole_and_what_is_in_it() -> None:
    mask = picture("#####", "#...#", "#.#.#", "#...#", "#####")
    ring, dot = mask_polygons(mask)
    assert ring == HoledPolygon((0, 0, 5, 0, 5, 5, 0, 5), ((4, 1, 1, 1, 1, 4, 4, 4),))
    assert dot == HoledPolygon((2, 2, 3, 2, 3, 3, 2, 3))


def test_pixels_that_touch_at_a_corner() -> None:
    mask = picture("#..", ".#.", "..#")
    assert len(mask_polygons(mask)) == 1
    assert len(mask_polygons(mask, connectivity=4)) == 3
    # A chain that closes at a corner has a hole either way round.
    for connectivity in (4, 8):
        (chain,) = mask_polygons(picture("###", "#.#", "##."), connectivity=connectivity)
        assert drawn(chain) == picture("###", "#.#", "##.")


def test_large_masks_are_exact() -> None:
    numbers = np.random.default_rng(7)
    for blur in (0.5, 2, 8):
        pixels = ndimage.gaussian_filter(numbers.normal(size=(180, 230)), blur) > 0
        mask = Mask(0, 0, pixels)
        polygons = mask_polygons(mask)
        rings = [ring_of(ring) for polygon in polygons for ring in (polygon.outer, *polygon.holes)]
        counts = polygon_counts(rings, width=230, height=180)
        assert mask_of_counts(counts, width=230, height=180) == crop_mask(mask)
        single = [rasterize("polygon", bridged(polygon), width=230, height=180) for polygon in polygons]
        assert unite_masks([part for part in single if part is not None]) == crop_mask(mask)


def test_a_tolerance_takes_the_stairs_away() -> None:
    disc = rasterize("ellipse", (60, 60, 100, 20), width=120, height=120)
    hole = rasterize("ellipse", (60, 60, 75, 45), width=120, height=120)
    assert disc is not None
    assert hole is not None
    pixels = disc.bitmap.copy()
    pixels[hole.top - disc.top :, hole.left - disc.left :][: hole.height, : hole.width] &= ~hole.bitmap
    mask = Mask(disc.left, disc.top, pixels)
    (exact,) = mask_polygons(mask)
    (smooth,) = mask_polygons(mask, tolerance=1)
    assert len(smooth.outer) < len(exact.outer) / 3
    assert len(smooth.holes) == 1
    rings = [ring_of(ring) for ring in (smooth.outer, *smooth.holes)]
    again = mask_of_counts(polygon_counts(rings, width=120, height=120), width=120, height=120)
    assert again is not None
    assert again.area == pytest.approx(mask.area, rel=0.03)
    near = shapely.Polygon(rings[0], rings[1:])
    far = shapely.Polygon(ring_of(exact.outer), [ring_of(ring) for ring in exact.holes])
    assert shapely.hausdorff_distance(near.boundary, far.boundary) <= 1.5
    assert rasterize("polygon", bridged(smooth), width=120, height=120) is not None


def test_no_pixels_no_polygons() -> None:
    assert mask_polygons(Mask(0, 0, np.zeros((3, 3), dtype=np.bool_))) == []
