"""A person's `git commit` in the very moment of a save."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from cvatcore import Shape, Workspace
from kit.tasks import labels, make_task, new_workspace, numbered_pictures


def box(frame: int) -> Shape:
    return Shape(frame=frame, id=0, type="rectangle", label="car", points=(1.0, 2.0, 3.0, 4.0))


def test_a_commit_of_an_index_read_before_takes_no_change_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git reads its index, the save moves the branch, git commits what it read: the tree from before the save."""
    with new_workspace(tmp_path / "ws") as workspace:
        make_task(workspace, numbered_pictures(100), labels=labels("car"))
        job = workspace.job(1)
        (early,) = job.add(box(0))
        history = workspace.store.history
        lock = tmp_path / "ws/.git/index.lock"
        publish = history.publish

        def publish_and_commit(prepared: Any) -> Any:
            tree = git("write-tree")
            moved = publish(prepared)
            git("update-ref", "HEAD", git("commit-tree", tree, "-p", "HEAD", "-m", "notes"))
            lock.touch()  # Git still holds its index.
            return moved

        def git(*arguments: str) -> str:
            ended = subprocess.run(["git", *arguments], cwd=tmp_path / "ws", capture_output=True, text=True, check=True)
            return ended.stdout.strip()

        monkeypatch.setattr(history, "publish", publish_and_commit)
        (saved,) = job.add(box(1))
        monkeypatch.undo()
        lock.unlink()
        (later,) = job.add(box(50))
        assert [shape.id for shape in job.annotations.shapes] == [early.id, saved.id, later.id]
    with Workspace(tmp_path / "ws") as again:
        assert len(again.job(1).annotations.shapes) == 3
        again.job(1).add(box(2))
    assert str(saved.id) in git("show", "HEAD:tasks/1/annotations/1/0.jsonl")
