import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from cvatcore.errors import InvalidInput
from cvatcore.geometry.mask import (
    Mask,
    clip_mask,
    crop_mask,
    intersect_masks,
    mask_of_pixels,
    mask_pixels,
    mask_points,
    read_mask,
    subtract_mask,
    unite_masks,
)
from cvatcore.geometry.points import MAX_PIXELS, points_problem
from cvatcore.geometry.runs import bitmap_of_rows, column_runs, row_runs

Pixels = NDArray[np.bool_]

bitmaps = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12))
places = st.integers(-5, 20)


def any_layout(bitmap: Pixels, layout: str) -> Pixels:
    """The same pixels, lying otherwise in memory."""
    if layout == "rows":
        return np.ascontiguousarray(bitmap)
    if layout == "columns":
        return np.asfortranarray(bitmap)
    return np.repeat(bitmap, 2, axis=1)[:, ::2]


layouts = st.sampled_from(["rows", "columns", "neither"])
masks = st.builds(
    lambda left, top, bitmap, layout: Mask(left, top, any_layout(bitmap, layout)), places, places, bitmaps, layouts
)


def runs_by_definition(flat: list[bool]) -> list[int]:
    runs, inside = [0], False
    for pixel in flat:
        if pixel != inside:
            runs.append(0)
            inside = pixel
        runs[-1] += 1
    return runs


@given(bitmaps, layouts)
def test_run_lengths_are_those_of_the_definition(bitmap: Pixels, layout: str) -> None:
    laid = any_layout(bitmap, layout)
    assert row_runs(laid).tolist() == runs_by_definition(bitmap.ravel().tolist())
    assert column_runs(laid).tolist() == runs_by_definition(bitmap.T.ravel().tolist())


@given(bitmaps, layouts)
def test_bitmaps_come_back_from_their_run_lengths(bitmap: Pixels, layout: str) -> None:
    height, width = bitmap.shape
    again = bitmap_of_rows(row_runs(any_layout(bitmap, layout)), width=width, height=height)
    assert np.array_equal(again, bitmap)


@pytest.mark.parametrize("density", [0.001, 0.02, 0.5])
def test_run_lengths_of_large_bitmaps(density: float) -> None:
    """Few edges are sorted, many are read from a turned copy: both ways have to agree with one that lies by columns."""
    bitmap = np.random.default_rng(3).random((211, 307)) < density
    assert np.array_equal(column_runs(bitmap), column_runs(np.asfortranarray(bitmap)))
    assert np.array_equal(row_runs(np.asfortranarray(bitmap)), row_runs(bitmap))


@given(masks)
def test_points_and_masks_are_the_same(mask: Mask) -> None:
    points = mask_points(mask)
    if points is None:
        assert mask.area == 0
        return
    assert points_problem("mask", points) == ""
    assert read_mask(points) == mask
    assert mask_points(read_mask(points)) == points
    assert all(type(number) is float for number in points)
    assert sum(points[1:-4:2]) == mask.area


def test_long_runs_are_exact() -> None:
    bitmap = np.zeros((300, 400), dtype=np.bool_)
    bitmap[100, 7] = True
    assert mask_points(Mask(1, 2, bitmap)) == (40007, 1, 300 * 400 - 40008, 1, 2, 400, 301)


def test_a_box_that_was_given_is_kept() -> None:
    points = (5.0, 1.0, 3.0, 10.0, 20.0, 12.0, 22.0)
    mask = read_mask(points)
    assert (mask.left, mask.top, mask.width, mask.height, mask.area) == (10, 20, 3, 3, 1)
    assert mask_points(mask) == points
    assert crop_mask(mask) == Mask(12, 21, np.ones((1, 1), dtype=np.bool_))


@given(masks)
def test_the_smallest_box_holds_the_same_pixels(mask: Mask) -> None:
    cropped = crop_mask(mask)
    assert np.array_equal(on_canvas(cropped), on_canvas(mask))
    if cropped is not None:
        sides = [cropped.bitmap[0], cropped.bitmap[-1], cropped.bitmap[:, 0], cropped.bitmap[:, -1]]
        assert all(side.any() for side in sides)
        assert crop_mask(cropped) == cropped


SIDE, MARGIN = 60, 10


def on_canvas(mask: Mask | None) -> Pixels:
    """The pixels on a canvas that reaches beyond the frame, so that nothing is cut."""
    if mask is None:
        return np.zeros((SIDE, SIDE), dtype=np.bool_)
    return mask_pixels(Mask(mask.left + MARGIN, mask.top + MARGIN, mask.bitmap), width=SIDE, height=SIDE)


@given(masks, masks)
def test_sets_of_pixels(first: Mask, second: Mask) -> None:
    a, b = on_canvas(first), on_canvas(second)
    cases: list[tuple[Mask | None, Pixels]] = [
        (unite_masks([first, second]), a | b),
        (intersect_masks(first, second), a & b),
        (subtract_mask(first, second), a & ~b),
    ]
    for found, expected in cases:
        assert np.array_equal(on_canvas(found), expected)
        assert (found is None) == (not expected.any())
        assert found is None or crop_mask(found) == found


@given(masks, st.integers(1, 20), st.integers(1, 20))
def test_clipping_to_a_picture(mask: Mask, width: int, height: int) -> None:
    clipped = clip_mask(mask, width=width, height=height)
    pixels = mask_pixels(mask, width=width, height=height)
    assert np.array_equal(pixels, on_canvas(mask)[MARGIN : MARGIN + height, MARGIN : MARGIN + width])
    assert clipped == mask_of_pixels(pixels)


def test_nothing_is_no_mask() -> None:
    assert mask_of_pixels(np.zeros((3, 4), dtype=np.bool_)) is None
    assert mask_points(Mask(0, 0, np.zeros((3, 4), dtype=np.bool_))) is None
    assert unite_masks([]) is None


def test_masks_that_are_too_far_apart() -> None:
    dot = np.ones((1, 1), dtype=np.bool_)
    with pytest.raises(InvalidInput, match="1000001x1000001"):
        unite_masks([Mask(0, 0, dot), Mask(1_000_000, 1_000_000, dot.copy())])


def test_a_mask_is_a_value() -> None:
    mask = Mask(0, 0, np.ones((1, 2), dtype=np.bool_))
    with pytest.raises(ValueError, match="read-only"):
        mask.bitmap[0, 0] = False
    assert mask != Mask(0, 1, np.ones((1, 2), dtype=np.bool_))
    assert mask != "mask"


BROKEN = [
    ([], "0 numbers"),
    ([1.0, 0.0, 0.0, 0.0], "4 numbers"),
    ([math.nan, 0.0, 0.0, 0.0, 0.0], "not a finite"),
    ([1.0, 0.0, 0.0, math.inf, 0.0], "not a finite"),
    ([3.0, 0.0, 0.0, 1.0, 1.0], "3 pixels in a box of 2x2"),
    ([5.0, -1.0, 0.0, 0.0, 1.0, 1.0], "negative"),
    ([1.5, 2.5, 0.0, 0.0, 1.0, 1.0], "no whole"),
    ([4.0, 0.5, 0.0, 1.5, 1.0], "whole pixels"),
    ([4.0, 1.0, 0.0, 0.0, 1.0], "wrong order"),
    ([1e30, 0.0, 0.0, 1e15, 1e15], str(MAX_PIXELS)),
    ([2.0**29, 0.0, 0.0, 2.0**29 - 1, 0.0], str(MAX_PIXELS)),
]


@pytest.mark.parametrize(("points", "said"), BROKEN)
def test_masks_that_contradict_themselves(points: list[float], said: str) -> None:
    assert said in points_problem("mask", points)
    with pytest.raises(InvalidInput, match=said):
        read_mask(points)


some_runs = st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0, 0.5, -1.0, 1e30, math.nan, math.inf]), max_size=9)


@given(some_runs | st.lists(st.floats(), max_size=9))
def test_any_numbers_are_a_mask_or_a_sentence(points: list[float]) -> None:
    if problem := points_problem("mask", points):
        with pytest.raises(InvalidInput) as caught:
            read_mask(points)
        assert problem in caught.value.message
    else:
        mask = read_mask(points)
        assert mask.width * mask.height == sum(points[:-4])


@pytest.mark.parametrize("combine", [intersect_masks, subtract_mask])
def test_masks_apart(combine: Callable[[Mask, Mask], Mask | None]) -> None:
    dot = Mask(3, 3, np.ones((1, 1), dtype=np.bool_))
    far = Mask(30_000, 3, np.ones((1, 1), dtype=np.bool_))
    assert combine(dot, far) == (None if combine is intersect_masks else dot)
