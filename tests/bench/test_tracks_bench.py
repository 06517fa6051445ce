"""Tracks to shapes, whole tracks at a time against one frame at a time. Prints ratios: machines differ."""

import math
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from cvatcore.schema import Keyframe, Track
from cvatcore.tracks import TrackTable, settle, track_rows, track_shapes

pytestmark = pytest.mark.bench

FRAMES, EVERY = 1_000, 10


@pytest.fixture(scope="module")
def boxes() -> list[Track]:
    return _boxes(20)


@pytest.fixture(scope="module")
def polygons() -> list[Track]:
    return _polygons(5)


@pytest.mark.parametrize("kind", ["boxes", "polygons"])
def test_tracks_to_shapes(
    kind: str, request: pytest.FixtureRequest, benchmark: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks: list[Track] = request.getfixturevalue(kind)
    count = len(tracks) * FRAMES
    rows = _best(lambda: [track_rows(settle(track.keyframes), stop=FRAMES - 1) for track in tracks])
    shapes = _best(lambda: [track_shapes(track, stop=FRAMES - 1) for track in tracks])
    peer = _best(lambda: [_frame_by_frame(track) for track in tracks], rounds=2)
    benchmark.pedantic(lambda: [track_rows(settle(track.keyframes), stop=FRAMES - 1) for track in tracks], rounds=1)
    with capsys.disabled():
        print(
            f"\n{count} {kind}: {count / rows / 1e3:,.0f} thousand a second as columns, {count / shapes / 1e3:,.0f}"
            f" as shapes, {count / peer / 1e3:,.0f} frame by frame:"
            f" {peer / rows:.0f} and {peer / shapes:.0f} times as fast"
        )


def test_the_shapes_of_a_frame(benchmark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for name, tracks in (("boxes", _boxes(1_000)), ("boxes and polygons", [*_boxes(800), *_polygons(200, number=801)])):
        table = TrackTable(tracks)
        first = _best(partial(table.on, 57), rounds=1)
        again = _best(partial(table.on, 58))
        peer = _best(partial(_one_by_one, tracks, 58), rounds=2)
        with capsys.disabled():
            print(
                f"\nA frame of 1,000 tracks ({name}): {again * 1e3:.2f} ms, between two keyframes for the first time"
                f" {first * 1e3:.2f} ms, track by track {peer * 1e3:.1f} ms: {peer / again:.0f} times as fast"
            )
    benchmark.pedantic(lambda: table.on(58), rounds=3)


def _one_by_one(tracks: Sequence[Track], frame: int) -> object:
    return [track_shapes(track, start=frame, stop=frame) for track in tracks]


def _frame_by_frame(track: Track) -> list[dict[str, Any]]:
    """One dict a frame, each made by itself: how it is usually done."""
    found: list[dict[str, Any]] = []
    for before, after in pairwise(track.keyframes):
        way = np.subtract(after.points, before.points) if before.type == "rectangle" else None
        base: dict[str, Any] = {
            "type": before.type,
            "occluded": before.occluded,
            "outside": before.outside,
            "attributes": {},
        }
        for frame in range(before.frame, after.frame):
            share = (frame - before.frame) / (after.frame - before.frame)
            if way is not None:
                points = (before.points + way * share).tolist()
            else:
                points = _curve_between(before.points, after.points, share)
            found.append(base | {"frame": frame, "points": points, "attributes": dict(before.attributes)})
    return found


def _curve_between(before: Sequence[float], after: Sequence[float], share: float) -> list[float]:
    left, right = _corners(before), _corners(after)
    left_at, right_at = _offsets(left), _offsets(right)
    points: list[float] = []
    for (x, y), at in zip(left, left_at, strict=True):
        nearest = min(range(len(right)), key=lambda index: abs(right_at[index] - at))
        points += (x + (right[nearest][0] - x) * share, y + (right[nearest][1] - y) * share)
    return points[:-2]


def _corners(points: Sequence[float]) -> list[tuple[float, float]]:
    corners = list(zip(points[::2], points[1::2], strict=True))
    return [*corners, corners[0]]


def _offsets(corners: Sequence[tuple[float, float]]) -> list[float]:
    offsets = [0.0]
    for one, other in pairwise(corners):
        offsets.append(offsets[-1] + math.dist(one, other))
    return [offset / offsets[-1] for offset in offsets]


def _boxes(count: int) -> list[Track]:
    dice = random.Random(1)
    tracks = []
    for number in range(1, count + 1):
        x, y = dice.uniform(0, 1800), dice.uniform(0, 1000)
        keyframes = []
        for frame in range(0, FRAMES, EVERY):
            x, y = x + dice.uniform(-9, 9), y + dice.uniform(-9, 9)
            keyframes.append(Keyframe(frame=frame, track=number, type="rectangle", points=(x, y, x + 50, y + 40)))
        tracks.append(Track(id=number, label="car", keyframes=tuple(keyframes)))
    return tracks


def _polygons(count: int, *, number: int = 1, corners: int = 20) -> list[Track]:
    dice = random.Random(2)
    tracks = []
    for track in range(number, number + count):
        keyframes = []
        for frame in range(0, FRAMES, EVERY):
            cx, cy = dice.uniform(200, 1000), dice.uniform(200, 1000)
            points: list[float] = []
            for corner in range(corners):
                angle, radius = 2 * math.pi * corner / corners, dice.uniform(50, 100)
                points += (cx + radius * math.cos(angle), cy + radius * math.sin(angle))
            keyframes.append(Keyframe(frame=frame, track=track, type="polygon", points=tuple(points)))
        tracks.append(Track(id=track, label="car", keyframes=tuple(keyframes)))
    return tracks


def _best(action: Callable[[], object], *, rounds: int = 7) -> float:
    """The least time of several runs, in seconds: what disturbs a run only ever makes it longer."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)
