"""Getting and sending one at a time, what is interrupted, and what lies around the workspace."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import cvatsync
import cvatsync.syncing
from cvatcore import Workspace
from cvatcore.errors import Busy, Conflict, CvatError, MergeConflict, NotAWorkspace, RemoteFailed
from cvatsync.checkout import open_checkout
from cvatsync.git_work import git_work
from cvatsync.remote import fetch, push
from kit.git_http import git_server
from kit.team import draw, git, ids, shared_workspace, snapshot


@pytest.fixture
def team(tmp_path: Path) -> tuple[Workspace, Workspace, Path]:
    """Two people with a box each that the other has not, and the remote."""
    mara, remote = shared_workspace(tmp_path)
    ines = Workspace(cvatsync.clone(str(remote), tmp_path / "ines"))
    draw(mara, job=0)
    draw(ines, job=1)
    return mara, ines, remote


def test_a_pull_sends_nothing_and_a_push_merges_nothing(team: tuple[Workspace, Workspace, Path]) -> None:
    mara, ines, remote = team
    assert cvatsync.push(mara.root).sent == 1
    far = git(remote, "rev-parse", "main")
    before = snapshot(ines.root)
    with pytest.raises(RemoteFailed, match="origin/main has 1 commit that is not here") as caught:
        cvatsync.push(ines.root)
    assert "cvat sync" in caught.value.hint
    assert snapshot(ines.root) == before
    report = cvatsync.pull(ines.root)
    assert (report.received, report.sent, report.unsent, report.merged) == (1, 0, 2, True)
    assert git(remote, "rev-parse", "main") == far
    assert cvatsync.push(ines.root).sent == 2
    assert cvatsync.pull(mara.root).received == 2
    assert ids(mara) == ids(ines)
    assert cvatsync.push(mara.root).is_empty
    assert cvatsync.pull(mara.root).is_empty
    for root in (mara.root, ines.root):
        assert git(root, "status", "--porcelain", "--branch") == "## main...origin/main"


def test_a_push_that_somebody_was_faster_than(
    team: tuple[Workspace, Workspace, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    mara, ines, _ = team

    def push_after_another(*arguments: object, **named: object) -> str:
        git(ines.root, "push", "-q", "origin", "main")
        return push(*arguments, **named)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(cvatsync.syncing, "send", push_after_another)
    with pytest.raises(RemoteFailed, match="faster"):
        cvatsync.push(mara.root)


def test_a_push_that_the_remote_refuses_leaves_everything_as_before(team: tuple[Workspace, Workspace, Path]) -> None:
    mara, ines, remote = team
    cvatsync.sync(mara.root)
    hook = remote / "hooks/update"
    hook.write_text("#!/bin/sh\necho no >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    before = snapshot(ines.root)
    with pytest.raises(RemoteFailed, match="did not take"):
        cvatsync.sync(ines.root)
    assert snapshot(ines.root) == before
    assert git(ines.root, "status", "--porcelain") == ""
    hook.unlink()
    assert cvatsync.sync(ines.root).merged
    assert git(ines.root, "fsck", "--no-dangling") == ""


Step = Callable[..., object]


@pytest.mark.parametrize("where", ["during the fetch", "after the fetch", "before the push", "after the push"])
def test_an_interruption_leaves_everything_as_before(
    team: tuple[Workspace, Workspace, Path], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    mara, ines, remote = team
    cvatsync.sync(mara.root)
    before = snapshot(ines.root)

    def interrupted(step: Step, *, first: bool) -> Step:
        def run(*arguments: object, **named: object) -> object:
            if not first:
                step(*arguments, **named)
            raise KeyboardInterrupt

        return run

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if where == "after the fetch":
            patched.setattr(cvatsync.syncing, "fetch", interrupted(fetch, first=False))
        elif where != "during the fetch":
            patched.setattr(cvatsync.syncing, "send", interrupted(push, first=where == "before the push"))
        with pytest.raises(KeyboardInterrupt):
            cvatsync.sync(ines.root, progress=stop if where == "during the fetch" else None)
    assert snapshot(ines.root) == before
    assert git(ines.root, "status", "--porcelain") == ""
    # Nothing is sent twice, and the next sync goes on from where the remote is.
    cvatsync.sync(ines.root)
    cvatsync.sync(mara.root)
    assert len(ids(mara)) == 2
    assert ids(mara) == ids(ines)
    assert int(git(remote, "rev-list", "--count", "--no-merges", "main")) == 4


_CHILD = """
import sys
from pathlib import Path
import cvatsync.syncing, cvatsync.history
print("ready", flush=True)
cvatsync.syncing.sync(Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_sync_that_is_interrupted_at_any_moment(team: tuple[Workspace, Workspace, Path]) -> None:
    mara, ines, _ = team
    drawn = {*ids(mara), *ids(ines)}
    for number in range(max(4, int(os.environ.get("CVAT_KILLS", "0")) // 20)):
        drawn |= {draw(mara, job=0, frame=number).id, draw(ines, job=1, frame=number).id}
        cvatsync.sync(mara.root)
        before = snapshot(ines.root)
        arguments = [sys.executable, "-c", _CHILD, str(ines.root)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            assert child.stdout is not None
            child.stdout.readline()
            try:
                child.wait(timeout=0.01 * (number % 12))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGINT)
        ines.store.mend()
        assert git(ines.root, "status", "--porcelain") == ""
        if child.returncode:
            # Before the branch moved all is as it was; just after, all of it is done.
            assert snapshot(ines.root) == before or set(ids(ines)) == drawn
        cvatsync.sync(ines.root)
        assert set(ids(ines)) == drawn
    assert git(ines.root, "fsck", "--no-dangling") == ""


def test_a_remote_that_vanishes_in_the_middle_of_a_push(
    team: tuple[Workspace, Workspace, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mara, ines, remote = team
    cvatsync.sync(mara.root)
    git(remote, "config", "http.receivepack", "true")
    monkeypatch.setenv("CVAT_GIT_TOKEN", "s3cret")
    with git_server(tmp_path, password="s3cret") as server:
        git(ines.root, "remote", "set-url", "origin", server.address + "team.git")
        server.hang_up_on = "git-receive-pack"
        before = snapshot(ines.root)
        with pytest.raises(RemoteFailed, match="did not take the commits") as caught:
            cvatsync.sync(ines.root)
        assert "s3cret" not in caught.value.message
        assert snapshot(ines.root) == before
        server.hang_up_on = ""
        assert cvatsync.sync(ines.root).merged
    assert git(ines.root, "fsck", "--no-dangling") == ""


def test_a_save_during_the_push_is_kept_and_not_amended(
    team: tuple[Workspace, Workspace, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    mara, ines, remote = team
    cvatsync.sync(mara.root)

    def push_while_somebody_draws(*arguments: object, **named: object) -> str:
        draw(ines, job=1, frame=5)
        return push(*arguments, **named)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(cvatsync.syncing, "send", push_while_somebody_draws)
    report = cvatsync.sync(ines.root)
    assert report.commit == git(remote, "rev-parse", "main")
    assert len(ids(ines)) == 3
    assert git(ines.root, "status", "--porcelain") == ""
    monkeypatch.undo()
    cvatsync.sync(ines.root)
    cvatsync.sync(mara.root)
    assert ids(mara) == ids(ines)


def commit_file(root: Path, name: str, data: bytes) -> None:
    (root / name).write_bytes(data)
    git(root, "add", name)
    git(root, "commit", "-qm", name)


def test_other_files_are_merged_by_lines(team: tuple[Workspace, Workspace, Path]) -> None:
    mara, ines, _ = team
    lines = [b"%d \xe9\n" % number for number in range(20)]
    commit_file(mara.root, "notes.txt", b"".join(lines))
    cvatsync.sync(mara.root)
    cvatsync.sync(ines.root)
    commit_file(mara.root, "notes.txt", b"".join([b"first\n", *lines]))
    commit_file(ines.root, "notes.txt", b"".join([*lines, b"last\n"]))
    cvatsync.sync(mara.root)
    cvatsync.sync(ines.root)
    assert (ines.root / "notes.txt").read_bytes() == b"".join([b"first\n", *lines, b"last\n"])
    assert git(ines.root, "status", "--porcelain") == ""
    assert git(ines.root, "fsck", "--no-dangling") == ""


@pytest.mark.parametrize("data", [b"one\n", b"\x00\x01"], ids=["text", "binary"])
def test_what_cannot_be_merged_by_lines_stops_and_changes_nothing(
    team: tuple[Workspace, Workspace, Path], data: bytes
) -> None:
    mara, ines, _ = team
    commit_file(mara.root, "model.bin", data)
    commit_file(ines.root, "model.bin", data + b"more\n")
    cvatsync.sync(mara.root)
    before = snapshot(ines.root)
    with pytest.raises(MergeConflict) as caught:
        cvatsync.sync(ines.root)
    assert caught.value.paths == ("model.bin",)
    assert snapshot(ines.root) == before
    with pytest.raises(MergeConflict):
        cvatsync.pull(ines.root)
    assert snapshot(ines.root) == before


def test_a_workspace_that_others_removed_is_not_brought_in(team: tuple[Workspace, Workspace, Path]) -> None:
    mara, ines, _ = team
    git(mara.root, "rm", "-rq", "cvat.toml")
    git(mara.root, "commit", "-qm", "away with it")
    git(mara.root, "push", "-q", "origin", "main")
    before = snapshot(ines.root)
    with pytest.raises(NotAWorkspace, match="origin/main holds no workspace"):
        cvatsync.sync(ines.root)
    assert snapshot(ines.root) == before


def test_an_edit_in_the_way_stops_before_anything_is_sent(team: tuple[Workspace, Workspace, Path]) -> None:
    mara, ines, remote = team
    mara.tasks["street"].jobs[2].update(state="completed")
    cvatsync.sync(mara.root)
    path = ines.root / mara.tasks["street"].jobs[2].path
    path.write_bytes(path.read_bytes() + b"\n")
    before, far = snapshot(ines.root), snapshot(remote)
    with pytest.raises(Conflict, match="edited here"):
        cvatsync.sync(ines.root)
    assert (snapshot(ines.root), snapshot(remote)) == (before, far)


def test_branches_that_were_merged_crosswise(team: tuple[Workspace, Workspace, Path]) -> None:
    """Both sides took the other's state in at once, without a remote between them: two ancestors are the best."""
    mara, ines, _ = team
    for person, other in ((mara, ines), (ines, mara)):
        git(person.root, "remote", "add", "other", str(other.root))
        git(person.root, "fetch", "-q", "other")
    for person in (mara, ines):
        assert cvatsync.merge_branch(person.root, "other/main").merged
    drawn = {draw(mara, job=0, frame=9).id, draw(ines, job=0, frame=9).id, *ids(mara)}
    for person in (mara, ines):
        git(person.root, "fetch", "-q", "other")
    assert len(git(mara.root, "merge-base", "--all", "HEAD", "other/main").splitlines()) == 2
    for person in (mara, ines):
        report = cvatsync.merge_branch(person.root, "other/main")
        assert report.conflicts == 0
        assert set(ids(person)) == drawn
    assert len(drawn) == 4


def test_a_command_waits_for_another_one(
    team: tuple[Workspace, Workspace, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ines, _ = team
    monkeypatch.setattr(cvatsync.syncing, "git_work", partial(git_work, wait=0.01))
    with open_checkout(ines.root) as checkout, git_work(checkout):
        with pytest.raises(Busy, match="under way"):
            cvatsync.sync(ines.root)
        # Saving goes on.
        draw(ines, job=2)
    assert cvatsync.sync(ines.root).sent == 2


@pytest.mark.parametrize("name", ["shallow.lock", "config.lock", "refs/remotes/origin/main.lock"])
def test_locks_of_a_command_that_died(team: tuple[Workspace, Workspace, Path], name: str) -> None:
    mara, ines, _ = team
    cvatsync.push(mara.root)
    lock = ines.root / ".git" / name
    mark = ines.root / ".cvat/git-work"
    lock.touch()
    # Without the mark of a dead command, and where it was there before that, it is somebody's and stays.
    for begun in (None, time.time() + 60):
        if begun is not None:
            mark.touch()
            os.utime(mark, (begun, begun))
        with contextlib.suppress(CvatError):
            cvatsync.sync(ines.root)
        assert lock.exists()
    mark.touch()
    os.utime(mark, (time.time() - 60, time.time() - 60))
    cvatsync.sync(ines.root)
    assert len(ids(ines)) == 2
    assert not lock.exists()
    assert not mark.exists()


def tag(workspace: Workspace, name: str, *, at: str = "HEAD") -> str:
    commit = git(workspace.root, "rev-parse", at)
    workspace.past.tag(name, commit=commit, message="a delivery", author=workspace.author)
    return commit


def test_versions_go_and_come_with_their_commits(team: tuple[Workspace, Workspace, Path], tmp_path: Path) -> None:
    mara, ines, remote = team
    commit = tag(mara, "v1")
    git(mara.root, "tag", "mine")  # A mark without a message is nobody else's.
    assert cvatsync.sync(mara.root).versions == ("v1",)
    assert cvatsync.sync(mara.root).is_empty
    assert git(remote, "tag") == "v1"
    assert git(remote, "cat-file", "-t", "v1") == "tag"
    report = cvatsync.sync(ines.root)
    assert report.versions == ("v1",)
    assert git(ines.root, "rev-parse", "v1^{commit}") == commit
    # One that was deleted here stays away; one of the same name that is another stays on both sides.
    git(ines.root, "tag", "-d", "v1")
    assert cvatsync.sync(ines.root).versions == ()
    assert git(ines.root, "tag") == ""
    other = tag(ines, "v1")
    assert cvatsync.sync(ines.root).versions == ()
    assert git(ines.root, "rev-parse", "v1^{commit}") == other
    assert git(remote, "rev-parse", "v1^{commit}") == commit
    # What the remote has no commits of waits for them.
    git(mara.root, "checkout", "-q", "--detach")
    draw(mara, job=2)
    tag(mara, "elsewhere")
    git(mara.root, "checkout", "-q", "main")
    assert cvatsync.sync(mara.root).versions == ()
    root = cvatsync.clone(str(remote), tmp_path / "tom")
    assert git(root, "rev-parse", "v1^{commit}") == commit
    assert cvatsync.sync(root).is_empty


def test_a_remote_that_takes_no_versions(team: tuple[Workspace, Workspace, Path]) -> None:
    mara, _, remote = team
    hook = remote / "hooks/update"
    hook.write_text('#!/bin/sh\ncase "$1" in refs/tags/*) exit 1;; esac\n', encoding="utf-8")
    hook.chmod(0o755)
    tag(mara, "v1")
    report = cvatsync.sync(mara.root)
    assert report.versions_refused == ("v1",)
    assert report.sent == 1
    hook.unlink()
    assert cvatsync.push(mara.root).versions == ("v1",)
