"""How much room the history takes after thousands of saves and a clean-up, against the files themselves."""

import random
import subprocess
import time
from pathlib import Path

import pytest

from cvatcore import ChangeSet
from cvatcore.workspace.upkeep.cleaning import clean
from cvatsync.upkeep import packing
from kit.annotated import annotated, assert_sound, box

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

SAVES = 10_000
LONGEST_SECONDS = 240.0
"""A slow machine does fewer, and says how many."""


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_size_after_10_000_saves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "_TOUCHED_SECONDS", 0.0)
    chance, folder = random.Random(1), tmp_path
    with annotated(folder) as workspace:
        job, first = workspace.job(1), workspace.store.ids.take("object", SAVES)
        end = time.monotonic() + LONGEST_SECONDS
        saves = 0
        while saves < SAVES and time.monotonic() < end:
            at = round(chance.random() * 80, 2)
            job.apply(ChangeSet(shapes=(box(first + saves, chance.randrange(100), at=at),)))
            saves += 1
        before = size_of(folder / ".git")
        start = time.perf_counter()
        done = clean(workspace)
        seconds = time.perf_counter() - start
    files, ours = size_of(folder / "tasks"), size_of(folder / ".git/objects")
    assert_sound(folder)
    subprocess.run(["git", "gc", "-q", "--aggressive", "--prune=now"], cwd=folder, check=True)
    gits = size_of(folder / ".git/objects")
    print(
        f"\n{saves} saves of one box each: {before / 1e6:.1f} MB, after a clean-up of {seconds:.1f} s "
        f"{ours / 1e6:.2f} MB; the files {files / 1e6:.2f} MB; ratio {ours / files:.2f}; "
        f"{done.dropped_saves} saves dropped; git gc --aggressive makes it {gits / 1e6:.2f} MB"
    )
