"""Pixels of shapes, those of polygons held to pycocotools."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from cvatcore.errors import InvalidInput
from cvatcore.geometry.coco import encode_counts, mask_of_counts
from cvatcore.geometry.mask import Mask, mask_of_pixels, mask_pixels, unite_masks
from cvatcore.geometry.outline import direction, ring_of
from cvatcore.geometry.raster import polygon_counts, raster_counts, rasterize

# pycocotools 2.0.11 itself does what NumPy 2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

sides = st.integers(1, 40)

whole = st.integers(-12, 50).map(float)
halves = st.integers(-24, 100).map(lambda number: number / 2)
fifths = st.integers(-100, 500).map(lambda number: number / 10)
any_near = st.floats(-12, 50)
far = st.floats(-1e5, 1e5)


def rings(numbers: st.SearchStrategy[float], *, corners: int = 9) -> st.SearchStrategy[list[float]]:
    return st.lists(st.tuples(numbers, numbers), min_size=3, max_size=corners).map(
        lambda pairs: [number for pair in pairs for number in pair]
    )


def flat_rings() -> st.SearchStrategy[list[float]]:
    """Corners that repeat, and lines there and back."""
    return st.lists(st.tuples(whole, st.just(7.0)) | st.tuples(st.just(5.0), whole), min_size=3, max_size=8).map(
        lambda pairs: [number for pair in [*pairs, *reversed(pairs)] for number in pair]
    )


def theirs(points: Sequence[float], *, width: int, height: int) -> str:
    text: bytes = coco_mask.frPyObjects([list(points)], height, width)[0]["counts"]
    return text.decode()


@settings(max_examples=250)
@given(
    rings(whole) | rings(halves) | rings(fifths) | rings(any_near) | rings(far, corners=4) | flat_rings(), sides, sides
)
@example([0, 0, 10, 0, 10, 10, 0, 10], 10, 10)
@example([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], 10, 10)
@example([-5, -5, 45, -5, 45, 45, -5, 45], 40, 40)
def test_polygons_are_those_of_pycocotools(points: list[float], width: int, height: int) -> None:
    assert encode_counts(raster_counts("polygon", points, width=width, height=height)) == theirs(
        points, width=width, height=height
    )


def test_thousands_of_polygons_are_those_of_pycocotools() -> None:
    numbers = np.random.default_rng(11)
    spread: list[Callable[[int], NDArray[np.float64]]] = [
        lambda n: numbers.integers(-10, 130, (n, 2)).astype(np.float64),
        lambda n: numbers.integers(-20, 260, (n, 2)) / 2,
        lambda n: numbers.uniform(-10, 130, (n, 2)),
        lambda n: numbers.integers(-50, 650, (n, 2)) / 5 + numbers.choice([0, 0.1, 0.05], (n, 2)),
        lambda n: numbers.normal(0, 1000, (n, 2)),
    ]
    for nth in range(3000):
        width, height = (int(side) for side in numbers.integers(1, 120, 2))
        ring = spread[nth % len(spread)](int(numbers.integers(3, 40)))
        found = encode_counts(polygon_counts([ring], width=width, height=height))
        assert found == theirs(ring.ravel().tolist(), width=width, height=height), ring.tolist()


@given(rings(any_near), rings(any_near), sides, sides)
def test_of_two_rings_the_overlap_is_outside(first: list[float], second: list[float], width: int, height: int) -> None:
    both = pixels_of_counts(
        polygon_counts([ring_of(first), ring_of(second)], width=width, height=height), width, height
    )
    one, other = (pixels("polygon", ring, width=width, height=height) for ring in (first, second))
    assert np.array_equal(both, one ^ other)


def pixels_of_counts(counts: NDArray[np.int64], width: int, height: int) -> NDArray[np.bool_]:
    return on_picture(mask_of_counts(counts, width=width, height=height), width=width, height=height)


def on_picture(mask: Mask | None, *, width: int, height: int) -> NDArray[np.bool_]:
    if mask is None:
        return np.zeros((height, width), dtype=np.bool_)
    assert 0 <= mask.left <= mask.left + mask.width <= width
    assert 0 <= mask.top <= mask.top + mask.height <= height
    return mask_pixels(mask, width=width, height=height)


def pixels(
    kind: str, points: Sequence[float], *, width: int, height: int, rotation: float = 0, thickness: float = 0
) -> NDArray[np.bool_]:
    found = rasterize(kind, points, rotation=rotation, width=width, height=height, thickness=thickness)
    return on_picture(found, width=width, height=height)


def test_a_ring_of_many_crossings_is_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    zigzag = [number for nth in range(60) for number in ((nth % 2) * 300.0, nth * 1.5)]
    expected = theirs(zigzag, width=280, height=90)
    for limit in (1, 500, 5000):
        monkeypatch.setattr("cvatcore.geometry.raster._CROSSINGS", limit)
        assert encode_counts(raster_counts("polygon", zigzag, width=280, height=90)) == expected


@pytest.mark.parametrize("huge", [1e9, 1e15, 1e40, 1e308])
def test_huge_coordinates_cover_what_they_should(huge: float) -> None:
    square = [-huge, -huge, huge, -huge, huge, huge, -huge, huge]
    assert pixels("polygon", square, width=30, height=20).all()
    half = [-huge, 10, huge, 10, huge, huge, -huge, huge]
    found = pixels("polygon", half, width=30, height=20)
    assert found[10:].all()
    assert not found[:10].any()
    assert not pixels("polygon", [huge, huge, huge, -huge, huge / 2, 0], width=30, height=20).any()


boxes = st.tuples(any_near, any_near, any_near, any_near)


@given(st.floats(-720, 720) | st.integers(-8, 8).map(lambda quarters: quarters * 90.0))
def test_right_angles_are_exact(degrees: float) -> None:
    assert direction(degrees) == pytest.approx((math.cos(math.radians(degrees)), math.sin(math.radians(degrees))))
    assert degrees % 90 or set(direction(degrees)) <= {0, 1, -1}


@given(boxes, sides, sides)
def test_rectangles_are_polygons(box: tuple[float, ...], width: int, height: int) -> None:
    x1, y1, x2, y2 = box
    ring = [x1, y1, x2, y1, x2, y2, x1, y2]
    assert encode_counts(raster_counts("rectangle", box, width=width, height=height)) == theirs(
        ring, width=width, height=height
    )


@given(
    st.integers(2, 30), st.integers(2, 30), st.integers(0, 20), st.integers(0, 20), st.sampled_from([90, 180, 270, 360])
)
def test_a_rectangle_that_is_turned_by_right_angles(w: int, h: int, x: int, y: int, degrees: int) -> None:
    found = rasterize("rectangle", (x, y, x + w, y + h), rotation=degrees, width=60, height=60)
    wide, high = (h, w) if degrees in {90, 270} else (w, h)
    left, top = x + (w - wide) / 2, y + (h - high) / 2
    assert found == rasterize("rectangle", (left, top, left + wide, top + high), width=60, height=60)


def test_rotation_is_clockwise_on_the_screen() -> None:
    found = pixels("rectangle", (0, 18, 40, 22), rotation=30, width=40, height=40)
    assert found[28, 34]
    assert not found[12, 34]
    assert np.array_equal(found, pixels("rectangle", (0, 18, 40, 22), rotation=210, width=40, height=40))
    bent = pixels("ellipse", (20, 20, 40, 17), rotation=30, width=40, height=40)
    assert bent[28, 34]
    assert not bent[12, 34]


radii = st.floats(0.01, 60) | st.integers(1, 20).map(lambda number: number / 2)


@settings(max_examples=300)
@given(
    halves | any_near,
    halves | any_near,
    radii,
    radii,
    st.sampled_from([0.0, 45.0, 90.0]) | st.floats(0, 360),
    sides,
    sides,
)
def test_ellipses_hold_the_pixels_whose_middle_is_inside(
    cx: float, cy: float, rx: float, ry: float, degrees: float, width: int, height: int
) -> None:
    points = (cx, cy, cx + rx, cy - ry)
    _, _, right, top = points
    found = pixels("ellipse", points, rotation=degrees, width=width, height=height)
    x, y = np.arange(width)[None, :] + 0.5 - cx, np.arange(height)[:, None] + 0.5 - cy
    cos, sin = direction(degrees)
    across, along = (x * cos + y * sin) / abs(right - cx), (y * cos - x * sin) / abs(cy - top)
    assert np.array_equal(found, across**2 + along**2 <= 1)


@pytest.mark.parametrize(
    "points", [(5, 5, 5, 5), (5, 5, 9, 5), (1e308, 5, -1e308, 5), (1e12, 5, 1e12, 0), (5, 5, 6e200, 5e200)]
)
def test_ellipses_that_are_none(points: tuple[float, ...]) -> None:
    assert rasterize("ellipse", points, width=10, height=10) is None


def test_a_cuboid_is_the_hull_of_its_corners() -> None:
    corners = [10, 10, 10, 30, 20, 12, 20, 32, 26, 8, 26, 28, 16, 6, 16, 26]
    hull = [10, 10, 10, 30, 20, 32, 26, 28, 26, 8, 16, 6]
    assert rasterize("cuboid", corners, width=40, height=40) == rasterize("polygon", hull, width=40, height=40)
    assert rasterize("cuboid", [3.0, 4.0] * 8, width=40, height=40) is None


def test_lines_and_points_have_pixels_only_with_a_thickness() -> None:
    line, dots = (5, 10, 25, 10), (10, 10, 30, 10)
    for kind, points in (("polyline", line), ("points", dots)):
        assert rasterize(kind, points, width=40, height=20) is None
    thick = pixels("polyline", line, width=40, height=20, thickness=4)
    assert thick[8:12, 5:25].all()
    assert thick[:, 28:].sum() == thick[:7].sum() == thick[13:].sum() == 0
    # A line that comes back encloses a hole.
    round_trip = pixels("polyline", (5, 5, 30, 5, 30, 16, 5, 16, 5, 5), width=40, height=20, thickness=2)
    assert round_trip[5, 20]
    assert not round_trip[10, 20]
    two = rasterize("points", dots, width=40, height=20, thickness=6)
    one = [rasterize("points", dots[at : at + 2], width=40, height=20, thickness=6) for at in (0, 2)]
    assert two == unite_masks([mask for mask in one if mask is not None])
    assert two is not None
    assert two.area == pytest.approx(2 * math.pi * 9, rel=0.1)


def test_masks_are_cut_at_the_picture() -> None:
    points = (0, 12, 8, 3, 11, 5)
    found = rasterize("mask", points, width=10, height=5)
    assert found == Mask(8, 3, np.ones((2, 2), dtype=np.bool_))
    assert np.array_equal(
        pixels_of_counts(raster_counts("mask", points, width=10, height=5), 10, 5),
        on_picture(found, width=10, height=5),
    )
    assert rasterize("mask", points, width=3, height=3) is None
    with pytest.raises(InvalidInput, match="run lengths"):
        rasterize("mask", (1, 0, 0, 1, 1), width=3, height=3)


@pytest.mark.parametrize("kind", ["tag", "skeleton"])
def test_what_has_no_pixels(kind: str) -> None:
    assert rasterize(kind, (), width=10, height=10) is None
    assert raster_counts(kind, (), width=10, height=10).tolist() == [100]


@pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 5), (5, 0)])
def test_pictures_without_pixels(width: int, height: int) -> None:
    for kind, points in (("polygon", (0, 0, 5, 0, 5, 5)), ("ellipse", (2, 2, 4, 0)), ("mask", (0, 1, 0, 0, 0, 0))):
        assert rasterize(kind, points, width=width, height=height) is None


def test_a_picture_that_nobody_could_hold() -> None:
    side = 1_000_000
    square = (10, 10, 13, 10, 13, 13, 10, 13)
    assert rasterize("polygon", square, width=side, height=side) == mask_of_pixels(
        np.ones((3, 3), dtype=np.bool_), left=10, top=10
    )
    with pytest.raises(InvalidInput, match="pixels large"):
        rasterize("rectangle", (0, 0, side, side), width=side, height=side)
