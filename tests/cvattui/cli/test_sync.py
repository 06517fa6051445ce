"""`cvat clone` and `cvat sync` between two people and a bare repository."""

import subprocess
from pathlib import Path

import pytest

from cvatcore import Shape, Workspace
from kit.command import cvat
from kit.samples import photo


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A workspace with two jobs and a remote."""
    root = tmp_path / "mine"
    with Workspace.init(root, name="shared") as workspace:
        workspace.create_task(
            "day", labels=["car"], data=[photo("camera.png"), photo("coffee.png")], segment_size=1, copy=True
        )
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "hub.git"], check=True)
    subprocess.run(["git", "remote", "add", "origin", tmp_path / "hub.git"], cwd=root, check=True)
    return root


def draw(root: Path, job: int) -> None:
    with Workspace(root) as workspace:
        view = workspace.job(job)
        view.add(Shape(frame=view.start, id=0, type="rectangle", label="car", points=(1, 2, 30, 40)))


def shapes(root: Path) -> dict[int, int]:
    detail = cvat("task", "show", "day", "--json", workspace=root).json
    return {job["id"]: job["shapes"] for job in detail["job_list"]}


def test_two_people_get_each_others_work(mine: Path, tmp_path: Path) -> None:
    first = cvat("sync", workspace=mine)
    assert first.code == 0, first.err
    cloned = cvat("clone", tmp_path / "hub.git", tmp_path / "theirs")
    assert cloned.code == 0, cloned.err
    theirs = tmp_path / "theirs"
    assert cloned.out == f"{theirs}\n"
    draw(mine, 1)
    draw(theirs, 2)
    assert cvat("sync", workspace=mine).code == 0
    both = cvat("sync", "--json", workspace=theirs)
    assert both.code == 0, both.err
    assert both.json["merged"]
    assert both.json["received"] == 1
    assert cvat("sync", workspace=mine).code == 0
    assert shapes(mine) == shapes(theirs) == {1: 1, 2: 1}
    idle = cvat("sync", workspace=mine)
    assert idle.code == 0
    assert idle.out.startswith("Nothing to do")


def test_a_conflict_is_counted_and_the_work_goes_on(mine: Path, tmp_path: Path) -> None:
    cvat("sync", workspace=mine)
    theirs = tmp_path / "theirs"
    cvat("clone", tmp_path / "hub.git", theirs)
    cvat("job", "set", "1", "--state", "completed", workspace=mine)
    cvat("job", "set", "1", "--state", "rejected", workspace=theirs)
    assert cvat("sync", workspace=mine).code == 0
    done = cvat("sync", "--json", workspace=theirs)
    assert done.code == 0, done
    assert done.json["conflicts"] == 1
    assert "cvat conflicts" in done.err
    assert "1 thing" in done.err
    assert cvat("job", "ls", "--json", workspace=theirs).json[0]["state"] == "rejected"
    listed = cvat("conflicts", workspace=theirs)
    assert listed.code == 0, listed
    assert "completed" in listed.out


def test_a_file_around_the_workspace_that_nobody_can_merge_changes_nothing(mine: Path, tmp_path: Path) -> None:
    cvat("sync", workspace=mine)
    theirs = tmp_path / "theirs"
    cvat("clone", tmp_path / "hub.git", theirs)
    for root, text in ((mine, "one"), (theirs, "two")):
        (root / "train.py").write_text(text, encoding="utf-8")
        subprocess.run(["git", "add", "train.py"], cwd=root, check=True)
        subprocess.run(["git", "commit", "-qm", text], cwd=root, check=True)
    assert cvat("sync", workspace=mine).code == 0
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=theirs, check=True, capture_output=True).stdout
    done = cvat("sync", workspace=theirs)
    assert done.code == 6, done
    assert done.out == ""
    assert "train.py" in done.err
    assert head == subprocess.run(["git", "rev-parse", "HEAD"], cwd=theirs, check=True, capture_output=True).stdout


def test_getting_and_sending_one_at_a_time(mine: Path, tmp_path: Path) -> None:
    assert cvat("push", workspace=mine).code == 0
    theirs = tmp_path / "theirs"
    cvat("clone", tmp_path / "hub.git", theirs)
    draw(mine, 1)
    sent = cvat("push", "--json", workspace=mine)
    assert sent.json["sent"] == 1
    draw(theirs, 2)
    behind = cvat("push", workspace=theirs)
    assert behind.code == 9, behind
    assert "cvat sync" in behind.err
    assert shapes(theirs) == {1: 0, 2: 1}
    got = cvat("pull", "--json", workspace=theirs)
    assert got.json["received"] == 1
    assert (got.json["sent"], got.json["unsent"]) == (0, 2)
    assert shapes(theirs) == {1: 1, 2: 1}
    assert shapes(mine) == {1: 1, 2: 0}
    again = cvat("pull", workspace=theirs)
    assert again.out.startswith("Nothing to get")
    assert again.out.endswith("2 commits more.\n")
    assert cvat("push", workspace=theirs).code == 0


@pytest.mark.parametrize(("remote", "code"), [("origin", 2), ("nowhere", 2)])
def test_without_a_remote_it_says_how_to_add_one(tmp_path: Path, remote: str, code: int) -> None:
    root = Workspace.init(tmp_path / "w").root
    done = cvat("sync", "--remote", remote, workspace=root)
    assert done.code == code, done
    assert "git" in done.err


def test_a_remote_that_is_not_there(tmp_path: Path) -> None:
    done = cvat("clone", tmp_path / "gone.git", tmp_path / "theirs")
    assert done.code == 9, done
    assert "gone.git" in done.err
    assert not (tmp_path / "theirs").exists()


def test_a_folder_in_use_is_not_cloned_into(mine: Path, tmp_path: Path) -> None:
    cvat("sync", workspace=mine)
    done = cvat("clone", tmp_path / "hub.git", mine)
    assert done.code == 5
    assert "not empty" in done.err
