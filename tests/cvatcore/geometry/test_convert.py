import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cvatcore.errors import InvalidInput
from cvatcore.geometry import (
    CONVERTIBLE,
    AreaKind,
    Figure,
    convert_shape,
    ellipse_of_polygon,
    mask_points,
    points_problem,
    rasterize,
    shape_iou,
)
from cvatcore.geometry.outline import ellipse_ring, rectangle_ring

SIDE = 200
KINDS: tuple[AreaKind, ...] = ("rectangle", "polygon", "ellipse", "mask")

middles, radii, turns = st.floats(80, 120), st.floats(4, 70), st.just(0.0) | st.floats(0, 360)
ellipses = st.builds(
    lambda x, y, rx, ry, turn: Figure("ellipse", (x, y, x + rx, y - ry), turn), *[middles] * 2, *[radii] * 2, turns
)
rectangles = st.builds(
    lambda x, y, rx, ry, turn: Figure("rectangle", (x - rx, y - ry, x + rx, y + ry), turn),
    *[middles] * 2,
    *[radii] * 2,
    turns,
)


def converted(figure: Figure, to: AreaKind) -> Figure:
    (found,) = convert_shape(figure.type, figure.points, rotation=figure.rotation, to=to, width=SIDE, height=SIDE)
    assert (found.type, points_problem(found.type, found.points)) == (to, "")
    assert 0 <= found.rotation <= 360
    return found


@given(ellipses | rectangles)
def test_shape_mask_polygon_mask(figure: Figure) -> None:
    mask = converted(figure, "mask")
    assert mask.points == mask_points_of(figure)
    assert converted(converted(mask, "polygon"), "mask") == mask


def mask_points_of(figure: Figure) -> tuple[float, ...] | None:
    drawn = rasterize(figure.type, figure.points, rotation=figure.rotation, width=SIDE, height=SIDE)
    return None if drawn is None else mask_points(drawn)


@given(ellipses)
def test_ellipses_come_back_from_polygons_and_masks(ellipse: Figure) -> None:
    assert shape_iou(converted(converted(ellipse, "polygon"), "ellipse"), ellipse) > 0.97
    x, y, right, top = ellipse.points
    assume(min(right - x, y - top) > 10)
    assume(max(right - x, y - top) < 60)
    assert shape_iou(converted(converted(ellipse, "mask"), "ellipse"), ellipse) > 0.93


@given(ellipses, rectangles)
def test_ellipses_and_rectangles_fit_into_each_other(ellipse: Figure, rectangle: Figure) -> None:
    assert converted(converted(ellipse, "rectangle"), "ellipse").points == pytest.approx(ellipse.points)
    assert converted(converted(rectangle, "ellipse"), "rectangle").points == pytest.approx(rectangle.points)
    assert converted(converted(rectangle, "ellipse"), "rectangle").rotation == rectangle.rotation


@given(rectangles)
def test_rectangles_are_polygons_of_four_corners(rectangle: Figure) -> None:
    polygon = converted(rectangle, "polygon")
    assert len(polygon.points) == 8
    assert shape_iou(polygon, rectangle) == pytest.approx(1)
    box = converted(polygon, "rectangle")
    assert (min(polygon.points[0::2]), max(polygon.points[1::2])) == (box.points[0], box.points[3])
    assert box.rotation == 0


@pytest.mark.parametrize("turn", [0.0, 10.0, 44.0, 46.0, 90.0, 135.0, 300.0])
def test_the_ellipse_of_a_polygon_is_turned_as_little_as_can_be(turn: float) -> None:
    exact = Figure("ellipse", (50.0, 40.0, 80.0, 30.0), turn)
    ring = ellipse_ring(exact.points, rotation=turn, corners=720).ravel().tolist()
    found = ellipse_of_polygon(ring)
    assert found is not None
    assert found.rotation <= 45 or found.rotation >= 315
    assert shape_iou(found, exact) > 0.999


def test_the_ellipse_of_a_square_is_a_circle() -> None:
    found = ellipse_of_polygon(rectangle_ring((1000, 1000, 1012, 1012), rotation=20).ravel().tolist())
    assert found is not None
    assert found.points == pytest.approx((1006, 1006, 1006 + 12 / math.sqrt(3), 1006 - 12 / math.sqrt(3)))
    assert found.rotation == 0


def test_the_ellipse_of_a_polygon_that_crosses_itself() -> None:
    found = ellipse_of_polygon((0, 0, 10, 10, 10, 0, 0, 10))
    assert found is not None
    assert found.points[:2] == pytest.approx((5, 5))
    assert ellipse_of_polygon((0, 0, 5, 5, 10, 10)) is None


def test_masks_in_pieces_and_with_holes() -> None:
    pieces = (0, 1, 3, 1, 10, 20, 14, 20)
    found = convert_shape("mask", pieces, to="polygon", width=SIDE, height=SIDE)
    assert [figure.points for figure in found] == [
        (10, 20, 11, 20, 11, 21, 10, 21),
        (14, 20, 15, 20, 15, 21, 14, 21),
    ]
    ring = Figure("mask", (0, 4, 1, 4, 10, 20, 12, 22))
    assert converted(converted(ring, "polygon"), "mask") == ring
    (filled,) = convert_shape("mask", ring.points, to="polygon", holes=False, width=SIDE, height=SIDE)
    assert converted(filled, "mask").points == (0, 9, 10, 20, 12, 22)
    assert converted(ring, "rectangle").points == (10, 20, 13, 23)
    stairs = Figure("mask", mask_points_of(Figure("ellipse", (50, 50, 90, 20))) or ())
    (smooth,) = convert_shape("mask", stairs.points, to="polygon", tolerance=1, width=SIDE, height=SIDE)
    assert len(smooth.points) < len(converted(stairs, "polygon").points) / 3
    assert shape_iou(smooth, stairs) > 0.95


@pytest.mark.parametrize("to", KINDS)
def test_other_kinds(to: AreaKind) -> None:
    cuboid = Figure("cuboid", (10, 10, 10, 30, 20, 12, 20, 32, 26, 8, 26, 28, 16, 6, 16, 26))
    assert shape_iou(converted(cuboid, to), cuboid) > 0.5
    line = Figure("polyline", (10, 10, 60, 10, 60, 50))
    assert shape_iou(converted(line, to), Figure("polygon", line.points)) > 0.4
    assert {cuboid.type, line.type, *KINDS} == CONVERTIBLE
    itself = converted(Figure("ellipse", (50, 50, 70, 30)), to)
    assert converted(itself, to) == itself


def convert(figure: Figure, to: AreaKind) -> list[Figure]:
    return convert_shape(figure.type, figure.points, rotation=figure.rotation, to=to, width=SIDE, height=SIDE)


@pytest.mark.parametrize(
    "figure",
    [
        Figure("polygon", (500, 500, 600, 500, 600, 600)),
        Figure("rectangle", (5, 5, 5, 9)),
        Figure("mask", (4, 0, 0, 1, 1)),
        Figure("mask", (0, 4, 500, 500, 501, 501)),
        Figure("cuboid", (1, 1) * 8),
        Figure("polyline", (1, 1, 5, 5)),
    ],
)
def test_nothing_is_left(figure: Figure) -> None:
    assert convert(figure, "mask") == ([figure] if figure.type == "mask" else [])


def test_shapes_without_an_area_have_no_ellipse_or_polygon() -> None:
    assert convert(Figure("cuboid", (1, 1) * 8), "polygon") == []
    assert convert(Figure("cuboid", (1, 1) * 8), "ellipse") == []
    assert convert(Figure("polyline", (1, 1, 5, 5)), "polygon") == []
    assert convert(Figure("polyline", (1, 1, 5, 5)), "ellipse") == []
    assert convert(Figure("mask", (4, 0, 0, 1, 1)), "ellipse") == []
    assert convert(Figure("mask", (4, 0, 0, 1, 1)), "rectangle") == []


@pytest.mark.parametrize("kind", ["points", "tag", "skeleton"])
def test_kinds_without_an_area(kind: str) -> None:
    with pytest.raises(InvalidInput, match=kind):
        convert_shape(kind, (1, 2), to="mask", width=SIDE, height=SIDE)
