"""Media brought into a workspace: all or nothing, under the same names."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from cvatcore.cache import NullCache
from cvatcore.errors import InvalidMedia, StorageFailed
from cvatcore.media import look_for_media, open_frames, scan
from cvatcore.media.gathering import Gathered, discard, gather, outside_of
from cvatcore.media.mapping import MediaMap
from cvatcore.schema import DataSpec, Manifest
from kit.pictures import picture_bytes, write_archive, write_picture, write_video


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "ws/media").mkdir(parents=True)
    return tmp_path / "ws"


def scanned(root: Path, *paths: Path) -> tuple[DataSpec, Manifest]:
    found = scan(paths, root=root)
    return DataSpec(sources=found.sources), found.manifest


def copied(root: Path, *paths: Path) -> Gathered:
    """All that is found at these paths, copied into the workspace."""
    data, manifest = scanned(root, *paths)
    return gather(data, manifest, numbers=range(len(data.sources)), root=root, into=root / "media")


def test_only_the_frames_of_a_folder_come_along(tmp_path: Path, root: Path) -> None:
    for name in ("1.png", "a/2.png"):
        write_picture(tmp_path / "photos" / name)
    write_archive(tmp_path / "photos/more.zip", {"3.png": picture_bytes()})
    data, manifest = scanned(root, tmp_path / "photos", tmp_path / "photos/more.zip")
    write_picture(tmp_path / "photos/later.png")
    assert outside_of(data, root=root) == (0, 1)
    (root / "media/photos").mkdir()
    steps: list[tuple[int, int]] = []
    done = gather(
        data,
        manifest,
        numbers=(0, 1),
        root=root,
        into=root / "media",
        progress=lambda now, total: steps.append((now, total)),
    )
    assert [source.path for source in done.sources] == ["media/photos-2", "media/more/more.zip"]
    assert [source.prefix for source in done.sources] == [source.prefix for source in data.sources]
    lengths = [path.stat().st_size for path in (root / "media").rglob("*.*") if path.is_file()]
    assert len(steps) == 3
    assert steps[-1] == (sum(lengths), sum(lengths))
    names = sorted(path.relative_to(root / "media").as_posix() for path in root.rglob("*.*") if path.is_file())
    assert names == ["more/more.zip", "photos-2/1.png", "photos-2/a/2.png"]
    here = DataSpec(sources=done.sources)
    assert list(look_for_media(here, manifest, root=root, known=MediaMap(), task=1).missing) == []
    assert outside_of(here, root=root) == ()
    discard(done.made)
    assert [path.name for path in (root / "media").iterdir()] == ["photos"]


def test_a_file_that_is_gone_leaves_nothing_behind(tmp_path: Path, root: Path) -> None:
    for name in ("1.png", "2.png"):
        write_picture(tmp_path / "photos" / name)
    data, manifest = scanned(root, tmp_path / "photos")
    (tmp_path / "photos/2.png").unlink()
    with pytest.raises(InvalidMedia, match=r"2\.png"):
        gather(data, manifest, numbers=(0,), root=root, into=root / "media")
    assert list((root / "media").iterdir()) == []


def test_a_video_gets_a_folder_of_its_own(tmp_path: Path, root: Path) -> None:
    data, manifest = scanned(root, write_video(tmp_path / "film.mp4", 3))
    (source,) = gather(data, manifest, numbers=(0,), root=root, into=root / "media").sources
    assert source.path == "media/film/film.mp4"


def test_context_images_come_along_as_far_as_they_are_there(tmp_path: Path, root: Path) -> None:
    names = ["1.png", "related_images/1_png/a.jpg", "related_images/1_png/b.jpg"]
    for name in names:
        write_picture(tmp_path / "photos" / name)
    data, manifest = scanned(root, tmp_path / "photos")
    assert manifest.images[0].related == tuple(names[1:])
    (tmp_path / "photos" / names[2]).unlink()
    assert look_for_media(data, manifest, root=root, known=MediaMap(), task=1).missing == ()
    done = gather(data, manifest, numbers=(0,), root=root, into=root / "media")
    copy = root / "media/photos"
    assert sorted(path.relative_to(copy).as_posix() for path in copy.rglob("*.*")) == names[:2]
    reader = open_frames(DataSpec(sources=done.sources), manifest, root=root, cache=NullCache())
    assert not reader.context_image(0, 0, placeholder=True).missing
    assert reader.context_image(0, 1, placeholder=True).missing == names[2]


def test_every_copy_gets_a_folder_of_its_own(tmp_path: Path, root: Path) -> None:
    write_picture(tmp_path / "photos/a.png")
    paths = [copied(root, tmp_path / "photos").sources[0].path for _ in range(3)]
    assert paths == ["media/photos", "media/photos-2", "media/photos-3"]
    write_picture(tmp_path / "photos/a.png", color="red")
    assert (root / "media/photos/a.png").read_bytes() != (tmp_path / "photos/a.png").read_bytes()


def test_too_much_for_the_disk_is_known_before(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_picture(tmp_path / "photos/a.png")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(100, 90, 10))
    with pytest.raises(StorageFailed, match="the disk is full"):
        copied(root, tmp_path / "photos")
    assert not list((root / "media").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on a file's size is POSIX's")
def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path: Path, root: Path) -> None:
    # The limit on the size of files stands for the full disk: a write fails half-way.
    write_picture(tmp_path / "photos/a.png")
    (tmp_path / "photos/b.png").write_bytes(picture_bytes() + bytes(300_000))
    program = f"""
import resource, signal
from pathlib import Path
from cvatcore.errors import StorageFailed
from cvatcore.media import scan
from cvatcore.media.gathering import gather
from cvatcore.schema import DataSpec
root = Path({str(root)!r})
found = scan([Path({str(tmp_path / "photos")!r})], root=root)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    gather(DataSpec(sources=found.sources), found.manifest, numbers=[0], root=root, into=root / "media")
except StorageFailed as error:
    print(error.message, error.hint)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "the disk is full. Make room" in ended.stdout
    assert not list((root / "media").iterdir())


def test_a_place_that_cannot_be_written_to(tmp_path: Path, root: Path) -> None:
    write_picture(tmp_path / "photos/a.png")
    (root / "media").rmdir()
    (root / "media").write_bytes(b"")
    with pytest.raises(StorageFailed, match=os.strerror(errno.EEXIST)):
        copied(root, tmp_path / "photos")
