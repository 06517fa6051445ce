"""Videos for tests that are odd in one way each. Their frames show their numbers."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from kit.pictures import numbered_frame, write_video

LENGTH = 50

X264: dict[str, Any] = {"options": {"g": "12", "bf": "3"}}
OPEN_GOP: dict[str, Any] = {"options": {"x264-params": "open-gop=1:keyint=12:bframes=3:scenecut=0"}}
VFR: dict[str, Any] = {**X264, "times": [number + number * number * 7 // 10 for number in range(LENGTH)]}
VPX: dict[str, Any] = {"options": {"auto-alt-ref": "1", "lag-in-frames": "16", "g": "20"}}
X265: dict[str, Any] = {"codec": "libx265", "options": {"x265-params": "keyint=12:log-level=none"}}

PLAIN: dict[str, dict[str, Any]] = {
    "one-run.mp4": {},
    "b-frames.mp4": X264,
    "b-frames.mkv": X264,
    "b-frames.mov": X264,
    "fragmented.mp4": {**X264, "container_options": {"movflags": "frag_keyframe+empty_moov"}},
    "open-gop.mp4": OPEN_GOP,
    "open-gop.mkv": OPEN_GOP,
    "transport.ts": OPEN_GOP,
    "refresh.mp4": {"options": {"x264-params": "intra-refresh=1:keyint=20:bframes=0"}},
    "variable-rate.mp4": VFR,
    "variable-rate.mkv": VFR,
    "intra.mov": {"codec": "mjpeg", "pixel_format": "yuvj420p"},
    "all-keys.mp4": {"options": {"g": "1", "bf": "0"}},
    "ten-bits.mp4": {**X264, "pixel_format": "yuv420p10le"},
    "wide-colours.mp4": {**X264, "pixel_format": "yuv422p"},
    "hevc.mp4": X265,
    "hevc.ts": X265,
    "hidden-frames.webm": {"codec": "libvpx", **VPX},
    "vp9.webm": {"codec": "libvpx-vp9", **VPX},
    "av1.mkv": {"codec": "libsvtav1", "options": {"g": "20", "preset": "10"}},
    "av1.mp4": {"codec": "libsvtav1", "options": {"g": "20", "preset": "10"}},
    "mpeg4.avi": {"codec": "mpeg4", "options": {"g": "12", "bf": "2"}},
    # These have no presentation times, or not for each frame: frames are counted as they are decoded.
    "no-times.avi": X264,
    "no-times.mpg": {"codec": "mpeg2video", "options": {"g": "12", "bf": "2"}},
    "no-container.h264": X264,
}
"""By file name, what `write_video` is told."""


def _plain(path: Path) -> Path:
    return write_video(path, LENGTH, **PLAIN[path.name])


def _with_sound(path: Path) -> Path:
    """Sound that begins before the picture and goes on after it."""
    with av.open(str(path), "w") as container:
        sound: Any = container.add_stream("aac", rate=48000, layout="mono")
        picture: Any = container.add_stream("libx264", rate=25, options={"g": "12", "bf": "2"})
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        samples = 48000 * (LENGTH // 25 + 2) // 1024
        for number in range(samples):
            tone = np.sin(np.arange(1024) * 2 * math.pi * 440 / 48000).astype(np.float32)[None]
            heard = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            heard.sample_rate, heard.pts = 48000, number * 1024
            container.mux(sound.encode(heard))
        container.mux(sound.encode())
        for number in range(LENGTH):
            frame = av.VideoFrame.from_ndarray(numbered_frame(number))
            frame.pts, frame.time_base = number + 10, Fraction(1, 25)
            container.mux(picture.encode(frame))
        container.mux(picture.encode())
    return path


def _wrong_count(path: Path) -> Path:
    """An AVI whose header counts far more frames than were recorded."""
    write_video(path, LENGTH, codec="mpeg4", options={"g": "12", "bf": "0"})
    data = bytearray(path.read_bytes())
    for name, place in ((b"avih", 16), (b"strh", 32)):
        begin = data.index(name) + 8
        struct.pack_into("<I", data, begin + place, LENGTH * 4)
    path.write_bytes(data)
    return path


def _old_encoder(path: Path) -> Path:
    """Says, in its first packet only, that it is of an x264 whose 4:4:4 has to be decoded otherwise."""
    write_video(path, LENGTH, pixel_format="yuv444p", options={"g": "12", "bf": "2"})
    data = path.read_bytes()
    said = re.findall(rb"x264 - core \d{3}", data)
    assert len(said) == 1
    path.write_bytes(data.replace(said[0], b"x264 - core 142"))
    return path


def trimmed(path: Path) -> Path:
    """Copied with the first frames cut away, as phones trim: MP4 keeps the whole run and an edit list hides them."""
    whole = write_video(path.with_name(f"whole-{path.name}"), LENGTH, **X264)
    with av.open(str(whole)) as source, av.open(str(path), "w") as target:
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
    return path


def _turned(degrees: int) -> Callable[[Path], Path]:
    return lambda path: write_video(path, LENGTH, rotation=degrees, **X264)


def _no_first_key(path: Path) -> Path:
    """A transport stream that was cut where no keyframe is, as recordings of broadcasts are."""
    whole = write_video(path.with_name(f"whole-{path.name}"), LENGTH, **OPEN_GOP)
    with av.open(str(whole)) as container:
        begins = [packet.pos for packet in container.demux(video=0) if packet.size]
    place = (begins[4] or 0) // 188 * 188
    path.write_bytes(whole.read_bytes()[place:])
    return path


FILMS: dict[str, Callable[[Path], Path]] = {
    **dict.fromkeys(PLAIN, _plain),
    "sound.mp4": _with_sound,
    "sound.mkv": _with_sound,
    "wrong-count.avi": _wrong_count,
    "edit-list.mp4": trimmed,
    "old-encoder.mp4": _old_encoder,
    "turned-90.mp4": _turned(90),
    "turned-180.mp4": _turned(180),
    "turned-270.mp4": _turned(-90),
    "cut-in.ts": _no_first_key,
}
"""By file name, who writes it."""
