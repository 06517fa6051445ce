"""The jobs of a task of 100,000 boxes as one, against the least that it takes to have them: decoding their text."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cvatcore.edit.numbering import ids_above, number_all
from cvatcore.jobs import cut, merge, stitch, with_own_ids
from cvatcore.schema import Annotations, Job, Keyframe, Shape, Track, cut_segments
from cvatcore.store import Shard, encode_shard
from cvatcore.store.layout import SHARD_FRAMES
from cvatcore.store.shards import decode_shard

pytestmark = pytest.mark.bench

BOXES, TRACKS, FRAMES, JOBS = 100_000, 1_000, 5_000, 10
ROUNDS = 5


@pytest.mark.parametrize("overlap", [0, 5, 200])
def test_merging_against_decoding(benchmark: Any, capsys: pytest.CaptureFixture[str], overlap: int) -> None:
    jobs = _jobs(Annotations(shapes=tuple(_boxes())), overlap=overlap)
    texts = [encode_shard(shard) for _, objects in jobs for shard in _shards(objects)]
    decoding = _best(lambda: [decode_shard(text, path="") for text in texts])
    merging = _best(lambda: merge(jobs, overlap=overlap))
    merged = benchmark.pedantic(lambda: merge(jobs, overlap=overlap), rounds=1)
    stitching = _best(lambda: stitch(jobs), rounds=1)
    assert len(merged.annotations.shapes) == BOXES
    total = sum(len(objects.shapes) for _, objects in jobs)
    with capsys.disabled():
        print(
            f"\n{total} boxes of {len(jobs)} jobs, overlap {overlap}: merged in {merging:.3f} s, decoded in"
            f" {decoding:.3f} s, {decoding / merging:.1f} times as fast; stitched in {stitching:.2f} s"
        )


@pytest.mark.parametrize("overlap", [0, 5])
def test_tracks(capsys: pytest.CaptureFixture[str], overlap: int) -> None:
    whole = Annotations(tracks=tuple(_tracks()))
    segments = _segments(overlap)
    cutting = _best(lambda: cut(whole, segments))
    jobs = _jobs(whole, overlap=overlap)
    merging = _best(lambda: merge(jobs, overlap=overlap))
    stitching = _best(lambda: stitch(jobs), rounds=2)
    found = len(stitch(jobs).pairs)
    with capsys.disabled():
        print(
            f"\n{TRACKS} tracks of 100 keyframes over {len(segments)} jobs, overlap {overlap}:"
            f" cut in {cutting:.2f} s, merged in {merging:.2f} s, {found} pairs stitched in {stitching:.2f} s"
        )


def _segments(overlap: int) -> list[tuple[int, int]]:
    return cut_segments(FRAMES, segment_size=FRAMES // JOBS + overlap, overlap=overlap)


def _jobs(whole: Annotations, *, overlap: int) -> list[tuple[Job, Annotations]]:
    segments = _segments(overlap)
    parts = with_own_ids(cut(whole, segments), ids_above(whole))
    return [
        (Job(id=number, start=start, stop=stop), part)
        for number, ((start, stop), part) in enumerate(zip(segments, parts, strict=True), start=1)
    ]


def _shards(objects: Annotations) -> Iterator[Shard]:
    runs: dict[int, list[Shape]] = {}
    for shape in objects.shapes:
        runs.setdefault(shape.frame // SHARD_FRAMES, []).append(shape)
    yield from (Shard(shapes=tuple(shapes)) for shapes in runs.values())


def _boxes() -> Iterator[Shape]:
    numbers = random.Random(7)
    for index in range(BOXES):
        x, y = numbers.uniform(0, 1500), numbers.uniform(0, 800)
        corners = (x, y, x + numbers.uniform(5, 400), y + numbers.uniform(5, 200))
        yield Shape(
            frame=index * FRAMES // BOXES,
            id=index + 1,
            type="rectangle",
            label=("car", "person")[index % 2],
            points=tuple(round(value, 2) for value in corners),
        )


def _tracks() -> Iterator[Track]:
    numbers = random.Random(7)
    made = []
    for _ in range(TRACKS):
        start, x, y = numbers.randrange(0, FRAMES - 1000), numbers.uniform(0, 1500), numbers.uniform(0, 900)
        keyframes = []
        for frame in range(start, start + 1000, 10):
            x, y = x + numbers.uniform(-20, 20), y + numbers.uniform(-20, 20)
            keyframes.append(Keyframe(frame=frame, track=0, type="rectangle", points=(x, y, x + 50, y + 50)))
        made.append(Track(id=0, label="car", frame=start, keyframes=tuple(keyframes)))
    yield from number_all(made, ids_above(Annotations()))


def _best(action: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """The least time of several runs, in seconds: what disturbs a run only ever makes it longer."""
    times: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return min(times)
