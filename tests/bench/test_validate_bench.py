"""Validating 100,000 boxes, against reading them."""

import time
from pathlib import Path

import pytest

from cvatcore import Shape
from cvatcore.validate import validate
from kit.tasks import fill, labels, make_task, new_workspace, numbered_pictures

pytestmark = pytest.mark.bench

BOXES = 100_000
FRAMES = 5_000


def test_a_hundred_thousand_boxes(benchmark: object, tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "ws")
    (workspace.root / "cvat.toml").write_bytes(
        (workspace.root / "cvat.toml").read_bytes() + b'[validate]\nignore = ["missing-media", "changed-media"]\n'
    )
    task = make_task(workspace, numbered_pictures(FRAMES), labels=labels("car"))
    boxes = [
        Shape(frame=n % FRAMES, id=n + 1, type="rectangle", label="car", points=(1.5, 2.5, 30.25, 40.75))
        for n in range(BOXES)
    ]
    fill(task, shapes=boxes)
    start = time.perf_counter()
    shapes = sum(path.read_bytes().count(b"\n") for path in (workspace.root / "tasks/1/annotations").rglob("*.jsonl"))
    read = time.perf_counter() - start
    assert shapes == BOXES
    start = time.perf_counter()
    assert validate(workspace) == []
    taken = time.perf_counter() - start
    print(f"\nvalidate {BOXES} boxes: {taken:.2f} s; reading the files: {read:.3f} s; ratio {taken / read:.0f}")
