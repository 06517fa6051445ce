"""Frames of picture files: whose bytes they are, which way up, and what becomes of odd pixels."""

import io
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cvatcore.cache import NullCache, open_cache
from cvatcore.errors import InvalidMedia, NotFound
from cvatcore.media import FrameReader, checksum, encoding, open_frames, picture_frames, scan
from cvatcore.media.frames import FrameCache
from cvatcore.schema import DataSpec, ImageFrame, Manifest, MediaSource
from kit import samples
from kit.pictures import Pixels, gradient, oriented_exif, picture_bytes, write_archive, write_picture


def reader_of(*inputs: Path, root: Path, cache: FrameCache | None = None, quality: int = 70) -> FrameReader:
    found = scan(list(inputs), root=root)
    data = DataSpec(sources=found.sources, image_quality=quality)
    return open_frames(data, found.manifest, root=root, cache=cache or NullCache())


def decoded(content: bytes) -> Pixels:
    with Image.open(io.BytesIO(content)) as image:
        assert image.getexif().get(0x0112, 1) == 1
        return np.asarray(image.convert("RGB"))


def difference(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_an_upright_picture_is_served_as_its_own_bytes(tmp_path: Path) -> None:
    png, jpeg = samples.photo("astronaut.png"), samples.photo("rocket.jpg")
    reader = reader_of(png, jpeg, root=tmp_path)
    assert [reader.frame(number, quality="original").data for number in (0, 1)] == [png.read_bytes(), jpeg.read_bytes()]
    compressed = reader.frame(0)
    assert (compressed.media_type, compressed.width, compressed.height) == ("image/jpeg", 512, 512)
    assert difference(decoded(compressed.data), reader.array(0)) < 5
    assert reader.frame(1).data == jpeg.read_bytes()
    assert reader.source_file(1) == jpeg
    assert reader.checksum(1) == checksum(jpeg)


def test_a_large_jpeg_is_packed_again(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (600, 600, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg", quality=100)
    reader = reader_of(tmp_path / "a.jpg", root=tmp_path)
    assert len(reader.frame(0).data) < len(reader.frame(0, quality="original").data) / 2


def test_the_quality_of_the_task_counts(tmp_path: Path) -> None:
    cache = open_cache(tmp_path / "cache", max_bytes=8 << 20)
    path = samples.photo("astronaut.png")
    low = reader_of(path, root=tmp_path, cache=cache, quality=10).frame(0)
    high = reader_of(path, root=tmp_path, cache=cache, quality=95).frame(0)
    assert len(low.data) < len(high.data) / 4
    cache.close()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("extension", [".jpg", ".png", ".tif", ".webp"])
def test_pictures_stand_upright(tmp_path: Path, extension: str, orientation: int) -> None:
    upright = gradient((48, 32))
    # EXIF's own table: what the first row and the first column of the stored picture are of the upright one.
    undo: dict[int, Any] = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }
    lossless: dict[str, dict[str, Any]] = {".jpg": {"quality": 95}, ".webp": {"lossless": True}}
    options = lossless.get(extension, {})
    path = tmp_path / f"a{extension}"
    Image.fromarray(np.ascontiguousarray(undo[orientation])).save(path, exif=oriented_exif(orientation), **options)
    reader = reader_of(path, root=tmp_path)
    original = reader.frame(0, quality="original")
    with Image.open(io.BytesIO(original.data)) as image:
        assert image.format == {".jpg": "JPEG", ".png": "PNG", ".tif": "TIFF", ".webp": "WEBP"}[extension]
    assert (original.data == path.read_bytes()) == (orientation == 1)
    pictures = [original, reader.frame(0), reader.preview(0)]
    assert [(picture.width, picture.height) for picture in pictures] == [(48, 32)] * 3
    for pixels in [reader.array(0), *(decoded(picture.data) for picture in pictures)]:
        assert difference(pixels, upright) < 4


def pixel(path: Path, root: Path) -> list[int]:
    reader = reader_of(path, root=root)
    compressed = decoded(reader.frame(0).data)[4, 4]
    assert difference(compressed, reader.array(0)[4, 4]) <= 3
    assert decoded(reader.preview(0).data).shape == (8, 8, 3)
    return [int(value) for value in reader.array(0)[4, 4]]


@pytest.mark.parametrize(
    ("name", "mode", "color", "expected"),
    [
        ("grey.png", "L", 77, [77, 77, 77]),
        ("grey.jpg", "L", 77, [77, 77, 77]),
        ("bits.png", "1", 1, [255, 255, 255]),
        ("clear.png", "RGBA", (10, 20, 30, 0), [255, 255, 255]),
        ("half.png", "RGBA", (0, 0, 0, 128), [127, 127, 127]),
        ("solid.png", "RGBA", (10, 20, 30, 255), [10, 20, 30]),
        ("clear-grey.png", "LA", (0, 0), [255, 255, 255]),
        ("print.tif", "CMYK", (0, 0, 0, 255), [0, 0, 0]),
        ("cmyk.jpg", "CMYK", (0, 0, 0, 0), [255, 255, 255]),
    ],
)
def test_every_kind_of_pixel_becomes_rgb(tmp_path: Path, name: str, mode: str, color: Any, expected: list[int]) -> None:
    path = write_picture(tmp_path / name, (8, 8), mode=mode, color=color)
    assert difference(np.array(pixel(path, tmp_path)), np.array(expected)) <= 1


def test_a_palette_and_its_transparency(tmp_path: Path) -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 200, 100, 50])
    image.save(tmp_path / "plain.png")
    image.save(tmp_path / "clear.gif", transparency=1)
    assert pixel(tmp_path / "plain.png", tmp_path) == [200, 100, 50]
    assert pixel(tmp_path / "clear.gif", tmp_path) == [255, 255, 255]


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_sixteen_bits_are_stretched_to_what_they_use(tmp_path: Path, name: str) -> None:
    values = np.full((8, 8), 1000, np.uint16)
    values[4, 4], values[0, 0] = 4095, 3000
    Image.fromarray(values).save(tmp_path / name)
    reader = reader_of(tmp_path / name, root=tmp_path)
    array = reader.array(0)
    assert [int(array[y, x, 0]) for y, x in ((1, 1), (4, 4), (0, 0))] == [0, 255, 165]
    assert reader.frame(0, quality="original").data == (tmp_path / name).read_bytes()


def test_previews_keep_the_aspect(tmp_path: Path) -> None:
    for name, size, expected in (
        ("wide.jpg", (2000, 500), (256, 64)),
        ("high.png", (300, 900), (85, 256)),
        ("small.png", (20, 10), (20, 10)),
    ):
        preview = reader_of(write_picture(tmp_path / name, size), root=tmp_path).preview(0)
        assert (preview.media_type, preview.width, preview.height) == ("image/jpeg", *expected)
        assert decoded(preview.data).shape[1::-1] == expected


def test_pictures_in_archives(tmp_path: Path) -> None:
    content = picture_bytes((30, 20), file_format="JPEG")
    write_archive(tmp_path / "a.zip", {"x/1.jpg": content})
    write_archive(tmp_path / "b.zip", {"x/1.jpg": picture_bytes((10, 10), file_format="JPEG")})
    write_picture(tmp_path / "c.png", (5, 5))
    reader = reader_of(tmp_path / "b.zip", tmp_path / "a.zip", tmp_path / "c.png", root=tmp_path)
    assert reader.frame(0, quality="original").data == content
    assert [reader.array(number).shape[:2] for number in range(3)] == [(20, 30), (10, 10), (5, 5)]
    assert reader.source_file(1) == tmp_path / "b.zip"
    (tmp_path / "member.jpg").write_bytes(content)
    assert reader.checksum(0) == checksum(tmp_path / "member.jpg")
    write_archive(tmp_path / "a.zip", {"x/2.jpg": content})
    with pytest.raises(NotFound, match=r"no longer holds x/1\.jpg"):
        reader.frame(0)
    (tmp_path / "a.zip").write_bytes(b"no zip")
    with pytest.raises(InvalidMedia, match="cannot be read as a zip archive"):
        reader.frame(0)
    (tmp_path / "a.zip").unlink()
    with pytest.raises(NotFound, match=r"a\.zip is missing"):
        reader.frame(0)
    reader.close()
    assert reader.array(1).shape == (10, 10, 3)
    reader.close()


def test_threads_read_one_archive(tmp_path: Path) -> None:
    members = {f"{number:03}.png": picture_bytes((number + 1, 4)) for number in range(60)}
    reader = reader_of(write_archive(tmp_path / "a.zip", members), root=tmp_path)
    wrong: list[int] = []

    def read() -> None:
        for number in range(60):
            if reader.frame(number, quality="original").data != members[f"{number:03}.png"]:
                wrong.append(number)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader.close()
    assert not wrong


def test_encoded_pictures_come_from_the_cache_until_the_file_changes(tmp_path: Path) -> None:
    cache = open_cache(tmp_path / "cache", max_bytes=8 << 20)
    path = write_picture(tmp_path / "a.png", (40, 30))
    reader = reader_of(path, root=tmp_path, cache=cache)
    first = reader.frame(0)
    reader.preview(0)
    assert cache.stats.entries == 2
    assert reader.frame(0) == first
    assert cache.stats.hits == 1
    write_picture(path, (40, 30), color="black")
    assert reader.frame(0) != first
    assert decoded(reader.frame(0).data).max() <= 1
    cache.close()


def test_missing_broken_and_changed_pictures_are_named(tmp_path: Path) -> None:
    cache = open_cache(tmp_path / "cache", max_bytes=8 << 20)
    path = write_picture(tmp_path / "photos/a.jpg", (200, 100))
    reader = reader_of(tmp_path / "photos", root=tmp_path, cache=cache)
    whole = path.read_bytes()
    with pytest.raises(NotFound, match="There is no frame 1; the frames are 0 to 0"):
        reader.frame(1)
    with pytest.raises(NotFound, match="There is no frame -1"):
        reader.preview(-1)
    path.write_bytes(whole[: len(whole) // 2])
    for read in (reader.frame, reader.preview, reader.array):
        with pytest.raises(InvalidMedia, match=r"photos/a\.jpg cannot be read as a picture"):
            read(0)
    write_picture(path, (201, 100))
    for read in (reader.frame, reader.preview, reader.array):
        with pytest.raises(InvalidMedia, match=r"photos/a\.jpg has changed: it is 201×100 now, and was 200×100"):
            read(0)
    path.unlink()
    for look in (reader.frame, reader.preview, reader.array, reader.checksum):
        with pytest.raises(NotFound, match=r"photos/a\.jpg is missing"):
            look(0)
    path.parent.rmdir()
    with pytest.raises(NotFound, match=r"photos/a\.jpg is missing"):
        reader.frame(0)
    cache.close()


@pytest.mark.parametrize("name", ["../secret", "/etc/secret", "x/../../secret"])
def test_a_manifest_cannot_lead_out_of_its_source(tmp_path: Path, name: str) -> None:
    write_picture(tmp_path / "secret.png")
    (tmp_path / "photos").mkdir()
    manifest = Manifest(images=(ImageFrame(name=name, extension=".png", width=8, height=6),))
    data = DataSpec(sources=(MediaSource(kind="folder", path="photos"),))
    reader = open_frames(data, manifest, root=tmp_path, cache=NullCache())
    with pytest.raises(InvalidMedia, match="leads out of photos"):
        reader.frame(0)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_colours_of_sixteen_bits_are_visible(tmp_path: Path, name: str) -> None:
    import av

    # A camera of twelve bits: all of it lies in the lowest sixteenth. Pillow cannot write such files.
    pixels = np.zeros((16, 16, 3), np.uint16)
    pixels[:, :8], pixels[:, 8:] = (4095, 2048, 1024), (1024, 0, 0)
    encoder = av.CodecContext.create("png" if name == "a.png" else "tiff", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 16, 16, "rgb48be" if name == "a.png" else "rgb48le"
    encoder.time_base = Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb48le").reformat(format=encoder.pix_fmt)
    (tmp_path / name).write_bytes(b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode()]))
    reader = reader_of(tmp_path / name, root=tmp_path)
    array = reader.array(0)
    assert np.abs(array[4, 4].astype(int) - (255, 136, 68)).max() <= 18
    assert np.abs(array[4, 12].astype(int) - (68, 0, 0)).max() <= 18
    assert difference(decoded(reader.frame(0).data), array) < 6
    assert reader.preview(0).width == 16
    assert reader.frame(0, quality="original").data == (tmp_path / name).read_bytes()
    write_picture(tmp_path / "photos" / "b.png")
    context = tmp_path / "photos" / "related_images" / "b_png"
    context.mkdir(parents=True)
    (tmp_path / name).rename(context / name)
    reader = reader_of(tmp_path / "photos", root=tmp_path)
    assert difference(decoded(reader.context_image(0, 0).data), array) < 6


@pytest.mark.parametrize("largest", [47, 48])
def test_pictures_of_very_many_pixels_are_decoded_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    monkeypatch.setattr(picture_frames, "LARGE", largest)
    held: list[bool] = []
    original = encoding.to_array

    def noted(image: Image.Image) -> Pixels:
        held.append(picture_frames._one_large.locked())
        return original(image)

    monkeypatch.setattr(encoding, "to_array", noted)
    reader_of(write_picture(tmp_path / "a.png", (8, 6)), root=tmp_path).array(0)
    assert held == [largest < 8 * 6]
    assert not picture_frames._one_large.locked()


def test_pictures_with_sides_too_long_for_jpeg_are_shown_as_png(tmp_path: Path) -> None:
    for name, size in (("a.png", (65_501, 2)), ("b.png", (2, 70_000)), ("c.png", (65_500, 2))):
        write_picture(tmp_path / name, size)
    reader = reader_of(tmp_path, root=tmp_path)
    for number, media_type in enumerate(("image/png", "image/png", "image/jpeg")):
        picture = reader.frame(number)
        assert picture.media_type == media_type
        with Image.open(io.BytesIO(picture.data)) as image:
            assert image.size == (picture.width, picture.height)
        assert reader.preview(number).media_type == "image/jpeg"


def test_grey_is_stretched_alike_in_all_of_its_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).integers(0, 65536, (50, 40)).astype(np.uint16)
    whole = np.asarray(encoding.to_rgb(Image.fromarray(values)))
    monkeypatch.setattr(encoding, "_BAND", 100)
    assert np.array_equal(np.asarray(encoding.to_rgb(Image.fromarray(values))), whole)
    low, high = int(values.min()), int(values.max())
    assert np.array_equal(whole, ((values.astype(float) - low) * (255 / (high - low))).round().astype(np.uint8))
