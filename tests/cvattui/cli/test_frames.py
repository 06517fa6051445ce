"""`cvat task frames`."""

from pathlib import Path

import pytest

from cvatcore import Workspace
from kit.annotated import annotated, box, put
from kit.command import cvat


@pytest.fixture
def root(tmp_path: Path) -> Path:
    annotated(tmp_path / "w").close()
    return tmp_path / "w"


def test_frames_go_and_come_back(root: Path) -> None:
    assert cvat("task", "frames", "ls", "1", workspace=root).out == ""
    gone = cvat("task", "frames", "rm", "1", "3,7-9", workspace=root)
    assert (gone.code, gone.out) == (0, "cvat task frames restore 1 3,7-9\n")
    assert cvat("task", "frames", "ls", "1", workspace=root).out == "3,7-9\n"
    assert cvat("task", "frames", "rm", "1", "8", "--json", workspace=root).json == [3, 7, 8, 9]
    assert "already" in cvat("task", "frames", "rm", "1", "8", workspace=root).err
    back = cvat(*gone.out.split()[1:], workspace=root)
    assert (back.code, back.err) == (0, "Restored 4 frames of street.\n")
    assert "None of them" in cvat("task", "frames", "restore", "1", "3", workspace=root).err


def test_what_is_on_them_is_not_counted(root: Path) -> None:
    with Workspace(root) as workspace:
        put(workspace.job(1), box(1, 3), box(2, 4))
    cvat("task", "frames", "rm", "1", "3", workspace=root)
    (job,) = cvat("task", "show", "1", "--json", workspace=root).json["job_list"]
    assert (job["shapes"], job["tracks"]) == (1, 0)
    cvat("task", "frames", "restore", "1", "3", workspace=root)
    (job,) = cvat("task", "show", "1", "--json", workspace=root).json["job_list"]
    assert job["shapes"] == 2


@pytest.mark.parametrize(
    ("frames", "words"), [("100", "no frame 100"), ("x", "no run of frames"), ("9-3", "backwards")]
)
def test_wrong_frames_change_nothing(root: Path, frames: str, words: str) -> None:
    done = cvat("task", "frames", "rm", "1", frames, workspace=root)
    assert done.code == 2
    assert words in done.err
    assert cvat("task", "frames", "ls", "1", "--json", workspace=root).json == []
