import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.geometry import Box, bounding_box, box_area, points_problem

numbers = st.floats(-1e4, 1e4)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8))
def test_a_box_holds_every_point_and_touches_them(pairs: list[tuple[float, float]]) -> None:
    found = bounding_box("polygon", [value for pair in pairs for value in pair])
    assert found is not None
    left, top, right, bottom = found
    assert all(left <= x <= right and top <= y <= bottom for x, y in pairs)
    assert {left, right} <= {x for x, _ in pairs}
    assert {top, bottom} <= {y for _, y in pairs}


@given(numbers, numbers, st.floats(0.5, 1000), st.floats(0.5, 1000), st.floats(0, 360))
def test_a_turned_rectangle_lies_in_its_box(x: float, y: float, width: float, height: float, degrees: float) -> None:
    found = bounding_box("rectangle", [x, y, x + width, y + height], rotation=degrees)
    assert found is not None
    angle, cx, cy = math.radians(degrees), x + width / 2, y + height / 2
    corners = [(sx * width / 2, sy * height / 2) for sx in (-1, 1) for sy in (-1, 1)]
    xs = [cx + dx * math.cos(angle) - dy * math.sin(angle) for dx, dy in corners]
    ys = [cy + dx * math.sin(angle) + dy * math.cos(angle) for dx, dy in corners]
    assert found == pytest.approx((min(xs), min(ys), max(xs), max(ys)), abs=1e-6)


@given(st.floats(1, 100), st.floats(1, 100), st.floats(0, 360))
def test_a_turned_ellipse_touches_its_box(rx: float, ry: float, degrees: float) -> None:
    found = bounding_box("ellipse", [0, 0, rx, -ry], rotation=degrees)
    assert found is not None
    angle = math.radians(degrees)
    around = [math.radians(step / 4) for step in range(1440)]
    xs = [rx * math.cos(t) * math.cos(angle) - ry * math.sin(t) * math.sin(angle) for t in around]
    ys = [rx * math.cos(t) * math.sin(angle) + ry * math.sin(t) * math.cos(angle) for t in around]
    assert found == pytest.approx((min(xs), min(ys), max(xs), max(ys)), rel=1e-3, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "points", "box"),
    [
        ("mask", [3.0, 1.0, 4.0, 10.0, 20.0, 12.0, 20.0], (10, 20, 13, 21)),
        ("rectangle", [5.0, 6.0, 1.0, 2.0], (1, 2, 5, 6)),
        ("points", [5.0, 6.0], (5, 6, 5, 6)),
        ("tag", [], None),
        ("skeleton", [], None),
    ],
)
def test_boxes_by_type(kind: str, points: list[float], box: Box | None) -> None:
    assert bounding_box(kind, points) == box


def test_area() -> None:
    assert box_area((1, 2, 4, 6)) == 12


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("rectangle", [4], [0, 2, 3, 5, 8]),
        ("ellipse", [4], [3, 5]),
        ("cuboid", [16], [8, 15]),
        ("skeleton", [0], [2]),
        ("tag", [0], [4]),
        ("polygon", [6, 8], [0, 4, 7]),
        ("polyline", [4, 6], [2, 5]),
        ("points", [2, 4], [0, 3]),
        ("mask", [5], [0, 4]),
    ],
)
def test_how_many_numbers_a_type_has(kind: str, good: list[int], bad: list[int]) -> None:
    assert [points_problem(kind, [1.0] * count) for count in good] == [""] * len(good)
    assert all(str(count) in points_problem(kind, [1.0] * count) for count in bad)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_every_number_is_finite(value: float) -> None:
    assert "not a finite number" in points_problem("rectangle", [0, 0, 1, value])
