import errno
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cvatcore import Shape, TaskView
from cvatcore.errors import InvalidInput, MissingMedia, NotFound, StorageFailed
from cvatformats import export_task, load_formats, report_lines
from cvatformats.archive_writer import write_archive
from kit.pictures import LFS_POINTER, write_picture
from kit.tasks import fill, labels, make_task, new_workspace, numbered_pictures, pictures


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


def test_point_clouds_are_not_written_as_pictures(tmp_path: Path) -> None:
    with new_workspace(tmp_path / "w") as workspace:
        task = make_task(workspace, pictures("a.pcd", "b.bin"), labels=labels("car"))
        for known in load_formats():
            if known.can_export:
                with pytest.raises(InvalidInput, match=r"'street' is of point clouds, and .* a format for pictures"):
                    export_task(task, known.title, tmp_path / "out.zip")
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


@pytest.fixture
def pictured(tmp_path: Path) -> Any:
    """A task of four pictures, the first of which is gone and the second only a pointer of Git LFS."""
    for number in range(4):
        write_picture(tmp_path / f"photos/{number}.png")
    with new_workspace(tmp_path / "w") as workspace:
        task = workspace.create_task("street", labels=["car"], data=[tmp_path / "photos"])
        (tmp_path / "photos/0.png").unlink()
        (tmp_path / "photos/1.png").write_bytes(LFS_POINTER)
        yield task


@pytest.mark.parametrize("format", ["COCO 1.0", "CVAT for images 1.1"])
def test_missing_pictures_are_named_and_never_made_up(pictured: TaskView, tmp_path: Path, format: str) -> None:
    out = tmp_path / "out.zip"
    with pytest.raises(MissingMedia, match=r"2 of 4 frames are not on this machine: 0\.png, 1\.png\.") as caught:
        export_task(pictured, format, out, save_images=True)
    assert "--skip-missing" in caught.value.hint
    assert not out.exists()
    report = export_task(pictured, format, out, save_images=True, skip_missing=True)
    assert (report.images, len(report.images_missing)) == (2, 2)
    with zipfile.ZipFile(out) as archive:
        assert sorted(Path(name).name for name in archive.namelist() if name.endswith(".png")) == ["2.png", "3.png"]
    (line,) = [line for line in report_lines(report) if "left out" in line]
    assert "0.png" in line
    assert "1.png" in line
    assert export_task(pictured, format, out).images_missing == (), "without pictures nothing is missing"


def test_pictures_of_deleted_frames_may_be_gone(pictured: TaskView, tmp_path: Path) -> None:
    pictured.delete_frames([0, 1])
    assert export_task(pictured, "coco", tmp_path / "out.zip", save_images=True).images == 2
