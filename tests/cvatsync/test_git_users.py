"""People who use git beside this program, in the same repository and at the same time."""

import os
import subprocess
from pathlib import Path

import pytest

from cvatcore import ChangeSet, Shape, Workspace
from cvatcore.errors import Busy, NotAWorkspace
from cvatcore.workspace.leftover.pending import adopt_pending
from cvatsync.driver_install import check_drivers
from kit.command import cvat
from kit.tasks import labels, make_task, numbered_pictures
from kit.team import FRAMES_A_JOB, draw, git, ids

INSIDE = "data/street"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace in a folder of a repository with code."""
    top = tmp_path / "model"
    top.mkdir()
    git(top, "init", "-q")
    for name in ("train.py", "test.py"):
        (top / name).write_text("1\n", encoding="utf-8")
    git(top, "add", ".")
    git(top, "commit", "-q", "-m", "code")
    made = Workspace.init(top / INSIDE)
    make_task(made, numbered_pictures(FRAMES_A_JOB * 2), labels=labels("car"), segment_size=FRAMES_A_JOB)
    git(top, "branch", "start")
    return made


def top_of(workspace: Workspace) -> Path:
    return Path(git(workspace.root, "rev-parse", "--show-toplevel"))


def put(workspace: Workspace, number: int, at: float, *, frame: int = 0) -> None:
    """Save a box of that id at that place."""
    box = Shape(frame=frame, id=number, type="rectangle", label="car", points=(at, 0.0, at + 5.0, 5.0))
    workspace.tasks["street"].jobs[0].apply(ChangeSet(shapes=(box,)))


def left_of(workspace: Workspace, number: int) -> float:
    shapes = workspace.tasks["street"].jobs[0].annotations.shapes
    return next(shape.points[0] for shape in shapes if shape.id == number)


def test_staged_and_unstaged_edits_of_other_files_stay(workspace: Workspace) -> None:
    top = top_of(workspace)
    (top / "train.py").write_text("2\n", encoding="utf-8")
    git(top, "add", "train.py")
    (top / "train.py").write_text("3\n", encoding="utf-8")
    (top / "test.py").unlink()
    (top / "new.py").write_text("new\n", encoding="utf-8")
    git(top, "add", "-N", "new.py")
    before = git(top, "status", "--porcelain=v2")
    staged = git(top, "diff", "--cached")
    for frame in range(5):
        draw(workspace, job=frame % 2, frame=frame)
    workspace.tasks["street"].jobs[0].update(state="completed")
    assert git(top, "status", "--porcelain=v2") == before
    assert git(top, "diff", "--cached") == staged
    changed = git(top, "diff", "--name-only", "start", "HEAD").splitlines()
    assert changed
    assert all(path.startswith(f"{INSIDE}/") for path in changed)
    git(top, "commit", "-q", "-m", "what was staged")
    assert git(top, "show", "HEAD:train.py") == "2"
    draw(workspace, job=0, frame=9)
    assert len(ids(workspace)) == 6
    assert (top / "train.py").read_text(encoding="utf-8") == "3\n"


def test_commits_of_the_user_and_saves_take_turns(workspace: Workspace) -> None:
    top = top_of(workspace)
    for number in range(4):
        draw(workspace, job=0, frame=number)
        (top / "train.py").write_text(f"{number}\n", encoding="utf-8")
        git(top, "commit", "-q", "-a", "-m", f"code {number}")
    subjects = git(top, "log", "--format=%s", "start..HEAD").splitlines()
    assert subjects == [text for n in (3, 2, 1, 0) for text in (f"code {n}", "street, job 1: 1 added")]
    assert git(top, "status", "--porcelain") == ""


def test_a_linked_worktree_is_a_workspace_of_its_own(workspace: Workspace, tmp_path: Path) -> None:
    put(workspace, 1, 10.0)
    top, beside = top_of(workspace), tmp_path / "beside"
    git(top, "worktree", "add", "-q", "-b", "other", str(beside))
    with Workspace(beside / INSIDE) as other:
        put(other, 1, 20.0)
        put(other, 2, 0.0, frame=1)
        put(workspace, 1, 30.0)
        put(workspace, 3, 0.0, frame=1)
        assert check_drivers(other.root) == ()
        git(beside, "merge", "-q", "--no-edit", "main")
        assert left_of(other, 1) == 20.0
        assert len(adopt_pending(other).conflicts) == 1
        assert (len(other.conflicts()), len(workspace.conflicts())) == (1, 0)
        assert ids(other) == [1, 2, 3]
        assert ids(workspace) == [1, 3]
        put(other, 1, 40.0)
        assert git(beside, "status", "--porcelain") == git(top, "status", "--porcelain") == ""
        assert git(top, "rev-parse", "--abbrev-ref", "HEAD") == "main"


def test_a_detached_head(workspace: Workspace) -> None:
    put(workspace, 1, 10.0)
    top = top_of(workspace)
    git(top, "branch", "other")
    git(top, "checkout", "-q", "--detach")
    put(workspace, 1, 20.0)
    put(workspace, 2, 0.0, frame=1)
    here = git(top, "rev-parse", "HEAD")
    git(top, "checkout", "-q", "other")
    put(workspace, 1, 30.0)
    git(top, "checkout", "-q", here)
    assert left_of(workspace, 1) == 20.0
    git(top, "merge", "-q", "--no-edit", "other")
    assert len(adopt_pending(workspace).conflicts) == 1
    put(workspace, 3, 0.0, frame=2)
    assert git(top, "rev-parse", "--abbrev-ref", "HEAD") == "HEAD"
    assert git(top, "log", "-1", "--format=%s", "other") == "street, job 1: 1 changed"
    assert git(top, "status", "--porcelain") == ""


def test_a_branch_without_commits(workspace: Workspace) -> None:
    top = top_of(workspace)
    git(top, "checkout", "-q", "--orphan", "fresh")
    (top / "train.py").write_text("2\n", encoding="utf-8")
    assert adopt_pending(workspace).commit == ""
    put(workspace, 1, 10.0)
    assert ids(workspace) == [1]
    assert git(top, "log", "--format=%s") == "street, job 1: 1 added"
    git(top, "commit", "-q", "-m", "the rest")
    assert git(top, "show", "HEAD:train.py") == "1", "as it was staged"
    assert git(top, "status", "--porcelain") == "M train.py"
    put(workspace, 2, 10.0)
    assert git(top, "fsck", "--no-dangling") == ""


IN_THE_MIDDLE = {
    "merge": (["merge", "other"], "git merge --abort"),
    "rebase": (["rebase", "other"], "git rebase --abort"),
    "cherry-pick": (["cherry-pick", "other"], "git cherry-pick --abort"),
    "revert": (["revert", "--no-edit", "HEAD~1"], "git revert --abort"),
}


@pytest.mark.parametrize("command", IN_THE_MIDDLE)
def test_in_the_middle_of_a_git_command_nothing_is_saved(workspace: Workspace, command: str) -> None:
    put(workspace, 1, 10.0)
    top = top_of(workspace)
    for branch, text in (("other", "theirs\n"), ("main", "ours\n"), ("main", "again\n")):
        git(top, "checkout", "-q", *(["-b"] if branch == "other" else []), branch)
        (top / "train.py").write_text(text, encoding="utf-8")
        git(top, "commit", "-q", "-a", "-m", text.strip())
    arguments, end = IN_THE_MIDDLE[command]
    assert subprocess.run(["git", *arguments], cwd=top, capture_output=True, check=False).returncode == 1
    before = git(top, "status", "--porcelain=v2"), git(top, "rev-parse", "HEAD")
    with pytest.raises(Busy) as caught:
        put(workspace, 1, 20.0)
    assert caught.value.message == f"A git {command} is under way in {top}{os.sep}."
    assert end in caught.value.hint
    done = cvat("object", "rm", "1", "--id", "1", "--yes", workspace=workspace.root)
    assert (done.code, done.out) == (Busy.exit_code, "")
    assert end in done.err
    assert adopt_pending(workspace).commit == ""
    assert (git(top, "status", "--porcelain=v2"), git(top, "rev-parse", "HEAD")) == before
    assert left_of(workspace, 1) == 10.0, "it is read all the same"
    git(top, *end.split()[1:])
    put(workspace, 1, 20.0)
    assert left_of(workspace, 1) == 20.0


def test_criss_cross_merges_see_every_ancestor(workspace: Workspace, tmp_path: Path) -> None:
    """Both sides merged each other before, each keeping its own value; later merges neither forget nor repeat one."""
    put(workspace, 1, 10.0)
    put(workspace, 2, 0.0, frame=1)
    top, beside = top_of(workspace), tmp_path / "beside"
    git(top, "worktree", "add", "-q", "-b", "other", str(beside))
    with Workspace(beside / INSIDE) as other:
        put(other, 1, 20.0)
        put(workspace, 1, 30.0)
        tips = git(top, "rev-parse", "main", "other").splitlines()
        git(top, "merge", "-q", "--no-edit", tips[1])
        git(beside, "merge", "-q", "--no-edit", tips[0])
        first = adopt_pending(workspace).conflicts, adopt_pending(other).conflicts
        assert first[0][0].id == first[1][0].id
        put(workspace, 2, 50.0, frame=1)
        put(other, 3, 0.0, frame=2)
        assert len(git(top, "merge-base", "--all", "main", "other").splitlines()) == 2
        git(top, "merge", "-q", "--no-edit", "other")
        adopt_pending(workspace)
        assert (left_of(workspace, 1), left_of(workspace, 2)) == (30.0, 50.0)
        assert ids(workspace) == [1, 2, 3]
        assert [view.id for view in workspace.conflicts()] == [first[0][0].id]
        git(beside, "merge", "-q", "main")
        assert git(top, "rev-parse", "main^{tree}") == git(top, "rev-parse", "other^{tree}")


def test_git_shows_objects_in_words(workspace: Workspace) -> None:
    put(workspace, 1, 10.0)
    git(top_of(workspace), "branch", "before")
    put(workspace, 1, 20.0)
    lines = git(top_of(workspace), "diff", "-U0", "before").splitlines()
    assert lines[-2:] == [
        "-frame 0  #1  rectangle  car  10,0,15,5",
        "+frame 0  #1  rectangle  car  20,0,25,5",
    ]
    plain = git(top_of(workspace), "diff", "-U0", "--no-textconv", "before").splitlines()
    assert plain[-1] == '+{"frame":0,"id":1,"type":"rectangle","label":"car","points":[20.0,0.0,25.0,5.0]}'


def test_a_clone_by_plain_git_merges_as_text_until_it_is_opened(workspace: Workspace, tmp_path: Path) -> None:
    for number in range(1, 21):
        put(workspace, number, float(number), frame=number)
    git(top_of(workspace), "branch", "shared")
    plain = tmp_path / "plain"
    git(tmp_path, "clone", "-q", str(top_of(workspace)), str(plain))
    put(workspace, 1, 50.0, frame=1)
    shard = plain / INSIDE / "tasks/1/annotations/1/0.jsonl"
    shard.write_bytes(shard.read_bytes().replace(b"[20.0,", b"[21.0,"))
    git(plain, "commit", "-q", "-a", "-m", "by hand")
    git(plain, "pull", "-q", "--no-rebase", "--no-edit")
    with Workspace(plain / INSIDE) as other:
        assert (left_of(other, 1), left_of(other, 20)) == (50.0, 21.0)
        assert len(check_drivers(other.root)) == 1
        put(other, 30, 0.0, frame=30)
        assert check_drivers(other.root) == ()


def test_a_bare_repository_is_no_workspace(workspace: Workspace, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(top_of(workspace)), str(tmp_path / "bare.git"))
    with pytest.raises(NotAWorkspace):
        Workspace(tmp_path / "bare.git")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_checkout_is_read(workspace: Workspace) -> None:
    put(workspace, 1, 10.0)
    workspace.close()
    folders = [workspace.root, *(path for path in workspace.root.rglob("*") if path.is_dir())]
    folders += [path for path in (top_of(workspace) / ".git").rglob("*") if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    try:
        with Workspace(workspace.root) as reader:
            assert ids(reader) == [1]
            assert adopt_pending(reader).commit == ""
            assert reader.conflicts() == []
    finally:
        for folder in folders:
            folder.chmod(0o755)
