"""A watched folder, with real files and a clock of the test's own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore.errors import Busy
from cvatcore.workspace.watching import folder_watch, taking, watching
from cvatcore.workspace.watching.folder_watch import FolderWatch
from kit.pictures import picture_bytes, write_picture
from kit.watched import Drop


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    drop = Drop(tmp_path, segment_size=2)
    yield drop
    drop.workspace.close()


def runs(drop: Drop) -> list[tuple[int, int]]:
    return [(job.start, job.stop) for job in drop.task.jobs]


def test_files_become_frames_and_jobs_in_one_commit(drop: Drop) -> None:
    drop.put("b.png", "sub/a.png", "a.png")
    (batch,) = drop.look().batches
    assert batch.added is not None
    assert (batch.added.frames, drop.names, runs(drop)) == (
        (0, 1, 2),
        ["a.png", "b.png", "sub/a.png"],
        [(0, 1), (2, 2)],
    )
    assert drop.commits[0] == "street: Add frames 0-2 (task 1)"
    drop.put("0.png")
    drop.look()
    assert (drop.names[3], runs(drop)) == ("0.png", [(0, 1), (2, 3)])
    assert drop.look(after=60).batches == ()
    assert [source.path for source in drop.task.document.data.sources] == [str(drop.folder)]


def test_a_file_that_is_written_waits_and_one_that_was_closed_does_not(drop: Drop) -> None:
    drop.put("a.png", "b.png", age=0)
    look = drop.look(closed=["a.png"])
    assert (drop.names, look.state.waiting) == (["a.png"], ("b.png",))
    assert look.due == 2.0
    assert drop.look(after=1.9).batches == ()
    drop.look(after=0.2)
    assert drop.names == ["a.png", "b.png"]


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.gif", "a.webp", "a.bmp", "a.tif"])
def test_a_picture_that_is_cut_off_waits_and_is_then_broken(drop: Drop, name: str) -> None:
    path = write_picture(drop.folder / name, (60, 50))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 4])
    drop.aged(path, age=0)
    look = drop.look(closed=[name])
    assert (drop.names, look.state.waiting, look.state.broken) == ([], (name,), ())
    look = drop.look(after=2)
    (broken,) = look.state.broken
    assert (broken.name, look.state.waiting) == (name, ())
    assert "cut off" in broken.reason
    assert drop.look(after=60).state.broken == (broken,)
    path.write_bytes(whole)
    drop.aged(path, age=5)
    drop.look()
    assert drop.names == [name]


def test_what_is_no_frame_is_told(drop: Drop) -> None:
    for name in ("a.jpg.part", "b.tmp.png", "~c.png", ".d.png", "e.png~", "notes.txt"):
        (drop.folder / name).write_bytes(b"x")
    for name in ("film.mp4", "old.zip", "plans.pdf"):
        (drop.folder / name).write_bytes(b"x")
    drop.aged(write_picture(drop.folder / "new\nline.png"))
    state = drop.look(after=60).state
    assert drop.names == []
    assert state.left_out == ("film.mp4", "old.zip", "plans.pdf")
    assert ["control character" in note.reason for note in state.broken] == [True]


def test_pages_become_frames(drop: Drop) -> None:
    write_picture(
        drop.folder / "a.gif",
        save_all=True,
        append_images=[__import__("PIL.Image").Image.new("RGB", (8, 6), color) for color in ("red", "blue")],
    )
    drop.aged(drop.folder / "a.gif")
    drop.look()
    assert drop.names == ["a.gif/0001.png", "a.gif/0002.png", "a.gif/0003.png"]
    drop.folder.joinpath("a.gif").rename(drop.folder / "b.gif")
    assert [one.frame for one in drop.look().state.moved] == [0, 1, 2]
    assert drop.names == ["b.gif/0001.png", "b.gif/0002.png", "b.gif/0003.png"]


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


def test_files_of_a_folder_that_is_watched_for_itself_are_left_to_it(drop: Drop) -> None:
    drop.put("a.png", "inner/b.png")
    drop.look(skip=[str(drop.folder / "inner")])
    assert drop.names == ["a.png"]


def test_only_the_folder_itself(tmp_path: Path) -> None:
    drop = Drop(tmp_path, recursive=False)
    drop.put("a.png", "inner/b.png")
    drop.look()
    assert drop.names == ["a.png"]
    drop.workspace.close()


def test_circles_of_links_end(drop: Drop) -> None:
    drop.put("a.png")
    (drop.folder / "again").symlink_to(drop.folder)
    (drop.folder / "dead.png").symlink_to(drop.folder / "nothing.png")
    drop.look()
    assert drop.names == ["a.png"]


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


def test_two_who_watch_take_each_file_once(drop: Drop) -> None:
    drop.put("a.png", "b.png")
    other = drop.restarted()
    assert drop.look(take_files=False).state.waiting == ("a.png", "b.png")
    other.look()
    drop.look()
    assert drop.names == ["a.png", "b.png"]
    (drop.folder / "a.png").rename(drop.folder / "z.png")
    other.look()
    drop.look()
    assert drop.names == ["z.png", "b.png"]


def test_one_that_was_decided_on_before_another_took_it(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other comes in between the look and the commit."""
    real, other = taking.take, drop.restarted()

    def late(*arguments: object) -> object:
        monkeypatch.setattr(folder_watch, "take", real)
        other.look()
        return real(*arguments)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(folder_watch, "take", late)
    drop.put("a.png", "b.png")
    assert drop.look().batches == ()
    assert (drop.names, len([one for one in drop.commits if "Add frames" in one])) == (["a.png", "b.png"], 1)


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


def test_point_clouds_do_not_come_among_pictures(drop: Drop) -> None:
    drop.put("a.png")
    drop.look()
    (drop.folder / "b.ply").write_bytes(b"ply\n")
    (drop.folder / "firmware.bin").write_bytes(b"0" * 16)
    state = drop.look(after=60).state
    assert (drop.names, state.left_out) == (["a.png"], ("b.ply", "firmware.bin"))


def test_context_images_come_with_their_frame(drop: Drop) -> None:
    drop.put("a.png")
    drop.put("related_images/a_png/side.png", age=0)
    drop.look()
    assert drop.names == []
    drop.look(after=2)
    assert (drop.names, drop.task.manifest.images[0].related) == (["a.png"], ("related_images/a_png/side.png",))


def test_context_images_that_come_later_are_added(drop: Drop) -> None:
    drop.put("sub/a.png", "sub/related_images/a_png/1.png", "b.png")
    drop.look()
    drop.put("sub/related_images/a_png/2.png", "related_images/b_png/1.png", age=0)
    assert drop.look().batches == ()
    (batch,) = drop.look(after=2).batches
    assert (batch.context, drop.names) == ((0, 1), ["b.png", "sub/a.png"])
    assert [image.related for image in drop.task.manifest.images] == [
        ("related_images/b_png/1.png",),
        ("sub/related_images/a_png/1.png", "sub/related_images/a_png/2.png"),
    ]
    assert drop.task.frames.context_image(1, 1).width == 8
    assert drop.look(after=5).batches == ()
    (drop.folder / "related_images/b_png/1.png").unlink()
    assert drop.look(after=5).batches == ()


def test_context_images_of_a_source_within_the_folder(drop: Drop) -> None:
    drop.put("sub/a.png")
    drop.task.add_frames([drop.folder / "sub"])
    drop.put("sub/related_images/a_png/1.png")
    (batch,) = drop.look().batches
    assert (batch.context, drop.task.manifest.images[0].related) == ((0,), ("related_images/a_png/1.png",))


def test_what_fails_is_said_and_tried_again(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise Busy("Another program is writing to this workspace.")

    drop.put("a.png")
    with monkeypatch.context() as patch:
        patch.setattr(folder_watch, "take", busy)
        assert drop.look().state.problem == "Another program is writing to this workspace."
    assert (drop.look().state.problem, drop.names) == ("", ["a.png"])
    drop.task.delete()
    assert "no task 1" in drop.look().state.problem


def test_a_large_drop_comes_in_batches(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_watch, "batch_size", lambda frames: max(3, frames))
    drop.put("0.png")
    for number in range(1, 20):
        shutil.copy2(drop.folder / "0.png", drop.folder / f"{number:02}.png")
    told: list[tuple[int, int]] = []
    look = drop.look(progress=lambda done, total: told.append((done, total)))
    assert [len(batch.added.frames) for batch in look.batches if batch.added] == [3, 3, 6, 8]
    assert (len(drop.names), told[-1], len(told)) == (20, (20, 20), 21)


def test_who_stops_in_between_keeps_what_was_done(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_watch, "batch_size", lambda frames: 2)
    drop.put("a.png", "b.png", "c.png")

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise watching.StoppedError

    with pytest.raises(watching.StoppedError):
        drop.look(progress=stop)
    assert drop.names == ["a.png", "b.png"]
    FolderWatch.look(drop.restarted())
    assert drop.names == ["a.png", "b.png", "c.png"]


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


def test_bytes_are_read_back(drop: Drop) -> None:
    drop.put("a.jpg")
    drop.look()
    image = drop.task.manifest.images[0]
    assert image.bytes == len((drop.folder / "a.jpg").read_bytes())
    assert image.checksum == drop.task.frames.checksum(0)
    assert picture_bytes() != b""
