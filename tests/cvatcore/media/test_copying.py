"""Media brought into a workspace: all or nothing, under the same names."""

import errno
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from cvatcore.errors import InvalidMedia, StorageFailed
from cvatcore.media import ScanOptions, copy_media, scan
from kit.pictures import picture_bytes, write_archive, write_picture, write_video


def test_copies_have_the_names_of_the_originals(tmp_path: Path) -> None:
    media, root = tmp_path / "away/set", tmp_path / "workspace"
    for name in ("one/0001.png", "two/0001.png"):
        write_picture(media / name)
    (media / "one/notes.txt").write_bytes(b"stays")
    write_archive(media / "three.zip", {"0001.png": picture_bytes()})
    inputs = [media / "one", media / "two/0001.png", media / "three.zip"]
    steps: list[tuple[int, int]] = []
    copies = copy_media(inputs, into=root / "media", progress=lambda done, total: steps.append((done, total)))
    assert copies == tuple(root / "media/set" / name for name in ("one", "two/0001.png", "three.zip"))
    assert scan(copies, root=root).manifest == scan(inputs, root=root).manifest
    assert [source.path for source in scan(copies, root=root).sources] == ["media/set", "media/set/three.zip"]
    assert sorted(path.name for path in (root / "media").rglob("*.*")) == ["0001.png", "0001.png", "three.zip"]
    assert steps[-1][0] == steps[-1][1] == sum(path.stat().st_size for path in (root / "media").rglob("*.*"))


def test_every_copy_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    write_picture(tmp_path / "photos/a.png")
    video = write_video(tmp_path / "clip.mp4", 3)
    into = tmp_path / "workspace/media"
    assert [copy_media([tmp_path / "photos"], into=into)[0].name for _ in range(3)] == [
        "photos",
        "photos-2",
        "photos-3",
    ]
    assert copy_media([video], into=into) == (into / "clip/clip.mp4",)
    write_picture(tmp_path / "photos/a.png", color="red")
    assert (into / "photos/a.png").read_bytes() != (tmp_path / "photos/a.png").read_bytes()


def test_what_scan_refuses_is_not_copied(tmp_path: Path) -> None:
    with pytest.raises(InvalidMedia):
        copy_media([tmp_path / "gone"], into=tmp_path / "media")
    assert not (tmp_path / "media").exists()


def test_too_much_for_the_disk_is_known_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_picture(tmp_path / "photos/a.png")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(100, 90, 10))
    with pytest.raises(StorageFailed, match="the disk is full"):
        copy_media([tmp_path / "photos"], into=tmp_path / "media")
    assert not list((tmp_path / "media").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on a file's size is POSIX's")
def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path: Path) -> None:
    # The limit on the size of files stands for the full disk: a write fails half-way.
    write_picture(tmp_path / "photos/a.png")
    (tmp_path / "photos/b.png").write_bytes(bytes(300_000))
    program = f"""
import resource, signal
from pathlib import Path
from cvatcore.errors import StorageFailed
from cvatcore.media import copy_media
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    copy_media([Path({str(tmp_path / "photos")!r})], into=Path({str(tmp_path / "media")!r}))
except StorageFailed as error:
    print(error.message, error.hint)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "the disk is full. Make room" in ended.stdout
    assert not list((tmp_path / "media").iterdir())


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    write_picture(tmp_path / "photos/a.png")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageFailed, match=os.strerror(errno.ENOTDIR)):
        copy_media([tmp_path / "photos"], into=tmp_path / "file/media")


def test_a_manifest_comes_along(tmp_path: Path) -> None:
    import json

    names = ("b", "a", "c")
    (tmp_path / "in").mkdir()
    archive = write_archive(tmp_path / "in/set.zip", {f"{name}.png": picture_bytes() for name in names})
    lines: list[object] = [{"version": "1.0"}, {"type": "images"}]
    lines += [{"name": name, "extension": ".png", "width": 8, "height": 6} for name in names]
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    options = ScanOptions(sorting="predefined")
    copies = copy_media([archive, manifest], into=tmp_path / "media")
    assert copies == (tmp_path / "media/set/set.zip", tmp_path / "media/set/manifest.jsonl")
    found = scan(copies, root=tmp_path, options=options).manifest
    assert [image.path for image in found.images] == ["b.png", "a.png", "c.png"]
    # One that lies in the folder given stays at its place.
    for name in names:
        write_picture(tmp_path / f"photos/{name}.png")
    manifest.rename(tmp_path / "photos/manifest.jsonl")
    (copy,) = copy_media([tmp_path / "photos"], into=tmp_path / "media")
    assert [image.path for image in scan([copy], root=tmp_path, options=options).manifest.images] == [
        "b.png", "a.png", "c.png",
    ]  # fmt: skip
