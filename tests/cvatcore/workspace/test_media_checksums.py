from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.errors import InvalidInput, InvalidMedia, MissingMedia
from cvatcore.media import checksum
from cvatcore.validate import validate
from cvatcore.workspace.media_checksums import record_checksums
from cvatcore.workspace.media_mapping import map_media
from kit.annotated import assert_sound
from kit.pictures import picture_bytes, write_archive, write_picture, write_video


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A task of two files and an archive of two, and one of a video."""
    photos = tmp_path / "photos"
    for name in ("1.png", "a/2.png"):
        write_picture(photos / name, (40, 30))
    write_archive(photos / "more.zip", {f"{n}.png": picture_bytes((30 + n, 20)) for n in (3, 4)})
    with Workspace.init(tmp_path / "ws") as made:
        made.create_task("street", labels=["car"], data=[photos, photos / "more.zip"])
        made.create_task("film", labels=["car"], data=[write_video(tmp_path / "film.mp4", 3)])
        yield made


@pytest.mark.parametrize(("name", "files"), [("street", 4), ("film", 1)])
def test_all_are_recorded_once_in_one_commit(workspace: Workspace, name: str, files: int) -> None:
    task = workspace.tasks[name]
    steps: list[tuple[int, int]] = []
    report = record_checksums(task, progress=lambda done, total: steps.append((done, total)))
    assert (report.files, report.recorded) == (files, files)
    assert steps == [(done, files) for done in range(1, files + 1)]
    manifest = task.manifest
    known = [manifest.video.checksum] if manifest.video else [image.checksum for image in manifest.images]
    assert known == [task.frames.checksum(number) for number in range(files)]
    assert report.commit == workspace.store.history.head()
    assert record_checksums(task) == type(report)(task=task.id, name=name, files=files, recorded=0, commit="")
    assert validate(workspace) == []
    assert_sound(workspace.root)


def test_others_can_tell_what_is_the_same(workspace: Workspace, tmp_path: Path) -> None:
    record_checksums(workspace.tasks["street"])
    (tmp_path / "photos").rename(tmp_path / "moved")
    picture = tmp_path / "moved/1.png"
    before, data = checksum(picture), bytearray(picture.read_bytes())
    data[-20] ^= 1
    picture.write_bytes(data)
    assert checksum(picture) != before
    with pytest.raises(InvalidInput, match="1 of 2 files of task 1"):
        map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved")
    data[-20] ^= 1
    picture.write_bytes(data)
    report = map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved")
    assert [(source.files, source.by_checksum) for source in report.sources] == [(2, 2), (2, 2)]


def test_what_is_gone_or_another_is_not_recorded(workspace: Workspace, tmp_path: Path) -> None:
    head = workspace.store.history.head()
    write_picture(tmp_path / "photos/1.png", (41, 30))
    with pytest.raises(InvalidMedia, match=r"1\.png"):
        record_checksums(workspace.tasks["street"])
    (tmp_path / "photos/1.png").unlink()
    with pytest.raises(MissingMedia, match=r"1\.png"):
        record_checksums(workspace.tasks["street"])
    (tmp_path / "film.mp4").unlink()
    with pytest.raises(MissingMedia, match=r"film\.mp4"):
        record_checksums(workspace.tasks["film"])
    assert workspace.store.history.head() == head
