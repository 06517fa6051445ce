"""Frame N of a video is the Nth that is shown, however it is coded and in whatever order it is asked for."""

import io
import random
import threading
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from cvatcore.cache import NullCache, open_cache
from cvatcore.errors import InvalidMedia, NotFound
from cvatcore.media import FrameReader, open_frames, scan
from cvatcore.media.frames import FrameCache
from cvatcore.media.video.decoder import VideoDecoder
from cvatcore.media.video.index import index_video
from cvatcore.media.video.pool import VideoPool
from cvatcore.schema import DataSpec
from kit import samples
from kit.pictures import Pixels, read_number, write_video

LENGTH = 50


def reader_of(path: Path, *, cache: FrameCache | None = None) -> FrameReader:
    found = scan([path], root=path.parent)
    return open_frames(DataSpec(sources=found.sources), found.manifest, root=path.parent, cache=cache or NullCache())


def pixels_of(data: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


X264: dict[str, Any] = {"options": {"g": "12", "bf": "3"}}
OPEN_GOP: dict[str, Any] = {"options": {"x264-params": "open-gop=1:keyint=12:bframes=3:scenecut=0"}}
VFR: dict[str, Any] = {**X264, "times": [number + number * number * 7 // 10 for number in range(LENGTH)]}

CASES: dict[str, dict[str, Any]] = {
    "one-run.mp4": {},
    "b-frames.mp4": X264,
    "b-frames.mkv": X264,
    "fragmented.mp4": {**X264, "container_options": {"movflags": "frag_keyframe+empty_moov"}},
    "open-gop.mp4": OPEN_GOP,
    "open-gop.mkv": OPEN_GOP,
    "transport.ts": OPEN_GOP,
    "refresh.mp4": {"options": {"x264-params": "intra-refresh=1:keyint=20:bframes=0"}},
    "variable-rate.mp4": VFR,
    "variable-rate.mkv": VFR,
    "intra.mov": {"codec": "mjpeg", "pixel_format": "yuvj420p"},
    "hidden-frames.webm": {"codec": "libvpx", "options": {"auto-alt-ref": "1", "lag-in-frames": "16", "g": "20"}},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"auto-alt-ref": "1", "lag-in-frames": "16", "g": "20"}},
    "mpeg4.avi": {"codec": "mpeg4", "options": {"g": "12", "bf": "2"}},
    # These have no presentation times, or not for each frame: frames are counted as they are decoded.
    "no-times.avi": X264,
    "no-times.mpg": {"codec": "mpeg2video", "options": {"g": "12", "bf": "2"}},
    "no-container.h264": X264,
}


@pytest.mark.parametrize("name", CASES)
def test_frame_numbers_are_exact(tmp_path: Path, name: str) -> None:
    path = write_video(tmp_path / name, LENGTH, **CASES[name])
    index = index_video(path, name=name)
    assert (index.length, index.width, index.height) == (LENGTH, 64, 48)
    assert bool(index.pts) == (not name.startswith("no-"))
    decoder = VideoDecoder(path, index, name=name)
    assert [read_number(decoder.array(number)) for number in range(LENGTH)] == list(range(LENGTH))
    decoder.close()
    # Next to nothing is kept: all frames have to be found again.
    decoder = VideoDecoder(path, index, name=name, pool=VideoPool(budget=1))
    shuffled = random.Random(name).sample(range(LENGTH), LENGTH)
    backwards = list(range(LENGTH - 1, LENGTH - 15, -1))
    strides = list(range(0, LENGTH, 7))
    for number in [*shuffled, *backwards, *strides]:
        assert read_number(decoder.array(number)) == number
    decoder.close()


@pytest.mark.parametrize(("rotation", "turns"), [(90, 1), (180, 2), (-90, 3)])
def test_a_turned_video_stands_upright(tmp_path: Path, rotation: int, turns: int) -> None:
    path = write_video(tmp_path / "turned.mp4", 10, rotation=rotation)
    found = scan([path], root=tmp_path)
    assert found.manifest.video is not None
    assert found.manifest.video.resolution == ((64, 48) if turns == 2 else (48, 64))
    reader = reader_of(path)
    pixels = reader.array(7)
    assert pixels.shape[1::-1] == found.manifest.video.resolution
    # FFmpeg: the angle by which a frame is turned counterclockwise to be shown.
    assert read_number(np.rot90(pixels, -turns)) == 7
    assert reader.frame(7).width == found.manifest.video.resolution[0]
    reader.close()


def test_an_edit_list_hides_frames_and_is_no_truncation(tmp_path: Path) -> None:
    # Copied from its second keyframe on with the first second cut away, as phones trim: MP4 keeps the whole run.
    whole = write_video(tmp_path / "whole.mp4", LENGTH, **X264)
    trimmed = tmp_path / "trimmed.mp4"
    with av.open(str(whole)) as source, av.open(str(trimmed), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        assert stream.time_base is not None
        shift = int(0.2 / stream.time_base)
        for packet in source.demux(stream):
            if packet.dts is not None and packet.pts is not None:
                packet.pts -= shift
                packet.dts -= shift
                packet.stream = copy
                target.mux(packet)
    index = index_video(trimmed, name="trimmed.mp4")
    decoder = VideoDecoder(trimmed, index, name="trimmed.mp4")
    shown = [read_number(decoder.array(number)) for number in range(index.length)]
    decoder.close()
    with av.open(str(trimmed)) as container:
        expected = [read_number(np.asarray(frame.to_ndarray(format="rgb24"))) for frame in container.decode(video=0)]
    assert shown == expected
    assert shown[-1] == LENGTH - 1


def test_compressed_is_jpeg_and_original_is_lossless(tmp_path: Path) -> None:
    reader = reader_of(write_video(tmp_path / "a.mp4", 20))
    compressed, original = reader.frame(13), reader.frame(13, quality="original")
    assert (compressed.media_type, original.media_type) == ("image/jpeg", "image/png")
    assert compressed.data[:2] == b"\xff\xd8"
    assert np.array_equal(pixels_of(original.data), reader.array(13))
    assert read_number(pixels_of(compressed.data)) == 13
    preview = reader.preview(13)
    assert (preview.media_type, preview.width, preview.height) == ("image/jpeg", 64, 48)
    reader.close()


def test_a_real_video_gives_the_frames_that_decoding_it_all_gives() -> None:
    path = samples.video("bikes.mp4")
    reader = reader_of(path)
    with av.open(str(path)) as container:
        frames = {
            number: frame for number, frame in enumerate(container.decode(video=0)) if number in (0, 100, 101, 249)
        }
        for number in (249, 100, 0, 101):
            assert np.array_equal(reader.array(number), frames[number].to_ndarray(format="rgb24"))
    preview = reader.preview(100)
    assert (preview.width, preview.height) == (256, 109)
    reader.close()


def test_frames_and_the_index_come_from_the_cache(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 30)
    cache = open_cache(tmp_path / "cache", max_bytes=8 << 20)
    first = reader_of(path, cache=cache)
    picture = first.frame(12)
    first.close()
    entries = cache.stats.entries
    assert entries == 2  # the index and the frame
    second = reader_of(path, cache=cache)
    assert second.frame(12) == picture
    assert second.frame(12, quality="original") != picture
    assert cache.stats.entries == entries + 1
    second.close()
    cache.close()


def test_threads_share_a_reader(tmp_path: Path) -> None:
    reader = reader_of(write_video(tmp_path / "a.mp4", LENGTH, **X264))
    wrong: list[int] = []

    def read(seed: int) -> None:
        for number in random.Random(seed).sample(range(LENGTH), 30):
            if read_number(pixels_of(reader.frame(number).data)) != number:
                wrong.append(number)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader.close()
    assert not wrong


def test_a_missing_or_changed_video_is_named(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 20)
    reader = reader_of(path)
    assert reader.frame(3).width == 64
    with pytest.raises(NotFound, match="There is no frame 20; the frames are 0 to 19"):
        reader.frame(20)
    write_video(path, 30)
    with pytest.raises(InvalidMedia, match=r"a\.mp4 has changed: it has 30 frames .* and had 20"):
        reader.frame(3)
    path.unlink()
    with pytest.raises(NotFound, match=r"a\.mp4 is missing"):
        reader.array(3)
    reader.close()


def test_a_hole_in_a_video_costs_only_its_own_frames(tmp_path: Path) -> None:
    # All frames are keyframes here, so a broken one spoils no other.
    path = write_video(tmp_path / "a.mp4", 20, options={"g": "1", "bf": "0"})
    with av.open(str(path)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    position, size = packets[8]
    assert position is not None
    data = bytearray(path.read_bytes())
    data[position : position + size] = bytes(size)
    path.write_bytes(data)
    reader = reader_of(path)
    assert [read_number(reader.array(number)) for number in (7, 9, 19)] == [7, 9, 19]
    with pytest.raises(InvalidMedia, match=r"Frame 8 of .*a\.mp4 cannot be decoded"):
        reader.array(8)
    assert read_number(reader.array(7)) == 7
    reader.close()
