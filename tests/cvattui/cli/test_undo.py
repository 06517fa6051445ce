"""`cvat undo`, `cvat redo` and `cvat undo --list`."""

from pathlib import Path

import pytest

import cvatsync
from cvatcore import ChangeSet, Workspace
from cvatcore.store import Author
from kit.annotated import annotated, box, git, numbers, put
from kit.command import cvat
from kit.team import draw, ids, shared_workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two saves to job 1, by the person at this machine."""
    with annotated(tmp_path / "ws") as workspace:
        put(workspace.job(1), box(1), box(2))
        put(workspace.job(1), box(3))
    return tmp_path / "ws"


def there(root: Path) -> list[int]:
    with Workspace(root) as workspace:
        return numbers(workspace.job(1).annotations)


def test_undo_and_redo_say_what_they_did(root: Path) -> None:
    done = cvat("undo", workspace=root)
    assert done.code == 0
    head = git(root, "rev-parse", "HEAD")[:8]
    assert done.out == f"Undone: street, job 1: 1 added (commit {head})\n"
    assert there(root) == [1, 2]
    done = cvat("redo", workspace=root)
    assert done.out.startswith("Redone: street, job 1: 1 added (commit ")
    assert there(root) == [1, 2, 3]
    assert cvat("redo", workspace=root).err == "cvat: There is nothing to redo.\n"
    assert cvat("redo", workspace=root).code == 4


def test_several_at_once(root: Path) -> None:
    assert cvat("undo", "2", workspace=root).out.count("Undone:") == 2
    assert there(root) == []
    done = cvat("redo", "9", workspace=root)
    assert (done.code, done.out.count("Redone:")) == (0, 2)
    assert done.err == "There is nothing more to redo: 2 of 9 done.\n"
    assert there(root) == [1, 2, 3]


def test_the_list(root: Path) -> None:
    cvat("undo", workspace=root)
    done = cvat("undo", "--list", workspace=root)
    rows = [line.split() for line in done.out.splitlines()]
    assert rows[0] == ["OPERATION", "WHEN", "WHO", "STATE", "WHAT"]
    assert done.out.splitlines()[1].endswith("Undo: street, job 1: 1 added")
    assert "undone" in rows[2]
    assert "undone" not in rows[3]
    assert len(cvat("undo", "2", "--list", workspace=root).out.splitlines()) == 3
    listed = cvat("undo", "--list", "--json", workspace=root).json
    assert [one["kind"] for one in listed] == ["undo", "change", "change", "change", "change"]
    assert [one["undone"] for one in listed] == [False, True, False, False, False]
    assert listed[0]["of"] == listed[1]["id"]
    assert listed[1]["before"] == listed[2]["after"]
    assert set(listed[0]) == {
        "id", "time", "kind", "author", "email", "subject", "before", "after", "branch", "of", "automatic", "undone",
    }  # fmt: skip
    assert cvat("undo", "--operation", listed[2]["id"][:8], workspace=root).code == 0
    assert there(root) == []


def test_as_json(root: Path) -> None:
    (one,) = cvat("undo", "--json", workspace=root).json
    assert one["commit"] == git(root, "rev-parse", "HEAD").strip()
    assert (one["kind"], one["subject"], one["kept"]) == ("undo", "street, job 1: 1 added", [])
    assert one["changed"] == ["tasks/1/annotations/1/0.jsonl"]
    assert len(cvat("redo", "--json", workspace=root).json) == 1


def test_what_stays_is_told_with_its_id(root: Path) -> None:
    with Workspace(root) as workspace:
        workspace.job(1).apply(ChangeSet(shapes=(box(3, at=7.0),)), author=Author("Noah", "noah@team"))
    done = cvat("undo", workspace=root)
    assert done.out.splitlines() == [
        "Undone: street, job 1: 1 added: nothing of it was left, so nothing was changed.",
        "  Object 3 of job 1 stays, since it was changed later.",
    ]
    assert there(root) == [1, 2, 3]
    # What another did is another's, unless one asks for it.
    assert cvat("undo", "--anyone", workspace=root).out.startswith("Undone: street, job 1: 1 changed (")


def test_wrong_arguments(root: Path) -> None:
    head = git(root, "rev-parse", "HEAD")
    assert cvat("undo", "2", "--operation", "ab", workspace=root).code == 2
    assert cvat("undo", "--list", "--operation", "ab", workspace=root).code == 2
    assert cvat("undo", "--operation", "zz", workspace=root).code == 4
    assert cvat("undo", "0", workspace=root).code == 2
    assert cvat("undo", "x", workspace=root).code == 2
    assert git(root, "rev-parse", "HEAD") == head


def test_names_of_others_obey_no_terminal(tmp_path: Path) -> None:
    with annotated(tmp_path / "ws") as workspace:
        workspace.add_member("bob")
        put(workspace.job(1), box(1))
        workspace.job(1).apply(ChangeSet(shapes=(box(2),)), author=Author("N\x1b[31moah", "n@team"))
    listed = cvat("undo", "--list", workspace=tmp_path / "ws").out
    assert "\x1b" not in listed


def test_an_undone_sync_goes_back_for_everybody_and_comes_again(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    root = cvatsync.clone(str(remote), tmp_path / "noah")
    with mara, Workspace(root) as noah:
        theirs = draw(noah, job=1)
        cvatsync.sync(noah.root)
        own = draw(mara, job=0)
        cvatsync.sync(mara.root)
        assert ids(mara) == sorted([own.id, theirs.id])

        done = cvat("undo", workspace=mara.root)
        assert "cvat redo brings it back" in done.err
        assert ids(mara) == [own.id]
        cvatsync.sync(mara.root)
        cvatsync.sync(noah.root)
        assert ids(noah) == [own.id]

        # A sync is no new change: the undo can still be taken back.
        assert cvat("redo", workspace=mara.root).code == 0
        cvatsync.sync(mara.root)
        cvatsync.sync(noah.root)
        assert ids(noah) == ids(mara) == sorted([own.id, theirs.id])


def test_other_commands_are_undone_too(tmp_path: Path) -> None:
    root = tmp_path / "ws"
    with annotated(root) as workspace:
        put(workspace.job(1), box(1), box(2, label="person"))
    assert cvat("label", "rename", "car", "auto", workspace=root).code == 0
    assert cvat("object", "rm", "1", "--all", "--yes", workspace=root).code == 0
    assert cvat("job", "set", "1", "--state", "completed", workspace=root).code == 0
    assert cvat("task", "rm", "street", "--yes", workspace=root).code == 0
    assert cvat("undo", "4", workspace=root).out.count("Undone:") == 4
    with Workspace(root) as workspace:
        assert [label.name for label in workspace.tasks["street"].labels] == ["car", "person", "body"]
        assert workspace.job(1).annotations.shapes == (box(1), box(2, label="person"))
        assert workspace.job(1).document.state == "new"


def test_a_switch_is_listed_and_not_undone(root: Path) -> None:
    main = git(root, "branch", "--show-current").strip()
    assert cvat("switch", "--create", "trial", workspace=root).code == 0
    assert cvat("switch", main, workspace=root).code == 0
    newest = cvat("undo", "--list", "--json", workspace=root).json[0]
    assert (newest["kind"], newest["subject"]) == ("switch", f"Switch from trial to {main}")
    refused = cvat("undo", "--operation", newest["id"], workspace=root)
    assert (refused.code, "cvat switch" in refused.err) == (2, True)
    cvat("undo", workspace=root)
    assert there(root) == [1, 2]


def test_a_sync_that_nobody_asked_for_is_passed_over(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    root = cvatsync.clone(str(remote), tmp_path / "noah")
    with mara, Workspace(root) as noah:
        theirs = draw(noah, job=1)
        cvatsync.sync(noah.root)
        draw(mara, job=0)
        cvatsync.sync(mara.root, automatic=True)
        assert cvat("undo", "--list", "--json", workspace=mara.root).json[0]["automatic"]
        assert "job 1: 1 added" in cvat("undo", workspace=mara.root).out
        assert ids(mara) == [theirs.id]
