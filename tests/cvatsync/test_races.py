"""Others who push at the same moment, hooks, and processes that die in the middle."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cvatsync
import cvatsync.syncing
from cvatcore import Workspace
from cvatcore.errors import RemoteFailed
from cvatsync.remote import push
from kit.team import draw, git, ids, shared_workspace, snapshot


def test_somebody_faster_is_merged_and_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = Workspace(cvatsync.clone(str(remote), tmp_path / "ines"))
    drawn = [draw(mara, job=0).id, draw(ines, job=1).id]
    pushes: list[str] = []

    def push_after_another(*arguments: object, **named: object) -> str:
        if not pushes:
            git(ines.root, "push", "-q", "origin", "main")
        pushes.append("")
        return push(*arguments, **named)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(cvatsync.syncing, "send", push_after_another)
    report = cvatsync.sync(mara.root)
    assert len(pushes) == 2
    assert report.merged
    assert ids(mara) == sorted(drawn)
    assert git(remote, "rev-parse", "main") == report.commit
    assert int(git(remote, "rev-list", "--count", "--no-merges", "main")) == 4


def test_one_who_is_always_slower_gives_up_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mara, _ = shared_workspace(tmp_path)
    draw(mara, job=0)
    monkeypatch.setattr(cvatsync.syncing, "send", lambda *_, **__: "fetch first")
    with pytest.raises(RemoteFailed, match="in 5 attempts"):
        cvatsync.sync(mara.root)
    assert len(ids(mara)) == 1


def test_a_lock_that_somebody_left_at_the_remote_is_named(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    draw(mara, job=0)
    lock = remote / "refs/heads/main.lock"
    lock.touch()
    with pytest.raises(RemoteFailed) as caught:
        cvatsync.sync(mara.root)
    assert f"{lock} is there" in caught.value.message
    lock.unlink()
    assert cvatsync.sync(mara.root).sent == 1
    assert git(remote, "for-each-ref", "--format=%(refname)") == "refs/heads/main"


@pytest.mark.parametrize("hook", ["update", "pre-receive"])
def test_a_hook_of_the_remote_decides(tmp_path: Path, hook: str) -> None:
    mara, remote = shared_workspace(tmp_path)
    write_hook(remote / "hooks" / hook, "echo no boxes today >&2; exit 1")
    draw(mara, job=0)
    before = git(remote, "rev-parse", "main")
    with pytest.raises(RemoteFailed, match="no boxes today"):
        cvatsync.sync(mara.root)
    assert git(remote, "rev-parse", "main") == before
    write_hook(remote / "hooks" / hook, "exit 0")
    assert cvatsync.sync(mara.root).sent == 1


def test_a_hook_of_our_own_runs(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    write_hook(mara.root / ".git/hooks/pre-push", f"touch '{tmp_path}/ran'")
    draw(mara, job=0)
    assert cvatsync.sync(mara.root).sent == 1
    assert (tmp_path / "ran").exists()
    assert git(remote, "rev-parse", "main") == git(mara.root, "rev-parse", "origin/main")


def write_hook(path: Path, script: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


_CHILD = """
import sys
from pathlib import Path
import cvatsync.syncing, cvatsync.history
print("ready", flush=True)
cvatsync.syncing.sync(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("seed", range(6))
def test_a_sync_that_is_killed_leaves_a_sound_workspace(tmp_path: Path, seed: int) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = Workspace(cvatsync.clone(str(remote), tmp_path / "ines"))
    wait = random.Random(seed)
    drawn: list[int] = []
    for round_number in range(4):
        drawn += [draw(mara, job=0, frame=round_number).id, draw(ines, job=1, frame=round_number).id]
        cvatsync.sync(mara.root)
        ines.close()
        child = subprocess.Popen([sys.executable, "-c", _CHILD, str(ines.root)], stdout=subprocess.PIPE)
        with child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(wait.uniform(0, 0.15))  # When it is killed is what the test is about.
            child.kill()
        ines = Workspace(ines.root)
        assert git(ines.root, "status", "--porcelain") == ""
        assert set(ids(ines)) >= set(drawn[1::2])
        assert git(ines.root, "fsck", "--no-dangling") == ""
        assert git(remote, "fsck", "--no-dangling") == ""
        for folder in (ines.root / ".git", remote):
            for lock in folder.rglob("*.lock"):
                lock.unlink()  # As the words for it tell a person.
        cvatsync.sync(ines.root)
    cvatsync.sync(mara.root)
    assert ids(ines) == ids(mara) == sorted(drawn)


@pytest.mark.parametrize("step", ["publish", "settle"], ids=["before the branch moved", "after the branch moved"])
def test_a_merge_that_is_cut_off_is_finished_or_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    from cvatsync.history import GitHistory

    mara, remote = shared_workspace(tmp_path)
    ines = Workspace(cvatsync.clone(str(remote), tmp_path / "ines"))
    drawn = [draw(mara, job=0).id, draw(ines, job=1).id]
    cvatsync.sync(mara.root)
    before = snapshot(ines.root)
    ines.close()

    class PowerCut(BaseException):
        pass

    def cut(*_: object, **__: object) -> object:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(GitHistory, step, cut)
        with pytest.raises(PowerCut):
            cvatsync.sync(ines.root)
    ines = Workspace(ines.root)
    if step == "publish":
        assert snapshot(ines.root) == before
    else:
        assert ids(ines) == sorted(drawn)
    assert git(ines.root, "status", "--porcelain") == ""
    cvatsync.sync(ines.root)
    assert ids(ines) == sorted(drawn)
    assert git(remote, "rev-parse", "main") == git(ines.root, "rev-parse", "main")
