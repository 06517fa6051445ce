"""Lists and counts beside a file that cannot be read."""

from pathlib import Path

import pytest

from cvatcore import Shape, Workspace
from kit.command import cvat
from kit.samples import photo


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The tasks `one` to `three`, a job with a box each."""
    root = tmp_path / "w"
    with Workspace.init(root) as workspace:
        for name in ("one", "two", "three"):
            task = workspace.create_task(name, labels=["car"], data=[photo("camera.png")])
            task.jobs[0].add(Shape(id=0, frame=0, label="car", type="rectangle", points=(1.0, 2.0, 30.0, 40.0)))
    return root


def break_line(path: Path, *, line: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[line - 1] = "?" + lines[line - 1]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_other_tasks_are_listed(root: Path) -> None:
    break_line(root / "tasks/2/task.json", line=3)
    done = cvat("task", "ls", workspace=root)
    assert done.code == 12
    assert [line.split()[:2] for line in done.out.splitlines()[1:]] == [["1", "one"], ["3", "three"]]
    assert "tasks/2/task.json:3: " in done.err
    assert "git checkout HEAD -- FILE" in done.err


def test_a_broken_task_is_an_entry_of_the_json(root: Path) -> None:
    break_line(root / "tasks/2/task.json", line=3)
    done = cvat("task", "ls", "--json", workspace=root)
    assert done.code == 12
    assert [(task["id"], task["name"]) for task in done.json] == [(1, "one"), (2, ""), (3, "three")]
    assert done.json[0]["unreadable"] == []
    (broken,) = done.json[1]["unreadable"]
    assert (broken["task_id"], broken["path"], broken["line"]) == (2, "tasks/2/task.json", 3)


def test_a_workspace_of_one_broken_task_is_not_called_empty(root: Path) -> None:
    for number in (1, 2, 3):
        break_line(root / f"tasks/{number}/task.json", line=3)
    for command in ("task", "job", "label"):
        done = cvat(command, "ls", workspace=root)
        assert (done.code, done.out) == (12, "")
        assert "yet" not in done.err
        assert done.err.count("tasks/") == 3


def test_the_jobs_of_others_are_listed(root: Path) -> None:
    break_line(root / "tasks/2/task.json", line=3)
    break_line(root / "tasks/3/jobs/3.json", line=2)
    done = cvat("job", "ls", workspace=root)
    assert done.code == 12
    assert [line.split()[0] for line in done.out.splitlines()[1:]] == ["1"]
    assert "tasks/2/task.json:3: " in done.err
    assert "tasks/3/jobs/3.json:2: " in done.err


def test_the_rest_is_counted(root: Path) -> None:
    (shard,) = (root / "tasks/2/annotations").rglob("*.jsonl")
    break_line(shard, line=1)
    done = cvat("stats", workspace=root)
    assert done.code == 12
    assert done.out.startswith("2 objects on 2 of 2 frames, in 2 jobs")
    assert f"{shard.relative_to(root)}:1: " in done.err
    counted = cvat("stats", "--json", workspace=root)
    assert counted.code == 12
    assert counted.json["objects"] == 2
    assert [(one["task_id"], one["job_id"], one["line"]) for one in counted.json["unreadable"]] == [(2, 2, 1)]


def test_a_past_version_is_listed_beside_what_is_broken_there(root: Path) -> None:
    break_line(root / "tasks/2/task.json", line=3)
    done = cvat("task", "ls", "--at", "HEAD", workspace=root)
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) == 4
