"""Branches of a workspace: made, listed, merged, checked out, deleted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cvatsync
from cvatcore import Workspace
from cvatcore.errors import Conflict, InvalidInput, NotAWorkspace, NotFound, UnsupportedVersion
from cvatsync.history import GitHistory
from kit.team import draw, git, ids, shared_workspace, snapshot


@pytest.fixture
def mara(tmp_path: Path) -> Workspace:
    """A workspace with one box on `main`, and a second on the branch `more`, which is checked out."""
    workspace, _ = shared_workspace(tmp_path)
    draw(workspace, job=0)
    cvatsync.switch(workspace.root, "more", create=True)
    draw(workspace, job=1)
    return workspace


def status(root: Path) -> list[str]:
    return git(root, "status", "--porcelain", "--branch").splitlines()


def test_there_and_back(mara: Workspace) -> None:
    assert len(ids(mara)) == 2
    report = cvatsync.switch(mara.root, "main")
    assert report.branch == "main"
    assert report.commit == git(mara.root, "rev-parse", "main")
    job = mara.tasks["street"].jobs[1].id
    assert report.changed == (f"tasks/1/annotations/{job}/64.jsonl",)
    assert len(ids(mara)) == 1
    assert status(mara.root) == ["## main...origin/main [ahead 1]"]
    assert not (mara.root / f"tasks/1/annotations/{job}").exists()
    # Git's own way back knows where we were.
    git(mara.root, "switch", "-q", "-")
    assert status(mara.root) == ["## more"]
    assert len(ids(mara)) == 2
    assert cvatsync.switch(mara.root, "more").changed == ()
    assert "Switch from main to more" not in git(mara.root, "log", "--format=%s")
    assert git(mara.root, "fsck", "--no-dangling") == ""


def test_an_edit_in_the_way_stops_and_stays(mara: Workspace) -> None:
    job = mara.tasks["street"].jobs[1].id
    shard = mara.root / f"tasks/1/annotations/{job}/64.jsonl"
    shard.write_bytes(shard.read_bytes() + b"\n")
    notes = mara.root / "notes.txt"
    notes.write_text("mine", encoding="utf-8")
    before = snapshot(mara.root)
    with pytest.raises(Conflict, match="edited here"):
        cvatsync.switch(mara.root, "main")
    with pytest.raises(Conflict, match="edited here"):
        cvatsync.switch(mara.root, "other", create=True, start="main")
    assert snapshot(mara.root) == before
    git(mara.root, "checkout", "--", shard.relative_to(mara.root).as_posix())
    cvatsync.switch(mara.root, "main")
    # What is in nobody's way comes along.
    assert notes.read_text(encoding="utf-8") == "mine"
    assert status(mara.root)[1:] == ["?? notes.txt"]


@pytest.mark.parametrize(
    ("name", "create", "error"),
    [
        ("nowhere", False, NotFound),
        ("more", True, Conflict),
        ("more/of it", True, InvalidInput),
        ("more/of-it", True, Conflict),
        ("-x", True, InvalidInput),
        ("HEAD", True, InvalidInput),
        ("", True, InvalidInput),
        ("", False, NotFound),
    ],
)
def test_names_that_do_not_go(mara: Workspace, name: str, create: bool, error: type[Exception]) -> None:
    before = snapshot(mara.root)
    with pytest.raises(error):
        cvatsync.switch(mara.root, name, create=create)
    assert snapshot(mara.root) == before
    assert status(mara.root) == ["## more"]


def test_a_branch_of_a_remote_is_followed(mara: Workspace, tmp_path: Path) -> None:
    git(mara.root, "push", "-q", "origin", "more")
    root = cvatsync.clone(str(tmp_path / "team.git"), tmp_path / "ines")
    report = cvatsync.switch(root, "more")
    assert report.created
    assert status(root) == ["## more...origin/more"]
    with Workspace(root) as ines:
        assert ids(ines) == ids(mara)
        draw(ines, job=2)
        assert cvatsync.sync(root).sent == 1
    assert git(tmp_path / "team.git", "rev-parse", "more") == git(root, "rev-parse", "HEAD")


def test_a_branch_without_this_workspace_is_refused(mara: Workspace) -> None:
    tree = git(mara.root, "rev-parse", "HEAD:tasks")
    commit = git(mara.root, "commit-tree", tree, "-m", "other things")
    git(mara.root, "branch", "other", commit)
    before = snapshot(mara.root)
    with pytest.raises(NotAWorkspace, match="The branch other holds no workspace"):
        cvatsync.switch(mara.root, "other")
    settings = mara.root / "cvat.toml"
    git(mara.root, "switch", "-qc", "newer")
    settings.write_bytes(settings.read_bytes().replace(b"format = 1", b"format = 2"))
    git(mara.root, "commit", "-qam", "newer")
    git(mara.root, "switch", "-q", "more")
    with pytest.raises(UnsupportedVersion):
        cvatsync.switch(mara.root, "newer")
    git(mara.root, "branch", "-qD", "newer")
    assert snapshot(mara.root) == before


def test_a_single_commit_is_worked_on_and_left(mara: Workspace) -> None:
    git(mara.root, "checkout", "-q", "--detach", "main")
    with pytest.raises(Conflict, match="No branch") as caught:
        cvatsync.sync(mara.root)
    assert "cvat switch" in caught.value.hint
    drawn = draw(mara, job=2)
    made = git(mara.root, "rev-parse", "HEAD")
    report = cvatsync.switch(mara.root, "main")
    assert report.left == made
    assert status(mara.root)[0].startswith("## main")
    # Nothing is lost: it can be brought in, now or later.
    assert git(mara.root, "for-each-ref", "--format=%(objectname)", "refs/cvat/left") == made
    assert cvatsync.merge_branch(mara.root, made).received == 1
    assert drawn.id in ids(mara)
    # Where a branch has it there is nothing to keep.
    git(mara.root, "checkout", "-q", "--detach", "more")
    assert cvatsync.switch(mara.root, "main").left == ""


def test_what_was_made_on_a_single_commit_becomes_a_branch(mara: Workspace) -> None:
    git(mara.root, "checkout", "-q", "--detach", "main")
    drawn = draw(mara, job=2)
    report = cvatsync.switch(mara.root, "kept", create=True)
    assert report.left == ""
    assert status(mara.root) == ["## kept"]
    assert drawn.id in ids(mara)


def test_a_branch_without_commits(mara: Workspace) -> None:
    git(mara.root, "checkout", "-q", "--orphan", "fresh")
    with pytest.raises(Conflict, match="Nothing is committed"):
        cvatsync.sync(mara.root)
    with pytest.raises(Conflict, match="Nothing is committed"):
        cvatsync.merge_branch(mara.root, "main")
    assert [branch.name for branch in cvatsync.list_branches(mara.root)] == ["fresh", "main", "more"]
    assert cvatsync.switch(mara.root, "fresher", create=True).commit == ""
    assert git(mara.root, "symbolic-ref", "HEAD") == "refs/heads/fresher"
    # The files are those of `more`, staged: going back there finds nothing in its way.
    report = cvatsync.switch(mara.root, "more")
    assert report.branch == "more"
    assert status(mara.root) == ["## more"]
    assert len(ids(mara)) == 2


def test_a_linked_worktree(mara: Workspace, tmp_path: Path) -> None:
    git(mara.root, "worktree", "add", "-q", str(tmp_path / "linked"), "main")
    linked = tmp_path / "linked"
    with pytest.raises(Conflict, match="another worktree"):
        cvatsync.switch(mara.root, "main")
    with pytest.raises(Conflict, match="another worktree"):
        cvatsync.delete_branch(mara.root, "main")
    with Workspace(linked) as there:
        assert len(ids(there)) == 1
        cvatsync.switch(linked, "third", create=True, start="more")
        assert len(ids(there)) == 2
        assert status(linked) == ["## third"]
        draw(there, job=2)
        assert cvatsync.merge_branch(linked, "main").received == 0
        assert cvatsync.sync(linked).sent == 3
    assert status(mara.root) == ["## more"]
    assert cvatsync.merge_branch(mara.root, "third").received == 1
    assert len(ids(mara)) == 3


def test_branches_are_told_with_how_they_stand(mara: Workspace) -> None:
    cvatsync.create_branch(mara.root, "old", start="main~1")
    found = {branch.name: branch for branch in cvatsync.list_branches(mara.root)}
    assert list(found) == ["main", "more", "old"]
    assert [branch.current for branch in found.values()] == [False, True, False]
    assert found["main"].upstream == "origin/main"
    assert (found["main"].ahead, found["main"].behind) == (1, 0)
    assert found["more"].upstream == ""
    assert found["old"].commit == git(mara.root, "rev-parse", "main~1")
    assert "1 added" in found["more"].subject


def test_a_branch_goes_when_its_work_is_elsewhere(mara: Workspace) -> None:
    with pytest.raises(Conflict, match="checked out"):
        cvatsync.delete_branch(mara.root, "more")
    cvatsync.switch(mara.root, "main")
    with pytest.raises(Conflict, match="1 commit that would be lost"):
        cvatsync.delete_branch(mara.root, "more")
    with pytest.raises(NotFound):
        cvatsync.delete_branch(mara.root, "most")
    assert cvatsync.merge_branch(mara.root, "more").received == 1
    tip = git(mara.root, "rev-parse", "more")
    assert cvatsync.delete_branch(mara.root, "more") == tip
    assert git(mara.root, "branch", "--format=%(refname:short)") == "main"
    cvatsync.create_branch(mara.root, "again", start=tip)
    assert cvatsync.delete_branch(mara.root, "again", force=True) == tip


def test_branches_are_merged_by_what_the_files_mean(mara: Workspace) -> None:
    cvatsync.switch(mara.root, "main")
    draw(mara, job=1)
    report = cvatsync.merge_branch(mara.root, "more")
    assert report.merged
    assert (report.received, report.conflicts) == (1, 0)
    assert len(ids(mara)) == 3
    assert status(mara.root)[1:] == []
    assert git(mara.root, "log", "-1", "--format=%s") == "Merge more"
    assert cvatsync.merge_branch(mara.root, "more").received == 0
    with pytest.raises(NotFound):
        cvatsync.merge_branch(mara.root, "nowhere")


class PowerCut(BaseException):
    pass


def cut(*_: object, **__: object) -> object:
    raise PowerCut


@pytest.mark.parametrize("step", ["_check_out", "settle"], ids=["before HEAD moved", "after HEAD moved"])
@pytest.mark.parametrize("to", ["main", "more"], ids=["to an older branch", "to a newer branch"])
def test_a_switch_that_is_cut_off_is_finished_or_forgotten(
    mara: Workspace, monkeypatch: pytest.MonkeyPatch, step: str, to: str
) -> None:
    if to == "more":
        cvatsync.switch(mara.root, "main")
    here = git(mara.root, "branch", "--show-current")
    before = snapshot(mara.root)
    mara.close()
    with monkeypatch.context() as patched:
        patched.setattr(GitHistory, step, cut)
        with pytest.raises(PowerCut):
            cvatsync.switch(mara.root, to)
    for lock in (mara.root / ".git").rglob("*.lock"):
        assert lock.name == "index.lock"  # It is taken away by the one who opens the workspace.
    with Workspace(mara.root) as opened:
        if step == "_check_out":
            assert snapshot(mara.root) == before
            assert status(mara.root)[0].split("...")[0] == f"## {here}"
        else:
            assert status(mara.root)[0].split("...")[0] == f"## {to}"
            assert len(ids(opened)) == (1 if to == "main" else 2)
        assert status(mara.root)[1:] == []
        assert cvatsync.switch(mara.root, to).branch == to
        draw(opened, job=2)
    assert status(mara.root)[1:] == []
    assert git(mara.root, "fsck", "--no-dangling") == ""


_CHILD = """
import sys
from pathlib import Path
import cvatsync.switching, cvatsync.history
print("ready", flush=True)
root = Path(sys.argv[1])
while True:
    for name in ("main", "more"):
        cvatsync.switching.switch(root, name)
        print(name, flush=True)
"""

KILLS = max(4, int(os.environ.get("CVAT_KILLS", "0")) // 20)


def test_switches_that_are_killed(mara: Workspace) -> None:
    counts = {"more": len(ids(mara)), "main": 1}
    mara.close()
    for number in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", _CHILD, str(mara.root)], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            for _ in range(3 + number % 5):
                child.stdout.readline()
            child.kill()
        with Workspace(mara.root) as opened:
            here = git(mara.root, "branch", "--show-current")
            assert len(ids(opened)) == counts[here]
            # A lock may be left between two steps of git itself: the next change finds it where it is stale.
            draw(opened, job=2, frame=number)
            counts[here] += 1
            assert git(mara.root, "status", "--porcelain") == ""
    assert git(mara.root, "fsck", "--no-dangling") == ""
