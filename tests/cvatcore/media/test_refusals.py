"""What cannot become a task is refused in one sentence that names it, with what to do."""

import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvatcore.errors import InvalidMedia
from cvatcore.media import scan
from kit import samples
from kit.pictures import picture_bytes, write_archive, write_picture, write_video


def refusal(*inputs: Path) -> str:
    """The sentence that refuses inputs; every refusal has a hint and is one line."""
    with pytest.raises(InvalidMedia) as caught:
        scan(list(inputs), root=inputs[0].parent if inputs else Path())
    assert caught.value.hint
    assert "\n" not in caught.value.message + caught.value.hint
    return caught.value.message


def bare_png(width: int, height: int) -> bytes:
    """A PNG of a size, without the pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_nothing_or_nothing_there(tmp_path: Path) -> None:
    assert refusal() == "No media are given."
    assert refusal(tmp_path / "gone.jpg") == f"There is no file or folder {tmp_path / 'gone.jpg'}."


def test_a_folder_without_pictures(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} holds no pictures."
    (tmp_path / "notes.txt").write_bytes(b"hello")
    assert refusal(tmp_path) == f"{tmp_path} holds no pictures."
    (tmp_path / "b.mp4").write_bytes(b"video")
    assert refusal(tmp_path) == f"{tmp_path} holds no pictures, but videos: 'b.mp4' for one."


@pytest.mark.parametrize("name", ["a.jpg", "a.mp4", "a.zip", "a"])
def test_an_empty_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert refusal(tmp_path / name) == f"{tmp_path / name} is empty."


def test_an_empty_picture_in_a_folder_or_an_archive(tmp_path: Path) -> None:
    write_picture(tmp_path / "photos/a.png")
    (tmp_path / "photos/b.png").write_bytes(b"")
    assert refusal(tmp_path / "photos") == f"{tmp_path / 'photos/b.png'} is empty."
    archive = write_archive(tmp_path / "a.zip", {"b.png": b""})
    assert refusal(archive) == f"{archive}/b.png is empty."


@pytest.mark.parametrize(
    "content",
    [b"this is text", picture_bytes()[:20], picture_bytes(file_format="JPEG")[:15], b"\x89PNG\r\n\x1a\n"],
    ids=["text", "cut PNG", "cut JPEG", "signature"],
)
def test_a_broken_picture_is_named_wherever_it_is(tmp_path: Path, content: bytes) -> None:
    write_picture(tmp_path / "photos/a.png")
    broken = tmp_path / "photos/sub/broken.jpg"
    broken.parent.mkdir()
    broken.write_bytes(content)
    for given_input in (tmp_path / "photos", broken):
        assert refusal(given_input).startswith(f"{broken} cannot be read as a picture")
    archive = write_archive(tmp_path / "a.zip", {"sub/broken.png": content})
    assert refusal(archive).startswith(f"{archive}/sub/broken.png cannot be read as a picture")


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
def test_a_link_to_nothing_and_what_is_no_file(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png")
    (tmp_path / "b.png").symlink_to(tmp_path / "gone.png")
    assert refusal(tmp_path) == f"{tmp_path / 'b.png'} is a link to a file that does not exist."
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "is not a file" in refusal(tmp_path / "pipe.mp4")


def test_what_is_no_media(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"hello, this is text\n" * 100)
    assert refusal(tmp_path / "notes.txt").endswith("notes.txt is neither a picture nor a video nor an archive.")


def test_what_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"hello, this is text\n" * 100)
    assert refusal(tmp_path / "a.mp4").startswith(f"{tmp_path / 'a.mp4'} cannot be opened as a video")


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    write_video(tmp_path / "real.ts", 5)
    (tmp_path / "a.mp4").write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nreal.ts\n#EXT-X-ENDLIST\n", encoding="utf-8"
    )
    assert "cannot be opened as a video" in refusal(tmp_path / "a.mp4")


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=1024)
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert refusal(tmp_path / "a.mkv") == f"{tmp_path / 'a.mkv'} holds no moving picture."


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("name", ["a.pcd", "a.ply"])
def test_a_picture_that_is_called_a_point_cloud(tmp_path: Path, name: str, is_packed: bool) -> None:
    (tmp_path / name).write_bytes(picture_bytes())
    path = write_archive(tmp_path / "a.zip", {name: picture_bytes()}) if is_packed else tmp_path / name
    assert "cannot be read as a P" in refusal(path)


def test_a_picture_that_is_called_a_document(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(picture_bytes())
    assert "cannot be read as a PDF document" in refusal(tmp_path / "a.pdf")


def test_what_pillow_warns_of_is_not_said_besides(tmp_path: Path) -> None:
    data = samples.photo("multipage.tif").read_bytes()
    for share in range(1, 10):
        (tmp_path / f"{share}.tif").write_bytes(data[: len(data) * share // 10])
    # In a process of its own: pytest has filters of its own for warnings.
    source = f"""
from contextlib import suppress
from pathlib import Path
from cvatcore.errors import InvalidMedia
from cvatcore.media import scan
for path in Path({str(tmp_path)!r}).iterdir():
    with suppress(InvalidMedia):
        scan([path], root=path.parent)
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == ""


def test_videos_are_alone_in_a_task(tmp_path: Path) -> None:
    video, other = write_video(tmp_path / "a.mp4", 3), write_video(tmp_path / "b.mp4", 3)
    assert refusal(video, other) == "A task cannot have several videos."
    assert refusal(video, write_picture(tmp_path / "a.png")) == "A task cannot have the video a.mp4 among other media."


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_cut_off_video_tells_both_numbers(tmp_path: Path, share: float) -> None:
    # The index comes first in the file, as in what cameras and browsers send.
    whole = write_video(tmp_path / "whole.mp4", 100, container_options={"movflags": "faststart"}, options={"g": "20"})
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: int(len(data) * share)])
    message = refusal(cut)
    head = f"{cut} is cut off: its index lists 100 frames, but only "
    assert message.startswith(head)
    assert 0 <= int(message.removeprefix(head).split()[0]) < 100


def test_a_real_video_cut_in_half(tmp_path: Path) -> None:
    data = samples.video("bikes.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) // 2])
    assert "cut.mp4" in refusal(tmp_path / "cut.mp4")


def test_a_cut_off_matroska_file(tmp_path: Path) -> None:
    data = write_video(tmp_path / "whole.mkv", 200, options={"g": "20"}).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) // 2])
    assert "cut.mkv is cut off: its index lists 200 frames, but only" in refusal(tmp_path / "cut.mkv")


def test_a_video_whose_end_is_overwritten(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 60, container_options={"movflags": "faststart"}, options={"g": "20"})
    data = path.read_bytes()
    path.write_bytes(data[:-300] + bytes(300))
    assert "a.mp4 is cut off: its index lists 60 frames" in refusal(path)


@pytest.mark.parametrize("name", ["../a.png", "x/../../a.png", "/etc/a.png", "C:/a.png", "..\\a.png", "sub/.."])
def test_an_archive_that_leads_out_of_itself(tmp_path: Path, name: str) -> None:
    archive = write_archive(tmp_path / "a.zip", {"ok.png": picture_bytes(), name: picture_bytes()})
    assert refusal(archive) == f"{archive} holds {name!r}, a name that leads out of the archive."


def test_an_archive_with_a_link(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal(tmp_path / "a.zip") == f"{tmp_path / 'a.zip'} holds 'a.png', a link."


def test_an_encrypted_archive(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.zip", {"a.png": picture_bytes()})
    data = bytearray(archive.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[6] |= 1  # the flag, in both headers
    data[central + 8] |= 1
    archive.write_bytes(data)
    assert refusal(archive) == f"{archive} is encrypted."


def test_a_zip_bomb(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.zip", {"a.png": picture_bytes(), "zeros.bin": bytes(80 << 20)})
    size = archive.stat().st_size
    assert size < 200_000
    assert refusal(archive).startswith(
        f"{archive} has {size} bytes and would unpack to {(80 << 20) + len(picture_bytes())}, "
    )


def test_a_bomb_of_overlapping_entries(tmp_path: Path) -> None:
    # Every entry of the directory points at the same data: each alone is harmless.
    one = write_archive(tmp_path / "one.zip", {"0000.png": bytes(8 << 20)}).read_bytes()
    start = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    entry, count = one[start:end], 50
    directory = b"".join(entry.replace(b"0000.png", b"%04d.png" % number) for number in range(count))
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), start, 0)
    (tmp_path / "a.zip").write_bytes(one[:start] + directory + tail)
    assert f"would unpack to {count * (8 << 20)}" in refusal(tmp_path / "a.zip")


def test_a_bomb_that_declares_less_than_it_is(tmp_path: Path) -> None:
    # The declared length is what is read: the picture ends there, and is broken.
    size = 30 << 20
    archive = write_archive(tmp_path / "a.zip", {"a.png": bytes(size)})
    data = archive.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 1000))
    archive.write_bytes(data)
    assert str(archive) in refusal(archive)


def test_small_archives_may_shrink_well(tmp_path: Path) -> None:
    blank = picture_bytes((1000, 1000), file_format="BMP", color="black")
    archive = write_archive(tmp_path / "a.zip", {f"{number}.bmp": blank for number in range(10)})
    assert archive.stat().st_size * 100 < 10 * len(blank)
    assert scan([archive], root=tmp_path).manifest.size == 10


def test_too_many_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cvatcore.media.archive.index.MAX_ENTRIES", 3)
    archive = write_archive(tmp_path / "a.zip", {f"{number}.png": picture_bytes() for number in range(4)})
    assert refusal(archive) == f"{archive} holds 4 files, more than 3."


def test_an_archive_of_archives_or_of_nothing(tmp_path: Path) -> None:
    write_archive(tmp_path / "inner.zip", {"a.png": picture_bytes()})
    archive = write_archive(tmp_path / "a.zip", {"inner.zip": (tmp_path / "inner.zip").read_bytes()})
    assert refusal(archive) == f"{archive} holds no pictures."
    assert refusal(write_archive(tmp_path / "b.zip", {})) == f"{tmp_path / 'b.zip'} holds no pictures."


def test_a_broken_archive(tmp_path: Path) -> None:
    data = write_archive(tmp_path / "a.zip", {"a.png": picture_bytes()}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(data[:-30])
    assert refusal(tmp_path / "cut.zip").startswith(f"{tmp_path / 'cut.zip'} cannot be read as a zip archive")
    spoilt = data[:50] + bytes(40) + data[90:]
    (tmp_path / "spoilt.zip").write_bytes(spoilt)
    assert str(tmp_path / "spoilt.zip") in refusal(tmp_path / "spoilt.zip")


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (0, 0)])
def test_pictures_without_pixels(tmp_path: Path, width: int, height: int) -> None:
    (tmp_path / "a.png").write_bytes(bare_png(width, height))
    (tmp_path / "a.gif").write_bytes(b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;")
    for name in ("a.png", "a.gif"):
        message = refusal(tmp_path / name)
        assert message.startswith(
            (f"{tmp_path / name} is {width}×{height} pixels", f"{tmp_path / name} cannot be read")
        )


def test_pixel_bombs(tmp_path: Path) -> None:
    for name, width in (("warns.png", 40_000), ("raises.png", 60_000)):
        (tmp_path / name).write_bytes(bare_png(width, 40_000))
        assert refusal(tmp_path / name) == f"{tmp_path / name} has more than 1 gigapixel, more than is decoded here."
    (tmp_path / "large.png").write_bytes(bare_png(20_000, 20_000))
    assert scan([tmp_path / "large.png"], root=tmp_path).manifest.frame_size(0) == (20_000, 20_000)


def test_names_that_fit_no_line(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.zip", {"a\nb.png": picture_bytes()})
    assert refusal(archive) == "The name 'a\\nb.png' holds a control character."
    assert (
        scan([write_archive(tmp_path / "b.zip", {"ä 日本 🚗.png": picture_bytes()})], root=tmp_path).manifest.size == 1
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_of_files_that_fit_no_line(tmp_path: Path) -> None:
    for folder, name in (("one", b"a\nb.png"), ("two", b"a\xffb.png"), ("three", b"a\x1b[31m.png")):
        (tmp_path / folder).mkdir()
        with open(os.path.join(os.fsencode(tmp_path / folder), name), "wb") as file:
            file.write(picture_bytes())
    assert refusal(tmp_path / "one") == "The name 'a\\nb.png' holds a control character."
    assert refusal(tmp_path / "two") == "The name 'a\\udcffb.png' is not valid UTF-8."
    assert "holds a control character" in refusal(tmp_path / "three")


SEEDS = [
    picture_bytes((40, 30), file_format=file_format) for file_format in ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP")
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    seed=st.sampled_from(SEEDS),
    spoil=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, 3000),
)
@pytest.mark.filterwarnings("ignore")  # Pillow warns of some of them, and reads them
def test_no_spoilt_picture_raises_anything_else(
    tmp_path: Path, seed: bytes, spoil: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(seed)
    for position, value in spoil:
        data[position % len(data)] = value
    path = tmp_path / "spoilt.png"
    path.write_bytes(data[: max(1, cut)])
    _scan_and_read(path)


@pytest.mark.parametrize("make", [write_video], ids=["mp4"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(positions=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_no_spoilt_video_raises_anything_else(
    tmp_path: Path, make: Callable[..., Path], positions: list[tuple[float, int]]
) -> None:
    whole = tmp_path / "whole.mp4"
    if not whole.exists():
        make(whole, 12, options={"g": "4"})
    data = bytearray(whole.read_bytes())
    for share, value in positions:
        data[int(share * (len(data) - 1))] = value
    path = tmp_path / "spoilt.mp4"
    path.write_bytes(data)
    _scan_and_read(path)


def _scan_and_read(path: Path) -> None:
    from cvatcore.cache import NullCache
    from cvatcore.media import open_frames
    from cvatcore.schema import DataSpec

    with suppress(InvalidMedia):
        found = scan([path], root=path.parent)
        reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=path.parent, cache=NullCache())
        for read in (reader.frame, reader.preview, reader.array):
            read(0)
        reader.close()
