"""`cvat job`."""

import subprocess
from pathlib import Path

import pytest

from cvatcore import Shape, Workspace
from cvatcore.errors import InvalidInput
from cvattui.cli.job import STATES, parse_choice
from kit.command import cvat, take_back
from kit.samples import photo


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the tasks `day` (jobs 1 to 3) and `night` (job 4)."""
    root = tmp_path_factory.mktemp("jobs")
    with Workspace.init(root) as workspace:
        data = [photo("astronaut.png"), photo("camera.png"), photo("coffee.png")]
        workspace.create_task("day", labels=["car"], data=data, segment_size=1)
        workspace.create_task("night", labels=["car"], data=data[:1])
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    import shutil

    return Path(shutil.copytree(made, tmp_path / "w"))


def numbers(root: Path, *arguments: str) -> list[int]:
    done = cvat("job", "ls", "--json", *arguments, workspace=root)
    assert done.code == 0, done.err
    return [job["id"] for job in done.json]


def test_ls_filters(root: Path) -> None:
    assert numbers(root) == [1, 2, 3, 4]
    assert numbers(root, "--task", "day") == [1, 2, 3]
    assert numbers(root, "--task", "2") == [4]
    cvat("job", "set", "2", "--state", "completed", "--assignee", "ann", workspace=root)
    assert numbers(root, "--state", "completed") == [2]
    assert numbers(root, "--assignee", "ann") == [2]
    assert numbers(root, "--assignee", "") == [1, 3, 4]
    assert numbers(root, "--stage", "validation") == []


def test_ls_as_a_table(root: Path) -> None:
    done = cvat("job", "ls", workspace=root)
    assert done.code == 0
    assert done.out.splitlines()[0].split() == ["JOB", "TASK", "NAME", "FRAMES", "STAGE", "STATE", "ASSIGNEE"]
    assert done.out.splitlines()[-1].split() == ["4", "2", "night", "0–0", "annotation", "new", "-"]


def test_set_changes_all_and_prints_them(root: Path) -> None:
    done = cvat("job", "set", "1", "3", "--state", "in-progress", "--stage", "validation", "--json", workspace=root)
    assert done.code == 0, done.err
    assert [(job["id"], job["stage"], job["state"], job["status"]) for job in done.json] == [
        (1, "validation", "in progress", "validation"),
        (3, "validation", "in progress", "validation"),
    ]
    log = subprocess.run(["git", "log", "-2", "--format=%s"], cwd=root, check=True, capture_output=True, text=True)
    assert log.stdout.splitlines() == ["day, job 3: validation, in progress", "day, job 1: validation, in progress"]


def test_a_new_stage_starts_at_new(root: Path) -> None:
    cvat("job", "set", "1", "--state", "completed", workspace=root)
    assert cvat("job", "set", "1", "--stage", "acceptance", "--json", workspace=root).json[0]["state"] == "new"


def test_an_unknown_person_becomes_a_member_and_is_told(root: Path) -> None:
    done = cvat("job", "set", "1", "--assignee", "ann", workspace=root)
    assert done.code == 0, done.err
    assert "ann" in done.err
    assert "members.toml" in done.err
    assert 'username = "ann"' in (root / "members.toml").read_text(encoding="utf-8")
    again = cvat("job", "set", "2", "--assignee", "ann", workspace=root)
    assert (again.code, again.err) == (0, "")
    cleared = cvat("job", "set", "2", "--assignee", "", "--json", workspace=root)
    assert cleared.json[0]["assignee"] == ""


def test_done_counts_accepted_jobs(root: Path) -> None:
    cvat("job", "set", "4", "--stage", "acceptance", "--state", "completed", workspace=root)
    night = cvat("task", "ls", "--json", workspace=root).json[1]
    assert night["status"] == "completed"
    assert night["jobs"] == {"count": 1, "validation": 0, "completed": 1}


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["1"], 2, "--state"),
        (["1", "--state", "finished"], 2, "in progress"),
        (["1", "--stage", "done"], 2, "acceptance"),
        (["1", "--assignee", "not a name"], 2, "not a name"),
        (["99", "--state", "new"], 4, "99"),
        (["one", "--state", "new"], 2, "integer"),
    ],
)
def test_refusals(root: Path, arguments: list[str], code: int, says: str) -> None:
    before = cvat("job", "ls", "--json", workspace=root).out
    done = cvat("job", "set", *arguments, workspace=root)
    assert done.code == code, done
    assert says in done.err
    assert cvat("job", "ls", "--json", workspace=root).out == before


def test_nothing_is_changed_when_one_job_is_unknown(root: Path) -> None:
    assert cvat("job", "set", "1", "99", "--state", "completed", workspace=root).code == 4
    assert numbers(root, "--state", "completed") == []


@pytest.mark.parametrize("text", ["in progress", "In-Progress", "in_progress", " in  progress "])
def test_states_are_understood_however_they_are_typed(text: str) -> None:
    assert parse_choice(text, STATES, what="state") == "in progress"


def test_choices_are_listed_when_none_is_meant() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_choice("done", STATES, what="state")
    assert refusal.value.hint == "Give one of: new, in progress, completed, rejected."


def test_ground_truth_is_made_listed_and_removed(root: Path) -> None:
    done = cvat("job", "ground-truth", "day", "--frames", "0,2", "--assignee", "ann", "--json", workspace=root)
    assert done.code == 0, done.err
    assert (done.json["type"], done.json["frame_count"], done.json["assignee"]) == ("ground_truth", 2, "ann")
    number = done.json["id"]
    table = cvat("job", "ls", "--task", "day", workspace=root).out
    assert "0–2, 2 of ground truth" in table
    assert "0–2, 2 of ground truth" in cvat("task", "show", "day", workspace=root).out
    with Workspace(root) as workspace:
        workspace.job(number).add(Shape(0, 0, "rectangle", "car", points=(1, 1, 5, 5)))
    assert cvat("stats", "day", "--json", workspace=root).json["objects"] == 0
    alone = cvat("stats", "--job", str(number), "--json", workspace=root).json
    assert (alone["objects"], alone["frames"]) == (1, 2)
    again = cvat("job", "ground-truth", "day", "--count", "1", workspace=root)
    assert "only 1 ground truth" in again.err
    removed = cvat("job", "rm", str(number), "--yes", workspace=root)
    assert removed.code == 0, removed.err
    assert number not in numbers(root)
    take_back(removed.out.strip())
    assert number in numbers(root)


def test_ground_truth_by_lot(root: Path) -> None:
    drawn = cvat("job", "ground-truth", "day", "--count", "2", "--seed", "42", "--json", workspace=root).json
    with Workspace(root) as workspace:
        assert workspace.job(drawn["id"]).document.frames == (0, 1)
        workspace.job(drawn["id"]).delete()
    each = cvat("job", "ground-truth", "day", "--per-job", "1", "--json", workspace=root)
    assert each.json["frame_count"] == 3


def test_what_no_ground_truth_is_made_of(root: Path) -> None:
    assert "--count" in cvat("job", "ground-truth", "day", workspace=root).err
    assert "--count" in cvat("job", "ground-truth", "day", "--count", "1", "--frames", "1", workspace=root).err
    assert cvat("job", "ground-truth", "day", "--frames", "7", workspace=root).code != 0
    assert "no ground truth" in cvat("job", "rm", "1", "--yes", workspace=root).err
