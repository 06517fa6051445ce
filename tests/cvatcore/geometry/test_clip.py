import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidInput
from cvatcore.geometry.box import bounding_box
from cvatcore.geometry.clip import clip_shape
from cvatcore.geometry.figure import Figure
from cvatcore.geometry.iou import shape_region
from cvatcore.geometry.outline import ring_of
from cvatcore.geometry.points import points_problem
from cvatcore.geometry.polygon import polyline_length
from cvatcore.geometry.raster import rasterize

numbers = st.floats(-30, 60).map(lambda number: round(number, 2))
turns = st.just(0.0) | st.floats(0, 360)


def some(least: int, most: int) -> st.SearchStrategy[tuple[float, ...]]:
    return st.lists(st.tuples(numbers, numbers), min_size=least, max_size=most).map(
        lambda corners: tuple(number for corner in corners for number in corner)
    )


figures = st.one_of(
    st.builds(Figure, st.just("rectangle"), some(2, 2), turns),
    st.builds(Figure, st.just("ellipse"), some(2, 2), turns),
    st.builds(Figure, st.just("polygon"), some(3, 9)),
    st.builds(Figure, st.just("polyline"), some(2, 9)),
    st.builds(Figure, st.just("points"), some(1, 5)),
)


@given(figures, st.integers(1, 40), st.integers(1, 40))
def test_parts_are_in_the_picture(figure: Figure, width: int, height: int) -> None:
    for part in clip_shape(figure.type, figure.points, rotation=figure.rotation, width=width, height=height):
        assert points_problem(part.type, part.points) == ""
        if part == figure:
            continue
        box = bounding_box(part.type, part.points, rotation=part.rotation)
        assert box is not None
        assert min(box[:2]) >= -1e-9
        assert box[2] <= width + 1e-9
        assert box[3] <= height + 1e-9


@given(figures, st.integers(1, 40), st.integers(1, 40))
def test_what_is_in_the_picture_stays(figure: Figure, width: int, height: int) -> None:
    parts = clip_shape(figure.type, figure.points, rotation=figure.rotation, width=width, height=height)
    picture = shapely.box(0, 0, width, height)
    if figure.type == "points":
        expected = shapely.intersection(shapely.MultiPoint(ring_of(figure.points)), picture)
        found = shapely.union_all([shapely.MultiPoint(ring_of(part.points)) for part in parts])
        assert shapely.equals(found, expected)
    elif figure.type == "polyline":
        sides = [shapely.LineString(side) for side in itertools.pairwise(ring_of(figure.points))]
        length = sum(shapely.length(shapely.intersection(side, picture)) for side in sides)
        assert sum(polyline_length(part.points) for part in parts) == pytest.approx(length, abs=1e-6)
    else:
        area = shapely.area(shapely.intersection(shape_region(figure), picture))
        # An ellipse that is cut becomes a polygon with fewer corners.
        slack = 1e-3 if figure.type != "ellipse" else 0.02 * area + 1
        assert sum(shapely.area(shape_region(part)) for part in parts) == pytest.approx(area, abs=slack)


@pytest.mark.parametrize(
    ("kind", "points", "found"),
    [
        ("polygon", (-5, -5, 5, -5, 5, 5, -5, 5), [("polygon", (5, 5, 0, 5, 0, 0, 5, 0))]),
        ("polyline", (-5, 5, 5, 5, 5, -5, 7, -5, 7, 5), [("polyline", (0, 5, 5, 5, 5, 0)), ("polyline", (7, 0, 7, 5))]),
        ("points", (1, 1, 20, 1, 10, 10), [("points", (1, 1, 10, 10))]),
        ("points", (20, 1), []),
        ("rectangle", (-3, 2, 30, 40), [("rectangle", (0, 2, 10, 10))]),
        ("rectangle", (20, 2, 30, 40), []),
        ("rectangle", (4, 3, -2, 1), [("rectangle", (0, 1, 4, 3))]),
        ("mask", (0, 6, 8, 9, 10, 10), [("mask", (0, 2, 8, 9, 9, 9))]),
        ("mask", (0, 1, 10, 0, 10, 0), []),
        ("cuboid", (-5, 5) * 8, []),
        ("cuboid", (-5, 5, 5, 5) * 4, [("cuboid", (-5, 5, 5, 5) * 4)]),
        ("tag", (), [("tag", ())]),
        ("skeleton", (), [("skeleton", ())]),
    ],
)
def test_by_kind(kind: str, points: Sequence[float], found: list[tuple[str, tuple[float, ...]]]) -> None:
    parts = clip_shape(kind, points, width=10, height=10)
    assert [(part.type, part.points) for part in parts] == found


def test_a_concave_polygon_falls_apart() -> None:
    comb = (1, 5, 1, -5, 3, -5, 3, 3, 6, 3, 6, -5, 8, -5, 8, 5)
    fork = tuple(number if at % 2 == 0 else -number + 2 for at, number in enumerate(comb))
    assert len(clip_shape("polygon", fork, width=10, height=10)) in {1, 2}
    turned = clip_shape("polygon", (1, -1, 3, 3, 5, -1, 7, 3, 9, -1), width=10, height=10)
    assert len(turned) == 2


def test_a_line_that_crosses_itself_stays_one() -> None:
    line = (1, 1, 8, 8, 8, 1, 1, 8, 1, 20)
    (part,) = clip_shape("polyline", line, width=10, height=10)
    assert part.points == (1, 1, 8, 8, 8, 1, 1, 8, 1, 10)


def test_right_angles_stay_rectangles() -> None:
    (part,) = clip_shape("rectangle", (-2, 2, 8, 6), rotation=90, width=10, height=10)
    assert part == Figure("rectangle", (1, 0, 5, 9))


def test_what_reaches_out_turned_is_a_polygon() -> None:
    (turned,) = clip_shape("rectangle", (0, 0, 10, 10), rotation=45, width=10, height=10)
    assert (turned.type, turned.rotation, len(turned.points)) == ("polygon", 0, 16)
    (quarter,) = clip_shape("ellipse", (0, 0, 40, -40), width=100, height=100)
    assert quarter.type == "polygon"
    drawn = rasterize("ellipse", (0, 0, 40, -40), width=100, height=100)
    assert drawn is not None
    assert drawn.area == pytest.approx(math.pi * 400, rel=0.02)
    found = rasterize("polygon", quarter.points, width=100, height=100)
    assert found is not None
    assert found.area == pytest.approx(drawn.area, rel=0.01)


def test_broken_masks() -> None:
    with pytest.raises(InvalidInput, match="run lengths"):
        clip_shape("mask", (7, 8, 9, 10, 10), width=10, height=10)


def test_corners_are_numbers_of_python() -> None:
    for kind, points in (("polygon", (-5, -5, 5, -5, 5, 5)), ("polyline", (-5, 5, 5, 5)), ("points", (1, 1, 20, 20))):
        for part in clip_shape(kind, np.array(points).tolist(), width=10, height=10):
            assert all(type(number) is float for number in part.points)
