"""Chunks: zips of pictures and short films, made once and kept."""

import io
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pytest
from PIL import Image

from cvatcore.cache import NullCache, open_cache
from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media import FrameReader, open_frames, scan
from cvatcore.media import chunks as chunks_module
from cvatcore.media.chunks import Chunk, ChunkPlan, Chunks, chunk_kind, chunk_size, is_for_a_file, write_pictures
from cvatcore.media.frames import FrameCache
from cvatcore.media.video.clips import clip_size
from cvatcore.schema import DataSpec, ImageFrame, Manifest
from cvatcore.schema.manifest import VideoProperties
from kit.pictures import oriented_exif, picture_bytes, read_number, write_archive, write_picture, write_video


def opened(path: Path, cache: FrameCache | None = None) -> tuple[FrameReader, Manifest]:
    found = scan([path], root=path.parent)
    data = DataSpec(sources=found.sources)
    return open_frames(data, found.manifest, root=path.parent, cache=cache or NullCache()), found.manifest


def plan(numbers: range, **fields: Any) -> ChunkPlan:
    return ChunkPlan(**{"numbers": numbers, "kind": "imageset", "quality": "compressed", "image_quality": 70, **fields})


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {entry.compress_type for entry in archive.infolist()} <= {zipfile.ZIP_STORED}
        return {name: archive.read(name) for name in archive.namelist()}


def numbers_in(clip: bytes) -> list[int]:
    with av.open(io.BytesIO(clip), "r") as container:
        return [read_number(np.asarray(frame.to_ndarray(format="rgb24"))) for frame in container.decode(video=0)]


class CountingCache:
    """A cache in memory that knows what was asked of it."""

    def __init__(self) -> None:
        self.held: dict[bytes, bytes] = {}
        self.puts = 0

    def get(self, key: bytes) -> bytes | None:
        return self.held.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        self.puts += 1
        self.held[key] = value


def test_originals_are_the_files_with_their_extensions(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for name in ("a.JPG", "b.png", "c.webp", "d.bmp"):
        write_picture(folder / name, (40, 30))
    reader, manifest = opened(folder)
    chunk = Chunks().get(reader, manifest, plan(range(4), quality="original"), kept=NullCache())
    assert chunk.media_type == "application/zip"
    held = members(chunk.data)
    assert list(held) == ["000000.JPG", "000001.png", "000002.webp", "000003.bmp"]
    assert list(held.values()) == [(folder / name).read_bytes() for name in ("a.JPG", "b.png", "c.webp", "d.bmp")]


def test_originals_stand_upright(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    write_picture(folder / "a.jpg", (40, 30), exif=oriented_exif(6))
    reader, manifest = opened(folder)
    ((name, content),) = members(
        Chunks().get(reader, manifest, plan(range(1), quality="original"), kept=NullCache()).data
    ).items()
    image = Image.open(io.BytesIO(content))
    assert (name, image.format, image.size, image.getexif().get(0x0112, 1)) == ("000000.jpg", "JPEG", (30, 40), 1)


def test_compressed_pictures_are_jpeg_and_counted_from_0_in_each_chunk(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for number in range(5):
        write_picture(folder / f"{number}.png", (10 + number, 30))
    reader, manifest = opened(folder)
    held = members(Chunks().get(reader, manifest, plan(range(3, 5)), kept=NullCache()).data)
    assert {name: Image.open(io.BytesIO(content)).size for name, content in held.items()} == {
        "000000.jpeg": (13, 30),
        "000001.jpeg": (14, 30),
    }


def test_what_is_not_the_askers_is_a_black_pixel(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for number in range(3):
        write_picture(folder / f"{number}.png", (40, 30))
    reader, manifest = opened(folder)
    held = members(Chunks().get(reader, manifest, plan(range(3), blank=frozenset([0, 2])), kept=NullCache()).data)
    pictures = [Image.open(io.BytesIO(content)) for content in held.values()]
    assert [picture.size for picture in pictures] == [(1, 1), (40, 30), (1, 1)]
    assert np.asarray(pictures[0]).max() == 0
    assert list(held) == ["000000.jpeg", "000001.jpeg", "000002.jpeg"]


@pytest.mark.parametrize("quality", ["compressed", "original"])
def test_a_video_is_a_film_of_its_frames(tmp_path: Path, quality: str) -> None:
    path = write_video(tmp_path / "v.mp4", 50)
    reader, manifest = opened(path)
    chunk = Chunks().get(reader, manifest, plan(range(36, 50), kind="video", quality=quality), kept=NullCache())
    assert (chunk.media_type, chunk.missing) == ("video/mp4", ())
    assert numbers_in(chunk.data) == list(range(36, 50))
    with av.open(io.BytesIO(chunk.data), "r") as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, float(stream.average_rate or 0)) == ("h264", 25)
        assert (stream.width, stream.height) == (64, 48)


def test_frames_that_were_not_taken_are_not_in_it(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", 50)
    found = scan([path], root=tmp_path)
    manifest = msgspec.structs.replace(found.manifest, start=5, step=3)
    reader = open_frames(DataSpec(sources=found.sources), manifest, root=tmp_path, cache=NullCache())
    chunk = Chunks().get(reader, manifest, plan(range(2, 6), kind="video"), kept=NullCache())
    assert numbers_in(chunk.data) == [11, 14, 17, 20]


def test_a_turned_video_of_odd_size_is_an_upright_film(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", 6, size=(66, 50), rotation=90)
    reader, manifest = opened(path)
    chunk = Chunks().get(reader, manifest, plan(range(6), kind="video", quality="original"), kept=NullCache())
    with av.open(io.BytesIO(chunk.data), "r") as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert [frame.shape for frame in frames] == [(66, 50, 3)] * 6
    for number, frame in enumerate(frames):
        assert np.abs(frame.astype(int) - reader.array(number)).mean() < 4


def test_films_of_high_frames_are_halved_where_little_may_be_sent() -> None:
    assert clip_size((1920, 1080), compressed=True) == (960, 540)
    assert clip_size((1920, 1080), compressed=False) == (1920, 1080)
    assert clip_size((3840, 2160), compressed=True) == (960, 540)
    assert clip_size((1919, 1079), compressed=True) == (1920, 1080)
    assert clip_size((1, 1), compressed=True) == (2, 2)


def test_a_video_may_come_as_pictures(tmp_path: Path) -> None:
    reader, manifest = opened(write_video(tmp_path / "v.mp4", 10))
    held = members(Chunks().get(reader, manifest, plan(range(10)), kept=NullCache()).data)
    assert list(held) == [f"{number:06d}.jpeg" for number in range(10)]
    shown = [read_number(np.asarray(Image.open(io.BytesIO(content)))) for content in held.values()]
    assert shown == list(range(10))


def test_the_kind_follows_the_task() -> None:
    video = Manifest(video=VideoProperties(name="v.mp4", resolution=(4, 4), length=9))
    pictures = Manifest(images=(ImageFrame(name="a", extension=".png", width=4, height=4),))
    kinds = {
        (manifest.kind, zip_chunks, quality): chunk_kind(DataSpec(zip_chunks=zip_chunks), manifest, quality)
        for manifest in (video, pictures)
        for zip_chunks in (False, True)
        for quality in ("compressed", "original")
    }
    assert {key for key, kind in kinds.items() if kind == "video"} == {
        ("video", False, "compressed"),
        ("video", False, "original"),
        ("video", True, "original"),
    }


@pytest.mark.parametrize(
    ("width", "height", "expected"), [(1920, 1080, 36), (100, 100, 72), (7680, 4320, 2), (30_000, 30_000, 2)]
)
def test_chunks_are_as_long_as_fits(width: int, height: int, expected: int) -> None:
    manifest = Manifest(images=(ImageFrame(name="a", extension=".png", width=width, height=height),))
    assert chunk_size(DataSpec(), manifest) == expected
    assert chunk_size(DataSpec(chunk_size=7), manifest) == 7


def test_what_was_encoded_is_kept_and_what_was_copied_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for number in range(3):
        write_picture(folder / f"{number}.png", (40, 30))
        write_picture(tmp_path / "small" / f"{number}.jpg", (40, 30))
    for path, puts in ((folder, 1), (tmp_path / "small", 0)):
        kept = CountingCache()
        # Nothing of its frames is kept a second time.
        reader, manifest = opened(path, kept)
        made = Chunks().get(reader, manifest, plan(range(3)), kept=kept)
        assert kept.puts == puts
        assert Chunks().get(reader, manifest, plan(range(3)), kept=kept) == made
        assert kept.puts == puts


def test_a_changed_file_or_quality_gives_another_chunk(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    write_picture(folder / "0.png", (40, 30))
    kept = CountingCache()
    reader, manifest = opened(folder)
    one = Chunks().get(reader, manifest, plan(range(1)), kept=kept)
    assert Chunks().get(reader, manifest, plan(range(1), image_quality=20), kept=kept) != one or kept.puts == 2
    (folder / "0.png").write_bytes(picture_bytes((40, 30), color=90))
    other = Chunks().get(reader, manifest, plan(range(1)), kept=kept)
    assert other.data != one.data


def test_a_missing_picture_is_a_placeholder_or_an_error_and_never_kept(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for number in range(4):
        write_picture(folder / f"{number}.png", (40, 30))
    reader, manifest = opened(folder)
    (folder / "2.png").unlink()
    kept = CountingCache()
    chunk = Chunks().get(reader, manifest, plan(range(4)), kept=kept)
    assert (chunk.missing, kept.puts, len(members(chunk.data))) == ((2,), 0, 4)
    with pytest.raises(MissingMedia, match=r"2\.png is missing"):
        Chunks().get(reader, manifest, plan(range(4), quality="original"), kept=kept)
    write_picture(folder / "2.png", (40, 30))
    assert Chunks().get(reader, manifest, plan(range(4)), kept=kept).missing == ()


def test_a_missing_member_is_a_placeholder_too(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.zip", {f"{n}.png": picture_bytes((40, 30)) for n in range(3)})
    reader, manifest = opened(path)
    write_archive(path, {f"{n}.png": picture_bytes((40, 30)) for n in (0, 2)})
    with pytest.raises((MissingMedia, InvalidMedia)):
        Chunks().get(reader, manifest, plan(range(3), quality="original"), kept=NullCache())


def test_a_missing_video_is_a_film_that_says_so(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", 12)
    reader, manifest = opened(path)
    path.unlink()
    chunk = Chunks().get(reader, manifest, plan(range(4, 12), kind="video"), kept=NullCache())
    assert chunk.missing == tuple(range(4, 12))
    assert len(numbers_in(chunk.data)) == 8
    with pytest.raises(MissingMedia):
        Chunks().get(reader, manifest, plan(range(12), kind="video", quality="original"), kept=NullCache())


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for number in range(9):
        write_picture(folder / f"{number}.png", (40, 30))
    reader, manifest = opened(folder)
    (folder / "1.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    with pytest.raises(InvalidMedia, match=r"1\.png"):
        Chunks().get(reader, manifest, plan(range(9)), kept=NullCache())


def test_many_asking_for_one_chunk_have_it_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "photos"
    for number in range(3):
        write_picture(folder / f"{number}.png", (40, 30))
    asking = 6
    together = threading.Barrier(asking)
    made: list[ChunkPlan] = []
    real = chunks_module._make

    def counted(reader: FrameReader, manifest: Manifest, asked: ChunkPlan) -> Chunk:
        made.append(asked)
        return real(reader, manifest, asked)

    monkeypatch.setattr(chunks_module, "_make", counted)
    cache = open_cache(tmp_path / "cache", max_bytes=8 << 20)
    reader, manifest = opened(folder, cache)
    chunks = Chunks()

    def ask() -> Chunk:
        together.wait(10)
        return chunks.get(reader, manifest, plan(range(3)), kept=cache)

    with ThreadPoolExecutor(asking) as threads:
        answers = [future.result(30) for future in [threads.submit(ask) for _ in range(asking)]]
    cache.close()
    assert len(set(answers)) == 1
    assert len(made) == 1


def test_the_cache_of_chunks_never_grows_beyond_its_cap(tmp_path: Path) -> None:
    folder = tmp_path / "noise"
    folder.mkdir()
    source = np.random.default_rng(1)
    for number in range(40):
        Image.fromarray(source.integers(0, 255, (128, 128, 3), np.uint8)).save(folder / f"{number:02}.png")
    cap = 1 << 20
    cache = open_cache(tmp_path / "cache", max_bytes=cap)
    reader, manifest = opened(folder, cache)
    chunks = Chunks()
    for first in range(36):
        assert len(members(chunks.get(reader, manifest, plan(range(first, first + 4)), kept=cache).data)) == 4
    assert cache.stats.evictions > 0
    assert (tmp_path / "cache" / "data.mdb").stat().st_size <= cap
    cache.close()


def test_large_zips_are_for_a_file(tmp_path: Path) -> None:
    image = ImageFrame(name="a", extension=".png", width=1920, height=1080, bytes=3_000_000)
    manifest = Manifest(images=(image,) * 40)
    assert not is_for_a_file(plan(range(36)), manifest)
    assert is_for_a_file(plan(range(36), quality="original"), manifest)
    assert not is_for_a_file(plan(range(36), quality="original", kind="video"), manifest)
    write_picture(tmp_path / "p" / "0.png", (40, 30))
    reader, real = opened(tmp_path / "p")
    with (tmp_path / "chunk.zip").open("w+b") as file:
        assert write_pictures(file, reader, real, plan(range(1), quality="original")) == ()
    assert members((tmp_path / "chunk.zip").read_bytes()) == {"000000.png": (tmp_path / "p" / "0.png").read_bytes()}
