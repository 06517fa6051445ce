"""`cvat branch`, `cvat switch` and `cvat merge`."""

import subprocess
from pathlib import Path

import pytest

from cvatcore import Shape, Workspace
from kit.command import cvat
from kit.tasks import labels, make_task, new_workspace, numbered_pictures


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a task of two jobs."""
    workspace = new_workspace(tmp_path / "w")
    make_task(workspace, numbered_pictures(8), labels=labels("car"), segment_size=4)
    workspace.close()
    return workspace.root


def draw(root: Path, job: int) -> None:
    with Workspace(root) as workspace:
        view = workspace.job(job)
        view.add(Shape(frame=view.start, id=0, type="rectangle", label="car", points=(1, 2, 30, 40)))


def boxes(root: Path) -> int:
    with Workspace(root) as workspace:
        return sum(len(job.annotations.shapes) for job in workspace.tasks["street"].jobs)


def test_a_branch_from_its_beginning_to_its_end(root: Path) -> None:
    done = cvat("switch", "--create", "try", workspace=root)
    assert (done.code, done.out) == (0, "On the new branch try (0 files changed).\n")
    draw(root, 1)
    assert cvat("switch", "main", workspace=root).code == 0
    draw(root, 2)
    assert boxes(root) == 1
    listed = cvat("branch", workspace=root)
    assert [line.split()[:2] for line in listed.out.splitlines()] == [
        ["BRANCH", "COMMIT"],
        ["*", "main"],
        ["try", listed.out.splitlines()[2].split()[1]],
    ]
    refused = cvat("branch", "--delete", "try", workspace=root)
    assert refused.code == 5
    assert "--force" in refused.err
    merged = cvat("merge", "try", workspace=root)
    assert merged.out.startswith("try into main: 1 commit, merged")
    assert boxes(root) == 2
    assert cvat("merge", "try", workspace=root).out == "Nothing to do: main has all of try.\n"
    gone = cvat("branch", "-d", "try", workspace=root)
    assert gone.code == 0
    assert "cvat branch try --at" in gone.err
    assert [one["name"] for one in cvat("branch", "--json", workspace=root).json] == ["main"]


def test_two_values_that_meet_in_a_merge(root: Path) -> None:
    cvat("branch", "try", workspace=root)
    cvat("job", "set", "1", "--state", "completed", workspace=root)
    cvat("switch", "try", workspace=root)
    cvat("job", "set", "1", "--state", "rejected", workspace=root)
    done = cvat("merge", "main", "--json", workspace=root)
    assert done.code == 0
    assert done.json["conflicts"] == 1
    assert "cvat conflicts" in done.err


def test_json(root: Path) -> None:
    made = cvat("branch", "try", "--json", workspace=root).json
    assert made["name"] == "try"
    assert made["time"].endswith("Z")
    switched = cvat("switch", "try", "--json", workspace=root).json
    assert switched == {"branch": "try", "commit": made["commit"], "created": False, "changed": [], "left": ""}


def test_what_was_saved_on_no_branch_is_told(root: Path) -> None:
    subprocess.run(["git", "checkout", "-q", "--detach"], cwd=root, check=True)
    draw(root, 1)
    left = cvat("switch", "main", workspace=root)
    assert left.code == 0
    assert "cvat merge " in left.err
    commit = left.err.strip().rpartition(" ")[2]
    assert boxes(root) == 0
    assert cvat("merge", commit, workspace=root).code == 0
    assert boxes(root) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("switch", "nowhere"), 4, "There are: main"),
        (("switch", "main", "HEAD"), 2, "--create"),
        (("merge", "nowhere"), 4, "nowhere"),
        (("branch", "main"), 5, "already"),
        (("branch", "a b"), 2, "cannot be the name"),
        (("branch", "--delete"), 2, "missing"),
        (("branch", "-d", "main"), 5, "checked out"),
        (("branch", "-d", "nowhere"), 4, "There are: main"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    root: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = cvat(*arguments, workspace=root)
    assert done.code == code, done
    assert words in done.err
    assert done.out == ""
