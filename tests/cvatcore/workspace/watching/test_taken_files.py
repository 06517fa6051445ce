"""What becomes of files whose frames a task has: moved, missing, changed, taken back."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore.workspace.watching import folder_watch, taking
from kit.watched import Drop


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    drop = Drop(tmp_path, segment_size=2)
    yield drop
    drop.workspace.close()


def test_moved_files_keep_their_frames(drop: Drop) -> None:
    drop.put("a.png", "b.png", "c.png")
    drop.look()
    (drop.folder / "a.png").rename(drop.folder / "z.png")
    (drop.folder / "later").mkdir()
    (drop.folder / "c.png").rename(drop.folder / "later" / "c.png")
    look = drop.look()
    assert [batch.added for batch in look.batches] == [None]
    assert [(one.frame, one.before, one.now) for one in look.state.moved] == [
        (0, "a.png", "z.png"),
        (2, "c.png", "later/c.png"),
    ]
    assert (drop.names, look.state.missing) == (["z.png", "b.png", "later/c.png"], ())
    assert drop.commits[0] == "street: Frames 0,2 are where they were moved to (task 1)"
    assert drop.task.frames.array(0).shape == (6, 8, 3)
    drop.workspace.undo()
    assert drop.names == ["a.png", "b.png", "c.png"]


def test_of_equal_pictures_each_frame_finds_one(drop: Drop) -> None:
    drop.put("a/1.png")
    for name in ("a/2.png", "a/3.png"):
        drop.copy("a/1.png", name)
    drop.look()
    (drop.folder / "a").rename(drop.folder / "b")
    state = drop.look().state
    assert drop.names == ["b/1.png", "b/2.png", "b/3.png"]
    assert (state.frames, state.missing) == (3, ())


def test_a_copy_of_a_frame_is_a_new_one(drop: Drop) -> None:
    drop.put("a.png")
    drop.look()
    drop.copy("a.png", "b.png")
    drop.look()
    assert drop.names == ["a.png", "b.png"]


def test_missing_and_changed_files_are_shown_and_their_frames_stay(drop: Drop) -> None:
    drop.put("a.png", "b.png", "c.png", "d.png")
    drop.look()
    (drop.folder / "a.png").unlink()
    drop.put("b.png", size=(30, 20))
    content = (drop.folder / "c.png").read_bytes()
    drop.folder.joinpath("c.png").write_bytes(content[:-1] + b"!")
    drop.aged(drop.folder / "c.png", age=50)
    drop.aged(drop.folder / "d.png", age=50)
    for state in (drop.look().state, drop.look(after=9).state):
        assert [(note.frame, note.name) for note in state.missing] == [(0, "a.png")]
        assert [note.frame for note in state.changed] == [1, 2]
        assert "bytes; it had" in state.changed[0].reason
        assert state.changed[1].reason == "It has other contents than it had."
    assert (drop.names, state.frames) == (["a.png", "b.png", "c.png", "d.png"], 4)
    drop.folder.joinpath("c.png").write_bytes(content)
    drop.aged(drop.folder / "c.png", age=40)
    assert [note.frame for note in drop.look().state.changed] == [1]


def test_what_changed_between_two_starts_is_seen(drop: Drop) -> None:
    drop.put("a.png", "b.png")
    drop.look()
    remembered = drop.watch.remembered
    content = (drop.folder / "a.png").read_bytes()
    drop.folder.joinpath("a.png").write_bytes(content[:-1] + b"!")
    drop.aged(drop.folder / "a.png", age=100)
    # Of the system's own clock, by which it says when a file was changed.
    kept = type(remembered)(task=1, looked_ns=1)
    drop.watch = drop.restarted(remembered=kept)
    assert [note.frame for note in drop.look().state.changed] == [0]
    assert drop.names == ["a.png", "b.png"]


def test_a_folder_that_is_gone_for_a_while_changes_nothing(drop: Drop) -> None:
    drop.put("a.png")
    drop.look()
    away = drop.folder.rename(drop.folder.with_name("away"))
    state = drop.look().state
    assert "is not there" in state.problem
    assert state.missing == ()
    away.rename(drop.folder)
    state = drop.look(after=5).state
    assert (state.problem, state.missing, drop.names) == ("", (), ["a.png"])


def test_frames_that_were_taken_back_are_not_taken_again(drop: Drop) -> None:
    drop.put("a.png", "b.png")
    drop.look()
    drop.put("c.png")
    drop.look()
    drop.workspace.undo()
    state = drop.look(after=5).state
    assert (drop.names, [note.name for note in state.broken]) == (["a.png", "b.png"], ["c.png"])
    assert "taken back" in state.broken[0].reason
    drop.watch = drop.restarted(remembered=drop.watch.remembered)
    drop.look(after=5)
    assert drop.names == ["a.png", "b.png"]
    drop.workspace.redo()
    assert (drop.look().state.broken, drop.names) == ((), ["a.png", "b.png", "c.png"])


def test_frames_that_were_taken_back_while_nobody_watched(drop: Drop) -> None:
    drop.put("a.png")
    drop.look()
    drop.put("b.png", "c.png")
    drop.look()
    drop.workspace.undo()
    drop.watch = drop.restarted(remembered=drop.watch.remembered)
    state = drop.look(after=5).state
    assert (drop.names, [note.name for note in state.broken]) == (["a.png"], ["b.png", "c.png"])
    drop.watch = drop.restarted(remembered=drop.watch.remembered)
    drop.put("c.png", size=(9, 9))
    state = drop.look(after=5).state
    assert (drop.names, [note.name for note in state.broken]) == (["a.png", "c.png"], ["b.png"])
    lost = type(drop.watch.remembered)(task=1, commit="0" * 40)
    drop.watch = drop.restarted(remembered=lost)
    drop.look(after=5)
    assert drop.names == ["a.png", "c.png", "b.png"]


def test_one_frame_is_linked_once(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    drop.put("a.png")
    drop.look()
    other = drop.restarted()
    other.look()
    (drop.folder / "a.png").rename(drop.folder / "b.png")
    real = taking.relink

    def late(*arguments: object, **options: object) -> object:
        monkeypatch.setattr(folder_watch, "relink", real)
        other.look()
        return real(*arguments, **options)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(folder_watch, "relink", late)
    assert drop.look().batches == ()
    assert drop.names == ["b.png"]


def test_a_frame_whose_file_is_back_stays_with_it(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes back in between the look and the commit."""
    drop.put("a.png")
    drop.look()
    (drop.folder / "a.png").rename(drop.folder / "b.png")
    real = taking.relink

    def late(*arguments: object, **options: object) -> object:
        drop.copy("b.png", "a.png")
        return real(*arguments, **options)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(folder_watch, "relink", late)
    drop.look()
    assert drop.names == ["a.png"]
    # The other one is a copy then.
    drop.look()
    assert drop.names == ["a.png", "b.png"]


def test_pictures_of_a_folder_that_is_not_on_this_machine_are_not_taken_twice(drop: Drop) -> None:
    drop.put("a.png")
    drop.look()
    theirs = drop.folder.rename(drop.folder.with_name("theirs"))
    drop.folder.mkdir()
    shutil.copytree(theirs, drop.folder.with_name("mine"))
    shutil.rmtree(theirs)
    drop.folder.rmdir()
    drop.rule = type(drop.rule)(folder=str(drop.folder.with_name("mine")), task=1)
    drop.watch = drop.restarted()
    state = drop.look(after=60).state
    assert drop.names == ["a.png"]
    assert "cvat media map" in state.broken[0].reason


def test_a_folder_that_cannot_be_read_is_said_and_nothing_is_missing(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.put("a.png", "inner/b.png")
    drop.look()
    real = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("inner"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr("cvatcore.media.walking.os.scandir", refuse)
        state = drop.look(after=5).state
    assert [(note.name, note.reason) for note in state.broken] == [("inner/", "The folder cannot be read.")]
    assert (state.missing, state.frames) == ((), 2)
    assert drop.look(after=5).state.broken == ()
