"""Decoders and decoded frames: few and small, however many ask, and read ahead of who steps."""

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media.video.cursor import VideoCursor
from cvatcore.media.video.decoder import MOST_CURSORS, VideoDecoder
from cvatcore.media.video.index import index_video
from cvatcore.media.video.pool import VideoPool
from cvatcore.media.video.steps import AHEAD
from kit.films import FILMS
from kit.pictures import read_number, write_video

LENGTH = 120
FRAME = 128 * 48 * 3 // 2
"""Bytes of a decoded frame: its lines of 64 pixels are filled up."""

THREE = 3 * 24 * FRAME
"""A budget that three decoders have room in, each with few frames."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_video(tmp_path / "a.mp4", LENGTH, options={"g": "60", "bf": "2", "x264-params": "scenecut=0"})


def decoder_of(path: Path, pool: VideoPool) -> VideoDecoder:
    return VideoDecoder(path, index_video(path, name=path.name), name=path.name, pool=pool)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """Each frame that was decoded, and by which thread."""
    seen: list[tuple[int, str]] = []
    original = VideoCursor.run_to

    def run_to(self: VideoCursor, number: int, **how: Any) -> Iterator[object]:
        for current, frame in original(self, number, **how):
            seen.append((current, threading.current_thread().name))
            yield current, frame

    monkeypatch.setattr(VideoCursor, "run_to", run_to)
    return seen


def at_once(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_at_once_stay_within_the_caps(tmp_path: Path) -> None:
    pool = VideoPool(budget=THREE, most_open=4)
    options = {"g": "30", "bf": "2"}
    decoders = [decoder_of(write_video(tmp_path / f"{name}.mp4", LENGTH, options=options), pool) for name in range(4)]
    wrong: list[object] = []

    def read(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(15):
            number = chance.randrange(LENGTH)
            if read_number(chance.choice(decoders).array(number)) != number:
                wrong.append(number)
            with pool.changed:
                state = pool.kept_bytes, pool.open_bytes, pool.open_count
            if state[0] > state[1] or state[1] > pool.budget or state[2] > 4:
                wrong.append(state)

    at_once(read, 20)
    assert wrong == []
    for decoder in decoders:
        decoder.close()
    with pool.changed:
        # Somebody may still read ahead.
        assert pool.changed.wait_for(lambda: (pool.kept_bytes, pool.open_count) == (0, 0), timeout=20)


def test_who_asks_for_neighbours_together_decodes_each_once(path: Path, decoded: list[tuple[int, str]]) -> None:
    decoder = decoder_of(path, VideoPool())
    gate = threading.Barrier(8)

    def read(number: int) -> None:
        gate.wait()
        assert read_number(decoder.array(30 + number)) == 30 + number

    at_once(read, 8)
    decoder.close()
    numbers = [number for number, _ in decoded]
    assert all(numbers.count(number) == 1 for number in range(30, 38))


def test_who_waits_for_frames_of_one_run_gets_them_of_one_decode(
    path: Path, decoded: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    original = VideoCursor.run_to

    def run_to(self: VideoCursor, number: int, **how: Any) -> Iterator[object]:
        if number == 100:
            assert gate.wait(20)
        return original(self, number, **how)

    monkeypatch.setattr(VideoCursor, "run_to", run_to)
    pool = VideoPool(budget=THREE // 3, most_open=1)
    decoder = decoder_of(path, pool)
    numbers = [100, 20, 50, 30, 40]

    def read(place: int) -> None:
        assert read_number(decoder.array(numbers[place])) == numbers[place]

    def let_go() -> None:
        with pool.changed:
            while pool.waiting < len(numbers) - 1:
                pool.changed.wait(0.01)
        gate.set()

    first = threading.Thread(target=read, args=(0,))
    first.start()
    with pool.changed:
        while not pool.open_count:
            pool.changed.wait(0.01)
    last = threading.Thread(target=let_go)
    last.start()
    at_once(lambda place: read(place + 1), len(numbers) - 1)
    first.join()
    last.join()
    decoder.close()
    before = [number for number, _ in decoded if number < 60]
    assert {20, 30, 40, 50} <= set(before)
    assert len(before) == len(set(before))


def test_stepping_forwards_finds_frames_that_are_decoded(path: Path, decoded: list[tuple[int, str]]) -> None:
    pool = VideoPool()
    decoder = decoder_of(path, pool)
    decoder.decoded(10)
    decoder.decoded(11)
    with pool.changed:
        assert pool.changed.wait_for(lambda: any(number == 11 + AHEAD for number, _ in decoded), timeout=20)
    asked = len(decoded)
    for number in range(12, 11 + AHEAD):
        assert read_number(decoder.array(number)) == number
    ahead = threading.current_thread().name
    assert all(name != ahead for _, name in decoded[asked:])
    decoder.close()


def test_stepping_backwards_reads_the_run_before_in_good_time(path: Path, decoded: list[tuple[int, str]]) -> None:
    pool = VideoPool()
    decoder = decoder_of(path, pool)
    main = threading.current_thread().name
    for number in range(100, 50, -1):
        assert read_number(decoder.array(number)) == number
        with pool.changed:
            # Until nobody reads ahead any more.
            assert pool.changed.wait_for(lambda: not decoder.is_reading_ahead, timeout=20)
    decoder.close()
    # Only the first frame was waited for: its run from the keyframe on.
    assert {number for number, name in decoded if name == main} == set(range(60, 101))


def test_frames_that_nobody_refers_to_are_passed_over_on_the_way(path: Path, decoded: list[tuple[int, str]]) -> None:
    decoder = decoder_of(path, VideoPool(budget=1))
    assert read_number(decoder.array(55)) == 55
    decoder.close()
    assert len(decoded) < 40


@pytest.mark.parametrize("name", ["no-times.avi", "no-times.mpg"])
def test_a_jump_in_a_video_without_times_decodes_one_run(
    tmp_path: Path, name: str, decoded: list[tuple[int, str]]
) -> None:
    decoder = decoder_of(FILMS[name](tmp_path / name), VideoPool())
    assert not decoder.index.times
    assert read_number(decoder.array(49)) == 49
    assert read_number(decoder.array(15)) == 15
    decoder.close()
    assert len(decoded) <= 12 + 12


def test_steps_at_several_places_do_not_seek(path: Path, decoded: list[tuple[int, str]]) -> None:
    decoder = decoder_of(path, VideoPool(budget=THREE))
    places = [5, 95, 65][:MOST_CURSORS]
    for step in range(3):
        for place in places:
            decoder.decoded(place + step)
    before = len(decoded)
    for step in range(3, 7):
        for place in places:
            assert read_number(decoder.array(place + step)) == place + step
    decoder.close()
    # Each frame once, and some ahead.
    after = [number for number, _ in decoded[before:]]
    assert len(after) == len(set(after))
    assert all(any(place + 3 <= number <= place + 6 + AHEAD for place in places) for number in after)


def test_a_video_that_goes_while_it_is_read(path: Path) -> None:
    pool = VideoPool(budget=1)
    decoder = decoder_of(path, pool)
    decoder.decoded(3)
    decoder.close()
    path.unlink()
    with pytest.raises(MissingMedia, match=r"a\.mp4 is missing"):
        decoder.decoded(4)
    path.write_bytes(b"nothing")
    with pytest.raises(InvalidMedia, match=r"a\.mp4 cannot be opened"):
        decoder.decoded(4)
    with pool.changed:
        assert pool.changed.wait_for(lambda: not pool.open_count, timeout=20)


def test_a_broken_frame_of_a_long_video_does_not_cost_all_before_it(
    path: Path, decoded: list[tuple[int, str]], tmp_path: Path
) -> None:
    intra = write_video(tmp_path / "intra.mp4", LENGTH, options={"g": "1", "bf": "0"})
    decoder = decoder_of(intra, VideoPool(budget=1))
    keyframe = decoder.index.keyframes[100]
    data = bytearray(intra.read_bytes())
    import av

    with av.open(str(intra)) as container:
        position = next(packet.pos for packet in container.demux(video=0) if packet.pts == keyframe.pts)
    assert position is not None
    data[position : position + keyframe.size] = bytes(keyframe.size)
    intra.write_bytes(data)
    with pytest.raises(InvalidMedia, match=r"Frame 100 of intra\.mp4 cannot be decoded"):
        decoder.decoded(100)
    assert min(number for number, _ in decoded) > 80
    decoder.close()
