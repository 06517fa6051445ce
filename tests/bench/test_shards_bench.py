"""Decoding and encoding the text of 100,000 shapes in shards, against `json` on the same bytes."""

import gc
import json
import time
from collections.abc import Callable
from random import Random

import pytest

from cvatcore.schema import Element, Keyframe, Shape
from cvatcore.store import SHARD_FRAMES, Shard, decode_shard, encode_shard

pytestmark = pytest.mark.bench

SHAPES, A_FRAME = 100_000, 20
ROUNDS = 5


def realistic_shards() -> list[Shard]:
    """Boxes most of all, a third with attributes; polygons of 12 points, skeletons of 5 joints, keyframes of tracks."""
    chance = Random(1)

    def place() -> float:
        return round(chance.uniform(0, 1920), 2)

    def shape(number: int, frame: int) -> Shape:
        kind = chance.random()
        answers = {"colour": chance.choice(["red", "blue"]), "parked": "true"} if chance.random() < 0.33 else {}
        if kind < 0.8:
            box = (place(), place(), place(), place())
            return Shape(frame=frame, id=number, type="rectangle", label="car", points=box, attributes=answers)
        if kind < 0.97:
            outline = tuple(place() for _ in range(24))
            return Shape(frame=frame, id=number, type="polygon", label="road", points=outline, z_order=1)
        joints = tuple(
            Element(id=number * 10 + n, type="points", label=f"joint {n}", points=(place(), place())) for n in range(5)
        )
        return Shape(frame=frame, id=number, type="skeleton", label="body", elements=joints)

    shards: list[Shard] = []
    number = 0
    for first in range(0, SHAPES // A_FRAME, SHARD_FRAMES):
        shapes: list[Shape] = []
        for frame in range(first, min(first + SHARD_FRAMES, SHAPES // A_FRAME)):
            for _ in range(A_FRAME):
                number += 1
                shapes.append(shape(number, frame))
        # Every other shard has tracks too, a tenth as many lines as shapes: those are told apart.
        keys = tuple(
            Keyframe(frame=first + n % SHARD_FRAMES, track=10**7 + n, type="rectangle", points=(1.5, 2.5, 3.5, 4.5))
            for n in range(len(shapes) // 10 if first % (2 * SHARD_FRAMES) else 0)
        )
        shards.append(Shard(shapes=tuple(shapes), keyframes=keys).in_order())
    return shards


def best(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def test_a_hundred_thousand_shapes(benchmark: Callable[..., object]) -> None:
    shards = realistic_shards()
    texts = [encode_shard(shard) for shard in shards]
    lines = sum(text.count(b"\n") for text in texts)
    size = sum(map(len, texts)) / 1e6
    assert [decode_shard(text, path="x") for text in texts] == shards
    decode = best(lambda: [decode_shard(text, path="x") for text in texts])
    encode = best(lambda: [encode_shard(shard) for shard in shards])
    loaded = [[json.loads(line) for line in text.splitlines()] for text in texts]
    loads = best(lambda: [[json.loads(line) for line in text.splitlines()] for text in texts])
    dumps = best(lambda: [[json.dumps(line, separators=(",", ":")) for line in shard] for shard in loaded])
    benchmark(lambda: [decode_shard(text, path="x") for text in texts])
    print(f"\n{lines} lines, {size:.0f} MB: decode {decode:.3f} s, encode {encode:.3f} s")
    print(f"json.loads {loads:.3f} s, ratio {loads / decode:.1f}; json.dumps {dumps:.3f} s, ratio {dumps / encode:.1f}")
