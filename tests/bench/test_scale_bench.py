"""What one edit, one opening and one reading cost in workspaces of 10,000, 100,000 and 1,000,000 boxes."""

import gc
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pygit2
import pytest

from cvatcore import ChangeSet, Workspace
from cvatcore.store.layout import shard_path
from kit.annotated import box, git
from kit.large import BOXES, large_workspace, object_number

pytestmark = pytest.mark.bench

ROUNDS = 200
SIZES = {"10_000_boxes": 10, "100_000_boxes": 100, "1_000_000_boxes": 1000}
"""By name, how many tasks of 1,000 boxes."""


@pytest.fixture(scope="module", params=list(SIZES.values()), ids=list(SIZES))
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, int]]:
    """The workspace, made once, and how many tasks it has."""
    workspace = large_workspace(tmp_path_factory.mktemp("large") / "workspace", tasks=request.param)
    # What making it left to write, and to look through, is none of the cost of what is measured.
    os.sync()
    gc.collect()
    gc.freeze()
    with workspace:
        yield workspace, request.param
    gc.unfreeze()


def milliseconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def test_one_edit(large: tuple[Workspace, int], tmp_path: Path) -> None:
    """Edits anywhere in the workspace and the least that is durable take turns, so that a busy machine slows both."""
    workspace, tasks = large
    yardstick = pygit2.init_repository(str(tmp_path / "yardstick"))
    chance = random.Random(1)
    some_shard = workspace.store.read(shard_path(1, 1, 0)) or b""

    def least() -> None:
        yardstick.create_blob(some_shard + str(chance.random()).encode())
        with open(tmp_path / "file", "wb") as file:
            file.write(some_shard)
            file.flush()
            os.fsync(file.fileno())

    saves: list[float] = []
    again: list[float] = []
    leasts: list[float] = []
    for _ in range(ROUNDS):
        task, frame = chance.randrange(tasks) + 1, chance.randrange(BOXES)
        job = workspace.job(task)
        job.annotations  # noqa: B018  who edits has read it
        leasts.append(milliseconds(least))
        for times in (saves, again):
            change = ChangeSet(shapes=(box(object_number(task, frame), frame, at=chance.random()),))
            times.append(milliseconds(partial(job.apply, change)))
    assert git(workspace.root, "status", "--porcelain") == ""
    base = statistics.median(leasts)
    for name, times in (("one edit", saves), ("one more in the same job", again)):
        p50, p99 = statistics.median(times), percentile(times, 0.99)
        print(
            f"\n{name} among {tasks * BOXES} boxes: p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {max(times):.1f} ms",
            end="",
        )
        print(f"; one fsync and one blob: p50 {base:.1f} ms; ratio {p50 / base:.1f}", end="")


def read_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.read_bytes()


OPENS = """
import sys, time
import cvatcore
start = time.perf_counter()
from cvatcore import Workspace
with Workspace(sys.argv[1]) as workspace:
    opened = time.perf_counter()
    count = len(workspace.tasks)
    listed = time.perf_counter()
    job = workspace.job(count)
    found = time.perf_counter()
print(opened - start, listed - opened, found - listed)
"""


def test_opening(large: tuple[Workspace, int]) -> None:
    workspace, tasks = large
    command = [sys.executable, "-c", OPENS, str(workspace.root)]
    bare = [sys.executable, "-c", "import cvatcore"]
    seconds: list[list[float]] = []
    whole, least = [], []
    for _ in range(5):
        least.append(milliseconds(lambda: subprocess.run(bare, check=True)))
        start = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        whole.append((time.perf_counter() - start) * 1000)
        seconds.append([float(number) * 1000 for number in done.stdout.split()])
    opened, listed, found = (statistics.median(column) for column in zip(*seconds, strict=True))
    print(
        f"\na workspace of {tasks} tasks, {tasks * BOXES} boxes: opened in {opened:.0f} ms, all tasks listed in "
        f"{listed:.0f} ms, a job found in {found:.0f} ms; the whole process {statistics.median(whole):.0f} ms against "
        f"{statistics.median(least):.0f} ms for Python with the library; ratio {sum(whole) / sum(least):.2f}",
        end="",
    )


def test_reading_one_job_of_1000_boxes(large: tuple[Workspace, int]) -> None:
    root, tasks = large[0].root, large[1]
    chance = random.Random(2)
    cold, cached, bare = [], [], []
    for _ in range(30):
        with Workspace(root) as workspace:
            job = workspace.job(chance.randrange(tasks) + 1)
            folder = root / f"tasks/{job.id}/annotations/{job.id}"
            bare.append(milliseconds(partial(read_all, folder)))
            read = partial(getattr, job, "annotations")
            cold.append(milliseconds(read))
            cached.append(milliseconds(read))
    print(
        f"\nreading a job of {BOXES} boxes: cold {statistics.median(cold):.1f} ms, "
        f"cached {statistics.median(cached):.2f} ms; the bytes of its files alone {statistics.median(bare):.1f} ms; "
        f"ratio {statistics.median(cold) / statistics.median(bare):.1f}",
        end="",
    )
