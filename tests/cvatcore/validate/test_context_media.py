"""Context images that are gone are told, once each."""

from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.validate import validate
from kit.pictures import LFS_POINTER, picture_bytes, write_archive, write_picture, write_video

NAMES = ("1.png", "2.png", "related_images/1_png/a.jpg", "related_images/1_png/b.jpg", "related_images/2_png/c.jpg")


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_missing_context_images(tmp_path: Path, kind: str) -> None:
    if kind == "folder":
        for name in NAMES:
            write_picture(tmp_path / "photos" / name)
        data = tmp_path / "photos"
    else:
        data = write_archive(tmp_path / "photos.zip", {name: picture_bytes() for name in NAMES})
    with Workspace.init(tmp_path / "ws") as workspace:
        workspace.create_task("street", labels=["car"], data=[data])
        assert list(validate(workspace)) == []
        if kind == "folder":
            (data / NAMES[3]).unlink()
            (data / NAMES[4]).write_bytes(LFS_POINTER)
        else:
            write_archive(data, {name: picture_bytes() for name in NAMES[:3]})
        findings = list(validate(workspace))
        assert [(finding.rule, finding.frame, finding.line) for finding in findings] == [
            ("missing-media", 0, 3),
            ("missing-media", 1, 4),
        ]
        assert [name in finding.message for name, finding in zip(NAMES[3:], findings, strict=True)] == [True, True]


def test_a_missing_archive_is_said_of_its_frames_only(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "photos.zip", {name: picture_bytes() for name in NAMES})
    with Workspace.init(tmp_path / "ws") as workspace:
        workspace.create_task("street", labels=["car"], data=[archive])
        archive.unlink()
        assert [finding.frame for finding in validate(workspace)] == [0, 1]


def test_videos_have_none(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", 5)
    with Workspace.init(tmp_path / "ws") as workspace:
        workspace.create_task("film", labels=["car"], data=[tmp_path / "a.mp4"])
        assert list(validate(workspace)) == []
