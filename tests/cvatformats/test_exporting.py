import errno
from pathlib import Path
from typing import Any

import pytest

from cvatcore import Shape, TaskView
from cvatcore.errors import InvalidInput, NotFound, StorageFailed
from cvatformats import export_task, report_lines
from cvatformats.archive_writer import write_archive
from kit.tasks import fill, labels, make_task, new_workspace, numbered_pictures


@pytest.fixture
def task(tmp_path: Path) -> Any:
    with new_workspace(tmp_path / "w") as workspace:
        yield make_task(workspace, numbered_pictures(3), labels=labels("car"))


def test_places_that_cannot_be(task: TaskView, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is a folder"):
        export_task(task, "coco", tmp_path)
    with pytest.raises(InvalidInput, match="no folder"):
        export_task(task, "coco", tmp_path / "no" / "out.zip")
    with pytest.raises(InvalidInput, match="zip archive"):
        export_task(task, "coco", tmp_path / "out.json")
    with pytest.raises(InvalidInput, match="imported only"):
        export_task(task, "CVAT 1.1", tmp_path / "out.zip")
    with pytest.raises(NotFound, match="YOLO"):
        export_task(task, "YOLO", tmp_path / "out.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


def test_progress_counts_frames(task: TaskView, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export_task(task, "coco", tmp_path / "out.zip", progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_the_report_for_a_person(task: TaskView, tmp_path: Path) -> None:
    fill(
        task,
        shapes=[
            Shape(frame=0, id=1, type="rectangle", label="car", points=(0, 0, 1, 1), group=1),
            Shape(frame=0, id=2, type="points", label="car", points=(0, 0)),
            Shape(frame=0, id=3, type="tag", label="car"),
            Shape(frame=0, id=4, type="tag", label="car"),
        ],
    )
    report = export_task(task, "coco", tmp_path / "out.zip")
    assert report_lines(report) == [
        f"4 objects read, 1 written to {tmp_path / 'out.zip'} (COCO 1.0).",
        "3 frames, 1 annotation.",
        "Not carried:",
        "  1 point set: COCO 1.0 does not hold them",
        "  2 tags: COCO 1.0 does not hold them",
        "  1 group: COCO 1.0 does not hold them",
    ]


def test_names_that_lead_out_of_the_archive_are_not_written(tmp_path: Path) -> None:
    for name in ("../x.jpg", "a/../../x.jpg", "/x.jpg"):
        with pytest.raises(InvalidInput, match="leads out"), write_archive(tmp_path / "out.zip") as archive:
            archive.picture(f"images/{name}" if name.startswith(".") else name, b"")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    def write() -> None:
        with write_archive(tmp_path / "out.zip") as archive, archive.text("a.json") as member:
            member.write(b"{}")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageFailed, match="full"):
        write()
    assert list(tmp_path.iterdir()) == []
