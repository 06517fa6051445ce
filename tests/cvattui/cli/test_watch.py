"""`cvat watch`."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.workspace.watching import watch_folder
from kit.command import cvat, take_back
from kit.daemon import select_nothing, start_daemon
from kit.pictures import picture_bytes, write_picture

LONG_AGO = 1_700_000_000
SECONDS = 60


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    with Workspace.init(tmp_path / "w") as workspace:
        workspace.create_task("street", labels=["car"], data=None)
        workspace.create_task("other", labels=["car"], data=None)
    return tmp_path / "w"


def put(folder: Path, *names: str) -> None:
    """Pictures that were written long ago."""
    for number, name in enumerate(names):
        path = write_picture(folder / name, mode="RGB", color=(number, len(name), 7))
        os.utime(path, (LONG_AGO, LONG_AGO))


def names(root: Path, task: str = "street") -> list[str]:
    with Workspace(root) as workspace:
        return [image.path for image in workspace.tasks[task].manifest.images]


def test_a_folder_is_watched_looked_at_and_watched_no_longer(root: Path) -> None:
    drop = root.parent / "drop"
    assert "No folder is watched" in cvat("watch", "ls", workspace=root).err
    added = cvat("watch", "add", drop, "--task", "street", "--stable", "1.5s", "--no-recursive", workspace=root)
    assert added.out == f"{drop} is watched for task 1 (street).\n"
    put(drop, "a.png", "b.png")
    (drop / "film.mp4").write_bytes(b"x")
    (drop / "c.jpg").write_bytes(picture_bytes(file_format="JPEG")[:300])
    os.utime(drop / "c.jpg", (LONG_AGO, LONG_AGO))
    listed = cvat("watch", "ls", workspace=root)
    assert listed.out.splitlines()[1].split() == ["1", "street", "0", "2", "1", "0", "0", str(drop)]
    assert "c.jpg: " in listed.err
    assert "film.mp4" in listed.err
    (state,) = cvat("watch", "ls", "--json", workspace=root).json
    assert (state["folder"], state["task_id"], state["task_name"]) == (str(drop), 1, "street")
    assert (state["recursive"], state["stable_seconds"]) == (False, 1.5)
    assert [note["name"] for note in state["broken"]] == ["c.jpg"]
    assert (state["waiting"], state["left_out"]) == (["a.png", "b.png"], ["film.mp4"])
    assert names(root) == []
    assert cvat("watch", "rm", drop, workspace=root).out == f"{drop} is no longer watched.\n"
    gone = cvat("watch", "rm", drop, workspace=root)
    assert (gone.code, "Nothing is watched" in gone.err) == (4, True)


def test_once_takes_what_is_complete_and_says_how_to_take_it_back(root: Path) -> None:
    drop = root.parent / "drop"
    cvat("watch", "add", drop, "--task", "1", workspace=root)
    put(drop, "a.png", "b.png")
    write_picture(drop / "fresh.png")
    done = cvat("watch", "run", "--once", workspace=root)
    said, undo = done.out.splitlines()
    assert said == "task 1 (street): frames 0–1 added, job 1 new."
    assert "fresh.png" in done.err
    assert names(root) == ["a.png", "b.png"]
    (drop / "b.png").rename(drop / "z.png")
    moved = cvat("watch", "run", "--once", workspace=root)
    assert "  frame 1: b.png is z.png now\n" in moved.out
    assert names(root) == ["a.png", "z.png"]
    take_back(moved.out.splitlines()[-1])
    take_back(undo)
    assert names(root) == []


def test_frames_that_were_there_are_known_by_their_contents(root: Path) -> None:
    drop = root.parent / "drop"
    put(drop, "a.png", "b.png")
    cvat("task", "add-frames", "street", drop, workspace=root)
    cvat("watch", "add", drop, "--task", "street", workspace=root)
    (drop / "a.png").rename(drop / "later.png")
    done = cvat("watch", "run", "--once", "--json", workspace=root)
    assert names(root) == ["later.png", "b.png"]
    assert done.json["moved"] == [{"frame": 0, "before": "a.png", "now": "later.png"}]
    assert (done.json["first_frame"], done.json["frames"], done.json["commit"]) == (-1, 0, "")


@pytest.mark.parametrize("inside", [".cvat", "tasks", "tasks/1", ".git"])
def test_the_workspaces_own_folders_are_refused(root: Path, inside: str) -> None:
    done = cvat("watch", "add", root / inside, "--task", "1", workspace=root)
    assert (done.code, "the workspace's own documents" in done.err) == (2, True)
    link = root.parent / "link"
    link.symlink_to(root / inside)
    assert cvat("watch", "add", link, "--task", "1", workspace=root).code == 2


def test_what_cannot_be_watched(root: Path) -> None:
    drop = root.parent / "drop"
    put(drop, "a.png")
    assert "is a file" in cvat("watch", "add", drop / "a.png", "--task", "1", workspace=root).err
    assert "no folder" in cvat("watch", "add", drop / "x", "--task", "1", workspace=root).err
    assert "no length of time" in cvat("watch", "add", drop, "--task", "1", "--stable", "soon", workspace=root).err
    assert cvat("watch", "add", drop, "--task", "1", workspace=root).code == 0
    taken = cvat("watch", "add", drop, "--task", "other", workspace=root)
    assert (taken.code, "watched for task 1 already" in taken.err) == (5, True)
    link = root.parent / "link"
    link.symlink_to(drop)
    assert cvat("watch", "add", link, "--task", "other", workspace=root).code == 5


def test_of_folders_in_one_another_each_file_is_for_the_innermost(root: Path) -> None:
    drop = root.parent / "drop"
    put(drop, "a.png", "inner/b.png", "inner/c.png")
    cvat("watch", "add", drop, "--task", "street", workspace=root)
    cvat("watch", "add", drop / "inner", "--task", "other", workspace=root)
    cvat("watch", "run", "--once", workspace=root)
    assert (names(root), names(root, "other")) == (["a.png"], ["b.png", "c.png"])


def test_names_that_are_no_text_are_shown(root: Path) -> None:
    drop = root.parent / "drop"
    cvat("watch", "add", drop, "--task", "1", workspace=root)
    put(drop, "a.png")
    for name in (b"\xff.png", b"new\nline.png", b"\xfe.mp4"):
        path = os.path.join(os.fsencode(drop), name)
        with open(path, "wb") as file:
            file.write((drop / "a.png").read_bytes())
        os.utime(path, (LONG_AGO, LONG_AGO))
    listed = cvat("watch", "ls", "--json", workspace=root)
    assert [note["name"] for note in listed.json[0]["broken"]] == ["new\nline.png", "\ufffd.png"]
    assert listed.json[0]["left_out"] == ["\ufffd.mp4"]
    done = cvat("watch", "run", "--once", workspace=root)
    assert done.code == 0
    assert "not valid UTF-8" in done.err
    assert names(root) == ["a.png"]
    odd = root.parent / "new\nfolder"
    odd.mkdir()
    assert "control character" in cvat("watch", "add", odd, "--task", "1", workspace=root).err


def watching(root: Path) -> subprocess.Popen[str]:
    """`cvat watch run` as a process of its own that has begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from cvattui.cli import main; main()", "-C", str(root), "watch", "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Watching")
    return process


def until_frames(root: Path, count: int) -> None:
    """Wait for another process to have taken so many files."""
    deadline = time.monotonic() + SECONDS
    with Workspace(root) as workspace:
        task = workspace.tasks["street"]
        while (size := task.size) < count:
            assert time.monotonic() < deadline, size
            select_nothing(0.01)


@pytest.mark.parametrize("other", [watching, lambda root: start_daemon(root).process], ids=["command", "daemon"])
def test_two_processes_take_each_file_once(root: Path, other: Callable[[Path], subprocess.Popen[str]]) -> None:
    drop = root.parent / "drop"
    with Workspace(root) as workspace:
        watch_folder(workspace.tasks["street"], drop, stable=0.05)
    both = [other(root), watching(root)]
    content = picture_bytes()
    for number in range(150):
        (drop / f"{number:04}.png").write_bytes(content + number.to_bytes(4, "big"))
        if not number % 50:
            until_frames(root, number // 2)
    until_frames(root, 150)
    for process in both:
        process.send_signal(signal.SIGTERM)
    for process in both:
        _, err = process.communicate(timeout=SECONDS)
        # What a daemon says goes into a file.
        assert (process.returncode, err or "") == (0, "")
    assert sorted(names(root)) == [f"{number:04}.png" for number in range(150)]


def test_killed_at_any_time_it_takes_each_file_once(root: Path) -> None:
    """A few hundred files come while the process is killed again and again, wherever it is just then."""
    drop = root.parent / "drop"
    with Workspace(root) as workspace:
        watch_folder(workspace.tasks["street"], drop, stable=0.05)
    content = picture_bytes()
    count = taken = 0
    for after in (0.0, 0.35, 0.42, 0.5):
        process = watching(root)
        for _ in range(60):
            (drop / f"{count:04}.png").write_bytes(content + count.to_bytes(4, "big"))
            count += 1
        select_nothing(after)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        with Workspace(root) as workspace:
            assert workspace.tasks["street"].size >= taken
            taken = workspace.tasks["street"].size
    process = watching(root)
    (drop / "last.png").write_bytes(content)
    until_frames(root, count + 1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")
    assert f"–{count} added" in out or f"frame {count} added" in out
    assert sorted(names(root)) == [*(f"{number:04}.png" for number in range(count)), "last.png"]
    with Workspace(root) as workspace:
        (job,) = workspace.tasks["street"].jobs
        assert (job.start, job.stop) == (0, count)
        subjects = [entry.subject for entry in workspace.past.log() if "Add frames" in entry.subject]
    # Each commit goes on where the one before it ended: no number was given twice.
    told = [re.search(r"frames (\d+)(?:-(\d+))? ", subject) for subject in reversed(subjects)]
    runs = [(int(run[1]), int(run[2] or run[1])) for run in told if run]
    assert [first for first, _ in runs] == [0, *(last + 1 for _, last in runs[:-1])]
    assert runs[-1][1] == count
