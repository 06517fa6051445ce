"""Of a video that is cut off, what decodes is taken when that is asked for, and the frames keep their numbers."""

from pathlib import Path
from typing import Any

import pytest

from cvatcore.errors import InvalidMedia
from cvatcore.media.video.decoder import VideoDecoder
from cvatcore.media.video.index import VideoIndex, index_video
from kit import ffmpeg
from kit.pictures import read_number, write_video

LENGTH = 200
FRONT: dict[str, Any] = {"container_options": {"movflags": "faststart"}}
CASES: dict[str, dict[str, Any]] = {
    "a.mp4": {**FRONT, "options": {"g": "20", "bf": "2"}},
    "a.mkv": {"options": {"g": "20", "bf": "2"}},
    "a.ts": {"options": {"g": "20", "bf": "2"}},
    "a.webm": {"codec": "libvpx-vp9", "options": {"g": "20"}},
}


def numbers(path: Path, index: VideoIndex) -> list[int]:
    decoder = VideoDecoder(path, index, name=path.name)
    found = [read_number(decoder.array(number)) for number in range(index.length)]
    decoder.close()
    return found


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("share", [0.7, 0.8])
def test_what_decodes_of_it(tmp_path: Path, name: str, share: float) -> None:
    path = write_video(tmp_path / name, LENGTH, **CASES[name])
    whole = index_video(path, name=name)
    assert whole == index_video(path, name=name, truncated=True)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    if not name.endswith(".ts"):  # which says nowhere how long it is
        with pytest.raises(InvalidMedia, match=r"is cut off: its index lists \d+ frames, but only \d+ can be read"):
            index_video(path, name=name)
    index = index_video(path, name=name, truncated=True)
    assert 0 < index.length < LENGTH
    shown = numbers(path, index)
    # A frame in the last group may lack one that is shown before it and comes after it in the file.
    assert shown[:-4] == list(range(index.length - 4))
    assert shown == sorted(set(shown))
    assert len(shown) <= len(ffmpeg.select(path, every=1))


def test_an_end_that_is_overwritten(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 60, **FRONT, options={"g": "20", "bf": "0"})
    data = path.read_bytes()
    path.write_bytes(data[:-300] + bytes(300))
    index = index_video(path, name="a.mp4", truncated=True)
    assert 40 < index.length < 60
    # The last one is what the decoder makes of half a frame.
    assert numbers(path, index)[:-1] == list(range(index.length - 1))


@pytest.mark.parametrize("size", [0, 1, 30, 300])
def test_next_to_nothing_is_refused_all_the_same(tmp_path: Path, size: int) -> None:
    path = write_video(tmp_path / "a.mp4", 20, **FRONT)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(InvalidMedia, match=r"a\.mp4 cannot be opened as a video|a\.mp4 holds no"):
        index_video(path, name="a.mp4", truncated=True)


def test_frames_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "a.mp4", 3)
    monkeypatch.setattr("cvatcore.media.video.files.MAX_PIXELS", 64 * 48 - 1)
    with pytest.raises(InvalidMedia, match=r"a\.mp4 has frames of 64×48 pixels, more than is decoded here"):
        index_video(path, name="a.mp4")


def test_an_index_is_remembered_until_its_file_changes(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 30)
    first = index_video(path, name="a.mp4")
    assert index_video(path, name="a.mp4", truncated=True) is first
    write_video(path, 31)
    assert index_video(path, name="a.mp4").length == 31


def test_one_frame(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 1)
    assert index_video(path, name="a.mp4").length == 1
    assert numbers(path, index_video(path, name="a.mp4", truncated=True)) == [0]
