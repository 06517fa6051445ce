"""`cvat task create` with all that can be asked of media; the plain cases are in test_task.py."""

import json
import shutil
from pathlib import Path

import pytest

from cvatcore import Workspace
from kit.command import cvat
from kit.samples import photo, video
from kit.web_server import web_server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Workspace.init(tmp_path / "w", name="tests").root


@pytest.fixture
def numbered(tmp_path: Path) -> Path:
    """Four pictures whose names sort differently by letters and by numbers."""
    folder = tmp_path / "numbered"
    folder.mkdir()
    for name, source in {"1": "camera", "2": "coins", "10": "coffee", "11": "astronaut"}.items():
        shutil.copy(photo(f"{source}.png"), folder / f"{name}.png")
    return folder


def names(root: Path, task: str = "t") -> list[str]:
    with Workspace(root) as workspace:
        return [image.name for image in workspace.tasks[task].manifest.images]


def create(root: Path, data: Path, *more: str) -> None:
    done = cvat("task", "create", "t", "--labels", "car", "--data", data, *more, workspace=root)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ([], ["1", "10", "11", "2"]),
        (["--sorting", "natural"], ["1", "2", "10", "11"]),
        (["--sorting", "natural", "--start", "1", "--stop", "3", "--step", "2"], ["2", "11"]),
        (["--pattern", "1*", "--exclude", "11.png"], ["1", "10"]),
    ],
)
def test_order_and_selection(root: Path, numbered: Path, more: list[str], expected: list[str]) -> None:
    create(root, numbered, *more)
    assert names(root) == expected


def test_random_order_comes_back_with_its_seed(root: Path, numbered: Path) -> None:
    create(root, numbered, "--sorting", "random", "--seed", "7")
    again = cvat(
        "task", "create", "u", "--labels", "car", "--data", numbered, "--sorting", "random", "--seed", "7",
        workspace=root,
    )  # fmt: skip
    assert again.code == 0
    assert sorted(names(root)) == ["1", "10", "11", "2"]
    assert names(root) == names(root, "u")


def test_files_of_each_job(root: Path, numbered: Path, tmp_path: Path) -> None:
    wanted = tmp_path / "jobs.json"
    wanted.write_text('[["2.png", "1.png"], ["11.png", "10.png"]]')
    create(root, numbered, "--job-files", str(wanted))
    assert names(root) == ["2", "1", "11", "10"]
    wanted.write_text('["2.png"]')
    done = cvat("task", "create", "u", "--labels", "car", "--data", numbered, "--job-files", wanted, workspace=root)
    assert (done.code, "does not list the files of each job" in done.err) == (2, True)


def test_all_pages_of_a_file_are_in_its_job(root: Path, numbered: Path, tmp_path: Path) -> None:
    shutil.copy(photo("multipage.tif"), numbered / "3.tif")
    wanted = tmp_path / "jobs.json"
    wanted.write_text(json.dumps([["2.png", "3.tif"], ["1.png", "10.png", "11.png"]]))
    create(root, numbered, "--job-files", str(wanted))
    with Workspace(root) as workspace:
        task = workspace.tasks["t"]
        assert [(job.start, job.stop) for job in task.job_documents()] == [(0, 2), (3, 5)]
        assert [image.path for image in task.manifest.images][:3] == ["2.png", "3.tif/0001.png", "3.tif/0002.png"]


def test_an_empty_path_is_not_the_current_folder(root: Path, numbered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(numbered)
    done = cvat("task", "create", "t", "--labels", "car", "--data", "", workspace=root)
    assert (done.code, done.err.splitlines()[0]) == (2, "cvat: A path given with --data is empty.")
    assert json.loads(cvat("task", "ls", "--json", workspace=root).out) == []


def test_a_video_has_no_files_to_give_to_jobs(root: Path, tmp_path: Path) -> None:
    wanted = tmp_path / "jobs.json"
    wanted.write_text('[["bikes.mp4"]]')
    done = cvat(
        "task", "create", "t", "--labels", "car", "--data", video(), "--job-files", wanted, "--copy", workspace=root
    )
    assert done.code == 2
    assert done.err.startswith("cvat: The files of each job are given, and the media are a video.")
    assert json.loads(cvat("task", "ls", "--json", workspace=root).out) == []
    assert not list((root / "media").glob("*"))


def test_every_frame_of_a_video_that_was_asked_for(root: Path) -> None:
    create(root, video(), "--start", "10", "--step", "25", "--stop", "90", "--chunk-size", "4", "--quality", "50")
    with Workspace(root) as workspace:
        task = workspace.tasks["t"]
        assert [task.manifest.frame_name(n) for n in range(task.size)] == [
            "frame_000010", "frame_000035", "frame_000060", "frame_000085",
        ]  # fmt: skip
        assert (task.document.data.chunk_size, task.document.data.image_quality) == (4, 50)
        whole = workspace.create_task("whole", labels=["car"], data=[video()])
        assert (task.frames.array(1) == whole.frames.array(35)).all()


def test_a_task_for_each_video_and_one_that_fails_alone(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    for name in ("bikes.mp4", "carphone_pristine.mp4"):
        shutil.copy(video(name), folder / name)
    (folder / "broken.mp4").write_bytes(b"no video" * 100)
    arguments = ("task", "create", "{{index}}-{{file_name}}", "--labels", "car", "--data", folder, "--each")
    done = cvat(*arguments, workspace=root)
    assert done.code != 0
    assert [line.split(" (")[0] for line in done.out.splitlines()] == [
        "task 1: 0-bikes.mp4",
        "task 2: 2-carphone_pristine.mp4",
    ]
    assert "No task '1-broken.mp4'" in done.err
    again = ("--data", str(folder / "broken.mp4"), "--index", "1")
    assert f"only: {' '.join(again)}" in done.err
    retry = (*arguments[:-3], *again, "--each")
    (failed,) = json.loads(cvat(*retry, "--json", workspace=root).out)["failed"]
    assert (failed["name"], failed["index"]) == ("1-broken.mp4", 1)
    shutil.copy(video("bikes.mp4"), folder / "broken.mp4")
    done = cvat(*retry, workspace=root)
    assert done.code == 0, done.err
    with Workspace(root) as workspace:
        names = [task.name for task in workspace.tasks]
    assert names == ["0-bikes.mp4", "2-carphone_pristine.mp4", "1-broken.mp4"]


def test_numbers_of_videos_are_one_for_each(root: Path) -> None:
    arguments = ("task", "create", "{{index}}", "--labels", "car", "--data", video("bikes.mp4"))
    done = cvat(*arguments, "--each", "--index", "3", "--index", "4", workspace=root)
    assert (done.code, "The numbers given are 2, the videos 1." in done.err) == (2, True)
    done = cvat(*arguments, "--index", "3", workspace=root)
    assert (done.code, "--each" in done.err) == (2, True)


def test_tasks_of_one_name_are_refused_before_any_is_made(root: Path) -> None:
    done = cvat(
        "task", "create", "film", "--labels", "car", "--data", video("bikes.mp4"), "--data",
        video("carphone_pristine.mp4"), "--each", workspace=root,
    )  # fmt: skip
    assert done.code == 2
    assert "2 tasks would be called 'film'" in done.err
    with Workspace(root) as workspace:
        assert list(workspace.tasks) == []


def test_what_is_passed_over_is_said(root: Path, numbered: Path) -> None:
    shutil.copy(video(), numbered / "film.mp4")
    done = cvat("task", "create", "t", "--labels", "car", "--data", numbered, workspace=root)
    assert (done.code, "The video film.mp4 among the pictures is left out" in done.err) == (0, True)


def test_addresses_are_downloaded_into_the_workspace(root: Path) -> None:
    with web_server() as server:
        one = server.file("/a/coins.png", photo("coins.png").read_bytes())
        arguments = ("task", "create", "far away", "--labels", "car", "--data", one, "--data", photo("camera.png"))
        refused = cvat(*arguments, workspace=root)
        assert refused.code != 0
        assert "127.0.0.1" in refused.err
        assert "--allow-private-urls, of cvat task create" in refused.err
        done = cvat(*arguments, "--allow-private-urls", workspace=root)
        assert done.code == 0, done.err
    with Workspace(root) as workspace:
        (task,) = workspace.tasks
        assert sorted(task.frames.array(n).shape for n in range(2)) == [(303, 384, 3), (512, 512, 3)]
    assert [path.name for path in (root / "media" / "far-away").iterdir()] == ["coins.png"]


def test_downloads_of_which_no_task_was_made_do_not_stay(root: Path) -> None:
    with web_server() as server:
        broken = server.file("/film.mp4", b"no film" * 100)
        done = cvat("task", "create", "t", "--labels", "car", "--data", broken, "--allow-private-urls", workspace=root)
    assert (done.code != 0, "film.mp4" in done.err) == (True, True)
    assert not (root / "media").exists() or list((root / "media").iterdir()) == []


def test_of_several_downloads_those_without_a_task_do_not_stay(root: Path) -> None:
    arguments = ("task", "create", "{{index}}", "--labels", "car", "--each", "--allow-private-urls")
    with web_server() as server:
        broken = [server.file(f"/{number}.mp4", b"no film" * 100) for number in range(2)]
        good = server.file("/film.mp4", video("bikes.mp4").read_bytes())
        none = cvat(*arguments, "--data", broken[0], "--data", broken[1], workspace=root)
        assert none.code != 0
        assert f"only: --data {broken[0]} --index 0 --data {broken[1]} --index 1" in none.err
        assert list((root / "media").iterdir()) == []
        one = cvat(*arguments, "--data", broken[0], "--data", good, workspace=root)
        assert one.code != 0
    assert [path.name for path in (root / "media").rglob("*.mp4")] == ["film.mp4"]
    with Workspace(root) as workspace:
        (task,) = workspace.tasks
        assert (task.name, task.frames.array(0).shape) == ("1", (272, 640, 3))
