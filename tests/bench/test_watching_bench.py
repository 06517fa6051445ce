"""Watched folders against adding the same pictures at once. Prints ratios; run with `nox -s bench`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kit import samples

pytestmark = pytest.mark.bench

DROP = '''
import os, sys, threading, time
from pathlib import Path
from cvatcore import Workspace
from cvatcore.workspace.watching import Watching, watch_folder

place, count = Path(sys.argv[1]), int(sys.argv[2])
seeds = sorted((place / "seeds").iterdir())


def drop(folder):
    for number in range(count):
        seed = seeds[number % len(seeds)]
        os.link(seed, folder / f"{number:06}{seed.suffix}")


def peak():
    """In MiB; of Linux."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))


with Workspace.init(place / "w") as workspace:
    whole = workspace.create_task("whole", labels=["x"], data=None)
    watched = workspace.create_task("watched", labels=["x"], data=None)
    (place / "first").mkdir()
    (place / "second").mkdir()
    watch_folder(watched, place / "second")
    drop(place / "first")
    began = time.perf_counter()
    whole.add_frames([place / "first"])
    at_once = time.perf_counter() - began
    before = peak()
    begun = threading.Event()
    watching = Watching(workspace, looked=lambda states: begun.set())
    thread = threading.Thread(target=watching.run)
    thread.start()
    begun.wait()
    began = time.perf_counter()
    drop(place / "second")
    dropped = time.perf_counter() - began
    while watched.size < count:
        time.sleep(0.01)
    took = time.perf_counter() - began
    grown = peak() - before
    began = time.perf_counter()
    watching.look()
    idle = time.perf_counter() - began
    watching.stop()
    thread.join()
    commits = sum("Add frames" in entry.subject and "watched" in entry.subject for entry in workspace.past.log())
print(at_once, dropped, took, idle, grown, commits)
'''
"""Both in a process of its own, whose memory nobody else has."""


@pytest.mark.parametrize("count", [5_000, 10_000, 20_000])
def test_photos_dropped_into_a_watched_folder(tmp_path: Path, count: int) -> None:
    (tmp_path / "seeds").mkdir()
    for number, name in enumerate(("rocket.jpg", "coffee.png", "chelsea.png", "camera.png")):
        # As photos are: written long before they are dropped.
        seed = tmp_path / "seeds" / f"{number}{Path(name).suffix}"
        seed.write_bytes(samples.photo(name).read_bytes())
        os.utime(seed, (1_700_000_000, 1_700_000_000))
    done = subprocess.run(
        [sys.executable, "-c", DROP, str(tmp_path), str(count)], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    at_once, dropped, took, idle, grown, commits = map(float, done.stdout.split())
    print(
        f"\n{count:,} photos dropped within {dropped:.1f} s are frames after {took:.1f} s, in {commits:.0f} commits: "
        f"{took / at_once:.2f} × adding them at once ({at_once:.1f} s); {grown:.0f} MiB more than that; "
        f"a look when nothing is new takes {idle * 1000:.0f} ms"
    )
