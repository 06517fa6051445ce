"""Previewing and making changes of labels among 100,000 objects, against reading those objects once."""

import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cvatcore import Annotations, Shape, TaskView
from cvatcore.schema import Attribute, Label
from cvatcore.store import decode_shard
from kit.annotated import git
from kit.tasks import make_task, new_workspace, numbered_pictures

pytestmark = pytest.mark.bench

BOXES, A_FRAME, JOBS = 100_000, 20, 10
COLOR = Attribute(11, "color", "select", False, "red", ("red", "blue"))
LABELS = (
    Label(id=1, name="car", color="#112233", attributes=(COLOR,)),
    Label(id=2, name="van", color="#223344", attributes=(COLOR,)),
    Label(id=3, name="bus", color="#334455"),
)
PROGRAM = "from cvattui.cli import main; main()"


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> TaskView:
    """Ten jobs of 10,000 boxes each: cars, every other one with a colour."""
    workspace = new_workspace(tmp_path_factory.mktemp("labels") / "ws")
    frames = BOXES // A_FRAME
    made = make_task(workspace, numbered_pictures(frames), labels=LABELS, segment_size=frames // JOBS)
    objects: dict[int, Annotations] = {}
    for job in made.jobs:
        shapes = [
            Shape(
                frame=frame,
                id=2000 + frame * A_FRAME + nth,
                type="rectangle",
                label="car",
                points=(1.5, 2.25, 30.125, 40.0),
                attributes={"color": "blue"} if nth % 2 else {},
            )
            for frame in range(job.start, job.stop + 1)
            for nth in range(A_FRAME)
        ]
        objects[job.id] = Annotations(shapes=tuple(shapes))
    made.replace(objects)
    return made


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def cvat(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "-C", str(root), "label", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def read_all(root: Path) -> int:
    paths = [path for path in (root / "tasks/1/annotations").rglob("*.jsonl") if path.stem != "tracks"]
    return sum(len(decode_shard(path.read_bytes(), path=path.name).shapes) for path in paths)


@pytest.mark.parametrize(
    "arguments",
    [
        ("rename", "car", "vehicle"),
        ("merge", "car", "--into", "van"),
        ("merge", "car", "--into", "bus"),
        ("rm", "car"),
        ("attr", "rm", "car", "color"),
    ],
    ids=" ".join,
)
def test_a_preview(task: TaskView, arguments: tuple[str, ...]) -> None:
    """The whole program each time, its start included; the yardsticks take turns with it."""
    root = task.workspace.root
    previews, starts, reads = [], [], []
    for _ in range(5):
        starts.append(seconds(lambda: cvat(root, "ls")))
        previews.append(seconds(lambda: cvat(root, *arguments, "--dry-run")))
        reads.append(seconds(lambda: read_all(root)))
    took, start, read = (statistics.median(some) for some in (previews, starts, reads))
    assert "0000 objects" in cvat(root, *arguments, "--dry-run")
    print(f"\ncvat label {' '.join(arguments)} --dry-run, {BOXES} objects: {took:.2f} s")
    print(f"cvat label ls: {start:.2f} s; decoding the shards once: {read:.2f} s; ratio {took / (start + read):.2f}")


@pytest.mark.parametrize(
    "arguments", [("rename", "car", "vehicle"), ("merge", "car", "--into", "bus", "--yes")], ids=" ".join
)
def test_done_and_undone(task: TaskView, arguments: tuple[str, ...]) -> None:
    root = task.workspace.root
    before = {path: path.read_bytes() for path in root.rglob("*.json*") if ".cvat" not in path.parts}
    undo: list[str] = []
    did = seconds(lambda: undo.append(cvat(root, *arguments)))
    undid = seconds(lambda: subprocess.run(shlex.split(undo[0]), check=True, capture_output=True))
    assert {path: path.read_bytes() for path in root.rglob("*.json*") if ".cvat" not in path.parts} == before
    assert git(root, "status", "--porcelain") == ""
    read = seconds(lambda: read_all(root))
    print(f"\ncvat label {' '.join(arguments)}, {BOXES} objects: {did:.2f} s; git revert: {undid:.2f} s")
    print(f"decoding the shards once: {read:.2f} s; ratio {did / read:.1f}")
