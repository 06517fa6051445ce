from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cvatcore import TaskView, Workspace
from cvatcore.errors import InvalidInput, MissingMedia, NotFound
from cvatcore.media import checksum
from cvatcore.schema import encode_manifest
from cvatcore.store import plain_message
from cvatcore.store.layout import manifest_path
from cvatcore.validate import validate
from cvatcore.workspace.media_mapping import map_media, unmap_media
from kit.annotated import git
from kit.pictures import write_picture, write_video
from kit.samples import photo


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A task of three pictures in `photos`, and one of a video beside it; both moved to `moved` since."""
    for number in range(3):
        write_picture(tmp_path / f"photos/street/{number}.png", (40 + number, 30))
    write_video(tmp_path / "photos/film.mp4", 4)
    with Workspace.init(tmp_path / "ws") as made:
        made.create_task("street", labels=["car"], data=[tmp_path / "photos/street"])
        made.create_task("film", labels=["car"], data=[tmp_path / "photos/film.mp4"])
        (tmp_path / "photos").rename(tmp_path / "moved")
        yield made


def know_checksums(task: TaskView) -> None:
    """Record the checksum of each picture."""
    manifest = task.manifest
    images = tuple(
        msgspec.structs.replace(image, checksum=task.frames.checksum(number))
        for number, image in enumerate(manifest.images)
    )
    files = {manifest_path(task.id): encode_manifest(msgspec.structs.replace(manifest, images=images))}
    task.workspace.store.commit(files, message=plain_message("x"), author=task.workspace.author)


def test_media_that_moved_are_found_again(workspace: Workspace, tmp_path: Path) -> None:
    street = workspace.tasks["street"]
    frames = street.frames
    with pytest.raises(MissingMedia, match="is missing"):
        frames.frame(0)
    assert len([finding for finding in validate(workspace) if finding.rule == "missing-media"]) == 4
    head = workspace.store.history.head()
    report = map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved")
    assert report.is_well
    assert report.written
    assert [(source.name, source.files, source.by_checksum) for source in report.sources] == [
        ("street", 3, 0),
        ("film", 1, 0),
    ]
    assert street.frames.frame(2).width == 42
    assert workspace.tasks["film"].frames.array(3).shape == (48, 64, 3)
    assert street.media.missing == ()
    assert validate(workspace) == []
    assert workspace.store.history.head() == head
    assert git(workspace.root, "status", "--porcelain") == "", "it is this machine's own"


def test_a_rule_may_be_for_one_task(workspace: Workspace, tmp_path: Path) -> None:
    map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved", task=2)
    assert workspace.tasks["film"].media.missing == ()
    assert len(workspace.tasks["street"].media.missing) == 3
    with pytest.raises(NotFound, match="not mapped"):
        unmap_media(workspace, str(tmp_path / "photos"))
    unmap_media(workspace, str(tmp_path / "photos"), task=2)
    assert len(workspace.tasks["film"].media.missing) == 4


def test_a_dry_run_writes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    report = map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved", dry_run=True)
    assert report.is_well
    assert not report.written
    assert workspace.media_map.map == ()


def test_other_media_are_refused_by_name(workspace: Workspace, tmp_path: Path) -> None:
    write_picture(tmp_path / "moved/street/1.png", (99, 30))
    (tmp_path / "moved/street/2.png").unlink()
    with pytest.raises(InvalidInput, match=r"2 of 3 files of task 1 \(street\)") as caught:
        map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved")
    assert "1.png" in caught.value.message
    assert "2.png" in caught.value.message
    assert workspace.media_map.map == ()
    report = map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved", force=True)
    assert [(len(s.missing), len(s.differing)) for s in report.sources] == [(1, 1), (0, 0)]
    assert workspace.tasks["street"].media.missing == (2,)


def test_a_checksum_tells_what_length_and_size_do_not(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "moved").rename(tmp_path / "photos")
    know_checksums(workspace.tasks["street"])
    (tmp_path / "photos").rename(tmp_path / "moved")
    report = map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved", dry_run=True)
    assert [source.by_checksum for source in report.sources] == [3, 0]
    picture = tmp_path / "moved/street/1.png"
    before = checksum(picture)
    data = bytearray(picture.read_bytes())
    data[-20] ^= 1  # In the pixels' data: as long as before, of the same size.
    picture.write_bytes(data)
    assert checksum(picture) != before
    with pytest.raises(InvalidInput, match="other contents"):
        map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved")


def test_what_cannot_be_mapped(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file or folder"):
        map_media(workspace, str(tmp_path / "photos"), tmp_path / "nowhere")
    with pytest.raises(NotFound, match="No task has media below") as caught:
        map_media(workspace, "/somewhere/else", tmp_path / "moved")
    assert "photos/street" in caught.value.hint
    with pytest.raises(InvalidInput, match="empty"):
        map_media(workspace, "", tmp_path / "moved")
    with pytest.raises(NotFound):
        map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved", task=77)


def test_the_last_rule_for_a_path_holds(workspace: Workspace, tmp_path: Path) -> None:
    map_media(workspace, str(tmp_path / "photos"), tmp_path / "nowhere", force=True)
    with pytest.raises(MissingMedia, match="nowhere"):
        workspace.tasks["street"].frames.frame(0)
    map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved")
    assert len(workspace.media_map.map) == 1
    assert workspace.tasks["street"].frames.frame(0).missing == ""


def test_a_folder_of_the_workspace_may_lie_elsewhere(tmp_path: Path) -> None:
    write_picture(tmp_path / "photos/a.png")
    with Workspace.init(tmp_path / "ws") as workspace:
        task = workspace.create_task("street", labels=["car"], data=[tmp_path / "photos"], copy=True)
        (tmp_path / "ws/media/photos").rename(tmp_path / "disk")
        assert task.media.missing == (0,)
        map_media(workspace, str(tmp_path / "ws/media/photos"), tmp_path / "disk")
        assert workspace.media_map.map[0].origin == "media/photos"
        assert list(task.media.missing) == []
        unmap_media(workspace, "media/photos")
        assert task.media.missing == (0,)


def test_a_video_of_unknown_length_is_told_by_its_frames(workspace: Workspace, tmp_path: Path) -> None:
    film = workspace.tasks["film"]
    video = film.manifest.video
    assert video is not None
    unknown = msgspec.structs.replace(film.manifest, video=msgspec.structs.replace(video, bytes=0))
    workspace.store.commit(
        {manifest_path(film.id): encode_manifest(unknown)}, message=plain_message("x"), author=workspace.author
    )
    assert map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved", dry_run=True).is_well
    write_video(tmp_path / "moved/film.mp4", 5)
    with pytest.raises(InvalidInput, match="it had 4 of 64 x 48"):
        map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved")


def test_pages_are_counted_as_the_file_that_they_are_of(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    shutil.copy(photo("multipage.tif"), tmp_path / "plans/a.tif")
    with Workspace.init(tmp_path / "ws") as workspace:
        workspace.create_task("plans", labels=["car"], data=[tmp_path / "plans"])
        (tmp_path / "plans").rename(tmp_path / "moved")
        report = map_media(workspace, str(tmp_path / "plans"), tmp_path / "moved", dry_run=True)
        assert [source.files for source in report.sources] == [1]
        (tmp_path / "moved/a.tif").unlink()
        with pytest.raises(InvalidInput, match=r"1 of 1 files of task 1 \(plans\)"):
            map_media(workspace, str(tmp_path / "plans"), tmp_path / "moved")
