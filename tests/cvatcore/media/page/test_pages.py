"""Files of several pages: each page is a frame, of the right size, with the right pixels."""

import io
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cvatcore.cache import NullCache, open_cache
from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media import FrameReader, MediaMap, ScanOptions, checksum, look_for_media, open_frames, scan
from cvatcore.schema import DataSpec, decode_manifest, encode_manifest
from cvatcore.validate.media import check_media
from kit import samples
from kit.pictures import LFS_POINTER, picture_bytes, write_archive, write_picture

COLORS = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (90, 90, 90)]


def animation(file_format: str, count: int = 4, size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    frames = [Image.new("RGB", size, COLORS[number % 4]) for number in range(count)]
    for number, frame in enumerate(frames):  # all different, or they are merged
        frame.putpixel((number % size[0], 0), (255, 255, 255))
    buffer = io.BytesIO()
    frames[0].save(buffer, file_format, save_all=True, append_images=frames[1:], **options)
    return buffer.getvalue()


def document(sizes: Sequence[tuple[float, float]]) -> bytes:
    """A PDF of pages with a black square in the upper left corner of each."""
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(sizes)))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {len(sizes)}/Kids[{kids}]>>"]
    for number, (width, height) in enumerate(sizes):
        drawn = f"0 0 0 rg 0 {height - 20 - number} {20 + number} {20 + number} re f"
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents {4 + 2 * number} 0 R>>")
        objects.append(f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream")
    data = b"%PDF-1.4\n"
    places = []
    for number, text in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n".encode()
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    return data + f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()


def reader_of(path: Path) -> FrameReader:
    found = scan([path], root=path.parent)
    return open_frames(DataSpec(sources=found.sources), found.manifest, root=path.parent, cache=NullCache())


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.gif", {}),
        ("a.webp", {"lossless": True}),
        ("a.png", {}),
        ("a.tif", {}),
        ("a.avif", {"quality": 100}),
        ("a.tif", {"compression": "tiff_lzw"}),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_each_page_is_a_frame(tmp_path: Path, name: str, options: dict[str, Any], is_packed: bool) -> None:
    file_format = Image.registered_extensions()[Path(name).suffix]
    content = animation(file_format, **options)
    (tmp_path / name).write_bytes(content)
    path = write_archive(tmp_path / "a.zip", {name: content}) if is_packed else tmp_path / name
    found = scan([path], root=tmp_path)
    images = found.manifest.images
    assert [image.path for image in images] == [f"{name}/{number:04}.png" for number in range(1, 5)]
    assert [(image.page, image.file, image.width, image.height) for image in images] == [
        (number, name, 40, 30) for number in range(1, 5)
    ]
    assert {image.bytes for image in images} == {len(content)}
    assert decode_manifest(encode_manifest(found.manifest)) == found.manifest
    data = DataSpec(sources=found.sources)
    reader = open_frames(data, found.manifest, root=tmp_path, cache=NullCache())
    for number in (3, 0, 1, 2, 0):  # backwards too
        pixel = reader.array(number)[15, 20].astype(int)
        assert np.abs(pixel - COLORS[number]).max() <= 2
        original = reader.frame(number, quality="original")
        assert (original.media_type, original.width, original.height) == ("image/png", 40, 30)
        with Image.open(io.BytesIO(original.data)) as opened:
            assert getattr(opened, "n_frames", 1) == 1
            assert np.abs(np.asarray(opened.convert("RGB"))[15, 20].astype(int) - COLORS[number]).max() <= 2
        assert reader.frame(number).media_type == "image/jpeg"
        assert reader.preview(number).width == 40
    assert reader.checksum(2) == checksum(tmp_path / name)
    assert reader.source_file(2) == path
    assert look_for_media(data, found.manifest, root=tmp_path, known=MediaMap(), task=1).missing == ()
    assert list(check_media(data, found.manifest, root=tmp_path, path="m", lines=[3, 4, 5, 6])) == []
    reader.close()
    path.unlink()
    with pytest.raises(MissingMedia):
        reader.array(1)
    assert look_for_media(data, found.manifest, root=tmp_path, known=MediaMap(), task=1).missing == (0, 1, 2, 3)


def test_files_of_one_page_stay_pictures(tmp_path: Path) -> None:
    for name in ("a.gif", "b.webp", "c.png", "d.tif", "e.avif"):
        write_picture(tmp_path / name)
    images = scan([tmp_path], root=tmp_path).manifest.images
    assert [(image.path, image.page) for image in images] == [
        ("a.gif", 0), ("b.webp", 0), ("c.png", 0), ("d.tif", 0), ("e.avif", 0),
    ]  # fmt: skip


def test_pages_of_different_sizes_and_copies_of_them(tmp_path: Path) -> None:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    kinds = [(40, 30, 0), (20, 15, 1), (40, 30, 4), (10, 50, 2)]
    frames = []
    for width, height, kind in kinds:
        tags = ImageFileDirectory_v2()
        tags[254] = kind
        frame = Image.new("RGB", (width, height), "red")
        frame.encoderinfo = {"tiffinfo": tags}  # what save_all looks at
        frames.append(frame)
    tags = ImageFileDirectory_v2()
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:], tiffinfo=tags)
    images = scan([tmp_path / "a.tif"], root=tmp_path).manifest.images
    assert [(image.page, image.width, image.height) for image in images] == [(1, 40, 30), (4, 10, 50)]
    reader = reader_of(tmp_path / "a.tif")
    assert reader.array(1).shape == (50, 10, 3)
    reader.close()


def test_a_real_tiff_of_several_pages(tmp_path: Path) -> None:
    path = samples.photo("multipage.tif")
    found = scan([path], root=tmp_path).manifest
    with Image.open(path) as opened:
        assert found.size == getattr(opened, "n_frames", 0) == 2
        for number in range(2):
            opened.seek(number)
            assert found.frame_size(number) == opened.size


def test_pages_of_a_document(tmp_path: Path) -> None:
    sizes = [(595, 842), (842, 595), (200, 100), (5000, 300)]
    path = tmp_path / "plans.PDF"
    path.write_bytes(document(sizes))
    found = scan([path], root=tmp_path).manifest
    assert [image.path for image in found.images] == [f"plans.PDF/{number:04}.png" for number in range(1, 5)]
    assert [found.frame_size(number) for number in range(4)] == [(1653, 2339), (2339, 1653), (556, 278), (8192, 492)]
    reader = reader_of(path)
    for number in (3, 0, 1, 2):
        pixels = reader.array(number)
        assert pixels.shape[1::-1] == found.frame_size(number)
        black = pixels[:, :, 0] < 128
        side = (20 + number) * found.frame_size(number)[0] / sizes[number][0]
        assert black.sum() == pytest.approx(side**2, rel=0.05)
        assert black[: int(side) - 1, : int(side) - 1].all()
        assert reader.frame(number, quality="original").media_type == "image/png"
    assert reader.preview(0).height == 256
    path.write_bytes(document(sizes[:2]))
    with pytest.raises(InvalidMedia, match="has no page 4 any more; it has 2"):
        reader.array(3)
    data = DataSpec(sources=scan([path], root=tmp_path).sources)
    problems = list(check_media(data, found, root=tmp_path, path="m", lines=[3, 4, 5, 6]))
    assert len(problems) == 4  # its length is another
    reader.close()


def test_documents_in_folders_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/readme.pdf").write_bytes(document([(100, 100)]))
    with pytest.raises(InvalidMedia, match=r"holds no pictures, but 'readme\.pdf'"):
        scan([tmp_path / "docs"], root=tmp_path)
    write_picture(tmp_path / "docs/a.png")
    assert scan([tmp_path / "docs"], root=tmp_path).manifest.size == 1
    found = scan([tmp_path / "docs/*.pdf", tmp_path / "docs"], root=tmp_path).manifest
    assert [image.path for image in found.images] == ["a.png", "readme.pdf/0001.png"]


def test_start_stop_and_step_count_pages(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(animation("GIF", 5))
    write_picture(tmp_path / "b.png")
    (tmp_path / "c.gif").write_bytes(animation("GIF", 3))
    found = scan([tmp_path], root=tmp_path, options=ScanOptions(start=1, stop=7, step=2)).manifest
    assert [image.path for image in found.images] == ["a.gif/0002.png", "a.gif/0004.png", "b.png", "c.gif/0002.png"]
    with pytest.raises(InvalidMedia, match="There are 3 files"):
        scan([tmp_path], root=tmp_path, options=ScanOptions(start=9))


def test_files_of_two_sources_keep_their_order(tmp_path: Path) -> None:
    gif = animation("GIF", 2)
    for name in ("a.gif", "c.gif"):
        (tmp_path / name).write_bytes(gif)
    write_archive(tmp_path / "b.zip", {"x.gif": gif, "y.png": picture_bytes()})
    found = scan([tmp_path / "b.zip", tmp_path], root=tmp_path).manifest
    assert [image.path for image in found.images] == [
        "a.gif/0001.png", "a.gif/0002.png", "b.zip/x.gif/0001.png", "b.zip/x.gif/0002.png", "b.zip/y.png",
        "c.gif/0001.png", "c.gif/0002.png",
    ]  # fmt: skip


def test_stepping_through_an_animation_decodes_each_frame_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL.GifImagePlugin import GifImageFile

    (tmp_path / "a.gif").write_bytes(animation("GIF", 30))
    reader = reader_of(tmp_path / "a.gif")
    loads: list[int] = []
    load = GifImageFile._seek

    def counted(self: GifImageFile, frame: int, update_image: bool = True) -> None:
        loads.append(frame)
        load(self, frame, update_image)

    monkeypatch.setattr(GifImageFile, "_seek", counted)
    for number in range(30):
        reader.array(number)
    assert len(loads) <= 35
    reader.close()


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("suffix", ["gif", "webp", "png", "tif", "avif"])
def test_pages_are_the_same_in_any_order(tmp_path: Path, suffix: str, is_packed: bool) -> None:
    astronaut = Image.open(samples.photo("astronaut.png")).resize((48, 40))
    turned = [astronaut.rotate(30 * number) for number in range(5)]
    path = tmp_path / f"a.{suffix}"
    turned[0].save(path, save_all=True, append_images=turned[1:])
    with Image.open(path) as image:
        wanted = []
        for number in range(5):
            image.seek(number)
            wanted.append(np.asarray(image.convert("RGB")))
    if is_packed:
        path = write_archive(tmp_path / "a.zip", {path.name: path.read_bytes()})
    reader = reader_of(path)
    for number in (0, 1, 0, 1, 4, 2, 3, 3, 0, 4):
        assert np.array_equal(reader.array(number), wanted[number]), number
    reader.close()


def test_an_animation_that_claims_a_canvas_too_wide_for_its_format(tmp_path: Path) -> None:
    data = bytearray(animation("WEBP"))
    assert data[12:16] == b"VP8X"
    for width, height in ((1 << 24, 40), (40, 16_384)):
        data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        (tmp_path / "a.webp").write_bytes(data)
        with pytest.raises(InvalidMedia, match=f"says that it is {width}×{height} pixels, and WebP has 16383 a side"):
            scan([tmp_path / "a.webp"], root=tmp_path)


def test_a_broken_page_leaves_the_others_whole(tmp_path: Path) -> None:
    whole = animation("PNG", 5)
    at = [place for place in range(len(whole)) if whole[place : place + 4] == b"fdAT"]
    (tmp_path / "a.png").write_bytes(whole[: at[2] + 12] + b"x" * 8 + whole[at[2] + 20 :])
    reader = reader_of(tmp_path / "a.png")
    for number in (3, 0, 1, 3, 2, 0):
        if number == 3:
            with pytest.raises(InvalidMedia, match=r"a\.png, page 4, cannot be read"):
                reader.array(number)
        else:
            assert tuple(reader.array(number)[5, 5]) == COLORS[number]
    reader.close()


def test_a_page_comes_from_the_cache_until_the_file_changes(tmp_path: Path) -> None:
    cache = open_cache(tmp_path / "cache", max_bytes=8 << 20)
    path = tmp_path / "a.gif"
    path.write_bytes(animation("GIF"))
    found = scan([path], root=tmp_path)
    reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=tmp_path, cache=cache)
    pictures = [reader.frame(number).data for number in range(4)]
    assert len(set(pictures)) == 4
    assert [reader.frame(number).data for number in range(4)] == pictures
    assert cache.stats.hits == 4
    path.write_bytes(animation("GIF", 2))
    with pytest.raises(InvalidMedia, match=r"a\.gif, page 4, cannot be read as a picture"):
        reader.frame(3)
    path.write_bytes(animation("GIF", 4, (50, 30)))
    with pytest.raises(InvalidMedia, match=r"a\.gif, page 4 has changed: it is 50×30 now, and was 40×30"):
        reader.frame(3)
    path.write_bytes(LFS_POINTER)
    with pytest.raises(MissingMedia, match="only the pointer of Git LFS"):
        reader.frame(3)
    reader.close()
    cache.close()


def test_more_pages_than_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pages", "documents"):
        monkeypatch.setattr(f"cvatcore.media.page.{module}.MAX_PAGES", 3)
    for name, content in (
        ("a.gif", animation("GIF")), ("a.webp", animation("WEBP")), ("a.png", animation("PNG")),
        ("a.tif", animation("TIFF")), ("a.pdf", document([(100, 100)] * 4)),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InvalidMedia, match=r"4 pages") as caught:
            scan([tmp_path / name], root=tmp_path)
        assert caught.value.hint


def test_an_animation_that_claims_more_frames_than_it_has_bytes(tmp_path: Path) -> None:
    import zlib

    content = animation("PNG")
    at = content.index(b"acTL")
    body = b"acTL" + struct.pack(">II", 90_000, 0)
    lying = content[:at] + body + struct.pack(">I", zlib.crc32(body)) + content[at + 16 :]
    (tmp_path / "a.png").write_bytes(lying)
    with pytest.raises(InvalidMedia, match="says that it has 90000 pages"):
        scan([tmp_path / "a.png"], root=tmp_path)


@pytest.mark.parametrize("content", [b"%PDF-1.4\nhello", b"text", document([(100, 100)])[:120], document([])])
def test_broken_documents(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    with pytest.raises(InvalidMedia, match=r"a\.pdf (cannot be read as a PDF document|has 0 pages)") as caught:
        scan([tmp_path / "a.pdf"], root=tmp_path)
    assert caught.value.hint


SEEDS = [animation(file_format) for file_format in ("GIF", "WEBP", "PNG", "TIFF")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(
    seed=st.sampled_from(range(4)),
    spoil=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
    cut=st.floats(0.02, 1),
)
@pytest.mark.filterwarnings("ignore")  # Pillow warns of some of them, and reads them
def test_no_spoilt_file_of_pages_raises_anything_else(
    tmp_path: Path, seed: int, spoil: list[tuple[float, int]], cut: float
) -> None:
    data = bytearray(SEEDS[seed])
    for share, value in spoil:
        data[int(share * (len(data) - 1))] = value
    path = tmp_path / f"a{('.gif', '.webp', '.png', '.tif')[seed]}"
    path.write_bytes(data[: max(1, int(cut * len(data)))])
    try:
        found = scan([path], root=tmp_path)
    except InvalidMedia:
        return
    reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=tmp_path, cache=NullCache())
    for number in range(min(found.manifest.size, 4)):
        try:
            reader.frame(number)
            reader.array(number)
        except InvalidMedia:
            pass
    reader.close()


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_cut_off_animation_loses_no_page_silently(tmp_path: Path, is_packed: bool) -> None:
    whole = animation("GIF", 5)
    for length, is_refused in ((len(whole) // 2, True), (len(whole) - 2, True), (len(whole) - 1, False)):
        (tmp_path / "a.gif").write_bytes(whole[:length])
        path = tmp_path / "a.gif"
        if is_packed:
            path = write_archive(tmp_path / "a.zip", {"a.gif": whole[:length]})
        if is_refused:
            with pytest.raises(InvalidMedia, match=r"a\.gif is cut off"):
                scan([path], root=tmp_path)
        else:
            # Only the mark that no more comes is missing.
            assert scan([path], root=tmp_path).manifest.size == 5


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(spoil=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_no_spoilt_document_raises_anything_else(tmp_path: Path, spoil: list[tuple[float, int]]) -> None:
    data = bytearray(document([(100, 100), (50, 200)]))
    for share, value in spoil:
        data[int(share * (len(data) - 1))] = value
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    try:
        found = scan([path], root=tmp_path)
        reader = reader_of(path)
        for number in range(found.manifest.size):
            reader.array(number)
        reader.close()
    except InvalidMedia:
        pass
