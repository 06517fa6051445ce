"""`cvat task add-frames`."""

from pathlib import Path

import pytest

from cvatcore import Workspace
from kit.command import cvat, take_back
from kit.pictures import write_picture


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number in range(3):
        write_picture(tmp_path / "photos" / f"{number}.png")
    with Workspace.init(tmp_path / "w") as workspace:
        workspace.create_task("street", labels=["car"], data=[tmp_path / "photos"], segment_size=2)
    return tmp_path / "w"


def names(root: Path) -> list[str]:
    with Workspace(root) as workspace:
        return [image.path for image in workspace.tasks["street"].manifest.images]


def test_frames_are_added_told_and_taken_back(root: Path) -> None:
    for number in (10, 9, 11):
        write_picture(root.parent / "photos" / f"{number}.png")
    done = cvat("task", "add-frames", "street", root.parent / "photos", "--sorting", "natural", workspace=root)
    said, undo = done.out.splitlines()
    assert said == "task 1 (street): frames 3–5 added, job 2 longer, job 3 new, 3 were there already."
    assert names(root) == ["0.png", "1.png", "2.png", "9.png", "10.png", "11.png"]
    again = cvat("task", "add-frames", "1", root.parent / "photos", workspace=root)
    assert again.out == "task 1 (street): nothing to add; all 6 are there already.\n"
    take_back(undo)
    assert names(root) == ["0.png", "1.png", "2.png"]


def test_json(root: Path) -> None:
    write_picture(root.parent / "more" / "x.png")
    done = cvat("task", "add-frames", "1", root.parent / "more", "--copy", "--json", workspace=root)
    row = done.json
    assert "undo --operation" in row.pop("undo")
    assert row == {
        "task_id": 1,
        "task_name": "street",
        "first_frame": 3,
        "frames": 1,
        "known": 0,
        "grown_jobs": [2],
        "new_jobs": [],
        "size": 4,
    }
    assert (root / "media" / "more" / "x.png").is_file()


def test_nothing_is_added_of_what_cannot_be_used(root: Path) -> None:
    write_picture(root.parent / "more" / "x.png")
    (root.parent / "more" / "y.jpg").write_bytes(b"\xff\xd8\xff")
    done = cvat("task", "add-frames", "1", root.parent / "more", workspace=root)
    assert (done.code, len(names(root))) == (2, 3)
    assert "y.jpg" in done.err
