"""A sync with nothing to do, against what a person would type instead."""

import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import cvatsync
from kit.team import draw, shared_workspace

pytestmark = pytest.mark.bench

ROUNDS = 15


def median(work: Callable[[], object]) -> float:
    """Median of the seconds that some work takes."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def test_a_sync_with_nothing_to_do(benchmark: object, tmp_path: Path) -> None:
    workspace, _ = shared_workspace(tmp_path)
    for number in range(20):
        draw(workspace, job=number % 3, frame=number)
    cvatsync.sync(workspace.root)

    def git() -> None:
        for command in ("fetch", "push"):
            subprocess.run(["git", command, "-q"], cwd=workspace.root, check=True, capture_output=True)

    ours, theirs = median(lambda: cvatsync.sync(workspace.root)), median(git)
    print(f"\nsync, nothing to do: {ours * 1000:.1f} ms; git fetch && git push: {theirs * 1000:.1f} ms; ", end="")
    print(f"ratio {ours / theirs:.2f}")
