"""`cvat diff` over 100,000 moved boxes, the whole command, against git's own text of the same two commits."""

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.store import Shard, encode_shard, plain_message
from cvatcore.store.layout import SHARD_FRAMES, shard_path
from kit.annotated import LABELS, box
from kit.tasks import make_task, new_workspace, numbered_pictures

BOXES, A_FRAME = 100_000, 20
ROUNDS = 3

pytestmark = [
    pytest.mark.bench,
    pytest.mark.timeout(600),
]  # Git alone takes long over 100,000 lines that differ a little.


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def run(folder: Path, *command: str) -> int:
    """The length of what a command writes."""
    done = subprocess.run(command, cwd=folder, capture_output=True, env=os.environ, check=True)
    return len(done.stdout)


def commit_boxes(workspace: Workspace, *, moved: set[int]) -> None:
    """All boxes, the moved ones somewhere else."""
    frames, chance = BOXES // A_FRAME, random.Random(1)
    files: dict[str, bytes | None] = {}
    for first in range(0, frames, SHARD_FRAMES):
        numbers = range(first * A_FRAME, min(first + SHARD_FRAMES, frames) * A_FRAME)
        shapes = tuple(
            box(1 + number, number // A_FRAME, at=5.0 + chance.randrange(1, 9) if number in moved else 5.0)
            for number in numbers
        )
        files[shard_path(1, 1, first)] = encode_shard(Shard(shapes=shapes))
    workspace.store.commit(files, message=plain_message("boxes"), author=workspace.author)


@pytest.mark.parametrize("changed", [10, 1_000, 100_000])
def test_diff_of_boxes_among_100_000(tmp_path: Path, changed: int) -> None:
    root = tmp_path / "workspace"
    with new_workspace(root) as workspace:
        make_task(workspace, numbered_pictures(BOXES // A_FRAME), labels=LABELS)
        commit_boxes(workspace, moved=set())
        commit_boxes(workspace, moved=set(random.Random(2).sample(range(BOXES), changed)))
    cvat = (sys.executable, "-c", "from cvattui.cli import main; main()", "diff", "HEAD~1..HEAD")
    commands = {
        "cvat diff": cvat,
        "cvat diff --stat": (*cvat, "--stat"),
        "cvat diff --json": (*cvat, "--json"),
        "git diff": ("git", "diff", "HEAD~1", "HEAD"),
        "git diff --stat": ("git", "diff", "--stat", "HEAD~1", "HEAD"),
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            taken[name].append(seconds(partial(run, root, *command)))
    base = statistics.median(taken["git diff"])
    print(f"\n{changed:,} of {BOXES:,} boxes moved")
    for name, times in taken.items():
        print(f"{name}: {statistics.median(times):.2f} s, {statistics.median(times) / base:.1f} of git diff")
