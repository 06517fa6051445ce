"""`cvat task`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cvatcore import Shape, Workspace
from kit.command import cvat, take_back
from kit.samples import photo, video


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace without tasks."""
    return Workspace.init(tmp_path / "w", name="tests").root


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of four photos."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("astronaut.png", "camera.png", "coffee.png", "chelsea.png"):
        shutil.copy(photo(name), folder)
    return folder


def make(root: Path, pictures: Path, *more: str, name: str = "street") -> None:
    done = cvat("task", "create", name, "--labels", "car,person", "--data", pictures, *more, workspace=root)
    assert done.code == 0, done.err


def test_create_prints_the_task_and_its_jobs(root: Path, pictures: Path) -> None:
    done = cvat(
        "task", "create", "street", "--labels", "car, person", "--data", pictures, "--segment-size", "3", workspace=root
    )
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "task 1: street (4 frames of pictures, 2 jobs)",
        "JOB  FRAMES",
        "  1  0–2",
        "  2  3–3",
    ]
    assert done.err == ""


def test_create_as_json_has_all_of_it(root: Path, pictures: Path) -> None:
    done = cvat(
        "task",
        "create",
        "street",
        "--labels",
        "car,person",
        "--data",
        pictures / "astronaut.png",
        "--data",
        pictures / "coffee.png",
        "--subset",
        "train",
        "--project",
        "city",
        "--copy",
        "--json",
        workspace=root,
    )
    assert done.code == 0, done.err
    created = done.json.pop("created")
    assert created.endswith("Z")
    assert {key: value for key, value in done.json.items() if key not in {"created", "sources", "owner"}} == {
        "id": 1,
        "name": "street",
        "project": "city",
        "subset": "train",
        "kind": "images",
        "size": 2,
        "status": "annotation",
        "labels": ["car", "person"],
        "assignee": "",
        "jobs": {"count": 1, "validation": 0, "completed": 0},
        "unreadable": [],
        "job_list": [
            {
                "id": 1,
                "task_id": 1,
                "task_name": "street",
                "start_frame": 0,
                "stop_frame": 1,
                "type": "annotation",
                "stage": "annotation",
                "state": "new",
                "status": "annotation",
                "assignee": "",
                "frame_count": 2,
                "tags": 0,
                "shapes": 0,
                "tracks": 0,
            }
        ],
    }
    assert done.json["sources"][0].startswith("media/"), "copied into the workspace"


def test_a_video_becomes_jobs_that_overlap(root: Path) -> None:
    done = cvat(
        "task",
        "create",
        "bikes",
        "--labels",
        "bike",
        "--data",
        video(),
        "--segment-size",
        "100",
        "--json",
        workspace=root,
    )
    assert done.code == 0, done.err
    assert done.json["kind"] == "video"
    assert done.json["size"] == 250
    assert [(job["start_frame"], job["stop_frame"]) for job in done.json["job_list"]] == [
        (0, 99),
        (95, 194),
        (190, 249),
    ]


def test_ls_lists_and_says_so_when_there_is_nothing(root: Path, pictures: Path) -> None:
    empty = cvat("task", "ls", workspace=root)
    assert (empty.code, empty.out) == (0, "")
    assert "cvat task create" in empty.err
    assert cvat("task", "ls", "--json", workspace=root).json == []
    make(root, pictures)
    table = cvat("task", "ls", workspace=root)
    assert table.code == 0
    head, row = table.out.splitlines()
    assert head.split() == ["TASK", "NAME", "FRAMES", "JOBS", "DONE", "STATUS", "KIND", "PROJECT", "SUBSET", "LABELS"]
    assert row.split() == ["1", "street", "4", "1", "0", "annotation", "images", "-", "-", "car,person"]


def test_show_counts_objects(root: Path, pictures: Path) -> None:
    make(root, pictures)
    with Workspace(root) as workspace:
        job = workspace.tasks["street"].jobs[0]
        job.add(
            Shape(frame=0, id=0, type="rectangle", label="car", points=(1, 2, 30, 40)),
            Shape(frame=1, id=0, type="tag", label="person"),
        )
    done = cvat("task", "show", "street", workspace=root)
    assert done.code == 0
    assert done.out.splitlines()[-1].split() == ["1", "0–3", "annotation", "new", "-", "1", "1", "0"]
    by_number = cvat("task", "show", "1", "--json", workspace=root)
    assert by_number.code == 0
    assert by_number.json["job_list"][0]["shapes"] == 1
    assert by_number.json["job_list"][0]["tags"] == 1


def test_what_rm_prints_brings_the_task_back(root: Path, pictures: Path) -> None:
    make(root, pictures)
    before = cvat("task", "show", "street", "--json", workspace=root)
    done = cvat("task", "rm", "street", "--yes", workspace=root)
    assert done.code == 0, done.err
    assert cvat("task", "ls", "--json", workspace=root).json == []
    take_back(done.out)
    assert cvat("task", "show", "street", "--json", workspace=root) == before


def test_rm_asks_and_without_a_terminal_there_is_nobody_to_ask(root: Path, pictures: Path) -> None:
    make(root, pictures)
    done = cvat("task", "rm", "street", workspace=root)
    assert done.code == 2
    assert "--yes" in done.err
    assert len(cvat("task", "ls", "--json", workspace=root).json) == 1


def test_names_of_others_cannot_drive_the_terminal(root: Path, pictures: Path) -> None:
    make(root, pictures)
    document = root / "tasks" / "1" / "task.json"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace('"street"', r'"a\u001b[31mb"'), encoding="utf-8")
    done = cvat("task", "ls", workspace=root)
    assert done.code == 0
    assert "\x1b" not in done.out
    assert "a�[31mb" in done.out


class TestRefusals:
    """Bad input: one sentence with the name, what to do, and the workspace as it was."""

    @staticmethod
    def refused(root: Path, *arguments: str | Path, code: int, says: str) -> None:
        files = sorted(path for path in root.rglob("*") if ".cvat" not in path.parts and ".git" not in path.parts)
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True).stdout
        done = cvat("task", *arguments, workspace=root)
        assert done.code == code, done
        assert done.out == ""
        assert says in done.err
        assert "Traceback" not in done.err
        assert files == sorted(
            path for path in root.rglob("*") if ".cvat" not in path.parts and ".git" not in path.parts
        )
        assert head == subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True).stdout

    def test_a_broken_picture(self, root: Path, pictures: Path) -> None:
        (pictures / "broken.png").write_bytes((pictures / "camera.png").read_bytes()[:20])
        self.refused(root, "create", "x", "--labels", "car", "--data", pictures, code=2, says="broken.png")

    def test_an_empty_folder(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        self.refused(root, "create", "x", "--labels", "car", "--data", tmp_path / "empty", code=2, says="empty")

    def test_no_such_file(self, root: Path, tmp_path: Path) -> None:
        self.refused(root, "create", "x", "--labels", "car", "--data", tmp_path / "gone.jpg", code=2, says="gone.jpg")

    def test_a_file_that_is_no_video(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "clip.mp4").write_text("not a video", encoding="utf-8")
        self.refused(root, "create", "x", "--labels", "car", "--data", tmp_path / "clip.mp4", code=2, says="clip.mp4")

    def test_a_truncated_video(self, root: Path, tmp_path: Path) -> None:
        whole = video().read_bytes()
        (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
        self.refused(root, "create", "x", "--labels", "car", "--data", tmp_path / "cut.mp4", code=2, says="cut.mp4")

    def test_a_label_twice(self, root: Path, pictures: Path) -> None:
        self.refused(root, "create", "x", "--labels", "car,person,car", "--data", pictures, code=2, says="'car'")

    def test_no_labels(self, root: Path, pictures: Path) -> None:
        self.refused(root, "create", "x", "--data", pictures, code=2, says="label")

    def test_an_unknown_task(self, root: Path) -> None:
        self.refused(root, "show", "nothing", code=4, says="'nothing'")

    def test_a_name_of_two_tasks(self, root: Path, pictures: Path) -> None:
        make(root, pictures)
        make(root, pictures)
        self.refused(root, "rm", "street", "--yes", code=5, says="1, 2")

    def test_an_option_that_does_not_exist(self, root: Path) -> None:
        self.refused(root, "ls", "--color", code=2, says="--color")
