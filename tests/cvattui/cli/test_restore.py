"""`cvat restore`."""

from pathlib import Path

import pytest

from cvatcore import ChangeSet, Workspace
from kit.annotated import annotated, assert_sound, box, git, numbers, put
from kit.command import cvat


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A task whose job 1 had two boxes, of which one is gone; `v1` is from before that."""
    with annotated(tmp_path / "ws", segment_size=50) as workspace:
        put(workspace.job(1), box(1), box(2, 40))
        git(workspace.root, "tag", "v1")
        workspace.job(1).apply(ChangeSet(delete=frozenset({2})))
    return tmp_path / "ws"


def there(root: Path, job: int = 1) -> list[int]:
    with Workspace(root) as workspace:
        return numbers(workspace.job(job).annotations)


def test_a_deleted_task(root: Path) -> None:
    assert cvat("task", "rm", "street", "--yes", workspace=root).code == 0
    had = git(root, "rev-parse", "HEAD~1")[:8]
    planned = cvat("restore", "street", "--dry-run", workspace=root)
    assert planned.out.startswith(f"Would restore task 1, street as of {had} (")
    assert planned.out.endswith("): 5 files, objects: 1 added\n")
    assert cvat("task", "ls", "--json", workspace=root).json == []
    done = cvat("restore", "street", workspace=root)
    assert done.out.startswith(f"Restored task 1, street as of {had} (")
    assert done.err.endswith("; cvat undo takes it back.\n")
    assert there(root) == [1]
    assert_sound(root)
    assert cvat("undo", workspace=root).code == 0
    assert cvat("task", "ls", "--json", workspace=root).json == []


def test_an_object_and_a_job_as_they_were(root: Path) -> None:
    assert cvat("restore", "--object", "2", workspace=root).code == 0
    assert there(root) == [1, 2]
    put_more(root)
    assert cvat("restore", "job:1", "--at", "v1", workspace=root).code == 0
    assert there(root) == [1, 2]
    done = cvat("restore", "1", "--at", "v1", workspace=root)
    assert "already" in done.out
    assert done.code == 0


def put_more(root: Path) -> None:
    with Workspace(root) as workspace:
        put(workspace.job(1), box(3), box(1, at=9.0))


def test_as_json(root: Path) -> None:
    report = cvat("restore", "street", "--object", "2", "--object", "2", "--json", workspace=root).json
    assert report["commit"] == git(root, "rev-parse", "HEAD").strip()
    (item,) = report["items"]
    assert (item["kind"], item["number"], item["task_id"], item["added"]) == ("object", 2, 1, 1)
    assert item["source"] == git(root, "rev-parse", "v1").strip()
    assert report["paths"] == ["tasks/1/annotations/1/32.jsonl"]
    assert report["hand_edits"] == ""


def test_hand_edits_are_kept_and_said(root: Path) -> None:
    path = root / "tasks/1/annotations/1/0.jsonl"
    path.write_bytes(path.read_bytes().replace(b"car", b"person"))
    done = cvat("restore", "job:1", "--at", "v1", workspace=root)
    assert "What was edited by hand and not committed is in commit " in done.err
    assert there(root) == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "not said what"),
        (["street"], 2, "Task 1 is here"),
        (["nothing"], 4, "never was"),
        (["street", "--at", "v9"], 4, "no revision 'v9'"),
        (["--object", "1"], 2, "Object 1 is here"),
        (["--object", "99"], 4, "no object 99"),
        (["job:1", "job:2", "--object", "2"], 2, "one task or job"),
        (["--object", "0"], 2, "--object"),
    ],
)
def test_what_cannot_be(root: Path, arguments: list[str], code: int, words: str) -> None:
    head = git(root, "rev-parse", "HEAD")
    done = cvat("restore", *arguments, workspace=root)
    assert (done.code, words in done.err) == (code, True), done.err
    assert git(root, "rev-parse", "HEAD") == head
