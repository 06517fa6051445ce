"""Repositories that are packed, damaged, and mended."""

import os
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore import ChangeSet, Workspace
from cvatcore.errors import Busy
from cvatcore.store.operations import recent_commits
from cvatcore.store.upkeep import Cleaned
from cvatsync.upkeep import packing
from cvatsync.upkeep.upkeep import GitUpkeep, open_upkeep
from kit.annotated import annotated, assert_sound, box, git, numbers, put


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects count as untouched from the moment that they are written."""
    monkeypatch.setattr(packing, "_TOUCHED_SECONDS", 0.0)


def clean(workspace: Workspace, *, whole: bool = True, keep: int = 200) -> Cleaned:
    upkeep = open_upkeep(workspace.root)
    try:
        return upkeep.clean(
            keep=lambda: recent_commits(workspace.store.local, limit=keep) if keep else [],
            whole=whole,
            writing=workspace.store.tidying,
        )
    finally:
        upkeep.close()


def commits(root: Path) -> set[str]:
    listed = git(root, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
    return {line.split()[0] for line in listed.splitlines() if line.endswith("commit")}


def test_amended_saves_go_and_everything_else_stays(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        for number in range(1, 30):
            put(job, box(number, number))
        git(tmp_path, "branch", "topic")
        (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
        git(tmp_path, "add", "notes.txt")
        git(tmp_path, "stash")
        (tmp_path / "staged.txt").write_text("staged only", encoding="utf-8")
        git(tmp_path, "add", "staged.txt")
        before = git(tmp_path, "rev-parse", "HEAD", "topic", "stash", "stash^2")
        done = clean(workspace, keep=0)
        assert done.dropped_saves == 28
        assert done.after.loose == 0
        assert done.after.packs == 1
        assert done.after.bytes < done.before.bytes / 2
        assert git(tmp_path, "rev-parse", "HEAD", "topic", "stash", "stash^2") == before
        assert git(tmp_path, "fsck", "--strict", "--no-dangling") == ""
        assert git(tmp_path, "status", "--porcelain") == "A  staged.txt\n"
        assert git(tmp_path, "diff", "--cached", "--stat").count("staged.txt") == 1
        assert numbers(job.annotations) == list(range(1, 30))
        put(job, box(99))
        assert clean(workspace).dropped_saves == 0
        assert git(tmp_path, "fsck", "--strict", "--no-dangling") == ""


def test_what_can_be_undone_is_kept(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        for number in range(1, 20):
            put(workspace.job(1), box(number, number))
        kept = set(recent_commits(workspace.store.local, limit=5))
        assert clean(workspace, keep=5).dropped_saves == 19 - 1 - 5
        assert kept <= commits(tmp_path)
        for commit in kept:
            git(tmp_path, "rev-list", "--objects", commit)
        assert git(tmp_path, "fsck", "--strict", "--no-dangling") == ""


@pytest.mark.parametrize("seed", range(4))
def test_saves_commands_of_git_and_clean_ups_in_any_order(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with annotated(tmp_path, amend_seconds=300) as workspace:
        job, expected = workspace.job(1), dict[int, int]()
        for step in range(25):
            word = chance.choice(
                ["save", "save", "save", "delete", "clean", "loose", "gc", "commit", "amend", "reset", "tag"]
            )
            if word == "save":
                number = chance.randrange(1, 9)
                expected[number] = chance.randrange(100)
                put(job, box(number, expected[number], at=float(step)))
            elif word == "delete" and expected:
                number = chance.choice(sorted(expected))
                del expected[number]
                job.apply(ChangeSet(delete=frozenset({number})))
            elif word in {"clean", "loose"}:
                clean(workspace, whole=word == "clean", keep=chance.choice([0, 3, 200]))
            elif word == "gc":
                git(tmp_path, "gc", "-q")
            elif word == "commit":
                git(tmp_path, "commit", "-q", "--allow-empty", "-m", "theirs")
            elif word == "amend":
                git(tmp_path, "commit", "-q", "--amend", "--allow-empty", "-m", "again")
            elif word == "reset":
                git(tmp_path, "reset", "-q", "--hard", "HEAD@{1}")
                git(tmp_path, "reset", "-q", "--hard", "HEAD@{1}")
            elif word == "tag":
                git(tmp_path, "tag", f"v{step}")
            assert git(tmp_path, "fsck", "--strict", "--no-dangling") == "", (word, step)
            assert {shape.id: shape.frame for shape in job.annotations.shapes} == expected
        assert_sound(tmp_path)


def test_a_daemon_that_is_open_goes_on_reading(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace, Workspace(tmp_path) as other:
        put(workspace.job(1), box(1))
        assert next(other.past.log()).id
        first = workspace.store.history.head()
        for number in range(2, 8):
            put(workspace.job(1), box(number, number * 5))
            assert other.past.entries("tasks", commit=other.past.resolve("HEAD"))
            clean(workspace)
            put(other.job(1), box(number + 20, number * 5))
            clean(other)
        assert first
        assert numbers(workspace.job(1).annotations) == [1, *range(2, 8), *range(22, 28)]
        assert_sound(tmp_path)


def test_nothing_is_cleaned_in_the_middle_of_a_merge(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        git(tmp_path, "checkout", "-q", "-b", "topic")
        put(workspace.job(1), box(1))
        git(tmp_path, "checkout", "-q", "main")
        git(tmp_path, "merge", "-q", "--no-commit", "--no-ff", "topic")
        with pytest.raises(Busy, match="under way"):
            clean(workspace)


def test_worktrees_and_shallow_clones(tmp_path: Path) -> None:
    with annotated(tmp_path / "main") as workspace:
        put(workspace.job(1), box(1))
        put(workspace.job(1), box(2))
        git(tmp_path / "main", "worktree", "add", "-q", "../linked")
        with Workspace(tmp_path / "linked") as linked:
            put(linked.job(1), box(3))
            put(linked.job(1), box(4))
            clean(workspace, keep=0)
            assert_sound(tmp_path / "linked")
            assert_sound(tmp_path / "main")
            clean(linked, keep=0)
        assert git(tmp_path / "main", "fsck", "--no-dangling") == ""
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path / 'main'}", "shallow")
    with Workspace(tmp_path / "shallow") as workspace:
        put(workspace.job(1), box(5))
        put(workspace.job(1), box(6))
        clean(workspace, keep=0)
        assert git(tmp_path / "shallow", "fsck", "--no-dangling") == ""


def loose(root: Path, revision: str) -> Path:
    name = git(root, "rev-parse", revision).strip()
    return root / ".git/objects" / name[:2] / name[2:]


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[tuple[Path, GitUpkeep]]:
    """A workspace whose history is loose objects."""
    with annotated(tmp_path / "ws") as workspace:
        put(workspace.job(1), box(1))
        put(workspace.job(1), box(2, 50))
    upkeep = open_upkeep(tmp_path / "ws")
    yield tmp_path / "ws", upkeep
    upkeep.close()


SHARD = "HEAD:tasks/1/annotations/1/0.jsonl"


@pytest.mark.parametrize("revision", [SHARD, "HEAD:tasks/1/annotations", "HEAD:tasks"])
@pytest.mark.parametrize("damage", ["broken", "gone", "empty"])
def test_objects_are_written_again(damaged: tuple[Path, GitUpkeep], revision: str, damage: str, tmp_path: Path) -> None:
    root, upkeep = damaged
    assert upkeep.check() == []
    path = loose(root, revision)
    name = path.parent.name + path.name
    path.chmod(0o644)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "empty" else path.read_bytes()[:-4] + b"xxxx")
    (fault,) = upkeep.check()
    assert fault.name == name
    assert ("missing" if damage == "gone" else "cannot be read") in fault.message
    assert fault.used_as == revision.partition(":")[2]
    done = upkeep.mend([fault], quarantine=tmp_path / "quarantine")
    assert "written again" in done[name]
    assert open_upkeep(root).check() == []
    assert_sound(root)


def test_a_commit_is_fetched_again(damaged: tuple[Path, GitUpkeep], tmp_path: Path) -> None:
    root, upkeep = damaged
    git(tmp_path, "clone", "-q", "--bare", "ws", "remote")
    git(root, "remote", "add", "origin", "../remote")
    git(root, "fetch", "-q")
    loose(root, "HEAD~1").unlink()
    faults = upkeep.check()
    assert upkeep.mend(faults, quarantine=tmp_path / "quarantine")
    assert open_upkeep(root).check() == []
    assert git(root, "fsck", "--no-dangling") == ""


def test_what_nobody_has_is_named_and_stays_broken(damaged: tuple[Path, GitUpkeep], tmp_path: Path) -> None:
    root, upkeep = damaged
    path = loose(root, "HEAD~1")
    path.chmod(0o644)
    path.write_bytes(b"nonsense")
    (fault,) = upkeep.check()
    assert upkeep.mend([fault], quarantine=tmp_path / "quarantine") == {}
    (kept,) = (one for one in (tmp_path / "quarantine").rglob("*") if one.is_file())
    assert kept.read_bytes() == b"nonsense"


def test_a_branch_that_a_power_cut_emptied_is_set_again(damaged: tuple[Path, GitUpkeep], tmp_path: Path) -> None:
    root, upkeep = damaged
    head = git(root, "rev-parse", "HEAD")
    (root / ".git/refs/heads/main").write_bytes(b"")
    faults = upkeep.check()
    assert {fault.kind for fault in faults} == {"broken-reference"}
    assert upkeep.mend(faults, quarantine=tmp_path / "quarantine")
    assert git(root, "rev-parse", "HEAD") == head
    assert_sound(root)


def test_locks_and_leftovers_are_found(damaged: tuple[Path, GitUpkeep]) -> None:
    root, upkeep = damaged
    assert dict(upkeep.locks()) == {}
    ended = subprocess.Popen(["true"])
    ended.wait()
    (root / ".git/index.lock").write_text(f"cvat {ended.pid}", encoding="utf-8")
    (root / ".git/HEAD.lock").touch()
    hour_ago = time.time() - 3600
    os.utime(root / ".git/HEAD.lock", (hour_ago, hour_ago))
    (root / ".git/objects/tmp_object_git2_abc").touch()
    found = {path.name: age for path, age in upkeep.locks().items()}
    assert found["index.lock"] == float("inf")
    assert 3590 < found["HEAD.lock"] < 3700
    assert [path.name for path in upkeep.leftovers()] == ["tmp_object_git2_abc"]
    assert "loose" in upkeep.describe()["objects"]
    assert "person@example.org" not in str(upkeep.describe())
