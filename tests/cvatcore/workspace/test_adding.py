import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.errors import Conflict, InvalidInput, InvalidMedia
from cvatcore.media import ScanOptions
from cvatcore.workspace import TaskData
from cvatcore.workspace.media_mapping import map_media
from kit.pictures import write_archive
from kit.samples import photo, video


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("camera.png", "coffee.png", "coins.png"):
        shutil.copy(photo(name), folder / name)
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.init(tmp_path / "w") as workspace:
        yield workspace


def runs(workspace: Workspace, task: str = "t") -> list[tuple[int, int]]:
    return [(job.start, job.stop) for job in workspace.tasks[task].jobs]


def names(workspace: Workspace) -> list[str]:
    return [image.path for image in workspace.tasks["t"].manifest.images]


def test_new_pictures_of_the_folder_are_added_and_jobs_go_on(workspace: Workspace, photos: Path) -> None:
    task = workspace.create_task("t", labels=["x"], data=[photos], segment_size=2)
    shutil.copy(photo("astronaut.png"), photos / "astronaut.png")
    shutil.copy(photo("rocket.jpg"), photos / "rocket.jpg")
    done = task.add_frames([photos])
    assert (done.frames, done.known, len(done.made)) == ((3, 4), 3, 1)
    assert done.grown == (task.jobs[1].id,)
    assert names(workspace) == ["camera.png", "coffee.png", "coins.png", "astronaut.png", "rocket.jpg"]
    assert runs(workspace) == [(0, 1), (2, 3), (4, 4)]
    assert task.frames.array(3).shape == (512, 512, 3)
    assert task.add_frames([photos]).frames == ()


def test_what_was_copied_once_is_not_copied_again(workspace: Workspace, photos: Path) -> None:
    shutil.copy(photo("multipage.tif"), photos / "pages.tif")
    task = workspace.create_task("t", labels=["x"], data=[photos], copy=True)
    before = sorted((workspace.root / "media").rglob("*"))
    done = task.add_frames([photos], copy=True)
    assert (done.frames, done.known) == ((), 5)
    assert sorted((workspace.root / "media").rglob("*")) == before
    shutil.copy(photo("rocket.jpg"), photos / "rocket.jpg")
    # Of the same name and length, but another picture.
    other = bytearray((photos / "camera.png").read_bytes())
    other[-20] ^= 1
    (photos / "camera.png").write_bytes(other)
    done = task.add_frames([photos], copy=True)
    assert (done.frames, done.known) == ((5, 6), 4)
    assert [image.path for image in task.manifest.images][5:] == ["photos-2/camera.png", "photos-2/rocket.jpg"]
    new = sorted(path.name for path in set((workspace.root / "media").rglob("*.*")) - set(before))
    assert new == ["camera.png", "rocket.jpg"]
    assert task.frames.frame(6, quality="original").data == photo("rocket.jpg").read_bytes()
    assert task.add_frames([photos], copy=True).frames == ()


def test_copies_of_archives_and_documents_come_once(workspace: Workspace, photos: Path, tmp_path: Path) -> None:
    task = workspace.create_task("t", labels=["x"], data=[photos / "coins.png"])
    archive = write_archive(tmp_path / "a.zip", {"in/camera.png": (photos / "camera.png").read_bytes()})
    assert len(task.add_frames([archive], copy=True).frames) == 1
    archive.rename(tmp_path / "b.zip")
    assert task.add_frames([tmp_path / "b.zip"], copy=True).known == 1
    assert sorted(path.name for path in (workspace.root / "media").rglob("*.*")) == ["a.zip"]
    assert task.frames.frame(1, quality="original").data == (photos / "camera.png").read_bytes()


def test_one_commit_that_undo_takes_back(workspace: Workspace, photos: Path) -> None:
    task = workspace.create_task("t", labels=["x"], data=[photos / "camera.png"])
    before = task.document, task.manifest
    done = task.add_frames([photos / "coins.png", photo("rocket.jpg")])
    assert [entry.subject for entry in list(workspace.past.log())[:1]] == ["t: Add frames 1-2 (task 1)"]
    assert (done.frames, runs(workspace)) == ((1, 2), [(0, 2)])
    workspace.undo()
    assert (task.document, task.manifest, runs(workspace)) == (*before, [(0, 0)])


def test_copies_that_are_not_needed_do_not_stay(workspace: Workspace, photos: Path) -> None:
    task = workspace.create_task("t", labels=["x"], data=[photos], copy=True)
    media = workspace.root / "media"
    assert [path.name for path in media.iterdir()] == ["photos"]
    done = task.add_frames([photo("rocket.jpg")], copy=True)
    assert len(list(media.iterdir())) == 2
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(InvalidMedia, match=r"broken\.jpg"):
        task.add_frames([photos], copy=True)
    assert (len(list(media.iterdir())), task.size) == (2, done.frames[-1] + 1)


def test_a_video_has_the_frames_that_it_has(workspace: Workspace, photos: Path) -> None:
    task = workspace.create_task("t", labels=["x"], data=[video()])
    with pytest.raises(InvalidInput, match="those of a video"):
        task.add_frames([photos])
    pictures = workspace.create_task("p", labels=["x"], data=[photos])
    with pytest.raises(InvalidInput, match="not to or from a video"):
        pictures.add_frames([video()])


def test_a_task_gets_its_frames_later_and_only_once(workspace: Workspace, photos: Path) -> None:
    task = workspace.create_task("t", labels=["x"], data=None)
    assert (task.size, task.jobs, workspace.tasks["t"].media.missing) == (0, (), ())
    task.attach(TaskData(inputs=(photos,), scan=ScanOptions(step=2), segment_size=1))
    assert (names(workspace), runs(workspace)) == (["camera.png", "coins.png"], [(0, 0), (1, 1)])
    assert [task.manifest.source_frame(n) for n in range(2)] == [0, 2]
    with pytest.raises(Conflict, match="has its frames already"):
        task.attach(TaskData(inputs=(photos,)))


def test_frames_can_be_added_to_a_task_that_has_none(workspace: Workspace, photos: Path) -> None:
    task = workspace.create_task("t", labels=["x"], data=None)
    task.add_frames([photos])
    assert (names(workspace), runs(workspace)) == (["camera.png", "coffee.png", "coins.png"], [(0, 2)])


def test_the_segment_size_asked_for_holds_for_later_frames(workspace: Workspace, photos: Path) -> None:
    task = workspace.create_task("t", labels=["x"], data=[photos / "camera.png"], segment_size=2)
    assert runs(workspace) == [(0, 0)]
    task.add_frames([photos])
    assert runs(workspace) == [(0, 1), (2, 2)]


def test_files_of_each_job(workspace: Workspace, photos: Path) -> None:
    wanted = (("coins.png", "camera.png"), ("coffee.png",))
    workspace.create_task("t", labels=["x"], data=TaskData(inputs=(photos,), jobs=wanted))
    assert (names(workspace), runs(workspace)) == (["coins.png", "camera.png", "coffee.png"], [(0, 1), (2, 2)])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"jobs": (("a.png",),), "segment_size": 3}, "each job are given, and a segment size too"),
        ({"jobs": (("a.png",),), "scan": ScanOptions(step=2)}, "and a start, a stop or a step too"),
        ({"jobs": (("a.png",), ())}, "A job has no files"),
        ({"image_quality": 101}, "not within 0 to 100"),
        ({"chunk_size": -1}, "The chunk size is -1"),
        ({"segment_size": -1}, "numbers of frames from 0 up"),
    ],
)
def test_what_cannot_be_meant(workspace: Workspace, photos: Path, data: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        workspace.create_task("t", labels=["x"], data=TaskData(inputs=(photos,), **data))  # type: ignore[arg-type]  # a table
    assert list(workspace.tasks) == []


def test_what_lies_elsewhere_on_this_machine_is_not_added_again(workspace: Workspace, photos: Path) -> None:
    task = workspace.create_task("t", labels=["x"], data=[photos])
    before = task.document
    there = photos.rename(photos.with_name("moved"))
    map_media(workspace, str(photos), there)
    shutil.copy(photo("rocket.jpg"), there / "rocket.jpg")
    done = task.add_frames([there])
    assert (done.frames, done.known) == ((3,), 3)
    assert task.document == before
    assert task.frames.array(3).shape == (427, 640, 3)
