"""What can be given, and what goes together: globs, point clouds, context images, and mixtures."""

import struct
from pathlib import Path

import pytest

from cvatcore.cache import NullCache
from cvatcore.errors import InvalidMedia
from cvatcore.media import Scan, ScanOptions, open_frames, scan
from cvatcore.schema import DataSpec
from kit.pictures import picture_bytes, write_archive, write_picture, write_video

POINT = struct.pack("<4f", 1, 2, 3, 0.5)


def write(path: Path, content: bytes = POINT * 3) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(found: Scan) -> list[str]:
    return [image.path for image in found.manifest.images]


def refusal(*inputs: Path) -> str:
    with pytest.raises(InvalidMedia) as caught:
        scan(inputs, root=Path())
    assert caught.value.hint
    return caught.value.message


def test_patterns_that_the_shell_did_not_expand(tmp_path: Path) -> None:
    for name in ("a/1.jpg", "a/b/2.jpg", "a/b/3.png", "c.jpg", "a/notes.txt", "x[1].jpg"):
        write(tmp_path / name, picture_bytes(file_format="JPEG") if name.endswith("jpg") else picture_bytes())
    assert names(scan([tmp_path / "**/*.jpg"], root=tmp_path)) == ["a/1.jpg", "a/b/2.jpg", "c.jpg", "x[1].jpg"]
    assert names(scan([tmp_path / "a/*"], root=tmp_path)) == ["1.jpg", "b/2.jpg", "b/3.png"]
    assert names(scan([tmp_path / "a/**"], root=tmp_path)) == ["1.jpg", "b/2.jpg", "b/3.png"]
    assert names(scan([tmp_path / "?.jpg", tmp_path / "a/b/*.png"], root=tmp_path)) == ["a/b/3.png", "c.jpg"]
    # A file of that very name is meant before a pattern.
    assert names(scan([tmp_path / "x[1].jpg"], root=tmp_path)) == ["x[1].jpg"]
    assert refusal(tmp_path / "*.gif") == f"No picture, video or archive matches {tmp_path / '*.gif'}."


def test_point_clouds_are_frames(tmp_path: Path) -> None:
    write(tmp_path / "clouds/b/2.bin")
    write(tmp_path / "clouds/1.BIN", POINT * 7)
    found = scan([tmp_path / "clouds"], root=tmp_path)
    assert [(image.path, image.width, image.height) for image in found.manifest.images] == [
        ("1.BIN", 7, 1),
        ("b/2.bin", 3, 1),
    ]
    assert found.manifest.dimension == "3d"
    write(tmp_path / "clouds/1.BIN", POINT + b"more")
    assert refusal(tmp_path / "clouds").startswith(
        f"{tmp_path / 'clouds/1.BIN'} has 20 bytes, which are no whole points"
    )


def test_point_clouds_in_archives(tmp_path: Path) -> None:
    archive = write_archive(
        tmp_path / "a.zip",
        {"pointcloud/1.bin": POINT * 5, "related_images/1_bin/x.png": picture_bytes(), "pointcloud/2.bin": POINT},
    )
    found = scan([archive], root=tmp_path)
    assert [(image.path, image.width, image.related) for image in found.manifest.images] == [
        ("pointcloud/1.bin", 5, ("related_images/1_bin/x.png",)),
        ("pointcloud/2.bin", 1, ()),
    ]
    reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=tmp_path, cache=NullCache())
    assert reader.frame(0).width == 5
    assert reader.context_image(0, 0).media_type == "image/jpeg"
    reader.close()


def test_context_images_are_no_frames(tmp_path: Path) -> None:
    for name in ("a.png", "related_images/a_png/2.png", "related_images/a_png/1.png", "related_images/z_png/1.png"):
        write_picture(tmp_path / "one" / name)
    write_archive(tmp_path / "b.zip", {"c.png": picture_bytes(), "related_images/c_png/x.png": picture_bytes()})
    found = scan([tmp_path / "one", tmp_path / "b.zip"], root=tmp_path)
    assert [(image.path, image.related) for image in found.manifest.images] == [
        ("b.zip/c.png", ("b.zip/related_images/c_png/x.png",)),
        ("one/a.png", ("one/related_images/a_png/1.png", "one/related_images/a_png/2.png")),
    ]
    assert found.remarks == ("one/related_images/z_png/1.png is a context image of no frame and left out.",)
    reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=tmp_path, cache=NullCache())
    assert [len(reader.context(number)) for number in range(2)] == [1, 2]
    assert reader.context_image(0, 0).width == 8
    reader.close()
    # Patterns choose frames; what is excluded is no context image either.
    options = ScanOptions(pattern="*a.png", exclude=("*/2.png",))
    chosen = scan([tmp_path / "one"], root=tmp_path, options=options).manifest
    assert [(image.path, image.related) for image in chosen.images] == [("a.png", ("related_images/a_png/1.png",))]


def test_pictures_and_point_clouds_do_not_mix(tmp_path: Path) -> None:
    write(tmp_path / "clouds/1.pcd", b"# .PCD v.7\n")
    picture = write_picture(tmp_path / "photos/x.png")
    archive = write_archive(tmp_path / "a.zip", {"a.png": picture_bytes()})
    assert refusal(tmp_path / "clouds", picture) == (
        f"{tmp_path} holds point clouds and pictures, 'clouds/1.pcd' and 'photos/x.png' among them, and a task has "
        "either."
    )
    assert refusal(tmp_path / "clouds", archive) == (
        "A task cannot have both point clouds and pictures: 'clouds/1.pcd' and 'a.zip/a.png'."
    )


def test_files_called_bin_among_pictures_are_something_else(tmp_path: Path) -> None:
    write_picture(tmp_path / "photos/a.png")
    write(tmp_path / "photos/model.bin")
    assert names(scan([tmp_path / "photos"], root=tmp_path)) == ["a.png"]
    write(tmp_path / "photos/a.bin")
    assert names(scan([tmp_path / "photos"], root=tmp_path)) == ["a.bin", "model.bin"]


def test_a_video_is_alone(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", 3)
    picture = write_picture(tmp_path / "a.png")
    archive = write_archive(tmp_path / "a.zip", {"a.png": picture_bytes()})
    for other in (picture, archive, write(tmp_path / "folder/b.png", picture_bytes()).parent):
        assert refusal(video, other) == "A task cannot have the video a.mp4 among other media."


@pytest.mark.parametrize("name", ["a\\b.png", "folder\\"])
def test_a_backslash_is_a_folder_elsewhere(tmp_path: Path, name: str) -> None:
    write(tmp_path / "photos" / (name if name.endswith("png") else f"{name}/a.png"), picture_bytes())
    assert "holds a backslash, which other systems take for a folder." in refusal(tmp_path / "photos")


def test_names_that_differ_in_their_case_only(tmp_path: Path) -> None:
    for name in ("A.png", "a.png", "ä 🚗.png", "a.PNG"):
        write(tmp_path / "photos" / name, picture_bytes((len(name), 3)))
    found = scan([tmp_path / "photos"], root=tmp_path)
    assert names(found) == ["A.png", "a.PNG", "a.png", "ä 🚗.png"]
    reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=tmp_path, cache=NullCache())
    assert [reader.array(number).shape[1] for number in range(4)] == [5, 5, 5, 7]
    reader.close()


@pytest.mark.parametrize("name", ["a.tga", "a.pcx", "a.ico", "a.ppm", "a.jp2", "a.avif", "a.bmp", "a.dds", "a.sgi"])
def test_many_formats(tmp_path: Path, name: str) -> None:
    write_picture(tmp_path / name, (32, 16))
    found = scan([tmp_path], root=tmp_path)
    assert found.manifest.frame_size(0) in ((32, 16), (16, 8))  # an icon holds smaller ones
    reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=tmp_path, cache=NullCache())
    assert reader.frame(0).media_type == "image/jpeg"
    assert reader.frame(0, quality="original").data == (tmp_path / name).read_bytes()
    reader.close()


def test_the_smallest_picture(tmp_path: Path) -> None:
    for name in ("a.png", "a.jpg", "a.gif", "a.webp", "a.tif"):
        write_picture(tmp_path / name, (1, 1))
    found = scan([tmp_path], root=tmp_path)
    reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=tmp_path, cache=NullCache())
    assert [reader.frame(number).width * reader.preview(number).height for number in range(5)] == [1] * 5
    reader.close()
