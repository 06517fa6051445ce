"""Segments hold every frame of a video once, at the time that is its number."""

import io
import struct
import subprocess
import threading
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pytest

from cvatcore.cache import NullCache, open_cache
from cvatcore.errors import InvalidMedia, NotFound
from cvatcore.media import scan
from cvatcore.media.video.files import open_video, video_stream
from cvatcore.media.video.index import KeyFrame, VideoIndex, index_video
from cvatcore.media.video.layout import LEAST_FRAMES, MOST_BYTES, MOST_FRAMES, segments_of
from cvatcore.media.video.opened import VideoLayout, opened_video
from cvatcore.media.video.segments import VideoSegments
from cvatcore.media.video.transcoding import RUN, encoded_size
from cvatcore.schema import DataSpec
from kit import ffmpeg, samples
from kit.films import FILMS, LENGTH, trimmed
from kit.pictures import Pixels, read_number, write_video

CODECS = {
    "one-run.mp4": "avc1.64000a",
    "b-frames.mp4": "avc1.64000a",
    "b-frames.mkv": "avc1.64000a",
    "b-frames.mov": "avc1.64000a",
    "fragmented.mp4": "avc1.64000a",
    "open-gop.mp4": "avc1.64000a",
    "open-gop.mkv": "avc1.64000a",
    "transport.ts": "avc1.64000a",
    "refresh.mp4": "avc1.64000a",
    "variable-rate.mp4": "avc1.64000a",
    "variable-rate.mkv": "avc1.64000a",
    "intra.mov": "",
    "all-keys.mp4": "avc1.64100a",
    "ten-bits.mp4": "avc1.6e000a",
    "wide-colours.mp4": "avc1.7a000a",
    "hevc.mp4": "hev1.1.6.L30.90",
    "hevc.ts": "hev1.1.6.L30.90",
    "hidden-frames.webm": "vp8",
    "vp9.webm": "vp09.00.10.08",
    "av1.mkv": "av01.0.00M.08",
    "av1.mp4": "av01.0.00M.08",
    "mpeg4.avi": "",
    "no-times.avi": "",
    "no-times.mpg": "",
    "no-container.h264": "",
    "sound.mp4": "avc1.64000a",
    "sound.mkv": "avc1.64000a",
    "wrong-count.avi": "",
    "edit-list.mp4": "avc1.64000a",
    "old-encoder.mp4": "avc1.f4000a",
    "turned-90.mp4": "avc1.64000a",
    "turned-180.mp4": "avc1.64000a",
    "turned-270.mp4": "avc1.64000a",
    "cut-in.ts": "avc1.64000a",
}


def segments_for(path: Path, *, cache: Any = None) -> VideoSegments:
    found = scan([path], root=path.parent)
    data = DataSpec(sources=found.sources)
    return VideoSegments(data, found.manifest, root=path.parent, cache=cache or NullCache())


def play(parts: list[bytes]) -> dict[int, Pixels]:
    """What one decoder shows that is fed segments one after the other: pixels by frame number."""
    shown: dict[int, Pixels] = {}
    decoder: Any = None
    packets: list[Any] = []
    for part in parts:
        with av.open(io.BytesIO(part), "r") as container:
            stream = container.streams.video[0]
            assert str(stream.time_base) == "1/30000"
            if decoder is None:
                decoder = av.CodecContext.create(stream.codec_context.name, "r")
                decoder.extradata = stream.codec_context.extradata
            found: list[Any] = [packet for packet in container.demux(stream) if packet.size]
        for packet in found:
            packet.pts -= late(part)
        packets += found
    for packet in [*packets, None]:
        for frame in decoder.decode(packet):
            if not frame.pts % 1000:
                shown[frame.pts // 1000] = frame.to_ndarray(format="rgb24")
    return shown


def late(part: bytes) -> int:
    """By how much FFmpeg shows a fragment later than it says: it takes an offset to an earlier time for a mistake."""
    begin = part.index(b"trun") + 16
    count = struct.unpack_from(">I", part, begin - 8)[0]
    offsets = [struct.unpack_from(">IIIi", part, begin + 16 * number)[3] for number in range(count)]
    return max(0, *(-int(offset) for offset in offsets))


def all_of(segments: VideoSegments, layout: VideoLayout) -> dict[int, Pixels]:
    """Every frame as a page gets it: from its own segment, and the one before where that is needed."""
    parts = [segments.segment(number, coding="source") for number in range(len(layout.segments))]
    shown: dict[int, Pixels] = {}
    for number, cut in enumerate(layout.segments):
        end = layout.segments[number + 1].first if number + 1 < len(parts) else layout.index.length
        alone = play([parts[number]])
        shown |= {frame: alone[frame] for frame in range(cut.key, end)}
        if cut.first < cut.key:
            both = play(parts[number - 1 : number + 1])
            shown |= {frame: both[frame] for frame in range(cut.first, cut.key)}
    return shown


@pytest.mark.parametrize("name", FILMS)
def test_every_frame_as_it_is_coded(tmp_path: Path, name: str) -> None:
    path = FILMS[name](tmp_path / name)
    segments = segments_for(path)
    layout = segments.layout()
    assert layout.codec == CODECS[name]
    if not layout.codec:
        assert not layout.segments
        with pytest.raises(NotFound, match="There is no segment 0; the video has 0 as it is coded"):
            segments.segment(0, coding="source")
        return
    index = layout.index
    assert index.fps == pytest.approx(25, rel=0.02) or "variable" in name
    decoder = opened(path).decoder
    shown = all_of(segments, layout)
    assert sorted(shown) == list(range(index.length))
    for number, pixels in shown.items():
        assert np.array_equal(np.rot90(pixels, index.quarter_turns), decoder.array(number)), number


@pytest.mark.parametrize("name", FILMS)
def test_every_frame_as_h264(tmp_path: Path, name: str) -> None:
    path = FILMS[name](tmp_path / name)
    segments = segments_for(path)
    layout = segments.layout()
    assert (layout.run, layout.run_codec, layout.run_size) == (RUN, "avc1.64000a", layout.index.coded_size)
    decoder = opened(path).decoder
    for run in range(-(-layout.index.length // RUN)):
        shown = play([segments.segment(run, coding="h264")])
        assert list(shown) == list(range(layout.index.length))[run * RUN : (run + 1) * RUN]
        for number, pixels in shown.items():
            wanted = np.rot90(decoder.array(number), -layout.index.quarter_turns)
            assert read_number(pixels) == read_number(wanted)
            assert np.abs(pixels.astype(int) - wanted).mean() < 3
    with pytest.raises(NotFound, match="There is no segment"):
        segments.segment(run + 1, coding="h264")


@pytest.mark.parametrize("name", ["bikes.mp4", "carphone_pristine.mp4"])
def test_real_videos(name: str) -> None:
    path = samples.video(name)
    segments = segments_for(path)
    layout = segments.layout()
    shown = all_of(segments, layout)
    assert sorted(shown) == list(range(layout.index.length))
    decoder = opened(path).decoder
    assert all(np.array_equal(pixels, decoder.array(number)) for number, pixels in shown.items())


def opened(path: Path) -> Any:
    from cvatcore.media.identity import file_identity

    return opened_video(path, identity=file_identity(path), cache=NullCache())


def test_what_is_hidden_before_the_first_frame_has_a_time_of_its_own(tmp_path: Path) -> None:
    path = trimmed(tmp_path / "trimmed.mp4")
    video = opened(path)
    cut = segments_of(video.index)[0]
    times = [sample.time for sample in video.packets.samples(cut.begin, cut.end)]
    hidden = [time for time in times if time % 1000]
    assert len(hidden) == LENGTH - video.index.length
    assert all(250 <= time % 1000 < 750 for time in hidden)
    assert sorted(time for time in times if not time % 1000)[:3] == [0, 1000, 2000]


def test_what_refers_to_before_the_file_is_left_out(tmp_path: Path) -> None:
    # Chromium gives up on it.
    video = opened(FILMS["cut-in.ts"](tmp_path / "cut-in.ts"))
    part = video.layout.segments[0]
    times = [sample.time for sample in video.packets.samples(part.begin, part.end)]
    assert times[0] == 0
    assert all(time % 1000 == 0 for time in times)


def test_only_where_the_picture_is_whole_at_once_may_a_page_begin(tmp_path: Path) -> None:
    video = opened(FILMS["refresh.mp4"](tmp_path / "refresh.mp4"))
    assert [keyframe.is_clean for keyframe in video.index.keyframes] == [True, False, False]
    (part,) = video.layout.segments
    keys = [sample.time // 1000 for sample in video.packets.samples(part.begin, part.end) if sample.is_key]
    assert keys == [0]


def test_decoders_are_told_of_an_encoder_with_ways_of_its_own(tmp_path: Path) -> None:
    path = FILMS["old-encoder.mp4"](tmp_path / "old-encoder.mp4")
    video = opened(path)
    assert b"x264 - core 142" in video.index.note
    for part in segments_of(video.index):
        samples_of = video.packets.samples(part.begin, part.end)
        assert [video.index.note in sample.data for sample in samples_of] == [sample.is_key for sample in samples_of]
    with open_video(path, name="a") as container:
        stream = video_stream(container, name="a", note=video.index.note)
        assert stream.codec_context.options == {"x264_build": "142"}
    assert opened(FILMS["b-frames.mp4"](tmp_path / "b-frames.mp4")).index.note == b""


def test_runs_are_made_once(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", LENGTH)
    cache = open_cache(tmp_path / "cache", max_bytes=8 << 20)
    first = segments_for(path, cache=cache).segment(1, coding="h264")
    entries = cache.stats.entries
    assert segments_for(path, cache=cache).segment(1, coding="h264") == first
    assert cache.stats.entries == entries
    cache.close()


def keyframes(*runs: tuple[int, int]) -> tuple[KeyFrame, ...]:
    """Runs of so many frames and bytes, closed."""
    made = []
    number = 0
    for shown, size in runs:
        made.append(KeyFrame(number, number, number, number, shown, size))
        number += shown
    return tuple(made)


def cut(*runs: tuple[int, int], codec: str = "h264") -> list[tuple[int, int, int]]:
    length = sum(shown for shown, _ in runs)
    index = VideoIndex(
        width=4,
        height=4,
        quarter_turns=0,
        length=length,
        codec=codec,
        times=bytes(8 * length),
        keyframes=keyframes(*runs),
    )
    return [(segment.key, segment.begin, segment.end) for segment in segments_of(index)]


def test_short_groups_are_put_together_and_long_ones_are_not_offered() -> None:
    half = LEAST_FRAMES // 2
    assert cut((half, 1), (half, 1), (half, 1)) == [(0, 0, 2), (2 * half, 2, 3)]
    assert cut((1, 1)) == [(0, 0, 1)]
    assert cut((MOST_FRAMES, 1), (MOST_FRAMES, 1)) == [(0, 0, 1), (MOST_FRAMES, 1, 2)]
    assert cut((MOST_FRAMES + 1, 1)) == []
    assert cut((30, 1), (30, MOST_BYTES + 1)) == []
    assert cut((30, 1), codec="mpeg4") == []
    assert cut() == []


def test_a_video_whose_keyframes_are_too_far_apart_is_played_as_h264(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", MOST_FRAMES + 10, options={"g": "9999", "x264-params": "scenecut=0"})
    layout = segments_for(path).layout()
    assert (layout.codec, layout.segments, layout.run_codec) == ("", (), "avc1.64000a")


def test_frames_larger_than_decoders_take_are_made_smaller() -> None:
    assert encoded_size((1920, 1080)) == (1920, 1080)
    assert encoded_size((641, 479)) == (640, 480)
    assert encoded_size((8192, 4320)) == (4096, 2160)
    assert encoded_size((1, 1)) == (2, 2)


def test_a_broken_segment_is_a_sentence(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", LENGTH, options={"g": "25", "bf": "0"})
    segments = segments_for(path)
    segments.layout()
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(InvalidMedia, match=r"a\.mp4 cannot be opened as a video"):
        segments.segment(1, coding="source")
    path.write_bytes(b"")
    with pytest.raises(InvalidMedia, match=r"a\.mp4 cannot be opened as a video"):
        segments.segment(1, coding="h264")


def test_index_of_a_real_video_is_cheap_to_keep() -> None:
    index = index_video(samples.video(), name="bikes.mp4")
    assert (len(index.times), len(index.pts)) == (8 * 250, 250)


def test_who_opens_a_video_together_indexes_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "a.mp4", LENGTH)
    begun: list[Path] = []
    gate = threading.Barrier(6)

    def index(path: Path, *, name: str, truncated: bool) -> VideoIndex:
        begun.append(path)
        return index_video(path, name=name, truncated=truncated)

    monkeypatch.setattr("cvatcore.media.video.opened.index_video", index)
    found: list[object] = []

    def work() -> None:
        gate.wait()
        found.append(opened(path))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert begun == [path]
    assert len({id(video) for video in found}) == 1


def test_a_video_whose_size_changes_on_the_way(tmp_path: Path) -> None:
    parts = [
        write_video(tmp_path / f"{width}.ts", 30, size=(width, width * 3 // 4), options={"g": "30", "bf": "0"})
        for width in (64, 128)
    ]
    listed = tmp_path / "both.txt"
    listed.write_text("".join(f"file '{part}'\n" for part in parts), encoding="utf-8")
    path = tmp_path / "both.mp4"
    command = [str(ffmpeg.executable()), "-v", "error", "-f", "concat", "-safe", "0", "-i", str(listed)]
    subprocess.run([*command, "-c", "copy", str(path)], check=True)
    segments = segments_for(path)
    # The keyframes say it themselves, so decoders go along; all frames of a task are of one size.
    shown = all_of(segments, segments.layout())
    assert [shown[number].shape for number in (29, 30)] == [(48, 64, 3), (96, 128, 3)]
    assert opened(path).decoder.array(50).shape == (48, 64, 3)
    assert list(play([segments.segment(1, coding="h264")])) == list(range(24, 48))


def test_a_stream_that_is_said_outside_of_it_to_change_is_not_offered() -> None:
    index = VideoIndex(
        width=4, height=4, quarter_turns=0, length=30, codec="h264", times=bytes(240), keyframes=keyframes((30, 1))
    )
    assert len(segments_of(index)) == 1
    assert segments_of(msgspec.structs.replace(index, is_uniform=False)) == ()
