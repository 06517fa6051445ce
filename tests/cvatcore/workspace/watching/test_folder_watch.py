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


def test_bytes_are_read_back(drop: Drop) -> None:
    drop.put("a.jpg")
    drop.look()
    image = drop.task.manifest.images[0]
    assert image.bytes == len((drop.folder / "a.jpg").read_bytes())
    assert image.checksum == drop.task.frames.checksum(0)
    assert picture_bytes() != b""
