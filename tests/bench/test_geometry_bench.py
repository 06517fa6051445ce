"""Run lengths, pixels and outlines of 100 masks of 500 x 500, against pycocotools. Prints ratios in one run.

pycocotools reads pictures by columns, so one that lies by rows, as all pictures do, has to be turned for it; what that
costs is told apart.
"""

import math
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from scipy import ndimage

from cvatcore.geometry import (
    Mask,
    coco_counts,
    decode_counts,
    encode_counts,
    mask_of_counts,
    mask_points,
    mask_polygons,
    points_problem,
    raster_counts,
    rasterize,
    read_mask,
    shape_iou_matrix,
)
from cvatcore.geometry.figure import Figure

# pycocotools 2.0.11 itself does what NumPy 2 warns of.
pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]

MASKS, SIDE = 100, 500
ROUNDS = 9

Pixels = NDArray[np.bool_]


def pictures() -> list[Pixels]:
    """Half of them ellipses, half of them ragged blobs with holes, of about 4,000 edges each."""
    numbers, chances = np.random.default_rng(3), random.Random(3)
    found: list[Pixels] = []
    for nth in range(MASKS):
        if nth % 2:
            found.append(ndimage.gaussian_filter(numbers.normal(size=(SIDE, SIDE)), 14) > 0.005)
        else:
            rx, ry = chances.uniform(60, 240), chances.uniform(60, 240)
            drawn = rasterize("ellipse", (250, 250, 250 + rx, 250 - ry), rotation=30, width=SIDE, height=SIDE)
            assert drawn is not None
            pixels = np.zeros((SIDE, SIDE), dtype=np.bool_)
            pixels[drawn.top : drawn.top + drawn.height, drawn.left : drawn.left + drawn.width] = drawn.bitmap
            found.append(pixels)
    return found


def best(*calls: Callable[[], object]) -> list[float]:
    """The least seconds of each, taking turns, so that a busy machine slows all of them."""
    times = [math.inf] * len(calls)
    for _ in range(ROUNDS):
        for index, call in enumerate(calls):
            start = time.perf_counter()
            call()
            times[index] = min(times[index], time.perf_counter() - start)
    return times


def told(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    with capsys.disabled():
        print("", *lines, sep="\n  ")


def ratios(name: str, ours: float, **theirs: float) -> str:
    compared = ", ".join(f"{seconds / ours:.2f} times {label}" for label, seconds in theirs.items())
    return f"{name}: {ours / MASKS * 1e3:.3f} ms each, as fast as {compared}"


def test_run_lengths(benchmark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    by_rows = pictures()
    masks = [Mask(0, 0, pixels) for pixels in by_rows]
    bytes_by_rows = [pixels.astype(np.uint8) for pixels in by_rows]
    by_columns = [np.asfortranarray(pixels) for pixels in bytes_by_rows]
    masks_by_columns = [Mask(0, 0, pixels.astype(np.bool_)) for pixels in by_columns]

    points, text, text_by_columns, turned, theirs = best(
        lambda: [mask_points(mask) for mask in masks],
        lambda: [encode_counts(coco_counts(mask, width=SIDE, height=SIDE)) for mask in masks],
        lambda: [encode_counts(coco_counts(mask, width=SIDE, height=SIDE)) for mask in masks_by_columns],
        lambda: [coco_mask.encode(np.asfortranarray(pixels)) for pixels in bytes_by_rows],
        lambda: [coco_mask.encode(pixels) for pixels in by_columns],
    )
    codes = [coco_mask.encode(pixels) for pixels in by_columns]
    assert [code["counts"].decode() for code in codes] == [
        encode_counts(coco_counts(mask, width=SIDE, height=SIDE)) for mask in masks
    ]
    stored = [found for mask in masks if (found := mask_points(mask)) is not None]
    reading, decoding, their_decoding = best(
        lambda: [read_mask(found) for found in stored],
        lambda: [mask_of_counts(decode_counts(code["counts"]), width=SIDE, height=SIDE) for code in codes],
        lambda: [coco_mask.decode(code) for code in codes],
    )
    benchmark.pedantic(lambda: [mask_points(mask) for mask in masks], rounds=1)
    told(
        capsys,
        ratios("bitmap to CVAT's points", points, pycocotools=turned, already_turned=theirs),
        ratios("bitmap to COCO's string", text, pycocotools=turned, already_turned=theirs),
        ratios("bitmap by columns to COCO's string", text_by_columns, pycocotools=theirs),
        ratios("CVAT's points to bitmap", reading, pycocotools=their_decoding),
        ratios("COCO's string to bitmap", decoding, pycocotools=their_decoding),
    )


def test_polygons_to_pixels(benchmark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    chances = random.Random(5)
    lines: list[str] = []
    for corners in (4, 20, 200):
        polygons = [_star(chances, corners) for _ in range(MASKS)]
        pixels, counts, their_pixels, their_counts = best(*_drawings(polygons))
        lines += [
            ratios(f"polygon of {corners} corners to pixels", pixels, pycocotools=their_pixels),
            ratios(f"polygon of {corners} corners to run lengths", counts, pycocotools=their_counts),
        ]
    benchmark.pedantic(lambda: raster_counts("polygon", polygons[0], width=SIDE, height=SIDE), rounds=1)
    told(capsys, *lines)


def _star(chances: random.Random, corners: int) -> list[float]:
    points: list[float] = []
    for nth in range(corners):
        radius, turn = chances.uniform(120, 240), 2 * math.pi * nth / corners
        points += [250 + radius * math.cos(turn), 250 + radius * math.sin(turn)]
    return points


def _drawings(polygons: list[list[float]]) -> list[Callable[[], object]]:
    return [
        lambda: [rasterize("polygon", points, width=SIDE, height=SIDE) for points in polygons],
        lambda: [raster_counts("polygon", points, width=SIDE, height=SIDE) for points in polygons],
        lambda: [coco_mask.decode(coco_mask.frPyObjects([points], SIDE, SIDE)) for points in polygons],
        lambda: [coco_mask.frPyObjects([points], SIDE, SIDE) for points in polygons],
    ]


def test_outlines_and_likeness(benchmark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    masks = [Mask(0, 0, pixels) for pixels in pictures()]
    stored = [Figure("mask", found) for mask in masks if (found := mask_points(mask)) is not None]
    turned = [Figure("rectangle", (nth, nth, nth + 90.0, nth + 40.0), float(nth)) for nth in range(MASKS)]
    outlines, matrix, checks = best(
        lambda: [mask_polygons(mask) for mask in masks],
        lambda: shape_iou_matrix(turned, turned),
        lambda: [points_problem("mask", figure.points) for figure in stored],
    )
    boxes = [(1.0 * nth, 2.0, 3.0 + nth, 4.0) for nth in range(100_000)]
    (many,) = best(lambda: [points_problem("rectangle", box) for box in boxes])
    benchmark.pedantic(lambda: mask_polygons(masks[1]), rounds=1)
    told(
        capsys,
        f"outline of a mask: {outlines / MASKS * 1e3:.2f} ms",
        f"{MASKS} x {MASKS} turned rectangles compared: {matrix * 1e3:.1f} ms",
        f"a mask's points checked: {checks / MASKS * 1e3:.3f} ms; 100,000 rectangles: {many:.3f} s",
    )
