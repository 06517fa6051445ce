"""One saved edit in a job of 100,000 boxes, against the least that any durable save can do."""

import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from cvatcore import ChangeSet
from cvatcore.store import Shard, encode_shard, plain_message
from cvatcore.store.layout import SHARD_FRAMES, shard_path
from kit.annotated import LABELS, assert_sound, box
from kit.tasks import make_task, new_workspace, numbered_pictures

BOXES, A_FRAME = 100_000, 20
ROUNDS = 200

pytestmark = pytest.mark.bench


def milliseconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def test_one_edit_among_100_000(tmp_path: Path, benchmark: Callable[..., object]) -> None:
    """Saves and the yardstick take turns, so that a busy machine slows both."""
    with new_workspace(tmp_path / "workspace") as workspace:
        frames = BOXES // A_FRAME
        task = make_task(workspace, numbered_pictures(frames), labels=LABELS)
        files: dict[str, bytes | None] = {}
        for first in range(0, frames, SHARD_FRAMES):
            run = range(first, min(first + SHARD_FRAMES, frames))
            shapes = tuple(box(1 + frame * A_FRAME + nth, frame) for frame in run for nth in range(A_FRAME))
            files[shard_path(task.id, 1, first)] = encode_shard(Shard(shapes=shapes))
        workspace.store.commit(files, message=plain_message("boxes"), author=workspace.author)
        job = workspace.job(1)
        assert len(job.annotations.shapes) == BOXES

        yardstick = pygit2.init_repository(str(tmp_path / "yardstick"))
        some_shard = files[shard_path(task.id, 1, 0)]
        assert some_shard is not None
        chance = random.Random(1)
        number = 0

        def save() -> None:
            nonlocal number
            number = chance.randrange(BOXES)
            job.apply(ChangeSet(shapes=(box(1 + number, number // A_FRAME, at=chance.random()),)))

        def least() -> None:
            yardstick.create_blob(some_shard + str(chance.random()).encode())
            with open(tmp_path / "file", "wb") as file:
                file.write(some_shard)
                file.flush()
                os.fsync(file.fileno())

        saves, leasts = [], []
        for _ in range(ROUNDS):
            leasts.append(milliseconds(least))
            saves.append(milliseconds(save))
        benchmark(save)
        assert len(job.annotations.shapes) == BOXES
        assert_sound(tmp_path / "workspace")
    p50, base = statistics.median(saves), statistics.median(leasts)
    p95 = statistics.quantiles(saves, n=20)[-1]
    print(f"\none edit among {BOXES} boxes: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    print(f"one fsync and one blob: p50 {base:.1f} ms; ratio {p50 / base:.1f}")
