import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from cvatcore.geometry.area import shape_area
from cvatcore.geometry.outline import ring_of
from cvatcore.geometry.polygon import (
    is_simple,
    polygon_area,
    polygon_perimeter,
    polygons_of,
    polyline_length,
    region_of,
)
from cvatcore.geometry.raster import rasterize
from cvatcore.geometry.simplify import simplify_polygon, simplify_polyline

coordinates = st.floats(-1000, 1000).map(lambda number: round(number, 3))
pairs = st.tuples(coordinates, coordinates)


def flat(corners: list[tuple[float, float]]) -> tuple[float, ...]:
    return tuple(number for corner in corners for number in corner)


rings = st.lists(pairs, min_size=3, max_size=12).map(flat)
stars = st.lists(st.floats(5, 400), min_size=3, max_size=30).map(
    lambda radii: flat(
        [
            (radius * math.cos(2 * math.pi * nth / len(radii)), radius * math.sin(2 * math.pi * nth / len(radii)))
            for nth, radius in enumerate(radii)
        ]
    )
)
"""Rings around the origin, which do not cross themselves."""

SQUARE = (0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0)
BOW = (0.0, 0.0, 10.0, 10.0, 10.0, 0.0, 0.0, 10.0)


@given(stars, st.floats(-1e6, 1e6))
def test_area_and_perimeter_are_those_of_shapely(ring: tuple[float, ...], far: float) -> None:
    moved = [number + far for number in ring]
    polygon = shapely.Polygon(ring_of(ring))
    assert polygon_area(ring) == pytest.approx(polygon.area)
    assert polygon_area(moved) == pytest.approx(polygon.area, rel=1e-6)
    assert polygon_perimeter(ring) == pytest.approx(polygon.length)
    assert polyline_length(ring) == pytest.approx(shapely.LineString(ring_of(ring)).length)


def test_areas_without_corners() -> None:
    assert [polygon_area(points) for points in ((), (1, 2), (1, 2, 3, 4))] == [0, 0, 0]
    assert polygon_perimeter((1.0, 2.0)) == 0


@pytest.mark.parametrize(
    ("ring", "simple"),
    [
        (SQUARE, True),
        (BOW, False),
        ((0, 0, 5, 5, 10, 10), False),
        ((0, 0, 10, 0, 10, 10, 5, 0, 0, 10), False),
        ((1, 1, 2, 2), False),
    ],
)
def test_rings_that_cross_or_touch_themselves(ring: tuple[float, ...], simple: bool) -> None:
    assert is_simple(ring) is simple


@given(rings)
def test_regions_are_sound_and_have_the_area_that_is_drawn(ring: tuple[float, ...]) -> None:
    region = region_of(ring_of(ring))
    assert shapely.is_valid(region)
    assert shapely.area(region) <= shapely.area(shapely.convex_hull(region)) + 1e-6


def test_what_is_gone_round_twice_is_outside() -> None:
    corners = [(500 + 400 * math.cos(turn), 500 + 400 * math.sin(turn)) for turn in np.arange(5) * 4 * math.pi / 5]
    star = flat(corners)
    drawn = rasterize("polygon", star, width=1000, height=1000)
    assert drawn is not None
    assert shapely.area(region_of(ring_of(star))) == pytest.approx(drawn.area, rel=0.005)
    assert not drawn.bitmap[500 - drawn.top, 500 - drawn.left]
    assert len(polygons_of(region_of(ring_of(star)))) == 5


def test_polygons_of_an_area_keep_direction_and_start() -> None:
    ring = (10.0, 0.0, 10.0, 10.0, 0.0, 10.0, 0.0, 0.0)
    for like in (ring, ring_of(ring)[::-1].ravel().tolist()):
        assert polygons_of(shapely.Polygon(ring_of(ring)), like=like) == [tuple(like)]
    holed = shapely.box(0, 0, 10, 10) - shapely.box(4, 4, 6, 6)
    (single,) = polygons_of(holed)
    assert polygon_area(single) == 96
    assert rasterize("polygon", single, width=10, height=10) != rasterize("polygon", SQUARE, width=10, height=10)


@given(rings, st.floats(0.01, 300))
def test_simplified_rings_are_near_and_stay_rings(ring: tuple[float, ...], tolerance: float) -> None:
    found = simplify_polygon(ring, tolerance=tolerance)
    corners = {tuple(corner) for corner in ring_of(ring).tolist()}
    assert {tuple(corner) for corner in ring_of(found).tolist()} <= corners
    assert 6 <= len(found) <= len(ring)
    old, new = (shapely.LinearRing(ring_of(points)) for points in (ring, found))
    assert max(shapely.distance(new, shapely.points(ring_of(ring)))) <= tolerance + 1e-6 or len(found) == 6
    assert shapely.length(new) <= shapely.length(old) + 1e-6


@given(stars, st.floats(0.01, 300))
def test_simple_rings_stay_simple(ring: tuple[float, ...], tolerance: float) -> None:
    assume(is_simple(ring))
    assert is_simple(simplify_polygon(ring, tolerance=tolerance))


def test_no_tolerance_no_change() -> None:
    points = (0, 0, 5, 0, 10, 0, 10, 10)
    assert simplify_polygon(points, tolerance=0) == points
    assert simplify_polygon(points, tolerance=0.1) == (0, 0, 10, 0, 10, 10)
    assert simplify_polyline(points, tolerance=0) == points
    assert simplify_polyline(points, tolerance=0.1) == (0, 0, 10, 0, 10, 10)
    assert all(type(number) is float for number in simplify_polygon((0, 0, 1, 0, 1, 1), tolerance=3))


@given(rings, st.floats(0.01, 300))
def test_simplified_lines_are_near_and_keep_their_ends(line: tuple[float, ...], tolerance: float) -> None:
    found = simplify_polyline(line, tolerance=tolerance)
    assert (found[:2], found[-2:]) == (line[:2], line[-2:])
    new = shapely.LineString(ring_of(found))
    assert max(shapely.distance(new, shapely.points(ring_of(line)))) <= tolerance + 1e-6


@pytest.mark.parametrize(
    ("kind", "points", "area"),
    [
        ("rectangle", (0, 0, 4, 5), 20),
        ("rectangle", (4, 5, 0, 0), 20),
        ("ellipse", (0, 0, 2, -3), math.pi * 6),
        ("polygon", SQUARE, 100),
        ("mask", (1, 3, 2, 4, 7, 7, 11, 8), 7),
        ("cuboid", (0, 0, 0, 4, 4, 0, 4, 4, 6, 0, 6, 4, 2, 0, 2, 4), 24),
        ("cuboid", (1, 1) * 8, 0),
        ("polyline", SQUARE, 0),
        ("points", (1, 1), 0),
        ("tag", (), 0),
        ("skeleton", (), 0),
    ],
)
def test_areas_by_kind(kind: str, points: tuple[float, ...], area: float) -> None:
    assert shape_area(kind, points) == pytest.approx(area)
