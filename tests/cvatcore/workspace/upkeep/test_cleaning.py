"""The history is packed after commands that write, in a process that outlives them."""

import time
from pathlib import Path

import pytest

from cvatcore.workspace.upkeep import cleaning
from kit.annotated import annotated, assert_sound, box, git, put
from kit.command import cvat_process


def packs(root: Path) -> int:
    return len(list((root / ".git/objects/pack").glob("*.pack")))


def pile_up(root: Path, count: int) -> None:
    """So many packs, each of a save."""
    with annotated(root, amend_seconds=0) as workspace:
        git(root, "commit", "-qam", "settings")
        for number in range(1, count + 1):
            put(workspace.job(1), box(number, number))
            git(root, "repack", "-q", "-d")


def until_packed(root: Path) -> None:
    end = time.monotonic() + 30
    while packs(root) != 1:
        assert time.monotonic() < end, "waited in vain"


def test_a_command_that_writes_leaves_the_packing_to_another_process(tmp_path: Path) -> None:
    pile_up(tmp_path, cleaning.PACK_LIMIT)
    assert cvat_process("task", "ls", cwd=tmp_path).code == 0
    assert packs(tmp_path) >= cleaning.PACK_LIMIT
    assert not (tmp_path / ".cvat/cleaned").exists()
    done = cvat_process("job", "set", "1", "--state", "in progress", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    until_packed(tmp_path)
    assert_sound(tmp_path)


def test_it_is_tried_once_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1))
    assert cleaning.start_if_needed(tmp_path) is None
    monkeypatch.setattr(cleaning, "LOOSE_LIMIT", 0)
    first = cleaning.start_if_needed(tmp_path)
    assert first is not None
    assert first.wait(30) == 0
    assert cleaning.start_if_needed(tmp_path) is None
    monkeypatch.setattr(cleaning, "_AGAIN_SECONDS", 0.0)
    second = cleaning.start_if_needed(tmp_path)
    assert second is not None
    assert second.wait(30) == 0


def test_where_it_cannot_be_tried_nothing_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with annotated(tmp_path):
        pass
    monkeypatch.setattr(cleaning, "LOOSE_LIMIT", 0)
    monkeypatch.setattr(cleaning, "command", lambda root: [str(root / "no-such-program")])
    assert cleaning.start_if_needed(tmp_path) is None
