"""Context images: the right pictures, upright JPEG, placeholders, and the zip of them that CVAT's clients take."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from cvatcore.cache import NullCache, open_cache
from cvatcore.errors import InvalidMedia, MissingMedia, NotFound
from cvatcore.media import FrameReader, open_frames
from cvatcore.media.context_images import context_archive, context_frames
from cvatcore.media.frames import FrameCache
from cvatcore.schema import DataSpec, ImageFrame, Manifest, MediaSource, VideoProperties
from kit.pictures import oriented_exif, write_archive, write_picture, write_video

RELATED = ("related_images/a_png/big.jpg", "related_images/a_png/deep/shape.webp", "related_images/a_png/small.jpg")


def frame(name: str, *related: str) -> ImageFrame:
    return ImageFrame(name=name, extension=".png", width=8, height=6, meta={"related_images": list(related)})


MANIFEST = Manifest(images=(frame("a", *RELATED), frame("b")))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    write_picture(folder / "a.png")
    write_picture(folder / "b.png")
    write_picture(folder / RELATED[0], (1000, 600), quality=100, exif=oriented_exif(6))
    write_picture(folder / RELATED[1], (30, 20))
    write_picture(folder / RELATED[2], (40, 20))
    return folder


def reader_of(root: Path, *, cache: FrameCache | None = None, quality: int = 70) -> FrameReader:
    data = DataSpec(sources=(MediaSource(kind="folder", path="pictures"),), image_quality=quality)
    return open_frames(data, MANIFEST, root=root, cache=cache or NullCache())


def test_context_images_are_upright_jpegs(pictures: Path) -> None:
    reader = reader_of(pictures.parent)
    assert reader.context(0) == RELATED
    assert reader.context(1) == ()
    found = [reader.context_image(0, index) for index in range(3)]
    assert [(picture.media_type, picture.width, picture.height) for picture in found] == [
        ("image/jpeg", 600, 1000),
        ("image/jpeg", 30, 20),
        ("image/jpeg", 40, 20),
    ]
    for picture in found:
        with Image.open(io.BytesIO(picture.data)) as image:
            assert (image.format, image.size) == ("JPEG", (picture.width, picture.height))
    assert found[2].data == (pictures / RELATED[2]).read_bytes()


def test_numbers_that_are_not_there(pictures: Path) -> None:
    reader = reader_of(pictures.parent)
    for number, index in ((0, 3), (0, -1), (1, 0)):
        with pytest.raises(NotFound, match=f"Frame {number} has {3 if not number else 0} context images"):
            reader.context_image(number, index)
    for number in (2, -1):
        with pytest.raises(NotFound, match="There is no frame"):
            reader.context(number)
        with pytest.raises(NotFound, match="There is no frame"):
            reader.context_image(number, 0)


def test_in_archives_and_below_a_prefix(pictures: Path, tmp_path: Path) -> None:
    members = {name: (pictures / name).read_bytes() for name in ("a.png", *RELATED)}
    write_archive(tmp_path / "one.zip", members)
    named = Manifest(images=(frame("one.zip/a", *(f"one.zip/{name}" for name in RELATED)),))
    data = DataSpec(sources=(MediaSource(kind="archive", path="one.zip", prefix="one.zip"),))
    reader = open_frames(data, named, root=tmp_path, cache=NullCache())
    plain = reader_of(tmp_path)
    for index in range(3):
        assert reader.context_image(0, index) == plain.context_image(0, index)
    reader.close()


def test_missing_and_broken_ones(pictures: Path) -> None:
    reader = reader_of(pictures.parent)
    (pictures / RELATED[1]).unlink()
    broken = (pictures / RELATED[2]).read_bytes()
    (pictures / RELATED[2]).write_bytes(broken[: len(broken) // 2])
    with pytest.raises(MissingMedia, match=r"shape\.webp is missing"):
        reader.context_image(0, 1)
    stand_in = reader.context_image(0, 1, placeholder=True)
    assert stand_in.missing == RELATED[1]
    with Image.open(io.BytesIO(stand_in.data)) as image:
        assert image.size == (stand_in.width, stand_in.height)
    with pytest.raises(InvalidMedia, match=r"small\.jpg cannot be read as a picture"):
        reader.context_image(0, 2, placeholder=True)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/secret.png", "x/../../secret.png"])
def test_context_images_do_not_lead_out_of_their_source(pictures: Path, name: str) -> None:
    write_picture(pictures.parent / "secret.png")
    manifest = Manifest(images=(frame("a", name),))
    data = DataSpec(sources=(MediaSource(kind="folder", path="pictures"),))
    reader = open_frames(data, manifest, root=pictures.parent, cache=NullCache())
    with pytest.raises(InvalidMedia, match="leads out of pictures"):
        reader.context_image(0, 0)


def test_packed_ones_are_kept_until_the_file_changes(pictures: Path) -> None:
    cache = open_cache(pictures.parent / "cache", max_bytes=8 << 20)
    reader = reader_of(pictures.parent, cache=cache)
    first = reader.context_image(0, 1)
    assert (reader.context_image(0, 1), cache.stats.hits) == (first, 1)
    assert reader_of(pictures.parent, cache=cache, quality=20).context_image(0, 1) != first
    write_picture(pictures / RELATED[1], (31, 20))
    assert reader.context_image(0, 1).width == 31
    cache.close()


def test_the_zip_of_them(pictures: Path) -> None:
    reader = reader_of(pictures.parent)
    (pictures / RELATED[1]).unlink()
    with zipfile.ZipFile(io.BytesIO(context_archive(reader, 0))) as archive:
        assert archive.namelist() == [f"{name}.jpg" for name in RELATED]
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.read(f"{RELATED[2]}.jpg") == (pictures / RELATED[2]).read_bytes()
        for name in archive.namelist():
            with Image.open(io.BytesIO(archive.read(name))) as image:
                assert image.format == "JPEG"
    with pytest.raises(MissingMedia):
        context_archive(reader, 0, placeholder=False)
    with pytest.raises(NotFound, match="Frame 1 has no context images"):
        context_archive(reader, 1)


def test_a_video_has_none(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", 5)
    manifest = Manifest(video=VideoProperties(name="a.mp4", resolution=(64, 48), length=5))
    data = DataSpec(sources=(MediaSource(kind="video", path="a.mp4"),))
    reader = open_frames(data, manifest, root=tmp_path, cache=NullCache())
    assert reader.context(0) == ()
    with pytest.raises(NotFound, match="Frame 4 has 0 context images"):
        reader.context_image(4, 0)
    assert context_frames(manifest) == ()


def test_all_context_images_of_a_task_each_once() -> None:
    manifest = Manifest(images=(frame("a", "x.png", "y.png"), frame("b", "y.png")))
    assert [image.path for image in context_frames(manifest)] == ["x.png", "y.png"]
