"""`cvat task stitch`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.jobs import LEAST
from cvatcore.schema import Keyframe, Shape, Track
from cvattui.cli import stitch
from kit.annotated import LABELS, box, git, put
from kit.command import cvat, take_back
from kit.tasks import make_task, new_workspace, numbered_pictures


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two jobs, of frames 0 to 9 and 8 to 19: a car goes from one to the other, and both have one mask."""
    with new_workspace(tmp_path / "w") as workspace:
        task = make_task(workspace, numbered_pictures(18), labels=LABELS, segment_size=10, overlap=2)
        car = Track(
            id=0,
            label="car",
            keyframes=tuple(
                Keyframe(frame=frame, track=0, type="rectangle", points=(x, 0.0, x + 10, 10.0))
                for frame, x in ((0, 0.0), (15, 300.0))
            ),
        )
        task.write([Shape(frame=8, id=0, type="mask", label="person", points=(0.0, 4.0, 0.0, 0.0, 1.0, 1.0))], [car])
    return tmp_path / "w"


def test_the_preview_tells_each_pair(root: Path) -> None:
    head = git(root, "rev-parse", "HEAD")
    done = cvat("task", "stitch", "street", "--dry-run", workspace=root)
    assert done.code == 0, done.err
    with Workspace(root) as workspace:
        parts = [job.annotations for job in workspace.tasks[1].jobs]
    masks = [shape.id for part in parts for shape in part.shapes]
    cars = [track.id for part in parts for track in part.tracks]
    assert done.out.splitlines() == [
        "task 1, street: 2 pairs of tracks and 1 pair of shapes and tags would become one object each.",
        "JOBS  FRAMES  KIND             LABEL   FRAME  OBJECTS    SIMILARITY  BECAUSE",
        f"1 2   8–9     mask             person      8  {masks[0]} {masks[1]}  1.00        alike",
        f"1 2   8–9     rectangle track  car         8  {cars[0]} {cars[1]}  1.00        straight",
        f"2 3   16–17   rectangle track  car        16  {cars[1]} {cars[2]}  1.00        straight",
    ]
    assert git(root, "rev-parse", "HEAD") == head


def test_done_and_undone_the_workspace_is_identical(root: Path) -> None:
    before = git(root, "rev-parse", "HEAD^{tree}")
    done = cvat("task", "stitch", "1", workspace=root)
    assert done.code == 0, done.err
    assert done.err.startswith("Stitched task 1, street: 2 pairs of tracks and 1 pair of shapes and tags.")
    with Workspace(root) as workspace:
        objects = workspace.tasks[1].annotations
        assert (len(objects.shapes), len(objects.tracks)) == (1, 1)
    take_back(done.out)
    assert git(root, "rev-parse", "HEAD^{tree}") == before
    with Workspace(root) as workspace:
        assert len(workspace.tasks[1].annotations.tracks) > 1


def test_json(root: Path) -> None:
    preview = cvat("task", "stitch", "1", "--dry-run", "--json", workspace=root).json
    assert (preview["task_id"], preview["task_name"], preview["commit"], preview["undo"]) == (1, "street", "", "")
    (border, _) = preview["borders"]
    assert (border["earlier"], border["later"], border["start"], border["stop"]) == (1, 2, 8, 9)
    (pair, *_) = [pair for pair in border["pairs"] if pair["kind"] == "shape"]
    assert pair == {
        "kind": "shape",
        "type": "mask",
        "label": "person",
        "frame": 8,
        "earlier": pair["earlier"],
        "later": pair["later"],
        "similarity": 1.0,
        "how": "alike",
    }
    done = cvat("task", "stitch", "1", "--json", workspace=root).json
    assert done["borders"] == preview["borders"]
    assert done["commit"] == git(root, "rev-parse", "HEAD").strip()
    assert done["undo"].startswith(f'cvat -C "{root}" undo --operation ')


def test_nothing_to_do(root: Path, tmp_path: Path) -> None:
    cvat("task", "stitch", "1", workspace=root)
    head = git(root, "rev-parse", "HEAD")
    again = cvat("task", "stitch", "1", workspace=root)
    assert (again.code, again.out, again.err) == (0, "", "There is nothing to stitch in task 1, street.\n")
    assert cvat("task", "stitch", "1", "--json", workspace=root).json["commit"] == ""
    assert git(root, "rev-parse", "HEAD") == head
    with new_workspace(tmp_path / "v") as workspace:
        make_task(workspace, numbered_pictures(3), labels=LABELS)
    alone = cvat("task", "stitch", "1", workspace=tmp_path / "v")
    assert alone.err == "There is nothing to stitch: task 1, street has no jobs beside each other.\n"


def test_how_alike_they_have_to_be(root: Path) -> None:
    with Workspace(root) as workspace:
        first, second, _ = workspace.tasks[1].jobs
        put(first, box(1, 9))
        put(second, box(2, 9, at=3.0))
    args = ("task", "stitch", "1", "--dry-run")
    assert "  1 2  " in cvat(*args, workspace=root).out
    assert "  1 2  " not in cvat(*args, "--min-similarity", "0.9", workspace=root).out
    wrong = cvat(*args, "--min-similarity", "2", workspace=root)
    assert (wrong.code, wrong.out) == (2, "")
    assert cvat("task", "stitch", "nothing", workspace=root).code == 4
    assert stitch.LEAST == LEAST
