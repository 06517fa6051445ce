from __future__ import annotations

from pathlib import Path

import pytest

from cvatcore.errors import NotFound
from cvatcore.store.layout import shard_path
from cvatcore.store.past import FileChange
from cvatsync.working import working_changes
from kit.annotated import annotated, box, git, put


def test_only_what_is_not_as_the_commit_has_it(tmp_path: Path) -> None:
    with annotated(tmp_path / "w") as workspace:
        put(workspace.tasks[1].jobs[0], box(1), box(2, 40))
        root = workspace.root
    head = git(root, "rev-parse", "HEAD").strip()
    assert working_changes(root, commit=head) == []
    first, second = root / shard_path(1, 1, 0), root / shard_path(1, 1, 32)
    first.write_bytes(first.read_bytes() + b"\n")
    second.unlink()
    (root / "readme.md").write_text("not ours", encoding="utf-8")
    (root / ".cvat" / "scratch.json").write_text("{}", encoding="utf-8")

    def blob(path: Path | str) -> str:
        return git(root, "hash-object", str(path)).strip()

    def stored(path: str) -> str:
        return git(root, "rev-parse", f"HEAD:{path}").strip()

    expected = [
        FileChange(shard_path(1, 1, 0), stored(shard_path(1, 1, 0)), blob(first)),
        FileChange(shard_path(1, 1, 32), stored(shard_path(1, 1, 32)), ""),
    ]
    assert working_changes(root, commit=head) == expected
    # Staged or not is all the same, and what was changed back differs no more.
    git(root, "add", "tasks")
    assert working_changes(root, commit=head) == expected
    first.write_bytes(first.read_bytes()[:-1])
    assert working_changes(root, commit=head) == expected[1:]


def test_against_an_older_commit_and_against_nothing(tmp_path: Path) -> None:
    with annotated(tmp_path / "w", amend_seconds=0) as workspace:
        put(workspace.tasks[1].jobs[0], box(1))
        root = workspace.root
    before = git(root, "rev-parse", "HEAD~1").strip()
    assert [change.path for change in working_changes(root, commit=before)] == ["cvat.toml", shard_path(1, 1, 0)]
    paths = {change.path for change in working_changes(root, commit="")}
    assert paths == set(git(root, "ls-files").split())


def test_a_commit_that_is_not_there(tmp_path: Path) -> None:
    with annotated(tmp_path / "w") as workspace, pytest.raises(NotFound):
        working_changes(workspace.root, commit="0" * 40)
