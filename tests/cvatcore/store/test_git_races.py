"""A person's `git commit` in the very moment of a save."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from cvatcore import Shape, Workspace
from kit.tasks import labels, make_task, new_workspace, numbered_pictures


def box(frame: int) -> Shape:
    return Shape(frame=frame, id=0, type="rectangle", label="car", points=(1.0, 2.0, 3.0, 4.0))


class Git:
    """A `git commit` taken apart, so that a save can come between its steps."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.index = b""

    def __call__(self, *arguments: str) -> str:
        ended = subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, text=True, check=True)
        return ended.stdout.strip()

    def read_index(self) -> None:
        self.tree = self("write-tree")
        self.index = (self.root / ".git/index").read_bytes()

    def write_index(self) -> None:
        (self.root / ".git/index.lock").write_bytes(self.index)
        (self.root / ".git/index.lock").replace(self.root / ".git/index")

    def commit_what_was_read(self) -> str:
        commit = self("commit-tree", self.tree, "-p", "HEAD", "-m", "notes")
        self("update-ref", "HEAD", commit)
        return commit


@pytest.mark.parametrize("reopened", [False, True])
def test_a_commit_of_an_index_read_before_takes_no_change_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reopened: bool
) -> None:
    """Git reads its index, the save moves the branch, git commits what it read: the tree from before the save."""
    root = tmp_path / "ws"
    git = Git(root)
    with new_workspace(root) as workspace:
        make_task(workspace, numbered_pictures(100), labels=labels("car"))
        job = workspace.job(1)
        (early,) = job.add(box(0))
        (root / "notes.txt").write_text("mine", encoding="utf-8")
        git("add", "notes.txt")
        git.read_index()
        (saved,) = job.add(box(1))
        git.write_index()
        theirs = git.commit_what_was_read()
        assert str(saved.id) not in git("show", "HEAD:tasks/1/annotations/1/0.jsonl")
        if reopened:
            with Workspace(root) as again, again.writing():
                pass
        else:
            (later,) = job.add(box(50))
            assert [shape.id for shape in job.annotations.shapes] == [early.id, saved.id, later.id]
    assert str(saved.id) in git("show", "HEAD:tasks/1/annotations/1/0.jsonl")
    assert git("status", "--porcelain") == ""
    assert git("show", "HEAD:notes.txt") == "mine"
    git("merge-base", "--is-ancestor", theirs, "HEAD")


def test_an_old_index_written_back_is_mended_by_the_next_save(tmp_path: Path) -> None:
    root = tmp_path / "ws"
    git = Git(root)
    with new_workspace(root) as workspace:
        make_task(workspace, numbered_pictures(100), labels=labels("car"))
        job = workspace.job(1)
        job.add(box(0))
        git.read_index()
        job.add(box(1))
        git.write_index()  # Its commit failed, since the branch had moved.
        assert git("status", "--porcelain") != ""
        job.add(box(50))
    assert git("status", "--porcelain") == ""


@pytest.mark.parametrize("commands", [[["revert", "--no-edit", "HEAD"]], [["reset", "-q", "--hard", "HEAD~1"]]])
def test_what_is_taken_back_on_purpose_stays_so(tmp_path: Path, commands: list[list[str]]) -> None:
    root = tmp_path / "ws"
    git = Git(root)
    with new_workspace(root) as workspace:
        make_task(workspace, numbered_pictures(100), labels=labels("car"))
        job = workspace.job(1)
        for command in commands:
            (gone,) = job.add(box(0))
            git(*command)
            job.add(box(50))
            assert gone.id not in {shape.id for shape in job.annotations.shapes}
        assert "Kept" not in git("log", "--format=%s")


def test_a_commit_that_starts_in_the_middle_of_a_save_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the move of the branch until the index has followed, git finds its index locked."""
    root = tmp_path / "ws"
    with new_workspace(root) as workspace:
        make_task(workspace, numbered_pictures(100), labels=labels("car"))
        job = workspace.job(1)
        job.add(box(0))
        (root / "notes.txt").write_text("mine", encoding="utf-8")
        Git(root)("add", "notes.txt")
        history = workspace.store.history
        settle, ended = history.settle, []

        def settle_late(paths: Iterable[str]) -> tuple[Path, ...]:
            ended.append(subprocess.run(["git", "commit", "-qm", "notes"], cwd=root, capture_output=True, text=True))
            return settle(paths)

        monkeypatch.setattr(history, "settle", settle_late)
        (saved,) = job.add(box(1))
    assert [(one.returncode, "index.lock" in one.stderr) for one in ended] == [(128, True)]
    git = Git(root)
    git("commit", "-qm", "notes")
    assert str(saved.id) in git("show", "HEAD:tasks/1/annotations/1/0.jsonl")
    assert git("status", "--porcelain") == ""
