"""Which frames inputs become, under which names and of which sources."""

import os
from pathlib import Path

import msgspec
import pytest

from cvatcore.media import Scan, scan
from cvatcore.schema import ImageFrame, MediaSource
from kit import samples
from kit.pictures import oriented_exif, picture_bytes, write_archive, write_picture, write_video


def names(found: Scan) -> list[str]:
    return [image.path for image in found.manifest.images]


def test_a_folder_is_searched_and_sorted_by_name(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for name in ("b.png", "a/10.jpg", "a/2.jpg", "B.png", "a.png", "deep/er/x.BMP"):
        write_picture(photos / name)
    for name in ("notes.txt", "Thumbs.db", ".hidden.png", ".git/a.png", "a/.DS_Store"):
        (photos / name).parent.mkdir(exist_ok=True)
        (photos / name).write_bytes(b"no picture")
    found = scan([photos], root=tmp_path)
    assert names(found) == ["B.png", "a.png", "a/10.jpg", "a/2.jpg", "b.png", "deep/er/x.BMP"]
    assert found.sources == (MediaSource(kind="folder", path="photos"),)
    assert found.manifest.images[-1] == ImageFrame(
        name="deep/er/x", extension=".BMP", width=8, height=6, bytes=(photos / "deep/er/x.BMP").stat().st_size
    )


def test_the_documents_of_a_workspace_are_no_media(tmp_path: Path) -> None:
    for name in ("a.png", "tasks/1/b.png", "projects/c.png", ".cvat/d.png", "media/e.png", "media/tasks/f.png"):
        write_picture(tmp_path / name)
    before = names(scan([tmp_path], root=tmp_path))
    (tmp_path / "cvat.toml").write_text("format = 1\n", encoding="utf-8")
    found = scan([tmp_path], root=tmp_path)
    assert "tasks/1/b.png" in before
    assert names(found) == ["a.png", "media/e.png", "media/tasks/f.png"]
    assert found.sources == (MediaSource(kind="folder", path="."),)


def test_files_are_named_below_their_common_parent(tmp_path: Path) -> None:
    inputs = [write_picture(tmp_path / name) for name in ("d/one/0001.jpg", "d/two/0001.jpg")]
    found = scan([*inputs, inputs[0]], root=tmp_path)
    assert names(found) == ["one/0001.jpg", "two/0001.jpg"]
    assert found.sources == (MediaSource(kind="folder", path="d"),)
    assert names(scan(inputs[:1], root=tmp_path)) == ["0001.jpg"]


def test_overlapping_folders_give_each_picture_once(tmp_path: Path) -> None:
    write_picture(tmp_path / "a/x.png")
    write_picture(tmp_path / "a/sub/y.png")
    assert names(scan([tmp_path / "a", tmp_path / "a/sub"], root=tmp_path)) == ["sub/y.png", "x.png"]


def test_an_archive_alone_gives_its_own_names(tmp_path: Path) -> None:
    archive = write_archive(
        tmp_path / "set.zip",
        {
            "b/1.png": picture_bytes((5, 7)),
            "a.jpg": picture_bytes((9, 4), file_format="JPEG", exif=oriented_exif(6)),
            "b/": b"",
            "readme.txt": b"hello",
            "__MACOSX/._a.jpg": b"fork",
            "inner.zip": b"PK\x03\x04 never looked into",
        },
    )
    found = scan([archive], root=tmp_path)
    assert [(image.path, image.width, image.height) for image in found.manifest.images] == [
        ("a.jpg", 4, 9),
        ("b/1.png", 5, 7),
    ]
    assert found.sources == (MediaSource(kind="archive", path="set.zip"),)
    assert found.manifest.images[1].bytes == len(picture_bytes((5, 7)))


def test_archives_among_others_count_as_folders(tmp_path: Path) -> None:
    picture = picture_bytes()
    write_picture(tmp_path / "loose/0001.png")
    for name in ("a.zip", "more/a.zip"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_archive(tmp_path / name, {"0001.png": picture})
    found = scan([tmp_path / "more/a.zip", tmp_path / "loose", tmp_path / "a.zip"], root=tmp_path)
    assert names(found) == ["a.zip/0001.png", "loose/0001.png", "more/a.zip/0001.png"]
    assert found.sources == (
        MediaSource(kind="folder", path="."),
        MediaSource(kind="archive", path="a.zip", prefix="a.zip"),
        MediaSource(kind="archive", path="more/a.zip", prefix="more/a.zip"),
    )
    assert [image.source for image in found.manifest.images] == [1, 0, 2]


def test_media_outside_the_workspace_keep_their_whole_path(tmp_path: Path) -> None:
    write_picture(tmp_path / "photos/a.png")
    (tmp_path / "workspace").mkdir()
    found = scan([tmp_path / "photos"], root=tmp_path / "workspace")
    assert found.sources == (MediaSource(kind="folder", path=(tmp_path / "photos").as_posix()),)


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
def test_links_are_followed_but_no_circles(tmp_path: Path) -> None:
    write_picture(tmp_path / "elsewhere/a.png")
    photos = tmp_path / "workspace/photos"
    photos.mkdir(parents=True)
    (photos / "linked").symlink_to(tmp_path / "elsewhere")
    (photos / "b.png").symlink_to(tmp_path / "elsewhere/a.png")
    (tmp_path / "elsewhere/back").symlink_to(photos)
    found = scan([photos], root=tmp_path / "workspace")
    assert names(found) == ["b.png", "linked/a.png"]
    assert found.sources == (MediaSource(kind="folder", path="photos"),)
    (tmp_path / "way").symlink_to(tmp_path / "workspace")
    by_link = scan([tmp_path / "way/photos"], root=tmp_path / "workspace")
    assert by_link.sources == found.sources


def test_relative_inputs_count_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_picture(tmp_path / "photos/a.png")
    monkeypatch.chdir(tmp_path)
    assert scan([Path("photos")], root=Path()).sources == (MediaSource(kind="folder", path="photos"),)
    assert scan([Path("photos/../photos/a.png")], root=Path()).sources == (MediaSource(kind="folder", path="photos"),)


def test_a_file_is_known_by_its_content_where_its_name_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(picture_bytes())
    write_archive(tmp_path / "archive.data", {"a.png": picture_bytes()})
    write_video(tmp_path / "video.mp4", 3).rename(tmp_path / "video")
    assert names(scan([tmp_path / "picture"], root=tmp_path)) == ["picture"]
    assert scan([tmp_path / "archive.data"], root=tmp_path).sources[0].kind == "archive"
    assert scan([tmp_path / "video"], root=tmp_path).manifest.size == 3


def test_a_video_is_one_source(tmp_path: Path) -> None:
    path = samples.video("bikes.mp4")
    found = scan([path], root=tmp_path)
    assert found.sources == (MediaSource(kind="video", path=path.as_posix()),)
    video = found.manifest.video
    assert video is not None
    assert (video.name, video.resolution, video.length) == ("bikes.mp4", (640, 272), 250)
    assert video.bytes == path.stat().st_size


def test_videos_among_the_pictures_of_a_folder_are_told(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png")
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips/b.mp4").write_bytes(b"never opened")
    found = scan([tmp_path], root=tmp_path)
    assert names(found) == ["a.png"]
    assert found.videos_left_out == ("clips/b.mp4",)


def test_real_photos_have_the_sizes_that_pillow_gives(tmp_path: Path) -> None:
    from PIL import Image

    inputs = [path for path in samples.photos() if not path.name.startswith("multipage")]
    found = scan(inputs, root=tmp_path)
    assert len(inputs) > 20
    for path, image in zip(inputs, found.manifest.images, strict=True):
        with Image.open(path) as opened:
            assert (image.path, image.width, image.height) == (path.name, *opened.size)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("extension", [".jpg", ".png", ".tif", ".webp"])
def test_sizes_are_those_of_the_upright_picture(tmp_path: Path, extension: str, orientation: int) -> None:
    write_picture(tmp_path / f"a{extension}", (30, 20), exif=oriented_exif(orientation))
    image = scan([tmp_path], root=tmp_path).manifest.images[0]
    assert (image.width, image.height) == ((30, 20) if orientation < 5 else (20, 30))


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    for number in range(250):
        write_picture(tmp_path / f"{number:03}.png", (2, 2))
    steps: list[tuple[int, int]] = []
    found = scan([tmp_path], root=tmp_path, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(0, 250), (100, 250), (200, 250), (250, 250)]
    assert msgspec.structs.asdict(found)["videos_left_out"] == ()
