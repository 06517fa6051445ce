"""The merge driver, which git starts once a file, against a Python that does nothing."""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cvatcore.store import Shard, encode_shard
from kit.annotated import box

ROUNDS = 30
BOXES = 640
"""20 on each of the 32 frames of a shard."""
SHARD = "tasks/1/annotations/1/0.jsonl"

pytestmark = pytest.mark.bench


def milliseconds(arguments: list[str], folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - start) * 1000


def test_merging_one_shard_of_640_boxes(tmp_path: Path, benchmark: Callable[..., object]) -> None:
    """Whole processes take turns, so that a busy machine slows all."""
    (tmp_path / "cvat.toml").write_text('format = 1\nname = "bench"\n', encoding="utf-8")
    for name, moved in (("O", 0), ("ours", 1), ("B", 2)):
        shapes = (box(n, (n - 1) // 20, at=0.5 if n == moved else 0.0) for n in range(1, BOXES + 1))
        (tmp_path / name).write_bytes(encode_shard(Shard(shapes=tuple(shapes))))

    def merge() -> float:
        shutil.copy(tmp_path / "ours", tmp_path / "A")
        return milliseconds(["-P", "-m", "cvatsync.driver", "merge", "O", "A", "B", SHARD], tmp_path)

    merges, shows, nothing = [], [], []
    for _ in range(ROUNDS):
        nothing.append(milliseconds(["-c", "pass"], tmp_path))
        merges.append(merge())
        shows.append(milliseconds(["-P", "-m", "cvatsync.driver", "textconv", "O"], tmp_path))
    benchmark(merge)
    assert (tmp_path / "A").read_bytes() not in ((tmp_path / "ours").read_bytes(), (tmp_path / "B").read_bytes())
    base = statistics.median(nothing)
    print(f"\npython -c pass: {base:.0f} ms")
    for name, times in (("merge of a shard", merges), ("textconv", shows)):
        middle = statistics.median(times)
        print(f"{name}: p50 {middle:.0f} ms, least {min(times):.0f} ms; ratio {middle / base:.1f}")
