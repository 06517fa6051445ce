import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cvatcore.geometry import Figure, box_iou_matrix, mask_points, shape_area, shape_iou, shape_iou_matrix
from cvatcore.geometry.block import block_bounds, block_ground, block_height, block_iou, block_volume
from cvatcore.geometry.iou import LINE_WIDTH, POINT_DEVIATION, point_similarity
from cvatcore.geometry.mask import Mask
from cvatcore.geometry.points import points_problem
from cvatcore.geometry.raster import rasterize
from cvatcore.schema import Shape

numbers = st.floats(-20, 60).map(lambda number: round(number, 2))
turns = st.just(0.0) | st.floats(0, 360)


def some(least: int, most: int) -> st.SearchStrategy[tuple[float, ...]]:
    return st.lists(st.tuples(numbers, numbers), min_size=least, max_size=most).map(
        lambda corners: tuple(number for corner in corners for number in corner)
    )


bitmaps = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=8))
mask_figures = (
    st.builds(lambda left, top, bitmap: Mask(left, top, bitmap), st.integers(-9, 50), st.integers(-9, 50), bitmaps)
    .map(mask_points)
    .filter(lambda points: points is not None)
    .map(lambda points: Figure("mask", points or ()))
)
figures = st.one_of(
    st.builds(Figure, st.just("rectangle"), some(2, 2), turns),
    st.builds(Figure, st.just("ellipse"), some(2, 2), turns),
    st.builds(Figure, st.just("polygon"), some(3, 9)),
    st.builds(Figure, st.just("polyline"), some(2, 5)),
    st.builds(Figure, st.just("points"), some(1, 5)),
    st.builds(Figure, st.just("cuboid"), some(8, 8)),
    st.just(Figure("tag", ())),
    mask_figures,
)


@given(figures, figures)
def test_it_is_symmetric_and_between_0_and_1(first: Figure, second: Figure) -> None:
    found = shape_iou(first, second)
    assert 0 <= found <= 1
    assert found == pytest.approx(shape_iou(second, first), abs=1e-9)


@given(figures.filter(lambda figure: figure.type != "tag"))
def test_every_shape_is_like_itself(figure: Figure) -> None:
    assert shape_iou(figure, figure) == pytest.approx(1)


@given(st.lists(figures, max_size=6), st.lists(figures, max_size=6))
def test_a_matrix_is_each_with_each(first: list[Figure], second: list[Figure]) -> None:
    found = shape_iou_matrix(first, second)
    expected = np.array([[shape_iou(one, other) for other in second] for one in first]).reshape(len(first), len(second))
    assert found == pytest.approx(expected, abs=1e-9)


boxes = st.tuples(numbers, numbers, numbers, numbers).map(
    lambda n: (min(n[0], n[2]), min(n[1], n[3]), max(n[0], n[2]), max(n[1], n[3]))
)


@given(st.lists(boxes, max_size=5), st.lists(boxes, max_size=5))
def test_boxes_as_arrays_are_rectangles(first: list[tuple[float, ...]], second: list[tuple[float, ...]]) -> None:
    found = box_iou_matrix(*(np.array(some_boxes, dtype=np.float64).reshape(-1, 4) for some_boxes in (first, second)))
    assert found.shape == (len(first), len(second))
    for row, one in enumerate(first):
        for column, other in enumerate(second):
            assume(min(shape_area("rectangle", box) for box in (one, other)) > 1e-6)
            exact = shape_iou(Figure("rectangle", one), Figure("rectangle", other))
            assert found[row, column] == pytest.approx(exact, abs=1e-9)


def test_boxes_without_an_area() -> None:
    line, box = np.array([[0.0, 0, 5, 0]]), np.array([[0.0, 0, 5, 5]])
    assert box_iou_matrix(line, line) == box_iou_matrix(line, box) == [[0]]


SQUARE = Figure("rectangle", (0, 0, 10, 10))


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [
        (SQUARE, Figure("rectangle", (5, 0, 15, 10)), 1 / 3),
        (SQUARE, Figure("rectangle", (10, 0, 0, 10), 270), 1),
        (SQUARE, Figure("rectangle", (0, 0, 10, 10), 45), (2 * math.sqrt(2) - 2) / (4 - 2 * math.sqrt(2))),
        (SQUARE, Figure("polygon", (0, 0, 10, 0, 10, 10)), 0.5),
        (SQUARE, Figure("polygon", (0, 0, 10, 10, 10, 0, 0, 10)), 0.5),
        (SQUARE, Figure("ellipse", (5, 5, 10, 0)), math.pi / 4),
        (SQUARE, Figure("mask", (0, 25, 0, 0, 4, 4)), 0.25),
        (SQUARE, Figure("cuboid", (0, 0, 0, 10, 10, 0, 10, 10) * 2), 1),
        (SQUARE, Figure("polyline", (-5, 5, 15, 5)), 100 / (200 + math.pi * 25)),
        (SQUARE, Figure("rectangle", (20, 0, 30, 10)), 0),
        (SQUARE, Figure("rectangle", (10, 0, 20, 10)), 0),
        (SQUARE, Figure("tag", ()), 0),
        (Figure("tag", ()), Figure("tag", ()), 0),
        (Figure("mask", (0, 4, 0, 0, 1, 1)), Figure("mask", (0, 4, 1, 0, 2, 1)), 1 / 3),
        (Figure("mask", (0, 4, 0, 0, 1, 1)), Figure("mask", (0, 4, 9, 9, 10, 10)), 0),
        (Figure("mask", (1, 0, 0, 0, 0)), Figure("mask", (1, 0, 0, 0, 0)), 1),
        (Figure("mask", (1, 0, 0, 0, 0)), Figure("mask", (1, 1, 0, 1, 0)), 0),
        (Figure("polygon", (1, 1, 2, 2, 3, 3)), Figure("polygon", (1, 1, 2, 2, 3, 3)), 1),
        (Figure("polygon", (1, 1, 2, 2, 3, 3)), Figure("polygon", (1, 1, 2, 2, 3, 4)), 0),
    ],
)
def test_by_kind(first: Figure, second: Figure, value: float) -> None:
    assert shape_iou(first, second) == pytest.approx(value, abs=1e-3)


def test_shapes_of_documents_have_what_it_takes() -> None:
    shape = Shape(frame=3, id=1, type="rectangle", label="car", points=(0, 0, 10, 10))
    assert shape_iou(shape, SQUARE) == 1


@given(st.sampled_from(["rectangle", "ellipse", "polygon"]), some(2, 2), turns)
def test_a_mask_is_like_the_shape_that_it_was_drawn_of(kind: str, box: tuple[float, ...], degrees: float) -> None:
    points = (*box, box[0], box[3]) if kind == "polygon" else box
    moved = tuple(number + 200 for number in points)
    rotation = degrees if kind != "polygon" else 0
    drawn = rasterize(kind, moved, rotation=rotation, width=500, height=500)
    assume(drawn is not None)
    assert drawn is not None
    found = mask_points(drawn)
    assert found is not None
    assert shape_iou(Figure("mask", found), Figure(kind, moved, rotation)) == 1


def test_a_mask_and_what_no_picture_could_hold() -> None:
    dot = Figure("mask", (0, 100, 0, 0, 9, 9))
    assert shape_iou(dot, Figure("rectangle", (0, 0, 1e6, 1e6))) == pytest.approx(1e-10)
    assert shape_iou(dot, Figure("rectangle", (-1e9, -1e9, -1e8, -1e8))) == 0


def test_ellipses_are_off_by_less_than_is_said() -> None:
    first, second = Figure("ellipse", (0, 0, 300, -300)), Figure("ellipse", (200, 0, 500, -300))
    half = math.acos(200 / 600)
    lens = 2 * 300**2 * (half - math.sin(2 * half) / 2)
    exact = lens / (2 * math.pi * 300**2 - lens)
    assert shape_iou(first, second) == pytest.approx(exact, abs=5e-4)


def test_points_fade_with_their_distance() -> None:
    assert point_similarity((5, 5), (5, 5)) == 1
    assert point_similarity((5, 5), (5 + POINT_DEVIATION, 5)) == pytest.approx(math.exp(-0.5))
    assert point_similarity((5, 5), (5 + 5 * POINT_DEVIATION, 5)) == 0
    assert point_similarity((5, 5), (5, 5, 6, 6)) == point_similarity((), ()) == 0
    # A set a hundred times as large may be off by more.
    wide = (0.0, 0.0, 1000.0, 1000.0)
    off = tuple(number + 20 for number in wide)
    assert point_similarity(wide, off) > 0.9
    assert point_similarity(wide, wide[::-1]) < 1
    assert shape_iou(Figure("points", (5, 5)), Figure("ellipse", (5, 5, 5 + LINE_WIDTH / 2, 0))) > 0.99


def block(*, x: float = 0, y: float = 0, z: float = 0, turn: float = 0, size: Sequence[float] = (4, 2, 1)) -> Figure:
    return Figure("cuboid", (x, y, z, 0, 0, turn, *size, *([0.0] * 7)))


@pytest.mark.parametrize(
    ("second", "value"),
    [
        (block(), 1),
        (block(x=2), 1 / 3),
        (block(z=0.5), 1 / 3),
        (block(z=1), 0),
        (block(turn=math.pi), 1),
        (block(turn=math.pi / 2), 4 / 12),
        (block(turn=math.pi / 2, size=(2, 4, 1)), 1),
        (block(size=(4, 2, 0)), 0),
        (Figure("rectangle", (0, 0, 1, 1)), 0),
    ],
)
def test_blocks(second: Figure, value: float) -> None:
    assert points_problem(second.type, second.points) == ""
    assert shape_iou(block(), second, dimension="3d") == pytest.approx(value)
    assert shape_iou_matrix([block()], [second, block()], dimension="3d").tolist() == [
        [pytest.approx(value), pytest.approx(1)]
    ]


def test_where_a_block_is() -> None:
    turned = block(x=10, y=20, z=5, turn=math.pi / 2).points
    assert block_bounds(turned) == pytest.approx((9, 18, 4.5, 11, 22, 5.5))
    assert block_height(turned) == (4.5, 5.5)
    assert block_ground(turned)[0] == pytest.approx((11, 18))
    assert block_volume(turned) == 8


blocks = st.builds(
    lambda x, y, z, turn, size: block(x=x, y=y, z=z, turn=turn, size=size).points,
    *[st.floats(-5, 5)] * 3,
    st.floats(-7, 7),
    st.tuples(*[st.floats(0.1, 6)] * 3),
)


@given(blocks, blocks)
def test_blocks_are_symmetric_and_like_themselves(first: tuple[float, ...], second: tuple[float, ...]) -> None:
    assert block_iou(first, first) == pytest.approx(1)
    assert 0 <= block_iou(first, second) <= 1
    assert block_iou(first, second) == pytest.approx(block_iou(second, first), abs=1e-9)
